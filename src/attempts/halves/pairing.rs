//! Which attempts are each other's other half, among those that are near enough in time.
//!
//! Two are a pair if each fits the other clearly better than anything else does. What only fits attempts that are clearly
//! somebody else's has no other half; all else is ambiguous. A decision looks at the candidates, at theirs, and at those
//! again: at nothing further away than [`REACH`], so that it does not depend on what else is kept.

use std::cell::OnceCell;
use std::collections::{BTreeMap, VecDeque};

use crate::attempts::attempt::Attempt;
use crate::attempts::halves::clue::{Clue, LONGEST};
use crate::attempts::halves::fit::{ENOUGH, fit};
use crate::attempts::in_order::Key;
use crate::attempts::other_half::{Half, OtherHalf};
use crate::collections::map::HashMap;
use crate::protocol::{Protocol, Role};
use crate::summary::clock_sample::CLOCKS_APART;

/// What is further away in time does not count for a decision, in milliseconds.
pub(super) const REACH: i64 = 2 * LONGEST + 3 * CLOCKS_APART;

/// The second best may have so many percent of the best.
const CLEARLY_LESS: u32 = 80;

/// With more candidates than this nothing is clear.
const MOST_CANDIDATES: usize = 16;

/// So many of the same name are looked at.
const MOST_LOOKED_AT: usize = 512;

/// An attempt among those that may be each other's halves.
pub struct Row {
    /// What tells its other half; `None` if there is none.
    pub(super) clue: Option<Clue>,
    /// The attempt, until its turn has come; `None` if nobody wants it.
    pub(super) attempt: Option<Attempt>,
    candidates: OnceCell<Candidates>,
}

/// What fits an attempt, the best first.
#[derive(Default)]
struct Candidates {
    best: Vec<(u32, Key)>,
    are_too_many: bool,
}

impl Row {
    pub(super) fn new(clue: Option<Clue>, attempt: Option<Attempt>) -> Self {
        Self { clue, attempt, candidates: OnceCell::new() }
    }
}

/// The attempts of a while.
#[derive(Default)]
pub(super) struct Pairing {
    rows: BTreeMap<Key, Row>,
    /// Rows by protocol, role and what lines of one account or activity have in common; those without a name by the empty text.
    named: HashMap<String, VecDeque<Key>>,
    /// The latest that was let go.
    gone: Option<i64>,
}

impl Pairing {
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn add(&mut self, key: Key, row: Row) {
        if let Some(clue) = &row.clue {
            for slot in slots(clue, clue.role) {
                let keys = self.named.entry(slot).or_default();
                // Nearly all come in their order.
                let place =
                    if keys.back().is_none_or(|last| *last < key) { keys.len() } else { keys.partition_point(|at| *at < key) };
                keys.insert(place, key);
            }
        }
        self.rows.insert(key, row);
    }

    /// The attempt whose turn has come, with its other half; everything within [`REACH`] must have come. With `is_early` it may not have.
    pub(super) fn settle(&mut self, key: Key, is_early: bool) -> Option<Attempt> {
        let has_clue = self.rows.get(&key)?.clue.is_some();
        let is_torn = self.gone.is_some_and(|gone| key.moment.saturating_sub(REACH) <= gone);
        let is_wanted = self.rows.get(&key)?.attempt.is_some();
        let other_half = match has_clue && is_wanted {
            true if is_early || is_torn => Some(OtherHalf::Undecided),
            true => Some(self.decide(key)),
            false => None,
        };
        let attempt = self.rows.get_mut(&key)?.attempt.take();
        if !has_clue {
            self.rows.remove(&key);
        }
        attempt.map(|attempt| Attempt { other_half, ..attempt })
    }

    /// The earliest.
    pub(super) fn first(&self) -> Option<Key> {
        self.rows.first_key_value().map(|(key, _)| *key)
    }

    /// Lets the earliest go.
    pub(super) fn let_go(&mut self) {
        let Some((key, row)) = self.rows.pop_first() else { return };
        let Some(clue) = row.clue else { return };
        self.gone = self.gone.max(Some(key.moment));
        for slot in slots(&clue, clue.role) {
            if let Some(keys) = self.named.get_mut(slot.as_str()) {
                if let Ok(place) = keys.binary_search(&key) {
                    keys.remove(place);
                }
                if keys.is_empty() {
                    self.named.remove(slot.as_str());
                }
            }
        }
    }

