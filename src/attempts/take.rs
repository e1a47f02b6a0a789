//! What is asked of the lines: each record is shown with all that is known of its place, and something is taken out of it or not.

use std::sync::Arc;

use crate::location::Location;
use crate::protocol::{Protocol, Role};
use crate::protocol_log::record::Record;

/// A record, and where it stands.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// The record.
    pub record: &'a Record<'a>,
    /// The protocol.
    pub protocol: Protocol,
    /// The role of the service that wrote it.
    pub role: Role,
    /// The server that the file belongs to.
    pub server: Option<&'a Arc<str>>,
    /// The file.
    pub file: &'a Arc<str>,
    /// The line in it, counted from 1.
    pub line: u64,
    /// The name that came with POP's `user` before, in the same session.
    pub pop_user: Option<&'a str>,
}

impl Seen<'_> {
    /// Where the record stands.
    pub fn location(&self) -> Location {
        Location::new(self.file.clone(), self.line)
    }
}

/// Somebody who takes something out of records.
pub trait Take {
    /// What is taken.
    type Taken;

    /// What there is to take in a record of the right window, service and server.
    fn take(&self, seen: &Seen<'_>) -> Option<Self::Taken>;
}
