//! `exlog analyze`: what failed, since when, why, and what to do.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::case::Case;
use crate::cli::compare::{Compare, compare};
use crate::cli::csv_mark::CsvMark;
use crate::cli::options::Selection;
use crate::cli::output::Output;
use crate::cli::progress::Bar;
use crate::cli::redaction::{self, Redaction};
use crate::cli::status::{self, Status};
use crate::diagnosis::finding::Severity;
use crate::diagnosis::judge;
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::{self, Job, Material};
use crate::report::{csv, html, json, ndjson, terminal};
use crate::skipped::{FileFate, FileNote};
use crate::text::counted;

/// The arguments of `exlog analyze`.
#[derive(Debug, Args)]
#[command(after_help = status::HELP, after_long_help = format!("{EXAMPLES}\n\n{}", status::HELP))]
pub(super) struct Analyze {
    #[command(flatten)]
    selection: Selection,

    #[command(flatten)]
    compare: Compare,

    /// The form of the report
    #[arg(long, value_enum, default_value_t = Format::Terminal, ignore_case = true, help_heading = "Output")]
    format: Format,

    /// What charts in the terminal are drawn with: rich has finer blocks, which Consolas and other console fonts lack
    #[arg(long, value_enum, default_value_t = GlyphsName::Console, ignore_case = true, value_name = "GLYPHS", help_heading = "Output")]
    glyphs: GlyphsName,

    /// The table that --format csv writes [default: failure_groups]
    #[arg(long, value_enum, ignore_case = true, value_name = "TABLE", help_heading = "Output")]
    table: Option<TableName>,

    #[command(flatten)]
    mark: CsvMark,

    #[command(flatten)]
    output: Output,

    #[command(flatten)]
    redaction: Redaction,

    /// Also look for evidence here: settings, certificates, health and event logs (those among PATH are found too; may be given again)
    #[arg(long, value_name = "PATH")]
    evidence: Vec<PathBuf>,

    /// End with status 1 if there is a finding of this severity or above
    #[arg(long, value_enum, ignore_case = true, value_name = "SEVERITY")]
    fail_on: Option<SeverityName>,

    /// End with status 2 if lines were skipped or files could not be read
    #[arg(long)]
    strict: bool,
}

const EXAMPLES: &str = "\
Examples:
  exlog analyze \"C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Logging\"
  exlog analyze \\\\ex01\\c$\\logs \\\\ex02\\c$\\logs --from -3h
  exlog analyze copies --protocol imap4 --user alice@contoso.com
  exlog analyze copies --evidence settings.txt events.evtx --fail-on high
  exlog analyze copies --from -1d --compare copies --compare-from -8d --compare-to -7d
  exlog analyze copies --format html --output report.html
  exlog analyze copies --format json --output report.json
  exlog analyze copies --format csv --table outages --output outages.csv
  exlog analyze copies --format ndjson > report.jsonl           (field names of ECS; Timesketch reads it too)
  exlog analyze copies --redact --format html --output for-the-vendor.html

CSV has commas, CRLF, times in UTC, and a ' before what a spreadsheet would take for a formula. In a file it begins with a byte
order mark, by which Excel and Windows PowerShell 5.1 know it for UTF-8.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
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
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum TableName {
    /// Failures that are the same but for who, when and where from
    FailureGroups,
    /// What exlog finds, the worst first
    Findings,
    /// The outages in the order of time
    Outages,
    /// Login attempts by protocol, role, server and client class
    Logins,
}

