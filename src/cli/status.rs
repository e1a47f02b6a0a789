//! The exit status, as scripts rely on it.

use std::process::ExitCode;

/// What the program ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// The job was done.
    Done = 0,
    /// The job was done, and there are findings at or above `--fail-on`.
    Found = 1,
    /// Wrong usage, or the job could not be done; with `--strict` also skipped lines and unreadable files.
    Wrong = 2,
    /// No readable input among the paths.
    NoInput = 3,
}

/// The text of `--help` about it.
pub(super) const HELP: &str = "\
Exit status:
  0  the job was done
  1  the job was done, and there are findings at or above --fail-on
  2  wrong usage, or the job could not be done; with --strict also skipped lines or unreadable files
  3  no readable protocol log among the paths";

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}
