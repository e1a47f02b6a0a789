//! The logs that are known, in the store.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use crate::protocol_log::header::Header;
use crate::protocol_log::place::Place;
use crate::recognition::known_log::{KnownLog, Mark, OnDisk, ReadTo};

/// All logs that are known; of several with one path the one that was begun last comes last.
pub(super) fn known(store: &Connection) -> rusqlite::Result<Vec<KnownLog>> {
    let mut statement = store.prepare("SELECT * FROM log ORDER BY id")?;
    statement.query_map([], from_row)?.collect()
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<KnownLog> {
    let former = match row.get::<_, Option<Vec<u8>>>("former_tail")? {
        Some(tail) => Some(ReadTo { place: place(row, "former_")?, tail }),
        None => None,
    };
    Ok(KnownLog {
        id: row.get("id")?,
        path: row.get("path")?,
        server: row.get("server")?,
        mark: Mark { head: row.get("head")? },
        read: ReadTo { place: place(row, "")?, tail: row.get("tail")? },
        former,
        disk: OnDisk { is_plain: row.get("is_plain")?, length: row.get("length")?, modified: row.get("modified")? },
    })
}

/// The place in the columns whose names begin so.
fn place(row: &Row<'_>, prefix: &str) -> rusqlite::Result<Place> {
    let number = |name: &str| row.get::<_, u64>(format!("{prefix}{name}").as_str());
    let mut header = Header::default();
    for line in row.get::<_, String>(format!("{prefix}header").as_str())?.lines() {
        header.take(line.as_bytes());
    }
    Ok(Place { offset: number("offset")?, bytes: number("bytes")?, lines: number("lines")?, header })
}

/// Keeps a log as it is now; a new one gets its number.
pub(super) fn save(store: &Connection, log: &KnownLog, run: i64) -> rusqlite::Result<i64> {
    let header = |read: &ReadTo| read.place.header.to_lines().join("\n");
    let former = log.former.as_ref();
    store
        .prepare_cached(
            "INSERT INTO log (id, path, server, head, tail, offset, bytes, lines, header, former_offset, former_bytes, former_lines,
                 former_header, former_tail, is_plain, length, modified, seen_in)
             VALUES (nullif(:id, 0), :path, :server, :head, :tail, :offset, :bytes, :lines, :header, :former_offset, :former_bytes,
                 :former_lines, :former_header, :former_tail, :is_plain, :length, :modified, :run)
             ON CONFLICT (id) DO UPDATE SET path = excluded.path, server = excluded.server, head = excluded.head,
                 tail = excluded.tail, offset = excluded.offset, bytes = excluded.bytes, lines = excluded.lines,
                 header = excluded.header, former_offset = excluded.former_offset, former_bytes = excluded.former_bytes,
                 former_lines = excluded.former_lines, former_header = excluded.former_header,
                 former_tail = excluded.former_tail, is_plain = excluded.is_plain, length = excluded.length,
                 modified = excluded.modified, seen_in = excluded.seen_in
             RETURNING id",
        )?
        .query_row(
            named_params! {
                ":id": log.id, ":path": log.path, ":server": log.server, ":head": log.mark.head, ":tail": log.read.tail,
                ":offset": log.read.place.offset, ":bytes": log.read.place.bytes, ":lines": log.read.place.lines,
                ":header": header(&log.read), ":former_offset": former.map(|read| read.place.offset),
                ":former_bytes": former.map(|read| read.place.bytes), ":former_lines": former.map(|read| read.place.lines),
                ":former_header": former.map(header), ":former_tail": former.map(|read| &read.tail),
                ":is_plain": log.disk.is_plain, ":length": log.disk.length, ":modified": log.disk.modified, ":run": run,
            },
            |row| row.get(0),
        )
}

/// Notes that a log was there, unchanged.
pub(super) fn seen(store: &Connection, log: &KnownLog, run: i64) -> rusqlite::Result<()> {
    store.prepare_cached("UPDATE log SET seen_in = ?2, path = ?3 WHERE id = ?1")?.execute((log.id, run, &log.path)).map(drop)
}

/// The first record of the last run that read any.
pub(super) fn last_first(store: &Connection) -> rusqlite::Result<Option<i64>> {
    store.query_row("SELECT first FROM run WHERE first IS NOT NULL ORDER BY id DESC LIMIT 1", [], |row| row.get(0)).optional()
}

/// The last run, if there was one.
pub(super) fn last_run(store: &Connection) -> rusqlite::Result<Option<i64>> {
    store.query_row("SELECT max(id) FROM run", [], |row| row.get(0)).optional().map(Option::flatten)
}
