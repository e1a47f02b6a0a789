//! Planted causes: the right one comes first, its start is right, and nothing else is accused.
//!
//! The logs come from the generator, which knows nothing of exlog. Findings of low severity are information and no accusation.

use serde_json::Value;

use crate::generator::clock::utc;
use crate::generator::generate;
use crate::generator::plan::{EventKind, Plan, Protocol};
use crate::program::analyze;
use crate::tree::Tree;

/// From 9:00 to 12:00 of a day that begins at 4:00.
const PLANTED: std::ops::Range<i64> = 300..480;

fn plan(seed: u64, servers: usize) -> Plan {
    let mut plan = Plan::new(seed, utc(2026, 3, 12, 4, 0, 0), 12, servers);
    plan.accounts = 120;
    plan
}

/// The findings that accuse, as (id, start, confidence).
fn accusations(report: &Value) -> Vec<(String, String, String)> {
    let of = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let accuses = |finding: &&Value| !matches!(finding["severity"].as_str(), Some("info" | "low"));
    let findings = report["findings"].as_array().unwrap().iter().filter(accuses);
    findings.map(|finding| (of(finding, "id"), of(finding, "start"), of(finding, "confidence"))).collect()
}

fn milliseconds(time: &str) -> i64 {
    chrono::DateTime::parse_from_rfc3339(time).unwrap().timestamp_millis()
}

#[test]
fn each_planted_cause_comes_first_and_alone() {
    let mut wrong = Vec::new();
    for (name, kind, expected) in [
        ("certificate", EventKind::CertificateOutage, "certificate-binding"),
        ("unreachable", EventKind::BackendUnreachable, "backend-unreachable"),
        ("timeout", EventKind::BackendTimeout, "backend-timeout"),
        ("routing", EventKind::NoBackendFound, "proxy-routing"),
        ("mailbox", EventKind::MailboxOffline, "mailbox-unavailable"),
        ("rejects", EventKind::BackendRejects, "backend-rejects-login"),
        ("stale device", EventKind::StaleDevice { every: 300 }, "wrong-credentials"),
        ("impatient device", EventKind::StaleDevice { every: 45 }, "wrong-credentials"),
        ("spray", EventKind::Spray { accounts: 60, addresses: 6 }, "password-spray"),
        ("wide spray", EventKind::Spray { accounts: 90, addresses: 80 }, "password-spray"),
        ("brute force", EventKind::BruteForce { every: 3, addresses: 12 }, "brute-force"),
        ("fast guesser", EventKind::BruteForce { every: 2, addresses: 1 }, "brute-force"),
        ("plain text", EventKind::PlaintextRefused { every: 120 }, "plaintext-refused"),
        ("disabled", EventKind::ProtocolDisabled { every: 300 }, "protocol-disabled"),
        ("limit", EventKind::ConnectionLimit { every: 200 }, "connection-limit"),
        ("basic", EventKind::BasicAuthBlocked { every: 300 }, "basic-auth-blocked"),
        ("mechanism", EventKind::UnknownMechanism { every: 300 }, "auth-method-unsupported"),
        ("silent", EventKind::ServiceSilent, "service-silent"),
    ] {
        for seed in 1..=3 {
            let tree = Tree::new();
            let planted = plan(seed, 1).plant(kind, PLANTED).only(&[], &[Protocol::Imap4]);
            let truth = generate(&planted, tree.path()).unwrap();
            let found = accusations(&analyze(tree.path()));
            let planned = planted.start + PLANTED.start * 60_000;
            // Where the truth knows the first failure, it decides; else the first sign may come a while after it was planted.
            let first = truth.outages.iter().map(|outage| outage.first_failed).min();
            let is_dated = |start: &str| match first {
                Some(first) => (milliseconds(start) - first).abs() <= 60_000,
                None => (planned - 20 * 60_000..planned + 20 * 60_000).contains(&milliseconds(start)),
            };
            match found.as_slice() {
                [(id, start, _)] if id == expected && is_dated(start) => {}
                other => {
                    wrong.push(format!("{name}, seed {seed}: expected {expected} at {first:?} or {planned}, found {other:?}"))
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_healthy_server_is_not_accused() {
    for seed in 10..16 {
        let tree = Tree::new();
        let mut healthy = plan(seed, 1 + (seed as usize % 3));
        healthy.mistypes = 30;
        healthy = healthy.plant(EventKind::PlainApplication { every: 600 }, 0..700).plant(EventKind::ServiceRestart, 300..301);
        generate(&healthy, tree.path()).unwrap();
        assert_eq!(accusations(&analyze(tree.path())), [], "seed {seed}");
    }
}

#[test]
fn a_quiet_server_where_only_probes_log_in_shows_the_certificate_too() {
    let tree = Tree::new();
    let mut quiet = plan(5, 1);
    quiet.sessions_per_hour = 0;
    let quiet = quiet.plant(EventKind::CertificateOutage, PLANTED);
    generate(&quiet, tree.path()).unwrap();
    let found = accusations(&analyze(tree.path()));
    assert_eq!(
        found.iter().map(|(id, _, confidence)| (id.as_str(), confidence.as_str())).collect::<Vec<_>>(),
        [("certificate-binding", "consistent")]
    );
}
