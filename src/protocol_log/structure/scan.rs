//! One pass over a text that begins with a line: the offsets of all commas that end a column, and of all line feeds.

use super::masks::{Bits, CHUNK, Masks, Quotes, Settled};

/// The structure of a text of less than 4 GiB, as offsets into it. The buffers are used again and again.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// Commas that end a column, and line feeds, in their order. Only the first `count` are of this text.
    offsets: Vec<u32>,
    count: usize,
    /// For each line feed its place among the offsets.
    feeds: Vec<u32>,
    feed_count: usize,
    /// Quotes that open in the middle of a column.
    strays: Vec<u32>,
}

impl Marks {
    /// Commas and line feeds.
    pub(super) fn offsets(&self) -> &[u32] {
        self.offsets.get(..self.count).unwrap_or_default()
    }

    /// The places of line feeds among the offsets.
    pub(super) fn feeds(&self) -> &[u32] {
        self.feeds.get(..self.feed_count).unwrap_or_default()
    }

    /// Quotes that open in the middle of a column: the columns of such a line must be found one by one.
    pub(super) fn strays(&self) -> &[u32] {
        &self.strays
    }

    fn clear(&mut self, length: usize) {
        // Whole groups are written, up to one behind the last mark there can be.
        let most = length.next_multiple_of(CHUNK) + CHUNK;
        if self.offsets.len() < most {
            self.offsets.resize(most, 0);
            self.feeds.resize(most, 0);
        }
        (self.count, self.feed_count) = (0, 0);
        self.strays.clear();
    }

    /// Writes down the marks of a chunk that begins at `base`.
    #[inline(always)]
    fn add(&mut self, base: usize, bits: Bits, settled: Settled) {
        let Settled { marks, strays } = settled;
        // A chunk has one line feed or none, as a rule: so the place of the first one is written in any case.
        let mut feeds = bits.feeds;
        let place = |feed: u64| self.count as u32 + (marks & (feed & feed.wrapping_neg()).wrapping_sub(1)).count_ones();
        if let Some(slot) = self.feeds.get_mut(self.feed_count) {
            *slot = place(feeds);
        }
        self.feed_count += usize::from(feeds != 0);
        feeds &= feeds.wrapping_sub(1);
        while feeds != 0 {
            if let Some(slot) = self.feeds.get_mut(self.feed_count) {
                *slot = place(feeds);
            }
            self.feed_count += 1;
            feeds &= feeds - 1;
        }
        // The same for the marks, of which eight are common: groups of eight, what is too much is written over by the next.
        let (mut rest, mut at) = (marks, self.count);
        self.count += marks.count_ones() as usize;
        while at < self.count {
            if let Some(slots) = self.offsets.get_mut(at..at + 8) {
                for slot in slots {
                    *slot = base as u32 + rest.trailing_zeros();
                    rest &= rest.wrapping_sub(1);
                }
            }
            at += 8;
        }
        if strays != 0 {
            let mut rest = strays;
            while rest != 0 {
                self.strays.push(base as u32 + rest.trailing_zeros());
                rest &= rest - 1;
            }
        }
    }
}

/// Finds the marks of a text; its first byte begins a line.
#[inline(always)]
pub(super) fn scan<M: Masks>(text: &[u8], marks: &mut Marks) {
    marks.clear(text.len());
    let mut quotes = Quotes::LINE_START;
    let (chunks, rest) = text.as_chunks::<CHUNK>();
    for (place, chunk) in chunks.iter().enumerate() {
        let bits = M::of(chunk);
        marks.add(place * CHUNK, bits, quotes.settle(bits));
    }
    if !rest.is_empty() {
        let mut chunk = [0; CHUNK];
        chunk.iter_mut().zip(rest).for_each(|(place, byte)| *place = *byte);
        let bits = M::of(&chunk);
        marks.add(chunks.len() * CHUNK, bits, quotes.settle(bits));
    }
}
