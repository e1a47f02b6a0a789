//! Counts by name in bounded memory: exact up to [`EXACT_NAMES`] different names, the heaviest ones after that.
//!
//! A password spray brings millions of names. Up to the limit every name keeps its own value. Beyond it the lightest
//! names are let go and only counted (by a sketch); what any kept name may have lost by that is bounded and known
//! ([`Tally::error`]). Names are one, whatever their case; they are shown in the spelling that sorts first.

use std::borrow::Cow;

use crate::collections::distinct::Distinct;
use crate::collections::map::{EntryRef, HashMap};
use crate::merge::Merge;

/// Up to how many different names a tally is exact.
pub const EXACT_NAMES: usize = 32_768;

/// A value that a tally can keep: it merges, and has a weight by which the heaviest are kept.
pub trait Weighed: Merge + Default {
    /// How much it counts; never falls by merging.
    fn weight(&self) -> u64;
}

impl Weighed for u64 {
    fn weight(&self) -> u64 {
        *self
    }
}

/// Values by name; exact up to a limit, the heaviest beyond it.
#[derive(Debug, Clone)]
pub struct Tally<V> {
    entries: HashMap<String, Entry<V>>,
    /// All names ever seen; there only once names had to be let go.
    seen: Option<Box<Distinct>>,
    error: u64,
    limit: usize,
}

#[derive(Debug, Clone, Default)]
struct Entry<V> {
    value: V,
    /// The spelling to show where it is not the key itself.
    spelling: Option<Box<str>>,
}

impl<V> Default for Tally<V> {
    fn default() -> Self {
        Self { entries: HashMap::new(), seen: None, error: 0, limit: EXACT_NAMES }
    }
}

impl<V: Weighed> Tally<V> {
    /// The value of `name`, to be changed.
    pub fn at(&mut self, name: &str) -> &mut V {
        if self.entries.len() >= self.limit && !self.entries.contains_key(fold_case(name).as_ref()) {
            self.let_the_lightest_go();
        }
        let key = fold_case(name);
        if let Some(seen) = &mut self.seen {
            seen.insert(&key);
        }
        match self.entries.entry_ref(key.as_ref()) {
            EntryRef::Occupied(entry) => {
                let entry = entry.into_mut();
                entry.respell(&key, name);
                &mut entry.value
            }
            EntryRef::Vacant(entry) => {
                let mut fresh = Entry::default();
                fresh.respell(&key, name);
                &mut entry.insert_entry(fresh).into_mut().value
            }
        }
    }

    /// Keeps the heavier half. What goes is in the sketch, and the heaviest of it is the most that any one name can have lost.
    fn let_the_lightest_go(&mut self) {
        let mut by_weight: Vec<(u64, String)> =
            self.entries.iter().map(|(name, entry)| (entry.value.weight(), name.clone())).collect();
        by_weight.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let seen = self.seen.get_or_insert_default();
        by_weight.iter().for_each(|(_, name)| seen.insert(name));
        let gone = by_weight.split_off(self.limit / 2);
        self.error += gone.first().map_or(0, |(weight, _)| *weight);
        for (_, name) in gone {
            self.entries.remove(&name);
        }
    }
}

impl<V> Tally<V> {
    /// How many different names there were, and whether that number is exact.
    pub fn distinct(&self) -> (u64, bool) {
        match &self.seen {
            None => (self.entries.len() as u64, true),
            Some(seen) => (seen.estimate(), false),
        }
    }

    /// The most that the value of any one name may have lost; 0 while all is exact.
    pub fn error(&self) -> u64 {
        self.error
    }

    /// Every kept name with its value, as (key in lower case, spelling to show, value), in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &V)> {
        self.entries.iter().map(|(key, entry)| (key.as_str(), entry.spelling.as_deref().unwrap_or(key), &entry.value))
    }

    /// Every kept value, to be changed, in no order.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.values_mut().map(|entry| &mut entry.value)
    }

    /// Whether no name was ever added.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<V> Entry<V> {
    /// Of all spellings the one that sorts first is shown, so that the order of the lines does not matter.
    fn respell(&mut self, key: &str, name: &str) {
        if name != self.spelling.as_deref().unwrap_or(key) && name < self.spelling.as_deref().unwrap_or(key) {
            self.spelling = Some(name.into());
        }
    }
}

impl<V: Weighed> Merge for Tally<V> {
    fn merge_with(&mut self, other: Self) {
        if self.entries.is_empty() && self.seen.is_none() {
            *self = other;
            return;
        }
        self.error += other.error;
        if let Some(theirs) = other.seen {
            let mine = self.seen.get_or_insert_default();
            self.entries.keys().for_each(|name| mine.insert(name));
            mine.merge_with(*theirs);
        }
        if let Some(seen) = &mut self.seen {
            other.entries.keys().for_each(|name| seen.insert(name));
        }
        for (key, entry) in other.entries {
            let spelling = entry.spelling;
            let mine = self.entries.entry(key.clone()).or_default();
            mine.value.merge_with(entry.value);
            mine.respell(&key, spelling.as_deref().unwrap_or(&key));
        }
        if self.entries.len() > self.limit {
            self.let_the_lightest_go();
        }
    }
}

/// The name in lower case, which is its key.
pub fn fold_case(name: &str) -> Cow<'_, str> {
    if name.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(tally: &Tally<u64>) -> Vec<(String, u64)> {
        let mut rows: Vec<_> = tally.iter().map(|(_, name, count)| (name.to_owned(), *count)).collect();
        rows.sort();
        rows
    }

    #[test]
    fn case_does_not_make_two_names() {
        let mut tally = Tally::<u64>::default();
        for name in ["alice@contoso.com", "Alice@Contoso.com", "ALICE@CONTOSO.COM", "bob"] {
            *tally.at(name) += 1;
        }
        assert_eq!(sorted(&tally), [("ALICE@CONTOSO.COM".to_owned(), 3), ("bob".to_owned(), 1)]);
    }

    #[test]
    fn beyond_the_limit_the_heavy_stay_and_the_error_is_stated() {
        let mut tally = Tally::<u64> { limit: 100, ..Tally::default() };
        for round in 0..1000 {
            *tally.at("heavy") += 5;
            *tally.at(&format!("light{round}")) += 1;
        }
        let (count, exact) = tally.distinct();
        assert!(!exact && (950..=1050).contains(&count), "{count}");
        let heavy = sorted(&tally).into_iter().find(|(name, _)| name == "heavy").unwrap().1;
        assert_eq!(heavy, 5000);
        assert!(tally.error() > 0 && tally.error() < 50);
        assert!(tally.entries.len() <= 101);
    }

    #[test]
    fn merging_is_commutative_and_exact_below_the_limit() {
        let of = |names: &[&str]| {
            let mut tally = Tally::<u64>::default();
            names.iter().for_each(|name| *tally.at(name) += 1);
            tally
        };
        let (mut ab, mut ba) = (of(&["A", "b"]), of(&["a", "c", "C"]));
        ab.merge_with(of(&["a", "c", "C"]));
        ba.merge_with(of(&["A", "b"]));
        assert_eq!(sorted(&ab), sorted(&ba));
        assert_eq!(ab.distinct(), (3, true));
    }
}
