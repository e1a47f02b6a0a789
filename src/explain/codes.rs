//! Error codes of the logs: what each means and which causes it can have.

use crate::explain::{Explanation, causes};
use crate::login::error_code::ErrorClass;

/// A code (as it begins, or a part of an exception's name), what it means, and its causes.
struct Code {
    name: &'static str,
    meaning: &'static str,
    causes: &'static [&'static str],
}

const CODES: [Code; 17] = [
    Code {
        name: "ProxyNotAuthenticated",
        meaning: "The front end accepted the password, reached the back end, and the hand-over there was not authenticated. The password is right; a prompt that comes again and again is a red herring.",
        causes: &["certificate-binding", "backend-rejects-login", "proxy-routing"],
    },
    Code {
        name: "ProxyFailed",
        meaning: "The front end accepted the password and could not connect to the back end.",
        causes: &["backend-unreachable"],
    },
    Code { name: "ProxyTimeout", meaning: "The back end did not answer within about 60 seconds.", causes: &["backend-timeout"] },
    Code { name: "NoBackendFound", meaning: "No back end could be located for the mailbox.", causes: &["proxy-routing"] },
    Code { name: "NoProxyServer", meaning: "No server could be found to hand the login over to.", causes: &["proxy-routing"] },
    Code {
        name: "NoProxyConnection",
        meaning: "No connection to a back end could be made or resolved.",
        causes: &["proxy-routing"],
    },
    Code {
        name: "AuthFailed:LogonDenied-BasicAuthBlocked",
        meaning: "Basic authentication is blocked for this account, however right the password is.",
        causes: &["basic-auth-blocked"],
    },
    Code {
        name: "AuthFailed",
        meaning: "AUTHENTICATE, AUTH or PASS with bad credentials. Nothing was handed over to a back end.",
        causes: &["wrong-credentials", "brute-force", "password-spray", "health-mailbox-credentials"],
    },
    Code {
        name: "LogonFailed",
        meaning: "LOGIN with bad credentials, or with a name in a form that the server does not take.",
        causes: &["wrong-credentials", "brute-force", "password-spray", "health-mailbox-credentials"],
    },
    Code { name: "UserDisabled", meaning: "IMAP or POP is disabled for this mailbox.", causes: &["protocol-disabled"] },
    Code {
        name: "UserConnectionLimitReached",
        meaning: "The account has more than MaxConnectionsPerUser connections.",
        causes: &["connection-limit"],
    },
    Code { name: "OverBudget", meaning: "The account is throttled: its budget is used up.", causes: &["throttled"] },
    Code { name: "MailboxOffline", meaning: "The mailbox's database is not mounted.", causes: &["mailbox-unavailable"] },
    Code {
        name: "WrongServer",
        meaning: "The mailbox is not on the server that was asked (it moved or failed over).",
        causes: &["mailbox-unavailable"],
    },
    Code { name: "MailboxInTransit", meaning: "The mailbox is being moved.", causes: &["mailbox-unavailable"] },
    Code { name: "ConnectionFailedTransient", meaning: "The connection to the store broke.", causes: &["mailbox-unavailable"] },
    Code { name: "StorageTransient", meaning: "The store could not do it at that moment.", causes: &["mailbox-unavailable"] },
];

/// Explains a code, in any case, alone or in a longer name of an exception.
pub(super) fn explain(words: &str) -> Option<Explanation> {
    let asked =
        words.trim_matches(['[', ']', '"', '\'']).trim_start_matches("Error=").trim_start_matches("ErrMsg=").to_lowercase();
    // A sentence is a message and no code.
    if asked.contains(' ') {
        return None;
    }
    let code = CODES.iter().find(|code| asked.contains(&code.name.to_lowercase()))?;
    let class = ErrorClass::of(code.name, "");
    let class = if class == ErrorClass::Unknown { String::new() } else { format!(" (class: {class})") };
    let text = format!("## What it means\n{}{class}\n\n{}", code.meaning, causes(code.causes));
    Some(Explanation { title: format!("Error code {}", code.name), text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::by_id;

    #[test]
    fn codes_lead_to_their_causes() {
        for (words, title, cause) in [
            ("ProxyNotAuthenticated", "Error code ProxyNotAuthenticated", "certificate-binding"),
            ("[Error=ProxyNotAuthenticated]", "Error code ProxyNotAuthenticated", "certificate-binding"),
            ("ErrMsg=AuthFailed:LogonDenied", "Error code AuthFailed", "wrong-credentials"),
            (
                "AuthFailed:LogonDenied-BasicAuthBlocked",
                "Error code AuthFailed:LogonDenied-BasicAuthBlocked",
                "basic-auth-blocked",
            ),
            ("Microsoft.Exchange.Data.Storage.MailboxOfflineException", "Error code MailboxOffline", "mailbox-unavailable"),
        ] {
            let found = explain(words).unwrap();
            assert_eq!(found.title, title);
            assert!(found.text.contains(cause));
        }
        assert_eq!(explain("something else"), None);
        assert!(CODES.iter().flat_map(|code| code.causes).all(|id| by_id(id).is_some()));
    }
}
