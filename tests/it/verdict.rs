//! The first lines of a report: the verdict is true, and what stands under it is about it.

use unicode_width::UnicodeWidthStr;

use crate::program::exlog;
use crate::tree::{BACK, FRONT, TWELVE, Tree, log, log_of, login, samples};

const PROBE: &str = "HealthMailbox0a1b2c3d4e5f60718293a4b5c6d7e8f9@contoso.com";
const WORKS: &str = "R=ok;Msg=\"Proxy:ex01.contoso.com:1993:SSL;ProxySuccess\"";
const UNKNOWN: &str = "R=\"z NO LOGIN failed.\";ErrMsg=SomethingNew";
const UNREACHABLE: &str = "R=\"z NO LOGIN failed.\";Msg=Proxy:ex01.contoso.com:1993:SSL;ErrMsg=ProxyFailed";
const DENIED: &str = "R=\"z NO LOGIN failed.\";Msg=\"LogonFailed:LogonDenied\";ErrMsg=LogonFailed:LogonDenied";

/// A login at a minute of the day.
fn at(minute: usize, user: &str, context: &str) -> String {
    login(&format!("{:02}:{:02}:00.000", minute / 60, minute % 60), user, context)
}

/// One of five accounts.
fn employee(number: usize) -> String {
    format!("employee{}@contoso.com", number % 5)
}

/// A front-end log with these lines, in the order of time.
fn front(mut lines: Vec<String>) -> Tree {
    lines.sort();
    Tree::of(FRONT, log_of(lines))
}

/// What the terminal report says before its sections.
fn first_lines(tree: &Tree, options: &[&str]) -> String {
    let path = tree.path().display().to_string();
    let report = exlog(&[&["analyze", &path], options].concat()).with_status(0).stdout;
    assert!(report.lines().all(|line| line.width() <= 100), "{report}");
    report.split("\n\n").next().unwrap_or_default().to_owned()
}

/// Five accounts log in every minute but from 120 to 160, when each attempt is answered with `context`; forty names of a
/// stranger are refused before.
fn outage_after_a_spray(context: &str) -> Tree {
    let mut lines: Vec<String> =
        (0..300).map(|n| at(n, &employee(n), if (120..160).contains(&n) { context } else { WORKS })).collect();
    let stranger = |n: usize| at(40 + n, &format!("name{n}@contoso.com"), DENIED).replace("203.0.113.5:", "203.0.113.66:");
    lines.extend((0..40).map(stranger));
    front(lines)
}

#[test]
fn only_what_is_about_an_outage_is_its_reason() {
    let unknown = first_lines(&outage_after_a_spray(UNKNOWN), &[]);
    assert!(unknown.starts_with("IMAP LOGINS FAILED on EX01 and work again"), "{unknown}");
    assert!(unknown.contains("Why: no diagnosis fits; the lines that prove it stand below"), "{unknown}");
    assert!(!unknown.contains("Block these"), "{unknown}");
    let unreachable = first_lines(&outage_after_a_spray(UNREACHABLE), &[]);
    assert!(unreachable.contains("Why: The front end on EX01 cannot connect"), "{unreachable}");
}

#[test]
fn one_back_end_of_two_that_is_still_out_is_not_called_well() {
    let mut lines: Vec<String> = (0..300).filter(|n| !(120..140).contains(n)).map(|n| at(n, &employee(n), WORKS)).collect();
    let out = UNREACHABLE.replace("ex01", "ex02");
    lines.extend((120..300).filter(|n| *n < 140 || n % 3 == 0).map(|n| at(n, &format!("other{n}@contoso.com"), &out)));
    let tree = front(lines);
    let said = first_lines(&tree, &[]);
    assert!(said.starts_with("SOME IMAP LOGINS STILL FAIL on EX01"), "{said}");
    let report = exlog(&["analyze", tree.path().to_str().unwrap(), "--format", "json"]).with_status(0).json();
    let finding = &report["findings"][0];
    assert!(finding["id"] == "backend-unreachable" && finding["ongoing"] == true, "{finding:#}");
    assert!(finding["summary"].as_str().unwrap().contains("and it goes on"), "{finding:#}");
    // The same, but that it works there before the logs end.
    let works = WORKS.replace("ex01", "ex02");
    let text = std::fs::read_to_string(tree.at(FRONT)).unwrap();
    let tree = tree.with(FRONT, text + &at(299, "other@contoso.com", &works) + "\r\n");
    assert!(first_lines(&tree, &[]).contains("and work again"), "{}", first_lines(&tree, &[]));
}

