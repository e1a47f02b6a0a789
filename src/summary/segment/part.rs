//! What is read of one service: its summary on the way, and what was found out about texts that come again.
//!
//! Answers to logins are few: each is read once, and then known by its words, with its target and the failure that it makes.

use std::sync::Arc;

use crate::collections::interned::Interned;
use crate::collections::minutes::{MINUTE, Minutes};
use crate::collections::tally::{Tally, fold_case};
use crate::location::Location;
use crate::login::attempt::{Answer, Who, target_name};
use crate::login::error_code::ErrorClass;
use crate::login::identity::ClientClass;
use crate::login::outcome::Outcome;
use crate::login::response::masked;
use crate::login::session::Sessions;
use crate::login::target::Target;
use crate::merge::{Merge, Span, merge_entry};
use crate::protocol::Role;
use crate::protocol_log::structure::unquoted_in;
use crate::summary::account::{Account, OldWays};
use crate::summary::clock_sample::{Moment, mark_of, mark_of_account};
use crate::summary::counts::Counts;
use crate::summary::failure_group::{Circumstances, FailureGroup, GroupKey};
use crate::summary::pulse::Beat;
use crate::summary::service::Service;

/// So many answers are remembered by their words.
const MOST_ANSWERS: usize = 1024;

/// Of longer ones one at a time.
const LONGEST_ANSWER: usize = 4096;

/// Attempts that took less than so long are counted by their milliseconds until the segment ends.
const FEW_MILLISECONDS: usize = 512;

/// The part of one service in a segment.
pub(super) struct Part {
    pub(super) service: Service,
    pub(super) sessions: Sessions,
    minute: Minute,
    answers: Interned<KnownAnswer>,
    targets: Vec<KnownTarget>,
    failures: Vec<KnownFailure>,
    /// Attempts by the order of [`ClientClass::ALL`].
    logins: [Counts; ClientClass::ALL.len()],
    /// How many attempts took so many milliseconds, where they are few.
    durations: [u64; FEW_MILLISECONDS],
    /// Accounts by their numbers.
    accounts: Vec<KnownAccount>,
    /// A context without its quotes: a buffer that is used again.
    unquoted: Vec<u8>,
}

/// The records of the minute that is being read.
struct Minute {
    start: i64,
    records: u64,
    span: Span,
}

/// An answer whose words were read.
struct KnownAnswer {
    outcome: Outcome,
    /// The error beside a success.
    anomaly: Option<Box<str>>,
    /// Its number among the targets.
    target: usize,
    /// The numbers of the failures that it makes, by the order of [`ClientClass::ALL`].
    failures: [usize; ClientClass::ALL.len()],
}

/// An account whose name was looked at.
#[derive(Clone, Copy)]
struct KnownAccount {
    class: ClientClass,
    /// By what the sample of clocks knows it.
    mark: u64,
}

/// A failure whose words were read, and all failures with the same words.
struct KnownFailure {
    key: GroupKey,
    is_servers_own: bool,
    group: Option<FailureGroup>,
}

/// A target with its attempts per minute, by the order of [`ClientClass::ALL`].
struct KnownTarget {
    name: Option<Box<str>>,
    mark: u32,
    series: [Minutes<Counts>; ClientClass::ALL.len()],
}

/// A line as an example: its place, and its text.
pub(super) trait Example {
    fn location(&self) -> Location;
    fn text(&self) -> Arc<str>;
}

impl Default for Part {
    fn default() -> Self {
        Self {
            service: Service::default(),
            sessions: Sessions::default(),
            minute: Minute { start: i64::MIN, records: 0, span: Span::at(0) },
            answers: Interned::new(MOST_ANSWERS),
            targets: Vec::new(),
            failures: Vec::new(),
            logins: Default::default(),
            durations: [0; FEW_MILLISECONDS],
            accounts: Vec::new(),
            unquoted: Vec::new(),
        }
    }
}

