//! Hours and days: which earlier hours are like this one where the clients live.

use crate::clock::{Zone, for_people};

/// Milliseconds of an hour.
pub(super) const HOUR: i64 = 3_600_000;

/// Hours of a day and of a week.
pub(super) const DAY: i64 = 24;
pub(super) const WEEK: i64 = 7 * DAY;

/// Whether an hour can be one: from 1970 to the year 9999. Clocks go wrong, and what they say then is not looked at.
pub(super) fn is_possible(hour: i64) -> bool {
    (0..70_389_528).contains(&hour)
}

/// The hour (since 1970 UTC) that a moment lies in.
pub(super) fn hour_of(moment: i64) -> i64 {
    moment.div_euclid(HOUR)
}

/// So many hours the zone is ahead of UTC; of zones with half hours the whole ones.
fn ahead(hour: i64, zone: Zone) -> i64 {
    zone.offset(hour.saturating_mul(HOUR)).div_euclid(HOUR)
}

/// The hour that the clock on the wall showed so many hours before: daylight saving may have begun or ended since.
pub(super) fn hours_before(hour: i64, hours: i64, zone: Zone) -> i64 {
    let before = hour.saturating_sub(hours);
    before.saturating_add(ahead(hour, zone)).saturating_sub(ahead(before, zone))
}

/// The day (since 1970) on the wall.
pub(super) fn wall_day(hour: i64, zone: Zone) -> i64 {
    hour.saturating_add(ahead(hour, zone)).div_euclid(DAY)
}

/// Whether it is Saturday or Sunday on the wall.
pub(super) fn is_weekend(hour: i64, zone: Zone) -> bool {
    // The first day of 1970 was a Thursday: day 0 is the fourth of its week.
    (wall_day(hour, zone) + 3).rem_euclid(7) >= 5
}

/// `2026-03-12 07:00 to 09:00 UTC`; the second day is said only if it is another one.
pub(super) fn in_words(from: i64, to: i64) -> String {
    let minutes = |moment: i64| for_people(moment, Zone::Utc).get(..16).map_or_else(String::new, str::to_owned);
    let (from, to) = (minutes(from), minutes(to));
    let is_same_day = from.get(..10) == to.get(..10);
    format!("{from} to {} UTC", if is_same_day { to.get(11..).unwrap_or(&to) } else { &to })
}

/// The name of a day since 1970 UTC: `2026-03-12`.
pub(super) fn day_in_words(day: i64) -> String {
    for_people(day.saturating_mul(DAY * HOUR), Zone::Utc).get(..10).map_or_else(String::new, str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-30T06:00Z, a Monday, the day after daylight saving began in Europe.
    const MONDAY: i64 = 1_774_850_400_000 / HOUR;

    #[test]
    fn a_week_ago_is_the_same_hour_on_the_wall() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        assert_eq!(hours_before(MONDAY, WEEK, Zone::Utc), MONDAY - WEEK);
        assert_eq!(hours_before(MONDAY, WEEK, berlin), MONDAY - WEEK + 1);
    }

    #[test]
    fn weekends_are_those_of_the_clients() {
        let sydney = Zone::parse("Australia/Sydney").unwrap();
        let days = |zone: Zone| (0..7).map(|day| is_weekend(MONDAY + 10 + day * DAY, zone)).collect::<Vec<_>>();
        assert_eq!(days(Zone::Utc), [false, false, false, false, false, true, true]);
        assert_eq!(days(sydney), [false, false, false, false, true, true, false]);
    }

    #[test]
    fn a_span_says_its_day_once() {
        assert_eq!(in_words(MONDAY * HOUR, (MONDAY + 2) * HOUR), "2026-03-30 06:00 to 08:00 UTC");
        assert_eq!(in_words(MONDAY * HOUR, (MONDAY + 20) * HOUR), "2026-03-30 06:00 to 2026-03-31 02:00 UTC");
        assert_eq!(day_in_words(MONDAY / DAY), "2026-03-30");
    }
}
