//! What is Windows' own: files that another process holds open, the shell's quotation mark, the logs of this machine.

use crate::program::{command, end, number};
use crate::tree::{FRONT, TWELVE, Tree, log, login};

fn one_login() -> String {
    log(&[TWELVE, &login("07:00:00.000", "alice@contoso.com", "R=ok")])
}

/// A folder in which the setup of Exchange could have put it.
fn installed() -> Tree {
    Tree::new()
        .with("V15/Logging/Imap4/IMAP420260312-1.LOG", one_login())
        .with("V15/Logging/Imap4/IMAP4BE20260312-1.LOG", one_login().replace(":993", ":1993"))
        .with("V15/Logging/Pop3/POP320260312-1.LOG", one_login().replace(":993", ":995").replace(",login,", ",pass,"))
        .with("V15/Logging/HttpProxy/other.LOG", one_login())
}

#[test]
fn the_logs_of_this_machine_are_found_where_exchange_was_installed() {
    let tree = installed();
    let mut run = command();
    run.env("ExchangeInstallPath", tree.at("V15")).env("COMPUTERNAME", "EX07");
    let report = end(run.args(["analyze", "--local", "--format", "json"])).with_status(0).json();
    assert_eq!(number(&report, "/input/files"), 3);
    assert_eq!(report["input"]["sources"][0]["server"], "EX07");
    let mut run = command();
    run.env("ExchangeInstallPath", tree.at("V15")).env("COMPUTERNAME", "EX07");
    let ended = end(run.args(["sessions", "--local", "--server-name", "EX09", "--format", "ndjson"])).with_status(0);
    assert!(ended.stdout.contains("EX09") && !ended.stdout.contains("EX07"), "{ended:?}");
}

#[test]
fn a_store_can_be_kept_of_the_logs_of_this_machine() {
    let tree = installed().with("store/exlog.toml", "local = true\n");
    let mut run = command();
    run.env("ExchangeInstallPath", tree.at("V15")).env("COMPUTERNAME", "EX07");
    let report = end(run.args(["nightly", "--format", "json", "--store"]).arg(tree.at("store/store.db"))).with_status(0).json();
    assert_eq!(number(&report, "/run/logs"), 3);
}

#[test]
fn where_no_exchange_is_it_is_said() {
    let tree = Tree::new().with("V15/Logging/HttpProxy/other.LOG", one_login());
    for (variable, words) in [("ExchangeInstallPath", "LogFileLocation"), ("OTHER", "no Exchange server is installed")] {
        let mut run = command();
        let ended = end(run.env(variable, tree.at("V15")).args(["analyze", "--local"])).with_status(3);
        assert!(ended.stderr.contains(words), "{ended:?}");
    }
    let ended = end(command().args(["analyze", "--local", "x"])).with_status(2);
    assert!(ended.stderr.contains("cannot be used with"), "{ended:?}");
}

#[test]
fn a_report_that_cannot_be_written_leaves_nothing() {
    let tree = Tree::of(FRONT, one_login());
    let before = crate::tree::files_below(tree.path());
    let ended = end(command().args(["analyze", "--output"]).arg(tree.at("none/report.txt")).arg(tree.path())).with_status(2);
    assert!(ended.stderr.contains("its folder is not there"), "{ended:?}");
    assert_eq!(crate::tree::files_below(tree.path()), before);
}

#[cfg(windows)]
mod held_open {
    use std::fs::{self, OpenOptions};
    use std::io::Write;
    use std::os::windows::fs::OpenOptionsExt;
    use std::process::Stdio;
    use std::time::Duration;

    use super::*;
    use crate::program::{analyze, exlog};

    /// `FILE_SHARE_READ`: others may read, nobody else may write; as Exchange opens what it writes.
    const READ: u32 = 1;

    #[test]
    fn a_log_that_exchange_writes_is_read() {
        let tree = Tree::of(FRONT, one_login());
        let mut writer = OpenOptions::new().append(true).share_mode(READ).open(tree.at(FRONT)).unwrap();
        writer.write_all(login("07:01:00.000", "bob@contoso.com", "R=ok").as_bytes()).unwrap();
        writer.write_all(b"\r\n").unwrap();
        assert_eq!(number(&analyze(tree.path()), "/logins/frontend/attempts"), 2);
        writer.write_all(b"2026").unwrap();
    }

    #[test]
    fn a_log_that_nobody_may_read_is_named() {
        let tree = Tree::of(FRONT, one_login()).with(&FRONT.replace("-1", "-2"), one_login());
        let _held = OpenOptions::new().append(true).share_mode(0).open(tree.at(FRONT)).unwrap();
        let ended = exlog(&["analyze", &tree.path().display().to_string(), "--format", "json"]).with_status(0);
        assert!(ended.stderr.contains("another program holds it"), "{ended:?}");
        assert_eq!(number(&ended.json(), "/input/unreadable_files"), 1);
    }

    #[test]
    fn no_handle_stops_exchange_from_renaming_and_deleting() {
        let tree = Tree::of(FRONT, one_login());
        let mut watch = command();
        watch.args(["watch", "--all", "--every", "1s", "--for", "600s"]).arg(tree.path()).stdout(Stdio::piped());
        let mut watch = watch.spawn().unwrap();
        std::io::Read::read_exact(watch.stdout.as_mut().unwrap(), &mut [0; 16]).unwrap();
        // Nobody else may have it open at all: between two looks nobody has.
        let alone = || OpenOptions::new().read(true).write(true).share_mode(0).open(tree.at(FRONT));
        let is_free = (0..600).any(|_| alone().is_ok() || (std::thread::sleep(Duration::from_millis(50)), false).1);
        assert!(is_free);
        fs::rename(tree.at(FRONT), tree.at("EX01/Logging/Imap4/old.LOG")).unwrap();
        fs::remove_file(tree.at("EX01/Logging/Imap4/old.LOG")).unwrap();
        fs::remove_dir(tree.at("EX01/Logging/Imap4")).unwrap();
        watch.kill().unwrap();
        watch.wait().unwrap();
    }

    #[test]
    fn a_report_that_somebody_looks_at_is_not_torn() {
        let tree = Tree::of(FRONT, one_login()).with("report.txt", "old");
        let _held = OpenOptions::new().read(true).share_mode(READ).open(tree.at("report.txt")).unwrap();
        let ended = end(command().args(["analyze", "--output"]).arg(tree.at("report.txt")).arg(tree.path())).with_status(2);
        assert!(ended.stderr.contains("could not be written"), "{ended:?}");
        assert_eq!(fs::read_to_string(tree.at("report.txt")).unwrap(), "old");
        assert_eq!(crate::tree::files_below(tree.path()).len(), 2);
    }

    #[test]
    fn the_quotation_mark_that_a_backslash_kept_is_mended_or_told() {
        let tree = Tree::of(FRONT, one_login());
        let folder = tree.path().display().to_string();
        let report = exlog(&["analyze", "--format", "json", &format!("{folder}\"")]).with_status(0).json();
        assert_eq!(number(&report, "/input/files"), 1);
        let ended = exlog(&["analyze", &format!("{folder}\" --format json")]).with_status(2);
        assert!(ended.stderr.contains("leave that backslash away"), "{ended:?}");
    }
}
