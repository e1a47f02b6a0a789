//! One file on its way: segments come in from any thread and are put together in their order.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::plain_words;
use crate::input::block::{Block, SEGMENT};
use crate::input::stream::Stream;
use crate::input::{segments, server_name};
use crate::pipeline::Progress;
use crate::protocol_log::header::Header;
use crate::protocol_log::log_file::{LogFile, Reading as HowToRead};
use crate::skipped::{FileFate, FileNote};
use crate::summary::file::FileSummary;
use crate::summary::scope::Scope;
use crate::summary::segment::{Reading, Segment, SegmentReader};

/// A file that has been read to its end, or as far as it could be.
pub(super) struct Finished {
    /// What was read; `None` if nothing could be.
    pub(super) summary: Option<FileSummary>,
    /// What went wrong.
    pub(super) note: Option<FileNote>,
    /// The server's name by the path.
    pub(super) path_name: Option<String>,
}

/// What a thread reads into, again and again.
#[derive(Default)]
pub(super) struct Buffers {
    read: Vec<u8>,
    block: Vec<u8>,
}

/// A file and what has been read of it.
pub(super) struct FileProgress<'a> {
    file: &'a LogFile,
    scope: &'a Scope,
    state: Mutex<State>,
}

struct State {
    /// `None` once the file is finished.
    summary: Option<FileSummary>,
    /// The part that is to be added next.
    next: u64,
    /// Parts that came too early.
    waiting: BTreeMap<u64, io::Result<Segment>>,
    error: Option<io::Error>,
}

impl<'a> FileProgress<'a> {
    pub(super) fn new(file: &'a LogFile, scope: &'a Scope) -> Self {
        let summary = Some(FileSummary::new(file.input.shown.clone()));
        Self { file, scope, state: Mutex::new(State { summary, next: 0, waiting: BTreeMap::new(), error: None }) }
    }

    /// Reads one part; gives the whole file when it was the last one.
    pub(super) fn read(&self, part: u64, buffers: &mut Buffers, progress: &dyn Progress) -> Option<Finished> {
        match &self.file.reading {
            HowToRead::Segments { length } => self.read_segment(part, *length, buffers, progress),
            HowToRead::Stream(stream) => {
                let stream = stream.lock().unwrap_or_else(PoisonError::into_inner).take();
                stream.map(|stream| self.read_stream(Ok(stream), progress))
            }
            HowToRead::LateStream { encoding, is_gzip, .. } => {
                let source = File::open(&self.file.input.path);
                let source = source.map(|file| if *is_gzip { Stream::gunzip(file) } else { Box::new(file) });
                Some(self.read_stream(source.map(|source| Stream::new(source, *encoding)), progress))
            }
        }
    }

    fn read_segment(&self, part: u64, length: u64, buffers: &mut Buffers, progress: &dyn Progress) -> Option<Finished> {
        // Only the first segment is sure to begin without a header; for the others the file's first header is a good guess.
        let header = if part == 0 { Default::default() } else { self.file.header };
        let segment = self.segment(part, length, header, buffers);
        progress.advanced(segments::size(part, length));
        let mut state = self.lock();
        state.waiting.insert(part, segment);
        while let Some(segment) = {
            let next = state.next;
            state.waiting.remove(&next)
        } {
            self.add_next(&mut state, segment, length, buffers);
        }
        (state.next == self.file.parts()).then(|| self.finish(&mut state, length)).flatten()
    }

    fn segment(&self, part: u64, length: u64, header: Header, buffers: &mut Buffers) -> io::Result<Segment> {
        let file = File::open(&self.file.input.path)?;
        let mut stream = segments::open(file, part, length, std::mem::take(&mut buffers.read));
        let mut reader = SegmentReader::new(header, self.reading());
        while let Some(block) = stream.next_block(&mut buffers.block)? {
            reader.add(block);
        }
        buffers.read = stream.into_buffer();
        Ok(reader.finish())
    }

    /// Adds the part that is due. Where the guess of its header was wrong, it is read again.
    fn add_next(&self, state: &mut State, segment: io::Result<Segment>, length: u64, buffers: &mut Buffers) {
        let part = state.next;
        state.next += 1;
        let Some(summary) = &mut state.summary else { return };
        let segment = match segment {
            Ok(segment) if !summary.fits(&segment) => self.segment(part, length, summary.header, buffers),
            other => other,
        };
        match segment {
            Ok(segment) => summary.add(segment),
            Err(error) => state.error = state.error.take().or(Some(error)),
        }
    }

    fn read_stream(&self, stream: io::Result<Stream>, progress: &dyn Progress) -> Finished {
        let mut state = self.lock();
        let mut bytes = 0;
        match stream {
            Ok(mut stream) => {
                if let Err(error) = self.read_blocks(&mut stream, &mut state) {
                    state.error = Some(error);
                }
                bytes = stream.bytes();
            }
            Err(error) => state.error = Some(error),
        }
        progress.advanced(self.file.length());
        self.finish(&mut state, bytes).unwrap_or(Finished { summary: None, note: None, path_name: None })
    }

    /// Reads blocks to the end. The next block is fetched, and unpacked, while this one is read.
    fn read_blocks(&self, stream: &mut Stream, state: &mut State) -> io::Result<()> {
        let Some(summary) = &mut state.summary else { return Ok(()) };
        let (mut now, mut later) = (Vec::new(), Vec::new());
        let mut fetched = fetch(stream, &mut now);
        let (mut reader, mut read) = (SegmentReader::new(summary.header, self.reading()), 0);
        while let Ok(Some((length, is_unfinished))) = fetched {
            let block = Block { text: now.get(..length).unwrap_or_default(), is_unfinished };
            (fetched, _) = rayon::join(|| fetch(stream, &mut later), || reader.add(block));
            std::mem::swap(&mut now, &mut later);
            read += length as u64;
            if read >= SEGMENT {
                summary.add(reader.finish());
                (reader, read) = (SegmentReader::new(summary.header, self.reading()), 0);
            }
        }
        summary.add(reader.finish());
        fetched.map(|_| ())
    }

    fn finish(&self, state: &mut State, bytes: u64) -> Option<Finished> {
        let mut summary = state.summary.take()?;
        summary.bytes = bytes;
        let was_read = summary.accounting.lines > 0 || state.error.is_none();
        let note = state.error.take().map(|error| FileNote {
            file: self.file.input.shown.clone(),
            fate: if was_read { FileFate::Damaged } else { FileFate::Unreadable },
            reason: plain_words(&error),
        });
        let path_name = server_name::from_path(&self.file.input);
        Some(Finished { summary: was_read.then_some(summary), note, path_name })
    }

    fn reading(&self) -> Reading<'_> {
        Reading { file: &self.file.input.shown, named: self.file.named, scope: self.scope }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The next block into a buffer: its length, and whether its last line is unfinished.
fn fetch(stream: &mut Stream, buffer: &mut Vec<u8>) -> io::Result<Option<(usize, bool)>> {
    Ok(stream.next_block(buffer)?.map(|block| (block.text.len(), block.is_unfinished)))
}
