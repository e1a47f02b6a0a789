//! Outages over all nights: one that is met again in a later night is the same, and may have become longer.

use rusqlite::{Connection, OptionalExtension, params};

use crate::case::outage::Outage;

/// Keeps the outages that a run saw.
pub(super) fn keep(store: &Connection, outages: &[Outage], run: i64) -> rusqlite::Result<()> {
    for outage in outages {
        let server = outage.server.as_deref();
        let protocol = outage.protocol.name();
        // Of one that began before what the run looked at, only the end is seen: what is known of its beginning stays.
        let known: Option<(i64, i64)> = store
            .prepare_cached(
                "SELECT id, start FROM outage WHERE server IS ?1 AND protocol = ?2 AND start <= ?4 AND end >= ?3
                 ORDER BY start LIMIT 1",
            )?
            .query_row(params![server, protocol, outage.start, outage.end], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match known {
            Some((id, start)) if start < outage.start => store
                .prepare_cached("UPDATE outage SET end = ?2, recovered_at = ?3, last_run = ?4 WHERE id = ?1")?
                .execute(params![id, outage.end, outage.recovered_at, run])?,
            Some((id, _)) => store
                .prepare_cached(
                    "UPDATE outage SET start = ?2, end = ?3, recovered_at = ?4, attempts = ?5, failed = ?6, probes_failed = ?7,
                         users = ?8, targets = ?9, last_run = ?10 WHERE id = ?1",
                )?
                .execute(params![
                    id,
                    outage.start,
                    outage.end,
                    outage.recovered_at,
                    outage.attempts,
                    outage.failed,
                    outage.health_mailbox_failed,
                    outage.users_affected.0,
                    outage.targets.join(" "),
                    run
                ])?,
            None => store
                .prepare_cached(
                    "INSERT INTO outage (server, protocol, start, end, recovered_at, attempts, failed, probes_failed, users,
                         targets, first_run, last_run) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?11, ?11)",
                )?
                .execute(params![
                    server,
                    protocol,
                    outage.start,
                    outage.end,
                    outage.recovered_at,
                    outage.attempts,
                    outage.failed,
                    outage.health_mailbox_failed,
                    outage.users_affected.0,
                    outage.targets.join(" "),
                    run
                ])?,
        };
    }
    Ok(())
}
