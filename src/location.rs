//! Where a fact stands: a file and a line in it.
//!
//! Every number that exlog prints can be followed back to a [`Location`]. This is not a cursor: it says nothing of bytes,
//! encodings or how the file was opened.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A physical line of a file, as an editor shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Location {
    /// The file's name as it is shown to the user (a path, or `-` for standard input).
    pub file: Arc<str>,
    /// The line's number, counted from 1; `0` where the whole file is meant.
    pub line: u64,
}

impl Location {
    /// A line of a file.
    pub fn new(file: impl Into<Arc<str>>, line: u64) -> Self {
        Self { file: file.into(), line }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => out.write_str(&self.file),
            line => write!(out, "{}:{line}", self.file),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_reads_like_a_compiler_message() {
        assert_eq!(Location::new("a b/IMAP4.LOG", 7).to_string(), "a b/IMAP4.LOG:7");
        assert_eq!(Location::new("-", 0).to_string(), "-");
    }
}
