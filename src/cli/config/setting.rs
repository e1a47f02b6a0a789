//! One thing that a command can be told, as clap knows it.

use clap::error::{ContextKind, ContextValue, ErrorKind as ClapKind};
use clap::{Arg, ArgAction, Command, ValueHint};
use std::error::Error as _;
use std::ffi::OsString;

use super::{OPTION, PREFIX};

/// An option or an operand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting<'a> {
    arg: &'a Arg,
}

impl<'a> Setting<'a> {
    /// All of a command, in the order of its help.
    pub(super) fn all(command: &'a Command) -> impl Iterator<Item = Self> {
        let is_told = |arg: &&Arg| {
            let is_other = matches!(arg.get_id().as_str(), "help" | "version" | OPTION);
            !is_other && (arg.get_long().is_some() || arg.is_positional())
        };
        command.get_arguments().filter(is_told).map(|arg| Self { arg })
    }

    /// What it is called in a file: the option without its dashes; of an operand what the program calls it.
    pub(super) fn name(self) -> &'a str {
        self.arg.get_long().unwrap_or(self.arg.get_id().as_str())
    }

    /// What clap calls it.
    pub(super) fn id(self) -> &'a str {
        self.arg.get_id().as_str()
    }

    /// What it is called in the environment.
    pub(super) fn variable(self) -> String {
        format!("{PREFIX}{}", self.name().replace('-', "_").to_uppercase())
    }

    /// The variable that holds the content of the file which this setting names: of `mail-password-file` it is `EXLOG_MAIL_PASSWORD`.
    pub(super) fn variable_of_content(self) -> Option<String> {
        self.variable().strip_suffix("_FILE").map(str::to_owned)
    }

    /// Whether it stands alone, without an option.
    pub(super) fn is_operand(self) -> bool {
        self.arg.is_positional()
    }

    /// Whether it is on or off.
    pub(super) fn is_switch(self) -> bool {
        matches!(self.arg.get_action(), ArgAction::SetTrue | ArgAction::SetFalse)
    }

    /// Whether it may have several values.
    pub(super) fn is_list(self) -> bool {
        matches!(self.arg.get_action(), ArgAction::Append)
    }

    /// Whether it is a file or a folder.
    pub(super) fn is_path(self) -> bool {
        matches!(self.arg.get_value_hint(), ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath)
    }

    /// Whether nobody should see its value: keys, passwords and tokens, and addresses that are one.
    pub(super) fn is_secret(self) -> bool {
        let name = self.name();
        let is_named = ["password", "token", "key", "secret"].iter().any(|word| name.ends_with(word)) || name == "webhook";
        is_named && !self.is_switch()
    }

    /// Whether the two may not be told together.
    pub(super) fn excludes(self, other: Self, command: &Command) -> bool {
        let one_way =
            |one: &Arg, other: &Arg| command.get_arg_conflicts_with(one).iter().any(|arg| arg.get_id() == other.get_id());
        self.id() != other.id() && (one_way(self.arg, other.arg) || one_way(other.arg, self.arg))
    }

    /// The arguments that tell it.
    pub(super) fn arguments(self, values: &[OsString]) -> Vec<OsString> {
        let argument = |value: &OsString| match self.arg.get_long() {
            None => value.clone(),
            Some(long) => {
                let mut argument = OsString::from(format!("--{long}="));
                argument.push(value);
                argument
            }
        };
        values.iter().map(argument).collect()
    }

    /// What is wrong with values that clap would not take, in a sentence about them.
    pub(super) fn fault(self, values: &[OsString], command: &Command) -> Option<String> {
        let alone = command.clone().no_binary_name(true);
        let error = alone.try_get_matches_from(self.arguments(values)).err()?;
        let wrong = match error.get(ContextKind::InvalidValue) {
            Some(ContextValue::String(value)) => value.clone(),
            _ => values.iter().map(|value| value.to_string_lossy()).collect::<Vec<_>>().join(", "),
        };
        match (error.kind(), error.get(ContextKind::ValidValue)) {
            (ClapKind::InvalidValue, Some(ContextValue::Strings(known))) if !known.is_empty() => {
                Some(format!("'{wrong}' is none of {}", known.join(", ")))
            }
            (ClapKind::ValueValidation, _) => {
                let why = error.source().map(|why| format!(": {why}")).unwrap_or_default();
                Some(format!("'{wrong}' is no value for it{why}"))
            }
            // Something else that is missing is not the fault of this value.
            (
                ClapKind::InvalidValue
                | ClapKind::InvalidUtf8
                | ClapKind::NoEquals
                | ClapKind::TooFewValues
                | ClapKind::TooManyValues
                | ClapKind::WrongNumberOfValues,
                _,
            ) => Some(format!("'{wrong}' is no value for it")),
            _ => None,
        }
    }
}
