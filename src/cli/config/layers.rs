//! What the environment and the file add to a command line, and which of them wins.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

use super::file::{Entry, File, Value};
use super::nearest::nearest;
use super::setting::Setting;
use super::{BESIDE, FILE_NAME, OPTION, PREFIX};
use crate::error::{Error, ErrorKind, Result};
use crate::location::Location;

/// What is added to a command line.
#[derive(Debug, Default)]
pub(super) struct Layers {
    added: Vec<Added>,
}

/// One setting that the command line does not have.
#[derive(Debug)]
struct Added {
    id: String,
    arguments: Vec<OsString>,
    origin: Origin,
    is_operand: bool,
}

/// Where a value comes from.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    CommandLine,
    /// This variable.
    Environment(String),
    File(Location),
    Default,
    /// Nowhere: it has none.
    Unset,
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommandLine => out.write_str("command line"),
            Self::Environment(variable) => write!(out, "{variable} in the environment"),
            Self::File(location) => location.fmt(out),
            Self::Default => out.write_str("default"),
            Self::Unset => out.write_str("not set"),
        }
    }
}

/// What surrounds one reading of the layers.
struct Reader<'a> {
    command: &'a Command,
    given: ArgMatches,
    environment: &'a dyn Fn(&str) -> Option<OsString>,
}

impl Layers {
    /// Reads what else there is for a command that was given these arguments; `None` if it was asked for its help alone.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] with the place of what is wrong.
    pub(super) fn read(
        command: &Command,
        given: &[OsString],
        environment: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Option<Self>> {
        // What is missing may be added, and what is wrong is said when all of it is parsed.
        let lenient = command.clone().no_binary_name(true).ignore_errors(true);
        let Ok(given) = lenient.try_get_matches_from(given) else { return Ok(None) };
        let reader = Reader { command, given, environment };
        let mut layers = Self::default();
        reader.add_environment(&mut layers)?;
        if let Some(file) = reader.file()? {
            reader.add_file(&file, &mut layers)?;
        }
        Ok(Some(layers))
    }

    /// All of it as arguments, operands first: before what was given, no option can swallow them.
    pub(super) fn arguments(&self) -> Vec<OsString> {
        let (operands, options): (Vec<_>, Vec<_>) = self.added.iter().partition(|added| added.is_operand);
        operands.into_iter().chain(options).flat_map(|added| added.arguments.clone()).collect()
    }

    /// Where the value of a setting comes from, once all was parsed.
    pub(super) fn origin(&self, id: &str, parsed: &ArgMatches) -> Origin {
        match self.added.iter().find(|added| added.id == id) {
            Some(added) => added.origin.clone(),
            None => match parsed.value_source(id) {
                Some(ValueSource::CommandLine) => Origin::CommandLine,
                Some(_) => Origin::Default,
                None => Origin::Unset,
            },
        }
    }
}

impl Reader<'_> {
    fn is_given(&self, setting: Setting<'_>) -> bool {
        self.given.value_source(setting.id()) == Some(ValueSource::CommandLine)
    }

    /// Whether something stronger says this or what excludes it. A switch that is off excludes nothing.
    fn is_beaten(&self, setting: Setting<'_>, layers: &Layers) -> bool {
        let content = setting.variable_of_content().and_then(|variable| (self.environment)(&variable));
        if content.is_some_and(|content| !content.is_empty()) {
            return true;
        }
        Setting::all(self.command).any(|other| {
            let added = layers.added.iter().find(|added| added.id == other.id());
            let is_told = self.is_given(other) || added.is_some();
            let is_on = self.is_given(other) || added.is_some_and(|added| !added.arguments.is_empty());
            (is_told && other.id() == setting.id()) || (is_on && other.excludes(setting, self.command))
        })
    }

    fn add_environment(&self, layers: &mut Layers) -> Result<()> {
        for setting in Setting::all(self.command) {
            let variable = setting.variable();
            let Some(value) = (self.environment)(&variable).filter(|value| !value.is_empty()) else { continue };
            if self.is_beaten(setting, layers) {
                continue;
            }
            let wrong = |words: &str| Error::new(ErrorKind::Usage, format!("{variable} in the environment: {words}"));
            let arguments = match (setting.is_switch(), value.to_str()) {
                (true, Some("1" | "true")) => vec![OsString::from(format!("--{}", setting.name()))],
                (true, Some("0" | "false")) => Vec::new(),
                (true, _) => return Err(wrong("it is on or off").hint("set it to true or false")),
                (false, _) => {
                    let values = [value];
                    if let Some(fault) = setting.fault(&values, self.command) {
                        let fault = if setting.is_secret() { "this is no value for it".to_owned() } else { fault };
                        return Err(wrong(&fault).hint("set it to another value, or unset it"));
                    }
                    setting.arguments(&values)
                }
            };
            layers.add(setting, arguments, Origin::Environment(variable));
        }
        Ok(())
    }

