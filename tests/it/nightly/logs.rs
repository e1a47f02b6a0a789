//! Logs that are renamed, packed, cut, replaced, deleted and copied between nights.

use std::fs;
use std::path::Path;

use super::{is_all_counted_once, nightly, totals};
use crate::program::{analyze, command, end, list, text};
use crate::tree::{FRONT, TWELVE, Tree, gzip, log, login, samples, utf16};

/// A log of so many logins.
fn logins(count: usize) -> String {
    let lines = (0..count).map(|at| login(&format!("07:{:02}:{:02}.000", at / 60, at % 60), &format!("user{at}"), "R=ok"));
    log(&[TWELVE.to_owned()].into_iter().chain(lines).collect::<Vec<_>>().iter().map(String::as_str).collect::<Vec<_>>())
}

/// All front-end attempts of a store.
fn attempts(store: &Path) -> u64 {
    totals(store).0.values().map(|[attempts, ..]| attempts).sum()
}

#[test]
fn one_night_over_the_samples_counts_what_a_report_counts() {
    let folder = Tree::new();
    let store = folder.at("a store.db");
    nightly(&store, &samples(), &[]).with_status(1);
    is_all_counted_once(&store, &samples());
    // A second night reads nothing, and says nothing.
    let second = nightly(&store, &samples(), &[]).with_status(0);
    assert_eq!((second.stdout.as_str(), second.stderr.as_str()), ("", ""));
    is_all_counted_once(&store, &samples());
}

#[test]
fn the_store_among_the_logs_is_none_of_them() {
    let tree = Tree::of(FRONT, logins(300)).with("EX01/note.txt", "no log");
    let (store, logs) = (tree.at("EX01/store.db"), tree.at("EX01"));
    for night in 0..3 {
        nightly(&store, &logs, &[]);
        assert_eq!(attempts(&store), 300, "night {night}");
    }
    let report = analyze(&logs);
    assert_eq!(report["input"]["files"], 1);
    // What SQLite writes beside it while a run is busy, or was killed.
    let text = logins(1);
    for magic in [
        &b"SQLite format 3\0"[..],
        &[0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7],
        &[0x37, 0x7f, 0x06, 0x82],
        &[0x37, 0x7f, 0x06, 0x83],
    ] {
        fs::write(&store, [magic, b"\n", text.as_bytes()].concat()).unwrap();
        assert_eq!(analyze(&logs)["input"]["files"], 1, "{magic:?}");
    }
}

#[test]
fn a_line_that_is_being_written_is_not_damaged() {
    let tree = Tree::of(FRONT, logins(3) + "2026-03-12T07:0");
    let (store, logs) = (tree.at("store.db"), tree.at("EX01"));
    nightly(&store, &logs, &["--strict"]).with_status(0);
    let more = logins(4);
    fs::write(tree.at(FRONT), &more).unwrap();
    nightly(&store, &logs, &["--strict"]).with_status(0);
    assert_eq!(attempts(&store), 4);
    fs::write(tree.at(FRONT), more + "2026-03-12T07:0\r\n").unwrap();
    nightly(&store, &logs, &["--strict"]).with_status(2);
}

