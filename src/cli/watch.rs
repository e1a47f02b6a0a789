//! `exlog watch`: follows growing logs, and shows failures and findings as they begin and end.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};
use std::{io, io::Write};

use clap::{Args, ValueEnum};

use crate::cli::options::{Selection, duration, has_standard_input, now};
use crate::cli::output::Output;
use crate::cli::reading::{no_input, tell_notes};
use crate::cli::redaction::{Redaction, redact_row};
use crate::cli::status::Status;
use crate::cli::telling::tell;
use crate::cli::wanted::Wanted;
use crate::diagnosis::finding::Severity;
use crate::error::{Error, ErrorKind, Result};
use crate::follow::follower::{Follower, Looked, Order};
use crate::live::Told;
use crate::live::event::Event;
use crate::login::outcome::Outcome;
use crate::redaction::{Redact, Redactor};
use crate::report::listing::Listing;
use crate::report::{ndjson, terminal};
use crate::skipped::FileFate;
use crate::text::counted;

/// So much may wait to be written before reading waits.
const MOST_WAITING: usize = 1024;

/// Judging takes at most one in so many parts of the time.
const JUDGING: u32 = 10;

/// The arguments of `exlog watch`.
#[derive(Debug, Args)]
#[command(after_help = STATUS, after_long_help = format!("{EXAMPLES}\n\n{STATUS}"))]
#[command(mut_arg("around", |around| around.hide(true)), mut_arg("margin", |margin| margin.hide(true)))]
pub(super) struct Watch {
    #[command(flatten)]
    pub(super) selection: Selection,

    /// How much of what is there already is read first, back from its last line: 10m, 2h, 1d
    #[arg(long, value_name = "TIME", default_value = "15m", value_parser = duration, conflicts_with = "from", help_heading = "What counts")]
    since: i64,

    /// What is older than this against the newest line is let go, and lines that come so late are not shown: whole hours
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = duration, help_heading = "What counts")]
    keep: i64,

    #[command(flatten)]
    wanted: Wanted,

    /// Show all logins, not only those that failed
    #[arg(long, conflicts_with = "outcome", help_heading = "What counts")]
    all: bool,

    /// How often the logs are looked at
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = duration)]
    every: i64,

    /// End after so long, with a last look: for scripts [default: until Ctrl+C]
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    lasts: Option<i64>,

    /// The form of the output
    #[arg(long, value_enum, default_value_t = Format::Terminal, ignore_case = true, help_heading = "Output")]
    format: Format,

    #[command(flatten)]
    output: Output,

    #[command(flatten)]
    redaction: Redaction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Terminal,
    /// For scripts: a JSON object for each, one a line, with the field names of ECS; exlog.change says what became of it
    Ndjson,
}

const EXAMPLES: &str = "\
Examples:
  exlog watch \\\\ex01\\c$\\Logs \\\\ex02\\c$\\Logs
  exlog watch \"C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Logging\" --user alice@contoso.com --all
  exlog watch logs --role frontend --since 2h --format ndjson > live.jsonl
  exlog watch logs --for 10m --quiet

Each failed login is a line, with its file and line below it; a few lines say when failures of a new kind begin, when an outage begins and is over,
and when a finding is new, comes back, gets worse or is over. Only the times in the lines count: Exchange writes late, so a login may
be shown minutes after it was, with its own time, and the beginning of an outage may be corrected. What ended is over once its service has
written for a minute behind it.

Logs may be renamed, packed, cut shorter or replaced, and new ones may come: each line is shown once. A line is read when it is whole.";

const STATUS: &str = "\
Exit status:
  0  the job was done: --for has passed, Ctrl+C, or nobody reads any more
  2  wrong usage, or the job could not be done
  3  the paths are not there or cannot be read; a folder that holds no log yet is waited for";

/// What the one who reads tells the one who writes.
enum Message {
    Event(Event),
    /// A look is over. With how many lines that could not be read so far.
    Looked(Looked, u64),
    Failed(Error),
    /// Nothing more comes.
    End,
}

impl Watch {
    pub(super) fn run(&self) -> Result<Status> {
        if has_standard_input(&self.selection.paths) {
            return Err(Error::new(ErrorKind::Usage, "standard input cannot be looked at again and again")
                .hint("give the folder of the logs; 'exlog sessions -' reads standard input"));
        }
        if self.selection.is_around_outage() {
            return Err(Error::new(ErrorKind::Usage, "--around has no meaning here: what is watched is not over")
                .hint("'exlog analyze' and 'exlog sessions' show what was around an outage"));
        }
        let look = self.output.look(self.selection.zone()?, terminal::Glyphs::Console);
        let reader = Reader {
            follower: Follower::new(self.order()?),
            told: Told::default(),
            redactor: self.redaction.redactor()?,
            every: milliseconds(self.every),
            lasts: self.lasts.map(milliseconds),
            all: self.output.verbose,
        };
        let (sender, receiver) = sync_channel(MOST_WAITING);
        let interrupted = sender.clone();
        let handler = ctrlc::set_handler(move || drop(interrupted.send(Message::End)));
        handler.map_err(|error| Error::new(ErrorKind::System, format!("Ctrl+C could not be watched for: {error}")))?;
        let reading = thread::spawn(move || reader.run(&sender));
        let next = || next(&receiver, || reading.is_finished());
        // Nothing can be shown before the first look, so what comes first tells whether there is anything to look at.
        let mut first = Some(next());
        if let Some(Message::Looked(looked, _)) = &first {
            self.check(looked)?;
        }
        let (mut failed, mut unread) = (None, 0);
        self.output.write(|out| {
            let mut listing = self.listing(look, out);
            loop {
                match first.take().unwrap_or_else(next) {
                    Message::Event(event) => listing.add(&event)?,
                    Message::Looked(looked, skipped) => {
                        listing.flush()?;
                        unread = skipped;
                        self.tell_trouble(&looked);
                    }
                    Message::Failed(error) => failed = Some(error),
                    Message::End => return listing.finish(),
                }
            }
        })?;
        if unread > 0 && !self.output.quiet {
            tell(format_args!("{} could not be read; 'exlog analyze' says which and why", counted(unread, "line", "lines")));
        }
        failed.map_or(Ok(Status::Done), Err)
    }

