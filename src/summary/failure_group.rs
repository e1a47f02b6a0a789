//! Failure groups: failures that are the same but for who, when and where from.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::collections::minutes::Minutes;
use crate::collections::tally::Tally;
use crate::location::Location;
use crate::login::error_code::ErrorClass;
use crate::login::identity::ClientClass;
use crate::merge::{Merge, Span};

/// What makes two failures of one service the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupKey {
    /// The error code; empty if the line has none.
    pub error: Box<str>,
    /// The class of the error.
    pub error_class: ErrorClass,
    /// Where the login was handed over to.
    pub target: Option<Box<str>>,
    /// What kind of client.
    pub client_class: ClientClass,
    /// The response with everything that varies masked.
    pub response: Box<str>,
}

/// So many examples of a group are kept.
pub const EXAMPLES: usize = 5;

/// All that is kept of the failures of one group.
#[derive(Debug, Clone)]
pub struct FailureGroup {
    /// How many failures.
    pub count: u64,
    /// The first and the last.
    pub span: Span,
    /// How many in each minute.
    pub minutes: Minutes<u64>,
    /// Who, with how many failures each.
    pub users: Tally<u64>,
    /// From which addresses, with how many failures each.
    pub clients: Tally<u64>,
    /// On which ports of the server.
    pub ports: BTreeMap<u16, u64>,
    /// The first failures: when, where they stand, and their lines.
    pub examples: Vec<(i64, Location, Arc<str>)>,
}

impl FailureGroup {
    /// An empty group that begins at `moment`.
    pub fn beginning(moment: i64) -> Self {
        Self {
            count: 0,
            span: Span::at(moment),
            minutes: Minutes::default(),
            users: Tally::default(),
            clients: Tally::default(),
            ports: BTreeMap::new(),
            examples: Vec::new(),
        }
    }

    /// Adds `lines` to the line number of every example.
    pub fn shift_lines(&mut self, lines: u64) {
        for (_, location, _) in &mut self.examples {
            location.line += lines;
        }
    }
}

impl Merge for FailureGroup {
    fn merge_with(&mut self, other: Self) {
        self.count += other.count;
        self.span.merge_with(other.span);
        self.minutes.merge_with(other.minutes);
        self.users.merge_with(other.users);
        self.clients.merge_with(other.clients);
        self.ports.merge_with(other.ports);
        self.examples.extend(other.examples);
        self.examples.sort();
        self.examples.truncate(EXAMPLES);
    }
}
