//! How long logins took: a histogram of milliseconds that merges exactly and answers percentiles.
//!
//! HdrHistogram with three significant digits: exact below 2,048 ms, within 0.1 % above, the same for any split of the input.

use hdrhistogram::Histogram;

use crate::merge::Merge;

mod stored;

/// A day; longer durations are damage and count as a day.
const LONGEST: u64 = 86_400_000;

/// A mergeable histogram of durations in milliseconds.
#[derive(Clone, Default)]
pub struct Latency(Option<Box<Histogram<u64>>>);

impl Latency {
    /// Adds one duration.
    pub fn record(&mut self, milliseconds: u64) {
        self.record_many(milliseconds, 1);
    }

    /// Adds durations that were counted: so many of none milliseconds, of one, of two.
    pub fn record_counts(&mut self, counts: &[u64]) {
        for (milliseconds, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            self.record_many(milliseconds as u64, *count);
        }
    }

    fn record_many(&mut self, milliseconds: u64, count: u64) {
        if self.0.is_none() {
            self.0 = empty();
        }
        if let Some(histogram) = &mut self.0 {
            // It grows on demand up to `LONGEST`, so that this cannot fail; what is recorded "saturating" does not make it grow.
            let _ = histogram.record_n(milliseconds.min(LONGEST), count);
        }
    }

    /// How many durations were added.
    pub fn count(&self) -> u64 {
        self.0.as_ref().map_or(0, |histogram| histogram.len())
    }

    /// The duration that `share` (0 to 1) of all durations do not exceed; 0 if there are none.
    pub fn quantile(&self, share: f64) -> u64 {
        self.0.as_ref().map_or(0, |histogram| histogram.value_at_quantile(share).min(histogram.max()))
    }

    /// The longest duration.
    pub fn max(&self) -> u64 {
        self.0.as_ref().map_or(0, |histogram| histogram.max())
    }
}

fn empty() -> Option<Box<Histogram<u64>>> {
    let mut histogram = Histogram::new(3).ok()?;
    histogram.auto(true);
    Some(Box::new(histogram))
}

impl Merge for Latency {
    fn merge_with(&mut self, other: Self) {
        let Some(theirs) = other.0 else { return };
        match &mut self.0 {
            // Both grow on demand up to `LONGEST`, so that adding cannot fail.
            Some(mine) => drop(mine.add(&*theirs)),
            None => self.0 = Some(theirs),
        }
    }
}

impl std::fmt::Debug for Latency {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Latency({} values, p50 {} ms)", self.count(), self.quantile(0.5))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_exact_for_usual_durations_and_the_same_for_any_split() {
        let of = |range: std::ops::RangeInclusive<u64>| {
            let mut latency = Latency::default();
            range.for_each(|ms| latency.record(ms));
            latency
        };
        let whole = of(1..=1000);
        let mut parts = of(501..=1000);
        parts.merge_with(of(1..=500));
        for latency in [whole, parts] {
            assert_eq!((latency.count(), latency.quantile(0.5), latency.quantile(0.95), latency.max()), (1000, 500, 950, 1000));
        }
        assert_eq!(Latency::default().quantile(0.5), 0);
    }

    #[test]
    fn the_longest_are_as_long_as_they_are() {
        for (milliseconds, expected) in [
            (0, 0),
            (1, 1),
            (2_047, 2_047),
            (2_048, 2_048),
            (2_049, 2_049),
            (60_000, 60_000),
            (LONGEST, LONGEST),
            (u64::MAX, LONGEST),
        ] {
            let mut latency = Latency::default();
            latency.record(milliseconds);
            let nearly = expected..=expected + expected / 1000;
            assert!(nearly.contains(&latency.max()) && nearly.contains(&latency.quantile(0.5)), "{milliseconds}: {latency:?}");
            // Behind a short one, and merged into one that never was long.
            let mut others = Latency::default();
            others.record(0);
            others.merge_with(latency);
            others.record(milliseconds);
            assert!(nearly.contains(&others.max()) && others.count() == 3, "{milliseconds}: {others:?}");
        }
    }
}
