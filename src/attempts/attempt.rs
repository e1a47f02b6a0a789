//! One login attempt with everything that its line says.

use std::sync::Arc;

use crate::attempts::other_half::OtherHalf;
use crate::attempts::take::{Seen, Take};
use crate::location::Location;
use crate::login::attempt::{Answer, LoginCommand, Who, target_name};
use crate::login::error_code::ErrorClass;
use crate::login::identity::ClientClass;
use crate::login::mechanism::Mechanism;
use crate::login::outcome::Outcome;
use crate::protocol::{Protocol, Role};
use crate::protocol_log::endpoint::Endpoint;
use crate::summary::scope::{NamePattern, Scope};
use crate::text::lossy;

/// A login attempt. Names and answers stand as in the line; they come from strangers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// When its line was written, at its end: milliseconds since 1970 UTC.
    pub moment: i64,
    /// The protocol.
    pub protocol: Protocol,
    /// The role of the service that wrote the line.
    pub role: Role,
    /// The server.
    pub server: Option<Arc<str>>,
    /// Whether it worked.
    pub outcome: Outcome,
    /// The error code; empty if there is none.
    pub error: Box<str>,
    /// The class of a failure.
    pub error_class: Option<ErrorClass>,
    /// The name as it is written, the fullest one in the line, else the one that came with POP's `user`; empty if there is none.
    pub user: Box<str>,
    /// What kind of client.
    pub client_class: ClientClass,
    /// The client's end of the connection; on a back end the client is a front end.
    pub client: End,
    /// The server's end.
    pub listener: End,
    /// Where the login was handed over to: `host:port:encryption` in lower case.
    pub target: Option<Box<str>>,
    /// The way of logging in.
    pub mechanism: Mechanism,
    /// The command, as it is written.
    pub command: Box<str>,
    /// The answer; empty if there is none.
    pub response: Box<str>,
    /// How long it took, in milliseconds.
    pub duration: Option<u64>,
    /// The session's number.
    pub session: u64,
    /// The line's number in its session.
    pub sequence: Option<u32>,
    /// Where the line stands.
    pub location: Location,
    /// Its other half on the back end or the front end; `None` if nobody looked for it, or there cannot be one.
    pub other_half: Option<OtherHalf>,
}

/// One end of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The address as it is written, without brackets and zone.
    pub address: Box<str>,
    /// The port.
    pub port: Option<u16>,
}

impl From<Endpoint<'_>> for End {
    fn from(endpoint: Endpoint<'_>) -> Self {
        Self { address: lossy(endpoint.address).into(), port: endpoint.port }
    }
}

/// Which attempts are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Attempts<'a> {
    /// Window and filters.
    pub scope: &'a Scope,
    /// Only those that ended like this.
    pub outcome: Option<Outcome>,
    /// Only those with an error code, or of a class of errors, that fits.
    pub error: Option<&'a NamePattern>,
}

impl Take for Attempts<'_> {
    type Taken = Attempt;

    fn take(&self, seen: &Seen<'_>) -> Option<Attempt> {
        read(seen, |parts| self.wants(parts).then(|| parts.attempt())).flatten()
    }
}

impl Attempts<'_> {
    /// Whether an attempt is wanted, its service, server and time included.
    pub(super) fn wants(&self, parts: &Parts<'_>) -> bool {
        let Parts { seen, who, answer, .. } = parts;
        self.scope.window.contains(seen.record.time)
            && self.scope.has_service(seen.protocol, seen.role)
            && self.scope.has_server(seen.server.map(AsRef::as_ref))
            && self.scope.has_user(&who.names)
            && self.scope.has_client(&seen.record.texts().client_address())
            && self.outcome.is_none_or(|only| only == answer.outcome)
            && self.error.is_none_or(|pattern| fits(pattern, &answer.error, parts.error_class))
    }
}

/// A login attempt as its line shows it, before anything is copied.
pub(super) struct Parts<'a> {
    pub(super) seen: &'a Seen<'a>,
    pub(super) who: Who<'a>,
    /// As a summary counts it, where nobody knows which name came with POP's `user`.
    pub(super) client_class: ClientClass,
    pub(super) answer: Answer<'a>,
    pub(super) error_class: Option<ErrorClass>,
    pub(super) context: &'a [u8],
}

/// Shows the parts of a login attempt; `None` if the line is none.
pub(super) fn read<R>(seen: &Seen<'_>, with: impl FnOnce(&Parts<'_>) -> R) -> Option<R> {
    let record = seen.record;
    let command = LoginCommand::of(record.command)?;
    let (user, parameters, context) = (record.texts().user(), record.texts().parameters(), record.context());
    let mut who = Who::read(command, &user, &parameters);
    let client_class = who.names.client_class();
    if who.names.name.is_none() {
        who.names.name = seen.pop_user.filter(|_| command == LoginCommand::Pass).map(Into::into);
    }
    let answer = Answer::read(&context);
    let error_class = (answer.outcome == Outcome::Failed).then(|| answer.error_class());
    Some(with(&Parts { seen, who, client_class, answer, error_class, context: &context }))
}

impl Parts<'_> {
    /// The attempt by itself; nobody has looked for its other half.
    pub(super) fn attempt(&self) -> Attempt {
        let Self { seen, who, answer, .. } = self;
        let record = seen.record;
        Attempt {
            moment: record.time,
            protocol: seen.protocol,
            role: seen.role,
            server: seen.server.cloned(),
            outcome: answer.outcome,
            error_class: self.error_class,
            user: who.names.name.as_deref().unwrap_or_default().into(),
            client_class: self.client_class,
            client: record.client_endpoint().into(),
            listener: record.server_endpoint().into(),
            target: answer.target.map(|target| target_name(target).into()),
            mechanism: who.mechanism,
            command: lossy(record.command).into(),
            response: lossy(answer.response).into(),
            error: answer.error.as_ref().into(),
            duration: record.duration(),
            session: record.session,
            sequence: record.sequence,
            location: seen.location(),
            other_half: None,
        }
    }
}

fn fits(pattern: &NamePattern, error: &str, class: Option<ErrorClass>) -> bool {
    (!error.is_empty() && pattern.matches(error)) || class.is_some_and(|class| pattern.matches(class.name()))
}
