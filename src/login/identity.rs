//! Who tried to log in: the name a line shows, its class, and which names the line itself shows to be one account.
//!
//! The user column may be cut to 20 characters while the parameters of `login` hold the whole address. Both on one line
//! are one account; [`Aliases`] remembers it for the lines that show only one of them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::collections::map::HashMap;
use crate::collections::sorted;
use crate::collections::tally::{EXACT_NAMES, fold_case};
use crate::merge::Merge;
use crate::text::short_name;

/// Exchange cuts the user column to so many characters.
pub const CUT_LENGTH: usize = 20;

/// What kind of client an account stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ClientClass {
    /// One of Exchange's own probes.
    HealthMailbox,
    /// Anybody else with a name.
    User,
    /// No name in the line.
    Unknown,
}

impl ClientClass {
    /// All, in the order in which they are reported.
    pub const ALL: [Self; 3] = [Self::HealthMailbox, Self::User, Self::Unknown];

    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HealthMailbox => "health_mailbox",
            Self::User => "user",
            Self::Unknown => "unknown",
        }
    }

    /// The class of a name.
    pub fn of(name: &str) -> Self {
        match name.as_bytes() {
            b"" => Self::Unknown,
            name if is_health_mailbox(name) => Self::HealthMailbox,
            _ => Self::User,
        }
    }
}

/// `HealthMailbox` and hex digits, in any case, perhaps behind a domain: not `HealthMailboxAdmin`.
fn is_health_mailbox(name: &[u8]) -> bool {
    const PREFIX: &[u8] = b"HealthMailbox";
    /// So many digits stand behind the prefix in the shortest names that Exchange makes; then anything may follow.
    const FEWEST: usize = 7;
    let bare = name.iter().rposition(|byte| matches!(byte, b'\\' | b'/')).and_then(|at| name.get(at + 1..)).unwrap_or(name);
    [name, bare].iter().any(|name| {
        let Some((prefix, rest)) = name.split_at_checked(PREFIX.len()) else { return false };
        if !prefix.eq_ignore_ascii_case(PREFIX) {
            return false;
        }
        let digits = rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let ends = rest.get(digits).is_none_or(|byte| !byte.is_ascii_alphanumeric());
        digits > 0 && (ends || digits >= FEWEST)
    })
}

/// The name in the parameters of a `login`: `user@dom *****`, `"user name" *****`, or a redacted one with blanks in it.
pub fn login_name(parameters: &str) -> &str {
    let parameters = parameters.trim_ascii();
    if let Some(inner) = parameters.strip_prefix('"')
        && let Some((name, _)) = inner.split_once('"')
    {
        return name;
    }
    let stars = parameters.bytes().rev().take_while(|byte| *byte == b'*').count();
    let rest = parameters.get(..parameters.len() - stars).unwrap_or_default();
    match rest.strip_suffix(' ') {
        Some(name) if stars > 0 => name.trim_ascii(),
        // All of it are stars: a secret without a name.
        _ if rest.is_empty() => "",
        // A password in clear text is never taken for a part of the name.
        _ => parameters.split(|c: char| c.is_ascii_whitespace()).next().unwrap_or_default(),
    }
}

/// The names of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names<'a> {
    /// The fullest name, as written; `None` if the line has none.
    pub name: Option<Cow<'a, str>>,
    /// The other name of the same account, where the line shows two.
    pub alias: Option<Cow<'a, str>>,
}

impl<'a> Names<'a> {
    /// The names by the user column and the name in the parameters.
    pub fn of(user: &'a str, parameter: &'a str) -> Self {
        let text = |name: &'a str| Some(short_name(name.trim_ascii())).filter(|name| !name.is_empty());
        match (text(parameter), text(user)) {
            (Some(name), Some(user)) if !is_one_name(&name, &user) => Self { name: Some(name), alias: Some(user) },
            (Some(name), _) => Self { name: Some(name), alias: None },
            (None, user) => Self { name: user, alias: None },
        }
    }

    /// What kind of client they stand for: one of Exchange's own probes, if either name is one's.
    pub fn client_class(&self) -> ClientClass {
        let class = |name: &Option<Cow<'_, str>>| name.as_deref().map_or(ClientClass::Unknown, ClientClass::of);
        // What says more comes first.
        class(&self.name).min(class(&self.alias))
    }
}

/// Domain and name of `domain\name`, `domain/name`, `name@domain` or `name`.
pub fn domain_and_name(name: &str) -> (Option<&str>, &str) {
    match name.split_once(['\\', '/']) {
        Some((domain, local)) => (Some(domain), local),
        None => name.rsplit_once('@').map_or((None, name), |(local, domain)| (Some(domain), local)),
    }
}

/// A name as the user column holds it.
pub fn cut(name: &str) -> &str {
    name.char_indices().nth(CUT_LENGTH).and_then(|(at, _)| name.get(..at)).unwrap_or(name)
}

/// Whether two names differ in nothing but case.
fn is_one_name(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || (!(a.is_ascii() && b.is_ascii()) && fold_case(a) == fold_case(b))
}

/// So many names with another name are remembered: one for each name that a tally is exact about.
const MOST_ALIASES: usize = EXACT_NAMES;

