//! Everything kept of one service: one protocol in one role on one server.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::collections::latency::Latency;
use crate::collections::map::HashMap;
use crate::collections::minutes::Minutes;
use crate::collections::sorted;
use crate::collections::tally::Tally;
use crate::location::Location;
use crate::login::identity::ClientClass;
use crate::merge::{Merge, Span, merge_entry};
use crate::summary::account::Account;
use crate::summary::affected::Affected;
use crate::summary::clock_sample::ClockSample;
use crate::summary::counts::Counts;
use crate::summary::failure_group::{Circumstances, FailureGroup, GroupKey};
use crate::summary::large_mailbox::LargeMailboxes;
use crate::summary::pace::Pace;
use crate::summary::pulse::Pulse;

/// So many different commands are told apart; what comes after them counts as `(other)`.
const MOST_COMMANDS: usize = 256;

/// The summary of one service.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Service {
    /// All records, in the window or not.
    pub records: u64,
    /// The first and the last record.
    pub span: Option<Span>,
    /// Records per minute: which times the logs cover.
    pub presence: Minutes<u64>,
    /// Login attempts by client class.
    pub logins: BTreeMap<ClientClass, Counts>,
    /// Login attempts per minute, by target and client class.
    pub series: BTreeMap<(Option<Box<str>>, ClientClass), Minutes<Counts>>,
    /// When logins worked and when they failed for a reason of the server's own.
    pub pulse: Pulse,
    /// Who was hit by the failures of the server's own.
    pub affected: Affected,
    /// The failures.
    pub groups: BTreeMap<GroupKey, FailureGroup>,
    /// Attempts by account.
    pub accounts: Tally<Account>,
    /// Attempts by client address.
    pub addresses: Tally<Account>,
    /// How long login attempts took.
    pub latency: Latency,
    /// How long successful logins took, hour by hour.
    pub pace: Pace,
    /// Mailboxes with very many messages.
    pub large_mailboxes: LargeMailboxes,
    /// POP's `user` refused because the connection is not encrypted: such a login never becomes an attempt.
    pub refused_users: Option<FailureGroup>,
    /// Records by command.
    pub commands: Commands,
    /// Successes with an error beside them, by error.
    pub anomalies: BTreeMap<Box<str>, u64>,
    /// When a few accounts logged in.
    pub clock_sample: ClockSample,
}

impl Service {
    /// Takes in that POP's `user` was refused on an unencrypted connection.
    pub fn add_refused_user(&mut self, name: &str, at: Circumstances<'_>, example: impl FnOnce() -> (Location, Arc<str>)) {
        let group = self.refused_users.get_or_insert_with(|| FailureGroup::beginning(at.moment));
        group.add(name, at, example);
    }

    /// The ordinary accounts: their keys, and what is kept of them.
    pub fn users(&self) -> impl Iterator<Item = (&str, &Account)> {
        let accounts = self.accounts.iter().map(|(name, _, account)| (name, account));
        accounts.filter(|(name, _)| ClientClass::of(name) == ClientClass::User)
    }

    /// Adds `lines` to the line number of every example: a segment counts its lines from its own first one.
    pub fn shift_lines(&mut self, lines: u64) {
        self.groups.values_mut().chain(&mut self.refused_users).for_each(|group| group.shift_lines(lines));
        self.large_mailboxes.shift_lines(lines);
        self.accounts.values_mut().chain(self.addresses.values_mut()).for_each(|account| account.shift_lines(lines));
    }
}

impl Merge for Service {
    fn merge_with(&mut self, other: Self) {
        self.records += other.records;
        self.span.merge_with(other.span);
        self.presence.merge_with(other.presence);
        self.logins.merge_with(other.logins);
        self.series.merge_with(other.series);
        self.pulse.merge_with(other.pulse);
        self.affected.merge_with(other.affected);
        self.groups.merge_with(other.groups);
        self.accounts.merge_with(other.accounts);
        self.addresses.merge_with(other.addresses);
        self.latency.merge_with(other.latency);
        self.pace.merge_with(other.pace);
        self.large_mailboxes.merge_with(other.large_mailboxes);
        self.refused_users.merge_with(other.refused_users);
        self.commands.merge_with(other.commands);
        self.anomalies.merge_with(other.anomalies);
        self.clock_sample.merge_with(other.clock_sample);
    }
}

/// Records by command.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Commands(#[serde(with = "sorted")] HashMap<Box<[u8]>, u64>);

impl Commands {
    /// Adds to the count of a command.
    pub fn add(&mut self, command: &[u8], count: u64) {
        let is_known = self.0.len() < MOST_COMMANDS || self.0.contains_key(command);
        if count > 0 {
            let name = if is_known { command } else { Self::OTHER };
            match self.0.get_mut(name) {
                Some(sum) => *sum += count,
                None => drop(self.0.insert(name.into(), count)),
            }
        }
    }

    const OTHER: &[u8] = b"(other)";

    /// All commands as text with their counts, sorted by name.
    pub fn sorted(&self) -> BTreeMap<String, u64> {
        let mut sorted = BTreeMap::new();
        for (command, count) in &self.0 {
            merge_entry(&mut sorted, String::from_utf8_lossy(command).into_owned(), *count);
        }
        sorted
    }
}

impl Merge for Commands {
    fn merge_with(&mut self, other: Self) {
        for (command, count) in other.0 {
            *self.0.entry(command).or_default() += count;
        }
        while self.0.len() > MOST_COMMANDS + 1 {
            // The names that sort last go, whatever the order of the parts was.
            let Some(last) = self.0.keys().filter(|name| name.as_ref() != Self::OTHER).max().cloned() else { return };
            let count = self.0.remove(&last).unwrap_or_default();
            *self.0.entry(Self::OTHER.into()).or_default() += count;
        }
    }
}
