//! Failure groups that were never there before, and such as had been gone for a while.
//!
//! Every night has a few odd failures, so that number and share decide whether one is told and how loudly. All new groups of one
//! error are one deviation: a back end that dies makes one for each front end, target and class of clients.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::diagnosis::finding::Severity;
use crate::text::{counted, thousands, truncated};
use crate::usual::calendar::{DAY, day_in_words, hour_of, in_words};
use crate::usual::deviation::{Deviation, Kind};
use crate::usual::history::History;
use crate::usual::rows::{GroupDay, Service};
use crate::usual::series::DAYS_NEEDED;
use crate::usual::words::{Told, lowered, place};
use crate::usual::{Night, Past};

/// A group is back if it was not there on so many days in a row: what fails every weekend has not been gone.
const GONE: i64 = 7;

/// Failures of the server's own are told from this number on, as information.
const TOLD: u64 = 3;
/// They are of weight from this number on, or from this share of the logins of their hours and so many on.
const OF_WEIGHT: (u64, f64, u64) = (10, 0.05, 5);
/// They are bad from this number on, or from this share and so many on.
const BAD: (u64, f64, u64) = (100, 0.1, 20);

/// Failures of accounts (typing errors, a disabled protocol) are told from this number on, as information, and are of weight from
/// this number and this share on.
const ACCOUNTS_TOLD: u64 = 20;
const ACCOUNTS_OF_WEIGHT: (u64, f64) = (100, 0.05);

/// A response stands for the error where there is none, up to so many columns of it.
const LONGEST: usize = 60;

/// What makes the rows of several days one group.
type Key<'a> = (&'a Service, &'a str, &'a str, Option<&'a str>, &'a str);

fn key(row: &GroupDay) -> Key<'_> {
    (&row.service, &row.error, &row.client_class, row.target.as_deref(), &row.response)
}

/// The failures of one group in the night.
#[derive(Debug)]
struct Group<'a> {
    row: &'a GroupDay,
    count: u64,
    first_seen: i64,
    last_seen: i64,
    /// The last day before, if there ever was any.
    before: Option<i64>,
    severity: Severity,
    /// How many logins there were in its hours.
    of: u64,
}

pub(super) fn deviations(past: &Past, night: &Night, history: &History) -> Vec<Told> {
    let mut last_days: BTreeMap<Key, i64> = BTreeMap::new();
    let mut errors: BTreeMap<(&Service, &str, &str), i64> = BTreeMap::new();
    for row in &past.rows.groups {
        let last = last_days.entry(key(row)).or_insert(row.day);
        *last = row.day.max(*last);
        let last = errors.entry((&row.service, error(row), &row.client_class)).or_insert(row.day);
        *last = row.day.max(*last);
    }
    // One story for each error, new or back: under the error, the groups.
    let mut stories: BTreeMap<(bool, &str), Vec<Group>> = BTreeMap::new();
    for (key, mut group) in tonight(night) {
        let Some(series) = history.services.get(key.0) else { continue };
        let (first, last) = (hour_of(group.first_seen), hour_of(group.last_seen));
        group.before = last_days.get(&key).copied();
        let was_gone = group.before.is_none_or(|before| first.div_euclid(DAY).saturating_sub(before) > GONE);
        if !was_gone || series.days_before(first) < DAYS_NEEDED {
            continue;
        }
        let is_of_probes = group.row.client_class == "health_mailbox";
        group.of = series.between(first, last, |hour| if is_of_probes { hour.probes } else { hour.by_clients() });
        let Some(severity) = severity(&group) else { continue };
        // Another response or target of an error that was there last week is less news.
        let error_last = errors.get(&(key.0, error(group.row), key.2)).copied();
        let is_known = error_last.is_some_and(|day| first.div_euclid(DAY).saturating_sub(day) <= GONE);
        group.severity = if is_known { lowered(severity) } else { severity };
        stories.entry((group.before.is_some(), error(group.row))).or_default().push(group);
    }
    stories.into_values().filter_map(|groups| story(groups, past)).collect()
}

