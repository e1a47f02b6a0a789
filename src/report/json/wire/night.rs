//! The structs of `exlog.nightly/1`.

use serde::Serialize;

use crate::report::json::wire::unusual::Unusual;
use crate::report::json::wire::{FindingRow, NoteRow, Report, Tool};

#[derive(Serialize)]
pub(in crate::report::json) struct NightReport<'a> {
    pub(in crate::report::json) schema: &'static str,
    pub(in crate::report::json) tool: Tool,
    pub(in crate::report::json) run: RunRow,
    pub(in crate::report::json) stories: Vec<StoryRow<'a>>,
    pub(in crate::report::json) unusual: Unusual<'a>,
    pub(in crate::report::json) notes: Vec<NoteRow<'a>>,
    /// What is new and the days before it.
    pub(in crate::report::json) report: Report<'a>,
}

#[derive(Serialize)]
pub(in crate::report::json) struct RunRow {
    pub(in crate::report::json) number: i64,
    pub(in crate::report::json) is_first: bool,
    pub(in crate::report::json) logs: u64,
    pub(in crate::report::json) logs_read: u64,
    pub(in crate::report::json) bytes: u64,
    pub(in crate::report::json) lines: u64,
    pub(in crate::report::json) records: u64,
    pub(in crate::report::json) skipped: u64,
    pub(in crate::report::json) first: Option<String>,
    pub(in crate::report::json) last: Option<String>,
}

#[derive(Serialize)]
pub(in crate::report::json) struct StoryRow<'a> {
    pub(in crate::report::json) state: &'static str,
    pub(in crate::report::json) since: String,
    pub(in crate::report::json) times: u64,
    pub(in crate::report::json) finding: FindingRow<'a>,
}
