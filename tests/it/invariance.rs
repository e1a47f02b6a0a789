//! What must not change the result: threads, the order of paths, where a file is cut, how its characters are written.

use std::path::Path;

use serde_json::Value;

use crate::generator::clock::utc;
use crate::generator::{Columns, EventKind, FileCut, Mix, Plan, generate, log_bytes};
use crate::program::{analyze, analyze_with, exlog, number};
use crate::tree::{FRONT, THIRTEEN, Tree};

/// The size in which files are cut between threads.
const SEGMENT: usize = 4 << 20;

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
    let tree = Tree::of(FRONT, big_log());
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
    let log = log_bytes(6, Mix::Both, 9 << 20);
    let expected = essence(&analyze(Tree::of(FRONT, &log).path()));
    let length = SWAPPED.len();
    for at in [
        SEGMENT / 2,
        SEGMENT - 5000,
        SEGMENT - length - 1,
        SEGMENT - length,
        SEGMENT - length + 1,
        SEGMENT - 1,
        SEGMENT,
        SEGMENT + 1,
        SEGMENT + 500,
    ] {
        let drifted = with_drift(&log, at, at + SEGMENT + 1000);
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
    let log = log_bytes(7, Mix::Both, 5 << 20);
    let expected = analyze(Tree::of(FRONT, &log).path());
    let header_end = log.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    // A comment at the top moves every line by some bytes over the cut.
    for by in [2, 3, 50, 51, 52, 120] {
        let comment = "#".to_owned() + &"x".repeat(by - 2) + "\n";
        let moved = [&log[..header_end], comment.as_bytes(), &log[header_end..]].concat();
        let report = analyze(Tree::of(FRONT, moved).path());
        assert_eq!(number(&report, "/input/lines"), number(&expected, "/input/lines") + 1, "{by}");
        assert_same(&essence(&report), &essence(&expected), &format!("moved by {by}"));
    }
}

/// Copies of a log as tools make them.
fn copies(log: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let marked = format!("\u{feff}{log}");
    let gzip = |content: &[u8]| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packed, content).unwrap();
        packed.finish().unwrap()
    };
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
    // More than one segment, so that blocks of every way of reading are cut.
    let log = String::from_utf8(log_bytes(8, Mix::Logins, 9 << 20)).unwrap();
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
fn standard_input_gives_what_the_file_gives() {
    let log = log_bytes(9, Mix::Both, 6 << 20);
    let options = ["analyze", "-", "--format", "json", "--server-name", "EX01"];
    let piped = crate::program::exlog_reading(&options, &log).with_status(0).json();
    let read = analyze_with(Tree::of(FRONT, &log).path(), &["--server-name", "EX01"]);
    assert_same(&essence(&piped), &essence(&read), "standard input");
}
