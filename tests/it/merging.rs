//! `summarize` and `merge` as programs: the same bytes as `analyze` about all logs at once, each log once, nothing but whole summaries.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use crate::generator::clock::utc;
use crate::generator::{EventKind, FileCut, Plan, generate};
use crate::mutated::Dice;
use crate::program::{Ended, command, end, exlog};
use crate::tree::{FRONT, Tree, files_below, log_of, login, samples};

fn run(name: &str, paths: &[PathBuf], options: &[&str]) -> Ended {
    end(command().arg(name).args(paths).args(options).stdin(Stdio::null()))
}

/// A summary of these paths in a folder, under this name.
#[track_caller]
fn summarized(paths: &[PathBuf], options: &[&str], folder: &Tree, name: &str) -> PathBuf {
    let file = folder.at(name);
    let made = end(command().arg("summarize").args(paths).args(options).arg("--output").arg(&file)).with_status(0);
    assert_eq!((made.stdout.as_str(), made.stderr.as_str()), ("", ""));
    file
}

#[track_caller]
fn refused(paths: &[PathBuf], status: i32, words: &[&str]) {
    let ended = run("merge", paths, &[]).with_status(status);
    assert!(ended.stdout.is_empty() && words.iter().all(|word| ended.stderr.contains(word)), "{words:?}: {ended:?}");
    // What can be done.
    assert!(ended.stderr.contains("\n  "), "{ended:?}");
}

/// Every form of report about the files in random parts is that about all files.
#[track_caller]
fn tells_what_analyze_tells(files: &[PathBuf], asked: &[&str], shown: &[&str], dice: &mut Dice) {
    let folder = Tree::new();
    let number = 2 + dice.below(4);
    let mut parts = vec![Vec::new(); number];
    files.iter().for_each(|file| parts[dice.below(number)].push(file.clone()));
    // A part in which there is no log can be no summary.
    let is_log = |file: &PathBuf| file.to_string_lossy().contains("Logging");
    let (parts, rest): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| part.iter().any(is_log));
    let mut parts: Vec<Vec<PathBuf>> = parts;
    parts[0].extend(rest.into_iter().flatten());
    let mut summaries: Vec<PathBuf> =
        (0..).zip(&parts).map(|(at, part)| summarized(part, asked, &folder, &format!("{at}.exlog"))).collect();
    if summaries.len() > 2 {
        let pair: Vec<PathBuf> = (0..2).map(|_| summaries.swap_remove(dice.below(summaries.len()))).collect();
        let both = folder.at("both.exlog");
        run("merge", &pair, &["--format", "summary", "--output", both.to_str().unwrap()]).with_status(0);
        summaries.insert(dice.below(summaries.len()), both);
    }
    for format in ["terminal", "html", "json", "csv", "ndjson"] {
        let shown = [&["--format", format, "--quiet"], shown].concat();
        let expected = run("analyze", files, &[asked, &shown].concat()).with_status(0);
        let found = run("merge", &summaries, &shown).with_status(0);
        assert!(found.stdout == expected.stdout, "{format} of {files:?} in {parts:?}");
    }
}

#[test]
fn merged_summaries_tell_what_all_logs_at_once_tell() {
    let mut dice = Dice(17);
    let sample = files_below(&samples());
    tells_what_analyze_tells(&sample, &[], &[], &mut dice);
    tells_what_analyze_tells(
        &sample,
        &["--protocol", "imap4", "--from", "2026-03-12"],
        &["--redact-key", "a key of some length"],
        &mut dice,
    );
    let evidence = samples().join("certificate-outage/evidence");
    let logs = files_below(&samples().join("certificate-outage/EX01"));
    tells_what_analyze_tells(&logs, &[], &["--evidence", evidence.to_str().unwrap()], &mut dice);
    let mut plan = Plan::new(31, utc(2026, 3, 12, 0, 0, 0), 8, 3).plant(EventKind::CertificateOutage, 100..200);
    plan.cut = FileCut::Hourly;
    let tree = Tree::new();
    generate(&plan, tree.path()).unwrap();
    tells_what_analyze_tells(&files_below(tree.path()), &[], &["--timezone", "Europe/Berlin"], &mut dice);
}

/// A log with so many logins.
fn logins(count: u32) -> String {
    log_of((0..count).map(|at| login(&format!("07:00:{at:02}.000"), "alice@contoso.com", "R=ok")))
}

const OTHER: &str = "EX02/Logging/Imap4/IMAP420260312-1.LOG";

