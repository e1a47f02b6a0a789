//! A range of a log that was read apart from the rest of it, as many machines do with a big one. It counts once all ranges are there.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::input::segments;
use crate::protocol_log::header::Header;
use crate::summary::file::FileSummary;
use crate::summary::scope::Scope;
use crate::summary::{Source, Summary};

/// Segments of a log that follow each other. Lines are counted from their own first one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FileRange {
    /// Which segments.
    pub place: RangePlace,
    /// The server's name by the path.
    pub path_name: Option<String>,
    /// What was read.
    pub summary: FileSummary,
}

/// Which segments of a log were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RangePlace {
    /// The number of the first one.
    pub begins: u64,
    /// The number behind that of the last one.
    pub ends: u64,
    /// How many bytes of the log are read, all ranges together.
    pub length: u64,
    /// The header state that the first line was read with.
    pub header_before: Header,
    /// The file's name tells the protocol.
    pub is_named: bool,
}

impl RangePlace {
    /// Whether lines below this header are read as it was done: a header that came earlier may have said what the first one did not.
    fn fits(&self, header: &Header) -> bool {
        let is_protocol_known = self.is_named || self.header_before.protocol() == header.protocol();
        self.header_before.layout() == header.layout() && is_protocol_known
    }
}

/// Why ranges do not make a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfit {
    /// Some of it is in two ranges.
    Twice(Arc<str>),
    /// Its length was another one for some of them.
    Changed(Arc<str>),
    /// Its header changes on the way, and what follows was read as if it did not.
    OtherHeader(Arc<str>),
}

impl FileRange {
    fn is_whole(&self) -> bool {
        self.place.begins == 0 && self.place.ends == segments::count(&(0..self.place.length))
    }

    /// Whether a log that was read as a whole may be on the same server.
    pub fn is_on(&self, source: &Source) -> bool {
        self.path_name.is_none() || self.path_name.as_deref() == source.server.as_deref()
    }

    fn is_of_same_log(&self, other: &Self) -> bool {
        (&self.summary.file, &self.path_name) == (&other.summary.file, &other.path_name)
    }

    /// Adds the range behind it; gives it back if something between them is missing.
    fn join(&mut self, next: Self) -> Result<Option<Self>, Misfit> {
        if next.place.length != self.place.length {
            return Err(Misfit::Changed(next.summary.file));
        }
        if next.place.begins < self.place.ends {
            return Err(Misfit::Twice(next.summary.file));
        }
        if next.place.begins > self.place.ends {
            return Ok(Some(next));
        }
        if !next.place.fits(&self.summary.header) {
            return Err(Misfit::OtherHeader(next.summary.file));
        }
        self.place.ends = next.place.ends;
        self.summary.append(next.summary);
        Ok(None)
    }
}

impl Summary {
    /// Joins ranges that follow each other, and counts the logs of which all ranges are there.
    ///
    /// # Errors
    /// Why some do not fit together.
    pub fn join_ranges(&mut self, scope: &Scope) -> Result<(), Misfit> {
        let mut ranges = std::mem::take(&mut self.ranges);
        let place =
            |range: &FileRange| (range.summary.file.clone(), range.path_name.clone(), range.place.begins, range.place.ends);
        ranges.sort_by_cached_key(place);
        let mut joined: Vec<FileRange> = Vec::new();
        for range in ranges {
            let next = match joined.last_mut().filter(|last| last.is_of_same_log(&range)) {
                Some(last) => last.join(range)?,
                None => Some(range),
            };
            joined.extend(next);
        }
        for range in joined {
            if range.is_whole() {
                self.add_file(range.summary, range.path_name, scope);
            } else {
                self.ranges.push(range);
            }
        }
        Ok(())
    }
}
