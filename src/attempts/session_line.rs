//! The lines of one session, whole.

use std::sync::Arc;

use crate::attempts::take::{Seen, Take};
use crate::location::Location;
use crate::protocol::{Protocol, Role};
use crate::protocol_log::example::whole;
use crate::summary::scope::Scope;
use crate::text::lossy;

/// A line of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionLine {
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
    /// The command, as it is written.
    pub command: Box<str>,
    /// The whole line, with what may be a password made stars.
    pub text: Box<str>,
    /// Where it stands.
    pub location: Location,
}

/// Which session is wanted. Numbers come again: on other servers, in the other role, after a restart.
#[derive(Debug, Clone, Copy)]
pub struct SessionLines<'a> {
    /// Window and filters; accounts are not looked at, because most lines name none.
    pub scope: &'a Scope,
    /// The session's number.
    pub session: u64,
}

impl Take for SessionLines<'_> {
    type Taken = SessionLine;

    fn take(&self, seen: &Seen<'_>) -> Option<SessionLine> {
        let record = seen.record;
        if record.session != self.session || !self.scope.has_client(&record.texts().client_address()) {
            return None;
        }
        Some(SessionLine {
            moment: record.time,
            protocol: seen.protocol,
            role: seen.role,
            server: seen.server.cloned(),
            session: record.session,
            sequence: record.sequence,
            command: lossy(record.command).into(),
            text: whole(record.line()).into(),
            location: seen.location(),
        })
    }
}