#[test]
fn a_log_counts_once() {
    let (logs, folder) = (Tree::of(FRONT, logins(5)).with(OTHER, logins(7)), Tree::new());
    let (first, second) = (logs.at(FRONT), logs.at(OTHER));
    let one = summarized(std::slice::from_ref(&first), &[], &folder, "one.exlog");
    let both = summarized(&[first.clone(), second.clone()], &[], &folder, "both.exlog");
    let copy = Tree::of("copy of/EX01/Logging/Imap4/IMAP420260312-1.LOG", logins(5));
    let copy = summarized(&[copy.path().to_owned()], &[], &folder, "copy.exlog");
    let expected = run("merge", std::slice::from_ref(&both), &["--format", "json"]).with_status(0).stdout;
    for parts in [vec![&both, &one], vec![&one, &both], vec![&both, &both, &one, &copy]] {
        let parts: Vec<PathBuf> = parts.into_iter().cloned().collect();
        let ended = run("merge", &parts, &["--format", "json"]).with_status(0);
        assert!(ended.stdout == expected, "{parts:?}");
        assert!(parts.contains(&both) && ended.stderr.contains("is left out: all its logs are in"), "{ended:?}");
    }
    let third = Tree::of("EX03/Logging/Imap4/IMAP420260312-1.LOG", logins(9));
    let overlapping = summarized(&[first.clone(), third.path().to_owned()], &[], &folder, "overlapping.exlog");
    refused(&[both, overlapping], 2, &["share logs", "EX01", "twice"]);
    // The same log later.
    fs::write(&first, logins(6)).unwrap();
    let later = summarized(std::slice::from_ref(&first), &[], &folder, "later.exlog");
    refused(&[one.clone(), later], 2, &["changed", "EX01", "--server-name"]);
    // A path that two servers have in common is two logs.
    fs::write(&first, logins(8)).unwrap();
    let apart = summarized(&[first], &["--server-name", "EX07"], &folder, "apart.exlog");
    let report = run("merge", &[one, apart], &["--format", "json"]).with_status(0).json();
    assert_eq!(report["logins"]["frontend"]["attempts"], 13);
}

#[test]
fn only_answers_to_one_question_merge() {
    let (logs, folder) = (Tree::of(FRONT, logins(5)).with(OTHER, logins(7)), Tree::new());
    let of = |path: &str, options: &[&str], name: &str| summarized(&[logs.at(path)], options, &folder, name);
    let plain = of(FRONT, &[], "plain.exlog");
    refused(&[plain.clone(), of(OTHER, &["--from", "2026-03-12"], "window.exlog")], 2, &["windows of time", "--from"]);
    refused(&[plain, of(OTHER, &["--user", "alice"], "user.exlog")], 2, &["filters", "--user"]);
    let users = [&["--user", "alice", "--user", "bob"][..], &["--user", "BOB", "--user", "alice"]];
    let same = [of(FRONT, users[0], "one.exlog"), of(OTHER, users[1], "two.exlog")];
    run("merge", &same, &[]).with_status(0);
}

#[test]
fn nothing_but_whole_summaries_is_taken() {
    let folder =
        Tree::of("a/log.LOG", logins(3)).with("a/empty.exlog", "").with("b/notes.txt", "exlog").with("c/x.LOG", logins(4));
    let good = summarized(&[folder.at("a/log.LOG")], &[], &folder, "good.exlog");
    let bytes = fs::read(&good).unwrap();
    let with = |name: &str, bytes: &[u8]| {
        let path = folder.at(name);
        fs::write(&path, bytes).unwrap();
        vec![path]
    };
    refused(&[folder.at("a/log.LOG")], 2, &["log.LOG is no summary", "exlog analyze"]);
    refused(&[folder.at("a")], 2, &["empty.exlog is no summary"]);
    refused(&with("cut.exlog", &bytes[..bytes.len() / 2]), 2, &["cut short"]);
    refused(&with("start.exlog", &bytes[..5]), 2, &["cut short"]);
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 2] ^= 4;
    refused(&with("flipped.exlog", &flipped), 2, &["damaged", "checksum"]);
    refused(&[folder.at("b")], 3, &["no summary among the paths"]);
    refused(&[folder.at("none.exlog")], 2, &["none.exlog"]);
    // In a folder, what is no summary lies beside and does no harm; a name does not make one.
    fs::write(folder.at("b/renamed"), &bytes).unwrap();
    run("merge", &[folder.at("b")], &[]).with_status(0);
    assert_eq!(run("summarize", &[folder.at("b/notes.txt")], &[]).status, 3);
}

#[test]
fn a_summary_goes_to_a_pipe_and_comes_from_one() {
    let logs = Tree::of(FRONT, logins(5));
    let written = fs::read(summarized(&[logs.at(FRONT)], &[], &logs, "it.exlog")).unwrap();
    let piped = command().arg("summarize").arg(logs.at(FRONT)).output().unwrap();
    assert!(piped.status.success() && piped.stdout == written);
    let report = crate::program::exlog_reading(&["merge", "-", "--format", "json"], &written).with_status(0);
    assert_eq!(report.json()["logins"]["frontend"]["attempts"], 5);
}

#[test]
fn options_of_reports_do_not_go_with_a_summary() {
    let logs = Tree::of(FRONT, logins(5));
    let it = summarized(&[logs.at(FRONT)], &[], &logs, "it.exlog");
    for option in [&["--redact"][..], &["--fail-on", "high"], &["--strict"], &["--table", "outages"], &["--bom"]] {
        let arguments = [&["merge", it.to_str().unwrap(), "--format", "summary"], option].concat();
        assert!(exlog(&arguments).with_status(2).stderr.contains("\n  "), "{option:?}");
    }
    let found = run("merge", &[it], &["--fail-on", "info"]);
    assert!([0, 1].contains(&found.status));
}
