//! Few different texts that come again and again: each is looked at once, and what was found is kept beside it.
//!
//! Not for names that strangers choose freely: when there are too many, all are given back and it begins anew.

use crate::collections::map::HashMap;

/// So many slots remember which entry a text of that shape had last.
const SLOTS: usize = 1024;

/// Values by text; in front of the hash map stands a small table that most questions do not get past.
#[derive(Debug)]
pub struct Interned<T> {
    /// The place of the entry that a text of that shape had last.
    slots: [u16; SLOTS],
    places: HashMap<Box<[u8]>, u16>,
    entries: Vec<Entry<T>>,
    most: usize,
}

#[derive(Debug)]
struct Entry<T> {
    shape: Shape,
    text: Box<[u8]>,
    value: T,
}

/// A text by its length and its ends; up to [`Shape::WHOLE`] bytes this is the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shape {
    length: usize,
    first: u128,
    last: u128,
}

impl Shape {
    const WHOLE: usize = 32;

    #[inline(always)]
    fn of(text: &[u8]) -> Self {
        let length = text.len();
        if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
            return Self { length, first: u128::from_le_bytes(*first), last: u128::from_le_bytes(*last) };
        }
        if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
            return Self { length, first: u64::from_le_bytes(*first).into(), last: u64::from_le_bytes(*last).into() };
        }
        if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
            return Self { length, first: u32::from_le_bytes(*first).into(), last: u32::from_le_bytes(*last).into() };
        }
        Self { length, first: text.iter().fold(0, |first, byte| first << 8 | u128::from(*byte)), last: 0 }
    }

    #[inline]
    fn slot(self) -> usize {
        let end = (self.last >> 64) as u64 ^ self.last as u64;
        let mixed = (end ^ (self.first as u64).rotate_left(29) ^ self.length as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> (u64::BITS - SLOTS.ilog2())) as usize % SLOTS
    }
}

impl<T> Interned<T> {
    /// An empty one that holds up to `most` texts (at most 65,535).
    pub fn new(most: usize) -> Self {
        Self { slots: [0; SLOTS], places: HashMap::new(), entries: Vec::new(), most: most.min(usize::from(u16::MAX)) }
    }

    /// The value of a text, if it was the last one of its shape; else ask [`Self::at`], which knows all.
    #[inline(always)]
    pub fn recent(&mut self, text: &[u8]) -> Option<&mut T> {
        let shape = Shape::of(text);
        // The slot is one of the table's.
        #[allow(clippy::indexing_slicing)]
        let place = usize::from(self.slots[shape.slot()]);
        let is_it = |entry: &&mut Entry<T>| entry.shape == shape && (text.len() <= Shape::WHOLE || entry.text.as_ref() == text);
        self.entries.get_mut(place).filter(is_it).map(|entry| &mut entry.value)
    }

    /// The value of a text, made by `fresh` if it is new. Before a new one, look whether it [is full](Self::is_full).
    #[inline(never)]
    pub fn at(&mut self, text: &[u8], fresh: impl FnOnce() -> T) -> &mut T {
        let shape = Shape::of(text);
        let place = match self.places.get(text) {
            Some(place) => *place,
            None => {
                let place = self.entries.len() as u16;
                self.places.insert(text.into(), place);
                self.entries.push(Entry { shape, text: text.into(), value: fresh() });
                place
            }
        };
        // The slot is one of the table's, and the place was found or made just above.
        #[allow(clippy::indexing_slicing)]
        {
            self.slots[shape.slot()] = place;
            &mut self.entries[usize::from(place)].value
        }
    }

    /// Whether another new text would be one too many.
    #[inline]
    pub fn is_full(&self) -> bool {
        self.entries.len() >= self.most
    }

    /// Gives all texts and values back, in the order in which they came, and begins anew.
    pub fn drain(&mut self) -> impl Iterator<Item = (Box<[u8]>, T)> {
        self.places.clear();
        self.entries.drain(..).map(|entry| (entry.text, entry.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_has_its_value_even_where_slots_are_shared() {
        let mut counts = Interned::new(1000);
        let alike =
            ["", "a", "aa", "aaa", "aaaa", "aaaaa", "aaaaaaaaa", "aaaaaaaaaaaaaaaaa", "aaaaaaaabaaaaaaaa", "aaaaaaaacaaaaaaaa"];
        let numbered = (0..300).map(|n| format!("text {n} of many")).chain((0..100).map(|n| n.to_string()));
        let texts: Vec<String> = numbered.chain(alike.map(str::to_owned)).collect();
        for _ in 0..3 {
            for text in &texts {
                match counts.recent(text.as_bytes()) {
                    Some(count) => *count += 1,
                    None => *counts.at(text.as_bytes(), || 0) += 1,
                }
                assert!(counts.recent(text.as_bytes()).is_some());
            }
        }
        let drained: Vec<_> = counts.drain().collect();
        assert_eq!(drained.len(), texts.len());
        assert!(drained.iter().zip(&texts).all(|((text, count), expected)| text.as_ref() == expected.as_bytes() && *count == 3));
        *counts.at(b"anew", || 10) += 1;
        assert_eq!(counts.drain().next(), Some((b"anew".as_slice().into(), 11)));
    }
}
