//! What findings say and advise: names in commands, places that are cited, and no more than is known.

use serde_json::Value;

use crate::diagnosis_cases::{DENIED, Day, HM, OK, error, finding, refused, settings, with_back_end};
use crate::program::analyze;
use crate::tree::{TWELVE, Tree, log, log_of};

const BOB: &str = "bob@contoso.com";

/// Probes and a user all day, handed over to these hosts in turn; from 8:00 on it fails at some of them.
fn handed_over(failing: &[&str], working: &[&str]) -> Tree {
    let mut day = Day::default();
    for (n, host) in (0..).zip(failing.iter().chain(working)) {
        let [worked, failed] =
            [OK.to_owned(), error("ProxyNotAuthenticated")].map(|context| context.replace("EX01.contoso.com", host));
        let later = if failing.contains(host) { &failed } else { &worked };
        for (client, user, offset) in [("127.0.0.1", HM, 0), ("203.0.113.5", BOB, 150)] {
            day = day.every(offset + n * 10..28_800, 300, client, user, &worked);
            day = day.every(28_800 + offset + n * 10..36_000, 300, client, user, later);
        }
    }
    day.tree()
}

fn commands(finding: &Value) -> String {
    let steps = finding["remediation"].as_array().unwrap().iter();
    steps.filter_map(|step| step["command"].as_str()).collect::<Vec<_>>().join("\n")
}

fn evidence<'a>(finding: &'a Value, text: &str) -> &'a Value {
    let found = finding["evidence"].as_array().unwrap().iter().find(|item| item["text"].as_str().unwrap().contains(text));
    found.unwrap_or_else(|| panic!("no {text} in {finding:#}"))
}

#[test]
fn a_server_is_never_set_to_the_name_of_another() {
    let [own, other, third] = ["ex01.contoso.com", "ex00.contoso.com", "ex09.contoso.com"];
    let in_settings = || handed_over(&[third], &[]).with("e/imap.txt", settings(own));
    for (name, tree, set) in [
        ("all targets fail", handed_over(&[other, own, third], &[]), "-Server EX01 -X509CertificateName ex01.contoso.com"),
        (
            "another server's alone",
            handed_over(&[third], &[own]),
            "-Server ex09.contoso.com -X509CertificateName ex09.contoso.com",
        ),
        ("no target is the server", handed_over(&[third], &[]), "-Server EX01 -X509CertificateName FQDN-OF-EX01"),
        ("the settings name it", in_settings(), "-Server EX01 -X509CertificateName ex01.contoso.com"),
    ] {
        let report = analyze(tree.path());
        let found = finding(&report, "certificate-binding").unwrap_or_else(|| panic!("{name}: {:#}", report["findings"]));
        let commands = commands(found);
        let sets: Vec<&str> = commands.lines().filter(|line| line.starts_with("Set-")).collect();
        assert_eq!(sets, [format!("Set-ImapSettings {set}")], "{name}");
        assert_eq!(found["title"].as_str().unwrap().contains("on ex09.contoso.com"), name.starts_with("another"), "{name}");
        assert_eq!(commands.contains("-Server EX01"), !name.starts_with("another"), "{name}");
    }
}

#[test]
fn a_success_of_a_spray_is_dated_and_cites_no_other_line() {
    let mut day = Day::healthy();
    for n in 0..40u32 {
        day = day.login(30_000 + n * 40, "203.0.113.9", &format!("name{n}@contoso.com"), DENIED);
    }
    let report = analyze(day.login(31_000, "203.0.113.9", "name20@contoso.com", OK).tree().path());
    let found = finding(&report, "password-spray").unwrap();
    let success = evidence(found, "worked at 2026-03-12 08:36:40 UTC");
    assert!(success["line"].is_null() && success["text"].as_str().unwrap().contains("name20@contoso.com"), "{success:#}");
    assert_eq!(found["severity"], "critical");
}

#[test]
fn addresses_to_block_are_in_the_order_of_numbers_and_none_is_left_out_in_silence() {
    let day = (1..=100)
        .fold(Day::healthy(), |day, n| day.login(30_000 + n * 60, &format!("198.51.100.{n}"), "alice@contoso.com", DENIED));
    let report = analyze(day.tree().path());
    let step = finding(&report, "brute-force").unwrap()["remediation"][0]["text"].as_str().unwrap();
    assert!(step.contains("198.51.100.9, 198.51.100.10, ") && step.ends_with("198.51.100.50 and 50 more"), "{step}");
}