#[test]
fn probes_that_fail_while_users_work_are_called_so() {
    let lines = |recover: usize| {
        let probes = (0..200).map(move |n| at(2 * n, PROBE, if n < recover { UNKNOWN } else { WORKS }));
        probes.chain((0..200).map(|n| at(2 * n + 1, &employee(n), WORKS))).collect()
    };
    let never = first_lines(&front(lines(200)), &[]);
    assert!(never.starts_with("IMAP PROBES OF EXCHANGE FAIL on EX01; logins of users work\n"), "{never}");
    assert!(!never.contains("worked again"), "{never}");
    let later = first_lines(&front(lines(150)), &[]);
    assert!(later.starts_with("IMAP PROBES OF EXCHANGE FAILED on EX01 and work again; logins of users worked\n"), "{later}");
    assert!(later.replace('\n', " ").contains("worked again at 05:00:00"), "{later}");
}

#[test]
fn the_servers_own_failures_are_not_said_to_be_single_ones() {
    let lines = (0..30).map(|n| at(n, &employee(n), if n % 3 == 0 { UNREACHABLE } else { WORKS })).collect();
    let report = first_lines(&front(lines), &[]);
    assert!(
        report.starts_with("Logins work for the most part; 10 of 30 failed, and not by the accounts' own fault\n"),
        "{report}"
    );
}

#[test]
fn nobody_is_told_that_logins_work_when_none_does_any_more() {
    let lines = |probe: &str| {
        let users = (0..80).map(|n| at(2 * n, &employee(n), if n < 50 { WORKS } else { DENIED }));
        users.chain((0..80).map(|n| at(2 * n + 1, PROBE, if n < 50 { WORKS } else { probe }))).collect()
    };
    let all = first_lines(&front(lines(DENIED)), &[]);
    assert!(all.starts_with("EVERY IMAP LOGIN FAILS on EX01 (60 of 60: LogonFailed:LogonDenied)\n"), "{all}");
    assert!(all.contains("\nNot one has worked since 2026-03-12 01:40 UTC\n"), "{all}");
    let users = first_lines(&front(lines(WORKS)), &[]);
    assert!(users.starts_with("EVERY IMAP LOGIN OF USERS FAILS on EX01 (30 of 30: LogonFailed:LogonDenied)\n"), "{users}");
}

#[test]
fn a_window_is_judged_at_its_end() {
    let path = samples().join("certificate-outage").display().to_string();
    let window = ["--from", "2026-03-12T08:00Z", "--to", "2026-03-12T09:00Z"];
    let report = exlog(&[&["analyze", &path], window.as_slice()].concat()).with_status(0).stdout.replace('\n', " ");
    assert!(report.contains("the last failure was 4 min before the end of the window"), "{report}");
}

#[test]
fn logs_without_front_end_logins_prove_nothing() {
    let tree = Tree::of(BACK, log(&[TWELVE, &at(1, &employee(1), "R=ok")]));
    let report = first_lines(&tree, &[]);
    assert!(report.starts_with("No front-end login attempts: this proves nothing about logins\n"), "{report}");
}

#[test]
fn a_command_in_the_first_lines_can_be_pasted() {
    let lines = (0..60).map(|n| at(n, &employee(n), if n < 20 { WORKS } else { UNREACHABLE })).collect();
    let report = first_lines(&front(lines), &[]);
    let (_, step) = report.split_once("\nDo: ").unwrap();
    let mut lines = step.lines();
    assert!(lines.next().unwrap().ends_with(':'), "{report}");
    assert!(lines.next().unwrap().trim_start().starts_with("Get-Service -ComputerName"), "{report}");
}

