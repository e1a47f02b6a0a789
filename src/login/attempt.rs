//! Login attempts: a record with command `login`, `authenticate`, `pass` or `auth`, read to its end.
//!
//! POP's `user` always answers ok and is none. A session without any of the four is a probe, and proves nothing.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::login::error_code::ErrorClass;
use crate::login::identity::{Names, login_name};
use crate::login::mechanism::Mechanism;
use crate::login::outcome::{Outcome, outcome, text_of};
use crate::protocol_log::context::Context;
use crate::text::lossy;

/// The commands that try to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginCommand {
    /// IMAP `login`: the name is in the parameters.
    Login,
    /// IMAP `authenticate` and POP `auth`: the mechanism is in the parameters.
    Sasl,
    /// POP `pass`: the name came with `user` before.
    Pass,
}

impl LoginCommand {
    /// The login command that a record's command is, if it is one.
    pub fn of(command: &[u8]) -> Option<Self> {
        match command.len() {
            4 if command.eq_ignore_ascii_case(b"pass") => Some(Self::Pass),
            4 if command.eq_ignore_ascii_case(b"auth") => Some(Self::Sasl),
            5 if command.eq_ignore_ascii_case(b"login") => Some(Self::Login),
            12 if command.eq_ignore_ascii_case(b"authenticate") => Some(Self::Sasl),
            _ => None,
        }
    }
}

/// Who tried to log in, and how.
#[derive(Debug, Clone)]
pub struct Who<'a> {
    /// The way of logging in.
    pub mechanism: Mechanism,
    /// The names in the line.
    pub names: Names<'a>,
}

impl<'a> Who<'a> {
    /// Reads the columns that name the account, their quotes undone.
    pub fn read(command: LoginCommand, user: &'a str, parameters: &'a str) -> Self {
        let user = user.trim_ascii();
        let parameter_name = if command == LoginCommand::Login { login_name(parameters) } else { "" };
        // Twice the same name is one name, and most lines have it twice: it is looked at once.
        let parameter_name = if parameter_name == user { "" } else { parameter_name };
        Self {
            mechanism: match command {
                LoginCommand::Login => Mechanism::Login,
                LoginCommand::Pass => Mechanism::UserPass,
                LoginCommand::Sasl => Mechanism::of_sasl(parameters.as_bytes()),
            },
            names: Names::of(user, parameter_name),
        }
    }
}

/// What came of a try to log in.
#[derive(Debug, Clone)]
pub struct Answer<'a> {
    /// Whether it worked.
    pub outcome: Outcome,
    /// The error code: `ErrMsg`, else `[Error=…]` in the response; empty if there is none.
    pub error: Cow<'a, str>,
    /// Where the login was handed over to, as it stands in the line; never empty.
    pub target: Option<&'a [u8]>,
    /// The answer, as it stands in the line.
    pub response: &'a [u8],
}

impl<'a> Answer<'a> {
    /// Reads a context column, its quotes undone.
    pub fn read(context: &'a [u8]) -> Self {
        let context = Context::parse(context);
        let response = context.response.unwrap_or_default();
        let error = context.error.or_else(|| between(response, &ERROR, b" ]")).unwrap_or_default();
        Self {
            outcome: outcome(context.response, context.error),
            error: lossy(error),
            target: target(context.message, response),
            response,
        }
    }

    /// The class of the error; meant for failures.
    pub fn error_class(&self) -> ErrorClass {
        ErrorClass::of(&self.error, &lossy(text_of(self.response)))
    }

    /// A success with an error beside it.
    pub fn is_anomaly(&self) -> bool {
        self.outcome == Outcome::Succeeded && !self.error.is_empty()
    }
}

/// The name of a target, one for all its spellings: `host:port:encryption` in lower case.
pub fn target_name(target: &[u8]) -> String {
    lossy(target).to_lowercase()
}

