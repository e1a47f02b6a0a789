//! One log under two names counts once: in `analyze`, and wherever logs are read with it.

use std::fs;
use std::path::PathBuf;
#[cfg(unix)]
use std::process::Command;

use crate::program::{analyze, command, end, exlog, list, number};
use crate::tree::{FRONT, TWELVE, Tree, gzip, log, login, utf16};

fn lines(count: usize) -> Vec<u8> {
    let lines: Vec<String> =
        (0..count).map(|n| login(&format!("07:00:{:02}.000", n % 60), "alice@contoso.com", "R=ok")).collect();
    log(&[&[TWELVE], lines.iter().map(String::as_str).collect::<Vec<_>>().as_slice()].concat()).into_bytes()
}

/// How many attempts are counted and which files are said to be copies of which.
fn counted(tree: &Tree) -> (u64, Vec<(String, String)>) {
    let report = analyze(tree.path());
    let below = |name: &str| {
        let top = format!("{}{}", tree.path().display(), std::path::MAIN_SEPARATOR);
        name.replace(&top, "").replace('\\', "/")
    };
    let notes = list(&report, "/input/notes").iter().filter_map(|note| {
        let copied = note["reason"].as_str()?.strip_prefix("a copy of ")?.strip_suffix(": it is not counted again")?;
        assert_eq!(note["kind"], "other");
        Some((below(note["file"].as_str()?), below(copied)))
    });
    (number(&report, "/logins/frontend/attempts"), notes.collect())
}

const COPY: &str = "EX01/Logging/Imap4/a copy.LOG";

#[test]
fn a_copy_on_the_same_server_counts_once_whatever_it_is_called_and_however_it_is_packed() {
    let whole = lines(20);
    let text = String::from_utf8(whole.clone()).unwrap();
    for (name, copy) in [
        (COPY, whole.clone()),
        ("EX01/Logging/Imap4/IMAP4.LOG.gz", gzip(&whole)),
        ("elsewhere/EX01/Logging/Imap4/utf-16.LOG", utf16(text.as_bytes())),
        ("marked/EX01/Logging/Imap4/utf-16.LOG", utf16(format!("\u{feff}{text}").as_bytes())),
        ("EX01/Logging/Imap4/marked.LOG", format!("\u{feff}{text}").into_bytes()),
        ("EX01/Logging/Imap4/line feeds.LOG", text.replace("\r\n", "\n").into_bytes()),
        ("lower/ex01/Logging/Imap4/IMAP4.LOG", whole.clone()),
        // As it was when it was copied.
        ("EX01/Logging/Imap4/older.LOG", lines(15)),
        ("EX01/Logging/Imap4/older.LOG.gz", gzip(&lines(15))),
    ] {
        assert_eq!(
            counted(&Tree::of(FRONT, whole.clone()).with(name, copy)),
            (20, vec![(name.to_owned(), FRONT.to_owned())]),
            "{name}"
        );
    }
    // The longest counts, wherever it stands and whatever it takes to see that.
    let unix = String::from_utf8(lines(30)).unwrap().replace("\r\n", "\n");
    for (name, copy) in [
        (COPY, lines(30)),
        ("EX01/Logging/Imap4/z.LOG.gz", gzip(&lines(30))),
        ("EX01/Logging/Imap4/line feeds.LOG", unix.into_bytes()),
    ] {
        assert_eq!(
            counted(&Tree::of(FRONT, whole.clone()).with(name, copy)),
            (30, vec![(FRONT.to_owned(), name.to_owned())]),
            "{name}"
        );
    }
}

#[test]
fn what_only_looks_like_a_copy_counts() {
    let whole = lines(20);
    let other = String::from_utf8(whole.clone()).unwrap().replace("07:00:00.000", "07:00:00.001").into_bytes();
    for (name, content) in [("EX02/Logging/Imap4/IMAP4.LOG", whole.clone()), (COPY, other)] {
        assert_eq!(counted(&Tree::of(FRONT, whole.clone()).with(name, content)), (40, vec![]), "{name}");
    }
    // Alike for a kilobyte and more, and then not: nothing may be lost.
    let [cut, rest] = [lines(20)[..1_500].to_vec(), lines(30)];
    let spoilt = [cut, vec![0; 4_000]].concat();
    let (attempts, copies) = counted(&Tree::of(FRONT, rest).with(COPY, spoilt));
    assert!(attempts > 30 && copies.is_empty(), "{attempts} {copies:?}");
    // Headers alone may be the same in many logs.
    let empty = log(&[TWELVE]);
    assert_eq!(counted(&Tree::of(FRONT, empty.clone()).with(COPY, empty)).1, vec![]);
}

