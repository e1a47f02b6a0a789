//! Comparing: what is new, gone, worse or better than in other logs, and what is only chance.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::generator::clock::utc;
use crate::generator::{EventKind, Plan, generate};
use crate::program::{exlog, list, number, text};
use crate::tree::{FRONT, TWELVE, Tree, log, login, samples};

/// A front-end log: so many logins of users that work, and so many that fail with each error.
fn mixed(worked: u32, failed: &[(u32, &str)]) -> String {
    let mut lines = vec![TWELVE.to_owned()];
    let mut second = 0;
    let mut add = |user: &str, context: &str| {
        lines.push(login(&format!("{:02}:{:02}:{:02}.000", 7 + second / 3600, second / 60 % 60, second % 60), user, context));
        second += 7;
    };
    for turn in 0..worked.max(failed.iter().map(|(count, _)| *count).max().unwrap_or_default()) {
        if turn < worked {
            add(&format!("user{}@contoso.com", turn % 40), "R=ok");
        }
        for (_, error) in failed.iter().filter(|(count, _)| turn < *count) {
            add(&format!("user{}@contoso.com", turn % 40), &format!("R=\"z NO LOGIN failed.\";ErrMsg={error}"));
        }
    }
    log(&lines.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The `comparison` of the JSON report.
fn compared(this: &Path, other: &Path, options: &[&str]) -> Value {
    let (this, other) = (this.display().to_string(), other.display().to_string());
    let mut arguments = vec!["analyze", &this, "--compare", &other, "--format", "json"];
    arguments.extend(options);
    exlog(&arguments).with_status(0).json()["comparison"].clone()
}

/// What changed, as `direction kind what`.
fn changes(comparison: &Value) -> Vec<String> {
    let row = |change: &Value| format!("{} {} {}", text(change, "direction"), text(change, "kind"), text(change, "what"));
    list(comparison, "/changes").iter().map(row).collect()
}

/// The folders of the samples.
fn folders() -> Vec<PathBuf> {
    ["certificate-outage", "credentials", "damaged", "healthy-day", "mixed-layouts"].map(|name| samples().join(name)).into()
}

#[test]
fn logs_beside_themselves_are_the_same() {
    for folder in folders() {
        let comparison = compared(&folder, &folder, &[]);
        assert_eq!(changes(&comparison), [""; 0], "{}", folder.display());
        assert_eq!(text(&comparison, "matched"), "same_servers");
        assert_eq!(number(&comparison, "/failures_too_few_to_tell"), 0);
        for row in list(&comparison, "/services") {
            assert_eq!(row["this"], row["other"]);
        }
    }
}

#[test]
fn the_two_sides_mirror_each_other() {
    let mirrored = |direction: &str| match direction {
        "new" => "gone",
        "gone" => "new",
        "worse" => "better",
        _ => "worse",
    };
    let folders = folders();
    for (place, one) in folders.iter().enumerate() {
        for another in &folders[..place] {
            let (there, back) = (compared(one, another, &[]), compared(another, one, &[]));
            let key = |change: &Value, direction: &str| {
                let place = ["server", "protocol", "role", "client_class", "what", "detail"].map(|name| change[name].to_string());
                format!("{direction} {} {place:?} {} {}", text(change, "kind"), change["this"], change["other"])
            };
            let swapped = |change: &Value| {
                let mut change = change.clone();
                let (this, other) = (change["this"].take(), change["other"].take());
                (change["this"], change["other"]) = (other, this);
                key(&change, mirrored(text(&change, "direction")))
            };
            let mut forth: Vec<String> =
                list(&there, "/changes").iter().map(|change| key(change, text(change, "direction"))).collect();
            let mut back: Vec<String> = list(&back, "/changes").iter().map(swapped).collect();
            forth.sort();
            back.sort();
            // What a finding says and where it is followed to differs with the side that has it.
            assert_eq!(forth, back, "{} {}", one.display(), another.display());
        }
    }
}

#[test]
fn a_new_kind_of_failure_is_found_and_followed_to_its_line() {
    let this = Tree::of(FRONT, mixed(300, &[(60, "LogonFailed:LogonDenied"), (40, "UserDisabled")]));
    let other = Tree::of(FRONT, mixed(300, &[(60, "LogonFailed:LogonDenied")]));
    let comparison = compared(this.path(), other.path(), &[]);
    assert!(changes(&comparison).contains(&"new failures UserDisabled".to_owned()), "{comparison:#}");
    assert!(!changes(&comparison).iter().any(|change| change.contains("LogonDenied")), "{comparison:#}");
    let change = list(&comparison, "/changes").iter().find(|change| text(change, "what") == "UserDisabled").unwrap();
    assert_eq!((number(change, "/this/count"), number(change, "/this/of"), number(change, "/other/count")), (40, 400, 0));
    assert!(text(change, "file").ends_with("IMAP420260312-1.LOG") && number(change, "/line") > 1);
    assert_eq!((text(change, "server"), list(change, "/ids").len()), ("EX01", 1));
    let back = compared(other.path(), this.path(), &[]);
    assert!(changes(&back).contains(&"gone failures UserDisabled".to_owned()));
}

#[test]
fn failures_that_differ_in_their_target_alone_can_be_told_apart() {
    let to = |host: &str| {
        let notes = format!("R=\"z NO LOGIN failed.\";Msg=Proxy:{host}:1993:SSL;ErrMsg=ProxyFailed");
        let mut lines = vec![TWELVE.to_owned()];
        lines.extend((0..60).map(|minute| login(&format!("07:{minute:02}:00.000"), &format!("user{minute}"), &notes)));
        Tree::of(FRONT, log(&lines.iter().map(String::as_str).collect::<Vec<_>>()))
    };
    let (this, other) = (to("ex07"), to("ex08"));
    let comparison = compared(this.path(), other.path(), &[]);
    let targets: Vec<String> = list(&comparison, "/changes")
        .iter()
        .filter(|change| text(change, "kind") == "failures")
        .map(|change| format!("{} {}", text(change, "direction"), text(change, "target")))
        .collect();
    assert_eq!(targets, ["new ex07:1993:ssl", "gone ex08:1993:ssl"]);
    let (this, other) = (this.path().display().to_string(), other.path().display().to_string());
    let shown = exlog(&["analyze", &this, "--compare", &other]).with_status(0).stdout;
    assert!(shown.contains("EX01 IMAP to ex07") && shown.contains("EX01 IMAP to ex08"), "{shown}");
}

#[test]
fn a_week_beside_a_day_is_not_worse() {
    let day = Tree::of(FRONT, mixed(100, &[(10, "LogonFailed:LogonDenied")]));
    let week = Tree::of(FRONT, mixed(700, &[(70, "LogonFailed:LogonDenied")]));
    assert_eq!(changes(&compared(week.path(), day.path(), &[])), [""; 0]);
    let worse = Tree::of(FRONT, mixed(100, &[(60, "LogonFailed:LogonDenied")]));
    let comparison = compared(worse.path(), week.path(), &[]);
    assert!(changes(&comparison).contains(&"worse failures LogonFailed:LogonDenied".to_owned()), "{comparison:#}");
    assert!(changes(&comparison).contains(&"worse logins ".to_owned()));
}

#[test]
fn small_numbers_do_not_cry() {
    let few = Tree::of(FRONT, mixed(20, &[(2, "LogonFailed:LogonDenied"), (2, "UserDisabled")]));
    let none = Tree::of(FRONT, mixed(400, &[]));
    for (this, other) in [(&few, &none), (&none, &few)] {
        let comparison = compared(this.path(), other.path(), &[]);
        assert_eq!(changes(&comparison), [""; 0]);
        assert_eq!(number(&comparison, "/failures_too_few_to_tell"), 2);
    }
    // Much on one side, and hardly anything to hold it against.
    let much = Tree::of(FRONT, mixed(100, &[(50, "UserDisabled")]));
    let tiny = Tree::of(FRONT, mixed(3, &[]));
    assert!(!changes(&compared(much.path(), tiny.path(), &[])).iter().any(|change| change.contains("failures")));
}

#[test]
fn another_server_is_compared_as_one_and_said_so() {
    let one = Tree::of(FRONT, mixed(200, &[]));
    let another = Tree::of(&FRONT.replace("EX01", "EX02"), mixed(200, &[(60, "UserDisabled")]));
    let comparison = compared(one.path(), another.path(), &[]);
    assert_eq!(text(&comparison, "matched"), "another_server");
    assert!(changes(&comparison).contains(&"gone failures UserDisabled".to_owned()), "{comparison:#}");
    // A server that one side alone has is named and not judged.
    let both = Tree::of(FRONT, mixed(200, &[])).with(&FRONT.replace("EX01", "EX02"), mixed(200, &[(60, "UserDisabled")]));
    let comparison = compared(both.path(), one.path(), &[]);
    assert_eq!((text(&comparison, "matched"), changes(&comparison)), ("same_servers", vec![]));
    assert_eq!(list(&comparison, "/services")[1]["other"], Value::Null);
    // Two servers of one folder.
    let options = ["--server", "EX02", "--compare-server", "EX01"];
    let comparison = compared(both.path(), both.path(), &options);
    assert_eq!(text(&comparison, "matched"), "another_server");
    assert!(changes(&comparison).contains(&"new failures UserDisabled".to_owned()), "{comparison:#}");
}

#[test]
fn the_others_have_a_window_of_their_own() {
    let outage = samples().join("certificate-outage");
    let options = ["--from", "2026-03-12T07:30Z", "--to", "2026-03-12T10:33Z", "--compare-to", "2026-03-12T07:30Z"];
    let comparison = compared(&outage, &outage, &options);
    let changes = changes(&comparison);
    for expected in ["new finding certificate-binding", "new outages ", "new failures ProxyNotAuthenticated", "new logins "] {
        assert!(changes.contains(&expected.to_owned()), "{expected}: {changes:?}");
    }
    assert_eq!((text(&comparison["other"], "from"), text(&comparison["other"], "to")), ("-", "2026-03-12T07:30:00.000Z"));
    assert!(text(&comparison["other"], "last") < text(&comparison["other"], "to"));
}

#[test]
fn wrong_usage_is_told_before_anything_is_read() {
    let sample = samples().join("healthy-day").display().to_string();
    for (arguments, status, words) in [
        (&["analyze", &sample, "--compare-from", "-1d"][..], 2, "--compare"),
        (&["analyze", "-", "--compare", "-"], 2, "standard input cannot be read twice"),
        (
            &["analyze", &sample, "--compare", &sample, "--compare-from", "now", "--compare-to", "-1d"],
            2,
            "--compare-from is not before",
        ),
        (&["analyze", &sample, "--compare", "no-such-folder"], 3, "among those of --compare"),
    ] {
        let ended = exlog(arguments).with_status(status);
        assert!(ended.stderr.contains(words) && ended.stdout.is_empty(), "{ended:?}");
    }
}

#[test]
fn without_other_logs_nothing_is_compared() {
    let sample = samples().join("healthy-day").display().to_string();
    assert_eq!(exlog(&["analyze", &sample, "--format", "json"]).with_status(0).json().get("comparison"), None);
    for format in ["html", "terminal"] {
        assert!(!exlog(&["analyze", &sample, "--format", format]).with_status(0).stdout.contains("Compared with"));
    }
    // What the others are like does not change how the run ends.
    let outage = samples().join("certificate-outage").display().to_string();
    exlog(&["analyze", &sample, "--compare", &outage, "--fail-on", "critical"]).with_status(0);
    exlog(&["analyze", &outage, "--compare", &sample, "--fail-on", "critical"]).with_status(1);
}

/// A generated day of one server with its own chances.
fn generated(seed: u64, kind: Option<EventKind>) -> Tree {
    let tree = Tree::new();
    let mut plan = Plan::new(seed, utc(2026, 3, 12, 4, 0, 0), 12, 1);
    plan.accounts = 120;
    let plan = match kind {
        Some(kind) => plan.plant(kind, 300..480),
        None => plan,
    };
    generate(&plan, tree.path()).unwrap();
    tree
}

#[test]
fn two_ordinary_days_are_the_same() {
    let days: Vec<Tree> = (1..=5).map(|seed| generated(seed, None)).collect();
    for pair in days.windows(2) {
        let comparison = compared(pair[0].path(), pair[1].path(), &[]);
        assert_eq!(text(&comparison, "matched"), "same_servers");
        assert_eq!(changes(&comparison), [""; 0], "{comparison:#}");
    }
}

#[test]
fn a_planted_cause_is_new_beside_an_ordinary_day() {
    let ordinary = generated(11, None);
    for (kind, finding) in [
        (EventKind::BackendUnreachable, "backend-unreachable"),
        (EventKind::MailboxOffline, "mailbox-unavailable"),
        (EventKind::StaleDevice { every: 300 }, "wrong-credentials"),
        (EventKind::Spray { accounts: 60, addresses: 6 }, "password-spray"),
    ] {
        let planted = generated(12, Some(kind));
        let comparison = compared(planted.path(), ordinary.path(), &[]);
        let changes = changes(&comparison);
        assert!(changes.contains(&format!("new finding {finding}")), "{finding}: {changes:?}");
        let is_seen = |change: &String| change.starts_with("new failures") || change.starts_with("worse failures");
        assert!(changes.iter().any(is_seen), "{finding}: {changes:?}");
    }
}

#[test]
fn threads_do_not_show_in_a_comparison() {
    let paths = ["certificate-outage", "credentials"].map(|name| samples().join(name).display().to_string());
    let run = |threads: &str, format: &str| {
        exlog(&["analyze", &paths[0], "--compare", &paths[1], "--threads", threads, "--format", format]).with_status(0).stdout
    };
    for format in ["terminal", "json", "html"] {
        assert_eq!(run("1", format), run("5", format), "{format}");
    }
}

#[test]
fn hostile_names_stay_harmless_in_a_comparison() {
    let hostile = ["<script>alert(3)</script>", "\u{1b}[31mred\u{202e}"];
    let lines: Vec<String> = (0..60)
        .map(|minute| {
            login(&format!("07:{minute:02}:00.000"), hostile[minute % 2], "R=\"z NO <img src=x> failed.\";ErrMsg=<b>\u{1b}[2J")
        })
        .collect();
    let lines: Vec<&str> = [TWELVE].into_iter().chain(lines.iter().map(String::as_str)).collect();
    let (this, other) = (Tree::of(FRONT, log(&lines)), Tree::of(FRONT, mixed(200, &[])));
    let run = |format: &str| {
        let (this, other) = (this.path().display().to_string(), other.path().display().to_string());
        exlog(&["analyze", &this, "--compare", &other, "--format", format]).with_status(0).stdout
    };
    let (page, report) = (run("html"), run("terminal"));
    assert!(report.contains(r"failures of \u{1b}[31mred\u{202e}"), "{report}");
    assert!(!report.contains('\u{1b}') && !report.contains('\u{202e}'));
    assert!(page.contains("id=\"comparison\"") && page.contains("failures of &lt;script&gt;alert(3)"));
    assert!(!page.contains("<img src=x") && !page.contains("<script>alert") && !page.contains('\u{1b}'));
}
