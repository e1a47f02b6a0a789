//! A night in which nothing at all was written: no log says so, only the clock does.

use rusqlite::{Connection, OptionalExtension, params};

use crate::clock::{Zone, for_people};
use crate::diagnosis::finding::Severity;
use crate::history::parts::service;
use crate::usual::{Deviation, Kind};

/// From so many milliseconds without a line on it is told: logs that are copied once a day are older than a day now and then.
const LONG: i64 = 36 * 60 * 60 * 1000;

/// On so many of the seven days before there must have been logins: of what is rarely used nothing is expected.
const FEWEST_DAYS: i64 = 5;

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
    Ok(found.filter(|(_, _, days)| *days >= FEWEST_DAYS).map(|(service, attempts, days)| Deviation {
        kind: Kind::AttemptsFarBelow,
        severity: Severity::Medium,
        text: format!(
            "nothing was written to any log since {} UTC, for {} hours by the clock of this machine; on {days} of the seven days before there were logins",
            for_people(last, Zone::Utc),
            (now - last) / 3_600_000
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
