//! The hours of one service: what there was, of which hours that is known, and which earlier hours are like one.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::clock::Zone;
use crate::usual::baseline::Usual;
use crate::usual::calendar::{DAY, WEEK, hours_before, is_weekend};
use crate::usual::rows::ServiceHour;

/// Nothing is compared before so many days of the service are known: a week has all kinds of days.
pub(super) const DAYS_NEEDED: usize = 7;

/// So many hours like this one are needed: of three a single strange one could be the median's neighbour.
pub(super) const HOURS_NEEDED: usize = 4;

/// The newest so many of them count: enough that three strange ones change nothing, and few enough to follow slow growth.
const HOURS_TAKEN: usize = 8;

/// So many weeks, and days, are looked back for them: what is kept, and what is still like today.
const BACK: (i64, i64) = (13, 28);

/// Where a weekend begins and ends so many hours are of neither kind: not all clients live in the zone of the logs, and nobody
/// knows what Friday evening is like before there were four.
const DUSK: i64 = 3;

/// An hour without attempts is known to be one if the server wrote something so many hours before and after it; else its logs
/// may be missing.
const NEAR: i64 = 3;

/// No hour has more attempts; so that no sum of hours can overflow, whatever stands in a row.
const MOST: u64 = 1 << 40;

/// The attempts of one hour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Hour {
    pub(super) attempts: u64,
    pub(super) failed: u64,
    pub(super) own_failed: u64,
    pub(super) probes: u64,
    pub(super) probes_failed: u64,
}

impl Hour {
    pub(super) fn add(&mut self, row: &ServiceHour) {
        self.attempts = self.attempts.saturating_add(row.attempts).min(MOST);
        self.failed = self.failed.saturating_add(row.failed).min(MOST);
        self.own_failed = self.own_failed.saturating_add(row.own_failed).min(MOST);
        self.probes = self.probes.saturating_add(row.probes).min(MOST);
        self.probes_failed = self.probes_failed.saturating_add(row.probes_failed).min(MOST);
    }

    /// Attempts of anybody but probes.
    pub(super) fn by_clients(&self) -> u64 {
        self.attempts.saturating_sub(self.probes)
    }

    fn clients_failed(&self) -> u64 {
        self.failed.saturating_sub(self.probes_failed)
    }

    /// Failures of clients for which the server is to blame. Which failures of probes are the server's own is not kept: all are
    /// taken to be, so that a client is never said to have failed in the place of a probe.
    pub(super) fn of_the_server(&self) -> u64 {
        self.own_failed.saturating_sub(self.probes_failed).min(self.clients_failed())
    }

    /// Failures of clients for which the account is to blame.
    pub(super) fn of_accounts(&self) -> u64 {
        self.clients_failed() - self.of_the_server()
    }
}

/// From which earlier hours it is known what is usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Basis {
    /// The same hour of so many earlier weeks.
    Weeks(usize),
    /// The same hour of so many earlier working days.
    WorkingDays(usize),
    /// The same hour of so many earlier days of weekends.
    WeekendDays(usize),
}

impl Basis {
    /// `8 earlier weeks`, `5 earlier working days`.
    pub(super) fn in_words(self) -> String {
        match self {
            Self::Weeks(count) => format!("{count} earlier weeks"),
            Self::WorkingDays(count) => format!("{count} earlier working days"),
            Self::WeekendDays(count) => format!("{count} earlier days of weekends"),
        }
    }
}

/// Earlier hours that are like one.
#[derive(Debug, Clone)]
pub(super) struct Like {
    hours: Vec<Hour>,
    pub(super) basis: Basis,
}

impl Like {
    pub(super) fn usual(&self, count: impl Fn(&Hour) -> u64, floor: f64) -> Option<Usual> {
        Usual::of(&self.hours.iter().map(count).collect::<Vec<u64>>(), floor)
    }
}

/// The hours of one service, or of all servers of a protocol and role together.
#[derive(Debug, Clone)]
pub(super) struct Series {
    hours: BTreeMap<i64, Hour>,
    /// Hours in which the server wrote anything about logins.
    written: Rc<BTreeSet<i64>>,
    zone: Zone,
}

impl Series {
    pub(super) fn new(hours: BTreeMap<i64, Hour>, written: Rc<BTreeSet<i64>>, zone: Zone) -> Self {
        Self { hours, written, zone }
    }

    /// What there was in an hour; nothing if there is no row.
    pub(super) fn at(&self, hour: i64) -> Hour {
        self.hours.get(&hour).copied().unwrap_or_default()
    }

    /// What there was from one hour to another, both included.
    pub(super) fn between(&self, first: i64, last: i64, count: impl Fn(&Hour) -> u64) -> u64 {
        if first > last { 0 } else { self.hours.range(first..=last).map(|(_, hour)| count(hour)).sum() }
    }

    /// On how many days before this hour there were attempts; counted up to [`DAYS_NEEDED`].
    pub(super) fn days_before(&self, hour: i64) -> usize {
        let mut days = 0;
        let mut end = hour;
        // Days are found from their ends, so that what is counted does not depend on how many hours they have.
        while let Some((last, _)) = self.hours.range(..end).next_back() {
            days += 1;
            end = last.div_euclid(DAY) * DAY;
            if days >= DAYS_NEEDED {
                break;
            }
        }
        days
    }

    /// What there was in an earlier hour, if that is known.
    fn known(&self, hour: i64) -> Option<Hour> {
        let is_after_first = self.hours.first_key_value().is_some_and(|(first, _)| *first <= hour);
        // A row of the hour itself proves nothing: where logs begin or end it is cut.
        let wrote = |from: i64, to: i64| from < to && self.written.range(from..to).next().is_some();
        let (before, after) = (hour.saturating_sub(NEAR), hour.saturating_add(1));
        (is_after_first && wrote(before, hour) && wrote(after, after.saturating_add(NEAR))).then(|| self.at(hour))
    }

    /// The earlier hours that are like this one: those of the same hour of the week, or, where these are too few, those of the
    /// same hour of days of the same kind. `None` if too little is known.
    pub(super) fn like(&self, hour: i64) -> Option<Like> {
        if self.days_before(hour) < DAYS_NEEDED {
            return None;
        }
        let weeks = (1..=BACK.0).map(|weeks| hours_before(hour, weeks * WEEK, self.zone));
        let hours: Vec<Hour> = weeks.filter_map(|hour| self.known(hour)).take(HOURS_TAKEN).collect();
        if hours.len() >= HOURS_NEEDED {
            return Some(Like { basis: Basis::Weeks(hours.len()), hours });
        }
        let kind = is_weekend(hour, self.zone);
        let is_clear = [hour - DUSK, hour + DUSK].iter().all(|near| is_weekend(*near, self.zone) == kind);
        if is_clear { self.of_days(hour, kind) } else { None }
    }

    /// The same hour of earlier days: of weekends, or of working days.
    pub(super) fn of_days(&self, hour: i64, of_weekends: bool) -> Option<Like> {
        let days = (1..=BACK.1).map(|days| hours_before(hour, days * DAY, self.zone));
        let of_kind = days.filter(|hour| is_weekend(*hour, self.zone) == of_weekends);
        let hours: Vec<Hour> = of_kind.filter_map(|hour| self.known(hour)).take(HOURS_TAKEN).collect();
        let basis = if of_weekends { Basis::WeekendDays(hours.len()) } else { Basis::WorkingDays(hours.len()) };
        (hours.len() >= HOURS_NEEDED).then_some(Like { hours, basis })
    }
}
