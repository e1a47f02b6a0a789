//! One day of the history, as lists of days show it.

use crate::clock::{DAY, Zone, for_people};
use crate::diagnosis::finding::Severity;

/// The front-end logins of a day, and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Day {
    /// Days since 1970 UTC.
    pub day: i64,
    /// Login attempts; `None` if nothing was read of the day.
    pub attempts: Option<u64>,
    /// Those that failed.
    pub failed: u64,
    /// Those of the failed for which the server and not the account is to blame.
    pub own_failed: u64,
    /// Attempts of Exchange's own probes.
    pub probes: u64,
    /// Those of the probes that failed.
    pub probes_failed: u64,
    /// 95 of 100 logins took at most so many milliseconds, on the slowest server; `None` if there were none.
    pub p95_ms: Option<u64>,
    /// The findings that were so on the day, the worst first, with their titles.
    pub findings: Vec<(Severity, String)>,
}

impl Day {
    /// The date, `2026-03-12`.
    pub fn date(&self) -> String {
        date(self.day)
    }
}

/// A day (counted since 1970 UTC) as its date.
pub fn date(day: i64) -> String {
    for_people(day * DAY, Zone::Utc).get(..10).unwrap_or_default().to_owned()
}
