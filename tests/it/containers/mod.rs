//! Logs in archives: what comes out is what the same folder gives, and what is wrong with an archive costs no more than it must.

mod broken;
mod nights;
mod seven_zip;
mod writer;

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{Ended, analyze, exlog, list, number};
use crate::tree::{FRONT, TWELVE, Tree, files_below, gzip, log, login, repository, samples};
use writer::{How, Zip};

/// The files of a folder with their names below it, as archives have them.
fn files_of(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let name = |path: &Path| path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
    files_below(folder).iter().map(|path| (name(path), fs::read(path).unwrap())).collect()
}

/// An archive of these files.
fn zip(archive: Zip, files: &[(String, Vec<u8>)], how: How) -> Vec<u8> {
    files.iter().fold(archive, |archive, (name, content)| archive.with(name, content, how)).finish()
}

/// What a command writes about a path, which is called the same wherever it lies.
fn about(command: &[&str], path: &Path) -> String {
    let path = path.display().to_string();
    let arguments: Vec<&str> = command.iter().copied().chain([path.as_str()]).collect();
    let written = exlog(&arguments).with_status(0).stdout;
    let shown = serde_json::to_string(&path).unwrap();
    let written = written.replace(shown.trim_matches('"'), "LOGS").replace(&path, "LOGS");
    // What lies in an archive is shown with `/` everywhere, what lies in a folder as the system writes it.
    let mut parts = written.split("LOGS");
    let before = parts.next().unwrap().to_owned();
    parts.fold(before, |written, part| {
        let (place, rest) = part.split_at(part.find(['"', ',', '\n']).unwrap_or(part.len()));
        let place = if cfg!(windows) { place.replace(r"\\", "/").replace('\\', "/") } else { place.to_owned() };
        written + "LOGS" + &place + rest
    })
}

const REPORT: [&str; 3] = ["analyze", "--format", "json"];

/// The samples as they are, and what is said about them.
fn samples_and_report() -> (Vec<(String, Vec<u8>)>, String) {
    (files_of(&samples()), about(&REPORT, &samples()))
}

/// The notes of a report about files: kind, file, reason.
fn notes(report: &Value) -> Vec<[&str; 3]> {
    let part = |note: &'_ Value| ["kind", "file", "reason"].map(|name| note[name].as_str().unwrap().to_owned().leak() as &str);
    list(report, "/input/notes").iter().map(part).collect()
}

fn run(path: &Path, more: &[&str]) -> Ended {
    let path = path.display().to_string();
    exlog(&[&["analyze", "--format", "json", path.as_str()], more].concat())
}

#[test]
fn an_archive_is_read_as_its_folder_however_it_was_packed() {
    let (mut files, expected) = samples_and_report();
    for (what, bytes) in [
        ("stored", zip(Zip::default(), &files, How::Stored)),
        ("deflate", zip(Zip::default(), &files, How::Deflate)),
        ("deflate64", zip(Zip::default(), &files, How::Deflate64)),
        ("Zip64", zip(Zip::long(), &files, How::Deflate)),
        ("streamed", zip(Zip::streamed(), &files, How::Deflate)),
        ("stored Zip64", zip(Zip::long(), &files, How::Stored)),
    ] {
        let tree = Tree::of("copies.zip", bytes);
        assert_eq!(about(&REPORT, &tree.at("copies.zip")), expected, "{what}");
    }
    files.reverse();
    let tree = Tree::of("copies.zip", zip(Zip::default(), &files, How::Deflate));
    assert_eq!(about(&REPORT, &tree.at("copies.zip")), expected, "in another order");
}

