//! Logs that grow between runs: what is read piece by piece makes the report about the whole.

use std::fs;
use std::path::Path;

use exlog::case::Case;
use exlog::case::evidence::Evidence;
use exlog::clock::Window;
use exlog::diagnosis::judge;
use exlog::input::discover::discover;
use exlog::input::packed::Unpacking;
use exlog::merge::Merge;
use exlog::pipeline::rest::{LogRead, Rest, read_on};
use exlog::pipeline::{Job, Silent, run};
use exlog::protocol_log::place::Place;
use exlog::report::json;
use exlog::summary::Summary;
use exlog::summary::scope::Scope;

use crate::generator::{Mix, log_bytes};
use crate::mutated::Dice;
use crate::tree::{FRONT, TWELVE, Tree, gzip, login, utf16};

/// Reads a log on from a place: what its whole lines held, what a last line without its end held, and the new place.
fn night(path: &Path, from: Place) -> (Summary, Summary, Place) {
    let input = discover(&[path.to_owned()]).inputs.remove(0);
    let scope = Scope::default();
    let (mut whole, mut unfinished, mut end) = (Summary::default(), Summary::default(), Place::default());
    let rest = Rest {
        files: vec![(input, from)],
        evidence: Some(&[]),
        scope: &scope,
        threads: Some(2),
        unpacking: Unpacking::default(),
    };
    let mut take = |read: LogRead<'_>| {
        end = read.end;
        if let Some(line) = read.unfinished {
            unfinished.add_file(line, read.path_name.clone(), &scope);
        }
        whole.add_file(read.summary.expect("it can be read"), read.path_name, &scope);
        whole.add_notes(read.note.into_iter().collect());
    };
    let beside = read_on(rest, &Silent, &mut take).unwrap();
    whole.add_notes(beside.notes);
    (whole, unfinished, end)
}

/// The report about a log that is read at once.
fn at_once(path: &Path) -> serde_json::Value {
    let job = Job {
        paths: &[path.to_owned()],
        evidence: &[],
        scope: &Scope::default(),
        threads: Some(1),
        unpacking: Unpacking::default(),
    };
    report(run(&job, &Silent).unwrap().summary)
}

/// The report about everything that was read.
fn report(mut summary: Summary) -> serde_json::Value {
    summary.join_sources();
    let case = Case::new(summary, Evidence::default(), Window::default());
    let mut bytes = Vec::new();
    json::write(&case, &judge(&case), None, &mut bytes).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// Writes a log up to each of these bytes, as `write` packs it, reads it on every time, and compares with reading it at once.
#[track_caller]
fn is_the_same_at(ends: &[usize], log: &[u8], name: &str, write: impl Fn(&[u8]) -> Vec<u8>) {
    let tree = Tree::of(name, write(&log[..1]));
    let (mut whole, mut place) = (Summary::default(), Place::default());
    for end in ends {
        fs::write(tree.at(name), write(&log[..*end])).unwrap();
        let (lines, unfinished, behind) = night(&tree.at(name), place);
        whole.merge_with(lines);
        place = behind;
        let mut now = whole.clone();
        now.merge_with(unfinished);
        assert_eq!(report(now), at_once(&tree.at(name)), "{name} up to {end} of {ends:?}");
    }
}

#[test]
fn a_log_that_grows_by_any_bytes_is_read_as_one() {
    let mut dice = Dice(11);
    for (seed, mix) in [(1, Mix::Both), (2, Mix::Damage), (3, Mix::Logins), (4, Mix::Both), (5, Mix::Damage)] {
        let log = log_bytes(seed, mix, 60_000);
        let mut ends: Vec<usize> = (0..6).map(|_| 600 + dice.below(log.len() - 600)).chain([log.len()]).collect();
        ends.sort_unstable();
        is_the_same_at(&ends, &log, FRONT, <[u8]>::to_vec);
        is_the_same_at(&ends, &log, "EX01/Logging/Imap4/IMAP420260312-1.LOG.gz", gzip);
    }
}

#[test]
fn a_copy_in_utf_16_that_grows_is_read_as_one() {
    let lines: Vec<String> = (0..50).map(|at| login(&format!("07:{at:02}:00.000"), "\u{e4}lice", "R=ok")).collect();
    let log = format!("{TWELVE}\r\n{}\r\n", lines.join("\r\n"));
    // Between two characters, as PowerShell writes them.
    let ends: Vec<usize> =
        [400, 401, 1500, 3000, log.len()].map(|end| (end..).find(|end| log.is_char_boundary(*end)).unwrap()).into();
    is_the_same_at(&ends, log.as_bytes(), FRONT, utf16);
}

#[test]
fn every_byte_is_a_place_where_a_log_can_grow_on() {
    let lines = [
        TWELVE.to_owned(),
        login("07:00:00.000", "alice", "\"R=\"\"1 NO LOGIN failed.\"\";ErrMsg=ProxyNotAuthenticated\""),
        String::new(),
        "#Fields: dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context,puid".to_owned(),
        format!("{},", login("07:00:01.000", "bob", "R=ok")),
        "damage".to_owned(),
    ];
    let log = lines.join("\r\n");
    for end in 100..log.len() {
        is_the_same_at(&[end, log.len()], log.as_bytes(), FRONT, <[u8]>::to_vec);
    }
}
