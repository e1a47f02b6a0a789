//! The segments of one file, put together in their order, and the file's server.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::collections::map::HashMap;
use crate::collections::partners::hash;
use crate::collections::sorted;
use crate::login::identity::Aliases;
use crate::login::session::Sessions;
use crate::merge::{Merge, Span};
use crate::protocol::{Protocol, Role};
use crate::protocol_log::header::Header;
use crate::protocol_log::place::Place;
use crate::protocol_log::plain::plain_beginning;
use crate::skipped::SkippedLines;
use crate::summary::segment::{Accounting, Segment};
use crate::summary::service::Service;

/// What is known of one file, up to the segment that was added last.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FileSummary {
    /// The file's name, as it is shown.
    pub file: Arc<str>,
    /// A hash of how its text begins, if there is a record in that: by it a copy is known that was made at another time.
    pub begins: Option<u64>,
    /// Lines that stand before those that are counted here.
    pub lines_before: u64,
    /// The header state behind the last line.
    pub header: Header,
    /// Bytes read.
    pub bytes: u64,
    /// The last line has no end.
    pub is_cut: bool,
    /// What the lines were.
    pub accounting: Accounting,
    /// The lines that could not be read.
    pub skipped: SkippedLines,
    /// The first and the last record.
    pub span: Option<Span>,
    /// The services that wrote the lines.
    pub services: BTreeMap<(Protocol, Role), Service>,
    /// Their sessions.
    pub sessions: BTreeMap<(Protocol, Role), Sessions>,
    /// Names that stood beside each other.
    pub aliases: Aliases,
    #[serde(with = "sorted")]
    addresses: HashMap<Vec<u8>, u64>,
}

impl FileSummary {
    /// A file of which nothing has been read, or up to a place only: what comes then is counted, and its lines are numbered on.
    pub fn after(file: Arc<str>, place: &Place) -> Self {
        Self {
            file,
            begins: None,
            lines_before: place.lines,
            header: place.header,
            bytes: 0,
            is_cut: false,
            accounting: Accounting::default(),
            skipped: SkippedLines::default(),
            span: None,
            services: BTreeMap::new(),
            sessions: BTreeMap::new(),
            aliases: Aliases::default(),
            addresses: HashMap::new(),
        }
    }

    /// The same of a log whose text begins so.
    #[must_use]
    pub fn beginning(self, head: &[u8]) -> Self {
        let begins = plain_beginning(head).map(|text| hash(&String::from_utf8_lossy(&text)));
        Self { begins, ..self }
    }

    /// Whether a segment was read with the header state that the segments before it left. If not, it must be read again.
    pub fn fits(&self, segment: &Segment) -> bool {
        self.header == segment.header_before
    }

    /// Adds the segment that follows.
    pub fn add(&mut self, mut segment: Segment) {
        let lines_before = self.lines_before + self.accounting.lines;
        segment.skipped.shift_lines(lines_before);
        segment.services.values_mut().for_each(|service| service.shift_lines(lines_before));
        self.join(segment);
    }

    /// Adds the range of the same log that follows, whose lines are counted from its own first one.
    pub fn append(&mut self, mut later: Self) {
        let lines_before = self.lines_before + self.accounting.lines;
        later.skipped.shift_lines(lines_before);
        later.services.values_mut().for_each(|service| service.shift_lines(lines_before));
        self.then(later);
    }

    /// Adds what was read of the same log behind the place where this ends. Its lines are counted from the log's first one already, and
    /// seconds stay: lines that stand a little late may still fall into them.
    pub fn then(&mut self, later: Self) {
        let Self {
            file: _,
            begins: _,
            lines_before: _,
            header,
            bytes,
            is_cut,
            accounting,
            skipped,
            span,
            services,
            sessions,
            aliases,
            addresses,
        } = later;
        self.bytes += bytes;
        let (header_before, header_after) = (self.header, header);
        self.join(Segment {
            header_before,
            header_after,
            is_cut,
            accounting,
            skipped,
            span,
            addresses,
            services,
            sessions,
            aliases,
        });
    }

    fn join(&mut self, segment: Segment) {
        self.header = segment.header_after;
        self.is_cut = segment.is_cut;
        self.accounting.merge_with(segment.accounting);
        self.skipped.merge_with(segment.skipped);
        self.span.merge_with(segment.span);
        self.aliases.merge_with(segment.aliases);
        self.services.merge_with(segment.services);
        for (service, sessions) in segment.sessions {
            self.sessions.entry(service).or_default().then(sessions);
        }
        for (address, count) in segment.addresses {
            *self.addresses.entry(address).or_default() += count;
        }
    }

    /// Lets go of what only lines that are still to come could have asked for.
    pub fn settle(&mut self) {
        self.services.values_mut().for_each(|service| service.pulse.trim());
    }

    /// The commonest server address in the records that is not loopback: the server's name where the path tells none.
    pub fn server_address(&self) -> Option<String> {
        let commonest = self.addresses.iter().max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)))?;
        Some(String::from_utf8_lossy(commonest.0).into_owned())
    }

    /// What tells this log from every other, whatever its path, its packing, its encoding and its line ends: two of one content have one fingerprint.
    ///
    /// It is made of what was counted (lines of each kind, records of each minute, commands, server addresses, first and last
    /// record), which no two logs with records have in common; so nothing has to be read for it a second time.
    pub fn fingerprint(&self) -> u64 {
        let mut text = format!("{:?} {:?} {:?}", self.accounting, self.span, self.skipped.by_reason().collect::<Vec<_>>());
        let mut addresses: Vec<_> = self.addresses.iter().collect();
        addresses.sort_unstable();
        text.push_str(&format!("{addresses:?}"));
        for (key, service) in &self.services {
            text.push_str(&format!("{key:?} {:?}", service.commands.sorted()));
            service.presence.iter().for_each(|(minute, records)| text.push_str(&format!(" {minute} {records}")));
        }
        hash(&text)
    }

    /// The day (counted since 1970 UTC) on which most of the records stand, whatever single lines of a wrong clock say; `None`
    /// without records.
    pub fn main_day(&self) -> Option<i64> {
        let mut days: BTreeMap<i64, u64> = BTreeMap::new();
        for (minute, records) in self.services.values().flat_map(|service| service.presence.iter()) {
            *days.entry(minute.div_euclid(24 * 60)).or_default() += records;
        }
        days.into_iter().max_by_key(|(day, records)| (*records, std::cmp::Reverse(*day))).map(|(day, _)| day)
    }

    /// The service that wrote most of the records.
    pub fn main_service(&self) -> Option<(Protocol, Role)> {
        self.services.iter().max_by_key(|(key, service)| (service.records, std::cmp::Reverse(**key))).map(|(key, _)| *key)
    }
}

impl Merge for Accounting {
    fn merge_with(&mut self, other: Self) {
        self.lines += other.lines;
        self.records += other.records;
        self.headers += other.headers;
        self.blank += other.blank;
        self.in_window += other.in_window;
    }
}

impl Merge for Sessions {
    fn merge_with(&mut self, other: Self) {
        self.then(other);
    }
}
