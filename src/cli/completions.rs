//! `exlog completions`: what makes a shell complete commands and options.

use std::path::PathBuf;

use clap::{Arg, Args, Command};
use clap_complete::Shell;

use crate::cli::output::Output;
use crate::cli::status::Status;
use crate::error::Result;

/// The arguments of `exlog completions`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Completions {
    /// For which shell
    #[arg(value_enum, ignore_case = true, value_name = "SHELL")]
    shell: Shell,

    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

const EXAMPLES: &str = "\
PowerShell, for this session, and for all that come (a line of the profile: notepad $PROFILE):
  exlog completions powershell | Out-String | Invoke-Expression

bash:  exlog completions bash --output ~/.local/share/bash-completion/completions/exlog
zsh:   exlog completions zsh --output ~/.zfunc/_exlog          (a folder of $fpath)
fish:  exlog completions fish --output ~/.config/fish/completions/exlog.fish";

impl Completions {
    pub(super) fn run(&self) -> Result<Status> {
        let mut program = without_hidden(&super::program());
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut program, "exlog", &mut script);
        Output::of_bytes(self.output.clone(), false).write(|out| out.write_all(&script))?;
        Ok(Status::Done)
    }
}

/// The program without the options that its help does not tell: some shells would offer them.
fn without_hidden(command: &Command) -> Command {
    let shown = command.get_arguments().filter(|argument| !argument.is_hide_set()).map(Arg::clone);
    let mut rest = Command::new(command.get_name().to_owned())
        .args(shown)
        .subcommands(command.get_subcommands().map(without_hidden))
        .disable_help_subcommand(command.is_disable_help_subcommand_set());
    if let Some(about) = command.get_about() {
        rest = rest.about(about.clone());
    }
    if let Some(version) = command.get_version() {
        rest = rest.version(version.to_owned());
    }
    rest
}
