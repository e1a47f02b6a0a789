//! Paths as users give them: folders, globs, standard input, and what is no log at all.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use crate::program::{analyze, exlog, exlog_reading, list, number, text};
use crate::tree::{FRONT, TWELVE, Tree, log, login};

fn one_login() -> String {
    log(&[TWELVE, &login("07:30:00.000", "alice", "R=ok")])
}

/// files, other files, unreadable files, front-end attempts.
fn counts(report: &serde_json::Value) -> [u64; 4] {
    ["/input/files", "/input/other_files", "/input/unreadable_files", "/logins/frontend/attempts"]
        .map(|pointer| number(report, pointer))
}

fn json_of(paths: &[&Path]) -> serde_json::Value {
    let mut arguments = vec!["analyze", "--format", "json"];
    arguments.extend(paths.iter().map(|path| path.to_str().unwrap()));
    exlog(&arguments).with_status(0).json()
}

#[test]
fn standard_input_is_a_log() {
    let ended = exlog_reading(&["analyze", "-", "--format", "json"], one_login().as_bytes()).with_status(0);
    let report = ended.json();
    assert_eq!(counts(&report), [1, 0, 0, 1]);
    let source = &list(&report, "/input/sources")[0];
    // Nothing but the addresses in the lines tells the server.
    assert_eq!([text(source, "file"), text(source, "server")], ["-", "10.0.0.11"]);
    assert_eq!(number(&report, "/input/bytes"), one_login().len() as u64);
}

#[test]
fn standard_input_without_a_log_is_no_readable_input() {
    for input in ["", "\n", "nothing of the kind\n"] {
        exlog_reading(&["analyze", "-"], input.as_bytes()).with_status(3);
    }
}

#[test]
fn paths_without_any_log_end_with_3_and_say_why() {
    let tree = Tree::of("empty.LOG", "").with("note.txt", "just a note\n");
    std::fs::create_dir(tree.at("empty folder")).unwrap();
    for (name, why) in [
        ("empty.LOG", "empty"),
        ("note.txt", "no line of an IMAP4 or POP3 protocol log"),
        ("empty folder", "no IMAP4 or POP3 protocol log"),
        ("nowhere", "not there"),
        ("*.nothing", "no file matches"),
        (".", "no IMAP4 or POP3 protocol log"),
    ] {
        let ended = exlog(&["analyze", tree.at(name).to_str().unwrap()]).with_status(3);
        assert!(ended.stderr.contains(why), "{name}: {}", ended.stderr);
        assert_eq!(ended.stdout, "", "{name}");
    }
}