static ERROR: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("[Error="));
static NOTED_PROXY: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("Proxy:"));
static ANSWERED_PROXY: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("Proxy="));

/// `Proxy:HOST:1993:SSL` in the notes, else `Proxy=HOST:1993:SSL]` in the response.
fn target<'a>(message: Option<&'a [u8]>, response: &'a [u8]) -> Option<&'a [u8]> {
    let noted = message.and_then(|message| between(message, &NOTED_PROXY, b";,"));
    let target = noted.or_else(|| between(response, &ANSWERED_PROXY, b"]"))?.trim_ascii();
    (!target.is_empty()).then_some(target)
}

/// What stands behind `start`, up to one of the `ends` or the end of the text.
fn between<'a>(text: &'a [u8], start: &Finder<'_>, ends: &[u8]) -> Option<&'a [u8]> {
    let rest = text.get(start.find(text)? + start.needle().len()..)?;
    rest.get(..rest.iter().position(|byte| ends.contains(byte)).unwrap_or(rest.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::login::identity::ClientClass;

    fn answer(context: &str) -> Answer<'_> {
        Answer::read(context.as_bytes())
    }

    #[test]
    fn what_a_failed_hand_over_shows() {
        let who = Who::read(
            LoginCommand::Login,
            "HealthMailboxab28d88",
            "HealthMailboxab28d8826ea8428d805c5e21cdff9077@<smtpdomain> *****",
        );
        assert_eq!((who.mechanism, who.names.client_class()), (Mechanism::Login, ClientClass::HealthMailbox));
        assert_eq!(who.names.alias.as_deref(), Some("HealthMailboxab28d88"));
        let answer = answer(
            r#"R="z NO [Error=ProxyNotAuthenticated Proxy=<CAS FQDN>:1993:SSL] LOGIN failed.";Msg=Proxy:<CAS FQDN>:1993:SSL;ErrMsg=ProxyNotAuthenticated"#,
        );
        assert_eq!((answer.outcome, answer.error_class()), (Outcome::Failed, ErrorClass::ProxyHandOver));
        assert_eq!(answer.target.map(target_name).as_deref(), Some("<cas fqdn>:1993:ssl"));
    }

    #[test]
    fn the_reason_is_errmsg_then_the_tag_in_the_response() {
        for (context, error, target) in [
            ("R=\"a NO x\";ErrMsg=AuthFailed:LogonDenied", "AuthFailed:LogonDenied", None),
            ("R=\"a NO [Error=ProxyFailed Proxy=H:1993:SSL] x\"", "ProxyFailed", Some("h:1993:ssl")),
            ("R=\"a NO [Error=UserDisabled] x\"", "UserDisabled", None),
            ("R=\"a NO x\"", "", None),
            ("R=ok;Msg=\"Proxy:EX:1993:SSL;ProxySuccess\"", "", Some("ex:1993:ssl")),
            (
                "R=\"-ERR x\";Msg=\"AuthFailed:LogonDenied,User: testuser\";ErrMsg=AuthFailed:LogonDenied",
                "AuthFailed:LogonDenied",
                None,
            ),
        ] {
            let answer = answer(context);
            assert_eq!((answer.error.as_ref(), answer.target.map(target_name).as_deref()), (error, target), "{context}");
        }
    }

    #[test]
    fn a_success_with_an_error_beside_it_is_an_anomaly() {
        let answer = answer("R=ok;ErrMsg=Odd");
        assert!(answer.is_anomaly() && answer.outcome == Outcome::Succeeded);
    }

    #[test]
    fn only_four_commands_are_attempts() {
        for (command, is_one) in [
            ("login", true),
            ("authenticate", true),
            ("pass", true),
            ("auth", true),
            ("user", false),
            ("OpenSession", false),
            ("logout", false),
        ] {
            assert_eq!(LoginCommand::of(command.as_bytes()).is_some(), is_one, "{command}");
        }
    }
}
