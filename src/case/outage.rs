//! Outages: one protocol on one server whose front-end logins fail for a reason that is not the account's own.
//!
//! Logins are taken in the order of time, failures of accounts left out. An outage is a stretch from a failure to a
//! failure with three failures or more in it, three of them in a row or at least half of all. It begins where failures
//! begin to outweigh successes and ends with the failure after which successes outweigh them again; a recovery is a run of
//! successes too long to be chance. So a stray failure hours before does not date the outage, and a success in the middle
//! does not split it.

use std::sync::Arc;

use crate::case::group::Group;
use crate::login::account::Accounts;
use crate::protocol::{Protocol, Role};
use crate::summary::Summary;
use crate::summary::pulse::{Pulse, Step};

mod recovery;

/// A failure adds so much to the score of a stretch, and a success takes [`SUCCESS`] away: failures outweigh from 40 % on, so
/// that an outage of half of the logins does not fall apart by chance.
const FAILURE: i64 = 3;
/// What a success takes away.
const SUCCESS: i64 = 2;

/// A run of successes is a recovery if chance would give one so long in fewer than this share of cases.
const CHANCE: f64 = 1e-4;

/// A recovery lasts at least so long, in milliseconds, and has at least [`FEWEST`] successes.
const SHORTEST_RECOVERY: i64 = 60_000;

/// So many failures make an outage, in a row or as half of all; and so many successes a recovery.
const FEWEST: u64 = 3;

/// An outage. Moments are milliseconds since 1970 UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outage {
    /// `outage-1` is the first.
    pub id: String,
    /// The protocol.
    pub protocol: Protocol,
    /// The server.
    pub server: Option<Arc<str>>,
    /// Where the failed logins were handed over to.
    pub targets: Vec<String>,
    /// The first failed attempt.
    pub start: i64,
    /// No login of the service worked before: it may have begun before the logs, or before the window.
    pub may_be_older: bool,
    /// The last failed attempt.
    pub end: i64,
    /// The first success after it: of a probe if only probes of Exchange failed, of a user if none did, else of anybody.
    pub recovered_at: Option<i64>,
    /// All front-end attempts from start to end.
    pub attempts: u64,
    /// Those that failed for a reason that is not the account's own.
    pub failed: u64,
    /// How many accounts were hit (probes of Exchange itself included), and whether the number is exact.
    pub users_affected: (u64, bool),
    /// The failed attempts that were probes of Exchange itself.
    pub health_mailbox_failed: u64,
    /// The ids of the failure groups.
    pub groups: Vec<String>,
}

impl Outage {
    /// Whether all that failed were probes of Exchange itself.
    pub fn is_of_probes(&self) -> bool {
        self.failed > 0 && self.health_mailbox_failed == self.failed
    }
}

/// All outages in the order of time.
pub fn outages(summary: &Summary, accounts: &Accounts, groups: &[Group]) -> Vec<Outage> {
    let mut outages = Vec::new();
    for (key, service) in &summary.services {
        if key.role != Role::FrontEnd {
            continue;
        }
        for found in stretches(&service.pulse) {
            let hit = groups.iter().filter(|group| group.service == *key && group.is_of_outages());
            let hit = hit.filter(|group| {
                // Minutes say when it failed, and its first and last failure that it did so at either end of the outage.
                let failures = &group.failures;
                failures.span.first <= found.end
                    && failures.span.last >= found.start
                    && failures.between(found.start, found.end) > 0
            });
            let (mut ids, mut targets) = (Vec::new(), Vec::new());
            for group in hit {
                ids.push(group.id.clone());
                targets.extend(group.key.target.as_deref().map(str::to_owned));
            }
            targets.sort();
            targets.dedup();
            let mut users: Vec<&str> =
                service.affected.between(found.start, found.end).map(|name| accounts.key_of(name)).collect();
            users.sort_unstable();
            users.dedup();
            outages.push(Outage {
                id: String::new(),
                protocol: key.protocol,
                server: key.server.clone(),
                targets,
                start: found.start,
                may_be_older: found.is_first,
                end: found.end,
                recovered_at: recovery::of_kind(&found, &service.pulse),
                attempts: found.attempts,
                failed: found.failed,
                users_affected: (users.len() as u64, service.affected.is_exact()),
                health_mailbox_failed: found.health_mailbox_failed,
                groups: ids,
            });
        }
    }
    outages.sort_by(|a, b| (a.start, &a.server, a.protocol).cmp(&(b.start, &b.server, b.protocol)));
    for (place, outage) in outages.iter_mut().enumerate() {
        outage.id = format!("outage-{}", place + 1);
    }
    outages
}

/// An outage as the pulse alone shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    start: i64,
    /// Nothing worked before it.
    is_first: bool,
    end: i64,
    recovered_at: Option<i64>,
    attempts: u64,
    failed: u64,
    health_mailbox_failed: u64,
}

/// Attempts of one kind without one of the other kind between them.
#[derive(Debug, Clone, Copy)]
struct Run {
    is_failure: bool,
    count: u64,
    first: i64,
    last: i64,
}

