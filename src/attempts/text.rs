//! The text of a log, a block at a time whenever its turn comes.
//!
//! Between two blocks a plain file keeps nothing but its place, so that thousands can be read side by side. What is packed
//! cannot be left and come back to: its stream stays open.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::PoisonError;

use crate::input::segments;
use crate::input::stream::Stream;
use crate::protocol_log::log_file::{LogFile, Reading};

/// What all logs are read into, one after the other.
#[derive(Default)]
pub(super) struct Buffers {
    read: Vec<u8>,
    block: Vec<u8>,
}

/// Where a block lies in the buffers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fetched {
    /// Its bytes.
    pub(super) length: usize,
    /// The log ends with it, without a line end.
    pub(super) is_unfinished: bool,
}

impl Buffers {
    /// Reads the next block of a stream.
    pub(super) fn fetch(&mut self, stream: &mut Stream) -> io::Result<Option<Fetched>> {
        let block = stream.next_block(&mut self.block)?;
        Ok(block.map(|block| Fetched { length: block.text.len(), is_unfinished: block.is_unfinished }))
    }

    pub(super) fn block(&self, fetched: Fetched) -> &[u8] {
        self.block.get(..fetched.length).unwrap_or_default()
    }
}

/// A log, and how far it was read.
pub(super) enum Text {
    /// A plain file of which `length` bytes are read.
    Plain { path: PathBuf, file: Option<File>, at: u64, is_inside: bool, length: u64 },
    /// What is read from front to back.
    Stream(Box<Stream>),
    /// Nothing is left.
    Ended,
}

impl Text {
    /// The text of a log from its beginning. Standard input and pipes can be had only once.
    pub(super) fn of(log: &LogFile) -> io::Result<Self> {
        let path = &log.input.path;
        Ok(match &log.reading {
            Reading::Segments { stretch, .. } => {
                Self::Plain { path: path.clone(), file: None, at: 0, is_inside: false, length: stretch.end }
            }
            Reading::Stream(stream) => {
                let stream = stream.lock().unwrap_or_else(PoisonError::into_inner).take();
                stream.map_or(Self::Ended, |stream| Self::Stream(Box::new(stream)))
            }
            Reading::LateStream { encoding, packing, .. } => {
                Self::Stream(Box::new(Stream::new(log.input.unpack(*packing)?, *encoding)))
            }
        })
    }

    /// Reads the next block; `None` at the end.
    pub(super) fn fetch(&mut self, buffers: &mut Buffers) -> io::Result<Option<Fetched>> {
        match self {
            Self::Plain { path, file, at, is_inside, length } => {
                let open = match file.take() {
                    Some(open) => open,
                    None => File::open(path)?,
                };
                let kept = open.try_clone().ok();
                let mut stream = segments::resume(open, *at, *is_inside, *length, std::mem::take(&mut buffers.read));
                let fetched = buffers.fetch(&mut stream)?;
                let (given, inside) = stream.place();
                (*at, *is_inside, *file) = (*at + given, inside, kept);
                buffers.read = stream.into_buffer();
                Ok(fetched)
            }
            Self::Stream(stream) => buffers.fetch(stream),
            Self::Ended => Ok(None),
        }
    }

    /// Closes the file until the next block, if it can be.
    pub(super) fn rest(&mut self) {
        if let Self::Plain { file, .. } = self {
            *file = None;
        }
    }
}
