//! Clocks that differ between servers: found by how much, with the right server named, and none where they are together.

use std::path::Path;

use exlog::clock::rfc3339;
use serde_json::{Value, json};

use crate::both_halves::{apart, later};
use crate::generator::clock::utc;
use crate::generator::{EventKind, Plan, generate};
use crate::program::{analyze, analyze_with, exlog, list, number};
use crate::tree::{TWELVE, Tree, log, login};

/// Servers with how many seconds they are ahead.
fn found(report: &Value) -> Vec<(String, i64)> {
    let seconds = |clock: &Value| (clock["ahead_ms"].as_i64().unwrap() as f64 / 1000.0).round() as i64;
    list(report, "/coverage/clocks").iter().map(|clock| (clock["server"].as_str().unwrap().to_owned(), seconds(clock))).collect()
}

fn plan(seed: u64) -> Plan {
    Plan { accounts: 400, ..Plan::new(seed, utc(2026, 3, 12, 0, 0, 0), 10, 3) }
}

/// A number that follows from two others and looks like chance.
fn dice(login: i64, which: u64) -> i64 {
    let mixed = (login.cast_unsigned() * 4 + which).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed >> 33).cast_signed()
}

/// Front-end and back-end logs of some servers that hand logins over to each other, each with a clock that many seconds ahead.
pub(crate) fn farm(ahead: &[i64]) -> Tree {
    farm_of(ahead, |login| anywhere(login, ahead.len(), login * 11_300 + dice(login, 3) % 600_000))
}

/// A login: of which account, by which front end, on which back end, when (milliseconds after one o'clock).
struct Login {
    account: i64,
    front: i64,
    back: i64,
    time: i64,
}

/// The mailbox of an account lies on one server; logins come to any.
fn anywhere(login: i64, servers: usize, time: i64) -> Login {
    let (account, servers) = (login * 7 % 90, servers as i64);
    Login { account, front: dice(login, 1) % servers, back: account % servers, time }
}

/// The same with what each login is.
fn farm_of(ahead: &[i64], what: impl Fn(i64) -> Login) -> Tree {
    let mut tree = Tree::new();
    for (number, seconds) in (0..).zip(ahead) {
        let mut lines = [vec![TWELVE.to_owned()], vec![TWELVE.to_owned()]];
        for login in 0..3_000i64 {
            let Login { account, front, back, time } = what(login);
            let moment = utc(2026, 3, 12, 1, 0, 0) + time;
            let line = |moment: i64, port: u16, user: &str, context: &str| {
                let time = rfc3339(moment + seconds * 1000);
                format!("{time},{login:016X},2,10.0.0.{}:{port},10.9.9.9:50001,{user},40,20,30,login,,\"{context}\"", number + 1)
            };
            if front == number {
                let context =
                    format!("R=\"\"z OK LOGIN completed.\"\";Msg=\"\"Proxy:EX{back:02}.contoso.com:1993:SSL;ProxySuccess\"\"");
                lines[0].push(line(moment + 30, 993, &format!("user{account}@contoso.com"), &context));
            }
            if back == number {
                lines[1].push(line(moment, 1993, &format!("CONTOSO\\user{account}"), "R=ok"));
            }
        }
        for (name, lines) in ["IMAP4", "IMAP4BE"].into_iter().zip(lines) {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            tree = tree.with(&format!("EX{number:02}/Logging/Imap4/{name}20260312-1.LOG"), log(&lines));
        }
    }
    tree
}

fn wrong(expected: &[(&str, i64)]) -> Vec<(String, i64)> {
    expected.iter().map(|(server, seconds)| ((*server).to_owned(), *seconds)).collect()
}

#[test]
fn the_servers_whose_clocks_are_wrong_are_named_with_by_how_much() {
    for (ahead, expected) in [
        (&[0, 0, 0, 0][..], &[][..]),
        (&[0, 3, -2, 0], &[]),
        (&[0, 0, 47, 0], &[("EX02", 47)]),
        (&[0, -3_600, 0, 0], &[("EX01", -3_600)]),
        (&[0, 47, 0, -600, 0, 0], &[("EX01", 47), ("EX03", -600)]),
        (&[0, 60, 60, 0, 0], &[("EX01", 60), ("EX02", 60)]),
    ] {
        assert_eq!(found(&analyze(farm(ahead).path())), wrong(expected), "{ahead:?}");
    }
}

