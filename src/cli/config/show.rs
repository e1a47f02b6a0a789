//! `exlog config show`: what is in force, and where it comes from, as a file that could be read again.

use std::ffi::OsString;
use std::fmt::Write;

use clap::{Args, Command, Subcommand};

use super::layers::{Layers, Origin};
use super::setting::Setting;
use super::{CONFIGURED, asked};
use crate::cli::output::Output;
use crate::cli::status::Status;
use crate::error::{Error, ErrorKind, Result};
use crate::text::is_harmful;

/// The arguments of `exlog config`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Config {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Each option of a command: what is in force, and where it comes from
    Show(Show),
}

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
struct Show {
    /// The command (nightly, if none is named) with its options, as it would be run; it is not run
    #[arg(value_name = "COMMAND", trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

const EXAMPLES: &str = "\
Examples:
  exlog config show --config exlog.toml
  exlog config show nightly --store 'C:\\ProgramData\\exlog\\store.db' > exlog.toml

The command line wins over the environment (EXLOG_MAIL_SERVER for --mail-server), that over the
file, that over the default. Secrets are not shown.";

impl Config {
    pub(in crate::cli) fn run(&self, environment: &dyn Fn(&str) -> Option<OsString>) -> Result<Status> {
        let Action::Show(Show { arguments }) = &self.action;
        let program = crate::cli::program();
        let mut line = vec![OsString::from("exlog")];
        let is_named = arguments.first().is_some_and(|first| program.get_subcommands().any(|known| first == known.get_name()));
        line.extend(CONFIGURED.iter().filter(|_| !is_named).map(OsString::from));
        line.extend(arguments.iter().cloned());
        let Some((at, command)) = asked(&program, &line) else {
            return Err(Error::new(ErrorKind::Usage, "this command takes no options from a file")
                .hint(format!("these do: {}", CONFIGURED.join(", "))));
        };
        let text = shown(command, line.get(at + 1..).unwrap_or_default(), environment)?;
        Output::of_bytes(None, false).write(|out| out.write_all(text.as_bytes()))?;
        Ok(Status::Done)
    }
}

/// Every setting of a command that is given these arguments, a line each.
pub(super) fn shown(command: &Command, given: &[OsString], environment: &dyn Fn(&str) -> Option<OsString>) -> Result<String> {
    let layers = Layers::read(command, given, environment)?.unwrap_or_default();
    let all = [layers.arguments().as_slice(), given].concat();
    let wrong =
        |error: clap::Error| Error::new(ErrorKind::Usage, error.to_string().trim().trim_start_matches("error: ").to_owned());
    // A command that lacks something can be shown all the same.
    let parsed = command.clone().no_binary_name(true).ignore_errors(true).try_get_matches_from(all).map_err(wrong)?;
    let mut out = String::new();
    for setting in Setting::all(command) {
        let origin = layers.origin(setting.id(), &parsed);
        let value = match parsed.get_raw(setting.id()) {
            _ if matches!(origin, Origin::Unset) => String::new(),
            _ if setting.is_secret() => "(not shown)".to_owned(),
            Some(_) if setting.is_switch() => parsed.get_flag(setting.id()).to_string(),
            Some(values) => {
                let values: Vec<String> = values.map(|value| literal(&value.to_string_lossy())).collect();
                if setting.is_list() { format!("[{}]", values.join(", ")) } else { values.concat() }
            }
            None => String::new(),
        };
        let line = format!("{} = {value}", setting.name());
        // What has no value, and what is not told, must not count when the lines are read again.
        let is_told = !value.is_empty() && !setting.is_secret();
        let _ = writeln!(out, "{:<50} # {origin}", if is_told { line } else { format!("# {}", line.trim_end()) });
    }
    Ok(out)
}

/// A text as TOML has it: in single quotes where that can be, so that Windows paths stay readable.
fn literal(text: &str) -> String {
    if !text.contains('\'') && !text.chars().any(is_harmful) {
        return format!("'{text}'");
    }
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if is_harmful(c) => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
