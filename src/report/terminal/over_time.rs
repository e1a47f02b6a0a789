//! When it failed: the outages, and the share of failures over time as a strip of blocks.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::case::Case;
use crate::case::outage::Outage;
use crate::clock::{duration_for_people, for_people};
use crate::collections::minutes::MINUTE;
use crate::merge::Merge;
use crate::protocol::Role;
use crate::report::terminal::table::Table;
use crate::report::terminal::{Look, Tone};
use crate::summary::ServiceKey;
use crate::summary::counts::Counts;
use crate::text::{TerminalText, columns, padded, thousands, truncated, wrapped};

/// So many outages and strips are shown.
const USUAL: usize = 10;

/// So many columns has the number behind a strip, and so many the longest name in front of it.
const NUMBER: usize = 10;
const LONGEST_NAME: usize = 24;

/// So many minutes a column may stand for: lengths of time that people count in.
const STEPS: [i64; 16] = [1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720, 1_440, 10_080];

pub(super) fn write_outages(case: &Case, look: Look, out: &mut dyn Write) -> io::Result<()> {
    if case.outages.is_empty() {
        return Ok(());
    }
    look.title(&format!("Outages ({})", look.zone_name(case)), out)?;
    let mut shown: Vec<&Outage> = case.outages.iter().collect();
    shown.sort_by_key(|outage| (outage.recovered_at.is_some(), std::cmp::Reverse(outage.failed)));
    shown.truncate(look.rows(USUAL));
    let mut table = Table::new(&[
        "server",
        "",
        "#first failure",
        "#last failure",
        "?#lasted",
        "#failed",
        "#of",
        "?#accounts",
        "#recovered",
        "??#before the end",
    ]);
    for outage in &shown {
        let last = case.end().unwrap_or(outage.end);
        let row = [
            outage.server.as_deref().unwrap_or("?").to_owned(),
            outage.protocol.title().to_owned(),
            without_year(for_people(outage.start, look.zone)),
            without_year(look.end_time(outage.start, outage.end)),
            duration_for_people(outage.end - outage.start),
            thousands(outage.failed),
            thousands(outage.attempts),
            format!("{}{}", if outage.users_affected.1 { "" } else { "~" }, thousands(outage.users_affected.0)),
            outage.recovered_at.map_or_else(|| "not yet".to_owned(), |at| without_year(look.end_time(outage.end, at))),
            duration_for_people(last - outage.recovered_at.unwrap_or(outage.end)),
        ];
        table.row(if outage.recovered_at.is_none() { Tone::Bad } else { Tone::Plain }, row);
    }
    table.write(look, out)?;
    look.more(shown.len(), case.outages.len(), out)
}

/// A time as [`for_people`] says it, without its year: a table has little room, and the first lines say the year.
fn without_year(time: String) -> String {
    if time.len() == 19 { time.get(5..).unwrap_or(&time).to_owned() } else { time }
}

/// A stretch of minutes, cut into columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scale {
    first: i64,
    step: i64,
    cells: usize,
}

impl Scale {
    /// A scale of at most `room` columns from one minute to another.
    pub(super) fn new(first: i64, last: i64, room: usize) -> Self {
        let minutes = last - first + 1;
        let fits = |step: &i64| minutes.div_euclid(*step) + 2 <= room as i64;
        let longest = minutes.div_euclid(room.saturating_sub(2).max(1) as i64) + 1;
        let step = STEPS.into_iter().find(fits).unwrap_or(longest);
        // Columns begin at full hours and the like.
        let first = first.div_euclid(step) * step;
        Self { first, step, cells: usize::try_from((last - first) / step + 1).unwrap_or(1) }
    }

    /// How many minutes a column stands for.
    pub(super) fn step(self) -> i64 {
        self.step
    }

    /// The first minute of each column, and the first one behind it.
    pub(super) fn columns(self) -> impl Iterator<Item = (i64, i64)> {
        (0..self.cells as i64).map(move |place| self.first + place * self.step).map(move |from| (from, from + self.step))
    }

    fn end(self) -> i64 {
        self.first + self.step * self.cells as i64
    }

    /// The attempts of each column.
    fn cells(self, minutes: &BTreeMap<i64, Counts>) -> Vec<Counts> {
        let mut cells = vec![Counts::default(); self.cells];
        for (minute, counts) in minutes.range(self.first..self.end()) {
            let place = usize::try_from((minute - self.first) / self.step).unwrap_or_default();
            if let Some(cell) = cells.get_mut(place) {
                cell.merge_with(*counts);
            }
        }
        cells
    }
}

