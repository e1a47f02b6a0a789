//! A file looked at for the first time: is it a protocol log, and how is it to be read?

use std::io::{self, Read};
use std::ops::Range;
use std::sync::Mutex;

use crate::error::plain_words;
use crate::input::archive::{is_seven_zip, is_zip};
use crate::input::discover::Input;
use crate::input::encoding::Encoding;
use crate::input::identity::HEAD;
use crate::input::packed::Packing;
use crate::input::segments;
use crate::input::source::Source;
use crate::input::stream::Stream;
use crate::protocol_log::file_name::{NamedKind, kind_of};
use crate::protocol_log::header::Header;
use crate::protocol_log::place::Place;
use crate::protocol_log::sniff::{Sniffed, sniff, without_bom};
use crate::protocol_log::structure::lines;
use crate::skipped::{FileFate, FileNote};

/// So many bytes decide what a file is.
const BEGINNING: u64 = 64 << 10;

/// How a log is read.
pub enum Reading {
    /// In segments, by any number of threads: a plain UTF-8 file, up to where it ended when it was opened.
    Segments {
        /// The bytes that hold the segments: whole lines, but for the last one.
        stretch: Range<u64>,
        /// The numbers of the segments that are read.
        segments: Range<u64>,
    },
    /// From front to back, by one thread: what is packed, UTF-16, a pipe. Taken by the one that reads it.
    Stream(Mutex<Option<Stream>>),
    /// Like `Stream`, but opened only when its turn comes, so that thousands of files do not stand open.
    LateStream {
        /// The encoding after unpacking.
        encoding: Encoding,
        /// How it is packed.
        packing: Packing,
        /// The length on the disk in bytes, or in the archive before packing.
        length: u64,
    },
}

/// What becomes of a last line that has no end yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LastLine {
    /// It is read as it is.
    Counts,
    /// It is read apart, because the log may be read on when it is whole. Where it stands, if that is known beforehand.
    Waits(Range<u64>),
}

/// A protocol log that waits to be read.
pub struct LogFile {
    /// Which file.
    pub input: Input,
    /// How it is read.
    pub reading: Reading,
    /// What the header lines in its first part say: the state that later segments are likely to begin with.
    pub header: Header,
    /// How its text begins, up to [`HEAD`] bytes: by that a copy is known.
    pub head: Vec<u8>,
    /// What its name tells.
    pub named: Option<NamedKind>,
    /// What was read of it before.
    pub from: Place,
    /// What becomes of its last line.
    pub last_line: LastLine,
}

impl LogFile {
    /// The bytes on the disk, for progress; 0 where they are not known.
    pub fn length(&self) -> u64 {
        match &self.reading {
            Reading::Segments { stretch, segments } => segments.clone().map(|number| segments::size(number, stretch)).sum(),
            Reading::LateStream { length, .. } => *length,
            Reading::Stream(_) => 0,
        }
    }

    /// The numbers of the parts in which it is read.
    pub fn parts(&self) -> Range<u64> {
        match &self.reading {
            Reading::Segments { segments, .. } => segments.clone(),
            _ => 0..1,
        }
    }

    /// The header state that a part is read with. Only of the first it is sure; for the others the file's first header is a good guess.
    pub fn header_before(&self, part: u64) -> Header {
        if part == 0 { self.from.header } else { self.header }
    }

