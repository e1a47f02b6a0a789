//! Copies among the logs: one log under two names counts once.

use crate::protocol_log::log_file::LogFile;
use crate::recognition::copies::{copies, copy_of};
use crate::skipped::{FileFate, FileNote};

/// The logs without the copies among them, about each of which there is a note.
pub(super) fn leave_aside(logs: Vec<LogFile>, notes: &mut Vec<FileNote>) -> Vec<LogFile> {
    let copies = copies(&logs);
    let names: Vec<_> = logs.iter().map(|log| log.input.shown.clone()).collect();
    let mut kept = Vec::with_capacity(logs.len());
    for (log, copy) in logs.into_iter().zip(copies) {
        match copy.and_then(|place| names.get(place)) {
            Some(other) => {
                notes.push(FileNote { file: log.input.shown, fate: FileFate::Other, reason: copy_of(other) });
            }
            None => kept.push(log),
        }
    }
    kept
}
