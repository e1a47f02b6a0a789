//! Failure groups: failures that are the same but for who, when and where from.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::collections::minutes::{MINUTE, Minutes};
use crate::collections::tally::Tally;
use crate::location::Location;
use crate::login::error_code::ErrorClass;
use crate::login::identity::ClientClass;
use crate::login::mechanism::Mechanism;
use crate::merge::{Merge, Span};

/// What makes two failures of one service the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

impl GroupKey {
    /// The error code, or what the server answered where there is none.
    pub fn name(&self) -> &str {
        if self.error.is_empty() { &self.response } else { &self.error }
    }

    /// Whether the fault is the server's own: not the account's, and not a client's that the server does not understand.
    pub fn is_servers_own(&self) -> bool {
        let is_clients_own = self.error.is_empty() && is_not_understood(&self.response);
        !self.error_class.is_the_accounts_own() && !is_clients_own
    }
}

/// Whether the server did not understand the client: `BAD`, or POP's words for it.
pub fn is_not_understood(response: &str) -> bool {
    let response = response.to_ascii_lowercase();
    let words = ["protocol error", "command", "argument", "unrecognized", "not supported", "unsupported"];
    response.starts_with("bad")
        || (response.starts_with("-err")
            && words.iter().any(|word| response.contains(word))
            && !response.contains("in this state"))
}

/// So many examples of a group are kept.
pub const EXAMPLES: usize = 5;

/// All that is kept of the failures of one group.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
    /// By which ways of logging in.
    pub mechanisms: BTreeMap<Mechanism, u64>,
    /// On which ports of the server.
    pub ports: BTreeMap<u16, u64>,
    /// The first failures: when, where they stand, and their lines.
    pub examples: Vec<(i64, Location, Arc<str>)>,
}

/// Where and when an attempt was made, beside what its own columns say.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// Milliseconds since 1970 UTC.
    pub moment: i64,
    /// How long it took, in milliseconds.
    pub duration: Option<u64>,
    /// The client's address, without its port.
    pub address: &'a str,
    /// The server's port.
    pub port: Option<u16>,
}

impl FailureGroup {
    /// Takes in one failure; `name` may be empty.
    pub fn add(&mut self, name: &str, at: Circumstances<'_>, example: impl FnOnce() -> (Location, Arc<str>)) {
        self.count += 1;
        self.span.include(at.moment);
        *self.minutes.at(at.moment) += 1;
        if !name.is_empty() {
            *self.users.at(name) += 1;
        }
        if !at.address.is_empty() {
            *self.clients.at(at.address) += 1;
        }
        if let Some(port) = at.port {
            *self.ports.entry(port).or_default() += 1;
        }
        // Lines come in their order, and that is nearly the order of time.
        if self.examples.len() < EXAMPLES || self.examples.last().is_some_and(|(last, _, _)| at.moment < *last) {
            let (location, text) = example();
            let place = self.examples.partition_point(|(moment, _, _)| *moment <= at.moment);
            self.examples.insert(place, (at.moment, location, text));
            self.examples.truncate(EXAMPLES);
        }
    }

    /// How many failures fell into the minutes from `start` to `end`, both included.
    pub fn between(&self, start: i64, end: i64) -> u64 {
        let minutes = start.div_euclid(MINUTE)..=end.div_euclid(MINUTE);
        self.minutes.iter().filter(|(minute, _)| minutes.contains(minute)).map(|(_, count)| count).sum()
    }

    /// An empty group that begins at `moment`.
    pub fn beginning(moment: i64) -> Self {
        Self {
            count: 0,
            span: Span::at(moment),
            minutes: Minutes::default(),
            users: Tally::default(),
            clients: Tally::default(),
            mechanisms: BTreeMap::new(),
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
        self.mechanisms.merge_with(other.mechanisms);
        self.ports.merge_with(other.ports);
        self.examples.extend(other.examples);
        self.examples.sort();
        self.examples.truncate(EXAMPLES);
    }
}
