//! The first lines: do logins work?

use std::io::{self, Write};

use crate::case::Case;
use crate::case::none_since::NoneSince;
use crate::case::outage::Outage;
use crate::case::wrong_clock::wrong_clock;
use crate::clock::{DAY, duration_for_people, for_people};
use crate::diagnosis::finding::{Finding, Step};
use crate::protocol::Role;
use crate::report::terminal::commands::in_lines;
use crate::report::terminal::{Look, Tone};
use crate::report::verdict::{self, About, Standing, Verdict};
use crate::skipped::FileFate;
use crate::summary::counts::Counts;
use crate::text::{TerminalText, columns, counted, thousands, wrapped};

/// What to do next takes so many lines here at the most.
const SHOWN: usize = 2;

/// The left edge of what goes on in the next line.
const INDENT: usize = 4;

pub(super) fn write(case: &Case, findings: &[Finding], look: Look, out: &mut dyn Write) -> io::Result<()> {
    let Verdict { standing, text, about } = verdict::verdict(case, findings);
    let cause = verdict::cause(case, findings).map(|(_, finding)| finding);
    let tone = match standing {
        Standing::Fails | Standing::Failed | Standing::NoneWorked => Tone::Bad,
        Standing::Works if cause.is_none() => Tone::Good,
        Standing::Works | Standing::Unknown => Tone::Plain,
    };
    for line in wrapped(TerminalText::new(&text).as_str(), 0, look.width) {
        writeln!(out, "{}", look.paint(tone, &line))?;
    }
    let detail = match &about {
        About::Outage(outage) => Some(figures(case, outage, cause.is_some_and(|finding| finding.ongoing), look)),
        About::Scattered(finding) => Some(here_and_there(case, finding, look)),
        About::NoneSince(none) => Some(since(case, none, look)),
        About::Whole => None,
    };
    for line in detail.iter().flat_map(|detail| wrapped(detail, 0, look.width)) {
        writeln!(out, "{line}")?;
    }
    match (cause, &about) {
        (Some(finding), _) => write_cause(finding, look, out)?,
        (None, About::Outage(_) | About::Scattered(_)) => {
            writeln!(out, "Why: no diagnosis fits; the lines that prove it stand below")?
        }
        (None, _) => {}
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
    write_step(step, look, out)
}

/// The first step, in one line if it fits; else the command stands below in lines that can be pasted, or not at all.
fn write_step(step: &Step, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let (text, command) = (format!("Do: {}", step.text), step.command.as_deref().unwrap_or_default());
    let (text, command) = (TerminalText::new(&text), TerminalText::new(command));
    let one_line = format!("{}: {}", text.as_str(), command.as_str());
    if !command.as_str().is_empty() && columns(&one_line) <= look.width {
        return writeln!(out, "{one_line}");
    }
    let commands = match command.as_str() {
        "" => Vec::new(),
        command => in_lines(command, look.width.saturating_sub(INDENT)),
    };
    let colon = if commands.is_empty() { "" } else { ":" };
    let words = wrapped(&format!("{}{colon}", text.as_str()), INDENT, look.width);
    for line in words.iter().take(SHOWN) {
        writeln!(out, "{line}")?;
    }
    // Half a command is worse than none.
    if words.len() > SHOWN || commands.len() > SHOWN {
        return writeln!(out, "{:INDENT$}… all of it below", "");
    }
    for line in commands {
        writeln!(out, "{:INDENT$}{line}", "")?;
    }
    Ok(())
}

/// Since when no login works any more, or from when to when none did.
fn since(case: &Case, none: &NoneSince, look: Look) -> String {
    let start = for_people(none.start, look.zone);
    // It is known to the minute.
    let start = start.get(..16).unwrap_or(&start);
    match none.until {
        None => format!("Not one has worked since {start} {}{}", look.zone_name(case), clock(case)),
        Some(until) => {
            let until = look.end_time(none.start, until);
            let until = until.strip_suffix(":00").unwrap_or(&until);
            format!("Not one worked from {start} to {until} {}; {}", look.zone_name(case), verdict::AT_ONCE)
        }
    }
}

/// A hint at a wrong clock, where a few lines stand far ahead of all others.
fn clock(case: &Case) -> String {
    wrong_clock(case).map_or_else(String::new, |wrong| {
        let ahead = case.summary.span.map_or(0, |span| span.last - wrong.bulk_ends) / DAY;
        let lines = counted(wrong.records, "line stands", "lines stand");
        format!(" (a wrong clock? {lines} {} days after all others)", thousands(ahead.unsigned_abs()))
    })
}

/// Failures here and there in numbers.
fn here_and_there(case: &Case, finding: &Finding, look: Look) -> String {
    let (failed, accounts) = verdict::failures_of(case, finding);
    let (start, end) = (for_people(finding.start, look.zone), look.end_time(finding.start, finding.end));
    let (lasted, zone) = (duration_for_people(finding.end - finding.start), look.zone_name(case));
    let failed = counted(failed, "failure", "failures");
    let of = match accounts {
        0 => String::new(),
        accounts => format!(" of at least {}", counted(accounts, "account", "accounts")),
    };
    format!("{start} to {end} {zone} ({lasted}): {failed}{of}, between logins that worked")
}

/// An outage in numbers. Where its cause goes on, what works again is not all of it.
fn figures(case: &Case, outage: &Outage, goes_on: bool, look: Look) -> String {
    let (start, end) = (for_people(outage.start, look.zone), look.end_time(outage.start, outage.end));
    let (lasted, accounts) =
        (duration_for_people(outage.end - outage.start), counted(outage.users_affected.0, "account", "accounts"));
    let (failed, attempts) = (thousands(outage.failed), thousands(outage.attempts));
    let last = case.end().unwrap_or(outage.end);
    let end_of_all = if case.ends_with_window() { "the end of the window" } else { "the last line" };
    let (since, moment) = match outage.recovered_at {
        Some(at) => {
            let some = if goes_on { "some " } else { "" };
            (format!("{some}worked again at {}", look.end_time(outage.end, at)), at)
        }
        None => ("the last failure was".to_owned(), outage.end),
    };
    let back = match last - moment {
        ..1000 => format!("at {end_of_all}"),
        before => format!("{} before {end_of_all}", duration_for_people(before)),
    };
    let or_earlier = if outage.may_be_older { " or earlier" } else { "" };
    let comma = if outage.recovered_at.is_some() { "," } else { "" };
    format!(
        "{start}{or_earlier} to {end} {} ({lasted}): {failed} of {attempts} failed, {accounts}; {since}{comma} {back}{}",
        look.zone_name(case),
        clock(case)
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
