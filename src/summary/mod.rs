//! Everything kept of the logs: counters, failure groups, series, accounts, sessions, sources.
//!
//! A [`Summary`] merges with any other ([`crate::merge::Merge`]): threads, nights, servers and cluster workers all make
//! parts of it. Its size grows with groups, accounts (up to a limit) and minutes, never with lines. What the numbers mean
//! is judged in `case` and above.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::login::identity::Aliases;
use crate::login::session::{SessionCounts, Sessions};
use crate::merge::{Merge, Span, merge_entry};
use crate::protocol::{Protocol, Role};
use crate::skipped::{FileFate, FileNote, SkippedLines};

pub mod account;
pub mod affected;
pub mod clock_sample;
pub mod counts;
pub mod failure_group;
pub mod file;
pub mod file_range;
pub mod large_mailbox;
pub mod pace;
pub mod pulse;
mod redacted;
pub mod scope;
pub mod segment;
pub mod service;
pub mod spellings;

use file::FileSummary;
use file_range::FileRange;
use scope::Scope;
use segment::Accounting;
use service::Service;

/// Which service on which server; a server of which nothing is known is `None`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ServiceKey {
    /// The server's name.
    pub server: Option<Arc<str>>,
    /// The protocol.
    pub protocol: Protocol,
    /// The role.
    pub role: Role,
}

/// A protocol log that was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Source {
    /// The file, as it is shown.
    pub file: Arc<str>,
    /// The server it belongs to.
    pub server: Option<Arc<str>>,
    /// The service that wrote most of it.
    pub service: Option<(Protocol, Role)>,
    /// Its records.
    pub records: u64,
    /// The first and the last of them.
    pub span: Option<(i64, i64)>,
    /// Bytes of its content.
    pub bytes: u64,
    /// Its lines.
    pub lines: u64,
    /// Its last line has no end: it is still being written, or the copy was cut.
    pub is_cut: bool,
    /// A hash of how its text begins: the same log at another time begins so too. `None` if there is no record in that.
    pub begins: Option<u64>,
    /// What tells it from every other log, whatever its path ([`FileSummary::fingerprint`]).
    pub fingerprint: u64,
}

impl Source {
    /// Takes in a stretch of the same log.
    fn read_on(&mut self, later: &Self) {
        if self.records < later.records {
            self.service = later.service;
        }
        self.records += later.records;
        self.bytes += later.bytes;
        self.lines += later.lines;
        self.is_cut = later.is_cut;
        self.span = match (self.span, later.span) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (span, None) | (None, span) => span,
        };
        self.fingerprint = self.fingerprint.rotate_left(1) ^ later.fingerprint;
    }
}

/// All that is kept of any number of logs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Summary {
    /// The logs that were read.
    pub sources: Vec<Source>,
    /// Files that were left aside or had trouble.
    pub notes: Vec<FileNote>,
    /// Bytes of protocol logs.
    pub bytes: u64,
    /// What their lines were.
    pub accounting: Accounting,
    /// The lines that could not be read.
    pub skipped: SkippedLines,
    /// The first and the last record of all.
    pub span: Option<Span>,
    /// The services.
    pub services: BTreeMap<ServiceKey, Service>,
    /// Names that stood beside each other.
    pub aliases: Aliases,
    /// The sessions of each service, file by file in the order of time; joined when asked for.
    stretches: BTreeMap<ServiceKey, BTreeMap<(i64, Arc<str>), Sessions>>,
    /// Ranges of logs of which others are missing: nothing above knows of them.
    pub ranges: Vec<FileRange>,
}

impl Summary {
    /// Adds a file that was read to its end. `path_name` is the server's name by the path, if that tells one.
    pub fn add_file(&mut self, mut file: FileSummary, path_name: Option<String>, scope: &Scope) {
        file.settle();
        let server: Option<Arc<str>> = scope.server_name.clone().or(path_name).or_else(|| file.server_address()).map(Into::into);
        let source = Source {
            file: file.file.clone(),
            server: server.clone(),
            service: file.main_service(),
            records: file.accounting.records,
            span: file.span.map(|span| (span.first, span.last)),
            bytes: file.bytes,
            lines: file.accounting.lines,
            is_cut: file.is_cut,
            begins: file.begins,
            fingerprint: file.fingerprint(),
        };
        // Files come in their order nearly always: thousands are not sorted again for each.
        self.sources.insert(self.sources.partition_point(|other| *other <= source), source);
        self.bytes += file.bytes;
        self.accounting.merge_with(file.accounting);
        self.skipped.merge_with(file.skipped);
        self.span.merge_with(file.span);
        if !scope.has_server(server.as_deref()) {
            return;
        }
        self.aliases.merge_with(file.aliases);
        let first = file.span.map_or(i64::MIN, |span| span.first);
        for ((protocol, role), service) in file.services {
            let key = ServiceKey { server: server.clone(), protocol, role };
            merge_entry(&mut self.services, key, service);
        }
        for ((protocol, role), sessions) in file.sessions {
            let key = ServiceKey { server: server.clone(), protocol, role };
            merge_entry(self.stretches.entry(key).or_default(), (first, file.file.clone()), sessions);
        }
    }

    /// Adds notes about files; the same one twice is one.
    pub fn add_notes(&mut self, notes: Vec<FileNote>) {
        self.notes.extend(notes);
        self.notes.sort();
        self.notes.dedup();
    }

    /// Makes one source of the stretches of a log that was read in several runs.
    pub fn join_sources(&mut self) {
        self.sources.sort_by(|a, b| (&a.file, &a.server, a.span).cmp(&(&b.file, &b.server, b.span)));
        self.sources.dedup_by(|later, first| {
            let is_same = later.file == first.file && later.server == first.server;
            if is_same {
                first.read_on(later);
            }
            is_same
        });
        self.sources.sort();
    }

    /// The sessions of a service, joined over all its files, and when it is seen to have started anew.
    pub fn sessions(&self, key: &ServiceKey) -> (SessionCounts, Vec<i64>) {
        let mut whole = Sessions::default();
        for stretch in self.stretches.get(key).into_iter().flat_map(BTreeMap::values) {
            whole.then(stretch.clone());
        }
        whole.finish()
    }

    /// Whether every line and every file could be read.
    pub fn is_whole(&self) -> bool {
        self.skipped.total() == 0 && self.files_with(FileFate::Unreadable) + self.files_with(FileFate::Damaged) == 0
    }

    /// How many files met a fate.
    pub fn files_with(&self, fate: FileFate) -> u64 {
        self.notes.iter().filter(|note| note.fate == fate).count() as u64
    }
}

impl Merge for Summary {
    fn merge_with(&mut self, other: Self) {
        self.sources.extend(other.sources);
        self.sources.sort();
        self.add_notes(other.notes);
        self.bytes += other.bytes;
        self.accounting.merge_with(other.accounting);
        self.skipped.merge_with(other.skipped);
        self.span.merge_with(other.span);
        self.services.merge_with(other.services);
        self.aliases.merge_with(other.aliases);
        for (key, stretches) in other.stretches {
            self.stretches.entry(key).or_default().merge_with(stretches);
        }
        self.ranges.extend(other.ranges);
    }
}
