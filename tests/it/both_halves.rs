//! Front end and back end joined: never wrongly, mostly at all, and the same for any order of files, filters and windows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use exlog::attempts::attempt::{Attempt, Attempts};
use exlog::attempts::halves::{BothHalves, InPairs};
use exlog::attempts::in_order::{Rows, Step};
use exlog::attempts::other_half::OtherHalf;
use exlog::clock::rfc3339;
use exlog::pipeline::beginnings::beginnings;
use exlog::protocol::Role;
use exlog::summary::scope::Scope;
use proptest::prelude::*;
use serde_json::Value;

use crate::generated::plans;
use crate::generator::clock::utc;
use crate::generator::{EventKind, Mix, Plan, Truth, generate};
use crate::program::exlog;
use crate::sessions::{at, documents_of};
use crate::tree::{BACK, FRONT, TWELVE, Tree, log, login, quoted, samples};

/// Server, protocol, role, time and session of an attempt.
type Place = (String, String, String, String, String);

fn documents(path: &Path, options: &[&str]) -> Vec<Value> {
    documents_of(&[&[path.to_str().unwrap()], options].concat())
}

fn place(document: &Value) -> Place {
    let [protocol, role, session] =
        ["protocol", "role", "session"].map(|name| at(document, &format!("/exlog/{name}")).to_owned());
    (at(document, "/host/name").to_owned(), protocol, role, at(document, "/@timestamp").to_owned(), session)
}

fn joined<'a>(document: &'a Value, name: &str) -> &'a str {
    at(document, &format!("/exlog/other_half/{name}"))
}

/// The true other half of each login whose lines can both be read.
fn true_halves(truth: &Truth) -> BTreeMap<Place, Place> {
    let mut halves = BTreeMap::new();
    for ((server, protocol, _), pair) in &truth.hand_overs {
        let place = |role: &str, (time, session): (i64, u64)| {
            (server.clone(), protocol.name().to_owned(), role.to_owned(), rfc3339(time), format!("{session:016X}"))
        };
        if let (Some(front), Some(back)) = (pair.front, pair.back) {
            let (front, back) = (place("frontend", front), place("backend", back));
            halves.insert(front.clone(), back.clone());
            halves.insert(back, front);
        }
    }
    halves
}

/// Holds what was joined to the truth, and gives how many were matched, ambiguous and neither, of those that have both halves.
fn holds_to_the_truth(what: &str, found: &[Value], truth: &BTreeMap<Place, Place>) -> [usize; 3] {
    let by_line: BTreeMap<(&str, u64), Place> = found
        .iter()
        .map(|document| ((at(document, "/log/file/path"), document["exlog"]["line"].as_u64().unwrap()), place(document)))
        .collect();
    let mut counts = [0; 3];
    for document in found {
        let mine = place(document);
        let matched = joined(document, "match");
        let expected = truth.get(&mine);
        if matched == "matched" {
            let line = document["exlog"]["other_half"]["line"].as_u64().unwrap();
            assert_eq!(by_line.get(&(joined(document, "file"), line)), expected, "{what}: wrongly joined: {document}");
        }
        if expected.is_some() {
            counts[["matched", "ambiguous"].iter().position(|known| *known == matched).unwrap_or(2)] += 1;
        }
    }
    counts
}

#[test]
fn no_generated_login_is_joined_wrongly_and_nearly_all_are_joined() {
    let mut sum = [0; 3];
    for (what, mut plan) in plans() {
        (plan.tell_hand_overs, plan.hours) = (true, plan.hours.min(10));
        let tree = Tree::new();
        let truth = true_halves(&generate(&plan, tree.path()).unwrap());
        let found = documents(tree.path(), &[]);
        let counts = holds_to_the_truth(what, &found, &truth);
        assert_eq!(counts.iter().sum::<usize>(), truth.len(), "{what}");
        (0..3).for_each(|place| sum[place] += counts[place]);
    }
    let total: usize = sum.iter().sum();
    assert!(total > 8_000 && sum[0] * 100 > total * 97, "{sum:?}");
}

