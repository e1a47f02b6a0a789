//! The first lines: do logins work?

use std::io::{self, Write};

use crate::case::Case;
use crate::case::outage::Outage;
use crate::clock::{duration_for_people, for_people};
use crate::diagnosis::finding::{Finding, Severity};
use crate::protocol::Role;
use crate::report::terminal::{Look, Tone};
use crate::report::verdict::{self, Standing};
use crate::skipped::FileFate;
use crate::summary::counts::Counts;
use crate::text::{TerminalText, columns, counted, thousands, truncated, wrapped};

/// What to do next takes so many lines here at the most.
const SHOWN: usize = 2;

/// The left edge of what goes on in the next line.
const INDENT: usize = 4;

pub(super) fn write(case: &Case, findings: &[Finding], look: Look, out: &mut dyn Write) -> io::Result<()> {
    let worst = findings.first().filter(|finding| finding.severity > Severity::Low);
    let (tone, verdict, detail) = verdict(case, look);
    let tone = if tone == Tone::Good && worst.is_some() { Tone::Plain } else { tone };
    writeln!(out, "{}", look.paint(tone, &truncated(TerminalText::new(&verdict).as_str(), look.width)))?;
    for line in detail.iter().flat_map(|detail| wrapped(detail, 0, look.width)) {
        writeln!(out, "{line}")?;
    }
    match worst {
        Some(finding) => write_cause(finding, look, out)?,
        None if !case.outages.is_empty() => {
            writeln!(out, "Why: no diagnosis fits; the failure groups below say what the server answered")?
        }
        None => {}
    }
    let (front, back) = (case.logins(Role::FrontEnd), case.logins(Role::BackEnd));
    let (front, back) = (format!("Front end: {}.", logins(front)), format!("Back end: {}.", logins(back)));
    let is_one_line = columns(&front) + 1 + columns(&back) <= look.width;
    writeln!(out, "{front}{}{back}", if is_one_line { ' ' } else { '\n' })?;
    for line in wrapped(TerminalText::new(&input(case, look)).as_str(), 0, look.width) {
        writeln!(out, "{}", look.paint(Tone::Faint, &line))?;
    }
    Ok(())
}

/// Why, and what to do next.
fn write_cause(finding: &Finding, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let why = format!("Why: {} ({})", finding.title, finding.confidence.name());
    for line in wrapped(TerminalText::new(&why).as_str(), INDENT, look.width) {
        writeln!(out, "{}", look.paint(Tone::Title, &line))?;
    }
    if !finding.ongoing && !finding.outages.is_empty() {
        return writeln!(out, "Do: Watch the next probe; the remedy stands below, should it come back");
    }
    let Some(step) = finding.remediation.first() else { return Ok(()) };
    let command = step.command.as_deref().map_or_else(String::new, |command| format!(": {command}"));
    let next = format!("Do: {}{command}", step.text);
    let lines = wrapped(TerminalText::new(&next).as_str(), INDENT, look.width);
    for line in lines.iter().take(SHOWN) {
        writeln!(out, "{line}")?;
    }
    if lines.len() > SHOWN {
        writeln!(out, "    … all of it below")?;
    }
    Ok(())
}

/// What is said first, and the figures of the outage that it is about.
fn verdict(case: &Case, look: Look) -> (Tone, String, Option<String>) {
    let (standing, text) = verdict::verdict(case);
    let tone = match standing {
        Standing::Fails | Standing::Failed | Standing::NoneWorked => Tone::Bad,
        Standing::Works => Tone::Good,
        Standing::Unknown => Tone::Plain,
    };
    (tone, text, verdict::worst(case).map(|worst| figures(case, worst, look)))
}

fn figures(case: &Case, outage: &Outage, look: Look) -> String {
    let (start, end) = (for_people(outage.start, look.zone), look.end_time(outage.start, outage.end));
    let (lasted, accounts) =
        (duration_for_people(outage.end - outage.start), counted(outage.users_affected.0, "account", "accounts"));
    let (failed, attempts) = (thousands(outage.failed), thousands(outage.attempts));
    let last = case.summary.span.map_or(outage.end, |span| span.last);
    let (since, moment) = match outage.recovered_at {
        Some(at) => (format!("worked again at {}", look.end_time(outage.end, at)), at),
        None => ("the last failure was".to_owned(), outage.end),
    };
    let back = match last - moment {
        ..1000 => "at the last line".to_owned(),
        before => format!("{} before the last line", duration_for_people(before)),
    };
    let comma = if outage.recovered_at.is_some() { "," } else { "" };
    format!(
        "{start} to {end} {} ({lasted}): {failed} of {attempts} failed, {accounts}; {since}{comma} {back}",
        look.zone_name(case)
    )
}

fn logins(counts: Counts) -> String {
    if counts.attempts() == 0 {
        return "no login attempts".to_owned();
    }
    let share = match counts.failed {
        0 => String::new(),
        failed => format!(" ({:.1} %)", failed as f64 * 100.0 / counts.attempts() as f64),
    };
    let unknown = if counts.unknown > 0 { format!(", {} unknown", thousands(counts.unknown)) } else { String::new() };
    let attempts = counted(counts.attempts(), "login attempt", "login attempts");
    format!("{attempts}, {} failed{share}{unknown}", thousands(counts.failed))
}

fn input(case: &Case, look: Look) -> String {
    let summary = &case.summary;
    let span = summary.span.map_or_else(String::new, |span| {
        let (first, last) = (for_people(span.first, look.zone), look.end_time(span.first, span.last));
        format!(", {first} to {last} {}", look.zone_name(case))
    });
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
