//! A finding: what a diagnosis says of a case, how bad and how sure it is, and what it rests on.

use crate::location::Location;
use crate::protocol::Protocol;
use crate::text::{counted, thousands};

/// What one cause on several servers is known by, and what it is called there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cause {
    /// What it is: findings of one diagnosis with the same cause, at one time, are one story.
    pub what: String,
    /// What stands in a title before the servers, and behind them.
    pub title: (String, String),
    /// How many attempts there were and how many failed, of accounts and of probes; `None` where nothing is counted.
    pub figures: Option<Figures>,
    /// When it was so: beginnings and ends in milliseconds since 1970 UTC; empty where it is not known more closely than by the finding.
    pub times: Vec<(i64, i64)>,
    /// Failures that the figures leave out: at other times, or at other targets.
    pub more: u64,
    /// Since when it is known to work again.
    pub worked_again: Option<i64>,
    /// It may have begun before the logs, or before the window.
    pub may_be_older: bool,
    /// What else is true of all that failed.
    pub beside: Option<String>,
}

/// What is so again within so many milliseconds is of the same time.
const SAME_TIME: i64 = 15 * 60_000;

/// That something was so at several times that lie apart, in words; nothing if it was one time.
pub fn at_times(mut times: Vec<(i64, i64)>) -> String {
    times.sort_unstable();
    let (mut apart, mut until) = (0, i64::MIN);
    for (start, end) in times {
        apart += u64::from(start > until.saturating_add(SAME_TIME));
        until = until.max(end);
    }
    if apart > 1 { format!(" at {} different times", thousands(apart)) } else { String::new() }
}

/// The figures of failures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// All attempts in the outages; 0 without outages.
    pub attempts: u64,
    /// Failures of ordinary accounts.
    pub users_failed: u64,
    /// Failures of Exchange's own probes.
    pub probes_failed: u64,
}

impl Figures {
    /// The figures in words; `there` says where the attempts failed, beginning with a blank, if they were also made elsewhere.
    pub fn words(self, there: &str) -> String {
        let failed = self.users_failed + self.probes_failed;
        let what = match self.attempts {
            0 => counted(failed, "failure", "failures"),
            attempts => format!("{} of {} attempts failed{there}", thousands(failed), thousands(attempts)),
        };
        format!("{what} ({} of accounts, {} of probes)", thousands(self.users_failed), thousands(self.probes_failed))
    }
}

/// How bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know.
    Info,
    /// To be looked at some day.
    Low,
    /// Somebody is hindered.
    Medium,
    /// Many are hindered, or will be.
    High,
    /// Nobody can log in, or somebody has broken in.
    Critical,
}

impl Severity {
    /// All, the least first.
    pub const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The name used in options and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The severity of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }
}

/// How sure, apart from how bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// It may be so; something speaks against it, or too little for it.
    Possible,
    /// The logs fit, and nothing contradicts.
    Consistent,
    /// Independent evidence beside the logs agrees.
    Supported,
    /// The change that caused it is seen, or its reversal cured it.
    Confirmed,
}

impl Confidence {
    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Consistent => "consistent",
            Self::Supported => "supported",
            Self::Confirmed => "confirmed",
        }
    }

    /// One step less sure.
    #[must_use]
    pub const fn lowered(self) -> Self {
        match self {
            Self::Confirmed => Self::Supported,
            Self::Supported => Self::Consistent,
            Self::Consistent | Self::Possible => Self::Possible,
        }
    }
}

/// What a piece of evidence does to a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// It speaks for it.
    Supports,
    /// It speaks against it.
    Contradicts,
    /// It is not there, and would tell.
    Missing,
}

impl Effect {
    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Supports => "supports",
            Self::Contradicts => "contradicts",
            Self::Missing => "missing",
        }
    }
}