#[test]
fn files_that_are_no_logs_are_counted_beside_those_that_are() {
    let tree = Tree::of(FRONT, one_login())
        .with("empty.LOG", "")
        .with("EX01/note.txt", "just a note\n")
        .with("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    assert_eq!(counts(&analyze(tree.path())), [1, 3, 0, 1]);
}

#[test]
fn a_log_is_known_by_its_content_whatever_its_name() {
    for name in ["x", "export (2).txt", "IMAP420260312-1.LOG.bak", "EX01/a.log.old"] {
        assert_eq!(counts(&analyze(Tree::of(name, one_login()).path())), [1, 0, 0, 1], "{name}");
    }
}

#[test]
fn a_file_given_twice_is_read_once() {
    let tree = Tree::of(FRONT, one_login());
    let file = tree.at(FRONT);
    let around = tree.at("EX01/Logging/Imap4/../Imap4/IMAP420260312-1.LOG");
    assert_eq!(counts(&json_of(&[&file, &file, tree.path(), &around])), [1, 0, 0, 1]);
}

#[test]
fn globs_are_expanded_where_the_shell_did_not() {
    let tree = Tree::of(FRONT, one_login())
        .with("EX02/Logging/Imap4/IMAP420260312-1.LOG", one_login())
        .with("EX02/Logging/Imap4/other.txt", one_login().replace("07:30", "08:30"));
    for (pattern, files) in
        [("EX0?/Logging/Imap4/*.LOG", 2), ("EX02/Logging/Imap4/*", 2), ("*", 3), ("**/other.*", 1), ("EX01/**/*.LOG", 1)]
    {
        assert_eq!(counts(&json_of(&[&tree.at(pattern)]))[0], files, "{pattern}");
    }
}

#[cfg(unix)]
#[test]
fn links_that_lead_nowhere_or_in_circles_do_not_stop_the_run() {
    let tree = Tree::of(FRONT, one_login());
    std::os::unix::fs::symlink("nowhere", tree.at("dangling")).unwrap();
    std::os::unix::fs::symlink(tree.path(), tree.at("EX01/loop")).unwrap();
    let ended = exlog(&["analyze", tree.path().to_str().unwrap(), "--format", "json"]).with_status(0);
    assert_eq!(counts(&ended.json()), [1, 0, 1, 1]);
    assert!(ended.stderr.contains("dangling"), "{}", ended.stderr);
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_named_and_the_others_are_read() {
    use std::os::unix::fs::PermissionsExt;
    let locked = "EX01/Logging/Imap4/IMAP420260313-1.LOG";
    let tree = Tree::of(FRONT, one_login()).with(locked, one_login());
    std::fs::set_permissions(tree.at(locked), std::fs::Permissions::from_mode(0o000)).unwrap();
    if File::open(tree.at(locked)).is_ok() {
        return; // The superuser may read everything.
    }
    let ended = exlog(&["analyze", tree.path().to_str().unwrap(), "--format", "json"]).with_status(0);
    assert_eq!(counts(&ended.json()), [1, 0, 1, 1]);
    assert!(ended.stderr.contains("no permission"), "{}", ended.stderr);
}

#[test]
fn a_line_of_a_hundred_megabytes_is_one_skipped_line() {
    let tree = Tree::of(FRONT, one_login());
    let mut file = File::options().append(true).open(tree.at(FRONT)).unwrap();
    let piece = vec![b'x'; 1 << 20];
    (0..100).for_each(|_| file.write_all(&piece).unwrap());
    file.write_all(("\r\n".to_owned() + &login("07:31:00.000", "bob", "R=ok") + "\r\n").as_bytes()).unwrap();
    let report = analyze(tree.path());
    let input = ["lines", "records", "headers", "skipped"].map(|name| number(&report, &format!("/input/{name}")));
    assert_eq!(input, [4, 2, 1, 1]);
    assert_eq!(number(&report, "/input/skipped_by_reason/too_long"), 1);
    assert_eq!(counts(&report)[3], 2);
}

#[test]
fn a_hole_of_zeros_in_a_log_costs_its_own_line() {
    // What a crash leaves behind; the holes lie before, on and behind the cuts between segments.
    let mut content = one_login().into_bytes();
    content.extend(vec![0; 9 << 20]);
    content.extend(log(&["", &login("07:31:00.000", "bob", "R=ok")]).into_bytes());
    let report = analyze(Tree::of(FRONT, content).path());
    let input = ["lines", "records", "headers", "blank", "skipped"].map(|name| number(&report, &format!("/input/{name}")));
    assert_eq!(input, [4, 2, 1, 0, 1]);
}

#[test]
fn a_gzip_that_breaks_off_is_read_up_to_there_and_named() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let lines: Vec<String> =
        (0..5000).map(|n| login("07:30:00.000", &format!("user{}", n * 7919 % 10_007), "R=ok") + "\r\n").collect();
    packed.write_all((TWELVE.to_owned() + "\r\n" + &lines.concat()).as_bytes()).unwrap();
    let mut packed = packed.finish().unwrap();
    packed.truncate(packed.len() / 2);
    let tree = Tree::of("EX01/Logging/Imap4/IMAP420260312-1.LOG.gz", packed);
    let report = analyze(tree.path());
    let attempts = number(&report, "/logins/frontend/attempts");
    assert!((1000..5000).contains(&attempts), "{attempts}");
    exlog(&["analyze", tree.path().to_str().unwrap(), "--strict"]).with_status(2);
}

#[test]
fn another_log_of_exchange_is_no_protocol_log_of_imap_or_pop() {
    let smtp = log(&[
        "#Software: Microsoft Exchange Server",
        "#Log-type: SMTP Receive Protocol Log",
        "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context",
        r"2026-03-12T09:00:00.014Z,EX01\Default,08DE85A1B2C3D4E5,0,10.4.0.14:25,203.0.113.77:40122,+,,",
    ]);
    let tree = Tree::of(FRONT, one_login()).with("EX01/Logging/SmtpReceive/RECV20260312-1.LOG", smtp);
    assert_eq!(counts(&analyze(tree.path())), [1, 1, 0, 1]);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_a_folder_is_not_waited_for() {
    let tree = Tree::of(FRONT, one_login());
    let made = std::process::Command::new("mkfifo").arg(tree.at("EX01/Logging/Imap4/a pipe")).status().unwrap();
    assert!(made.success());
    let report = json_of(&[tree.path()]);
    assert_eq!(counts(&report), [1, 1, 0, 1]);
    assert!(report["input"]["notes"][0]["reason"].as_str().unwrap().contains("a pipe"), "{report}");
}

#[test]
fn a_filter_that_nothing_fits_is_told_and_one_that_fits_is_not() {
    let tree = Tree::of(FRONT, one_login());
    let folder = tree.path().to_str().unwrap();
    for command in ["analyze", "summarize"] {
        let output = tree.at("made").to_str().unwrap().to_owned();
        let told = |filters: &[&str]| {
            let arguments = [&[command, folder, "--output", &output], filters].concat();
            exlog(&arguments).with_status(0).stderr
        };
        for (filters, words) in [
            (&["--server", "EX10"][..], "no log is of a server called EX10: there are EX01"),
            (&["--user", "alcie"], "no login attempt fits --user"),
            (&["--user", "alice", "--client", "10.9.9.9"], "no login attempt fits --user and --client"),
        ] {
            assert!(told(filters).contains(words), "{filters:?}: {}", told(filters));
            assert_eq!(told(&[filters, &["--quiet"]].concat()), "", "{filters:?}");
        }
        for filters in [&[][..], &["--server", "ex0?"], &["--user", "ALICE"], &["--user", "alice", "--from", "2031-01-01"]] {
            assert!(!told(filters).contains("no log") && !told(filters).contains("no login"), "{filters:?}: {}", told(filters));
        }
    }
}

#[test]
fn what_is_read_is_not_written_over_and_two_results_are_two_files() {
    let tree =
        Tree::of("EX01/IMAP420260312-1.LOG", one_login()).with("report.json", "an older report").with("given.txt", "evidence?");
    let (folder, log) = (tree.path().to_str().unwrap(), tree.at("EX01/IMAP420260312-1.LOG"));
    let (log, given, report) = (log.to_str().unwrap(), tree.at("given.txt"), tree.at("report.json"));
    let (given, report) = (given.to_str().unwrap(), report.to_str().unwrap());
    for (arguments, words) in [
        (&["analyze", folder, "--output", log][..], "would be lost"),
        (&["analyze", log, "--format", "json", "-o", log], "would be lost"),
        (&["analyze", folder, "--manifest", log], "would be lost"),
        (&["analyze", folder, "--evidence", given, "--output", given], "would be lost"),
        (&["summarize", folder, "--output", log], "would be lost"),
        (&["sessions", folder, "--output", log], "would be lost"),
        (&["analyze", folder, "--output", report, "--manifest", report], "two results"),
    ] {
        let ended = exlog(arguments).with_status(2);
        assert!(ended.stderr.contains(words), "{arguments:?}: {}", ended.stderr);
    }
    assert_eq!(std::fs::read_to_string(log).unwrap(), one_login());
    // An older report among the logs is no log.
    exlog(&["analyze", folder, "--format", "json", "--output", report]).with_status(0);
    assert!(std::fs::read_to_string(report).unwrap().contains("exlog.report/1"));
    let ended = exlog(&["analyze", folder, "--output", tree.at("EX01").to_str().unwrap()]).with_status(2);
    assert!(ended.stderr.contains("it is a folder"), "{}", ended.stderr);

    // A summary that grows takes the place of what it holds; a report does not.
    let all = tree.at("all.exlog");
    let all = all.to_str().unwrap();
    exlog(&["summarize", folder, "--output", all]).with_status(0);
    exlog(&["merge", all, "--format", "summary", "--output", all]).with_status(0);
    let ended = exlog(&["merge", folder, "--format", "json", "--output", all]).with_status(2);
    assert!(ended.stderr.contains("would be lost"), "{}", ended.stderr);
    exlog(&["merge", all]).with_status(0);
}
