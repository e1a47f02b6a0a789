//! The rows of `exlog sessions` on a terminal: columns of fixed widths, because the next row is not known yet.

use std::io::{self, Write};

use crate::attempts::attempt::Attempt;
use crate::attempts::session_line::SessionLine;
use crate::clock::for_people;
use crate::login::outcome::Outcome;
use crate::protocol::{Protocol, Role};
use crate::report::listing::Listing;
use crate::report::terminal::{Look, Tone};
use crate::text::{TerminalText, counted, thousands, truncated};

/// Login attempts, one a line.
pub fn attempts(look: Look, out: &mut dyn Write) -> impl Listing<Attempt> {
    Attempts { look, out, widths: Widths::of(look.width), counts: [0; 3] }
}

/// The lines of a session as they stand in the logs, each behind its file and line.
pub fn session_lines(look: Look, out: &mut dyn Write) -> impl Listing<SessionLine> {
    SessionLines { look, out, count: 0, heading: String::new() }
}

struct Attempts<'a> {
    look: Look,
    out: &'a mut dyn Write,
    widths: Widths,
    /// Succeeded, failed, unknown.
    counts: [u64; 3],
}

/// How wide the columns are that have no width of their own; 0 where there is no room.
struct Widths {
    time: usize,
    server: usize,
    session: usize,
    result: usize,
    user: usize,
}

const SERVICE: usize = 7;
const CLIENT: usize = 15;

impl Widths {
    fn of(width: usize) -> Self {
        let time = if width < 110 { "2026-03-12 07:30:00".len() } else { "2026-03-12 07:30:00.000".len() };
        let session = if width < 100 { 0 } else { 7 };
        let server = if width < 120 { 0 } else { 12 };
        let taken: usize =
            [time, SERVICE, CLIENT, session, server].iter().filter(|width| **width > 0).map(|width| width + 2).sum();
        let rest = width.saturating_sub(taken + 2);
        Self { time, server, session, result: rest / 2, user: rest - rest / 2 }
    }

    /// A line of cells, cut and filled up to their widths.
    fn line(&self, [time, service, server, result, user, client, session]: [&str; 7]) -> String {
        let cells = [
            (time, self.time),
            (service, SERVICE),
            (server, self.server),
            (result, self.result),
            (user, self.user),
            (client, CLIENT),
            (session, self.session),
        ];
        let mut line = String::new();
        for (cell, width) in cells.into_iter().filter(|(_, width)| *width > 0) {
            let cell = TerminalText::new(cell);
            line.push_str(&format!("{:<width$}  ", truncated(cell.as_str(), width)));
        }
        line.trim_end().to_owned()
    }
}

impl Listing<Attempt> for Attempts<'_> {
    fn add(&mut self, attempt: &Attempt) -> io::Result<()> {
        if self.counts == [0; 3] {
            let title = self.widths.line(["time", "service", "server", "result", "account", "from", "session"]);
            writeln!(self.out, "{}", self.look.paint(Tone::Faint, &title))?;
        }
        let (place, result, tone) = match attempt.outcome {
            Outcome::Succeeded => (0, "ok".to_owned(), Tone::Plain),
            Outcome::Failed if attempt.error.is_empty() => (1, format!("failed: {}", attempt.response), Tone::Bad),
            Outcome::Failed => (1, attempt.error.to_string(), Tone::Bad),
            Outcome::Unknown => (2, "unknown".to_owned(), Tone::Faint),
        };
        if let Some(count) = self.counts.get_mut(place) {
            *count += 1;
        }
        let time = format!("{}.{:03}", for_people(attempt.moment, self.look.zone), attempt.moment.rem_euclid(1000));
        let line = self.widths.line([
            time.get(..self.widths.time).unwrap_or(&time),
            service(attempt.protocol, attempt.role),
            attempt.server.as_deref().unwrap_or("?"),
            &result,
            &attempt.user,
            &attempt.client.address,
            &format!("{:X}", attempt.session),
        ]);
        writeln!(self.out, "{}", self.look.paint(tone, &line))?;
        if self.look.all {
            let target = attempt.target.as_deref().map_or_else(String::new, |target| format!(", handed over to {target}"));
            let duration = attempt.duration.map_or_else(String::new, |duration| format!(", {} ms", thousands(duration)));
            let server = attempt.server.as_deref().unwrap_or("?");
            let more = format!("{}: {server}, {}{duration}{target}", attempt.location, attempt.mechanism.name());
            writeln!(self.out, "  {}", self.look.paint(Tone::Faint, TerminalText::new(&more).as_str()))?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        let [succeeded, failed, unknown] = self.counts;
        let total = succeeded + failed + unknown;
        if total == 0 {
            return writeln!(self.out, "No login attempt fits.");
        }
        let unknown = if unknown > 0 { format!(", {} unknown", thousands(unknown)) } else { String::new() };
        let attempts = counted(total, "attempt", "attempts");
        writeln!(self.out, "{attempts}: {} succeeded, {} failed{unknown}", thousands(succeeded), thousands(failed))
    }
}

fn service(protocol: Protocol, role: Role) -> &'static str {
    match (protocol, role) {
        (Protocol::Imap4, Role::FrontEnd) => "IMAP",
        (Protocol::Imap4, Role::BackEnd) => "IMAP BE",
        (Protocol::Pop3, Role::FrontEnd) => "POP",
        (Protocol::Pop3, Role::BackEnd) => "POP BE",
    }
}

struct SessionLines<'a> {
    look: Look,
    out: &'a mut dyn Write,
    count: u64,
    /// Whose lines were written last.
    heading: String,
}

impl Listing<SessionLine> for SessionLines<'_> {
    fn add(&mut self, line: &SessionLine) -> io::Result<()> {
        let server = line.server.as_deref().unwrap_or("an unknown server");
        let heading = format!("Session {:016X}, {} {} of {server}", line.session, line.protocol.title(), line.role.title());
        // The same number again on the same server is another session, after a restart.
        if heading != self.heading || line.command.as_ref() == "OpenSession" {
            let space = if self.count > 0 { "\n" } else { "" };
            writeln!(self.out, "{space}{}", self.look.paint(Tone::Title, TerminalText::new(&heading).as_str()))?;
            self.heading = heading;
        }
        self.count += 1;
        let place = format!("{}:", line.location);
        let place = self.look.paint(Tone::Faint, TerminalText::new(&place).as_str());
        writeln!(self.out, "{place} {}", TerminalText::new(&line.text))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        if self.count == 0 { writeln!(self.out, "No line of this session is there.") } else { Ok(()) }
    }
}
