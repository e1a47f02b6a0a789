//! Generated trees of many kinds: the program's report against the generator's truth and against the reference reader.

use serde_json::Value;

use crate::generator::clock::{rfc3339, utc};
use crate::generator::{Bulk, Columns, EventKind, FileCut, Mix, Plan, Protocol, Truth, bulk_plan, generate};
use crate::ledger::Ledger;
use crate::program::{analyze, list, number, text};
use crate::reference;
use crate::tree::Tree;

const IMAP: &[Protocol] = &[Protocol::Imap4];
const POP: &[Protocol] = &[Protocol::Pop3];

fn plan(seed: u64, hours: u32, servers: usize) -> Plan {
    Plan { accounts: 60, ..Plan::new(seed, utc(2026, 3, 12, 0, 0, 0), hours, servers) }
}

/// Every kind of event, column layout, file cut and mix at least once.
pub(crate) fn plans() -> Vec<(&'static str, Plan)> {
    let mut drift = plan(3, 26, 2);
    drift.servers[0].columns = Columns::Drift;
    let mut hourly = plan(4, 9, 3);
    hourly.cut = FileCut::Hourly;
    hourly.servers[2].columns = Columns::Drift;
    let mut damage = plan(5, 24, 2);
    (damage.damage, damage.mix) = (150, Mix::Damage);
    damage.servers[1].columns = Columns::Drift;
    let mut logins = plan(6, 10, 1);
    logins.mix = Mix::Logins;
    let mut front = plan(8, 12, 1);
    front.mix = Mix::Frontend;
    let mut back = plan(9, 12, 1);
    back.mix = Mix::Backend;
    let mut single = plan(10, 30, 1);
    single.cut = FileCut::Single;
    vec![
        ("healthy days", plan(1, 50, 2)),
        (
            "certificate outage",
            plan(2, 12, 1)
                .plant(EventKind::CertificateOutage, 212..394)
                .plant(EventKind::PlainApplication { every: 600 }, 0..720)
                .only(&[], IMAP),
        ),
        ("drift", drift.plant(EventKind::CertificateOutage, 600..845).only(&[0], IMAP)),
        (
            "hourly, one outage a server",
            hourly
                .plant(EventKind::BackendUnreachable, 100..220)
                .only(&[0], &[])
                .plant(EventKind::BackendTimeout, 130..260)
                .only(&[1], POP)
                .plant(EventKind::NoBackendFound, 200..290)
                .only(&[2], IMAP)
                .plant(EventKind::ServiceRestart, 60..61)
                .plant(EventKind::ServiceSilent, 400..450)
                .only(&[1], IMAP),
        ),
        ("damage", damage.plant(EventKind::CertificateOutage, 300..500).only(&[1], IMAP)),
        ("many failures of many kinds", logins),
        (
            "failures of accounts",
            plan(7, 14, 2)
                .plant(EventKind::StaleDevice { every: 240 }, 60..800)
                .plant(EventKind::Spray { accounts: 50, addresses: 5 }, 200..300)
                .plant(EventKind::BruteForce { every: 20, addresses: 3 }, 310..360)
                .only(&[1], IMAP)
                .plant(EventKind::PlaintextRefused { every: 300 }, 0..840)
                .plant(EventKind::ProtocolDisabled { every: 500 }, 0..840)
                .plant(EventKind::ConnectionLimit { every: 90 }, 400..500)
                .plant(EventKind::BasicAuthBlocked { every: 400 }, 100..700)
                .plant(EventKind::UnknownMechanism { every: 350 }, 0..840),
        ),
        (
            "partial trouble",
            plan(11, 14, 2)
                .plant(EventKind::MailboxOffline, 200..400)
                .only(&[0], IMAP)
                .plant(EventKind::BackendRejects, 100..700)
                .only(&[1], &[]),
        ),
        ("front ends alone", front.plant(EventKind::NoBackendFound, 300..420)),
        ("back ends alone", back),
        ("one file a series", single.plant(EventKind::ServiceRestart, 700..701).plant(EventKind::BackendUnreachable, 900..1000)),
    ]
}

#[test]
fn the_report_agrees_with_the_truth_and_with_the_reference_reader() {
    for (name, plan) in plans() {
        let tree = Tree::new();
        let truth = generate(&plan, tree.path()).unwrap();
        let expected = Ledger::of_truth(&truth);
        expected.adds_up();
        reference::read_tree(tree.path()).agrees_with(&expected, &format!("{name}: the reference reader against the truth"));
        let report = analyze(tree.path());
        Ledger::of_report(&report).agrees_with(&expected, &format!("{name}: the report against the truth"));
        assert_eq!(number(&report, "/input/bytes"), truth.sum(|file| file.bytes), "{name}");
        let (first, last) = truth.span.unwrap();
        let input = report.pointer("/input").unwrap();
        assert_eq!([text(input, "first"), text(input, "last")], [rfc3339(first), rfc3339(last)], "{name}");
        roles_add_up(&report, name);
        total_outages_are_dated_exactly(&report, &truth, name);
        coverage_is_known(&report, &truth, name);
    }
}