impl Part {
    /// Counts a record.
    #[inline]
    pub(super) fn count(&mut self, moment: i64) {
        if moment.wrapping_sub(self.minute.start).cast_unsigned() >= MINUTE.cast_unsigned() {
            self.finish_minute();
            self.minute = Minute { start: moment - moment.rem_euclid(MINUTE), records: 0, span: Span::at(moment) };
        }
        self.minute.records += 1;
        self.minute.span.include(moment);
    }

    #[cold]
    fn finish_minute(&mut self) {
        let Minute { start, records, span } = self.minute;
        if records > 0 {
            self.service.records += records;
            self.service.span.merge_with(Some(span));
            *self.service.presence.at(start) += records;
        }
    }

    /// Takes in an attempt and its answer, which is the context column as it stands in the line.
    pub(super) fn add(&mut self, who: &Who<'_>, role: Role, context: &[u8], at: Circumstances<'_>, line: &impl Example) {
        if self.answers.is_full() || context.len() > LONGEST_ANSWER {
            self.forget_answers();
        }
        let (targets, failures, unquoted) = (&mut self.targets, &mut self.failures, &mut self.unquoted);
        let answer = match self.answers.recent(context) {
            Some(known) => known,
            None => self.answers.at(context, || KnownAnswer::read(context, unquoted, targets, failures)),
        };
        let name = who.names.name.as_deref().unwrap_or_default();
        let service = &mut self.service;
        let (accounts, addresses) = (&mut service.accounts, &mut service.addresses);
        let sought = (accounts.sought(name), addresses.sought(at.address));
        let account = (!name.is_empty()).then(|| accounts.number_of(&sought.0));
        let address = (!at.address.is_empty()).then(|| addresses.number_of(&sought.1));
        let known = account.map(|number| known_account(&mut self.accounts, number, accounts));
        let class = match known {
            Some(known) if who.names.alias.is_none() => known.class,
            _ => who.names.client_class(),
        };
        if let Some(logins) = self.logins.get_mut(class as usize) {
            logins.add(answer.outcome);
        }
        let target = self.targets.get_mut(answer.target);
        let handed_over = match role {
            Role::FrontEnd => target.as_ref().filter(|target| target.name.is_some()).map(|target| target.mark),
            Role::BackEnd => Some(0),
        };
        if let Some(series) = target.and_then(|target| target.series.get_mut(class as usize)) {
            series.at(at.moment).add(answer.outcome);
        }
        if let Some(error) = &answer.anomaly {
            *service.anomalies.entry(error.clone()).or_default() += 1;
        }
        let failure = match answer.outcome {
            Outcome::Failed => answer.failures.get(class as usize).and_then(|number| self.failures.get_mut(*number)),
            _ => None,
        };
        let is_refused = failure.as_ref().is_some_and(|failure| failure.key.error_class == ErrorClass::Credentials);
        let ways = OldWays::of(who.mechanism, at.port);
        let add = |account: &mut Account, partner| {
            account.add(answer.outcome, at.moment, ways);
            if is_refused {
                account.add_refused(at.moment, || line.location(), &fold_case(partner));
            }
        };
        if let Some(number) = account {
            add(accounts.numbered(number), at.address);
        }
        if let Some(number) = address {
            add(addresses.numbered(number), name);
        }
        if let (Some(KnownAccount { mark, .. }), Some(target)) = (known, handed_over) {
            service.clock_sample.add(mark, Moment { at: at.moment, target }, at.duration);
        }
        if let Some(duration) = at.duration {
            match usize::try_from(duration).ok().and_then(|milliseconds| self.durations.get_mut(milliseconds)) {
                Some(count) => *count += 1,
                None => service.latency.record(duration),
            }
            if answer.outcome == Outcome::Succeeded {
                service.pace.record(at.moment, duration);
            }
        }
        let is_servers_own = failure.as_ref().is_some_and(|failure| failure.is_servers_own);
        let is_health_mailbox = class == ClientClass::HealthMailbox;
        service.pulse.add(
            at.moment,
            match answer.outcome {
                Outcome::Succeeded => Beat::Success { is_health_mailbox },
                Outcome::Failed if is_servers_own => Beat::Failure { is_health_mailbox },
                _ => Beat::Neither,
            },
        );
        if is_servers_own && !name.is_empty() {
            service.affected.add(&fold_case(name), at.moment);
        }
        if let Some(KnownFailure { group, .. }) = failure {
            let group = group.get_or_insert_with(|| FailureGroup::beginning(at.moment));
            *group.mechanisms.entry(who.mechanism).or_default() += 1;
            group.add(name, at, || (line.location(), line.text()));
        }
    }

