//! What the logs cover and what they do not: gaps in time, missing lines, sessions without a start or an end.

use std::collections::BTreeMap;

use crate::collections::minutes::{MINUTE, Minutes};
use crate::login::mechanism::{Encryption, Mechanism};
use crate::login::session::SessionCounts;
use crate::merge::Merge;
use crate::summary::{ServiceKey, Summary};

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

/// What the logs cover.
#[derive(Debug, Default)]
pub struct Coverage {
    /// Gaps by service, then in the order of time.
    pub gaps: Vec<Gap>,
    /// All sessions.
    pub sessions: SessionCounts,
    /// Front-end and back-end logins by service, mechanism and encryption.
    pub mechanisms: BTreeMap<(ServiceKey, Mechanism, Encryption), u64>,
}

/// The coverage of all services, and when each is seen to have started anew.
pub fn coverage(summary: &Summary) -> (Coverage, Vec<(ServiceKey, Vec<i64>)>) {
    let (mut coverage, mut all_restarts) = (Coverage::default(), Vec::new());
    for (key, service) in &summary.services {
        coverage.gaps.extend(gaps(&service.presence).map(|(from, to)| Gap { service: key.clone(), from, to }));
        let (sessions, restarts) = summary.sessions(key);
        for ((mechanism, encryption), count) in &sessions.logins {
            coverage.mechanisms.insert((key.clone(), *mechanism, *encryption), *count);
        }
        coverage.sessions.merge_with(sessions);
        if !restarts.is_empty() {
            all_restarts.push((key.clone(), restarts));
        }
    }
    (coverage, all_restarts)
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

    #[test]
    fn a_silence_is_a_gap_only_against_the_services_own_rhythm() {
        let of = |minutes: &mut dyn Iterator<Item = i64>| {
            let mut presence = Minutes::default();
            minutes.for_each(|minute| *presence.at(minute * MINUTE) += 1);
            gaps(&presence).map(|(from, to)| (from / MINUTE, to / MINUTE)).collect::<Vec<_>>()
        };
        assert_eq!(of(&mut (0..1440).filter(|minute| !(600..720).contains(minute))), [(600, 720)]);
        assert_eq!(of(&mut (0..1440).filter(|minute| !(600..630).contains(minute))), []);
        assert_eq!(of(&mut (0..1440).step_by(30).filter(|minute| !(600..720).contains(minute))), []);
        assert_eq!(of(&mut std::iter::empty()), []);
    }
}
