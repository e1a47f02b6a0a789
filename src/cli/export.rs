//! `exlog export`: the login attempts, or all records, as a dataset for SQL engines.

use std::io;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::attempts::attempt::{Attempt, Attempts};
use crate::attempts::halves::{BothHalves, InPairs};
use crate::attempts::in_order::{InOrder, Rows, Step};
use crate::attempts::log_record::{LogRecord, Records};
use crate::cli::options::Selection;
use crate::cli::output::words_of_writing;
use crate::cli::progress::Bar;
use crate::cli::reading::{no_input, tell_left_aside};
use crate::cli::redaction::{Redaction, redact_row};
use crate::cli::status::Status;
use crate::cli::telling::tell;
use crate::cli::wanted::Wanted;
use crate::error::{Error, ErrorKind, Result};
use crate::export::column::Row;
use crate::export::dataset::Dataset;
use crate::export::folder::Folder;
use crate::pipeline::Progress;
use crate::pipeline::beginnings::beginnings;
use crate::redaction::Redact;
use crate::skipped::FileNote;

/// The arguments of `exlog export`.
#[derive(Debug, Args)]
#[command(after_help = STATUS, after_long_help = long_help())]
pub(super) struct Export {
    #[command(flatten)]
    pub(super) selection: Selection,

    #[command(flatten)]
    wanted: Wanted,

    /// Do not look for the other half of each attempt, on the back end or the front end. Quicker, above all with --server
    #[arg(long, help_heading = "What counts")]
    no_join: bool,

    /// Every record instead of the login attempts: each line with its command, parameters and context
    #[arg(long, conflicts_with_all = ["outcome", "error", "no_join"], help_heading = "What counts")]
    records: bool,

    /// The form of the files
    #[arg(long, value_enum, default_value_t = Format::Parquet, ignore_case = true, help_heading = "Output")]
    format: Format,

    /// The folder of the dataset; it appears only when it is whole
    #[arg(long, short, value_name = "DIR", help_heading = "Output")]
    output: PathBuf,

    /// Replace the dataset that is in this folder; a folder with anything else in it stays
    #[arg(long, help_heading = "Output")]
    overwrite: bool,

    #[command(flatten)]
    redaction: Redaction,

    /// No progress and no notes on standard error
    #[arg(long, short, conflicts_with = "verbose", help_heading = "Output")]
    quiet: bool,

    /// Say how many rows went into how many files
    #[arg(long, short, help_heading = "Output")]
    verbose: bool,

    /// End with status 2 if lines were skipped or files could not be read
    #[arg(long)]
    strict: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Apache Parquet with Zstandard: DIR/day=2026-03-12/server=EX01/part-00001.parquet
    Parquet,
    #[value(hide = true)]
    Csv,
    #[value(hide = true)]
    Ndjson,
}

const EXAMPLES: &str = "\
The folders are those of Hive: engines know day and server from their names and read only those that are asked for. Within a file
rows are in the order of time, and engines leave out row groups by it. Days are those of UTC. Memory does not grow with the length of the logs.

Examples:
  exlog export copies --output attempts
  exlog export copies --records --from 2026-03-12 --to 2026-03-13 --output records --overwrite
  exlog export copies --redact --output for-strangers

  duckdb -c \"SELECT day, server_name, error, count(*) FROM read_parquet('attempts/**/*.parquet', hive_partitioning = true)
             WHERE role = 'frontend' AND outcome = 'failed' GROUP BY ALL ORDER BY ALL\"
  spark.read.parquet('attempts').where(\"role = 'frontend' and outcome = 'failed'\").groupBy('day', 'server_name', 'error').count()

Engines guess the type of 'server' by what they see, and of very long names it has the beginning: 'server_name' is always the whole
name as text. What a line does not say is null. Texts stand as in the logs: they come from strangers.";

const STATUS: &str = "\
Exit status:
  0  the job was done, also if nothing fits
  2  wrong usage, or the job could not be done; with --strict also skipped lines or unreadable files
  3  no readable protocol log among the paths";

fn long_help() -> String {
    let (attempts, records) = (columns::<Attempt>(), columns::<LogRecord>());
    format!(
        "{EXAMPLES}\n\nColumns of attempts, beside day and server:\n{attempts}\nColumns of --records, beside day and server:\n{records}\n{STATUS}"
    )
}

fn columns<T: Row>() -> String {
    let line =
        |column: &crate::export::column::Column<T>| format!("  {:20}  {:9}  {}\n", column.name, column.sql_type(), column.about);
    T::columns().iter().map(line).collect()
}

impl Export {
    pub(super) fn run(&self) -> Result<Status> {
        self.check_format()?;
        let scope = self.selection.scope(self.quiet)?;
        let error = self.wanted.error()?;
        let folder = Folder::new(&self.output, self.overwrite, std::process::id())?;
        let wanted = Attempts { scope: &scope, outcome: self.wanted.outcome(), error: error.as_ref() };
        let both = BothHalves::of(wanted);
        let is_joined = !self.records && !self.no_join;
        let window = if is_joined { both.window() } else { scope.window };
        let (logs, notes) = beginnings(&self.selection.paths, window, self.selection.unpacking.into(), self.selection.threads)?;
        if logs.is_empty() {
            return Err(no_input(&notes, "the paths"));
        }
        match (self.records, is_joined) {
            (true, _) => self.write(InOrder::new(logs, &scope, &Records { scope: &scope }), notes, folder),
            (false, true) => self.write(InPairs::new(logs, &both), notes, folder),
            (false, false) => self.write(InOrder::new(logs, &scope, &wanted), notes, folder),
        }
    }

    fn check_format(&self) -> Result<()> {
        let name = match self.format {
            Format::Parquet => return Ok(()),
            Format::Csv => "csv",
            Format::Ndjson => "ndjson",
        };
        Err(Error::new(ErrorKind::Usage, format!("a dataset is not written as {name}"))
            .hint(format!("use --format parquet, or 'exlog sessions --format {name}' for a single file of attempts")))
    }

    fn write<R: Row + Redact>(&self, mut logs: impl Rows<Row = R>, notes: Vec<FileNote>, folder: Folder) -> Result<Status> {
        let mut redactor = self.redaction.redactor()?;
        let bar = Bar::new(self.quiet);
        let (files, bytes) = logs.planned();
        bar.planned(files, bytes);
        let mut dataset = Dataset::below(folder.make().map_err(|error| self.not_written(&error))?);
        while let Some(step) = logs.step() {
            match step {
                Step::Read(bytes) => bar.advanced(bytes),
                Step::Taken(_, mut row) => {
                    redact_row(&mut redactor, &mut row);
                    dataset.add(row).map_err(|error| self.not_written(&error))?;
                }
            }
        }
        let written = dataset.finish().and_then(|written| folder.put_in_place().map(|()| written));
        bar.clear();
        let (rows, files) = written.map_err(|error| self.not_written(&error))?;
        if rows == 0 && !self.quiet {
            tell(format_args!("nothing fits: {} holds no file", self.output.display()));
        } else if self.verbose {
            tell(format_args!("rows: {rows}, files: {files}"));
        }
        let is_whole = tell_left_aside(&logs, notes, self.quiet);
        Ok(if self.strict && !is_whole { Status::Wrong } else { Status::Done })
    }

    fn not_written(&self, error: &io::Error) -> Error {
        let message = format!("{} could not be written: {}", self.output.display(), words_of_writing(error));
        Error::new(ErrorKind::Output, message).hint("choose another folder with --output")
    }
}
