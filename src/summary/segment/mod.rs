//! Blocks of lines → their summary. A segment knows its lines by their number in it, and its file only by name;
//! `summary::file` puts segments together. How a line is taken in is said in `lines`, how a record in `reader`, how
//! a login in `logins`; what is found out about texts that come again is kept in `part`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::collections::map::HashMap;
use crate::input::block::Block;
use crate::login::identity::Aliases;
use crate::login::session::Sessions;
use crate::merge::Span;
use crate::protocol::{Protocol, Role};
use crate::protocol_log::file_name::NamedKind;
use crate::protocol_log::header::Header;
use crate::protocol_log::structure::Structure;
use crate::skipped::SkippedLines;
use crate::summary::scope::Scope;
use crate::summary::service::Service;

mod lines;
mod logins;
mod part;
mod reader;

use lines::Lines;

/// How the lines of a block count: `lines = records + headers + blank + skipped`, always.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounting {
    /// Physical lines.
    pub lines: u64,
    /// Lines that could be read.
    pub records: u64,
    /// Lines that begin with `#`, and bare column rows.
    pub headers: u64,
    /// Empty lines.
    pub blank: u64,
    /// Records inside the window.
    pub in_window: u64,
}

/// The summary of consecutive blocks of lines.
#[derive(Debug)]
pub struct Segment {
    /// The header state that the first block was read with.
    pub header_before: Header,
    /// The header state behind the last line.
    pub header_after: Header,
    /// The last line has no end.
    pub is_cut: bool,
    /// What the lines were.
    pub accounting: Accounting,
    /// The lines that could not be read.
    pub skipped: SkippedLines,
    /// The first and the last record.
    pub span: Option<Span>,
    /// The server addresses in the records that are not loopback, with their counts.
    pub addresses: HashMap<Vec<u8>, u64>,
    /// The services that wrote the lines.
    pub services: BTreeMap<(Protocol, Role), Service>,
    /// Their sessions.
    pub sessions: BTreeMap<(Protocol, Role), Sessions>,
    /// Names that stood beside each other.
    pub aliases: Aliases,
}

/// What a segment is read with.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The file's name, for examples.
    pub file: &'a Arc<str>,
    /// What the file's name tells.
    pub named: Option<NamedKind>,
    /// What counts.
    pub scope: &'a Scope,
}

/// A segment that is being read.
pub struct SegmentReader<'a> {
    structure: Structure,
    lines: Lines<'a>,
    is_cut: bool,
}

impl<'a> SegmentReader<'a> {
    /// A segment that begins under `header`.
    pub fn new(header: Header, reading: Reading<'a>) -> Self {
        Self { structure: Structure::default(), lines: Lines::new(header, reading), is_cut: false }
    }

    /// Takes in the block that follows.
    pub fn add(&mut self, block: Block<'_>) {
        self.is_cut |= block.is_unfinished;
        let lines = &mut self.lines;
        self.structure.lines_of(block.text, |line| lines.take(line, block.is_unfinished && !line.has_line_feed));
    }

    /// What was read.
    pub fn finish(self) -> Segment {
        Segment { is_cut: self.is_cut, ..self.lines.finish() }
    }
}

impl Segment {
    /// Reads a segment of a single block.
    pub fn read(block: Block<'_>, header: Header, reading: Reading<'_>) -> Self {
        let mut segment = SegmentReader::new(header, reading);
        segment.add(block);
        segment.finish()
    }
}