fn stretches(pulse: &Pulse) -> Vec<Stretch> {
    let runs = runs(pulse.steps());
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(rest) = runs.get(from..).filter(|rest| !rest.is_empty()) {
        let Some(start) = rest.iter().position(|run| run.is_failure) else { break };
        let Some(candidate) = rest.get(start..).and_then(grow) else { break };
        from += start + candidate.runs;
        if candidate.is_outage() {
            let recovered_at = runs.get(from).filter(|run| !run.is_failure).map(|run| run.first);
            let is_first =
                found.is_empty() && runs.iter().take_while(|run| run.first < candidate.start).all(|run| run.is_failure);
            found.push(Stretch { is_first, ..stretch(pulse, &candidate, recovered_at) });
        }
    }
    found
}

/// The failures and successes of a pulse as runs. Where both fall into one second, their first and last moments decide.
fn runs(steps: impl Iterator<Item = Step>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut add = |is_failure: bool, count: u64, (first, last): (i64, i64)| match runs.last_mut() {
        Some(run) if run.is_failure == is_failure => {
            run.count += count;
            run.last = last;
        }
        _ if count > 0 => runs.push(Run { is_failure, count, first, last }),
        _ => {}
    };
    for step in steps {
        let (succeeded, failed) = (u64::from(step.beats.succeeded), u64::from(step.beats.failed));
        match (step.succeeded, step.failed) {
            (Some(success), Some(failure)) => {
                let before =
                    u64::from(success.0 < failure.0) * if success.1 > failure.1 { 1.max(succeeded / 2) } else { succeeded };
                if before > 0 {
                    add(false, before, (success.0, success.1.min(failure.0)));
                }
                add(true, failed, failure);
                if success.1 > failure.1 && succeeded > before {
                    let first = if success.0 > failure.1 { success.0 } else { success.1 };
                    add(false, succeeded - before, (first, success.1));
                }
            }
            (Some(success), None) => add(false, succeeded, success),
            (None, Some(failure)) => add(true, failed, failure),
            (None, None) => {}
        }
    }
    runs
}

/// What may be an outage: the stretch from the first run up to where the score is highest.
struct Candidate {
    /// How many runs it has.
    runs: usize,
    start: i64,
    end: i64,
    failed: u64,
    succeeded: u64,
    longest: u64,
}

impl Candidate {
    fn is_outage(&self) -> bool {
        self.failed >= FEWEST && (self.longest >= FEWEST || self.failed >= self.succeeded)
    }

    /// How many successes in a row are no chance, given how often logins succeeded during the outage.
    fn recovery(&self) -> u64 {
        let share = (self.succeeded + 1) as f64 / (self.failed + self.succeeded + 2) as f64;
        (CHANCE.ln() / share.ln()).ceil().max(FEWEST as f64) as u64
    }
}

/// Grows a candidate from a run of failures until successes outweigh or a recovery is certain.
fn grow(runs: &[Run]) -> Option<Candidate> {
    let first = runs.first()?;
    let mut best = Candidate { runs: 1, start: first.first, end: first.last, failed: 0, succeeded: 0, longest: 0 };
    let (mut score, mut highest) = (0i64, 0i64);
    let (mut failed, mut succeeded, mut longest) = (0, 0, 0);
    for (place, run) in runs.iter().enumerate() {
        let count = i64::try_from(run.count).unwrap_or(i64::MAX / 8);
        if run.is_failure {
            score += FAILURE * count;
            failed += run.count;
            longest = longest.max(run.count);
            if score > highest {
                highest = score;
                best = Candidate { runs: place + 1, end: run.last, failed, succeeded, longest, ..best };
            }
            continue;
        }
        score -= SUCCESS * count;
        succeeded += run.count;
        let last_failure = place.checked_sub(1).and_then(|before| runs.get(before)).map_or(run.first, |before| before.last);
        let is_recovery =
            run.count >= best.recovery() && run.last.max(next_failure(runs, place)) - last_failure >= SHORTEST_RECOVERY;
        if score <= 0 || is_recovery {
            break;
        }
    }
    Some(best)
}

/// When the run of failures after `place` begins: until then nothing failed.
fn next_failure(runs: &[Run], place: usize) -> i64 {
    runs.get(place + 1).map_or(i64::MIN, |run| run.first)
}

