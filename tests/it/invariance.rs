//! What must not change the result: threads, the order of paths, where a file is cut, how its characters are written.

use std::path::Path;

use exlog::input::block::{BLOCK, SEGMENT as SEGMENT_BYTES};
use serde_json::Value;

use crate::generator::clock::utc;
use crate::generator::{Columns, EventKind, FileCut, Mix, Plan, generate, log_bytes};
use crate::program::{analyze, analyze_with, exlog, number};
use crate::tree::{FRONT, THIRTEEN, Tree, gzip};

/// The size in which files are cut between threads.
const SEGMENT: usize = SEGMENT_BYTES as usize;

/// What must be the same however the same lines come: everything but the names, sizes and places of files.
fn essence(report: &Value) -> Value {
    let mut report = report.clone();
    let input = ["records", "records_in_window", "first", "last"].map(|name| (name.to_owned(), report["input"][name].clone()));
    report["input"] = input.into_iter().collect();
    forget_places(&mut report);
    report
}

/// Takes every location out: of examples, of evidence, of the time line.
fn forget_places(part: &mut Value) {
    match part {
        Value::Array(items) => items.iter_mut().for_each(forget_places),
        Value::Object(fields) => {
            fields.retain(|name, _| name != "file" && name != "line");
            fields.values_mut().for_each(forget_places);
        }
        _ => {}
    }
}

fn bytes_of(paths: &[&Path], threads: u32) -> String {
    let mut arguments =
        vec!["analyze".to_owned(), "--format".to_owned(), "json".to_owned(), "--threads".to_owned(), threads.to_string()];
    arguments.extend(paths.iter().map(|path| path.display().to_string()));
    exlog(&arguments).with_status(0).stdout
}

fn big_log() -> Vec<u8> {
    log_bytes(5, Mix::Logins, 13 << 20)
}

/// Exactly so many bytes of comments, more than one: they are read at once, and move what follows them to any place.
fn comments(bytes: usize) -> Vec<u8> {
    let mut text = vec![b'x'; bytes];
    for start in (0..bytes - 1).step_by(30_000) {
        text[start] = b'#';
        text[start.checked_sub(1).unwrap_or(bytes - 1)] = b'\n';
    }
    text[bytes - 1] = b'\n';
    text
}

/// Where the line ends that holds this byte, or the byte before it: at a place where a log can be taken apart.
fn line_end(log: &[u8], at: usize) -> usize {
    log[at..].iter().position(|byte| *byte == b'\n').map_or(log.len(), |feed| at + feed + 1)
}

/// The log in so many stretches, with comments between them: each multiple of `every` bytes is in the middle of one.
fn spread(log: &[u8], stretches: usize, every: usize) -> Vec<u8> {
    let mut spread = log[..line_end(log, log.windows(8).position(|text| text == b"#Fields:").unwrap())].to_vec();
    let mut rest = &log[spread.len()..];
    for number in 1..=stretches {
        let end = if number == stretches { rest.len() } else { line_end(rest, log.len() / stretches) };
        let (stretch, later) = rest.split_at(end);
        spread.extend(comments(number * every - stretch.len() / 2 - spread.len()));
        spread.extend(stretch);
        rest = later;
    }
    spread
}

#[test]
fn any_number_of_threads_and_any_order_of_paths_give_the_same_bytes() {
    let mut plan = Plan::new(31, utc(2026, 3, 12, 0, 0, 0), 8, 3).plant(EventKind::CertificateOutage, 100..200);
    plan.cut = FileCut::Hourly;
    plan.servers[1].columns = Columns::Drift;
    let tree = Tree::new();
    let truth = generate(&plan, tree.path()).unwrap();
    let files: Vec<_> = truth.files.iter().map(|file| tree.at(&file.path)).collect();
    let mut paths: Vec<&Path> = files.iter().map(AsRef::as_ref).collect();
    let expected = bytes_of(&paths, 1);
    for threads in [1, 2, 3, 7] {
        // Another order each time: turned by some places, then backwards.
        let by = 11 * threads as usize % paths.len();
        paths.rotate_left(by);
        paths.reverse();
        assert!(bytes_of(&paths, threads) == expected, "{threads} threads");
    }
    let whole = bytes_of(&[tree.path()], 1);
    assert!([2, 3].iter().all(|threads| bytes_of(&[tree.path()], *threads) == whole));
}

#[test]
fn one_big_file_gives_the_same_bytes_with_any_number_of_threads() {
    let tree = Tree::of(FRONT, spread(&big_log(), 3, SEGMENT));
    let expected = bytes_of(&[tree.path()], 1);
    for threads in [2, 3, 8] {
        assert!(bytes_of(&[tree.path()], threads) == expected, "{threads} threads");
    }
}

