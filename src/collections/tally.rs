//! Counts by name in bounded memory: exact up to [`EXACT_NAMES`] different names, the heaviest ones after that.
//!
//! A password spray brings millions of names. Up to the limit every name keeps its own value. Beyond it the lightest
//! names are let go and only counted (by a sketch); what any kept name may have lost by that is bounded and known
//! ([`Tally::error`]). Names are one, whatever their case; they are shown in the spelling that sorts first.

use std::borrow::Cow;

use crate::collections::distinct::Distinct;
use crate::collections::map::HashMap;
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
    places: HashMap<Box<str>, u32>,
    entries: Vec<Entry<V>>,
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
        Self { places: HashMap::new(), entries: Vec::new(), seen: None, error: 0, limit: EXACT_NAMES }
    }
}

impl<V: Weighed> Tally<V> {
    /// The value of `name`, to be changed.
    pub fn at(&mut self, name: &str) -> &mut V {
        let key = fold_case(name);
        let number = match self.places.get(key.as_ref()) {
            Some(number) => *number,
            None => self.add_name(&key),
        };
        // The entry was found or made just above.
        #[allow(clippy::indexing_slicing)]
        let entry = &mut self.entries[number as usize];
        if matches!(key, Cow::Owned(_)) || entry.spelling.is_some() {
            entry.respell(&key, name);
        }
        &mut entry.value
    }

    fn add_name(&mut self, key: &str) -> u32 {
        if self.entries.len() >= self.limit {
            self.let_the_lightest_go();
        }
        if let Some(seen) = &mut self.seen {
            seen.insert(key);
        }
        let number = self.entries.len() as u32;
        self.entries.push(Entry::default());
        self.places.insert(key.into(), number);
        number
    }

    /// Keeps the heavier half. What goes is in the sketch, and the heaviest of it is the most that any one name can have lost.
    fn let_the_lightest_go(&mut self) {
        let entries = std::mem::take(&mut self.entries);
        let mut by_weight: Vec<(u64, Box<str>, Entry<V>)> = Vec::with_capacity(entries.len());
        let mut entries: Vec<Option<Entry<V>>> = entries.into_iter().map(Some).collect();
        for (name, number) in self.places.drain() {
            if let Some(entry) = entries.get_mut(number as usize).and_then(Option::take) {
                by_weight.push((entry.value.weight(), name, entry));
            }
        }
        if self.seen.is_none() {
            let mut seen = Distinct::default();
            by_weight.iter().for_each(|(_, name, _)| seen.insert(name));
            self.seen = Some(Box::new(seen));
        }
        let kept = self.limit / 2;
        if kept < by_weight.len() {
            let heaviest_first = |a: &(u64, Box<str>, _), b: &(u64, Box<str>, _)| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1));
            let (_, (heaviest_gone, _, _), _) = by_weight.select_nth_unstable_by(kept, heaviest_first);
            self.error += *heaviest_gone;
            by_weight.truncate(kept);
        }
        for (number, (_, name, entry)) in by_weight.into_iter().enumerate() {
            self.places.insert(name, number as u32);
            self.entries.push(entry);
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
        self.places.iter().filter_map(|(key, number)| {
            let entry = self.entries.get(*number as usize)?;
            Some((key.as_ref(), entry.spelling.as_deref().unwrap_or(key), &entry.value))
        })
    }

    /// Every kept value, to be changed, in no order.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.iter_mut().map(|entry| &mut entry.value)
    }

    /// Whether no name was ever added.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<V> Entry<V> {
    /// Of all spellings the one that sorts first is shown, so that the order of the lines does not matter.
    fn respell(&mut self, key: &str, name: &str) {
        if name < self.spelling.as_deref().unwrap_or(key) {
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
            let mine = self.seen.get_or_insert_with(|| {
                let mut seen = Distinct::default();
                self.places.keys().for_each(|name| seen.insert(name));
                Box::new(seen)
            });
            mine.merge_with(*theirs);
        } else if let Some(seen) = &mut self.seen {
            other.places.keys().for_each(|name| seen.insert(name));
        }
        let mut theirs: Vec<Option<Entry<V>>> = other.entries.into_iter().map(Some).collect();
        for (key, number) in other.places {
            let Some(entry) = theirs.get_mut(number as usize).and_then(Option::take) else { continue };
            let mine = self.places.get(key.as_ref()).and_then(|number| self.entries.get_mut(*number as usize));
            match mine {
                Some(mine) => {
                    mine.value.merge_with(entry.value);
                    mine.respell(&key, entry.spelling.as_deref().unwrap_or(&key));
                }
                None => {
                    self.places.insert(key, self.entries.len() as u32);
                    self.entries.push(entry);
                }
            }
        }
        if self.entries.len() > self.limit {
            self.let_the_lightest_go();
        }
    }
}

/// The name in lower case, which is its key.
pub fn fold_case(name: &str) -> Cow<'_, str> {
    // No early end, so that many bytes are looked at together.
    let is_key = name.bytes().fold(true, |is_key, byte| is_key & byte.is_ascii() & !byte.is_ascii_uppercase());
    if is_key { Cow::Borrowed(name) } else { Cow::Owned(name.to_lowercase()) }
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
