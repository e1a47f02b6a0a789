//! Counts by name in bounded memory: exact up to [`EXACT_NAMES`] different names, the heaviest ones after that.
//!
//! A password spray brings millions of names. Up to the limit every name keeps its own value. Beyond it the lightest
//! names are let go and only counted (by a sketch); what any kept name may have lost by that is bounded and known
//! ([`Tally::error`]). Names are one, whatever their case; they are shown in the spelling that sorts first.

use std::borrow::Cow;
use std::hash::BuildHasher;

use crate::collections::distinct::Distinct;
use crate::collections::map::{DefaultHashBuilder, HashTable};
use crate::merge::Merge;

mod renamed;
mod stored;

/// Up to how many different names a tally is exact.
pub const EXACT_NAMES: usize = 32_768;

/// So many spellings of a name are known, on the average, its key among them.
const SPELLINGS: usize = 4;

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
///
/// Thousands of names come in no order, so what is looked at lies close together: names in one text, entries in one list, and
/// between them a table that says of each name all that it takes to know it again. The table knows a name by its key and by the
/// spellings in which it came: most come in few, and need not be brought to lower case to be found.
#[derive(Debug, Clone)]
pub struct Tally<V> {
    /// The entries' keys and spellings with their numbers, by their hashes.
    numbers: HashTable<Known>,
    hasher: DefaultHashBuilder,
    entries: Vec<Entry<V>>,
    /// All keys and spellings, one behind the other.
    names: String,
    /// All names ever seen; there only once names had to be let go.
    seen: Option<Box<Distinct>>,
    error: u64,
    limit: usize,
}

/// A name that is looked for in a tally.
#[derive(Debug)]
pub struct Sought<'a> {
    name: &'a str,
    hash: u64,
}

#[derive(Debug, Clone)]
struct Entry<V> {
    value: V,
    key: Part,
    /// The spelling to show; empty where it is the key itself.
    spelling: Part,
}

/// A key or a spelling as the table has it.
#[derive(Debug, Clone, Copy)]
struct Known {
    /// The number of its entry.
    number: u32,
    /// Those bits of its hash that the table does not look at by itself.
    hash: u32,
    text: Part,
}

impl Known {
    fn bits_of(hash: u64) -> u32 {
        (hash >> 24) as u32
    }
}

/// A part of the text of names.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    start: u32,
    length: u32,
}

impl Part {
    fn of(self, names: &str) -> &str {
        names.get(self.start as usize..(self.start + self.length) as usize).unwrap_or_default()
    }

    fn is(self, name: &str, names: &str) -> bool {
        // Of bytes nobody asks whether they are whole characters.
        names.as_bytes().get(self.start as usize..(self.start + self.length) as usize) == Some(name.as_bytes())
    }

    /// Adds a name to the text.
    fn new(names: &mut String, name: &str) -> Self {
        let start = names.len() as u32;
        names.push_str(name);
        Self { start, length: name.len() as u32 }
    }
}

impl<V> Default for Tally<V> {
    fn default() -> Self {
        Self {
            numbers: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            entries: Vec::new(),
            names: String::new(),
            seen: None,
            error: 0,
            limit: EXACT_NAMES,
        }
    }
}

impl<V: Weighed> Tally<V> {
    /// The value of `name`, to be changed.
    pub fn at(&mut self, name: &str) -> &mut V {
        let sought = self.sought(name);
        let number = self.number_of(&sought);
        self.numbered(number)
    }

