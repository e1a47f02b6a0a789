//! What is new, gone, worse or better than in other logs.

use crate::comparison::{Change, Comparison, Row, Side, Totals};
use crate::report::html::commands::{Cite, cite};
use crate::report::html::times::Times;
use crate::report::html::words::{NAME, PATH, cut, left_out, server};
use crate::text::thousands;

/// So many changes and services are listed.
const LISTED: usize = 200;

/// The section; not there unless other logs were given.
#[derive(Debug, Default)]
pub(super) struct Compared {
    pub(super) present: bool,
    pub(super) sentence: String,
    pub(super) this: String,
    pub(super) other: String,
    pub(super) notes: String,
    pub(super) changes: Vec<ChangeRow>,
    pub(super) has_changes: bool,
    pub(super) changes_left_out: String,
    pub(super) rows: Vec<ServiceRow>,
    pub(super) rows_left_out: String,
}

/// A change.
#[derive(Debug)]
pub(super) struct ChangeRow {
    pub(super) direction: &'static str,
    /// `bad`, or nothing.
    pub(super) tone: &'static str,
    pub(super) what: String,
    pub(super) detail: String,
    pub(super) place: String,
    pub(super) this: String,
    pub(super) this_n: f64,
    pub(super) other: String,
    pub(super) other_n: f64,
    pub(super) cites: Option<Cite>,
}

/// A service on both sides.
#[derive(Debug)]
pub(super) struct ServiceRow {
    pub(super) server: String,
    pub(super) protocol: &'static str,
    pub(super) role: &'static str,
    pub(super) this: Figures,
    pub(super) other: Figures,
}

/// What one side has of a service, in words and for sorting.
#[derive(Debug)]
pub(super) struct Figures {
    pub(super) attempts: String,
    pub(super) attempts_n: u64,
    pub(super) failed: String,
    pub(super) failed_n: f64,
    pub(super) p95: String,
    pub(super) p95_n: u64,
}

impl Compared {
    /// The section about a comparison.
    pub(super) fn new(comparison: &Comparison, times: &Times) -> Self {
        let side = |side: &Side| cut(&side.in_words(times.zone), PATH);
        Self {
            present: true,
            sentence: comparison.sentence(),
            this: side(&comparison.this),
            other: side(&comparison.other),
            notes: comparison.notes(),
            changes: comparison.changes.iter().take(LISTED).map(change).collect(),
            has_changes: !comparison.changes.is_empty(),
            changes_left_out: left_out(comparison.changes.len(), LISTED, "changes"),
            rows: comparison.rows.iter().take(LISTED).map(row).collect(),
            rows_left_out: left_out(comparison.rows.len(), LISTED, "rows"),
        }
    }
}

fn change(change: &Change) -> ChangeRow {
    ChangeRow {
        direction: change.direction.name(),
        tone: if change.direction.is_bad() { "bad" } else { "" },
        what: cut(&change.subject(), NAME),
        detail: if change.detail == change.what { String::new() } else { cut(&change.detail, NAME) },
        place: cut(&change.place(), NAME),
        this: change.this.to_string(),
        this_n: change.this.value(),
        other: change.other.to_string(),
        other_n: change.other.value(),
        cites: change.example.as_ref().map(|place| cite(place, None)),
    }
}

fn row(row: &Row) -> ServiceRow {
    ServiceRow {
        server: row.place.server.as_deref().map_or_else(|| "all servers".to_owned(), |name| server(Some(name))),
        protocol: row.place.protocol.title(),
        role: row.place.role.title(),
        this: figures(row.this),
        other: figures(row.other),
    }
}

fn figures(totals: Option<Totals>) -> Figures {
    let none = || "–".to_owned();
    Figures {
        attempts: totals.map_or_else(none, |totals| thousands(totals.failed.whole)),
        attempts_n: totals.map_or(0, |totals| totals.failed.whole),
        failed: totals.map_or_else(none, |totals| format!("{:.1} %", totals.failed.value() * 100.0)),
        failed_n: totals.map_or(0.0, |totals| totals.failed.value()),
        p95: totals.map_or_else(none, |totals| thousands(totals.p95)),
        p95_n: totals.map_or(0, |totals| totals.p95),
    }
}
