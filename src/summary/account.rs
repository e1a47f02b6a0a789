//! What is kept of one account or one address: how often it worked, how often it failed, and when.

use serde::{Deserialize, Serialize};

use crate::collections::minutes::Minutes;
use crate::collections::partners::Partners;
use crate::collections::tally::Weighed;
use crate::location::Location;
use crate::login::mechanism::Mechanism;
use crate::login::outcome::Outcome;
use crate::merge::{Merge, Span};
use crate::summary::counts::Counts;

/// How many attempts were made in ways that one would like to switch off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OldWays {
    /// With basic authentication.
    pub basic: u32,
    /// On ports where a connection begins in clear text (143 and 110), whether it changed to TLS or not.
    pub clear_port: u32,
}

impl OldWays {
    /// The ways of one attempt.
    pub fn of(mechanism: Mechanism, port: Option<u16>) -> Self {
        Self { basic: mechanism.is_basic().into(), clear_port: matches!(port, Some(143 | 110)).into() }
    }
}

impl Merge for OldWays {
    fn merge_with(&mut self, other: Self) {
        self.basic = self.basic.saturating_add(other.basic);
        self.clear_port = self.clear_port.saturating_add(other.clear_port);
    }
}

/// The attempts of one account, or from one address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// What came of its attempts.
    pub counts: Counts,
    /// Its first and last failure.
    pub failed: Option<Span>,
    /// Its first and last success.
    pub succeeded: Option<Span>,
    /// In which ways it is behind the times.
    pub old_ways: OldWays,
    /// Its failures because of bad credentials.
    pub refused: Option<Box<Refused>>,
}

/// Failures because of bad credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// How many.
    pub count: u64,
    /// The first and the last.
    pub span: Span,
    /// How many in each minute.
    pub minutes: Minutes<u64>,
    /// The first one: when, and where it stands.
    pub first: (i64, Location),
    /// For an account the addresses they came from, for an address the accounts that were tried.
    pub partners: Partners,
}

impl Refused {
    /// From how many addresses, or (of an address) how many accounts.
    pub fn sources(&self) -> u64 {
        // Of very many it is an estimate, and nobody comes from more addresses than he comes times.
        self.partners.count().min(self.count)
    }
}

impl Account {
    /// Takes in one attempt.
    pub fn add(&mut self, outcome: Outcome, moment: i64, ways: OldWays) {
        self.counts.add(outcome);
        self.old_ways.merge_with(ways);
        match outcome {
            Outcome::Succeeded => self.succeeded.merge_with(Some(Span::at(moment))),
            Outcome::Failed => self.failed.merge_with(Some(Span::at(moment))),
            Outcome::Unknown => {}
        }
    }

    /// Takes in that the attempt failed because of bad credentials; `partner` is the address of an account, or the account
    /// tried from an address, in lower case.
    pub fn add_refused(&mut self, moment: i64, location: impl Fn() -> Location, partner: &str) {
        let refused = self.refused.get_or_insert_with(|| {
            Box::new(Refused {
                count: 0,
                minutes: Minutes::default(),
                span: Span::at(moment),
                first: (moment, location()),
                partners: Partners::default(),
            })
        });
        refused.count += 1;
        refused.span.include(moment);
        *refused.minutes.at(moment) += 1;
        refused.partners.insert(partner);
    }

    /// Adds `lines` to the line number of the first refusal.
    pub fn shift_lines(&mut self, lines: u64) {
        if let Some(refused) = &mut self.refused {
            refused.first.1.line += lines;
        }
    }
}

impl Merge for Account {
    fn merge_with(&mut self, other: Self) {
        self.counts.merge_with(other.counts);
        self.failed.merge_with(other.failed);
        self.succeeded.merge_with(other.succeeded);
        self.old_ways.merge_with(other.old_ways);
        match (&mut self.refused, other.refused) {
            (Some(mine), Some(theirs)) => {
                mine.count += theirs.count;
                mine.span.merge_with(theirs.span);
                mine.minutes.merge_with(theirs.minutes);
                if theirs.first < mine.first {
                    mine.first = theirs.first;
                }
                mine.partners.merge_with(theirs.partners);
            }
            (None, theirs) => self.refused = theirs,
            (Some(_), None) => {}
        }
    }
}

impl Weighed for Account {
    /// A failure weighs more than any number of successes: failing accounts are what reports are about.
    fn weight(&self) -> u64 {
        self.counts.failed.saturating_mul(1 << 20).saturating_add(self.counts.attempts())
    }
}