    /// Brings what is kept by answers to where it belongs, and begins anew.
    #[cold]
    fn forget_answers(&mut self) {
        self.answers.drain().for_each(drop);
        for KnownTarget { name, series, .. } in self.targets.drain(..) {
            for (class, series) in ClientClass::ALL.into_iter().zip(series).filter(|(_, series)| !series.is_empty()) {
                merge_entry(&mut self.service.series, (name.clone(), class), series);
            }
        }
        for KnownFailure { key, group, .. } in self.failures.drain(..) {
            if let Some(group) = group {
                merge_entry(&mut self.service.groups, key, group);
            }
        }
    }

    pub(super) fn finish(mut self) -> (Service, Sessions) {
        self.finish_minute();
        self.forget_answers();
        self.service.latency.record_counts(&self.durations);
        for (class, counts) in ClientClass::ALL.into_iter().zip(self.logins).filter(|(_, counts)| counts.attempts() > 0) {
            merge_entry(&mut self.service.logins, class, counts);
        }
        self.service.pulse.trim();
        (self.service, self.sessions)
    }
}

/// What is known of an account by its number. Names come again and again, and the numbers of new ones follow each other; where names
/// are let go, numbers change, and then nothing is kept.
#[inline]
fn known_account(known: &mut Vec<KnownAccount>, number: usize, accounts: &Tally<Account>) -> KnownAccount {
    match known.get(number) {
        Some(account) if accounts.is_exact() => *account,
        _ => another_account(known, number, accounts.key_of(number)),
    }
}

#[inline(never)]
fn another_account(known: &mut Vec<KnownAccount>, number: usize, name: &str) -> KnownAccount {
    let account = KnownAccount { class: ClientClass::of(name), mark: mark_of_account(name) };
    if known.len() == number {
        known.push(account);
    }
    account
}

impl KnownAnswer {
    fn read(context: &[u8], buffer: &mut Vec<u8>, targets: &mut Vec<KnownTarget>, failures: &mut Vec<KnownFailure>) -> Self {
        let answer = Answer::read(unquoted_in(context, buffer));
        let name: Option<Box<str>> = answer.target.map(|target| target_name(target).into());
        let target = targets.iter().position(|known| known.name == name).unwrap_or_else(|| {
            let mark = name.as_deref().map_or(0, |target| mark_of(&Target::parse(target).host));
            targets.push(KnownTarget { name: name.clone(), mark, series: Default::default() });
            targets.len() - 1
        });
        let failures = match answer.outcome {
            Outcome::Failed => {
                let (error_class, response) = (answer.error_class(), masked(answer.response));
                ClientClass::ALL.map(|client_class| {
                    let (error, target, response) = (answer.error.as_ref().into(), name.clone(), response.as_str().into());
                    number_of(GroupKey { error, error_class, target, client_class, response }, failures)
                })
            }
            _ => Default::default(),
        };
        let anomaly = answer.is_anomaly().then(|| answer.error.as_ref().into());
        Self { outcome: answer.outcome, anomaly, target, failures }
    }
}

/// The number of a failure, which is a new one if its key is.
fn number_of(key: GroupKey, failures: &mut Vec<KnownFailure>) -> usize {
    failures.iter().position(|known| known.key == key).unwrap_or_else(|| {
        failures.push(KnownFailure { is_servers_own: key.is_servers_own(), key, group: None });
        failures.len() - 1
    })
}
