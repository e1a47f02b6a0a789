//! Which server a log belongs to, before its first attempt is shown.
//!
//! Where the path does not tell, the commonest address in the file does, and for that the file is read once more, as for the
//! summary. What comes through a pipe cannot be: its first block decides.

use std::io;
use std::sync::Arc;

use crate::attempts::text::{Buffers, Fetched, Text};
use crate::clock::Window;
use crate::input::block::{Block, SEGMENT};
use crate::input::server_name;
use crate::protocol_log::log_file::{LogFile, Reading as HowToRead};
use crate::summary::file::FileSummary;
use crate::summary::scope::Scope;
use crate::summary::segment::{Reading, SegmentReader};

/// The server by the option, else by the path; `None` if only the lines can tell.
pub(super) fn known(log: &LogFile, scope: &Scope) -> Option<Arc<str>> {
    scope.server_name.clone().or_else(|| server_name::from_path(&log.input)).map(Into::into)
}

/// The server by the addresses in the lines of a file.
pub(super) fn by_all_lines(log: &LogFile, buffers: &mut Buffers) -> io::Result<Option<Arc<str>>> {
    if matches!(log.reading, HowToRead::Stream(_)) {
        return Ok(None);
    }
    let mut text = Text::of(log)?;
    by_addresses(log, |buffers| text.fetch(buffers), buffers)
}

/// The server by the addresses in a single block.
pub(super) fn by_block(log: &LogFile, fetched: Fetched, buffers: &mut Buffers) -> Option<Arc<str>> {
    let mut once = Some(fetched);
    by_addresses(log, |_| Ok(once.take()), buffers).ok().flatten()
}

fn by_addresses(
    log: &LogFile,
    mut fetch: impl FnMut(&mut Buffers) -> io::Result<Option<Fetched>>,
    buffers: &mut Buffers,
) -> io::Result<Option<Arc<str>>> {
    // No login counts: only addresses are asked for.
    let nothing = Scope { window: Window { from: Some(i64::MAX), to: None }, ..Scope::default() };
    let reading = Reading { file: &log.input.shown, named: log.named, scope: &nothing };
    let mut summary = FileSummary::after(log.input.shown.clone(), &log.from);
    let (mut reader, mut read) = (SegmentReader::new(summary.header, reading), 0);
    // What stands before damage tells too.
    while let Ok(Some(fetched)) = fetch(buffers) {
        let block = Block { text: buffers.block(fetched), is_unfinished: fetched.is_unfinished };
        reader.add(block);
        read += block.text.len() as u64;
        if read >= SEGMENT {
            summary.add(reader.finish());
            (reader, read) = (SegmentReader::new(summary.header, reading), 0);
        }
    }
    summary.add(reader.finish());
    Ok(summary.server_address().map(Into::into))
}