    fn decide(&self, key: Key) -> OtherHalf {
        if let Some((score, other)) = self.partner(key) {
            let half = self.clue(other).map(Clue::half).unwrap_or_default();
            return OtherHalf::Found { score: score.min(100) as u8, half };
        }
        let candidates = self.candidates(key);
        let fitting = || candidates.best.iter().filter(|(score, _)| *score >= ENOUGH);
        if candidates.are_too_many {
            return OtherHalf::Ambiguous { candidates: MOST_CANDIDATES as u32 + 1, half: Half::default() };
        }
        let open: Vec<Half> = fitting()
            .filter(|(_, other)| self.partner(*other).is_none())
            .filter_map(|(_, other)| self.clue(*other).map(Clue::half))
            .collect();
        let candidates = open.len() as u32;
        match open.into_iter().reduce(|all, half| all.common(&half)) {
            Some(half) => OtherHalf::Ambiguous { candidates, half },
            None => OtherHalf::NotFound,
        }
    }

    /// The one that fits clearly best here, if this one does so there.
    fn partner(&self, key: Key) -> Option<(u32, Key)> {
        self.best(key).filter(|(_, other)| self.best(*other).is_some_and(|(_, back)| back == key))
    }

    fn best(&self, key: Key) -> Option<(u32, Key)> {
        let candidates = self.candidates(key);
        let first = *candidates.best.first().filter(|_| !candidates.are_too_many)?;
        let is_clear = candidates.best.get(1).is_none_or(|second| second.0 * 100 <= first.0 * CLEARLY_LESS);
        (is_clear && first.0 >= ENOUGH).then_some(first)
    }

    fn clue(&self, key: Key) -> Option<&Clue> {
        self.rows.get(&key)?.clue.as_ref()
    }

    fn candidates(&self, key: Key) -> &Candidates {
        const NONE: &Candidates = &Candidates { best: Vec::new(), are_too_many: false };
        let Some(row) = self.rows.get(&key) else { return NONE };
        let Some(clue) = &row.clue else { return NONE };
        row.candidates.get_or_init(|| self.look_for(clue))
    }

    fn look_for(&self, clue: &Clue) -> Candidates {
        let (other, before, behind) = match clue.role {
            Role::FrontEnd => (Role::BackEnd, clue.duration + CLOCKS_APART, CLOCKS_APART),
            Role::BackEnd => (Role::FrontEnd, CLOCKS_APART, LONGEST + CLOCKS_APART),
        };
        let first = Key { moment: clue.moment.saturating_sub(before), file: 0, line: 0 };
        let last = Key { moment: clue.moment.saturating_add(behind), file: usize::MAX, line: u64::MAX };
        let (mut found, mut are_too_many) = (Vec::new(), false);
        if clue.names.is_empty() {
            // Anybody may be it.
            found.extend(self.rows.range(first..=last).take(MOST_LOOKED_AT).map(|(key, _)| *key));
            are_too_many = found.len() >= MOST_LOOKED_AT;
        } else {
            let nameless = slot(clue.protocol, other, "");
            for slot in slots(clue, other).chain([nameless]) {
                let Some(keys) = self.named.get(slot.as_str()) else { continue };
                let near = keys.range(keys.partition_point(|key| *key < first)..).take_while(|key| **key <= last);
                let before = found.len();
                found.extend(near.take(MOST_LOOKED_AT));
                are_too_many |= found.len() - before >= MOST_LOOKED_AT;
            }
            found.sort_unstable();
            found.dedup();
        }
        let mut best: Vec<(u32, Key)> = found.into_iter().filter_map(|key| Some((self.score(clue, key, other)?, key))).collect();
        best.sort_unstable_by(|(score, key), (other_score, other)| other_score.cmp(score).then(key.cmp(other)));
        are_too_many |= best.len() > MOST_CANDIDATES;
        best.truncate(MOST_CANDIDATES);
        Candidates { best, are_too_many }
    }

    fn score(&self, clue: &Clue, key: Key, role: Role) -> Option<u32> {
        let other = self.clue(key).filter(|other| other.role == role)?;
        if role == Role::BackEnd { fit(clue, other) } else { fit(other, clue) }
    }
}

/// Where rows of `role` stand that may be of the account of this one, or of its activity.
fn slots(clue: &Clue, role: Role) -> impl Iterator<Item = String> {
    let nameless = clue.names.is_empty().then_some("");
    let activity = clue.activity.iter().map(move |id| [clue.protocol.name(), role.name(), "activity", id].join(" "));
    clue.names.keys().into_iter().chain(nameless).map(move |key| slot(clue.protocol, role, key)).chain(activity)
}

fn slot(protocol: Protocol, role: Role, key: &str) -> String {
    [protocol.name(), role.name(), "account", key].join(" ")
}
