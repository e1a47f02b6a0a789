//! The rows of `exlog sessions` on a terminal: columns of fixed widths, because the next row is not known yet.

use std::io::{self, Write};

use crate::attempts::attempt::Attempt;
use crate::attempts::other_half::{Half, OtherHalf, Share, Shares};
use crate::attempts::session_line::SessionLine;
use crate::clock::in_column;
use crate::login::outcome::Outcome;
use crate::protocol::{Protocol, Role};
use crate::report::listing::Listing;
use crate::report::terminal::{Look, Tone};
use crate::text::{TerminalText, counted, thousands, truncated};

/// Login attempts, one a line.
pub fn attempts(look: Look, out: &mut dyn Write) -> impl Listing<Attempt> {
    Attempts { look, out, widths: Widths::of(look.width), counts: [0; 3], shares: Shares::default() }
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
    shares: Shares,
}

/// How wide the columns are that have no width of their own; 0 where there is no room.
pub(super) struct Widths {
    time: usize,
    server: usize,
    session: usize,
    result: usize,
    user: usize,
}

const SERVICE: usize = 7;
const CLIENT: usize = 15;

impl Widths {
    pub(super) fn of(width: usize) -> Self {
        let time = if width < 110 { "2026-03-12 07:30:00".len() } else { "2026-03-12 07:30:00.000".len() };
        let session = if width < 100 { 0 } else { 7 };
        let server = if width < 120 { 0 } else { 12 };
        let taken: usize =
            [time, SERVICE, CLIENT, session, server].iter().filter(|width| **width > 0).map(|width| width + 2).sum();
        let rest = width.saturating_sub(taken + 2);
        Self { time, server, session, result: rest / 2, user: rest - rest / 2 }
    }

    /// The names of the columns.
    pub(super) fn title(&self, look: Look) -> String {
        look.paint(Tone::Faint, &self.line(["time", "service", "server", "result", "account", "from", "session"]))
    }

    /// An attempt in one line.
    pub(super) fn row(&self, attempt: &Attempt, look: Look) -> String {
        let (result, tone) = match attempt.outcome {
            Outcome::Succeeded => ("ok".to_owned(), Tone::Plain),
            Outcome::Failed if attempt.error.is_empty() => (format!("failed: {}", attempt.response), Tone::Bad),
            Outcome::Failed => (attempt.error.to_string(), Tone::Bad),
            Outcome::Unknown => ("unknown".to_owned(), Tone::Faint),
        };
        let time = in_column(attempt.moment, look.zone, self.time);
        let line = self.line([
            &time,
            service(attempt.protocol, attempt.role),
            attempt.server.as_deref().unwrap_or("?"),
            &result,
            &attempt.user,
            real_client(attempt),
            &format!("{:X}", attempt.session),
        ]);
        look.paint(tone, &line)
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
            writeln!(self.out, "{}", self.widths.title(self.look))?;
        }
        let place = match attempt.outcome {
            Outcome::Succeeded => 0,
            Outcome::Failed => 1,
            Outcome::Unknown => 2,
        };
        if let Some(count) = self.counts.get_mut(place) {
            *count += 1;
        }
        writeln!(self.out, "{}", self.widths.row(attempt, self.look))?;
        if self.look.all {
            let target = attempt.target.as_deref().map_or_else(String::new, |target| format!(", handed over to {target}"));
            let duration = attempt.duration.map_or_else(String::new, |duration| format!(", {} ms", thousands(duration)));
            let server = attempt.server.as_deref().unwrap_or("?");
            let more = format!("{}: {server}, {}{duration}{target}", attempt.location, attempt.mechanism.name());
            writeln!(self.out, "  {}", self.look.paint(Tone::Faint, TerminalText::new(&more).as_str()))?;
        }
        self.shares.add(attempt);
        if let Some(told) = other_half(attempt).filter(|_| self.look.all || is_worth_telling(attempt)) {
            writeln!(self.out, "  {}", self.look.paint(Tone::Faint, TerminalText::new(&told).as_str()))?;
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
        writeln!(self.out, "{attempts}: {} succeeded, {} failed{unknown}", thousands(succeeded), thousands(failed))?;
        for (protocol, role, server, share) in self.shares.iter() {
            let server = server.unwrap_or("an unknown server");
            let told = format!("{} {} of {server}: {}", protocol.title(), role.title(), shares(role, share));
            writeln!(self.out, "{}", TerminalText::new(&told))?;
        }
        Ok(())
    }
}

