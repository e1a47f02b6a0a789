//! Any record of a log with everything that its line says: the raw material of somebody else's questions.

use std::borrow::Cow;
use std::sync::Arc;

use crate::attempts::attempt::End;
use crate::attempts::take::{Seen, Take};
use crate::location::Location;
use crate::login::attempt::{LoginCommand, Who};
use crate::login::identity::Names;
use crate::protocol::{Protocol, Role};
use crate::protocol_log::example::parameters_without_password;
use crate::protocol_log::header::Column;
use crate::protocol_log::record::Texts;
use crate::protocol_log::structure::unquoted;
use crate::summary::scope::Scope;
use crate::text::lossy;

/// A record by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRecord {
    /// When it was written: milliseconds since 1970 UTC.
    pub moment: i64,
    /// The protocol.
    pub protocol: Protocol,
    /// The role of the service that wrote it.
    pub role: Role,
    /// The server.
    pub server: Option<Arc<str>>,
    /// The session's number.
    pub session: u64,
    /// The line's number in its session.
    pub sequence: Option<u32>,
    /// The server's end of the connection.
    pub listener: End,
    /// The client's end of the connection; on a back end the client is a front end.
    pub client: End,
    /// The user column.
    pub user: Box<str>,
    /// How long the command took, in milliseconds.
    pub duration: Option<u64>,
    /// The size of the request, in bytes.
    pub request_size: Option<u64>,
    /// The size of the answer, in bytes.
    pub response_size: Option<u64>,
    /// The command, as it is written.
    pub command: Box<str>,
    /// Its parameters, with what may be a password made stars.
    pub parameters: Box<str>,
    /// The context column.
    pub context: Box<str>,
    /// The column of that name; empty in layouts without it.
    pub puid: Box<str>,
    /// Where it stands.
    pub location: Location,
}

/// Which records are wanted: all of the window and the filters.
#[derive(Debug, Clone, Copy)]
pub struct Records<'a> {
    /// Window and filters. Accounts are looked for in the user column, and where a login or POP's `user` before it names one.
    pub scope: &'a Scope,
}

impl Take for Records<'_> {
    type Taken = LogRecord;

    fn take(&self, seen: &Seen<'_>) -> Option<LogRecord> {
        let (record, scope) = (seen.record, self.scope);
        let texts = record.texts();
        let is_of_filters = scope.has_client(&texts.client_address()) && scope.has_server(seen.server.map(AsRef::as_ref));
        if !is_of_filters || !self.has_user(seen, texts) {
            return None;
        }
        let column = |column| lossy(&unquoted(record.raw(column))).into_owned().into_boxed_str();
        Some(LogRecord {
            moment: record.time,
            protocol: seen.protocol,
            role: seen.role,
            server: seen.server.cloned(),
            session: record.session,
            sequence: record.sequence,
            listener: record.server_endpoint().into(),
            client: record.client_endpoint().into(),
            user: texts.user().into(),
            duration: record.duration(),
            request_size: record.request_size(),
            response_size: record.response_size(),
            command: lossy(record.command).into(),
            parameters: parameters_without_password(record.command, &texts.parameters()).into(),
            context: column(Column::Context),
            puid: column(Column::Puid),
            location: seen.location(),
        })
    }
}

impl Records<'_> {
    fn has_user(&self, seen: &Seen<'_>, texts: Texts<'_>) -> bool {
        if self.scope.users.is_empty() {
            return true;
        }
        let (user, parameters) = (texts.user(), texts.parameters());
        let mut names = match LoginCommand::of(seen.record.command) {
            Some(command) => Who::read(command, &user, &parameters).names,
            None => Names::of(&user, ""),
        };
        names.name = names.name.or_else(|| seen.pop_user.map(Cow::Borrowed));
        self.scope.has_user(&names)
    }
}
