//! Sessions: the lines of one connection, followed across segments, files and restarts.
//!
//! A stretch of log ([`Sessions`]) knows what is certain about the sessions in it, and keeps the loose ends: sessions that
//! may have begun before it or go on after it. Stretches that follow each other are joined with [`Sessions::then`]; what is
//! still loose at the end has no start or no end in the logs.

use serde::{Deserialize, Serialize};

use crate::collections::pages::{Pages, Place};
use crate::login::epoch::Epochs;
use crate::login::mechanism::{Encryption, Mechanism};
use crate::login::ways::Ways;
use crate::merge::Merge;

mod fragment;
mod loose;
mod stored;

use fragment::{End, Fragment, Start};
use loose::Loose;

/// So many loose ends are kept. Logs of which somebody kept the logins alone have one for each session.
const MOST_LOOSE: usize = 65_536;

/// What a line does to its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionEvent {
    /// `OpenSession`.
    Open,
    /// `CloseSession`.
    Close,
    /// A `starttls` or `stls` that did not fail.
    StartTls,
    /// Any other command.
    Other,
}

/// A line, as far as its session is concerned.
#[derive(Debug, Clone, Copy)]
pub struct SessionLine {
    /// The session's number.
    pub id: u64,
    /// The line's number in it.
    pub sequence: Option<u32>,
    /// Milliseconds since 1970 UTC.
    pub time: i64,
    /// What it does.
    pub event: SessionEvent,
    /// The login in this line, if it is one that counts.
    pub login: Option<SessionLogin>,
}

/// A login whose encryption the session may decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLogin {
    /// The way of logging in.
    pub mechanism: Mechanism,
    /// What the port tells.
    pub by_port: Option<Encryption>,
    /// The port is one where a session is in clear text until `starttls`.
    pub is_clear_port: bool,
}

/// What is certain about the sessions of a stretch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionCounts {
    /// Sessions, whole or not.
    pub sessions: u64,
    /// Sessions that are missing as a whole, by the numbers of the others.
    pub missing_sessions: u64,
    /// Numbers missing inside sessions: lost or unreadable lines.
    pub missing_sequence_numbers: u64,
    /// Sessions whose first lines are not there.
    pub without_start: u64,
    /// Sessions whose last lines are not there (or not yet).
    pub without_end: u64,
    /// Logins by mechanism and encryption of the client's side.
    pub logins: Ways,
}

impl Merge for SessionCounts {
    fn merge_with(&mut self, other: Self) {
        self.sessions += other.sessions;
        self.missing_sessions += other.missing_sessions;
        self.missing_sequence_numbers += other.missing_sequence_numbers;
        self.without_start += other.without_start;
        self.without_end += other.without_end;
        self.logins.merge_with(other.logins);
    }
}

/// The sessions in a stretch of one service's log.
#[derive(Debug, Clone, Default)]
pub struct Sessions {
    counts: SessionCounts,
    epochs: Epochs,
    /// Every session number of the stretch: where its loose ends are kept, if it has any.
    numbers: Pages,
    loose: Vec<Loose>,
    /// Places among the loose ends that can be used again: so they stay few and near.
    free: Vec<Place>,
}

impl Sessions {
    /// Takes in a line, in the order of the log.
    #[inline(always)]
    pub fn add(&mut self, line: SessionLine) {
        let place = *self.numbers.at(line.id);
        // Handed over piece by piece: a whole line would lie in memory for every one that begins nothing.
        let SessionLine { id, sequence, time, event, login } = line;
        let Some(loose) = self.loose.get_mut(place.index()) else { return self.begin(id, sequence, time, (event, login), place) };
        match loose.running() {
            Some(fragment) if fragment.is_continued_by(&line) => {
                fragment.extend(&line, &mut self.counts);
                if event == SessionEvent::Close {
                    fragment.end = End::Seen;
                    self.settle(id, place);
                }
            }
            _ => self.begin(id, sequence, time, (event, login), place),
        }
    }

    /// Takes in a line that begins a fragment; `place` is what is known of its number.
    #[inline(never)]
    fn begin(
        &mut self,
        id: u64,
        sequence: Option<u32>,
        time: i64,
        (event, login): (SessionEvent, Option<SessionLogin>),
        place: Place,
    ) {
        let line = SessionLine { id, sequence, time, event, login };
        if line.event == SessionEvent::Open {
            self.epochs.open(line.id, line.time);
        }
        let start = match line.event {
            SessionEvent::Open => Start::Seen,
            _ if place == Place::NEW => Start::Before,
            _ => Start::Lost,
        };
        let mut fragment = Fragment::beginning(&line, start, &mut self.counts);
        let is_closed = line.event == SessionEvent::Close;
        if is_closed {
            fragment.end = End::Seen;
        }
        let place = match self.loose.get_mut(place.index()) {
            Some(loose) => {
                cut_running(loose, &mut self.counts);
                loose.end_with(fragment);
                place
            }
            None => {
                let loose = if start == Start::Before { Loose::Head(fragment) } else { Loose::Tail(fragment) };
                self.put(line.id, loose)
            }
        };
        if is_closed {
            self.settle(line.id, place);
        }
    }