/// One thing that a finding rests on, or lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What it does.
    pub effect: Effect,
    /// What kind of thing it is: `log_line`, `settings`, `certificate`, `event`, `health`, `test`, `session`, `command`.
    pub kind: &'static str,
    /// What it says, in a sentence without a full stop; for what is missing the command that fetches it.
    pub text: String,
    /// When, in milliseconds since 1970 UTC.
    pub at: Option<i64>,
    /// Where it stands.
    pub location: Option<Location>,
}

/// One step of a remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What to do, in a sentence without a full stop.
    pub text: String,
    /// The command that does it. It is printed and never run.
    pub command: Option<String>,
}

/// What a diagnosis says of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The diagnosis.
    pub id: &'static str,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What is wrong, in a few words.
    pub title: String,
    /// What, since when, how many.
    pub summary: String,
    /// Which protocols.
    pub protocols: Vec<Protocol>,
    /// Which servers.
    pub servers: Vec<String>,
    /// What else it is about, if that is one thing: an account, a certificate.
    pub subject: Option<String>,
    /// What it is on several servers, if the cause may lie beyond each of them: a back end, a certificate.
    pub cause: Option<Cause>,
    /// Since when (milliseconds since 1970 UTC).
    pub start: i64,
    /// Until when.
    pub end: i64,
    /// It goes on at the end of the logs.
    pub ongoing: bool,
    /// The ids of its outages.
    pub outages: Vec<String>,
    /// Failures here and there are the story, of which outages are only a part.
    pub is_scattered: bool,
    /// The ids of its failure groups.
    pub groups: Vec<String>,
    /// What it rests on, supporting things first.
    pub evidence: Vec<Evidence>,
    /// What to do, in order.
    pub remediation: Vec<Step>,
    /// Where to read more.
    pub references: Vec<&'static str>,
}

impl Finding {
    /// A finding of which the rest is still to be filled in.
    pub fn new(id: &'static str, severity: Severity, confidence: Confidence, title: impl Into<String>) -> Self {
        Self {
            id,
            severity,
            confidence,
            title: title.into(),
            summary: String::new(),
            protocols: Vec::new(),
            servers: Vec::new(),
            subject: None,
            cause: None,
            start: 0,
            end: 0,
            ongoing: false,
            outages: Vec::new(),
            is_scattered: false,
            groups: Vec::new(),
            evidence: Vec::new(),
            remediation: Vec::new(),
            references: Vec::new(),
        }
    }

    /// Adds something seen, with its place.
    pub fn seen(
        &mut self,
        effect: Effect,
        kind: &'static str,
        text: impl Into<String>,
        at: Option<i64>,
        location: Option<&Location>,
    ) {
        self.evidence.push(Evidence { effect, kind, text: text.into(), at, location: location.cloned() });
    }

    /// Adds the steps of another finding that it does not have yet.
    pub fn take_steps(&mut self, other: &Self) {
        for step in &other.remediation {
            if !self.remediation.contains(step) {
                self.remediation.push(step.clone());
            }
        }
    }

    /// Adds what is missing, with the command that fetches it.
    pub fn missing(&mut self, kind: &'static str, text: impl Into<String>) {
        self.evidence.push(Evidence { effect: Effect::Missing, kind, text: text.into(), at: None, location: None });
    }

    /// Adds a step of the remedy.
    pub fn step(&mut self, text: impl Into<String>, command: Option<String>) {
        self.remediation.push(Step { text: text.into(), command });
    }

    /// Whether anything of this effect was seen.
    pub fn has(&self, effect: Effect) -> bool {
        self.evidence.iter().any(|item| item.effect == effect)
    }

    /// The finding if it can stand: at least one thing that it rests on has a place in a file.
    pub fn checked(mut self) -> Option<Self> {
        self.evidence.sort_by_key(|item| item.effect);
        self.protocols.sort_unstable();
        self.protocols.dedup();
        self.servers.sort();
        self.servers.dedup();
        self.evidence.iter().any(|item| item.location.is_some()).then_some(self)
    }
}
