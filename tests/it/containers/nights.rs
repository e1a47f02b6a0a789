//! `exlog nightly` over archives.

use std::fs;

use super::writer::{How, Zip};
use super::{files_of, zip};
use crate::nightly::{is_all_counted_once, nightly, totals};
use crate::tree::{FRONT, TWELVE, Tree, log, login, samples};

#[test]
fn an_archive_that_did_not_change_is_read_once() {
    let folder = Tree::of("copies.zip", zip(Zip::default(), &files_of(&samples()), How::Deflate));
    let (store, archive) = (folder.at("store.db"), folder.at("copies.zip"));
    nightly(&store, &archive, &[]).with_status(1);
    is_all_counted_once(&store, &archive);
    let second = nightly(&store, &archive, &["--format", "json"]).with_status(0).json();
    assert_eq!((&second["run"]["logs_read"], &second["run"]["lines"]), (&0.into(), &0.into()));
    // The same logs in an archive that was written anew, and then in a folder, are the same logs.
    fs::write(&archive, zip(Zip::long(), &files_of(&samples()), How::Stored)).unwrap();
    nightly(&store, &archive, &[]).with_status(0);
    nightly(&store, &samples(), &[]).with_status(0);
    is_all_counted_once(&store, &samples());
}

#[test]
fn a_log_that_grows_in_an_archive_is_read_on() {
    let lines: Vec<String> = (0..900).map(|n| login(&format!("07:{:02}:{:02}.000", n / 60, n % 60), "alice", "R=ok")).collect();
    let text = |count: usize| log(&[TWELVE].into_iter().chain(lines[..count].iter().map(String::as_str)).collect::<Vec<_>>());
    let folder = Tree::new();
    let (store, archive) = (folder.at("store.db"), folder.at("copies.zip"));
    for (count, cut) in [(300, 0), (600, 20), (601, 1), (900, 0)] {
        let text = text(count).into_bytes();
        let content = &text[..text.len() - cut];
        fs::write(&archive, Zip::default().with(FRONT, content, How::Deflate).finish()).unwrap();
        let night = nightly(&store, &archive, &["--format", "json"]).with_status(0).json();
        assert!(night["run"]["lines"].as_u64().unwrap() <= 302, "{night}");
    }
    assert_eq!(totals(&store).1, 900);
}
