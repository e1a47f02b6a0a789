//! The days of the history, one by one.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::diagnosis::finding::Severity;
use crate::history::parts::DAY;
use crate::night::day::Day;
use crate::protocol::Role;

/// All days from one on, the earliest first. Days without logins and findings are not there.
pub(super) fn days(store: &Connection, from: i64) -> rusqlite::Result<Vec<Day>> {
    let mut days: BTreeMap<i64, Day> = BTreeMap::new();
    let mut statement = store.prepare(
        "SELECT hour / 24 AS day, sum(attempts), sum(failed), sum(own_failed), sum(probes_failed)
         FROM service_hour WHERE role = ?1 AND hour >= ?2 * 24 GROUP BY hour / 24",
    )?;
    let mut rows = statement.query((Role::FrontEnd.name(), from))?;
    while let Some(row) = rows.next()? {
        let day = row.get(0)?;
        let (attempts, failed, own_failed, probes_failed) = (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?);
        days.insert(day, Day { day, attempts, failed, own_failed, probes_failed, ..Day::default() });
    }
    let mut statement = store.prepare("SELECT day, max(p95_ms) FROM latency_day WHERE role = ?1 AND day >= ?2 GROUP BY day")?;
    let mut rows = statement.query((Role::FrontEnd.name(), from))?;
    while let Some(row) = rows.next()? {
        let day: i64 = row.get(0)?;
        days.entry(day).or_insert_with(|| Day { day, ..Day::default() }).p95_ms = row.get(1)?;
    }
    let mut statement = store.prepare("SELECT severity, title, start, end FROM story WHERE end >= ?1 * ?2 ORDER BY start")?;
    let mut rows = statement.query((from, DAY))?;
    while let Some(row) = rows.next()? {
        let severity: String = row.get(0)?;
        let Some(severity) = Severity::ALL.into_iter().find(|known| known.name() == severity) else { continue };
        let (title, start, end): (String, i64, i64) = (row.get(1)?, row.get(2)?, row.get(3)?);
        for (_, day) in days.range_mut(start.div_euclid(DAY)..=end.div_euclid(DAY)) {
            day.findings.push((severity, title.clone()));
        }
    }
    days.values_mut().for_each(|day| day.findings.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1))));
    Ok(days.into_values().collect())
}
