//! One file on its way: segments come in from any thread and are put together in their order.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use memchr::memrchr;

use crate::error::plain_words;
use crate::input::block::{Block, LONGEST_LINE, SEGMENT};
use crate::input::stream::Stream;
use crate::input::{segments, server_name};
use crate::pipeline::Progress;
use crate::protocol_log::header::Header;
use crate::protocol_log::log_file::{LastLine, LogFile, Reading as HowToRead};
use crate::protocol_log::place::Place;
use crate::skipped::{FileFate, FileNote};
use crate::summary::file::FileSummary;
use crate::summary::scope::Scope;
use crate::summary::segment::{Reading, Segment, SegmentReader};

/// A file that has been read to its end, or as far as it could be.
#[derive(Default)]
pub(super) struct Finished {
    /// What was read; `None` if nothing could be.
    pub(super) summary: Option<FileSummary>,
    /// What went wrong.
    pub(super) note: Option<FileNote>,
    /// The server's name by the path.
    pub(super) path_name: Option<String>,
    /// Up to where it was read: behind the last whole line.
    pub(super) end: Place,
    /// A last line without its end, which was read apart.
    pub(super) unfinished: Option<FileSummary>,
}

/// What a thread reads into, again and again.
#[derive(Default)]
pub(super) struct Buffers {
    read: Vec<u8>,
    block: Vec<u8>,
    /// The block that is fetched while the other is read.
    later: Vec<u8>,
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
    /// A last line without its end, where a stream ended with one that is to be read apart.
    unfinished: Vec<u8>,
}

impl<'a> FileProgress<'a> {
    pub(super) fn new(file: &'a LogFile, scope: &'a Scope) -> Self {
        let next = file.parts().start;
        let begins = Place { header: file.header_before(next), ..file.from };
        let summary = Some(FileSummary::after(file.input.shown.clone(), &begins).beginning(&file.head));
        let state = State { summary, next, waiting: BTreeMap::new(), error: None, unfinished: Vec::new() };
        Self { file, scope, state: Mutex::new(state) }
    }

    /// Reads one part; gives the whole file when it was the last one.
    pub(super) fn read(&self, part: u64, buffers: &mut Buffers, progress: &dyn Progress) -> Option<Finished> {
        match &self.file.reading {
            HowToRead::Segments { stretch, .. } => self.read_segment(part, stretch, buffers, progress),
            HowToRead::Stream(stream) => {
                let stream = stream.lock().unwrap_or_else(PoisonError::into_inner).take();
                stream.map(|stream| self.read_stream(Ok(stream), buffers, progress))
            }
            HowToRead::LateStream { encoding, packing, .. } => {
                let source = self.file.input.unpack(*packing);
                let buffer = std::mem::take(&mut buffers.read);
                let stream = source.map(|source| Stream::new(source, *encoding).with_buffer(buffer));
                Some(self.read_stream(stream, buffers, progress))
            }
        }
    }

    fn read_segment(&self, part: u64, stretch: &Range<u64>, buffers: &mut Buffers, progress: &dyn Progress) -> Option<Finished> {
        let segment = self.segment(part, stretch, self.file.header_before(part), buffers);
        progress.advanced(segments::size(part, stretch));
        let mut state = self.lock();
        // Only what is early waits: most files are of one part, and need no room for others.
        let mut due = None;
        if part == state.next {
            due = Some(segment);
        } else {
            state.waiting.insert(part, segment);
        }
        while let Some(segment) = due {
            self.add_next(&mut state, segment, stretch, buffers);
            let next = state.next;
            due = state.waiting.remove(&next);
        }
        (state.next == self.file.parts().end).then(|| self.finish_segments(&mut state)).flatten()
    }

    /// The end of a file that is read in segments. What stands behind its last whole line is read here if it is to be read apart.
    fn finish_segments(&self, state: &mut State) -> Option<Finished> {
        if let LastLine::Waits(unfinished) = &self.file.last_line
            && !unfinished.is_empty()
        {
            match self.file.input.file().and_then(|file| segments::bytes(&file, unfinished)) {
                Ok(line) => state.unfinished = line,
                Err(error) => state.error = state.error.take().or(Some(error)),
            }
        }
        let read = self.file.length();
        self.finish(state, read, read)
    }

    fn segment(&self, part: u64, stretch: &Range<u64>, header: Header, buffers: &mut Buffers) -> io::Result<Segment> {
        let file = self.file.input.file()?;
        let mut stream = segments::open(file, part, stretch, std::mem::take(&mut buffers.read));
        let mut reader = SegmentReader::new(header, self.reading());
        while let Some(block) = stream.next_block(&mut buffers.block)? {
            reader.add(block);
        }
        buffers.read = stream.into_buffer();
        Ok(reader.finish())
    }

