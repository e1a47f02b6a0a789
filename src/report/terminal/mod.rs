//! The terminal report: what an administrator sees first. The first three lines say whether logins work.
//!
//! It fits into 80 columns and uses up to 160. Only glyphs that every Windows console font has; colour only where asked;
//! everything from a log passes [`crate::text::TerminalText`].

use std::io::{self, Write};

use crate::case::Case;
use crate::clock::Zone;
use crate::diagnosis::finding::Finding;

mod findings;
mod groups;
mod left_aside;
mod over_time;
mod services;
mod table;
mod timeline;
mod verdict;

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

/// Writes the report.
///
/// # Errors
/// What `out` says.
pub fn write(case: &Case, findings: &[Finding], look: Look, out: &mut dyn Write) -> io::Result<()> {
    verdict::write(case, findings, look, out)?;
    findings::write(findings, look, out)?;
    timeline::write(case, look, out)?;
    over_time::write_outages(case, look, out)?;
    over_time::write_sparks(case, look, out)?;
    groups::write(case, look, out)?;
    services::write(case, look, out)?;
    services::write_accounts(case, look, out)?;
    left_aside::write(case, look, out)
}
