//! A small set of names that may become large: exact up to [`EXACT_PARTNERS`] names, a sample of the same size beyond.
//!
//! It keeps the smallest hashes it has seen. That is the whole set while it is small, a fair sample when it is not, and it
//! depends on nothing but the set: not on the order or the parts in which names came.

use serde::{Deserialize, Serialize};

use crate::merge::Merge;

/// So many names are kept.
pub const EXACT_PARTNERS: usize = 256;

/// Names by their hash, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partners(Vec<u64>);

impl Partners {
    /// Adds a name.
    pub fn insert(&mut self, name: &str) {
        let hash = hash(name);
        if let Err(place) = self.0.binary_search(&hash)
            && place < EXACT_PARTNERS
        {
            // Most have one partner, and millions of them are to be kept.
            if self.0.is_empty() {
                self.0.reserve_exact(1);
            }
            self.0.insert(place, hash);
            self.0.truncate(EXACT_PARTNERS);
        }
    }

    /// How many different names there are; an estimate (within about 6 %) beyond [`EXACT_PARTNERS`].
    pub fn count(&self) -> u64 {
        match self.0.last() {
            Some(highest) if self.0.len() >= EXACT_PARTNERS => {
                let share = (*highest as f64 + 1.0) / (u64::MAX as f64 + 1.0);
                ((EXACT_PARTNERS - 1) as f64 / share) as u64
            }
            _ => self.0.len() as u64,
        }
    }

    /// The hashes of those that are kept: of all, up to [`EXACT_PARTNERS`].
    pub fn kept(&self) -> &[u64] {
        &self.0
    }

    /// Whether any of the kept names is among those whose hashes are given, sorted.
    pub fn meets(&self, hashes: &[u64]) -> bool {
        self.0.iter().any(|hash| hashes.binary_search(hash).is_ok())
    }

    /// Whether a name is among those kept.
    pub fn contains(&self, name: &str) -> bool {
        self.0.binary_search(&hash(name)).is_ok()
    }
}

impl Merge for Partners {
    fn merge_with(&mut self, other: Self) {
        self.0.extend(other.0);
        self.0.sort_unstable();
        self.0.dedup();
        self.0.truncate(EXACT_PARTNERS);
    }
}

/// The hash by which a name is kept: FNV-1a with a final mix (of MurmurHash3), so that all bits are spread.
pub fn hash(name: &str) -> u64 {
    let fnv = name.bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mixed = (fnv ^ (fnv >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    (mixed ^ (mixed >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53) ^ (mixed >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_sets_are_exact_and_large_ones_are_estimated_the_same_for_any_split() {
        let of = |range: std::ops::Range<u32>| {
            let mut partners = Partners::default();
            range.for_each(|n| partners.insert(&format!("user{n}")));
            partners
        };
        assert_eq!(of(0..200).count(), 200);
        assert!(of(0..200).contains("user7") && !of(0..200).contains("user200"));
        let whole = of(0..10_000);
        assert!((9_000..11_000).contains(&whole.count()), "{}", whole.count());
        let mut parts = of(4_000..10_000);
        parts.merge_with(of(0..5_000));
        assert_eq!(parts, whole);
    }
}
