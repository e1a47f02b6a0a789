//! A map from minutes to what happened in them, kept as a sorted list because logs come in the order of time.
//!
//! A minute is its number since 1970 UTC. Adding to the newest minute or appending one costs nothing; out-of-order minutes
//! are found by binary search.

use crate::merge::Merge;

mod stored;

/// One minute in milliseconds.
pub const MINUTE: i64 = 60_000;

/// Values by minute, sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minutes<T> {
    cells: Vec<(i64, T)>,
}

impl<T> Default for Minutes<T> {
    fn default() -> Self {
        Self { cells: Vec::new() }
    }
}

impl<T: Default> Minutes<T> {
    /// The value of the minute that holds `moment` (milliseconds since 1970 UTC).
    pub fn at(&mut self, moment: i64) -> &mut T {
        let minute = moment.div_euclid(MINUTE);
        let place = match self.cells.last() {
            Some((last, _)) if *last == minute => self.cells.len() - 1,
            Some((last, _)) if *last > minute => match self.cells.binary_search_by_key(&minute, |cell| cell.0) {
                Ok(place) => place,
                Err(place) => {
                    self.cells.insert(place, (minute, T::default()));
                    place
                }
            },
            _ => {
                // Of a spray, every name has a minute of its own: room for one is enough for most.
                if self.cells.is_empty() {
                    self.cells.reserve_exact(1);
                }
                self.cells.push((minute, T::default()));
                self.cells.len() - 1
            }
        };
        // The place was found or made just above.
        #[allow(clippy::indexing_slicing)]
        &mut self.cells[place].1
    }
}

impl<T> Minutes<T> {
    /// All minutes with their values, in the order of time.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (i64, &T)> + ExactSizeIterator {
        self.cells.iter().map(|(minute, value)| (*minute, value))
    }

    /// All minutes with their values, to be changed.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (i64, &mut T)> + ExactSizeIterator {
        self.cells.iter_mut().map(|(minute, value)| (*minute, value))
    }

    /// Whether no minute has a value.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }
}

impl<T: Merge> Merge for Minutes<T> {
    fn merge_with(&mut self, other: Self) {
        match (self.cells.last(), other.cells.first()) {
            (_, None) => {}
            (None, _) => *self = other,
            (Some((mine, _)), Some((theirs, _))) if mine < theirs => self.cells.extend(other.cells),
            _ => self.interleave(other),
        }
    }
}

impl<T: Merge> Minutes<T> {
    /// Merges two sorted lists; what lies before the other's first minute stays where it is.
    fn interleave(&mut self, other: Self) {
        let first = other.cells.first().map_or(i64::MAX, |cell| cell.0);
        let kept = self.cells.partition_point(|cell| cell.0 < first);
        let mut mine = self.cells.split_off(kept).into_iter().peekable();
        let mut theirs = other.cells.into_iter().peekable();
        while let (Some(a), Some(b)) = (mine.peek(), theirs.peek()) {
            let next = match a.0.cmp(&b.0) {
                std::cmp::Ordering::Less => mine.next(),
                std::cmp::Ordering::Greater => theirs.next(),
                std::cmp::Ordering::Equal => mine.next().zip(theirs.next()).map(|((minute, mut value), (_, other))| {
                    value.merge_with(other);
                    (minute, value)
                }),
            };
            self.cells.extend(next);
        }
        self.cells.extend(mine);
        self.cells.extend(theirs);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(moments: &[i64]) -> Minutes<u64> {
        let mut minutes = Minutes::default();
        moments.iter().for_each(|moment| *minutes.at(*moment) += 1);
        minutes
    }

    proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn merging_is_the_same_as_adding_all(a in prop::collection::vec(-5i64..20, 0..30), b in prop::collection::vec(-5i64..20, 0..30)) {
            let [a, b] = [a, b].map(|list| list.into_iter().map(|minute| minute * MINUTE).collect::<Vec<_>>());
            let (mut ab, mut ba) = (of(&a), of(&b));
            ab.merge_with(of(&b));
            ba.merge_with(of(&a));
            prop_assert_eq!(&ab, &of(&[a, b].concat()));
            prop_assert_eq!(ab, ba);
        }
    }
}
