//! One of several back ends is out while the service goes on: since when, until when, for which cause, in words that do not say that
//! logins work.

use std::path::Path;

use serde_json::Value;

use crate::diagnosis_cases::{Day, HM, OK, error, finding};
use crate::program::{analyze, analyze_with, exlog};

const HEALTHY: &str = "ex01.contoso.com";
const OTHER: &str = "ex02.contoso.com";

fn at(host: &str, context: &str) -> String {
    context.replace("EX01.contoso.com", host)
}

/// Logins of twenty users whose mailboxes are on a host, each every ten minutes, and its probe; some fail like this.
fn users_of(mut day: Day, host: &str, seconds: std::ops::Range<u32>, context: &str) -> Day {
    let context = at(host, context);
    let beside = if host == HEALTHY { 0 } else { 13 };
    day = day.every(seconds.start + beside..seconds.end, 300, "127.0.0.1", HM, &context);
    for n in 0..20 {
        let (client, user) = (format!("203.0.113.{n}"), format!("user{n}@{host}"));
        day = day.every(seconds.start + n * 29 + beside..seconds.end, 600, &client, &user, &context);
    }
    day
}

fn headline(path: &Path) -> String {
    exlog(&["analyze", path.to_str().unwrap()]).stdout
}

fn times(finding: &Value) -> [&str; 2] {
    ["start", "end"].map(|name| finding[name].as_str().unwrap())
}

#[test]
fn a_few_mailboxes_on_a_host_that_is_never_reached_are_one_trouble() {
    let mut day = users_of(Day::default(), HEALTHY, 0..72_000, OK);
    for n in 0..6 {
        let (client, user) = (format!("198.51.100.{n}"), format!("moved{n}@contoso.com"));
        day = day.every(20_007 + n * 61..72_000, 900, &client, &user, &at("ex19.contoso.com", &error("ProxyFailed")));
    }
    let tree = day.tree();
    let report = analyze(tree.path());
    let found = finding(&report, "backend-unreachable").unwrap_or_else(|| panic!("{:#}", report["findings"]));
    assert_eq!((times(found)[0], &found["ongoing"]), ("2026-03-12T05:33:27.000Z", &true.into()), "{found:#}");
    let summary = found["summary"].as_str().unwrap();
    assert!(summary.contains("nothing that was handed over to ex19.contoso.com:1993:ssl worked"), "{summary}");
    assert!(summary.contains("and it goes on: ") && !summary.contains("outages"), "{summary}");
    let shown = headline(tree.path());
    assert!(shown.starts_with("SOME IMAP LOGINS STILL FAIL on EX01\n2026-03-12 05:33:27 to "), "{shown}");
}

#[test]
fn two_causes_at_two_hosts_at_the_same_time_are_told_apart() {
    let mut day = Day::default();
    for (host, code, outage) in [(OTHER, "ProxyFailed", 32_400..39_600), (HEALTHY, "ProxyNotAuthenticated", 36_000..43_200)] {
        day = users_of(day, host, 0..outage.start, OK);
        day = users_of(day, host, outage.start..outage.end, &error(code));
        day = users_of(day, host, outage.end..72_000, OK);
    }
    let report = analyze(day.tree().path());
    for (id, hour, host) in [("certificate-binding", 10, HEALTHY), ("backend-unreachable", 9, OTHER)] {
        let found = finding(&report, id).unwrap_or_else(|| panic!("{:#}", report["findings"]));
        let [start, end] = times(found);
        assert!(start.starts_with(&format!("2026-03-12T{hour:02}:00:")), "{found:#}");
        assert!(end.starts_with(&format!("2026-03-12T{:02}:59:", hour + 1)), "{found:#}");
        assert_eq!(found["ongoing"], false, "{found:#}");
        // What the other cause did while this one lasted speaks neither for it nor against it.
        let text = found["evidence"].to_string();
        assert!(
            !text.contains("inside the outage") && !text.contains(if id == "certificate-binding" { OTHER } else { HEALTHY }),
            "{found:#}"
        );
        assert!(found["summary"].as_str().unwrap().contains(&format!("{host}:1993:ssl worked in that time")), "{found:#}");
    }
}

#[test]
fn what_goes_on_at_one_host_goes_on_at_the_end_of_the_window_too() {
    let mut day = users_of(Day::default(), HEALTHY, 0..72_000, OK);
    day = users_of(day, OTHER, 0..32_400, OK);
    day = users_of(day, OTHER, 32_400..72_000, &error("ProxyTimeout"));
    let tree = day.tree();
    let report = analyze_with(tree.path(), &["--to", "2026-03-12T12:00Z"]);
    let found = finding(&report, "backend-timeout").unwrap_or_else(|| panic!("{:#}", report["findings"]));
    assert_eq!((times(found)[0], &found["ongoing"]), ("2026-03-12T09:00:13.000Z", &true.into()), "{found:#}");
}

