//! Text read from front to back, given in blocks of whole lines: a segment of a plain file, what is packed, UTF-16, a pipe.

use std::io::{self, Read};

use memchr::{memchr, memrchr};

use crate::input::block::{BLOCK, Block, LONGEST_LINE};
use crate::input::encoding::Encoding;

/// How many bytes are asked for at once.
const STEP: usize = 256 << 10;

/// Of a line that is too long so much is given: what makes it too long must be left when a byte order mark and a carriage return
/// are taken off.
const TOO_LONG: usize = LONGEST_LINE + 8;

/// A source read from front to back in blocks of whole lines.
pub struct Stream {
    source: Box<dyn Read + Send>,
    decoder: Option<encoding_rs::Decoder>,
    raw: Vec<u8>,
    /// The first `filled` bytes were read and not yet given. They begin with a line.
    text: Vec<u8>,
    filled: usize,
    /// Bytes read, after unpacking and before decoding.
    bytes: u64,
    /// Bytes of text that were given or passed over: where `text` begins.
    offset: u64,
    /// Only lines that begin before this offset are given.
    until: u64,
    /// Nothing is given up to the next line feed: the rest of a line that is too long, or the end of somebody else's line.
    passes_over: bool,
    /// The source has ended, or nothing more is wanted of it.
    at_end: bool,
    /// What the source said in the end; told once everything before it was given.
    failure: Option<io::Error>,
}

/// Up to where the text can be given.
enum Cut {
    /// Lines that are whole, or the beginning of one that is too long.
    At(usize),
    /// Everything, up to the end of the source; the last line has no line end.
    Unfinished,
    /// No line is whole yet.
    Nowhere,
}

impl Stream {
    /// A stream over a source whose content (after unpacking) has the given encoding.
    pub fn new(source: Box<dyn Read + Send>, encoding: Encoding) -> Self {
        Self { decoder: encoding.decoder(), ..Self::part(source, false, u64::MAX, Vec::new()) }
    }

    /// A part of a UTF-8 text: the lines that begin before offset `until` of the source. `begins_inside` says that its first
    /// bytes, up to the first line feed, belong to a line that began before. `buffer` is used to read into.
    pub fn part(source: Box<dyn Read + Send>, begins_inside: bool, until: u64, buffer: Vec<u8>) -> Self {
        Self {
            source,
            decoder: None,
            raw: Vec::new(),
            text: buffer,
            filled: 0,
            bytes: 0,
            offset: 0,
            until,
            passes_over: begins_inside,
            at_end: false,
            failure: None,
        }
    }

    /// The same stream, which reads into a buffer that was used before.
    pub fn with_buffer(self, buffer: Vec<u8>) -> Self {
        Self { text: buffer, ..self }
    }

    /// How many bytes were read so far, after unpacking and before decoding.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Where the next block begins, in bytes of text, and whether it begins inside a line that is too long.
    pub fn place(&self) -> (u64, bool) {
        (self.offset, self.passes_over)
    }

    /// The buffer, to be used for the next stream.
    pub fn into_buffer(self) -> Vec<u8> {
        self.text
    }

