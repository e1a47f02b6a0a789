//! The same tally under other names.

use super::{Entry, Tally, Weighed, fold_case};

impl<V: Weighed> Tally<V> {
    /// The tally with every name that it shows replaced. Names that become one are one; how many there were, and what they may
    /// have lost, stays as it was.
    #[must_use]
    pub fn renamed(self, rename: impl Fn(&str) -> String) -> Self {
        let Self { numbers: _, hasher: _, entries, names, seen, error, limit } = self;
        let mut renamed = Self { limit, ..Self::default() };
        for entry in entries {
            let name = rename(entry.shown(&names));
            let Entry { value, .. } = entry;
            // Not more names come back than there were, so that none has to be let go.
            renamed.at(&fold_case(&name)).merge_with(value);
        }
        Self { seen, error, ..renamed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_and_numbers_stay() {
        let mut tally = Tally::<u64> { limit: 4, ..Tally::default() };
        for (name, count) in [("Alice", 10), ("bob", 20), ("c", 1), ("d", 1), ("e", 1)] {
            *tally.at(name) += count;
        }
        let (distinct, error) = (tally.distinct(), tally.error());
        let renamed = tally.renamed(|name| format!("n-{}", name.to_lowercase()));
        assert_eq!((renamed.distinct(), renamed.error()), (distinct, error));
        let mut rows: Vec<_> = renamed.iter().map(|(_, name, count)| (name.to_owned(), *count)).collect();
        rows.sort();
        assert!(rows.contains(&("n-alice".to_owned(), 10)) && rows.contains(&("n-bob".to_owned(), 20)), "{rows:?}");
    }
}
