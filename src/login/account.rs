//! Which names are one account, once all lines have been read.
//!
//! Names are joined only where the logs show it: both stood on one line, a name is the 20-character cut of exactly one
//! longer one, or `domain\user` stands beside exactly one `user@domain…` of the same domain. In doubt they stay apart.

use std::collections::{BTreeMap, BTreeSet};

use crate::collections::map::{HashMap, HashSet};
use crate::login::identity::{Aliases, CUT_LENGTH};
use crate::redaction::{Redact, Redactor};

/// The account behind each name.
#[derive(Debug, Default)]
pub struct Accounts {
    /// Names (in lower case) that stand for another one.
    joined: HashMap<String, String>,
    /// The spelling to show, where it is not lower case.
    spellings: HashMap<String, String>,
}

impl Accounts {
    /// Joins names, given as (key in lower case, spelling).
    pub fn join<'a>(names: impl IntoIterator<Item = (&'a str, &'a str)>, aliases: &Aliases) -> Self {
        let mut accounts = Self::default();
        // The same names come from every server: each is sorted in once.
        let mut keys: HashSet<&str> = aliases.names().collect();
        for (key, spelling) in names {
            keys.insert(key);
            if key != spelling {
                let shown = accounts.spellings.entry_ref(key).or_insert_with(|| spelling.to_owned());
                if spelling < shown.as_str() {
                    *shown = spelling.to_owned();
                }
            }
        }
        let keys: BTreeSet<&str> = keys.into_iter().collect();
        let by_local_part = local_parts(&keys);
        for key in &keys {
            let whole = aliases.name_of(key).or_else(|| whole_of_cut(key, &keys));
            let whole = whole.or_else(|| mail_address(key, &by_local_part)).or_else(|| with_backslash(key, &keys));
            if let Some(whole) = whole.filter(|whole| whole != key) {
                accounts.joined.insert((*key).to_owned(), whole.to_owned());
            }
        }
        accounts
    }

    /// The key of the account that a name belongs to.
    pub fn key_of<'a>(&'a self, name: &'a str) -> &'a str {
        let mut name = name;
        // A cut name leads to a domain name leads to an address; a circle ends here too.
        for _ in 0..3 {
            match self.joined.get(name) {
                Some(whole) => name = whole,
                None => break,
            }
        }
        name
    }

    /// The name to show for an account's key.
    pub fn shown<'a>(&'a self, key: &'a str) -> &'a str {
        self.spellings.get(key).map_or(key, String::as_str)
    }
}

impl Accounts {
    /// The names that stand for another one, with the account that they belong to, in no order.
    pub fn joined(&self) -> impl Iterator<Item = (&str, &str)> {
        self.joined.keys().map(|name| (name.as_str(), self.key_of(name)))
    }
}

impl Redact for Accounts {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { joined, spellings } = self;
        let pseudonyms = joined.iter().map(|(name, whole)| (redactor.account(name), redactor.account(whole)));
        *joined = pseudonyms.filter(|(name, whole)| name != whole).collect();
        // Pseudonyms have one spelling.
        spellings.clear();
    }
}

/// The one longer name of which `key` is the cut.
fn whole_of_cut<'a>(key: &str, keys: &BTreeSet<&'a str>) -> Option<&'a str> {
    if key.chars().count() != CUT_LENGTH {
        return None;
    }
    let after = (std::ops::Bound::Excluded(key), std::ops::Bound::Unbounded);
    let mut longer = keys.range::<str, _>(after).take_while(|name| name.starts_with(key));
    longer.next().copied().filter(|_| longer.next().is_none())
}

/// Mail addresses by the part before the `@`.
fn local_parts<'a>(keys: &BTreeSet<&'a str>) -> BTreeMap<&'a str, Vec<&'a str>> {
    let mut by_local_part = BTreeMap::<_, Vec<_>>::new();
    for key in keys {
        if let Some((local, _)) = key.split_once('@') {
            by_local_part.entry(local).or_default().push(*key);
        }
    }
    by_local_part
}

/// The one address `user@domain…` for `domain\user` or `domain/user`.
fn mail_address<'a>(key: &str, by_local_part: &BTreeMap<&str, Vec<&'a str>>) -> Option<&'a str> {
    let (domain, user) = key.split_once(['\\', '/'])?;
    let is_of_domain = |address: &&&str| address.split_once('@').is_some_and(|(_, host)| host.split('.').next() == Some(domain));
    let mut fitting = by_local_part.get(user)?.iter().filter(is_of_domain);
    fitting.next().copied().filter(|_| fitting.next().is_none())
}

/// `domain\\user` for `domain/user`, where both are written.
fn with_backslash<'a>(key: &str, keys: &BTreeSet<&'a str>) -> Option<&'a str> {
    keys.get(key.replacen('/', "\\", 1).as_str()).copied().filter(|other| *other != key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_joined_only_where_the_logs_show_it() {
        let mut aliases = Aliases::default();
        aliases.add(r"contoso\bob", "robert@fabrikam.com");
        let names = [
            ("healthmailboxab28d88", "HealthMailboxab28d88"),
            (
                "healthmailboxab28d8826ea8428d805c5e21cdff9077@contoso.com",
                "HealthMailboxab28d8826ea8428d805c5e21cdff9077@contoso.com",
            ),
            (r"contoso\alice", r"CONTOSO\alice"),
            ("alice@contoso.com", "alice@contoso.com"),
            (r"contoso\carol", r"contoso\carol"),
            ("carol@contoso.com", "carol@contoso.com"),
            ("carol@contoso.de", "carol@contoso.de"),
            (r"fabrikam\alice", r"fabrikam\alice"),
            (r"contoso\bob", r"contoso\bob"),
            ("alice", "alice"),
            ("fabrikam/alice", "fabrikam/alice"),
        ];
        let accounts = Accounts::join(names, &aliases);
        for (name, key) in [
            ("healthmailboxab28d88", "healthmailboxab28d8826ea8428d805c5e21cdff9077@contoso.com"),
            (r"contoso\alice", "alice@contoso.com"),
            (r"contoso\carol", r"contoso\carol"),
            (r"fabrikam\alice", r"fabrikam\alice"),
            (r"contoso\bob", "robert@fabrikam.com"),
            ("alice", "alice"),
            ("fabrikam/alice", r"fabrikam\alice"),
            ("never seen", "never seen"),
        ] {
            assert_eq!(accounts.key_of(name), key, "{name}");
        }
        assert_eq!(accounts.shown(accounts.key_of("healthmailboxab28d88")), names[1].1);
    }
}
