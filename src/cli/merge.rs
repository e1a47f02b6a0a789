//! `exlog merge`: the report about logs that were summarized apart, or one summary of them.

use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::case::Case;
use crate::cli::limit::Limit;
use crate::cli::options::shown;
use crate::cli::reading::{no_input, read, tell_unreadable};
use crate::cli::report::{Format, Report};
use crate::cli::spared::{place_of, would_be_lost};
use crate::cli::status::{self, Status};
use crate::cli::telling::tell;
use crate::clock::Zone;
use crate::dataset::envelope::is_summary;
use crate::dataset::merging::{Copies, Merged, Part, merge};
use crate::dataset::summary_file::SummaryFile;
use crate::error::{Error, ErrorKind, Result, plain_words};
use crate::input::discover::{Input, discover};
use crate::pipeline::{Job, Material};
use crate::report::html::Asked;
use crate::summary::file_range::FileRange;
use crate::summary::scope::Scope;
use crate::text::TerminalText;

/// The arguments of `exlog merge`.
#[derive(Debug, Args)]
#[command(after_help = status::HELP, after_long_help = format!("{EXAMPLES}\n\n{}", status::HELP))]
pub(super) struct Merge {
    /// Files that 'exlog summarize' or 'exlog merge' made, folders with them, globs, or - for standard input
    #[arg(value_name = "SUMMARY", required = true)]
    summaries: Vec<PathBuf>,

    /// The summaries are parts of one set of files, each file in one of them ('exlog summarize --paths-from')
    ///
    /// Copies of a log, which 'exlog analyze' would leave aside, then count each and are named. Without it a log counts once.
    #[arg(long)]
    parts: bool,

    /// The zone in which times are shown: UTC, local, +02:00, Europe/Berlin
    #[arg(long, value_name = "ZONE", default_value = "UTC", allow_hyphen_values = true)]
    timezone: String,

    /// The form of the report
    #[arg(long, value_enum, default_value_t = Form::Terminal, ignore_case = true, help_heading = "Output")]
    format: Form,

    /// Also look for evidence here: settings, certificates, health and event logs (what the summaries hold is heeded too; may be given again)
    #[arg(long, value_name = "PATH")]
    evidence: Vec<PathBuf>,

    #[command(flatten)]
    unpacking: Limit,

    #[command(flatten)]
    report: Report,
}

const EXAMPLES: &str = "\
Examples:
  exlog merge \\\\share\\exlog\\*.exlog
  exlog merge \\\\share\\exlog --format html --output morning.html
  exlog merge EX01.exlog EX02.exlog --evidence settings.txt --fail-on high
  exlog merge EX01-*.exlog --format summary --output EX01.exlog

The report is, byte for byte, that of 'exlog analyze' about all the logs at once, whatever the
order of the summaries and however they were merged before. A log counts once: a summary whose
logs are all in another one is left out, and two that share only some are refused. Beyond 32,768
accounts or addresses in one service, where reports say so, the figures of single names may
differ within the error that is stated.";

/// What is made of the summaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    Terminal,
    /// One page for a browser, to look at and to hand on; it needs no network
    Html,
    /// For scripts: exlog.report/1
    Json,
    /// For spreadsheets: one table, chosen by --table
    Csv,
    /// For Elastic and Timesketch: failure groups, outages and findings, a JSON object for each, one a line
    Ndjson,
    /// For Timesketch: the time line with the beginnings of groups, outages and findings, as CSV
    Timesketch,
    /// For mactime of The Sleuth Kit: the same, as a body file
    Bodyfile,
    /// One summary of all, to be merged again
    Summary,
}

impl Form {
    /// The form of the report; `None` where it is no report.
    fn of_report(self) -> Option<Format> {
        match self {
            Self::Terminal => Some(Format::Terminal),
            Self::Html => Some(Format::Html),
            Self::Json => Some(Format::Json),
            Self::Csv => Some(Format::Csv),
            Self::Ndjson => Some(Format::Ndjson),
            Self::Timesketch => Some(Format::Timesketch),
            Self::Bodyfile => Some(Format::Bodyfile),
            Self::Summary => None,
        }
    }
}

