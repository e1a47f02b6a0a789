//! Many who are refused at one time: everybody with the probes, many while others log in, and names that somebody tries at night.

use std::path::Path;

use serde_json::Value;

use crate::diagnosis_cases::{DENIED, Day, HM, OK, finding};
use crate::program::{analyze_with, exlog};
use crate::tree::Tree;

const GATEWAY: &str = "10.2.0.5";
const OUT: std::ops::Range<u32> = 40_000..42_400;
const OUT_ONLY: [&str; 4] = ["--from", "2026-03-12T11:06:40Z", "--to", "2026-03-12T11:46:40Z"];

fn headline(path: &Path, options: &[&str]) -> String {
    exlog(&[&["analyze", path.to_str().unwrap()], options].concat()).stdout
}

fn id(report: &Value, id: &str) -> Value {
    finding(report, id).cloned().unwrap_or_else(|| panic!("no {id}: {:#}", report["findings"]))
}

/// Thirty users and a probe by one address, each every five minutes; in a part of the day these of them are refused.
fn crowd(is_refused: impl Fn(u32) -> bool, are_probes_refused: bool) -> Tree {
    let answer = |refused: bool| if refused { DENIED } else { OK };
    let times = [(0..OUT.start, false), (OUT.start..OUT.end, true), (OUT.end..72_000, false)];
    let mut day = Day::default();
    for (time, is_out) in times {
        day = day.every(time.clone(), 300, "127.0.0.1", HM, answer(is_out && are_probes_refused));
        for n in 0..30 {
            let domain = if is_refused(n) { "fabrikam.com" } else { "contoso.com" };
            let user = format!("user{n}@{domain}");
            day = day.every(time.start + 5 + n * 9..time.end, 300, GATEWAY, &user, answer(is_out && is_refused(n)));
        }
    }
    day.tree()
}

#[test]
fn a_directory_that_is_out_is_no_spray_in_whatever_window() {
    let tree = crowd(|_| true, true);
    let until = ["--to", "2026-03-12T11:46:40Z"];
    for (window, confidence, told) in [
        (&[][..], "consistent", "EVERY IMAP LOGIN FAILED on EX01 for a while"),
        (&OUT_ONLY, "possible", "EVERY IMAP LOGIN FAILS on EX01"),
        (&OUT_ONLY[..2], "consistent", "EVERY IMAP LOGIN FAILED on EX01 for a while"),
        (&until, "consistent", "EVERY IMAP LOGIN FAILS on EX01"),
    ] {
        let report = analyze_with(tree.path(), window);
        let found = id(&report, "health-mailbox-credentials");
        assert!(found["title"].as_str().unwrap().starts_with("Nobody c"), "{window:?}: {found:#}");
        assert_eq!(found["confidence"], confidence, "{window:?}: {found:#}");
        for other in ["password-spray", "wrong-credentials", "brute-force"] {
            assert_eq!(finding(&report, other), None, "{window:?}");
        }
        let shown = headline(tree.path(), window);
        assert!(shown.starts_with(told) && !shown.contains("Block"), "{window:?}: {shown}");
    }
}

#[test]
fn everybody_on_two_servers_is_one_headline() {
    let tree = crowd(|_| true, true);
    let front = std::fs::read_to_string(tree.at(crate::tree::FRONT)).unwrap();
    let tree = tree.with("EX07/Logging/Imap4/IMAP420260312-1.LOG", front.replace("10.0.0.11", "10.0.0.17"));
    let shown = headline(tree.path(), &[]);
    assert!(shown.starts_with("EVERY IMAP LOGIN FAILED on EX01 and EX07 for a while ("), "{shown}");
}

#[test]
fn many_who_are_refused_at_one_time_have_something_in_common() {
    let tree = crowd(|n| n % 2 == 0, false);
    for (window, confidence, told) in [
        (&[][..], "consistent", "SOME IMAP LOGINS FAILED on EX01 and work again"),
        (&OUT_ONLY, "possible", "SOME IMAP LOGINS STILL FAIL on EX01"),
    ] {
        let report = analyze_with(tree.path(), window);
        let found = id(&report, "wrong-credentials");
        assert!(found["title"].as_str().unwrap().starts_with("Many accounts "), "{window:?}: {found:#}");
        assert_eq!((&found["severity"], &found["confidence"]), (&"high".into(), &confidence.into()), "{window:?}: {found:#}");
        assert!(found["evidence"].to_string().contains("all of them are of fabrikam.com"), "{window:?}: {found:#}");
        assert_eq!(finding(&report, "password-spray"), None, "{window:?}");
        let shown = headline(tree.path(), window);
        assert!(shown.starts_with(told) && !shown.contains("old password\n"), "{window:?}: {shown}");
    }
    // Somebody who guesses keeps nobody from logging in.
    let mut day = Day::default();
    for n in 0..30 {
        let user = format!("user{n}@contoso.com");
        day = day.every(5 + n * 9..72_000, 300, GATEWAY, &user, OK);
        day = day.every(OUT.start + n * 7..OUT.end, 400, GATEWAY, &user, DENIED);
    }
    let report = analyze_with(day.tree().path(), &[]);
    let all = report["findings"].to_string();
    assert!(!all.contains("Many accounts"), "{:#}", report["findings"]);
}

