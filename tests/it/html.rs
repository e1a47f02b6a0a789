//! The HTML report: one harmless file that says what the terminal says.

use std::path::Path;

use ring::digest::{SHA256, digest};

use crate::generator::clock::utc;
use crate::generator::{EventKind, Plan, generate};
use crate::program::{analyze, exlog, list, text};
use crate::tree::{FRONT, TWELVE, Tree, log, login, samples};

/// The page about a path.
fn page(path: &Path, options: &[&str]) -> String {
    let mut arguments = vec!["analyze".to_owned(), path.display().to_string(), "--format".to_owned(), "html".to_owned()];
    arguments.extend(options.iter().map(|option| (*option).to_owned()));
    exlog(&arguments).with_status(0).stdout
}

/// What stands between two marks.
#[track_caller]
fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = page.split_once(start).unwrap_or_else(|| panic!("no {start}"));
    rest.split_once(end).unwrap().0
}

/// Base64, as a policy writes hashes.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    let mut out: String = bits
        .as_bytes()
        .chunks(6)
        .map(|six| format!("{:0<6}", std::str::from_utf8(six).unwrap()))
        .map(|six| char::from(LETTERS[usize::from_str_radix(&six, 2).unwrap()]))
        .collect();
    while !out.len().is_multiple_of(4) {
        out.push('=');
    }
    out
}

/// Holds a page to what is true of every page.
#[track_caller]
fn is_sound(page: &str) {
    assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"));
    for (tag, kind) in [("style", "style-src"), ("script", "script-src")] {
        assert_eq!(page.matches(&format!("<{tag}")).count(), 1, "one {tag}");
        let content = between(page, &format!("<{tag}>"), &format!("</{tag}>"));
        let hash = base64(digest(&SHA256, content.as_bytes()).as_ref());
        // The policy is an attribute, in which quotes are written as references.
        let policy = between(page, "Content-Security-Policy\" content=\"", "\">").replace("&#43;", "+");
        assert!(policy.contains(&format!("{kind} 'sha256-{hash}'")), "{policy} {hash}");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
    }
    for fetched in ["src=\"http", "href=\"http", "url(http", "@import", "<iframe", "<object", "<img", "src=\"//"] {
        assert!(!page.contains(fetched), "{fetched}");
    }
    assert!(!page.contains(" onload=\"") && !page.contains(" onerror=\"") && !page.contains(" style=\""));
    let harmful = |c: &char| (c.is_control() && *c != '\n') || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}');
    assert_eq!(page.chars().find(harmful), None);
}

#[test]
fn the_page_says_what_the_other_reports_say() {
    let mut cases: Vec<_> = std::fs::read_dir(samples()).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.is_dir());
    assert!(cases.len() > 3);
    for path in cases {
        let (page, report) = (page(&path, &[]), analyze(&path));
        is_sound(&page);
        let terminal = exlog(&["analyze".as_ref(), path.as_os_str()]).with_status(0).stdout;
        let verdict = between(&page, "<h1 id=\"headline\">", "</h1>").replace("&#39;", "'");
        assert_eq!(terminal.lines().next(), Some(verdict.as_str()));
        for group in list(&report, "/failure_groups") {
            assert!(page.contains(&format!("id=\"{}\"", text(group, "id"))));
        }
        for outage in list(&report, "/outages") {
            assert!(page.contains(&format!("id=\"{}\"", text(outage, "id"))));
        }
        for finding in list(&report, "/findings") {
            assert!(page.contains(&format!("exlog explain {}<", text(finding, "id"))));
        }
        // Nothing leads nowhere.
        for target in page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            let is_folded_away = ["latency", "failures", "time"].contains(&target);
            assert!(is_folded_away || page.contains(&format!("id=\"{target}\"")), "#{target}");
        }
    }
}

#[test]
fn hostile_names_come_out_harmless_and_readable() {
    let denied = "R=\"x NO <img src=x onerror=alert(1)>\";ErrMsg=</style><script>alert(2)</script>";
    let names =
        ["<script>alert(3)</script>", "\" onload=\"alert(4)", "x' onerror='alert(5)", "\u{202e}gpj.exe", "\u{1b}[31mred\u{9b}"];
    let long = "L".repeat(10_000);
    let lines: Vec<String> =
        names.iter().chain([&long.as_str()]).map(|name| login("07:00:00.000", &name.replace('"', "'"), denied)).collect();
    let mut all = vec![TWELVE, "2026-03-12T07:00:00.000Z,A,</script><b>\0"];
    all.extend(lines.iter().map(String::as_str));
    let tree = Tree::of(FRONT, log(&all));
    let page = page(tree.path(), &[]);
    is_sound(&page);
    for hostile in ["<script>alert", "<img", "</style><script>", "' onerror='"] {
        assert!(!page.contains(hostile), "{hostile}");
    }
    for shown in ["&lt;script&gt;alert(3)", r"\u{202e}gpj.exe", r"\u{1b}[31mred\u{9b}", "LLLL… ("] {
        assert!(page.contains(shown), "{shown}");
    }
    assert!(!page.contains(&"L".repeat(2000)));
}

