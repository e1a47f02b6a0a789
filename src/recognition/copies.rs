//! Which of several logs are copies of another one: renamed, packed, or made before it grew.
//!
//! Logs of one server that begin alike are held against the longest of them, text against text: nothing is left aside that does not
//! stand in what counts.

use std::cmp::Reverse;
use std::io;

use crate::input::stream::Stream;
use crate::protocol_log::log_file::{LogFile, Reading};
use crate::protocol_log::plain::add_plain;
use crate::recognition::alike::begun_alike;

/// Why a copy is left aside.
pub fn copy_of(other: &str) -> String {
    format!("a copy of {other}: it is not counted again")
}

/// For each log the place of the one that it is a copy of, if there is one: of all that begin as one log of one server the longest
/// counts, of equally long ones the one that is not packed, or else the first; and the others, if all of their text stands in that
/// one, whatever its encoding and its line ends. What is damaged is nobody's copy, and nor is a pipe, which can be read only once.
pub fn copies(logs: &[LogFile]) -> Vec<Option<usize>> {
    let is_file = |log: &LogFile| !matches!(log.reading, Reading::Stream(_));
    let begun = begun_alike(logs.iter().map(|log| (&log.input, is_file(log).then_some(log.head.as_slice()))));
    let mut copies = vec![None; logs.len()];
    for same in begun {
        let same: Vec<(usize, &LogFile)> = same.into_iter().filter_map(|place| Some((place, logs.get(place)?))).collect();
        let are_alike = same.windows(2).all(|pair| matches!(pair, [(_, one), (_, other)] if one.head == other.head));
        let length = |log: &LogFile| if are_alike { length_of_text(log) } else { length_of_plain_text(log) }.ok();
        let is_plain = |log: &LogFile| matches!(log.reading, Reading::Segments { .. });
        let longest = same.iter().max_by_key(|(place, log)| (length(log), is_plain(log), Reverse(*place)));
        let Some((longest, whole)) = longest.copied() else { continue };
        for (place, log) in same.into_iter().filter(|(place, _)| *place != longest) {
            if let Some(copy) = copies.get_mut(place).filter(|_| begins_with(whole, log).unwrap_or(false)) {
                *copy = Some(longest);
            }
        }
    }
    copies
}

/// A log's text from front to back, without what copying may change.
struct PlainText {
    stream: Stream,
    buffer: Vec<u8>,
    plain: Vec<u8>,
    /// How much of the plain text was taken.
    taken: usize,
}

impl PlainText {
    fn of(log: &LogFile) -> io::Result<Self> {
        Ok(Self { stream: log.text()?, buffer: Vec::new(), plain: Vec::new(), taken: 0 })
    }

    /// What comes next; nothing at the end.
    fn next(&mut self) -> io::Result<&[u8]> {
        while self.taken == self.plain.len() {
            let Some(block) = self.stream.next_block(&mut self.buffer)? else { break };
            self.plain.clear();
            add_plain(block.text, &mut self.plain);
            self.taken = 0;
        }
        Ok(self.plain.get(self.taken..).unwrap_or_default())
    }
}

/// How long a log's text is, in bytes after unpacking and decoding. What is packed is unpacked for it.
fn length_of_text(log: &LogFile) -> io::Result<u64> {
    if let Reading::Segments { stretch, .. } = &log.reading {
        return Ok(stretch.end);
    }
    let (mut text, mut buffer, mut length) = (log.text()?, Vec::new(), 0);
    while let Some(block) = text.next_block(&mut buffer)? {
        length += block.text.len() as u64;
    }
    Ok(length)
}

/// How much of it can be compared.
fn length_of_plain_text(log: &LogFile) -> io::Result<u64> {
    let (mut text, mut length) = (PlainText::of(log)?, 0);
    loop {
        match text.next()?.len() {
            0 => return Ok(length),
            more => (length, text.taken) = (length + more as u64, text.plain.len()),
        }
    }
}

/// Whether the text of a log is the beginning of another's, or all of it.
fn begins_with(whole: &LogFile, part: &LogFile) -> io::Result<bool> {
    let (mut whole, mut part) = (PlainText::of(whole)?, PlainText::of(part)?);
    loop {
        let (of_whole, of_part) = (whole.next()?, part.next()?);
        let both = of_whole.len().min(of_part.len());
        if both == 0 || of_whole.get(..both) != of_part.get(..both) {
            return Ok(of_part.is_empty());
        }
        whole.taken += both;
        part.taken += both;
    }
}
