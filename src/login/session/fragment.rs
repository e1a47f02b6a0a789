//! Consecutive lines of one session, and what becomes known of it with each line more.

use crate::login::mechanism::{Encryption, Mechanism};
use crate::login::session::{SessionCounts, SessionEvent, SessionLine};

/// A session whose next line comes later than this is another one that got its number after a restart. IMAP's IDLE writes
/// a line every 30 minutes or sooner.
const LONGEST_SILENCE: i64 = 2 * 3_600_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    Seen,
    /// It is certain that it is not there.
    Lost,
    /// It may stand in an earlier stretch.
    Before,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Seen,
    /// It is certain that it is not there.
    Lost,
    /// The session goes on.
    Running,
}

/// Consecutive lines of one session.
#[derive(Debug, Clone)]
pub(super) struct Fragment {
    pub(super) start: Start,
    pub(super) end: End,
    pub(super) first_sequence: u32,
    pub(super) last_sequence: u32,
    pub(super) first_time: i64,
    pub(super) last_time: i64,
    pub(super) is_encrypted: bool,
    /// Logins before any `starttls` in this fragment, whose encryption an earlier fragment decides.
    undecided: Undecided,
}

/// Few sessions have any, and no room is kept for those of the others.
#[derive(Debug, Clone, Default)]
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
    pub(super) fn beginning(line: &SessionLine, start: Start) -> Self {
        let sequence = line.sequence.unwrap_or_default();
        Self {
            start,
            end: End::Running,
            first_sequence: sequence,
            last_sequence: sequence,
            first_time: line.time,
            last_time: line.time,
            is_encrypted: false,
            undecided: Undecided::default(),
        }
    }

    pub(super) fn is_continued_by(&self, line: &SessionLine) -> bool {
        line.event != SessionEvent::Open
            && line.sequence.is_none_or(|sequence| sequence >= self.last_sequence)
            && line.time - self.last_time <= LONGEST_SILENCE
    }

    pub(super) fn is_continued_by_fragment(&self, next: &Self) -> bool {
        next.first_sequence >= self.last_sequence && next.first_time - self.last_time <= LONGEST_SILENCE
    }

    pub(super) fn extend(&mut self, line: &SessionLine, counts: &mut SessionCounts) {
        let sequence = line.sequence.unwrap_or(self.last_sequence);
        counts.missing_sequence_numbers += u64::from(sequence.saturating_sub(self.last_sequence).saturating_sub(1));
        self.last_sequence = sequence;
        self.last_time = self.last_time.max(line.time);
        self.is_encrypted |= line.event == SessionEvent::StartTls;
        let Some(login) = line.login else { return };
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
        *counts.logins.entry((login.mechanism, encryption)).or_default() += 1;
    }

    /// Adds the fragment that follows in a later stretch.
    pub(super) fn append(&mut self, mut next: Self, counts: &mut SessionCounts) {
        counts.missing_sequence_numbers += u64::from(next.first_sequence.saturating_sub(self.last_sequence).saturating_sub(1));
        self.last_sequence = next.last_sequence;
        self.last_time = self.last_time.max(next.last_time);
        self.end = next.end;
        next.undecided.take().into_iter().for_each(|mechanism| self.undecided.push(mechanism));
        if self.is_encrypted || self.start != Start::Before {
            self.decide(counts);
        }
        self.is_encrypted |= next.is_encrypted;
    }

    /// Counts the logins whose encryption was undecided, by what is known now.
    pub(super) fn decide(&mut self, counts: &mut SessionCounts) {
        let encryption = match self.start {
            _ if self.is_encrypted => Encryption::StartTls,
            Start::Seen => Encryption::Clear,
            Start::Lost | Start::Before => Encryption::Unknown,
        };
        for mechanism in self.undecided.take() {
            *counts.logins.entry((mechanism, encryption)).or_default() += 1;
        }
    }

    /// Counts a session of which no more will be known.
    pub(super) fn count(mut self, counts: &mut SessionCounts) {
        // What is undecided came before any `starttls` seen in this fragment, so that one says nothing about it.
        self.is_encrypted = false;
        self.decide(counts);
        counts.sessions += 1;
        counts.without_start += u64::from(self.start != Start::Seen);
        counts.without_end += u64::from(self.end != End::Seen);
    }
}