#[test]
fn of_two_servers_it_is_said_that_they_differ() {
    let tree = farm(&[0, 90]);
    let report = analyze(tree.path());
    let clocks = list(&report, "/coverage/clocks");
    assert_eq!(clocks.len(), 1);
    let mut both = [clocks[0]["server"].clone(), clocks[0]["compared_with"].clone()];
    both.sort_by_key(Value::to_string);
    assert_eq!(both, [json!("EX00"), json!("EX01")]);
    assert_eq!(clocks[0]["ahead_ms"].as_i64().unwrap().abs() / 1000, 90);
}

#[test]
fn generated_front_ends_and_back_ends_tell_their_clocks_apart_whatever_fails_between_them() {
    for (seconds, planted) in [(0, None), (0, Some(EventKind::BackendRejects)), (0, Some(EventKind::BackendTimeout)), (120, None)]
    {
        let plan = planted.into_iter().fold(plan(5), |plan, kind| plan.plant(kind, 60..400));
        let (tree, _) = apart(&plan, seconds);
        let found = found(&analyze(tree.path()));
        assert_eq!(found.len(), if seconds == 0 { 0 } else { 3 }, "{seconds} s, {planted:?}: {found:?}");
        assert!(found.iter().all(|(_, ahead)| ahead.abs() == seconds), "{found:?}");
    }
}

#[test]
fn clients_that_all_poll_at_one_interval_say_nothing() {
    for ahead in [&[0, 0, 0][..], &[0, 400, 0]] {
        assert_eq!(found(&analyze(farm_of(ahead, |login| anywhere(login, ahead.len(), login * 11_300)).path())), [], "{ahead:?}");
    }
}

/// All mailboxes on the first server, most logins by the second, whose clock is wrong; the first is right by all others.
#[test]
fn the_server_that_explains_most_is_named_and_not_the_one_in_the_middle() {
    for fronts in [3, 6] {
        let mut ahead = vec![0; fronts];
        ahead[1] = 90;
        let tree = farm_of(&ahead, |login| {
            let other = 1 + dice(login, 1) % (fronts as i64 - 1);
            let front = if dice(login, 2) % 10 < 7 { 1 } else { other };
            Login { front, back: 0, ..anywhere(login, fronts, login * 11_300 + dice(login, 3) % 600_000) }
        });
        assert_eq!(found(&analyze(tree.path())), wrong(&[("EX01", 90)]), "{fronts}");
    }
}

/// Somebody's program logs in on one server, and half a minute later under the same name on another; nothing goes from one to the other.
#[test]
fn what_was_handed_over_elsewhere_says_nothing_about_a_server() {
    let tree = farm_of(&[0, 0], |login| {
        let time = login / 2 * 22_600 + dice(login / 2, 3) % 600_000 + login % 2 * 29_000;
        Login { account: login / 2 % 45, front: login % 2, back: login % 2, time }
    });
    assert_eq!(found(&analyze(tree.path())), []);
}

#[test]
fn a_wrong_clock_makes_no_server_silent_and_its_time_is_told() {
    for ahead in [&[0, 0, 1_200, 0][..], &[0, 0, -3_600, 0]] {
        let mut probes = farm(ahead);
        for (number, seconds) in (0..).zip(ahead) {
            let name = format!("EX{number:02}/Logging/Imap4/IMAP420260312-1.LOG");
            let line = |n: i64| {
                let time = rfc3339(utc(2026, 3, 12, 1, 0, 0) + n * 300_000 + seconds * 1000);
                format!(
                    "{time},{:016X},2,127.0.0.1:993,127.0.0.1:50001,HealthMailboxab28d88,40,20,30,login,,R=ok\r\n",
                    90_000 + n
                )
            };
            let text = std::fs::read_to_string(probes.at(&name)).unwrap() + &(0..115).map(line).collect::<String>();
            probes = probes.with(&name, text);
        }
        let report = analyze(probes.path());
        let ids: Vec<&str> = list(&report, "/findings").iter().map(|finding| finding["id"].as_str().unwrap()).collect();
        assert!(ids.contains(&"clocks-differ") && !ids.contains(&"service-silent"), "{ahead:?}: {ids:?}");
        let clock = &list(&report, "/coverage/clocks")[0];
        assert!(clock["from"].as_str() < clock["to"].as_str() && clock["from"].as_str() > Some("2026-03-12T00"), "{clock}");
    }
}