#[test]
fn a_service_that_writes_again_need_not_be_started() {
    let pop = |n: u32| {
        format!("2026-03-12T{:02}:{:02}:30.000Z,{n:016X},1,10.0.0.11:995,203.0.113.7:1,carol,1,1,1,stat,,R=ok", n / 60, n % 60)
    };
    let lines: Vec<String> = std::iter::once(TWELVE.to_owned()).chain((0..1200).map(pop)).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    for (again, severity) in [(true, "medium"), (false, "high")] {
        let mut day = Day::default().every(0..28_800, 300, "127.0.0.1", HM, OK);
        if again {
            day = day.every(43_200..72_000, 300, "127.0.0.1", HM, OK);
        }
        let report = analyze(day.tree().with("EX01/Logging/Pop3/POP320260312-1.LOG", log(&lines)).path());
        let found = finding(&report, "service-silent").unwrap();
        assert_eq!(found["severity"], severity);
        assert_eq!(found["summary"].as_str().unwrap().contains("writes again since 2026-03-12 12:00:00 UTC"), again);
        assert_eq!(found["remediation"].to_string().contains("start it"), !again);
    }
}

#[test]
fn the_time_that_logins_take_is_said_as_roughly_as_it_is_known() {
    let mut day = Day::default();
    for hour in 6..14u32 {
        day = day.every(hour * 3600..hour * 3600 + 3000, 60, "203.0.113.5", BOB, OK);
    }
    let tree = day.tree();
    let file = tree.at(crate::tree::FRONT);
    let text = std::fs::read_to_string(&file).unwrap();
    let slow =
        |line: &str| if line.contains("T10:") { line.replace(",100,20,30,login", ",6000,20,30,login") } else { line.to_owned() };
    std::fs::write(&file, text.lines().map(slow).collect::<Vec<_>>().join("\r\n")).unwrap();
    let report = analyze(tree.path());
    let summary = finding(&report, "slow-logins").unwrap()["summary"].as_str().unwrap();
    assert!(summary.starts_with("the median login took about 4 to 8 s in the hour from"), "{summary}");
    assert!(summary.ends_with("usually about 64 to 128 ms"), "{summary}");
}

#[test]
fn the_retries_of_one_account_are_no_critical_outage_of_a_server() {
    let moved = refused("MailboxInTransitException");
    for (name, accounts, others, severity) in [
        ("one account, others log in", 1, true, "medium"),
        ("three accounts", 3, true, "critical"),
        ("one account, and nobody else is there", 1, false, "critical"),
    ] {
        let mut day = if others { Day::healthy() } else { Day::default() };
        for n in 0..4 {
            let user = format!("moved{}@contoso.com", n % accounts);
            day = day.login(30_010 + n * 60, "203.0.113.9", &user, &moved);
        }
        let report = analyze(day.tree().path());
        let found = finding(&report, "mailbox-unavailable").unwrap();
        assert_eq!(found["severity"], severity, "{name}: {found:#}");
        assert_eq!(found["summary"].as_str().unwrap().contains("only one account was hit"), severity == "medium", "{name}");
        assert_eq!(report["outages"].as_array().unwrap().len(), 1, "{name}");
    }
}

#[test]
fn where_everybody_is_refused_at_once_no_password_is_blamed() {
    for (name, users, later, blamed) in [("the directory is down", 6, DENIED, false), ("the users still log in", 6, OK, true)] {
        let mut day =
            Day::default().every(0..36_000, 300, "127.0.0.1", HM, OK).every(36_000..72_000, 300, "127.0.0.1", HM, DENIED);
        for n in 0..users {
            let (client, user) = (format!("203.0.113.{n}"), format!("name{n}@contoso.com"));
            day = day.every(60 + n * 10..36_000, 900, &client, &user, OK);
            day = day.every(36_060 + n * 10..72_000, 900, &client, &user, later);
        }
        let report = analyze(day.tree().path());
        let found = finding(&report, "health-mailbox-credentials").unwrap();
        assert!(finding(&report, "wrong-credentials").is_none(), "{name}");
        assert_eq!(found["title"].as_str().unwrap().starts_with("Nobody can log in on EX01"), !blamed, "{name}");
        assert_eq!(found["remediation"].to_string().contains("Remove those"), blamed, "{name}");
    }
}

