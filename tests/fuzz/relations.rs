//! The relations that hold for any bytes, in one place: fuzz targets feed them from a fuzzer, `tests/it/properties.rs` from proptest.

use std::sync::Arc;

use exlog::case::Case;
use exlog::case::evidence::Evidence;
use exlog::clock::Window;
use exlog::diagnosis::judge;
use exlog::input::block::Block;
use exlog::protocol_log::context::{Context, pairs};
use exlog::report::json;
use exlog::summary::Summary;
use exlog::summary::file::FileSummary;
use exlog::summary::scope::Scope;
use exlog::summary::segment::{Reading, Segment};

/// Reads a log that is cut behind the lines in which the cuts fall, as a file of this name.
pub fn read(name: &str, log: &[u8], cuts: &[usize]) -> FileSummary {
    let file: Arc<str> = Arc::from(name);
    let scope = Scope::default();
    let reading = Reading { file: &file, named: exlog::protocol_log::file_name::kind_of(name), scope: &scope };
    let mut summary = FileSummary::new(file.clone());
    let mut start = 0;
    for end in line_ends(log, cuts) {
        let text = &log[start..end];
        let is_unfinished = end == log.len() && !text.ends_with(b"\n");
        let segment = Segment::read(Block { text, is_unfinished }, summary.header, reading);
        assert!(summary.fits(&segment));
        summary.add(segment);
        start = end;
    }
    summary.bytes = log.len() as u64;
    summary
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
    json::write(&case, &judge(&case), &mut out).expect("a vector takes everything");
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
    let (whole, parts) = (without_examples(&report(summary(whole))), without_examples(&report(summary(parts))));
    for (name, part) in whole.as_object().into_iter().flatten() {
        assert_eq!(parts[name], *part, "'{name}', cut at {cuts:?}, of\n{}", String::from_utf8_lossy(log));
    }
}

/// Of the failures of one group any five may be the examples.
fn without_examples(report: &str) -> serde_json::Value {
    let mut report: serde_json::Value = serde_json::from_str(report).expect("the report is JSON");
    for group in report["failure_groups"].as_array_mut().into_iter().flatten() {
        group["examples"].take();
    }
    report
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
