//! A change: one thing that is new, gone, worse or better, with its figures on both sides.

use std::fmt;

use crate::clock::duration_for_people;
use crate::comparison::share::Share;
use crate::diagnosis::finding::Severity;
use crate::location::Location;
use crate::login::identity::ClientClass;
use crate::protocol::{Protocol, Role};
use crate::text::{counted, thousands};

/// What became of something, as seen from these logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// It is in these logs alone.
    New,
    /// There is more of it, or it takes longer.
    Worse,
    /// It is in the others alone.
    Gone,
    /// There is less of it, or it takes less long.
    Better,
}

impl Direction {
    /// All, in the order in which they are reported.
    pub const ALL: [Self; 4] = [Self::New, Self::Worse, Self::Gone, Self::Better];

    /// The name used in JSON and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Worse => "worse",
            Self::Gone => "gone",
            Self::Better => "better",
        }
    }

    /// The same, as seen from the other side.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        match self {
            Self::New => Self::Gone,
            Self::Worse => Self::Better,
            Self::Gone => Self::New,
            Self::Better => Self::Worse,
        }
    }

    /// Whether somebody should look at it.
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::New | Self::Worse)
    }
}

/// What kind of thing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A finding: there or not, or of another severity.
    Finding,
    /// Attempts that failed in outages, of all of a service.
    Outages,
    /// Failures that are the same, of all attempts of that client class.
    Failures,
    /// Failed attempts of a client class, of all its attempts.
    Logins,
    /// A percentile of how long attempts took.
    Latency,
    /// Logins in clear text, of those of which it is known.
    ClearText,
    /// A way of logging in, of all logins.
    Mechanism,
    /// Failures of one account, of all front-end attempts.
    Account,
}

impl Kind {
    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Finding => "finding",
            Self::Outages => "outages",
            Self::Failures => "failures",
            Self::Logins => "logins",
            Self::Latency => "latency",
            Self::ClearText => "clear_text",
            Self::Mechanism => "mechanism",
            Self::Account => "account",
        }
    }
}

/// What one side has of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Figure {
    /// So many of so many.
    Share(Share),
    /// So many outages, so many milliseconds of them, and the share of attempts that failed in them.
    Outages(u64, i64, Share),
    /// A percentile in milliseconds, and of how many logins.
    Milliseconds(u64, u64),
    /// A finding's severity; `None` if it was not found.
    Severity(Option<Severity>),
}

impl Figure {
    /// The figure as a number by which changes can be sorted: a share from 0 to 1, milliseconds, or a rank.
    pub fn value(&self) -> f64 {
        match self {
            Self::Share(share) | Self::Outages(_, _, share) => share.value(),
            Self::Milliseconds(value, _) => *value as f64,
            Self::Severity(severity) => severity.map_or(0.0, |severity| f64::from(severity as u8) + 1.0),
        }
    }
}

/// As reports say it: `37.5 % of 80`.
impl fmt::Display for Figure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Share(Share { part: 0, whole }) | Self::Outages(0, _, Share { whole, .. }) => {
                write!(out, "none of {}", thousands(*whole))
            }
            Self::Share(share) => {
                let percent = share.value() * 100.0;
                let places = if percent < 0.1 { 2 } else { 1 };
                write!(out, "{percent:.places$} % of {}", thousands(share.whole))
            }
            Self::Outages(outages, length, _) => {
                write!(out, "{}, {}", counted(*outages, "outage", "outages"), duration_for_people(*length))
            }
            Self::Milliseconds(value, _) => write!(out, "{} ms", thousands(*value)),
            Self::Severity(Some(severity)) => out.write_str(severity.name()),
            Self::Severity(None) => out.write_str("not found"),
        }
    }
}

/// One thing that is not the same on both sides.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What became of it.
    pub direction: Direction,
    /// What kind of thing it is.
    pub kind: Kind,
    /// On which server, if it is one server's.
    pub server: Option<String>,
    /// Of which protocol, if it is one protocol's.
    pub protocol: Option<Protocol>,
    /// In which role.
    pub role: Option<Role>,
    /// Of which clients.
    pub class: Option<ClientClass>,
    /// Where failed logins were handed over to: `host:port:encryption`.
    pub target: Option<String>,
    /// The diagnosis, the error, the percentile, the mechanism or the account.
    pub what: String,
    /// What it says more exactly: a finding's title, a failure's response.
    pub detail: String,
    /// What these logs have of it.
    pub this: Figure,
    /// What the others have.
    pub other: Figure,
    /// The ids of the failure groups or outages in these logs.
    pub ids: Vec<String>,
    /// A line that shows it, on the side that has it.
    pub example: Option<Location>,
}

impl Change {
    /// A change of which the rest is still to be filled in.
    pub(super) fn new(direction: Direction, kind: Kind, what: impl Into<String>, this: Figure, other: Figure) -> Self {
        Self {
            direction,
            kind,
            server: None,
            protocol: None,
            role: None,
            class: None,
            target: None,
            what: what.into(),
            detail: String::new(),
            this,
            other,
            ids: Vec::new(),
            example: None,
        }
    }

    /// Where, in words: `EX01 IMAP back end`, `EX01 IMAP to ex07:1993:ssl`; empty if everywhere.
    pub fn place(&self) -> String {
        let role = self.role.filter(|role| *role == Role::BackEnd).map(Role::title);
        let parts = [self.server.as_deref(), self.protocol.map(Protocol::title), role];
        let to = self.target.as_ref().map(|target| format!("to {target}"));
        parts.into_iter().flatten().chain(to.as_deref()).collect::<Vec<_>>().join(" ")
    }

    /// What, in words: `ProxyNotAuthenticated (probes)`, `failed logins (users)`, `outages`.
    pub fn subject(&self) -> String {
        let what = match self.kind {
            Kind::Finding | Kind::Failures => self.what.clone(),
            Kind::Outages => "outages".to_owned(),
            Kind::Logins => "failed logins".to_owned(),
            Kind::Latency => format!("duration, {}", self.what),
            Kind::ClearText => "clear text".to_owned(),
            Kind::Mechanism => format!("logins by {}", self.what),
            Kind::Account => format!("failures of {}", self.what),
        };
        match self.class {
            Some(ClientClass::HealthMailbox) => format!("{what} (probes)"),
            Some(ClientClass::User) => format!("{what} (users)"),
            Some(ClientClass::Unknown) => format!("{what} (no name)"),
            None => what,
        }
    }

    /// How far apart the two sides are, for the order of changes.
    pub(super) fn distance(&self) -> f64 {
        (self.this.value() - self.other.value()).abs()
    }
}
