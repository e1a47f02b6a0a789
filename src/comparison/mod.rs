//! Two cases side by side: what is new, gone, worse or better in these logs, held against others.
//!
//! The others may be last week, the time before a change, or another server. What is compared are shares of attempts, never
//! counts, so that the two may be of different length; `share` says when a difference counts. A service that only one side has
//! logs of is named and not compared: that nothing is there proves nothing.

use std::collections::BTreeMap;

use crate::case::Case;
use crate::diagnosis::finding::Finding;
use crate::skipped::FileFate;

mod accounts;
pub mod change;
mod findings;
pub mod matching;
mod services;
pub mod share;
mod side;
mod words;

pub use change::{Change, Direction, Figure, Kind};
pub use matching::Matched;
pub use share::Share;
pub use side::Place;

use matching::Servers;
use side::Service;

/// What was read of one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The paths, as they were given.
    pub paths: Vec<String>,
    /// The first and the last moment inside the window that the logs cover (milliseconds since 1970 UTC).
    pub span: Option<(i64, i64)>,
    /// The window that was asked for.
    pub window: crate::clock::Window,
    /// The servers.
    pub servers: Vec<String>,
    /// How many logs.
    pub files: u64,
    /// Their lines.
    pub lines: u64,
    /// Lines that could not be read.
    pub skipped: u64,
    /// Files that could not be read, or not to their end.
    pub unread_files: u64,
}

/// A service on both sides; `None` on the side that has no login attempts of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Which.
    pub place: Place,
    /// In these logs.
    pub this: Option<Totals>,
    /// In the others.
    pub other: Option<Totals>,
}

/// The figures of a service that stand side by side, whether they changed or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Failed attempts of all.
    pub failed: Share,
    /// Logins in clear text, of those of which it is known.
    pub clear: Share,
    /// How long half of the attempts took at the most, in milliseconds.
    pub p50: u64,
    /// How long 95 of 100 took at the most.
    pub p95: u64,
    /// How many outages.
    pub outages: u64,
    /// How long they were, in milliseconds.
    pub out_for: i64,
}

/// What is new, gone, worse or better.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// How the two sides were brought together.
    pub matched: Matched,
    /// These logs.
    pub this: Side,
    /// The others.
    pub other: Side,
    /// The changes: new, worse, gone, better; findings first, then by how much.
    pub changes: Vec<Change>,
    /// All services of both sides.
    pub rows: Vec<Row>,
    /// Failures that differ by the factor that matters, but of which there are too few to tell.
    pub too_few: u64,
    /// Accounts with changes that are not listed.
    pub accounts_left_out: u64,
}

/// A case with its findings and the paths that it was read from.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    /// The case.
    pub case: &'a Case,
    /// Its findings.
    pub findings: &'a [Finding],
    /// The paths, as they were given.
    pub paths: &'a [String],
}

impl Comparison {
    /// Holds `this` against `other`.
    pub fn new(this: Judged<'_>, other: Judged<'_>) -> Self {
        let servers = Servers::of(this.case, other.case);
        let (mine, theirs) = (side::services(this.case, &servers), side::services(other.case, &servers));
        let mut changes = findings::changes((this.case, this.findings), (other.case, other.findings), &servers);
        let (of_services, too_few) = services::changes(&mine, &theirs);
        changes.extend(of_services);
        let (of_accounts, accounts_left_out) = accounts::changes((this.case, &mine), (other.case, &theirs), &servers);
        changes.extend(of_accounts);
        changes.sort_by(|a, b| {
            let by_kind = (a.direction, a.kind).cmp(&(b.direction, b.kind));
            let by_distance = || b.distance().total_cmp(&a.distance());
            let name = |change: &Change| (change.server.clone(), change.protocol, change.role, change.class, change.what.clone());
            by_kind
                .then_with(by_distance)
                .then_with(|| name(a).cmp(&name(b)))
                .then_with(|| (&a.target, &a.detail).cmp(&(&b.target, &b.detail)))
        });
        Self {
            matched: servers.matched,
            this: side_of(this),
            other: side_of(other),
            changes,
            rows: rows(&mine, &theirs),
            too_few,
            accounts_left_out,
        }
    }

    /// How many changes of a direction there are.
    pub fn count(&self, direction: Direction) -> usize {
        self.changes.iter().filter(|change| change.direction == direction).count()
    }
}

fn side_of(judged: Judged<'_>) -> Side {
    let (summary, window) = (&judged.case.summary, judged.case.window);
    let mut servers: Vec<String> = judged.case.servers().into_iter().flatten().map(str::to_owned).collect();
    servers.dedup();
    let inside = summary.span.map(|span| {
        let last = window.to.map_or(span.last, |to| span.last.min(to - 1));
        (window.from.map_or(span.first, |from| span.first.max(from)), last)
    });
    Side {
        paths: judged.paths.to_vec(),
        span: inside.filter(|(first, last)| first <= last),
        window,
        servers,
        files: summary.sources.len() as u64,
        lines: summary.accounting.lines,
        skipped: summary.skipped.total(),
        unread_files: summary.files_with(FileFate::Unreadable) + summary.files_with(FileFate::Damaged),
    }
}

fn rows(this: &BTreeMap<Place, Service>, other: &BTreeMap<Place, Service>) -> Vec<Row> {
    let mut rows: BTreeMap<&Place, Row> = BTreeMap::new();
    let empty = |place: &Place| Row { place: place.clone(), this: None, other: None };
    for (place, service) in this {
        rows.entry(place).or_insert_with(|| empty(place)).this = Some(totals(service));
    }
    for (place, service) in other {
        rows.entry(place).or_insert_with(|| empty(place)).other = Some(totals(service));
    }
    rows.into_values().collect()
}

fn totals(service: &Service) -> Totals {
    let counts = service.counts();
    Totals {
        failed: Share { part: counts.failed, whole: counts.attempts() },
        clear: Share { part: service.encryption.1, whole: service.encryption.0 },
        p50: service.latency.quantile(0.5),
        p95: service.latency.quantile(0.95),
        outages: service.outages.ids.len() as u64,
        out_for: service.outages.milliseconds,
    }
}
