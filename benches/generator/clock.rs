//! Times as milliseconds since 1970 (UTC) and their texts. It is not a calendar library: only what log files need.

/// One second, minute, hour and day in milliseconds.
pub const SECOND: i64 = 1000;
/// One minute.
pub const MINUTE: i64 = 60 * SECOND;
/// One hour.
pub const HOUR: i64 = 60 * MINUTE;
/// One day.
pub const DAY: i64 = 24 * HOUR;

/// Milliseconds of a UTC time.
pub fn utc(year: i64, month: i64, day: i64, hour: i64, minute: i64, second: i64) -> i64 {
    days_from_civil(year, month, day) * DAY + hour * HOUR + minute * MINUTE + second * SECOND
}

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// Reads `yyyy-MM-dd` or `yyyy-MM-ddTHH:mm[:ss]Z`.
pub fn parse(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    if text.len() == 10 {
        return Some(utc(year, month, day, 0, 0, 0));
    }
    let second = if text.len() >= 19 { number(17, 19)? } else { 0 };
    Some(utc(year, month, day, number(11, 13)?, number(14, 16)?, second))
}

/// The time as RFC 3339 with milliseconds.
pub fn rfc3339(ms: i64) -> String {
    let mut text = Vec::with_capacity(24);
    Stamp::default().write(&mut text, ms);
    String::from_utf8_lossy(&text).into_owned()
}

/// The date part of a log file's name: `yyyyMMdd`, or `yyyyMMddHH` for hourly files.
pub fn file_date(ms: i64, hourly: bool) -> String {
    let (year, month, day) = civil_from_days(ms.div_euclid(DAY));
    let hour = ms.rem_euclid(DAY) / HOUR;
    if hourly { format!("{year:04}{month:02}{day:02}{hour:02}") } else { format!("{year:04}{month:02}{day:02}") }
}

/// Writes time stamps fast: the text up to the minute is kept until the minute changes.
#[derive(Clone, Debug)]
pub struct Stamp {
    minute: i64,
    text: [u8; 24],
}

impl Default for Stamp {
    fn default() -> Self {
        Stamp { minute: i64::MIN, text: *b"0000-00-00T00:00:00.000Z" }
    }
}

impl Stamp {
    /// Appends `yyyy-MM-ddTHH:mm:ss.fffZ`.
    #[inline]
    pub fn write(&mut self, out: &mut Vec<u8>, ms: i64) {
        let minute = ms.div_euclid(MINUTE);
        if minute != self.minute {
            self.minute = minute;
            let (year, month, day) = civil_from_days(ms.div_euclid(DAY));
            let of_day = minute.rem_euclid(24 * 60);
            self.digits(0, 4, year);
            self.digits(5, 2, month);
            self.digits(8, 2, day);
            self.digits(11, 2, of_day / 60);
            self.digits(14, 2, of_day % 60);
        }
        let rest = ms.rem_euclid(MINUTE);
        self.digits(17, 2, rest / 1000);
        self.digits(20, 3, rest % 1000);
        out.extend_from_slice(&self.text);
    }

    #[inline]
    fn digits(&mut self, at: usize, count: usize, mut value: i64) {
        for index in (at..at + count).rev() {
            self.text[index] = b'0' + (value % 10) as u8;
            value /= 10;
        }
    }
}
