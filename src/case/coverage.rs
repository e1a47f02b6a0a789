//! What the logs cover and what they do not: gaps in time, missing lines, sessions without a start or an end.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::clocks::{Clocks, in_seconds};
use crate::case::evidence::Evidence;
use crate::case::switched_off::{SwitchedOff, switched_off};
use crate::collections::minutes::{MINUTE, Minutes};
use crate::login::mechanism::{Encryption, Mechanism};
use crate::login::session::SessionCounts;
use crate::merge::Merge;
use crate::skipped::FileFate;
use crate::summary::{ServiceKey, Source, Summary};
use crate::text::counted;

/// A service that writes nothing for less than this (in minutes) has no gap.
const SHORTEST_GAP: i64 = 60;

/// A gap is longer than so many times the service's own usual silence.
const UNUSUAL: i64 = 10;

/// A time in which a service wrote nothing although it usually does. Moments are milliseconds since 1970 UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Whose.
    pub service: ServiceKey,
    /// The end of the last minute with a record.
    pub from: i64,
    /// The beginning of the next one.
    pub to: i64,
}

/// What the logs of one service cover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// Whose.
    pub service: ServiceKey,
    /// From when to when there are logs, gaps apart: from the first minute with a record to the end of the last one. In the order of time.
    pub stretches: Vec<(i64, i64)>,
    /// Sessions that are missing as a whole, by the numbers of the others.
    pub missing_sessions: u64,
    /// Numbers missing inside its sessions: lost or unreadable lines.
    pub missing_sequence_numbers: u64,
    /// Its sessions whose first lines are not there.
    pub sessions_without_start: u64,
    /// Its sessions whose last lines are not there.
    pub sessions_without_end: u64,
    /// Its logs that could not be read to their end.
    pub damaged_files: u64,
    /// Writing them is switched off, or was for a while.
    pub is_switched_off: bool,
    /// Its clock is so many milliseconds ahead of the other servers'; behind them if negative.
    pub clock_ahead: i64,
}

impl Covered {
    /// What is missing inside of the logs, or wrong with them, in words.
    pub fn holes(&self) -> Vec<String> {
        let all = [
            (self.missing_sessions, "session missing", "sessions missing"),
            (self.missing_sequence_numbers, "line missing", "lines missing"),
            (self.sessions_without_start, "session without a start", "sessions without a start"),
            (self.sessions_without_end, "session without an end", "sessions without an end"),
            (self.damaged_files, "file not read to its end", "files not read to their end"),
        ];
        let words = |(count, one, many): (u64, &str, &str)| counted(count, one, many);
        let counts = all.into_iter().filter(|hole| hole.0 > 0).map(words);
        let off = self.is_switched_off.then(|| "log switched off".to_owned());
        let by = || in_seconds(self.clock_ahead);
        let clock = match self.clock_ahead {
            0 => None,
            1.. => Some(format!("clock {} ahead", by())),
            _ => Some(format!("clock {} behind", by())),
        };
        counts.chain(off).chain(clock).collect()
    }
}

/// How many sessions are missing as a whole, behind other words about them; nothing if none is.
pub fn missing_sessions(sessions: &SessionCounts) -> String {
    match sessions.missing_sessions {
        0 => String::new(),
        count => {
            format!("; by the numbers of the others {} as a whole", counted(count, "session is missing", "sessions are missing"))
        }
    }
}

/// What the logs cover.
#[derive(Debug, Default)]
pub struct Coverage {
    /// Each service by itself.
    pub services: Vec<Covered>,
    /// Gaps by service, then in the order of time.
    pub gaps: Vec<Gap>,
    /// All sessions.
    pub sessions: SessionCounts,
    /// Servers whose clocks differ.
    pub clocks: Clocks,
    /// Logs that are switched off, or were.
    pub switched_off: Vec<SwitchedOff>,
    /// Front-end and back-end logins by service, mechanism and encryption.
    pub mechanisms: BTreeMap<(ServiceKey, Mechanism, Encryption), u64>,
}

