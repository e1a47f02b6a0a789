//! The recent hours: what was read of each log in each hour, so that what is old can be let go.
//!
//! An hour is that of the times in the lines. What is read of one log in one hour is one part, in the order of the log, however
//! often it is looked at; hours into which nothing is likely to come any more are added up once.

use std::collections::BTreeMap;

use crate::summary::Summary;
use crate::summary::file::FileSummary;
use crate::summary::scope::Scope;

/// An hour in milliseconds.
pub(super) const HOUR: i64 = 60 * 60 * 1000;

/// Lines stand late by minutes: the hour before the newest one is open still.
const OPEN_HOURS: i64 = 2;

/// What is kept.
#[derive(Debug, Default)]
pub(super) struct Recent {
    /// By hour (counted since 1970 UTC) and the number of the log.
    parts: BTreeMap<(i64, i64), Part>,
    /// All parts before an hour, added up.
    settled: Option<(i64, Summary)>,
}

#[derive(Debug)]
struct Part {
    lines: FileSummary,
    server: Option<String>,
}

impl Recent {
    /// Adds what was read of a log.
    pub(super) fn add(&mut self, hour: i64, log: i64, lines: FileSummary, server: Option<String>) {
        if self.settled.as_ref().is_some_and(|(before, _)| hour < *before) {
            self.settled = None;
        }
        match self.parts.get_mut(&(hour, log)) {
            Some(part) => part.lines.then(lines),
            None => drop(self.parts.insert((hour, log), Part { lines, server })),
        }
    }

    /// The newest hour.
    pub(super) fn newest(&self) -> Option<i64> {
        self.parts.keys().next_back().map(|(hour, _)| *hour)
    }

    /// Lets go of what stands before an hour.
    pub(super) fn drop_before(&mut self, hour: i64) {
        let kept = self.parts.split_off(&(hour, i64::MIN));
        if !std::mem::replace(&mut self.parts, kept).is_empty() {
            self.settled = None;
        }
    }

    /// All that is kept.
    pub(super) fn summary(&mut self, scope: &Scope) -> Summary {
        let open = self.newest().map_or(i64::MIN, |newest| newest - OPEN_HOURS + 1);
        if self.settled.as_ref().is_none_or(|(before, _)| *before != open) {
            let mut summary = Summary::default();
            for part in self.parts.range_mut(..(open, i64::MIN)).map(|(_, part)| part) {
                part.lines.settle();
                summary.add_file(part.lines.clone(), part.server.clone(), scope);
            }
            self.settled = Some((open, summary));
        }
        let mut summary = self.settled.as_ref().map(|(_, summary)| summary.clone()).unwrap_or_default();
        for part in self.parts.range((open, i64::MIN)..).map(|(_, part)| part) {
            summary.add_file(part.lines.clone(), part.server.clone(), scope);
        }
        summary.join_sources();
        summary
    }
}
