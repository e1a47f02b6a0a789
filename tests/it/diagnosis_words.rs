//! What findings say and advise: names in commands, places that are cited, and no more than is known.

use serde_json::Value;

use crate::diagnosis_cases::{Day, HM, OK, error, finding, settings};
use crate::program::analyze;
use crate::tree::Tree;

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
