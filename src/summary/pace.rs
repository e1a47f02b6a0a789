//! How long successful logins took, hour by hour: coarse, small, and enough to see an hour that is far slower than others.

use serde::{Deserialize, Serialize};

use crate::merge::Merge;

/// An hour in milliseconds.
const HOUR: i64 = 3_600_000;

/// Durations by powers of two: bucket `n` holds durations below `2^n` milliseconds and not below half of that.
const BUCKETS: usize = 20;

/// Successful logins by hour and duration, in the order of time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace(Vec<(i64, [u64; BUCKETS])>);

impl Pace {
    /// Takes in one successful login.
    pub fn record(&mut self, moment: i64, milliseconds: u64) {
        let bucket = (u64::BITS - milliseconds.leading_zeros()) as usize;
        if let Some(count) = self.at(moment.div_euclid(HOUR)).get_mut(bucket.min(BUCKETS - 1)) {
            *count += 1;
        }
    }

    fn at(&mut self, hour: i64) -> &mut [u64; BUCKETS] {
        // Lines come nearly in the order of time.
        let place = match self.0.last() {
            Some((last, _)) if *last == hour => self.0.len() - 1,
            _ => self.0.partition_point(|(other, _)| *other < hour),
        };
        if self.0.get(place).is_none_or(|(other, _)| *other != hour) {
            self.0.insert(place, (hour, [0; BUCKETS]));
        }
        // Found or made just above.
        #[allow(clippy::indexing_slicing)]
        &mut self.0[place].1
    }

    /// Every hour as (its beginning in milliseconds since 1970 UTC, how many logins, below how many milliseconds half of them stayed).
    pub fn hours(&self) -> impl Iterator<Item = (i64, u64, u64)> {
        self.0.iter().map(|(hour, buckets)| {
            let total: u64 = buckets.iter().sum();
            let mut seen = 0;
            let median = buckets.iter().position(|count| {
                seen += count;
                seen * 2 >= total
            });
            (hour * HOUR, total, 1 << median.unwrap_or_default())
        })
    }
}

impl Merge for Pace {
    fn merge_with(&mut self, other: Self) {
        for (hour, counts) in other.0 {
            self.at(hour).iter_mut().zip(counts).for_each(|(mine, theirs)| *mine += theirs);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_hour_is_known_within_a_factor_of_two() {
        let mut pace = Pace::default();
        [100, 110, 120, 9_000].iter().for_each(|ms| pace.record(HOUR + 5, *ms));
        pace.record(3 * HOUR, 0);
        assert_eq!(pace.hours().collect::<Vec<_>>(), [(HOUR, 4, 128), (3 * HOUR, 1, 1)]);
    }
}
