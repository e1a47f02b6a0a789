//! What happens while logs grow, for people: a line for each login, a few for what begins and ends.
//!
//! Nothing is cut but what has a column: the file and the line of a login stand below it, so that they can be opened.

use std::io::{self, Write};

use crate::attempts::attempt::Attempt;
use crate::case::group::Group;
use crate::case::outage::Outage;
use crate::clock::for_people;
use crate::live::event::{Change, Event};
use crate::night::story::{State, Story};
use crate::protocol::Role;
use crate::report::listing::Listing;
use crate::report::terminal::attempts::Widths;
use crate::report::terminal::night::{INDENT, write_story};
use crate::report::terminal::{Look, Tone};
use crate::text::{TerminalText, counted, thousands, wrapped};

/// What happens, each as it comes.
pub fn events(look: Look, out: &mut dyn Write) -> impl Listing<Event> {
    Events { look, out, widths: Widths::of(look.width), has_title: false }
}

struct Events<'a> {
    look: Look,
    out: &'a mut dyn Write,
    widths: Widths,
    /// Whether the columns were named.
    has_title: bool,
}

impl Listing<Event> for Events<'_> {
    fn add(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::Attempt(attempt) => self.attempt(attempt),
            Event::Group(group) => self.group(group),
            Event::Outage(change, outage) => self.outage(*change, outage),
            Event::Finding(story) => self.finding(story),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Events<'_> {
    fn attempt(&mut self, attempt: &Attempt) -> io::Result<()> {
        if !self.has_title {
            writeln!(self.out, "{}", self.widths.title(self.look))?;
            self.has_title = true;
        }
        writeln!(self.out, "{}", self.widths.row(attempt, self.look))?;
        let place = format!("{}, {}", attempt.server.as_deref().unwrap_or("an unknown server"), attempt.location);
        writeln!(self.out, "  {}", self.look.paint(Tone::Faint, TerminalText::new(&place).as_str()))
    }

    fn group(&mut self, group: &Group) -> io::Result<()> {
        let failures = &group.failures;
        let title = format!(
            "{} login fails on {}: {}",
            kind(group),
            group.service.server.as_deref().unwrap_or("an unknown server"),
            group.key.name(),
        );
        let since = format!(
            "since {}; {} of {} so far",
            for_people(failures.span.first, self.look.zone),
            counted(failures.count, "failure", "failures"),
            counted(group.users.0, "account", "accounts"),
        );
        self.told("Fails:", if group.key.is_servers_own() { Tone::Bad } else { Tone::Plain }, &title, &since)
    }

    fn outage(&mut self, change: Change, outage: &Outage) -> io::Result<()> {
        let server = outage.server.as_deref().unwrap_or("an unknown server");
        let place = format!("{} on {server}", outage.protocol.title());
        let start = for_people(outage.start, self.look.zone);
        let failed = format!("{} of {} failed", thousands(outage.failed), counted(outage.attempts, "attempt", "attempts"));
        let so_far = format!("since {start}; {failed} so far");
        match change {
            Change::Began => self.told("Outage:", Tone::Bad, &format!("{place} is out"), &so_far),
            Change::GoesOn => self.told("Outage:", Tone::Bad, &format!("{place} is out still, or again"), &so_far),
            Change::Corrected(before) => {
                let before = for_people(before, self.look.zone);
                let title = format!("{place} has been out since {start}, not since {before}");
                self.told("Outage:", Tone::Title, &title, "lines that came late show it")
            }
            Change::Over => {
                let works = outage
                    .recovered_at
                    .map_or_else(String::new, |at| format!("; logins work since {}", for_people(at, self.look.zone)));
                let until = self.look.end_time(outage.start, outage.end);
                self.told(
                    "Over:",
                    Tone::Good,
                    &format!("{place} works again"),
                    &format!("out from {start} to {until}, {failed}{works}"),
                )
            }
            Change::Withdrawn => {
                let title = format!("{place} was not out since {start}");
                self.told("No outage:", Tone::Good, &title, "the lines behind it show that enough logins worked")
            }
        }
    }

    fn finding(&mut self, story: &Story) -> io::Result<()> {
        write_story(story, self.look, self.out)?;
        let finding = &story.finding;
        if story.state == State::Over {
            return Ok(());
        }
        let step = finding.remediation.first().map(|step| format!("To do: {}", step.text));
        let explained = format!("'exlog explain {}' says more", finding.id);
        for text in [Some(finding.summary.clone()), step, Some(explained)].into_iter().flatten() {
            self.indented(&text)?;
        }
        Ok(())
    }

    /// A word in the margin, what is so beside it, and more below.
    fn told(&mut self, word: &str, tone: Tone, title: &str, more: &str) -> io::Result<()> {
        let room = self.look.width.saturating_sub(INDENT);
        for (place, line) in wrapped(TerminalText::new(title).as_str(), 0, room).iter().enumerate() {
            let margin = if place == 0 { word } else { "" };
            writeln!(self.out, "{margin:<INDENT$}{}", self.look.paint(tone, line))?;
        }
        self.indented(more)
    }

    fn indented(&mut self, text: &str) -> io::Result<()> {
        let room = self.look.width.saturating_sub(INDENT);
        let text = TerminalText::new(text);
        wrapped(text.as_str(), 0, room).iter().try_for_each(|line| writeln!(self.out, "{:INDENT$}{line}", ""))
    }
}

/// Of whom a group is.
fn kind(group: &Group) -> String {
    let of = if group.service.role == Role::BackEnd { " back-end" } else { "" };
    format!("{}{of}", group.service.protocol.title())
}
