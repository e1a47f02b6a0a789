//! Which logs are there: for each service a line of glyphs over all the time, for those who want to see everything.

use std::io::{self, Write};

use crate::case::Case;
use crate::case::coverage::Covered;
use crate::clock::duration_for_people;
use crate::collections::minutes::MINUTE;
use crate::report::terminal::over_time::{Scale, axis};
use crate::report::terminal::{Look, Tone};
use crate::text::{TerminalText, columns, padded, truncated, wrapped};

/// So many columns has the longest name in front of a strip.
const LONGEST_NAME: usize = 28;

pub(super) fn write(case: &Case, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let services = &case.coverage.services;
    let ends = services.iter().filter_map(|covered| Some((covered.stretches.first()?.0, covered.stretches.last()?.1)));
    let Some((first, end)) = ends.reduce(|(first, end), (from, to)| (first.min(from), end.max(to))) else { return Ok(()) };
    if !look.all {
        return Ok(());
    }
    let named = |covered: &Covered| {
        let (key, server) = (&covered.service, covered.service.server.as_deref().unwrap_or("?"));
        let name = format!("{server} {} {}", key.protocol.title(), key.role.title());
        truncated(TerminalText::new(&name).as_str(), LONGEST_NAME).into_owned()
    };
    let widest = services.iter().map(|covered| columns(&named(covered))).max().unwrap_or_default();
    let scale = Scale::new(first / MINUTE, end / MINUTE - 1, look.width.saturating_sub(2 + widest + 2).max(20));
    look.title(&format!("Which logs are there ({})", look.zone_name(case)), out)?;
    for covered in services {
        let strip: String = scale.columns().map(|(from, to)| glyph(&covered.stretches, from * MINUTE, to * MINUTE)).collect();
        writeln!(out, "  {}  {}", padded(&named(covered), widest), strip.trim_end())?;
        let holes = covered.holes().join(", ");
        for line in wrapped(&holes, 0, look.width.saturating_sub(4 + widest).max(20)).iter().filter(|line| !line.is_empty()) {
            writeln!(out, "  {:widest$}  {}", "", look.paint(Tone::Faint, line))?;
        }
    }
    writeln!(out, "{}", look.paint(Tone::Faint, &axis(scale, widest, look)))?;
    let legend =
        format!("  one column is {}: █ logs are there, ░ a part of them, · none", duration_for_people(scale.step() * MINUTE));
    writeln!(out, "{}", look.paint(Tone::Faint, &legend))
}

/// What is there from one moment to another.
fn glyph(stretches: &[(i64, i64)], from: i64, to: i64) -> char {
    let covered: i64 = stretches.iter().map(|stretch| (stretch.1.min(to) - stretch.0.max(from)).max(0)).sum();
    match covered {
        0 => '·',
        covered if covered < to - from => '░',
        _ => '█',
    }
}
