//! How long successful logins took, hour by hour: coarse, small, and enough to see an hour that is far slower than others.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::merge::Merge;

/// An hour in milliseconds.
const HOUR: i64 = 3_600_000;

/// Durations by powers of two: bucket `n` holds durations below `2^n` milliseconds and not below half of that.
const BUCKETS: usize = 20;

/// Successful logins by hour and duration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace(BTreeMap<i64, [u64; BUCKETS]>);

impl Pace {
    /// Takes in one successful login.
    pub fn record(&mut self, moment: i64, milliseconds: u64) {
        let bucket = (u64::BITS - milliseconds.leading_zeros()) as usize;
        let hour = moment.div_euclid(HOUR);
        // Lines come nearly in the order of time.
        let counts = match self.0.last_entry() {
            Some(last) if *last.key() == hour => last.into_mut(),
            _ => self.0.entry(hour).or_default(),
        };
        if let Some(count) = counts.get_mut(bucket.min(BUCKETS - 1)) {
            *count += 1;
        }
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
        self.0.merge_with(other.0);
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