    /// The next block, in `buffer`, whose former content is lost; `None` at the end.
    ///
    /// # Errors
    /// What the source says, a damaged gzip stream among others. Everything before the damage has been given by then.
    pub fn next_block<'a>(&mut self, buffer: &'a mut Vec<u8>) -> io::Result<Option<Block<'a>>> {
        let (end, is_unfinished) = loop {
            while !self.at_end && self.filled < BLOCK {
                self.read_some();
            }
            if self.passes_over {
                self.pass_over();
            }
            match self.cut() {
                Cut::At(end) => break (end, false),
                // What breaks off where the source is damaged is a damaged line, not one that is still being written.
                Cut::Unfinished => break (self.filled, self.failure.is_none()),
                Cut::Nowhere if self.at_end => return self.failure.take().map_or(Ok(None), Err),
                Cut::Nowhere => self.read_some(),
            }
        };
        std::mem::swap(&mut self.text, buffer);
        let text = buffer.get(..self.filled).unwrap_or_default();
        let (given, kept) = text.split_at_checked(end).unwrap_or((text, &[]));
        space(&mut self.text, 0, kept.len()).copy_from_slice(kept);
        self.filled = kept.len();
        self.went_on(given.len());
        Ok(Some(Block { text: given, is_unfinished }))
    }

    /// So many bytes were given or passed over.
    fn went_on(&mut self, bytes: usize) {
        self.offset += bytes as u64;
        if self.offset >= self.until {
            self.at_end = true;
            self.filled = 0;
        }
    }

    fn cut(&mut self) -> Cut {
        let text = self.text.get(..self.filled).unwrap_or_default();
        let after = |text: &[u8]| memrchr(b'\n', text).map_or(0, |feed| feed + 1);
        // The last line of this part is the one that holds the byte before `until`.
        let last_byte = usize::try_from(self.until.saturating_sub(self.offset)).unwrap_or(usize::MAX).saturating_sub(1);
        let whole = match text.get(last_byte..).map(|rest| memchr(b'\n', rest)) {
            Some(Some(feed)) => return Cut::At(last_byte + feed + 1),
            Some(None) => after(text.get(..last_byte).unwrap_or_default()),
            None => after(text),
        };
        let begun = text.len() - whole;
        if begun > TOO_LONG && (whole == 0 || self.at_end) {
            self.passes_over = true;
            return Cut::At(whole + TOO_LONG);
        }
        match whole {
            _ if self.at_end && begun > 0 => Cut::Unfinished,
            0 => Cut::Nowhere,
            _ => Cut::At(whole),
        }
    }

    /// Drops what is not given, up to and with the next line feed.
    fn pass_over(&mut self) {
        let text = self.text.get(..self.filled).unwrap_or_default();
        let passed = match memchr(b'\n', text) {
            Some(feed) => {
                self.passes_over = false;
                feed + 1
            }
            None => text.len(),
        };
        self.text.copy_within(passed..self.filled, 0);
        self.filled -= passed;
        self.went_on(passed);
    }

    /// Reads once. A failure is kept for later: what was read before it comes first.
    fn read_some(&mut self) {
        let result = if self.decoder.is_some() { self.read_and_decode() } else { self.read_plainly() };
        match result {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                self.at_end = true;
                self.failure = Some(error);
            }
            Ok(count) => {
                self.at_end = count == 0;
                self.bytes += count as u64;
            }
        }
    }

    fn read_plainly(&mut self) -> io::Result<usize> {
        let count = self.source.read(space(&mut self.text, self.filled, STEP))?;
        self.filled += count;
        Ok(count)
    }

    fn read_and_decode(&mut self) -> io::Result<usize> {
        let count = self.source.read(space(&mut self.raw, 0, STEP))?;
        if let Some(decoder) = &mut self.decoder {
            let room = decoder.max_utf8_buffer_length(count).unwrap_or(count * 3 + 16);
            let read = self.raw.get(..count).unwrap_or_default();
            let (_, _, written, _) = decoder.decode_to_utf8(read, space(&mut self.text, self.filled, room), count == 0);
            self.filled += written;
        }
        Ok(count)
    }
}

/// `room` bytes of a buffer behind those that are in use. The buffer keeps its length, so that it is cleared only once.
fn space(buffer: &mut Vec<u8>, used: usize, room: usize) -> &mut [u8] {
    if buffer.len() < used + room {
        buffer.resize(used + room, 0);
    }
    buffer.get_mut(used..used + room).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_lengths(mut stream: Stream) -> (Vec<usize>, bool, Option<io::Error>) {
        let (mut lengths, mut unfinished, mut buffer) = (Vec::new(), false, Vec::new());
        loop {
            match stream.next_block(&mut buffer) {
                Ok(Some(block)) => {
                    lengths.extend(
                        block
                            .text
                            .strip_suffix(b"\n")
                            .unwrap_or(block.text)
                            .split(|byte| *byte == b'\n')
                            .map(|line| line.len().min(LONGEST_LINE + 1)),
                    );
                    unfinished |= block.is_unfinished;
                }
                Ok(None) => return (lengths, unfinished, None),
                Err(error) => return (lengths, unfinished, Some(error)),
            }
        }
    }

    #[test]
    fn blocks_hold_each_line_once() {
        let long = 3 * BLOCK.max(LONGEST_LINE);
        let lengths = [5, 100, 0, long, 7, BLOCK - 1, 3];
        let text: Vec<u8> = lengths.iter().flat_map(|length| [vec![b'x'; *length], vec![b'\n']].concat()).collect();
        let expected: Vec<usize> = lengths.iter().map(|length| (*length).min(LONGEST_LINE + 1)).collect();
        let (found, unfinished, error) = line_lengths(Stream::new(Box::new(io::Cursor::new(text)), Encoding::Utf8));
        assert!(error.is_none() && !unfinished);
        assert_eq!(found, expected);
    }

    #[test]
    fn utf16_becomes_utf8_and_a_missing_line_end_is_noticed() {
        let bytes: Vec<u8> = "\u{feff}one\r\nGrüße".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut stream = Stream::new(Box::new(io::Cursor::new(bytes)), Encoding::Utf16Le);
        let mut buffer = Vec::new();
        let block = stream.next_block(&mut buffer).unwrap().unwrap();
        assert_eq!((block.text, block.is_unfinished), ("\u{feff}one\r\nGrüße".as_bytes(), true));
        assert_eq!(stream.bytes(), 22);
    }

    #[test]
    fn what_stands_before_the_damage_of_a_gzip_file_is_given() {
        use io::Write;
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        (0..20_000).for_each(|n| writeln!(packed, "line {n} {}", n * 7919).unwrap());
        let mut packed = packed.finish().unwrap();
        packed.truncate(packed.len() / 2);
        let source = flate2::read::MultiGzDecoder::new(io::Cursor::new(packed));
        let (found, _, error) = line_lengths(Stream::new(Box::new(source), Encoding::Utf8));
        assert!(found.len() > 5_000);
        assert!(error.is_some());
    }
}
