//! Where the structural bytes stand among 64 bytes, as bits; and how quotes turn commas into text.
//!
//! What differs between processors is one function, [`Masks::of`]: bytes → bits. What the bits mean is decided once, in
//! [`Quotes::settle`]. The portable way works on eight bytes at a time within ordinary registers.

/// So many bytes are looked at together: as many as a register has bits.
pub(super) const CHUNK: usize = 64;

/// The bytes of interest in a chunk: bit `n` stands for byte `n`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bits {
    pub(super) commas: u64,
    pub(super) quotes: u64,
    pub(super) feeds: u64,
    /// Bytes that are more than ASCII.
    pub(super) beyond: u64,
}

/// A way to find the bytes of interest.
pub(super) trait Masks {
    /// The bits of a chunk.
    fn of(chunk: &[u8; CHUNK]) -> Bits;

    /// Bit `n` of the result is the parity of the bits up to and with `n`.
    #[inline(always)]
    fn parity(mut bits: u64) -> u64 {
        for step in [1, 2, 4, 8, 16, 32] {
            bits ^= bits << step;
        }
        bits
    }

    /// Writes the offsets of all bits that are set, in their order; bit 0 has offset `base`. What is written behind them means nothing.
    #[inline(always)]
    fn write_offsets(mut bits: u64, base: u32, place: &mut [u32; CHUNK]) {
        // Groups of eight: a chunk seldom has more, and what is too much costs less than to ask.
        let (groups, _) = place.as_chunks_mut::<8>();
        for group in groups {
            for slot in group {
                *slot = base.wrapping_add(bits.trailing_zeros());
                bits &= bits.wrapping_sub(1);
            }
            if bits == 0 {
                break;
            }
        }
    }
}

/// Eight bytes at a time in an ordinary register: for every processor.
pub(super) struct Portable;

impl Masks for Portable {
    #[inline(always)]
    fn of(chunk: &[u8; CHUNK]) -> Bits {
        let mut bits = Bits { commas: 0, quotes: 0, feeds: 0, beyond: 0 };
        let (words, _) = chunk.as_chunks::<8>();
        for (place, word) in words.iter().enumerate() {
            let word = u64::from_le_bytes(*word);
            let at = place * 8;
            bits.commas |= equal(word, b',') << at;
            bits.quotes |= equal(word, b'"') << at;
            bits.feeds |= equal(word, b'\n') << at;
            bits.beyond |= highest_bits(word) << at;
        }
        bits
    }
}

/// One bit for each of the eight bytes that equals `byte`.
#[inline(always)]
fn equal(word: u64, byte: u8) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let differing = word ^ (ONES * u64::from(byte));
    // The highest bit of each byte that is zero; exact, since no sum carries into the next byte.
    highest_bits(!(((differing & LOW) + LOW) | differing | LOW))
}

/// The highest bits of the eight bytes, brought together in one byte.
#[inline(always)]
fn highest_bits(word: u64) -> u64 {
    ((word >> 7) & 0x0101_0101_0101_0101).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// What the text before a chunk leaves behind for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quotes {
    /// All ones if the chunk begins inside quotes.
    inside: u64,
    /// One if a quoted column may begin with the chunk's first byte.
    may_open: u64,
}

/// What a chunk holds once quotes are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Settled {
    /// Commas that end a column, and line feeds.
    pub(super) marks: u64,
    /// Quotes that open in the middle of a column: there the plain rule of the pairs is wrong.
    pub(super) strays: u64,
}

impl Quotes {
    /// At the beginning of a line.
    pub(super) const LINE_START: Self = Self { inside: 0, may_open: 1 };

    /// Takes the commas inside quotes away, and carries the state to the next chunk.
    ///
    /// Quotes are paired as they come. That is what CSV means as long as each opening one is the first byte of its column or
    /// comes right behind a closing one (`""`); others are reported as strays. A line ends whatever its quotes say.
    #[inline(always)]
    pub(super) fn settle<M: Masks>(&mut self, bits: Bits) -> Settled {
        let Bits { commas, quotes, feeds, beyond: _ } = bits;
        let before = ((commas | quotes | feeds) << 1) | self.may_open;
        self.may_open = (commas | quotes | feeds) >> (CHUNK - 1);
        // A chunk has quotes or none, and which is never known before: so nobody asks.
        let mut inside = M::parity(quotes) ^ self.inside;
        let mut broken = inside & feeds;
        while broken != 0 {
            inside ^= !0 << broken.trailing_zeros();
            broken = inside & feeds;
        }
        self.inside = 0u64.wrapping_sub(inside >> (CHUNK - 1));
        Settled { marks: (commas & !inside) | feeds, strays: quotes & inside & !before }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_has_its_bit() {
        for byte in 0..=u8::MAX {
            let chunk: [u8; CHUNK] = std::array::from_fn(|place| if place % 3 == 0 { byte } else { byte ^ 0x80 });
            let expected = |wanted: u8| (0..CHUNK).filter(|at| chunk[*at] == wanted).fold(0, |bits, at| bits | 1u64 << at);
            let beyond = (0..CHUNK).filter(|at| !chunk[*at].is_ascii()).fold(0, |bits, at| bits | 1u64 << at);
            let bits = Bits { commas: expected(b','), quotes: expected(b'"'), feeds: expected(b'\n'), beyond };
            assert_eq!(Portable::of(&chunk), bits, "{byte:#x}");
        }
    }

    #[test]
    fn parity_runs_from_the_lowest_bit() {
        assert_eq!(Portable::parity(0b1001_0000), 0b0111_0000);
        assert_eq!(Portable::parity(1), !0);
    }

    #[test]
    fn offsets_are_those_of_the_bits_that_are_set() {
        for bits in [0, 1, 1 << 63, 0xff00_0000_0001_8001, 0x5555_5555_5555_5555, !0] {
            let mut place = [0; CHUNK];
            Portable::write_offsets(bits, 1000, &mut place);
            let expected: Vec<u32> = (0..64).filter(|bit| bits >> bit & 1 == 1).map(|bit| 1000 + bit).collect();
            assert_eq!(place[..expected.len()], expected, "{bits:#x}");
        }
    }
}