/// `logins.frontend` and `logins.backend` are the sums of the rows of their role.
fn roles_add_up(report: &Value, name: &str) {
    for role in ["frontend", "backend"] {
        for counted in ["attempts", "succeeded", "failed", "unknown"] {
            let rows = list(report, "/logins/by").iter().filter(|row| text(row, "role") == role);
            let sum: u64 = rows.map(|row| number(row, &format!("/{counted}"))).sum();
            assert_eq!(number(report, &format!("/logins/{role}/{counted}")), sum, "{name}: {role} {counted}");
        }
    }
}

/// An outage in which every login fails is reported with its first and last failure and the first success after it.
fn total_outages_are_dated_exactly(report: &Value, truth: &Truth, name: &str) {
    let reported: Vec<Vec<String>> = list(report, "/outages")
        .iter()
        .map(|outage| {
            let mut row: Vec<String> = ["server", "protocol", "start", "end", "recovered_at"]
                .iter()
                .map(|field| text(outage, field).to_owned())
                .collect();
            row.extend(
                ["attempts", "failed", "health_mailbox_failed"].map(|field| number(outage, &format!("/{field}")).to_string()),
            );
            row
        })
        .collect();
    for outage in truth.outages.iter().filter(|outage| outage.total) {
        let expected = vec![
            outage.server.clone(),
            outage.protocol.name().to_owned(),
            rfc3339(outage.first_failed),
            rfc3339(outage.last_failed),
            outage.recovered_at.map_or("-".to_owned(), rfc3339),
            outage.attempts.to_string(),
            outage.failed.to_string(),
            outage.health_mailbox_failed.to_string(),
        ];
        assert!(reported.contains(&expected), "{name}: no {expected:?} among {reported:#?}");
    }
    let is_planted =
        |row: &Vec<String>| truth.outages.iter().any(|outage| outage.server == row[0] && outage.protocol.name() == row[1]);
    let rejects = truth.outages.iter().any(|outage| outage.kind == EventKind::MailboxOffline);
    if !rejects {
        assert!(reported.iter().all(is_planted), "{name}: an outage that nobody planted: {reported:#?}");
    }
}

/// Sessions, holes in them, and their missing beginnings and ends.
fn coverage_is_known(report: &Value, truth: &Truth, name: &str) {
    for (field, expected) in [
        ("sessions", truth.sessions),
        ("missing_sequence_numbers", truth.missing_sequence_numbers),
        ("sessions_without_start", truth.sessions_without_start),
        ("sessions_without_end", truth.sessions_without_end),
    ] {
        assert_eq!(number(report, &format!("/coverage/{field}")), expected, "{name}: {field}");
    }
}

#[test]
fn a_healthy_plan_shows_no_outage() {
    let tree = Tree::new();
    generate(&plan(21, 30, 2), tree.path()).unwrap();
    assert_eq!(list(&analyze(tree.path()), "/outages"), [] as [Value; 0]);
}

/// Whether each column is plain or one quoted text, as readers ask that do not forgive.
fn is_strict_csv(line: &str) -> bool {
    let mut columns = line.split(',');
    while let Some(column) = columns.next() {
        let mut text = column.to_owned();
        while text.starts_with('"') && !text.matches('"').count().is_multiple_of(2) {
            let Some(more) = columns.next() else { return false };
            text = text + "," + more;
        }
        let inner = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(&text);
        if inner.replace("\"\"", "").contains('"') {
            return false;
        }
    }
    true
}

#[test]
fn a_tree_for_other_tools_has_the_same_columns_everywhere_and_is_strict_csv() {
    for (columns, count) in [(Columns::Twelve, 12), (Columns::Thirteen, 13)] {
        let tree = Tree::new();
        let bulk =
            Bulk { seed: 5, servers: 3, bytes: 3 << 20, files: None, single_file: false, mix: Mix::Both, columns: Some(columns) };
        let truth = generate(&bulk_plan(&bulk).unwrap(), tree.path()).unwrap();
        for file in &truth.files {
            let text = std::fs::read_to_string(tree.at(&file.path)).unwrap();
            let header: Vec<&str> = text.lines().take_while(|line| line.starts_with('#')).collect();
            assert_eq!(header.len(), 5, "{}", file.path);
            assert_eq!(header[4].split(',').count(), count, "{}", file.path);
            assert!(text.lines().all(|line| line.starts_with('#') || line.starts_with("2026-")), "{}", file.path);
            let refused: Vec<&str> = text.lines().filter(|line| !is_strict_csv(line)).collect();
            assert!(refused.is_empty(), "{}: {:?}", file.path, refused[0]);
        }
        Ledger::of_report(&analyze(tree.path())).agrees_with(&Ledger::of_truth(&truth), "the same columns everywhere");
    }
}
