//! The logs that are known, and up to where each was read.

use ring::digest::{SHA256, digest};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use crate::input::identity::Beginning;
use crate::protocol_log::header::Header;
use crate::protocol_log::place::Place;

/// A log that was read before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KnownLog {
    /// Its number in the store; 0 before it has one.
    pub(super) id: i64,
    /// Where it was seen last.
    pub(super) path: String,
    /// Whose it is, as was found out when it was read first.
    pub(super) server: Option<String>,
    pub(super) mark: Mark,
    /// The digest of the bytes before the place.
    pub(super) tail: Vec<u8>,
    /// Up to where it was read.
    pub(super) place: Place,
    pub(super) disk: OnDisk,
}

/// By what the beginning of a log is known again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// The digest of so many bytes at the beginning.
    pub(super) head: Vec<u8>,
    pub(super) head_length: usize,
    /// Whether there is a record among them: headers alone may be the same in many logs.
    pub(super) has_record: bool,
}

/// What a file was like on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OnDisk {
    pub(super) is_plain: bool,
    pub(super) length: u64,
    pub(super) modified: Option<i64>,
}

impl Mark {
    pub(super) fn of(head: &[u8]) -> Self {
        let whole_lines = head.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"));
        let has_record = whole_lines.into_iter().any(|line| line.first().is_some_and(u8::is_ascii_digit));
        Self { head: digest_of(head), head_length: head.len(), has_record }
    }

    /// Whether a text begins as this one did.
    pub(super) fn fits(&self, head: &[u8]) -> bool {
        head.get(..self.head_length).is_some_and(|beginning| self.head_length > 0 && digest_of(beginning) == self.head)
    }
}

impl OnDisk {
    pub(super) fn of(beginning: &Beginning) -> Self {
        Self { is_plain: beginning.is_plain, length: beginning.length, modified: beginning.modified }
    }
}

/// The digest by which bytes are compared with those of an earlier run.
pub(super) fn digest_of(bytes: &[u8]) -> Vec<u8> {
    digest(&SHA256, bytes).as_ref().to_vec()
}

/// All logs that are known; of several with one path the one that was begun last comes last.
pub(super) fn known(store: &Connection) -> rusqlite::Result<Vec<KnownLog>> {
    let mut statement = store.prepare(
        "SELECT id, path, server, head, head_length, has_record, tail, offset, bytes, lines, header, is_plain, length, modified
         FROM log ORDER BY id",
    )?;
    statement.query_map([], from_row)?.collect()
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<KnownLog> {
    let mut header = Header::default();
    for line in row.get::<_, String>("header")?.lines() {
        header.take(line.as_bytes());
    }
    Ok(KnownLog {
        id: row.get("id")?,
        path: row.get("path")?,
        server: row.get("server")?,
        mark: Mark { head: row.get("head")?, head_length: row.get("head_length")?, has_record: row.get("has_record")? },
        tail: row.get("tail")?,
        place: Place { offset: row.get("offset")?, bytes: row.get("bytes")?, lines: row.get("lines")?, header },
        disk: OnDisk { is_plain: row.get("is_plain")?, length: row.get("length")?, modified: row.get("modified")? },
    })
}

/// Keeps a log as it is now; a new one gets its number.
pub(super) fn save(store: &Connection, log: &KnownLog, run: i64) -> rusqlite::Result<i64> {
    store
        .prepare_cached(
            "INSERT INTO log (id, path, server, head, head_length, has_record, tail, offset, bytes, lines,
                 header, is_plain, length, modified, seen_in)
             VALUES (nullif(:id, 0), :path, :server, :head, :head_length, :has_record, :tail, :offset, :bytes, :lines, :header,
                 :is_plain, :length, :modified, :run)
             ON CONFLICT (id) DO UPDATE SET path = excluded.path, server = excluded.server, head = excluded.head,
                 head_length = excluded.head_length, has_record = excluded.has_record, tail = excluded.tail,
                 offset = excluded.offset, bytes = excluded.bytes, lines = excluded.lines, header = excluded.header, is_plain = excluded.is_plain, length = excluded.length,
                 modified = excluded.modified, seen_in = excluded.seen_in
             RETURNING id",
        )?
        .query_row(
            named_params! {
                ":id": log.id, ":path": log.path, ":server": log.server, ":head": log.mark.head,
                ":head_length": log.mark.head_length, ":has_record": log.mark.has_record, ":tail": log.tail,
                ":offset": log.place.offset, ":bytes": log.place.bytes, ":lines": log.place.lines,
                ":header": log.place.header.to_lines().join("\n"), ":is_plain": log.disk.is_plain, ":length": log.disk.length,
                ":modified": log.disk.modified, ":run": run,
            },
            |row| row.get(0),
        )
}

/// Notes that a log was there, unchanged.
pub(super) fn seen(store: &Connection, log: &KnownLog, run: i64) -> rusqlite::Result<()> {
    store.prepare_cached("UPDATE log SET seen_in = ?2, path = ?3 WHERE id = ?1")?.execute((log.id, run, &log.path)).map(drop)
}

/// The last run, if there was one.
pub(super) fn last_run(store: &Connection) -> rusqlite::Result<Option<i64>> {
    store.query_row("SELECT max(id) FROM run", [], |row| row.get(0)).optional().map(Option::flatten)
}
