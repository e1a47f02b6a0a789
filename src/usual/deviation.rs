//! A deviation: what is not as usual, where, since when, and by how much.

use crate::diagnosis::finding::Severity;
use crate::protocol::{Protocol, Role};

/// What kind of thing is not as usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// More logins failed than usual.
    FailuresFarAbove,
    /// Fewer logins of clients were tried than usual.
    AttemptsFarBelow,
    /// The probes of Exchange itself fail as they usually do not.
    ProbesFailing,
    /// The probes of Exchange itself are missing.
    ProbesMissing,
    /// More logins of clients were tried than usual.
    AttemptsFarAbove,
    /// Failures of a kind that was never there before.
    NewFailureGroup,
    /// Failures of a kind that had been gone for a while.
    FailureGroupBack,
    /// Accounts fail that never failed before, more than usual.
    AccountsNeverFailedBefore,
    /// Logins take longer than usual.
    LoginsSlower,
}

impl Kind {
    /// All, the strongest sign first.
    pub const ALL: [Self; 9] = [
        Self::FailuresFarAbove,
        Self::AttemptsFarBelow,
        Self::ProbesFailing,
        Self::ProbesMissing,
        Self::AttemptsFarAbove,
        Self::NewFailureGroup,
        Self::FailureGroupBack,
        Self::AccountsNeverFailedBefore,
        Self::LoginsSlower,
    ];

    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FailuresFarAbove => "failures-far-above",
            Self::AttemptsFarBelow => "attempts-far-below",
            Self::ProbesFailing => "probes-failing",
            Self::ProbesMissing => "probes-missing",
            Self::AttemptsFarAbove => "attempts-far-above",
            Self::NewFailureGroup => "new-failure-group",
            Self::FailureGroupBack => "failure-group-back",
            Self::AccountsNeverFailedBefore => "accounts-never-failed-before",
            Self::LoginsSlower => "logins-slower",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// What the figures of the kind count.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::FailuresFarAbove | Self::NewFailureGroup | Self::FailureGroupBack => "failures",
            Self::AttemptsFarBelow | Self::AttemptsFarAbove => "attempts",
            Self::ProbesFailing | Self::ProbesMissing => "probes",
            Self::AccountsNeverFailedBefore => "accounts",
            Self::LoginsSlower => "milliseconds",
        }
    }
}

/// One thing that is not as usual. Names in it come from logs: they pass an escape door before they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation {
    /// What kind of thing.
    pub kind: Kind,
    /// How bad: [`Severity::Medium`] at most. That something is not as usual says nothing about why.
    pub severity: Severity,
    /// On which server.
    pub server: Option<String>,
    /// Of which protocol.
    pub protocol: Protocol,
    /// In which role.
    pub role: Role,
    /// Since when (milliseconds since 1970 UTC): the beginning of an hour or day, or the first failure of a group.
    pub from: i64,
    /// Until when: the end of an hour or day, or the last failure of a group.
    pub to: i64,
    /// It was so before this night already.
    pub continues: bool,
    /// What is, what is usual, and from how much history that is known; in a sentence without a full stop. Times are UTC.
    pub text: String,
    /// How many there are now, in the kind's unit.
    pub now: u64,
    /// How many there usually are; `None` where there never were any.
    pub usual: Option<u64>,
    /// Which other kinds of deviations of the same hours the sentence tells, too.
    pub also: Vec<Kind>,
}