#[test]
fn every_command_that_reads_logs_reads_archives() {
    let (files, _) = samples_and_report();
    let tree = Tree::of("copies.zip", zip(Zip::default(), &files, How::Deflate));
    for command in [&["sessions", "--format", "csv"][..], &["sessions", "--format", "ndjson", "--user", "*dahl*"], &REPORT] {
        assert_eq!(about(command, &tree.at("copies.zip")), about(command, &samples()), "{command:?}");
    }
    let (summary, path) = (tree.at("a.exlog").display().to_string(), tree.at("copies.zip").display().to_string());
    exlog(&["summarize", path.as_str(), "--output", summary.as_str()]).with_status(0);
    let merged = exlog(&["merge", "--format", "json", summary.as_str(), "--evidence", path.as_str()]).with_status(0).json();
    assert_eq!(number(&merged, "/input/records"), number(&analyze(&samples()), "/input/records"));
}

#[test]
fn threads_do_not_show_in_what_is_read_of_an_archive() {
    let (files, expected) = samples_and_report();
    let inner = zip(Zip::default(), &files, How::Deflate);
    let tree = Tree::of("outer.zip", Zip::default().with("logs.zip", &inner, How::Deflate).finish());
    for threads in ["1", "2", "7"] {
        let written = about(&[&REPORT[..], &["--threads", threads]].concat(), &tree.at("outer.zip"));
        assert_eq!(written.replace("LOGS/logs.zip", "LOGS"), expected, "{threads}");
    }
}

#[test]
fn what_other_programs_write_is_read() {
    // Python's zipfile: a log of two logins stored, one deflated, one bzip2, and one in an archive inside.
    let archive = repository().join("tests/data/archives/python.zip");
    let report = run(&archive, &[]).with_status(0).json();
    assert_eq!(number(&report, "/logins/frontend/attempts"), 6);
    let of = |kind: &str| notes(&report).into_iter().filter(|note| note[0] == kind).count();
    assert_eq!((of("unreadable"), of("damaged")), (1, 0), "{:?}", notes(&report));
    let servers: Vec<&str> = list(&report, "/input/sources").iter().map(|source| source["server"].as_str().unwrap()).collect();
    assert_eq!(servers, ["EX01", "EX02", "inner"]);
}

fn one_login(user: &str) -> Vec<u8> {
    log(&[TWELVE, &login("07:00:00.000", user, "R=ok")]).into_bytes()
}

#[test]
fn the_folders_in_an_archive_name_the_servers_and_its_own_name_stands_for_a_folder() {
    let name = "Logging/Imap4/IMAP420260312-1.LOG";
    for (archive, inside, server) in [
        ("copies.zip", format!("EX07/{name}"), "EX07"),
        ("EX08.zip", name.to_owned(), "EX08"),
        ("EX09/copies.zip", format!("EX10/{name}"), "EX10"),
        ("copies.zip", format!("EX11\\C$\\Program Files\\Microsoft\\Exchange Server\\V15\\{}", name.replace('/', "\\")), "EX11"),
        ("copies.zip", "Imap4/a.LOG".to_owned(), "10.0.0.11"),
        ("copies.zip", "EX12/Imap4/a.LOG".to_owned(), "EX12"),
    ] {
        let tree = Tree::of(archive, Zip::default().with(&inside, &one_login("alice"), How::Deflate).finish());
        let report = analyze(&tree.at(archive));
        assert_eq!(list(&report, "/input/sources")[0]["server"], server, "{archive}/{inside}");
    }
}

#[test]
fn a_forensic_collection_is_read_as_it_is() {
    let below = "uploads/auto/C%3A/Program Files/Microsoft/Exchange Server/V15/Logging/Imap4/IMAP420260312-1.LOG";
    let files = [(below.to_owned(), one_login("alice")), ("uploads.json".to_owned(), b"{}\n".to_vec())];
    let kape = "C/Program Files/Microsoft/Exchange Server/V15/Logging/Imap4/IMAP420260312-1.LOG";
    let tree = Tree::of("Collection-EX01-2026-03-12T08_00_00Z.zip", zip(Zip::default(), &files, How::Deflate))
        .with("2026-03-12T080000_EX02.zip", zip(Zip::default(), &[(kape.to_owned(), one_login("bob"))], How::Deflate));
    let report = analyze(tree.path());
    let servers: Vec<&str> = list(&report, "/coverage/services").iter().map(|row| row["server"].as_str().unwrap()).collect();
    assert_eq!(servers, ["EX01", "EX02"]);
    assert_eq!(number(&report, "/logins/frontend/attempts"), 2);
}

