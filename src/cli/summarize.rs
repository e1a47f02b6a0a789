//! `exlog summarize`: what was counted in logs, as one file that merges with others.

use std::path::PathBuf;

use clap::Args;

use crate::cli::listing::Listing;
use crate::cli::manifest::Proof;
use crate::cli::options::Selection;
use crate::cli::output::Output;
use crate::cli::reading::{read_listed, read_logs};
use crate::cli::spared::check_spared;
use crate::cli::status::Status;
use crate::cli::unmatched::tell_unmatched;
use crate::dataset::summary_file::SummaryFile;
use crate::error::Result;
use crate::pipeline::Material;

/// The arguments of `exlog summarize`.
#[derive(Debug, Args)]
#[command(after_help = STATUS, after_long_help = format!("{EXAMPLES}\n\n{STATUS}"))]
pub(super) struct Summarize {
    #[command(flatten)]
    pub(super) selection: Selection,

    #[command(flatten)]
    listing: Listing,

    /// Also look for evidence here: settings, certificates, health and event logs (those among PATH are found too; may be given again)
    #[arg(long, value_name = "PATH")]
    evidence: Vec<PathBuf>,

    /// Write to this file; without it the summary goes to standard output, if that is no terminal
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,

    #[command(flatten)]
    proof: Proof,

    /// No progress and no notes on standard error
    #[arg(long, short, help_heading = "Output")]
    quiet: bool,

    /// End with status 2 if lines were skipped or files could not be read
    #[arg(long)]
    strict: bool,
}

const EXAMPLES: &str = "\
Examples:
  exlog summarize \"C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Logging\" --output \\\\share\\exlog\\EX01.exlog
  exlog merge \\\\share\\exlog\\*.exlog
  exlog summarize copies --server-name EX01 --from 2026-03-12 --to 2026-03-13 --output EX01-12.exlog
  exlog summarize copies --paths-from part-7.txt --output part-7.exlog

A summary holds what 'exlog analyze' knows of the logs, accounts, addresses and examples of lines
included, and the evidence: guard it like the logs. 'exlog merge --redact' hides names in what is
made of it. Give times as dates, so that others can give the same: only summaries of one window
and one set of filters merge.";

const STATUS: &str = "\
Exit status:
  0  the job was done
  2  wrong usage, or the job could not be done; with --strict also skipped lines or unreadable files
  3  no readable protocol log among the paths";

impl Summarize {
    pub(super) fn run(&self) -> Result<Status> {
        let output = Output::of_bytes(self.output.clone(), self.quiet);
        check_spared(&[&self.selection.paths[..], &self.evidence].concat(), &[output.file(), self.proof.file()])?;
        let scope = self.selection.scope(self.quiet)?;
        let asked = self.selection.asked(&scope, &self.evidence)?;
        let job = self.selection.job(&self.evidence, &scope);
        let Material { summary, evidence } = match self.listing.listed(&self.selection.paths)? {
            Some(listed) => read_listed(&listed, &job, self.quiet)?,
            None => {
                let material = read_logs(&job, "the paths", self.quiet)?;
                tell_unmatched(&material.summary, &scope, self.quiet);
                material
            }
        };
        let read = [(&summary, &evidence, [&self.selection.paths[..], &self.evidence].concat())];
        let pending = self.proof.of(("summarize", &asked), scope.window, &self.selection, read)?;
        let is_whole = summary.is_whole();
        let mut file = SummaryFile {
            question: self.selection.question(scope.window),
            paths: asked.paths,
            evidence_paths: asked.evidence,
            server_names: asked.server_name.into_iter().collect(),
            summary,
            evidence: evidence.into_files(),
        };
        file.put_in_order();
        output.write_bytes(&file.to_bytes()?)?;
        if let Some(pending) = pending {
            pending.write()?;
        }
        Ok(if self.strict && !is_whole { Status::Wrong } else { Status::Done })
    }
}