/// What happens to a log between two nights, and how many logins are counted after the second one, of 300 in the first.
#[test]
fn a_log_is_known_again_whatever_becomes_of_its_file() {
    const ELSEWHERE: &str = "EX01/Logging/Imap4/IMAP420260312-2.LOG";
    const PACKED: &str = "EX01/Logging/Imap4/IMAP420260312-1.LOG.gz";
    type Change = fn(&Tree);
    let changes: [(&str, Change, u64); 13] = [
        ("nothing", |_| {}, 300),
        ("grown", |tree| fs::write(tree.at(FRONT), logins(400)).unwrap(), 400),
        ("renamed", |tree| fs::rename(tree.at(FRONT), tree.at(ELSEWHERE)).unwrap(), 300),
        (
            "renamed and grown",
            |tree| {
                fs::remove_file(tree.at(FRONT)).unwrap();
                fs::write(tree.at(ELSEWHERE), logins(400)).unwrap();
            },
            400,
        ),
        (
            "packed",
            |tree| {
                fs::remove_file(tree.at(FRONT)).unwrap();
                fs::write(tree.at(PACKED), gzip(logins(300).as_bytes())).unwrap();
            },
            300,
        ),
        (
            "packed after it had grown",
            |tree| {
                fs::remove_file(tree.at(FRONT)).unwrap();
                fs::write(tree.at(PACKED), gzip(logins(400).as_bytes())).unwrap();
            },
            400,
        ),
        ("cut shorter", |tree| fs::write(tree.at(FRONT), logins(200)).unwrap(), 300),
        (
            "deleted",
            |tree| {
                fs::write(tree.at("EX01/Logging/Imap4/IMAP420260313-1.LOG"), logins(300).replace("user", "other"))
                    .and_then(|()| fs::remove_file(tree.at(FRONT)))
                    .unwrap()
            },
            600,
        ),
        ("replaced", |tree| fs::write(tree.at(FRONT), logins(350).replace("user", "other")).unwrap(), 650),
        (
            "replaced behind a beginning that is the same",
            |tree| {
                let (old, new) = (logins(300), logins(350).replace("user299", "other299"));
                assert_eq!(old.as_bytes()[..4096], new.as_bytes()[..4096].to_vec()[..]);
                fs::write(tree.at(FRONT), new).unwrap();
            },
            650,
        ),
        ("copied beside it", |tree| fs::copy(tree.at(FRONT), tree.at(ELSEWHERE)).map(|_| ()).unwrap(), 300),
        ("packed beside it", |tree| fs::write(tree.at(PACKED), gzip(logins(300).as_bytes())).unwrap(), 300),
        (
            "another server with the same lines",
            |tree| {
                fs::create_dir_all(tree.at("EX02/Logging/Imap4")).unwrap();
                fs::copy(tree.at(FRONT), tree.at("EX02/Logging/Imap4/IMAP420260312-1.LOG")).unwrap();
            },
            600,
        ),
    ];
    for (what, change, expected) in changes {
        let tree = Tree::of(FRONT, logins(300));
        let (store, logs) = (tree.at("store.db"), tree.at("."));
        nightly(&store, &logs, &[]).with_status(0);
        assert_eq!(attempts(&store), 300, "{what}");
        change(&tree);
        for night in 2..4 {
            nightly(&store, &logs, &[]).with_status(0);
            assert_eq!(attempts(&store), expected, "{what}, night {night}");
        }
    }
}

#[test]
fn a_log_that_is_cut_shorter_goes_on_behind_what_is_left() {
    let tree = Tree::of(FRONT, logins(300));
    let (store, logs) = (tree.at("store.db"), tree.at("."));
    nightly(&store, &logs, &[]).with_status(0);
    fs::write(tree.at(FRONT), logins(100)).unwrap();
    nightly(&store, &logs, &[]).with_status(0);
    fs::write(tree.at(FRONT), format!("{}{}\r\n", logins(100), login("09:00:00.000", "late", "R=ok"))).unwrap();
    nightly(&store, &logs, &[]).with_status(0);
    assert_eq!(attempts(&store), 301);
}

#[test]
fn a_copy_that_is_made_anew_is_short_for_a_while() {
    for length in [1, 60, 200, 3_000, 20_000] {
        let tree = Tree::of(FRONT, logins(300));
        let (store, logs) = (tree.at("store.db"), tree.at("EX01"));
        nightly(&store, &logs, &[]).with_status(0);
        fs::write(tree.at(FRONT), &logins(300)[..length]).unwrap();
        end(command().arg("nightly").arg("--store").arg(&store).arg(&logs));
        fs::write(tree.at(FRONT), logins(320)).unwrap();
        nightly(&store, &logs, &[]).with_status(0);
        assert_eq!(attempts(&store), 320, "{length}");
    }
}

#[test]
fn a_log_that_comes_again_after_it_was_away_is_not_counted_again() {
    let tree = Tree::of(FRONT, logins(300))
        .with("EX01/Logging/Imap4/IMAP420260311-1.LOG", log(&[TWELVE, &login("06:00:00.000", "early", "R=ok")]));
    let (store, logs) = (tree.at("store.db"), tree.at("."));
    nightly(&store, &logs, &[]).with_status(0);
    fs::rename(tree.at(FRONT), tree.at("../away.LOG")).ok();
    let away = tree.path().parent().unwrap().join(format!("{}-away.LOG", tree.path().file_name().unwrap().to_string_lossy()));
    fs::rename(tree.path().parent().unwrap().join("away.LOG"), &away).unwrap();
    nightly(&store, &logs, &[]).with_status(0);
    fs::rename(&away, tree.at("EX01/Logging/Imap4/IMAP420260312-7.LOG")).unwrap();
    nightly(&store, &logs, &[]).with_status(0);
    assert_eq!(attempts(&store), 301);
}

