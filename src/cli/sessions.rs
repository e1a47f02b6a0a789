//! `exlog sessions`: the login attempts themselves, or one session line by line.

use std::collections::BinaryHeap;
use std::io::{self, Write};
use std::num::NonZeroUsize;

use clap::{Args, ValueEnum};

use crate::attempts::attempt::{Attempt, Attempts};
use crate::attempts::halves::{BothHalves, InPairs};
use crate::attempts::in_order::{InOrder, Key, Rows, Step};
use crate::attempts::session_line::SessionLines;
use crate::cli::csv_mark::CsvMark;
use crate::cli::options::Selection;
use crate::cli::output::Output;
use crate::cli::progress::Bar;
use crate::cli::reading::{no_input, tell_left_aside};
use crate::cli::redaction::{Redaction, redact_row};
use crate::cli::spared::check_spared;
use crate::cli::status::Status;
use crate::cli::telling::tell;
use crate::cli::wanted::Wanted;
use crate::collections::earliest::Earliest;
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::Progress;
use crate::pipeline::beginnings::beginnings;
use crate::redaction::{Redact, Redactor};
use crate::report::listing::Listing;
use crate::report::terminal::Look;
use crate::report::{bodyfile, csv, ndjson, terminal};
use crate::skipped::FileNote;
use crate::text::counted;

/// The arguments of `exlog sessions`.
#[derive(Debug, Args)]
#[command(after_help = STATUS, after_long_help = format!("{EXAMPLES}\n\n{STATUS}"))]
pub(super) struct Sessions {
    #[command(flatten)]
    pub(super) selection: Selection,

    #[command(flatten)]
    wanted: Wanted,

    /// Every line of this session instead of attempts, with its file and line. Numbers come again: narrow with --server, --role, --from
    #[arg(long, value_name = "ID", value_parser = session_number, conflicts_with_all = ["outcome", "error", "user"], help_heading = "What counts")]
    session: Option<u64>,

    /// Do not look for the other half of each attempt, on the back end or the front end. Quicker, above all with --server
    #[arg(long, conflicts_with = "session", help_heading = "What counts")]
    no_join: bool,

    /// Stop after so many
    #[arg(long, value_name = "N", conflicts_with = "last", help_heading = "What counts")]
    limit: Option<NonZeroUsize>,

    /// Only the last so many; they are kept in memory until everything was read
    #[arg(long, value_name = "N", help_heading = "What counts")]
    last: Option<NonZeroUsize>,

    /// The form of the output
    #[arg(long, value_enum, default_value_t = Format::Terminal, ignore_case = true, help_heading = "Output")]
    format: Format,

    #[command(flatten)]
    mark: CsvMark,

    #[command(flatten)]
    output: Output,

    #[command(flatten)]
    redaction: Redaction,

    /// End with status 2 if lines were skipped or files could not be read
    #[arg(long)]
    strict: bool,
}

const EXAMPLES: &str = "\
Attempts come in the order of time, then of file and line, while the logs are still being read; memory does not grow with their length.

Examples:
  exlog sessions copies --user alice@contoso.com --from 2026-03-12T07:00Z --to 2026-03-12T08:00Z
  exlog sessions copies --around outage-1 --margin 5m
  exlog sessions copies --outcome failed --error ProxyNotAuthenticated --limit 20
  exlog sessions copies --session 00000000000000A1 --server EX01 --role frontend
  exlog sessions copies --client 203.0.113.0/24 --format csv --output attempts.csv
  exlog sessions copies --format ndjson > attempts.jsonl        (field names of ECS; Timesketch reads it too)
  exlog sessions copies --outcome failed --format timesketch --output failed.csv
  exlog sessions copies --format bodyfile --output attempts.body && mactime -b attempts.body -y

Each login that a front end handed over is shown with its other half on the back end, and each login of a back end with the client it really came
from: by time, account, target, and CafeActivityId where it is there. Where several fit about equally it is called ambiguous, and only
what is the same for all of them is shown. Filters choose attempts by their own lines; other halves are looked for everywhere among PATH.

CSV has commas, CRLF, times in UTC, and a ' before what a spreadsheet would take for a formula. In a file it begins with a byte
order mark, by which Excel and Windows PowerShell 5.1 know it for UTF-8.";

const STATUS: &str = "\
Exit status:
  0  the job was done, also if nothing fits
  2  wrong usage, or the job could not be done; with --strict also skipped lines or unreadable files
  3  no readable protocol log among the paths";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Terminal,
    /// For spreadsheets: a row for each
    Csv,
    /// For Elastic, Timesketch and scripts: a JSON object for each, one a line
    Ndjson,
    /// For Timesketch: CSV as its importer asks for it
    Timesketch,
    /// For mactime of The Sleuth Kit: a body file
    Bodyfile,
    #[value(hide = true)]
    Json,
    #[value(hide = true)]
    Html,
}

fn session_number(text: &str) -> std::result::Result<u64, String> {
    let digits = text.trim().trim_start_matches("0x");
    u64::from_str_radix(digits, 16)
        .map_err(|_| "a session is named by up to sixteen hexadecimal digits, as in the logs".to_owned())
}

