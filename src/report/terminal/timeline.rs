//! What happened in which order around the outages.

use std::io::{self, Write};

use crate::case::Case;
use crate::case::timeline::Entry;
use crate::clock::for_people;
use crate::report::terminal::{Look, Tone};
use crate::text::{TerminalText, truncated};

/// So many entries are shown.
const USUAL: usize = 12;

/// What happened so long before an outage may belong to it, in milliseconds.
const BEFORE: i64 = 2 * 3_600_000;

pub(super) fn write(case: &Case, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let around = |entry: &&Entry| {
        let near = |start: i64, end: i64| (start - BEFORE..=end + BEFORE).contains(&entry.at);
        look.all || case.outages.iter().any(|outage| near(outage.start, outage.recovered_at.unwrap_or(outage.end)))
    };
    let entries: Vec<&Entry> = case.timeline.iter().filter(around).collect();
    // Failures alone stand in the table of outages already.
    let is_more = entries.iter().any(|entry| !matches!(entry.kind, "first_failure" | "last_failure" | "recovery"));
    if !is_more {
        return Ok(());
    }
    look.title("What happened", out)?;
    for entry in entries.iter().take(look.rows(USUAL)) {
        let line = format!("  {}  {}", for_people(entry.at, look.zone), entry.text);
        let tone = if entry.kind == "change" { Tone::Title } else { Tone::Plain };
        writeln!(out, "{}", look.paint(tone, &truncated(TerminalText::new(&line).as_str(), look.width)))?;
    }
    look.more(entries.len().min(look.rows(USUAL)), entries.len(), out)
}
