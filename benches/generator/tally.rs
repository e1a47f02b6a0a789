//! Counts of one simulated server and protocol: login attempts, failures, outages, sessions. Lines are counted by `stream`.

use super::outcome::{Attempt, Outcome, Status};
use super::people::Person;
use super::plan::{Event, EventKind, Plan, Protocol, Role};
use super::truth::{ClientClass, FailureKey, LoginCounts, LoginKey, OutageTruth, Truth};
use std::collections::BTreeSet;

/// An outage as far as it has been seen.
#[derive(Clone, Debug)]
pub struct Tracker {
    /// The planted event.
    pub event: Event,
    /// How logins end in it.
    pub outcome: Outcome,
    seen: Option<(i64, i64)>,
    recovered: Option<i64>,
    since_first: u64,
    attempts: u64,
    failed: u64,
    health: u64,
    accounts: BTreeSet<u32>,
}

/// One login attempt that stands in a log.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// Front end or back end.
    pub role: Role,
    /// The command.
    pub attempt: Attempt,
    /// How it ended.
    pub outcome: Outcome,
    /// dateTime of the line.
    pub time: i64,
    /// Who, if the line names somebody.
    pub person: Option<&'a Person>,
    /// The outage it is due to.
    pub outage: Option<usize>,
}

/// Counts of one job.
#[derive(Clone, Debug)]
pub struct Tally {
    /// The outages planted for this server and protocol.
    pub outages: Vec<Tracker>,
    /// The truth apart from logins, failures, outages and files.
    pub truth: Truth,
    /// Earliest and latest dateTime.
    pub span: (i64, i64),
    logins: [[LoginCounts; 3]; 2],
    failures: Vec<(Role, ClientClass, &'static str, u64)>,
}

impl Tally {
    /// Counts for one server and protocol of the plan.
    pub fn new(plan: &Plan, server: usize, protocol: Protocol) -> Tally {
        let here = plan.events.iter().filter(|event| event.concerns(server, protocol));
        let outages = here.filter_map(|event| outage_of(event.kind).map(|outcome| Tracker::new(event, outcome))).collect();
        Tally { outages, truth: Truth::default(), span: (i64::MAX, i64::MIN), logins: Default::default(), failures: Vec::new() }
    }

    /// Counts a login attempt.
    pub fn attempt(&mut self, seen: Seen<'_>) {
        let class = seen.person.map_or(ClientClass::Unknown, |person| person.class);
        let counts = &mut self.logins[seen.role as usize][class as usize];
        counts.attempts += 1;
        match seen.outcome.status() {
            Status::Succeeded => counts.succeeded += 1,
            Status::Unknown => counts.unknown += 1,
            Status::Failed => {
                counts.failed += 1;
                self.failure(seen.role, class, seen.outcome.error(seen.attempt));
            }
        }
        if seen.role == Role::Frontend {
            for (index, tracker) in self.outages.iter_mut().enumerate() {
                tracker.follow(&seen, seen.outage == Some(index), class);
            }
        }
    }

    /// Remembers one half of a login that was handed over.
    pub fn hand_over(&mut self, server: &str, protocol: Protocol, number: u64, role: Role, line: (i64, u64)) {
        let halves = self.truth.hand_overs.entry((server.to_owned(), protocol, number)).or_default();
        *(if role == Role::Frontend { &mut halves.front } else { &mut halves.back }) = Some(line);
    }

    fn failure(&mut self, role: Role, class: ClientClass, error: &'static str) {
        let known = self.failures.iter_mut().find(|entry| entry.0 == role && entry.1 == class && entry.2 == error);
        match known {
            Some(entry) => entry.3 += 1,
            None => self.failures.push((role, class, error, 1)),
        }
    }

    /// A session will write no more lines.
    pub fn session_ends(&mut self, readable: bool, closed: bool) {
        self.truth.sessions += u64::from(readable);
        self.truth.sessions_without_end += u64::from(readable && !closed);
    }

    /// The truth of this server and protocol, without its files.
    pub fn into_truth(mut self, server: &str, protocol: Protocol) -> Truth {
        let key = |role, class| LoginKey { protocol, role, server: server.to_owned(), class };
        for role in [Role::Frontend, Role::Backend] {
            for class in [ClientClass::HealthMailbox, ClientClass::User, ClientClass::Unknown] {
                let counts = self.logins[role as usize][class as usize];
                if counts.attempts > 0 {
                    self.truth.logins.insert(key(role, class), counts);
                }
            }
        }
        for (role, class, error, count) in &self.failures {
            let failure = FailureKey { login: key(*role, *class), error: (*error).to_owned() };
            self.truth.failures.insert(failure, *count);
        }
        if self.span.0 <= self.span.1 {
            self.truth.span = Some(self.span);
        }
        self.truth.outages = self.outages.iter().filter_map(|tracker| tracker.truth(server, protocol)).collect();
        self.truth
    }
}

impl Tracker {
    fn new(event: &Event, outcome: Outcome) -> Tracker {
        Tracker {
            event: event.clone(),
            outcome,
            seen: None,
            recovered: None,
            since_first: 0,
            attempts: 0,
            failed: 0,
            health: 0,
            accounts: BTreeSet::new(),
        }
    }

    fn follow(&mut self, seen: &Seen<'_>, mine: bool, class: ClientClass) {
        if mine {
            let (first, last) = self.seen.unwrap_or((seen.time, seen.time));
            self.seen = Some((first.min(seen.time), last.max(seen.time)));
            self.recovered = None;
            self.since_first += 1;
            self.attempts = self.since_first;
            self.failed += 1;
            self.health += u64::from(class == ClientClass::HealthMailbox);
            if let (ClientClass::User, Some(person)) = (class, seen.person) {
                self.accounts.insert(person.account);
            }
        } else if let Some((_, last)) = self.seen {
            self.since_first += 1;
            if seen.outcome.status() == Status::Succeeded && self.recovered.is_none() && seen.time > last {
                self.recovered = Some(seen.time);
            }
        }
    }

    fn truth(&self, server: &str, protocol: Protocol) -> Option<OutageTruth> {
        let (first_failed, last_failed) = self.seen?;
        Some(OutageTruth {
            kind: self.event.kind,
            server: server.to_owned(),
            protocol,
            error: self.outcome.error(Attempt::Login),
            planned: (self.event.from, self.event.to),
            first_failed,
            last_failed,
            recovered_at: self.recovered,
            attempts: self.attempts,
            failed: self.failed,
            health_mailbox_failed: self.health,
            accounts: self.accounts.len() as u64,
            total: self.attempts == self.failed,
        })
    }
}

/// How logins end in an outage of this kind; `None` for what is no outage.
fn outage_of(kind: EventKind) -> Option<Outcome> {
    Some(match kind {
        EventKind::CertificateOutage => Outcome::NotAuthenticated,
        EventKind::BackendUnreachable => Outcome::ConnectFailed,
        EventKind::BackendTimeout => Outcome::TimedOut,
        EventKind::NoBackendFound => Outcome::NoBackend,
        EventKind::MailboxOffline => Outcome::MailboxOffline,
        _ => return None,
    })
}
