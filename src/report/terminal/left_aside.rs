//! What the answer cannot say: lines that were skipped, files left aside, gaps and sessions that are not whole.

use std::io::{self, Write};

use crate::case::Case;
use crate::case::coverage::Gap;
use crate::case::coverage::missing_sessions;
use crate::clock::for_people;
use crate::report::terminal::Look;
use crate::skipped::FileFate;
use crate::text::{TerminalText, capitalized, counted, thousands, wrapped};

/// So many files and gaps are shown.
const USUAL: usize = 3;

pub(super) fn write(case: &Case, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = skipped(case, look);
    lines.extend(files(case, look));
    lines.extend(evidence(case, look));
    let coverage = &case.coverage;
    lines.extend(shortened(coverage.gaps.iter().map(|of| gap(of, look)), "gaps", look));
    lines.extend(sessions(case));
    lines.extend(shortened(coverage.switched_off.iter().map(|off| off.in_words(look.zone)), "logs", look));
    lines.extend(shortened(coverage.clocks.0.iter().map(|wrong| wrong.in_words(look.zone)), "clocks", look));
    if !case.is_exact() {
        let error = crate::collections::distinct::STANDARD_ERROR * 100.0;
        lines.push(format!(
            "Counts marked ~ are estimates (standard error {error:.1} %): there were too many different names to keep"
        ));
    }
    if lines.is_empty() {
        return Ok(());
    }
    look.title("What the logs cannot say", out)?;
    for line in lines {
        let line = TerminalText::new(&line);
        for piece in wrapped(&format!("  {line}"), 4, look.width) {
            writeln!(out, "{piece}")?;
        }
    }
    Ok(())
}

fn skipped(case: &Case, look: Look) -> Vec<String> {
    let skipped = &case.summary.skipped;
    let mut lines = Vec::new();
    for (reason, count) in skipped.by_reason() {
        lines.push(format!("{} skipped: {}", counted(count, "line", "lines"), reason.words()));
        let examples = skipped.examples().filter(|(other, _, _)| *other == reason);
        lines.extend(
            examples
                .take(look.rows(1))
                .map(|(_, at, text)| if look.all { format!("  {at}: {text}") } else { format!("  first: {at}") }),
        );
    }
    lines
}

fn files(case: &Case, look: Look) -> Vec<String> {
    let mut lines = Vec::new();
    for (fate, words) in
        [(FileFate::Unreadable, "Not read"), (FileFate::Damaged, "Not read to the end"), (FileFate::Other, "Left aside")]
    {
        let notes: Vec<_> = case.summary.notes.iter().filter(|note| note.fate == fate).collect();
        let usual = if fate == FileFate::Other { USUAL } else { 2 * USUAL };
        lines.extend(notes.iter().take(look.rows(usual)).map(|note| format!("{words}, {}: {}", note.reason, note.file)));
        if notes.len() > look.rows(usual) {
            let more = counted((notes.len() - usual) as u64, "more file", "more files");
            lines.push(format!("{words}: {more} (--verbose shows them)"));
        }
    }
    lines
}

fn evidence(case: &Case, look: Look) -> Vec<String> {
    let skipped = &case.evidence.skipped;
    let mut lines: Vec<String> =
        skipped.iter().take(look.rows(USUAL)).map(|(at, reason)| format!("Evidence, {reason}: {at}")).collect();
    if skipped.len() > look.rows(USUAL) {
        let more = counted((skipped.len() - USUAL) as u64, "more part", "more parts");
        lines.push(format!("Evidence: {more} not used (--verbose shows them)"));
    }
    lines
}

fn gap(gap: &Gap, look: Look) -> String {
    let (key, from, to) = (&gap.service, for_people(gap.from, look.zone), for_people(gap.to, look.zone));
    let server = key.server.as_deref().unwrap_or("?");
    format!("No lines from {server} {} {} from {from} to {to}", key.protocol.title(), key.role.title())
}

/// The first of some sentences, and how many more there are.
fn shortened(sentences: impl ExactSizeIterator<Item = String>, what: &str, look: Look) -> Vec<String> {
    let (all, shown) = (sentences.len(), look.rows(USUAL));
    let mut lines: Vec<String> = sentences.take(shown).map(|sentence| capitalized(&sentence)).collect();
    if all > shown {
        lines.push(format!("and {} more {what} (--verbose shows them)", all - shown));
    }
    lines
}

fn sessions(case: &Case) -> Option<String> {
    let sessions = &case.coverage.sessions;
    let holes = sessions.missing_sequence_numbers + sessions.missing_sessions;
    let is_whole = sessions.without_start + sessions.without_end + holes == 0;
    (!is_whole).then(|| {
        format!(
            "Of {} sessions {} have no start and {} no end in the logs; {} missing inside{}",
            thousands(sessions.sessions),
            thousands(sessions.without_start),
            thousands(sessions.without_end),
            counted(sessions.missing_sequence_numbers, "line", "lines"),
            missing_sessions(sessions)
        )
    })
}
