//! The other half of an attempt: what the back end said of a login that a front end handed over, and from where the login of a
//! back end really came.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::attempts::attempt::Attempt;
use crate::location::Location;
use crate::login::error_code::ErrorClass;
use crate::login::outcome::Outcome;
use crate::protocol::{Protocol, Role};

/// What came of looking for the other half.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OtherHalf {
    /// One attempt fits clearly best, and this one fits it best.
    Found {
        /// How well they fit: 65 to 100; 100 also where both lines have the same `CafeActivityId`.
        score: u8,
        /// The other half.
        half: Half,
    },
    /// Several attempts fit about equally, or the one that fits does so with others as well.
    Ambiguous {
        /// How many fit, counted up to 17.
        candidates: u32,
        /// What is the same for all of them.
        half: Half,
    },
    /// No attempt fits.
    NotFound,
    /// More attempts came at once than could be held against each other, or too late.
    Undecided,
}

impl OtherHalf {
    /// The name used in tables and JSON.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Found { .. } => "matched",
            Self::Ambiguous { .. } => "ambiguous",
            Self::NotFound => "unmatched",
            Self::Undecided => "undecided",
        }
    }

    /// How well the halves fit, if they were found.
    pub const fn score(&self) -> Option<u8> {
        match self {
            Self::Found { score, .. } => Some(*score),
            _ => None,
        }
    }

    /// How many attempts fit, if it is more than one or not clear.
    pub const fn candidates(&self) -> Option<u32> {
        match self {
            Self::Ambiguous { candidates, .. } => Some(*candidates),
            _ => None,
        }
    }

    /// The other half, or what all that may be it have in common.
    pub const fn half(&self) -> Option<&Half> {
        match self {
            Self::Found { half, .. } | Self::Ambiguous { half, .. } => Some(half),
            Self::NotFound | Self::Undecided => None,
        }
    }
}

/// An attempt as it is shown beside its other half; of several only what is the same for all is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Half {
    /// The server.
    pub server: Option<Arc<str>>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// The error code; empty if there is none.
    pub error: Option<Box<str>>,
    /// The client's address: on a front end that of the real client.
    pub client: Option<Box<str>>,
    /// The session's number.
    pub session: Option<u64>,
    /// Where its line stands.
    pub location: Option<Location>,
}

impl Half {
    /// What is the same here and there.
    #[must_use]
    pub(super) fn common(self, other: &Self) -> Self {
        Self {
            server: same(self.server, &other.server),
            outcome: same(self.outcome, &other.outcome),
            error: same(self.error, &other.error),
            client: same(self.client, &other.client),
            session: same(self.session, &other.session),
            location: same(self.location, &other.location),
        }
    }
}

fn same<T: PartialEq>(mine: Option<T>, theirs: &Option<T>) -> Option<T> {
    mine.filter(|value| theirs.as_ref() == Some(value))
}

/// A service by its protocol, role and server; servers are few.
type Service = (Protocol, Role, Option<Arc<str>>);

/// For how many attempts of each service the other half was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shares(BTreeMap<Service, Share>);

/// Attempts of a service by what came of looking for their other half.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// It was found.
    pub matched: u64,
    /// Several fit.
    pub ambiguous: u64,
    /// None fits.
    pub unmatched: u64,
    /// It could not be looked for.
    pub undecided: u64,
}

impl Share {
    /// All that have another half, or should.
    pub const fn total(self) -> u64 {
        self.matched + self.ambiguous + self.unmatched + self.undecided
    }
}

impl Shares {
    /// Counts an attempt, if its other half was looked for.
    pub fn add(&mut self, attempt: &Attempt) {
        let Some(other) = &attempt.other_half else { return };
        // Where the back end could not be reached there is no other half to be found.
        if *other == OtherHalf::NotFound && attempt.error_class == Some(ErrorClass::ProxyConnection) {
            return;
        }
        let share = self.0.entry((attempt.protocol, attempt.role, attempt.server.clone())).or_default();
        *match other {
            OtherHalf::Found { .. } => &mut share.matched,
            OtherHalf::Ambiguous { .. } => &mut share.ambiguous,
            OtherHalf::NotFound => &mut share.unmatched,
            OtherHalf::Undecided => &mut share.undecided,
        } += 1;
    }

    /// The services in their order, and what was found for them.
    pub fn iter(&self) -> impl Iterator<Item = (Protocol, Role, Option<&str>, Share)> {
        self.0.iter().map(|((protocol, role, server), share)| (*protocol, *role, server.as_deref(), *share))
    }
}
