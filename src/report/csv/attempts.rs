//! The rows of `exlog sessions` as CSV.

use std::io::{self, Write};

use crate::attempts::attempt::Attempt;
use crate::attempts::session_line::SessionLine;
use crate::report::csv::door::{Cell, Rows};
use crate::report::listing::Listing;

const ATTEMPT: [&str; 22] = [
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
];

const SESSION_LINE: [&str; 10] = ["time", "protocol", "role", "server", "session", "sequence", "command", "file", "line", "text"];

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

struct Written<'a, T> {
    rows: Rows<'a>,
    cells: fn(&T) -> Vec<Cell>,
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
    vec![
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
        Cell::text(&format!("{:016X}", attempt.session)),
        Cell::maybe_number(attempt.sequence),
        Cell::text(&attempt.location.file),
        Cell::number(attempt.location.line),
    ]
}

fn session_line(line: &SessionLine) -> Vec<Cell> {
    vec![
        Cell::moment(line.moment),
        Cell::text(line.protocol.name()),
        Cell::text(line.role.name()),
        Cell::maybe(line.server.as_deref()),
        Cell::text(&format!("{:016X}", line.session)),
        Cell::maybe_number(line.sequence),
        Cell::text(&line.command),
        Cell::text(&line.location.file),
        Cell::number(line.location.line),
        Cell::text(&line.text),
    ]
}
