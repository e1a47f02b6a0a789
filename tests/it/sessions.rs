//! `exlog sessions`: the same attempts as `analyze` counts, one by one, in one order, in bounded memory.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::generator::clock::utc;
use crate::generator::{EventKind, FileCut, Plan, generate};
use crate::ledger::Ledger;
use crate::memory::{peak_while, spray};
use crate::program::{analyze_with, command, end_unread, exlog, exlog_reading};
use crate::tree::{FRONT, TWELVE, Tree, log, login, samples};

/// What the program writes about some paths, one JSON object a line.
#[track_caller]
pub(crate) fn documents_of(arguments: &[&str]) -> Vec<Value> {
    let arguments = [&["sessions", "--format", "ndjson"], arguments].concat();
    let written = exlog(&arguments).with_status(0).stdout;
    written.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

#[track_caller]
fn documents(path: &Path, options: &[&str]) -> Vec<Value> {
    documents_of(&[&[path.to_str().unwrap()], options].concat())
}

/// A text in a document, by its JSON pointer; `-` where it is not there.
pub(crate) fn at<'a>(document: &'a Value, pointer: &str) -> &'a str {
    document.pointer(pointer).map_or("-", |value| value.as_str().unwrap_or_else(|| panic!("no text at {pointer}: {document}")))
}

/// Time, file and line: the order.
fn key(document: &Value) -> (String, String, u64) {
    let line = document.pointer("/exlog/line").and_then(Value::as_u64).unwrap();
    (at(document, "/@timestamp").to_owned(), at(document, "/log/file/path").to_owned(), line)
}

/// The attempts counted, as the report of `analyze` has them.
fn counted(documents: &[Value]) -> Ledger {
    let mut ledger = Ledger::default();
    for document in documents {
        let [protocol, role, class] =
            ["protocol", "role", "client_class"].map(|name| at(document, &format!("/exlog/{name}")).to_owned());
        let server = at(document, "/host/name").to_owned();
        let outcome = at(document, "/event/outcome");
        let counts = ledger.logins.entry([protocol.clone(), role.clone(), server.clone(), class.clone()]).or_default();
        counts[0] += 1;
        counts[1 + ["success", "failure", "unknown"].iter().position(|known| *known == outcome).unwrap()] += 1;
        if outcome == "failure" {
            let error = document.pointer("/error/code").and_then(Value::as_str).unwrap_or_default().to_owned();
            *ledger.failures.entry([protocol, role, server, error, class]).or_default() += 1;
        }
    }
    ledger
}

/// Holds the attempts to what `analyze` counts, with the same options.
#[track_caller]
fn agrees_with_analyze(path: &Path, options: &[&str]) -> usize {
    let report = Ledger::of_report(&analyze_with(path, options));
    let documents = documents(path, options);
    let expected = Ledger { logins: report.logins, failures: report.failures, ..Ledger::default() };
    counted(&documents).agrees_with(&expected, &format!("{} {options:?}", path.display()));
    documents.len()
}

#[test]
fn the_attempts_are_those_that_analyze_counts() {
    let mut sum = 0;
    for folder in ["healthy-day", "certificate-outage", "credentials", "damaged", "mixed-layouts"] {
        sum += agrees_with_analyze(&samples().join(folder), &[]);
    }
    assert_eq!(agrees_with_analyze(&samples(), &[]), sum);
    assert_eq!(sum, 448 + 457 + 371 + 164 + 191);
}

#[test]
fn filters_choose_the_same_attempts_as_for_analyze() {
    for options in [
        &["--protocol", "imap4"][..],
        &["--role", "backend"],
        &["--server", "MAIL0?"],
        &["--user", "HealthMailbox*"],
        &["--client", "10.0.0.0/8"],
        &["--from", "2026-03-12T07:00Z", "--to", "2026-03-12T09:00Z"],
        &["--server-name", "CAS7", "--user", "greta.gross"],
    ] {
        agrees_with_analyze(&samples(), options);
    }
}

