//! Runs that are killed: nothing is lost, and nothing is counted twice.

use std::process::Stdio;
use std::time::{Duration, Instant};

use super::growth::Growth;
use super::{is_all_counted_once, nightly, opened};
use crate::generator::clock::{HOUR, utc};
use crate::generator::plan::{EventKind, FileCut, Plan};
use crate::mutated::Dice;
use crate::program::command;
use crate::tree::Tree;

/// So many runs are killed.
const KILLS: i64 = 200;

#[test]
fn two_hundred_killed_runs_count_what_one_run_counts() {
    let start = utc(2026, 3, 2, 0, 0, 0);
    let plan = Plan { cut: FileCut::Hourly, sessions_per_hour: 120, ..Plan::new(7, start, 24, 2) };
    let plan = plan.plant(EventKind::BackendUnreachable, 600..700);
    let (growth, folder, mut dice) = (Growth::of(&plan), Tree::new(), Dice(3));
    let (store, logs) = (folder.at("store.db"), folder.at("logs"));
    // How long a run takes here, so that the moments lie all over it.
    growth.until(start + HOUR, 0, &logs);
    let begin = Instant::now();
    nightly(&folder.at("other.db"), &logs, &[]);
    let usual = u64::try_from(begin.elapsed().as_micros()).unwrap().max(1000);
    let mut killed = 0;
    for kill in 0..KILLS {
        growth.until(start + HOUR + kill * 23 * HOUR / KILLS, dice.below(90), &logs);
        let mut run = command();
        run.arg("nightly").arg("--store").arg(&store).arg(&logs).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = run.spawn().unwrap();
        std::thread::sleep(Duration::from_micros(dice.below(usize::try_from(usual * 2).unwrap()) as u64));
        killed += i64::from(child.try_wait().unwrap().is_none());
        let _ = child.kill();
        child.wait().unwrap();
    }
    assert!(killed > KILLS / 4, "only {killed} were killed before their end");
    growth.whole(&logs);
    nightly(&store, &logs, &[]);
    is_all_counted_once(&store, &logs);
    let clean = folder.at("clean.db");
    nightly(&clean, &logs, &[]);
    let outages = |store| -> Vec<(String, i64, i64)> {
        let store = opened(store);
        let mut statement =
            store.prepare("SELECT protocol || server, start, end FROM outage ORDER BY protocol, server, start").unwrap();
        statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .collect::<rusqlite::Result<_>>()
            .unwrap()
    };
    assert_eq!(outages(&store), outages(&clean));
    assert_eq!(super::totals(&store), super::totals(&clean));
}