#[test]
fn the_page_does_not_depend_on_the_number_of_threads() {
    let of = |threads: &str| page(&samples(), &["--threads", threads]);
    let expected = of("1");
    assert!(["2", "3", "7"].iter().all(|threads| of(threads) == expected));
}

#[test]
fn times_are_those_of_the_zone_that_was_asked_for() {
    let page = page(&samples().join("certificate-outage"), &["--timezone", "Europe/Berlin"]);
    assert!(page.contains("times in Europe/Berlin") && page.contains(":60\"") && page.contains("2026-03-12 08:33:43"));
}

#[test]
fn a_month_of_sixteen_servers_stays_small() {
    let mut plan = Plan::new(32, utc(2026, 3, 1, 0, 0, 0), 30 * 24, 16)
        .plant(EventKind::CertificateOutage, 600..900)
        .plant(EventKind::Spray { accounts: 300, addresses: 40 }, 20_000..20_300)
        .plant(EventKind::ServiceRestart, 30_000..30_001);
    // Few logins make a quick test and the same page: enough for the finest steps on the axis.
    (plan.sessions_per_hour, plan.probe_every, plan.health_every) = (2, 3600, 3600);
    let tree = Tree::new();
    generate(&plan, tree.path()).unwrap();
    let page = page(tree.path(), &[]);
    is_sound(&page);
    // A lane for each protocol on each server, and those of the close-up.
    assert!(page.matches("<div class=\"lane\">").count() >= 32);
    let buckets: usize = between(&page, "data-buckets=\"", "\"").parse().unwrap();
    assert!(buckets > 120, "{buckets}");
    assert!(page.len() < 2_000_000, "{}", page.len());
}

/// Steps of a lane, as the script reads them.
fn steps(page: &str, name: &str) -> Vec<u64> {
    between(page, &format!("{name}=\""), "\"").split(',').filter_map(|count| count.parse().ok()).collect()
}

#[test]
fn failures_by_the_accounts_own_fault_and_missing_answers_are_drawn_apart() {
    let contexts = [
        "R=\"x NO LOGIN failed.\";ErrMsg=AuthFailed:LogonDenied",
        "R=\"x NO LOGIN failed.\";ErrMsg=AuthFailed:LogonDenied",
        "R=\"x NO LOGIN failed.\";ErrMsg=ProxyNotAuthenticated",
        "R=\"x NO LOGIN failed.\";ErrMsg=ProxyNotAuthenticated",
        "R=\"x NO LOGIN failed.\";ErrMsg=ProxyNotAuthenticated",
        "R=\"x OK LOGIN completed.\"",
        "",
    ];
    let lines: Vec<String> =
        contexts.iter().enumerate().map(|(at, context)| login(&format!("07:00:0{at}.000"), "alice", context)).collect();
    let all: Vec<&str> = [TWELVE].into_iter().chain(lines.iter().map(String::as_str)).collect();
    let page = page(Tree::of(FRONT, log(&all)).path(), &[]);
    for (name, count) in [("data-ok", 1), ("data-no", 5), ("data-own", 2), ("data-unknown", 1)] {
        assert_eq!(steps(&page, name), [count], "{name}");
    }
    assert!(page.contains("1 succeeded, 5 failed, 2 by the accounts&#39; own fault, 1 without an answer"));
    assert!(page.contains("class=\"own\" d=\"M") && page.contains("class=\"unknown\" d=\"M"));
}

#[test]
fn what_happened_says_of_which_service() {
    let report = analyze(&samples().join("certificate-outage"));
    let about = |kind: &str| -> Vec<(&str, &str)> {
        let entries = list(&report, "/timeline").iter().filter(|entry| text(entry, "kind") == kind);
        entries.map(|entry| (text(entry, "server"), text(entry, "protocol"))).collect()
    };
    assert_eq!(about("first_failure"), [("EX01", "imap4"), ("EX01", "pop3")]);
    assert!(about("change").len() > 1 && about("change").iter().all(|(server, _)| server.starts_with("EX01")));
}

/// The commands of a page that ask exlog again, as words.
fn commands(page: &str) -> Vec<Vec<String>> {
    let commands = page.split("<code>exlog ").skip(1).map(|rest| rest.split("</code>").next().unwrap());
    let plain = commands.map(|command| command.replace("&#39;", "'").replace("&lt;", "<").replace("&amp;", "&"));
    // In quotes stand blanks; no name of the samples has a quote in it.
    let words = |command: &str| {
        let parts = command.split('\'').enumerate();
        let blank = |(place, part): (usize, &str)| if place % 2 == 1 { part.replace(' ', "\0") } else { part.to_owned() };
        let joined: String = parts.map(blank).collect();
        joined.split(' ').map(|word| word.replace('\0', " ")).collect::<Vec<_>>()
    };
    plain.map(|command| words(&command)).collect()
}

