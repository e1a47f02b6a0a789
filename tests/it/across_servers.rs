//! What hits many servers is one story: eight servers are summarized apart, merged, and each cause is told once.

use serde_json::Value;

use crate::program::{analyze, exlog, list, number, text};
use crate::tree::{TWELVE, Tree, log};

const OK: &str = "R=\"z OK LOGIN completed.\"";
const DENIED: &str = "R=\"z NO LOGIN failed.\";ErrMsg=LogonFailed:LogonDenied";
const SERVERS: usize = 8;

fn name(server: usize) -> String {
    format!("EX{server:02}")
}

fn names() -> Vec<String> {
    (1..=SERVERS).map(name).collect()
}

/// A login at a minute of the morning.
fn login(minute: usize, client: &str, user: &str, context: &str) -> String {
    let time = format!("2026-03-12T{:02}:{:02}:00.000Z", minute / 60, minute % 60);
    let context = context.replace('"', "\"\"");
    format!("{time},{minute:016X},2,10.0.0.11:993,{client}:50001,{user},20,30,40,login,{user} *****,\"{context}\"")
}

/// The log of a server, which works from 6:00 to 12:00 but for what these lines say.
fn with_server(tree: Tree, server: usize, mut lines: Vec<String>, is_healthy: impl Fn(usize) -> bool) -> Tree {
    let healthy = (360..720).filter(|minute| is_healthy(*minute));
    lines.extend(healthy.map(|minute| login(minute, "203.0.113.5", "bob@contoso.com", OK)));
    lines.sort();
    // Logs with the same counts and addresses would be copies of one.
    let lines: Vec<String> = lines.iter().map(|line| line.replace("10.0.0.11:", &format!("10.0.0.{server}:"))).collect();
    let all: Vec<&str> = [TWELVE].into_iter().chain(lines.iter().map(String::as_str)).collect();
    tree.with(&format!("{}/Logging/Imap4/IMAP420260312-1.LOG", name(server)), log(&all))
}

/// The report of the merged summaries, which must be that of all logs at once.
fn merged(tree: &Tree) -> Value {
    let share = Tree::new();
    for server in names() {
        let (logs, output) = (tree.at(&server), share.at(&format!("{server}.exlog")));
        exlog(&["summarize".as_ref(), logs.as_os_str(), "--output".as_ref(), output.as_os_str()]).with_status(0);
    }
    let report = exlog(&["merge".as_ref(), share.path().as_os_str(), "--format".as_ref(), "json".as_ref()]).with_status(0);
    let at_once = analyze(tree.path());
    assert_eq!(report.json()["findings"].to_string().replace('\\', "/"), at_once["findings"].to_string().replace('\\', "/"));
    report.json()
}

fn findings<'a>(report: &'a Value, id: &str) -> Vec<&'a Value> {
    list(report, "/findings").iter().filter(|finding| text(finding, "id") == id).collect()
}

fn servers(finding: &Value) -> Vec<&str> {
    list(finding, "/servers").iter().map(|server| server.as_str().unwrap()).collect()
}

#[test]
fn one_back_end_that_eight_front_ends_fail_against_is_one_story() {
    let broken = "R=\"z NO LOGIN failed.\";Msg=Proxy:MBX01.contoso.com:1993:SSL;ErrMsg=ProxyFailed";
    let lines = |server: usize| {
        (480..500).map(|minute| login(minute, "203.0.113.9", &format!("user{server}@contoso.com"), broken)).collect()
    };
    let tree = (1..=SERVERS)
        .fold(Tree::new(), |tree, server| with_server(tree, server, lines(server), |minute| !(480..500).contains(&minute)));
    let report = merged(&tree);
    let found = findings(&report, "backend-unreachable");
    assert_eq!(found.len(), 1, "{found:?}");
    let story = found[0];
    assert_eq!(servers(story), names());
    assert_eq!(text(story, "title"), "The front ends on 8 servers cannot connect to the back end mbx01.contoso.com");
    assert_eq!(
        text(story, "summary"),
        "IMAP on EX01, EX02, EX03, EX04, EX05, EX06, EX07, EX08 since 2026-03-12 08:00:00 UTC until 2026-03-12 08:19:00: \
         160 of 160 attempts failed (160 of accounts, 0 of probes)"
    );
    assert_eq!((list(story, "/outages").len(), list(story, "/groups").len()), (SERVERS, SERVERS));
    // Every server is cited, and what to do stands there once.
    let files: Vec<&str> = list(story, "/evidence").iter().filter_map(|item| item["file"].as_str()).collect();
    assert!(names().iter().all(|name| files.iter().any(|file| file.contains(name.as_str()))), "{files:?}");
    let steps = list(story, "/remediation").iter().map(|step| text(step, "text"));
    assert_eq!(steps.filter(|step| step.starts_with("See whether the back-end services run")).count(), 1);
}

