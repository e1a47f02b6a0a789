//! The command line as users and their scripts meet it: options, exit status, where output goes.

use std::io::Read;
use std::process::Stdio;

use crate::program::{Ended, analyze_with, command, end, end_unread, exlog, list, number, text};
use crate::tree::{BACK, FRONT, TWELVE, Tree, log, log_of, login, samples};

/// Two servers, two roles, both protocols; logins by alice, bob and a probe, from 07:00 to 09:00.
fn tree() -> Tree {
    let failed = "R=\"z NO LOGIN failed.\";ErrMsg=ProxyFailed";
    let front = log(&[
        TWELVE,
        &login("07:00:00.000", "alice@contoso.com", "R=ok"),
        &login("08:00:00.000", "bob", failed).replace("203.0.113.5", "198.51.100.9"),
        &login("09:00:00.000", "HealthMailbox0a1b2c3", failed),
    ]);
    let back = log(&[TWELVE, &login("07:00:00.000", "alice@contoso.com", "R=ok")]);
    let pop = log(&[TWELVE, &login("08:30:00.000", "carol", "R=ok").replace("login,carol", "pass,")]);
    Tree::of(FRONT, front).with(BACK, back).with("EX02/Logging/Pop3/POP320260312-1.LOG", pop)
}

fn attempts(options: &[&str]) -> (u64, u64) {
    let tree = tree();
    let report = analyze_with(tree.path(), options);
    assert_eq!(number(&report, "/input/lines"), 8, "filters never change how lines are counted");
    (number(&report, "/logins/frontend/attempts"), number(&report, "/logins/backend/attempts"))
}

fn analyze_tree(options: &[&str]) -> Ended {
    let tree = tree();
    let mut arguments = vec!["analyze".to_owned(), tree.path().display().to_string()];
    arguments.extend(options.iter().map(|option| (*option).to_owned()));
    exlog(&arguments)
}

#[test]
fn who_gives_no_path_hears_how_a_server_finds_its_own() {
    for (command, has_local) in [("analyze", true), ("sessions", true), ("merge", false), ("verify", false)] {
        let ended = exlog(&[command]).with_status(2);
        assert!(ended.stderr.contains("required") && ended.stderr.contains("--local") == has_local, "{ended:?}");
    }
}

#[test]
fn filters_choose_what_counts() {
    for (options, expected) in [
        (&[][..], (4, 1)),
        (&["--protocol", "imap4"], (3, 1)),
        (&["--protocol", "POP3"], (1, 0)),
        (&["--role", "frontend"], (4, 0)),
        (&["--role", "backend"], (0, 1)),
        (&["--server", "EX02"], (1, 0)),
        (&["--server", "ex0?"], (4, 1)),
        (&["--server", "EX01", "--server", "EX02"], (4, 1)),
        (&["--user", "alice"], (1, 1)),
        (&["--user", "ALICE@contoso.com"], (1, 1)),
        (&["--user", "HealthMailbox*"], (1, 0)),
        (&["--user", "lice"], (0, 0)),
        (&["--client", "198.51.100.9"], (1, 0)),
        (&["--client", "203.0.113.0/24"], (3, 1)),
        (&["--client", "203.0.*"], (3, 1)),
        (&["--protocol", "imap4", "--role", "frontend", "--user", "bob"], (1, 0)),
    ] {
        assert_eq!(attempts(options), expected, "{options:?}");
    }
}

