//! The bytes of an archive: a file, or what was unpacked of an archive inside of another one. Read at any place, by anybody who opens them.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use crate::input::segments::read_at;

/// Where an archive's bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bytes {
    /// A stretch of a file.
    File { path: PathBuf, stretch: Range<u64> },
    /// In memory.
    Memory(Arc<[u8]>),
}

impl Bytes {
    /// How many there are.
    pub(super) fn length(&self) -> u64 {
        match self {
            Self::File { stretch, .. } => stretch.end.saturating_sub(stretch.start),
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// A stretch of them, to be read from its beginning, with a handle of its own. What lies behind the end is not there.
    pub(super) fn open(&self, stretch: Range<u64>) -> io::Result<Window> {
        let end = stretch.end.min(self.length());
        let start = stretch.start.min(end);
        Ok(match self {
            Self::File { path, stretch: Range { start: before, .. } } => {
                Window { held: Held::File(File::open(path)?), start: before + start, at: before + start, end: before + end }
            }
            Self::Memory(bytes) => Window { held: Held::Memory(bytes.clone()), start, at: start, end },
        })
    }
}

/// Some open bytes.
#[derive(Debug)]
pub(super) struct Window {
    held: Held,
    start: u64,
    at: u64,
    end: u64,
}

#[derive(Debug)]
enum Held {
    File(File),
    Memory(Arc<[u8]>),
}

impl Read for Window {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX).min(buffer.len());
        let count = match (&self.held, buffer.get_mut(..most)) {
            (Held::File(file), Some(wanted)) if most > 0 => read_at(file, wanted, self.at)?,
            (Held::Memory(bytes), Some(wanted)) => {
                let from = usize::try_from(self.at).unwrap_or(usize::MAX);
                let mut rest = bytes.get(from..).unwrap_or_default();
                rest.read(wanted)?
            }
            _ => 0,
        };
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Window {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => self.start.checked_add(place),
            SeekFrom::End(distance) => self.end.checked_add_signed(distance),
            SeekFrom::Current(distance) => self.at.checked_add_signed(distance),
        };
        self.at = place.filter(|place| *place >= self.start).ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at - self.start)
    }
}
