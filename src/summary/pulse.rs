//! The pulse of a service: when logins worked and when they failed for a reason of the server's own, finely enough to say the
//! first and the last failure of an outage to the millisecond.
//!
//! Minutes with failures are kept second by second; in minutes without, the seconds are let go as soon as no later part
//! can add a failure to them. So a healthy month costs minutes, and only trouble costs seconds.

use serde::{Deserialize, Serialize};

use crate::collections::minutes::{MINUTE, Minutes};
use crate::merge::Merge;

/// So many minutes at either end of a file keep their seconds: the files beside it may hold failures of the same minutes,
/// and come in any order.
const EDGE: usize = 2;

/// The seconds of a minute.
const SECONDS: usize = 60;

/// Logins of one service over time.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Pulse {
    minutes: Minutes<PulseMinute>,
    /// For so many seconds room is made in a new minute: a few more than in the one before.
    #[serde(skip)]
    room: usize,
}

/// What counts for the pulse about one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    /// It worked.
    Success {
        /// Of a probe of Exchange itself.
        is_health_mailbox: bool,
    },
    /// It failed for a reason that is not the account's own.
    Failure {
        /// A probe of Exchange itself failed.
        is_health_mailbox: bool,
    },
    /// Anything else: it only counts as an attempt.
    Neither,
}

/// Attempts in a minute or a second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beats {
    /// All attempts.
    pub attempts: u32,
    /// Those that worked.
    pub succeeded: u32,
    /// Those that failed for a reason that is not the account's own.
    pub failed: u32,
    /// Those of the failed that were probes of Exchange itself.
    pub health_mailbox_failed: u32,
}

impl Beats {
    fn add(&mut self, beat: Beat) {
        self.attempts += 1;
        match beat {
            Beat::Success { .. } => self.succeeded += 1,
            Beat::Failure { is_health_mailbox } => {
                self.failed += 1;
                self.health_mailbox_failed += u32::from(is_health_mailbox);
            }
            Beat::Neither => {}
        }
    }

    /// What is left of a whole when `part` is taken away.
    #[must_use]
    pub fn without(self, part: Self) -> Self {
        Self {
            attempts: self.attempts.saturating_sub(part.attempts),
            succeeded: self.succeeded.saturating_sub(part.succeeded),
            failed: self.failed.saturating_sub(part.failed),
            health_mailbox_failed: self.health_mailbox_failed.saturating_sub(part.health_mailbox_failed),
        }
    }
}

impl Merge for Beats {
    fn merge_with(&mut self, other: Self) {
        self.attempts += other.attempts;
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.health_mailbox_failed += other.health_mailbox_failed;
    }
}

/// Attempts in a minute.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PulseMinute {
    /// All of the minute.
    pub beats: Beats,
    /// The first success of a user and of a probe, in milliseconds from the minute's beginning.
    first_succeeded: Kinds<Option<u16>>,
    seconds: Vec<PulseSecond>,
}

/// Attempts in a second. Moments are milliseconds since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PulseSecond {
    second: u8,
    /// All of the second.
    pub beats: Beats,
    succeeded: Kinds<Edges>,
    failed: Edges,
}

/// The same of users and of probes of Exchange itself: what works for one need not work for the other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Kinds<T> {
    users: T,
    probes: T,
}

impl<T> Kinds<T> {
    fn of(&mut self, is_health_mailbox: bool) -> &mut T {
        if is_health_mailbox { &mut self.probes } else { &mut self.users }
    }
}

/// First and last of a kind, in milliseconds from the second's beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Edges {
    first: u16,
    last: u16,
}

impl Edges {
    const NONE: Self = Self { first: u16::MAX, last: 0 };

    fn include(&mut self, moment: u16) {
        *self = self.and(Self { first: moment, last: moment });
    }

    fn and(self, other: Self) -> Self {
        Self { first: self.first.min(other.first), last: self.last.max(other.last) }
    }

    /// The first and the last moment, the second beginning at `start`; `None` if there is none.
    fn moments(self, start: i64) -> Option<(i64, i64)> {
        (self.first <= self.last).then(|| (start + i64::from(self.first), start + i64::from(self.last)))
    }
}

/// Attempts that came one after the other, or could not be told apart, in the order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The first and the last success.
    pub succeeded: Option<(i64, i64)>,
    /// The first and the last failure.
    pub failed: Option<(i64, i64)>,
    /// How many.
    pub beats: Beats,
    start: i64,
}

