//! `exlog nightly`: what is new since the last run, and what in it is news.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::case::Case;
use crate::cli::delivery::{Deliveries, Delivery};
use crate::cli::events::events;
use crate::cli::left_summary::{Leaving, leave};
use crate::cli::limit::Limit;
use crate::cli::local::Local;
use crate::cli::options::{duration, has_standard_input, now, shown};
use crate::cli::output::{Output, words_of_writing};
use crate::cli::pages::{is_written, write_pages};
use crate::cli::progress::Bar;
use crate::cli::reading::{no_input, tell_unreadable};
use crate::cli::report::{GlyphsName, SeverityName};
use crate::cli::spared::check_spared;
use crate::cli::status::Status;
use crate::cli::telling::tell;
use crate::clock::DAY;
use crate::clock::{Window, Zone};
use crate::dataset::summary_file::SummaryFile;
use crate::delivery::mail::Letter;
use crate::diagnosis::finding::Severity;
use crate::diagnosis::judge_together;
use crate::error::{Error, ErrorKind, Result};
use crate::history::days;
use crate::history::run::{Order, PAGE_DAYS, last_days, last_night, read, told};
use crate::history::store::Store;
use crate::night::Night;
use crate::night::story::Story;
use crate::report::html::{self, Asked};
use crate::report::terminal::Look;
use crate::report::{json, terminal};
use crate::skipped::FileFate;

/// The width of a mail's text.
const LETTER_WIDTH: usize = 78;

/// The arguments of `exlog nightly`.
#[derive(Debug, Args)]
#[command(after_help = HELP, after_long_help = format!("{EXAMPLES}\n\n{HELP}"))]
pub(super) struct Nightly {
    /// Files, folders, globs, UNC paths, .zip and .7z archives; logs are found in them by content, and known again when they were renamed or packed
    #[arg(value_name = "PATH", required_unless_present = "local")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    local: Local,

    /// The file in which progress and history are kept (SQLite; made in the first run; on a local disk)
    #[arg(long, value_name = "FILE")]
    store: PathBuf,

    /// How long the history is kept: 400d; totals are kept for ever [default: everything]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    keep: Option<i64>,

    /// How long to wait for another run that holds the store
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = duration)]
    wait: i64,

    /// Also look for evidence here: settings, certificates, health and event logs (those among PATH are found too; may be given again)
    #[arg(long, value_name = "PATH")]
    evidence: Vec<PathBuf>,

    /// All files belong to this server, whatever their paths say
    #[arg(long, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    server_name: Option<String>,

    /// The zone in which times are shown, and in which a day is a weekday: UTC, local, +02:00, Europe/Berlin
    #[arg(long, value_name = "ZONE", default_value = "UTC", allow_hyphen_values = true)]
    timezone: String,

    /// How many threads read [default: all processors]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,

    #[command(flatten)]
    unpacking: Limit,

    /// The form of what is written
    #[arg(long, value_enum, default_value_t = NightFormat::Terminal, ignore_case = true, help_heading = "Output")]
    format: NightFormat,

    /// Also write a page for each day into this folder, and an index of them
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,

    #[command(flatten)]
    leaving: Leaving,

    /// What charts in the terminal are drawn with: rich has finer blocks, which Consolas and other console fonts lack
    #[arg(long, value_enum, default_value_t = GlyphsName::Console, ignore_case = true, value_name = "GLYPHS", help_heading = "Output")]
    glyphs: GlyphsName,

    #[command(flatten)]
    output: Output,

    #[command(flatten)]
    delivery: Delivery,

    /// End with status 1 if there is a finding of this severity or above
    #[arg(long, value_enum, ignore_case = true, value_name = "SEVERITY", default_value_t = SeverityName::High)]
    fail_on: SeverityName,

    /// End with status 2 if lines were skipped or files could not be read
    #[arg(long)]
    strict: bool,
}

/// The forms of a night.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum NightFormat {
    /// For people; nothing at all where nothing is news
    Terminal,
    /// For scripts: exlog.nightly/1
    Json,
    /// The page of the last 30 days
    Html,
}