impl From<TableName> for csv::Table {
    fn from(name: TableName) -> Self {
        match name {
            TableName::FailureGroups => Self::FailureGroups,
            TableName::Findings => Self::Findings,
            TableName::Outages => Self::Outages,
            TableName::Logins => Self::Logins,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum GlyphsName {
    Console,
    Rich,
}

impl From<GlyphsName> for terminal::Glyphs {
    fn from(name: GlyphsName) -> Self {
        match name {
            GlyphsName::Console => Self::Console,
            GlyphsName::Rich => Self::Rich,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SeverityName {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl From<SeverityName> for Severity {
    fn from(name: SeverityName) -> Self {
        match name {
            SeverityName::Info => Self::Info,
            SeverityName::Low => Self::Low,
            SeverityName::Medium => Self::Medium,
            SeverityName::High => Self::High,
            SeverityName::Critical => Self::Critical,
        }
    }
}

impl Analyze {
    pub(super) fn run(&self) -> Result<Status> {
        self.check_format()?;
        let (scope, zone) = (self.selection.scope()?, self.selection.zone()?);
        let mut asked = self.selection.asked(&self.evidence)?;
        asked.others = self.compare.paths();
        let scope_of_others = self.compare.scope(&self.selection)?;
        let redactor = self.redaction.redactor()?;
        let bar = Bar::new(self.output.quiet);
        let job = Job { paths: &self.selection.paths, evidence: &self.evidence, scope: &scope, threads: self.selection.threads };
        let Material { summary, evidence } = pipeline::run(&job, &bar)?;
        bar.clear();
        if summary.sources.is_empty() {
            return Err(no_input(&summary.notes, "the paths"));
        }
        if !self.output.quiet {
            tell_unreadable(&summary.notes);
            self.tell_skipped(summary.skipped.total());
        }
        let mut case = Case::new(summary, evidence, scope.window);
        let mut others = match scope_of_others {
            Some(scope) => Some(self.compare.read(&scope, &self.selection, &self.output)?),
            None => None,
        };
        if let Some(redactor) = redactor {
            let mut cases: Vec<&mut Case> = std::iter::once(&mut case).chain(others.as_mut()).collect();
            redaction::apply(redactor, &mut cases, &mut asked);
        }
        let findings = judge(&case);
        let comparison = others.map(|others| compare(&case, &findings, others, &asked));
        self.output.write(|out| match self.format {
            Format::Html => html::write(&case, &findings, comparison.as_ref(), &asked, out),
            Format::Json => json::write(&case, &findings, comparison.as_ref(), out),
            Format::Csv => {
                let table = self.table.unwrap_or(TableName::FailureGroups).into();
                csv::write(&case, &findings, table, self.mark.is_written(&self.output), out)
            }
            Format::Ndjson => ndjson::write(&case, &findings, out),
            Format::Terminal => {
                terminal::write(&case, &findings, comparison.as_ref(), self.output.look(zone, self.glyphs.into()), out)
            }
        })?;
        let summary = &case.summary;
        let is_whole =
            summary.skipped.total() == 0 && summary.files_with(FileFate::Unreadable) + summary.files_with(FileFate::Damaged) == 0;
        let is_found = self.fail_on.is_some_and(|severity| findings.iter().any(|finding| finding.severity >= severity.into()));
        // The program ends here, and the system takes back at once what would take long to give back piece by piece.
        std::mem::forget(case);
        Ok(match (self.strict && !is_whole, is_found) {
            (true, _) => Status::Wrong,
            (false, true) => Status::Found,
            (false, false) => Status::Done,
        })
    }

    /// Options of one format have no meaning with another.
    fn check_format(&self) -> Result<()> {
        if self.table.is_some() && self.format != Format::Csv {
            return Err(Error::new(ErrorKind::Usage, "--table has no meaning here").hint("it goes with --format csv"));
        }
        if matches!(self.format, Format::Csv | Format::Ndjson) && !self.compare.paths().is_empty() {
            return Err(
                Error::new(ErrorKind::Usage, "--compare has no meaning here").hint("it goes with terminal, html and json")
            );
        }
        self.mark.only_with(self.format == Format::Csv)
    }

    /// Lines that were not read are named on standard error where the form has no place for them.
    fn tell_skipped(&self, skipped: u64) {
        if matches!(self.format, Format::Csv | Format::Ndjson) && skipped > 0 {
            let lines = counted(skipped, "line", "lines");
            let _ = writeln!(io::stderr(), "exlog: {lines} could not be read; the other forms of the report say which and why");
        }
    }
}

/// Unreadable files are named on standard error too: nobody must take a part for the whole.
pub(super) fn tell_unreadable(notes: &[FileNote]) {
    for note in notes.iter().filter(|note| note.fate == FileFate::Unreadable) {
        let _ = writeln!(io::stderr(), "exlog: {}: {}", note.file, note.reason);
    }
}

/// What stood among the paths instead of a log, and what can be done.
pub(super) fn no_input(notes: &[FileNote], among: &str) -> Error {
    let mut message = format!("no IMAP4 or POP3 protocol log among {among}");
    for note in notes.iter().take(10) {
        message.push_str(&format!("\n  {}: {}", note.file, note.reason));
    }
    if notes.len() > 10 {
        message.push_str(&format!("\n  and {} more", notes.len() - 10));
    }
    Error::new(ErrorKind::NoInput, message).hint(
        "Exchange writes them to ...\\Exchange Server\\V15\\Logging\\Imap4 and \\Pop3, if logging is switched on:\n  \
         Set-ImapSettings -ProtocolLogEnabled $true (POP: Set-PopSettings), then restart the IMAP4 (POP3) services",
    )
}