#[test]
fn names_never_leave_the_archive() {
    let names =
        ["../../etc/a.LOG", "/etc/b.LOG", "C:\\Windows\\c.LOG", "\\\\host\\share\\d.LOG", "./e/../f.LOG", "\u{1b}[2Jg.LOG"];
    let users = ["alice", "bob", "carla", "dora", "emil", "frida"];
    let archive = names.iter().zip(users).fold(Zip::default(), |zip, (name, user)| zip.with(name, &one_login(user), How::Stored));
    let tree = Tree::of("copies.zip", archive.finish());
    let report = analyze(&tree.at("copies.zip"));
    let prefix = format!("{}/", tree.at("copies.zip").display());
    let mut shown: Vec<&str> = list(&report, "/input/sources")
        .iter()
        .map(|source| source["file"].as_str().unwrap().strip_prefix(&prefix).expect("below the archive"))
        .collect();
    shown.sort_unstable();
    assert_eq!(shown, ["\u{1b}[2Jg.LOG", "C$/Windows/c.LOG", "e/f.LOG", "etc/a.LOG", "etc/b.LOG", "host/share/d.LOG"]);
    let terminal = exlog(&["analyze", &tree.at("copies.zip").display().to_string()]).with_status(0).stdout;
    assert!(!terminal.contains('\u{1b}'));
}

#[test]
fn evidence_in_an_archive_is_found_as_beside_logs() {
    let evidence = files_of(&repository().join("tests/data/evidence"));
    let tree = evidence.iter().fold(Tree::of("folder/logs/a.LOG", one_login("alice")), |tree, (name, content)| {
        tree.with(&format!("folder/logs/{name}"), content)
    });
    let tree = {
        let files = files_of(&tree.at("folder/logs"));
        tree.with("packed/logs.zip", zip(Zip::default(), &files, How::Deflate))
    };
    let folder = about(&REPORT, &tree.at("folder/logs"));
    assert_eq!(about(&REPORT, &tree.at("packed/logs.zip")), folder);
    let report: Value = serde_json::from_str(&folder).unwrap();
    assert!(number(&report, "/input/evidence_files") > 0);
    // The same beside logs elsewhere.
    let archive = tree.at("packed/logs.zip").display().to_string();
    let beside = run(&tree.at("folder/logs/a.LOG"), &["--evidence", &archive]).with_status(0).json();
    assert_eq!(number(&beside, "/input/evidence_files"), number(&report, "/input/evidence_files"));
}

#[test]
fn ten_thousand_small_files_in_an_archive_are_ten_thousand_logs() {
    let archive = (0..10_000).fold(Zip::default(), |zip, n| {
        zip.with(&format!("EX01/Logging/Imap4/IMAP420260312-{n}.LOG"), &one_login(&format!("user{n}")), How::Deflate)
    });
    let tree = Tree::of("copies.zip", archive.finish());
    let report = analyze(&tree.at("copies.zip"));
    assert_eq!((number(&report, "/input/files"), number(&report, "/logins/frontend/attempts")), (10_000, 10_000));
}

#[test]
fn packed_logs_are_unpacked_inside_of_archives_too() {
    let text = one_login("alice");
    let tree = Tree::of(
        "copies.zip",
        Zip::default()
            .with(&format!("{FRONT}.gz"), &gzip(&text), How::Stored)
            .with("EX02/Logging/Imap4/IMAP420260312-1.LOG.zst", ZSTD, How::Deflate)
            .finish(),
    )
    .with("one.LOG.zst", ZSTD);
    assert_eq!(number(&analyze(&tree.at("copies.zip")), "/logins/frontend/attempts"), 2);
    assert_eq!(number(&analyze(&tree.at("one.LOG.zst")), "/logins/frontend/attempts"), 1);
}

/// A log of one login, as the zstd program packs it.
const ZSTD: &[u8] = include_bytes!("../../data/archives/one-login.LOG.zst");