#[test]
fn a_line_of_a_wrong_clock_is_named() {
    let mut lines: Vec<String> = (0..200).map(|n| at(n, &employee(n), if n < 150 { WORKS } else { UNKNOWN })).collect();
    lines.push(at(0, &employee(0), "").replace("2026-03-12", "2099-01-01").replace(",login,", ",noop,"));
    let report = first_lines(&front(lines), &[]).replace('\n', " ");
    assert!(report.contains("26,592 d ") && report.contains("(a wrong clock? 1 line stands 26,592 days after"), "{report}");
}

#[test]
fn who_was_refused_with_all_others_for_a_while_is_not_told_that_it_was_his_own_fault() {
    let day = |probe: &str, refused: &str| {
        let context = |n: usize, refused: &str| if (50..80).contains(&n) { refused.to_owned() } else { WORKS.to_owned() };
        let users = (0..120).map(|n| at(2 * n, &employee(n), &context(n, refused)));
        users.chain((0..120).map(|n| at(2 * n + 1, PROBE, &context(n, probe)))).collect()
    };
    let users = first_lines(&front(day(WORKS, DENIED)), &[]);
    let expected = "EVERY IMAP LOGIN OF USERS FAILED on EX01 for a while (30 of 30: LogonFailed:LogonDenied)\n";
    assert!(users.starts_with(expected), "{users}");
    assert!(users.contains("Not one worked from 2026-03-12 01:40 to 02:40 UTC; so many passwords do not"), "{users}");
    let all = first_lines(&front(day(DENIED, DENIED)), &[]);
    assert!(all.starts_with("EVERY IMAP LOGIN FAILED on EX01 for a while (60 of 60: "), "{all}");
    // A stranger who tries the same accounts while nobody else is there.
    let mut lines: Vec<String> = (0..50).chain(90..140).map(|n| at(2 * n, &employee(n), WORKS)).collect();
    lines.extend((100..180).map(|n| at(n, &employee(n), DENIED).replace("203.0.113.5:", "198.51.100.9:")));
    let stranger = first_lines(&front(lines), &[]);
    assert!(stranger.starts_with("Logins work: no outage"), "{stranger}");
}

#[test]
fn failures_that_come_all_the_time_are_no_outage_of_some_minutes() {
    // Three in ten fail for hours, now and then a few in a row.
    let fails = |n: usize| (60..540).contains(&n) && (n * n / 7 + n / 3) % 10 < 3;
    let lines: Vec<String> = (0..600).map(|n| at(n, &employee(n), if fails(n) { UNREACHABLE } else { WORKS })).collect();
    let in_a_row = (60..540).any(|n| fails(n) && fails(n + 1) && fails(n + 2));
    let failed = (0..600).filter(|n| fails(*n)).count();
    let tree = front(lines);
    let said = first_lines(&tree, &[]);
    assert!(in_a_row && said.starts_with("SOME IMAP LOGINS FAILED on EX01\n"), "{said}");
    let said = said.replace('\n', " ");
    assert!(said.contains(&format!("{failed} failures of at least 5 accounts, between logins that worked")), "{said}");
    let report = exlog(&["analyze", tree.path().to_str().unwrap(), "--format", "json"]).with_status(0).json();
    let finding = &report["findings"][0];
    assert!(finding["start"].as_str().unwrap().starts_with("2026-03-12T01:0"), "{finding:#}");
}

#[test]
fn what_fails_from_the_first_line_on_may_have_begun_before() {
    let begins = |works: usize| {
        let lines = (0..100).map(|n| at(n, &employee(n), if n < works || n >= 60 { WORKS } else { UNREACHABLE })).collect();
        first_lines(&front(lines), &[])
    };
    assert!(begins(0).contains("2026-03-12 00:00:00 or earlier to 00:59:00 UTC"), "{}", begins(0));
    assert!(begins(10).contains("2026-03-12 00:10:00 to 00:59:00 UTC"), "{}", begins(10));
}