/// The coverage of all services, and when each is seen to have started anew.
pub fn coverage(summary: &Summary, evidence: &Evidence, clocks: Clocks) -> (Coverage, Vec<(ServiceKey, Vec<i64>)>) {
    let switched_off = switched_off(evidence, summary);
    let (mut coverage, mut all_restarts) = (Coverage { clocks, switched_off, ..Coverage::default() }, Vec::new());
    for (key, service) in &summary.services {
        let gaps: Vec<(i64, i64)> = gaps(&service.presence).collect();
        let (sessions, restarts) = summary.sessions(key);
        coverage.services.push(Covered {
            service: key.clone(),
            stretches: stretches(&service.presence, &gaps),
            missing_sessions: sessions.missing_sessions,
            missing_sequence_numbers: sessions.missing_sequence_numbers,
            sessions_without_start: sessions.without_start,
            sessions_without_end: sessions.without_end,
            damaged_files: damaged_files(summary, key),
            is_switched_off: coverage.switched_off.iter().any(|off| off.is_about(key)),
            clock_ahead: coverage.clocks.ahead(key.server.as_deref(), None),
        });
        coverage.gaps.extend(gaps.into_iter().map(|(from, to)| Gap { service: key.clone(), from, to }));
        for (mechanism, encryption, count) in sessions.logins.iter() {
            coverage.mechanisms.insert((key.clone(), mechanism, encryption), count);
        }
        coverage.sessions.merge_with(sessions);
        if !restarts.is_empty() {
            all_restarts.push((key.clone(), restarts));
        }
    }
    (coverage, all_restarts)
}

/// What lies between the first and the last minute with a record, without the gaps.
fn stretches(presence: &Minutes<u64>, gaps: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut minutes = presence.iter().map(|(minute, _)| minute);
    let Some(first) = minutes.next() else { return Vec::new() };
    let end = (minutes.next_back().unwrap_or(first) + 1) * MINUTE;
    let starts = std::iter::once(first * MINUTE).chain(gaps.iter().map(|gap| gap.1));
    starts.zip(gaps.iter().map(|gap| gap.0).chain([end])).collect()
}

/// How many logs that a service wrote were not read to their end.
fn damaged_files(summary: &Summary, key: &ServiceKey) -> u64 {
    let damaged: BTreeSet<&str> =
        summary.notes.iter().filter(|note| note.fate == FileFate::Damaged).map(|note| note.file.as_ref()).collect();
    let is_its = |source: &&Source| source.server == key.server && source.service == Some((key.protocol, key.role));
    let files = summary.sources.iter().filter(is_its).filter(|source| damaged.contains(source.file.as_ref()));
    files.count() as u64
}

/// Silences that are long in themselves and against the service's own rhythm.
fn gaps(presence: &Minutes<u64>) -> impl Iterator<Item = (i64, i64)> {
    let minutes: Vec<i64> = presence.iter().map(|(minute, _)| minute).collect();
    let pairs = || minutes.iter().zip(minutes.iter().skip(1)).map(|(a, b)| (*a, *b));
    let mut silences: Vec<i64> = pairs().map(|(a, b)| b - a).collect();
    silences.sort_unstable();
    let usual = silences.get(silences.len().saturating_sub(1) * 19 / 20).copied().unwrap_or_default();
    let longest_usual = SHORTEST_GAP.max(usual.saturating_mul(UNUSUAL));
    let found: Vec<_> = pairs().filter(|(a, b)| b - a > longest_usual).map(|(a, b)| ((a + 1) * MINUTE, b * MINUTE)).collect();
    found.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Spans = Vec<(i64, i64)>;

    #[test]
    fn a_silence_is_a_gap_only_against_the_services_own_rhythm() {
        let of = |minutes: &mut dyn Iterator<Item = i64>| -> (Spans, Spans) {
            let mut presence = Minutes::default();
            minutes.for_each(|minute| *presence.at(minute * MINUTE) += 1);
            let found: Spans = gaps(&presence).collect();
            let minutes = |stretches: &[(i64, i64)]| stretches.iter().map(|(from, to)| (from / MINUTE, to / MINUTE)).collect();
            (minutes(&found), minutes(&stretches(&presence, &found)))
        };
        let none = Spans::new();
        let there = |missing: std::ops::Range<i64>| (0..1440).filter(move |minute| !missing.contains(minute));
        assert_eq!(of(&mut there(600..720)), (vec![(600, 720)], vec![(0, 600), (720, 1440)]));
        assert_eq!(of(&mut there(600..630)), (none.clone(), vec![(0, 1440)]));
        assert_eq!(of(&mut (0..1440).step_by(30).filter(|minute| !(600..720).contains(minute))), (none.clone(), vec![(0, 1411)]));
        assert_eq!(of(&mut std::iter::once(7)), (none.clone(), vec![(7, 8)]));
        assert_eq!(of(&mut std::iter::empty()), (none.clone(), none));
    }
}
