//! `exlog man`: the manual page of the program or of one of its commands.

use std::path::PathBuf;

use clap::{Args, Command};
use clap_mangen::Man;

use crate::cli::output::Output;
use crate::cli::status::Status;
use crate::error::{Error, ErrorKind, Result};

/// The arguments of `exlog man`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Manual {
    /// Of this command: analyze, or store check [default: the program]
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,

    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  exlog man | man -l -
  exlog man analyze --output /usr/local/share/man/man1/exlog-analyze.1";

impl Manual {
    pub(super) fn run(&self) -> Result<Status> {
        let mut program = super::program().disable_help_subcommand(true);
        program.build();
        let page = Man::new(self.asked(&program)?.clone());
        Output::of_bytes(self.output.clone(), false).write(|out| page.render(out))?;
        Ok(Status::Done)
    }

    /// The command whose page it is.
    fn asked<'a>(&self, program: &'a Command) -> Result<&'a Command> {
        self.command.iter().try_fold(program, |command, name| {
            command.find_subcommand(name).ok_or_else(|| {
                let known: Vec<_> = command.get_subcommands().map(Command::get_name).collect();
                let hint = match known.as_slice() {
                    [] => format!("'{}' has no commands of its own", command.get_name()),
                    known => format!("there are {}", known.join(", ")),
                };
                Error::new(ErrorKind::Usage, format!("'{name}' is no command")).hint(hint)
            })
        })
    }
}