    /// Puts the loose ends of a session number that has none yet.
    fn put(&mut self, id: u64, loose: Loose) -> Place {
        let free = self.free.pop().unwrap_or(Place::of(self.loose.len()));
        match self.loose.get_mut(free.index()) {
            Some(place) => *place = loose,
            None => self.loose.push(loose),
        }
        *self.numbers.at(id) = free;
        free
    }

    /// Where the loose ends of a session number are kept: an empty place if it has none yet.
    fn place_for(&mut self, id: u64) -> Place {
        match *self.numbers.at(id) {
            Place::NEW | Place::NONE => self.put(id, Loose::default()),
            place => place,
        }
    }

    /// Counts the tail if it is over, and frees the place if nothing is loose any more.
    #[inline(never)]
    fn settle(&mut self, id: u64, place: Place) {
        let Some(loose) = self.loose.get_mut(place.index()) else { return };
        loose.settle(&mut self.counts);
        if loose.is_empty() {
            self.free.push(place);
            *self.numbers.at(id) = Place::NONE;
        }
    }

    /// Adds the stretch that follows this one. Of this one only the loose ends are remembered.
    pub fn then(&mut self, later: Self) {
        self.counts.merge_with(later.counts);
        self.epochs.then(later.epochs);
        // What is loose here and whole there; a number that is whole here and there is no news.
        let is_whole = |(id, _): &(u64, Place)| later.numbers.get(*id) == Place::NONE;
        let whole: Vec<(u64, Place)> = self.numbers.placed().filter(is_whole).collect();
        whole.into_iter().for_each(|(id, _)| self.join(id, Loose::default()));
        let mut loose = later.loose;
        for (id, place) in later.numbers.placed() {
            let next = loose.get_mut(place.index()).map(std::mem::take).unwrap_or_default();
            self.join(id, next);
        }
        self.numbers = self.numbers.placed().collect();
        if self.loose.len() - self.free.len() > MOST_LOOSE {
            self.give_up_the_oldest();
        }
    }

    /// Counts the older half of the loose ends as what they are: nothing will join them any more, or memory would grow with the log.
    fn give_up_the_oldest(&mut self) {
        let last_time = |place: Place| self.loose.get(place.index()).map_or(i64::MIN, Loose::last_time);
        let mut by_age: Vec<(i64, u64, Place)> = self.numbers.placed().map(|(id, place)| (last_time(place), id, place)).collect();
        by_age.sort_unstable_by_key(|(time, id, _)| (*time, *id));
        let kept = by_age.split_off(by_age.len().saturating_sub(MOST_LOOSE / 2));
        let mut loose = std::mem::take(&mut self.loose);
        let mut take = |place: Place| loose.get_mut(place.index()).map(std::mem::take).unwrap_or_default();
        by_age.into_iter().for_each(|(_, _, place)| take(place).count(&mut self.counts));
        // The rest moves together, so that the room of the others is free.
        (self.numbers, self.free) = (Pages::default(), Vec::new());
        for (_, id, place) in kept {
            *self.numbers.at(id) = Place::of(self.loose.len());
            self.loose.push(take(place));
        }
    }

    fn join(&mut self, id: u64, next: Loose) {
        let place = self.place_for(id);
        let Some(loose) = self.loose.get_mut(place.index()) else { return };
        let (head, tail) = next.into_ends();
        if head.is_none() {
            // The number was opened anew in the later stretch, even where nothing of that is loose any more.
            cut_running(loose, &mut self.counts);
        }
        if let Some(mut head) = head {
            match loose.running() {
                Some(fragment) if fragment.is_continued_by_fragment(&head) => fragment.append(head, &mut self.counts),
                _ => {
                    cut_running(loose, &mut self.counts);
                    if loose.is_empty() {
                        loose.begin_with(head);
                    } else {
                        head.start = Start::Lost;
                        head.decide(&mut self.counts);
                        loose.end_with(head);
                    }
                }
            }
        }
        if let Some(tail) = tail {
            cut_running(loose, &mut self.counts);
            loose.end_with(tail);
        }
        self.settle(id, place);
    }