fn tonight(night: &Night) -> BTreeMap<Key<'_>, Group<'_>> {
    let mut groups: BTreeMap<Key, Group> = BTreeMap::new();
    for row in &night.rows.groups {
        let group = groups.entry(key(row)).or_insert_with(|| Group {
            row,
            count: 0,
            first_seen: row.first_seen,
            last_seen: row.last_seen,
            before: None,
            severity: Severity::Info,
            of: 0,
        });
        group.count = group.count.saturating_add(row.count);
        group.first_seen = group.first_seen.min(row.first_seen);
        group.last_seen = group.last_seen.max(row.last_seen);
    }
    groups
}

/// The error code, or the response where there is none.
fn error(row: &GroupDay) -> &str {
    if row.error.is_empty() { &row.response } else { &row.error }
}

/// How bad a group is; `None` if there is nothing to tell.
fn severity(group: &Group) -> Option<Severity> {
    let (count, share) = (group.count, group.count as f64 / group.of.max(1) as f64);
    if !group.row.is_servers_own {
        let is_of_weight = count >= ACCOUNTS_OF_WEIGHT.0 && share >= ACCOUNTS_OF_WEIGHT.1;
        return (count >= ACCOUNTS_TOLD).then_some(if is_of_weight { Severity::Low } else { Severity::Info });
    }
    let reaches = |(alone, of_all, with): (u64, f64, u64)| count >= alone || (share >= of_all && count >= with);
    if reaches(BAD) {
        Some(Severity::Medium)
    } else if reaches(OF_WEIGHT) {
        Some(Severity::Low)
    } else {
        (count >= TOLD).then_some(Severity::Info)
    }
}

/// The groups of one error as one deviation, which speaks of the largest, on a front end if there is one.
fn story(mut groups: Vec<Group>, past: &Past) -> Option<Told> {
    groups.sort_by_key(|group| (Reverse(group.severity), group.row.service.role, Reverse(group.count), key(group.row)));
    let lead = groups.first()?;
    let service = &lead.row.service;
    let name = truncated(error(lead.row), LONGEST).into_owned();
    let target = lead.row.target.as_ref().map_or_else(String::new, |target| format!(" to {target}"));
    let more = match groups.len() {
        1 => String::new(),
        groups => format!("; and {} with this error", counted(groups as u64 - 1, "more group", "more groups")),
    };
    let (kind, news, history) = match lead.before {
        None => {
            let days: BTreeSet<i64> =
                past.rows.hours.iter().filter(|row| row.service == *service).map(|row| row.hour.div_euclid(DAY)).collect();
            (Kind::NewFailureGroup, "new", format!("never on the {} before", counted(days.len() as u64, "day", "days")))
        }
        Some(day) => {
            let gone = hour_of(lead.first_seen).div_euclid(DAY).saturating_sub(day).saturating_sub(1).unsigned_abs();
            let gone = format!("not since {}, {}", day_in_words(day), counted(gone, "day", "days"));
            (Kind::FailureGroupBack, "again", gone)
        }
    };
    let count = thousands(lead.count);
    let text = format!(
        "{}: {news} {name}{target} in {count} of {} from {}; {history}{more}",
        place(service),
        counted(lead.of.max(lead.count), "login", "logins"),
        in_words(lead.first_seen, lead.last_seen)
    );
    let deviation = Deviation {
        kind,
        severity: lead.severity,
        server: service.server.clone(),
        protocol: service.protocol,
        role: service.role,
        from: lead.first_seen,
        to: lead.last_seen,
        continues: false,
        text,
        now: lead.count,
        usual: None,
        also: Vec::new(),
    };
    Some(Told { deviation, brief: format!("{news} {name}{target} ({count} on {}{more})", place(service)) })
}
