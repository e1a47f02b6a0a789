//! The command line: one file per command, the exit status, and everything that touches the terminal.

use std::env;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::error::{Error, ErrorKind, Result};

mod analyze;
mod around;
mod cluster;
mod compare;
mod completions;
mod config;
mod csv_mark;
mod delivery;
mod events;
mod explain;
#[cfg(feature = "parquet")]
mod export;
mod history;
mod lasting;
mod left_summary;
mod limit;
mod listing;
mod local;
mod man;
mod manifest;
mod merge;
mod nightly;
mod options;
mod output;
mod pages;
mod paths;
mod progress;
mod reading;
mod redaction;
mod report;
mod schedule;
mod sessions;
mod spared;
mod status;
mod store;
mod summarize;
mod telling;
mod text_file;
mod unmatched;
mod verify;
mod wanted;
mod watch;

use status::Status;
use telling::tell;

/// Reads Microsoft Exchange IMAP4/POP3 protocol logs and says what failed, since when, why, and what to do
#[derive(Debug, Parser)]
#[command(
    name = "exlog",
    bin_name = "exlog",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    max_term_width = 110
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What failed, since when, why, what to do: the main job
    Analyze(Box<analyze::Analyze>),
    /// The login attempts themselves, in the order of time, or one session line by line
    Sessions(Box<sessions::Sessions>),
    /// Growing logs as they grow: failed logins, and what begins and ends
    Watch(Box<watch::Watch>),
    /// What is new since the last run, compared with what is usual: for every night
    Nightly(Box<nightly::Nightly>),
    /// The last days: a table, and how one error or account went
    History(Box<history::History>),
    /// The store of the nightly runs: check it, let old days go, export it
    Store(store::StoreCommand),
    /// What was counted in logs, as one small file that merges with others
    Summarize(Box<summarize::Summarize>),
    /// The report about logs that were summarized apart: on many servers, night by night
    Merge(Box<merge::Merge>),
    /// The login attempts, or all records, as a dataset for SQL engines: DuckDB, Spark, Polars
    #[cfg(feature = "parquet")]
    Export(Box<export::Export>),
    /// Whether files are still those of a manifest
    Verify(verify::Verify),
    /// What an id, an error code, a log line or a client's message means, and what to do
    Explain(explain::Explain),
    /// What sets up the nightly run: a task of Windows, systemd units, a line for cron
    Schedule(schedule::Schedule),
    /// What runs exlog on many machines: a job for Apache Spark
    Cluster(cluster::ClusterCommand),
    /// Options that a command takes from a file and the environment
    Config(config::Config),
    /// What makes a shell complete commands and options: PowerShell, bash, zsh, fish
    Completions(completions::Completions),
    /// The manual page, of the program or of one command
    Man(man::Manual),
}

/// The program as clap knows it, with everything that no derive can say.
fn program() -> clap::Command {
    paths::checked(config::configurable(Cli::command()))
}

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    let mut program = program();
    let arguments = match config::completed(&program, env::args_os().collect(), &|name| env::var_os(name)) {
        Ok(arguments) => arguments,
        Err(error) => return report_error(&error).into(),
    };
    let parsed = program.try_get_matches_from_mut(&arguments).and_then(|matches| Cli::from_arg_matches(&matches));
    match parsed.map_err(|error| local::advised(error, &program, &arguments)) {
        Ok(cli) => run(cli).into(),
        Err(error) => {
            // Help and version are an answer, not an error; a closed pipe is neither.
            let _ = error.print();
            if error.use_stderr() { Status::Wrong.into() } else { Status::Done.into() }
        }
    }
}

fn run(mut cli: Cli) -> Status {
    let result = find_local(&mut cli.command).and_then(|()| match cli.command {
        Command::Analyze(analyze) => analyze.run(),
        Command::Sessions(sessions) => sessions.run(),
        Command::Watch(watch) => watch.run(),
        Command::Nightly(nightly) => nightly.run(),
        Command::History(history) => history.run(),
        Command::Store(store) => store.run(),
        Command::Summarize(summarize) => summarize.run(),
        Command::Merge(merge) => merge.run(),
        #[cfg(feature = "parquet")]
        Command::Export(export) => export.run(),
        Command::Verify(verify) => verify.run(),
        Command::Explain(explain) => explain.run(),
        Command::Schedule(schedule) => schedule.run(),
        Command::Cluster(cluster) => cluster.run(),
        Command::Config(config) => config.run(&|name| env::var_os(name)),
        Command::Completions(completions) => completions.run(),
        Command::Man(manual) => manual.run(),
    });
    result.unwrap_or_else(|error| report_error(&error))
}

/// Finds the logs of this machine for the commands that were told to read them.
fn find_local(command: &mut Command) -> Result<()> {
    match command {
        Command::Analyze(analyze) => analyze.selection.find_local(),
        Command::Sessions(sessions) => sessions.selection.find_local(),
        Command::Watch(watch) => watch.selection.find_local(),
        Command::Summarize(summarize) => summarize.selection.find_local(),
        #[cfg(feature = "parquet")]
        Command::Export(export) => export.selection.find_local(),
        Command::Nightly(nightly) => nightly.find_local(),
        _ => Ok(()),
    }
}

/// Says on standard error what went wrong, and which status that is.
fn report_error(error: &Error) -> Status {
    tell(error);
    match error.kind() {
        ErrorKind::NoInput => Status::NoInput,
        _ => Status::Wrong,
    }
}
