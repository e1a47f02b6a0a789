//! Consecutive lines of one session, and what becomes known of it with each line more.

use serde::{Deserialize, Serialize};

use crate::login::mechanism::{Encryption, Mechanism};
use crate::login::session::{SessionCounts, SessionEvent, SessionLine, SessionLogin};

/// A session whose next line comes later than this is another one that got its number after a restart. IMAP's IDLE writes
/// a line every 30 minutes or sooner.
const LONGEST_SILENCE: i64 = 2 * 3_600_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Start {
    Seen,
    /// It is certain that it is not there.
    Lost,
    /// It may stand in an earlier stretch.
    Before,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum End {
    Seen,
    /// It is certain that it is not there.
    Lost,
    /// The session goes on.
    Running,
}

/// Consecutive lines of one session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Fragment {
    pub(super) start: Start,
    pub(super) end: End,
    /// The numbers of the first and the last line whose number can be read.
    first_sequence: Option<u32>,
    last_sequence: Option<u32>,
    pub(super) first_time: i64,
    pub(super) last_time: i64,
    pub(super) is_encrypted: bool,
    /// Logins before any `starttls` in this fragment, whose encryption an earlier fragment decides.
    undecided: Undecided,
}

/// Few sessions have any, and no room is kept for those of the others.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[allow(clippy::box_collection, reason = "a pointer where a list would take three times the room in every fragment")]
struct Undecided(Option<Box<Vec<Mechanism>>>);

impl Undecided {
    fn push(&mut self, mechanism: Mechanism) {
        self.0.get_or_insert_default().push(mechanism);
    }

    fn take(&mut self) -> Vec<Mechanism> {
        self.0.take().map(|undecided| *undecided).unwrap_or_default()
    }
}

impl Fragment {
    pub(super) fn beginning(line: &SessionLine, start: Start, counts: &mut SessionCounts) -> Self {
        let mut fragment = Self {
            start,
            end: End::Running,
            first_sequence: line.sequence,
            last_sequence: line.sequence,
            first_time: line.time,
            last_time: line.time,
            is_encrypted: line.event == SessionEvent::StartTls,
            undecided: Undecided::default(),
        };
        if let Some(login) = line.login {
            fragment.add_login(login, counts);
        }
        fragment
    }

    #[inline]
    pub(super) fn is_continued_by(&self, line: &SessionLine) -> bool {
        // All are asked, since the answer is nearly always the same.
        (line.event != SessionEvent::Open)
            & is_in_order(self.last_sequence, line.sequence)
            & (line.time - self.last_time <= LONGEST_SILENCE)
    }

    pub(super) fn is_continued_by_fragment(&self, next: &Self) -> bool {
        is_in_order(self.last_sequence, next.first_sequence) && next.first_time - self.last_time <= LONGEST_SILENCE
    }

    #[inline]
    pub(super) fn extend(&mut self, line: &SessionLine, counts: &mut SessionCounts) {
        counts.missing_sequence_numbers += missing_between(self.last_sequence, line.sequence);
        self.first_sequence = self.first_sequence.or(line.sequence);
        self.last_sequence = line.sequence.or(self.last_sequence);
        self.last_time = self.last_time.max(line.time);
        self.is_encrypted |= line.event == SessionEvent::StartTls;
        if let Some(login) = line.login {
            self.add_login(login, counts);
        }
    }

    fn add_login(&mut self, login: SessionLogin, counts: &mut SessionCounts) {
        let encryption = match login.by_port {
            Some(encryption) => encryption,
            None if self.is_encrypted => Encryption::StartTls,
            None if !login.is_clear_port => Encryption::Unknown,
            None => match self.start {
                Start::Seen => Encryption::Clear,
                Start::Lost => Encryption::Unknown,
                Start::Before => return self.undecided.push(login.mechanism),
            },
        };
        counts.logins.add(login.mechanism, encryption);
    }

    /// Adds the fragment that follows in a later stretch.
    pub(super) fn append(&mut self, mut next: Self, counts: &mut SessionCounts) {
        counts.missing_sequence_numbers += missing_between(self.last_sequence, next.first_sequence);
        self.first_sequence = self.first_sequence.or(next.first_sequence);
        self.last_sequence = next.last_sequence.or(self.last_sequence);
        self.last_time = self.last_time.max(next.last_time);
        self.end = next.end;
        next.undecided.take().into_iter().for_each(|mechanism| self.undecided.push(mechanism));
        if self.is_encrypted || self.start != Start::Before {
            self.decide(counts);
        }
        self.is_encrypted |= next.is_encrypted;
    }

    /// Counts the logins whose encryption was undecided, by what is known now.
    #[inline]
    pub(super) fn decide(&mut self, counts: &mut SessionCounts) {
        if self.undecided.0.is_some() {
            self.decide_now(counts);
        }
    }

    #[cold]
    fn decide_now(&mut self, counts: &mut SessionCounts) {
        let encryption = match self.start {
            _ if self.is_encrypted => Encryption::StartTls,
            Start::Seen => Encryption::Clear,
            Start::Lost | Start::Before => Encryption::Unknown,
        };
        for mechanism in self.undecided.take() {
            counts.logins.add(mechanism, encryption);
        }
    }

    /// Counts a session of which no more will be known; to be done once.
    pub(super) fn count(&mut self, counts: &mut SessionCounts) {
        // What is undecided came before any `starttls` seen in this fragment, so that one says nothing about it.
        self.is_encrypted = false;
        self.decide(counts);
        counts.sessions += 1;
        counts.without_start += u64::from(self.start != Start::Seen);
        counts.without_end += u64::from(self.end != End::Seen);
    }
}

/// Whether a number may follow another in a session; one that cannot be read may stand anywhere.
#[inline]
fn is_in_order(last: Option<u32>, next: Option<u32>) -> bool {
    match (last, next) {
        (Some(last), Some(next)) => next >= last,
        _ => true,
    }
}

/// How many numbers lie between two that can be read.
#[inline]
fn missing_between(last: Option<u32>, next: Option<u32>) -> u64 {
    match (last, next) {
        (Some(last), Some(next)) => next.saturating_sub(last).saturating_sub(1).into(),
        _ => 0,
    }
}
