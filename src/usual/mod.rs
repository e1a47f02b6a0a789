//! What is usual, and what is not: the counts of a night against those of the nights before.
//!
//! Rows in, deviations out: nothing is read or kept here. `rows` says what is kept of a night.

use std::collections::BTreeMap;

use crate::clock::Zone;

pub mod deviation;
pub mod rows;

pub use deviation::{Deviation, Kind};
pub use rows::{AccountFailure, GroupDay, LatencyDay, Rows, Service, ServiceHour};

/// The rows of earlier nights: up to 90 days, or what retention left of them.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// All rows. An hour or a day that the last run cut has here what was read of it then.
    pub rows: Rows,
}

/// What was newly read: of one night, of several days, or of a part of an hour.
#[derive(Debug, Clone, Default)]
pub struct Night {
    /// The first and the last new record of each service (milliseconds since 1970 UTC), whatever the record is about.
    pub spans: BTreeMap<Service, (i64, i64)>,
    /// The rows of what is new, and of nothing else.
    pub rows: Rows,
    /// Where the clients live: what is a weekend, and which hour is which. Texts say times in UTC.
    pub zone: Zone,
}

/// What of this night is not as usual: the worst first, a cause once.
pub fn deviations(past: &Past, night: &Night) -> Vec<Deviation> {
    let _ = (past, night);
    Vec::new()
}

/// What cannot be judged yet, because too little is known of what is usual; sentences without a full stop.
pub fn not_yet(past: &Past, night: &Night) -> Vec<String> {
    let _ = (past, night);
    Vec::new()
}
