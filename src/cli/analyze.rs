//! `exlog analyze`: what failed, since when, for whom.

use std::io::{self, Write};

use clap::{Args, ValueEnum};

use crate::case::Case;
use crate::cli::options::Selection;
use crate::cli::output::Output;
use crate::cli::progress::Bar;
use crate::cli::status::{self, Status};
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::{self, Job};
use crate::report::{json, terminal};
use crate::skipped::FileFate;
use crate::summary::Summary;

/// The arguments of `exlog analyze`.
#[derive(Debug, Args)]
#[command(after_help = status::HELP, after_long_help = EXAMPLES)]
pub(super) struct Analyze {
    #[command(flatten)]
    selection: Selection,

    /// The form of the report
    #[arg(long, value_enum, default_value_t = Format::Terminal, ignore_case = true, help_heading = "Output")]
    format: Format,

    #[command(flatten)]
    output: Output,

    /// End with status 2 if lines were skipped or files could not be read
    #[arg(long)]
    strict: bool,
}

const EXAMPLES: &str = "\
Examples:
  exlog analyze \"C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Logging\"
  exlog analyze \\\\ex01\\c$\\logs \\\\ex02\\c$\\logs --from -3h
  exlog analyze copies --protocol imap4 --user alice@contoso.com
  exlog analyze copies --format json --output report.json

Exit status:
  0  the job was done
  2  wrong usage, or the job could not be done; with --strict also skipped lines or unreadable files
  3  no readable protocol log among the paths";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Terminal,
    /// For scripts: exlog.report/1
    Json,
}

impl Analyze {
    pub(super) fn run(&self) -> Result<Status> {
        let (scope, zone) = (self.selection.scope()?, self.selection.zone()?);
        let bar = Bar::new(self.output.quiet);
        let job = Job { paths: &self.selection.paths, scope: &scope, threads: self.selection.threads };
        let summary = pipeline::run(&job, &bar)?;
        bar.clear();
        if summary.sources.is_empty() {
            return Err(no_input(&summary));
        }
        self.tell_unreadable(&summary);
        let case = Case::new(summary, scope.window);
        self.output.write(|out| match self.format {
            Format::Json => json::write(&case, out),
            Format::Terminal => {
                let look =
                    terminal::Look { width: self.output.width(), color: self.output.has_color(), zone, all: self.output.verbose };
                terminal::write(&case, look, out)
            }
        })?;
        let summary = &case.summary;
        let is_whole =
            summary.skipped.total() == 0 && summary.files_with(FileFate::Unreadable) + summary.files_with(FileFate::Damaged) == 0;
        Ok(if self.strict && !is_whole { Status::Wrong } else { Status::Done })
    }

    /// Unreadable files are named on standard error too: nobody must take a part for the whole.
    fn tell_unreadable(&self, summary: &Summary) {
        if self.output.quiet {
            return;
        }
        for note in summary.notes.iter().filter(|note| note.fate == FileFate::Unreadable) {
            let _ = writeln!(io::stderr(), "exlog: {}: {}", note.file, note.reason);
        }
    }
}

/// What stood among the paths instead of a log, and what can be done.
fn no_input(summary: &Summary) -> Error {
    let mut message = "no IMAP4 or POP3 protocol log among the paths".to_owned();
    for note in summary.notes.iter().take(10) {
        message.push_str(&format!("\n  {}: {}", note.file, note.reason));
    }
    if summary.notes.len() > 10 {
        message.push_str(&format!("\n  and {} more", summary.notes.len() - 10));
    }
    Error::new(ErrorKind::NoInput, message).hint(
        "Exchange writes them to ...\\Exchange Server\\V15\\Logging\\Imap4 and \\Pop3, if logging is switched on:\n  \
         Set-ImapSettings -ProtocolLogEnabled $true (POP: Set-PopSettings), then restart the IMAP4 (POP3) services",
    )
}
