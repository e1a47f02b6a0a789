//! The relations that hold for any bytes, in one place: fuzz targets feed them from a fuzzer, `tests/it/properties.rs` from proptest.

use std::sync::Arc;

use exlog::case::Case;
use exlog::case::evidence::Evidence;
use exlog::clock::Window;
use exlog::diagnosis::judge;
use exlog::input::block::Block;
use exlog::protocol_log::context::{Context, pairs};
use exlog::protocol_log::place::Place;
use exlog::protocol_log::structure::{Columns, Structure, lines, unquoted_in};
use exlog::report::json;
use exlog::summary::Summary;
use exlog::summary::file::FileSummary;
use exlog::summary::scope::Scope;
use exlog::summary::segment::{Reading, Segment, SegmentReader};

/// Reads a log in segments, cut behind the lines in which the cuts fall, as a file of this name.
pub fn read(name: &str, log: &[u8], cuts: &[usize]) -> FileSummary {
    summary_of(name, log, |reading, summary| {
        for block in blocks(log, cuts) {
            let segment = Segment::read(block, summary.header, reading);
            assert!(summary.fits(&segment));
            summary.add(segment);
        }
    })
}

/// The same in one segment, whose blocks are cut there.
fn read_in_blocks(name: &str, log: &[u8], cuts: &[usize]) -> FileSummary {
    summary_of(name, log, |reading, summary| {
        let mut segment = SegmentReader::new(summary.header, reading);
        blocks(log, cuts).for_each(|block| segment.add(block));
        summary.add(segment.finish());
    })
}

fn summary_of(name: &str, log: &[u8], read: impl FnOnce(Reading<'_>, &mut FileSummary)) -> FileSummary {
    let file: Arc<str> = Arc::from(name);
    let scope = Scope::default();
    let reading = Reading { file: &file, named: exlog::protocol_log::file_name::kind_of(name), scope: &scope };
    let mut summary = FileSummary::after(file.clone(), &Place::default());
    read(reading, &mut summary);
    summary.bytes = log.len() as u64;
    summary
}

/// The log in blocks of whole lines.
fn blocks<'a>(log: &'a [u8], cuts: &[usize]) -> impl Iterator<Item = Block<'a>> {
    let mut start = 0;
    line_ends(log, cuts).into_iter().map(move |end| {
        let text = &log[start..end];
        start = end;
        Block { text, is_unfinished: end == log.len() && !text.ends_with(b"\n") }
    })
}

/// The end of the line in which each cut falls, and the end of the log; each once, in their order.
fn line_ends(log: &[u8], cuts: &[usize]) -> Vec<usize> {
    let after = |cut: usize| log.get(cut..)?.iter().position(|byte| *byte == b'\n').map(|feed| cut + feed + 1);
    let mut ends: Vec<usize> = cuts.iter().filter_map(|cut| after(*cut)).collect();
    ends.push(log.len());
    ends.sort_unstable();
    ends.dedup();
    ends
}

/// The summary of one file.
pub fn summary(file: FileSummary) -> Summary {
    let mut summary = Summary::default();
    summary.add_file(file, Some("EX01".to_owned()), &Scope::default());
    summary
}

