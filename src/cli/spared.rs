//! What is read is not written over, and no result takes the place of another.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::input::archive::is_archive;
use crate::input::discover::discover;
use crate::protocol_log::log_file::look_at;

/// Whether the files that will be written are neither logs or archives among the paths that are read, nor files that were given
/// to be read, nor each other.
///
/// # Errors
/// [`ErrorKind::Usage`] if one is.
pub(super) fn check_spared(read: &[PathBuf], written: &[Option<&Path>]) -> Result<()> {
    // What is no file, such as a device, is not replaced.
    let files = written.iter().flatten().filter(|path| path.metadata().map_or(true, |metadata| metadata.is_file()));
    let written: Vec<(&Path, PathBuf)> = files.map(|path| (*path, place_of(path))).collect();
    for (number, (path, place)) in written.iter().enumerate() {
        if written.iter().take(number).any(|(_, other)| other == place) {
            return Err(Error::new(ErrorKind::Usage, format!("two results would be written to {}", path.display()))
                .hint("choose another file for one of them"));
        }
    }
    let there: Vec<&(&Path, PathBuf)> = written.iter().filter(|(path, _)| path.is_file()).collect();
    if there.is_empty() {
        return Ok(());
    }
    for input in discover(read).inputs {
        let place = place_of(&input.path);
        let Some((path, _)) = there.iter().find(|(_, written)| *written == place) else { continue };
        if read.contains(&input.path) || is_archive(&input) || look_at(input).is_ok() {
            return Err(would_be_lost(&path.display()));
        }
    }
    Ok(())
}

/// The error that a result would take the place of a file that is read.
pub(super) fn would_be_lost(file: &dyn Display) -> Error {
    Error::new(ErrorKind::Usage, format!("{file} is among what is read: it would be lost"))
        .hint("choose another file to write to")
}

/// One name for a file, whether it is there yet or not.
pub(super) fn place_of(path: &Path) -> PathBuf {
    if let Ok(place) = path.canonicalize() {
        return place;
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let place = folder.canonicalize().unwrap_or_else(|_| folder.to_owned()).join(path.file_name().unwrap_or_default());
    if cfg!(windows) { place.to_string_lossy().to_lowercase().into() } else { place }
}
