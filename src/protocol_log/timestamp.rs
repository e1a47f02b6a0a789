//! Time stamps of log lines, decoded by arithmetic: `2023-01-09T13:16:59.348Z` → milliseconds since 1970 UTC.
//!
//! This reads what Exchange writes and nothing else; the words in which users say times are read by `clock`.

/// Reads time stamps that follow each other: most of them share their minute with the one before, and then only the seconds are read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stamps {
    /// The minute of the last stamp: as text up to the second colon, and in milliseconds since 1970 UTC.
    minute: Option<([u8; 16], i64)>,
}

impl Stamps {
    /// Reads a time stamp of the same minute as the last one; `None` if it is of another, or not written as Exchange does.
    #[inline(always)]
    pub fn in_last_minute(&self, text: &[u8; 24]) -> Option<i64> {
        let (minute, start) = self.minute?;
        let (text, rest) = text.split_first_chunk::<16>()?;
        let is_it = u128::from_ne_bytes(*text) == u128::from_ne_bytes(minute);
        if is_it { seconds(*rest.first_chunk()?).map(|offset| start + offset) } else { None }
    }

    /// Reads a time stamp, as [`parse`] does.
    pub fn parse(&mut self, text: &[u8]) -> Option<i64> {
        let text_as_usual = <&[u8; 24]>::try_from(text).ok();
        if let Some(time) = text_as_usual.and_then(|text| self.in_last_minute(text)) {
            return Some(time);
        }
        let time = parse(text)?;
        self.minute = text.first_chunk().map(|minute| (*minute, time - time.rem_euclid(60_000)));
        Some(time)
    }
}

/// What `:16.059Z` adds to its minute, in milliseconds; read all at once.
#[inline(always)]
fn seconds(text: [u8; 8]) -> Option<i64> {
    // In each byte the value of a digit, or zero where nothing but one character can stand; the highest bit of a sum tells what is more.
    let values = u64::from_le_bytes(text) ^ u64::from_le_bytes(*b":00.000Z");
    let limits = u64::from_le_bytes([0x7f, 0x7a, 0x76, 0x7f, 0x76, 0x76, 0x76, 0x7f]);
    if (((values & 0x7f7f_7f7f_7f7f_7f7f) + limits) | values) & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    // In each byte ten times its digit and the digit behind it: no sum is more than a byte holds.
    let [_, seconds, _, _, hundredths, ..] = (values * 10 + (values >> 8)).to_le_bytes();
    let [.., thousandths, _] = values.to_le_bytes();
    Some(i64::from(seconds) * 1000 + i64::from(hundredths) * 10 + i64::from(thousandths))
}

/// Reads a time stamp; `None` if it is not one of a real day and time. The fraction and the `Z` may be missing.
pub fn parse(text: &[u8]) -> Option<i64> {
    let (date_time, rest) = text.split_at_checked(19)?;
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2] = date_time else { return None };
    let year = number(&[y1, y2, y3, y4])?;
    let (month, day) = (number(&[m1, m2])?, number(&[d1, d2])?);
    let (hour, minute, second) = (number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?);
    if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = days_since_1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    Some(seconds * 1000 + milliseconds(rest)?)
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))
}

/// The fraction behind the seconds, cut to milliseconds.
fn milliseconds(rest: &[u8]) -> Option<i64> {
    let rest = rest.strip_suffix(b"Z").unwrap_or(rest);
    match rest.split_first() {
        None => Some(0),
        Some((b'.', digits)) if (1..=9).contains(&digits.len()) => {
            number(digits)?;
            let mut padded = [b'0'; 3];
            padded.iter_mut().zip(digits).for_each(|(place, digit)| *place = *digit);
            number(&padded)
        }
        Some(_) => None,
    }
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the Gregorian calendar (the year is thought to begin in March, so that leap days come last).
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_real_moments_are_time_stamps() {
        assert_eq!(parse(b"1970-01-01T00:00:00.000Z"), Some(0));
        assert_eq!(parse(b"2023-01-09T13:16:59.348Z"), Some(1_673_270_219_348));
        assert_eq!(parse(b"2024-02-29T23:59:59Z"), Some(1_709_251_199_000));
        assert_eq!(parse(b"2024-02-29T23:59:59.1234567Z"), Some(1_709_251_199_123));
        assert_eq!(parse(b"2024-02-29T23:59:59.5"), Some(1_709_251_199_500));
        for wrong in [
            &b"22T07:30:46.994Z"[..],
            b"2023-02-29T00:00:00.000Z",
            b"2023-13-01T00:00:00.000Z",
            b"2023-01-01T24:00:00.000Z",
            b"2023-01-01 00:00:00.000Z",
            b"2023-01-01T00:00:00.Z",
            b"2023-01-01T00:00:00.000ZZ",
            b"2023-01-01T00:00:0",
            b"dateTime",
            b"",
        ] {
            assert_eq!(parse(wrong), None, "{}", String::from_utf8_lossy(wrong));
        }
    }

    proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_came_before_does_not_matter(texts in prop::collection::vec("2026-03-0[12]T0[01]:00:[0-6][0-9](\\.[0-9]{3}Z|\\.[0-9a]{1,4}|Z|)", 0..20)) {
            let mut stamps = Stamps::default();
            for text in texts {
                prop_assert_eq!(stamps.parse(text.as_bytes()), parse(text.as_bytes()), "{}", text);
            }
        }

        #[test]
        fn every_moment_reads_back(moment in 0i64..253_402_300_799_999) {
            prop_assert_eq!(parse(crate::clock::rfc3339(moment).as_bytes()), Some(moment));
        }
    }
}