/// The report about a summary, as bytes.
pub fn report(summary: Summary) -> String {
    let mut out = Vec::new();
    let case = Case::new(summary, Evidence::default(), Window::default());
    json::write(&case, &judge(&case), None, &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("JSON is UTF-8")
}

/// Every line is counted once and as one thing, and where a log is cut does not show.
pub fn accounting(log: &[u8], cuts: &[usize]) {
    let whole = read("IMAP420260312-1.LOG", log, &[]);
    let counted = whole.accounting;
    let feeds = log.iter().filter(|byte| **byte == b'\n').count();
    let rest = usize::from(log.last().is_some_and(|byte| *byte != b'\n'));
    assert_eq!(counted.lines, (feeds + rest) as u64, "physical lines");
    assert_eq!(counted.lines, counted.records + counted.headers + counted.blank + whole.skipped.total(), "lines add up");
    let services: u64 = whole.services.values().map(|service| service.records).sum();
    assert_eq!(services, counted.records, "every record belongs to one service");
    let parts = read("IMAP420260312-1.LOG", log, cuts);
    assert_eq!((parts.accounting, &parts.skipped, parts.span), (counted, &whole.skipped, whole.span), "cut at {cuts:?}");
    let (whole, parts) = (report(summary(whole)), report(summary(parts)));
    let in_blocks = report(summary(read_in_blocks("IMAP420260312-1.LOG", log, cuts)));
    assert_eq!(in_blocks, whole, "in blocks cut at {cuts:?}, of\n{}", String::from_utf8_lossy(log));
    let read = |report: &str| -> serde_json::Value { serde_json::from_str(report).expect("the report is JSON") };
    let (whole, parts) = (read(&whole), read(&parts));
    for (name, part) in whole.as_object().into_iter().flatten() {
        assert_eq!(parts[name], *part, "'{name}', cut at {cuts:?}, of\n{}", String::from_utf8_lossy(log));
    }
}

/// The scan finds the lines and columns that the obvious reader finds, at any place between other lines.
pub fn structure(text: &[u8], before: usize) {
    let mut structure = Structure::default();
    same_lines(&mut structure, text);
    // So many bytes further on, at another place of the scan's steps; and its buffers hold what was found before.
    let moved: Vec<u8> = text.iter().copied().cycle().take(before).chain(text.iter().copied()).collect();
    same_lines(&mut structure, &moved);
    same_lines(&mut structure, text);
}

fn same_lines(structure: &mut Structure, text: &[u8]) {
    let (mut expected, mut bounds, mut buffer) = (lines(text), Vec::new(), Vec::new());
    structure.lines_of(text, |line| {
        let wanted = expected.next().expect("a line too many");
        let end = wanted.as_ptr() as usize - text.as_ptr() as usize + wanted.len();
        let is_same = |a: &[u8], b: &[u8]| a == b && (a.is_empty() || a.as_ptr() == b.as_ptr());
        assert!(is_same(line.text(), wanted), "{} against {}", line.text().escape_ascii(), wanted.escape_ascii());
        let has_line_feed = text[end..].starts_with(b"\n") || text[end..].starts_with(b"\r\n");
        assert_eq!(line.has_line_feed, has_line_feed, "the line feed of {}", wanted.escape_ascii());
        let columns = Columns::of(wanted, &mut bounds);
        assert_eq!(line.columns.count(), columns.count(), "the columns of {}", wanted.escape_ascii());
        assert!(is_same(line.columns.line(), wanted), "the columns are those of {}", wanted.escape_ascii());
        let raw: Vec<&[u8]> = (0..columns.count()).filter_map(|place| line.columns.raw(place)).collect();
        assert_eq!(raw.join(&b','), wanted, "columns and commas make the line");
        for place in 0..=columns.count() {
            assert_eq!(line.columns.raw(place), columns.raw(place), "column {place} of {}", wanted.escape_ascii());
            let value = columns.value(place);
            assert_eq!(line.columns.value(place), value, "column {place} of {}", wanted.escape_ascii());
            assert_eq!(columns.raw(place).map(|raw| unquoted_in(raw, &mut buffer)), value.as_deref());
        }
    });
    assert_eq!(expected.next(), None, "a line is missing");
}

/// A context is read to its end, its pairs are parts of it in their order, and what decides is one of them.
pub fn context(text: &[u8]) {
    let mut from = 0;
    for (key, value) in pairs(text) {
        for part in [key, value].into_iter().filter(|part| !part.is_empty()) {
            let at = part.as_ptr() as usize - text.as_ptr() as usize;
            assert!(at >= from && at + part.len() <= text.len(), "parts overlap");
            from = at + part.len();
        }
    }
    let read = Context::parse(text);
    assert_eq!(read.response, pairs(text).find(|(key, _)| *key == b"R").map(|(_, value)| value));
    assert_eq!(read.message, pairs(text).find(|(key, _)| *key == b"Msg").map(|(_, value)| value));
    assert!(read.error.is_none_or(
        |code| !code.is_empty() && pairs(text).any(|(key, value)| key == b"ErrMsg" && value.trim_ascii().starts_with(code))
    ));
}
