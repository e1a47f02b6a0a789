//! Dates as administrators' tools write them: ISO, `/Date(…)/`, and the locale of whatever machine ran the cmdlet.
//!
//! `03/04/2026` is the third of April or the fourth of March: that is said, never guessed. A text without a time zone is in
//! the zone of an unknown server: it is read as if it were UTC and marked, so that nobody orders events by it.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};

/// A date and time, as far as its text decides it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Date {
    /// Decided: milliseconds since 1970. Where the text names no time zone, its wall time is taken for UTC, so it can be off
    /// by up to fourteen hours: good enough to judge an expiry, not to order events.
    /// [`Fact::at`](crate::evidence::fact::Fact::at) is set only where the zone is known.
    Exact(i64),
    /// Day and month cannot be told apart.
    Ambiguous {
        /// As it stands in the file.
        text: String,
        /// All readings, in milliseconds since 1970, ascending; zone as in [`Date::Exact`].
        readings: Vec<i64>,
    },
    /// No date that exlog reads, as it stands in the file.
    Unreadable(String),
}

impl Date {
    /// Every moment that it can be, ascending; none if it cannot be read.
    pub fn readings(&self) -> &[i64] {
        match self {
            Self::Exact(moment) => std::slice::from_ref(moment),
            Self::Ambiguous { readings, .. } => readings,
            Self::Unreadable(_) => &[],
        }
    }
}

/// A date and whether its text names the time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The date.
    pub date: Date,
    /// The text names its zone (`Z`, an offset, `GMT`, `/Date(…)/`).
    pub is_zone_known: bool,
}

impl Stamp {
    /// The moment, if date and zone are both decided.
    pub fn moment(&self) -> Option<i64> {
        match self.date {
            Date::Exact(moment) if self.is_zone_known => Some(moment),
            _ => None,
        }
    }
}

/// The longest text that is looked at.
const LONGEST: usize = 80;

/// Beginnings of the months' names in English, German, French, Spanish, Italian, Portuguese and Dutch, without accents lost.
const MONTHS: [&[&str]; 12] = [
    &["jan", "jän", "ene", "gen"],
    &["feb", "fév", "fev"],
    &["mar", "mär", "maa", "mrt"],
    &["apr", "avr", "abr"],
    &["may", "mai", "mei", "mag"],
    &["jun", "juin", "giu"],
    &["jul", "juil", "lug"],
    &["aug", "aoû", "ago"],
    &["sep", "set"],
    &["oct", "okt", "ott", "out"],
    &["nov"],
    &["dec", "dez", "déc", "dic"],
];

/// Reads a date with or without a time of day.
pub fn read(text: &str) -> Stamp {
    let plain = plain(text);
    let found = if plain.len() > LONGEST { None } else { json(&plain).or_else(|| iso(&plain)).or_else(|| locale(&plain)) };
    found.unwrap_or_else(|| Stamp { date: Date::Unreadable(text.trim().to_owned()), is_zone_known: false }).with_text(text)
}

impl Stamp {
    fn exact(moment: i64, is_zone_known: bool) -> Self {
        Self { date: Date::Exact(moment), is_zone_known }
    }

    fn with_text(mut self, original: &str) -> Self {
        if let Date::Ambiguous { text, .. } = &mut self.date {
            original.trim().clone_into(text);
        }
        self
    }
}

/// Without marks of direction, and with every kind of space as a plain one: newer systems write both into dates.
fn plain(text: &str) -> String {
    let kept = text.trim().chars().filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{feff}'));
    kept.map(|c| if c.is_whitespace() { ' ' } else { c }).collect()
}

/// `/Date(1428000000000)/` and `/Date(1428000000000+0200)/`: the number is UTC, the offset only says where it was written.
fn json(text: &str) -> Option<Stamp> {
    let inside = text.trim_matches('\\').strip_prefix("/Date(")?;
    let end = inside.find(|c: char| !(c.is_ascii_digit() || c == '-' && inside.starts_with('-'))).unwrap_or(inside.len());
    let moment: i64 = inside.get(..end)?.parse().ok()?;
    DateTime::from_timestamp_millis(moment)?;
    Some(Stamp::exact(moment, true))
}

fn iso(text: &str) -> Option<Stamp> {
    let spelled = text.replacen(' ', "T", 1);
    if let Ok(moment) = DateTime::parse_from_rfc3339(&spelled) {
        return Some(Stamp::exact(moment.timestamp_millis(), true));
    }
    for form in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"] {
        if let Ok(wall) = NaiveDateTime::parse_from_str(&spelled, form) {
            return Some(Stamp::exact(wall.and_utc().timestamp_millis(), false));
        }
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(Stamp::exact(day.and_time(NaiveTime::MIN).and_utc().timestamp_millis(), false))
}

