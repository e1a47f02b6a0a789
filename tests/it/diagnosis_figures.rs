//! What findings count, and whom they name: all that belongs to a cause, once, and nobody else.

use serde_json::Value;

use crate::diagnosis_cases::{DENIED, Day, HAND_OVER, HM, OK, error, finding};
use crate::findings::cmdlet;
use crate::generator::clock::utc;
use crate::program::analyze;
use crate::tree::{FRONT, Tree};

#[test]
fn all_back_ends_that_do_not_answer_are_named() {
    let mut day = Day::default();
    for (n, host) in ["MBX1", "MBX2", "MBX3"].into_iter().enumerate() {
        let (client, user) = (format!("203.0.113.{n}"), format!("user{n}@contoso.com"));
        let at = |context: &str| context.replace("EX01", host);
        day = day.every(0..28_800, 300, &client, &user, &at(OK));
        day = day.every(28_800..32_400, 60, &client, &user, &at(&error("ProxyTimeout")));
        day = day.every(32_400..72_000, 300, &client, &user, &at(OK));
    }
    let report = analyze(day.tree().path());
    let finding = finding(&report, "backend-timeout").unwrap();
    let title = finding["title"].as_str().unwrap();
    assert_eq!(title, "The back ends mbx1.contoso.com, mbx2.contoso.com and mbx3.contoso.com do not answer EX01 in time");
    let text = finding.to_string();
    assert!(text.contains("look at the network, the name service and the firewall of EX01 first"), "{finding:#}");
    assert!(text.contains("Get-ServerHealth mbx3.contoso.com"), "{finding:#}");
}

#[test]
fn a_pop_login_of_which_user_and_pass_are_refused_is_one() {
    let refused = "\"R=\"\"-ERR Command is not valid in this state.\"\"\"";
    let mut day = Day::healthy();
    for n in 0..10 {
        day = day.line(30_000 + n * 60, 110, "10.0.0.77", "", &format!("user,scanner,{refused}"));
        day = day.line(30_001 + n * 60, 110, "10.0.0.77", "", &format!("pass,*****,{refused}"));
    }
    let tree = day.tree();
    let pop = std::fs::read(tree.at(FRONT)).unwrap();
    let report = analyze(Tree::of("EX01/Logging/Pop3/POP320260312-1.LOG", pop).path());
    let summary = finding(&report, "plaintext-refused").unwrap()["summary"].as_str().unwrap().to_owned();
    assert!(summary.starts_with("10 logins without TLS refused"), "{summary}");
}

#[test]
fn a_spray_is_all_its_addresses_however_many_names_each_of_them_tried() {
    let (mut day, mut name) = (Day::healthy(), 0);
    for address in 0..40 {
        for _ in 0..if address < 10 { 6 } else { 4 } {
            name += 1;
            day = day.login(30_000 + name * 20, &format!("198.51.100.{address}"), &format!("name{name}@contoso.com"), DENIED);
        }
    }
    // Whoever mistypes is no part of it.
    let tree = day.login(30_500, "203.0.113.80", "ann@contoso.com", DENIED).tree();
    let report = analyze(tree.path());
    let finding = finding(&report, "password-spray").unwrap();
    let text = finding.to_string();
    assert!(text.contains("180 accounts") && text.contains("40 addresses") && !text.contains("203.0.113.80"), "{finding:#}");
}

/// The front-end log of a day.
fn written(day: Day) -> Vec<u8> {
    std::fs::read(day.tree().at(FRONT)).unwrap()
}

/// Logins of an account that are handed over to a host all day, and fail there from eight to nine.
fn failing_at(host: &str, day: Day, client: &str, user: &str, step: usize) -> Day {
    let at = |context: &str| context.replace("EX01", host);
    let day = day.every(30..28_800, step, client, user, &at(OK)).every(28_800..32_400, step, client, user, &at(HAND_OVER));
    day.every(32_400..72_000, step, client, user, &at(OK))
}

/// The ids of all findings that are no mere remark.
fn accusations(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap().iter();
    let grave = findings.filter(|finding| !matches!(finding["severity"].as_str(), Some("info" | "low")));
    grave.map(|finding| finding["id"].as_str().unwrap()).collect()
}

#[test]
fn one_back_end_of_two_is_accused_although_no_service_has_an_outage() {
    let healthy = || Day::default().every(0..72_000, 60, "203.0.113.5", "bob@contoso.com", OK);
    let first = failing_at("EX02", healthy(), "203.0.113.6", "zoe@contoso.com", 300);
    let second = failing_at("EX02", healthy(), "203.0.113.7", "carol@contoso.com", 300);
    let second = failing_at("EX02", second, "127.0.0.1", HM, 300);
    let tree = first.tree().with("EX02/Logging/Imap4/IMAP420260312-1.LOG", written(second));
    let report = analyze(tree.path());
    assert_eq!(accusations(&report), ["certificate-binding"]);
    let title = report["findings"][0]["title"].as_str().unwrap();
    assert_eq!(title, "A certificate bound to IMAP on ex02.contoso.com breaks the logins on EX01 and EX02");
}