    /// What is known when no stretch comes before or after: the loose ends are counted as what they are.
    pub fn finish(mut self) -> (SessionCounts, Vec<i64>) {
        for loose in self.loose {
            loose.count(&mut self.counts);
        }
        // Those of which the beginning alone is missing are no hole.
        self.counts.missing_sessions += self.epochs.missing().saturating_sub(self.counts.without_start);
        (self.counts, self.epochs.restarts().to_vec())
    }
}

/// Ends what is running without an end: another session has taken its number.
fn cut_running(loose: &mut Loose, counts: &mut SessionCounts) {
    if let Some(fragment) = loose.running() {
        fragment.end = End::Lost;
    }
    loose.count_tail(counts);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(id: u64, sequence: u32, event: SessionEvent) -> SessionLine {
        SessionLine { id, sequence: Some(sequence), time: i64::from(sequence) * 1000, event, login: None }
    }

    fn login(id: u64, sequence: u32) -> SessionLine {
        let login = SessionLogin { mechanism: Mechanism::Login, by_port: None, is_clear_port: true };
        SessionLine { login: Some(login), ..line(id, sequence, SessionEvent::Other) }
    }

    fn finish(lines: &[SessionLine]) -> SessionCounts {
        let mut sessions = Sessions::default();
        lines.iter().for_each(|line| sessions.add(*line));
        sessions.finish().0
    }

    #[test]
    fn what_is_missing_is_counted() {
        use SessionEvent::{Close, Open, Other, StartTls};
        for (lines, sessions, missing, without_start, without_end) in [
            (vec![line(1, 0, Open), line(1, 1, Other), line(1, 2, Close)], 1, 0, 0, 0),
            (vec![line(1, 0, Open), line(1, 4, Close)], 1, 3, 0, 0),
            (vec![line(1, 1, Other), line(1, 2, Close)], 1, 0, 1, 0),
            (vec![line(1, 0, Open), line(1, 1, Other)], 1, 0, 0, 1),
            (vec![line(1, 0, Open), line(1, 1, Other), line(1, 0, Open), line(1, 1, Close)], 2, 0, 0, 1),
            (vec![line(1, 0, Open), line(1, 1, Close), line(1, 0, Open), line(1, 1, Close)], 2, 0, 0, 0),
            (vec![line(1, 0, Open), line(1, 1, StartTls), login(1, 2), line(1, 3, Close), line(1, 3, Close)], 2, 0, 1, 0),
        ] {
            let counts = finish(&lines);
            let found = (counts.sessions, counts.missing_sequence_numbers, counts.without_start, counts.without_end);
            assert_eq!(found, (sessions, missing, without_start, without_end), "{lines:?}");
        }
    }

    #[test]
    fn starttls_earlier_in_the_session_encrypts_the_login() {
        use SessionEvent::{Open, StartTls};
        for (lines, encryption) in [
            (vec![line(1, 0, Open), line(1, 1, StartTls), login(1, 2)], Encryption::StartTls),
            (vec![line(1, 0, Open), login(1, 1), line(1, 2, StartTls)], Encryption::Clear),
            (vec![login(1, 1), line(1, 2, StartTls)], Encryption::Unknown),
        ] {
            assert!(finish(&lines).logins.iter().eq([(Mechanism::Login, encryption, 1)]), "{lines:?}");
        }
    }

    proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Wherever the log is cut, its stretches put together tell the same.
        #[test]
        fn cuts_do_not_show(cuts in prop::collection::vec(0usize..60, 0..4), salt in 0u32..1000) {
            // Five sessions, interleaved, some without start, end or a line; numbers used again after a restart.
            let mut lines = Vec::new();
            for round in 0..12u32 {
                for id in 1..=5u64 {
                    if (round * 7 + id as u32 * 13 + salt).is_multiple_of(6) {
                        continue;
                    }
                    let event = match (round % 6, id) {
                        (0, 1..=4) => SessionEvent::Open,
                        (2, 2) => SessionEvent::StartTls,
                        (5, 1..=3) => SessionEvent::Close,
                        _ => SessionEvent::Other,
                    };
                    let one = if round % 6 == 3 { login(id, round % 6) } else { line(id, round % 6, event) };
                    lines.push(SessionLine { time: i64::from(round) * 60_000, ..one });
                }
            }
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(lines.len())).collect();
            cuts.sort_unstable();
            cuts.push(lines.len());
            let (mut whole, mut from) = (Sessions::default(), 0);
            for cut in cuts {
                let mut part = Sessions::default();
                lines[from..cut].iter().for_each(|line| part.add(*line));
                whole.then(part);
                from = cut;
            }
            prop_assert_eq!(whole.finish().0, finish(&lines));
        }
    }
}