const EXAMPLES: &str = "\
Examples:
  exlog nightly --store C:\\ProgramData\\exlog\\store.db \"C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Logging\"
  exlog nightly --store /var/lib/exlog/store.db --keep 400d --out /srv/www/exlog /srv/logs
  exlog nightly --store store.db --format json logs
  exlog nightly --store store.db --server-name EX01 --leave-summary \\\\share\\exlog logs

Nothing is written, and nobody gets a mail, where nothing is news: no new finding, none that came back, got worse or is over, and
nothing unusual. What goes on is told once a day. A run that is killed has not been: the next one reads the same lines.";

const HELP: &str = "\
Exit status:
  0  the job was done
  1  the job was done, and there are findings at or above --fail-on
  2  wrong usage, or the job could not be done; with --strict also skipped lines or unreadable files
  3  no readable protocol log among the paths";

impl Nightly {
    /// Finds the logs of this machine, if they are asked for.
    ///
    /// # Errors
    /// As [`Local::find`].
    pub(super) fn find_local(&mut self) -> Result<()> {
        self.local.find(&mut self.paths)
    }

    /// Makes the folder of the store where there is none, as that of the pages is made.
    fn make_folder(&self) -> Result<()> {
        let folder = self.store.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists());
        folder.map_or(Ok(()), fs::create_dir_all).map_err(|error| {
            let (store, why) = (self.store.display(), words_of_writing(&error));
            Error::new(ErrorKind::System, format!("the folder of the store {store} cannot be made: {why}"))
                .hint("make it, with the right to write in it for the account that runs exlog")
        })
    }

    pub(super) fn run(&self) -> Result<Status> {
        if has_standard_input(&self.paths) {
            return Err(Error::new(ErrorKind::Usage, "standard input cannot be read on in the next night")
                .hint("give the folder of the logs; 'exlog analyze -' reads standard input"));
        }
        check_spared(&[&self.paths[..], &self.evidence].concat(), &[self.output.file()])?;
        let zone = Zone::parse(&self.timezone)?;
        let deliveries = self.delivery.deliveries(&|name| env::var_os(name))?;
        let summary_file = self.leaving.file(self.server_name.as_deref())?;
        self.make_folder()?;
        let mut store = Store::open(&self.store, Duration::from_millis(self.wait.unsigned_abs()))?;
        let bar = Bar::new(self.output.quiet);
        let order = Order {
            paths: &self.paths,
            evidence: &self.evidence,
            server_name: self.local.server(self.server_name.as_ref()),
            threads: self.threads,
            unpacking: self.unpacking.into(),
            now: now().now(),
            keep_days: self.keep.map(|keep| keep / DAY),
            zone,
        };
        let night = read(&mut store, &order, &bar)?;
        bar.clear();
        if night.run.logs == 0 {
            return Err(no_input(&night.notes, "the paths"));
        }
        tell_unreadable(&night.notes, self.output.quiet);
        // A share that is away must cost nobody the news of the night.
        let left = summary_file.map_or(Ok(()), |path| leave(&self.summary(&night, &store)?, &path));
        let reported = self.report(&night, &mut store, &deliveries, &order);
        match (left, reported) {
            (Ok(()), reported) => reported,
            (Err(error), Ok(_)) => Err(error),
            (Err(error), Err(other)) => {
                tell(&error);
                Err(other)
            }
        }
    }

    /// Writes what the night brought, and tells it.
    fn report(&self, night: &Night, store: &mut Store, deliveries: &Deliveries, order: &Order<'_>) -> Result<Status> {
        let zone = order.zone;
        self.write(night, store, zone)?;
        // Where nothing is new, the last page still says all, if it could be written.
        if let Some(folder) = self.out.as_deref().filter(|folder| night.run.span.is_some() || !is_written(folder)) {
            let end = end_of(night, order.now);
            write_pages(folder, end, &store.days(&days::Asked::default())?, |out| self.write_page(night, store, zone, out))?;
        }
        let failures = night.news().map_or_else(Vec::new, |worst| {
            deliveries.send(worst, || self.letter(night, zone), || self.body(night), |at| events(night, at, zone))
        });
        failures.iter().for_each(tell);
        if !failures.is_empty() {
            // It is not noted as told: the next run tells it again.
            return Ok(Status::Wrong);
        }
        told(store, order.now)?;
        Ok(self.status(night))
    }

    /// What this night and the days before it hold, for 'exlog merge'. It is what the store keeps: the next run has the same.
    fn summary(&self, night: &Night, store: &Store) -> Result<SummaryFile> {
        let mut file = SummaryFile {
            paths: shown(&self.paths),
            evidence_paths: shown(&self.evidence),
            server_names: self.server_name.iter().cloned().collect(),
            summary: last_night(store)?,
            evidence: night.case.evidence.clone().into_files(),
            ..SummaryFile::default()
        };
        file.summary.add_notes(night.notes.clone());
        file.put_in_order();
        Ok(file)
    }

    fn write(&self, night: &Night, store: &Store, zone: Zone) -> Result<()> {
        self.output.write(|out| match self.format {
            NightFormat::Terminal if !self.output.verbose && night.news().is_none() => Ok(()),
            NightFormat::Terminal => terminal::night(night, self.output.look(zone, self.glyphs.into()), out),
            NightFormat::Json => json::night(night, out),
            NightFormat::Html => self.write_page(night, store, zone, out),
        })
    }

    /// What a mail says: the subject tells the worst, the text is the report for people.
    fn letter(&self, night: &Night, zone: Zone) -> Letter {
        let mut text = Vec::new();
        let look = Look { width: LETTER_WIDTH, color: false, zone, all: self.output.verbose, glyphs: self.glyphs.into() };
        // Writing into memory does not fail.
        let _ = terminal::night(night, look, &mut text);
        Letter {
            subject: subject(night),
            text: String::from_utf8_lossy(&text).into_owned(),
            html: None,
            attachments: Vec::new(),
            at: night.now,
        }
    }

    fn body(&self, night: &Night) -> Vec<u8> {
        let mut body = Vec::new();
        let _ = json::night(night, &mut body);
        body
    }

    /// The page of the last days, up to the last line that was read.
    fn write_page(&self, night: &Night, store: &Store, zone: Zone, out: &mut dyn std::io::Write) -> std::io::Result<()> {
        let summary = last_days(store, end_of(night, now().now()), PAGE_DAYS).map_err(std::io::Error::other)?;
        let case = Case::new(summary, night.case.evidence.clone(), Window::default());
        let asked = Asked {
            zone,
            paths: shown(&self.paths),
            evidence: shown(&self.evidence),
            server_name: self.local.server(self.server_name.as_ref()),
            ..Asked::default()
        };
        html::write_night(&case, &judge_together(&case), night, &asked, out)
    }

    fn status(&self, night: &Night) -> Status {
        let is_whole = night.run.skipped == 0 && !night.notes.iter().any(|note| note.fate != FileFate::Other);
        let fails = |severity| severity >= Severity::from(self.fail_on);
        match (self.strict && !is_whole, night.findings().iter().any(|finding| fails(finding.severity))) {
            (true, _) => Status::Wrong,
            (false, true) => Status::Found,
            (false, false) => Status::Done,
        }
    }
}

/// A line that says the worst of what is to be told.
fn subject(night: &Night) -> String {
    let due: Vec<&Story> = night.told().filter(|story| story.is_due(night.now)).collect();
    match (due.first(), night.deviations.first()) {
        (Some(story), _) => {
            let more = match due.len() - 1 {
                0 => String::new(),
                more => format!(" (and {more} more)"),
            };
            format!("exlog: {}: {}, {}{more}", story.finding.severity.name(), story.state.name(), story.finding.title)
        }
        (None, Some(deviation)) => format!("exlog: {}: {}", deviation.severity.name(), deviation.text),
        (None, None) => "exlog: nothing is new".to_owned(),
    }
}

/// Up to when a night goes: its last record, or now if nothing is new, or if a clock is ahead.
fn end_of(night: &Night, now: i64) -> i64 {
    night.run.span.map_or(now, |(_, last)| last.min(now))
}