impl Merge {
    pub(super) fn run(&self) -> Result<Status> {
        self.report.check(self.format.of_report())?;
        let zone = Zone::parse(&self.timezone)?;
        let redactor = self.report.redactor()?;
        let mut parts = self.read()?;
        if !self.evidence.is_empty() {
            parts.push(self.evidence_beside(&parts)?);
        }
        let copies = if self.parts { Copies::Count } else { Copies::Never };
        let Merged { file, left_out, copies } = merge(parts, copies)?;
        if !self.report.output.quiet {
            for (name, holder) in left_out {
                tell(format_args!("{name} is left out: all its logs are in {holder}"));
            }
            for (copy, other) in copies.iter().filter(|_| self.format.of_report().is_some()) {
                tell(format_args!("{copy} is a copy of {other}, and counts all the same: 'exlog analyze' would leave it aside"));
            }
        }
        let Some(format) = self.format.of_report() else {
            self.report.output.write_bytes(&file.to_bytes()?)?;
            return Ok(Status::Done);
        };
        if let Some(range) = file.summary.ranges.first() {
            return Err(incomplete(range));
        }
        if file.summary.sources.is_empty() {
            return Err(no_input(&file.summary.notes, "what was summarized"));
        }
        tell_unreadable(&file.summary.notes, self.report.output.quiet);
        self.report.tell_skipped(format, file.summary.skipped.total());
        let asked = Asked {
            zone,
            server_name: file.server_name().map(str::to_owned),
            paths: file.paths,
            evidence: file.evidence_paths,
            protocol: file.question.protocol,
            role: file.question.role,
            servers: file.question.servers,
            users: file.question.users,
            clients: file.question.clients,
            ..Asked::default()
        };
        let case = Case::new(file.summary, file.evidence.into_iter().collect(), file.question.window);
        self.report.write(format, case, None, asked, redactor, None)
    }

    /// Reads all summaries. One that cannot be read ends the run: a part must not be taken for the whole.
    fn read(&self) -> Result<Vec<Part>> {
        let found = discover(&self.summaries);
        if let Some(note) = found.notes.first() {
            let (file, reason) = (TerminalText::new(&note.file), TerminalText::new(&note.reason));
            return Err(Error::new(ErrorKind::Usage, format!("{file}: {reason}"))
                .hint("nothing is reported about a part of what was asked for: leave the path away, or make it readable"));
        }
        // A summary may take the place of one that it holds, as one that grows does; a report may not.
        let report = self.report.output.file().filter(|_| self.format.of_report().is_some()).map(place_of);
        let mut parts = Vec::new();
        for input in &found.inputs {
            let name = TerminalText::new(&input.shown).to_string();
            let bytes = contents(input).map_err(|error| {
                Error::new(ErrorKind::Usage, format!("{name} could not be read: {}", plain_words(&error)))
                    .hint("nothing is reported about a part of what was asked for: leave it away, or make it readable")
            })?;
            if let Some(bytes) = bytes {
                if report.as_ref().is_some_and(|report| *report == place_of(&input.path)) {
                    return Err(would_be_lost(&name));
                }
                parts.push(Part { file: SummaryFile::from_bytes(&bytes, &name)?, name });
            }
        }
        if parts.is_empty() {
            return Err(Error::new(ErrorKind::NoInput, "no summary among the paths").hint(
                "'exlog summarize' makes them of logs; in folders those are looked for that end in .exlog or begin like one",
            ));
        }
        Ok(parts)
    }

    /// The evidence that is given beside the summaries, as a part without logs.
    fn evidence_beside(&self, parts: &[Part]) -> Result<Part> {
        let scope = Scope::default();
        let job = Job { paths: &[], evidence: &self.evidence, scope: &scope, threads: None, unpacking: self.unpacking.into() };
        let Material { summary, evidence } = read(&job, self.report.output.quiet)?;
        let file = SummaryFile {
            question: parts.first().map(|part| part.file.question.clone()).unwrap_or_default(),
            evidence_paths: shown(&self.evidence),
            summary,
            evidence: evidence.into_files(),
            ..SummaryFile::default()
        };
        Ok(Part { name: "--evidence".to_owned(), file })
    }
}

/// The bytes of a file; `None` if it lies in a folder that was given, and is no summary by its name or its beginning.
fn contents(input: &Input) -> io::Result<Option<Vec<u8>>> {
    if input.is_standard_input() {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        return Ok(Some(bytes));
    }
    let mut file = fs::File::open(&input.path)?;
    let mut bytes = Vec::new();
    (&mut file).take(64).read_to_end(&mut bytes)?;
    // What a run that writes here has not finished, or one that was killed has left, is none yet.
    if input.path != input.root && input.path.extension().is_some_and(|extension| extension == "part") {
        return Ok(None);
    }
    let is_named = input.path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("exlog"));
    if input.path != input.root && !is_named && !is_summary(&bytes) {
        return Ok(None);
    }
    file.read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// A log is reported about as a whole, or not at all.
fn incomplete(range: &FileRange) -> Error {
    let file = TerminalText::new(&range.summary.file);
    Error::new(ErrorKind::Usage, format!("of {file} some ranges are missing among the summaries"))
        .hint("give the summaries of all its ranges; '--format summary' puts together what is there")
}
