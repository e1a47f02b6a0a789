//! When it failed: the outages, and failures over time as a strip of blocks.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::case::Case;
use crate::case::outage::Outage;
use crate::clock::{duration_for_people, for_people};
use crate::collections::minutes::MINUTE;
use crate::protocol::Role;
use crate::report::terminal::table::Table;
use crate::report::terminal::{Look, Tone};
use crate::summary::ServiceKey;
use crate::text::{TerminalText, thousands, truncated};

/// So many outages and strips are shown.
const USUAL: usize = 10;

/// From few to many. All of them are in code page 437 and in every Windows console font.
const BLOCKS: [char; 4] = ['░', '▒', '▓', '█'];

/// Columns in front of a strip.
const LABEL: usize = 18;

pub(super) fn write_outages(case: &Case, look: Look, out: &mut dyn Write) -> io::Result<()> {
    if case.outages.is_empty() {
        return Ok(());
    }
    look.title("Outages", out)?;
    let mut shown: Vec<&Outage> = case.outages.iter().collect();
    shown.sort_by_key(|outage| (outage.recovered_at.is_some(), std::cmp::Reverse(outage.failed)));
    shown.truncate(look.rows(USUAL));
    let mut table =
        Table::new(&["server", "", "#first failure", "#last failure", "?#lasted", "#failed", "#of", "?#accounts", "#recovered"]);
    for outage in &shown {
        let recovered = outage.recovered_at.map_or_else(|| "not yet".to_owned(), |at| time_of_day(&for_people(at, look.zone)));
        let row = [
            outage.server.as_deref().unwrap_or("?").to_owned(),
            outage.protocol.title().to_owned(),
            for_people(outage.start, look.zone),
            end_of(outage, look),
            duration_for_people(outage.end - outage.start),
            thousands(outage.failed),
            thousands(outage.attempts),
            format!("{}{}", if outage.users_affected.1 { "" } else { "~" }, thousands(outage.users_affected.0)),
            recovered,
        ];
        table.row(if outage.recovered_at.is_none() { Tone::Bad } else { Tone::Plain }, row);
    }
    table.write(look, out)?;
    look.more(shown.len(), case.outages.len(), out)
}

/// The end of an outage, without the day if it is the start's.
fn end_of(outage: &Outage, look: Look) -> String {
    let (start, end) = (for_people(outage.start, look.zone), for_people(outage.end, look.zone));
    if start.get(..10) == end.get(..10) { time_of_day(&end) } else { end }
}

fn time_of_day(time: &str) -> String {
    time.get(11..).unwrap_or(time).to_owned()
}

pub(super) fn write_sparks(case: &Case, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let failures = failures_by_minute(case);
    let moments = failures.values().flat_map(BTreeMap::keys);
    let (Some(first), Some(last)) = (moments.clone().min(), moments.max()) else { return Ok(()) };
    let (first, last) = (*first, *last);
    look.title("Failed front-end logins over time", out)?;
    let width = (look.width - LABEL - 12).clamp(20, 120) as i64;
    let step = ((last - first) / width + 1).max(1);
    let highest = failures.values().flat_map(|minutes| strip(minutes, first, step)).max().unwrap_or_default();
    for (key, minutes) in failures.iter().take(look.rows(USUAL)) {
        let counts = strip(minutes, first, step);
        let blocks: String = counts.iter().map(|count| block(*count, highest)).collect();
        let name = format!("{} {}", key.server.as_deref().unwrap_or("?"), key.protocol.title());
        let name = truncated(TerminalText::new(&name).as_str(), LABEL - 2).into_owned();
        let total: u64 = minutes.values().sum();
        writeln!(
            out,
            "  {name:<pad$}{}{:>10}",
            look.paint(Tone::Bad, &format!("{blocks:<0$}", ((last - first) / step + 1) as usize)),
            thousands(total),
            pad = LABEL - 2
        )?;
    }
    look.more(failures.len().min(look.rows(USUAL)), failures.len(), out)?;
    let (start, end) = (for_people(first * MINUTE, look.zone), for_people((last + 1) * MINUTE, look.zone));
    let note = format!(
        "  {:LABEL$}{} to {}, one block is {}, darkest is {}",
        "",
        short(&start),
        short(&end),
        duration_for_people(step * MINUTE),
        thousands(highest)
    );
    writeln!(out, "{}", look.paint(Tone::Faint, &truncated(&note, look.width)))
}

/// A time without its seconds.
fn short(time: &str) -> &str {
    time.get(..16).unwrap_or(time)
}

fn failures_by_minute(case: &Case) -> BTreeMap<&ServiceKey, BTreeMap<i64, u64>> {
    let mut failures: BTreeMap<&ServiceKey, BTreeMap<i64, u64>> = BTreeMap::new();
    for (key, service) in case.summary.services.iter().filter(|(key, _)| key.role == Role::FrontEnd) {
        for (minute, counts) in service.series.values().flat_map(|series| series.iter()).filter(|(_, counts)| counts.failed > 0) {
            *failures.entry(key).or_default().entry(minute).or_default() += counts.failed;
        }
    }
    failures
}

fn strip(minutes: &BTreeMap<i64, u64>, first: i64, step: i64) -> Vec<u64> {
    let mut counts = Vec::new();
    for (minute, count) in minutes {
        let place = usize::try_from((minute - first) / step).unwrap_or_default();
        if counts.len() <= place {
            counts.resize(place + 1, 0);
        }
        if let Some(slot) = counts.get_mut(place) {
            *slot += count;
        }
    }
    counts
}

/// The block for a count; any failure at all is seen.
fn block(count: u64, highest: u64) -> char {
    match count {
        0 => ' ',
        _ => {
            let level = (count * BLOCKS.len() as u64).div_ceil(highest.max(1));
            let place = usize::try_from(level).unwrap_or_default().clamp(1, BLOCKS.len());
            BLOCKS.get(place - 1).copied().unwrap_or('#')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_failure_is_seen_in_a_strip() {
        let minutes = BTreeMap::from([(100, 1), (101, 1), (130, 400)]);
        let counts = strip(&minutes, 100, 10);
        assert_eq!(counts, [2, 0, 0, 400]);
        assert_eq!(counts.iter().map(|count| block(*count, 400)).collect::<String>(), "░  █");
    }
}
