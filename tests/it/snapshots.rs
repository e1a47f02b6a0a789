//! Snapshots: the reports about two tiny logs, whole, the terminal report of the README's story, and the texts of `--help`.
//!
//! Paths in the output are relative, because the program is started in the folder of the logs; the width is the one for
//! anything that is not a terminal. `cargo insta review` shows what changed.

use crate::program::{command, end};
use crate::tree::{BACK, FRONT, THIRTEEN, TWELVE, Tree, log, login};

/// Runs the program inside a tree and gives its output.
pub(crate) fn output_in(tree: &Tree, arguments: &[&str]) -> String {
    let mut command = command();
    command.current_dir(tree.path()).args(arguments);
    let ended = end(&mut command).with_status(0);
    assert_eq!(ended.stderr, "");
    let folders = ["Imap4", "Pop3"].map(|protocol| (format!("EX01/Logging/{protocol}/"), format!(r"EX01\Logging\{protocol}\")));
    let written = folders.iter().fold(ended.stdout, |written, (here, windows)| {
        written.replace(&windows.replace('\\', r"\\"), here).replace(windows, here)
    });
    written.replace(concat!("\"", env!("CARGO_PKG_VERSION"), "\""), "\"[version]\"")
}

/// An outage of three failures on a front end, its back end, and a line that nobody can read.
fn outage() -> Tree {
    let hand_over = "R=\"z NO LOGIN failed.\";Msg=Proxy:EX01.contoso.com:1993:SSL;ErrMsg=ProxyNotAuthenticated";
    let probe = "R=\"z NO [Error=ProxyNotAuthenticated Proxy=EX01.contoso.com:1993:SSL] LOGIN failed.\"";
    let front = log(&[
        "#Software: Microsoft Exchange Server",
        "#Log-type: IMAP4 Log",
        TWELVE,
        &login("07:00:00.125", "alice@contoso.com", "R=ok;Msg=\"Proxy:EX01.contoso.com:1993:SSL;ProxySuccess\""),
        &login("07:32:00.250", "HealthMailbox0a1b2c3", probe),
        &login("07:34:00.500", "alice@contoso.com", hand_over),
        &login("07:36:00.750", r"CONTOSO\bob", hand_over),
        "a line that nobody can read",
        "",
        &login("10:34:00.875", "alice@contoso.com", "R=ok"),
    ]);
    let back = log(&[THIRTEEN, &(login("07:00:00.100", "alice@contoso.com", "R=ok").replace(":993", ":1993") + ",")]);
    Tree::of(FRONT, front).with(BACK, back)
}

/// Bad passwords on POP3 under a window, with names and responses that try to break out of the report.
fn hostile() -> Tree {
    let denied = "R=\"-ERR Authentication failure: unknown user name or bad password.\";Msg=\"AuthFailed:LogonDenied,User: x\";ErrMsg=AuthFailed:LogonDenied";
    let line = |time: &str, user: &str| {
        login(time, user, denied).replace(":993", ":995").replace(&format!(",login,{user} *****"), ",auth, PLAIN")
    };
    let pop = log(&[
        TWELVE,
        &line("07:00:00.000", "</script><b>"),
        &line("07:00:01.000", "\u{1b}[31mred\u{202e}"),
        &line("07:00:02.000", "=cmd|calc"),
        &line("23:00:00.000", "outside the window"),
    ]);
    Tree::of("EX01/Logging/Pop3/POP320260312-1.LOG", pop)
}

#[test]
fn the_report_about_a_small_outage() {
    insta::assert_snapshot!("json_outage", output_in(&outage(), &["analyze", "EX01", "--format", "json"]));
}

#[test]
fn the_report_about_hostile_names_in_a_window() {
    let arguments = ["analyze", "EX01", "--format", "json", "--from", "2026-03-12T07:00Z", "--to", "2026-03-12T08:00Z"];
    insta::assert_snapshot!("json_hostile", output_in(&hostile(), &arguments));
}

#[test]
fn the_terminal_report_about_hostile_names() {
    insta::assert_snapshot!("terminal_hostile", output_in(&hostile(), &["analyze", "EX01"]));
}

#[test]
fn the_terminal_report_about_the_certificate() {
    let mut command = command();
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(["analyze", "sample-logs/certificate-outage"]);
    insta::assert_snapshot!("terminal_certificate", end(&mut command).with_status(0).stdout.replace('\\', "/"));
}

#[test]
fn the_texts_of_help() {
    let tree = Tree::new();
    insta::assert_snapshot!("help", output_in(&tree, &["--help"]));
    insta::assert_snapshot!("help_analyze", output_in(&tree, &["analyze", "--help"]));
    insta::assert_snapshot!("help_sessions", output_in(&tree, &["sessions", "--help"]));
    insta::assert_snapshot!("help_summarize", output_in(&tree, &["summarize", "--help"]));
    insta::assert_snapshot!("help_merge", output_in(&tree, &["merge", "--help"]));
    insta::assert_snapshot!("help_verify", output_in(&tree, &["verify", "--help"]));
    insta::assert_snapshot!("help_explain", output_in(&tree, &["explain", "--help"]));
    insta::assert_snapshot!("help_analyze_short", output_in(&tree, &["analyze", "-h"]));
}