#[test]
fn the_window_holds_its_start_and_not_its_end() {
    for (options, expected) in [
        (&["--from", "2026-03-12T08:00:00Z"][..], (3, 0)),
        (&["--from", "2026-03-12T08:00:00.001Z"], (2, 0)),
        (&["--to", "2026-03-12T08:00:00Z"], (1, 1)),
        (&["--from", "2026-03-12", "--to", "2026-03-13"], (4, 1)),
        (&["--from", "2026-03-13"], (0, 0)),
        (&["--from", "2026-03-12 09:00", "--timezone", "Europe/Berlin"], (3, 0)),
        (&["--from", "2026-03-12T10:00", "--timezone", "+02:00"], (3, 0)),
        (&["--from", "-3h"], (0, 0)),
        (&["--to=-3h"], (4, 1)),
    ] {
        assert_eq!(attempts(options), expected, "{options:?}");
    }
    let tree = tree();
    let report = analyze_with(tree.path(), &["--from", "2026-03-12T08:00:00Z", "--to", "2026-03-12T08:45:00Z"]);
    assert_eq!(number(&report, "/input/records_in_window"), 2);
    let window = report.pointer("/window").unwrap();
    assert_eq!([text(window, "from"), text(window, "to")], ["2026-03-12T08:00:00.000Z", "2026-03-12T08:45:00.000Z"]);
    assert_eq!(analyze_with(tree.path(), &[]).pointer("/window/from"), Some(&serde_json::Value::Null));
}

/// Logins of two users a minute apart; those from the 20th to the 24th minute fail, and so do those of POP from the 40th to the 43rd.
fn two_outages() -> Tree {
    let failed = "R=\"z NO LOGIN failed.\";ErrMsg=ProxyFailed";
    let logins = |broken: std::ops::Range<u32>, command: &str| {
        let line = |minute: u32| {
            let context = if broken.contains(&minute) { failed } else { "R=ok" };
            let user = if minute.is_multiple_of(2) { "alice" } else { "bob" };
            login(&format!("07:{minute:02}:00.000"), user, context)
                .replace(&format!("login,{user}"), &format!("{command},{user}"))
        };
        log_of((0..60).map(line))
    };
    Tree::of(FRONT, logins(20..25, "login")).with("EX02/Logging/Pop3/POP320260312-1.LOG", logins(40..44, "user"))
}

#[test]
fn a_window_is_found_around_an_outage_whatever_else_is_filtered() {
    let tree = two_outages();
    let window = |options: &[&str]| {
        let report = analyze_with(tree.path(), options);
        let window = report.pointer("/window").unwrap().clone();
        [text(&window, "from")[11..23].to_owned(), text(&window, "to")[11..23].to_owned()]
    };
    for (options, from, to) in [
        (&["--around", "outage-1"][..], "07:10:00.000", "07:35:00.001"),
        (&["--around", "Outage-1", "--margin", "90s"], "07:18:30.000", "07:26:30.001"),
        (&["--around", "1", "--margin", "0"], "07:20:00.000", "07:25:00.001"),
        (&["--around", "outage-1", "--user", "nobody"], "07:10:00.000", "07:35:00.001"),
        (&["--around", "outage-1", "--server", "EX02"], "07:10:00.000", "07:35:00.001"),
    ] {
        assert_eq!(window(options), [from, to], "{options:?}");
    }
    let path = tree.path().to_str().unwrap();
    let around = ["--around", "outage-1", "--margin", "1m", "--timezone", "+01:00"];
    let listed = exlog(&[&["sessions", path, "--format", "csv"][..], &around[..]].concat()).with_status(0);
    let imap = |line: &&str| line.contains("imap4");
    assert_eq!(listed.stdout.lines().filter(imap).count(), 8, "from 07:19 to 07:26: {listed:?}");
    assert!(
        listed.stderr.contains("around outage-1: IMAP on EX01, first failure at 2026-03-12 08:20:00 UTC+01:00"),
        "{listed:?}"
    );
    let quiet = exlog(&[&["sessions", path, "--quiet"][..], &around[..]].concat()).with_status(0);
    assert_eq!(quiet.stderr, "");
}

#[test]
fn an_outage_that_is_not_there_is_named_with_those_that_are() {
    let tree = two_outages();
    let path = tree.path().to_str().unwrap();
    for (arguments, status, word) in [
        (&["analyze", path, "--around", "outage-9"][..], 2, "outage-1: IMAP on EX01"),
        (&["sessions", path, "--around", "outage-"], 2, "without filters"),
        (&["summarize", path, "--around", ""], 2, "without filters"),
        (&["analyze", "-", "--around", "outage-1"], 2, "read twice"),
        (&["analyze", path, "--around", "outage-1", "--from", "-3h"], 2, "--from"),
        (&["analyze", path, "--margin", "5m"], 2, "--around"),
        (&["analyze", path, "--around", "outage-1", "--margin", "5"], 2, "90s"),
        (&["analyze", "nowhere-at-all", "--around", "outage-1"], 3, "nowhere-at-all"),
    ] {
        let ended = exlog(arguments).with_status(status);
        assert!(ended.stderr.contains(word) && ended.stdout.is_empty(), "{arguments:?}: {ended:?}");
    }
    let sound = Tree::of(FRONT, log(&[TWELVE, &login("07:00:00.000", "alice", "R=ok")]));
    let ended = exlog(&["analyze", sound.path().to_str().unwrap(), "--around", "outage-1"]).with_status(2);
    assert!(ended.stderr.contains("there is no outage in these logs"), "{ended:?}");
}

