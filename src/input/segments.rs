//! Segments of a plain file: each thread reads its own part, all parts together hold each line once.
//!
//! A line belongs to the segment in which it begins. So a segment starts behind the first line feed at or after the byte
//! before it, and ends with the line that began in it. How blocks of lines are cut is decided in [`super::stream`].

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;

use memchr::memrchr;

use crate::input::block::{LONGEST_LINE, SEGMENT};
use crate::input::stream::Stream;

/// How many segments a stretch of a file has. An empty one has one, which is empty.
pub fn count(stretch: &Range<u64>) -> u64 {
    stretch.end.saturating_sub(stretch.start).div_ceil(SEGMENT).max(1)
}

/// How many bytes segment `index` of a stretch has.
pub fn size(index: u64, stretch: &Range<u64>) -> u64 {
    SEGMENT.min(stretch.end.saturating_sub(stretch.start + index * SEGMENT))
}

/// The lines of segment `index` of a stretch of a file that begins with a line and ends where the file ended when it was opened
/// first, or earlier behind a line. A file that has become shorter is no error: what is gone is not read. `buffer` is used to
/// read into.
pub fn open(file: File, index: u64, stretch: &Range<u64>, buffer: Vec<u8>) -> Stream {
    let start = stretch.start + index * SEGMENT;
    // The byte before the segment tells whether a line begins at its first byte.
    let from = if index == 0 { start } else { start - 1 };
    let source = Box::new(Part { file, at: from, end: stretch.end });
    Stream::part(source, index > 0, start + size(index, stretch) - from, buffer)
}

/// Where the last whole line of a stretch of a file ends; the stretch's beginning if no line in it is whole.
///
/// # Errors
/// What the system says.
pub fn whole_lines(file: &File, stretch: &Range<u64>) -> io::Result<u64> {
    let mut end = stretch.end;
    while end > stretch.start {
        let start = end.saturating_sub(STEP_BACK).max(stretch.start);
        if let Some(feed) = memrchr(b'\n', &bytes(file, &(start..end))?) {
            return Ok(start + feed as u64 + 1);
        }
        end = start;
    }
    Ok(stretch.start)
}

/// The bytes of a stretch, of a long one as many as make a line too long. Fewer where the file has become shorter.
///
/// # Errors
/// What the system says.
pub fn bytes(file: &File, stretch: &Range<u64>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let part = Part { file: file.try_clone()?, at: stretch.start, end: stretch.end };
    part.take(LONGEST_LINE as u64 + 8).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The lines of a file of `length` bytes from an offset on, for somebody who reads a file piece by piece. `begins_inside` says
/// that the bytes up to the first line feed belong to a line that began before.
pub fn resume(file: File, at: u64, begins_inside: bool, length: u64, buffer: Vec<u8>) -> Stream {
    Stream::part(Box::new(Part { file, at, end: length }), begins_inside, u64::MAX, buffer)
}

/// So many bytes are read at once on the way back to a line's end.
const STEP_BACK: u64 = 64 << 10;

/// An open file from some offset on.
struct Part {
    file: File,
    at: u64,
    end: u64,
}

impl Read for Part {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX).min(buffer.len());
        let count = match buffer.get_mut(..most) {
            Some(wanted) if most > 0 => read_at(&self.file, wanted, self.at)?,
            _ => 0,
        };
        self.at += count as u64;
        Ok(count)
    }
}

#[cfg(unix)]
pub(in crate::input) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
pub(in crate::input) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// All lines of a file as its segments give them, cut to lengths; and whether the last one was unfinished.
    fn line_lengths(text: &[u8]) -> (Vec<usize>, bool) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text).unwrap();
        let (mut lengths, mut unfinished) = (Vec::new(), false);
        let stretch = 0..text.len() as u64;
        for index in 0..count(&stretch) {
            let mut stream = open(file.try_clone().unwrap(), index, &stretch, Vec::new());
            let mut buffer = Vec::new();
            while let Some(block) = stream.next_block(&mut buffer).unwrap() {
                let text = block.text.strip_suffix(b"\n").unwrap_or(block.text);
                lengths.extend(text.split(|byte| *byte == b'\n').map(|line| line.len().min(LONGEST_LINE + 1)));
                unfinished |= block.is_unfinished;
            }
        }
        (lengths, unfinished)
    }

    #[test]
    fn every_line_is_in_one_segment() {
        let segment = SEGMENT as usize;
        for lengths in [
            vec![segment - 1, 5, 10],
            vec![segment - 2, 5, segment - 3, 7],
            vec![10, 3 * segment, 10],
            vec![segment, segment, 1],
            vec![2 * segment + 5],
            vec![0, 0, 1],
            vec![segment - 100, 90, 50, 7],
            vec![LONGEST_LINE, LONGEST_LINE + 1, LONGEST_LINE - 1, segment - 3 * LONGEST_LINE - 4, 3, 5],
        ] {
            let text: Vec<u8> = lengths.iter().flat_map(|length| [vec![b'x'; *length], vec![b'\n']].concat()).collect();
            let expected: Vec<usize> = lengths.iter().map(|length| (*length).min(LONGEST_LINE + 1)).collect();
            assert_eq!(line_lengths(&text), (expected.clone(), false), "{lengths:?}");
            let open_end = text.strip_suffix(b"\n").unwrap();
            let is_long = lengths.last().is_some_and(|last| *last > LONGEST_LINE);
            assert_eq!(line_lengths(open_end), (expected, !is_long), "{lengths:?} without a last line end");
        }
    }

    #[test]
    fn a_file_that_shrank_is_read_as_far_as_it_goes() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"one\ntwo\n").unwrap();
        let mut buffer = Vec::new();
        let mut stream = open(file.try_clone().unwrap(), 0, &(0..1000), Vec::new());
        let block = stream.next_block(&mut buffer).unwrap().unwrap();
        assert_eq!((block.text, block.is_unfinished), (&b"one\ntwo\n"[..], false));
        assert!(open(file, 1, &(0..2 * SEGMENT), Vec::new()).next_block(&mut buffer).unwrap().is_none());
    }
}
