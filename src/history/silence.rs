//! A night in which nothing at all was written: no log says so, only the clock does.

use rusqlite::{Connection, OptionalExtension, params};

use crate::clock::{DAY, Zone, for_people};
use crate::diagnosis::finding::Severity;
use crate::history::parts::service;
use crate::usual::{Deviation, Kind};

/// From so many milliseconds without a line on it is told: logs that are copied once a day are older than a day now and then.
const LONG: i64 = 36 * HOUR;

/// On so many of the seven days before there must have been logins: of what is rarely used nothing is expected.
const FEWEST_DAYS: i64 = 5;

/// The same while no week before is known: five days may be a week in which nobody works at its end.
const FEWEST_DAYS_OF_FIRST_WEEK: i64 = 6;

/// A week in milliseconds, and how many weeks before are asked whether the pause is usual.
const WEEK: i64 = 7 * DAY;
const WEEKS: i64 = 4;

/// An hour in milliseconds; by so much noon moves when clocks are changed.
const HOUR: i64 = 60 * 60 * 1000;

/// Says that nothing was written for long, in the first run after it became long.
pub(super) fn silence(store: &Connection, run: i64, now: i64) -> rusqlite::Result<Option<Deviation>> {
    let last: Option<i64> = store.query_row("SELECT max(last) FROM part WHERE last <= ?", [now], |row| row.get(0))?;
    let before: Option<i64> = store.query_row("SELECT max(started) FROM run WHERE id < ?", [run], |row| row.get(0))?;
    let (Some(last), Some(before)) = (last, before) else { return Ok(None) };
    if now - last < LONG || before - last >= LONG {
        return Ok(None);
    }
    let found = store
        .prepare(
            "SELECT server, protocol, role, sum(attempts) AS attempts, count(DISTINCT hour / 24) AS days FROM service_hour
             WHERE hour / 24 BETWEEN ?1 / 86400000 - 6 AND ?1 / 86400000 GROUP BY server, protocol, role ORDER BY attempts DESC LIMIT 1",
        )?
        .query_row(params![last], |row| Ok((service(row)?, row.get::<_, u64>("attempts")?, row.get::<_, i64>("days")?)))
        .optional()?;
    let weeks = weeks_before(store, last, now)?;
    if !weeks.is_empty() && weeks.iter().filter(|is_busy| **is_busy).count() * 2 <= weeks.len() {
        return Ok(None);
    }
    let fewest = if weeks.is_empty() { FEWEST_DAYS_OF_FIRST_WEEK } else { FEWEST_DAYS };
    Ok(found.filter(|(_, _, days)| *days >= fewest).map(|(service, attempts, days)| Deviation {
        kind: Kind::AttemptsFarBelow,
        severity: Severity::Medium,
        text: format!(
            "nothing was written to any log since {} UTC, for {} hours by the clock of this machine; on {days} of the seven days before there were logins",
            for_people(last, Zone::Utc),
            (now - last) / HOUR
        ),
        server: service.server,
        protocol: service.protocol,
        role: service.role,
        from: last,
        to: now,
        continues: false,
        now: 0,
        usual: Some(attempts / days.unsigned_abs().max(1)),
        also: Vec::new(),
    }))
}

/// Whether anybody logged in at the same time of the weeks before, for each that is known: who does not work at the end of the week
/// does not hear of it.
fn weeks_before(store: &Connection, last: i64, now: i64) -> rusqlite::Result<Vec<bool>> {
    let first: Option<i64> = store.query_row("SELECT min(hour) FROM service_hour", [], |row| row.get(0))?;
    let first = first.map_or(i64::MAX, |hour| hour * HOUR);
    let mut inside = store.prepare("SELECT EXISTS (SELECT * FROM service_hour WHERE attempts > 0 AND hour > ? AND hour < ?)")?;
    let weeks = (1..=WEEKS).map(|week| week * WEEK).take_while(|before| first <= last - before);
    // Whole hours within, and one less at either end.
    weeks.map(|before| inside.query_row([(last - before) / HOUR + 1, (now - before) / HOUR - 1], |row| row.get(0))).collect()
}
