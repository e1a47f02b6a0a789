//! What is new, gone, worse or better than in other logs, and the services of both sides beside each other.

use std::io::{self, Write};

use crate::comparison::{Change, Comparison, Direction, Kind, Matched, Row, Totals};
use crate::protocol::Role;
use crate::report::terminal::table::Table;
use crate::report::terminal::{Look, Tone};
use crate::text::{TerminalText, thousands, truncated, wrapped};

/// So many changes and services are shown.
const USUAL: (usize, usize) = (12, 12);

pub(super) fn write(comparison: &Comparison, look: Look, out: &mut dyn Write) -> io::Result<()> {
    look.title("Compared with other logs", out)?;
    let tone = if comparison.changes.iter().any(|change| change.direction.is_bad()) { Tone::Bad } else { Tone::Plain };
    for line in wrapped(&format!("  {}", comparison.sentence()), 2, look.width) {
        writeln!(out, "{}", look.paint(tone, &line))?;
    }
    for (name, side) in [("these", &comparison.this), ("others", &comparison.other)] {
        let line = TerminalText::new(&side.in_words(look.zone)).as_str().to_owned();
        for line in wrapped(&format!("  {name}: {line}"), 10, look.width) {
            writeln!(out, "{}", look.paint(Tone::Faint, &line))?;
        }
    }
    for line in wrapped(&format!("  {}", comparison.notes()), 2, look.width) {
        writeln!(out, "{}", look.paint(Tone::Faint, &line))?;
    }
    write_changes(&comparison.changes, look, out)?;
    write_rows(comparison, look, out)
}

fn write_changes(changes: &[Change], look: Look, out: &mut dyn Write) -> io::Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let mut table = Table::new(&["", "", "what", "where", "#these", "#others", "??group"]);
    let shown = changes.get(..changes.len().min(look.rows(USUAL.0))).unwrap_or_default();
    for (place, change) in shown.iter().enumerate() {
        table.row(tone(change), row(place, change));
    }
    table.write(look, out)?;
    look.more(shown.len(), changes.len(), out)?;
    let proved = shown.iter().enumerate().filter(|(_, change)| change.kind == Kind::Failures || look.all);
    for (place, change) in proved {
        let Some(location) = &change.example else { continue };
        let line = TerminalText::new(&format!("  {}  {}", place + 1, change.detail));
        writeln!(out, "{}", truncated(line.as_str(), look.width))?;
        writeln!(out, "     {}", look.paint(Tone::Faint, &look.place(location, 5)))?;
    }
    Ok(())
}

fn tone(change: &Change) -> Tone {
    match change.direction {
        // A way of logging in is neither good nor bad.
        _ if change.kind == Kind::Mechanism => Tone::Plain,
        Direction::New | Direction::Worse => Tone::Bad,
        Direction::Gone | Direction::Better => Tone::Good,
    }
}

fn row(place: usize, change: &Change) -> [String; 7] {
    [
        format!("{}", place + 1),
        change.direction.name().to_owned(),
        change.subject(),
        change.place(),
        change.this.to_string(),
        change.other.to_string(),
        change.ids.first().cloned().unwrap_or_default(),
    ]
}

fn write_rows(comparison: &Comparison, look: Look, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out)?;
    let mut table = Table::new(&[
        if comparison.matched == Matched::SameServers { "server" } else { "" },
        "",
        "?role",
        "#attempts",
        "#failed",
        "?#p95 ms",
        "#others: attempts",
        "#failed",
        "?#p95 ms",
    ]);
    let shown = comparison.rows.get(..comparison.rows.len().min(look.rows(USUAL.1))).unwrap_or_default();
    for row in shown {
        table.row(Tone::Plain, cells(row));
    }
    table.write(look, out)?;
    look.more(shown.len(), comparison.rows.len(), out)
}

fn cells(row: &Row) -> [String; 9] {
    let attempts = |side: Option<Totals>| side.map_or_else(|| "-".to_owned(), |side| thousands(side.failed.whole));
    let failed =
        |side: Option<Totals>| side.map_or_else(|| "-".to_owned(), |side| format!("{:.1} %", side.failed.value() * 100.0));
    let p95 = |side: Option<Totals>| side.map_or_else(|| "-".to_owned(), |side| thousands(side.p95));
    [
        row.place.server.clone().unwrap_or_default(),
        row.place.protocol.title().to_owned(),
        if row.place.role == Role::FrontEnd { "front end" } else { "back end" }.to_owned(),
        attempts(row.this),
        failed(row.this),
        p95(row.this),
        attempts(row.other),
        failed(row.other),
        p95(row.other),
    ]
}
