//! Moments, windows of time, and the words users say them in.
//!
//! A moment is `i64` milliseconds since 1970-01-01 UTC, as the logs have it. The library reads no clock: whoever calls
//! hands a [`Clock`] in, so that tests can stop time. Reading the time stamp of a log line is `protocol_log`'s job.

use chrono::offset::LocalResult;
use chrono::{DateTime, Datelike, Days, FixedOffset, Local, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::text::thousands;

/// One day in milliseconds.
pub const DAY: i64 = 24 * 60 * 60 * 1000;

/// The moment that relative times (`-3h`, `yesterday`) are counted from.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    now: i64,
}

impl Clock {
    /// A clock that stands at `now` (milliseconds since 1970 UTC).
    pub const fn at(now: i64) -> Self {
        Self { now }
    }

    /// The moment this clock shows.
    pub const fn now(self) -> i64 {
        self.now
    }
}

/// The zone in which the user's own dates are meant, and in which times are shown beside UTC.
#[derive(Debug, Clone, Copy, Default)]
pub enum Zone {
    /// UTC, as in the logs.
    #[default]
    Utc,
    /// A fixed offset from UTC.
    Fixed(FixedOffset),
    /// A zone of the IANA database, daylight saving included.
    Named(chrono_tz::Tz),
    /// The zone of the machine.
    Local,
}

impl Zone {
    /// Reads `UTC`, `local`, `+02:00` or an IANA name such as `Europe/Berlin`, in any case.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] with what would be right.
    pub fn parse(text: &str) -> Result<Self> {
        if text.eq_ignore_ascii_case("utc") || text.eq_ignore_ascii_case("z") {
            return Ok(Self::Utc);
        }
        if text.eq_ignore_ascii_case("local") {
            return Ok(Self::Local);
        }
        if let Ok(offset) = text.parse::<FixedOffset>() {
            return Ok(Self::Fixed(offset));
        }
        chrono_tz::TZ_VARIANTS.iter().copied().find(|zone| zone.name().eq_ignore_ascii_case(text)).map(Self::Named).ok_or_else(
            || {
                // What `tzutil /g` and Get-TimeZone say.
                let hint = match text.to_ascii_lowercase().ends_with(" time") {
                    true => "names of Windows are not known: use local for the zone of this machine, or a name of the IANA database, such as Europe/Berlin",
                    false => "use UTC, local, an offset such as +02:00, or a name such as Europe/Berlin",
                };
                Error::new(ErrorKind::Usage, format!("'{text}' is no time zone")).hint(hint)
            },
        )
    }

    /// What the zone is called in a report; the machine's own zone is called by its distance from UTC at `moment`.
    pub fn name(self, moment: i64) -> String {
        match self {
            Self::Utc => "UTC".to_owned(),
            Self::Fixed(offset) => format!("UTC{offset}"),
            Self::Named(zone) => zone.name().to_owned(),
            Self::Local => format!("local time (UTC{})", self.distance(moment)),
        }
    }

    /// How far the zone is ahead of UTC at `moment`, in milliseconds.
    pub fn offset(self, moment: i64) -> i64 {
        self.wall(moment).map_or(0, |wall| wall.and_utc().timestamp_millis() - moment)
    }

    fn to_utc(self, wall: NaiveDateTime) -> Option<i64> {
        // An hour that daylight saving skips does not exist: what is meant is the first moment after it.
        self.earliest(wall).or_else(|| self.earliest(wall.checked_add_signed(TimeDelta::hours(1))?))
    }

    fn earliest(self, wall: NaiveDateTime) -> Option<i64> {
        match self {
            Self::Utc => Utc.from_local_datetime(&wall).earliest().map(|t| t.timestamp_millis()),
            Self::Fixed(offset) => offset.from_local_datetime(&wall).earliest().map(|t| t.timestamp_millis()),
            Self::Named(zone) => zone.from_local_datetime(&wall).earliest().map(|t| t.timestamp_millis()),
            Self::Local => Local.from_local_datetime(&wall).earliest().map(|t| t.timestamp_millis()),
        }
    }

    /// Which of two moments with the same wall time is meant, where there are two.
    fn which(self, moment: i64, wall: NaiveDateTime) -> String {
        let is_twice = match self {
            Self::Utc | Self::Fixed(_) => false,
            Self::Named(zone) => matches!(zone.from_local_datetime(&wall), LocalResult::Ambiguous(..)),
            Self::Local => matches!(Local.from_local_datetime(&wall), LocalResult::Ambiguous(..)),
        };
        if is_twice { self.distance(moment) } else { String::new() }
    }

    /// How far it is from UTC at `moment`: `+02:00`.
    fn distance(self, moment: i64) -> String {
        let minutes = self.offset(moment) / 60_000;
        let sign = if minutes < 0 { '-' } else { '+' };
        format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
    }

