//! What is usual, and what is not: the counts of a night against those of the nights before.
//!
//! Rows in, deviations out: nothing is read or kept here. `rows` says what is kept of a night.

use std::collections::{BTreeMap, BTreeSet};

use crate::clock::Zone;
use crate::text::counted;

mod accounts;
mod baseline;
mod calendar;
pub mod deviation;
mod failures;
mod groups;
mod history;
mod latency;
mod probes;
mod rates;
mod redacted;
pub mod rows;
mod series;
mod silent;
mod story;
mod stretch;
mod words;

pub use deviation::{Deviation, Kind};
pub use rows::{AccountFailure, GroupDay, LatencyDay, Rows, Service, ServiceHour};

use history::History;
use series::DAYS_NEEDED;
use stretch::Watched;

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

/// What of this night is not as usual: the worst first, a cause once. A first night has nothing to be held against.
pub fn deviations(past: &Past, night: &Night) -> Vec<Deviation> {
    if past.rows.hours.is_empty() {
        return Vec::new();
    }
    let history = History::new(past, night);
    let mut told = Vec::new();
    for (service, series) in &history.services {
        let Some(watched) = Watched::new(service, series, &history) else { continue };
        told.extend(rates::deviations(&watched, &history, night.zone));
        told.extend(failures::deviations(&watched, &night.rows.accounts));
        told.extend(probes::deviations(&watched));
    }
    told.extend(silent::deviations(past, night, &history));
    told.extend(groups::deviations(past, night, &history));
    told.extend(accounts::deviations(past, night));
    told.extend(latency::deviations(past, night));
    story::told_once(told)
}

/// What cannot be judged yet, because too little is known of what is usual; sentences without a full stop.
pub fn not_yet(past: &Past, night: &Night) -> Vec<String> {
    let mut days: BTreeMap<&Service, BTreeSet<i64>> = BTreeMap::new();
    for row in &past.rows.hours {
        days.entry(&row.service).or_default().insert(row.hour.div_euclid(calendar::DAY));
    }
    let all: BTreeSet<i64> = days.values().flatten().copied().collect();
    let needed = DAYS_NEEDED;
    if all.is_empty() {
        return vec!["no history yet: this is the first night; what comes is compared with it".to_owned()];
    }
    let known = counted(all.len() as u64, "day is known", "days are known");
    if all.len() < needed {
        return vec![format!(
            "nothing is compared yet: {known}; rates, failures, probes and latency are compared after {needed} days"
        )];
    }
    let mut notes = Vec::new();
    if all.len() < accounts::DAYS_NEEDED {
        let needed = accounts::DAYS_NEEDED;
        notes.push(format!("accounts that fail for the first time are told after {needed} days; {known}"));
    }
    let young = |service: &&Service| days.get(*service).map_or(0, BTreeSet::len) < needed;
    let young: Vec<String> = night.spans.keys().filter(young).map(words::place).collect();
    if !young.is_empty() {
        notes.push(format!("not compared before {needed} days of it are known: {}", young.join(", ")));
    }
    notes
}