#[test]
fn two_back_ends_and_two_times_are_not_one_story() {
    let broken = |host: &str| format!("R=\"z NO LOGIN failed.\";Msg=Proxy:{host}.contoso.com:1993:SSL;ErrMsg=ProxyFailed");
    let lines = |host: &str, from: usize| {
        (from..from + 20).map(|minute| login(minute, "203.0.113.9", "carol@contoso.com", &broken(host))).collect()
    };
    let mut tree = Tree::new();
    for (server, host, from) in [(1, "MBX01", 380), (2, "MBX01", 385), (3, "MBX02", 380), (4, "MBX01", 600)] {
        tree = with_server(tree, server, lines(host, from), |minute| !(from..from + 20).contains(&minute));
    }
    let report = analyze(tree.path());
    let mut of: Vec<Vec<&str>> = findings(&report, "backend-unreachable").into_iter().map(servers).collect();
    of.sort();
    assert_eq!(of, [vec!["EX01", "EX02"], vec!["EX03"], vec!["EX04"]]);
    let together = findings(&report, "backend-unreachable").into_iter().find(|finding| servers(finding).len() == 2).unwrap();
    assert_eq!(text(together, "title"), "The front ends on EX01 and EX02 cannot connect to the back end mbx01.contoso.com");
}

#[test]
fn a_certificate_on_one_server_that_breaks_the_logins_of_others_is_one_story() {
    let probe = "HealthMailbox0a1b2c3d4e5f60718293a4b5c6d7e8f9@contoso.com";
    let tree = (1..=3).fold(Tree::new(), |tree, server| {
        let works = format!("R=\"z OK x\";Msg=\"Proxy:EX0{server}.contoso.com:1993:SSL;ProxySuccess\"");
        let fails = "R=\"z NO x\";Msg=Proxy:EX08.contoso.com:1993:SSL;ErrMsg=ProxyNotAuthenticated";
        let lines = (480..540).flat_map(|minute| {
            let user = format!("user{}@contoso.com", minute % 7);
            [
                login(minute, "203.0.113.9", &user, fails),
                login(minute, "127.0.0.1", probe, fails),
                login(minute, "203.0.113.7", "dora@contoso.com", &works),
            ]
        });
        with_server(tree, server, lines.collect(), |minute| !(480..540).contains(&minute))
    });
    let report = analyze(tree.path());
    let found = findings(&report, "certificate-binding");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        text(found[0], "title"),
        "A certificate bound to IMAP on ex08.contoso.com breaks the logins on EX01, EX02 and EX03"
    );
    let steps = list(found[0], "/remediation").iter().filter_map(|step| step["command"].as_str());
    assert_eq!(steps.filter(|command| command.starts_with("Set-ImapSettings -Server ex08.contoso.com")).count(), 1);
}

fn certificate(server: usize, thumbprint: &str) -> String {
    format!(
        "\nThumbprint : {thumbprint}\nSubject : CN=mail.contoso.com\nCertificateDomains : {{mail.contoso.com}}\nServices : IMAP, POP\n\
         NotAfter : 2026-03-20T00:00:00Z\nStatus : Valid\nHasPrivateKey : True\nServer : {}\n",
        name(server)
    )
}

#[test]
fn one_certificate_on_eight_servers_is_one_story() {
    let (shared, other) = ("1D0C5A77E3B94E0B8A55C1B7E2F4A6D890123456", "2D0C5A77E3B94E0B8A55C1B7E2F4A6D890123456");
    let mut tree = Tree::new();
    for server in 1..=SERVERS {
        tree = with_server(tree, server, Vec::new(), |_| true);
        // The last one has a certificate of the same name and date, and yet its own.
        let thumbprint = if server == SERVERS { other } else { shared };
        tree = tree.with(&format!("{}/certificates.txt", name(server)), certificate(server, thumbprint));
    }
    let report = merged(&tree);
    let found = findings(&report, "certificate-expiring");
    let mut of: Vec<Vec<&str>> = found.iter().map(|finding| servers(finding)).collect();
    of.sort_by_key(Vec::len);
    assert_eq!(of, [vec!["EX08"], vec!["EX01", "EX02", "EX03", "EX04", "EX05", "EX06", "EX07"]]);
    let story = found.into_iter().find(|finding| servers(finding).len() == 7).unwrap();
    assert_eq!(text(story, "title"), "CN=mail.contoso.com will expire on 2026-03-20 00:00:00 UTC; it is on 7 servers");
    assert!(text(story, "summary").ends_with("; servers: EX01, EX02, EX03, EX04, EX05, EX06, EX07"), "{story}");
    assert_eq!(list(story, "/evidence").len(), 7);
}

