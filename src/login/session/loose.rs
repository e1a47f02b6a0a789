//! What is loose of one session number in a stretch.

use std::mem;

use serde::{Deserialize, Serialize};

use super::SessionCounts;
use super::fragment::{End, Fragment};

/// The loose ends of one session number in a stretch; none, if all its sessions are whole. Few have two, and no room is kept for
/// the second of the others.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Ends", into = "Ends")]
pub(super) enum Loose {
    #[default]
    None,
    /// A fragment whose start may lie before the stretch.
    Head(Fragment),
    /// One that began in it and goes on behind it.
    Tail(Fragment),
    Both(Box<(Fragment, Fragment)>),
}

/// The same as files hold it.
#[derive(Serialize, Deserialize)]
struct Ends {
    head: Option<Fragment>,
    tail: Option<Fragment>,
}

impl Loose {
    /// The last fragment, if it goes on.
    #[inline]
    pub(super) fn running(&mut self) -> Option<&mut Fragment> {
        // Asked of every line, and nearly always the answer: so one comparison, and no table of the variants.
        let last = if let Self::Head(last) | Self::Tail(last) = self { last } else { self.last_of_both()? };
        Some(last).filter(|fragment| fragment.end == End::Running)
    }

    #[cold]
    fn last_of_both(&mut self) -> Option<&mut Fragment> {
        if let Self::Both(both) = self { Some(&mut both.1) } else { None }
    }

    /// Puts a head where nothing is.
    pub(super) fn begin_with(&mut self, head: Fragment) {
        *self = Self::Head(head);
    }

    /// Puts a tail behind the head, if there is one, and in the place of the tail before.
    pub(super) fn end_with(&mut self, tail: Fragment) {
        match self {
            Self::None | Self::Tail(_) => *self = Self::Tail(tail),
            Self::Both(both) => both.1 = tail,
            Self::Head(_) => {
                if let (Some(head), _) = mem::take(self).into_ends() {
                    *self = Self::Both(Box::new((head, tail)));
                }
            }
        }
    }

    /// Counts the tail, and lets it go.
    pub(super) fn count_tail(&mut self, counts: &mut SessionCounts) {
        match self {
            Self::None | Self::Head(_) => {}
            Self::Tail(tail) => {
                tail.count(counts);
                *self = Self::None;
            }
            Self::Both(_) => {
                let (head, tail) = mem::take(self).into_ends();
                tail.into_iter().for_each(|mut tail| tail.count(counts));
                head.into_iter().for_each(|head| self.begin_with(head));
            }
        }
    }

    /// Counts the tail if it is over.
    pub(super) fn settle(&mut self, counts: &mut SessionCounts) {
        if self.running().is_none() {
            self.count_tail(counts);
        }
    }

    /// When its last line was written.
    pub(super) fn last_time(&self) -> i64 {
        match self {
            Self::None => i64::MIN,
            Self::Head(fragment) | Self::Tail(fragment) => fragment.last_time,
            Self::Both(both) => both.0.last_time.max(both.1.last_time),
        }
    }

    /// Counts what is there as what it is.
    pub(super) fn count(self, counts: &mut SessionCounts) {
        let (head, tail) = self.into_ends();
        for mut fragment in [head, tail].into_iter().flatten() {
            fragment.count(counts);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Head and tail.
    pub(super) fn into_ends(self) -> (Option<Fragment>, Option<Fragment>) {
        match self {
            Self::None => (None, None),
            Self::Head(head) => (Some(head), None),
            Self::Tail(tail) => (None, Some(tail)),
            Self::Both(both) => (Some(both.0), Some(both.1)),
        }
    }
}

impl From<Ends> for Loose {
    fn from(ends: Ends) -> Self {
        match ends {
            Ends { head: None, tail: None } => Self::None,
            Ends { head: Some(head), tail: None } => Self::Head(head),
            Ends { head: None, tail: Some(tail) } => Self::Tail(tail),
            Ends { head: Some(head), tail: Some(tail) } => Self::Both(Box::new((head, tail))),
        }
    }
}

impl From<Loose> for Ends {
    fn from(loose: Loose) -> Self {
        let (head, tail) = loose.into_ends();
        Self { head, tail }
    }
}
