//! Logs that grow by any bytes and change their names between two looks: each attempt is handed on once.

use std::fs;
use std::path::Path;

use exlog::follow::follower::{Follower, Order};
use exlog::input::packed::Unpacking;
use exlog::summary::scope::Scope;

use super::BAD;
use crate::generator::clock::utc;
use crate::generator::{Mix, log_bytes};
use crate::mutated::Dice;
use crate::tree::{BACK, FRONT, TWELVE, Tree, gzip, log, login, utf16};

fn order(logs: &Path) -> Order {
    Order {
        paths: vec![logs.to_owned()],
        scope: Scope::default(),
        since: i64::MAX / 4,
        keep: 9_000 * 24 * 3_600_000,
        outcome: None,
        error: None,
        threads: Some(1),
        unpacking: Unpacking::default(),
    }
}

fn follower(logs: &Path) -> Follower {
    Follower::new(order(logs))
}

/// The attempts that a look brings, as a line each: when, who, how it ended, and in which line it stands.
fn look(follower: &mut Follower) -> Vec<String> {
    let mut found = Vec::new();
    let looked = follower.look(utc(2030, 1, 1, 0, 0, 0), |attempt| {
        found.push(format!("{} {} {:?} {}", attempt.moment, attempt.user, attempt.outcome, attempt.location.line));
    });
    looked.unwrap();
    found
}

/// The same of somebody who looks for the first time.
fn at_once(logs: &Path) -> Vec<String> {
    let mut found = look(&mut follower(logs));
    found.sort();
    found
}

/// Writes a log up to each of these bytes, as `write` packs it, looks at it each time, and compares with looking at the whole.
#[track_caller]
fn is_the_same_by(ends: &[usize], log: &[u8], name: &str, write: impl Fn(&[u8]) -> Vec<u8>) {
    let tree = Tree::of(name, b"");
    let (mut follower, mut found) = (follower(tree.path()), Vec::new());
    for end in ends.iter().chain([&log.len()]) {
        fs::write(tree.at(name), write(&log[..*end])).unwrap();
        found.extend(look(&mut follower));
    }
    found.sort();
    let expected = at_once(tree.path());
    assert!(!expected.is_empty());
    assert_eq!(found, expected, "{name} {ends:?}");
    // What is counted is counted once, too.
    let mut once = Follower::new(order(tree.path()));
    look(&mut once);
    let (again, expected) = (follower.case().0, once.case().0);
    assert_eq!(again.summary.accounting, expected.summary.accounting, "{name} {ends:?}");
    assert_eq!(again.summary.skipped, expected.summary.skipped, "{name} {ends:?}");
    assert_eq!(again.coverage.services, expected.coverage.services, "{name} {ends:?}");
    assert_eq!(again.outages, expected.outages, "{name} {ends:?}");
}

#[test]
fn a_log_that_grows_by_any_bytes_gives_each_attempt_once() {
    let mut dice = Dice(23);
    for (seed, mix) in [(1, Mix::Both), (2, Mix::Damage), (3, Mix::Logins), (4, Mix::Both), (5, Mix::Damage)] {
        let mut log = log_bytes(seed, mix, 60_000);
        // A last line is read when it is whole.
        log.truncate(log.iter().rposition(|byte| *byte == b'\n').unwrap() + 1);
        let mut ends: Vec<usize> = (0..12).map(|_| dice.below(log.len())).collect();
        ends.sort_unstable();
        is_the_same_by(&ends, &log, FRONT, <[u8]>::to_vec);
        is_the_same_by(&ends, &log, "EX01/Logging/Imap4/IMAP420260312-1.LOG.gz", gzip);
    }
}

#[test]
fn every_byte_is_a_place_where_a_log_can_be_looked_at() {
    let of_pop = |time: &str, command: &str, context: &str| {
        format!("2026-03-12T{time}Z,00000000000000B2,2,10.0.0.11:995,203.0.113.5:50001,,20,30,40,{command},{context}")
    };
    let lines = [
        TWELVE.to_owned(),
        login("07:00:00.000", "alice", BAD),
        "#Fields: dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context,puid".to_owned(),
        format!("{},", login("07:00:01.000", "bob", "R=ok")),
        of_pop("07:00:02.000", "user", "carol,R=ok,"),
        of_pop("07:00:03.000", "pass", "*****,\"R=\"\"-ERR no\"\";ErrMsg=AuthFailed:LogonDenied\","),
        String::new(),
    ];
    let log = lines.join("\r\n");
    let whole = Tree::of("EX01/Logging/Pop3/x.LOG", &log);
    assert!(at_once(whole.path()).iter().any(|attempt| attempt.contains("carol")));
    for end in (0..log.len()).step_by(17) {
        is_the_same_by(&[end], log.as_bytes(), "EX01/Logging/Pop3/x.LOG", <[u8]>::to_vec);
    }
    let all: Vec<usize> = (0..log.len()).collect();
    is_the_same_by(&all, log.as_bytes(), FRONT, <[u8]>::to_vec);
}

#[test]
fn a_copy_in_utf_16_that_grows_gives_each_attempt_once() {
    let lines: Vec<String> = (0..50).map(|at| login(&format!("07:{at:02}:00.000"), "\u{e4}lice", BAD)).collect();
    let log = format!("{TWELVE}\r\n{}\r\n", lines.join("\r\n"));
    let ends: Vec<usize> = [400, 401, 1500, 3000].map(|end| (end..).find(|end| log.is_char_boundary(*end)).unwrap()).into();
    is_the_same_by(&ends, log.as_bytes(), FRONT, utf16);
}

