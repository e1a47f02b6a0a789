//! The loop over lines that everything else serves: header, blank, record, or skipped.

use crate::input::block::LONGEST_LINE;
use crate::protocol_log::before::Before;
use crate::protocol_log::header::{Header, Layout};
use crate::protocol_log::record::Record;
use crate::protocol_log::sniff::without_bom;
use crate::protocol_log::structure::{Columns, Line};
use crate::skipped::SkipReason;
use crate::summary::segment::reader::Reader;
use crate::summary::segment::{Reading, Segment};

/// The lines of a segment on their way.
pub(super) struct Lines<'a> {
    header_before: Header,
    header: Header,
    /// Of the lines below the header.
    layout: Layout,
    before: Before,
    reader: Reader<'a>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(header: Header, reading: Reading<'a>) -> Self {
        let mut lines = Self {
            header_before: header,
            header,
            layout: header.layout(),
            before: Before::default(),
            reader: Reader::new(reading),
        };
        lines.heed_header();
        lines
    }

    /// Takes in a line; `is_unfinished` says that its file ends in it without a line end.
    #[inline(always)]
    pub(super) fn take(&mut self, line: Line<'_>, is_unfinished: bool) {
        self.reader.accounting.lines += 1;
        match read(line.columns, &self.layout, &mut self.before) {
            Ok(record) if line.columns.length() <= LONGEST_LINE => self.reader.record(record),
            _ => self.odd_line(line.text(), is_unfinished),
        }
    }

    /// A line that is no record as it stands, or longer than any.
    #[cold]
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
            match read(Columns::of(line, &mut commas), &self.layout, &mut self.before) {
                Ok(record) => self.reader.record(record),
                Err(reason) if is_unfinished && reason != SkipReason::OtherLayout => {
                    self.reader.skip(SkipReason::Unfinished, line);
                }
                Err(reason) => self.reader.skip(reason, line),
            }
        }
    }

    fn heed_header(&mut self) {
        self.layout = self.header.layout();
        self.reader.log_type = self.header.protocol();
    }

    pub(super) fn finish(self) -> Segment {
        self.reader.finish(self.header_before, self.header)
    }
}

#[inline(always)]
fn read<'a>(columns: Columns<'a>, layout: &'a Layout, before: &mut Before) -> Result<Record<'a>, SkipReason> {
    match layout {
        Layout::Columns(map) => Record::read(columns, map, before),
        Layout::EventData => Err(SkipReason::OtherLayout),
    }
}
