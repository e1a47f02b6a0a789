//! `--local`: the logs of the Exchange server on this machine, found where it was installed.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind as ClapKind};
use clap::{Args, Command};

use crate::error::{Error, ErrorKind, Result};

/// The variable in which the setup of Exchange leaves where it was installed.
const VARIABLE: &str = "ExchangeInstallPath";

/// The folders in which the protocols are logged unless somebody changes that, below the folder of the installation. Front end
/// and back end write into the same ones.
const FOLDERS: [&str; 2] = ["Imap4", "Pop3"];

/// Whether the logs of this machine are read.
#[derive(Debug, Args)]
pub(super) struct Local {
    /// Read the logs of the Exchange server on this machine instead of PATH: Logging\Imap4 and Logging\Pop3 where it was installed
    #[arg(long, conflicts_with = "paths")]
    local: bool,

    /// What this machine calls itself, once its logs were found.
    #[arg(skip)]
    machine: Option<String>,
}

impl Local {
    /// Puts the folders of this machine's logs in the place of the paths, if that is asked for.
    ///
    /// # Errors
    /// [`ErrorKind::NoInput`] if Exchange was not installed here, or logs nothing.
    pub(super) fn find(&mut self, paths: &mut Vec<PathBuf>) -> Result<()> {
        if self.local {
            let told = [(VARIABLE, env::var_os(VARIABLE).filter(|path| !path.is_empty())), ("the registry", registered())];
            *paths = folders(told.into_iter().filter_map(|(who, path)| Some((who, PathBuf::from(path?)))).collect())?;
            self.machine = computer_name();
        }
        Ok(())
    }

    /// The server to which the files belong: the one that was named, else this machine, whose paths do not name it.
    pub(super) fn server(&self, named: Option<&String>) -> Option<String> {
        named.or(self.machine.as_ref()).cloned()
    }
}

/// The error of clap; if there is no path for a command that finds the logs of this machine, with the advice to let it.
pub(super) fn advised(mut error: clap::Error, program: &Command, arguments: &[OsString]) -> clap::Error {
    let is_local = |command: &Command| command.get_arguments().any(|arg| arg.get_long() == Some("local"));
    let asked = arguments.iter().skip(1).find_map(|name| program.find_subcommand(name));
    if error.kind() == ClapKind::MissingRequiredArgument && asked.is_some_and(is_local) {
        let advice = "on an Exchange server, '--local' in the place of a path reads its own logs";
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![advice.into()]));
    }
    error
}

/// What Windows calls this machine.
pub(super) fn computer_name() -> Option<String> {
    env::var("COMPUTERNAME").ok().filter(|name| !name.is_empty())
}

/// The folders of logs that are there, by the first of those who tell where Exchange was installed and are right.
fn folders(told: Vec<(&str, PathBuf)>) -> Result<Vec<PathBuf>> {
    if told.is_empty() {
        return Err(Error::new(
            ErrorKind::NoInput,
            format!("no Exchange server is installed on this machine: neither {VARIABLE} in the environment nor the registry tells where"),
        )
        .hint(r"give the folder of the logs, or the server's share: exlog analyze \\ex01\c$\..."));
    }
    let logging = |installed: &PathBuf| FOLDERS.map(|name| installed.join("Logging").join(name)).into_iter();
    let there = told.iter().map(|(_, installed)| logging(installed).filter(|folder| folder.is_dir()).collect::<Vec<_>>());
    there.into_iter().find(|folders| !folders.is_empty()).ok_or_else(|| {
        let places: Vec<String> =
            told.iter().map(|(who, installed)| format!("{} ({who} says so)", installed.join("Logging").display())).collect();
        let message =
            format!("there is neither Imap4 nor Pop3 in {}, where the setup of Exchange puts them", places.join(" or "));
        Error::new(ErrorKind::NoInput, message).hint(
            "logging may be switched off, or go elsewhere: Get-ImapSettings | fl ProtocolLogEnabled, LogFileLocation\n  \
             (POP: Get-PopSettings); give that folder instead of --local",
        )
    })
}

/// Where the registry says that Exchange was installed.
#[cfg(windows)]
fn registered() -> Option<OsString> {
    let key = windows_registry::LOCAL_MACHINE.open(r"SOFTWARE\Microsoft\ExchangeServer\v15\Setup").ok()?;
    key.get_string("MsiInstallPath").ok().filter(|path| !path.is_empty()).map(OsString::from)
}

#[cfg(not(windows))]
fn registered() -> Option<OsString> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folders_that_are_there_are_taken() {
        let installed = tempfile::tempdir().unwrap();
        let found = || folders(vec![("nobody", "nowhere".into()), ("the registry", installed.path().into())]);
        let error = found().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoInput);
        assert!(error.to_string().contains("LogFileLocation") && error.to_string().contains("(nobody says so) or "), "{error}");
        std::fs::create_dir_all(installed.path().join("Logging/Pop3")).unwrap();
        assert_eq!(found().unwrap(), [installed.path().join("Logging").join("Pop3")]);
        std::fs::create_dir_all(installed.path().join("Logging/Imap4")).unwrap();
        assert_eq!(found().unwrap(), ["Imap4", "Pop3"].map(|name| installed.path().join("Logging").join(name)));
        assert!(folders(Vec::new()).unwrap_err().to_string().contains(VARIABLE));
    }
}
