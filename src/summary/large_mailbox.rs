//! Mailboxes with very many messages, as `select`, `examine` and `stat` report them, and whether they give trouble.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::collections::tally::fold_case;
use crate::location::Location;
use crate::merge::{Merge, Span};

/// More messages than this are very many.
pub const VERY_MANY: u64 = 20_000;

/// A command that takes longer than this, in milliseconds, has timed out or is about to.
pub const VERY_SLOW: u64 = 60_000;

/// So many mailboxes are kept.
const MOST: usize = 1_000;

/// Large mailboxes by account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LargeMailboxes(BTreeMap<Box<str>, LargeMailbox>);

/// One account with a large mailbox or folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LargeMailbox {
    /// The most messages that were reported.
    pub messages: u64,
    /// How often it was opened.
    pub opened: u64,
    /// How often opening it failed or took a minute or longer.
    pub troubled: u64,
    /// When.
    pub span: Span,
    /// One line that shows it, with its messages and its time: of the troubled ones, else of all, that with the most messages, and of
    /// these the first.
    pub example: (bool, Reverse<u64>, i64, Location, Arc<str>),
}

impl LargeMailboxes {
    /// Takes in that an account opened a large mailbox.
    pub fn add(&mut self, name: &str, mailbox: LargeMailbox) {
        self.merge_with(Self(BTreeMap::from([(fold_case(name).into(), mailbox)])));
    }

    /// All of them by account.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &LargeMailbox)> {
        self.0.iter().map(|(name, mailbox)| (name.as_ref(), mailbox))
    }

    /// Adds `lines` to the line number of every example.
    pub fn shift_lines(&mut self, lines: u64) {
        self.0.values_mut().for_each(|mailbox| mailbox.example.3.line += lines);
    }
}

impl Merge for LargeMailbox {
    fn merge_with(&mut self, other: Self) {
        self.messages = self.messages.max(other.messages);
        self.opened += other.opened;
        self.troubled += other.troubled;
        self.span.merge_with(other.span);
        if other.example < self.example {
            self.example = other.example;
        }
    }
}

impl Merge for LargeMailboxes {
    fn merge_with(&mut self, other: Self) {
        self.0.merge_with(other.0);
        while self.0.len() > MOST {
            self.0.pop_last();
        }
    }
}