/// Day, month and year in some order, as numbers or with the month's name; a time of day; am or pm; a zone.
fn locale(text: &str) -> Option<Stamp> {
    let mut parts = Parts::default();
    for word in text.split([' ', ',']).filter(|word| !word.is_empty()) {
        parts.take(word)?;
    }
    let time = parts.time_of_day()?;
    let mut readings: Vec<i64> = parts.days().into_iter().map(|day| day.and_time(time).and_utc().timestamp_millis()).collect();
    readings.sort_unstable();
    readings.dedup();
    let date = match readings.as_slice() {
        [] => return None,
        [moment] => Date::Exact(*moment),
        _ => Date::Ambiguous { text: String::new(), readings },
    };
    Some(Stamp { date, is_zone_known: parts.is_zone_known })
}

#[derive(Debug, Default)]
struct Parts {
    /// Numbers of the date, in order.
    numbers: Vec<u32>,
    /// How many of them stood before the month's name.
    month: Option<(u32, usize)>,
    /// They were parted by dots: no locale writes the month first then.
    is_dotted: bool,
    time: Option<(u32, u32, u32, u32)>,
    is_afternoon: Option<bool>,
    is_zone_known: bool,
}

impl Parts {
    fn take(&mut self, word: &str) -> Option<()> {
        let low = word.to_lowercase();
        let is_date_complete = self.numbers.len() + usize::from(self.month.is_some()) >= 3;
        match low.as_str() {
            "z" | "utc" | "gmt" => self.is_zone_known = true,
            "am" | "a.m." | "vorm." => self.is_afternoon = Some(false),
            "pm" | "p.m." | "nachm." => self.is_afternoon = Some(true),
            "de" | "of" | "um" | "at" | "à" | "le" => {}
            _ if self.time.is_none() && (low.contains(':') || is_date_complete && low.matches('.').count() == 2) => {
                self.time = Some(time(&low)?);
            }
            _ if low.starts_with(|c: char| c.is_ascii_digit()) => self.take_numbers(&low)?,
            _ => self.take_name(&low)?,
        }
        Some(())
    }

    /// `25/04/2026`, `25.`, `2026`, `25-Apr-26`.
    fn take_numbers(&mut self, word: &str) -> Option<()> {
        let pieces: Vec<&str> = word.split(['/', '.', '-']).filter(|piece| !piece.is_empty()).collect();
        self.is_dotted |= pieces.len() == 3 && word.contains('.');
        for piece in pieces {
            match piece.parse() {
                Ok(number) if piece.len() <= 4 => self.numbers.push(number),
                _ => self.take_name(piece)?,
            }
        }
        (self.numbers.len() <= 3).then_some(())
    }

    /// A month's name, or a weekday's, which says nothing; a weekday comes first.
    fn take_name(&mut self, word: &str) -> Option<()> {
        let month = (1..).zip(MONTHS).find(|(_, names)| names.iter().any(|name| word.starts_with(name)));
        match month {
            Some((number, _)) if self.month.is_none() && !is_weekday(word) => self.month = Some((number, self.numbers.len())),
            _ if self.numbers.is_empty() && self.month.is_none() && word.chars().all(|c| c.is_alphabetic() || c == '.') => {}
            _ => return None,
        }
        Some(())
    }

    fn time_of_day(&self) -> Option<NaiveTime> {
        let (hour, minute, second, milli) = self.time.unwrap_or_default();
        let hour = match (self.is_afternoon, hour) {
            (None, hour) => hour,
            (Some(_), 0 | 13..) if self.is_afternoon == Some(false) || hour == 0 => hour,
            (Some(_), 13..) => hour,
            (Some(false), 12) => 0,
            (Some(true), 12) => 12,
            (Some(false), hour) => hour,
            (Some(true), hour) => hour + 12,
        };
        NaiveTime::from_hms_milli_opt(hour, minute, second, milli)
    }

    /// Every day that the numbers can mean.
    fn days(&self) -> Vec<NaiveDate> {
        let day = |y: u32, m: u32, d: u32| NaiveDate::from_ymd_opt(i32::try_from(full_year(y)).ok()?, m, d);
        match (self.numbers.as_slice(), self.month) {
            (&[d, y], Some((m, _))) if d <= 31 => day(y, m, d).into_iter().collect(),
            (&[y, d], Some((m, _))) => day(y, m, d).into_iter().collect(),
            (&[y, m, d], None) if y > 31 => day(y, m, d).into_iter().collect(),
            (&[d, m, y], None) if self.is_dotted => day(y, m, d).into_iter().collect(),
            (&[a, b, y], None) => [day(y, b, a), day(y, a, b)].into_iter().flatten().collect(),
            _ => Vec::new(),
        }
    }
}

