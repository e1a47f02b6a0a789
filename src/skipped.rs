//! Unread input as data: which lines and files were left aside, why, and examples of them.
//!
//! Nothing is dropped silently: what is not read is counted here and shown in every output.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::location::Location;
use crate::merge::{Merge, merge_entry};
use crate::redaction::{Redact, Redactor};

/// Why a line of a protocol log could not be read as a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SkipReason {
    /// The line ends before the command column.
    TooFewColumns,
    /// The first column is no time stamp.
    BadTime,
    /// The session column is no hexadecimal number.
    BadSession,
    /// The command column is empty.
    NoCommand,
    /// The line holds NUL bytes: binary data, or what a crash left of a file.
    Binary,
    /// The line is longer than any record can be.
    TooLong,
    /// The file's last line has no line end and breaks off: it is still being written, or the copy was cut.
    Unfinished,
    /// The columns are those of Exchange 2007/2010 (`event`, `data`), which is another layout.
    OtherLayout,
}

impl SkipReason {
    /// Every reason, in the order of the documentation.
    pub const ALL: [Self; 8] = [
        Self::TooFewColumns,
        Self::BadTime,
        Self::BadSession,
        Self::NoCommand,
        Self::Binary,
        Self::TooLong,
        Self::Unfinished,
        Self::OtherLayout,
    ];

    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooFewColumns => "too_few_columns",
            Self::BadTime => "bad_time",
            Self::BadSession => "bad_session",
            Self::NoCommand => "no_command",
            Self::Binary => "binary",
            Self::TooLong => "too_long",
            Self::Unfinished => "unfinished",
            Self::OtherLayout => "other_layout",
        }
    }

    /// The reason in words, for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::TooFewColumns => "ends before the command column",
            Self::BadTime => "does not begin with a time stamp",
            Self::BadSession => "the session id is no hexadecimal number",
            Self::NoCommand => "the command column is empty",
            Self::Binary => "binary data instead of text",
            Self::TooLong => "longer than any record can be",
            Self::Unfinished => "the last line of its file breaks off (still being written, or a cut copy)",
            Self::OtherLayout => "the event/data layout of Exchange 2007/2010, which exlog does not read",
        }
    }
}

/// How many examples of each reason are kept.
pub const EXAMPLES_PER_REASON: usize = 3;

/// Skipped lines: counts by reason and the first examples of each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedLines {
    reasons: BTreeMap<SkipReason, Reason>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Reason {
    count: u64,
    examples: Vec<(Location, Arc<str>)>,
}

impl Merge for Reason {
    fn merge_with(&mut self, other: Self) {
        self.count += other.count;
        self.examples.extend(other.examples);
        self.examples.sort();
        self.examples.truncate(EXAMPLES_PER_REASON);
    }
}

impl SkippedLines {
    /// Counts one line; `example` is asked for only while examples are wanted.
    pub fn add(&mut self, reason: SkipReason, example: impl FnOnce() -> (Location, Arc<str>)) {
        let entry = self.reasons.entry(reason).or_default();
        entry.count += 1;
        if entry.examples.len() < EXAMPLES_PER_REASON {
            entry.examples.push(example());
        }
    }

    /// All lines that were skipped.
    pub fn total(&self) -> u64 {
        self.reasons.values().map(|reason| reason.count).sum()
    }

    /// The counts by reason, in the order of [`SkipReason`].
    pub fn by_reason(&self) -> impl Iterator<Item = (SkipReason, u64)> + '_ {
        self.reasons.iter().map(|(reason, entry)| (*reason, entry.count))
    }

    /// The kept examples: reason, where, and the line's beginning.
    pub fn examples(&self) -> impl Iterator<Item = (SkipReason, &Location, &str)> + '_ {
        self.reasons.iter().flat_map(|(reason, entry)| entry.examples.iter().map(|(at, text)| (*reason, at, text.as_ref())))
    }

    /// Adds `lines` to the line number of every example: a segment counts its lines from its own first one.
    pub fn shift_lines(&mut self, lines: u64) {
        for (location, _) in self.reasons.values_mut().flat_map(|reason| &mut reason.examples) {
            location.line += lines;
        }
    }
}

impl Merge for SkippedLines {
    fn merge_with(&mut self, other: Self) {
        for (reason, entry) in other.reasons {
            merge_entry(&mut self.reasons, reason, entry);
        }
    }
}

/// Of a line that could not be read nobody knows what it holds: its shape alone stays.
impl Redact for SkippedLines {
    fn redact(&mut self, redactor: &Redactor) {
        for (location, text) in self.reasons.values_mut().flat_map(|reason| &mut reason.examples) {
            location.redact(redactor);
            *text = redactor.unreadable_line(text).into();
        }
    }
}

/// Why a whole file was left aside or not read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FileFate {
    /// It could not be opened or read at all.
    Unreadable,
    /// It is no protocol log.
    Other,
    /// It is a protocol log that was read, but not to its end or not without trouble.
    Damaged,
}

impl FileFate {
    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Other => "other",
            Self::Damaged => "damaged",
        }
    }
}

/// A file that was left aside, with its reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileNote {
    /// The file, as it is shown to the user.
    pub file: Arc<str>,
    /// What became of it.
    pub fate: FileFate,
    /// Why, in words.
    pub reason: String,
}

impl Redact for FileNote {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { file, fate: _, reason } = self;
        file.redact(redactor);
        *reason = redactor.text(reason);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_the_first_ones_whatever_the_order_of_the_parts() {
        let part = |lines: &[u64]| {
            let mut skipped = SkippedLines::default();
            for line in lines {
                skipped.add(SkipReason::BadTime, || (Location::new("f", *line), Arc::from("x")));
            }
            skipped
        };
        let (mut ab, mut ba) = (part(&[5, 6, 7, 8]), part(&[1, 2]));
        ab.merge_with(part(&[1, 2]));
        ba.merge_with(part(&[5, 6, 7, 8]));
        assert_eq!(ab, ba);
        assert_eq!(ab.total(), 6);
        assert_eq!(ab.examples().map(|(_, at, _)| at.line).collect::<Vec<_>>(), [1, 2, 5]);
    }
}
