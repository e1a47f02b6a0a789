//! The lines of a log between two places: what was written to it since it was read last.

use std::io;
use std::sync::Arc;

use crate::attempts::lines::{Lines, PopUsers};
use crate::attempts::take::Take;
use crate::input::segments;
use crate::input::stream::Stream;
use crate::protocol_log::log_file::{LogFile, Reading};
use crate::protocol_log::place::Place;
use crate::protocol_log::structure::Structure;
use crate::summary::scope::Scope;

/// What the lines that were read of a log tell of those that follow.
#[derive(Debug, Default)]
pub struct Remembered {
    pop_users: PopUsers,
}

/// Takes something out of the lines of a log from the place behind which it is read up to `end`; what is taken is handed on in the
/// order of lines. What comes through a pipe was read by then, and gives nothing.
///
/// # Errors
/// What the system says; what stands before damage was handed on.
pub fn read<T: Take>(
    log: &LogFile,
    end: &Place,
    server: Option<Arc<str>>,
    remembered: &mut Remembered,
    (scope, take): (&Scope, &T),
    mut found: impl FnMut(T::Taken),
) -> io::Result<()> {
    let from = log.from;
    let (mut stream, mut at) = match &log.reading {
        Reading::Segments { .. } => {
            (segments::resume(log.input.file()?, from.offset, false, end.offset, Vec::new()), from.offset)
        }
        Reading::LateStream { encoding, packing, .. } => (Stream::new(log.input.unpack(*packing)?, *encoding), 0),
        Reading::Stream(_) => return Ok(()),
    };
    let base = at;
    let lines = Lines::new(log.input.shown.clone(), log.named, server).below(from.header);
    let mut lines = lines.behind(from.lines, std::mem::take(&mut remembered.pop_users));
    let (mut structure, mut buffer) = (Structure::default(), Vec::new());
    let within =
        |offset: u64, at: u64, length: usize| usize::try_from(offset.saturating_sub(at)).unwrap_or(usize::MAX).min(length);
    let read = loop {
        if at >= end.offset {
            break Ok(());
        }
        let length = match stream.next_block(&mut buffer) {
            Ok(Some(block)) => block.text.len(),
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        };
        at = base + stream.place().0;
        let begins_at = at.saturating_sub(length as u64);
        let text = buffer.get(within(from.offset, begins_at, length)..within(end.offset, begins_at, length));
        structure.lines_of(text.unwrap_or_default(), |line| lines.add(line, scope, take, |_, _, taken| found(taken)));
    };
    remembered.pop_users = lines.into_pop_users();
    read
}