/// The tree of a plan with the front ends' logs under other servers' names, and the back ends' clocks that many seconds ahead.
pub(crate) fn apart(plan: &Plan, seconds: i64) -> (Tree, BTreeMap<Place, Place>) {
    let made = Tree::new();
    let truth = generate(plan, made.path()).unwrap();
    let mut tree = Tree::new();
    for file in &truth.files {
        let text = std::fs::read_to_string(made.at(&file.path)).unwrap();
        match file.role.name() {
            "frontend" => tree = tree.with(&file.path.replacen("EX", "CAS", 1), text),
            // What connects to a back end is now another machine, by the address that the front end has by IPv4; its own is another.
            _ => {
                let front = &plan.servers.iter().find(|server| server.name == file.server).unwrap().address;
                let lines = text.lines().map(|line| moved(line, front, seconds) + "\r\n");
                tree = tree.with(&file.path, lines.collect::<String>());
            }
        }
    }
    let halves = true_halves(&truth).into_iter().map(|(one, other)| (renamed(one, seconds), renamed(other, seconds)));
    (tree, halves.collect())
}

fn moved(line: &str, front: &str, seconds: i64) -> String {
    let mut columns: Vec<String> = line.splitn(6, ',').map(str::to_owned).collect();
    if columns.len() == 6 && columns[0].starts_with("20") {
        columns[0] = later(&columns[0], seconds);
        columns[3] = columns[3].rsplit_once(':').map(|(_, port)| format!("10.99.0.1:{port}")).unwrap();
        columns[4] = format!("{front}:40000");
    }
    columns.join(",")
}

pub(crate) fn later(time: &str, seconds: i64) -> String {
    let number = |from: usize, to: usize| time[from..to].parse::<i64>().unwrap();
    let (date, clock) = ((number(0, 4), number(5, 7), number(8, 10)), (number(11, 13), number(14, 16), number(17, 19)));
    let moment = utc(date.0, date.1, date.2, clock.0, clock.1, clock.2);
    rfc3339(moment + number(20, 23) + seconds * 1000)
}

fn renamed(place: Place, seconds: i64) -> Place {
    let (server, protocol, role, time, session) = place;
    match role.as_str() {
        "frontend" => (server.replacen("EX", "CAS", 1), protocol, role, time, session),
        _ => (server, protocol, role, later(&time, seconds), session),
    }
}

#[test]
fn halves_on_two_servers_are_joined_though_their_clocks_differ_a_little() {
    let mut plan = Plan::new(71, utc(2026, 3, 12, 0, 0, 0), 8, 3).plant(EventKind::BackendRejects, 60..400);
    plan.tell_hand_overs = true;
    for seconds in [-2, 0, 1, 2] {
        let (tree, truth) = apart(&plan, seconds);
        let [matched, ambiguous, neither] = holds_to_the_truth(&format!("{seconds} s"), &documents(tree.path(), &[]), &truth);
        let total = matched + ambiguous + neither;
        assert!(total > 2_000, "{total}");
        assert!(matched * 100 > total * 90, "{seconds} s: {matched} of {total}, {ambiguous} ambiguous");
    }
}

#[test]
fn where_clocks_differ_by_a_minute_hardly_anything_is_joined() {
    let plan = Plan { tell_hand_overs: true, ..Plan::new(71, utc(2026, 3, 12, 0, 0, 0), 8, 3) };
    let (tree, truth) = apart(&plan, 60);
    let found = documents(tree.path(), &[]);
    let matched = found.iter().filter(|document| joined(document, "match") == "matched").count();
    assert!(matched * 200 < truth.len(), "{matched} of {}", truth.len());
}