#[test]
fn a_file_and_its_pieces_are_the_same_logs() {
    let log = big_log();
    let whole = analyze(Tree::of(FRONT, &log).path());
    for pieces in [2, 3, 16] {
        let (mut tree, mut start) = (Tree::new(), 0);
        for piece in 1..=pieces {
            // The tails have no header and are read by the number of their columns.
            let rough = log.len() / pieces * piece;
            let end = if piece == pieces {
                log.len()
            } else {
                rough + log[rough..].iter().position(|byte| *byte == b'\n').unwrap() + 1
            };
            tree = tree.with(&format!("EX01/Logging/Imap4/IMAP420260312-{piece}.LOG"), &log[start..end]);
            start = end;
        }
        let parts = analyze(tree.path());
        assert_eq!(number(&parts, "/input/lines"), number(&whole, "/input/lines"), "{pieces}");
        assert_same(&essence(&parts), &essence(&whole), &format!("{pieces} pieces"));
    }
}

/// Compares part by part, so that a difference does not print megabytes.
#[track_caller]
fn assert_same(found: &Value, expected: &Value, what: &str) {
    for (name, part) in expected.as_object().unwrap() {
        let (found, expected) = (found[name].to_string(), part.to_string());
        let at = found.bytes().zip(expected.bytes()).position(|(a, b)| a != b).unwrap_or(found.len().min(expected.len()));
        let near = |text: &str| text.get(at.saturating_sub(200)..(at + 100).min(text.len())).unwrap_or_default().to_owned();
        assert!(found == expected, "{what}: '{name}' differs:\n  {}\nagainst\n  {}", near(&found), near(&expected));
    }
}

/// The same record with its first two columns changed, as the header in [`SWAPPED`] says.
fn swapped(line: &[u8]) -> Vec<u8> {
    let mut parts = line.splitn(3, |byte| *byte == b',');
    let (time, session, rest) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    [session, b",", time, b",", rest].concat()
}

const SWAPPED: &str =
    "#Fields: sessionId,dateTime,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context,puid\r\n";

/// The log with its columns changed by a header that begins at exactly this byte, and changed back later.
fn with_drift(log: &[u8], at: usize, back: usize) -> Vec<u8> {
    let mut drifted = Vec::with_capacity(log.len() + 4096);
    let mut is_swapped = false;
    let mut lines = log.split_inclusive(|byte| *byte == b'\n').peekable();
    while let Some(line) = lines.next() {
        let after = drifted.len() + line.len();
        let is_header = line.starts_with(b"#");
        drifted.extend(if is_swapped && !is_header { swapped(line) } else { line.to_vec() });
        let next = lines.peek().map_or(0, |line| line.len());
        // A comment of just the right length puts the header where it is wanted.
        if !is_swapped && drifted.len() < at && after + next + 64 > at {
            drifted.push(b'#');
            drifted.resize(at - 1, b'x');
            drifted.push(b'\n');
            assert_eq!(drifted.len(), at);
            drifted.extend(SWAPPED.bytes());
            is_swapped = true;
        } else if is_swapped && drifted.len() >= back {
            drifted.extend(format!("{THIRTEEN}\r\n").bytes());
            is_swapped = false;
        }
    }
    drifted
}

#[test]
fn a_header_near_a_cut_between_segments_changes_the_columns_behind_it_and_no_others() {
    let log = spread(&log_bytes(6, Mix::Both, 5 << 20), 2, SEGMENT);
    changes_columns_where_it_stands(&log, SEGMENT, SEGMENT + 1000);
}

#[test]
fn a_header_near_a_cut_between_blocks_changes_the_columns_behind_it_and_no_others() {
    let log = log_bytes(6, Mix::Both, 4 * BLOCK);
    changes_columns_where_it_stands(&log, BLOCK, BLOCK / 2);
    changes_columns_where_it_stands(&log, 2 * BLOCK, BLOCK + 1000);
}

/// Columns are changed by a header at or close to the cut, and changed back so many bytes behind it.
#[track_caller]
fn changes_columns_where_it_stands(log: &[u8], cut: usize, back: usize) {
    let expected = essence(&analyze(Tree::of(FRONT, log).path()));
    let length = SWAPPED.len();
    for at in [cut - 5000, cut - length - 1, cut - length, cut - length + 1, cut - 1, cut, cut + 1, cut + 500] {
        let drifted = with_drift(log, at, at + back);
        assert_eq!(&drifted[at..at + length], SWAPPED.as_bytes());
        let tree = Tree::of(FRONT, drifted);
        let report = analyze_with(tree.path(), &["--threads", "2"]);
        assert_eq!(number(&report, "/input/skipped"), 0, "header at byte {at}");
        // The swapped lines look different in examples; what they say is the same.
        let mut found = essence(&report);
        let mut expected = expected.clone();
        for report in [&mut found, &mut expected] {
            report["failure_groups"].as_array_mut().unwrap().iter_mut().for_each(|group| drop(group["examples"].take()));
        }
        assert_same(&found, &expected, &format!("header at byte {at}"));
    }
}

