//! How much may come out of archives and packed files, as a user says it.

use clap::Args;

use crate::input::packed::Unpacking;

/// How much may come out of archives and packed files.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Limit {
    /// So much may come out of one archive or packed file: 500MB, 2TB [default: 1 GB and 250 times its length, up to 100 GB]
    ///
    /// What would be more is left aside, and said. The default stops traps: of logs comes out 10 to 50 times what is packed.
    #[arg(long, value_name = "SIZE", value_parser = size)]
    max_unpacked: Option<u64>,
}

impl Limit {
    /// What was given, in bytes.
    pub(super) fn given(self) -> Option<u64> {
        self.max_unpacked
    }
}

impl From<Limit> for Unpacking {
    fn from(limit: Limit) -> Self {
        Self { most: limit.max_unpacked }
    }
}

/// A size in bytes: `1500`, `500MB`, `2 GiB`, `1t`. Units are thousands; with an `i`, 1024s.
fn size(text: &str) -> std::result::Result<u64, String> {
    let (number, unit) = text.trim().split_at(text.trim().bytes().take_while(u8::is_ascii_digit).count());
    let unit = unit.trim_start().to_ascii_lowercase();
    let unit = unit.strip_suffix('b').unwrap_or(&unit);
    let (unit, base) = unit.strip_suffix('i').map_or((unit, 1000), |unit| (unit, 1024_u64));
    let power = ["", "k", "m", "g", "t"].iter().position(|name| *name == unit).and_then(|power| u32::try_from(power).ok());
    let bytes = number.parse().ok().zip(power).and_then(|(number, power)| base.pow(power).checked_mul(number));
    bytes.ok_or_else(|| "not a size: give a number and a unit, as in 500MB or 2TB".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_understood_with_their_units() {
        for (text, bytes) in
            [("1500", 1500), ("500MB", 500_000_000), ("2 GiB", 2 << 30), ("1t", 1_000_000_000_000), ("1k", 1000), ("7b", 7)]
        {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "GB", "-1", "1.5GB", "5 apples", "99999999999T", "1ib x"] {
            assert!(size(text).is_err(), "{text}");
        }
    }
}
