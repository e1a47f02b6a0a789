//! `--leave-summary`: what a night and the days before it hold, left as one file where other servers leave theirs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::local::computer_name;
use crate::cli::output::{words_of_writing, write_file};
use crate::dataset::envelope::is_summary;
use crate::dataset::summary_file::SummaryFile;
use crate::error::{Error, ErrorKind, Result};

/// What a summary's file is called.
const EXTENSION: &str = "exlog";

/// So many bytes of a name are taken: with what is added, all file systems have room for them.
const LONGEST: usize = 180;

/// Names that are devices on Windows, whatever stands behind a dot.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "COM", "LPT"];

/// Where the summary is left.
#[derive(Debug, Args)]
pub(super) struct Leaving {
    /// Leave a summary of this night and the two days before it for 'exlog merge': in this folder, or as this file (.exlog)
    ///
    /// In a folder it is called as --server-name says, else like this machine, and takes the place of the one of the night before.
    /// 'exlog merge FOLDER' makes one report of what all servers left there.
    #[arg(long, value_name = "FOLDER|FILE", help_heading = "Output")]
    leave_summary: Option<PathBuf>,
}

impl Leaving {
    /// The file in which the summary is left, if one is asked for.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if nothing tells what it should be called.
    pub(super) fn file(&self, server_name: Option<&str>) -> Result<Option<PathBuf>> {
        let Some(path) = &self.leave_summary else { return Ok(None) };
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(EXTENSION)) {
            return Ok(Some(path.clone()));
        }
        let name = server_name.map(str::to_owned).or_else(machine).ok_or_else(|| {
            Error::new(ErrorKind::Usage, "the name of this machine is not known, by which its summary would be called")
                .hint(format!("give --server-name, or the file itself: --leave-summary {}", path.join("NAME.exlog").display()))
        })?;
        Ok(Some(path.join(file_name(&name))))
    }
}

/// Writes the summary aside and renames it, so that a run that is killed, or a full share, leaves the one that was there.
///
/// # Errors
/// [`ErrorKind::Output`] if it cannot be written, or if what is there was left by others.
pub(super) fn leave(file: &SummaryFile, path: &Path) -> Result<()> {
    check(file, path)?;
    let bytes = file.to_bytes()?;
    write_file(path, |out| out.write_all(&bytes)).map_err(|error| {
        let advice = match error.kind() {
            io::ErrorKind::NotFound => "make the folder, or connect the share it is on",
            _ => "let the account that runs exlog write there",
        };
        let message = format!("the summary could not be left as {}: {}", path.display(), words_of_writing(&error));
        Error::new(ErrorKind::Output, message).hint(format!(
            "the night itself is kept, and the next run leaves the summary again: {advice}, or change --leave-summary"
        ))
    })
}

/// Nothing is replaced but what a run over the same paths left: another's servers would be missing in every report.
fn check(file: &SummaryFile, path: &Path) -> Result<()> {
    let there = match fs::read(path) {
        Ok(there) => there,
        // What cannot be read is met again in writing, if it is in the way.
        Err(error) if error.kind() != io::ErrorKind::IsADirectory => return Ok(()),
        Err(_) => Vec::new(),
    };
    let refused = |what: &str, hint: &str| Err(Error::new(ErrorKind::Output, format!("{} {what}", path.display())).hint(hint));
    if !is_summary(&there) {
        return refused("is no summary of exlog, and is not replaced", "name another file: --leave-summary FOLDER/NAME.exlog");
    }
    // One that is damaged or of another version tells nothing, and is not worth keeping.
    match SummaryFile::from_bytes(&there, "") {
        Ok(other) if (&other.paths, &other.server_names) != (&file.paths, &file.server_names) => refused(
            "was left by a run over other paths, and is not replaced",
            "name another file: --leave-summary FOLDER/NAME.exlog; or remove it, if the paths of this run were changed",
        ),
        _ => Ok(()),
    }
}

/// The name of this machine.
fn machine() -> Option<String> {
    let name = if cfg!(windows) {
        computer_name()
    } else {
        fs::read_to_string("/proc/sys/kernel/hostname").or_else(|_| fs::read_to_string("/etc/hostname")).ok()
    };
    name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// The file of a server or a machine: what no file system takes is written as the numbers of its bytes, so that different names
/// are different files.
fn file_name(name: &str) -> String {
    let mut safe = String::new();
    for (place, byte) in name.bytes().enumerate() {
        let is_plain = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || (byte == b'.' && place > 0);
        if is_plain { safe.push(char::from(byte)) } else { safe.push_str(&format!("%{byte:02X}")) }
    }
    let stem = safe.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let is_device = DEVICES.iter().any(|device| stem.strip_prefix(device).is_some_and(|rest| rest.len() < 2));
    if is_device {
        safe.insert(0, '%');
    }
    safe.truncate(LONGEST);
    format!("{safe}.{EXTENSION}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_is_a_file_of_its_own_in_the_folder() {
        for (name, file) in [
            ("EX01", "EX01.exlog"),
            ("ex01.contoso.com", "ex01.contoso.com.exlog"),
            ("2001:db8::1", "2001%3Adb8%3A%3A1.exlog"),
            ("../up", "%2E.%2Fup.exlog"),
            (r"C:\x", "C%3A%5Cx.exlog"),
            ("con", "%con.exlog"),
            ("COM1.x", "%COM1.x.exlog"),
            ("CONTOSO", "CONTOSO.exlog"),
            ("Zürich", "Z%C3%BCrich.exlog"),
            ("a b", "a%20b.exlog"),
        ] {
            assert_eq!(file_name(name), file);
        }
        assert!(file_name(&"x".repeat(1000)).len() < 200);
    }
}