/// Counts what lies between start and end.
fn stretch(pulse: &Pulse, candidate: &Candidate, recovered_at: Option<i64>) -> Stretch {
    let (start, end) = (candidate.start, candidate.end);
    let mut found = Stretch { start, is_first: false, end, recovered_at, attempts: 0, failed: 0, health_mailbox_failed: 0 };
    for step in pulse.steps() {
        let (beats, inside) = (step.beats, |edges: (i64, i64)| edges.0 <= end && edges.1 >= start);
        if step.failed.is_some_and(inside) {
            found.failed += u64::from(beats.failed);
            found.health_mailbox_failed += u64::from(beats.health_mailbox_failed);
            found.attempts += u64::from(beats.failed);
        }
        if step.succeeded.is_some_and(|(first, last)| first >= start && last <= end) {
            found.attempts += u64::from(beats.succeeded);
        }
        if (start..=end).contains(&step.moment()) {
            found.attempts += u64::from(beats.attempts - beats.succeeded - beats.failed);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::pulse::Beat;

    const F: Beat = Beat::Failure { is_health_mailbox: false };
    const S: Beat = Beat::Success { is_health_mailbox: false };
    const MINUTE: i64 = 60_000;

    /// Attempts a given time apart.
    fn pulse(apart: i64, beats: &[(Beat, usize)]) -> Pulse {
        let mut pulse = Pulse::default();
        let all = beats.iter().flat_map(|(beat, count)| std::iter::repeat_n(*beat, *count));
        all.enumerate().for_each(|(place, beat)| pulse.add(place as i64 * apart, beat));
        pulse.trim();
        pulse
    }

    fn found(pulse: &Pulse, apart: i64) -> Vec<(i64, i64, Option<i64>)> {
        stretches(pulse).iter().map(|one| (one.start / apart, one.end / apart, one.recovered_at.map(|at| at / apart))).collect()
    }

    #[test]
    fn outages_begin_and_end_with_a_failure() {
        for (name, beats, expected) in [
            ("nothing fails", vec![(S, 50)], vec![]),
            ("one stray failure", vec![(S, 10), (F, 1), (S, 10)], vec![]),
            ("two stray failures", vec![(S, 10), (F, 2), (S, 10)], vec![]),
            ("three in a row", vec![(S, 10), (F, 3), (S, 10)], vec![(10, 12, Some(13))]),
            ("all fail", vec![(F, 40)], vec![(0, 39, None)]),
            ("two outages", vec![(S, 10), (F, 20), (S, 20), (F, 20), (S, 5)], vec![(10, 29, Some(30)), (50, 69, Some(70))]),
            ("a success in the middle", vec![(S, 10), (F, 20), (S, 1), (F, 20), (S, 10)], vec![(10, 50, Some(51))]),
            ("a stray failure before", vec![(S, 10), (F, 1), (S, 9), (F, 20), (S, 9)], vec![(20, 39, Some(40))]),
            ("a stray failure after", vec![(S, 10), (F, 20), (S, 9), (F, 1), (S, 9)], vec![(10, 29, Some(30))]),
        ] {
            for apart in [1_250, 20_000, 5 * MINUTE] {
                if name == "two outages" && apart == 1_250 {
                    continue; // The recovery would last less than a minute.
                }
                assert_eq!(found(&pulse(apart, &beats), apart), expected, "{name}, {apart} ms apart");
            }
        }
    }

    #[test]
    fn what_fails_from_the_first_login_on_may_have_begun_before() {
        let first = |beats: &[(Beat, usize)]| stretches(&pulse(20_000, beats)).iter().map(|one| one.is_first).collect::<Vec<_>>();
        assert_eq!(first(&[(F, 20), (S, 30), (F, 20), (S, 30)]), [true, false]);
        assert_eq!(first(&[(Beat::Neither, 3), (F, 20)]), [true]);
        assert_eq!(first(&[(S, 1), (F, 20)]), [false]);
    }

    #[test]
    fn half_of_the_logins_failing_is_one_outage() {
        let half: Vec<(Beat, usize)> = (0..200).flat_map(|_| [(F, 1), (S, 1)]).collect();
        let beats = [vec![(S, 30)], half, vec![(S, 30)]].concat();
        assert_eq!(found(&pulse(20_000, &beats), 20_000), [(30, 428, Some(429))]);
        let third: Vec<(Beat, usize)> = (0..200).flat_map(|_| [(F, 1), (S, 2)]).collect();
        assert_eq!(found(&pulse(20_000, &third), 20_000), []);
    }

    #[test]
    fn failures_of_accounts_neither_make_nor_split_an_outage() {
        assert_eq!(found(&pulse(1000, &[(Beat::Neither, 50)]), 1000), []);
        let beats = [(S, 5), (F, 2), (Beat::Neither, 5), (F, 1), (S, 9)];
        let pulse = pulse(20_000, &beats);
        let stretch = stretches(&pulse)[0];
        assert_eq!((stretch.start, stretch.end, stretch.failed, stretch.attempts), (100_000, 240_000, 3, 8));
    }

    #[test]
    fn an_outage_within_one_busy_minute_is_dated_to_the_millisecond() {
        let mut pulse = Pulse::default();
        (0..6_000).for_each(|n| pulse.add(n * 50, if (2_001..2_400).contains(&n) { F } else { S }));
        let stretch = stretches(&pulse)[0];
        assert_eq!((stretch.start, stretch.end, stretch.recovered_at), (2_001 * 50, 2_399 * 50, Some(2_400 * 50)));
        assert_eq!((stretch.failed, stretch.attempts), (399, 399));
    }
}