#[test]
fn a_back_end_that_all_front_ends_fail_at_is_accused_and_they_are_not() {
    let day = |n: u8| failing_at("EX03", Day::default(), &format!("203.0.113.{n}"), &format!("user{n}@contoso.com"), 60);
    let tree = day(1).tree().with("EX02/Logging/Imap4/IMAP420260312-1.LOG", written(day(2)));
    let report = analyze(tree.with("EX03/Logging/Imap4/IMAP420260312-1.LOG", written(day(3))).path());
    assert_eq!(accusations(&report), ["certificate-binding"]);
    let finding = &report["findings"][0];
    assert_eq!(finding["title"], "A certificate bound to IMAP on ex03.contoso.com breaks the logins on EX01, EX02 and EX03");
    let steps = finding["remediation"].to_string();
    assert!(steps.contains("Set-ImapSettings") && !steps.contains("EX01") && !steps.contains("EX02"), "{finding:#}");
}

#[test]
fn failures_in_the_outage_of_another_cause_are_said_by_both() {
    // One account fails all day with an error of its own, and everybody from eight to nine.
    let own = error("MailboxInTransitException");
    let healthy = Day::default().every(0..28_800, 30, "203.0.113.5", "bob@contoso.com", OK);
    let failing = healthy.every(28_800..32_400, 30, "203.0.113.5", "bob@contoso.com", &error("ProxyFailed"));
    let day = failing.every(32_400..72_000, 30, "203.0.113.5", "bob@contoso.com", OK);
    let report = analyze(day.every(317..72_000, 600, "203.0.113.6", "ann@contoso.com", &own).tree().path());
    let summary = |id: &str| finding(&report, id).unwrap()["summary"].as_str().unwrap().to_owned();
    let whole = summary("backend-unreachable");
    assert!(whole.contains("126 of 126 attempts failed") && whole.ends_with("; 6 of them with other errors"), "{whole}");
    let single = summary("mailbox-unavailable");
    assert!(single.contains("114 failures (") && single.ends_with("; 6 failures more in outages of other causes"), "{single}");
}

#[test]
fn a_device_that_changes_its_address_within_its_network_guesses_nothing() {
    let tries = |address: fn(u32) -> String| {
        let mut day = Day::healthy();
        for n in 0..36 {
            day = day.login(20_000 + n * 600, &address(n), "ann@contoso.com", DENIED);
        }
        analyze(day.tree().path())
    };
    for address in
        [(|n| format!("[2001:db8:1:2::{:x}]", n % 8 + 1)) as fn(u32) -> String, |n| format!("100.{}.0.7", 64 + n % 5 * 15)]
    {
        let report = tries(address);
        assert_eq!(accusations(&report), ["wrong-credentials"]);
        let text = finding(&report, "wrong-credentials").unwrap().to_string();
        assert!(text.contains("addresses of one network"), "{text}");
    }
    for address in [(|n| format!("[2001:db8:1:{:x}::1]", n % 8)) as fn(u32) -> String, |n| format!("198.51.100.{}", n % 8)] {
        assert_eq!(accusations(&tries(address)), ["brute-force"]);
    }
}

#[test]
fn a_back_end_that_others_reach_is_not_to_be_started() {
    for (code, id) in [("ProxyFailed", "backend-unreachable"), ("ProxyTimeout", "backend-timeout")] {
        let healthy = |n: u8| {
            let (client, user) = (format!("203.0.113.{n}"), format!("user{n}@contoso.com"));
            Day::default().every(0..72_000, 60, &client, &user, &OK.replace("EX01", "EX09"))
        };
        let failing = error(code).replace("EX01", "EX09");
        let day = || {
            let day = Day::default().every(0..28_800, 60, "203.0.113.5", "bob@contoso.com", &OK.replace("EX01", "EX09"));
            day.every(28_800..72_000, 60, "203.0.113.5", "bob@contoso.com", &failing)
        };
        let text = |tree: Tree| finding(&analyze(tree.path()), id).unwrap().to_string();
        let alone = text(day().tree());
        assert!(alone.contains("-Service MSExchangeIMAP4BE") && !alone.contains("the name service"), "{alone}");
        let tree = day().tree().with("EX02/Logging/Imap4/IMAP420260312-1.LOG", written(healthy(2)));
        let reached = text(tree.with("EX03/Logging/Imap4/IMAP420260312-1.LOG", written(healthy(3))));
        for said in [
            "in the same time what EX02 and EX03 hand over to ex09.contoso.com works",
            "What EX02 and EX03 hand over there works: look at the network, the name service and the firewall of EX01 first",
        ] {
            assert!(reached.contains(said), "{reached}");
        }
        assert!(!reached.contains("-Service MSExchangeIMAP4BE"), "{reached}");
    }
}