impl Step {
    /// The beginning of the second or minute that the step stands for.
    pub fn moment(&self) -> i64 {
        self.start
    }
}

impl Pulse {
    /// Takes in an attempt.
    pub fn add(&mut self, moment: i64, beat: Beat) {
        let minute = self.minutes.at(moment);
        let offset = moment.rem_euclid(MINUTE) as u16;
        minute.beats.add(beat);
        if minute.seconds.is_empty() {
            minute.seconds.reserve_exact(self.room);
        }
        let second = minute.second((offset / 1000) as u8);
        second.beats.add(beat);
        match beat {
            Beat::Success { is_health_mailbox } => {
                second.succeeded.of(is_health_mailbox).include(offset % 1000);
                let first_succeeded = minute.first_succeeded.of(is_health_mailbox);
                *first_succeeded = earlier(*first_succeeded, Some(offset));
            }
            Beat::Failure { .. } => second.failed.include(offset % 1000),
            Beat::Neither => {}
        }
        self.room = (minute.seconds.len() + minute.seconds.len() / 4).min(SECONDS);
    }

    /// Lets the seconds go of minutes without failures, but for the edges of this part of a file. Files together are not
    /// trimmed: which of them come first must not show.
    pub fn trim(&mut self) {
        let last = self.minutes.iter().len().saturating_sub(EDGE);
        for (place, (_, minute)) in self.minutes.iter_mut().enumerate() {
            if (EDGE..last).contains(&place) && minute.beats.failed == 0 && !minute.seconds.is_empty() {
                minute.seconds = Vec::new();
            }
        }
    }

    /// What happened, in the order of time: seconds where they are kept and matter, whole minutes elsewhere.
    pub fn steps(&self) -> impl Iterator<Item = Step> + '_ {
        self.minutes.iter().flat_map(|(number, minute)| {
            let start = number * MINUTE;
            let kept = if minute.beats.failed > 0 { minute.seconds.as_slice() } else { &[] };
            let mut rest = minute.beats;
            for second in kept {
                rest = rest.without(second.beats);
            }
            let Kinds { users, probes } = minute.first_succeeded;
            let first = earlier(users, probes).map_or(start, |first| start + i64::from(first));
            let whole = Step { succeeded: (rest.succeeded > 0).then_some((first, first)), failed: None, beats: rest, start };
            let whole = (rest.attempts > 0).then_some(whole);
            whole.into_iter().chain(kept.iter().map(move |second| second.step(start)))
        })
    }

    /// The first success of a user, or of a probe, after a moment (milliseconds since 1970 UTC).
    ///
    /// Of the second that holds the moment the first and the last success are known, which may not be the next one.
    pub fn first_success_after(&self, moment: i64, is_health_mailbox: bool) -> Option<i64> {
        let minutes = self.minutes.iter().skip_while(|(number, _)| *number < moment.div_euclid(MINUTE));
        let successes = minutes.map(|(number, minute)| {
            let start = number * MINUTE;
            let (mut first, seconds) = (minute.first_succeeded, minute.seconds.iter());
            let of_minute = first.of(is_health_mailbox).map(|first| start + i64::from(first));
            let of_seconds = seconds.filter_map(move |second| {
                let mut succeeded = second.succeeded;
                succeeded.of(is_health_mailbox).moments(start + i64::from(second.second) * 1000)
            });
            let moments = of_seconds.flat_map(|(first, last)| [first, last]).chain(of_minute);
            moments.filter(|success| *success > moment).min()
        });
        successes.flatten().next()
    }
}

/// The earlier of two moments that may not be there.
fn earlier(one: Option<u16>, other: Option<u16>) -> Option<u16> {
    one.into_iter().chain(other).min()
}

impl Merge for Pulse {
    fn merge_with(&mut self, other: Self) {
        self.minutes.merge_with(other.minutes);
    }
}

impl PulseMinute {
    fn second(&mut self, second: u8) -> &mut PulseSecond {
        // Lines come nearly in the order of time.
        let place = match self.seconds.last() {
            Some(last) if last.second == second => self.seconds.len() - 1,
            Some(last) if last.second > second => self.seconds.partition_point(|other| other.second < second),
            _ => self.seconds.len(),
        };
        if self.seconds.get(place).is_none_or(|other| other.second != second) {
            let succeeded = Kinds { users: Edges::NONE, probes: Edges::NONE };
            self.seconds.insert(place, PulseSecond { second, beats: Beats::default(), succeeded, failed: Edges::NONE });
        }
        // Found or made just above.
        #[allow(clippy::indexing_slicing)]
        &mut self.seconds[place]
    }
}

