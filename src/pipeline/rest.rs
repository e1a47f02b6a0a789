//! What was written to logs since they were read last: the same reading as [`super::run`], from a place on.

use std::io;
use std::path::PathBuf;

use rayon::prelude::*;

use crate::attempts::ends;
use crate::case::evidence::Evidence;
use crate::error::{Result, plain_words};
use crate::input::discover::Input;
use crate::input::identity::Beginning;
use crate::input::packed::Unpacking;
use crate::pipeline::file_progress::Finished;
use crate::pipeline::{Progress, look, pool, read_files};
use crate::protocol_log::log_file::{LogFile, look_at};
use crate::protocol_log::place::Place;
use crate::skipped::{FileFate, FileNote};
use crate::summary::file::FileSummary;
use crate::summary::scope::Scope;

/// Files to read on, and how.
#[derive(Debug)]
pub struct Rest<'a> {
    /// The files, each with the place up to which it was read before.
    pub files: Vec<(Input, Place)>,
    /// Files, folders, globs, looked through for evidence alone. `None`: nothing is looked at as evidence, what is no log neither.
    pub evidence: Option<&'a [PathBuf]>,
    /// What counts.
    pub scope: &'a Scope,
    /// How many threads; all processors if `None`.
    pub threads: Option<usize>,
    /// How much may come out of archives and packed files.
    pub unpacking: Unpacking,
}

/// What was read of a log.
pub struct LogRead<'a> {
    /// Which log, and from where on it was read.
    pub log: &'a LogFile,
    /// The server's name by the path.
    pub path_name: Option<String>,
    /// What its whole lines hold; `None` if nothing could be read.
    pub summary: Option<FileSummary>,
    /// What a last line holds that has no end yet. It stands behind `end`, and may be read again when it is whole.
    pub unfinished: Option<FileSummary>,
    /// Up to where it was read: behind the last whole line.
    pub end: Place,
    /// What went wrong.
    pub note: Option<FileNote>,
}

/// What stood beside the logs.
#[derive(Debug)]
pub struct Beside {
    /// Files that are neither log nor evidence, or could not be read.
    pub notes: Vec<FileNote>,
    /// The evidence.
    pub evidence: Evidence,
}

/// Reads on, and hands over each log in the order of the list.
///
/// # Errors
/// [`crate::error::ErrorKind::System`] if threads cannot be had. Files that cannot be read are no error: they have notes.
pub fn read_on(rest: Rest<'_>, progress: &dyn Progress, take: &mut (dyn FnMut(LogRead<'_>) + Send)) -> Result<Beside> {
    let Rest { files, evidence, scope, threads, unpacking } = rest;
    pool(threads)?.install(|| {
        let look_behind = |input: Input, place: Place| {
            let shown = input.shown.clone();
            let unreadable = |error: io::Error| FileNote { file: shown, fate: FileFate::Unreadable, reason: plain_words(&error) };
            look_at(input)?.after(place).map_err(unreadable)
        };
        let (logs, beside) = look(files, (evidence, unpacking), look_behind);
        read_files(&logs, scope, progress, &mut |place, finished| {
            let Some(log) = logs.get(place) else { return };
            let Finished { summary, note, path_name, end, unfinished } = finished;
            take(LogRead { log, path_name, summary, unfinished, end, note });
        });
        Ok(Beside { notes: beside.notes, evidence: beside.evidence.into_iter().collect() })
    })
}

/// The beginnings of files, by which they are known again; in the order of `inputs`.
///
/// # Errors
/// [`crate::error::ErrorKind::System`] if threads cannot be had; for each file, what the system says.
pub fn beginnings_of(inputs: &[Input], threads: Option<usize>) -> Result<Vec<io::Result<Beginning>>> {
    Ok(pool(threads)?.install(|| inputs.par_iter().map(Beginning::of).collect()))
}

/// The latest time in the last lines of each file; `None` of what is no log, and where only reading it to its end would tell.
///
/// # Errors
/// [`crate::error::ErrorKind::System`] if threads cannot be had.
pub fn ends_of(inputs: &[Input], threads: Option<usize>) -> Result<Vec<Option<i64>>> {
    let end = |input: &Input| look_at(input.clone()).ok().and_then(|log| ends::end(&log));
    Ok(pool(threads)?.install(|| inputs.par_iter().map(end).collect()))
}