    /// What a name is looked for by. Whoever has names for several tallies gets this for each first, and then their numbers:
    /// so the processor can wait for the memory of all of them at once.
    #[inline]
    pub fn sought<'a>(&self, name: &'a str) -> Sought<'a> {
        Sought { name, hash: self.hasher.hash_one(name) }
    }

    /// The number of a name, which stays the same until the next name is looked for.
    #[inline]
    pub fn number_of(&mut self, sought: &Sought<'_>) -> usize {
        match self.find(sought.name, sought.hash) {
            Some(number) => number,
            None => self.number_of_another(sought.name),
        }
    }

    /// The number of a name that is new, or comes in a spelling that is not known.
    #[inline(never)]
    fn number_of_another(&mut self, name: &str) -> usize {
        let key = fold_case(name);
        let hash = self.hasher.hash_one(key.as_ref());
        let number = match self.find(&key, hash) {
            Some(number) => number,
            None => {
                if self.entries.len() >= self.limit {
                    self.let_the_lightest_go();
                }
                if let Some(seen) = &mut self.seen {
                    seen.insert(&key);
                }
                self.add(&key, hash, V::default())
            }
        };
        let is_shown = self.respell(number, name);
        if !is_shown && name != key && !self.knows_enough() {
            self.learn(number, name);
        }
        number
    }

    /// The key of a name by its number: the name in lower case.
    pub fn key_of(&self, number: usize) -> &str {
        self.entries.get(number).map_or("", |entry| entry.key.of(&self.names))
    }

    /// The value of a name by its number.
    #[inline]
    pub fn numbered(&mut self, number: usize) -> &mut V {
        // Numbers come from `number_of` alone, and names are let go only where another is looked for.
        #[allow(clippy::indexing_slicing)]
        &mut self.entries[number].value
    }

    fn find(&self, name: &str, hash: u64) -> Option<usize> {
        let bits = Known::bits_of(hash);
        let is_it = |known: &Known| known.hash == bits && known.text.is(name, &self.names);
        self.numbers.find(hash, is_it).map(|known| known.number as usize)
    }

    fn add(&mut self, key: &str, hash: u64, value: V) -> usize {
        let number = self.entries.len();
        let key = Part::new(&mut self.names, key);
        self.entries.push(Entry { value, key, spelling: Part::default() });
        self.know(number, key, hash);
        number
    }

    /// Takes a key or a spelling into the table.
    fn know(&mut self, number: usize, text: Part, hash: u64) {
        let (names, hasher) = (&self.names, &self.hasher);
        let known = Known { number: number as u32, hash: Known::bits_of(hash), text };
        self.numbers.insert_unique(hash, known, |known| hasher.hash_one(known.text.of(names)));
    }

    /// Of all spellings the one that sorts first is shown, so that the order of the lines does not matter. Says whether it is this one.
    fn respell(&mut self, number: usize, name: &str) -> bool {
        let Some(entry) = self.entries.get(number).filter(|entry| name < entry.shown(&self.names)) else { return false };
        let before = entry.spelling;
        if before.length > 0 && self.knows_enough() {
            let hash = self.hasher.hash_one(before.of(&self.names));
            if let Ok(known) = self.numbers.find_entry(hash, |known| known.text.start == before.start) {
                known.remove();
            }
        }
        let spelling = self.learn(number, name);
        if let Some(entry) = self.entries.get_mut(number) {
            entry.spelling = spelling;
        }
        true
    }

    /// Whether the table holds as many spellings as it may.
    fn knows_enough(&self) -> bool {
        self.numbers.len() >= self.entries.len() * SPELLINGS
    }

    /// Takes a spelling into the text and the table.
    fn learn(&mut self, number: usize, spelling: &str) -> Part {
        let text = Part::new(&mut self.names, spelling);
        self.know(number, text, self.hasher.hash_one(spelling));
        text
    }

    /// Keeps the heavier half. What goes is in the sketch, and the heaviest of it is the most that any one name can have lost.
    fn let_the_lightest_go(&mut self) {
        let (names, mut entries) = (std::mem::take(&mut self.names), std::mem::take(&mut self.entries));
        if self.seen.is_none() {
            let mut seen = Distinct::default();
            entries.iter().for_each(|entry| seen.insert(entry.key.of(&names)));
            self.seen = Some(Box::new(seen));
        }
        let kept = self.limit / 2;
        if kept < entries.len() {
            let heaviest_first = |a: &Entry<V>, b: &Entry<V>| {
                b.value.weight().cmp(&a.value.weight()).then_with(|| a.key.of(&names).cmp(b.key.of(&names)))
            };
            let (_, heaviest_gone, _) = entries.select_nth_unstable_by(kept, heaviest_first);
            self.error += heaviest_gone.value.weight();
            entries.truncate(kept);
        }
        self.numbers.clear();
        for Entry { value, key, spelling } in entries {
            let key = key.of(&names);
            let number = self.add(key, self.hasher.hash_one(key), value);
            if spelling.length > 0 {
                self.respell(number, spelling.of(&names));
            }
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

    /// Whether every name that ever came is kept, so that names also keep their numbers.
    pub fn is_exact(&self) -> bool {
        self.seen.is_none()
    }

    /// The most that the value of any one name may have lost; 0 while all is exact.
    pub fn error(&self) -> u64 {
        self.error
    }

    /// Every kept name with its value, as (key in lower case, spelling to show, value), in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &V)> {
        self.entries.iter().map(|entry| (entry.key.of(&self.names), entry.shown(&self.names), &entry.value))
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
    fn shown<'a>(&self, names: &'a str) -> &'a str {
        if self.spelling.length > 0 { self.spelling.of(names) } else { self.key.of(names) }
    }
}

