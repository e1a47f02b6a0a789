//! Login attempts: a record with command `login`, `authenticate`, `pass` or `auth`, read to its end.
//!
//! POP's `user` always answers ok and is none. A session without any of the four is a probe, and proves nothing.

use std::borrow::Cow;

use crate::login::error_code::ErrorClass;
use crate::login::identity::{ClientClass, Names, login_name};
use crate::login::mechanism::Mechanism;
use crate::login::outcome::{Outcome, outcome, text_of};
use crate::protocol_log::context::Context;
use crate::protocol_log::record::Record;

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

/// One try to log in, and what came of it.
#[derive(Debug, Clone)]
pub struct Attempt<'a> {
    /// What came of it.
    pub outcome: Outcome,
    /// The way of logging in.
    pub mechanism: Mechanism,
    /// What kind of client.
    pub client_class: ClientClass,
    /// Who tried.
    pub names: Names<'a>,
    /// The error code: `ErrMsg`, else `[Error=…]` in the response; empty if there is none.
    pub error: Cow<'a, str>,
    /// Where the login was handed over to, as `host:port:encryption` in lower case.
    pub target: Option<String>,
    /// The answer, as it stands in the line.
    pub response: &'a [u8],
}

impl<'a> Attempt<'a> {
    /// Reads an attempt from the columns of its record.
    pub fn read(command: LoginCommand, user: &'a [u8], parameters: &'a [u8], context: &'a [u8]) -> Self {
        let parameter_name = if command == LoginCommand::Login { login_name(parameters) } else { b"" };
        let context = Context::parse(context);
        let response = context.response.unwrap_or_default();
        let error = context.error.or_else(|| between(response, b"[Error=", b" ]")).unwrap_or_default();
        Self {
            outcome: outcome(context.response, context.error),
            mechanism: match command {
                LoginCommand::Login => Mechanism::Login,
                LoginCommand::Pass => Mechanism::UserPass,
                LoginCommand::Sasl => Mechanism::of_sasl(parameters),
            },
            client_class: ClientClass::of(user, parameter_name),
            names: Names::of(user, parameter_name),
            error: String::from_utf8_lossy(error),
            target: target(context.message, response),
            response,
        }
    }

    /// The class of the error; meant for failures.
    pub fn error_class(&self) -> ErrorClass {
        ErrorClass::of(&self.error, &String::from_utf8_lossy(text_of(self.response)))
    }

    /// A success with an error beside it.
    pub fn is_anomaly(&self) -> bool {
        self.outcome == Outcome::Succeeded && !self.error.is_empty()
    }
}

/// The columns of a record that an attempt is read from, their quotes undone.
pub struct AttemptColumns<'a> {
    user: Cow<'a, [u8]>,
    parameters: Cow<'a, [u8]>,
    context: Cow<'a, [u8]>,
}

impl<'a> AttemptColumns<'a> {
    /// Takes the columns out of a record.
    pub fn of(record: &Record<'a>) -> Self {
        Self { user: record.user(), parameters: record.parameters(), context: record.context() }
    }

    /// Reads the attempt.
    pub fn attempt(&self, command: LoginCommand) -> Attempt<'_> {
        Attempt::read(command, self.user.trim_ascii(), &self.parameters, &self.context)
    }
}

/// `Proxy:HOST:1993:SSL` in the notes, else `Proxy=HOST:1993:SSL]` in the response.
fn target(message: Option<&[u8]>, response: &[u8]) -> Option<String> {
    let noted = message.and_then(|message| between(message, b"Proxy:", b";,"));
    let target = noted.or_else(|| between(response, b"Proxy=", b"]"))?.trim_ascii();
    (!target.is_empty()).then(|| String::from_utf8_lossy(target).to_lowercase())
}

/// What stands behind `start`, up to one of the `ends` or the end of the text.
fn between<'a>(text: &'a [u8], start: &[u8], ends: &[u8]) -> Option<&'a [u8]> {
    let rest = text.get(memchr::memmem::find(text, start)? + start.len()..)?;
    rest.get(..rest.iter().position(|byte| ends.contains(byte)).unwrap_or(rest.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'a>(command: &str, user: &'a str, parameters: &'a str, context: &'a str) -> Attempt<'a> {
        let command = LoginCommand::of(command.as_bytes()).unwrap();
        Attempt::read(command, user.as_bytes(), parameters.as_bytes(), context.as_bytes())
    }

    #[test]
    fn what_a_failed_hand_over_shows() {
        let attempt = read(
            "login",
            "HealthMailboxab28d88",
            "HealthMailboxab28d8826ea8428d805c5e21cdff9077@<smtpdomain> *****",
            r#"R="z NO [Error=ProxyNotAuthenticated Proxy=<CAS FQDN>:1993:SSL] LOGIN failed.";Msg=Proxy:<CAS FQDN>:1993:SSL;ErrMsg=ProxyNotAuthenticated"#,
        );
        assert_eq!((attempt.outcome, attempt.client_class), (Outcome::Failed, ClientClass::HealthMailbox));
        assert_eq!(attempt.target.as_deref(), Some("<cas fqdn>:1993:ssl"));
        assert_eq!(attempt.error_class(), ErrorClass::ProxyHandOver);
        assert_eq!(attempt.names.alias.as_deref(), Some("HealthMailboxab28d88"));
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
            let attempt = read("auth", "testuser", " PLAIN", context);
            assert_eq!((attempt.error.as_ref(), attempt.target.as_deref()), (error, target), "{context}");
        }
    }

    #[test]
    fn a_success_with_an_error_beside_it_is_an_anomaly() {
        let attempt = read("login", "u", "u *****", "R=ok;ErrMsg=Odd");
        assert!(attempt.is_anomaly() && attempt.outcome == Outcome::Succeeded);
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
