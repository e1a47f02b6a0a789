//! Files that can only be read from front to back: gzip, UTF-16, standard input, pipes.
//!
//! They give the same blocks as segments of plain files do: whole lines, about as many bytes, always the same cuts.

use std::fs::File;
use std::io::{self, Read};

use flate2::read::MultiGzDecoder;
use memchr::{memchr, memrchr};

use crate::input::block::{Block, LONGEST_LINE, SEGMENT};
use crate::input::encoding::Encoding;

/// How many bytes are read at once.
const STEP: usize = 256 << 10;

/// A source read from front to back in blocks of whole lines.
pub struct Stream {
    source: Box<dyn Read + Send>,
    decoder: Option<encoding_rs::Decoder>,
    raw: Vec<u8>,
    /// Text that was read and not yet given.
    text: Vec<u8>,
    given: usize,
    bytes: u64,
    at_end: bool,
    /// The beginning of an over-long line was given; the rest of it is passed over.
    in_long_line: bool,
}

impl Stream {
    /// A stream over a source whose content (after unpacking) has the given encoding.
    pub fn new(source: Box<dyn Read + Send>, encoding: Encoding) -> Self {
        Self {
            source,
            decoder: encoding.decoder(),
            raw: vec![0; STEP],
            text: Vec::new(),
            given: 0,
            bytes: 0,
            at_end: false,
            in_long_line: false,
        }
    }

    /// A gzip file of any number of members.
    pub fn gunzip(file: File) -> Box<dyn Read + Send> {
        Box::new(MultiGzDecoder::new(io::BufReader::with_capacity(STEP, file)))
    }

    /// How many bytes were read so far, after unpacking and before decoding.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next block; `None` at the end.
    ///
    /// # Errors
    /// What the source says, a damaged gzip stream among others. Everything before the damage has been given by then.
    pub fn next_block(&mut self) -> io::Result<Option<Block<'_>>> {
        self.text.drain(..self.given);
        self.given = 0;
        let mut failure = None;
        while !self.at_end && self.text.len() < SEGMENT as usize {
            if let Err(error) = self.read_some() {
                self.at_end = true;
                failure = Some(error);
            }
        }
        let end = self.whole_lines();
        self.given = if self.in_long_line { self.text.len() } else { end };
        if end == 0 {
            return failure.map_or(Ok(None), Err);
        }
        if let Some(error) = failure {
            // Given first what was read; the error comes with the next call.
            self.source = Box::new(Failing(Some(error)));
            self.at_end = false;
        }
        let text = self.text.get(..end).unwrap_or_default();
        Ok(Some(Block { text, is_unfinished: self.at_end && !text.ends_with(b"\n") }))
    }

    /// Up to where the text holds whole lines: all of it at the end, else to its last line feed, else an over-long piece.
    fn whole_lines(&mut self) -> usize {
        if self.at_end {
            return self.text.len();
        }
        match memrchr(b'\n', &self.text) {
            Some(feed) => feed + 1,
            None => {
                self.in_long_line = true;
                self.text.len().min(LONGEST_LINE + 1)
            }
        }
    }

    fn read_some(&mut self) -> io::Result<()> {
        let count = match self.source.read(&mut self.raw) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            other => other?,
        };
        self.at_end = count == 0;
        self.bytes += count as u64;
        let read = self.raw.get(..count).unwrap_or_default();
        let before = self.text.len();
        match &mut self.decoder {
            None => self.text.extend_from_slice(read),
            Some(decoder) => {
                let room = decoder.max_utf8_buffer_length(count).unwrap_or(count * 3 + 16);
                self.text.resize(before + room, 0);
                let space = self.text.get_mut(before..).unwrap_or_default();
                let (_, _, written, _) = decoder.decode_to_utf8(read, space, self.at_end);
                self.text.truncate(before + written);
            }
        }
        if self.in_long_line {
            self.pass_over_long_line(before);
        }
        Ok(())
    }

    /// Drops what belongs to a line that is too long, up to and with its line feed.
    fn pass_over_long_line(&mut self, from: usize) {
        match self.text.get(from..).and_then(|fresh| memchr(b'\n', fresh)) {
            Some(feed) => {
                self.text.drain(from..=from + feed);
                self.in_long_line = false;
            }
            None => self.text.truncate(from),
        }
    }
}

/// A source that fails once, with the error that an earlier read met.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_lengths(mut stream: Stream) -> (Vec<usize>, bool, Option<io::Error>) {
        let (mut lengths, mut unfinished) = (Vec::new(), false);
        loop {
            match stream.next_block() {
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
        let long = 3 * SEGMENT as usize;
        let lengths = [5, 100, 0, long, 7, SEGMENT as usize - 1, 3];
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
        let block = stream.next_block().unwrap().unwrap();
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
        let source = MultiGzDecoder::new(io::Cursor::new(packed));
        let (found, _, error) = line_lengths(Stream::new(Box::new(source), Encoding::Utf8));
        assert!(found.len() > 5_000);
        assert!(error.is_some());
    }
}
