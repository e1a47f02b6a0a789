//! Whether two lines name one account. Front end and back end need not write it alike: the user column is cut, a domain stands
//! before or behind the name, or is missing.

use crate::collections::tally::fold_case;
use crate::login::identity::{CUT_LENGTH, Names, cut, domain_and_name};
use crate::login::target::first_label;

/// The names of one line in lower case: one, two, or none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct FoldedNames(Vec<Box<str>>);

impl FoldedNames {
    pub(super) fn of(names: &Names<'_>) -> Self {
        Self(names.name.iter().chain(&names.alias).map(|name| fold_case(name).into()).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What lines that may name the same account have in common with this one: at least one of these.
    pub(super) fn keys(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = self.0.iter().flat_map(|name| [domain_and_name(name).1, cut(name)]).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// How well the names agree, in percent; `None` if they are those of two accounts.
    pub(super) fn agree(&self, other: &Self) -> Option<u32> {
        if self.is_empty() || other.is_empty() {
            return Some(70);
        }
        self.0.iter().flat_map(|one| other.0.iter().filter_map(|two| agreement(one, two))).max()
    }
}

/// How well two names in lower case agree, in percent.
fn agreement(one: &str, two: &str) -> Option<u32> {
    if one == two {
        return Some(100);
    }
    if is_cut_of(one, two) || is_cut_of(two, one) {
        return Some(95);
    }
    let ((domain, local), (other_domain, other_local)) = (domain_and_name(one), domain_and_name(two));
    match (domain, other_domain) {
        _ if local != other_local || local.is_empty() => None,
        (Some(domain), Some(other)) if first_label(domain) == first_label(other) => Some(95),
        // A company's domain for mail and that of its accounts are often two; the same form with another domain is another account.
        (Some(_), Some(_)) if one.contains('@') != two.contains('@') => Some(75),
        (Some(_), Some(_)) => None,
        _ => Some(90),
    }
}

fn is_cut_of(short: &str, long: &str) -> bool {
    short.chars().count() == CUT_LENGTH && long.starts_with(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(name: &'static str, alias: Option<&'static str>) -> FoldedNames {
        FoldedNames::of(&Names { name: (!name.is_empty()).then_some(name.into()), alias: alias.map(Into::into) })
    }

    #[test]
    fn one_account_is_known_in_every_spelling_and_found_by_a_key() {
        for (one, two, percent) in [
            ("alice@contoso.com", "Alice@Contoso.com", Some(100)),
            ("HealthMailboxab28d8826ea8428d805c5e21cdff9077@contoso.com", "HealthMailboxab28d88", Some(95)),
            ("maximiliana.oberhuber@contoso.com", "maximiliana.oberhube", Some(95)),
            (r"CONTOSO\alice", "alice@contoso.com", Some(95)),
            ("contoso/alice", r"CONTOSO\alice", Some(95)),
            (r"CONTOSO\alice", "alice", Some(90)),
            (r"CORP\alice", "alice@contoso.com", Some(75)),
            (r"CORP\alice", r"CONTOSO\alice", None),
            ("alice@fabrikam.com", "alice@contoso.com", None),
            ("alice@contoso.com", "bob@contoso.com", None),
            ("HealthMailboxab28d8826ea8428d805c5e21cdff9077@contoso.com", "HealthMailboxab28d89", None),
            (r"CONTOSO\", "@contoso.com", None),
        ] {
            let (one, two) = (names(one, None), names(two, None));
            assert_eq!((one.agree(&two), two.agree(&one)), (percent, percent), "{one:?} {two:?}");
            let shared = one.keys().iter().any(|key| two.keys().contains(key));
            assert!(shared || percent.is_none(), "{one:?} {two:?}");
        }
    }

    #[test]
    fn any_of_two_names_of_a_line_will_do_and_none_says_little() {
        let both = names("alice@contoso.com", Some("asmith"));
        assert_eq!(both.agree(&names(r"CORP\asmith", None)), Some(90));
        assert_eq!(both.agree(&names("", None)), Some(70));
    }
}
