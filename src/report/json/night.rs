//! The JSON of a night, `exlog.nightly/1`: what is news, and the report about what is so.

use std::io::{self, Write};

use crate::clock::rfc3339;
use crate::night::Night;
use crate::night::story::Story;
use crate::report::json::unusual::unusual;
use crate::report::json::wire::night::{NightReport, RunRow, StoryRow};
use crate::report::json::wire::{NoteRow, Tool};
use crate::report::json::{finding, report, write_document};

/// Writes a night, with a line end behind it.
///
/// # Errors
/// What `out` says.
pub fn night(night: &Night, out: &mut dyn Write) -> io::Result<()> {
    let run = night.run;
    let findings = night.findings();
    let document = NightReport {
        schema: "exlog.nightly/1",
        tool: Tool { name: "exlog", version: env!("CARGO_PKG_VERSION") },
        run: RunRow {
            number: run.number,
            is_first: run.is_first,
            logs: run.logs,
            logs_read: run.logs_read,
            bytes: run.bytes,
            lines: run.lines,
            records: run.records,
            skipped: run.skipped,
            first: run.span.map(|(first, _)| rfc3339(first)),
            last: run.span.map(|(_, last)| rfc3339(last)),
        },
        stories: night.stories.iter().map(story).collect(),
        unusual: unusual(&night.deviations, &night.not_yet),
        notes: night
            .notes
            .iter()
            .map(|note| NoteRow { file: &note.file, kind: note.fate.name(), reason: &note.reason })
            .collect(),
        report: report(&night.case, &findings, None),
    };
    write_document(&document, out)
}

fn story(story: &Story) -> StoryRow<'_> {
    StoryRow { state: story.state.name(), since: rfc3339(story.since), times: story.times, finding: finding(&story.finding) }
}
