//! Login attempts of front ends and back ends, each with its other half.
//!
//! All attempts are looked at, also those that filters leave out, because they may be the other half of one that is wanted, or
//! fit it better than another does. An attempt waits until everything that could be its other half has come, and is
//! remembered as long again for those behind it. So memory holds what happens in a few minutes, up to a bound; what goes beyond
//! is given without a decision.

use std::collections::{BTreeSet, VecDeque};

use crate::attempts::attempt::{Attempt, Attempts, read};
use crate::attempts::in_order::{Beginning, InOrder, Key, Rows, Step};
use crate::attempts::take::{Seen, Take};
use crate::clock::Window;
use crate::skipped::FileNote;
use crate::summary::scope::Scope;

mod clue;
mod fit;
mod names;
mod pairing;

use clue::Clue;
use pairing::{Pairing, REACH, Row};

/// So many attempts may wait for their other half.
const MOST_WAITING: usize = 65_536;

/// And so many are remembered, those that wait included.
const MOST_REMEMBERED: usize = 131_072;

/// Which attempts are wanted, each with its other half.
#[derive(Debug, Clone)]
pub struct BothHalves<'a> {
    wanted: Attempts<'a>,
    /// What is read: more than what is wanted.
    scope: Scope,
}

impl<'a> BothHalves<'a> {
    /// The same attempts, with their other halves.
    pub fn of(wanted: Attempts<'a>) -> Self {
        let Scope { window, protocol, server_name, .. } = wanted.scope;
        let window =
            Window { from: window.from.map(|from| from.saturating_sub(REACH)), to: window.to.map(|to| to.saturating_add(REACH)) };
        let scope = Scope { window, protocol: *protocol, server_name: server_name.clone(), ..Scope::default() };
        Self { wanted, scope }
    }

    /// The time that is to be read, which is more than what is wanted.
    pub fn window(&self) -> Window {
        self.scope.window
    }
}

impl Take for BothHalves<'_> {
    type Taken = Row;

    fn take(&self, seen: &Seen<'_>) -> Option<Row> {
        read(seen, |parts| {
            let attempt = self.wanted.wants(parts).then(|| parts.attempt());
            let clue = Clue::of(parts, self.scope.server_name.is_some());
            (attempt.is_some() || clue.is_some()).then(|| Row::new(clue, attempt))
        })
        .flatten()
    }
}

/// The attempts of all logs in their order, each with its other half.
pub struct InPairs<'a> {
    logs: InOrder<'a, BothHalves<'a>>,
    pairing: Pairing,
    waiting: BTreeSet<Key>,
    due: VecDeque<(Key, Attempt)>,
    /// The greatest that was given, and how many came behind a greater one.
    greatest: Option<Key>,
    late: u64,
}

impl<'a> InPairs<'a> {
    /// Logs in the order of their names, of which nothing is read yet.
    pub fn new(logs: Vec<Beginning>, take: &'a BothHalves<'a>) -> Self {
        let logs = InOrder::new(logs, &take.scope, take);
        let (pairing, waiting, due) = (Pairing::default(), BTreeSet::new(), VecDeque::new());
        Self { logs, pairing, waiting, due, greatest: None, late: 0 }
    }

    fn add(&mut self, key: Key, row: Row) {
        self.pairing.add(key, row);
        self.waiting.insert(key);
        let is_over = |waiting: Key| waiting.moment.saturating_add(REACH) <= key.moment;
        loop {
            self.let_go(key.moment);
            let Some(first) = self.waiting.first().copied() else { break };
            let is_full = self.waiting.len() > MOST_WAITING || self.pairing.len() > MOST_REMEMBERED;
            if !is_over(first) && !is_full {
                break;
            }
            self.waiting.remove(&first);
            self.settle(first, !is_over(first));
        }
    }

    /// Forgets what nothing that waits, or will come, can need.
    fn let_go(&mut self, now: i64) {
        let waiting = self.waiting.first().copied();
        let needed = waiting.map_or(now, |waiting| now.min(waiting.moment)).saturating_sub(REACH);
        while let Some(first) = self.pairing.first().filter(|first| waiting.is_none_or(|waiting| *first < waiting)) {
            if first.moment >= needed && self.pairing.len() <= MOST_REMEMBERED {
                break;
            }
            self.pairing.let_go();
        }
    }

    fn settle(&mut self, key: Key, is_early: bool) {
        if let Some(attempt) = self.pairing.settle(key, is_early) {
            self.late += u64::from(self.greatest > Some(key));
            self.greatest = self.greatest.max(Some(key));
            self.due.push_back((key, attempt));
        }
    }
}

impl Rows for InPairs<'_> {
    type Row = Attempt;

    fn step(&mut self) -> Option<Step<Attempt>> {
        loop {
            if let Some((key, attempt)) = self.due.pop_front() {
                return Some(Step::Taken(key, attempt));
            }
            match self.logs.step() {
                Some(Step::Read(bytes)) => return Some(Step::Read(bytes)),
                Some(Step::Taken(key, row)) => self.add(key, row),
                // Nothing more can come.
                None => {
                    let first = self.waiting.pop_first()?;
                    self.settle(first, false);
                }
            }
        }
    }

    fn planned(&self) -> (usize, u64) {
        self.logs.planned()
    }

    fn late(&self) -> u64 {
        self.late
    }

    fn skipped(&self) -> u64 {
        self.logs.skipped()
    }

    fn notes(&self) -> &[FileNote] {
        self.logs.notes()
    }
}
