//! What a log's file name tells: protocol and role.
//!
//! Front end and back end write into one folder and only the name tells them apart: `IMAP42026031207-1.LOG` is the front
//! end, `IMAP4BE2026031207-1.LOG` the back end. A name is believed if it has Exchange's form (the prefix with a date right
//! behind it); a looser likeness (`imap4be-copy.log`) is only used where the ports in the lines say nothing.

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::protocol::{Protocol, Role};

/// Protocol and role that a name tells, and whether it has Exchange's own form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedKind {
    /// The protocol in the name.
    pub protocol: Protocol,
    /// The role in the name.
    pub role: Role,
    /// The name has Exchange's form, with a date behind the prefix.
    pub certain: bool,
}

/// Reads a file name (the last component of a path).
pub fn kind_of(name: &str) -> Option<NamedKind> {
    // Dates: yyyyMMdd, yyyyMMddHH, yyyyMMWn, yyyyMM; then -N in Exchange's files.
    // Bytes, because the tables of Unicode would take longer to build than all names to read.
    static EXCHANGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i-u)(?:^|[^a-z0-9])(IMAP4|POP3)(BE)?(?:\d{10}|\d{8}|\d{6}W\d|\d{6})(?:[^0-9a-z]|$)").ok()
    });
    static ALIKE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i-u)(?:^|[^a-z0-9])(IMAP4|POP3)(BE)?").ok());
    let of = |form: &LazyLock<Option<Regex>>, certain: bool| {
        let found = form.as_ref()?.captures(name.as_bytes())?;
        let protocol = if found.get(1)?.as_bytes().eq_ignore_ascii_case(b"imap4") { Protocol::Imap4 } else { Protocol::Pop3 };
        let role = if found.get(2).is_some() { Role::BackEnd } else { Role::FrontEnd };
        Some(NamedKind { protocol, role, certain })
    };
    of(&EXCHANGE, true).or_else(|| of(&ALIKE, false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Protocol::{Imap4, Pop3};
    use Role::{BackEnd, FrontEnd};

    #[test]
    fn names_tell_protocol_and_role() {
        for (name, expected) in [
            ("IMAP420260312-1.LOG", Some((Imap4, FrontEnd, true))),
            ("IMAP42026031207-10.LOG", Some((Imap4, FrontEnd, true))),
            ("IMAP4202603W2-1.LOG", Some((Imap4, FrontEnd, true))),
            ("IMAP4202603-1.LOG", Some((Imap4, FrontEnd, true))),
            ("IMAP4BE20260312-1.LOG", Some((Imap4, BackEnd, true))),
            ("pop3be2026031207-2.log.gz", Some((Pop3, BackEnd, true))),
            ("POP320260312-1.LOG", Some((Pop3, FrontEnd, true))),
            ("EX01_IMAP4BE20260312-1.LOG", Some((Imap4, BackEnd, true))),
            ("IMAP4BE (copy).txt", Some((Imap4, BackEnd, false))),
            ("imap4-yesterday.log", Some((Imap4, FrontEnd, false))),
            ("renamed.log", None),
            ("SIMAP420260312-1.LOG", None),
        ] {
            assert_eq!(kind_of(name).map(|kind| (kind.protocol, kind.role, kind.certain)), expected, "{name}");
        }
    }
}
