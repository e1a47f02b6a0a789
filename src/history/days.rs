//! The days of the history, one by one.

use std::collections::BTreeMap;

use rusqlite::{Connection, named_params};

use crate::clock::DAY;
use crate::diagnosis::finding::Severity;
use crate::night::day::Day;
use crate::protocol::Role;
use crate::summary::scope::NamePattern;

/// So many days without anything are shown one by one.
const LONGEST_GAP: i64 = 400;

/// What of the history is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// From this day on (days since 1970 UTC).
    pub from: i64,
    /// Only this server.
    pub server: Option<String>,
}

/// What is counted day by day beside all logins.
#[derive(Debug, Clone, Copy)]
pub enum Count<'a> {
    /// Failures with this error code.
    Error(&'a str),
    /// Failures of accounts that fit.
    Account(&'a NamePattern),
}

/// All days from the first that is known to the last, the earliest first.
pub(super) fn days(store: &Connection, asked: &Asked) -> rusqlite::Result<Vec<Day>> {
    let mut days: BTreeMap<i64, Day> = BTreeMap::new();
    let mut at = |day: i64, add: &dyn Fn(&mut Day)| add(days.entry(day).or_insert_with(|| Day { day, ..Day::default() }));
    let params = named_params! { ":role": Role::FrontEnd.name(), ":from": asked.from, ":server": asked.server };
    let mut statement = store.prepare(
        "SELECT hour / 24 AS day, sum(attempts), sum(failed), sum(own_failed), sum(probes), sum(probes_failed)
         FROM service_hour WHERE role = :role AND hour >= :from * 24 AND (:server IS NULL OR server = :server COLLATE NOCASE)
         GROUP BY hour / 24",
    )?;
    let mut rows = statement.query(params)?;
    while let Some(row) = rows.next()? {
        let counts: [u64; 5] = [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?];
        at(row.get(0)?, &|day| {
            let [attempts, failed, own_failed, probes, probes_failed] = counts;
            *day = Day { attempts: Some(attempts), failed, own_failed, probes, probes_failed, ..day.clone() };
        });
    }
    let mut statement = store.prepare(
        "SELECT day, max(p95_ms) FROM latency_day
         WHERE role = :role AND day >= :from AND (:server IS NULL OR server = :server COLLATE NOCASE) GROUP BY day",
    )?;
    let mut rows = statement.query(params)?;
    while let Some(row) = rows.next()? {
        let p95 = row.get(1)?;
        at(row.get(0)?, &|day| day.p95_ms = p95);
    }
    let mut statement = store.prepare(
        "SELECT severity, title, start, end FROM story
         WHERE end >= :from * :day AND (:server IS NULL OR ' ' || servers || ' ' LIKE '% ' || :server || ' %') ORDER BY start",
    )?;
    let mut rows = statement.query(named_params! { ":from": asked.from, ":day": DAY, ":server": asked.server })?;
    while let Some(row) = rows.next()? {
        let severity: String = row.get(0)?;
        let Some(severity) = Severity::from_name(&severity) else { continue };
        let (title, start, end): (String, i64, i64) = (row.get(1)?, row.get(2)?, row.get(3)?);
        for (_, day) in days.range_mut(start.div_euclid(DAY)..=end.div_euclid(DAY).max(start.div_euclid(DAY))) {
            day.findings.push((severity, title.clone()));
        }
    }
    let mut days: Vec<Day> = with_gaps(days);
    days.iter_mut().for_each(|day| day.findings.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1))));
    Ok(days)
}

/// The days with those between them of which nothing is known, unless they are so many that a clock was wrong.
fn with_gaps(days: BTreeMap<i64, Day>) -> Vec<Day> {
    let mut all: Vec<Day> = Vec::with_capacity(days.len());
    for (number, day) in days {
        let next = all.last().map_or(number, |last| last.day + 1);
        if number - next <= LONGEST_GAP {
            all.extend((next..number).map(|day| Day { day, ..Day::default() }));
        }
        all.push(day);
    }
    all
}

/// How often something was on each day on which it was, the earliest first.
pub(super) fn counts(store: &Connection, asked: &Asked, count: Count<'_>) -> rusqlite::Result<BTreeMap<i64, u64>> {
    let (table, column, number) = match count {
        Count::Error(_) => ("group_day", "error", "count"),
        Count::Account(_) => ("account_day", "account", "failed"),
    };
    let is_meant = |name: &str| match count {
        Count::Error(error) => name.eq_ignore_ascii_case(error),
        Count::Account(pattern) => pattern.matches_account(name),
    };
    let mut statement = store.prepare(&format!(
        "SELECT day, {column}, sum({number}) FROM {table} WHERE role = :role AND day >= :from
             AND (:server IS NULL OR server = :server COLLATE NOCASE) GROUP BY day, {column}"
    ))?;
    let mut counts = BTreeMap::new();
    let mut rows =
        statement.query(named_params! { ":role": Role::FrontEnd.name(), ":from": asked.from, ":server": asked.server })?;
    while let Some(row) = rows.next()? {
        let (name, number): (String, u64) = (row.get(1)?, row.get(2)?);
        if is_meant(&name) {
            *counts.entry(row.get(0)?).or_default() += number;
        }
    }
    Ok(counts)
}
