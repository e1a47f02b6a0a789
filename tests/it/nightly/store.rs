//! The store: held by another run, damaged, of another program, of a later version; what is kept of it.

use std::fs;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::{count, nightly, totals};
use crate::tree::{FRONT, TWELVE, Tree, log, login};

fn tree() -> Tree {
    Tree::of(FRONT, log(&[TWELVE, &login("07:00:00.000", "alice", "R=ok")]))
}

#[test]
fn a_second_run_waits_for_the_first_or_says_so() {
    let tree = tree();
    let (store, logs) = (tree.at("store.db"), tree.at("EX01"));
    nightly(&store, &logs, &[]).with_status(0);
    let mut other = Connection::open(&store).unwrap();
    let held = other.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
    let refused = nightly(&store, &logs, &["--wait", "1s"]).with_status(2);
    assert!(refused.stderr.contains("is held by another run") && refused.stderr.contains("--wait"), "{}", refused.stderr);
    let waiting = std::thread::spawn({
        let (store, logs) = (store.clone(), logs.clone());
        move || nightly(&store, &logs, &["--wait", "1m"]).status
    });
    std::thread::sleep(Duration::from_millis(300));
    held.commit().unwrap();
    assert_eq!(waiting.join().unwrap(), 0);
    assert_eq!(count(&store, "SELECT count(*) FROM runs"), 2);
}

#[test]
fn a_store_of_an_earlier_version_is_brought_to_the_present_one() {
    let tree = tree();
    let (store, logs) = (tree.at("store.db"), tree.at("EX01"));
    nightly(&store, &logs, &[]).with_status(0);
    let earlier = Connection::open(&store).unwrap();
    earlier.execute_batch("DROP TABLE untold_deviation; PRAGMA user_version = 1").unwrap();
    drop(earlier);
    nightly(&store, &logs, &[]).with_status(0);
    assert_eq!(count(&store, "SELECT count(*) FROM untold_deviation"), 0);
    assert_eq!(count(&store, "SELECT count(*) FROM runs"), 2);
}

#[test]
fn what_is_no_store_is_left_as_it_is() {
    let tree = tree();
    let logs = tree.at("EX01");
    let foreign = tree.at("foreign.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE things (name TEXT)").unwrap();
    let newer = tree.at("newer.db");
    nightly(&newer, &logs, &[]).with_status(0);
    Connection::open(&newer).unwrap().pragma_update(None, "user_version", 1000).unwrap();
    let text = tree.at("text.db");
    fs::write(&text, "no database at all, but long enough to be looked at as one".repeat(100)).unwrap();
    for (store, words) in [
        (&foreign, "is a database of another program"),
        (&newer, "is of a later version of exlog"),
        (&text, "is no store of exlog"),
        (&tree.at("text.db/store.db"), "cannot be opened"),
    ] {
        let before = fs::read(store).ok();
        let ended = nightly(store, &logs, &[]).with_status(2);
        assert!(ended.stderr.contains(words) && ended.stderr.lines().count() > 1, "{}", ended.stderr);
        assert_eq!(fs::read(store).ok(), before, "{words}");
    }
}

#[test]
fn a_store_is_made_with_its_folder_and_a_folder_is_no_store() {
    let tree = tree();
    let logs = tree.at("EX01");
    nightly(&tree.at("new folder/below/store.db"), &logs, &[]).with_status(0);
    let refused = nightly(&tree.at("new folder"), &logs, &[]).with_status(2);
    assert!(refused.stderr.contains("is a folder") && refused.stderr.contains("takes a file"), "{}", refused.stderr);
    let refused = nightly(&tree.at("EX01/Logging/Imap4/IMAP420260312-1.LOG/store.db"), &logs, &[]).with_status(2);
    assert!(!refused.stderr.contains("os error"), "{}", refused.stderr);
}

#[test]
fn a_damaged_store_is_said_to_be_damaged() {
    let tree = tree();
    let (store, logs) = (tree.at("store.db"), tree.at("EX01"));
    nightly(&store, &logs, &[]).with_status(0);
    let mut bytes = fs::read(&store).unwrap();
    let length = bytes.len();
    bytes[4096..length].iter_mut().for_each(|byte| *byte = 0xa5);
    fs::write(&store, bytes).unwrap();
    let ended = nightly(&store, &logs, &[]).with_status(2);
    assert!(ended.stderr.contains("is damaged") && ended.stderr.contains("reads the logs again"), "{}", ended.stderr);
}

#[test]
fn days_that_are_let_go_stay_in_the_totals() {
    let day = |day: u32| login("07:00:00.000", "alice", "R=ok").replace("2026-03-12", &format!("2026-03-{day:02}"));
    let name = |day: u32| format!("EX01/Logging/Imap4/IMAP4202603{day:02}-1.LOG");
    let mut tree = Tree::new();
    let (store, logs) = (tree.at("store.db"), tree.at("EX01"));
    for night in 1..=20 {
        tree = tree.with(&name(night), log(&[TWELVE, &day(night)]));
        nightly(&store, &logs, &["--keep", "5d"]).with_status(0);
    }
    assert_eq!(count(&store, "SELECT count(*) FROM days"), 6);
    let (totals, records) = totals(&store);
    assert_eq!((totals.len(), records), (1, 20));
    // What was let go is not read again as long as it is there.
    nightly(&store, &logs, &["--keep", "5d"]).with_status(0);
    assert_eq!(super::totals(&store).1, 20);
}

#[test]
fn a_line_without_its_end_is_not_let_go_with_its_day() {
    let name = "EX01/Logging/Imap4/IMAP420260301-1.LOG";
    let old =
        log(&[TWELVE, &login("07:00:00.000", "alice", "R=ok"), &login("07:00:01.000", "bob", "R=ok")]).replace("03-12", "03-01");
    let tree = tree().with(name, &old[..old.len() - 9]);
    let (store, logs) = (tree.at("store.db"), tree.at("EX01"));
    nightly(&store, &logs, &["--keep", "5d"]).with_status(0);
    fs::write(tree.at(name), &old).unwrap();
    nightly(&store, &logs, &["--keep", "5d"]).with_status(0);
    super::is_all_counted_once(&store, &logs);
}
