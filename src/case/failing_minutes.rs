//! Stretches of minutes in which every login failed, and what is like chance in them.

use std::collections::BTreeMap;

use crate::collections::minutes::MINUTE;
use crate::login::identity::ClientClass;
use crate::merge::Merge;
use crate::summary::counts::Counts;
use crate::summary::service::Service;

/// A stretch is no chance if fewer than so many like it are to be expected.
const CHANCE: f64 = 0.01;

/// What is usual is taken from so many minutes before and after a stretch at least, and from so many attempts.
const USUAL: (i64, u64) = (15, 10);

/// Minutes (since 1970 UTC) in which every attempt failed, up to one in which not all did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailingMinutes {
    /// The first minute with a failure.
    pub from: i64,
    /// The last one.
    pub last: i64,
    /// The minute in which one worked again; `None` if there is none.
    pub until: Option<i64>,
    /// How many failed.
    pub failed: u64,
}

impl FailingMinutes {
    /// Whether a minute lies in it.
    pub fn holds(self, minute: i64) -> bool {
        minute >= self.from && self.until.is_none_or(|until| minute < until)
    }

    /// From the first failure's minute to the end of the last one's, in milliseconds since 1970 UTC.
    pub fn span(self) -> (i64, i64) {
        (self.from * MINUTE, (self.last + 1) * MINUTE - 1)
    }

    /// The attempts of as long a time right before and right after it, but of so many minutes at least; and how many minutes these are.
    fn around(self, minutes: &BTreeMap<i64, Counts>, fewest: i64) -> (Counts, i64) {
        let length = (self.last + 1 - self.from).max(fewest);
        let mut around = Counts::default();
        let before = minutes.range(self.from - length..self.from);
        let after = minutes.range(self.last + 1..self.last + 1 + length);
        before.chain(after).for_each(|(_, counts)| around.merge_with(*counts));
        (around, if self.until.is_some() { 2 * length } else { length })
    }

    /// Whether so many accounts fail in a row by chance where nearly all fail before and after, and hardly a login works.
    pub fn is_chance(self, minutes: &BTreeMap<i64, Counts>, accounts: usize) -> bool {
        let (around, length) = self.around(minutes, USUAL.0);
        let attempts = around.attempts() as f64;
        let share = around.failed as f64 / attempts.max(1.0);
        // So many logins should have worked in it.
        let usual = around.succeeded as f64 * (self.last + 1 - self.from) as f64 / length as f64;
        let is_likely = |chance: f64| attempts * chance > CHANCE;
        around.attempts() >= USUAL.1 && is_likely(share.powf(accounts as f64)) && is_likely((-usual).exp())
    }

    /// Whether hardly anybody tried right before and right after it: whoever tries then is not who is there every day.
    pub fn is_alone(self, minutes: &BTreeMap<i64, Counts>) -> bool {
        self.around(minutes, 0).0.attempts() * 4 < self.failed
    }
}

/// The attempts of some clients in each minute, over several services.
pub fn attempts_by_minute<'a>(
    services: impl Iterator<Item = &'a Service>,
    counts: impl Fn(ClientClass) -> bool,
) -> BTreeMap<i64, Counts> {
    let mut minutes = BTreeMap::<i64, Counts>::new();
    let series = services.flat_map(|service| &service.series).filter(|((_, class), _)| counts(*class));
    for (minute, counts) in series.flat_map(|(_, series)| series.iter()) {
        minutes.entry(minute).or_default().merge_with(*counts);
    }
    minutes
}

/// The stretches in which every attempt failed, in the order of time; the last one may have no end.
pub fn stretches_of_failures(minutes: &BTreeMap<i64, Counts>) -> Vec<FailingMinutes> {
    let (mut stretches, mut open) = (Vec::new(), None::<FailingMinutes>);
    for (minute, counts) in minutes.iter().filter(|(_, counts)| counts.attempts() > 0) {
        if counts.failed == counts.attempts() {
            let stretch = open.get_or_insert(FailingMinutes { from: *minute, last: *minute, until: None, failed: 0 });
            (stretch.last, stretch.failed) = (*minute, stretch.failed + counts.failed);
        } else if let Some(stretch) = open.take() {
            stretches.push(FailingMinutes { until: Some(*minute), ..stretch });
        }
    }
    stretches.extend(open);
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_ends_where_not_every_attempt_fails() {
        let of = |minutes: &[(i64, Counts)]| {
            let stretches = stretches_of_failures(&minutes.iter().copied().collect());
            stretches.into_iter().map(|FailingMinutes { from, until, failed, .. }| (from, until, failed)).collect::<Vec<_>>()
        };
        let (good, bad) = (Counts { succeeded: 1, ..Counts::default() }, Counts { failed: 2, ..Counts::default() });
        let (unknown, mixed) = (Counts { unknown: 1, ..Counts::default() }, Counts { succeeded: 1, failed: 1, unknown: 0 });
        assert_eq!(of(&[(1, bad), (2, good), (3, bad), (5, bad)]), [(1, Some(2), 2), (3, None, 4)]);
        assert_eq!(of(&[(1, bad), (2, good)]), [(1, Some(2), 2)]);
        assert_eq!(of(&[(1, bad), (2, unknown), (3, bad)]), [(1, Some(2), 2), (3, None, 2)]);
        assert_eq!(of(&[(1, mixed), (2, bad)]), [(2, None, 2)]);
        assert_eq!(of(&[]), []);
    }

    #[test]
    fn a_row_of_failures_is_chance_where_nearly_all_fail_and_alone_where_nobody_else_tries() {
        let stretch = FailingMinutes { from: 100, last: 109, until: Some(110), failed: 40 };
        let around = |succeeded, failed| {
            let counts = Counts { succeeded, failed, unknown: 0 };
            (60..160).filter(|minute| !stretch.holds(*minute)).map(|minute| (minute, counts)).collect::<BTreeMap<_, _>>()
        };
        for (succeeded, failed, accounts, is_chance) in
            [(1, 9, 20, true), (1, 9, 100, false), (9, 1, 5, false), (0, 0, 20, false), (0, 5, 20, true), (3, 60, 20, false)]
        {
            assert_eq!(stretch.is_chance(&around(succeeded, failed), accounts), is_chance, "{succeeded} {failed} {accounts}");
        }
        assert!(stretch.is_alone(&around(0, 0)) && !stretch.is_alone(&around(1, 0)));
    }
}
