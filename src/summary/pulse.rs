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

/// Room for so many seconds is made in a minute: a few logins are as many seconds.
const USUAL_SECONDS: usize = 16;

/// Logins of one service over time.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Pulse {
    minutes: Minutes<PulseMinute>,
}

/// What counts for the pulse about one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    /// It worked.
    Success,
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
            Beat::Success => self.succeeded += 1,
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
    /// The first success, in milliseconds from the minute's beginning.
    first_succeeded: Option<u16>,
    seconds: Vec<PulseSecond>,
}

/// Attempts in a second. Moments are milliseconds since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PulseSecond {
    second: u8,
    /// All of the second.
    pub beats: Beats,
    succeeded: Edges,
    failed: Edges,
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
        self.first = self.first.min(moment);
        self.last = self.last.max(moment);
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
        let second = minute.second((offset / 1000) as u8);
        second.beats.add(beat);
        match beat {
            Beat::Success => {
                second.succeeded.include(offset % 1000);
                minute.first_succeeded = Some(minute.first_succeeded.map_or(offset, |first| first.min(offset)));
            }
            Beat::Failure { .. } => second.failed.include(offset % 1000),
            Beat::Neither => {}
        }
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
            let first = minute.first_succeeded.map_or(start, |first| start + i64::from(first));
            let whole = Step { succeeded: (rest.succeeded > 0).then_some((first, first)), failed: None, beats: rest, start };
            let whole = (rest.attempts > 0).then_some(whole);
            whole.into_iter().chain(kept.iter().map(move |second| second.step(start)))
        })
    }
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
            Some(_) => self.seconds.len(),
            None => {
                self.seconds.reserve_exact(USUAL_SECONDS);
                0
            }
        };
        if self.seconds.get(place).is_none_or(|other| other.second != second) {
            self.seconds
                .insert(place, PulseSecond { second, beats: Beats::default(), succeeded: Edges::NONE, failed: Edges::NONE });
        }
        // Found or made just above.
        #[allow(clippy::indexing_slicing)]
        &mut self.seconds[place]
    }
}

impl Merge for PulseMinute {
    fn merge_with(&mut self, other: Self) {
        self.beats.merge_with(other.beats);
        self.first_succeeded = [self.first_succeeded, other.first_succeeded].into_iter().flatten().min();
        for theirs in other.seconds {
            let mine = self.second(theirs.second);
            mine.beats.merge_with(theirs.beats);
            for (mine, theirs) in [(&mut mine.succeeded, theirs.succeeded), (&mut mine.failed, theirs.failed)] {
                mine.first = mine.first.min(theirs.first);
                mine.last = mine.last.max(theirs.last);
            }
        }
    }
}

impl PulseSecond {
    fn step(&self, minute_start: i64) -> Step {
        let start = minute_start + i64::from(self.second) * 1000;
        let edges =
            |count: u32, edges: Edges| (count > 0).then(|| (start + i64::from(edges.first), start + i64::from(edges.last)));
        Step {
            succeeded: edges(self.beats.succeeded, self.succeeded),
            failed: edges(self.beats.failed, self.failed),
            beats: self.beats,
            start,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILURE: Beat = Beat::Failure { is_health_mailbox: false };

    #[test]
    fn failures_are_known_to_the_millisecond_and_health_costs_no_seconds() {
        let mut pulse = Pulse::default();
        for minute in 0..10 {
            for second in 0..60 {
                pulse.add(minute * MINUTE + second * 1000 + 7, Beat::Success);
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
        early.add(1_500, Beat::Success);
        early.add(2_100, FAILURE);
        late.add(2_900, FAILURE);
        late.add(3_000, Beat::Success);
        early.trim();
        late.trim();
        late.merge_with(early);
        late.trim();
        let steps: Vec<_> = late.steps().map(|step| (step.succeeded, step.failed)).collect();
        assert_eq!(steps, [(Some((1500, 1500)), None), (None, Some((2100, 2900))), (Some((3000, 3000)), None)]);
    }
}
