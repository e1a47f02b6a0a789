//! `exlog store`: the store of the nightly runs, looked after.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand};

use crate::cli::options::now;
use crate::cli::output::Output;
use crate::cli::status::Status;
use crate::clock::DAY;
use crate::clock::parse_duration;
use crate::dataset::summary_file::SummaryFile;
use crate::error::{Error, ErrorKind, Result};
use crate::history::days::Asked;
use crate::history::store::Store;
use crate::night::day::date;
use crate::text::TerminalText;

/// How long to wait for a run that holds the store.
const WAIT: Duration = Duration::from_secs(60);

/// The arguments of `exlog store`.
#[derive(Debug, Args)]
pub(super) struct StoreCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Whether the store is sound
    Check {
        /// The store of 'exlog nightly'
        #[arg(long, value_name = "FILE")]
        store: PathBuf,
    },
    /// Let go of old days; their totals stay
    Prune {
        /// The store of 'exlog nightly'
        #[arg(long, value_name = "FILE")]
        store: PathBuf,

        /// How long the history is kept, counted back from its last day: 400d
        #[arg(long, value_name = "TIME")]
        keep: String,
    },
    /// What was counted in the last days as one summary, for 'exlog merge'
    Export {
        /// The store of 'exlog nightly'
        #[arg(long, value_name = "FILE")]
        store: PathBuf,

        /// Write to this file (-: standard output)
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

impl StoreCommand {
    pub(super) fn run(&self) -> Result<Status> {
        match &self.action {
            Action::Check { store } => check(store),
            Action::Prune { store, keep } => prune(store, keep),
            Action::Export { store, output } => export(store, output.as_deref()),
        }
    }
}

fn say(words: &str) -> Result<()> {
    let written = writeln!(io::stdout(), "{}", TerminalText::new(words));
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::new(ErrorKind::Output, "standard output could not be written"))
        }
        _ => Ok(()),
    }
}

fn check(path: &Path) -> Result<Status> {
    let store = Store::open_existing(path, WAIT)?;
    let faults = store.faults()?;
    if faults.is_empty() {
        say(&format!("{} is sound", path.display()))?;
        return Ok(Status::Done);
    }
    Err(Error::new(ErrorKind::System, format!("{} is damaged: {}", path.display(), faults.join("; ")))
        .hint("move it away: the next run begins a new one and reads the logs again"))
}

fn prune(path: &Path, keep: &str) -> Result<Status> {
    let days = parse_duration(keep)? / DAY;
    let mut store = Store::open_existing(path, WAIT)?;
    let last = store.days(&Asked::default())?.last().map_or(now().now().div_euclid(DAY), |day| day.day);
    store.prune(last - days)?;
    store.shrink()?;
    say(&format!("days before {} are gone from {}; their totals stay", date(last - days), path.display()))?;
    Ok(Status::Done)
}

fn export(path: &Path, output: Option<&Path>) -> Result<Status> {
    let store = Store::open_existing(path, WAIT)?;
    let file = SummaryFile { summary: store.summary()?, paths: vec![path.display().to_string()], ..SummaryFile::default() };
    Output::of_bytes(output.map(Path::to_owned), false).write_bytes(&file.to_bytes()?)?;
    Ok(Status::Done)
}
