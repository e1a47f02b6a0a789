//! A few lines far ahead of all others: most likely somebody's clock was wrong, and "before the last line" says nothing then.

use std::collections::BTreeMap;

use crate::case::Case;
use crate::clock::DAY;
use crate::collections::minutes::MINUTE;

/// So far ahead, in milliseconds: logs are kept for weeks.
const FAR: i64 = 30 * DAY;

/// At most one record in so many lies there.
const ONE_IN: u64 = 100;

/// Records that stand far ahead of the bulk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongClock {
    /// How many.
    pub records: u64,
    /// The minute of the last record before them, in milliseconds since 1970 UTC.
    pub bulk_ends: i64,
}

/// The records that stand far ahead, if there are any.
pub fn wrong_clock(case: &Case) -> Option<WrongClock> {
    let mut minutes = BTreeMap::<i64, u64>::new();
    for service in case.summary.services.values() {
        service.presence.iter().for_each(|(minute, records)| *minutes.entry(minute * MINUTE).or_default() += records);
    }
    far_ahead(&minutes)
}

fn far_ahead(minutes: &BTreeMap<i64, u64>) -> Option<WrongClock> {
    let all: u64 = minutes.values().sum();
    let (mut records, mut found, mut later) = (0, None, None);
    for (minute, count) in minutes.iter().rev() {
        if later.is_some_and(|later| later - minute > FAR) {
            found = Some(WrongClock { records, bulk_ends: *minute });
        }
        records += count;
        if records.saturating_mul(ONE_IN) > all {
            break;
        }
        later = Some(*minute);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_lines_far_ahead_are_told_from_logs_with_a_gap() {
        let day = 86_400_000;
        let of = |minutes: &[(i64, u64)]| far_ahead(&minutes.iter().map(|(at, count)| (at * day, *count)).collect());
        assert_eq!(of(&[(0, 100), (1, 300), (40, 1)]), Some(WrongClock { records: 1, bulk_ends: day }));
        assert_eq!(of(&[(0, 400), (40, 1), (90, 2)]), Some(WrongClock { records: 3, bulk_ends: 0 }));
        assert_eq!(of(&[(0, 100), (1, 300), (20, 1)]), None, "not far");
        assert_eq!(of(&[(0, 100), (40, 100)]), None, "not few");
        assert_eq!(of(&[]), None);
    }
}
