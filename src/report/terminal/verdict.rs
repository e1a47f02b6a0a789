//! The first lines: do logins work?

use std::io::{self, Write};

use crate::case::Case;
use crate::case::outage::Outage;
use crate::clock::{Zone, duration_for_people, for_people};
use crate::diagnosis::finding::{Finding, Severity};
use crate::protocol::Role;
use crate::report::terminal::{Look, Tone};
use crate::report::verdict::{self, Standing};
use crate::skipped::FileFate;
use crate::summary::counts::Counts;
use crate::text::{TerminalText, counted, thousands, truncated, wrapped};

/// What to do next takes so many lines here at the most.
const SHOWN: usize = 2;

pub(super) fn write(case: &Case, findings: &[Finding], look: Look, out: &mut dyn Write) -> io::Result<()> {
    let worst = findings.first().filter(|finding| finding.severity > Severity::Low);
    let (tone, verdict, detail) = verdict(case, look.zone);
    let tone = if tone == Tone::Good && worst.is_some() { Tone::Plain } else { tone };
    writeln!(out, "{}", look.paint(tone, &truncated(TerminalText::new(&verdict).as_str(), look.width)))?;
    if let Some(detail) = detail {
        writeln!(out, "{detail}")?;
    }
    match worst {
        Some(finding) => write_cause(finding, look, out)?,
        None if !case.outages.is_empty() => {
            writeln!(out, "Why: no diagnosis fits; the failure groups below say what the server answered")?
        }
        None => {}
    }
    let (front, back) = (case.logins(Role::FrontEnd), case.logins(Role::BackEnd));
    for line in wrapped(&format!("Front end: {}. Back end: {}.", logins(front), logins(back)), 0, look.width) {
        writeln!(out, "{line}")?;
    }
    writeln!(out, "{}", look.paint(Tone::Faint, &truncated(&input(case, look.zone), look.width)))
}

/// Why, and what to do next.
fn write_cause(finding: &Finding, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let why = format!("Why: {} ({})", finding.title, finding.confidence.name());
    for line in wrapped(TerminalText::new(&why).as_str(), 5, look.width) {
        writeln!(out, "{}", look.paint(Tone::Title, &line))?;
    }
    if !finding.ongoing && !finding.outages.is_empty() {
        return writeln!(out, "Do:  Watch the next probe; the remedy stands below, should it come back");
    }
    let Some(step) = finding.remediation.first() else { return Ok(()) };
    let command = step.command.as_deref().map_or_else(String::new, |command| format!(": {command}"));
    let next = format!("Do:  {}{command}", step.text);
    let lines = wrapped(TerminalText::new(&next).as_str(), 5, look.width);
    for line in lines.iter().take(SHOWN) {
        writeln!(out, "{line}")?;
    }
    if lines.len() > SHOWN {
        writeln!(out, "     … all of it below")?;
    }
    Ok(())
}

/// What is said first, and the figures of the outage that it is about.
fn verdict(case: &Case, zone: Zone) -> (Tone, String, Option<String>) {
    let (standing, text) = verdict::verdict(case);
    let tone = match standing {
        Standing::Fails | Standing::Failed | Standing::NoneWorked => Tone::Bad,
        Standing::Works => Tone::Good,
        Standing::Unknown => Tone::Plain,
    };
    (tone, text, verdict::worst(case).map(|worst| figures(worst, zone)))
}

fn figures(outage: &Outage, zone: Zone) -> String {
    let (start, end) = (for_people(outage.start, zone), for_people(outage.end, zone));
    let end = if start.get(..10) == end.get(..10) { end.get(11..).unwrap_or(&end) } else { &end };
    let (lasted, accounts) =
        (duration_for_people(outage.end - outage.start), counted(outage.users_affected.0, "account", "accounts"));
    let (failed, attempts) = (thousands(outage.failed), thousands(outage.attempts));
    format!("{start} to {end} ({lasted}): {failed} of {attempts} failed, {accounts}")
}

fn logins(counts: Counts) -> String {
    if counts.attempts() == 0 {
        return "no login attempts".to_owned();
    }
    let unknown = if counts.unknown > 0 { format!(", {} unknown", thousands(counts.unknown)) } else { String::new() };
    format!("{}, {} failed{unknown}", counted(counts.attempts(), "login attempt", "login attempts"), thousands(counts.failed))
}

fn input(case: &Case, zone: Zone) -> String {
    let summary = &case.summary;
    let span = summary
        .span
        .map_or_else(String::new, |span| format!(", {} to {}", for_people(span.first, zone), for_people(span.last, zone)));
    let skipped = match summary.skipped.total() {
        0 => String::new(),
        lines => format!(", {} skipped", thousands(lines)),
    };
    let unreadable = match summary.files_with(FileFate::Unreadable) {
        0 => String::new(),
        files => format!(", {} UNREADABLE", counted(files, "file", "files")),
    };
    let files = counted(summary.sources.len() as u64, "log", "logs");
    let evidence = match case.evidence.files.len() as u64 {
        0 => String::new(),
        files => format!(" and {}", counted(files, "file of evidence", "files of evidence")),
    };
    let lines = counted(summary.accounting.lines, "line", "lines");
    format!("{files}{evidence}, {lines}{skipped}{unreadable}{span}")
}
