//! Segments of an open file: each thread reads its own part, all parts together hold each line once.
//!
//! A line belongs to the segment in which it begins. So a segment starts behind the first line feed at or after the byte
//! before it, and ends with the line that began in it.

use std::fs::File;
use std::io;

use memchr::memchr;

use crate::input::block::{Block, LONGEST_LINE, SEGMENT};

/// How many bytes are read at once where a line goes on behind its segment.
const STEP: usize = 64 << 10;

/// How many segments a file of `length` bytes has.
pub fn count(length: u64) -> u64 {
    length.div_ceil(SEGMENT)
}

/// Reads segment `index` of a file that was `length` bytes long when it was opened first.
///
/// # Errors
/// What the operating system says. A file that has become shorter is no error: what is gone is not read.
pub fn read<'a>(file: &File, index: u64, length: u64, buffer: &'a mut Vec<u8>) -> io::Result<Block<'a>> {
    let (start, end) = (index * SEGMENT, ((index + 1) * SEGMENT).min(length));
    let from = start.saturating_sub(1);
    let size = usize::try_from(end - from).unwrap_or_default();
    buffer.clear();
    fill(file, from, size, buffer)?;
    // The byte before the segment tells whether a line begins at its first byte.
    let skipped = match index {
        0 => 0,
        _ => match memchr(b'\n', buffer) {
            Some(feed) => feed + 1,
            None => return Ok(Block { text: &[], is_unfinished: false }),
        },
    };
    if skipped >= size.min(buffer.len()) {
        return Ok(Block { text: &[], is_unfinished: false });
    }
    let is_unfinished = complete_last_line(file, from, length, skipped, buffer)?;
    Ok(Block { text: buffer.get(skipped..).unwrap_or_default(), is_unfinished })
}

/// Reads on until the last line ends, the file does, or the line is longer than any; says whether the file ended first.
fn complete_last_line(file: &File, from: u64, length: u64, skipped: usize, buffer: &mut Vec<u8>) -> io::Result<bool> {
    let mut line_start = memchr::memrchr(b'\n', buffer).map_or(0, |feed| feed + 1).max(skipped);
    while line_start < buffer.len() {
        let at = from + buffer.len() as u64;
        let wanted = STEP.min(usize::try_from(length.saturating_sub(at)).unwrap_or(STEP));
        if buffer.len() - line_start > LONGEST_LINE {
            return Ok(false);
        }
        let before = buffer.len();
        fill(file, at, wanted, buffer)?;
        if buffer.len() == before {
            return Ok(true);
        }
        if let Some(feed) = buffer.get(before..).and_then(|read| memchr(b'\n', read)) {
            buffer.truncate(before + feed + 1);
            line_start = buffer.len();
        }
    }
    Ok(false)
}

/// Appends up to `size` bytes of the file from `offset` on; fewer where the file ends.
fn fill(file: &File, offset: u64, size: usize, buffer: &mut Vec<u8>) -> io::Result<()> {
    let start = buffer.len();
    buffer.resize(start + size, 0);
    let mut read = start;
    while let Some(rest) = buffer.get_mut(read..).filter(|rest| !rest.is_empty()) {
        match read_at(file, rest, offset + (read - start) as u64) {
            Ok(0) => break,
            Ok(count) => read += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    buffer.truncate(read);
    Ok(())
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// All lines of a file as its segments give them, cut to lengths.
    fn line_lengths(text: &[u8]) -> (Vec<usize>, bool) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text).unwrap();
        let (mut lengths, mut unfinished) = (Vec::new(), false);
        let mut buffer = Vec::new();
        for index in 0..count(text.len() as u64) {
            let block = read(&file, index, text.len() as u64, &mut buffer).unwrap();
            if block.text.is_empty() {
                continue;
            }
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
        let block = read(&file, 0, 1000, &mut buffer).unwrap();
        assert_eq!(block, Block { text: b"one\ntwo\n", is_unfinished: false });
        assert_eq!(read(&file, 1, 2 * SEGMENT, &mut buffer).unwrap().text, b"");
    }
}
