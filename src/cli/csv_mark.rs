//! The byte order mark of CSV: when it is written, and where it can be asked for.

use clap::Args;

use crate::cli::output::Output;
use crate::error::{Error, ErrorKind, Result};

/// How CSV begins.
#[derive(Debug, Args)]
pub(super) struct CsvMark {
    /// Begin CSV on standard output with a byte order mark, for Excel and Windows PowerShell 5.1 (CSV in a file always has one)
    #[arg(long, help_heading = "Output")]
    bom: bool,
}

impl CsvMark {
    /// Whether CSV that goes to `output` begins with a mark.
    pub(super) fn is_written(&self, output: &Output) -> bool {
        self.bom || output.is_file()
    }

    /// Says that the option has no meaning, unless the output is CSV.
    pub(super) fn only_with(&self, is_csv: bool) -> Result<()> {
        if self.bom && !is_csv {
            return Err(Error::new(ErrorKind::Usage, "--bom has no meaning here").hint("it goes with --format csv"));
        }
        Ok(())
    }
}