impl<V: Weighed> Merge for Tally<V> {
    fn merge_with(&mut self, other: Self) {
        if self.entries.is_empty() && self.seen.is_none() {
            *self = other;
            return;
        }
        self.error += other.error;
        let keys = |entries: &[Entry<V>], names: &str, seen: &mut Distinct| {
            entries.iter().for_each(|entry| seen.insert(entry.key.of(names)));
        };
        if let Some(theirs) = other.seen {
            let mine = self.seen.get_or_insert_with(|| {
                let mut seen = Distinct::default();
                keys(&self.entries, &self.names, &mut seen);
                Box::new(seen)
            });
            mine.merge_with(*theirs);
        } else if let Some(seen) = &mut self.seen {
            keys(&other.entries, &other.names, seen);
        }
        for Entry { value, key, spelling } in other.entries {
            let key = key.of(&other.names);
            let hash = self.hasher.hash_one(key);
            let number = match self.find(key, hash) {
                Some(number) => {
                    if let Some(mine) = self.entries.get_mut(number) {
                        mine.value.merge_with(value);
                    }
                    number
                }
                None => self.add(key, hash, value),
            };
            let spelling = spelling.of(&other.names);
            self.respell(number, if spelling.is_empty() { key } else { spelling });
        }
        if self.entries.len() > self.limit {
            self.let_the_lightest_go();
        }
    }
}

/// The name in lower case, which is its key.
pub fn fold_case(name: &str) -> Cow<'_, str> {
    match is_folded(name.as_bytes()) {
        true => Cow::Borrowed(name),
        false if name.is_ascii() => Cow::Owned(name.to_ascii_lowercase()),
        false => Cow::Owned(name.to_lowercase()),
    }
}

/// At most eight bytes as a number.
fn few(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Whether no byte is a capital letter or more than ASCII; eight at a time.
fn is_folded(name: &[u8]) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // The highest bit of each byte: set where it was, or where the byte lies from `A` to `Z`.
    let unfolded = |word: u64| {
        let low = word & (ONES * 0x7f);
        word | ((low + ONES * (0x80 - 0x41)) & !(low + ONES * (0x80 - 0x5b)))
    };
    let (words, _) = name.as_chunks();
    let found = words.iter().fold(0, |found, word| found | unfolded(u64::from_le_bytes(*word)));
    // The last eight may hold some bytes a second time.
    let last = name.last_chunk().map_or_else(|| few(name), |last| u64::from_le_bytes(*last));
    (found | unfolded(last)) & (ONES * 0x80) == 0
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
    fn the_table_knows_a_name_by_its_key_and_the_spellings_in_which_it_came() {
        let mut tally = Tally::<u64>::default();
        for (count, name) in ["bOB", "BOB", "Bob", "bob", "Alice", "BOB", "ALICE", "alice", "Alice"].into_iter().enumerate() {
            let number = tally.number_of(&tally.sought(name));
            *tally.numbered(number) += 1;
            assert_eq!(tally.key_of(number), name.to_lowercase(), "{count}");
        }
        assert_eq!(sorted(&tally), [("ALICE".to_owned(), 4), ("BOB".to_owned(), 5)]);
        assert_eq!(tally.numbers.len(), 7);
    }

    #[test]
    fn not_every_spelling_that_a_stranger_thinks_of_is_known() {
        let (mut tally, name) = (Tally::<u64>::default(), "abcdefghij");
        let spelled = |spelling: u32| -> String {
            name.char_indices()
                .map(|(at, letter)| if spelling >> at & 1 == 1 { letter.to_ascii_uppercase() } else { letter })
                .collect()
        };
        // Each one sorts before all that came, and then after.
        for spelling in (0..1024).chain((0..1024).rev()) {
            *tally.at(&spelled(spelling)) += 1;
        }
        assert_eq!(sorted(&tally), [("ABCDEFGHIJ".to_owned(), 2048)]);
        assert!(tally.numbers.len() <= SPELLINGS + 1, "{}", tally.numbers.len());
    }

    #[test]
    fn a_capital_is_seen_wherever_it_stands() {
        for length in 0..40 {
            let low = "[".repeat(length);
            assert!(is_folded(low.as_bytes()) && matches!(fold_case(&low), Cow::Borrowed(_)), "{length}");
            for place in 0..length {
                for (odd, folded) in [("A", "a"), ("Z", "z"), ("Ä", "ä")] {
                    let (mut name, mut expected) = (low.clone(), low.clone());
                    name.replace_range(place..=place, odd);
                    expected.replace_range(place..=place, folded);
                    assert_eq!(fold_case(&name), expected);
                }
            }
        }
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
