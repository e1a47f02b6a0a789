//! The stories in the store.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::diagnosis::finding::Severity;
use crate::night::story::{Key, Known, State, Story};
use crate::protocol::Protocol;

/// All stories that are known; of what came several times the last one.
pub(super) fn known(store: &Connection) -> rusqlite::Result<BTreeMap<Key, Known>> {
    let mut statement = store.prepare("SELECT * FROM story ORDER BY id")?;
    statement.query_map([], |row| Ok((key_of(row)?, from_row(row)?)))?.collect()
}

fn key_of(row: &Row<'_>) -> rusqlite::Result<Key> {
    Ok(Key { finding: row.get("finding")?, servers: row.get("servers")?, subject: row.get("subject")? })
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Known> {
    let (severity, protocols): (String, String) = (row.get("severity")?, row.get("protocols")?);
    Ok(Known {
        protocols: Protocol::ALL.into_iter().filter(|known| protocols.split(' ').any(|name| name == known.name())).collect(),
        title: row.get("title")?,
        summary: row.get("summary")?,
        severity: Severity::from_name(&severity).unwrap_or(Severity::Info),
        start: row.get("start")?,
        end: row.get("end")?,
        is_ongoing: row.get("is_ongoing")?,
        times: row.get("times")?,
        told_at: row.get("told_at")?,
        untold: row.get::<_, Option<String>>("untold")?.as_deref().and_then(State::from_name),
    })
}

/// Keeps the stories of a run. Those that are due are to be told until [`tell`] says that they were.
pub(super) fn keep(store: &Connection, stories: &[Story], run: i64, now: i64) -> rusqlite::Result<()> {
    for story in stories {
        let Key { finding: id, servers, subject } = Key::of(&story.finding);
        let finding = &story.finding;
        let protocols: Vec<&str> = finding.protocols.iter().map(|protocol| protocol.name()).collect();
        let latest: Option<(i64, u64)> = store
            .prepare_cached(
                "SELECT id, times FROM story WHERE finding = ? AND servers = ? AND subject = ? ORDER BY id DESC LIMIT 1",
            )?
            .query_row(params![id, servers, subject], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let row = match latest.filter(|(_, times)| *times == story.times) {
            Some((row, _)) => row,
            None => {
                store
                    .prepare_cached(
                        "INSERT INTO story (finding, servers, subject, protocols, severity, confidence, title, summary, start, end,
                             is_ongoing, times, first_run, last_run) VALUES (?, ?, ?, '', '', '', '', '', 0, 0, 0, 0, ?4, ?4)",
                    )?
                    .execute(params![id, servers, subject, run])?;
                store.last_insert_rowid()
            }
        };
        store
            .prepare_cached(
                "UPDATE story SET protocols = ?2, severity = ?3, confidence = iif(?11 OR confidence = '', ?4, confidence), title = ?5,
                     summary = ?6, start = ?7, end = max(end, ?8), is_ongoing = ?9, times = ?10, last_run = ?12, untold = ?13
                 WHERE id = ?1",
            )?
            .execute(params![
                row,
                protocols.join(" "),
                finding.severity.name(),
                finding.confidence.name(),
                finding.title,
                finding.summary,
                story.since,
                finding.end,
                finding.ongoing,
                story.times,
                story.is_of_night,
                run,
                story.is_due(now).then(|| story.state.name())
            ])?;
    }
    Ok(())
}

/// Notes that all stories were told.
pub(super) fn tell(store: &Connection, now: i64) -> rusqlite::Result<()> {
    store.execute("UPDATE story SET untold = NULL, told_at = ? WHERE untold IS NOT NULL", [now]).map(drop)
}
