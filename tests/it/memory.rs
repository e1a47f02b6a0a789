//! A spray over hundreds of thousands of names from as many addresses: memory stays bounded, and the report says which numbers
//! are estimates. And thousands of small files, each of which costs little.

use std::fmt::Write;
use std::fs::File;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::program::{analyze_with, command, list, number};
use crate::tree::{FRONT, THIRTEEN, Tree};

/// Bytes of a log, about: more than one segment, so that summaries are put together.
const BYTES: usize = 60 << 20;

/// The program needs less memory than this, in bytes.
const MOST: u64 = 200_000_000;

/// A log in which every login names another account and comes from another address, and how many there are. `has_sessions` says
/// whether a session's first and last line are there too, or the logins alone.
pub(crate) fn spray(has_sessions: bool) -> (String, u32) {
    let (mut log, mut names) = (format!("{THIRTEEN}\r\n"), 0u32);
    while log.len() < BYTES {
        let (hour, minute, second) = (names / 36_000, names / 600 % 60, names / 10 % 60);
        let [_, a, b, c] = names.to_be_bytes();
        let id = names + 1;
        let start = |sequence| {
            format!("2026-03-12T{hour:02}:{minute:02}:{second:02}.000Z,{id:016X},{sequence},10.0.0.11:993,11.{a}.{b}.{c}:50001,")
        };
        if has_sessions {
            write!(log, "{},0,20,53,OpenSession,,,\r\n", start(0)).unwrap();
        }
        // The column of the user is cut to 20 characters, so that every account has two names.
        let user = format!("person{names:07}@contoso.example");
        let answer = r#""R=""a1 NO LOGIN failed."";ErrMsg=LogonFailed:LogonDenied""#;
        write!(log, "{}{},20,30,40,login,{user} *****,{answer},\r\n", start(1), &user[..20]).unwrap();
        if has_sessions {
            write!(log, "{},0,0,0,CloseSession,,,\r\n", start(2)).unwrap();
        }
        names += 1;
    }
    (log, names)
}

#[test]
fn more_names_than_are_kept_are_estimated_and_the_report_says_so() {
    let (log, names) = spray(true);
    let report = analyze_with(Tree::of(FRONT, log).path(), &["--threads", "2"]);
    is_counted(&report, names);
    assert_eq!(number(&report, "/coverage/sessions"), u64::from(names));
    assert_eq!(number(&report, "/coverage/sessions_without_end"), 0);
}

/// What can be exact is exact, what cannot is close and said to be an estimate.
#[track_caller]
fn is_counted(report: &Value, names: u32) {
    assert!(names > 100_000, "{names}");
    assert_eq!(report["exactness"]["distinct_are_exact"], false);
    assert!(number(report, "/exactness/exact_up_to") < u64::from(names));
    for pointer in ["/logins/frontend/attempts", "/logins/frontend/failed", "/failure_groups/0/count"] {
        assert_eq!(number(report, pointer), u64::from(names), "{pointer}");
    }
    assert_eq!(list(report, "/failure_groups").len(), 1);
    let standard_error = report["exactness"]["distinct_standard_error"].as_f64().unwrap();
    for pointer in ["/failure_groups/0/users", "/failure_groups/0/client_addresses"] {
        let off = number(report, pointer) as f64 / f64::from(names) - 1.0;
        assert!(off.abs() < 4.0 * standard_error, "{pointer}: {off}");
    }
}

/// Runs the program and watches it; gives its report and the most memory that it had in use, in bytes.
fn watched(tree: &Tree, logs: &str) -> (Value, u64) {
    let report = tree.at("report.json");
    let peak = peak_while(
        command()
            .args(["analyze", "--format", "json", "--threads", "2"])
            .arg(tree.at(logs))
            .stdin(Stdio::null())
            .stdout(File::create(&report).unwrap())
            .stderr(Stdio::null()),
    );
    (serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap(), peak)
}

/// Runs a command that must succeed, and watches it: the most memory that it had in use, in bytes.
pub(crate) fn peak_while(command: &mut Command) -> u64 {
    let mut child = command.spawn().unwrap();
    let mut peak = 0;
    let status = loop {
        peak = peak.max(peak_of(child.id()).unwrap_or(0));
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    assert!(status.success(), "{status}");
    peak
}

/// The most memory that a running process has had in use so far, in bytes; `None` once it has ended.
fn peak_of(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix("kB")?;
    kib.trim().parse::<u64>().ok().map(|kib| kib << 10)
}

#[track_caller]
fn takes_bounded_memory(has_sessions: bool) {
    let (log, names) = spray(has_sessions);
    let tree = Tree::of(FRONT, log);
    let (report, peak) = watched(&tree, FRONT);
    is_counted(&report, names);
    assert!((1_000_000..MOST).contains(&peak), "{} MB", peak / 1_000_000);
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "how much memory a process has is read from /proc, which only Linux has")]
fn a_spray_takes_bounded_memory() {
    takes_bounded_memory(true);
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "how much memory a process has is read from /proc, which only Linux has")]
fn a_spray_of_which_the_logins_alone_were_kept_takes_bounded_memory() {
    takes_bounded_memory(false);
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "how much memory a process has is read from /proc, which only Linux has")]
fn a_small_file_takes_few_kilobytes() {
    let peak_of_files = |files: u32| {
        let tree = (0..files).fold(Tree::new(), |tree, file| {
            let start = format!("2026-03-12T{:02}:{:02}:{:02}.000Z,{:016X}", file / 3600, file / 60 % 60, file % 60, file + 1);
            let ends = "10.0.0.11:993,10.1.0.5:50001,alice@contoso.example";
            let open = format!("{start},0,{ends},0,20,53,OpenSession,,,");
            let login = format!("{start},1,{ends},20,30,40,login,alice@contoso.example *****,R=ok,");
            tree.with(&format!("logs/Imap4/IMAP420260312-{}.LOG", file + 1), format!("{THIRTEEN}\r\n{open}\r\n{login}\r\n"))
        });
        let (report, peak) = watched(&tree, "logs");
        assert_eq!(number(&report, "/logins/frontend/attempts"), u64::from(files));
        peak
    };
    let (few, many) = (peak_of_files(1_000), peak_of_files(4_000));
    let each = many.saturating_sub(few) / 3_000;
    assert!(each < 8_000, "{each} bytes for each file");
}