#[test]
fn filters_and_windows_choose_attempts_and_change_no_join() {
    let mut plan = Plan { accounts: 12, mix: Mix::Logins, ..Plan::new(72, utc(2026, 3, 12, 6, 0, 0), 2, 2) };
    plan.sessions_per_hour = 700;
    let plan = plan.plant(EventKind::CertificateOutage, 30..50);
    let tree = Tree::new();
    generate(&plan, tree.path()).unwrap();
    let all = documents(tree.path(), &[]);
    let kinds: BTreeSet<&str> = all.iter().map(|document| joined(document, "match")).collect();
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["-", "ambiguous", "matched", "unmatched"]);
    let rows: BTreeSet<String> = all.iter().map(Value::to_string).collect();
    for options in [
        &["--role", "backend"][..],
        &["--server", "EX02"],
        &["--outcome", "failed"],
        &["--user", "anna.abel"],
        &["--client", "10.20.0.0/16"],
        &["--protocol", "pop3"],
        &["--from", "2026-03-12T07:00:00Z", "--to", "2026-03-12T07:01:00Z"],
    ] {
        let some = documents(tree.path(), options);
        assert!(!some.is_empty() && some.len() < all.len(), "{options:?}: {}", some.len());
        let strange: Vec<&Value> = some.iter().filter(|row| !rows.contains(&row.to_string())).collect();
        assert!(strange.is_empty(), "{options:?}: {}", strange[0]);
    }
    let alone = documents(tree.path(), &["--no-join"]);
    assert!(alone.len() == all.len() && alone.iter().all(|document| joined(document, "match") == "-"));
}

const OK: &str = r#"R=ok;Msg="Proxy:ex01.contoso.com:1993:SSL;ProxySuccess""#;
const REFUSED: &str = r#"R="a NO LOGIN failed.";Msg=Proxy:ex01.contoso.com:1993:SSL;ErrMsg=ProxyNotAuthenticated"#;

/// A login line of the back end, at a time, by a name, with a context.
fn authenticate(time: &str, user: &str, context: &str) -> String {
    let context = quoted(context);
    format!("2026-03-12T{time}Z,00000000000000B7,1,10.0.0.11:1993,10.0.0.11:40001,{user},20,30,40,authenticate,PLAIN,{context}")
}

/// What is said of each front-end login, beside these of the back end.
fn said(front: &[String], back: &[String]) -> Vec<String> {
    let content = |lines: &[String]| log(&[&[TWELVE], &lines.iter().map(String::as_str).collect::<Vec<_>>()[..]].concat());
    let tree = Tree::of(FRONT, content(front)).with(BACK, content(back));
    documents(tree.path(), &["--role", "frontend"])
        .iter()
        .map(|document| match joined(document, "match") {
            "matched" => format!("line {}", document["exlog"]["other_half"]["line"]),
            other => other.to_owned(),
        })
        .collect()
}

/// What is shown, the lines of the front end and of the back end, and what is said of the former.
type Speaking<'a> = (&'a str, Vec<String>, Vec<String>, &'a [&'a str]);

