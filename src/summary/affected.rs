//! Who was hit, and when: the accounts whose logins failed for a reason of the server's own, in steps of ten minutes.
//!
//! It answers how many users one outage hit where several outages share a failure group.

use crate::collections::map::HashMap;
use crate::collections::tally::EXACT_NAMES;
use crate::merge::{Merge, Span};

mod stored;

/// Ten minutes, in milliseconds.
const STEP: i64 = 600_000;

/// So many pairs of account and step are kept.
const MOST_ENTRIES: usize = 2_000_000;

/// Accounts by the time of their failures.
#[derive(Debug, Clone, Default)]
pub struct Affected {
    numbers: HashMap<Box<str>, u32>,
    entries: HashMap<(i32, u32), Span>,
    is_cut: bool,
}

impl Affected {
    /// Takes in a failure of an account, by its key in lower case.
    pub fn add(&mut self, key: &str, moment: i64) {
        self.include(key, (moment.div_euclid(STEP)) as i32, Span::at(moment));
    }

    fn include(&mut self, key: &str, step: i32, span: Span) {
        let fresh = self.numbers.len();
        let number = match self.numbers.get(key) {
            Some(number) => *number,
            None if fresh >= EXACT_NAMES => return self.is_cut = true,
            None => *self.numbers.entry(key.into()).or_insert(fresh as u32),
        };
        let is_full = self.entries.len() >= MOST_ENTRIES;
        match self.entries.get_mut(&(step, number)) {
            Some(mine) => mine.merge_with(span),
            None if is_full => self.is_cut = true,
            None => {
                self.entries.insert((step, number), span);
            }
        }
    }

    /// The keys of the accounts with a failure from `start` to `end`, both included, in no order.
    pub fn between(&self, start: i64, end: i64) -> impl Iterator<Item = &str> {
        let inside = move |moment: i64| (start..=end).contains(&moment);
        let mut hit = vec![false; self.numbers.len()];
        for ((_, number), span) in &self.entries {
            if (inside(span.first) || inside(span.last))
                && let Some(flag) = hit.get_mut(*number as usize)
            {
                *flag = true;
            }
        }
        self.numbers
            .iter()
            .filter(move |(_, number)| hit.get(**number as usize).copied().unwrap_or_default())
            .map(|(key, _)| key.as_ref())
    }

    /// Lets all names go; whether every account was kept stays known.
    pub fn forget_names(&mut self) {
        *self = Self { is_cut: self.is_cut, ..Self::default() };
    }

    /// Whether every account was kept.
    pub fn is_exact(&self) -> bool {
        !self.is_cut
    }
}

impl Merge for Affected {
    fn merge_with(&mut self, other: Self) {
        if self.numbers.is_empty() {
            let is_cut = self.is_cut;
            *self = other;
            self.is_cut |= is_cut;
            return;
        }
        self.is_cut |= other.is_cut;
        let mut names: Vec<(u32, Box<str>)> = other.numbers.into_iter().map(|(key, number)| (number, key)).collect();
        names.sort_unstable();
        let mut entries: Vec<((i32, u32), Span)> = other.entries.into_iter().collect();
        entries.sort_unstable_by_key(|(place, _)| *place);
        for ((step, number), span) in entries {
            if let Some((_, key)) = names.get(number as usize) {
                self.include(key, step, span);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_hit_is_known_per_outage() {
        let (mut early, mut late) = (Affected::default(), Affected::default());
        early.add("alice", 1_000);
        early.add("bob", 500_000);
        late.add("carol", 4 * STEP);
        late.add("bob", 4 * STEP + 5);
        late.merge_with(early);
        let between = |start, end| {
            let mut keys: Vec<_> = late.between(start, end).collect();
            keys.sort_unstable();
            keys
        };
        assert_eq!(between(0, STEP), ["alice", "bob"]);
        assert_eq!(between(STEP, 5 * STEP), ["bob", "carol"]);
        assert_eq!(between(2_000, 400_000), [""; 0]);
    }
}