    /// Its text from the beginning, which can be had as often as anybody likes.
    ///
    /// # Errors
    /// What the system says; and of a pipe, which can be read only once.
    pub fn text(&self) -> io::Result<Stream> {
        match &self.reading {
            Reading::Segments { stretch, .. } => Ok(segments::resume(self.input.file()?, 0, false, stretch.end, Vec::new())),
            Reading::LateStream { encoding, packing, .. } => Ok(Stream::new(self.input.unpack(*packing)?, *encoding)),
            Reading::Stream(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// How many bytes all that read it read together, if others read some of it.
    pub fn length_of_all_ranges(&self) -> Option<u64> {
        let Reading::Segments { stretch, segments } = &self.reading else { return None };
        (*segments != (0..segments::count(stretch))).then_some(stretch.end)
    }

    /// Whether it is not read here at all: no part of it begins in the range that is, or it cannot be cut.
    pub fn is_elsewhere(&self) -> bool {
        match &self.reading {
            Reading::Segments { segments, .. } => segments.is_empty(),
            _ => self.input.is_later_range(),
        }
    }

    /// The same log, of which only what stands behind a place is read, and a last line without its end apart.
    ///
    /// # Errors
    /// What the system says when its end is looked at.
    pub fn after(mut self, place: Place) -> io::Result<Self> {
        let mut unfinished = 0..0;
        if let Reading::Segments { stretch, segments } = &mut self.reading {
            stretch.start = place.offset.min(stretch.end);
            let end = segments::whole_lines(&self.input.file()?, stretch)?;
            unfinished = end..stretch.end;
            stretch.end = end;
            *segments = 0..segments::count(stretch);
        }
        if place != Place::default() {
            self.header = place.header;
        }
        Ok(Self { from: place, last_line: LastLine::Waits(unfinished), ..self })
    }
}

/// Looks at a file's beginning.
///
/// # Errors
/// The note to list the file with, if it cannot be read or is no protocol log.
pub fn look_at(input: Input) -> Result<LogFile, FileNote> {
    let looked = if input.is_standard_input() { look_at_stream(Box::new(io::stdin()), &input) } else { look_at_file(&input) };
    let (reading, text) = looked.map_err(|why| {
        let (fate, reason) = match why {
            Aside::Unreadable(error) => (FileFate::Unreadable, plain_words(&error)),
            Aside::Other(reason) => (FileFate::Other, reason.to_owned()),
        };
        FileNote { file: input.shown.clone(), fate, reason }
    })?;
    let named = input.path.file_name().and_then(|name| kind_of(&name.to_string_lossy()));
    // Thousands of logs wait to be read: no more of each than is asked for.
    let (header, head) = (header_of(&text), text.get(..HEAD).unwrap_or(&text).to_vec());
    Ok(LogFile { input, reading, header, head, named, from: Place::default(), last_line: LastLine::Counts })
}

enum Aside {
    Unreadable(io::Error),
    Other(&'static str),
}

impl From<io::Error> for Aside {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error)
    }
}

fn look_at_file(input: &Input) -> Result<(Reading, Vec<u8>), Aside> {
    let (mut bytes, length) = input.open()?;
    let Some(length) = length else { return look_at_stream(bytes, input) };
    let packed = read_beginning(&mut bytes, BEGINNING)?;
    if let Some(reason) = known_other(&packed) {
        return Err(Aside::Other(reason));
    }
    let packing = Packing::of(&packed);
    let mut whole = input.unpack(packing)?;
    let beginning = if packing == Packing::Plain { packed } else { read_beginning(&mut whole, BEGINNING)? };
    if let Some(reason) = known_other(&beginning) {
        return Err(Aside::Other(reason));
    }
    let encoding = Encoding::of(&beginning);
    let text = encoding.to_utf8(&beginning);
    let looks_like_one = input.path.file_name().is_some_and(|name| kind_of(&name.to_string_lossy()).is_some());
    if decide(&text)? == Decided::Later {
        let is_long = beginning.len() as u64 == BEGINNING;
        if !(looks_like_one && is_long && found_later(whole, encoding)?) {
            return Err(Aside::Other("no line of an IMAP4 or POP3 protocol log in it"));
        }
    }
    let reading = match (&input.source, packing, encoding) {
        (Source::Disk, Packing::Plain, Encoding::Utf8) => {
            if let Some(range) = input.range.filter(|range| range.length() > length) {
                let why = format!("it has become shorter: {length} bytes, and not {}", range.length());
                return Err(io::Error::other(why).into());
            }
            let stretch = 0..input.range.map_or(length, |range| range.length());
            let segments = input.range.map_or_else(|| 0..segments::count(&stretch), |range| range.segments());
            Reading::Segments { stretch, segments }
        }
        _ => Reading::LateStream { encoding, packing, length },
    };
    Ok((reading, text.into_owned()))
}

/// Standard input and pipes: what was read to look at them is given back in front of the rest.
fn look_at_stream(mut source: Box<dyn Read + Send>, input: &Input) -> Result<(Reading, Vec<u8>), Aside> {
    let packed = read_beginning(&mut source, BEGINNING)?;
    if let Some(reason) = known_other(&packed) {
        return Err(Aside::Other(reason));
    }
    let mut source: Box<dyn Read + Send> = Box::new(io::Cursor::new(packed.clone()).chain(source));
    let mut beginning = packed;
    let packing = Packing::of(&beginning);
    if packing != Packing::Plain {
        source = packing.unpack(source, input.unpacking.of(None));
        beginning = read_beginning(&mut source, BEGINNING)?;
        if let Some(reason) = known_other(&beginning) {
            return Err(Aside::Other(reason));
        }
        source = Box::new(io::Cursor::new(beginning.clone()).chain(source));
    }
    let encoding = Encoding::of(&beginning);
    let text = encoding.to_utf8(&beginning);
    match decide(&text)? {
        Decided::Log => Ok((Reading::Stream(Mutex::new(Some(Stream::new(source, encoding)))), text.into_owned())),
        Decided::Later => Err(Aside::Other("no line of an IMAP4 or POP3 protocol log in it")),
    }
}

#[derive(PartialEq)]
enum Decided {
    Log,
    Later,
}

fn decide(text: &[u8]) -> Result<Decided, Aside> {
    match sniff(text) {
        Sniffed::ProtocolLog => Ok(Decided::Log),
        Sniffed::Other(reason) => Err(Aside::Other(reason)),
        Sniffed::Undecided => Ok(Decided::Later),
    }
}

/// A file that is called like a log but begins with damage: is there a log behind it?
fn found_later(source: Box<dyn Read + Send>, encoding: Encoding) -> io::Result<bool> {
    let (mut stream, mut buffer) = (Stream::new(source, encoding), Vec::new());
    while let Some(block) = stream.next_block(&mut buffer)? {
        // Small pieces, so that a few records stand out among much damage.
        if block.text.chunks(BEGINNING as usize).any(|piece| sniff(piece) == Sniffed::ProtocolLog) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How a SQLite database begins, its journal, and its log of writes in either order of bytes.
const DATABASE: [&[u8]; 4] = [
    b"SQLite format 3\0",
    &[0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7],
    &[0x37, 0x7f, 0x06, 0x82],
    &[0x37, 0x7f, 0x06, 0x83],
];

/// Files that are told by their first bytes.
fn known_other(beginning: &[u8]) -> Option<&'static str> {
    match beginning {
        [] => Some("empty"),
        // Others were opened: they are folders.
        _ if is_zip(beginning) => Some(
            "a zip archive in a pipe, packed once more, two archives deep, or inside of one under another name: unpack it first",
        ),
        _ if is_seven_zip(beginning) => Some(
            "a 7z archive in a pipe, packed once more, two archives deep, or inside of one under another name: unpack it first",
        ),
        // Its files stand one behind the other, and would be taken for one log of one server.
        _ if beginning.get(257..262) == Some(b"ustar") => Some("a tar archive: unpack it first"),
        [b'E', b'l', b'f', b'F', b'i', b'l', b'e', 0, ..] => Some("a Windows event log"),
        // The store of the nightly runs keeps how logs begin, and lines of them, and so does what SQLite leaves beside it for a while.
        _ if DATABASE.iter().any(|magic| beginning.starts_with(magic)) => {
            Some("a SQLite database, such as the store of 'exlog nightly'")
        }
        _ => None,
    }
}

/// The first `length` bytes. A source that is damaged further on (a gzip file that breaks off) is judged by what came before.
fn read_beginning(source: &mut dyn Read, length: u64) -> io::Result<Vec<u8>> {
    let mut beginning = Vec::new();
    match source.take(length).read_to_end(&mut beginning) {
        Err(error) if beginning.is_empty() => Err(error),
        _ => Ok(beginning),
    }
}

fn header_of(text: &[u8]) -> Header {
    let mut header = Header::default();
    for line in lines(text) {
        header.take(without_bom(line));
    }
    header
}