    fn order(&self) -> Result<Order> {
        Ok(Order {
            paths: self.selection.paths.clone(),
            scope: self.selection.scope(self.output.quiet)?,
            since: self.since,
            keep: self.keep,
            outcome: if self.all { None } else { self.wanted.outcome().or(Some(Outcome::Failed)) },
            error: self.wanted.error()?,
            threads: self.selection.threads,
            unpacking: self.selection.unpacking.into(),
        })
    }

    fn listing<'a>(&self, look: terminal::Look, out: &'a mut dyn Write) -> Box<dyn Listing<Event> + 'a> {
        match self.format {
            Format::Terminal => Box::new(terminal::events(look, out)),
            Format::Ndjson => Box::new(ndjson::events(out)),
        }
    }

    /// The first look: where nothing can be read nothing is waited for, and where nothing is yet that is said.
    fn check(&self, looked: &Looked) -> Result<()> {
        if looked.logs > 0 {
            return Ok(());
        }
        if looked.notes.iter().any(|note| note.fate == FileFate::Unreadable) {
            return Err(no_input(&looked.notes, "the paths"));
        }
        if !self.output.quiet {
            tell("no IMAP4 or POP3 protocol log is among the paths yet that was written lately: waiting for one");
        }
        Ok(())
    }

    fn tell_trouble(&self, looked: &Looked) {
        if !self.output.quiet {
            tell_notes(&looked.notes);
        }
    }
}

fn milliseconds(time: i64) -> Duration {
    Duration::from_millis(time.unsigned_abs())
}

/// What comes next. Whoever reads says when it ends; if it does not, nothing more comes all the same.
fn next(receiver: &Receiver<Message>, is_finished: impl Fn() -> bool) -> Message {
    loop {
        match receiver.recv_timeout(Duration::from_secs(1)) {
            Ok(message) => return message,
            Err(RecvTimeoutError::Timeout) if !is_finished() => {}
            Err(_) => return Message::End,
        }
    }
}

/// Reads in a thread of its own, so that Ctrl+C need not wait for a slow share.
struct Reader {
    follower: Follower,
    told: Told,
    redactor: Option<Redactor>,
    every: Duration,
    lasts: Option<Duration>,
    all: bool,
}

impl Reader {
    /// Looks again and again, until its time is over or nobody listens any more.
    fn run(mut self, sender: &SyncSender<Message>) {
        let begin = Instant::now();
        let (mut is_news, mut judged, mut cost) = (false, begin, Duration::ZERO);
        loop {
            let is_last = self.lasts.is_some_and(|lasts| begin.elapsed() >= lasts);
            let looked = match self.look(sender) {
                Ok(looked) => looked,
                Err(error) => {
                    let _ = sender.send(Message::Failed(error));
                    break;
                }
            };
            is_news |= looked.is_new;
            // Where there is much to judge, it waits a little: reading must not.
            if is_news && (is_last || judged.elapsed() >= cost * JUDGING) {
                let start = Instant::now();
                if self.judge(sender).is_err() {
                    return;
                }
                (is_news, judged, cost) = (false, Instant::now(), start.elapsed());
            }
            if sender.send(Message::Looked(looked, self.follower.skipped())).is_err() {
                return;
            }
            if is_last {
                break;
            }
            thread::sleep(self.lasts.map_or(self.every, |lasts| self.every.min(lasts.saturating_sub(begin.elapsed()))));
        }
        let _ = sender.send(Message::End);
    }

    fn look(&mut self, sender: &SyncSender<Message>) -> Result<Looked> {
        let redactor = &mut self.redactor;
        self.follower.look(now().now(), |mut attempt| {
            redact_row(redactor, &mut attempt);
            // Who does not listen any more is noticed when the look is over.
            let _ = sender.send(Message::Event(Event::Attempt(Box::new(attempt))));
        })
    }

    /// Says what is news in what is recent.
    fn judge(&mut self, sender: &SyncSender<Message>) -> std::result::Result<(), io::Error> {
        let (mut case, mut fresh) = self.follower.case();
        if let Some(redactor) = &mut self.redactor {
            case.teach(redactor);
            fresh.teach(redactor);
            case.redact(redactor);
            fresh.redact(redactor);
            redactor.forget();
        }
        for event in self.told.news(case, &fresh, self.follower.floor()) {
            let is_small = matches!(&event, Event::Finding(story) if story.finding.severity <= Severity::Low);
            if self.all || !is_small {
                sender.send(Message::Event(event)).map_err(|_| io::ErrorKind::BrokenPipe)?;
            }
        }
        Ok(())
    }
}
