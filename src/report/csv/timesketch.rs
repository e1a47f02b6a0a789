//! CSV as the importer of Timesketch asks for it: `message`, `timestamp` (microseconds since 1970), `datetime` (with its distance from
//! UTC), `timestamp_desc`, and further columns behind them.
//!
//! It has no byte order mark, which the importer would take for a part of the first name. Numbers of sessions begin with `0x`: it
//! takes `00000000000000E2` for a number, and that one is zero.

use std::io::{self, Write};

use crate::attempts::attempt::Attempt;
use crate::attempts::session_line::SessionLine;
use crate::case::Case;
use crate::diagnosis::finding::Finding;
use crate::report::csv::attempts::{ATTEMPT, SESSION_LINE, Written, attempt_cells, session_line_cells};
use crate::report::csv::door::{Cell, Rows};
use crate::report::listing::Listing;
use crate::report::moments::{self, Moment, attempt_in_words};

/// What the importer asks for.
const ASKED: [&str; 4] = ["message", "timestamp", "datetime", "timestamp_desc"];

const MOMENT: [&str; 9] = ["kind", "id", "severity", "error", "protocol", "server", "end", "file", "line"];

/// Writes an analysis: its time line with the beginnings of its groups, outages and findings.
///
/// # Errors
/// What `out` says.
pub fn write(case: &Case, findings: &[Finding], out: &mut dyn Write) -> io::Result<()> {
    let mut rows = Rows::new(&header(&MOMENT), false, out)?;
    moments::of_case(case, findings).iter().try_for_each(|moment| rows.row(&of_moment(moment)))?;
    rows.flush()
}

/// Login attempts below their header.
///
/// # Errors
/// What `out` says.
pub fn attempts(out: &mut dyn Write) -> io::Result<impl Listing<Attempt>> {
    // Its first column is the moment, which is there already.
    let further = ATTEMPT.get(1..).unwrap_or_default();
    Ok(Written { rows: Rows::new(&header(further), false, out)?, cells: of_attempt })
}

/// The lines of a session below their header.
///
/// # Errors
/// What `out` says.
pub fn session_lines(out: &mut dyn Write) -> io::Result<impl Listing<SessionLine>> {
    // The last one is the line, which is the message.
    let further = SESSION_LINE.get(1..SESSION_LINE.len() - 1).unwrap_or_default();
    Ok(Written { rows: Rows::new(&header(further), false, out)?, cells: of_line })
}

fn header(further: &[&'static str]) -> Vec<&'static str> {
    ASKED.iter().chain(further).copied().collect()
}

fn asked(at: i64, what: &str, message: &str) -> [Cell; 4] {
    [Cell::text(message), Cell::number(i128::from(at) * 1000), Cell::moment_with_offset(at), Cell::text(what)]
}

fn session(number: u64) -> Cell {
    Cell::text(&format!("0x{number:016X}"))
}

fn of_attempt(attempt: &Attempt) -> Vec<Cell> {
    let asked = asked(attempt.moment, moments::ATTEMPT, &attempt_in_words(attempt));
    asked.into_iter().chain(attempt_cells(attempt, session).into_iter().skip(1)).collect()
}

fn of_line(line: &SessionLine) -> Vec<Cell> {
    let mut cells = session_line_cells(line, session);
    // The line itself is the message.
    cells.pop();
    asked(line.moment, moments::LINE, &line.text).into_iter().chain(cells.into_iter().skip(1)).collect()
}

fn of_moment(moment: &Moment<'_>) -> Vec<Cell> {
    let further = [
        Cell::text(moment.kind),
        Cell::maybe(moment.id),
        Cell::maybe(moment.severity),
        Cell::maybe(moment.error),
        Cell::maybe(moment.protocol.map(|protocol| protocol.name())),
        Cell::maybe(moment.server),
        moment.end.map_or_else(Cell::empty, Cell::moment_with_offset),
        Cell::maybe(moment.location.map(|location| location.file.as_ref())),
        Cell::maybe_number(moment.location.map(|location| location.line)),
    ];
    asked(moment.at, moment.what, &moment.message).into_iter().chain(further).collect()
}