/// Two servers with hourly files that overlap, and an outage.
fn generated() -> (Tree, Vec<String>) {
    let mut plan = Plan::new(47, utc(2026, 3, 12, 0, 0, 0), 6, 2).plant(EventKind::CertificateOutage, 100..200);
    plan.cut = FileCut::Hourly;
    let tree = Tree::new();
    let truth = generate(&plan, tree.path()).unwrap();
    let files = truth.files.iter().map(|file| tree.at(&file.path).display().to_string()).collect();
    (tree, files)
}

#[test]
fn the_order_is_that_of_time_file_and_line_for_any_threads_and_any_order_of_paths() {
    let (tree, mut files) = generated();
    assert!(agrees_with_analyze(tree.path(), &[]) > 500);
    let keys: Vec<_> = documents(tree.path(), &[]).iter().map(key).collect();
    let mut sorted = keys.clone();
    sorted.sort();
    assert!(keys == sorted, "not in order");
    let bytes = |files: &[String], threads: &str| {
        let options = ["sessions", "--format", "csv", "--threads", threads];
        let arguments: Vec<&str> = options.into_iter().chain(files.iter().map(String::as_str)).collect();
        exlog(&arguments).with_status(0).stdout
    };
    let expected = bytes(&files, "1");
    for threads in ["1", "2", "7"] {
        files.rotate_left(5);
        files.reverse();
        assert!(bytes(&files, threads) == expected, "{threads} threads");
    }
}

#[test]
fn lines_that_stand_late_come_in_their_place() {
    // Two files side by side; in each every second line stands a little behind its place.
    let lines = |seconds: &[u32]| {
        let lines: Vec<String> = seconds.iter().map(|second| login(&format!("07:00:{second:02}.000"), "a", "R=ok")).collect();
        TWELVE.to_owned() + "\r\n" + &lines.iter().map(|line| line.to_owned() + "\r\n").collect::<String>()
    };
    let tree =
        Tree::of(FRONT, lines(&[2, 0, 6, 4, 59, 30])).with("EX02/Logging/Imap4/IMAP420260312-1.LOG", lines(&[3, 1, 7, 5, 30]));
    let times: Vec<String> =
        documents(tree.path(), &[]).iter().map(|document| at(document, "/@timestamp")[17..19].to_owned()).collect();
    assert_eq!(times, ["00", "01", "02", "03", "04", "05", "06", "07", "30", "30", "59"]);
}