/// Where a login came from: of a back end that is the client of the front end, as far as that is known.
fn real_client(attempt: &Attempt) -> &str {
    let front = attempt.other_half.as_ref().and_then(OtherHalf::half).filter(|_| attempt.role == Role::BackEnd);
    front.and_then(|half| half.client.as_deref()).unwrap_or(&attempt.client.address)
}

/// A success that both halves agree on needs no line.
fn is_worth_telling(attempt: &Attempt) -> bool {
    let other = attempt.other_half.as_ref().and_then(|other| other.half()?.outcome);
    attempt.outcome == Outcome::Failed || other.is_some_and(|other| other != attempt.outcome)
}

/// What the other half says, or why it is not there.
fn other_half(attempt: &Attempt) -> Option<String> {
    let other = attempt.other_half.as_ref()?;
    let there = if attempt.role == Role::FrontEnd { "back end" } else { "front end" };
    Some(match other {
        OtherHalf::Found { score, half } => format!("{there}{} (fits {score} %)", said(attempt.role, half)),
        OtherHalf::Ambiguous { candidates: 1, half } => {
            format!("{there}: ambiguous, the one login that fits may be another's{}", said(attempt.role, half))
        }
        OtherHalf::Ambiguous { candidates, half } => {
            format!("{there}: ambiguous, {candidates} logins fit{}", said(attempt.role, half))
        }
        OtherHalf::NotFound => format!("{there}: no login that fits is in the logs"),
        OtherHalf::Undecided => format!("{there}: not decided, too much came at once or too late"),
    })
}

/// What is known of a half, as far as it is the same for all that may be it.
fn said(role: Role, half: &Half) -> String {
    let server = half.server.as_deref().map(|server| format!(" {server}")).unwrap_or_default();
    let outcome = match (half.outcome, half.error.as_deref()) {
        (Some(outcome), Some("") | None) => format!(": {}", outcome.name()),
        (_, Some(error)) if !error.is_empty() => format!(": {error}"),
        _ => String::new(),
    };
    let client = half.client.as_deref().filter(|_| role == Role::BackEnd);
    let client = client.map(|client| format!(", from {client}")).unwrap_or_default();
    let place = half.location.as_ref().map(|place| format!(", {place}")).unwrap_or_default();
    format!("{server}{outcome}{client}{place}")
}

/// One login without its other half in so many is a reason to think of clocks.
const SUSPECT: u64 = 20;

/// For how many attempts of a service the other half is known.
fn shares(role: Role, share: Share) -> String {
    let (of, there) = match role {
        Role::FrontEnd => (" handed over", "on the back end"),
        Role::BackEnd => ("", "on the front end"),
    };
    let percent = share.matched * 100 / share.total().max(1);
    let undecided = if share.undecided > 0 { format!(", {} not decided", thousands(share.undecided)) } else { String::new() };
    let logins = counted(share.total(), "login", "logins");
    // One server whose clock is wrong, or whose folder is called otherwise, is enough.
    let is_much = role == Role::FrontEnd && share.unmatched * SUSPECT > share.total();
    let reasons = if is_much {
        "; nothing is found where clocks of servers differ by more than 5 s ('exlog analyze' tells which), where a folder of logs is \
         called by another server's name, or where logs are missing"
    } else {
        ""
    };
    format!(
        "{logins}{of}, {} found {there} ({percent} %), {} ambiguous, {} not found{undecided}{reasons}",
        thousands(share.matched),
        thousands(share.ambiguous),
        thousands(share.unmatched),
    )
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
