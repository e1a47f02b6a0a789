//! How a login attempt ends, and the context column that says so. It decides nothing: the simulation chooses the outcome.

use super::line::push_number;
use super::plan::{Protocol, Role};

/// The command that is a login attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// IMAP `login`.
    Login,
    /// IMAP `authenticate`.
    Authenticate,
    /// POP `pass`.
    Pass,
    /// POP `auth`.
    Auth,
}

/// What the status word says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// `OK`, `+OK`.
    Succeeded,
    /// `NO`, `BAD`, `-ERR`, or an `ErrMsg` alone.
    Failed,
    /// Neither.
    Unknown,
}

/// How a login attempt ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The hand-over to the back end succeeded (on the back end: the login did).
    Success,
    /// As `Success`, with an `ErrMsg` beside `R=ok`.
    Anomaly,
    /// No answer was logged.
    NoAnswer,
    /// An `ErrMsg` and no `R`.
    ErrorOnly,
    /// `ProxyNotAuthenticated`.
    NotAuthenticated,
    /// `ProxyNotAuthenticated`, because the back end refused the login.
    BackendRefused,
    /// `ProxyFailed`.
    ConnectFailed,
    /// `ProxyTimeout`.
    TimedOut,
    /// `NoBackendFound`.
    NoBackend,
    /// Wrong credentials.
    Denied,
    /// `UserDisabled`.
    Disabled,
    /// `UserConnectionLimitReached`.
    ConnectionLimit,
    /// `AuthFailed:LogonDenied-BasicAuthBlocked`.
    BasicBlocked,
    /// The mailbox's database is offline.
    MailboxOffline,
    /// Throttled.
    OverBudget,
    /// Refused without TLS; no `ErrMsg`, and the user column stays empty.
    InvalidState,
    /// A mechanism the server does not know; no `ErrMsg`, and no name anywhere.
    UnknownMechanism,
    /// Credentials of a mechanism that names no user are wrong.
    DeniedNameless,
}

impl Outcome {
    /// What a reader has to make of it.
    pub fn status(self) -> Status {
        match self {
            Outcome::Success | Outcome::Anomaly => Status::Succeeded,
            Outcome::NoAnswer => Status::Unknown,
            _ => Status::Failed,
        }
    }

    /// The code that a reader has to find.
    pub fn error(self, attempt: Attempt) -> &'static str {
        match self {
            Outcome::Success | Outcome::NoAnswer | Outcome::InvalidState | Outcome::UnknownMechanism => "",
            Outcome::Anomaly => "SessionClosedByClient",
            Outcome::ErrorOnly => "LogonFailed",
            Outcome::NotAuthenticated | Outcome::BackendRefused => "ProxyNotAuthenticated",
            Outcome::ConnectFailed => "ProxyFailed",
            Outcome::TimedOut => "ProxyTimeout",
            Outcome::NoBackend => "NoBackendFound",
            Outcome::Denied if attempt == Attempt::Login => "LogonFailed:LogonDenied",
            Outcome::Denied | Outcome::DeniedNameless => "AuthFailed:LogonDenied",
            Outcome::Disabled => "UserDisabled",
            Outcome::ConnectionLimit => "UserConnectionLimitReached",
            Outcome::BasicBlocked => "AuthFailed:LogonDenied-BasicAuthBlocked",
            Outcome::MailboxOffline => "Microsoft.Exchange.Data.Storage.MailboxOfflineException",
            Outcome::OverBudget => "Microsoft.Exchange.Data.Directory.OverBudgetException",
        }
    }

    /// Whether the log names the user from this attempt on.
    pub fn names_user(self) -> bool {
        !matches!(self, Outcome::InvalidState | Outcome::UnknownMechanism | Outcome::DeniedNameless)
    }

    fn reached_proxy(self) -> bool {
        matches!(
            self,
            Outcome::NotAuthenticated
                | Outcome::BackendRefused
                | Outcome::ConnectFailed
                | Outcome::TimedOut
                | Outcome::MailboxOffline
        )
    }

    /// Failures that the front end spells out in `[Error=…]` for HealthMailbox accounts.
    fn explained_to_probes(self) -> bool {
        self.reached_proxy() && self != Outcome::MailboxOffline || self == Outcome::NoBackend
    }
}

/// All that the context of a login attempt depends on.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The protocol.
    pub protocol: Protocol,
    /// Front end or back end.
    pub role: Role,
    /// The command.
    pub attempt: Attempt,
    /// How it ended.
    pub outcome: Outcome,
    /// The client's tag.
    pub tag: &'a str,
    /// The back end's host name.
    pub host: &'a str,
    /// The user's name.
    pub user: &'a str,
    /// The account is a HealthMailbox.
    pub health: bool,
    /// Random bits that choose between spellings.
    pub variant: u64,
}