#[test]
fn a_clock_that_jumps_costs_order_and_no_attempt() {
    let line = |time: &str| login("07:00:00.000", "a", "R=ok").replace("2026-03-12T07:00:00.000Z", time);
    let mut lines = vec![TWELVE.to_owned()];
    for minute in 0..60 {
        lines.push(line(&format!("2026-03-12T07:{minute:02}:00.000Z")));
        lines.push(line("2099-01-01T00:00:00.000Z"));
        lines.push(line("1999-01-01T00:00:00.000Z"));
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let tree = Tree::of(FRONT, log(&lines)).with("EX02/Logging/Imap4/IMAP420260312-1.LOG", log(&lines));
    assert_eq!(agrees_with_analyze(tree.path(), &[]), 360);
    assert_eq!(agrees_with_analyze(tree.path(), &["--to", "2026-03-12T07:30Z"]), 180);
}

#[test]
fn rows_that_could_not_wait_are_given_late_and_counted() {
    // Far more than is read at once lies between the times and what comes back to them.
    let filler = format!("#{}\r\n", "y".repeat(100)).repeat(10_000);
    let lines = |hour: u32| {
        (0..60).map(|minute| login(&format!("{hour:02}:{minute:02}:00.000"), "a", "R=ok") + "\r\n").collect::<String>()
    };
    let tree = Tree::of(FRONT, format!("{TWELVE}\r\n{}{filler}{}", lines(8), lines(7)));
    assert_eq!(agrees_with_analyze(tree.path(), &[]), 120);
    let told = exlog(&["sessions", tree.path().to_str().unwrap(), "--format", "csv"]).with_status(0).stderr;
    assert!(told.contains("60 rows stand behind later ones"), "{told}");
    // The last ones are those of the order, whenever they came.
    let last = documents(tree.path(), &["--last", "70"]);
    let mut keys: Vec<_> = last.iter().map(key).collect();
    assert!(keys.is_sorted() && at(&last[0], "/@timestamp").contains("T07:50"));
    keys.dedup();
    assert_eq!(keys.len(), 70);
}

#[test]
fn a_window_leaves_whole_logs_aside_and_no_attempt() {
    let day = |day: u32| {
        let lines: Vec<String> = (0..24)
            .map(|hour| login(&format!("{hour:02}:00:00.000"), "a", "R=ok").replace("2026-03-12", &format!("2026-03-{day:02}")))
            .collect();
        TWELVE.to_owned() + "\r\n" + &lines.iter().map(|line| line.to_owned() + "\r\n").collect::<String>()
    };
    let mut tree = Tree::new();
    for number in 1..=20 {
        tree = tree.with(&format!("EX01/Logging/Imap4/IMAP4202603{number:02}-1.LOG"), day(number));
    }
    for (options, expected) in [
        (&["--from", "2026-03-10T12:00Z", "--to", "2026-03-11T06:00Z"][..], 18),
        (&["--from", "2026-03-20T12:00Z"], 12),
        (&["--to", "2026-03-01T01:00Z"], 1),
        (&["--from", "2026-03-21"], 0),
    ] {
        assert_eq!(agrees_with_analyze(tree.path(), options), expected, "{options:?}");
    }
}

#[test]
fn limit_gives_the_first_and_last_the_last() {
    let all = documents(&samples(), &[]);
    assert_eq!(documents(&samples(), &["--limit", "7"]), all[..7]);
    assert_eq!(documents(&samples(), &["--last", "7"]), all[all.len() - 7..]);
    assert_eq!(documents(&samples(), &["--last", "100000"]), all);
    let failed: Vec<&Value> = all.iter().filter(|document| at(document, "/event/outcome") == "failure").collect();
    assert_eq!(
        documents(&samples(), &["--outcome", "failed", "--last", "3"]).iter().collect::<Vec<_>>(),
        failed[failed.len() - 3..]
    );
}

#[test]
fn attempts_are_chosen_by_outcome_and_error() {
    let count = |options: &[&str]| documents(&samples(), options).len();
    assert_eq!(count(&["--outcome", "failed"]), 14 + 109 + 157 + 2 + 10);
    assert_eq!(count(&["--error", "proxynotauthenticated"]), 109);
    assert_eq!(count(&["--error", "Proxy*", "--role", "backend"]), 0);
    assert_eq!(count(&["--error", "credentials"]), count(&["--error", "*LogonDenied"]));
    assert_eq!(count(&["--outcome", "unknown"]), 0);
}

/// All lines of a file with their numbers that hold a text.
fn lines_with(path: &Path, text: &str) -> Vec<(u64, String)> {
    let content = std::fs::read_to_string(path).unwrap();
    let lines = content.lines().enumerate().filter(|(_, line)| line.contains(text));
    lines.map(|(number, line)| (number as u64 + 1, line.to_owned())).collect()
}

#[test]
fn one_session_comes_whole_with_every_line_and_its_place() {
    let file = samples().join("certificate-outage").join("EX01").join("Logging").join("Imap4").join("IMAP420260312-1.LOG");
    let expected = lines_with(&file, ",0000000000000001,");
    assert!(expected.len() > 5);
    for id in ["1", "0000000000000001", "0x1"] {
        let found = documents(&file, &["--session", id]);
        let found: Vec<(u64, String)> =
            found.iter().map(|line| (line["exlog"]["line"].as_u64().unwrap(), at(line, "/message").to_owned())).collect();
        assert_eq!(found, expected);
    }
    let shown = exlog(&["sessions", file.to_str().unwrap(), "--session", "1"]).with_status(0).stdout;
    assert!(shown.starts_with("Session 0000000000000001, IMAP front end of EX01\n"), "{shown}");
    for (number, line) in expected {
        assert!(shown.contains(&format!("{}:{number}: {line}\n", file.display())), "{shown}");
    }
}

#[test]
fn a_password_in_a_line_is_not_shown() {
    let clear = login("07:00:00.000", "alice", "R=ok").replace("alice *****", "alice secret-7");
    let long = login("07:00:01.000", "alice", &format!("R=ok;Msg={}", "x".repeat(5000))).replace("alice *****", "alice secret-7");
    let tree = Tree::of(FRONT, log(&[TWELVE, &clear, &long]));
    for format in ["terminal", "csv", "ndjson"] {
        for options in [&["--session", "A1"][..], &["--verbose"]] {
            let arguments = [&["sessions", tree.path().to_str().unwrap(), "--format", format], options].concat();
            let shown = exlog(&arguments).with_status(0).stdout;
            assert!(shown.contains("alice") && !shown.contains("secret-7"), "{format} {options:?}: {shown}");
        }
    }
    assert!(at(&documents(tree.path(), &["--session", "A1"])[1], "/message").len() > 5000, "the line is whole");
}

#[test]
fn pop_names_come_from_user_where_pass_has_none() {
    let line = |command: &str, parameters: &str, user: &str| {
        login("07:00:00.000", "@", "R=ok")
            .replace(",@,", &format!(",{user},"))
            .replace("login,@ *****", &format!("{command},{parameters}"))
    };
    let lines = [
        TWELVE.to_owned(),
        line("user", "bob", ""),
        line("pass", "*****", ""),
        line("CloseSession", "", ""),
        line("pass", "*****", ""),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let tree = Tree::of("EX01/Logging/Pop3/POP320260312-1.LOG", log(&lines));
    let users = |options: &[&str]| -> Vec<String> {
        documents(tree.path(), options).iter().map(|document| at(document, "/user/name").to_owned()).collect()
    };
    assert_eq!(users(&[]), ["bob", "-"]);
    assert_eq!(users(&["--user", "bob"]), ["bob"]);
}

#[test]
fn the_server_is_the_one_that_analyze_names() {
    let lines = [
        TWELVE.to_owned(),
        login("07:00:00.000", "alice", "R=ok"),
        login("07:00:01.000", "bob", "R=ok").replace("10.0.0.11", "127.0.0.1"),
    ];
    let content = log(&lines.each_ref().map(String::as_str));
    // Nothing but the addresses tells.
    let tree = Tree::of("a.log", &content);
    assert_eq!(agrees_with_analyze(tree.path(), &[]), 2);
    assert_eq!(agrees_with_analyze(tree.path(), &["--server", "10.0.0.11"]), 2);
    assert_eq!(agrees_with_analyze(tree.path(), &["--server", "EX*"]), 0);
    let ended = exlog_reading(&["sessions", "-", "--format", "ndjson"], content.as_bytes()).with_status(0);
    let servers: Vec<Value> =
        ended.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["host"]["name"].clone()).collect();
    assert_eq!(servers, ["10.0.0.11", "10.0.0.11"]);
}

#[test]
fn lines_keep_their_numbers_behind_one_that_is_far_too_long() {
    let long = "x".repeat(3 << 20);
    let filler = format!("#{}\r\n", "y".repeat(100)).repeat(10_000);
    let (first, last) = (login("07:00:00.000", "a", "R=ok"), login("07:00:01.000", "b", "R=ok"));
    let text = format!("{TWELVE}\r\n{first}\r\n{long}\r\n{filler}{last}\r\n{long}");
    let tree = Tree::of(FRONT, text);
    let lines: Vec<u64> =
        documents(tree.path(), &[]).iter().map(|document| document["exlog"]["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [2, 10_004]);
    let ended = exlog(&["sessions", tree.path().to_str().unwrap(), "--strict"]).with_status(2);
    assert!(ended.stderr.contains("2 lines could not be read"), "{}", ended.stderr);
}

#[test]
fn what_could_not_be_read_is_said() {
    let tree = Tree::of(FRONT, log(&[TWELVE, &login("07:00:00.000", "a", "R=ok")]));
    let (path, missing) = (tree.path().to_str().unwrap().to_owned(), tree.at("nowhere").display().to_string());
    let told = exlog(&["sessions", &path, &missing]).with_status(0);
    assert!(told.stderr.contains("nowhere") && told.stdout.contains("1 attempt: 1 succeeded, 0 failed"), "{told:?}");
    assert_eq!(exlog(&["sessions", &path, &missing, "--quiet"]).with_status(0).stderr, "");
    exlog(&["sessions", &path, &missing, "--strict"]).with_status(2);
    exlog(&["sessions", &missing]).with_status(3);
    assert_eq!(exlog(&["sessions", &path, "--user", "nobody"]).with_status(0).stdout, "No login attempt fits.\n");
}

#[test]
fn wrong_usage_says_what_would_be_right() {
    let path = samples().display().to_string();
    for (options, hint) in [
        (&["--format", "json"][..], "--format ndjson"),
        (&["--format", "html"], "analyze --format html"),
        (&["--bom"], "--format csv"),
        (&["--limit", "0"], "--limit"),
        (&["--limit", "1", "--last", "1"], "--last"),
        (&["--session", "xyz"], "hexadecimal"),
        (&["--session", "A1", "--user", "alice"], "--user"),
        (&["--session", "A1", "--outcome", "failed"], "--outcome"),
        (&["--outcome", "bad"], "succeeded"),
        (&["--error", ""], "is no name"),
    ] {
        let ended = exlog(&[&["sessions", &path], options].concat()).with_status(2);
        assert!(ended.stderr.contains(hint) && ended.stdout.is_empty(), "{options:?}: {ended:?}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_ends_the_run() {
    for format in ["terminal", "csv", "ndjson"] {
        let (status, stderr) = end_unread(command().args(["sessions", samples().to_str().unwrap(), "--format", format]));
        assert_eq!(status, Some(0), "{format}: {stderr}");
        assert!(!stderr.contains("written"), "{format}: {stderr}");
    }
}

#[test]
fn the_first_attempts_come_before_everything_was_read() {
    // A log that never ends: the first attempts are there before its rest is.
    let mut child = command()
        .args(["sessions", "-", "--format", "csv", "--quiet"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = format!("{TWELVE}\r\n");
    for minute in 0..40 {
        for second in 0..60 {
            log.push_str(&(login(&format!("07:{minute:02}:{second:02}.000"), "alice", "R=ok") + "\r\n"));
        }
    }
    let (mut pipe, mut out) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let (send, receive) = std::sync::mpsc::channel();
    let reading = std::thread::spawn(move || {
        let mut text = [0; 2000];
        send.send(out.read_exact(&mut text)).unwrap();
        // The rest is read too: a pipe that is closed would end the program.
        out.read_to_end(&mut Vec::new()).unwrap();
    });
    std::io::Write::write_all(&mut pipe, log.as_bytes()).unwrap();
    std::io::Write::write_all(&mut pipe, log.as_bytes()).unwrap();
    assert!(receive.recv_timeout(Duration::from_secs(60)).unwrap().is_ok());
    drop(pipe);
    assert!(child.wait().unwrap().success());
    reading.join().unwrap();
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "how much memory a process has is read from /proc, which only Linux has")]
fn memory_does_not_grow_with_the_logs() {
    let (log, names) = spray(false);
    let half = &log[..8 << 20];
    let tree = Tree::of(FRONT, half).with("EX02/Logging/Imap4/IMAP420260312-1.LOG", half);
    for options in [&[][..], &["--last", "50"]] {
        let peak = peak_while(
            command()
                .args(["sessions", "--format", "ndjson", "--quiet", "--threads", "2", "--output", "/dev/null"])
                .args(options)
                .arg(tree.path()),
        );
        assert!(names > 100_000);
        // All attempts together would take far more.
        assert!((1_000_000..48_000_000).contains(&peak), "{options:?}: {} MB", peak / 1_000_000);
    }
}

#[test]
fn many_logs_side_by_side_are_read_in_turn() {
    let mut tree = Tree::new();
    for server in 0..200 {
        let lines =
            [TWELVE.to_owned(), login("07:00:00.000", &format!("first{server}"), "R=ok"), login("09:00:00.000", "last", "R=ok")];
        let content = log(&lines.each_ref().map(String::as_str));
        tree = tree.with(&format!("EX{server:03}/Logging/Imap4/IMAP420260312-1.LOG"), content);
    }
    let found = documents(tree.path(), &[]);
    let mut by_user: BTreeMap<&str, usize> = BTreeMap::new();
    found.iter().for_each(|document| *by_user.entry(at(document, "/user/name")).or_default() += 1);
    assert_eq!((found.len(), by_user["last"], by_user.len()), (400, 200, 201));
    assert_eq!(at(&found[0], "/user/name"), "first0");
    assert_eq!(at(&found[199], "/user/name"), "first199");
}
