//! Options from elsewhere: the command line wins over the environment, that over a file, that over the defaults.
//!
//! No option is listed here. What a command can be told stands in its own definition for clap: each long option may stand in
//! the file under its own name, and in the environment as `EXLOG_` with its name in capitals; operands stand under their
//! name. What is found there is put behind the command's name as arguments, so that clap checks it as it checks all else.

mod file;
mod layers;
mod nearest;
mod setting;
mod show;

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::{Arg, Command, value_parser};

use crate::error::Result;
use layers::Layers;

pub(super) use show::Config;

/// The commands that can be told things by a file, as far as they exist.
const CONFIGURED: [&str; 1] = ["nightly"];

/// The option that names the file.
const OPTION: &str = "config";

/// The option of a file beside which the file is looked for if none is named.
const BESIDE: &str = "store";

/// What it is called there.
const FILE_NAME: &str = "exlog.toml";

/// What the environment's names begin with.
const PREFIX: &str = "EXLOG_";

/// Gives `--config` to the commands that can have it.
pub(super) fn configurable(command: Command) -> Command {
    CONFIGURED.iter().fold(command, |command, name| match command.find_subcommand(name) {
        Some(_) => command.mut_subcommand(name, |command| command.arg(option())),
        None => command,
    })
}

fn option() -> Arg {
    Arg::new(OPTION)
        .long(OPTION)
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help("Read options from this TOML file [default: exlog.toml beside --store, if it is there]")
        .long_help(
            "Read options from this TOML file [default: exlog.toml beside --store, if it is there]\n\n\
             Each option may stand there under its own name (mail-server = 'mail.contoso.com'), PATH as paths = ['…']. Paths in it \
             count from its own folder. EXLOG_MAIL_SERVER in the environment wins over it, the command line over both. \
             'exlog config show' tells what is in force.",
        )
}

/// The arguments of the process, completed by what the environment and the file say to the command that is asked for.
///
/// # Errors
/// [`crate::error::ErrorKind::Usage`] with the file and its line, or the variable.
pub(super) fn completed(
    program: &Command,
    arguments: Vec<OsString>,
    environment: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Vec<OsString>> {
    let Some((at, command)) = asked(program, &arguments) else { return Ok(arguments) };
    let (before, given) = arguments.split_at(at + 1);
    match Layers::read(command, given, environment)? {
        Some(layers) => Ok([before, &layers.arguments(), given].concat()),
        None => Ok(arguments),
    }
}

/// Where the configurable command stands among the arguments, if one is asked for.
fn asked<'a>(program: &'a Command, arguments: &[OsString]) -> Option<(usize, &'a Command)> {
    let is_name = |argument: &&OsString| !argument.as_encoded_bytes().starts_with(b"-");
    let at = 1 + arguments.get(1..)?.iter().position(|argument| is_name(&argument))?;
    let name = arguments.get(at)?;
    let command = CONFIGURED.iter().find(|known| OsStr::new(known) == name).and_then(|name| program.find_subcommand(name))?;
    Some((at, command))
}

#[cfg(test)]
mod tests;