/// A log with the logins of these minutes.
fn minutes(minutes: std::ops::Range<usize>, name: &str) -> String {
    let lines: Vec<String> = minutes.map(|at| login(&format!("07:{at:02}:00.000"), &format!("{name}{at}"), BAD)).collect();
    log(&[&[TWELVE][..], &lines.iter().map(String::as_str).collect::<Vec<_>>()].concat())
}

#[test]
fn a_log_is_known_again_whatever_becomes_of_its_file() {
    const OTHER: &str = "EX01/Logging/Imap4/IMAP420260312-2.LOG";
    const PACKED: &str = "EX01/Logging/Imap4/IMAP420260312-1.LOG.gz";
    let put = |tree: &Tree, name: &str, content: &[u8]| fs::write(tree.at(name), content).unwrap();
    type Change<'a> = &'a dyn Fn(&Tree);
    let changes: [(&str, Change<'_>, &[usize]); 12] = [
        ("nothing", &|_| {}, &[]),
        ("grown", &|tree| put(tree, FRONT, minutes(0..23, "user").as_bytes()), &[20, 21, 22]),
        ("renamed", &|tree| fs::rename(tree.at(FRONT), tree.at(OTHER)).unwrap(), &[]),
        (
            "renamed and grown, and a new one in its place",
            &|tree| {
                put(tree, OTHER, minutes(0..21, "user").as_bytes());
                put(tree, FRONT, minutes(30..32, "user").as_bytes());
            },
            &[20, 30, 31],
        ),
        (
            "packed after it had grown",
            &|tree| {
                fs::remove_file(tree.at(FRONT)).unwrap();
                put(tree, PACKED, &gzip(minutes(0..22, "user").as_bytes()));
            },
            &[20, 21],
        ),
        ("packed beside it", &|tree| put(tree, PACKED, &gzip(minutes(0..20, "user").as_bytes())), &[]),
        ("cut shorter", &|tree| put(tree, FRONT, minutes(0..10, "user").as_bytes()), &[]),
        ("emptied", &|tree| put(tree, FRONT, b""), &[]),
        ("gone", &|tree| fs::remove_file(tree.at(FRONT)).unwrap(), &[]),
        ("replaced", &|tree| put(tree, FRONT, minutes(40..42, "user").as_bytes()), &[40, 41]),
        ("a new one beside it", &|tree| put(tree, BACK, minutes(50..51, "user").as_bytes()), &[50]),
        (
            "half packed",
            &|tree| {
                let packed = gzip(minutes(0..24, "user").as_bytes());
                fs::remove_file(tree.at(FRONT)).unwrap();
                put(tree, PACKED, &packed[..packed.len() / 2]);
            },
            &[],
        ),
    ];
    let users = |found: Vec<String>| -> Vec<usize> {
        found.iter().map(|line| line.split(' ').nth(1).unwrap().trim_start_matches("user").parse().unwrap()).collect()
    };
    for (what, change, expected) in changes {
        let tree = Tree::of(FRONT, minutes(0..20, "user"));
        let mut follower = follower(tree.path());
        assert_eq!(users(look(&mut follower)), (0..20).collect::<Vec<_>>(), "{what}");
        assert!(look(&mut follower).is_empty());
        change(&tree);
        let mut found = look(&mut follower);
        (0..3).for_each(|_| found.extend(look(&mut follower)));
        assert_eq!(users(found), expected, "{what}");
    }
}

#[test]
fn a_copy_takes_the_place_of_a_log_that_goes_away() {
    const PACKED: &str = "EX01/Logging/Imap4/IMAP420260312-1.LOG.gz";
    let tree = Tree::of(FRONT, minutes(0..20, "user"));
    let mut follower = follower(tree.path());
    assert_eq!(look(&mut follower).len(), 20);
    fs::write(tree.at(PACKED), gzip(minutes(0..22, "user").as_bytes())).unwrap();
    assert!(look(&mut follower).is_empty());
    fs::remove_file(tree.at(FRONT)).unwrap();
    assert_eq!(look(&mut follower).len(), 2);
    assert!(look(&mut follower).is_empty());
}

#[test]
fn a_log_that_is_cut_shorter_goes_on_behind_what_is_left() {
    let tree = Tree::of(FRONT, minutes(0..20, "user"));
    let mut follower = follower(tree.path());
    assert_eq!(look(&mut follower).len(), 20);
    fs::write(tree.at(FRONT), minutes(0..5, "user")).unwrap();
    assert!(look(&mut follower).is_empty());
    fs::write(tree.at(FRONT), minutes(0..5, "user") + &log(&[&login("08:00:00.000", "late", BAD)])).unwrap();
    assert_eq!(look(&mut follower).len(), 1);
}

#[test]
fn what_is_older_than_what_is_kept_is_let_go() {
    let tree = Tree::of(FRONT, minutes(0..20, "user"));
    let order = Order { keep: 2 * 3_600_000, ..order(tree.path()) };
    let mut follower = Follower::new(order);
    look(&mut follower);
    assert_eq!(follower.case().0.groups.len(), 1);
    for hour in 8..14 {
        let line = format!(
            "2026-03-12T{hour:02}:00:00.000Z,00000000000000A1,2,10.0.0.11:993,203.0.113.5:50001,bob,20,30,40,login,bob *****,R=ok"
        );
        fs::write(tree.at(&format!("EX01/Logging/Imap4/IMAP420260312-{hour}.LOG")), log(&[TWELVE, &line])).unwrap();
        look(&mut follower);
    }
    let case = follower.case().0;
    assert_eq!((case.groups.len(), case.summary.sources.len(), case.summary.accounting.records), (0, 3, 3));
    // Lines that come that late are not shown, and an old log that comes back is none that is read again.
    fs::write(tree.at(BACK), minutes(0..3, "other")).unwrap();
    assert!(look(&mut follower).is_empty());
}
