//! Login attempts by outcome.

use serde::{Deserialize, Serialize};

use crate::login::outcome::Outcome;
use crate::merge::Merge;

/// How many attempts there were and what came of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// The answer was OK.
    pub succeeded: u64,
    /// The answer was a refusal, or there was an error and no answer.
    pub failed: u64,
    /// The line says neither.
    pub unknown: u64,
}

impl Counts {
    /// Counts one attempt.
    pub fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Succeeded => self.succeeded += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Unknown => self.unknown += 1,
        }
    }

    /// All attempts.
    pub fn attempts(&self) -> u64 {
        self.succeeded + self.failed + self.unknown
    }
}

impl Merge for Counts {
    fn merge_with(&mut self, other: Self) {
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.unknown += other.unknown;
    }
}
