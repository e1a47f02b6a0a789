//! The terminal report: what an administrator sees first. The first three lines say whether logins work.
//!
//! It fits into 80 columns and uses up to 160. Only glyphs that every Windows console font has, unless others are asked for;
//! colour only where asked; everything from a log passes [`crate::text::TerminalText`]. Where logins work it is a few lines.
//! Times are said as the logs have them and back from their last line, never back from the clock on the wall: the same logs
//! give the same report tomorrow.

use std::io::{self, Write};

use crate::case::Case;
use crate::clock::{Zone, for_people};
use crate::comparison::Comparison;
use crate::diagnosis::finding::{Finding, Severity};
use crate::location::Location;
use crate::protocol::Role;
use crate::report::verdict::{self as standing, Standing};
use crate::skipped::FileFate;
use crate::text::{TerminalText, without_beginning};

mod attempts;
mod commands;
mod comparison;
mod covered;
mod findings;
mod glyphs;
mod groups;
mod left_aside;
mod live;
mod night;
mod nights;
mod over_time;
mod services;
mod table;
mod timeline;
mod unusual;
mod verdict;

pub use attempts::{attempts, session_lines};
pub use glyphs::Glyphs;
pub use live::events;
pub use night::night;
pub use nights::{counts, nights};
pub use unusual::unusual;

/// If more than one in so many front-end logins failed, the short report would hide something.
const ONE_IN: u64 = 10;

/// How the report looks.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// How many columns it may have.
    pub width: usize,
    /// Whether it may hold escape sequences for colour.
    pub color: bool,
    /// In which zone times are shown.
    pub zone: Zone,
    /// Show everything, not only the first rows of each list.
    pub all: bool,
    /// What charts are drawn with.
    pub glyphs: Glyphs,
}

/// What a line is about, which decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tone {
    Plain,
    Title,
    Bad,
    Good,
    Faint,
}

impl Look {
    fn paint(&self, tone: Tone, text: &str) -> String {
        let code = match tone {
            _ if !self.color => return text.to_owned(),
            Tone::Plain => return text.to_owned(),
            Tone::Title => "1",
            Tone::Bad => "1;31",
            Tone::Good => "32",
            Tone::Faint => "2",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// How many rows of a list are shown.
    fn rows(&self, usual: usize) -> usize {
        if self.all { usize::MAX } else { usual }
    }

    /// What the zone of the times is called.
    fn zone_name(&self, case: &Case) -> String {
        let last = case.summary.span.map_or(0, |span| span.last);
        TerminalText::new(&self.zone.name(last)).as_str().to_owned()
    }

    /// A moment after another: without the day if it is the same.
    fn end_time(&self, start: i64, end: i64) -> String {
        let (start, end) = (for_people(start, self.zone), for_people(end, self.zone));
        if start.get(..10) == end.get(..10) { end.get(11..).unwrap_or(&end).to_owned() } else { end }
    }

    /// A place in a file behind so many columns: cut at its beginning where it is too long, whole where everything is shown.
    fn place(&self, location: &Location, indent: usize) -> String {
        let place = TerminalText::new(&location.to_string());
        let room = if self.all { usize::MAX } else { self.width.saturating_sub(indent) };
        without_beginning(place.as_str(), room).into_owned()
    }

    /// The heading of a section, with an empty line above it.
    fn title(&self, text: &str, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "\n{}", self.paint(Tone::Title, text))
    }

    /// Says that a list goes on, if it does.
    fn more(&self, shown: usize, all: usize, out: &mut dyn Write) -> io::Result<()> {
        match all.checked_sub(shown) {
            None | Some(0) => Ok(()),
            Some(more) => writeln!(out, "{}", self.paint(Tone::Faint, &format!("  and {more} more (--verbose shows them)"))),
        }
    }
}

/// Writes the report, with what is new, gone, worse or better than in other logs, if these were given.
///
/// # Errors
/// What `out` says.
pub fn write(
    case: &Case,
    findings: &[Finding],
    compared: Option<&Comparison>,
    look: Look,
    out: &mut dyn Write,
) -> io::Result<()> {
    verdict::write(case, findings, look, out)?;
    // Who asks for a comparison asks for nothing else first.
    if let Some(comparison) = compared {
        comparison::write(comparison, look, out)?;
    }
    if !look.all && is_healthy(case, findings) {
        if compared.is_none() {
            services::write(case, look, out)?;
        }
        groups::write_briefly(case, look, out)?;
        return left_aside::write(case, look, out);
    }
    findings::write(findings, look, out)?;
    timeline::write(case, look, out)?;
    over_time::write_outages(case, look, out)?;
    over_time::write_sparks(case, look, out)?;
    groups::write(case, look, out)?;
    services::write(case, look, out)?;
    services::write_accounts(case, look, out)?;
    left_aside::write(case, look, out)?;
    covered::write(case, look, out)
}

/// Whether there is nothing to be done: then most sections would only keep somebody from going on with their day.
fn is_healthy(case: &Case, findings: &[Finding]) -> bool {
    let front = case.logins(Role::FrontEnd);
    standing::verdict(case, findings).standing == Standing::Works
        && front.failed.saturating_mul(ONE_IN) <= front.attempts()
        && findings.iter().all(|finding| finding.severity <= Severity::Low)
        && case.summary.files_with(FileFate::Unreadable) == 0
}
