//! One log among others: what was taken out of it and waits for its turn, and how far its time has come.
//!
//! Lines stand nearly in the order of time. What was taken waits until the log is [`PATIENCE`] ahead of it, or until too much
//! waits; then it is due.

use std::collections::BinaryHeap;
use std::io;

use crate::attempts::lines::Lines;
use crate::attempts::server;
use crate::attempts::take::Take;
use crate::attempts::text::{Buffers, Fetched, Text};
use crate::collections::earliest::Earliest;
use crate::protocol_log::log_file::{LogFile, Reading};
use crate::protocol_log::structure::Structure;
use crate::summary::scope::Scope;

/// A line may stand so many milliseconds behind its place in time.
pub(super) const PATIENCE: i64 = 60_000;

/// The turn of a source: by moment; one that may still have something of that moment goes before one that has; then by file and line.
pub(super) type Turn = (i64, bool, usize, u64);

/// What is read with.
#[derive(Default)]
pub(super) struct Tools {
    structure: Structure,
    pub(super) buffers: Buffers,
}

/// A log that is being read.
pub(super) struct Source<T> {
    /// The file's place in the order of names.
    place: usize,
    text: Text,
    lines: Lines,
    /// What was taken and waits, by time and line.
    waiting: BinaryHeap<Earliest<(i64, u64), T>>,
    /// How many bytes of the disk are still to be read.
    unread: u64,
}

impl<T> Source<T> {
    /// A log that is about to be read; `None` if its server is not wanted.
    pub(super) fn open<P: Take<Taken = T>>(
        (place, log): (usize, &LogFile),
        scope: &Scope,
        take: &P,
        tools: &mut Tools,
    ) -> io::Result<Option<Self>> {
        let mut server = server::known(log, scope);
        let is_pipe = matches!(log.reading, Reading::Stream(_));
        if server.is_none() && !is_pipe {
            server = server::by_all_lines(log, &mut tools.buffers)?;
        }
        let mut text = Text::of(log)?;
        let first = if is_pipe { text.fetch(&mut tools.buffers)? } else { None };
        if let (None, Some(first)) = (&server, first) {
            server = server::by_block(log, first, &mut tools.buffers);
        }
        if !scope.has_server(server.as_deref()) {
            return Ok(None);
        }
        let lines = Lines::new(log.input.shown.clone(), log.named, server);
        let mut source = Self { place, text, lines, waiting: BinaryHeap::new(), unread: log.length() };
        if let Some(first) = first {
            source.add(first, scope, take, tools);
        }
        Ok(Some(source))
    }

    /// When it is this source's turn, and whether the turn is that of something taken; `most` may wait. `None` once nothing is left.
    pub(super) fn turn(&self, most: usize) -> Option<Turn> {
        let frontier = match self.text {
            Text::Ended => None,
            _ => Some(self.lines.time().map_or(i64::MIN, |time| time.saturating_sub(PATIENCE))),
        };
        match (self.waiting.peek(), frontier) {
            (Some(first), Some(frontier)) if first.key.0 >= frontier && self.waiting.len() < most => {
                Some((frontier, false, self.place, 0))
            }
            (Some(first), _) => Some((first.key.0, true, self.place, first.key.1)),
            (None, Some(frontier)) => Some((frontier, false, self.place, 0)),
            (None, None) => None,
        }
    }

    /// What is due.
    pub(super) fn pop(&mut self) -> Option<T> {
        self.waiting.pop().map(|first| first.what)
    }

    /// Reads one block more, and says by how many bytes of the disk that brings the run on. Behind the last block, or at damage,
    /// the source ends.
    pub(super) fn read<P: Take<Taken = T>>(&mut self, scope: &Scope, take: &P, tools: &mut Tools) -> io::Result<u64> {
        match self.text.fetch(&mut tools.buffers) {
            Ok(Some(fetched)) => {
                self.add(fetched, scope, take, tools);
                // What is packed counts once it is at its end.
                let is_plain = matches!(self.text, Text::Plain { .. });
                let read = if is_plain { self.unread.min(fetched.length as u64) } else { 0 };
                self.unread -= read;
                Ok(read)
            }
            Ok(None) => Ok(self.end()),
            Err(error) => {
                self.end();
                Err(error)
            }
        }
    }

    fn add<P: Take<Taken = T>>(&mut self, fetched: Fetched, scope: &Scope, take: &P, tools: &mut Tools) {
        let (lines, waiting) = (&mut self.lines, &mut self.waiting);
        tools.structure.lines_of(tools.buffers.block(fetched), |line| {
            lines.add(line, scope, take, |moment, line, what| waiting.push(Earliest { key: (moment, line), what }));
        });
    }

    /// Leaves the rest of the log unread, and says how many bytes of the disk it was.
    pub(super) fn end(&mut self) -> u64 {
        self.text = Text::Ended;
        std::mem::take(&mut self.unread)
    }

    /// Closes the file until it is read again, if it can be.
    pub(super) fn rest(&mut self) {
        self.text.rest();
    }

    /// How many lines could not be read so far.
    pub(super) fn skipped(&self) -> u64 {
        self.lines.skipped()
    }
}
