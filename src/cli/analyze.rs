//! `exlog analyze`: what failed, since when, why, and what to do.

use std::path::PathBuf;

use clap::Args;

use crate::case::Case;
use crate::cli::compare::Compare;
use crate::cli::manifest::Proof;
use crate::cli::options::Selection;
use crate::cli::reading::read_logs;
use crate::cli::report::{Format, Report};
use crate::cli::spared::check_spared;
use crate::cli::status::{self, Status};
use crate::cli::unmatched::tell_unmatched;
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::Material;

/// The arguments of `exlog analyze`.
#[derive(Debug, Args)]
#[command(after_help = status::HELP, after_long_help = format!("{EXAMPLES}\n\n{}", status::HELP))]
pub(super) struct Analyze {
    #[command(flatten)]
    pub(super) selection: Selection,

    #[command(flatten)]
    compare: Compare,

    /// The form of the report
    #[arg(long, value_enum, default_value_t = Format::Terminal, ignore_case = true, help_heading = "Output")]
    format: Format,

    /// Also look for evidence here: settings, certificates, health and event logs (those among PATH are found too; may be given again)
    #[arg(long, value_name = "PATH")]
    evidence: Vec<PathBuf>,

    #[command(flatten)]
    proof: Proof,

    #[command(flatten)]
    report: Report,
}

const EXAMPLES: &str = "\
Examples:
  exlog analyze --local
  exlog analyze \"C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Logging\"
  exlog analyze \\\\ex01\\c$\\logs \\\\ex02\\c$\\logs --from -3h
  exlog analyze copies --around outage-1 --margin 30m --format html --output outage-1.html
  exlog analyze copies --protocol imap4 --user alice@contoso.com
  exlog analyze copies --evidence settings.txt events.evtx --fail-on high
  exlog analyze copies --from -1d --compare copies --compare-from -8d --compare-to -7d
  exlog analyze copies --format html --output report.html
  exlog analyze copies --format json --output report.json
  exlog analyze copies --format csv --table outages --output outages.csv
  exlog analyze copies --format ndjson > report.jsonl           (field names of ECS; Timesketch reads it too)
  exlog analyze copies --format timesketch --output exlog.csv
  exlog analyze copies --redact --format html --output for-the-vendor.html

CSV has commas, CRLF, times in UTC, and a ' before what a spreadsheet would take for a formula. In a file it begins with a byte
order mark, by which Excel and Windows PowerShell 5.1 know it for UTF-8.";

impl Analyze {
    pub(super) fn run(&self) -> Result<Status> {
        self.check_format()?;
        let output = &self.report.output;
        let read = [&self.selection.paths[..], &self.evidence, self.compare.folders()].concat();
        check_spared(&read, &[output.file(), self.proof.file()])?;
        let scope_of_others = self.compare.scope(&self.selection)?;
        let scope = self.selection.scope(output.quiet)?;
        let mut asked = self.selection.asked(&scope, &self.evidence)?;
        asked.others = self.compare.paths();
        let redactor = self.report.redactor()?;
        let job = self.selection.job(&self.evidence, &scope);
        let Material { summary, evidence } = read_logs(&job, "the paths", output.quiet)?;
        self.report.tell_skipped(self.format, summary.skipped.total());
        tell_unmatched(&summary, &scope, output.quiet);
        let case = Case::new(summary, evidence, scope.window);
        let others = match scope_of_others {
            Some(scope) => Some(self.compare.read(&scope, &self.selection, output)?),
            None => None,
        };
        let read = [(&case, [&self.selection.paths[..], &self.evidence].concat())];
        let read = read.into_iter().chain(others.as_ref().map(|others| (others, self.compare.folders().to_vec())));
        let read = read.map(|(case, among)| (&case.summary, &case.evidence, among));
        let pending = self.proof.of(("analyze", &asked), scope.window, &self.selection, read)?;
        self.report.write(self.format, case, others, asked, redactor, pending)
    }

    fn check_format(&self) -> Result<()> {
        if self.format.is_list() && !self.compare.paths().is_empty() {
            return Err(
                Error::new(ErrorKind::Usage, "--compare has no meaning here").hint("it goes with terminal, html and json")
            );
        }
        self.report.check(Some(self.format))
    }
}
