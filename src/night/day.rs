//! One day of the history, as lists of days show it.

use crate::diagnosis::finding::Severity;

/// The front-end logins of a day on all servers, and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Day {
    /// Days since 1970 UTC.
    pub day: i64,
    /// Login attempts.
    pub attempts: u64,
    /// Those that failed.
    pub failed: u64,
    /// Those of the failed for which the server and not the account is to blame.
    pub own_failed: u64,
    /// The failed attempts that were probes of Exchange itself.
    pub probes_failed: u64,
    /// 95 of 100 logins took at most so many milliseconds, on the slowest server; `None` if there were none.
    pub p95_ms: Option<u64>,
    /// The findings that were so on the day, the worst first, with their titles.
    pub findings: Vec<(Severity, String)>,
}
