//! Many logs side by side, and what is taken out of them in one order: by moment, file and line.
//!
//! A log is opened when the time of the others has come to its first line. The log that is furthest behind is read on; what
//! is due before anything else can come is given. So memory holds a place for each log that overlaps with others, and what
//! was taken within a minute of each, up to a bound that they share, however long the logs are.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BinaryHeap};
use std::io;
use std::sync::Arc;

use crate::attempts::ends;
use crate::attempts::source::{PATIENCE, Source, Tools, Turn};
use crate::attempts::take::Take;
use crate::clock::{DAY, Window};
use crate::error::plain_words;
use crate::protocol_log::log_file::LogFile;
use crate::skipped::{FileFate, FileNote};
use crate::summary::scope::Scope;

/// About so many attempts may wait for their turn, in all logs together.
const MOST_WAITING: usize = 65_536;

/// And at least so many in each log.
const LEAST_WAITING: usize = 64;

/// So many files stay open; of more than these each is opened for every block.
const MOST_OPEN: usize = 128;

/// Nothing is looked for in logs so far outside of the window, in milliseconds: a clock that goes wrong by more does not count.
const FAR: i64 = DAY;

/// A log that waits to be read, with the moment of its first lines.
pub struct Beginning {
    log: LogFile,
    moment: i64,
    /// It ends long before the window.
    is_over: bool,
}

impl Beginning {
    /// Looks at the first lines of a log, and at its last ones if the window leaves out what is old.
    pub fn of(log: LogFile, window: Window) -> Self {
        // What comes behind the first lines may belong before them.
        let moment = ends::beginning(&log).map_or(i64::MIN, |earliest| earliest.saturating_sub(PATIENCE));
        let from = window.from.map(|from| from.saturating_sub(FAR)).filter(|from| moment < *from);
        let is_over = from.is_some_and(|from| ends::end(&log).is_some_and(|end| end < from));
        Self { log, moment, is_over }
    }
}

/// Where something stands in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Milliseconds since 1970 UTC.
    pub moment: i64,
    /// The file's place in the order of names.
    pub file: usize,
    /// The line in it.
    pub line: u64,
}

/// What one step brings.
#[derive(Debug)]
pub enum Step<T> {
    /// The next in the order.
    Taken(Key, T),
    /// Nothing but that so many bytes more of the disk were read: time to hand on what was given so far.
    Read(u64),
}

/// Rows that come out of logs one by one while these are read.
pub trait Rows {
    /// What comes.
    type Row;

    /// One step on; `None` once everything was read.
    fn step(&mut self) -> Option<Step<Self::Row>>;

    /// How many logs are to be read, and how many bytes of the disk; to be asked before the first step.
    fn planned(&self) -> (usize, u64);

    /// How many came out of their order, because their lines stand too late.
    fn late(&self) -> u64;

    /// How many lines of the logs that were read to their end could not be read.
    fn skipped(&self) -> u64;

    /// The logs that had trouble.
    fn notes(&self) -> &[FileNote];
}

/// All logs, read in step.
pub struct InOrder<'a, P: Take> {
    take: &'a P,
    scope: &'a Scope,
    /// Logs that are not open yet, by their moments.
    closed: BTreeMap<(i64, usize), LogFile>,
    open: BinaryHeap<Reverse<Open<P::Taken>>>,
    tools: Tools,
    skipped: u64,
    notes: Vec<FileNote>,
    /// The greatest that was given, and how many came behind a greater one.
    greatest: Option<Key>,
    late: u64,
}

struct Open<T> {
    turn: Turn,
    name: Arc<str>,
    source: Box<Source<T>>,
}

impl<'a, P: Take> InOrder<'a, P> {
    /// Logs in the order of their names, of which nothing is read yet.
    pub fn new(logs: Vec<Beginning>, scope: &'a Scope, take: &'a P) -> Self {
        let numbered = logs.into_iter().enumerate().filter(|(_, log)| !log.is_over);
        let closed = numbered.map(|(place, log)| ((log.moment, place), log.log)).collect();
        let (open, tools) = (BinaryHeap::new(), Tools::default());
        Self { take, scope, closed, open, tools, skipped: 0, notes: Vec::new(), greatest: None, late: 0 }
    }

    fn open_log(&mut self, place: usize, log: &LogFile) {
        let name = log.input.shown.clone();
        match Source::open((place, log), self.scope, self.take, &mut self.tools) {
            Ok(Some(source)) => self.put_back(Open { turn: (i64::MIN, false, place, 0), name, source: Box::new(source) }),
            Ok(None) => {}
            Err(error) => self.note(name, FileFate::Unreadable, &error),
        }
    }

    /// Puts a source where its turn is; one that has nothing left is done with.
    fn put_back(&mut self, mut source: Open<P::Taken>) {
        let most = (MOST_WAITING / (self.open.len() + 1)).max(LEAST_WAITING);
        match source.source.turn(most) {
            Some(turn) => {
                source.turn = turn;
                self.open.push(Reverse(source));
            }
            None => self.skipped += source.source.skipped(),
        }
    }

    fn is_far_beyond(&self, moment: i64) -> bool {
        self.scope.window.to.is_some_and(|to| moment > to.saturating_add(FAR))
    }

    fn note(&mut self, file: Arc<str>, fate: FileFate, error: &io::Error) {
        self.notes.push(FileNote { file, fate, reason: plain_words(error) });
    }
}

impl<P: Take> Rows for InOrder<'_, P> {
    type Row = P::Taken;

    fn step(&mut self) -> Option<Step<P::Taken>> {
        let begins_first = |(moment, _): &(i64, usize)| self.open.peek().is_none_or(|Reverse(first)| *moment <= first.turn.0);
        if let Some(entry) = self.closed.first_entry().filter(|entry| begins_first(entry.key())) {
            let ((moment, place), log) = entry.remove_entry();
            if self.is_far_beyond(moment) {
                return Some(Step::Read(log.length()));
            }
            self.open_log(place, &log);
            return Some(Step::Read(0));
        }
        let Reverse(mut first) = self.open.pop()?;
        let (moment, is_due, file, line) = first.turn;
        if is_due {
            let (key, taken) = (Key { moment, file, line }, first.source.pop());
            self.put_back(first);
            self.late += u64::from(self.greatest > Some(key));
            self.greatest = self.greatest.max(Some(key));
            return Some(taken.map_or(Step::Read(0), |taken| Step::Taken(key, taken)));
        }
        let read = match self.is_far_beyond(moment) {
            true => first.source.end(),
            false => first.source.read(self.scope, self.take, &mut self.tools).unwrap_or_else(|error| {
                self.note(first.name.clone(), FileFate::Damaged, &error);
                0
            }),
        };
        if self.open.len() >= MOST_OPEN {
            first.source.rest();
        }
        self.put_back(first);
        Some(Step::Read(read))
    }

    fn planned(&self) -> (usize, u64) {
        (self.closed.len(), self.closed.values().map(LogFile::length).sum())
    }

    fn late(&self) -> u64 {
        self.late
    }

    fn skipped(&self) -> u64 {
        self.skipped
    }

    fn notes(&self) -> &[FileNote] {
        &self.notes
    }
}

impl<T> Ord for Open<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.turn.cmp(&other.turn)
    }
}

impl<T> PartialOrd for Open<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Open<T> {
    fn eq(&self, other: &Self) -> bool {
        self.turn == other.turn
    }
}

impl<T> Eq for Open<T> {}