#[test]
fn what_the_back_end_says_of_its_mailboxes_is_heard() {
    let day = Day::healthy().every(28_900..32_000, 300, "203.0.113.9", BOB, &error("ProxyNotAuthenticated"));
    for (said, is_mailbox) in [("MailboxOfflineException", true), ("LogonDenied", false)] {
        let context = format!("R=\"1 NO AUTHENTICATE failed.\";ErrMsg={said}");
        let report = analyze(with_back_end(day.clone().tree(), 480..540, &context).path());
        let found = finding(&report, "backend-rejects-login").unwrap_or_else(|| panic!("{said}: {:#}", report["findings"]));
        let refused = evidence(found, "refused login lines");
        assert!(refused["text"].as_str().unwrap().contains(&format!("back end EX01: {said}")), "{found:#}");
        assert_eq!(found["title"].as_str().unwrap().contains("mailboxes are not available"), is_mailbox, "{found:#}");
        assert_eq!(commands(found).contains("Get-MailboxDatabase -Status"), is_mailbox, "{found:#}");
    }
}

#[test]
fn mailboxes_are_behind_nobody_where_no_back_end_is_named() {
    for (context, title, asks) in [
        (refused("MailboxOfflineException"), "Mailboxes are not available for logins on EX01", "CopyStatus *"),
        (
            error("MailboxOfflineException"),
            "Mailboxes behind ex01.contoso.com are not available for logins on EX01",
            "CopyStatus -Server ex01.contoso.com",
        ),
    ] {
        let mut day = Day::healthy();
        for n in 0..4 {
            let user = format!("name{n}@contoso.com");
            day = day.every(30_000 + n * 7..32_000, 120, "203.0.113.9", &user, &context);
        }
        let report = analyze(day.tree().path());
        let found = finding(&report, "mailbox-unavailable").unwrap_or_else(|| panic!("{:#}", report["findings"]));
        assert_eq!(found["title"], title);
        assert!(evidence(found, "the databases")["text"].as_str().unwrap().ends_with(asks), "{found:#}");
    }
}

#[test]
fn a_certificate_that_nobody_set_back_was_none() {
    // Sessions in the order of time, so that a restart shows.
    let log_of_day = |is_back: bool, restart: Option<u32>| {
        let quoted = |context: &str| format!("login,{HM} *****,\"{}\"", context.replace('"', "\"\""));
        let mut lines = Vec::new();
        for (n, minute) in (0..1200u32).step_by(5).enumerate() {
            let fails = (480..540).contains(&minute);
            let session = n as u32 + 1 - restart.filter(|at| minute >= *at).map_or(0, |at| at / 5);
            let (port, said) = match (is_back, fails) {
                (true, true) => continue,
                (true, false) => (1993, "authenticate,PLAIN,R=ok".to_owned()),
                (false, true) => (993, quoted(&error("ProxyNotAuthenticated"))),
                (false, false) => (993, quoted(OK)),
            };
            for (sequence, rest) in ["OpenSession,,", said.as_str()].into_iter().enumerate() {
                let time = format!("2026-03-12T{:02}:{:02}:{sequence:02}.000Z", minute / 60, minute % 60);
                let ends = format!("10.0.0.11:{port},127.0.0.1:50001,{HM}");
                lines.push(format!("{time},{session:016X},{sequence},{ends},5,1,1,{rest}"));
            }
        }
        log_of(lines)
    };
    for (what, back, restart, is_against) in [
        ("nothing started anew", true, None, true),
        ("the service started anew when it was over", true, Some(540), false),
        ("nobody knows of the back end", false, None, false),
    ] {
        let mut tree = Tree::of(crate::tree::FRONT, log_of_day(false, restart));
        if back {
            tree = tree.with("EX01/Logging/Imap4/IMAP4BE20260312-1.LOG", log_of_day(true, None));
        }
        let report = analyze(tree.path());
        let found = finding(&report, "certificate-binding").unwrap_or_else(|| panic!("{what}: {:#}", report["findings"]));
        let text = found["evidence"].to_string();
        assert_eq!(text.contains("although no service started anew"), is_against, "{what}: {found:#}");
        assert_eq!(found["confidence"], if is_against { "possible" } else { "consistent" }, "{what}");
    }
}