    fn wall(self, moment: i64) -> Option<NaiveDateTime> {
        let utc = DateTime::from_timestamp_millis(moment)?;
        Some(match self {
            Self::Utc => utc.naive_utc(),
            Self::Fixed(offset) => utc.with_timezone(&offset).naive_local(),
            Self::Named(zone) => utc.with_timezone(&zone).naive_local(),
            Self::Local => utc.with_timezone(&Local).naive_local(),
        })
    }
}

/// From when (inclusive) until when (exclusive) records count; `None` is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The first moment inside.
    pub from: Option<i64>,
    /// The first moment after.
    pub to: Option<i64>,
}

impl Window {
    /// Whether a moment lies inside.
    pub fn contains(self, moment: i64) -> bool {
        self.from.is_none_or(|from| moment >= from) && self.to.is_none_or(|to| moment < to)
    }
}

/// Reads a time as users say it: RFC 3339, `2026-03-12`, `2026-03-12 07:30[:15[.250]]`, `07:30` (today), `now`, `today`,
/// `yesterday`, or back from now: `-90s`, `-30m`, `-3h`, `-7d`, `-2w`, `-1h30m`. Without an offset the zone decides.
///
/// # Errors
/// [`ErrorKind::Usage`] with what would be right.
pub fn parse_time(text: &str, zone: Zone, clock: Clock) -> Result<i64> {
    let text = text.trim();
    let without_seconds = || DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%:z");
    if let Ok(moment) = DateTime::parse_from_rfc3339(text).or_else(|_| without_seconds()) {
        return Ok(moment.timestamp_millis());
    }
    relative(text, clock).or_else(|| named_day(text, zone, clock)).or_else(|| wall_clock(text, zone, clock)).ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("'{text}' is no time"))
            .hint("use 2026-03-12, 2026-03-12T07:30Z, \"2026-03-12 07:30\", -3h, -2d, today or yesterday")
    })
}

fn relative(text: &str, clock: Clock) -> Option<i64> {
    if text.eq_ignore_ascii_case("now") {
        return Some(clock.now());
    }
    clock.now().checked_sub(span(text.strip_prefix('-')?)?)
}

/// Reads how long something is as users say it: `90s`, `30m`, `400d`, `1h30m`; gives milliseconds.
///
/// # Errors
/// [`ErrorKind::Usage`] with what would be right.
pub fn parse_duration(text: &str) -> Result<i64> {
    span(text.trim()).ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("'{text}' is no length of time")).hint("use 90s, 30m, 12h, 400d or 8w")
    })
}

fn span(mut rest: &str) -> Option<i64> {
    let mut total: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, tail) = rest.split_at_checked(digits)?;
        let unit = match tail.chars().next()? {
            's' => 1_000,
            'm' => 60_000,
            'h' => 3_600_000,
            'd' => 86_400_000,
            'w' => 604_800_000,
            _ => return None,
        };
        total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(unit)?)?;
        rest = tail.get(1..)?;
    }
    (total > 0).then_some(total)
}

fn named_day(text: &str, zone: Zone, clock: Clock) -> Option<i64> {
    let back = match text.to_ascii_lowercase().as_str() {
        "today" => 0,
        "yesterday" => 1,
        _ => return None,
    };
    let day = zone.wall(clock.now())?.date().checked_sub_days(Days::new(back))?;
    zone.to_utc(day.and_time(NaiveTime::MIN))
}

fn wall_clock(text: &str, zone: Zone, clock: Clock) -> Option<i64> {
    let (text, zone) = match text.strip_suffix(['Z', 'z']) {
        Some(utc) => (utc, Zone::Utc),
        None => (text, zone),
    };
    const TIMES: [&str; 3] = ["%H:%M", "%H:%M:%S", "%H:%M:%S%.f"];
    let time_of = |text: &str| TIMES.iter().find_map(|form| NaiveTime::parse_from_str(text, form).ok());
    let wall = match text.split_once(['T', 't', ' ']) {
        Some((day, time)) => date(day)?.and_time(time_of(time.trim())?),
        None => match date(text) {
            Some(day) => day.and_time(NaiveTime::MIN),
            None => zone.wall(clock.now())?.date().and_time(time_of(text)?),
        },
    };
    zone.to_utc(wall)
}

fn date(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|day| (1970..=9999).contains(&day.year()))
}

/// A moment as JSON and reports have it: `2026-03-12T07:30:00.000Z`.
pub fn rfc3339(moment: i64) -> String {
    match DateTime::from_timestamp_millis(moment) {
        Some(time) => time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        None => format!("{moment} ms"),
    }
}

/// A moment as people read it, to the second: `2026-03-12 07:30:00`, in the given zone. In the hour that the end of daylight saving
/// repeats its distance from UTC stands behind it: `2026-10-25 02:30:00+01:00`.
pub fn for_people(moment: i64, zone: Zone) -> String {
    match zone.wall(moment) {
        Some(time) => format!("{}{}", time.format("%Y-%m-%d %H:%M:%S"), zone.which(moment, time)),
        None => format!("{moment} ms"),
    }
}

