//! What is kept of one account or one address: how often it worked, how often it failed, and when.

use crate::collections::tally::Weighed;
use crate::login::outcome::Outcome;
use crate::merge::{Merge, Span};
use crate::summary::counts::Counts;

/// The attempts of one account, or from one address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Account {
    /// What came of its attempts.
    pub counts: Counts,
    /// Its first and last failure.
    pub failed: Option<Span>,
    /// Its first and last success.
    pub succeeded: Option<Span>,
}

impl Account {
    /// Takes in one attempt.
    pub fn add(&mut self, outcome: Outcome, moment: i64) {
        self.counts.add(outcome);
        match outcome {
            Outcome::Succeeded => self.succeeded.merge_with(Some(Span::at(moment))),
            Outcome::Failed => self.failed.merge_with(Some(Span::at(moment))),
            Outcome::Unknown => {}
        }
    }
}

impl Merge for Account {
    fn merge_with(&mut self, other: Self) {
        self.counts.merge_with(other.counts);
        self.failed.merge_with(other.failed);
        self.succeeded.merge_with(other.succeeded);
    }
}

impl Weighed for Account {
    /// A failure weighs more than any number of successes: failing accounts are what reports are about.
    fn weight(&self) -> u64 {
        self.counts.failed.saturating_mul(1 << 20).saturating_add(self.counts.attempts())
    }
}
