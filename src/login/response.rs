//! What a failure's response says once everything that differs from line to line is masked.
//!
//! Two failures belong to one group if they differ only in tag, host, address, number or id. The masked text is that group's
//! response; the real one stands in its examples.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::login::outcome::text_of;

/// Longer responses differ in their first so many bytes or not at all.
const LONGEST: usize = 400;

/// The response without its tag, with host names, addresses, account names, ids and numbers masked.
pub fn masked(response: &[u8]) -> String {
    let text = text_of(response);
    let text = String::from_utf8_lossy(text.get(..LONGEST).unwrap_or(text));
    // In this order: the host in `Proxy=HOST:1993:SSL`, mail addresses, IP addresses, GUIDs and long hex, dotted names, numbers.
    static VARYING: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r#"(?x) (?P<proxy>Proxy[=:])[^\]:;]* (?P<port>:[0-9]+)
             | (?P<name>[^\s"'<>,;:=\[\](){}]+@[^\s"'<>,;:=\[\](){}]+)
             | (?P<address>\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b | \[?[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:%\w+)?\]?)
             | (?P<id>\b[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}\b | \b(?:0x)?[0-9A-Fa-f]*[0-9][0-9A-Fa-f]{7,}\b)
             | (?P<host>\b[A-Za-z0-9][\w-]*(?:\.[\w-]+)*\.[A-Za-z][\w-]+\b)
             | (?P<number>[0-9]+)"#,
        )
        .ok()
    });
    let Some(varying) = VARYING.as_ref() else { return text.into_owned() };
    match varying.replace_all(&text, placeholder) {
        Cow::Borrowed(unchanged) => unchanged.to_owned(),
        Cow::Owned(masked) => masked,
    }
}

fn placeholder(found: &Captures<'_>) -> String {
    let whole = found.get(0).map_or("", |all| all.as_str());
    if let Some(proxy) = found.name("proxy") {
        return format!("{}<host>:<n>", proxy.as_str());
    }
    // The name of an exception is what the response says, not where it happened.
    if whole.ends_with("Exception") {
        return whole.to_owned();
    }
    let masks = [("name", "<name>"), ("address", "<address>"), ("id", "<id>"), ("host", "<host>"), ("number", "<n>")];
    masks.iter().find(|(group, _)| found.name(group).is_some()).map_or_else(|| whole.to_owned(), |(_, mask)| (*mask).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_varies_is_masked_and_what_is_said_stays() {
        for (response, expected) in [
            (
                "z NO [Error=ProxyNotAuthenticated Proxy=EX.DOMAIN.COM:1993:SSL] LOGIN failed.",
                "NO [Error=ProxyNotAuthenticated Proxy=<host>:<n>:SSL] LOGIN failed.",
            ),
            (
                "z NO [Error=ProxyNotAuthenticated Proxy=<CAS FQDN>:1993:SSL] LOGIN failed.",
                "NO [Error=ProxyNotAuthenticated Proxy=<host>:<n>:SSL] LOGIN failed.",
            ),
            ("aXSV NO LOGIN failed.", "NO LOGIN failed."),
            ("17 NO LOGIN failed.", "NO LOGIN failed."),
            (
                "-ERR Authentication failure: unknown user name or bad password.",
                "-ERR Authentication failure: unknown user name or bad password.",
            ),
            ("a NO user bob@contoso.com from 10.1.2.3 via ex01.contoso.com", "NO user <name> from <address> via <host>"),
            ("a NO from fe80::1%8 or [::1]", "NO from <address> or <address>"),
            ("a BAD Command Argument Error. 11", "BAD Command Argument Error. <n>"),
            ("a NO mailbox 6f9619ff-8b86-d011-b42d-00c04fc964ff is away", "NO mailbox <id> is away"),
            (
                "a NO Microsoft.Exchange.Data.Storage.MailboxOfflineException here",
                "NO Microsoft.Exchange.Data.Storage.MailboxOfflineException here",
            ),
        ] {
            assert_eq!(masked(response.as_bytes()), expected);
        }
    }
}
