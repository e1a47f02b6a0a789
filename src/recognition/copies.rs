//! Which of several logs are copies of another one: renamed, packed, or made before it grew.
//!
//! Logs of one server that begin alike are held against the longest of them, text against text: nothing is left aside that does not
//! stand in what counts.

use std::cmp::Reverse;
use std::io;
use std::ops::Range;

use crate::collections::map::HashMap;
use crate::input::server_name;
use crate::input::stream::Stream;
use crate::protocol_log::log_file::{LogFile, Reading};
use crate::protocol_log::sniff::has_record;

/// Why a copy is left aside.
pub fn copy_of(other: &str) -> String {
    format!("a copy of {other}: it is not counted again")
}

/// For each log the place of the one that it is a copy of, if there is one: of all that begin as one log of one server the longest
/// counts, of equally long ones the one that is not packed, or else the first; and the others, if all of their text stands in that
/// one. What is damaged is nobody's copy, and nor is a pipe, which can be read only once.
pub fn copies(logs: &[LogFile]) -> Vec<Option<usize>> {
    let mut begun = HashMap::<(&[u8], Option<String>), Vec<_>>::new();
    let is_file = |log: &LogFile| !matches!(log.reading, Reading::Stream(_));
    for (place, log) in logs.iter().enumerate().filter(|(_, log)| is_file(log) && has_record(&log.head)) {
        begun.entry((&log.head, server_name::from_path(&log.input))).or_default().push((place, log));
    }
    let mut copies = vec![None; logs.len()];
    for same in begun.into_values().filter(|same| same.len() > 1) {
        let is_plain = |log: &LogFile| matches!(log.reading, Reading::Segments { .. });
        let longest = same.iter().max_by_key(|(place, log)| (length(log).ok(), is_plain(log), Reverse(*place)));
        let Some((longest, whole)) = longest.copied() else { continue };
        for (place, log) in same.into_iter().filter(|(place, _)| *place != longest) {
            if let Some(copy) = copies.get_mut(place).filter(|_| begins_with(whole, log).unwrap_or(false)) {
                *copy = Some(longest);
            }
        }
    }
    copies
}

/// A log's text from front to back.
struct Text {
    stream: Stream,
    buffer: Vec<u8>,
    /// What of the buffer is still to come.
    rest: Range<usize>,
}

impl Text {
    fn of(log: &LogFile) -> io::Result<Self> {
        Ok(Self { stream: log.text()?, buffer: Vec::new(), rest: 0..0 })
    }

    /// What comes next; nothing at the end.
    fn next(&mut self) -> io::Result<&[u8]> {
        if self.rest.is_empty() {
            self.rest = 0..self.stream.next_block(&mut self.buffer)?.map_or(0, |block| block.text.len());
        }
        Ok(self.buffer.get(self.rest.clone()).unwrap_or_default())
    }
}

/// How long a log's text is, in bytes after unpacking and decoding. What is packed is unpacked for it.
fn length(log: &LogFile) -> io::Result<u64> {
    if let Reading::Segments { stretch, .. } = &log.reading {
        return Ok(stretch.end);
    }
    let (mut text, mut length) = (Text::of(log)?, 0);
    loop {
        match text.next()?.len() {
            0 => return Ok(length),
            more => (length, text.rest) = (length + more as u64, 0..0),
        }
    }
}

/// Whether the text of a log is the beginning of another's, or all of it.
fn begins_with(whole: &LogFile, part: &LogFile) -> io::Result<bool> {
    let (mut whole, mut part) = (Text::of(whole)?, Text::of(part)?);
    loop {
        let (of_whole, of_part) = (whole.next()?, part.next()?);
        let both = of_whole.len().min(of_part.len());
        if both == 0 || of_whole.get(..both) != of_part.get(..both) {
            return Ok(of_part.is_empty());
        }
        whole.rest.start += both;
        part.rest.start += both;
    }
}