#[test]
fn names_that_are_tried_while_nobody_is_there_are_no_outage() {
    let night = |is_right: bool| {
        let mut day = Day::default().every(0..72_000, 300, "127.0.0.1", HM, OK);
        for n in 0..40 {
            let user = format!("user{n}@contoso.com");
            day = day.every(n * 9..6_000, 600, GATEWAY, &user, OK).every(25_000 + n * 9..72_000, 600, GATEWAY, &user, OK);
            day = day.login(9_000 + n * 30, GATEWAY, &user, DENIED).login(10_200 + n * 15, GATEWAY, &user, DENIED);
        }
        if is_right { day.login(10_500, GATEWAY, "user7@contoso.com", OK) } else { day }.tree()
    };
    let report = analyze_with(night(false).path(), &[]);
    let found = id(&report, "password-spray");
    assert_eq!((&found["severity"], &found["confidence"]), (&"high".into(), &"possible".into()), "{found:#}");
    assert!(found["summary"].as_str().unwrap().starts_with("40 accounts tried from 1 address"), "{found:#}");
    assert!(!headline(night(false).path(), &[]).contains("EVERY"), "{}", headline(night(false).path(), &[]));
    let found = id(&analyze_with(night(true).path(), &[]), "password-spray");
    assert!(found["evidence"].to_string().contains("1 login of a user worked in that time"), "{found:#}");
    assert!(found["remediation"][0]["text"].as_str().unwrap().starts_with("See whose logins worked between"), "{found:#}");
}

#[test]
fn a_stranger_in_the_evening_is_no_crowd() {
    // Fewer and fewer users log in, and somebody tries all of their names, each again and again.
    let mut day = Day::default().every(0..72_000, 300, "127.0.0.1", HM, OK);
    for n in 0..30 {
        let (client, user) = (format!("203.0.113.{n}"), format!("user{n}@contoso.com"));
        day = day.every(30_000 + n * 9..62_000 - n * 600, 300, &client, &user, OK);
        day = day.every(56_000 + n * 7..63_000, 900, "198.51.100.7", &user, DENIED);
    }
    let report = analyze_with(day.tree().path(), &[]);
    let found = id(&report, "password-spray");
    assert!(found["remediation"][0]["text"].as_str().unwrap().starts_with("Block these"), "{found:#}");
    assert!(!report["findings"].to_string().contains("Many accounts"), "{:#}", report["findings"]);
}

#[test]
fn who_mistypes_and_gets_in_soon_is_no_crowd() {
    let mut day = Day::default().every(0..72_000, 300, "127.0.0.1", HM, OK);
    for n in 0..40 {
        let (client, user) = (format!("203.0.113.{n}"), format!("user{n}@contoso.com"));
        day = day.every(30_000 + n * 9..64_000 - n * 200, 600, &client, &user, OK);
        if n < 15 {
            day = day.every(60_000 + n * 150..60_060 + n * 150, 20, &client, &user, DENIED);
            day = day.every(60_080 + n * 150..66_000, 900, &client, &user, OK);
        }
    }
    let report = analyze_with(day.tree().path(), &[]);
    assert_eq!(report["findings"], serde_json::json!([]), "{:#}", report["findings"]);
}

#[test]
fn a_stranger_on_a_server_that_nobody_uses_is_no_directory_that_is_out() {
    let mut day = Day::default().every(0..72_000, 300, "127.0.0.1", HM, DENIED);
    for n in 0..30 {
        day = day.every(30_000 + n * 7..33_600, 700, "198.51.100.7", &format!("name{n}@contoso.com"), DENIED);
    }
    let tree = day.tree();
    let report = analyze_with(tree.path(), &[]);
    assert!(id(&report, "health-mailbox-credentials")["title"].as_str().unwrap().contains("wrong credentials"));
    assert!(id(&report, "password-spray").to_string().contains("Block these addresses"));
    assert!(headline(tree.path(), &[]).starts_with("NO LOGIN WORKED"), "{}", headline(tree.path(), &[]));
}

#[test]
fn who_is_refused_at_home_since_the_morning_is_no_guesser() {
    // Passwords that expired in the night: nobody of these has logged in yet, and ever more of the others do.
    let mut day = Day::default().every(0..72_000, 300, "127.0.0.1", HM, OK);
    for n in 0..60 {
        let answer = if n % 3 == 0 { DENIED } else { OK };
        let (client, user) = (format!("203.0.113.{n}"), format!("user{n}@contoso.com"));
        day = day.every(25_200 + n * 40..64_000, 600, &client, &user, answer);
    }
    let report = analyze_with(day.tree().path(), &[]);
    assert_eq!(finding(&report, "password-spray"), None, "{:#}", report["findings"]);
    assert!(id(&report, "wrong-credentials")["title"].as_str().unwrap().starts_with("Many accounts"));
}

#[test]
fn a_while_in_which_nobody_else_came_is_not_the_story_of_a_day() {
    // A few users: twelve of them are refused from ten o'clock on, and the two others are away for the first half hour.
    let mut day = Day::default().every(0..72_000, 300, "127.0.0.1", HM, OK);
    for n in 0..14 {
        let (client, user) = (format!("203.0.113.{n}"), format!("user{n}@contoso.com"));
        day = day.every(25_200 + n * 40..36_000, 600, &client, &user, OK);
        let (from, answer) = if n < 12 { (36_000 + n * 40, DENIED) } else { (37_800 + n * 40, OK) };
        day = day.every(from..64_000, 600, &client, &user, answer);
    }
    let shown = headline(day.tree().path(), &[]);
    assert!(shown.starts_with("SOME IMAP LOGINS"), "{shown}");
}
