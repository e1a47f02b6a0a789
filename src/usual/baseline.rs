//! What is usual of a few numbers: their median, and how far from it they usually lie.
//!
//! Both are robust: of eight weeks three may have been anything (a holiday, an outage) and the usual stays what it was. Counts
//! scatter by themselves, and few days may by chance look alike; the spread is therefore never taken to be less than chance
//! makes it, nor less than what days differ by anyway.

/// The distance of the median from the median, times this, is the standard deviation of a bell curve.
const TO_DEVIATION: f64 = 1.4826;

/// The middle of some numbers, and how far from it they usually lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Usual {
    pub(super) median: f64,
    pub(super) spread: f64,
}

impl Usual {
    /// What is usual of these numbers, which need no order. `floor` is the least spread as a share of the median. Of no
    /// numbers nothing is usual.
    pub(super) fn of(numbers: &[u64], floor: f64) -> Option<Self> {
        let numbers: Vec<f64> = numbers.iter().map(|number| *number as f64).collect();
        let median = median(numbers.clone())?;
        let away = median_of_distances(&numbers, median)?;
        // Counts of independent events scatter by their root; one more, so that after nothing a single event is nothing.
        let chance = (median + 1.0).sqrt();
        Some(Self { median, spread: (away * TO_DEVIATION).max(chance).max(floor * median) })
    }

    /// The median as the nearest whole number.
    pub(super) fn whole(self) -> u64 {
        self.median.round() as u64
    }

    /// Whether a number lies so many spreads above, is so many times the median, and at least so much more.
    pub(super) fn is_far_above(self, number: u64, spreads: f64, times: f64, more: f64) -> bool {
        let number = number as f64;
        number > self.median + spreads * self.spread && number >= times * self.median && number - self.median >= more
    }

    /// Whether a number lies so many spreads below, and is at most this share of the median.
    pub(super) fn is_far_below(self, number: u64, spreads: f64, share: f64) -> bool {
        let number = number as f64;
        number < self.median - spreads * self.spread && number <= share * self.median
    }
}

fn median(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_unstable_by(f64::total_cmp);
    let upper = *numbers.get(numbers.len() / 2)?;
    match numbers.len() % 2 {
        0 => numbers.get(numbers.len() / 2 - 1).map(|lower| f64::midpoint(*lower, upper)),
        _ => Some(upper),
    }
}

fn median_of_distances(numbers: &[f64], from: f64) -> Option<f64> {
    median(numbers.iter().map(|number| (number - from).abs()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_strange_weeks_of_eight_change_nothing() {
        let usual = Usual::of(&[100, 104, 96, 100, 100, 0, 0, 9000], 0.1).unwrap();
        assert_eq!((usual.median, usual.spread), (100.0, 101f64.sqrt()));
        assert!(Usual::of(&[], 0.1).is_none());
        assert_eq!(Usual::of(&[1, 2], 0.0).unwrap().median, 1.5);
    }

    #[test]
    fn after_days_without_any_a_few_are_nothing() {
        let never = Usual::of(&[0; 8], 0.1).unwrap();
        assert!(!never.is_far_above(6, 6.0, 3.0, 1.0) && never.is_far_above(7, 6.0, 3.0, 1.0));
        assert!(!never.is_far_above(7, 6.0, 3.0, 10.0), "at least so much more");
    }

    #[test]
    fn far_is_measured_in_spreads_and_in_times() {
        let usual = Usual::of(&[1000; 8], 0.1).unwrap();
        assert_eq!(usual.spread, 100.0);
        assert!(usual.is_far_below(590, 4.0, 0.6) && !usual.is_far_below(610, 4.0, 0.6) && !usual.is_far_below(590, 4.0, 0.5));
        assert!(usual.is_far_above(2001, 6.0, 2.0, 30.0) && !usual.is_far_above(1900, 6.0, 2.0, 30.0));
    }
}
