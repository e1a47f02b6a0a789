//! Few different texts that come again and again: each is looked at once, and what was found is kept beside it.
//!
//! Not for names that strangers choose freely: when there are too many, all are given back and it begins anew.

use crate::collections::map::HashMap;

/// So many slots remember which entry a text of that shape had last.
const SLOTS: usize = 256;

/// Values by text; in front of the hash map stands a small table that most questions do not get past.
#[derive(Debug)]
pub struct Interned<T> {
    slots: [u32; SLOTS],
    places: HashMap<Box<[u8]>, u32>,
    entries: Vec<(Box<[u8]>, T)>,
    most: usize,
}

impl<T> Interned<T> {
    /// An empty one that holds up to `most` texts.
    pub fn new(most: usize) -> Self {
        Self { slots: [0; SLOTS], places: HashMap::new(), entries: Vec::new(), most }
    }

    /// The value of a text, made by `fresh` if it is new. Before a new one, look whether it [is full](Self::is_full).
    #[inline]
    pub fn at(&mut self, text: &[u8], fresh: impl FnOnce() -> T) -> &mut T {
        let slot = slot_of(text);
        let guess = self.slots.get(slot).copied().unwrap_or_default() as usize;
        let place = match self.entries.get(guess) {
            Some((known, _)) if is_same(known, text) => guess,
            _ => self.find(text, slot, fresh),
        };
        // The place was found or made just above.
        #[allow(clippy::indexing_slicing)]
        &mut self.entries[place].1
    }

    #[cold]
    fn find(&mut self, text: &[u8], slot: usize, fresh: impl FnOnce() -> T) -> usize {
        let place = match self.places.get(text) {
            Some(place) => *place,
            None => {
                let place = self.entries.len() as u32;
                self.places.insert(text.into(), place);
                self.entries.push((text.into(), fresh()));
                place
            }
        };
        if let Some(slot) = self.slots.get_mut(slot) {
            *slot = place;
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
        self.slots = [0; SLOTS];
        self.entries.drain(..)
    }
}

/// Whether two texts are equal; most are short, and compared without a call.
#[inline]
fn is_same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    match (a.first_chunk::<8>(), b.first_chunk::<8>(), a.last_chunk::<8>(), b.last_chunk::<8>()) {
        (Some(a_first), Some(b_first), Some(a_last), Some(b_last)) => {
            a_first == b_first && a_last == b_last && (a.len() <= 16 || a == b)
        }
        _ => a.iter().zip(b).all(|(a, b)| a == b),
    }
}

/// A slot by the length and the last eight bytes. Texts that share one are only a little slower.
#[inline]
fn slot_of(text: &[u8]) -> usize {
    let tail = match text.last_chunk::<8>() {
        Some(tail) => u64::from_le_bytes(*tail),
        None => text.iter().fold(0, |tail, byte| tail << 8 | u64::from(*byte)),
    };
    ((tail ^ text.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as usize % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_has_its_value_even_where_slots_are_shared() {
        let mut counts = Interned::new(1000);
        let texts: Vec<String> = (0..300).map(|n| format!("text {n} of many")).chain((0..100).map(|n| n.to_string())).collect();
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