pub(super) fn write_sparks(case: &Case, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let services = attempts_by_minute(case);
    let Some((first, last)) = focus(case, &services) else { return Ok(()) };
    let named = |key: &ServiceKey| {
        let name = format!("{} {}", key.server.as_deref().unwrap_or("?"), key.protocol.title());
        truncated(TerminalText::new(&name).as_str(), LONGEST_NAME).into_owned()
    };
    let widest = services.keys().map(|key| columns(&named(key))).max().unwrap_or_default();
    let scale = Scale::new(first, last, look.width.saturating_sub(2 + widest + 2 + NUMBER).max(20));
    let strips: Vec<(String, Vec<Counts>)> = services.iter().map(|(key, minutes)| (named(key), scale.cells(minutes))).collect();
    let failing: Vec<_> = strips.iter().filter(|(_, cells)| cells.iter().any(|cell| cell.failed > 0)).collect();
    look.title(&format!("Failed front-end logins over time ({})", look.zone_name(case)), out)?;
    for (name, cells) in failing.iter().take(look.rows(USUAL)) {
        let runs = cells.chunk_by(|a, b| (a.failed > 0) == (b.failed > 0));
        let strip: String = runs.map(|run| painted(run, look)).collect();
        let failed: u64 = cells.iter().map(|cell| cell.failed).sum();
        writeln!(out, "  {}  {}{:>NUMBER$}", padded(name, widest), strip, thousands(failed))?;
    }
    look.more(failing.len().min(look.rows(USUAL)), failing.len(), out)?;
    write_axis(scale, widest, look, out)
}

/// The times at the two ends of strips.
pub(super) fn axis(scale: Scale, indent: usize, look: Look) -> String {
    let (start, end) = (scale.first * MINUTE, scale.end() * MINUTE);
    let (from, to) = (for_people(start, look.zone), look.end_time(start, end));
    let (from, to) = (from.get(..16).unwrap_or(&from), to.get(..to.len().saturating_sub(3)).unwrap_or(&to));
    let between = scale.cells.saturating_sub(columns(from));
    let axis = format!("  {:indent$}  {from}{:>between$}", "", if between > columns(to) { to } else { "" });
    axis.trim_end().to_owned()
}

/// The times at the two ends, and what the glyphs mean.
fn write_axis(scale: Scale, indent: usize, look: Look, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", look.paint(Tone::Faint, &axis(scale, indent, look)))?;
    let legend = format!(
        "  one column is {}: · all logins worked, {} failed",
        duration_for_people(scale.step * MINUTE),
        look.glyphs.legend()
    );
    for line in wrapped(&legend, 2, look.width) {
        writeln!(out, "{}", look.paint(Tone::Faint, &line))?;
    }
    Ok(())
}

fn attempts_by_minute(case: &Case) -> BTreeMap<&ServiceKey, BTreeMap<i64, Counts>> {
    let mut services: BTreeMap<&ServiceKey, BTreeMap<i64, Counts>> = BTreeMap::new();
    for (key, service) in case.summary.services.iter().filter(|(key, _)| key.role == Role::FrontEnd) {
        for (minute, counts) in service.series.values().flat_map(|series| series.iter()) {
            services.entry(key).or_default().entry(minute).or_default().merge_with(*counts);
        }
    }
    services
}

/// The minutes that matter: the outages, or else the failures, and a quarter more before and behind, so that it is seen what
/// was before and what came after.
fn focus(case: &Case, services: &BTreeMap<&ServiceKey, BTreeMap<i64, Counts>>) -> Option<(i64, i64)> {
    let minutes = || services.values().flat_map(BTreeMap::iter);
    let (all_first, all_last) = (minutes().map(|(minute, _)| *minute).min()?, minutes().map(|(minute, _)| *minute).max()?);
    let failing = || minutes().filter(|(_, counts)| counts.failed > 0).map(|(minute, _)| *minute);
    let (first, last) = match case.outages.is_empty() {
        true => (failing().min()?, failing().max()?),
        false => (
            case.outages.iter().map(|outage| outage.start.div_euclid(MINUTE)).min()?,
            case.outages.iter().map(|outage| outage.end.div_euclid(MINUTE)).max()?,
        ),
    };
    let margin = ((last - first) / 4).max(10);
    Some(((first - margin).max(all_first), (last + margin).min(all_last)))
}

/// Columns that all have failures, or all have none.
fn painted(run: &[Counts], look: Look) -> String {
    let tone = if run.iter().any(|cell| cell.failed > 0) { Tone::Bad } else { Tone::Faint };
    look.paint(tone, &run.iter().map(|cell| glyph(*cell, look)).collect::<String>())
}

/// The glyph for a column: blank without logins, a dot where all worked, and blocks by the share that failed.
fn glyph(cell: Counts, look: Look) -> char {
    match (cell.attempts(), cell.failed) {
        (0, _) => ' ',
        (_, 0) => '·',
        (attempts, failed) => look.glyphs.level(failed, attempts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strip_fits_and_begins_at_a_full_step() {
        for (first, last, room) in [(100, 100, 20), (100, 130, 20), (7, 100_000, 60), (-5, 70_000_000, 40)] {
            let scale = Scale::new(first, last, room);
            assert!(scale.cells <= room && scale.first <= first && last < scale.end(), "{scale:?}");
            assert_eq!(scale.first.rem_euclid(scale.step), 0);
        }
        let failed = |failed| Counts { failed, ..Counts::default() };
        let minutes = BTreeMap::from([(100, failed(1)), (101, failed(1)), (130, failed(400))]);
        let cells: Vec<u64> = Scale::new(100, 130, 6).cells(&minutes).iter().map(|cell| cell.failed).collect();
        assert_eq!(cells, [2, 0, 0, 400]);
    }
}
