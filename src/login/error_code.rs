//! What error codes mean: the class a code belongs to, and whether the fault is the account's own.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The class of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ErrorClass {
    /// The back end was reached and did not authenticate the hand-over.
    ProxyHandOver,
    /// The front end could not connect to the back end.
    ProxyConnection,
    /// The back end did not answer in time.
    ProxyTimeout,
    /// No back end could be found.
    ProxyRouting,
    /// Bad credentials.
    Credentials,
    /// Refused by a rule: basic authentication blocked, or a login in clear text where TLS is asked for.
    Policy,
    /// The protocol is disabled for the mailbox.
    Account,
    /// A limit was reached.
    Throttling,
    /// The mailbox or its store is not available.
    Mailbox,
    /// Any other code, or none.
    Unknown,
}

impl ErrorClass {
    /// The name used in JSON and in sentences.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ProxyHandOver => "proxy hand-over",
            Self::ProxyConnection => "proxy connection",
            Self::ProxyTimeout => "proxy timeout",
            Self::ProxyRouting => "proxy routing",
            Self::Credentials => "credentials",
            Self::Policy => "policy",
            Self::Account => "account",
            Self::Throttling => "throttling",
            Self::Mailbox => "mailbox",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the fault lies with the account or its client (credentials, disabled, refused, limits) and not with the server.
    pub const fn is_the_accounts_own(self) -> bool {
        matches!(self, Self::Credentials | Self::Policy | Self::Account | Self::Throttling)
    }

    /// The class of a failure: by its error code, else by its response.
    pub fn of(error: &str, response: &str) -> Self {
        if error.is_empty() { Self::by_response(response) } else { Self::by_code(error) }
    }

    fn by_code(error: &str) -> Self {
        let begins = |prefix: &str| error.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        let holds = |part: &str| memchr::memmem::find(error.to_ascii_lowercase().as_bytes(), part.as_bytes()).is_some();
        let is = |codes: &[&str]| codes.iter().any(|code| error.eq_ignore_ascii_case(code));
        if is(&["ProxyNotAuthenticated"]) {
            Self::ProxyHandOver
        } else if is(&["ProxyFailed"]) {
            Self::ProxyConnection
        } else if is(&["ProxyTimeout"]) {
            Self::ProxyTimeout
        } else if is(&["NoBackendFound", "NoProxyServer", "NoProxyConnection"]) {
            Self::ProxyRouting
        } else if holds("basicauthblocked") {
            Self::Policy
        } else if begins("AuthFailed") || begins("LogonFailed") {
            Self::Credentials
        } else if is(&["UserDisabled"]) {
            Self::Account
        } else if is(&["UserConnectionLimitReached"]) || holds("overbudget") {
            Self::Throttling
        } else if MAILBOX.iter().any(|part| holds(part)) {
            Self::Mailbox
        } else {
            Self::Unknown
        }
    }

    fn by_response(response: &str) -> Self {
        let response = response.to_ascii_lowercase();
        if response.contains("received in invalid state") || response.contains("not valid in this state") {
            Self::Policy
        } else if response.contains("unknown user name or bad password") {
            Self::Credentials
        } else {
            Self::Unknown
        }
    }
}

const MAILBOX: [&str; 5] = [
    "mailboxoffline",
    "wrongserverexception",
    "mailboxintransit",
    "connectionfailedtransientexception",
    "storagetransientexception",
];

impl fmt::Display for ErrorClass {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_classes() {
        for (error, response, class) in [
            ("ProxyNotAuthenticated", "", ErrorClass::ProxyHandOver),
            ("ProxyFailed", "", ErrorClass::ProxyConnection),
            ("ProxyTimeout", "", ErrorClass::ProxyTimeout),
            ("NoBackendFound", "", ErrorClass::ProxyRouting),
            ("AuthFailed:LogonDenied", "", ErrorClass::Credentials),
            ("LogonFailed", "", ErrorClass::Credentials),
            ("AuthFailed:LogonDenied-BasicAuthBlocked", "", ErrorClass::Policy),
            ("UserDisabled", "", ErrorClass::Account),
            ("UserConnectionLimitReached", "", ErrorClass::Throttling),
            ("Microsoft.Exchange.Data.Storage.OverBudgetException: x", "", ErrorClass::Throttling),
            ("Microsoft.Exchange.Data.Storage.MailboxOfflineException: x", "", ErrorClass::Mailbox),
            ("MailboxInTransitException", "", ErrorClass::Mailbox),
            ("SomethingNew", "NO LOGIN failed.", ErrorClass::Unknown),
            ("", "NO LOGIN failed.", ErrorClass::Unknown),
            ("", "NO Command received in Invalid state.", ErrorClass::Policy),
            ("", "-ERR Command is not valid in this state.", ErrorClass::Policy),
            ("", "-ERR Authentication failure: unknown user name or bad password.", ErrorClass::Credentials),
        ] {
            assert_eq!(ErrorClass::of(error, response), class, "{error} {response}");
        }
    }
}
