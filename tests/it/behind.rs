//! What the back end wrote while logins that were handed over to it failed: said beside the front end's failures.

use serde_json::{Value, json};

use crate::program::{analyze, exlog, list};
use crate::tree::{FRONT, Tree, log_of, login};

const HANDED_OVER: &str = "R=\"z NO LOGIN failed.\";Msg=Proxy:EX02.contoso.com:1993:SSL;ErrMsg=ProxyNotAuthenticated";
const REFUSED: &str = "R=\"z NO LOGIN failed.\";ErrMsg=LogonDenied";
const BACK_OF_TARGET: &str = "EX02/Logging/Imap4/IMAP4BE20260312-1.LOG";

/// Logins of these users, a minute apart, from 07:00 on.
fn logins(users: &[&str], context: &str) -> Vec<String> {
    users.iter().enumerate().map(|(minute, user)| login(&format!("07:{minute:02}:00.000"), user, context)).collect()
}

fn front() -> Tree {
    Tree::of(FRONT, log_of(logins(&["alice", "bob", "carol"], HANDED_OVER)))
}

/// What stands beside the failures that were handed over.
fn back_end(tree: &Tree) -> Value {
    let report = analyze(tree.path());
    let groups = list(&report, "/failure_groups");
    groups.iter().find(|group| group["error"] == "ProxyNotAuthenticated").unwrap()["back_end"].clone()
}

#[test]
fn failures_of_the_same_accounts_in_the_same_minutes_stand_beside_those_of_the_front_end() {
    let back = [logins(&["alice", "bob"], REFUSED), logins(&["dave"], "R=\"z NO LOGIN failed.\";ErrMsg=UserUnknown")].concat();
    let tree = front().with(BACK_OF_TARGET, log_of(back));
    let beside = back_end(&tree);
    assert_eq!(beside["server"], "EX02");
    let groups = list(&beside, "/groups");
    assert_eq!(groups.len(), 1, "dave's is his own: {beside}");
    let said = |name: &str| groups[0][name].clone();
    assert_eq!([said("error"), said("failures"), said("accounts_in_common")], [json!("LogonDenied"), json!(2), json!(2)]);
    let report = analyze(tree.path());
    let named = list(&report, "/failure_groups").iter().find(|group| group["id"] == said("id")).unwrap();
    assert_eq!([named["role"].clone(), named["error"].clone()], [json!("backend"), json!("LogonDenied")]);

    let path = tree.path().to_str().unwrap();
    let words = format!(
        "back end EX02: LogonDenied, 2 failures in the same minutes, 2 accounts in common ({})",
        said("id").as_str().unwrap()
    );
    for format in ["terminal", "csv", "html"] {
        let shown = exlog(&["analyze", path, "--verbose", "--format", format]).with_status(0).stdout;
        let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(shown.contains(&words), "{format}: {words} is not in {shown}");
    }
    let redacted = exlog(&["analyze", path, "--format", "json", "--redact-key", "a key of some length"]).with_status(0).stdout;
    assert!(!redacted.contains("EX02") && redacted.contains("LogonDenied"));
}

#[test]
fn a_back_end_that_wrote_nothing_of_the_kind_is_told_from_one_without_a_log() {
    let silent = |beside: &Value| beside["groups"].as_array().is_some_and(Vec::is_empty);
    for (what, name, lines, is_silent) in [
        ("successes", BACK_OF_TARGET, logins(&["alice"], "R=ok"), true),
        ("other accounts", BACK_OF_TARGET, logins(&["dave"], REFUSED), true),
        ("another server", "EX03/Logging/Imap4/IMAP4BE20260312-1.LOG", logins(&["alice"], REFUSED), false),
        ("its front end", "EX02/Logging/Imap4/IMAP420260312-1.LOG", logins(&["alice"], REFUSED), false),
        ("POP", "EX02/Logging/Pop3/POP3BE20260312-1.LOG", logins(&["alice"], REFUSED), false),
        ("another time", BACK_OF_TARGET, vec![login("09:00:00.000", "alice", REFUSED)], false),
    ] {
        let beside = back_end(&front().with(name, log_of(lines)));
        assert_eq!((silent(&beside), beside.is_null()), (is_silent, !is_silent), "{what}: {beside}");
    }
    let group = list(&analyze(front().path()), "/failure_groups")[0].clone();
    assert_eq!((group["back_end"].is_null(), group["role"].as_str()), (true, Some("frontend")));
}
