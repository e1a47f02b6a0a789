//! The attempts of one look, put into the order of time, file and line.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::attempts::attempt::Attempt;

/// So many attempts wait for each other; of more than these the earliest goes first, whatever is read later.
const MOST_WAITING: usize = 65_536;

/// Attempts that wait.
#[derive(Debug, Default)]
pub(super) struct Turns {
    waiting: BinaryHeap<Waiting>,
}

impl Turns {
    /// Takes one in, and gives the one whose turn it is if too many wait.
    pub(super) fn add(&mut self, attempt: Attempt) -> Option<Attempt> {
        self.waiting.push(Waiting(attempt));
        if self.waiting.len() > MOST_WAITING { self.next() } else { None }
    }
}

/// All that wait, in their order.
impl Iterator for Turns {
    type Item = Attempt;

    fn next(&mut self) -> Option<Attempt> {
        self.waiting.pop().map(|first| first.0)
    }
}

/// The earliest is the greatest, as the heap wants it.
#[derive(Debug)]
struct Waiting(Attempt);

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |attempt: &Attempt| (attempt.moment, attempt.location.file.clone(), attempt.location.line);
        key(&other.0).cmp(&key(&self.0))
    }
}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Waiting {}
