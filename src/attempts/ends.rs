//! When a log begins and ends, by a look at its two ends: which logs are to be opened when, and which not at all.

use crate::attempts::lines::Lines;
use crate::attempts::take::{Seen, Take};
use crate::attempts::text::{Buffers, Fetched, Text};
use crate::input::segments;
use crate::protocol_log::header::Header;
use crate::protocol_log::log_file::{LogFile, Reading};
use crate::protocol_log::structure::Structure;
use crate::summary::scope::Scope;

/// So many bytes of each end are looked at.
const LOOK: u64 = 64 << 10;

/// The earliest time in the first lines; `None` where they tell none, or where the log can be read only once.
pub(super) fn beginning(log: &LogFile) -> Option<i64> {
    let mut buffers = Buffers::default();
    let fetched = match &log.reading {
        Reading::Segments { stretch, .. } => look(log, 0, stretch.end, &mut buffers)?,
        Reading::LateStream { .. } => Text::of(log).ok()?.fetch(&mut buffers).ok()??,
        Reading::Stream(_) => return None,
    };
    times(log, Header::default(), buffers.block(fetched)).map(|(earliest, _)| earliest)
}

/// The latest time in the last lines of a plain file; `None` where they tell none.
pub fn end(log: &LogFile) -> Option<i64> {
    let Reading::Segments { stretch, .. } = &log.reading else { return None };
    let mut buffers = Buffers::default();
    let fetched = look(log, stretch.end.saturating_sub(LOOK), stretch.end, &mut buffers)?;
    times(log, log.header, buffers.block(fetched)).map(|(_, latest)| latest)
}

/// The whole lines among some bytes of a plain file from `at` on, and perhaps the beginning of one.
fn look(log: &LogFile, at: u64, length: u64, buffers: &mut Buffers) -> Option<Fetched> {
    let file = log.input.file().ok()?;
    buffers.fetch(&mut segments::resume(file, at, at > 0, length.min(at + LOOK), Vec::new())).ok()?
}

fn times(log: &LogFile, header: Header, text: &[u8]) -> Option<(i64, i64)> {
    let mut lines = Lines::new(log.input.shown.clone(), log.named, None).below(header);
    let (scope, mut span) = (Scope::default(), None);
    Structure::default().lines_of(text, |line| {
        lines.add(line, &scope, &Anything, |moment, _, ()| {
            let (earliest, latest) = span.unwrap_or((moment, moment));
            span = Some((moment.min(earliest), moment.max(latest)));
        });
    });
    span
}

/// Every record counts.
struct Anything;

impl Take for Anything {
    type Taken = ();

    fn take(&self, _: &Seen<'_>) -> Option<()> {
        Some(())
    }
}