impl Answer<'_> {
    /// Appends the context column, before CSV quoting.
    pub fn push(&self, out: &mut Vec<u8>) {
        match self.outcome.status() {
            Status::Unknown => {}
            Status::Succeeded if self.role == Role::Backend => self.push_backend_success(out),
            Status::Succeeded => self.push_success(out),
            Status::Failed => self.push_failure(out),
        }
    }

    fn push_backend_success(&self, out: &mut Vec<u8>) {
        match (self.protocol, self.variant % 8) {
            (Protocol::Imap4, 0..=2) => {
                push_all(out, &["R=\"", self.tag, " OK AUTHENTICATE completed.\""]);
            }
            _ => push_all(out, &["R=ok"]),
        }
    }

    fn push_success(&self, out: &mut Vec<u8>) {
        let plain = self.outcome == Outcome::Anomaly;
        match (self.protocol, self.variant % 16) {
            (_, 0..=3) | (Protocol::Pop3, 4..=7) => push_all(out, &["R=ok"]),
            (_, 4) => push_all(out, &["R=OK"]),
            _ if plain => push_all(out, &["R=ok"]),
            (Protocol::Pop3, _) => push_all(out, &["R=\"+OK User successfully logged on.\""]),
            (_, 5) => {
                push_all(
                    out,
                    &[
                        "R=\"* CAPABILITY IMAP4 IMAP4rev1 IDLE NAMESPACE LITERAL+\\r\\n",
                        self.tag,
                        " OK ",
                        self.verb(),
                        " completed.\"",
                    ],
                );
            }
            _ => push_all(out, &["R=\"", self.tag, " OK ", self.verb(), " completed.\""]),
        }
        out.extend_from_slice(b";Msg=\"");
        self.push_target(out);
        out.extend_from_slice(b";ProxySuccess\"");
        if plain {
            push_all(out, &[";ErrMsg=", self.outcome.error(self.attempt)]);
        }
    }

    fn push_failure(&self, out: &mut Vec<u8>) {
        let error = self.outcome.error(self.attempt);
        if self.outcome == Outcome::ErrorOnly {
            push_all(out, &["ErrMsg=", error]);
            return;
        }
        // Some published lines carry the code in the response alone; a reader has to fall back on it.
        let explained = self.role == Role::Frontend && self.health && self.outcome.explained_to_probes();
        let only_in_response = explained && self.variant % 97 == 5;
        self.push_response(out, explained, error);
        if self.role == Role::Frontend && self.outcome.reached_proxy() {
            out.extend_from_slice(b";Msg=");
            self.push_target(out);
        }
        if matches!(self.outcome, Outcome::Denied | Outcome::BasicBlocked) {
            push_all(out, &[";Msg=\"", error, ",User: ", self.user, "\""]);
        }
        if !error.is_empty() && !only_in_response {
            push_all(out, &[";ErrMsg=", error]);
        }
        if self.outcome == Outcome::MailboxOffline && self.role == Role::Backend {
            push_all(out, &[";Excpt=\"", error, ": Cannot open mailbox /o=Contoso/cn=\"DB02\"; the database is offline.\""]);
        }
    }

    fn push_response(&self, out: &mut Vec<u8>, explained: bool, error: &str) {
        out.extend_from_slice(b"R=\"");
        if self.protocol == Protocol::Imap4 {
            if self.variant % 29 == 3 {
                out.extend_from_slice(b"* CAPABILITY IMAP4 IMAP4rev1 AUTH=PLAIN UIDPLUS\\r\\n");
            }
            push_all(out, &[self.tag, if self.outcome == Outcome::UnknownMechanism { " BAD " } else { " NO " }]);
        } else {
            out.extend_from_slice(b"-ERR ");
        }
        if explained {
            push_all(out, &["[Error=", error]);
            if self.outcome.reached_proxy() {
                out.extend_from_slice(b" Proxy=");
                self.push_host(out);
            }
            out.extend_from_slice(b"] ");
        }
        push_all(out, &[self.words()]);
        if self.outcome == Outcome::ConnectionLimit && self.protocol == Protocol::Imap4 {
            out.extend_from_slice(b"\\r\\n* BYE Connection is closed. 14");
        }
        out.push(b'"');
    }

    fn words(&self) -> &'static str {
        match (self.outcome, self.protocol, self.attempt) {
            (Outcome::InvalidState, Protocol::Imap4, _) => "Command received in Invalid state.",
            (Outcome::InvalidState, Protocol::Pop3, _) => "Command is not valid in this state.",
            (Outcome::UnknownMechanism, Protocol::Imap4, _) => "Command Argument Error. 11",
            (Outcome::UnknownMechanism, Protocol::Pop3, _) => "Protocol error. 18",
            (_, _, Attempt::Login) => "LOGIN failed.",
            (_, _, Attempt::Authenticate) => "AUTHENTICATE failed.",
            (_, _, Attempt::Pass) => "Logon failure: unknown user name or bad password.",
            (_, _, Attempt::Auth) => "Authentication failure: unknown user name or bad password.",
        }
    }

    fn verb(&self) -> &'static str {
        if self.attempt == Attempt::Login { "LOGIN" } else { "AUTHENTICATE" }
    }

    fn push_target(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"Proxy:");
        self.push_host(out);
    }

    fn push_host(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.host.as_bytes());
        out.push(b':');
        push_number(out, u64::from(self.protocol.backend_port()));
        out.extend_from_slice(b":SSL");
    }
}

#[inline]
fn push_all(out: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
}