/// Weekdays that begin like a month: Spanish and Italian `martes`, `martedì`, French `mardi`.
fn is_weekday(word: &str) -> bool {
    ["mart", "mard"].iter().any(|name| word.starts_with(name)) && !word.starts_with("marts")
}

fn full_year(year: u32) -> u32 {
    match year {
        0..70 => 2000 + year,
        70..100 => 1900 + year,
        _ => year,
    }
}

/// `10:00`, `10:00:00.123`, `10.00.00`, `10:00:00AM` is not written by anything known.
fn time(word: &str) -> Option<(u32, u32, u32, u32)> {
    let mut pieces = word.split([':', '.']);
    let mut next = || -> Option<u32> { pieces.next().map_or(Some(0), |piece| piece.parse().ok()) };
    let (hour, minute, second) = (next()?, next()?, next()?);
    let fraction = pieces.next().unwrap_or("0");
    let milli: String = fraction.chars().chain("000".chars()).take(3).collect();
    Some((hour, minute, second, milli.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let stamp = read(text);
        let zone = if stamp.is_zone_known { "" } else { " ?" };
        match stamp.date {
            Date::Exact(moment) => format!("{}{zone}", crate::clock::rfc3339(moment)),
            Date::Ambiguous { readings, .. } => {
                format!("{}{zone}", readings.into_iter().map(crate::clock::rfc3339).collect::<Vec<_>>().join(" or "))
            }
            Date::Unreadable(text) => format!("unreadable {text}"),
        }
    }

    #[test]
    fn dates_are_decided_only_where_their_text_decides_them() {
        for (text, expected) in [
            ("/Date(1428000000000)/", "2015-04-02T18:40:00.000Z"),
            (r"\/Date(1428000000000+0200)\/", "2015-04-02T18:40:00.000Z"),
            ("/Date(-1)/", "1969-12-31T23:59:59.999Z"),
            ("2026-04-25T10:00:00.1234567+02:00", "2026-04-25T08:00:00.123Z"),
            ("2026-04-25 10:00:00Z", "2026-04-25T10:00:00.000Z"),
            ("2026-04-25T10:00:00", "2026-04-25T10:00:00.000Z ?"),
            ("2026-04-25 10:00", "2026-04-25T10:00:00.000Z ?"),
            ("2026-04-25", "2026-04-25T00:00:00.000Z ?"),
            ("25/04/2026 10:00:00", "2026-04-25T10:00:00.000Z ?"),
            ("4/25/2026 1:05:09 PM", "2026-04-25T13:05:09.000Z ?"),
            ("4/25/2026 12:05:09\u{202f}AM", "2026-04-25T00:05:09.000Z ?"),
            ("\u{200e}4/\u{200e}25/\u{200e}2026 12:05:09 PM", "2026-04-25T12:05:09.000Z ?"),
            ("25/04/2026 1:05:09 p.m.", "2026-04-25T13:05:09.000Z ?"),
            ("03/04/2026 10:00:00 AM", "2026-03-04T10:00:00.000Z or 2026-04-03T10:00:00.000Z ?"),
            ("04/04/2026 10:00:00", "2026-04-04T10:00:00.000Z ?"),
            ("03-04-2026", "2026-03-04T00:00:00.000Z or 2026-04-03T00:00:00.000Z ?"),
            ("03.04.2026 10:00:00", "2026-04-03T10:00:00.000Z ?"),
            ("3. 4. 2026 10:00:00", "2026-03-04T10:00:00.000Z or 2026-04-03T10:00:00.000Z ?"),
            ("03/04/26 10:00", "2026-03-04T10:00:00.000Z or 2026-04-03T10:00:00.000Z ?"),
            ("2026/04/03 10:00:00", "2026-04-03T10:00:00.000Z ?"),
            ("25-Apr-26 10:00:00", "2026-04-25T10:00:00.000Z ?"),
            ("Saturday, April 25, 2026 10:00:00 AM", "2026-04-25T10:00:00.000Z ?"),
            ("Samstag, 25. April 2026 10:00:00", "2026-04-25T10:00:00.000Z ?"),
            ("mardi 3 mars 2026 10:00:00", "2026-03-03T10:00:00.000Z ?"),
            ("25/04/2026 10.00.30", "2026-04-25T10:00:30.000Z ?"),
            ("Apr 25 10:00:00 2026 GMT", "2026-04-25T10:00:00.000Z"),
            ("31/31/2026", "unreadable 31/31/2026"),
            ("30/02/2026", "unreadable 30/02/2026"),
            ("25/04/2026 25:00:00", "unreadable 25/04/2026 25:00:00"),
            ("never", "unreadable never"),
            ("mail.example.com", "unreadable mail.example.com"),
            ("", "unreadable "),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