#[test]
fn a_host_that_some_logins_reach_is_not_dead() {
    let mut day = users_of(Day::default(), HEALTHY, 0..72_000, OK);
    for n in 0..20u32 {
        let (client, user) = (format!("203.0.113.{n}"), format!("user{n}@{OTHER}"));
        for (turn, second) in (n * 29 + 7..72_000).step_by(600).enumerate() {
            let context = if (turn as u32 + n).is_multiple_of(3) { error("ProxyTimeout") } else { OK.to_owned() };
            day = day.login(second, &client, &user, &at(OTHER, &context));
        }
    }
    let report = analyze(day.tree().path());
    let all = report["findings"].to_string();
    assert!(all.contains("backend-timeout") && !all.contains("nothing that was handed over"), "{:#}", report["findings"]);
}

#[test]
fn a_host_that_was_out_several_times_is_told_so() {
    let mut day = users_of(Day::default(), HEALTHY, 0..72_000, OK);
    day = users_of(day, "ex03.contoso.com", 0..72_000, OK);
    for n in 0..4 {
        let (client, user) = (format!("198.51.100.{n}"), format!("other{n}@contoso.com"));
        let mut until = 0;
        for out in [28_800, 43_200, 57_600, 64_800].map(|start| start..start + 1_200) {
            day = day.every(until + 7 + n * 37..out.start, 150, &client, &user, &at(OTHER, OK));
            day = day.every(out.start + 7 + n * 37..out.end, 150, &client, &user, &at(OTHER, &error("ProxyTimeout")));
            until = out.end;
        }
        day = day.every(until + 7 + n * 37..72_000, 150, &client, &user, &at(OTHER, OK));
    }
    let report = analyze(day.tree().path());
    let found = finding(&report, "backend-timeout").unwrap_or_else(|| panic!("{:#}", report["findings"]));
    let summary = found["summary"].as_str().unwrap();
    assert!(summary.contains("at 4 different times: ") && summary.contains("worked in any of these times"), "{found:#}");
    assert_eq!(times(found), ["2026-03-12T08:00:07.000Z", "2026-03-12T18:19:28.000Z"], "{found:#}");
}

#[test]
fn two_hosts_that_are_out_at_different_times_are_two_stories() {
    let third = "ex03.contoso.com";
    let mut day = users_of(Day::default(), HEALTHY, 0..72_000, OK);
    for (host, out) in [(OTHER, 32_400..34_200), (third, 50_400..54_000)] {
        day = users_of(day, host, 0..out.start, OK);
        day = users_of(day, host, out.start..out.end, &error("ProxyFailed"));
        day = users_of(day, host, out.end..72_000, OK);
    }
    let report = analyze(day.tree().path());
    let found: Vec<&Value> =
        report["findings"].as_array().unwrap().iter().filter(|finding| finding["id"] == "backend-unreachable").collect();
    for (host, [start, end]) in [(OTHER, ["T09:00:13", "T09:29:"]), (third, ["T14:00:13", "T14:59:"])] {
        let of_host = |finding: &&&Value| finding["title"].as_str().unwrap().contains(host);
        let finding = found.iter().find(of_host).unwrap_or_else(|| panic!("{host}: {found:#?}"));
        let [began, ended] = times(finding);
        assert!(began.contains(start) && ended.contains(end), "{finding:#}");
        assert!(finding["summary"].as_str().unwrap().contains(&format!("to {host}:1993:ssl worked in that time")), "{finding:#}");
        assert!(!finding["remediation"].to_string().contains("at once"), "{finding:#}");
    }
    assert_eq!(found.len(), 2, "{found:#?}");
}

#[test]
fn hosts_that_are_out_together_are_one_story() {
    let third = "ex03.contoso.com";
    let mut day = users_of(Day::default(), HEALTHY, 0..72_000, OK);
    for host in [OTHER, third] {
        day = users_of(day, host, 0..32_400, OK);
        day = users_of(day, host, 32_400..36_000, &error("ProxyFailed"));
        day = users_of(day, host, 36_000..72_000, OK);
    }
    let report = analyze(day.tree().path());
    let found = finding(&report, "backend-unreachable").unwrap_or_else(|| panic!("{:#}", report["findings"]));
    let title = found["title"].as_str().unwrap();
    assert!(title.contains("ex02.contoso.com and ex03.contoso.com"), "{title}");
    assert!(found["remediation"].to_string().contains("Several back ends at once"), "{found:#}");
}

