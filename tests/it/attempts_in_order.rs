//! The order of attempts as a law: any logs side by side, their lines up to a minute late, come out as if all had been sorted.

use std::path::Path;

use exlog::attempts::attempt::Attempts;
use exlog::attempts::in_order::{InOrder, Key, Rows, Step};
use exlog::clock::{Window, rfc3339};
use exlog::input::packed::Unpacking;
use exlog::pipeline::beginnings::beginnings;
use exlog::summary::scope::Scope;
use proptest::prelude::*;

use crate::generator::clock::utc;
use crate::tree::{TWELVE, Tree, login};

/// A log by the moments of its lines, with comments between them, so that it is read in many blocks.
fn log_of(moments: &[i64], filler: usize) -> String {
    let filler = format!("#{}\r\n", "y".repeat(filler));
    let lines = moments.iter().map(|moment| {
        let line = login("07:00:00.000", "a", "R=ok").replace("2026-03-12T07:00:00.000Z", &rfc3339(*moment));
        format!("{filler}{line}\r\n")
    });
    format!("{TWELVE}\r\n{}", lines.collect::<String>())
}

fn keys(path: &Path) -> Vec<Key> {
    let scope = Scope::default();
    let (logs, notes) = beginnings(&[path.to_owned()], Window::default(), Unpacking::default(), Some(1)).unwrap();
    assert!(notes.is_empty());
    let attempts = Attempts { scope: &scope, outcome: None, error: None };
    let mut logs = InOrder::new(logs, &scope, &attempts);
    let mut keys = Vec::new();
    while let Some(step) = logs.step() {
        if let Step::Taken(key, attempt) = step {
            assert_eq!((key.moment, key.line), (attempt.moment, attempt.location.line));
            keys.push(key);
        }
    }
    assert_eq!((logs.late(), logs.skipped()), (0, 0));
    keys
}

/// Moments of a log: each a while after the one before, and some a little behind their place.
fn moments() -> impl Strategy<Value = Vec<i64>> {
    let steps = prop::collection::vec((0i64..4_000, 0i64..50_000), 1..250);
    (0i64..600_000, steps).prop_map(|(start, steps)| {
        let mut now = utc(2026, 3, 12, 7, 0, 0) + start;
        steps
            .into_iter()
            .map(|(step, back)| {
                now += step;
                // Most lines stand where they belong.
                if back % 3 == 0 { now - back } else { now }
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_logs_come_out_as_if_sorted(logs in prop::collection::vec(moments(), 1..5), filler in prop::sample::select(&[1usize, 3_000][..])) {
        let (mut tree, mut expected) = (Tree::new(), Vec::new());
        for (file, moments) in logs.iter().enumerate() {
            tree = tree.with(&format!("EX0{file}/Logging/Imap4/IMAP420260312-1.LOG"), log_of(moments, filler));
            let lines = moments.iter().enumerate();
            expected.extend(lines.map(|(place, moment)| Key { moment: *moment, file, line: 3 + 2 * place as u64 }));
        }
        expected.sort();
        prop_assert_eq!(keys(tree.path()), expected);
    }
}
