//! The folder of a dataset: written beside its place, and put there when it is whole.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};

/// A folder that is on its way to its place. What is dropped before it is there is taken away again.
#[derive(Debug)]
pub struct Folder {
    place: PathBuf,
    aside: PathBuf,
    /// Where what stands at the place goes meanwhile.
    former: PathBuf,
}

impl Folder {
    /// A folder for this place. `overwrites` allows to replace a dataset that is there; `mark` is what no other run has.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if something is there that must stay.
    pub fn new(place: &Path, overwrites: bool, mark: u32) -> Result<Self> {
        let Some(name) = place.file_name() else {
            return Err(Error::new(ErrorKind::Usage, format!("{} is no name of a folder", place.display()))
                .hint("name a folder that is not there yet"));
        };
        is_free(place, overwrites)?;
        let beside = |end: &str| {
            let mut name = name.to_owned();
            name.push(format!(".{mark}.{end}"));
            place.with_file_name(name)
        };
        Ok(Self { place: place.to_owned(), aside: beside("part"), former: beside("former") })
    }

    /// Makes the folder, empty, beside its place.
    ///
    /// # Errors
    /// What the disk says.
    pub fn make(&self) -> io::Result<PathBuf> {
        fs::create_dir(&self.aside)?;
        Ok(self.aside.clone())
    }

    /// Puts it in its place, and takes away what was there.
    ///
    /// # Errors
    /// What the disk says; then the place is as it was.
    pub fn put_in_place(self) -> io::Result<()> {
        let has_former = self.place.is_dir();
        if has_former {
            fs::rename(&self.place, &self.former)?;
        }
        if let Err(error) = fs::rename(&self.aside, &self.place) {
            if has_former {
                fs::rename(&self.former, &self.place)?;
            }
            return Err(error);
        }
        if has_former { fs::remove_dir_all(&self.former) } else { Ok(()) }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // It is not there any more if all went well.
        let _ = fs::remove_dir_all(&self.aside);
    }
}

/// Nobody loses anything by a wrong word: only what is nothing but a dataset is replaced.
fn is_free(place: &Path, overwrites: bool) -> Result<()> {
    let refused = |what: &str, hint: &str| Err(Error::new(ErrorKind::Usage, format!("{} {what}", place.display())).hint(hint));
    if place.symlink_metadata().is_err() {
        return Ok(());
    }
    if !place.is_dir() {
        return refused("is there and no folder", "a dataset is a folder: name one that is not there yet");
    }
    let Ok(entries) = fs::read_dir(place) else {
        return refused("cannot be looked into", "name a folder that is not there yet");
    };
    let names: Vec<_> = entries.map(|entry| entry.map(|entry| entry.file_name()).unwrap_or_default()).collect();
    if names.is_empty() {
        Ok(())
    } else if !overwrites {
        refused("is not empty", "name another folder, or add --overwrite to replace the dataset in it")
    } else if let Some(name) = names.iter().find(|name| !is_of_dataset(name)) {
        let what = format!("holds '{}', which is of no dataset", name.display());
        refused(&what, "--overwrite replaces datasets alone: name another folder, or empty this one yourself")
    } else {
        Ok(())
    }
}

/// A day, or what engines put beside days.
fn is_of_dataset(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with("day=") || name.starts_with(['_', '.']))
}