#[test]
fn what_is_out_goes_on_at_the_end_of_the_window_whatever_was_out_before() {
    let mut day = users_of(Day::default(), HEALTHY, 0..36_000, OK);
    day = users_of(day, HEALTHY, 36_000..36_900, &error("ProxyFailed"));
    day = users_of(day, HEALTHY, 36_900..72_000, OK);
    day = users_of(day, OTHER, 0..46_800, OK);
    day = users_of(day, OTHER, 46_800..72_000, &error("ProxyFailed"));
    let tree = day.tree();
    let front = std::fs::read_to_string(tree.at(crate::tree::FRONT)).unwrap();
    let tree = tree.with("EX07/Logging/Imap4/IMAP420260312-1.LOG", front.replace("10.0.0.11", "10.0.0.17"));
    for window in [&[][..], &["--to", "2026-03-12T16:00Z"]] {
        let options = [&["analyze", tree.path().to_str().unwrap()], window].concat();
        let shown = exlog(&options).stdout;
        assert!(shown.starts_with("SOME IMAP LOGINS STILL FAIL on 2 servers\n2026-03-12 13:00:13 to "), "{shown}");
        let first = shown.split("\n1 ").nth(1).unwrap();
        assert!(first.contains("cannot connect to the back end ex02.contoso.com") && first.contains("and it goes on"), "{shown}");
    }
}

#[test]
fn what_fails_from_the_first_line_on_may_be_older() {
    let day = users_of(Day::default(), HEALTHY, 0..72_000, OK);
    let day = users_of(day, OTHER, 0..10_800, &error("ProxyFailed"));
    let report = analyze(users_of(day, OTHER, 10_800..72_000, OK).tree().path());
    let found = finding(&report, "backend-unreachable").unwrap_or_else(|| panic!("{:#}", report["findings"]));
    let summary = found["summary"].as_str().unwrap();
    assert!(
        summary.contains("00:00:13 UTC or earlier") && summary.contains("and works again since 2026-03-12 03:00"),
        "{summary}"
    );
}

#[test]
fn a_host_without_its_domain_is_not_the_front_end() {
    let short = "EX19";
    let day = users_of(Day::default(), HEALTHY, 0..72_000, OK);
    let tree = users_of(day, short, 32_400..36_000, &error("ProxyFailed")).tree();
    // Another front end writes it with its domain: it is one host.
    let front = std::fs::read_to_string(tree.at(crate::tree::FRONT)).unwrap();
    let tree = tree.with("EX07/Logging/Imap4/IMAP420260312-1.LOG", front.replace("Proxy:EX19:", "Proxy:ex19.contoso.com:"));
    let report = analyze(tree.path());
    let found = finding(&report, "backend-unreachable").unwrap_or_else(|| panic!("{:#}", report["findings"]));
    let text = found.to_string();
    assert!(
        found["title"].as_str().unwrap().starts_with("The front ends on EX01 and EX07 cannot connect to the back end ex19"),
        "{found:#}"
    );
    assert!(!text.contains("-ComputerName EX01") && !text.contains("-ComputerName EX07"), "{found:#}");
}

#[test]
fn a_host_that_is_back_earlier_is_another_story() {
    let mut day = users_of(Day::default(), HEALTHY, 0..72_000, OK);
    for (host, until) in [(OTHER, 34_200), ("ex03.contoso.com", 34_920)] {
        day = users_of(day, host, 0..32_400, OK);
        day = users_of(day, host, 32_400..until, &error("ProxyFailed"));
        day = users_of(day, host, until..72_000, OK);
    }
    let report = analyze(day.tree().path());
    let found = report["findings"].as_array().unwrap().iter().filter(|finding| finding["id"] == "backend-unreachable");
    let ends: Vec<&str> = found.map(|finding| &times(finding)[1][11..16]).collect();
    assert_eq!(ends, ["09:29", "09:41"], "{:#}", report["findings"]);
}

#[test]
fn where_everything_fails_at_the_end_not_some_logins_fail() {
    let mut day = users_of(Day::default(), OTHER, 0..36_000, OK);
    day = users_of(day, OTHER, 36_000..41_500, &error("ProxyFailed"));
    day = users_of(day, HEALTHY, 0..40_800, OK);
    day = users_of(day, HEALTHY, 40_800..41_500, &error("ProxyFailed"));
    let shown = headline(day.tree().path());
    assert!(shown.starts_with("IMAP LOGINS FAIL on EX01"), "{shown}");
    assert!(shown.contains(" attempts failed there ("), "{shown}");
}
