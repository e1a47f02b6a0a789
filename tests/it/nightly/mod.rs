//! `exlog nightly`: growing logs, night after night, against reading all of them at once.

mod growth;
mod kills;
mod leaving;
mod logs;
mod nights;
mod store;
mod telling;

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::program::{Ended, analyze, command, end, list, text};

/// Attempts, successes and failures by server, protocol and role.
pub(crate) type Totals = BTreeMap<(Option<String>, String, String), [u64; 3]>;

/// A run over a folder, with more arguments.
pub(crate) fn nightly(store: &Path, logs: &Path, more: &[&str]) -> Ended {
    end(command().arg("nightly").arg("--store").arg(store).args(more).arg(logs))
}

/// Opens a store as an administrator would, to look into it.
fn opened(store: &Path) -> Connection {
    Connection::open_with_flags(store, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

/// What the view of the contract says.
pub(crate) fn totals(store: &Path) -> (Totals, u64) {
    let store = opened(store);
    let mut statement = store.prepare("SELECT server, protocol, role, attempts, succeeded, failed, records FROM totals").unwrap();
    let mut records = 0;
    let rows = statement.query_map([], |row| {
        let number = |column: usize| row.get::<_, i64>(column).map(|number| u64::try_from(number).unwrap());
        records += number(6)?;
        Ok(((row.get(0)?, row.get(1)?, row.get(2)?), [number(3)?, number(4)?, number(5)?]))
    });
    let totals = rows.unwrap().collect::<rusqlite::Result<_>>().unwrap();
    drop(statement);
    (totals, records)
}

/// The same of a report.
fn totals_of_report(logs: &Path) -> (Totals, u64) {
    let report = analyze(logs);
    let mut totals = Totals::new();
    for row in list(&report, "/logins/by") {
        let key = (row["server"].as_str().map(str::to_owned), text(row, "protocol").to_owned(), text(row, "role").to_owned());
        let sums = totals.entry(key).or_default();
        for (sum, name) in sums.iter_mut().zip(["attempts", "succeeded", "failed"]) {
            *sum += row[name].as_u64().unwrap();
        }
    }
    (totals, report["input"]["records"].as_u64().unwrap())
}

/// What nights have counted is what one reading counts.
#[track_caller]
pub(crate) fn is_all_counted_once(store: &Path, logs: &Path) {
    let ((mut counted, records), (expected, expected_records)) = (totals(store), totals_of_report(logs));
    counted.retain(|key, counts| expected.contains_key(key) || *counts != [0; 3]);
    assert_eq!((counted, records), (expected, expected_records));
}

/// How many rows a query counts.
fn count(store: &Path, query: &str) -> i64 {
    opened(store).query_row(query, [], |row| row.get(0)).unwrap()
}