#[test]
fn a_record_across_a_cut_between_segments_is_read_once() {
    let log = log_bytes(7, Mix::Both, 2 << 20);
    let expected = analyze(Tree::of(FRONT, &log).path());
    let feeds = |log: &[u8]| log.iter().filter(|byte| **byte == b'\n').count() as u64;
    let spread = spread(&log, 1, SEGMENT);
    let header_end = line_end(&spread, spread.windows(8).position(|text| text == b"#Fields:").unwrap());
    let (start, end) = (line_end(&spread, SEGMENT - 600), line_end(&spread, line_end(&spread, SEGMENT - 600)));
    // A comment at the top puts the cut before each of these bytes: the line's first one, its line end's two, the next line's.
    for before in [start, start + 1, (start + end) / 2, end - 2, end - 1, end, end + 1] {
        let moved = [&spread[..header_end], &comments(SEGMENT - before), &spread[header_end..]].concat();
        assert_eq!(moved[SEGMENT..SEGMENT + 50], spread[before..before + 50]);
        let report = analyze(Tree::of(FRONT, &moved).path());
        let lines = number(&expected, "/input/lines") + feeds(&moved) - feeds(&log);
        assert_eq!(number(&report, "/input/lines"), lines, "{before}");
        assert_same(&essence(&report), &essence(&expected), &format!("the cut before byte {before}"));
    }
}

/// Copies of a log as tools make them.
fn copies(log: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let marked = format!("\u{feff}{log}");
    let middle = log.len() / 2 + log[log.len() / 2..].find('\n').unwrap() + 1;
    vec![
        ("line feeds alone", log.replace("\r\n", "\n").into_bytes()),
        ("a byte order mark", marked.clone().into_bytes()),
        ("UTF-16LE with its mark", utf16(&marked, u16::to_le_bytes)),
        ("UTF-16BE with its mark", utf16(&marked, u16::to_be_bytes)),
        ("UTF-16LE without a mark", utf16(log, u16::to_le_bytes)),
        ("gzip", gzip(log.as_bytes())),
        ("gzip in two members", [gzip(&log.as_bytes()[..middle]), gzip(&log.as_bytes()[middle..])].concat()),
        ("UTF-16LE in gzip", gzip(&utf16(&marked, u16::to_le_bytes))),
        ("no line end at the end", log.trim_end().as_bytes().to_vec()),
    ]
}

#[test]
fn encodings_line_ends_and_packing_change_nothing() {
    // More than one segment, for UTF-16 (whose bytes are twice as many) too, so that every way of reading is cut.
    let log = spread(&log_bytes(8, Mix::Logins, 5 << 20), 2, SEGMENT / 2);
    let log = String::from_utf8(log).unwrap();
    let plain = analyze(Tree::of(FRONT, &log).path());
    for (name, copy) in copies(&log) {
        let tree = Tree::of(FRONT, &copy);
        let report = analyze(tree.path());
        let input = ["lines", "records", "headers", "blank", "skipped"];
        assert_eq!(input.map(|field| report["input"][field].clone()), input.map(|field| plain["input"][field].clone()), "{name}");
        assert_eq!(number(&report, "/input/files"), 1, "{name}");
        assert_same(&essence(&report), &essence(&plain), name);
    }
}

#[test]
fn a_file_a_packed_file_and_standard_input_have_the_same_totals() {
    // With damage, so that there is something in every total; its last line is cut.
    let log = spread(&log_bytes(9, Mix::Damage, 6 << 20), 1, SEGMENT);
    let named = ["--server-name", "EX01"];
    let file = analyze_with(Tree::of(FRONT, &log).path(), &named);
    let totals = |report: &Value| {
        let mut input = report["input"].as_object().unwrap().clone();
        // Where a line stands is told by the file's name too.
        input.retain(|name, _| name != "sources" && name != "skipped_examples");
        input
    };
    let whole = totals(&file);
    assert!(
        ["lines", "records", "headers", "blank", "skipped"].iter().all(|name| whole[*name].as_u64().unwrap() > 0),
        "{whole:?}"
    );
    assert_eq!(whole["bytes"], log.len());
    let packed = gzip(&log);
    let options = ["analyze", "-", "--format", "json", "--server-name", "EX01"];
    for (name, report) in [
        ("gzip", analyze_with(Tree::of(FRONT, &packed).path(), &named)),
        ("standard input", crate::program::exlog_reading(&options, &log).with_status(0).json()),
        ("gzip on standard input", crate::program::exlog_reading(&options, &packed).with_status(0).json()),
    ] {
        assert_eq!(totals(&report), whole, "{name}");
        assert_same(&essence(&report), &essence(&file), name);
    }
}