impl Sessions {
    pub(super) fn run(&self) -> Result<Status> {
        self.check_format()?;
        check_spared(&self.selection.paths, &[self.output.file()])?;
        let scope = self.selection.scope(self.output.quiet)?;
        let error = self.wanted.error()?;
        let wanted = Attempts { scope: &scope, outcome: self.wanted.outcome(), error: error.as_ref() };
        let both = BothHalves::of(wanted);
        let is_joined = self.session.is_none() && !self.no_join;
        let window = if is_joined { both.window() } else { scope.window };
        let (logs, notes) = beginnings(&self.selection.paths, window, self.selection.unpacking.into(), self.selection.threads)?;
        if logs.is_empty() {
            return Err(no_input(&notes, "the paths"));
        }
        match self.session {
            Some(session) => {
                let lines = SessionLines { scope: &scope, session };
                self.list(InOrder::new(logs, &scope, &lines), notes, |out, look, mark| {
                    Ok(match self.format {
                        Format::Csv => Box::new(csv::session_lines(mark, out)?),
                        Format::Ndjson => Box::new(ndjson::session_lines(out)),
                        Format::Timesketch => Box::new(csv::timesketch::session_lines(out)?),
                        Format::Bodyfile => Box::new(bodyfile::session_lines(out)),
                        _ => Box::new(terminal::session_lines(look, out)),
                    })
                })
            }
            None if is_joined => self.list_attempts(InPairs::new(logs, &both), notes),
            None => self.list_attempts(InOrder::new(logs, &scope, &wanted), notes),
        }
    }

    fn list_attempts(&self, logs: impl Rows<Row = Attempt>, notes: Vec<FileNote>) -> Result<Status> {
        self.list(logs, notes, |out, look, mark| {
            Ok(match self.format {
                Format::Csv => Box::new(csv::attempts(mark, out)?),
                Format::Ndjson => Box::new(ndjson::attempts(out)),
                Format::Timesketch => Box::new(csv::timesketch::attempts(out)?),
                Format::Bodyfile => Box::new(bodyfile::attempts(out)),
                _ => Box::new(terminal::attempts(look, out)),
            })
        })
    }

    fn check_format(&self) -> Result<()> {
        let usage = |message, hint| Err(Error::new(ErrorKind::Usage, message).hint(hint));
        match self.format {
            Format::Json => usage(
                "sessions are written while the logs are read, which a single JSON document cannot be",
                "use --format ndjson: one JSON object a line",
            ),
            Format::Html => usage(
                "sessions cannot be written as a page",
                "use --format csv or ndjson; 'exlog analyze --format html' makes a page",
            ),
            format => self.mark.only_with(format == Format::Csv),
        }
    }

    /// Writes what is taken, in its order, and says on standard error what could not be read.
    fn list<R: Redact>(
        &self,
        mut logs: impl Rows<Row = R>,
        notes: Vec<FileNote>,
        listing: impl for<'a> FnOnce(&'a mut dyn Write, Look, bool) -> io::Result<Box<dyn Listing<R> + 'a>>,
    ) -> Result<Status> {
        let redactor = self.redaction.redactor()?;
        let look = self.output.look(self.selection.zone()?, terminal::Glyphs::Console);
        let mark = self.mark.is_written(&self.output);
        // Rows that come one by one show themselves how far the run is.
        let bar = Bar::new(self.output.quiet || !(self.output.is_file() || self.last.is_some()));
        let (files, bytes) = logs.planned();
        bar.planned(files, bytes);
        self.output.write(|out| {
            let mut listing = Redacted { listing: listing(out, look, mark)?, redactor };
            match self.last {
                Some(last) => write_last(&mut logs, last.get(), &bar, &mut listing)?,
                None => write_first(&mut logs, self.limit.map_or(usize::MAX, NonZeroUsize::get), &bar, &mut listing)?,
            }
            bar.clear();
            listing.listing.finish()
        })?;
        let is_whole = tell_left_aside(&logs, notes, self.output.quiet);
        if !self.output.quiet && self.last.is_none() && logs.late() > 0 {
            let rows = counted(logs.late(), "row stands", "rows stand");
            tell(format_args!("{rows} behind later ones: their lines were written late, or a clock was wrong"));
        }
        Ok(if self.strict && !is_whole { Status::Wrong } else { Status::Done })
    }
}

/// Where rows are written, with pseudonyms in the place of names if that was asked for.
struct Redacted<'a, T> {
    listing: Box<dyn Listing<T> + 'a>,
    redactor: Option<Redactor>,
}

impl<T: Redact> Redacted<'_, T> {
    fn add(&mut self, mut row: T) -> io::Result<()> {
        redact_row(&mut self.redactor, &mut row);
        self.listing.add(&row)
    }
}

/// Writes the first `most`, each as soon as it is due.
fn write_first<R: Redact>(
    logs: &mut impl Rows<Row = R>,
    most: usize,
    bar: &Bar,
    listing: &mut Redacted<'_, R>,
) -> io::Result<()> {
    let (mut written, mut flushed) = (0, 0);
    while written < most {
        match logs.step() {
            Some(Step::Taken(_, row)) => {
                listing.add(row)?;
                written += 1;
            }
            Some(Step::Read(bytes)) => {
                bar.advanced(bytes);
                if written > flushed {
                    listing.listing.flush()?;
                    flushed = written;
                }
            }
            None => break,
        }
    }
    Ok(())
}

/// Writes the last `most`, once everything was read.
fn write_last<R: Redact>(logs: &mut impl Rows<Row = R>, most: usize, bar: &Bar, listing: &mut Redacted<'_, R>) -> io::Result<()> {
    let mut kept: BinaryHeap<Earliest<Key, R>> = BinaryHeap::new();
    while let Some(step) = logs.step() {
        match step {
            Step::Read(bytes) => bar.advanced(bytes),
            Step::Taken(key, row) => {
                kept.push(Earliest { key, what: row });
                if kept.len() > most {
                    kept.pop();
                }
            }
        }
    }
    bar.clear();
    // The earliest is the greatest, so that it is the first to go.
    kept.into_sorted_vec().into_iter().rev().try_for_each(|kept| listing.add(kept.what))
}