impl Merge for PulseMinute {
    fn merge_with(&mut self, other: Self) {
        self.beats.merge_with(other.beats);
        let (mine, theirs) = (self.first_succeeded, other.first_succeeded);
        self.first_succeeded = Kinds { users: earlier(mine.users, theirs.users), probes: earlier(mine.probes, theirs.probes) };
        for theirs in other.seconds {
            let mine = self.second(theirs.second);
            mine.beats.merge_with(theirs.beats);
            mine.succeeded.users = mine.succeeded.users.and(theirs.succeeded.users);
            mine.succeeded.probes = mine.succeeded.probes.and(theirs.succeeded.probes);
            mine.failed = mine.failed.and(theirs.failed);
        }
    }
}

impl PulseSecond {
    fn step(&self, minute_start: i64) -> Step {
        let start = minute_start + i64::from(self.second) * 1000;
        Step {
            succeeded: self.succeeded.users.and(self.succeeded.probes).moments(start),
            failed: self.failed.moments(start),
            beats: self.beats,
            start,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILURE: Beat = Beat::Failure { is_health_mailbox: false };
    const SUCCESS: Beat = Beat::Success { is_health_mailbox: false };

    #[test]
    fn failures_are_known_to_the_millisecond_and_health_costs_no_seconds() {
        let mut pulse = Pulse::default();
        for minute in 0..10 {
            for second in 0..60 {
                pulse.add(minute * MINUTE + second * 1000 + 7, SUCCESS);
            }
        }
        pulse.add(5 * MINUTE + 30_250, FAILURE);
        pulse.trim();
        assert_eq!(pulse.minutes.iter().filter(|(_, minute)| !minute.seconds.is_empty()).count(), 2 * EDGE + 1);
        let failed: Vec<_> = pulse.steps().filter_map(|step| step.failed).collect();
        assert_eq!(failed, [(5 * MINUTE + 30_250, 5 * MINUTE + 30_250)]);
        assert_eq!(pulse.steps().map(|step| step.beats.attempts).sum::<u32>(), 601);
    }

    #[test]
    fn parts_that_share_a_minute_become_whole() {
        let (mut early, mut late) = (Pulse::default(), Pulse::default());
        early.add(1_500, SUCCESS);
        early.add(2_100, FAILURE);
        late.add(2_900, FAILURE);
        late.add(3_000, SUCCESS);
        early.trim();
        late.trim();
        late.merge_with(early);
        late.trim();
        let steps: Vec<_> = late.steps().map(|step| (step.succeeded, step.failed)).collect();
        assert_eq!(steps, [(Some((1500, 1500)), None), (None, Some((2100, 2900))), (Some((3000, 3000)), None)]);
    }

    #[test]
    fn the_next_success_is_known_by_its_kind() {
        let probe = Beat::Success { is_health_mailbox: true };
        let mut pulse = Pulse::default();
        let beats = [
            (MINUTE, SUCCESS),
            (5 * MINUTE + 10_000, FAILURE),
            (5 * MINUTE + 10_200, probe),
            (5 * MINUTE + 10_700, SUCCESS),
            (8 * MINUTE + 100, SUCCESS),
            (8 * MINUTE + 200, probe),
            (20 * MINUTE, SUCCESS),
        ];
        // In the minutes between there is nothing to be kept by the second.
        beats.into_iter().for_each(|(moment, beat)| pulse.add(moment, beat));
        pulse.trim();
        for (after, is_probe, expected) in [
            (5 * MINUTE + 10_000, false, Some(5 * MINUTE + 10_700)),
            (5 * MINUTE + 10_000, true, Some(5 * MINUTE + 10_200)),
            (5 * MINUTE + 10_200, true, Some(8 * MINUTE + 200)),
            (5 * MINUTE + 10_700, false, Some(8 * MINUTE + 100)),
            (8 * MINUTE + 200, false, Some(20 * MINUTE)),
            (8 * MINUTE + 200, true, None),
            (0, false, Some(MINUTE)),
        ] {
            assert_eq!(pulse.first_success_after(after, is_probe), expected, "{after} {is_probe}");
        }
    }
}