#[test]
fn what_speaks_for_a_pair_and_what_against_it() {
    let no = "R=\"a NO AUTHENTICATE failed.\";ErrMsg=AuthFailed:LogonDenied";
    let front = |time: &str, user: &str, context: &str| login(time, user, context);
    let id = |context: &str, id: &str| format!("{context};CafeActivityId={id}");
    let one = || vec![front("07:00:01.020", "alice@contoso.com", OK)];
    let cases: Vec<Speaking<'_>> = vec![
        ("one that fits", one(), vec![authenticate("07:00:01.010", r"CONTOSO\alice", "R=ok")], &["line 2"]),
        ("another account", one(), vec![authenticate("07:00:01.010", "bob@contoso.com", "R=ok")], &["unmatched"]),
        ("far too late", one(), vec![authenticate("07:00:03.010", "alice", "R=ok")], &["unmatched"]),
        ("another end", one(), vec![authenticate("07:00:01.010", "alice", no)], &["unmatched"]),
        ("nobody named", one(), vec![authenticate("07:00:01.010", "", "R=ok")], &["line 2"]),
        (
            "two that fit about equally",
            one(),
            vec![authenticate("07:00:01.010", "alice", "R=ok"), authenticate("07:00:01.015", "alice", "R=ok")],
            &["ambiguous"],
        ),
        (
            "two with another end each",
            one(),
            vec![authenticate("07:00:01.010", "alice", no), authenticate("07:00:01.015", "alice", "R=ok")],
            &["line 3"],
        ),
        (
            "another target",
            vec![front("07:00:01.020", "alice", &OK.replace("ex01", "ex02"))],
            vec![authenticate("07:00:01.010", "alice", "R=ok")],
            &["unmatched"],
        ),
        (
            "another port",
            vec![front("07:00:01.020", "alice", &OK.replace("1993", "993"))],
            vec![authenticate("07:00:01.010", "alice", "R=ok")],
            &["unmatched"],
        ),
        ("not handed over", vec![front("07:00:01.020", "alice", no)], vec![authenticate("07:00:01.010", "alice", no)], &["-"]),
        (
            "one of two front-end logins has it",
            vec![front("07:00:01.020", "alice", OK), front("07:00:01.500", "alice", OK)],
            vec![authenticate("07:00:01.010", "alice", "R=ok")],
            &["line 2", "unmatched"],
        ),
        (
            "the same activity decides, whatever the name",
            vec![front("07:00:01.020", "alice", &id(OK, "7F-1"))],
            vec![
                authenticate("07:00:01.010", "alice", "R=ok"),
                authenticate("07:00:01.015", "asmith", &id("R=ok", "7f-1")),
                authenticate("07:00:01.015", "alice", &id("R=ok", "7F-2")),
            ],
            &["line 3"],
        ),
        (
            "an activity of zeros is none",
            vec![front("07:00:01.020", "alice", &id(OK, "00000000-0000"))],
            vec![authenticate("07:00:01.015", "bob", &id("R=ok", "00000000-0000"))],
            &["unmatched"],
        ),
        (
            "the client that the back end was told of",
            one(),
            vec![
                authenticate("07:00:01.010", "alice@contoso.com", "R=ok;ClientIp=203.0.113.9"),
                authenticate("07:00:01.015", "alice@contoso.com", "R=ok;ClientIp=203.0.113.5"),
            ],
            &["line 3"],
        ),
    ];
    for (what, front, back, expected) in cases {
        assert_eq!(said(&front, &back), expected, "{what}");
    }
}

#[test]
fn a_failure_shows_what_the_back_end_said_and_that_shows_the_real_client() {
    let front = [TWELVE, &login("07:00:01.020", "alice", REFUSED)];
    let back = [TWELVE, &authenticate("07:00:01.010", "alice", "R=\"a NO x\";ErrMsg=AuthFailed:LogonDenied")];
    let tree = Tree::of(FRONT, log(&front)).with(BACK, log(&back));
    let path = tree.path().to_str().unwrap();
    let shown = exlog(&["sessions", path]).with_status(0).stdout;
    for expected in [
        &format!("  back end EX01: AuthFailed:LogonDenied, {}:2 (fits 100 %)\n", tree.at(BACK).display())[..],
        &format!("  front end EX01: ProxyNotAuthenticated, from 203.0.113.5, {}:2 (fits 100 %)\n", tree.at(FRONT).display()),
        "IMAP front end of EX01: 1 login handed over, 1 found on the back end (100 %), 0 ambiguous, 0 not found\n",
        "IMAP back end of EX01: 1 login, 1 found on the front end (100 %), 0 ambiguous, 0 not found\n",
    ] {
        assert!(shown.contains(expected), "{expected}\n{shown}");
    }
    let row = shown.lines().find(|line| line.contains("IMAP BE")).unwrap();
    assert!(row.contains("203.0.113.5") && !row.contains("10.0.0.11"), "{row}");
    let csv = exlog(&["sessions", path, "--format", "csv", "--role", "backend"]).with_status(0).stdout;
    let expected = format!(
        ",matched,100,,EX01,failed,ProxyNotAuthenticated,203.0.113.5,00000000000000A1,{},2\r\n",
        tree.at(FRONT).display()
    );
    assert!(csv.ends_with(&expected), "{csv}");
}

#[test]
fn what_is_the_same_for_all_that_fit_is_shown_and_no_more() {
    let front = [TWELVE, &login("07:00:01.020", "alice", OK), &login("07:00:01.021", "alice", OK)];
    let back = [TWELVE, &authenticate("07:00:01.010", "alice", "R=ok"), &authenticate("07:00:01.011", "alice", "R=ok")];
    let tree = Tree::of(FRONT, log(&front)).with(BACK, log(&back));
    let found = documents(tree.path(), &["--role", "backend"]);
    for document in &found {
        assert_eq!((joined(document, "match"), joined(document, "client_address")), ("ambiguous", "203.0.113.5"));
        assert_eq!((joined(document, "file"), joined(document, "outcome")), ("-", "succeeded"));
        assert_eq!(document["exlog"]["other_half"]["candidates"], 2);
    }
    assert_eq!(found.len(), 2);
}

