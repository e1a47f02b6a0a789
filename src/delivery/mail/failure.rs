//! What went wrong with a mail server, in words: which server, at which step, and what can be done.

use std::error::Error as StdError;
use std::io;

use lettre::Address;
use lettre::transport::smtp;

use crate::delivery::answer;
use crate::delivery::mail::Security;
use crate::delivery::server::Server;
use crate::delivery::trust::tls_trouble;
use crate::error::{Error, ErrorKind, plain_words};

/// How far the conversation had come.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Connect(Security),
    StartTls,
    Login,
    Sender,
    Recipient,
    Content,
}

impl Step {
    /// What the server refused, where it answered with a refusal.
    fn refused(self) -> &'static str {
        match self {
            Self::Connect(_) => "lets nobody in",
            Self::StartTls => "does not begin STARTTLS",
            Self::Login => "refuses the user or the password",
            Self::Sender => "refuses the sender",
            Self::Recipient => "refuses a recipient",
            Self::Content => "refuses the mail",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::Connect(_) | Self::StartTls => "see whether the server takes mail from this machine at all, and on which port",
            Self::Login => "try the account by hand; a server may want DOMAIN\\user, or allow SMTP logins to some accounts only",
            Self::Sender => "give an address with --mail-from that this server may send for, or log in with --mail-user",
            Self::Recipient => "a server that relays to others wants a login, or a connector that allows it",
            Self::Content => "its answer says why: too large, or taken for spam",
        }
    }
}

fn error(place: &Server, words: &str, hint: &str) -> Error {
    Error::new(ErrorKind::Output, format!("no mail was sent: {place} {words}")).hint(hint)
}

/// What an error at a step means.
pub(super) fn failure(place: &Server, step: Step, found: &smtp::Error) -> Error {
    if let Some(trouble) = tls_trouble(found) {
        return error(place, &trouble.words, trouble.hint);
    }
    if found.status().is_some() {
        return error(place, &format!("{}: {}", step.refused(), answer_of(found)), step.hint());
    }
    match system_error(found) {
        Some(cause) if matches!(cause.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) => {
            let hint = match step {
                Step::Connect(Security::None | Security::StartTls) => {
                    "is the port right, and open in the firewall? A port that wants TLS from the first byte is silent: --mail-security tls"
                }
                Step::Connect(Security::Tls) => "is the port right, and open in the firewall?",
                _ => "try again when the server has less to do",
            };
            error(place, "does not answer in time", hint)
        }
        Some(cause) if cause.kind() == io::ErrorKind::ConnectionRefused => {
            error(place, "takes no connections", "is the port right, and does the mail service run?")
        }
        Some(cause) => error(place, &format!("cannot be talked to: {}", plain_words(cause)), step.hint()),
        None if matches!(step, Step::Login) && found.is_client() => error(
            place,
            "offers no way to log in that exlog knows (PLAIN, LOGIN)",
            "many offer one only after STARTTLS or TLS: --mail-security; or send without a user",
        ),
        None => error(place, &format!("broke off: {}", answer(&found.to_string())), step.hint()),
    }
}

/// The system's error behind it.
fn system_error(error: &smtp::Error) -> Option<&io::Error> {
    let mut next = error.source();
    while let Some(error) = next {
        match error.downcast_ref() {
            Some(found) => return Some(found),
            None => next = error.source(),
        }
    }
    None
}

/// What the server answered, with its code.
pub(super) fn answer_of(error: &smtp::Error) -> String {
    let words = error.source().map(ToString::to_string).unwrap_or_default();
    match error.status() {
        Some(code) => answer(&format!("{code} {words}")),
        None => answer(&words),
    }
}

pub(super) fn name_not_found(place: &Server, found: &io::Error) -> Error {
    let words = answer(&plain_words(found));
    error(place, &format!("was not found: {words}"), "is the name right, and does this machine resolve it?")
}

pub(super) fn no_starttls(place: &Server) -> Error {
    error(
        place,
        "does not offer STARTTLS, and nothing is sent in clear text that was to be encrypted",
        "use --mail-security tls if it wants TLS from the first byte, or none if everybody on the way may read it",
    )
}

pub(super) fn no_smtputf8(place: &Server) -> Error {
    error(place, "takes only addresses of plain ASCII (it has no SMTPUTF8)", "give addresses without letters beyond ASCII")
}

/// Whom the server refused, of how many.
pub(super) fn refused_recipients(place: &Server, refused: &[(Address, String)], all: usize) -> Error {
    let names: Vec<String> = refused.iter().map(|(address, answer)| format!("{address} ({answer})")).collect();
    let names = names.join(", ");
    if refused.len() == all {
        return error(place, &format!("refuses every recipient: {names}"), Step::Recipient.hint());
    }
    Error::new(ErrorKind::Output, format!("the mail was sent to others, but {place} refuses {names}"))
        .hint(Step::Recipient.hint())
}