/// Names that are tried, one a minute from minute 400 on, each on the next of the servers.
fn sprayed(tries: usize, client: impl Fn(usize) -> String) -> Tree {
    (1..=SERVERS).fold(Tree::new(), |tree, server| {
        let tried = (0..tries).filter(|at| at % SERVERS + 1 == server);
        let lines = tried.map(|at| login(400 + at, &client(at), &format!("name{at}@contoso.com"), DENIED)).collect();
        with_server(tree, server, lines, |_| true)
    })
}

#[test]
fn a_spray_over_the_whole_farm_is_one_story() {
    // Of the second one no server sees more than four names, which alone would be mistakes.
    for (tries, addresses) in [(160, 2), (32, 1)] {
        let tree = sprayed(tries, |at| format!("198.51.100.{}", at / SERVERS % addresses + 1));
        let report = merged(&tree);
        let found = findings(&report, "password-spray");
        assert_eq!(found.len(), 1, "{tries}: {found:?}");
        let story = found[0];
        assert_eq!(servers(story), names());
        assert_eq!(text(story, "title"), "Somebody tries many accounts on 8 servers");
        let begins = format!("{tries} accounts tried from {addresses} address");
        assert!(text(story, "summary").starts_with(&begins), "{story}");
        assert_eq!(list(story, "/groups").len(), SERVERS);
        assert_eq!(number(&report, "/logins/frontend/failed"), tries as u64);
    }
}

#[test]
fn mistakes_on_eight_servers_are_no_spray() {
    // Each of these people mistypes from an address from which he logs in as well.
    let mut tree = Tree::new();
    for server in 1..=SERVERS {
        let lines = (0..4).flat_map(|at| {
            let (user, client) = (format!("user{server}{at}@contoso.com"), format!("203.0.113.{}", 10 * server + at));
            [login(400 + at, &client, &user, DENIED), login(410 + at, &client, &user, OK)]
        });
        tree = with_server(tree, server, lines.collect(), |_| true);
    }
    assert_eq!(findings(&analyze(tree.path()), "password-spray").len(), 0);
}

#[test]
fn a_server_is_one_whatever_the_capitals_of_its_folders() {
    // An outage goes on over two copies whose folders are not called alike.
    let failing = |minutes: std::ops::Range<usize>| -> Vec<String> {
        minutes
            .map(|minute| login(minute, "203.0.113.9", "alice@contoso.com", "R=\"z NO LOGIN failed.\";ErrMsg=ProxyFailed"))
            .collect()
    };
    let all = |lines: &[String]| log(&[&[TWELVE], lines.iter().map(String::as_str).collect::<Vec<_>>().as_slice()].concat());
    let of = |second: &str| {
        Tree::of("monday/EX01/Logging/Imap4/IMAP420260312-1.LOG", all(&failing(480..500)))
            .with(&format!("tuesday/{second}/Logging/Imap4/IMAP420260312-2.LOG"), all(&failing(500..520)))
    };
    let two = of("Ex01");
    let report = analyze(two.path());
    assert_eq!(report["services"].to_string(), analyze(of("EX01").path())["services"].to_string());
    assert_eq!((list(&report, "/outages").len(), number(&report, "/outages/0/failed")), (1, 40));
    assert_eq!(servers(findings(&report, "backend-unreachable")[0]), ["EX01"]);
    // Also of parts that were read apart.
    for (name, folder) in [("1.exlog", "monday"), ("2.exlog", "tuesday")] {
        let (logs, output) = (two.at(folder), two.at(name));
        exlog(&["summarize".as_ref(), logs.as_os_str(), "--output".as_ref(), output.as_os_str()]).with_status(0);
    }
    for order in [["1.exlog", "2.exlog"], ["2.exlog", "1.exlog"]] {
        let [first, second] = order.map(|name| two.at(name));
        let merged = exlog(&["merge".as_ref(), first.as_os_str(), second.as_os_str(), "--format".as_ref(), "json".as_ref()]);
        assert_eq!(merged.with_status(0).json()["outages"].to_string(), report["outages"].to_string());
    }
}
