//! Reading for a command: with progress, and with a word about what could not be read.

use std::io;

use crate::attempts::in_order::Rows;
use crate::cli::progress::Bar;
use crate::cli::telling::tell;
use crate::error::{Error, ErrorKind, Result, plain_words};
use crate::input::listed::Listed;
use crate::pipeline::{self, Job, Material};
use crate::skipped::{FileFate, FileNote};
use crate::text::counted;

/// Reads what a job names; a bar shows how far it is, unless all is to be quiet.
///
/// # Errors
/// As [`pipeline::run`].
pub(super) fn read(job: &Job<'_>, quiet: bool) -> Result<Material> {
    with_bar(quiet, |bar| pipeline::run(job, bar))
}

/// Reads the files of a list: a part of some whole, in which there may be no log.
///
/// # Errors
/// As [`pipeline::run`].
pub(super) fn read_listed(listed: &Listed, job: &Job<'_>, quiet: bool) -> Result<Material> {
    let material = with_bar(quiet, |bar| pipeline::run_found(listed.discover(), job, bar))?;
    tell_unreadable(&material.summary.notes, quiet);
    Ok(material)
}

fn with_bar(quiet: bool, read: impl FnOnce(&Bar) -> Result<Material>) -> Result<Material> {
    let bar = Bar::new(quiet);
    let material = read(&bar)?;
    bar.clear();
    Ok(material)
}

/// The same where logs are asked for; `among` is what errors call the paths.
///
/// # Errors
/// As [`read`], and [`ErrorKind::NoInput`] if there is no log among them.
pub(super) fn read_logs(job: &Job<'_>, among: &str, quiet: bool) -> Result<Material> {
    let material = read(job, quiet)?;
    if material.summary.sources.is_empty() {
        return Err(no_input(&material.summary.notes, among));
    }
    tell_unreadable(&material.summary.notes, quiet);
    Ok(material)
}

/// Unreadable files are named on standard error too: nobody must take a part for the whole.
pub(super) fn tell_unreadable(notes: &[FileNote], quiet: bool) {
    if quiet {
        return;
    }
    tell_notes(notes.iter().filter(|note| note.fate == FileFate::Unreadable));
}

/// Says each note, and what can be done where a right is missing.
pub(super) fn tell_notes<'a>(notes: impl IntoIterator<Item = &'a FileNote> + Clone) {
    for note in notes.clone() {
        tell(format_args!("{}: {}", note.file, note.reason));
    }
    missing_right(notes).iter().for_each(tell);
}

/// What must be granted where access was denied, and how to get on without.
fn missing_right<'a>(notes: impl IntoIterator<Item = &'a FileNote>) -> Option<&'static str> {
    let denied = plain_words(&io::ErrorKind::PermissionDenied.into());
    notes.into_iter().any(|note| note.reason == denied).then_some(if cfg!(windows) { RIGHT_OF_WINDOWS } else { RIGHT_OF_UNIX })
}

const RIGHT_OF_WINDOWS: &str = "access was denied: the account needs the right to list folders and to read files (RX)\n  \
     run it elevated ('Run as administrator'), or grant the right: icacls FOLDER /grant 'ACCOUNT:(OI)(CI)RX'\n  \
     a backup operator can copy them first, whatever their rights: robocopy FOLDER COPY /S /B";

const RIGHT_OF_UNIX: &str = "access was denied: the account needs the right to list folders (x) and to read files (r)\n  \
     run it as root or as their owner, or grant the right: setfacl -R -m u:ACCOUNT:rX FOLDER";

/// Says what of logs that were read side by side could not be read, and whether nothing is missing.
pub(super) fn tell_left_aside(logs: &impl Rows, mut notes: Vec<FileNote>, quiet: bool) -> bool {
    notes.extend_from_slice(logs.notes());
    notes.retain(|note| note.fate != FileFate::Other);
    notes.sort();
    if !quiet {
        tell_notes(&notes);
        if logs.skipped() > 0 {
            let lines = counted(logs.skipped(), "line", "lines");
            tell(format_args!("{lines} could not be read; 'exlog analyze' says which and why"));
        }
    }
    logs.skipped() == 0 && notes.is_empty()
}

/// What stood among the paths instead of a log, and what can be done.
pub(super) fn no_input(notes: &[FileNote], among: &str) -> Error {
    let mut message = format!("no IMAP4 or POP3 protocol log among {among}");
    for note in notes.iter().take(10) {
        message.push_str(&format!("\n  {}: {}", note.file, note.reason));
    }
    if notes.len() > 10 {
        message.push_str(&format!("\n  and {} more", notes.len() - 10));
    }
    let (gone, typed) = (plain_words(&io::ErrorKind::NotFound.into()), "look whether the path is written as it should be");
    let are_gone = !notes.is_empty() && notes.iter().all(|note| note.reason == gone);
    Error::new(ErrorKind::NoInput, message).hint(missing_right(notes).or(are_gone.then_some(typed)).unwrap_or(
        "Exchange writes them to ...\\Exchange Server\\V15\\Logging\\Imap4 and \\Pop3, if logging is switched on:\n  \
         Set-ImapSettings -ProtocolLogEnabled $true (POP: Set-PopSettings), then restart the IMAP4 (POP3) services",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_access_was_denied_the_missing_right_is_named() {
        let note = |kind: io::ErrorKind| FileNote {
            file: "a.LOG".into(),
            fate: FileFate::Unreadable,
            reason: plain_words(&kind.into()),
        };
        let denied = [note(io::ErrorKind::NotFound), note(io::ErrorKind::PermissionDenied)];
        assert_eq!(missing_right(&denied[..1]), None);
        assert!(missing_right(&denied).unwrap().contains("needs the right"));
        let error = no_input(&denied, "the paths").to_string();
        assert!(error.contains("needs the right") && !error.contains("ProtocolLogEnabled"), "{error}");
        let error = no_input(&denied[..1], "the paths").to_string();
        assert!(error.contains("the path is written") && !error.contains("ProtocolLogEnabled"), "{error}");
        assert!(no_input(&[], "the paths").to_string().contains("ProtocolLogEnabled"));
    }
}
