//! `--compare`: the other logs that these are held against, read by the same code under their own window.

use std::path::PathBuf;

use clap::Args;

use crate::case::Case;
use crate::cli::options::{Selection, has_standard_input, shown};
use crate::cli::output::Output;
use crate::cli::reading::read_logs;
use crate::comparison::{Comparison, Judged};
use crate::diagnosis::finding::Finding;
use crate::diagnosis::judge_together;
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::{Job, Material};
use crate::report::html::Asked;
use crate::summary::scope::Scope;

/// The other side of a comparison.
#[derive(Debug, Args)]
pub(super) struct Compare {
    /// Also say what is new, gone, worse or better than in these logs: last week, before a change, another server (may be given again)
    #[arg(long, value_name = "PATH", help_heading = "Compare")]
    compare: Vec<PathBuf>,

    /// Count from this time on in the logs of --compare (--from and --to are not theirs)
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, requires = "compare", help_heading = "Compare")]
    compare_from: Option<String>,

    /// Count up to this time in the logs of --compare
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, requires = "compare", help_heading = "Compare")]
    compare_to: Option<String>,

    /// Only this server in the logs of --compare, instead of --server (may be given again)
    #[arg(long, value_name = "NAME", requires = "compare", help_heading = "Compare")]
    compare_server: Vec<String>,
}

impl Compare {
    /// What counts in the other logs; `None` if nothing is compared.
    pub(super) fn scope(&self, selection: &Selection) -> Result<Option<Scope>> {
        if self.compare.is_empty() {
            return Ok(None);
        }
        if has_standard_input(&self.compare) && has_standard_input(&selection.paths) {
            return Err(
                Error::new(ErrorKind::Usage, "standard input cannot be read twice").hint("give a file for one of the two sides")
            );
        }
        let window = selection.window_of("--compare-from", &self.compare_from, "--compare-to", &self.compare_to)?;
        selection.scope_of(window, &self.compare_server).map(Some)
    }

    /// The paths of the other logs, as they were given.
    pub(super) fn paths(&self) -> Vec<String> {
        shown(&self.compare)
    }

    /// The paths of the other logs.
    pub(super) fn folders(&self) -> &[PathBuf] {
        &self.compare
    }

    /// Reads the other logs.
    pub(super) fn read(&self, scope: &Scope, selection: &Selection, output: &Output) -> Result<Case> {
        let job = Job { paths: &self.compare, ..selection.job(&[], scope) };
        let Material { summary, evidence } = read_logs(&job, "those of --compare", output.quiet)?;
        Ok(Case::new(summary, evidence, scope.window))
    }
}

/// Holds a case, of which the findings are known, against another.
pub(super) fn compare(case: &Case, findings: &[Finding], others: Case, asked: &Asked) -> Comparison {
    let findings_there = judge_together(&others);
    let comparison = Comparison::new(
        Judged { case, findings, paths: &asked.paths },
        Judged { case: &others, findings: &findings_there, paths: &asked.others },
    );
    // As in `report`: the system takes the memory back quicker.
    std::mem::forget(others);
    comparison
}