#[test]
fn wrong_usage_ends_with_2_and_says_what_would_be_right() {
    for (options, hint) in [
        (&["--formatt", "json"][..], "--format"),
        (&["--protocoll", "imap4"], "--protocol"),
        (&["--format", "yaml"], "json"),
        (&["--protocol", "smtp"], "imap4"),
        (&["--from", "2026-03-13", "--to", "2026-03-12"], "--from is not before --to"),
        (&["--from", "soon"], "yesterday"),
        (&["--timezone", "Mars/Olympus"], "Europe/Berlin"),
        (&["--client", "10.0.0.0/99"], "10.0.0.0/8"),
        (&["--threads", "many"], "--threads"),
        (&["--quiet", "--verbose"], "--verbose"),
    ] {
        let ended = analyze_tree(options).with_status(2);
        assert_eq!(ended.stdout, "", "{options:?}");
        assert!(ended.stderr.contains(hint), "{options:?}: {}", ended.stderr);
    }
    assert!(exlog(&["analyse", "."]).with_status(2).stderr.contains("analyze"));
    assert!(exlog(&["analyze"]).with_status(2).stderr.contains("PATH"));
    exlog::<&str>(&[]).with_status(2);
}

#[test]
fn help_and_version_are_an_answer() {
    for arguments in [&["--help"][..], &["-h"], &["analyze", "--help"], &["help"], &["--version"], &["-V"]] {
        let ended = exlog(arguments).with_status(0);
        assert!(!ended.stdout.is_empty() && ended.stderr.is_empty(), "{arguments:?}: {ended:?}");
    }
    assert_eq!(exlog(&["--version"]).stdout, format!("exlog {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn strict_makes_skipped_lines_and_unreadable_files_count() {
    let sound = tree();
    let damaged =
        tree().with("EX01/Logging/Imap4/IMAP420260313-1.LOG", log(&[TWELVE, &login("07:00:00.000", "a", "R=ok"), "garbage"]));
    for (tree, strict, status) in [(&sound, false, 0), (&sound, true, 0), (&damaged, false, 0), (&damaged, true, 2)] {
        let mut arguments = vec!["analyze", tree.path().to_str().unwrap(), "--format", "json"];
        arguments.extend(strict.then_some("--strict"));
        let ended = exlog(&arguments).with_status(status);
        assert!(ended.json().is_object(), "the report is written all the same");
    }
    let missing = sound.at("nowhere").display().to_string();
    exlog(&["analyze", sound.path().to_str().unwrap(), &missing, "--strict"]).with_status(2);
}

#[test]
fn names_of_files_are_harmless_on_standard_error_too() {
    let tree = tree();
    let hostile = tree.at("no\u{1b}[2Jwhere\u{202e}").display().to_string();
    let path = tree.path().to_str().unwrap();
    for arguments in [&["analyze", path, &hostile][..], &["sessions", path, &hostile], &["analyze", &hostile]] {
        let ended = exlog(arguments);
        assert!(ended.stderr.contains("no\\u{1b}[2Jwhere\\u{202e}"), "{}", ended.stderr);
        assert!(!ended.stderr.contains(['\u{1b}', '\u{202e}']), "{}", ended.stderr);
    }
}

#[test]
fn quiet_leaves_standard_error_empty() {
    let tree = tree();
    let missing = tree.at("nowhere").display().to_string();
    let path = tree.path().to_str().unwrap();
    let told = exlog(&["analyze", path, &missing, "--format", "json"]).with_status(0);
    assert!(told.stderr.contains("nowhere"), "{}", told.stderr);
    let quiet = exlog(&["analyze", path, &missing, "--format", "json", "--quiet"]).with_status(0);
    assert_eq!(quiet.stderr, "");
    assert_eq!(quiet.stdout, told.stdout);
}

#[test]
fn output_goes_to_the_file_and_leaves_nothing_beside_it() {
    let (tree, target) = (tree(), Tree::new());
    let path = tree.path().to_str().unwrap();
    let shown = exlog(&["analyze", path, "--format", "json"]).with_status(0).stdout;
    let file = target.at("report of today.json");
    for _ in 0..2 {
        // The second time over what is there.
        let ended = exlog(&["analyze", path, "--format", "json", "--output", file.to_str().unwrap()]).with_status(0);
        assert_eq!(ended.stdout, "");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), shown);
    }
    let names: Vec<_> = std::fs::read_dir(target.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["report of today.json"]);
    assert_eq!(exlog(&["analyze", path, "--format", "json", "--output", "-"]).with_status(0).stdout, shown);
}

