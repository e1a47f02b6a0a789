//! `--redact`: names become pseudonyms before anything is judged or written.

use std::env;
use std::path::PathBuf;

use clap::Args;

use crate::case::Case;
use crate::cli::telling::tell;
use crate::cli::text_file::{contents, text_of};
use crate::error::{Error, ErrorKind, Result};
use crate::redaction::{Redact, Redactor, random_key};
use crate::report::html::Asked;

/// The environment variable that holds the key: others do not see it, as they see command lines.
const VARIABLE: &str = "EXLOG_REDACT_KEY";

/// A shorter key may be found by trying.
const SHORT: usize = 12;

/// Whether and how names are hidden.
#[derive(Debug, Args)]
pub(super) struct Redaction {
    /// Put pseudonyms in the place of accounts, hosts, addresses, paths, and all else that may be a name
    ///
    /// The same name is the same pseudonym everywhere in a report, and in another report with the same key. Without a key one
    /// is made and told on standard error; it stands in no report, and belongs to nobody who gets one. Messages on standard
    /// error are not redacted.
    #[arg(long, help_heading = "Output")]
    redact: bool,

    /// Redact with this key (others can see command lines: prefer EXLOG_REDACT_KEY in the environment, or a file)
    #[arg(long, value_name = "KEY", conflicts_with = "redact_key_file", help_heading = "Output")]
    redact_key: Option<String>,

    /// Redact with the key in this file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    redact_key_file: Option<PathBuf>,
}

impl Redaction {
    /// Whether names are to be hidden.
    pub(super) fn is_asked(&self) -> bool {
        self.redact || self.redact_key.is_some() || self.redact_key_file.is_some()
    }

    /// The redactor, if names are to be hidden. A key that was made for this run is told here, once.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if the key is empty or cannot be read, [`ErrorKind::System`] if none can be made.
    pub(super) fn redactor(&self) -> Result<Option<Redactor>> {
        if !self.is_asked() {
            return Ok(None);
        }
        let key = match self.given_key()? {
            Some(key) => key,
            None => made_key()?,
        };
        Ok(Some(Redactor::new(&key)))
    }

    fn given_key(&self) -> Result<Option<String>> {
        let (source, key) = match (&self.redact_key, &self.redact_key_file, env::var(VARIABLE)) {
            (Some(key), _, _) => ("--redact-key".to_owned(), key.clone()),
            (None, Some(file), _) => {
                let key = contents(file).map_err(|why| {
                    let message = format!("the key in {} could not be read: {why}", file.display());
                    Error::new(ErrorKind::Usage, message).hint("give a text file that holds nothing but the key")
                })?;
                (file.display().to_string(), text_of(&key).unwrap_or_default())
            }
            (None, None, Ok(key)) => (VARIABLE.to_owned(), key),
            (None, None, Err(env::VarError::NotUnicode(_))) => (VARIABLE.to_owned(), String::new()),
            (None, None, Err(env::VarError::NotPresent)) => return Ok(None),
        };
        let key = key.trim().to_owned();
        if key.is_empty() {
            return Err(Error::new(ErrorKind::Usage, format!("the key in {source} is empty or no text"))
                .hint("give a key of some length, or --redact alone: then one is made and told"));
        }
        if key.chars().count() < SHORT {
            tell(format!("the key in {source} is short: who has a report may find it, and with it the names, by trying"));
        }
        Ok(Some(key))
    }
}

fn made_key() -> Result<String> {
    let key = random_key().ok_or_else(|| {
        Error::new(ErrorKind::System, "the system gave no random numbers to make a key of")
            .hint("give one in a file: --redact-key-file")
    })?;
    // Said even if all else is quiet: nothing else ever says it.
    tell(format_args!(
        "names are redacted with the key {key}\n  keep it, and give it to nobody who gets the report: with {VARIABLE}={key} the same names get the same pseudonyms again"
    ));
    Ok(key)
}

/// Puts pseudonyms in the place of all names of a row that goes out by itself, if that was asked for.
pub(super) fn redact_row<T: Redact>(redactor: &mut Option<Redactor>, row: &mut T) {
    if let Some(redactor) = redactor {
        row.teach(redactor);
        row.redact(redactor);
        redactor.forget();
    }
}

/// Puts pseudonyms in the place of all names of cases that are reported together, and of what was asked for. Gives back the redactor,
/// which has learned their names by then.
pub(super) fn apply(mut redactor: Redactor, cases: &mut [&mut Case], asked: &mut Asked) -> Redactor {
    cases.iter().for_each(|case| case.teach(&mut redactor));
    asked.server_name.iter().for_each(|name| redactor.learn_host(name));
    cases.iter_mut().for_each(|case| case.redact(&redactor));
    let Asked { zone: _, paths, evidence, others, server_name, protocol: _, role: _, servers, users, clients } = asked;
    paths.iter_mut().chain(evidence).chain(others).for_each(|path| *path = redactor.path(path));
    server_name.iter_mut().for_each(|name| *name = redactor.host(name));
    servers.iter_mut().for_each(|pattern| *pattern = redactor.pattern(pattern, Redactor::host));
    users.iter_mut().for_each(|pattern| *pattern = redactor.pattern(pattern, Redactor::account));
    clients.iter_mut().for_each(|pattern| *pattern = redactor.pattern(pattern, Redactor::address));
    redactor
}