/// The same in a column of this width, with milliseconds if there is room; where the distance from UTC is needed, the year gives way.
pub fn in_column(moment: i64, zone: Zone, width: usize) -> String {
    let Some(time) = zone.wall(moment) else { return format!("{moment} ms") };
    let text = match zone.which(moment, time) {
        which if which.is_empty() => time.format("%Y-%m-%d %H:%M:%S%.3f").to_string(),
        which => format!("{}{}", time.format("%m-%d %H:%M:%S"), which.strip_suffix(":00").unwrap_or(&which)),
    };
    text.get(..width).unwrap_or(&text).to_owned()
}

/// A length of time in the two units that matter: `3 h 02 min`, `2 d 4 h`, `45 s`, `310 ms`.
pub fn duration_for_people(milliseconds: i64) -> String {
    let seconds = milliseconds / 1000;
    match seconds {
        0 => format!("{milliseconds} ms"),
        1..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{} min", seconds / 60),
        7_200..=172_799 => format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{} d {} h", thousands((seconds / 86_400).unsigned_abs()), seconds % 86_400 / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Clock = Clock::at(1_773_316_800_000); // 2026-03-12T12:00:00Z

    #[test]
    fn times_are_read_as_users_say_them() {
        let berlin = Zone::parse("europe/berlin").unwrap();
        for (text, zone, expected) in [
            ("2026-03-12T07:30:00.250Z", Zone::Utc, "2026-03-12T07:30:00.250Z"),
            ("2026-03-12T07:30:00+02:00", Zone::Utc, "2026-03-12T05:30:00.000Z"),
            ("2026-03-12", Zone::Utc, "2026-03-12T00:00:00.000Z"),
            ("2026-03-12", berlin, "2026-03-11T23:00:00.000Z"),
            ("2026-07-12 07:30", berlin, "2026-07-12T05:30:00.000Z"),
            ("2026-03-12T07:30+02:00", berlin, "2026-03-12T05:30:00.000Z"),
            ("2026-03-12T07:30Z", berlin, "2026-03-12T07:30:00.000Z"),
            ("2026-03-29 02:30", berlin, "2026-03-29T01:30:00.000Z"), // an hour that does not exist
            ("07:30", Zone::Utc, "2026-03-12T07:30:00.000Z"),
            ("-3h", Zone::Utc, "2026-03-12T09:00:00.000Z"),
            ("-1h30m", Zone::Utc, "2026-03-12T10:30:00.000Z"),
            ("-2d", Zone::Utc, "2026-03-10T12:00:00.000Z"),
            ("yesterday", Zone::Utc, "2026-03-11T00:00:00.000Z"),
            ("Today", berlin, "2026-03-11T23:00:00.000Z"),
            ("now", Zone::Utc, "2026-03-12T12:00:00.000Z"),
        ] {
            assert_eq!(rfc3339(parse_time(text, zone, NOON).unwrap()), expected, "{text}");
        }
        for wrong in ["", "soon", "-3x", "-h", "2026-13-01", "12.03.2026", "-99999999999999999w", "-0h"] {
            assert!(parse_time(wrong, Zone::Utc, NOON).is_err(), "{wrong}");
        }
        assert!(Zone::parse("Mars/Olympus").is_err());
        assert!(Zone::parse("W. Europe Standard Time").unwrap_err().to_string().contains("names of Windows"));
    }

    #[test]
    fn in_the_hour_that_comes_twice_it_is_said_which_one_is_meant() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        for (text, shown, in_column_of_19) in [
            ("2026-10-25T00:50:19Z", "2026-10-25 02:50:19+02:00", "10-25 02:50:19+02"),
            ("2026-10-25T01:14:32Z", "2026-10-25 02:14:32+01:00", "10-25 02:14:32+01"),
            ("2026-10-25T02:00:00Z", "2026-10-25 03:00:00", "2026-10-25 03:00:00"),
            ("2026-03-29T01:00:00Z", "2026-03-29 03:00:00", "2026-03-29 03:00:00"),
        ] {
            let moment = parse_time(text, Zone::Utc, NOON).unwrap();
            assert_eq!((for_people(moment, berlin).as_str(), in_column(moment, berlin, 19).as_str()), (shown, in_column_of_19));
            assert_eq!(for_people(moment, Zone::Utc).len(), 19);
        }
        assert_eq!(in_column(1, Zone::Utc, 23), "1970-01-01 00:00:00.001");
    }

    #[test]
    fn a_window_holds_its_start_and_not_its_end() {
        let window = Window { from: Some(10), to: Some(20) };
        assert!(window.contains(10) && window.contains(19) && !window.contains(20) && !window.contains(9));
        assert!(Window::default().contains(i64::MIN));
    }

    #[test]
    fn lengths_show_the_two_units_that_matter() {
        for (ms, expected) in
            [(310, "310 ms"), (45_000, "45 s"), (600_000, "10 min"), (10_920_000, "3 h 02 min"), (190_000_000, "2 d 4 h")]
        {
            assert_eq!(duration_for_people(ms), expected);
        }
    }
}