#[test]
fn an_output_that_cannot_be_written_is_said_plainly() {
    let (tree, target) = (tree(), Tree::new());
    let path = tree.path().to_str().unwrap();
    for name in ["missing/report.json", "."] {
        let file = target.at(name);
        let ended = exlog(&["analyze", path, "--format", "json", "--output", file.to_str().unwrap()]).with_status(2);
        assert!(ended.stderr.contains("could not be written") && ended.stdout.is_empty(), "{name}: {}", ended.stderr);
        assert_eq!(std::fs::read_dir(target.path()).unwrap().count(), 0);
    }
    // A folder that is missing is not a file that is missing "any more", and was not to be read.
    let missing = target.at("missing/report.json").display().to_string();
    let ended = exlog(&["analyze", path, "--output", &missing]);
    assert!(!ended.stderr.contains("any more") && !ended.stderr.contains("to read"), "{}", ended.stderr);
}

#[test]
fn a_reader_that_goes_away_early_is_no_error() {
    for format in ["json", "terminal"] {
        let ended = end_unread(command().args(["analyze", samples().to_str().unwrap(), "--format", format]));
        assert_eq!(ended, (Some(0), String::new()), "{format}");
    }
}

#[test]
fn a_pipe_that_nobody_reads_from_at_all_is_no_error() {
    let mut child = command()
        .args(["analyze", samples().to_str().unwrap(), "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!((child.wait().unwrap().code(), stderr.as_str()), (Some(0), ""));
}

#[test]
fn colour_is_only_where_it_is_wanted() {
    let sample = samples().join("certificate-outage").display().to_string();
    let plain = [
        (&["analyze", &sample][..], None),
        (&["analyze", &sample, "--color", "never"], None),
        (&["analyze", &sample], Some("NO_COLOR")),
    ];
    for (arguments, variable) in plain {
        let mut command = command();
        command.args(arguments).env("TERM", "xterm-256color");
        variable.map(|name| command.env(name, "1"));
        let ended = end(&mut command).with_status(0);
        assert!(!ended.stdout.contains('\u{1b}') && !ended.stderr.contains('\u{1b}'), "{arguments:?} {variable:?}");
    }
    let ended = exlog(&["analyze", &sample, "--color", "always"]).with_status(0);
    assert!(ended.stdout.contains("\u{1b}["), "{}", ended.stdout);
    // The report says the same with colour and without.
    let stripped = without_escapes(&ended.stdout);
    assert_eq!(stripped, exlog(&["analyze", &sample]).stdout);
}

fn without_escapes(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |sum, part| sum + part.split_once('m').map_or(part, |(_, rest)| rest))
}

#[test]
fn a_server_name_that_is_given_holds_for_all_files() {
    let tree = tree();
    let report = analyze_with(tree.path(), &["--server-name", "CAS7"]);
    assert!(list(&report, "/logins/by").iter().all(|row| text(row, "server") == "CAS7"));
    assert_eq!(number(&report, "/logins/frontend/attempts"), 4);
}
