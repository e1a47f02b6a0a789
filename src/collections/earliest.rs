//! What waits for its turn in a heap from which the least comes first.

use std::cmp::Ordering;

/// Something with the key that says when its turn is. The least key is the greatest, as [`std::collections::BinaryHeap`] wants it.
#[derive(Debug)]
pub struct Earliest<K, T> {
    /// What decides.
    pub key: K,
    /// What waits.
    pub what: T,
}

impl<K: Ord, T> Ord for Earliest<K, T> {
    fn cmp(&self, other: &Self) -> Ordering {
        other.key.cmp(&self.key)
    }
}

impl<K: Ord, T> PartialOrd for Earliest<K, T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: Ord, T> PartialEq for Earliest<K, T> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl<K: Ord, T> Eq for Earliest<K, T> {}
