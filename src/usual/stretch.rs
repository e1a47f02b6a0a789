//! Hours of a service that are not as usual, put together where they follow each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::usual::baseline::Usual;
use crate::usual::calendar::{DAY, HOUR};
use crate::usual::history::History;
use crate::usual::rows::Service;
use crate::usual::series::{Basis, Hour, Like, Series};

/// So many ordinary hours between strange ones do not part them: a lunch break does not make two stories.
pub(super) const BREAK: i64 = 2;

/// What was there at the same hours on so many of the seven days before has become usual, and so has what goes on for seven days.
/// The medians follow within weeks; until then nobody wants to read it every morning.
const REPEATED: usize = 3;

/// A service whose hours are compared.
pub(super) struct Watched<'a> {
    pub(super) service: &'a Service,
    pub(super) series: &'a Series,
    hours: &'a [i64],
    new_from: i64,
    like: BTreeMap<i64, Like>,
}

/// What is usual at an hour, and beside it: clients whose day begins an hour earlier, because daylight saving ended or a shift
/// changed, are not strange.
pub(super) struct Around {
    pub(super) here: Usual,
    pub(super) basis: Basis,
    beside: Vec<Usual>,
}

impl Around {
    /// Whether something holds for what is usual at the hour and at the hours beside it.
    pub(super) fn all(&self, holds: impl Fn(&Usual) -> bool) -> bool {
        holds(&self.here) && self.beside.iter().all(holds)
    }
}

impl<'a> Watched<'a> {
    pub(super) fn new(service: &'a Service, series: &'a Series, history: &'a History) -> Option<Self> {
        let (hours, new_from) = history.whole_hours(service)?;
        let needed: BTreeSet<i64> = hours.iter().flat_map(|hour| hour - 1..=hour + 1).collect();
        let like = needed.into_iter().filter_map(|hour| Some((hour, series.like(hour)?))).collect();
        Some(Self { service, series, hours, new_from, like })
    }

    /// What is usual around an hour; `None` if too little is known.
    pub(super) fn around(&self, hour: i64, count: impl Fn(&Hour) -> u64 + Copy, floor: f64) -> Option<Around> {
        let like = self.like.get(&hour)?;
        let beside = [hour - 1, hour + 1].into_iter().filter_map(|hour| self.like.get(&hour)?.usual(count, floor));
        Some(Around { here: like.usual(count, floor)?, basis: like.basis, beside: beside.collect() })
    }

    /// The hours that can be compared and lie on the days of a stretch.
    pub(super) fn hours_between(&self, from: i64, to: i64) -> impl Iterator<Item = i64> {
        self.hours.iter().copied().filter(move |hour| (from..to).contains(hour))
    }

    /// The stretches of hours that `judge` finds strange and that reach into what is new, but for what has become usual. So many
    /// ordinary hours may lie between strange ones.
    pub(super) fn stretches(&self, between: i64, judge: impl Fn(i64) -> Option<Off>) -> Vec<Stretch> {
        let off: Vec<Off> = self.hours.iter().filter_map(|hour| judge(*hour)).collect();
        let hours: BTreeSet<i64> = off.iter().map(|off| off.hour).collect();
        let joined = off.chunk_by(|a, b| b.hour - a.hour <= between + 1);
        let all = joined.map(|off| Stretch { off: off.to_vec(), new_from: self.new_from });
        all.filter(|stretch| stretch.is_new() && !stretch.is_usual_by_now(&hours)).collect()
    }
}

/// An hour that is not as usual.
#[derive(Debug, Clone, Copy)]
pub(super) struct Off {
    pub(super) hour: i64,
    pub(super) now: u64,
    pub(super) usual: f64,
    pub(super) basis: Basis,
}

/// Hours that are not as usual and follow each other.
#[derive(Debug, Clone)]
pub(super) struct Stretch {
    pub(super) off: Vec<Off>,
    new_from: i64,
}

impl Stretch {
    /// The first hour.
    pub(super) fn first(&self) -> i64 {
        self.off.first().map_or(0, |off| off.hour)
    }

    /// The hour behind the last.
    pub(super) fn end(&self) -> i64 {
        self.off.last().map_or(0, |off| off.hour + 1)
    }

    /// From when to when, in milliseconds since 1970 UTC.
    pub(super) fn span(&self) -> (i64, i64) {
        (self.first().saturating_mul(HOUR), self.end().saturating_mul(HOUR))
    }

    /// How many there were in the strange hours.
    pub(super) fn now(&self) -> u64 {
        self.off.iter().map(|off| off.now).sum()
    }

    /// How many there usually are in them.
    pub(super) fn usual(&self) -> u64 {
        self.off.iter().map(|off| off.usual).sum::<f64>().round() as u64
    }

    /// From how much it is known what is usual: the least of the hours.
    pub(super) fn basis(&self) -> Basis {
        self.off.iter().map(|off| off.basis).min().unwrap_or(Basis::Weeks(0))
    }

    /// Whether it began before what is new.
    pub(super) fn continues(&self) -> bool {
        self.first() < self.new_from
    }

    fn is_new(&self) -> bool {
        self.end() > self.new_from
    }

    fn is_usual_by_now(&self, strange: &BTreeSet<i64>) -> bool {
        let new: Vec<i64> = self.off.iter().map(|off| off.hour).filter(|hour| *hour >= self.new_from).collect();
        let was_so = |days: &i64| {
            let before = new.iter().map(|hour| hour - days * DAY).filter(|hour| *hour < self.first());
            before.filter(|hour| strange.contains(hour)).count() * 2 >= new.len().max(1)
        };
        self.end() - self.first() >= 7 * DAY || (1..=7).filter(was_so).count() >= REPEATED
    }
}
