//! The one law that carries exlog from a thread to a farm: partial results merge.
//!
//! Threads, nights, servers and cluster workers each make a part, and [`Merge::merge_with`] makes two parts one. The order of
//! the parts must not show: merging is commutative and associative (property tests hold it to that). What a part holds is
//! not decided here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Something of which two parts make one.
pub trait Merge {
    /// Takes `other` in. `a.merge_with(b)` and `b.merge_with(a)` leave the same, and so does any grouping of three.
    fn merge_with(&mut self, other: Self);
}

impl Merge for u64 {
    fn merge_with(&mut self, other: Self) {
        *self = self.saturating_add(other);
    }
}

impl<T: Merge> Merge for Option<T> {
    fn merge_with(&mut self, other: Self) {
        match (self.as_mut(), other) {
            (Some(mine), Some(theirs)) => mine.merge_with(theirs),
            (None, Some(theirs)) => *self = Some(theirs),
            (_, None) => {}
        }
    }
}

impl<K: Ord, V: Merge> Merge for BTreeMap<K, V> {
    fn merge_with(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
            return;
        }
        for (key, value) in other {
            merge_entry(self, key, value);
        }
    }
}

/// Merges one value into a map under its key.
pub fn merge_entry<K: Ord, V: Merge>(map: &mut BTreeMap<K, V>, key: K, value: V) {
    match map.get_mut(&key) {
        Some(mine) => mine.merge_with(value),
        None => {
            map.insert(key, value);
        }
    }
}

/// Merges slot by slot; both sides have the same slots.
impl<T: Merge, const N: usize> Merge for [T; N] {
    fn merge_with(&mut self, other: Self) {
        for (mine, theirs) in self.iter_mut().zip(other) {
            mine.merge_with(theirs);
        }
    }
}

/// The first and the last moment something was seen, in milliseconds since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The earliest moment.
    pub first: i64,
    /// The latest moment.
    pub last: i64,
}

impl Span {
    /// The span of a single moment.
    pub const fn at(moment: i64) -> Self {
        Self { first: moment, last: moment }
    }

    /// Whether it begins or ends at this moment.
    pub fn has_end_at(self, moment: i64) -> bool {
        self.first == moment || self.last == moment
    }

    /// Stretches the span so that it holds `moment`.
    pub fn include(&mut self, moment: i64) {
        self.first = self.first.min(moment);
        self.last = self.last.max(moment);
    }
}

impl Merge for Span {
    fn merge_with(&mut self, other: Self) {
        self.include(other.first);
        self.include(other.last);
    }
}
