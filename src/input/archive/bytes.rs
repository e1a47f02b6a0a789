//! The bytes of an archive: a file, or what was unpacked of an archive. Read at any place, by anybody who opens them.

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
    /// A stretch of a temporary file.
    Spool { spool: Spool, stretch: Range<u64> },
    /// In memory.
    Memory(Arc<[u8]>),
}

/// A temporary file without a name, which is there as long as anybody can read it.
#[derive(Debug, Clone)]
pub(super) struct Spool(Arc<File>);

impl Spool {
    /// A file that is not written any more.
    pub(super) fn of(file: File) -> Self {
        Self(Arc::new(file))
    }
}

/// The same file, not the same content.
impl PartialEq for Spool {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Spool {}

impl Bytes {
    /// How many there are.
    pub(super) fn length(&self) -> u64 {
        match self {
            Self::File { stretch, .. } | Self::Spool { stretch, .. } => stretch.end.saturating_sub(stretch.start),
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// The same bytes, a stretch of them; `None` for those in memory.
    pub(super) fn part(&self, part: Range<u64>) -> Option<Self> {
        let inside = |stretch: &Range<u64>| {
            let place = |at: u64| stretch.start.saturating_add(at).min(stretch.end);
            place(part.start)..place(part.end)
        };
        match self {
            Self::File { path, stretch } => Some(Self::File { path: path.clone(), stretch: inside(stretch) }),
            Self::Spool { spool, stretch } => Some(Self::Spool { spool: spool.clone(), stretch: inside(stretch) }),
            Self::Memory(_) => None,
        }
    }

    /// A stretch of them, to be read from its beginning, with a handle of its own. What lies behind the end is not there.
    pub(super) fn open(&self, stretch: Range<u64>) -> io::Result<Window> {
        let end = stretch.end.min(self.length());
        let start = stretch.start.min(end);
        Ok(match self {
            Self::File { path, stretch } => Window::of(Held::File(File::open(path)?), stretch.start + start..stretch.start + end),
            Self::Spool { spool, stretch } => Window::of(Held::Spool(spool.clone()), stretch.start + start..stretch.start + end),
            Self::Memory(bytes) => Window::of(Held::Memory(bytes.clone()), start..end),
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
    Spool(Spool),
    Memory(Arc<[u8]>),
}

impl Window {
    fn of(held: Held, Range { start, end }: Range<u64>) -> Self {
        Self { held, start, at: start, end }
    }
}

impl Read for Window {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX).min(buffer.len());
        let count = match (&self.held, buffer.get_mut(..most)) {
            (Held::File(file), Some(wanted)) if most > 0 => read_at(file, wanted, self.at)?,
            (Held::Spool(Spool(file)), Some(wanted)) if most > 0 => read_at(file, wanted, self.at)?,
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