/// Other names of accounts, as the lines themselves show them: alias → the names it stood beside, in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aliases(#[serde(with = "sorted")] HashMap<Box<str>, Beside>);

/// The name that an alias stood beside; a second one is enough to know that the alias is not one account's alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Beside {
    name: Box<str>,
    another: Option<Box<str>>,
}

impl Aliases {
    /// Remembers that a line shows both names.
    pub fn add(&mut self, alias: &str, name: &str) {
        let (alias, name) = (fold_case(alias), fold_case(name));
        match self.0.get_mut(alias.as_ref()) {
            Some(beside) if beside.another.is_none() => beside.add(&name),
            Some(_) => {}
            None => {
                self.0.insert(alias.into(), Beside { name: name.into(), another: None });
                if self.0.len() >= MOST_ALIASES + MOST_ALIASES / 4 {
                    self.stay_bounded();
                }
            }
        }
    }

    /// The one name that the alias stands for; `None` if there is none, or more than one.
    pub fn name_of(&self, alias: &str) -> Option<&str> {
        self.0.get(alias).filter(|beside| beside.another.is_none()).map(|beside| beside.name.as_ref())
    }

    /// Each alias that stands for one name, with that name, in no order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.keys().filter_map(|alias| Some((alias.as_ref(), self.name_of(alias)?)))
    }

    /// All names that are known to have an alias, in no order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.values().flat_map(|beside| std::iter::once(&beside.name).chain(&beside.another)).map(AsRef::as_ref)
    }

    /// Keeps the aliases that sort first: those of all parts together, however they were parted.
    fn stay_bounded(&mut self) {
        if self.0.len() > MOST_ALIASES {
            let mut sorted: Vec<(Box<str>, Beside)> = self.0.drain().collect();
            sorted.sort_unstable_by(|a, b| a.0.cmp(&b.0));
            sorted.truncate(MOST_ALIASES);
            self.0.extend(sorted);
        }
    }
}

impl Beside {
    /// Adds a name; of several the two that sort first are kept.
    fn add(&mut self, name: &str) {
        let is_known = self.name.as_ref() == name || self.another.as_deref() == Some(name);
        if is_known || self.another.as_deref().is_some_and(|another| another < name) {
            return;
        }
        self.another = Some(name.into());
        if let Some(another) = self.another.as_mut().filter(|another| **another < self.name) {
            std::mem::swap(&mut self.name, another);
        }
    }
}

impl Merge for Aliases {
    fn merge_with(&mut self, other: Self) {
        for (alias, theirs) in other.0 {
            match self.0.get_mut(&alias) {
                Some(mine) => std::iter::once(&theirs.name).chain(&theirs.another).for_each(|name| mine.add(name)),
                None => drop(self.0.insert(alias, theirs)),
            }
        }
        self.stay_bounded();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_mailboxes_are_told_from_people() {
        for (name, class) in [
            ("HealthMailbox1f3addd86ba64b7c84868136b32a82f9", ClientClass::HealthMailbox),
            ("HealthMailboxab28d88", ClientClass::HealthMailbox),
            ("healthmailboxAB28D88", ClientClass::HealthMailbox),
            ("HEALTHMAILBOXab28d8826ea8428d805c5e21cdff9077@contoso.com", ClientClass::HealthMailbox),
            (r"CONTOSO\HealthMailboxab28d88", ClientClass::HealthMailbox),
            ("HealthMailboxab28d8826xxxx@<dom>", ClientClass::HealthMailbox),
            ("HealthMailbox", ClientClass::User),
            ("HealthMailboxAdmin", ClientClass::User),
            ("HealthMailboxes@contoso.com", ClientClass::User),
            ("alice", ClientClass::User),
            ("", ClientClass::Unknown),
        ] {
            assert_eq!(ClientClass::of(name), class, "{name}");
        }
        let names = |user, parameter| Names::of(user, parameter).client_class();
        assert_eq!(names("HealthMailboxab28d88", "probe@contoso.com"), ClientClass::HealthMailbox);
        assert_eq!(names("probe", "HealthMailboxab28d88@contoso.com"), ClientClass::HealthMailbox);
        assert_eq!((names("alice", "bob"), names("", "")), (ClientClass::User, ClientClass::Unknown));
    }

    #[test]
    fn the_name_of_a_login_is_never_its_password() {
        for (parameters, name) in [
            ("user@dom *****", "user@dom"),
            ("<username@keyman  .local> *****", "<username@keyman  .local>"),
            ("\"user name\" *****", "user name"),
            ("user secret", "user"),
            ("user", "user"),
            ("*****", ""),
            ("", ""),
        ] {
            assert_eq!(login_name(parameters), name, "{parameters}");
        }
    }

    #[test]
    fn an_alias_of_two_accounts_is_nobodys() {
        let mut aliases = Aliases::default();
        aliases.add("HealthMailboxab28d88", "HealthMailboxab28d8826ea8428d805c5e21cdff9077@contoso.com");
        assert!(aliases.name_of("healthmailboxab28d88").is_some());
        let mut other = Aliases::default();
        other.add("healthmailboxab28d88", "someone.else@contoso.com");
        aliases.merge_with(other);
        assert_eq!(aliases.name_of("healthmailboxab28d88"), None);
    }
}