#[test]
fn servers_that_hand_nothing_over_to_each_other_are_not_held_against_each_other() {
    let tree = Tree::new();
    generate(&plan(6), tree.path()).unwrap();
    assert_eq!(found(&analyze(tree.path())), []);
    // Logs of another time, and accounts that log in on both servers when they please.
    let mut text = String::new();
    for file in ["EX00/Logging/Imap4/IMAP420260312-1.LOG", "EX00/Logging/Imap4/IMAP4BE20260312-1.LOG"] {
        text = std::fs::read_to_string(farm(&[0, 0]).at(file)).unwrap();
        let moved = text.lines().enumerate().map(|(number, line)| match line.starts_with("20") {
            true => format!("{}{}\r\n", later(&line[..24], number as i64 * 37 % 3_000), &line[24..]),
            false => format!("{line}\r\n"),
        });
        text = moved.collect();
    }
    let tree = farm(&[0, 0]).with("EX01/Logging/Imap4/IMAP4BE20260312-1.LOG", text);
    assert_eq!(found(&analyze(tree.path())), []);
}

#[test]
fn every_report_says_it_and_merged_summaries_too() {
    let tree = farm(&[0, 0, 400, 0]);
    let path = tree.path().to_str().unwrap();
    for format in ["terminal", "html"] {
        let shown = exlog(&["analyze", path, "--format", format]).with_status(0).stdout;
        let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(shown.contains("The clock of EX02 is 6 min ahead of those of other servers"), "{format}: {shown}");
    }
    let report = analyze(tree.path());
    let finding = list(&report, "/findings").iter().find(|finding| finding["id"] == "clocks-differ").unwrap();
    assert_eq!((finding["severity"].as_str(), finding["servers"].clone()), (Some("medium"), json!(["EX02"])), "Kerberos");
    assert_eq!(list(finding, "/evidence").iter().filter(|evidence| evidence["file"].is_string()).count(), 2);
    let redacted = analyze_with(tree.path(), &["--redact-key", "a key of some length"]);
    assert_eq!(number(&redacted, "/coverage/clocks/0/samples"), number(&report, "/coverage/clocks/0/samples"));
    assert!(!redacted.to_string().contains("EX02"));
    let parts = merged_of(tree.path());
    assert_eq!(parts["coverage"], report["coverage"]);
}

/// What a back end wrote is looked for where it stands by the back end's clock.
#[test]
fn failures_behind_are_looked_for_under_the_other_clock() {
    let handed_over = "R=\"z NO LOGIN failed.\";Msg=Proxy:EX02.contoso.com:1993:SSL;ErrMsg=ProxyNotAuthenticated";
    let refused = "R=\"z NO LOGIN failed.\";ErrMsg=LogonDenied";
    let mut tree = farm(&[0, 0, 400, 0]);
    for (server, role, time, context) in
        [("EX00", "IMAP4", "07:00:00.000", handed_over), ("EX02", "IMAP4BE", "07:06:40.000", refused)]
    {
        let name = format!("{server}/Logging/Imap4/{role}20260312-1.LOG");
        let text = std::fs::read_to_string(tree.at(&name)).unwrap() + &login(time, "alice", context) + "\r\n";
        tree = tree.with(&name, text);
    }
    let report = analyze(tree.path());
    let group = list(&report, "/failure_groups").iter().find(|group| group["error"] == "ProxyNotAuthenticated").unwrap();
    assert_eq!(group["back_end"]["groups"][0]["error"], "LogonDenied", "{group}");
}

/// What the summaries of each server by itself tell together.
fn merged_of(path: &Path) -> Value {
    let (mut summaries, folder) = (Vec::new(), Tree::new());
    for server in std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()) {
        let summary = folder.at(&format!("{}.exlog", server.file_name().unwrap().to_str().unwrap()));
        let summary = summary.to_str().unwrap().to_owned();
        exlog(&["summarize", server.to_str().unwrap(), "--output", &summary]).with_status(0);
        summaries.push(summary);
    }
    let arguments: Vec<&str> = ["merge", "--format", "json"].into_iter().chain(summaries.iter().map(String::as_str)).collect();
    serde_json::from_str(&exlog(&arguments).with_status(0).stdout).unwrap()
}
