//! The rows of `exlog sessions` as CSV.

use std::io::{self, Write};

use crate::attempts::attempt::Attempt;
use crate::attempts::other_half::OtherHalf;
use crate::attempts::session_line::SessionLine;
use crate::report::csv::door::{Cell, Rows};
use crate::report::listing::Listing;

pub(super) const ATTEMPT: [&str; 32] = [
    "time",
    "protocol",
    "role",
    "server",
    "outcome",
    "error",
    "error_class",
    "user",
    "client_class",
    "client_address",
    "client_port",
    "server_address",
    "server_port",
    "target",
    "mechanism",
    "command",
    "response",
    "duration_ms",
    "session",
    "sequence",
    "file",
    "line",
    "other_half",
    "other_score",
    "other_candidates",
    "other_server",
    "other_outcome",
    "other_error",
    "other_client_address",
    "other_session",
    "other_file",
    "other_line",
];

pub(super) const SESSION_LINE: [&str; 10] =
    ["time", "protocol", "role", "server", "session", "sequence", "command", "file", "line", "text"];

/// Login attempts below their header, with a byte order mark before it if asked.
///
/// # Errors
/// What `out` says.
pub fn attempts<'a>(has_mark: bool, out: &'a mut dyn Write) -> io::Result<impl Listing<Attempt> + 'a> {
    Ok(Written { rows: Rows::new(&ATTEMPT, has_mark, out)?, cells: attempt })
}

/// The lines of a session below their header, with a byte order mark before it if asked.
///
/// # Errors
/// What `out` says.
pub fn session_lines<'a>(has_mark: bool, out: &'a mut dyn Write) -> io::Result<impl Listing<SessionLine> + 'a> {
    Ok(Written { rows: Rows::new(&SESSION_LINE, has_mark, out)?, cells: session_line })
}

pub(super) struct Written<'a, T> {
    pub(super) rows: Rows<'a>,
    pub(super) cells: fn(&T) -> Vec<Cell>,
}

impl<T> Listing<T> for Written<'_, T> {
    fn add(&mut self, row: &T) -> io::Result<()> {
        self.rows.row(&(self.cells)(row))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.rows.flush()
    }
}

fn attempt(attempt: &Attempt) -> Vec<Cell> {
    attempt_cells(attempt, session)
}

fn session(number: u64) -> Cell {
    Cell::text(&format!("{number:016X}"))
}

/// The cells of an attempt, with the numbers of sessions as `session` writes them.
pub(super) fn attempt_cells(attempt: &Attempt, session: fn(u64) -> Cell) -> Vec<Cell> {
    let mut cells = vec![
        Cell::moment(attempt.moment),
        Cell::text(attempt.protocol.name()),
        Cell::text(attempt.role.name()),
        Cell::maybe(attempt.server.as_deref()),
        Cell::text(attempt.outcome.name()),
        Cell::text(&attempt.error),
        Cell::maybe(attempt.error_class.map(|class| class.name())),
        Cell::text(&attempt.user),
        Cell::text(attempt.client_class.name()),
        Cell::text(&attempt.client.address),
        Cell::maybe_number(attempt.client.port),
        Cell::text(&attempt.listener.address),
        Cell::maybe_number(attempt.listener.port),
        Cell::maybe(attempt.target.as_deref()),
        Cell::text(attempt.mechanism.name()),
        Cell::text(&attempt.command),
        Cell::text(&attempt.response),
        Cell::maybe_number(attempt.duration),
        session(attempt.session),
        Cell::maybe_number(attempt.sequence),
        Cell::text(&attempt.location.file),
        Cell::number(attempt.location.line),
    ];
    cells.extend(other_half(attempt.other_half.as_ref(), session));
    cells
}

fn other_half(other: Option<&OtherHalf>, session: fn(u64) -> Cell) -> [Cell; 10] {
    let half = other.and_then(OtherHalf::half);
    let location = half.and_then(|half| half.location.as_ref());
    [
        Cell::maybe(other.map(OtherHalf::name)),
        Cell::maybe_number(other.and_then(OtherHalf::score)),
        Cell::maybe_number(other.and_then(OtherHalf::candidates)),
        Cell::maybe(half.and_then(|half| half.server.as_deref())),
        Cell::maybe(half.and_then(|half| half.outcome).map(|outcome| outcome.name())),
        Cell::maybe(half.and_then(|half| half.error.as_deref())),
        Cell::maybe(half.and_then(|half| half.client.as_deref())),
        half.and_then(|half| half.session).map_or_else(Cell::empty, session),
        Cell::maybe(location.map(|location| location.file.as_ref())),
        Cell::maybe_number(location.map(|location| location.line)),
    ]
}

fn session_line(line: &SessionLine) -> Vec<Cell> {
    session_line_cells(line, session)
}

/// The cells of a line of a session, with its number as `session` writes it.
pub(super) fn session_line_cells(line: &SessionLine, session: fn(u64) -> Cell) -> Vec<Cell> {
    vec![
        Cell::moment(line.moment),
        Cell::text(line.protocol.name()),
        Cell::text(line.role.name()),
        Cell::maybe(line.server.as_deref()),
        session(line.session),
        Cell::maybe_number(line.sequence),
        Cell::text(&line.command),
        Cell::text(&line.location.file),
        Cell::number(line.location.line),
        Cell::text(&line.text),
    ]
}
