//! The report about a case: its forms, its options, and the exit status that its findings ask for.
//!
//! Commands differ in where the case comes from: `analyze` reads logs, `merge` summaries. What is written about it is one code.

use clap::{Args, ValueEnum};

use crate::case::Case;
use crate::cli::compare::compare;
use crate::cli::csv_mark::CsvMark;
use crate::cli::manifest::Pending;
use crate::cli::output::Output;
use crate::cli::redaction::{self, Redaction};
use crate::cli::status::Status;
use crate::cli::telling::tell;
use crate::diagnosis::finding::Severity;
use crate::diagnosis::judge_together;
use crate::error::{Error, ErrorKind, Result};
use crate::redaction::Redactor;
use crate::report::html::Asked;
use crate::report::{bodyfile, csv, html, json, ndjson, terminal};
use crate::text::counted;

/// How a report is written.
#[derive(Debug, Args)]
pub(super) struct Report {
    /// What charts in the terminal are drawn with: rich has finer blocks, which Consolas and other console fonts lack
    #[arg(long, value_enum, default_value_t = GlyphsName::Console, ignore_case = true, value_name = "GLYPHS", help_heading = "Output")]
    glyphs: GlyphsName,

    /// The table that --format csv writes [default: failure_groups]
    #[arg(long, value_enum, ignore_case = true, value_name = "TABLE", help_heading = "Output")]
    table: Option<TableName>,

    #[command(flatten)]
    mark: CsvMark,

    #[command(flatten)]
    pub(super) output: Output,

    #[command(flatten)]
    redaction: Redaction,

    /// End with status 1 if there is a finding of this severity or above
    #[arg(long, value_enum, ignore_case = true, value_name = "SEVERITY")]
    fail_on: Option<SeverityName>,

    /// End with status 2 if lines were skipped or files could not be read
    #[arg(long)]
    strict: bool,
}

/// The forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
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
}

impl Format {
    /// Whether it has no place for what could not be read, nor for other logs.
    pub(super) fn is_list(self) -> bool {
        matches!(self, Self::Csv | Self::Ndjson | Self::Timesketch | Self::Bodyfile)
    }
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
pub(super) enum GlyphsName {
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
pub(super) enum SeverityName {
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

impl Report {
    /// Options of one format have no meaning with another; `None` is no report at all.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] with the format they go with.
    pub(super) fn check(&self, format: Option<Format>) -> Result<()> {
        if self.table.is_some() && format != Some(Format::Csv) {
            return Err(Error::new(ErrorKind::Usage, "--table has no meaning here").hint("it goes with --format csv"));
        }
        let of_reports = [(self.fail_on.is_some(), "--fail-on"), (self.strict, "--strict")];
        if let Some((_, option)) = of_reports.iter().find(|(is_given, _)| *is_given && format.is_none()) {
            return Err(Error::new(ErrorKind::Usage, format!("{option} has no meaning here")).hint("it goes with reports"));
        }
        if self.redaction.is_asked() && format.is_none() {
            return Err(Error::new(ErrorKind::Usage, "a summary cannot be redacted: merging needs its names")
                .hint("redact the report that is made of it"));
        }
        self.mark.only_with(format == Some(Format::Csv))
    }

    /// The redactor, if names are to be hidden.
    ///
    /// # Errors
    /// As [`Redaction::redactor`].
    pub(super) fn redactor(&self) -> Result<Option<Redactor>> {
        self.redaction.redactor()
    }

    /// Says on standard error how many lines could not be read, where the form has no place for it.
    pub(super) fn tell_skipped(&self, format: Format, skipped: u64) {
        if format.is_list() && skipped > 0 && !self.output.quiet {
            let lines = counted(skipped, "line", "lines");
            tell(format_args!("{lines} could not be read; the other forms of the report say which and why"));
        }
    }

    /// Judges the case and writes the report, against other logs if there are any, and the manifest that is pending.
    ///
    /// # Errors
    /// [`ErrorKind::Output`] if it cannot be written.
    pub(super) fn write(
        &self,
        format: Format,
        mut case: Case,
        mut others: Option<Case>,
        mut asked: Asked,
        redactor: Option<Redactor>,
        mut pending: Option<Pending>,
    ) -> Result<Status> {
        if let Some(redactor) = redactor {
            let mut cases: Vec<&mut Case> = std::iter::once(&mut case).chain(others.as_mut()).collect();
            let redactor = redaction::apply(redactor, &mut cases, &mut asked);
            pending.iter_mut().for_each(|pending| pending.redact(&asked, &redactor));
        }
        let findings = judge_together(&case);
        let comparison = others.map(|others| compare(&case, &findings, others, &asked));
        self.output.write(|out| match format {
            Format::Html => html::write(&case, &findings, comparison.as_ref(), &asked, out),
            Format::Json => json::write(&case, &findings, comparison.as_ref(), out),
            Format::Csv => {
                let table = self.table.unwrap_or(TableName::FailureGroups).into();
                csv::write(&case, &findings, table, self.mark.is_written(&self.output), out)
            }
            Format::Ndjson => ndjson::write(&case, &findings, out),
            Format::Timesketch => csv::timesketch::write(&case, &findings, out),
            Format::Bodyfile => bodyfile::write(&case, &findings, out),
            Format::Terminal => {
                let look = self.output.look(asked.zone, self.glyphs.into());
                terminal::write(&case, &findings, comparison.as_ref(), look, out)
            }
        })?;
        if let Some(pending) = pending {
            pending.write()?;
        }
        let is_whole = case.summary.is_whole();
        let is_found = self.fail_on.is_some_and(|severity| findings.iter().any(|finding| finding.severity >= severity.into()));
        // The program ends here, and the system takes back at once what would take long to give back piece by piece.
        std::mem::forget(case);
        Ok(match (self.strict && !is_whole, is_found) {
            (true, _) => Status::Wrong,
            (false, true) => Status::Found,
            (false, false) => Status::Done,
        })
    }
}
