//! What was written, counted while it was written: the truth that a reader of the logs is tested against.
//! Nothing here is read back from the files.

use super::plan::{EventKind, Protocol, Role};
use std::collections::BTreeMap;

/// Who failed or succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClientClass {
    /// Exchange's own probe accounts.
    HealthMailbox,
    /// Any other name.
    User,
    /// No name at all.
    Unknown,
}

impl ClientClass {
    /// The name that reports use.
    pub fn name(self) -> &'static str {
        match self {
            ClientClass::HealthMailbox => "health_mailbox",
            ClientClass::User => "user",
            ClientClass::Unknown => "unknown",
        }
    }
}

/// Login attempts by their end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoginCounts {
    /// All of them.
    pub attempts: u64,
    /// The status word said yes.
    pub succeeded: u64,
    /// The status word said no, or there was only an `ErrMsg`.
    pub failed: u64,
    /// Neither.
    pub unknown: u64,
}

impl LoginCounts {
    /// Adds other counts.
    pub fn add(&mut self, other: LoginCounts) {
        self.attempts += other.attempts;
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.unknown += other.unknown;
    }
}

/// Whose login attempts are counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LoginKey {
    /// The protocol.
    pub protocol: Protocol,
    /// Front end or back end.
    pub role: Role,
    /// The server's folder.
    pub server: String,
    /// Who logged in.
    pub class: ClientClass,
}

/// Failures of one reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FailureKey {
    /// Where and who.
    pub login: LoginKey,
    /// `ErrMsg`, else the code in `[Error=…]`, else empty.
    pub error: String,
}

/// One protocol log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileTruth {
    /// Relative to the tree's root, with `/`.
    pub path: String,
    /// The server's folder.
    pub server: String,
    /// The protocol.
    pub protocol: Protocol,
    /// Front end or back end.
    pub role: Role,
    /// Length of the file.
    pub bytes: u64,
    /// `lines = records + headers + blank + skipped`; a last line without line end counts as a line.
    pub lines: u64,
    /// Lines that can be read.
    pub records: u64,
    /// Header lines and bare column rows.
    pub headers: u64,
    /// Empty lines.
    pub blank: u64,
    /// Everything else.
    pub skipped: u64,
    /// The last line is cut short and has no line end; it is one of `skipped`.
    pub cut_last_line: bool,
}

/// A planted outage of one protocol on one server, as the front end's log shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutageTruth {
    /// What was planted.
    pub kind: EventKind,
    /// The server's folder.
    pub server: String,
    /// The protocol.
    pub protocol: Protocol,
    /// The code of its failures.
    pub error: &'static str,
    /// When it was planted.
    pub planned: (i64, i64),
    /// dateTime of the first failed attempt.
    pub first_failed: i64,
    /// dateTime of the last failed attempt.
    pub last_failed: i64,
    /// dateTime of the first success after the last failed attempt.
    pub recovered_at: Option<i64>,
    /// All front-end attempts from the first failed to the last failed one.
    pub attempts: u64,
    /// Those that failed by this outage.
    pub failed: u64,
    /// Those of them that were HealthMailbox logins.
    pub health_mailbox_failed: u64,
    /// Different ordinary accounts among them.
    pub accounts: u64,
    /// Whether every attempt in that time fails by it.
    pub total: bool,
}

/// A login that a front end handed over and a back end logged, by the lines of both that can be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HandOver {
    /// dateTime and session id of the front end's login.
    pub front: Option<(i64, u64)>,
    /// Those of the back end's.
    pub back: Option<(i64, u64)>,
}

/// The truth about one tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// Protocol logs with at least one line.
    pub files: Vec<FileTruth>,
    /// Files that are no protocol log.
    pub other_files: u64,
    /// Files without a byte.
    pub empty_files: u64,
    /// Login attempts.
    pub logins: BTreeMap<LoginKey, LoginCounts>,
    /// Failed attempts by reason.
    pub failures: BTreeMap<FailureKey, u64>,
    /// Logins that were handed over, by server, protocol and a number, if the plan asks for them.
    pub hand_overs: BTreeMap<(String, Protocol, u64), HandOver>,
    /// Planted outages that show.
    pub outages: Vec<OutageTruth>,
    /// Sequence numbers missing between two readable lines of one session.
    pub missing_sequence_numbers: u64,
    /// Sessions whose first readable line is not seqNumber 0.
    pub sessions_without_start: u64,
    /// Sessions without a readable CloseSession.
    pub sessions_without_end: u64,
    /// Sessions with at least one readable line.
    pub sessions: u64,
    /// dateTime of the earliest and of the latest record.
    pub span: Option<(i64, i64)>,
}

impl Truth {
    /// Adds the truth about other logs.
    pub fn merge(&mut self, other: Truth) {
        self.files.extend(other.files);
        self.other_files += other.other_files;
        self.empty_files += other.empty_files;
        for (key, counts) in other.logins {
            self.logins.entry(key).or_default().add(counts);
        }
        for (key, count) in other.failures {
            *self.failures.entry(key).or_default() += count;
        }
        self.hand_overs.extend(other.hand_overs);
        self.outages.extend(other.outages);
        self.missing_sequence_numbers += other.missing_sequence_numbers;
        self.sessions_without_start += other.sessions_without_start;
        self.sessions_without_end += other.sessions_without_end;
        self.sessions += other.sessions;
        for time in other.span.iter().flat_map(|&(first, last)| [first, last]) {
            self.see(time);
        }
    }

    /// Widens the span.
    pub fn see(&mut self, time: i64) {
        let (first, last) = self.span.unwrap_or((time, time));
        self.span = Some((first.min(time), last.max(time)));
    }

    /// The sum of a number over all files, as in `truth.sum(|file| file.lines)`.
    pub fn sum(&self, number: impl Fn(&FileTruth) -> u64) -> u64 {
        self.files.iter().map(number).sum()
    }

    /// Login attempts of one role.
    pub fn role(&self, role: Role) -> LoginCounts {
        let mut sum = LoginCounts::default();
        for (key, counts) in &self.logins {
            if key.role == role {
                sum.add(*counts);
            }
        }
        sum
    }
}