#[test]
fn other_halves_are_redacted_as_everything_is() {
    let folder = samples().join("certificate-outage");
    for format in ["terminal", "csv", "ndjson"] {
        let arguments = ["sessions", folder.to_str().unwrap(), "--format", format, "--redact", "--verbose"];
        let shown = exlog(&arguments).with_status(0).stdout;
        assert!(shown.contains("matched") || shown.contains("fits 100 %"), "{shown}");
        assert!(!shown.contains("EX01") && !shown.contains("10.2.0.12") && !shown.contains("203.0.113"), "{format}");
    }
}

#[test]
fn more_at_once_than_can_be_held_is_said_not_guessed() {
    let back: Vec<String> = (0..140_000)
        .map(|number| {
            let milliseconds = number / 3;
            authenticate(&format!("07:00:{:02}.{:03}", milliseconds / 1000, milliseconds % 1000), &format!("u{number}"), "R=ok")
        })
        .collect();
    let lines: Vec<&str> = std::iter::once(TWELVE).chain(back.iter().map(String::as_str)).collect();
    let tree = Tree::of(FRONT, log(&[TWELVE, &login("07:00:46.000", "u139000", OK)])).with(BACK, log(&lines));
    let arguments = ["sessions", tree.path().to_str().unwrap(), "--role", "frontend"];
    let shown = exlog(&arguments).with_status(0).stdout;
    assert!(shown.contains("1 not decided"), "{shown}");
}

fn attempts(path: &Path) -> Vec<Attempt> {
    let scope = Scope::default();
    let both = BothHalves::of(Attempts { scope: &scope, outcome: None, error: None });
    let mut logs = InPairs::new(beginnings(&[path.to_owned()], both.window(), Default::default(), Some(1)).unwrap().0, &both);
    let mut found = Vec::new();
    while let Some(step) = logs.step() {
        if let Step::Taken(_, attempt) = step {
            found.push(attempt);
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn joins_are_one_to_one_and_seen_from_both_sides(
        logins in prop::collection::vec((any::<bool>(), 0usize..4, 0i64..300_000, 0usize..3, 0u64..3_000), 1..120),
    ) {
        let mut logins = logins;
        logins.sort_by_key(|login| login.2);
        let (mut front, mut back) = (vec![TWELVE.to_owned()], vec![TWELVE.to_owned()]);
        for (is_front, name, moment, context, duration) in logins {
            let time = rfc3339(utc(2026, 3, 12, 7, 0, 0) + moment)[11..23].to_owned();
            let name = ["alice", "bob@contoso.com", r"CONTOSO\bob", ""][name];
            if is_front {
                let context = [OK, REFUSED, "R=\"a NO x\""][context];
                front.push(login(&time, name, context).replace(",20,30,40,", &format!(",{duration},30,40,")));
            } else {
                back.push(authenticate(&time, name, ["R=ok", "R=\"a NO x\"", ""][context]));
            }
        }
        let content = |lines: &[String]| log(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        let tree = Tree::of(FRONT, content(&front)).with(BACK, content(&back));
        let found = attempts(tree.path());
        prop_assert_eq!(found.len(), front.len() + back.len() - 2);
        let by_place: BTreeMap<_, _> = found.iter().map(|attempt| (attempt.location.clone(), attempt)).collect();
        for attempt in &found {
            let is_handed_over = attempt.role == Role::BackEnd || attempt.target.is_some();
            prop_assert_eq!(attempt.other_half.is_some(), is_handed_over);
            if let Some(OtherHalf::Found { score, half }) = &attempt.other_half {
                let other = by_place[half.location.as_ref().unwrap()];
                prop_assert!(other.role != attempt.role && (65..=100).contains(score));
                let back = other.other_half.as_ref().and_then(|half| half.half()?.location.as_ref());
                prop_assert_eq!(back, Some(&attempt.location));
            }
        }
    }
}
