//! Who is told what, and when: standard output, mail, webhook, pages.

use std::fs;

use super::{count, nightly};
use crate::loopback::Identity;
use crate::loopback::http::{Answer, start};
use crate::loopback::smtp::Smtp;
use crate::program::{command, end, list, text};
use crate::tree::{FRONT, TWELVE, Tree, log, login};

/// Half an hour in which every login fails for the server's own reason, from seven o'clock of a day of March on.
fn failures(day: u32, count: u32) -> Vec<String> {
    let refused = "\"R=\"\"1 NO LOGIN failed.\"\";Msg=\"\"Proxy:ex02:1993:SSL\"\";ErrMsg=ProxyFailed\"";
    (0..count)
        .map(|at| {
            let line = login(&format!("{:02}:{:02}:00.000", 7 + at / 60, at % 60), &format!("user{}", at % 9), refused);
            line.replace("2026-03-12", &format!("2026-03-{day:02}"))
        })
        .collect()
}

fn written(lines: &[String]) -> String {
    log(&[TWELVE.to_owned()].iter().chain(lines).map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn a_finding_goes_out_by_mail_and_webhook_once_a_day() {
    let identity = Identity::good();
    let tree = Tree::of(FRONT, written(&failures(12, 20))).with("ca.pem", &identity.authority).with("password.txt", "s3cret\r\n");
    let offers: &[&str] = &["STARTTLS", "AUTH PLAIN LOGIN"];
    let (mail, letters) = Smtp { offers, identity: Some(identity), account: Some("exlog:s3cret"), ..Smtp::default() }.start();
    let (hook, posts) = start(None, vec![Answer::status("204 No Content")]);
    let (store, logs) = (tree.at("store.db"), tree.at("EX01"));
    let (server, url) = (format!("localhost:{mail}"), format!("http://localhost:{hook}/hook"));
    let (ca, password) = (tree.at("ca.pem").display().to_string(), tree.at("password.txt").display().to_string());
    let tell = [
        "--mail",
        "admins@contoso.com",
        "--mail-from",
        "exlog@contoso.com",
        "--mail-server",
        &server,
        "--mail-ca",
        &ca,
        "--mail-user",
        "exlog",
        "--mail-password-file",
        &password,
        "--webhook",
        &url,
    ];
    let first = nightly(&store, &logs, &tell).with_status(1);
    assert_eq!(first.stderr, "");
    let letter = letters.all().join("\n");
    assert!(letter.contains("Subject: exlog: critical: new, ") && letter.contains("ProxyFailed"), "{letter}");
    assert_eq!(posts.all().len(), 1);
    assert!(posts.all()[0].contains("\"schema\": \"exlog.nightly/1\""), "{:?}", posts.all());
    let sent = letters.all().len();
    // It goes on a minute later: nobody wants to hear it again, but the status says it.
    fs::write(tree.at(FRONT), written(&failures(12, 25))).unwrap();
    let second = nightly(&store, &logs, &tell).with_status(1);
    assert_eq!((second.stdout.as_str(), letters.all().len(), posts.all().len()), ("", sent, 1));
    // Then it is over, and that is news.
    let works: Vec<String> = (0..40).map(|at| login(&format!("08:{at:02}:30.000"), &format!("user{}", at % 9), "R=ok")).collect();
    fs::write(tree.at(FRONT), written(&[failures(12, 25), works].concat())).unwrap();
    let third = nightly(&store, &logs, &[&tell[..], &["--format", "json"]].concat());
    let states: Vec<String> = list(&third.json(), "/stories").iter().map(|story| text(story, "state").to_owned()).collect();
    assert_eq!((states.as_slice(), third.status), (&["over".to_owned()][..], 0));
    assert_eq!(posts.all().len(), 2);
}

#[test]
fn what_could_not_be_told_is_told_by_the_next_run() {
    let tree = Tree::of(FRONT, written(&failures(12, 20)));
    let (store, logs) = (tree.at("store.db"), tree.at("EX01"));
    let (hook, posts) = start(None, vec![Answer::status("404 Not Found"), Answer::status("204 No Content")]);
    let url = format!("http://localhost:{hook}/hook");
    let failed = nightly(&store, &logs, &["--webhook", &url]).with_status(2);
    assert!(failed.stderr.contains("no such address"), "{}", failed.stderr);
    assert_eq!(count(&store, "SELECT count(*) FROM story WHERE untold IS NOT NULL AND severity = 'critical'"), 1);
    // Nothing is new in the logs, and yet there is something to tell.
    let again = nightly(&store, &logs, &["--webhook", &url]).with_status(1);
    assert!(again.stdout.contains("New:"), "{}", again.stdout);
    assert_eq!(posts.all().len(), 2);
    let last = nightly(&store, &logs, &["--webhook", &url]).with_status(0);
    assert_eq!((last.stdout.as_str(), posts.all().len()), ("", 2));
}

#[test]
fn what_was_not_as_usual_is_told_until_it_was() {
    let tree = Tree::of(FRONT, written(&[login("07:00:00.000", "bob", "R=ok")]));
    let (store, logs) = (tree.at("store.db"), tree.at("EX01"));
    nightly(&store, &logs, &[]).with_status(0);
    // As a night leaves it that could not tell it.
    let kept = "INSERT INTO untold_deviation VALUES ('new-failure-group', 'medium', 'EX01', 'imap4', 'frontend',
                1773300000000, 1773303600000, '30 failures of a kind that never was', 30, NULL, '')";
    rusqlite::Connection::open(&store).unwrap().execute(kept, []).unwrap();
    let (hook, posts) = start(None, vec![Answer::status("404 Not Found"), Answer::status("204 No Content")]);
    let url = format!("http://localhost:{hook}/hook");
    let failed = nightly(&store, &logs, &["--webhook", &url, "--webhook-at", "medium"]).with_status(2);
    assert!(failed.stdout.contains("30 failures of a kind that never was"), "{}", failed.stdout);
    nightly(&store, &logs, &["--webhook", &url, "--webhook-at", "medium"]).with_status(0);
    assert!(posts.all()[1].contains("30 failures of a kind that never was"), "{:?}", posts.all());
    assert_eq!(count(&store, "SELECT count(*) FROM untold_deviation"), 0);
    assert_eq!(nightly(&store, &logs, &["--webhook", &url, "--webhook-at", "medium"]).with_status(0).stdout, "");
}

#[test]
fn wrong_settings_are_told_before_anything_is_read() {
    let tree = Tree::of(FRONT, written(&failures(12, 20)));
    let (store, logs) = (tree.at("store.db"), tree.at("EX01"));
    for (options, words) in [
        (&["--mail", "admins@contoso.com"][..], "--mail-server"),
        (
            &["--mail", "a@b.example", "--mail-from", "a@b.example", "--mail-server", "mail", "--mail-user", "x"],
            "EXLOG_MAIL_PASSWORD",
        ),
        (&["--webhook", "no address"], "webhook"),
        #[cfg(not(windows))]
        (&["--event-log"], "no Windows event log"),
        (&["--keep", "long"], "no length of time"),
        (&["--fail-on", "bad"], "possible values"),
        (&["--timezone", "Mars/Olympus"], "Mars/Olympus"),
    ] {
        let ended = nightly(&store, &logs, options).with_status(2);
        assert!(ended.stderr.contains(words), "{options:?}: {}", ended.stderr);
        assert!(!store.exists(), "{options:?}");
    }
    end(command().args(["nightly", "--store"]).arg(&store).arg("-")).with_status(2);
    end(command().args(["nightly", "--store"]).arg(&store).arg(tree.at("nowhere"))).with_status(3);
}

#[test]
fn options_may_stand_beside_the_store() {
    let tree = Tree::of(FRONT, written(&failures(12, 20)))
        .with("exlog.toml", "paths = ['EX01']\nfail-on = 'critical'\nformat = 'json'\n");
    let run = |more: &[&str]| end(command().args(["nightly", "--store"]).arg(tree.at("store.db")).args(more));
    assert_eq!(run(&[]).with_status(1).json()["run"]["number"], 1);
    fs::write(tree.at("exlog.toml"), "paths = ['EX01']\nfial-on = 'critical'\n").unwrap();
    let refused = run(&[]).with_status(2);
    assert!(refused.stderr.contains("exlog.toml") && refused.stderr.contains("fail-on"), "{}", refused.stderr);
}

#[test]
fn pages_lie_side_by_side_and_the_index_names_them() {
    let tree = Tree::of(FRONT, written(&failures(12, 20)));
    let (store, logs, pages) = (tree.at("store.db"), tree.at("EX01"), tree.at("the pages"));
    let out = pages.display().to_string();
    nightly(&store, &logs, &["--out", &out]).with_status(1);
    fs::write(tree.at("EX01/Logging/Imap4/IMAP420260313-1.LOG"), written(&failures(13, 20))).unwrap();
    nightly(&store, &logs, &["--out", &out]).with_status(1);
    let mut names: Vec<String> =
        fs::read_dir(&pages).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["exlog-2026-03-12.html", "exlog-2026-03-13.html", "index.html"]);
    let index = fs::read_to_string(pages.join("index.html")).unwrap();
    assert!(index.contains(r#"<a href="exlog-2026-03-13.html">2026-03-13</a>"#) && index.contains("critical: "), "{index}");
    // What could not be written is made up for, though nothing is new then.
    fs::remove_dir_all(&pages).unwrap();
    fs::write(&pages, "a file").unwrap();
    let failed = nightly(&store, &logs, &["--out", &out]).with_status(2);
    assert!(failed.stderr.contains("--out takes a folder"), "{}", failed.stderr);
    fs::remove_file(&pages).unwrap();
    nightly(&store, &logs, &["--out", &out]);
    assert!(pages.join("index.html").exists());
}

#[test]
fn a_page_holds_the_days_before_it() {
    let tree = Tree::of(FRONT, written(&[failures(12, 20), failures(13, 20)].concat()));
    let (store, logs, pages) = (tree.at("store.db"), tree.at("EX01"), tree.at("the pages"));
    nightly(&store, &logs, &["--out", &pages.display().to_string()]).with_status(1);
    let page = fs::read_to_string(pages.join("exlog-2026-03-13.html")).unwrap();
    assert!(page.contains("2026-03-12 07:00:00") && page.contains("2026-03-13 07:"), "no two days");
}

#[test]
fn the_history_is_shown_by_day_by_error_and_by_account() {
    let tree = Tree::of(FRONT, written(&[failures(12, 20), failures(14, 30)].concat()));
    let (store, logs) = (tree.at("store.db"), tree.at("EX01"));
    nightly(&store, &logs, &[]).with_status(1);
    let history = |more: &[&str]| end(command().args(["history", "--store"]).arg(&store).args(more)).with_status(0).stdout;
    let days = history(&[]);
    for words in ["2026-03-12", "2026-03-13         -", "2026-03-14", "critical"] {
        assert!(days.contains(words), "{words}: {days}");
    }
    assert!(!history(&["--days", "1"]).contains("2026-03-12"));
    assert!(history(&["--server", "ex01"]).contains("2026-03-12"));
    let unknown = end(command().args(["history", "--server", "EX09", "--store"]).arg(&store)).with_status(2);
    assert!(unknown.stderr.contains("nothing of EX09 is known"), "{}", unknown.stderr);
    let of_error = history(&["--error", "proxyfailed"]);
    assert!(of_error.contains("2026-03-12      20") && of_error.contains("2026-03-14      30"), "{of_error}");
    // Accounts are counted by log: those of one log stand on the day of most of its lines.
    let of_account = history(&["--user", "user1"]);
    assert!(of_account.contains("2026-03-14"));
    // A course has more than one day.
    assert_eq!((of_error.trim_end().lines().count(), of_account.trim_end().lines().count()), (7, 3), "{of_error}{of_account}");
    assert_eq!(history(&["--error", "none\u{1b}"]), "No failure of none\\u{1b} is known.\n");
    let nowhere = end(command().args(["history", "--store"]).arg(tree.at("none.db"))).with_status(2);
    assert!(nowhere.stderr.contains("there is no store") && !tree.at("none.db").exists(), "{}", nowhere.stderr);
    let checked = end(command().args(["store", "check", "--store"]).arg(&store)).with_status(0);
    assert!(checked.stdout.contains("is sound"));
    let summary = tree.at("all.exlog");
    end(command().args(["store", "export", "--store"]).arg(&store).arg("--output").arg(&summary)).with_status(0);
    let merged = end(command().args(["merge", "--format", "json"]).arg(&summary)).with_status(0).json();
    assert_eq!(merged["logins"]["frontend"]["attempts"], 50);
}
