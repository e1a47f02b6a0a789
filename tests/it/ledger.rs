//! What was counted, in the form in which three counts of the same logs are compared: the program's report, the generator's
//! truth, and the reference reader's.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::generator::Truth;
use crate::program::{list, number, text};

/// Lines and logins of some logs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ledger {
    pub(crate) files: u64,
    pub(crate) lines: u64,
    pub(crate) records: u64,
    pub(crate) headers: u64,
    pub(crate) blank: u64,
    pub(crate) skipped: u64,
    /// protocol, role, server, client class → attempts, succeeded, failed, unknown.
    pub(crate) logins: BTreeMap<[String; 4], [u64; 4]>,
    /// protocol, role, server, error, client class → failures.
    pub(crate) failures: BTreeMap<[String; 5], u64>,
}

impl Ledger {
    /// What the JSON report says.
    pub(crate) fn of_report(report: &Value) -> Self {
        let input = |name: &str| number(report, &format!("/input/{name}"));
        let mut ledger = Self {
            files: input("files"),
            lines: input("lines"),
            records: input("records"),
            headers: input("headers"),
            blank: input("blank"),
            skipped: input("skipped"),
            ..Self::default()
        };
        for row in list(report, "/logins/by") {
            let key = ["protocol", "role", "server", "client_class"].map(|name| text(row, name).to_owned());
            let counts = ["attempts", "succeeded", "failed", "unknown"].map(|name| number(row, &format!("/{name}")));
            assert!(ledger.logins.insert(key, counts).is_none(), "a row stands twice in logins.by: {row}");
        }
        for group in list(report, "/failure_groups") {
            let key = ["protocol", "role", "server", "error", "client_class"].map(|name| text(group, name).to_owned());
            *ledger.failures.entry(key).or_default() += number(group, "/count");
        }
        ledger
    }

    /// What the generator knows.
    pub(crate) fn of_truth(truth: &Truth) -> Self {
        let place = |login: &crate::generator::LoginKey| {
            [login.protocol.name().to_owned(), login.role.name().to_owned(), login.server.clone()]
        };
        let logins = truth.logins.iter().map(|(login, counts)| {
            let [protocol, role, server] = place(login);
            let counts = [counts.attempts, counts.succeeded, counts.failed, counts.unknown];
            ([protocol, role, server, login.class.name().to_owned()], counts)
        });
        let mut failures = BTreeMap::new();
        for (key, count) in &truth.failures {
            let [protocol, role, server] = place(&key.login);
            *failures.entry([protocol, role, server, key.error.clone(), key.login.class.name().to_owned()]).or_default() += count;
        }
        Self {
            files: truth.files.len() as u64,
            lines: truth.sum(|file| file.lines),
            records: truth.sum(|file| file.records),
            headers: truth.sum(|file| file.headers),
            blank: truth.sum(|file| file.blank),
            skipped: truth.sum(|file| file.skipped),
            logins: logins.collect(),
            failures,
        }
    }

    /// Every line is one of the four kinds.
    #[track_caller]
    pub(crate) fn adds_up(&self) {
        assert_eq!(self.lines, self.records + self.headers + self.blank + self.skipped, "{self:?}");
    }

    /// Stops with the rows in which two ledgers differ, and nothing else.
    #[track_caller]
    pub(crate) fn agrees_with(&self, expected: &Self, what: &str) {
        let differences = self.differences(expected);
        assert!(differences.is_empty(), "{what}: found against expected\n  {}", differences.join("\n  "));
    }

    /// The rows in which two ledgers differ, as text.
    pub(crate) fn differences(&self, expected: &Self) -> Vec<String> {
        let totals = |ledger: &Self| {
            [
                ("files", ledger.files),
                ("lines", ledger.lines),
                ("records", ledger.records),
                ("headers", ledger.headers),
                ("blank", ledger.blank),
                ("skipped", ledger.skipped),
            ]
        };
        let mut found: Vec<String> = totals(self)
            .iter()
            .zip(totals(expected))
            .filter(|(mine, theirs)| *mine != theirs)
            .map(|(mine, theirs)| format!("{}: {} against {}", mine.0, mine.1, theirs.1))
            .collect();
        found.extend(rows_that_differ(&self.logins, &expected.logins));
        found.extend(rows_that_differ(&self.failures, &expected.failures));
        found
    }
}

fn rows_that_differ<K: Ord + std::fmt::Debug, V: PartialEq + std::fmt::Debug>(
    mine: &BTreeMap<K, V>,
    theirs: &BTreeMap<K, V>,
) -> Vec<String> {
    let keys: std::collections::BTreeSet<&K> = mine.keys().chain(theirs.keys()).collect();
    let differing = keys.into_iter().filter(|key| mine.get(key) != theirs.get(key));
    differing.map(|key| format!("{key:?}: {:?} against {:?}", mine.get(key), theirs.get(key))).collect()
}
