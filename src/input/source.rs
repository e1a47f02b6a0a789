//! Where the bytes of a file come from: a place on the disk, or an archive.

use std::fs::File;
use std::io::{self, Read};

use crate::input::archive::Entry;
use crate::input::discover::Input;
use crate::input::packed::Packing;

/// Where the bytes of a file come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The file at its path, or standard input.
    Disk,
    /// A file inside of an archive.
    Entry(Entry),
}

impl Input {
    /// The file that is read at any place, if it is one.
    ///
    /// # Errors
    /// What the system says; and a file inside of an archive, which can only be read from front to back, is none.
    pub fn file(&self) -> io::Result<File> {
        match &self.source {
            Source::Disk => File::open(&self.path),
            Source::Entry(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// Its bytes from the beginning, and how many there are; not for what is no file: pipes and devices.
    ///
    /// # Errors
    /// What the system says, or what is wrong with the archive.
    pub fn open(&self) -> io::Result<(Box<dyn Read + Send>, Option<u64>)> {
        Ok(match &self.source {
            Source::Disk => {
                let file = File::open(&self.path)?;
                // Of the opened file: lists of folders have stale lengths.
                let metadata = file.metadata()?;
                (Box::new(file), metadata.is_file().then_some(metadata.len()))
            }
            Source::Entry(entry) => (entry.open()?, Some(entry.size())),
        })
    }

    /// Its content from the beginning: its bytes, unpacked if they are packed. No more comes out than may.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn unpack(&self, packing: Packing) -> io::Result<Box<dyn Read + Send>> {
        let (source, length) = self.open()?;
        Ok(packing.unpack(source, self.unpacking.of(length)))
    }
}
