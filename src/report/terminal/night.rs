//! A night for people: what is news, then the report about what is so.

use std::io::{self, Write};

use crate::clock::for_people;
use crate::diagnosis::finding::Severity;
use crate::night::story::{State, Story};
use crate::night::{Night, Run};
use crate::report::terminal::{Look, Tone, unusual};
use crate::text::{TerminalText, counted, wrapped};

/// The left edge of what is told, behind the word for its state.
pub(super) const INDENT: usize = 10;

/// Writes what a night brought. The report behind it is about the findings of this night and the days before it.
///
/// # Errors
/// What `out` says.
pub fn night(night: &Night, look: Look, out: &mut dyn Write) -> io::Result<()> {
    for line in wrapped(&read(&night.run, look), 0, look.width) {
        writeln!(out, "{}", look.paint(Tone::Faint, &line))?;
    }
    for story in night.stories.iter().filter(|story| look.all || story.finding.severity > Severity::Low) {
        write_story(story, look, out)?;
    }
    unusual(&night.deviations, if look.all { &night.not_yet } else { &[] }, look, out)?;
    let findings = night.findings();
    if night.run.span.is_some() && (look.all || findings.iter().any(|finding| finding.severity > Severity::Low)) {
        writeln!(out)?;
        super::write(&night.case, &findings, None, look, out)?;
    }
    Ok(())
}

fn read(run: &Run, look: Look) -> String {
    let number = run.number;
    match run.span {
        Some((first, last)) => format!(
            "Run {number}: {} in {} are new, from {} to {} {}.",
            counted(run.lines, "line", "lines"),
            counted(run.logs_read, "log", "logs"),
            for_people(first, look.zone),
            look.end_time(first, last),
            look.zone.name(last)
        ),
        None => format!("Run {number}: nothing is new in {}.", counted(run.logs, "log", "logs")),
    }
}

/// A story: what it is by now, what is wrong, since when.
pub(super) fn write_story(story: &Story, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let finding = &story.finding;
    let tone = match (story.state, finding.severity) {
        (State::Over, _) => Tone::Good,
        (_, Severity::High | Severity::Critical) => Tone::Bad,
        _ => Tone::Title,
    };
    let title = format!("{} ({}, {})", finding.title, finding.severity.name(), finding.id);
    let since = for_people(story.since, look.zone);
    let when = match story.state {
        State::Over => format!("since {since}, until {}", for_people(finding.end, look.zone)),
        State::Back => format!("since {since}; it comes for the {} time", ordinal(story.times)),
        _ if finding.ongoing => format!("since {since}; it goes on"),
        _ => format!("since {since}, until {}", for_people(finding.end, look.zone)),
    };
    let room = look.width.saturating_sub(INDENT);
    let lines = wrapped(TerminalText::new(&title).as_str(), 0, room);
    for (place, line) in lines.iter().enumerate() {
        let margin = if place == 0 { word(story.state) } else { "" };
        writeln!(out, "{margin:<INDENT$}{}", look.paint(tone, line))?;
    }
    wrapped(&when, 0, room).iter().try_for_each(|line| writeln!(out, "{:INDENT$}{line}", ""))
}

/// What a state is called.
fn word(state: State) -> &'static str {
    match state {
        State::New => "New:",
        State::Back => "Back:",
        State::Worse => "Worse:",
        State::Continuing => "Goes on:",
        State::Over => "Over:",
    }
}

fn ordinal(number: u64) -> String {
    let ending = match (number % 10, number % 100) {
        (1, tens) if tens != 11 => "st",
        (2, tens) if tens != 12 => "nd",
        (3, tens) if tens != 13 => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}
