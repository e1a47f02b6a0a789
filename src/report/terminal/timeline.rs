//! What happened in which order around the outages.

use std::io::{self, Write};

use crate::case::Case;
use crate::case::timeline::Entry;
use crate::clock::for_people;
use crate::report::terminal::{Look, Tone};
use crate::text::{TerminalText, truncated};

/// So many entries are shown.
const USUAL: usize = 14;

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
    let shown = most_telling(&entries, look.rows(USUAL));
    let day = |entry: &&Entry| for_people(entry.at, look.zone).get(..10).unwrap_or_default().to_owned();
    let one_day = shown.first().map(day).filter(|first| shown.iter().all(|entry| day(entry) == *first));
    let zone = look.zone_name(case);
    look.title(
        &one_day.as_ref().map_or_else(|| format!("What happened ({zone})"), |day| format!("What happened on {day} ({zone})")),
        out,
    )?;
    for entry in &shown {
        let time = for_people(entry.at, look.zone);
        let time = if one_day.is_some() { time.get(11..).unwrap_or(&time) } else { &time };
        let line = format!("  {time}  {}", entry.text);
        let tone = match entry.kind {
            "change" => Tone::Title,
            "first_failure" => Tone::Bad,
            "recovery" => Tone::Good,
            _ => Tone::Plain,
        };
        writeln!(out, "{}", look.paint(tone, &truncated(TerminalText::new(&line).as_str(), look.width)))?;
    }
    look.more(shown.len(), entries.len(), out)
}

/// So many entries, in the order of time: changes, failures and recoveries before everything that only goes with them.
fn most_telling<'a>(entries: &[&'a Entry], rows: usize) -> Vec<&'a Entry> {
    let rank = |entry: &Entry| match entry.kind {
        "change" | "first_failure" => 0,
        "recovery" => 1,
        "restart" | "service" | "schannel" => 2,
        "last_failure" => 3,
        _ => 4,
    };
    let mut ranked: Vec<(usize, &Entry)> = entries.iter().copied().enumerate().collect();
    ranked.sort_by_key(|(place, entry)| (rank(entry), *place));
    ranked.truncate(rows);
    ranked.sort_by_key(|(place, _)| *place);
    ranked.into_iter().map(|(_, entry)| entry).collect()
}
