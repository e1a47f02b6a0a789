//! Few different texts that come again and again: each is looked at once, and what was found is kept beside it.
//!
//! Not for names that strangers choose freely: when there are too many, all are given back and it begins anew.

use crate::collections::map::HashMap;

/// So many slots remember which entry a text of that shape had last.
const SLOTS: usize = 256;

/// Values by text; in front of the hash map stands a small table that most questions do not get past.
#[derive(Debug)]
pub struct Interned<T> {
    slots: [Slot; SLOTS],
    places: HashMap<Box<[u8]>, u32>,
    entries: Vec<(Box<[u8]>, T)>,
    most: usize,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    shape: Shape,
    place: u32,
}

/// A text by its length and its ends; up to [`Shape::WHOLE`] bytes this is the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shape {
    length: usize,
    first: u64,
    last: u64,
}

impl Shape {
    const WHOLE: usize = 16;

    /// No text has this shape.
    const NONE: Self = Self { length: usize::MAX, first: 0, last: 0 };

    #[inline]
    fn of(text: &[u8]) -> Self {
        let (first, last) = match (text.first_chunk(), text.last_chunk()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => match (text.first_chunk(), text.last_chunk()) {
                (Some(first), Some(last)) => (u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into()),
                _ => (text.iter().fold(0, |first, byte| first << 8 | u64::from(*byte)), 0),
            },
        };
        Self { length: text.len(), first, last }
    }

    #[inline]
    fn slot(self) -> usize {
        let mixed = (self.last ^ self.first.rotate_left(29) ^ self.length as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 56) as usize % SLOTS
    }
}

impl<T> Interned<T> {
    /// An empty one that holds up to `most` texts.
    pub fn new(most: usize) -> Self {
        Self { slots: [Slot { shape: Shape::NONE, place: 0 }; SLOTS], places: HashMap::new(), entries: Vec::new(), most }
    }

    /// The value of a text, made by `fresh` if it is new. Before a new one, look whether it [is full](Self::is_full).
    #[inline]
    pub fn at(&mut self, text: &[u8], fresh: impl FnOnce() -> T) -> &mut T {
        let shape = Shape::of(text);
        let place = match self.slots.get(shape.slot()) {
            Some(Slot { shape: known, place }) if *known == shape && self.is_it(*place as usize, text) => *place as usize,
            _ => self.find(text, shape, fresh),
        };
        // The place was found or made just above.
        #[allow(clippy::indexing_slicing)]
        &mut self.entries[place].1
    }

    /// Whether a text that has the shape of an entry is its text.
    #[inline]
    fn is_it(&self, place: usize, text: &[u8]) -> bool {
        text.len() <= Shape::WHOLE || self.entries.get(place).is_some_and(|(known, _)| known.as_ref() == text)
    }

    #[cold]
    fn find(&mut self, text: &[u8], shape: Shape, fresh: impl FnOnce() -> T) -> usize {
        let place = match self.places.get(text) {
            Some(place) => *place,
            None => {
                let place = self.entries.len() as u32;
                self.places.insert(text.into(), place);
                self.entries.push((text.into(), fresh()));
                place
            }
        };
        if let Some(slot) = self.slots.get_mut(shape.slot()) {
            *slot = Slot { shape, place };
        }
        place as usize
    }

    /// Whether another new text would be one too many.
    #[inline]
    pub fn is_full(&self) -> bool {
        self.entries.len() >= self.most
    }

    /// Gives all texts and values back, in the order in which they came, and begins anew.
    pub fn drain(&mut self) -> impl Iterator<Item = (Box<[u8]>, T)> {
        self.places.clear();
        self.slots = [Slot { shape: Shape::NONE, place: 0 }; SLOTS];
        self.entries.drain(..)
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
            texts.iter().for_each(|text| *counts.at(text.as_bytes(), || 0) += 1);
        }
        let drained: Vec<_> = counts.drain().collect();
        assert_eq!(drained.len(), texts.len());
        assert!(drained.iter().zip(&texts).all(|((text, count), expected)| text.as_ref() == expected.as_bytes() && *count == 3));
        *counts.at(b"anew", || 10) += 1;
        assert_eq!(counts.drain().next(), Some((b"anew".as_slice().into(), 11)));
    }
}
