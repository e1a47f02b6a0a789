//! When one share is worse than another, and when the difference may be chance.
//!
//! Shares are failures of attempts, so that a day may stand beside a week. Small numbers do not cry: a difference counts only
//! if there are enough failures, if it is large enough to matter, and if the two shares could not well be the same.

use crate::collections::latency::Latency;
use crate::comparison::Direction;

/// Fewer failures than this on the worse side are single events.
pub const FEWEST: u64 = 5;

/// A share is worse if it is at least so many times the other.
pub const FACTOR: f64 = 2.0;

/// Both shares are given an interval that holds the true share in 99 of 100 cases (Wilson's), and these must not overlap: chance
/// alone does that less than once in a thousand times. A report asks dozens of times, and accounts hundreds of times.
pub const Z: f64 = 2.576;

/// With fewer logins than this no percentile is compared.
pub const FEWEST_LOGINS: u64 = 100;

/// A percentile of the duration is worse if it is at least so many times the other and so many milliseconds longer.
pub const SLOWER: (f64, u64) = (1.5, 50);

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// Those that count.
    pub part: u64,
    /// All.
    pub whole: u64,
}

impl Share {
    /// From 0 to 1; 0 of nothing.
    pub fn value(self) -> f64 {
        if self.whole == 0 { 0.0 } else { self.part as f64 / self.whole as f64 }
    }

    /// Wilson's interval: where the true share lies. Of few attempts it is wide, and it is right for shares near 0, too.
    fn interval(self) -> (f64, f64) {
        let (n, p) = (self.whole as f64, self.value());
        let middle = p + Z * Z / (2.0 * n);
        let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + Z * Z / n;
        ((middle - half) / scale, (middle + half) / scale)
    }
}

/// What became of a share; `None` if it is the same, or nobody can tell.
pub(super) fn judge(this: Share, other: Share) -> Option<Direction> {
    if is_worse(this, other) {
        Some(if other.part == 0 { Direction::New } else { Direction::Worse })
    } else if is_worse(other, this) {
        Some(if this.part == 0 { Direction::Gone } else { Direction::Better })
    } else {
        None
    }
}

fn is_worse(worse: Share, better: Share) -> bool {
    // Damage can make a part larger than its whole; of nothing nothing is known.
    let makes_sense = |share: Share| share.whole > 0 && share.part <= share.whole;
    makes_sense(worse)
        && makes_sense(better)
        && worse.part >= FEWEST
        && worse.value() >= FACTOR * better.value()
        && worse.interval().0 > better.interval().1
}

/// What became of a percentile of how long logins took: Worse, Better, or `None`.
pub(super) fn judge_latency(this: &Latency, other: &Latency, share: f64) -> Option<Direction> {
    if is_slower(this, other, share) {
        Some(Direction::Worse)
    } else if is_slower(other, this, share) {
        Some(Direction::Better)
    } else {
        None
    }
}

fn is_slower(slow: &Latency, fast: &Latency, share: f64) -> bool {
    let (long, short) = (slow.quantile(share), fast.quantile(share));
    slow.count().min(fast.count()) >= FEWEST_LOGINS
        && long as f64 >= SLOWER.0 * short as f64
        && long >= short.saturating_add(SLOWER.1)
        && between(slow, share).0 > between(fast, share).1
}

/// Where the true percentile lies, by the ranks beside it.
fn between(latency: &Latency, share: f64) -> (u64, u64) {
    let half = Z * (share * (1.0 - share) / latency.count().max(1) as f64).sqrt();
    (latency.quantile((share - half).max(0.0)), latency.quantile((share + half).min(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(part: u64, whole: u64) -> Share {
        Share { part, whole }
    }

    #[test]
    fn a_share_is_worse_only_if_it_is_large_and_no_chance() {
        for (this, other, expected) in [
            (of(30, 100), of(0, 100), Some(Direction::New)),
            (of(30, 100), of(2, 100), Some(Direction::Worse)),
            (of(300, 1000), of(40, 10_000), Some(Direction::Worse)), // a day beside a week
            (of(4, 4), of(0, 10_000), None),                         // single events
            (of(5, 100), of(0, 100), None),                          // may be chance
            (of(3, 100), of(1, 100), None),
            (of(1500, 10_000), of(1000, 10_000), None), // sure, and too small to matter
            (of(30, 100), of(0, 3), None),              // the other has seen too little
            (of(30, 100), of(0, 0), None),
            (of(30, 20), of(0, 100), None),
            (of(0, 100), of(0, 100), None),
        ] {
            assert_eq!(judge(this, other), expected, "{this:?} {other:?}");
            assert_eq!(judge(other, this), expected.map(Direction::mirrored), "{other:?} {this:?}");
        }
    }

    #[test]
    fn chance_hardly_ever_looks_like_a_change() {
        // Two samples of the same rate, drawn with a generator that gives the same numbers every time.
        let mut state = 7_u64;
        let mut draw = |rate: u64| {
            (0..400)
                .filter(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (state >> 33) % 1000 < rate
                })
                .count() as u64
        };
        let cries = (0..2000).filter(|_| judge(of(draw(30), 400), of(draw(30), 400)).is_some()).count();
        assert!(cries <= 2, "{cries} of 2000");
    }

    #[test]
    fn durations_are_compared_only_where_there_are_enough() {
        let latency = |milliseconds: &[u64], times: u64| {
            let mut latency = Latency::default();
            (0..times).for_each(|_| milliseconds.iter().for_each(|value| latency.record(*value)));
            latency
        };
        let (fast, slow) = (latency(&[20, 30, 40, 50], 100), latency(&[120, 130, 140, 150], 100));
        assert_eq!(judge_latency(&slow, &fast, 0.5), Some(Direction::Worse));
        assert_eq!(judge_latency(&fast, &slow, 0.95), Some(Direction::Better));
        assert_eq!(judge_latency(&fast, &fast, 0.5), None);
        assert_eq!(judge_latency(&latency(&[900], 20), &fast, 0.5), None);
        // One slow login in a hundred does not move the middle.
        let mut stray = latency(&[20, 30, 40, 50], 100);
        (0..4).for_each(|_| stray.record(60_000));
        assert_eq!((judge_latency(&stray, &fast, 0.5), judge_latency(&stray, &fast, 0.95)), (None, None));
    }
}
