//! Who was hit, and when: the accounts whose logins failed for a reason of the server's own, in steps of ten minutes; of each step the
//! first failure, the last one, and the minutes that have any.
//!
//! It answers how many users one outage hit where several outages share a failure group.

use serde::{Deserialize, Serialize};

use crate::collections::map::HashMap;
use crate::collections::minutes::MINUTE;
use crate::collections::tally::EXACT_NAMES;
use crate::merge::Merge;

mod stored;

/// Ten minutes, in milliseconds.
const STEP: i64 = 600_000;

/// So many pairs of account and step are kept.
const MOST_ENTRIES: usize = 2_000_000;

/// Accounts by the time of their failures.
#[derive(Debug, Clone, Default)]
pub struct Affected {
    numbers: HashMap<Box<str>, u32>,
    entries: HashMap<(i32, u32), Failures>,
    is_cut: bool,
}

/// The failures of one account in one step, in milliseconds from its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Failures {
    first: u32,
    last: u32,
    /// One bit for each of the step's minutes.
    minutes: u16,
}

impl Failures {
    fn at(offset: i64) -> Self {
        Self { first: offset as u32, last: offset as u32, minutes: 1 << (offset / MINUTE) }
    }

    /// Whether one lies between two moments, both included, as far as it is known: of a minute that only partly lies there, and that
    /// holds neither the first failure nor the last, it is taken to be so.
    fn are_any_between(self, start: i64, end: i64) -> bool {
        let ends = [i64::from(self.first), i64::from(self.last)];
        let is_between = |minute: i64| {
            let (first, last) = (minute * MINUTE, (minute + 1) * MINUTE - 1);
            let is_whole = start <= first && last <= end;
            let is_part = first <= end && start <= last && !ends.iter().any(|offset| (first..=last).contains(offset));
            self.minutes >> minute & 1 == 1 && (is_whole || is_part)
        };
        ends.iter().any(|offset| (start..=end).contains(offset)) || (0..STEP / MINUTE).any(is_between)
    }
}

impl Merge for Failures {
    fn merge_with(&mut self, other: Self) {
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.minutes |= other.minutes;
    }
}

impl Affected {
    /// Takes in a failure of an account, by its key in lower case.
    pub fn add(&mut self, key: &str, moment: i64) {
        self.include(key, (moment.div_euclid(STEP)) as i32, Failures::at(moment.rem_euclid(STEP)));
    }

    fn include(&mut self, key: &str, step: i32, failures: Failures) {
        let fresh = self.numbers.len();
        let number = match self.numbers.get(key) {
            Some(number) => *number,
            None if fresh >= EXACT_NAMES => return self.is_cut = true,
            None => *self.numbers.entry(key.into()).or_insert(fresh as u32),
        };
        let is_full = self.entries.len() >= MOST_ENTRIES;
        match self.entries.get_mut(&(step, number)) {
            Some(mine) => mine.merge_with(failures),
            None if is_full => self.is_cut = true,
            None => {
                self.entries.insert((step, number), failures);
            }
        }
    }

    /// The keys of the accounts with a failure from `start` to `end`, both included, in no order.
    pub fn between(&self, start: i64, end: i64) -> impl Iterator<Item = &str> {
        let mut hit = vec![false; self.numbers.len()];
        for ((step, number), failures) in &self.entries {
            let began = i64::from(*step) * STEP;
            if failures.are_any_between(start - began, end - began)
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
        let mut entries: Vec<((i32, u32), Failures)> = other.entries.into_iter().collect();
        entries.sort_unstable_by_key(|(place, _)| *place);
        for ((step, number), failures) in entries {
            if let Some((_, key)) = names.get(number as usize) {
                self.include(key, step, failures);
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

    #[test]
    fn who_failed_before_and_after_may_have_failed_within() {
        let hit = |moments: &[i64], start: i64, end: i64| {
            let mut affected = Affected::default();
            moments.iter().for_each(|moment| affected.add("alice", 7 * STEP + moment));
            affected.between(7 * STEP + start, 7 * STEP + end).count() == 1
        };
        let [before, within, after] = [30_000, 4 * MINUTE + 30_000, 9 * MINUTE];
        for (moments, start, end, expected) in [
            (&[before, within, after][..], 2 * MINUTE, 6 * MINUTE, true),
            (&[before, after], 2 * MINUTE, 6 * MINUTE, false),
            // The minute lies only partly there.
            (&[before, within, after], 4 * MINUTE + 20_000, 4 * MINUTE + 40_000, true),
            (&[before], 20_000, 40_000, true),
            (&[before], 40_000, 2 * MINUTE, false),
            (&[after], 2 * MINUTE, 9 * MINUTE - 1, false),
            (&[after], 2 * MINUTE, 9 * MINUTE, true),
        ] {
            assert_eq!(hit(moments, start, end), expected, "{moments:?} {start} {end}");
        }
    }
}
