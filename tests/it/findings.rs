//! Findings with evidence: how sure the program may be of a certificate, and what speaks against it.
//!
//! The logs are the generator's; the evidence is written here, as administrators have it.

use serde_json::Value;

use crate::generator::clock::{rfc3339, utc};
use crate::generator::generate;
use crate::generator::plan::{EventKind, Plan};
use crate::program::{analyze, analyze_with, exlog};
use crate::tree::Tree;

/// Three hours of certificate outage on EX01, and when its first login failed.
fn outage(minutes: std::ops::Range<i64>) -> (Tree, i64, Option<i64>) {
    let tree = Tree::new();
    let mut plan = Plan::new(21, utc(2026, 3, 12, 4, 0, 0), 12, 1).plant(EventKind::CertificateOutage, minutes);
    plan.accounts = 120;
    let truth = generate(&plan, tree.path()).unwrap();
    let first = truth.outages.iter().map(|outage| outage.first_failed).min().unwrap();
    (tree, first, truth.outages.iter().filter_map(|outage| outage.recovered_at).min())
}

/// A record of MSExchange Management as wevtutil writes it.
pub(crate) fn cmdlet(at: i64, name: &str, parameters: &str, computer: &str) -> String {
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='MSExchange CmdletLogs'/><EventID>1</EventID><TimeCreated SystemTime='{}'/><EventRecordID>7</EventRecordID><Channel>MSExchange Management</Channel><Computer>{computer}</Computer></System><EventData><Data>{name}</Data><Data>{parameters}</Data><Data>contoso.example/Users/Administrator</Data></EventData></Event>\n",
        rfc3339(at)
    )
}

const SETTINGS: &str = "\n\nProtocolName        : IMAP4\nServer              : EX01\nX509CertificateName : NAME\nLoginType           : SecureLogin\nSSLBindings         : {[::]:993}\n\n";

/// The certificate finding's confidence, if it is made; nothing else may be accused.
#[track_caller]
fn confidence(report: &Value) -> Option<String> {
    let accused = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| !matches!(finding["severity"].as_str(), Some("info" | "low")));
    let accused: Vec<&Value> = accused.collect();
    assert!(accused.iter().all(|finding| finding["id"] == "certificate-binding"), "{accused:#?}");
    accused.first().map(|finding| finding["confidence"].as_str().unwrap().to_owned())
}

#[test]
fn evidence_decides_how_sure_a_certificate_finding_is() {
    let hour = 3_600_000;
    let bind = |at: i64, computer: &str| {
        cmdlet(at, "Enable-ExchangeCertificate", "-Thumbprint \"AA\" -Services \"IMAP, POP\"", computer)
    };
    let (_, first, recovered) = outage(300..480);
    let recovered = recovered.unwrap();
    for (name, file, content, expected) in [
        ("nothing beside the logs", "note.txt", "nothing to see".to_owned(), "consistent"),
        ("the change three minutes before", "events.xml", bind(first - 180_000, "EX01.contoso.example"), "confirmed"),
        (
            "a change that was only tried",
            "events.xml",
            cmdlet(first - 180_000, "Enable-ExchangeCertificate", "-Services \"IMAP\" -WhatIf \"True\"", "EX01.contoso.example"),
            "consistent",
        ),
        ("a change ten hours before", "events.xml", bind(first - 10 * hour, "EX01.contoso.example"), "supported"),
        ("a change on another server", "events.xml", bind(first - 180_000, "EX09.contoso.example"), "consistent"),
        (
            "a certificate for IIS alone",
            "events.xml",
            cmdlet(first - 180_000, "Enable-ExchangeCertificate", "-Services \"IIS\"", "EX01"),
            "consistent",
        ),
        (
            "the name set back before the recovery",
            "events.xml",
            cmdlet(
                recovered - 120_000,
                "Set-ImapSettings",
                "-X509CertificateName \"ex01.contoso.example\" -Server \"EX01\"",
                "EX01",
            ),
            "confirmed",
        ),
        ("a foreign name in the settings", "imap.txt", SETTINGS.replace("NAME", "mail.contoso.example"), "supported"),
        (
            "settings of another server",
            "imap.txt",
            SETTINGS.replace("NAME", "mail.contoso.example").replace("EX01", "EX09"),
            "consistent",
        ),
    ] {
        let (tree, _, _) = outage(300..480);
        let tree = tree.with(&format!("evidence/{file}"), content);
        assert_eq!(confidence(&analyze(tree.path())).as_deref(), Some(expected), "{name}");
    }
}

#[test]
fn what_contradicts_lowers_it_or_takes_it_away() {
    let (tree, first, _) = outage(300..720);
    let right = SETTINGS.replace("NAME", "ex01.contoso.example");
    let certificate = "\nThumbprint : AB\nSubject : CN=EX01\nCertificateDomains : {EX01, ex01.contoso.example}\nServices : SMTP\nStatus : Valid\nHasPrivateKey : True\nNotAfter : 2030-01-01T00:00:00Z\nServer : EX01\n";
    let tree = tree.with("evidence/imap.txt", right).with("evidence/certificates.txt", certificate);
    let report = analyze(tree.path());
    assert_eq!(confidence(&report).as_deref(), Some("possible"), "the right name and a valid certificate while it goes on");
    let finding = &report["findings"][0];
    assert!(
        finding["ongoing"] == true && finding["evidence"].as_array().unwrap().iter().any(|item| item["effect"] == "contradicts")
    );
    assert!(first > 0);
}

#[test]
fn fail_on_and_evidence_beside_the_logs_work_together() {
    let (tree, first, _) = outage(300..480);
    let beside = Tree::of(
        "changes.xml",
        cmdlet(first - 60_000, "Set-ImapSettings", "-X509CertificateName \"mail.contoso.example\"", "EX01"),
    );
    let report = analyze_with(tree.path(), &["--evidence", beside.path().to_str().unwrap()]);
    assert_eq!(confidence(&report).as_deref(), Some("confirmed"));
    assert_eq!(report["input"]["evidence_files"], 1);
    let path = tree.path().to_str().unwrap();
    exlog(&["analyze", path, "--fail-on", "critical", "--format", "json"]).with_status(1);
    exlog(&["analyze", path, "--format", "json"]).with_status(0);
}

#[test]
fn every_finding_cites_a_place_and_is_sorted_by_weight() {
    let tree = Tree::new();
    let plan = Plan::new(4, utc(2026, 3, 12, 4, 0, 0), 12, 2)
        .plant(EventKind::CertificateOutage, 300..400)
        .only(&[0], &[])
        .plant(EventKind::StaleDevice { every: 120 }, 100..600)
        .only(&[1], &[]);
    generate(&plan, tree.path()).unwrap();
    let report = analyze(tree.path());
    let findings = report["findings"].as_array().unwrap();
    let rank = |finding: &Value| {
        ["info", "low", "medium", "high", "critical"].iter().position(|name| finding["severity"] == *name).unwrap()
    };
    assert!(findings.len() >= 2 && findings.windows(2).all(|pair| rank(&pair[0]) >= rank(&pair[1])));
    for finding in findings {
        assert!(finding["evidence"].as_array().unwrap().iter().any(|item| item["file"].is_string()), "{finding:#}");
    }
}