#[test]
fn the_longest_is_the_log_whatever_its_copies_are_called() {
    let unix = |text: String| text.replace("\r\n", "\n").into_bytes();
    for name in ["IMAP420260312-1 - Copy.LOG", "IMAP420260312-1.LOG.old", "a.LOG"] {
        let copy = format!("EX01/Logging/Imap4/{name}");
        for (what, older) in
            [("older", logins(150).into_bytes()), ("of line feeds", unix(logins(150))), ("packed", gzip(logins(150).as_bytes()))]
        {
            let tree = Tree::of(FRONT, logins(300)).with(&copy, older);
            let (store, logs) = (tree.at("store.db"), tree.at("EX01"));
            nightly(&store, &logs, &[]).with_status(0);
            assert_eq!(attempts(&store), 300, "{name} {what}");
        }
        // The copy is made while both are alike, and the log grows.
        let tree = Tree::of(FRONT, logins(150)).with(&copy, logins(150));
        let (store, logs) = (tree.at("store.db"), tree.at("EX01"));
        for count in [150, 300, 400] {
            fs::write(tree.at(FRONT), logins(count)).unwrap();
            nightly(&store, &logs, &[]).with_status(0);
            assert_eq!(attempts(&store), count as u64, "{name}");
        }
    }
}

#[test]
fn copies_in_another_encoding_are_not_counted_again() {
    let whole = logins(300);
    let marked = format!("\u{feff}{whole}");
    for (what, copy) in [
        ("UTF-16", utf16(whole.as_bytes())),
        ("UTF-16 with its mark", utf16(marked.as_bytes())),
        ("packed UTF-16", gzip(&utf16(whole.as_bytes()))),
        ("a mark", marked.clone().into_bytes()),
        ("line feeds", whole.replace("\r\n", "\n").into_bytes()),
    ] {
        let tree = Tree::of(FRONT, &whole).with("EX01/Logging/Imap4/a copy.LOG", &copy);
        let (store, logs) = (tree.at("store.db"), tree.at("EX01"));
        for night in 1..3 {
            nightly(&store, &logs, &[]).with_status(0);
            assert_eq!(attempts(&store), 300, "{what}, night {night}");
        }
        // In parts that were read apart, too.
        let apart = Tree::of("1/EX01/Imap4/a.LOG", &whole).with("2/EX01/Imap4/b.LOG", &copy);
        let summaries = ["1", "2"].map(|folder| {
            let summary = apart.at(&format!("{folder}.exlog"));
            end(command().arg("summarize").arg(apart.at(folder)).arg("--output").arg(&summary)).with_status(0);
            summary
        });
        let merged = end(command().arg("merge").args(&summaries).args(["--format", "json"])).with_status(0).json();
        assert_eq!(merged["logins"]["frontend"]["attempts"], 300, "{what}");
    }
}

#[test]
fn a_server_is_one_whatever_capitals_a_night_finds() {
    let tree = Tree::of("first/EX01/Imap4/IMAP420260312-1.LOG", logins(100));
    let store = tree.at("store.db");
    nightly(&store, &tree.at("first"), &[]).with_status(0);
    let tree = tree.with("second/ex01/Imap4/IMAP420260312-2.LOG", logins(300).replace("T07", "T08"));
    nightly(&store, &tree.at("second"), &[]).with_status(0);
    let servers: Vec<Option<String>> = totals(&store).0.into_keys().map(|(server, ..)| server).collect();
    assert_eq!(servers, [Some("EX01".to_owned())]);
}

#[test]
fn a_copy_is_named() {
    let tree = Tree::of(FRONT, logins(300));
    fs::copy(tree.at(FRONT), tree.at("EX01/Logging/Imap4/copy of it.LOG")).unwrap();
    let report = nightly(&tree.at("store.db"), &tree.at("."), &["--format", "json"]).with_status(0).json();
    let notes: Vec<&str> = list(&report, "/notes").iter().map(|note| text(note, "reason")).collect();
    assert!(notes.iter().any(|reason| reason.contains("a copy of") && reason.contains("not counted again")), "{notes:?}");
}

#[test]
fn a_line_without_its_end_counts_once_whenever_it_is_read() {
    let (whole, tree) = (logins(3), Tree::new());
    let (store, logs) = (tree.at("store.db"), tree.at("."));
    let second = whole.match_indices('\n').nth(1).unwrap().0 + 1;
    for end in second..=whole.len() {
        fs::create_dir_all(tree.at(FRONT).parent().unwrap()).unwrap();
        fs::write(tree.at(FRONT), &whole[..end]).unwrap();
        nightly(&store, &logs, &[]).with_status(0);
        let expected = analyze(&tree.at(FRONT));
        assert_eq!(attempts(&store), expected["logins"]["frontend"]["attempts"].as_u64().unwrap(), "{end}");
    }
    is_all_counted_once(&store, &tree.at(FRONT));
}