#[test]
fn a_remedy_that_did_not_help_speaks_against_the_cause() {
    let failing = |day: Day, from: u32, to: u32| {
        day.line(from, 993, "127.0.0.1", "", "OpenSession,,").every(from..to, 60, "127.0.0.1", HM, HAND_OVER)
    };
    let day = || failing(Day::default().every(0..28_800, 60, "127.0.0.1", HM, OK), 28_800, 34_200);
    let set_back = cmdlet(
        utc(2026, 3, 12, 9, 29, 0),
        "Set-ImapSettings",
        "-X509CertificateName \"ex01.contoso.com\" -Server \"EX01\"",
        "EX01",
    );
    for (name, day, expected) in [
        ("the service did not start anew", failing(day(), 34_260, 39_600), "consistent"),
        ("it did, a moment ago", failing(day().restarted(), 34_260, 34_560), "consistent"),
        ("it did, and nothing changed", failing(day().restarted(), 34_260, 39_600), "possible"),
    ] {
        let report = analyze(day.tree().with("evidence/events.xml", &set_back).path());
        let found = finding(&report, "certificate-binding").unwrap();
        assert_eq!(found["confidence"], expected, "{name} {found:#}");
        let is_said = found.to_string().contains("the service started anew 2 min later, and logins go on to fail");
        assert_eq!(is_said, expected == "possible", "{name}");
    }
}

#[test]
fn an_account_that_always_fails_hides_no_outage_of_all_others() {
    // Four failures in five lie outside of the outage.
    let failing = |day: Day, code: &str| {
        let day = day.every(0..28_800, 60, "127.0.0.1", HM, OK).every(32_400..72_000, 60, "127.0.0.1", HM, OK);
        let day = day.every(28_800..32_400, 300, "127.0.0.1", HM, &error(code));
        day.every(317..72_000, 600, "203.0.113.6", "ann@contoso.com", &error(code))
    };
    for (code, id) in [("ProxyNotAuthenticated", "certificate-binding"), ("ProxyFailed", "backend-unreachable")] {
        let report = analyze(failing(Day::default(), code).tree().path());
        let found = finding(&report, id).unwrap();
        assert_eq!(found["severity"], "critical", "{found:#}");
        let summary = found["summary"].as_str().unwrap();
        assert!(summary.contains("18 of 18 attempts failed"), "{summary}");
        assert!(summary.contains("; 114 failures more outside of the outage"), "{summary}");
    }
}

#[test]
fn one_account_among_many_that_are_handed_over_is_no_back_end_that_is_down() {
    for (code, id) in [("ProxyFailed", "backend-unreachable"), ("ProxyTimeout", "backend-timeout")] {
        let day = Day::default().every(0..72_000, 30, "203.0.113.5", "bob@contoso.com", OK);
        let tree = day.every(17..72_000, 600, "203.0.113.6", "ann@contoso.com", &error(code)).tree();
        let report = analyze(tree.path());
        let found = finding(&report, id).unwrap();
        assert_eq!(found["confidence"], "possible", "{found:#}");
        let text = found.to_string();
        assert!(
            text.contains("logins were handed over to ex01.contoso.com meanwhile") && !text.contains("Start-Service"),
            "{text}"
        );
        assert!(!text.contains("Restart-Service"), "{text}");
    }
}

#[test]
fn a_chance_success_of_another_front_end_clears_no_back_end() {
    let failing = error("ProxyFailed");
    let day = |at: u32, n: u8| {
        let (client, user) = (format!("203.0.113.{n}"), format!("user{n}@contoso.com"));
        let day = Day::default().every(0..28_800, 60, &client, &user, OK).every(28_800..36_000, 60, &client, &user, &failing);
        day.login(at, &client, &user, OK).every(36_000..72_000, 60, &client, &user, OK)
    };
    let tree = day(30_010, 1).tree().with("EX02/Logging/Imap4/IMAP420260312-1.LOG", written(day(31_010, 2)));
    let text = finding(&analyze(tree.path()), "backend-unreachable").unwrap().to_string();
    assert!(text.contains("Start-Service") && !text.contains("the name service"), "{text}");
}

#[test]
fn of_two_back_ends_one_recovers_and_the_other_does_not() {
    let failing = |host: &str| error("ProxyFailed").replace("EX01", host);
    let works = |host: &str| OK.replace("EX01", host);
    let first = |day: Day, (from, to): (u32, u32)| {
        let day = day.every(0..from, 60, "203.0.113.5", "bob@contoso.com", &works("MBX1"));
        let day = day.every(from..to, 60, "203.0.113.5", "bob@contoso.com", &failing("MBX1"));
        day.every(to..43_200, 60, "203.0.113.5", "bob@contoso.com", &works("MBX1"))
    };
    let second = Day::default().every(30..28_800, 60, "203.0.113.6", "ann@contoso.com", &works("MBX2"));
    let second = second.every(28_830..43_200, 60, "203.0.113.6", "ann@contoso.com", &failing("MBX2"));
    let report = analyze(first(second, (30_000, 33_000)).tree().path());
    let found = finding(&report, "backend-unreachable").unwrap();
    assert_eq!(found["ongoing"], true, "{found:#}");
    assert!(report["verdict"].to_string().contains("STILL FAIL") || found["summary"].to_string().contains("it goes on"));
}