#[test]
fn sessions_export_and_summaries_leave_the_same_copies_aside() {
    let tree = Tree::of(FRONT, lines(20)).with(COPY, lines(20)).with("EX01/Logging/Imap4/old.LOG.gz", gzip(&lines(10)));
    let logs = tree.at("EX01");
    let rows = |path: PathBuf| {
        end(command().args(["sessions", "--no-join", "--format", "csv"]).arg(path)).with_status(0).stdout.lines().count()
    };
    assert_eq!(rows(logs.clone()), 21);
    let summary = tree.at("it.exlog");
    end(command().arg("summarize").arg(&logs).arg("--output").arg(&summary)).with_status(0);
    let merged = end(command().arg("merge").arg(&summary).args(["--format", "json"])).with_status(0).json();
    assert_eq!(number(&merged, "/logins/frontend/attempts"), 20);
    let said = end(command().arg("export").arg(&logs).arg("--output").arg(tree.at("dataset"))).with_status(0);
    let dataset: u64 = fs::read_dir(tree.at("dataset")).unwrap().count() as u64;
    assert!(dataset > 0 && !said.stderr.contains("panic"), "{said:?}");
}

#[test]
fn parts_of_a_whole_count_copies_and_say_so() {
    let tree = Tree::of(FRONT, lines(20)).with(COPY, lines(20));
    let mut parts = Vec::new();
    for (name, list) in [("1.exlog", FRONT), ("2.exlog", COPY)] {
        fs::write(tree.at("list"), list).unwrap();
        let asked = ["summarize", "EX01", "--paths-from", "list", "--output", name];
        end(command().current_dir(tree.path()).args(asked)).with_status(0);
        parts.push(name);
    }
    let ended =
        end(command().current_dir(tree.path()).args(["merge", "--parts", "--format", "json"]).args(&parts)).with_status(0);
    assert_eq!(number(&ended.json(), "/logins/frontend/attempts"), 40);
    assert!(
        ended.stderr.contains("a copy.LOG is a copy of") || ended.stderr.contains("is a copy of EX01/Logging/Imap4/a copy.LOG"),
        "{ended:?}"
    );
}

#[test]
fn summaries_of_one_log_at_two_times_are_not_added_up_whatever_its_path() {
    let tree = Tree::of("monday/EX01/Imap4/a.LOG", lines(15)).with("tuesday/EX01/Imap4/b.LOG.gz", gzip(&lines(20)));
    for day in ["monday", "tuesday"] {
        end(command().current_dir(tree.path()).args(["summarize", day, "--output", &format!("{day}.exlog")])).with_status(0);
    }
    let ended = end(command().current_dir(tree.path()).args(["merge", "monday.exlog", "tuesday.exlog"])).with_status(2);
    assert!(
        ended.stderr.contains("which has changed between them") && ended.stderr.contains("merge only the later one"),
        "{ended:?}"
    );
    assert_eq!(counted(&tree).0, 20);
    let merged =
        end(command().current_dir(tree.path()).args(["merge", "--parts", "monday.exlog", "tuesday.exlog", "--format", "json"]));
    let ended = merged.with_status(0);
    assert!(ended.stderr.contains("is a copy of") && number(&ended.json(), "/logins/frontend/attempts") == 35, "{ended:?}");
}

#[cfg(unix)]
#[test]
fn pipes_are_read_once() {
    let tree = Tree::of(FRONT, lines(3));
    let script = format!("'{}' analyze --format json <(cat '{}')", env!("CARGO_BIN_EXE_exlog"), tree.at(FRONT).display());
    let ended = Command::new("bash").args(["-c", &script]).output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&ended.stdout).unwrap();
    assert_eq!(number(&report, "/logins/frontend/attempts"), 3);
}

#[test]
fn a_tar_archive_is_no_log_of_one_server() {
    let content = lines(3);
    let mut header = vec![0u8; 512];
    header[..name().len()].copy_from_slice(name().as_bytes());
    let size = format!("{:011o}", content.len());
    header[124..135].copy_from_slice(size.as_bytes());
    header[257..262].copy_from_slice(b"ustar");
    let tar = [header, content].concat();
    for (file, content) in [("logs.tar", tar.clone()), ("logs.tar.gz", gzip(&tar)), ("EX01/Logging/Imap4/IMAP4.LOG", tar.clone())]
    {
        let tree = Tree::of(file, content);
        let ended = exlog(&["analyze", tree.path().to_str().unwrap()]).with_status(3);
        assert!(ended.stderr.contains("a tar archive: unpack it first"), "{file}: {ended:?}");
    }
}

fn name() -> &'static str {
    "EX01/Logging/Imap4/IMAP4.LOG"
}