    /// The file that is named, or the one beside the store if there is one.
    fn file(&self) -> Result<Option<File>> {
        let raw = |id: &str| {
            let is_known = self.command.get_arguments().any(|arg| arg.get_id() == id);
            let given = if is_known { self.given.get_raw(id).and_then(|mut values| values.next()) } else { None };
            given.map(OsString::from).or_else(|| (self.environment)(&format!("{PREFIX}{}", id.to_uppercase())))
        };
        if let Some(path) = raw(OPTION).filter(|path| !path.is_empty()) {
            return File::read(PathBuf::from(path)).map(Some);
        }
        let beside = raw(BESIDE).map(|store| Path::new(&store).with_file_name(FILE_NAME));
        beside.filter(|path| path.is_file()).map(File::read).transpose()
    }

    fn add_file(&self, file: &File, layers: &mut Layers) -> Result<()> {
        let mut told: Vec<(Setting<'_>, u64)> = Vec::new();
        let mut fits = Vec::new();
        for entry in &file.entries {
            let setting = self.setting(entry, file)?;
            let arguments = self.arguments(setting, entry, file)?;
            if let Some((other, line)) =
                told.iter().find(|(other, _)| !arguments.is_empty() && other.excludes(setting, self.command))
            {
                let words = format!("'{}' cannot stand beside '{}' in line {line}", setting.name(), other.name());
                return Err(Error::new(ErrorKind::Usage, words).at(file.at(entry.line)).hint("take one of them away"));
            }
            if !arguments.is_empty() {
                told.push((setting, entry.line));
            }
            if !self.is_beaten(setting, layers) {
                fits.push((setting, arguments, entry.line));
            }
        }
        for (setting, arguments, line) in fits {
            layers.add(setting, arguments, Origin::File(file.at(line)));
        }
        Ok(())
    }

    /// The setting that an entry means.
    fn setting(&self, entry: &Entry, file: &File) -> Result<Setting<'_>> {
        Setting::all(self.command).find(|setting| setting.name() == entry.name).ok_or_else(|| {
            let known = Setting::all(self.command).map(Setting::name);
            let hint = match nearest(&entry.name, known) {
                Some(name) => format!("is '{name}' meant?"),
                None => format!("'exlog {} --help' lists what can stand there, without the dashes", self.command.get_name()),
            };
            Error::new(ErrorKind::Usage, format!("'{}' is no option", entry.name)).at(file.at(entry.line)).hint(hint)
        })
    }

    /// What an entry would be on the command line.
    fn arguments(&self, setting: Setting<'_>, entry: &Entry, file: &File) -> Result<Vec<OsString>> {
        let name = setting.name();
        let wrong = |words: String, hint: &str| Err(Error::new(ErrorKind::Usage, words).at(file.at(entry.line)).hint(hint));
        let texts = match (&entry.value, setting.is_switch()) {
            (Value::Switch(is_on), true) => {
                return Ok(if *is_on { vec![OsString::from(format!("--{name}"))] } else { Vec::new() });
            }
            (_, true) => return wrong(format!("'{name}' is on or off"), "write true or false, without quotes"),
            (Value::Switch(_), false) => return wrong(format!("'{name}' is not just on or off"), "give its value, in quotes"),
            (Value::Other(what), _) => {
                return wrong(format!("'{name}' is {what}"), "give a text in quotes, or a list of texts: ['…', '…']");
            }
            (Value::List(_), false) if !setting.is_list() => {
                return wrong(format!("'{name}' has one value, not a list"), "give a text in quotes");
            }
            (Value::Text(text), false) => std::slice::from_ref(text),
            (Value::List(texts), false) => texts,
        };
        let values: Vec<OsString> =
            texts.iter().map(|text| if setting.is_path() { placed(text, file.folder()) } else { text.into() }).collect();
        match setting.fault(&values, self.command) {
            Some(_) if setting.is_secret() => wrong(format!("'{name}': this is no value for it"), "give another value"),
            Some(fault) => wrong(format!("'{name}': {fault}"), "give another value"),
            None => Ok(setting.arguments(&values)),
        }
    }
}

impl Layers {
    fn add(&mut self, setting: Setting<'_>, arguments: Vec<OsString>, origin: Origin) {
        self.added.push(Added { id: setting.id().to_owned(), arguments, origin, is_operand: setting.is_operand() });
    }
}

/// A path in a file counts from the file's folder. `-` is no path.
fn placed(text: &str, folder: &Path) -> OsString {
    if text == "-" { text.into() } else { folder.join(text).into_os_string() }
}
