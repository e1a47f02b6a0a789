//! The sample logs that come with the program: their golden counts, and that the generator still writes them byte for byte.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::generator::{samples_json, write_samples};
use crate::ledger::Ledger;
use crate::program::{analyze, list, number, text};
use crate::tree::{Tree, samples};

/// What `sample-logs/README.md` says of a folder.
struct Golden {
    folder: &'static str,
    /// files, lines, records, headers, blank, skipped, other files.
    lines: [u64; 7],
    /// attempts, succeeded, failed, unknown.
    frontend: [u64; 4],
    backend: [u64; 4],
    skipped: &'static [(&'static str, u64)],
    /// protocol, role, error, client class, count.
    failures: &'static [(&'static str, &'static str, &'static str, &'static str, u64)],
}

const GOLDEN: [Golden; 5] = [
    Golden {
        folder: "healthy-day",
        lines: [4, 3180, 3160, 20, 0, 0, 0],
        frontend: [231, 217, 14, 0],
        backend: [217, 217, 0, 0],
        skipped: &[],
        failures: &[
            ("imap4", "frontend", "AuthFailed:LogonDenied", "user", 4),
            ("imap4", "frontend", "LogonFailed:LogonDenied", "user", 3),
            ("pop3", "frontend", "AuthFailed:LogonDenied", "user", 7),
        ],
    },
    Golden {
        folder: "certificate-outage",
        lines: [8, 2920, 2860, 60, 0, 0, 0],
        frontend: [283, 174, 109, 0],
        backend: [174, 174, 0, 0],
        skipped: &[],
        failures: &[
            ("imap4", "frontend", "ProxyNotAuthenticated", "health_mailbox", 30),
            ("imap4", "frontend", "ProxyNotAuthenticated", "user", 34),
            ("pop3", "frontend", "ProxyNotAuthenticated", "health_mailbox", 30),
            ("pop3", "frontend", "ProxyNotAuthenticated", "user", 15),
        ],
    },
    Golden {
        folder: "credentials",
        lines: [4, 2198, 2178, 20, 0, 0, 0],
        frontend: [264, 107, 157, 0],
        backend: [107, 107, 0, 0],
        skipped: &[],
        failures: &[
            ("imap4", "frontend", "AuthFailed:LogonDenied", "user", 1),
            ("imap4", "frontend", "LogonFailed:LogonDenied", "user", 156),
        ],
    },
    Golden {
        folder: "damaged",
        lines: [4, 1284, 1160, 85, 6, 33, 3],
        frontend: [84, 82, 2, 0],
        backend: [80, 80, 0, 0],
        skipped: SKIPPED_OF_DAMAGED,
        failures: &[
            ("imap4", "frontend", "LogonFailed:LogonDenied", "user", 1),
            ("pop3", "frontend", "AuthFailed:LogonDenied", "user", 1),
        ],
    },
    Golden {
        folder: "mixed-layouts",
        lines: [13, 1487, 1390, 73, 0, 24, 0],
        frontend: [129, 119, 10, 0],
        backend: [62, 62, 0, 0],
        skipped: &[("other_layout", 24)],
        failures: &[
            ("imap4", "frontend", "AuthFailed:LogonDenied", "user", 1),
            ("imap4", "frontend", "LogonFailed:LogonDenied", "user", 6),
            ("pop3", "frontend", "AuthFailed:LogonDenied", "user", 3),
        ],
    },
];

const SKIPPED_OF_DAMAGED: &[(&str, u64)] = &[("bad_time", 18), ("binary", 9), ("too_few_columns", 2), ("unfinished", 4)];

#[track_caller]
fn assert_lines(report: &Value, expected: [u64; 7], folder: &str) {
    let names = ["files", "lines", "records", "headers", "blank", "skipped", "other_files"];
    let found = names.map(|name| number(report, &format!("/input/{name}")));
    assert_eq!(found, expected, "{folder}: {names:?}");
}

