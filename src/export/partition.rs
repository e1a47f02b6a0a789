//! The folders of a dataset: `day=2026-03-12/server=EX01`, as Hive names them.
//!
//! Servers are called what strangers wrote. Each name becomes one part of a path below the folder of its day: what separates parts,
//! ends a name on Windows, or means something in Hive's form stands as `%` and two hexadecimal digits, which Hive, Spark and DuckDB
//! undo. The name before `=` keeps it from being `..`, or a device of Windows.

use std::path::PathBuf;
use std::sync::Arc;

use crate::clock::{DAY, rfc3339};

/// What Hive calls the partition of rows that have no value.
const NOBODY: &str = "__HIVE_DEFAULT_PARTITION__";

/// So many bytes of an encoded name are kept: file systems take 255 for a part of a path. The column `server_name` has it whole.
const LONGEST: usize = 200;

/// Which rows lie together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Partition {
    /// Days since 1970, UTC.
    day: i64,
    server: Option<Arc<str>>,
    /// They came behind later ones, so that they are not in the order of time.
    pub(super) is_late: bool,
}

impl Partition {
    /// Where a row belongs that comes in its order.
    pub(super) fn of(moment: i64, server: Option<&Arc<str>>) -> Self {
        Self { day: moment.div_euclid(DAY), server: server.cloned(), is_late: false }
    }

    /// The folder, below that of the dataset.
    pub(super) fn folder(&self) -> PathBuf {
        let moment = rfc3339(self.day.saturating_mul(DAY));
        let (day, _) = moment.split_once('T').unwrap_or((NOBODY, ""));
        let server = self.server.as_deref().filter(|name| !name.is_empty()).map_or(NOBODY.to_owned(), encoded);
        [format!("day={day}"), format!("server={server}")].iter().collect()
    }
}

/// A value as it stands in the name of a folder.
fn encoded(value: &str) -> String {
    let mut name = String::with_capacity(value.len());
    let last = value.chars().count().saturating_sub(1);
    for (place, c) in value.chars().enumerate() {
        let is_trimmed = place == last && matches!(c, '.' | ' ');
        let length = if is_special(c) || is_trimmed { 3 } else { c.len_utf8() };
        if name.len() + length > LONGEST {
            break;
        }
        match u8::try_from(c) {
            Ok(byte) if length == 3 => name.push_str(&format!("%{byte:02X}")),
            _ => name.push(c),
        }
    }
    // Cut short, it may end in what Windows drops.
    name.truncate(name.trim_end_matches(['.', ' ']).len());
    name
}

/// What Hive and Spark escape, and what no name of a file on Windows may hold.
fn is_special(c: char) -> bool {
    c.is_ascii_control() || "\"#%'*/:=?\\{[]^<>|".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(server: Option<&str>) -> String {
        let server: Option<Arc<str>> = server.map(Into::into);
        let folder = Partition::of(1_773_300_600_000, server.as_ref()).folder();
        folder.iter().map(|part| part.to_str().unwrap()).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn every_name_is_one_part_of_a_path() {
        for (server, name) in [
            (Some("EX01"), "EX01"),
            (Some("ex01.contoso.com"), "ex01.contoso.com"),
            (Some("fe80::1"), "fe80%3A%3A1"),
            (Some(".."), ".%2E"),
            (Some("../../etc"), "..%2F..%2Fetc"),
            (Some(r"..\..\windows"), r"..%5C..%5Cwindows"),
            (Some("be\0fore\n\u{7f}"), "be%00fore%0A%7F"),
            (Some("CON"), "CON"),
            (Some("ends. "), "ends.%20"),
            (Some("ends."), "ends%2E"),
            (Some("a=b%2F"), "a%3Db%252F"),
            (Some("Zürich 漢字"), "Zürich 漢字"),
            (Some(""), NOBODY),
            (None, NOBODY),
        ] {
            assert_eq!(folder(server), format!("day=2026-03-12|server={name}"), "{server:?}");
        }
    }

    #[test]
    fn no_name_is_too_long_or_cut_inside_of_a_character() {
        for (long, kept) in [("a".repeat(999), 200), ("漢".repeat(999), 198), ("/".repeat(999), 198), (".".repeat(999), 0)] {
            assert_eq!(encoded(&long).len(), kept);
        }
    }

    #[test]
    fn days_are_those_of_utc() {
        for (moment, day) in
            [(0, "1970-01-01"), (-1, "1969-12-31"), (951_782_400_000, "2000-02-29"), (951_868_799_999, "2000-02-29")]
        {
            let folder = Partition::of(moment, None).folder();
            assert!(folder.starts_with(format!("day={day}")), "{}", folder.display());
        }
    }
}
