//! The stories in the store.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, params};

use crate::diagnosis::finding::Severity;
use crate::night::story::{Key, Known, State, Story};
use crate::protocol::Protocol;

/// All stories that are known.
pub(super) fn known(store: &Connection) -> rusqlite::Result<BTreeMap<Key, Known>> {
    let mut statement = store.prepare("SELECT * FROM story")?;
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
        severity: Severity::ALL.into_iter().find(|known| known.name() == severity).unwrap_or(Severity::Info),
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
        store
            .prepare_cached(
                "INSERT INTO story (finding, servers, subject, protocols, severity, confidence, title, summary, start, end,
                     is_ongoing, times, first_run, last_run, untold)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13, iif(?15, ?14, NULL))
                 ON CONFLICT (finding, servers, subject) DO UPDATE SET
                     protocols = iif(?14 = 'over', protocols, excluded.protocols), severity = excluded.severity,
                     confidence = iif(?14 = 'over', confidence, excluded.confidence), title = excluded.title,
                     summary = excluded.summary, start = excluded.start, end = max(end, excluded.end),
                     is_ongoing = excluded.is_ongoing, times = excluded.times, last_run = excluded.last_run,
                     untold = excluded.untold",
            )?
            .execute(params![
                id,
                servers,
                subject,
                protocols.join(" "),
                finding.severity.name(),
                finding.confidence.name(),
                finding.title,
                finding.summary,
                story.since,
                finding.end,
                finding.ongoing,
                story.times,
                run,
                story.state.name(),
                story.is_due(now)
            ])?;
    }
    Ok(())
}

/// Notes that all stories were told.
pub(super) fn tell(store: &Connection, now: i64) -> rusqlite::Result<()> {
    store.execute("UPDATE story SET untold = NULL, told_at = ? WHERE untold IS NOT NULL", [now]).map(drop)
}
