//! Who is accused of guessing, who is blocked, and who is not: strangers, own devices, shared addresses.

use serde_json::Value;

use crate::diagnosis_cases::{DENIED, Day, HM, OK, finding};
use crate::program::analyze;
use crate::tree::{FRONT, Tree};

const BOB: &str = "bob@contoso.com";
const OFFICE: &str = "203.0.113.5";

fn judged(day: Day, id: &str) -> Option<Value> {
    finding(&analyze(day.tree().path()), id).cloned()
}

fn steps(finding: &Value) -> String {
    let steps = finding["remediation"].as_array().unwrap().iter();
    steps.map(|step| step["text"].as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

/// Eight strangers guess a password for ten minutes.
fn guessed(mut day: Day) -> Day {
    for stranger in 0..8 {
        day = day.every(40_000 + stranger..40_600, 40, &format!("198.51.100.{stranger}"), BOB, DENIED);
    }
    day
}

#[test]
fn an_address_from_which_logins_worked_before_is_not_blocked() {
    // The account is locked, so that its own device is refused too, in the office where others log in.
    let day = Day::healthy().every(0..40_000, 600, OFFICE, "zoe@contoso.com", OK);
    let day = guessed(day).every(40_010..40_600, 20, OFFICE, BOB, DENIED).every(41_000..50_000, 600, OFFICE, BOB, OK);
    let found = judged(day, "brute-force").unwrap();
    let advice = steps(&found);
    let (blocked, spared) = advice.split_once("; and not these").unwrap_or_else(|| panic!("{advice}"));
    assert!(blocked.contains("198.51.100.7") && !blocked.contains(OFFICE) && spared.contains(OFFICE), "{advice}");
    assert_eq!(found["severity"], "high", "a login of the account itself is no break-in: {found:#}");
}

#[test]
fn where_all_come_by_one_address_it_is_not_blocked() {
    let gateway = "10.2.0.5";
    let day = Day::default().every(0..40_000, 60, gateway, "zoe@contoso.com", OK).every(30..40_000, 600, gateway, BOB, OK);
    let day = day.every(40_001..41_200, 2, gateway, BOB, DENIED).every(40_060..72_000, 60, gateway, "zoe@contoso.com", OK);
    let day = day.every(40_100..41_000, 300, gateway, "eve@contoso.com", DENIED);
    let found = judged(day, "brute-force").unwrap();
    assert!(steps(&found).contains("do not block them") && found["severity"] == "high", "{found:#}");
}

#[test]
fn a_device_at_home_or_on_its_way_is_no_guesser() {
    let at_home = Day::healthy().every(30_001..33_600, 5, OFFICE, BOB, DENIED).every(34_000..50_000, 900, OFFICE, BOB, OK);
    let mut on_its_way = Day::healthy();
    for place in 0..20u32 {
        let from = 10_000 + place * 3_000;
        on_its_way = on_its_way.every(from..from + 3_000, 300, &format!("100.{}.7.9", 10 + place), BOB, DENIED);
    }
    for (name, day) in [("at home", at_home), ("on its way", on_its_way)] {
        let report = analyze(day.tree().path());
        assert!(finding(&report, "brute-force").is_none(), "{name}: {:#}", report["findings"]);
        assert!(finding(&report, "wrong-credentials").is_some(), "{name}: {:#}", report["findings"]);
    }
    // From as many addresses, but in turn: nobody travels like that.
    let in_turn =
        (0..200).fold(Day::healthy(), |day, n| day.login(10_000 + n * 300, &format!("100.{}.7.9", 10 + n % 20), BOB, DENIED));
    assert!(judged(in_turn, "brute-force").is_some());
}

#[test]
fn who_gets_in_after_few_tries_of_a_spray_belongs_to_it() {
    let mut day = Day::healthy();
    for n in 0..120u32 {
        let account = |n: u32| format!("name{}@contoso.com", n % 90);
        let from = format!("198.51.100.{n}");
        day = day.login(30_000 + n * 20, &from, &account(n), DENIED).login(30_005 + n * 20, &from, &account(n + 40), DENIED);
    }
    let in_it = "198.51.100.60";
    let found = judged(day.login(31_900, in_it, "name10@contoso.com", OK), "password-spray").unwrap();
    assert_eq!(found["severity"], "critical", "{found:#}");
    assert!(found["evidence"].to_string().contains(&format!("a login from {in_it} worked at")), "{found:#}");
    assert!(found["summary"].as_str().unwrap().contains("120 addresses"), "{found:#}");
}

#[test]
fn a_spray_behind_the_address_of_a_load_balancer_is_seen() {
    let gateway = "10.2.0.5";
    let crowd = || {
        let users = (0..30u32).map(|n| (n * 7, format!("user{n}@contoso.com")));
        users.fold(Day::default(), |day, (second, user)| day.every(second..72_000, 600, gateway, &user, OK))
    };
    let mut busy = crowd();
    // Now and then somebody mistypes a name, and some devices have an old password.
    for n in 0..30u32 {
        busy = busy.login(900 + n * 2_300, gateway, &format!("usr{n}@contoso.com"), DENIED);
    }
    let sprayed = |mut day: Day, apart: u32| {
        for n in 0..40u32 {
            day = day.login(20_000 + n * apart, gateway, &format!("name{n}@contoso.com"), DENIED);
        }
        day
    };
    let found = judged(sprayed(busy, 20), "password-spray").unwrap();
    assert!(steps(&found).contains("do not block them") && found["start"] == "2026-03-12T05:33:20.000Z", "{found:#}");
    assert!(found["summary"].as_str().unwrap().contains("40 of them never logged in"), "{found:#}");
    assert_eq!(found["evidence"][0]["at"], "2026-03-12T05:33:20.000Z", "{found:#}");
    assert_eq!(found["confidence"], "possible");
    // Whoever tries something out there before others log in hides in no crowd.
    let alone = Day::healthy().every(30_000..72_000, 60, gateway, BOB, OK);
    assert_eq!(judged(sprayed(alone, 20), "password-spray"), None);
    // So many new people in two hours, or names that are mistyped in a whole day, are no spray.
    assert_eq!(judged(sprayed(crowd(), 180), "password-spray"), None);
    assert_eq!(judged(sprayed(Day::healthy().every(0..72_000, 60, gateway, BOB, OK), 1_300), "password-spray"), None);
}

#[test]
fn a_guess_that_is_right_on_another_server_is_told() {
    let from = "198.51.100.7";
    let mut day = Day::healthy();
    for n in 0..40u32 {
        day = day.login(30_000 + n * 20, from, &format!("name{n}@contoso.com"), DENIED);
    }
    let elsewhere = |client: &str, second| Day::healthy().login(second, client, "name9@contoso.com", OK).tree();
    let judged = |other: Tree| {
        let other = std::fs::read_to_string(other.at(FRONT)).unwrap();
        let report = analyze(day.clone().tree().with("EX02/Logging/Imap4/IMAP420260312-1.LOG", other).path());
        finding(&report, "password-spray").cloned().unwrap()
    };
    let found = judged(elsewhere(from, 40_000));
    assert_eq!(found["severity"], "critical", "{found:#}");
    let first = found["evidence"][0]["text"].as_str().unwrap();
    assert!(first.contains("worked at 2026-03-12 11:06:40 UTC on EX02") && first.contains("it was name9@contoso.com"), "{first}");
    for other in [elsewhere("198.51.100.8", 40_000), elsewhere(from, 10_000)] {
        assert_eq!(judged(other)["severity"], "high");
    }
}

#[test]
fn passwords_that_work_between_refusals_are_right() {
    let refused_now_and_then = |context: &str| {
        let day = Day::default().every(0..28_800, 300, "127.0.0.1", HM, OK).every(28_800..36_000, 600, "127.0.0.1", HM, DENIED);
        day.every(29_100..36_000, 600, "127.0.0.1", HM, context).every(36_000..72_000, 300, "127.0.0.1", HM, OK)
    };
    for (context, removed) in [(OK, false), (DENIED, true)] {
        let found = judged(refused_now_and_then(context), "health-mailbox-credentials").unwrap();
        assert_eq!(steps(&found).contains("Remove those"), removed, "{found:#}");
        assert_eq!(steps(&found).contains("domain controllers"), !removed, "{found:#}");
    }
}

#[test]
fn a_directory_that_is_down_is_seen_behind_one_address_for_all() {
    let mut day = Day::default().every(0..36_000, 300, "127.0.0.1", HM, OK).every(36_000..38_400, 300, "127.0.0.1", HM, DENIED);
    day = day.every(38_400..72_000, 300, "127.0.0.1", HM, OK);
    for n in 0..8 {
        let user = format!("name{n}@contoso.com");
        for (seconds, context) in [(0..36_000, OK), (36_000..38_400, DENIED), (38_400..72_000, OK)] {
            day = day.every(seconds.start + 60 + n * 10..seconds.end, 600, "10.2.0.5", &user, context);
        }
    }
    let found = judged(day, "health-mailbox-credentials").unwrap();
    assert!(found["title"].as_str().unwrap().starts_with("Nobody could log in on EX01"), "{found:#}");
    assert!(!steps(&found).contains("Remove those"), "{found:#}");
}

#[test]
fn an_address_of_the_own_network_is_looked_at_and_not_blocked() {
    let own = |client: &str| {
        let mut day = Day::healthy();
        for n in 0..40u32 {
            day = day.login(30_000 + n * 20, client, &format!("name{n}@contoso.com"), DENIED);
        }
        steps(&judged(day, "password-spray").unwrap())
    };
    for (client, is_own) in [("10.9.9.9", true), ("192.168.3.4", true), ("[fd00::7]", true), ("198.51.100.7", false)] {
        let advice = own(client);
        assert_eq!(advice.contains("Block these"), !is_own, "{advice}");
        assert_eq!(advice.contains("Find out what runs at these addresses of your own network"), is_own, "{advice}");
    }
}

#[test]
fn a_program_that_gets_the_right_password_is_no_guesser() {
    let retried = |client: &str| {
        let day = Day::healthy().every(30_000..40_000, 4, client, "svc@contoso.com", DENIED);
        analyze(day.every(40_000..60_000, 60, client, "svc@contoso.com", OK).tree().path())
    };
    let report = retried("10.9.9.9");
    assert_eq!(finding(&report, "brute-force"), None);
    assert!(
        steps(finding(&report, "wrong-credentials").unwrap()).contains("Make sure that somebody gave"),
        "{:#}",
        report["findings"]
    );
    assert_eq!(finding(&retried("198.51.100.7"), "brute-force").unwrap()["severity"], "critical");
}

#[test]
fn who_logs_in_hours_after_a_guesser_by_the_address_of_a_carrier_has_not_broken_in() {
    let from = "198.51.100.200";
    let guessed = || Day::healthy().every(10_000..12_400, 3, from, BOB, DENIED);
    let others = (0..20).fold(guessed(), |day, n| day.login(34_000 + n * 60, from, &format!("user{n}@contoso.com"), OK));
    let found = judged(others, "brute-force").unwrap();
    assert_eq!(found["severity"], "high", "{found:#}");
    assert!(steps(&found).contains("do not block them"), "{found:#}");
    for (second, user) in [(12_500, "user1@contoso.com"), (34_000, BOB)] {
        let found = judged(guessed().login(second, from, user, OK), "brute-force").unwrap();
        assert_eq!(found["severity"], "critical", "{found:#}");
    }
}

#[test]
fn what_is_guessed_by_two_servers_is_one_story() {
    // On one of them it is quick enough to be called so, and on the other not.
    let of_server = |step| Day::healthy().every(10_000..12_400, step, "198.51.100.7", BOB, DENIED).tree();
    let other = std::fs::read_to_string(of_server(8).at(FRONT)).unwrap();
    let report = analyze(of_server(4).with("EX02/Logging/Imap4/IMAP420260312-1.LOG", other).path());
    let found = finding(&report, "brute-force").unwrap();
    assert_eq!(found["servers"], serde_json::json!(["EX01", "EX02"]), "{found:#}");
    assert!(found["summary"].as_str().unwrap().contains("900 failures"), "{found:#}");
    assert_eq!(finding(&report, "wrong-credentials"), None, "{:#}", report["findings"]);
}

#[test]
fn a_right_guess_is_told_however_late_and_often_it_is_used() {
    let from = "198.51.100.7";
    let at_home = || Day::healthy().every(0..72_000, 700, OFFICE, BOB, OK);
    // The account logs in at home all day, so that its first and its last login tell nothing.
    let late = at_home().every(10_000..12_400, 2, from, BOB, DENIED).every(18_000..19_200, 60, from, BOB, OK);
    let found = judged(late, "brute-force").unwrap();
    assert!(found["severity"] == "critical" && steps(&found).contains("Block these"), "{found:#}");
    // After a spray somebody reads mail for an hour.
    let mut sprayed = at_home();
    for n in 0..40u32 {
        sprayed = sprayed.login(30_000 + n * 20, from, &format!("name{n}@contoso.com"), DENIED);
    }
    let found = judged(sprayed.every(31_000..34_000, 60, from, BOB, OK), "password-spray").unwrap();
    assert!(found["severity"] == "critical" && steps(&found).contains("Block these"), "{found:#}");
}

#[test]
fn a_guesser_who_is_slow_on_each_of_two_servers_is_one_all_the_same() {
    let of_server = |start: u32| Day::healthy().every(start..start + 2_400, 10, "198.51.100.7", BOB, DENIED).tree();
    let other = std::fs::read_to_string(of_server(10_003).at(FRONT)).unwrap();
    let report = analyze(of_server(10_000).with("EX02/Logging/Imap4/IMAP420260312-1.LOG", other).path());
    assert_eq!(finding(&report, "brute-force").unwrap()["servers"], serde_json::json!(["EX01", "EX02"]));
    assert_eq!(finding(&report, "wrong-credentials"), None, "{:#}", report["findings"]);
}
