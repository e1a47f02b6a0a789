//! The attempts of one look, put into the order of time, file and line.

use std::collections::BinaryHeap;
use std::sync::Arc;

use crate::attempts::attempt::Attempt;
use crate::collections::earliest::Earliest;

/// So many attempts wait for each other; of more than these the earliest goes first, whatever is read later.
const MOST_WAITING: usize = 65_536;

/// Time, file and line.
type Key = (i64, Arc<str>, u64);

/// Attempts that wait.
#[derive(Debug, Default)]
pub(super) struct Turns {
    waiting: BinaryHeap<Earliest<Key, Attempt>>,
}

impl Turns {
    /// Takes one in, and gives the one whose turn it is if too many wait.
    pub(super) fn add(&mut self, attempt: Attempt) -> Option<Attempt> {
        let key = (attempt.moment, attempt.location.file.clone(), attempt.location.line);
        self.waiting.push(Earliest { key, what: attempt });
        if self.waiting.len() > MOST_WAITING { self.next() } else { None }
    }
}

/// All that wait, in their order.
impl Iterator for Turns {
    type Item = Attempt;

    fn next(&mut self) -> Option<Attempt> {
        self.waiting.pop().map(|first| first.what)
    }
}
