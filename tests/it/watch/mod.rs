//! `exlog watch`: growing logs, looked at again and again, against reading all of them at once.

mod cuts;
mod live;

use std::io::{Read, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::program::{command, end};
use crate::tree::{TWELVE, Tree, log, login};

/// The context of a login that the back end did not take.
const BAD: &str = "R=\"z NO LOGIN failed.\";Msg=Proxy:EX01.contoso.com:1993:SSL;ErrMsg=ProxyNotAuthenticated";

/// What tells one attempt from another, whatever the file is called by now.
type Attempt = [String; 8];

/// The attempt of a document; `None` of what is no attempt.
fn attempt(document: &Value) -> Option<Attempt> {
    let text = |pointer: &str| document.pointer(pointer).map(|value| value.to_string().replace('"', "")).unwrap_or_default();
    (text("/event/dataset") == "exlog.attempts").then(|| {
        [
            text("/@timestamp"),
            text("/user/name"),
            text("/host/name"),
            text("/exlog/protocol"),
            text("/exlog/role"),
            text("/event/outcome"),
            text("/error/code"),
            text("/exlog/session"),
        ]
    })
}

/// The attempts among some documents, sorted.
fn attempts(text: &str) -> Vec<Attempt> {
    let documents = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut found: Vec<Attempt> = documents.filter_map(|document| attempt(&document)).collect();
    found.sort();
    found
}

/// What one reading of everything says.
fn at_once(logs: &Path, options: &[&str]) -> Vec<Attempt> {
    let mut asked = command();
    asked.args(["sessions", "--no-join", "--format", "ndjson"]).args(options).arg(logs);
    attempts(&end(&mut asked).with_status(0).stdout)
}

/// A run that looks at a folder and ends by itself.
fn watched(logs: &Path, options: &[&str]) -> crate::program::Ended {
    end(command().args(["watch", "--for", "1s"]).args(options).arg(logs))
}

#[test]
fn what_is_there_already_is_shown_as_far_as_it_is_recent() {
    let lines = ["07:00:00.000", "07:20:00.000", "07:29:00.000"].map(|time| login(time, "alice", BAD));
    let old = log(&[TWELVE, &login("01:00:00.000", "early", BAD)]);
    let tree = Tree::of(crate::tree::FRONT, log(&[TWELVE, &lines[0], &lines[1], &lines[2]]))
        .with("EX01/Logging/Imap4/IMAP420260312-0.LOG", old);
    for (options, count) in [
        (&[][..], 2),
        (&["--since", "1m"], 1),
        (&["--since", "2h"], 3),
        (&["--from", "2026-03-12T07:10Z"], 2),
        (&["--from", "2026-03-12T00:00Z"], 4),
        (&["--from", "2026-03-12T00:00Z", "--keep", "3h"], 3),
        (&["--user", "bob"], 0),
        (&["--outcome", "succeeded"], 0),
    ] {
        let shown = watched(tree.path(), &[&["--format", "ndjson"], options].concat()).with_status(0);
        assert_eq!(attempts(&shown.stdout).len(), count, "{options:?}: {}", shown.stdout);
        assert_eq!(shown.stderr, "", "{options:?}");
    }
}

#[test]
fn the_samples_give_the_attempts_that_sessions_gives() {
    for name in ["certificate-outage", "credentials"] {
        let logs = crate::tree::samples().join(name);
        for options in [&[][..], &["--error", "credentials"], &["--role", "backend"], &["--server", "EX01"]] {
            let asked = [&["--format", "ndjson", "--from", "2000-01-01", "--keep", "9w"], options].concat();
            let shown = watched(&logs, &asked).with_status(0);
            let expected = at_once(&logs, &[&["--outcome", "failed"], options].concat());
            assert_eq!(attempts(&shown.stdout), expected, "{name} {options:?}");
        }
        let all = watched(&logs, &["--format", "ndjson", "--from", "2000-01-01", "--keep", "9w", "--all"]).with_status(0);
        assert_eq!(attempts(&all.stdout), at_once(&logs, &[]), "{name}");
    }
}

#[test]
fn a_folder_without_logs_is_waited_for_and_none_is_an_error() {
    let tree = Tree::of("EX01/readme.txt", "nothing");
    let waited = watched(tree.path(), &[]).with_status(0);
    assert!(waited.stderr.contains("waiting"), "{waited:?}");
    assert_eq!(watched(tree.path(), &["--quiet"]).with_status(0).stderr, "");
    let nowhere = watched(&tree.at("nowhere"), &[]).with_status(3);
    assert!(nowhere.stderr.contains("nowhere"), "{nowhere:?}");
    for wrong in
        [&["-"][..], &["--for", "soon", "."], &["--since", "1h", "--from", "-1h", "."], &["--all", "--outcome", "failed", "."]]
    {
        end(command().arg("watch").args(wrong)).with_status(2);
    }
}

#[test]
fn people_see_the_line_the_outage_and_what_to_do() {
    let lines: Vec<String> = (0..9).map(|at| login(&format!("07:00:0{at}.000"), "alice@contoso.com", BAD)).collect();
    let lines: Vec<&str> = [TWELVE].into_iter().chain(lines.iter().map(String::as_str)).collect();
    let tree = Tree::of(crate::tree::FRONT, log(&lines));
    let shown = watched(tree.path(), &[]).with_status(0).stdout;
    for words in [
        "2026-03-12 07:00:08  IMAP     ProxyNotAuthenticated  alice@contoso.com",
        "IMAP420260312-1.LOG:10",
        "Fails:    IMAP login fails on EX01: ProxyNotAuthenticated",
        "Outage:   IMAP on EX01 is out",
        "New:      A certificate bound to IMAP",
        "'exlog explain certificate-binding' says more",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(shown.lines().all(|line| line.starts_with("  EX01, ") || line.chars().count() <= 100), "{shown}");
    let local = watched(tree.path(), &["--timezone", "+02:00"]).with_status(0).stdout;
    assert!(local.contains("2026-03-12 09:00:08  IMAP"), "{local}");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let lines: Vec<String> = (0..50).map(|at| login(&format!("07:00:{at:02}.000"), "alice", BAD)).collect();
    let lines: Vec<&str> = [TWELVE].into_iter().chain(lines.iter().map(String::as_str)).collect();
    let tree = Tree::of(crate::tree::FRONT, log(&lines));
    let (status, stderr) =
        crate::program::end_unread(command().args(["watch", "--for", "3s", "--format", "ndjson"]).arg(tree.path()));
    assert_eq!((status, stderr.as_str()), (Some(0), ""));
}

#[test]
fn a_header_alone_says_nothing_about_the_time() {
    let tree = Tree::of(crate::tree::FRONT, log(&[TWELVE]));
    let mut running =
        command().args(["watch", "--for", "6s", "--every", "1s"]).arg(tree.path()).stdout(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(2));
    // By the clock of this machine it is years ago.
    let mut file = std::fs::OpenOptions::new().append(true).open(tree.at(crate::tree::FRONT)).unwrap();
    file.write_all(login("07:00:00.000", "alice@contoso.com", BAD).as_bytes()).unwrap();
    file.write_all(b"\r\n").unwrap();
    drop(file);
    let mut said = String::new();
    running.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    running.wait().unwrap();
    assert!(said.contains("ProxyNotAuthenticated"), "{said}");
}
