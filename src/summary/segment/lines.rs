//! The loop over lines that everything else serves: header, blank, record, or skipped.

use crate::input::block::LONGEST_LINE;
use crate::protocol_log::header::{Header, Layout};
use crate::protocol_log::record::Record;
use crate::protocol_log::sniff::without_bom;
use crate::protocol_log::structure::{Columns, Line};
use crate::protocol_log::timestamp::Stamps;
use crate::skipped::SkipReason;
use crate::summary::segment::reader::Reader;
use crate::summary::segment::{Reading, Segment};

/// The lines of a segment on their way.
pub(super) struct Lines<'a> {
    header_before: Header,
    header: Header,
    /// Of the lines below the header.
    layout: Layout,
    stamps: Stamps,
    reader: Reader<'a>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(header: Header, reading: Reading<'a>) -> Self {
        let mut lines = Self {
            header_before: header,
            header,
            layout: header.layout(),
            stamps: Stamps::default(),
            reader: Reader::new(reading),
        };
        lines.heed_header();
        lines
    }

    /// Takes in a line; `is_unfinished` says that its file ends in it without a line end.
    #[inline(always)]
    pub(super) fn take(&mut self, line: Line<'_>, is_unfinished: bool) {
        self.reader.accounting.lines += 1;
        // Nothing but a record begins with a digit.
        if line.text.first().is_some_and(u8::is_ascii_digit) && line.text.len() <= LONGEST_LINE {
            self.columns(line.columns, is_unfinished);
        } else {
            self.odd_line(line.text, is_unfinished);
        }
    }

    #[inline(never)]
    fn odd_line(&mut self, line: &[u8], is_unfinished: bool) {
        let line = without_bom(line);
        if line.len() > LONGEST_LINE {
            self.reader.skip(SkipReason::TooLong, line);
        } else if self.header.take(line) {
            self.reader.accounting.headers += 1;
            self.heed_header();
        } else if line.trim_ascii().is_empty() {
            self.reader.accounting.blank += 1;
        } else {
            let mut commas = Vec::new();
            self.columns(Columns::of(line, &mut commas), is_unfinished);
        }
    }

    fn heed_header(&mut self) {
        self.layout = self.header.layout();
        self.reader.log_type = self.header.protocol();
    }

    #[inline(always)]
    fn columns(&mut self, columns: Columns<'_>, is_unfinished: bool) {
        let record = match &self.layout {
            Layout::Columns(map) => Record::read(columns, map, &mut self.stamps),
            Layout::EventData => Err(SkipReason::OtherLayout),
        };
        match record {
            Ok(record) => self.reader.record(record),
            Err(reason) => self.unread(reason, columns.line(), is_unfinished),
        }
    }

    #[cold]
    fn unread(&mut self, reason: SkipReason, line: &[u8], is_unfinished: bool) {
        let reason = if is_unfinished && reason != SkipReason::OtherLayout { SkipReason::Unfinished } else { reason };
        self.reader.skip(reason, line);
    }

    pub(super) fn finish(self) -> Segment {
        self.reader.finish(self.header_before, self.header)
    }
}