#[cfg(not(windows))]
#[test]
fn the_commands_on_the_page_are_those_that_the_program_takes() {
    let help = exlog(&["--help"]).with_status(0).stdout;
    let has = |name: &str| help.lines().any(|line| line.trim_start().starts_with(&format!("{name} ")));
    let page = page(&samples().join("certificate-outage"), &["--server", "EX*"]);
    let (mut tried, mut shapes) = (0, std::collections::BTreeSet::new());
    for words in commands(&page).into_iter().filter(|words| has(&words[0])) {
        // One of each shape: the same options with other values are taken as well.
        let shape: Vec<String> = words
            .iter()
            .enumerate()
            .filter(|(at, word)| *at == 0 || word.starts_with("--"))
            .map(|(_, word)| word.clone())
            .collect();
        if shapes.insert(shape) {
            exlog(&words).with_status(0);
            tried += 1;
        }
    }
    assert!(tried > 1, "{shapes:?}");
}

#[test]
fn every_number_of_the_lists_leads_to_its_lines() {
    let page = page(&samples().join("certificate-outage"), &[]);
    let commands: Vec<String> = commands(&page)
        .into_iter()
        .map(|words| words[..1].iter().chain(&words[2..]).cloned().collect::<Vec<_>>().join(" "))
        .collect();
    let has = |wanted: &str| assert!(commands.iter().any(|command| command.starts_with(wanted)), "{wanted}");
    has("sessions --server EX01 --protocol imap4 --role frontend --user nils.otto --outcome failed");
    has("sessions --server EX01 --protocol imap4 --role frontend --client 10.20.250.2 --outcome failed");
    has("sessions --server EX01 --protocol pop3 --role frontend --client 10.20.0.14");
    has("sessions --server EX01 --protocol imap4 --role backend");
    has("sessions --server EX01 --protocol imap4 --role frontend --from 2026-03-12T07:");
    has("analyze --server EX01 --protocol imap4 --from 2026-03-12T07:33:43");
}

#[cfg(not(windows))]
#[test]
fn the_command_of_a_group_shows_as_many_failures_as_it_counts() {
    let (mut exact, mut more) = (0, 0);
    for sample in ["certificate-outage", "credentials", "damaged", "healthy-day", "mixed-layouts"] {
        let path = samples().join(sample);
        let groups = analyze(&path);
        let page = page(&path, &[]);
        for group in list(&groups, "/failure_groups") {
            let row = between(&page, &format!("id=\"{}\"", text(group, "id")), "</tbody>");
            let mut words = commands(row).into_iter().find(|words| words[0] == "sessions").unwrap();
            words.extend(["--format", "ndjson", "--quiet"].map(str::to_owned));
            let shown = exlog(&words).with_status(0).stdout.lines().count() as u64;
            let count = crate::program::number(group, "/count");
            if row.contains("<dt>Its lines</dt>") {
                assert_eq!(shown, count, "{words:?}");
                exact += 1;
            } else {
                assert!(shown > count, "{shown} of {count}: {words:?}");
                more += 1;
            }
        }
    }
    assert!(exact > more && more > 0, "{exact} exact, {more} with others");
}

#[test]
fn the_page_names_who_uses_what_could_be_switched_off() {
    let answer = "R=\"x OK LOGIN completed.\"";
    let lines = |users: &[&str]| -> Vec<String> {
        users.iter().enumerate().map(|(at, user)| login(&format!("07:00:0{at}.000"), user, answer)).collect()
    };
    let basic = lines(&["alice", "alice", "bob"]);
    // On the second server carol does it once, on the port that begins in clear text, and dave never.
    let modern = |line: &String| line.replacen("login,", "authenticate,XOAUTH2 ", 1);
    let others = lines(&["carol", "dave", "carol"]);
    let mixed = [others[0].replace(":993", ":143"), modern(&others[1]), modern(&others[2])];
    let all = |lines: &[String]| log(&[TWELVE].into_iter().chain(lines.iter().map(String::as_str)).collect::<Vec<_>>());
    let tree = Tree::of(FRONT, all(&basic)).with(&FRONT.replace("EX01", "EX02"), all(&mixed));
    let page = page(tree.path(), &[]);
    let named = |title: &str| -> Vec<(String, String)> {
        let part = between(&page, &format!("<h3>{title}</h3>"), "</section>");
        let row = |row: &str| (between(row, "", "<").to_owned(), between(row, "<b>", "</b>").to_owned());
        part.split("<bdi>").skip(1).map(row).collect()
    };
    let are =
        |rows: &[(&str, &str)]| rows.iter().map(|(name, count)| ((*name).to_owned(), (*count).to_owned())).collect::<Vec<_>>();
    let basic = [("alice", "2"), ("bob", "1"), ("carol", "1"), ("203.0.113.5", "3"), ("203.0.113.5", "1")];
    assert_eq!(named("Basic authentication"), are(&basic));
    assert_eq!(named("Without encryption"), are(&[("carol", "1"), ("203.0.113.5", "1")]));
}
