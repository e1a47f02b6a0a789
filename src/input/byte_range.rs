//! A range of a big file's bytes, of which others read the rest.
//!
//! Files are read in segments anyway, and a segment belongs to the range in which it begins, as a line belongs to its segment: so
//! ranges may be cut anywhere, and all ranges of a file hold each line once.

use std::ops::Range;

use crate::input::block::SEGMENT;

/// Bytes `from` up to `to` (not included) of a file of which `length` bytes are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteRange {
    from: u64,
    to: u64,
    length: u64,
}

impl ByteRange {
    /// Reads `0-1000/2500`; `None` if it is not of this form, or holds nothing that the file has.
    pub fn parse(text: &str) -> Option<Self> {
        let (range, length) = text.split_once('/')?;
        let (from, to) = range.split_once('-')?;
        let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
        let (from, to, length) = (number(from)?, number(to)?, number(length)?);
        (from < to && to <= length).then_some(Self { from, to, length })
    }

    /// How many bytes of the file are read, all ranges together: it may have grown since.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Whether the file begins in it. What cannot be cut belongs to this range as a whole.
    pub fn is_first(&self) -> bool {
        self.from == 0
    }

    /// The numbers of the segments that begin in it.
    pub fn segments(&self) -> Range<u64> {
        self.from.div_ceil(SEGMENT)..self.to.div_ceil(SEGMENT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_from_up_to_and_of() {
        assert_eq!(ByteRange::parse("0-5/9"), Some(ByteRange { from: 0, to: 5, length: 9 }));
        for text in ["", "0-5", "5/9", "5-5/9", "6-5/9", "0-10/9", "+0-5/9", "0-5/9 ", "0-5/", "-5/9", "0-5/99999999999999999999"]
        {
            assert_eq!(ByteRange::parse(text), None, "{text}");
        }
    }

    #[test]
    fn each_segment_begins_in_one_range_however_they_are_cut() {
        let length = 5 * SEGMENT + 7;
        for cuts in
            [vec![1], vec![SEGMENT - 1, SEGMENT, SEGMENT + 1], vec![3 * SEGMENT, length - 1], vec![5, 6, 7, 2 * SEGMENT + 1]]
        {
            let bounds = [vec![0], cuts, vec![length]].concat();
            let ranges = bounds.iter().zip(&bounds[1..]).map(|(from, to)| ByteRange { from: *from, to: *to, length });
            let segments: Vec<u64> = ranges.flat_map(|range| range.segments()).collect();
            assert_eq!(segments, [0, 1, 2, 3, 4, 5], "{bounds:?}");
        }
    }
}