    /// Adds the part that is due. Where the guess of its header was wrong, it is read again.
    fn add_next(&self, state: &mut State, segment: io::Result<Segment>, stretch: &Range<u64>, buffers: &mut Buffers) {
        let part = state.next;
        state.next += 1;
        let Some(summary) = &mut state.summary else { return };
        let segment = match segment {
            Ok(segment) if !summary.fits(&segment) => self.segment(part, stretch, summary.header, buffers),
            other => other,
        };
        match segment {
            Ok(segment) => summary.add(segment),
            Err(error) => state.error = state.error.take().or(Some(error)),
        }
    }

    fn read_stream(&self, stream: io::Result<Stream>, buffers: &mut Buffers, progress: &dyn Progress) -> Finished {
        let mut state = self.lock();
        let (mut bytes, mut text) = (0, 0);
        match stream {
            Ok(mut stream) => {
                if let Err(error) = self.read_blocks(&mut stream, &mut state, buffers) {
                    state.error = Some(error);
                }
                text = stream.place().0.saturating_sub(self.file.from.offset + state.unfinished.len() as u64);
                bytes = stream.bytes().saturating_sub(self.file.from.bytes);
                buffers.read = stream.into_buffer();
            }
            Err(error) => state.error = Some(error),
        }
        progress.advanced(self.file.length());
        self.finish(&mut state, bytes, text).unwrap_or_default()
    }

    /// Reads blocks to the end. The next block is fetched, and unpacked, while this one is read.
    fn read_blocks(&self, stream: &mut Stream, state: &mut State, buffers: &mut Buffers) -> io::Result<()> {
        let Some(summary) = &mut state.summary else { return Ok(()) };
        let Buffers { block: now, later, .. } = buffers;
        let mut fetched = fetch(stream, now);
        let (mut reader, mut read) = (SegmentReader::new(summary.header, self.reading()), 0);
        while let Ok(Some((begins_at, length, is_unfinished))) = fetched {
            let text = now.get(..length).unwrap_or_default();
            let known = usize::try_from(self.file.from.offset.saturating_sub(begins_at)).unwrap_or(usize::MAX).min(length);
            let text = text.get(known..).unwrap_or_default();
            let (text, unfinished) = self.cut(text);
            state.unfinished = unfinished.to_vec();
            let block = Block { text, is_unfinished: is_unfinished && unfinished.is_empty() };
            (fetched, _) = rayon::join(|| fetch(stream, later), || reader.add(block));
            std::mem::swap(now, later);
            read += length as u64;
            if read >= SEGMENT {
                summary.add(reader.finish());
                (reader, read) = (SegmentReader::new(summary.header, self.reading()), 0);
            }
        }
        summary.add(reader.finish());
        fetched.map(|_| ())
    }

    /// A block's whole lines, and a last line without its end if that is to be read apart. Of a line that is too long the
    /// beginning alone is given, which has no end either and is not meant.
    fn cut<'t>(&self, text: &'t [u8]) -> (&'t [u8], &'t [u8]) {
        let end = memrchr(b'\n', text).map_or(0, |feed| feed + 1);
        match self.file.last_line {
            LastLine::Waits(_) if text.len() - end <= LONGEST_LINE => text.split_at(end),
            _ => (text, &[]),
        }
    }

    /// `bytes` of content and `text` of it in whole lines were read.
    fn finish(&self, state: &mut State, bytes: u64, text: u64) -> Option<Finished> {
        let mut summary = state.summary.take()?;
        let Place { offset, bytes: bytes_before, lines, header: _ } = self.file.from;
        let unfinished = std::mem::take(&mut state.unfinished);
        summary.bytes = bytes;
        let end = Place {
            offset: offset + text,
            bytes: bytes_before + bytes,
            lines: lines + summary.accounting.lines,
            header: summary.header,
        };
        let unfinished = (!unfinished.is_empty()).then(|| {
            let mut line = FileSummary::after(self.file.input.shown.clone(), &end);
            // A stream's bytes were counted where it was unpacked.
            line.bytes = if matches!(self.file.reading, HowToRead::Segments { .. }) { unfinished.len() as u64 } else { 0 };
            line.add(Segment::read(Block { text: &unfinished, is_unfinished: true }, end.header, self.reading()));
            line
        });
        let was_read = summary.accounting.lines > 0 || state.error.is_none();
        let note = state.error.take().map(|error| FileNote {
            file: self.file.input.shown.clone(),
            fate: if was_read { FileFate::Damaged } else { FileFate::Unreadable },
            reason: plain_words(&error),
        });
        let path_name = server_name::from_path(&self.file.input);
        Some(Finished { summary: was_read.then_some(summary), note, path_name, end, unfinished })
    }

    fn reading(&self) -> Reading<'_> {
        Reading { file: &self.file.input.shown, named: self.file.named, scope: self.scope }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The next block into a buffer: where in the text it begins, its length, and whether its last line is unfinished.
fn fetch(stream: &mut Stream, buffer: &mut Vec<u8>) -> io::Result<Option<(u64, usize, bool)>> {
    let block = stream.next_block(buffer)?.map(|block| (block.text.len(), block.is_unfinished));
    Ok(block.map(|(length, is_unfinished)| (stream.place().0.saturating_sub(length as u64), length, is_unfinished)))
}
