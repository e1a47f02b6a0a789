//! One pass over a text that begins with a line: the offsets of all commas that end a column, and of all line feeds.

use super::masks::{CHUNK, Masks, Quotes, Settled};

/// What stands in front of the first mark: one more than it is the offset of the first byte.
pub(super) const BEFORE: u32 = u32::MAX;

/// The structure of a text of less than 4 GiB, as offsets into it. The buffers are used again and again.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// [`BEFORE`], then commas that end a column and line feeds in their order, then the length of the text. Only the first
    /// `count` are of this text.
    offsets: Vec<u32>,
    count: usize,
    /// For each line feed its place among the offsets, and behind them the place of the text's length.
    feeds: Vec<u32>,
    feed_count: usize,
    /// Quotes that open in the middle of a column.
    strays: Vec<u32>,
    /// Bytes that are more than ASCII, of all chunks together.
    beyond: u64,
}

impl Marks {
    /// [`BEFORE`], commas and line feeds, and the length of the text.
    pub(super) fn offsets(&self) -> &[u32] {
        self.offsets.get(..self.count).unwrap_or_default()
    }

    /// The places of line feeds among the offsets.
    pub(super) fn feeds(&self) -> &[u32] {
        self.feeds.get(..self.feed_count).unwrap_or_default()
    }

    /// The same, and behind it the place of the text's length: where lines end if the text ends without a line feed.
    pub(super) fn feeds_and_end(&self) -> &[u32] {
        self.feeds.get(..=self.feed_count).unwrap_or_default()
    }

    /// Quotes that open in the middle of a column: the columns of such a line must be found one by one.
    pub(super) fn strays(&self) -> &[u32] {
        &self.strays
    }

    /// Zero if no byte of the text is more than ASCII.
    pub(super) fn beyond(&self) -> u64 {
        self.beyond
    }

    /// Makes room for all marks that a text can have, and for what is written behind the last.
    fn begin(&mut self, length: usize) {
        let most = length.next_multiple_of(CHUNK) + 2 * CHUNK;
        if self.offsets.len() < most {
            self.offsets.resize(most, 0);
            self.feeds.resize(most, 0);
        }
        self.strays.clear();
    }
}

/// Finds the marks of a text; its first byte begins a line.
#[inline(always)]
pub(super) fn scan<M: Masks>(text: &[u8], marks: &mut Marks) {
    marks.begin(text.len());
    let Marks { offsets, feeds, strays, .. } = marks;
    let mut pass = Pass { offsets, feeds, strays, count: 1, feed_count: 0, quotes: Quotes::LINE_START, beyond: 0 };
    if let Some(first) = pass.offsets.first_mut() {
        *first = BEFORE;
    }
    let (chunks, rest) = text.as_chunks::<CHUNK>();
    let mut base = 0;
    for chunk in chunks {
        pass.take::<M>(chunk, base);
        base += CHUNK as u32;
    }
    let mut tail = [0; CHUNK];
    tail.iter_mut().zip(rest).for_each(|(place, byte)| *place = *byte);
    pass.take::<M>(&tail, base);
    let Pass { count, feed_count, beyond, .. } = pass;
    if let (Some(last), Some(end)) = (marks.offsets.get_mut(count), marks.feeds.get_mut(feed_count)) {
        (*last, *end) = (text.len() as u32, count as u32);
    }
    (marks.count, marks.feed_count, marks.beyond) = (count + 1, feed_count, beyond);
}

/// A pass on its way. Its parts stay in registers: what is written into the buffers could be anything else, for all the compiler knows.
struct Pass<'a> {
    offsets: &'a mut [u32],
    feeds: &'a mut [u32],
    strays: &'a mut Vec<u32>,
    count: usize,
    feed_count: usize,
    quotes: Quotes,
    beyond: u64,
}

impl Pass<'_> {
    /// Takes in a chunk that stands at `base`.
    #[inline(always)]
    fn take<M: Masks>(&mut self, chunk: &[u8; CHUNK], base: u32) {
        let bits = M::of(chunk);
        self.beyond |= bits.beyond;
        let Settled { marks: rest, strays } = self.quotes.settle::<M>(bits);
        // A chunk has one line feed or none, as a rule: so the place of the first one is written in any case.
        let mut line_feeds = bits.feeds;
        loop {
            let before = rest & (line_feeds & line_feeds.wrapping_neg()).wrapping_sub(1);
            if let Some(slot) = self.feeds.get_mut(self.feed_count) {
                *slot = self.count as u32 + before.count_ones();
            }
            self.feed_count += usize::from(line_feeds != 0);
            line_feeds &= line_feeds.wrapping_sub(1);
            if line_feeds == 0 {
                break;
            }
        }
        if let Some(place) = self.offsets.get_mut(self.count..).and_then(|later| later.first_chunk_mut()) {
            M::write_offsets(rest, base, place);
        }
        self.count += rest.count_ones() as usize;
        if strays != 0 {
            self.strays.extend((0..CHUNK as u32).filter(|bit| strays >> bit & 1 == 1).map(|bit| base + bit));
        }
    }
}