#[track_caller]
fn assert_logins(report: &Value, role: &str, expected: [u64; 4], folder: &str) {
    let found = ["attempts", "succeeded", "failed", "unknown"].map(|name| number(report, &format!("/logins/{role}/{name}")));
    assert_eq!(found, expected, "{folder}: {role}");
}

fn skipped_by_reason(report: &Value) -> BTreeMap<String, u64> {
    let reasons = report.pointer("/input/skipped_by_reason").and_then(Value::as_object).unwrap();
    reasons.iter().map(|(reason, count)| (reason.clone(), count.as_u64().unwrap())).collect()
}

#[test]
fn every_sample_has_its_golden_counts() {
    for golden in GOLDEN {
        let report = analyze(&samples().join(golden.folder));
        assert_lines(&report, golden.lines, golden.folder);
        assert_logins(&report, "frontend", golden.frontend, golden.folder);
        assert_logins(&report, "backend", golden.backend, golden.folder);
        let expected: BTreeMap<String, u64> =
            golden.skipped.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect();
        assert_eq!(skipped_by_reason(&report), expected, "{}", golden.folder);
        let failures: Vec<_> = Ledger::of_report(&report).failures.into_iter().collect();
        let found: Vec<_> = failures
            .iter()
            .map(|([protocol, role, _, error, class], count)| (&**protocol, &**role, &**error, &**class, *count))
            .collect();
        assert_eq!(found, golden.failures, "{}", golden.folder);
    }
}

#[test]
fn all_samples_at_once_are_the_sum_of_all_samples() {
    let report = analyze(&samples());
    let mut lines = [0; 7];
    let (mut frontend, mut backend) = ([0; 4], [0; 4]);
    for golden in GOLDEN {
        (0..7).for_each(|place| lines[place] += golden.lines[place]);
        (0..4).for_each(|place| frontend[place] += golden.frontend[place]);
        (0..4).for_each(|place| backend[place] += golden.backend[place]);
    }
    // The README that explains the samples, and the file that keeps their line ends, are no logs.
    lines[6] += 2;
    assert_lines(&report, lines, "sample-logs");
    assert_logins(&report, "frontend", frontend, "sample-logs");
    assert_logins(&report, "backend", backend, "sample-logs");
}

#[test]
fn the_outage_is_dated_to_the_millisecond_on_both_protocols() {
    let report = analyze(&samples().join("certificate-outage"));
    let fields = ["server", "protocol", "start", "end", "recovered_at"];
    let found: Vec<_> = list(&report, "/outages")
        .iter()
        .map(|outage| {
            (
                fields.map(|field| text(outage, field)),
                number(outage, "/attempts"),
                number(outage, "/failed"),
                number(outage, "/health_mailbox_failed"),
            )
        })
        .collect();
    let expected = [
        (["EX01", "imap4", "2026-03-12T07:33:43.082Z", "2026-03-12T10:31:20.698Z", "2026-03-12T10:36:00.654Z"], 64, 64, 30),
        (["EX01", "pop3", "2026-03-12T07:36:55.394Z", "2026-03-12T10:30:48.667Z", "2026-03-12T10:36:51.588Z"], 45, 45, 30),
    ];
    assert_eq!(found, expected);
    for folder in ["healthy-day", "credentials", "damaged", "mixed-layouts"] {
        assert_eq!(list(&analyze(&samples().join(folder)), "/outages").len(), 0, "{folder}");
    }
}

#[test]
fn the_generator_writes_the_samples_again_byte_for_byte() {
    let tree = Tree::new();
    let written = write_samples(tree.path()).unwrap();
    assert!(samples_json(&written).contains("certificate-outage"));
    let (fresh, kept) = (files_below(tree.path(), tree.path()), files_below(&samples(), &samples()));
    assert_eq!(fresh.keys().collect::<Vec<_>>(), kept.keys().collect::<Vec<_>>());
    for (name, content) in &fresh {
        assert!(kept[name] == *content, "{name} differs from what the generator writes");
    }
}

fn files_below(folder: &Path, root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path, root));
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            files.insert(name, fs::read(&path).unwrap());
        }
    }
    files
}
