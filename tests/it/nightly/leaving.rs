//! `--leave-summary`: what all servers leave in one folder, night after night, is the morning report of all of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use super::growth::Growth;
use super::{is_all_counted_once, nightly};
use crate::generator::clock::{HOUR, utc};
use crate::generator::plan::{EventKind, Plan};
use crate::mutated::Dice;
use crate::program::{Ended, analyze, command, end, exlog, number};
use crate::tree::{FRONT, TWELVE, Tree, files_below, log, login};

const DAY: i64 = 24 * HOUR;

/// The report of what lies in a folder.
fn merged(share: &Path) -> Value {
    exlog(&["merge".as_ref(), share.as_os_str(), "--format".as_ref(), "json".as_ref()]).with_status(0).json()
}

/// A run whose findings do not matter.
#[track_caller]
fn leave(store: &Path, logs: &Path, more: &[&str]) -> Ended {
    nightly(store, logs, &[&["--fail-on", "critical"], more].concat())
}

/// What a report says of logs, but for how they were read.
fn said(mut report: Value) -> Value {
    let kept = ["logins", "failure_groups", "outages", "findings", "timeline", "coverage", "accounts", "addresses"];
    let report = report.as_object_mut().unwrap();
    report.retain(|name, _| kept.contains(&name.as_str()));
    assert_eq!(report.len(), kept.len());
    Value::Object(report.clone())
}

#[test]
fn three_servers_over_five_nights_say_what_one_reading_of_the_last_days_says() {
    let start = utc(2026, 3, 2, 0, 0, 0);
    let mut plan = Plan::new(11, start, 5 * 24, 3).plant(EventKind::BackendUnreachable, 600..700);
    plan = plan.plant(EventKind::CertificateOutage, 5 * 1440 - 300..5 * 1440 - 100);
    (plan.sessions_per_hour, plan.probe_every, plan.health_every) = (20, 900, 900);
    let (growth, folder) = (Growth::of(&plan), Tree::new());
    let (share, logs) = (folder.at("share"), folder.at("logs"));
    fs::create_dir(&share).unwrap();
    for night in 1..=5 {
        growth.until(start + night * DAY, 0, &logs);
        for server in ["EX01", "EX02", "EX03"] {
            let file = share.join(format!("{server}.exlog"));
            let ended =
                leave(&folder.at(&format!("{server}.db")), &logs.join(server), &["--leave-summary", file.to_str().unwrap()]);
            assert!(ended.status < 2, "{ended:?}");
        }
        assert_eq!(files_below(&share).len(), 3);
        // What was judged: the night and the two days before it.
        let days = Tree::new();
        let oldest = start + (night - 3) * DAY;
        for path in files_below(&logs) {
            let name = path.file_name().unwrap().to_str().unwrap();
            if (0..3).any(|day| name.contains(&date(oldest + day * DAY))) {
                let copy = days.at("logs").join(path.strip_prefix(&logs).unwrap());
                fs::create_dir_all(copy.parent().unwrap()).unwrap();
                fs::copy(&path, copy).unwrap();
            }
        }
        let expected = said(analyze(&days.at("logs")));
        // As paths stand in JSON, where backslashes are doubled.
        let quoted = |path: &Path| serde_json::to_string(path.to_str().unwrap()).unwrap().trim_matches('"').to_owned();
        let text = expected.to_string().replace(&quoted(days.path()), &quoted(folder.path()));
        assert_eq!(said(merged(&share)).to_string(), text, "night {night}");
    }
}

/// The day of a moment, as it stands in the names of logs.
fn date(moment: i64) -> String {
    exlog::clock::rfc3339(moment)[..10].replace('-', "")
}

/// Logs of one server, with so many logins.
fn logs_of(tree: Tree, logins: usize) -> Tree {
    let lines: Vec<String> =
        (0..logins).map(|at| login(&format!("07:{:02}:00.000", at), "alice", "R=\"x OK LOGIN completed.\"")).collect();
    let all: Vec<&str> = [TWELVE].into_iter().chain(lines.iter().map(String::as_str)).collect();
    tree.with(&format!("logs/{FRONT}"), log(&all))
}

fn share_of(tree: &Tree) -> PathBuf {
    let share = tree.at("share");
    fs::create_dir(&share).unwrap();
    share
}

fn attempts(share: &Path) -> u64 {
    number(&merged(share), "/logins/frontend/attempts")
}

#[test]
fn a_share_that_is_away_costs_neither_the_night_nor_the_next_summary() {
    let tree = logs_of(Tree::new(), 5);
    let (store, logs, share) = (tree.at("store.db"), tree.at("logs"), tree.at("share"));
    let with = ["--server-name", "EX01", "--leave-summary", share.to_str().unwrap()];
    let ended = leave(&store, &logs, &with).with_status(2);
    for words in ["could not be left", "the night itself is kept", "make the folder"] {
        assert!(ended.stderr.contains(words), "{ended:?}");
    }
    is_all_counted_once(&store, &logs);
    assert!(!share.exists());
    // Nothing is new in the next run, and yet it leaves what the night held.
    fs::create_dir(&share).unwrap();
    leave(&store, &logs, &with).with_status(0);
    assert_eq!((files_below(&share), attempts(&share)), (vec![share.join("EX01.exlog")], 5));
    let first = fs::read(share.join("EX01.exlog")).unwrap();
    leave(&store, &logs, &with).with_status(0);
    assert_eq!(fs::read(share.join("EX01.exlog")).unwrap(), first);
}

#[test]
fn nothing_but_the_summary_of_the_same_run_is_replaced() {
    let tree = logs_of(Tree::new(), 5);
    let (store, logs, share) = (tree.at("store.db"), tree.at("logs"), share_of(&tree));
    let file = share.join("night.exlog");
    let with = ["--leave-summary", file.to_str().unwrap()];
    leave(&store, &logs, &with).with_status(0);
    let left = fs::read(&file).unwrap();
    let other = logs_of(Tree::new(), 9);
    let ended = leave(&other.at("store.db"), &other.at("logs"), &with).with_status(2);
    assert!(ended.stderr.contains("was left by a run over other paths"), "{ended:?}");
    assert_eq!(fs::read(&file).unwrap(), left);
    // A damaged one tells nothing and is replaced; a text that only has the name is not ours.
    fs::write(&file, &left[..left.len() / 2]).unwrap();
    leave(&store, &logs, &with).with_status(0);
    assert_eq!(fs::read(&file).unwrap(), left);
    fs::write(&file, "my notes").unwrap();
    let ended = leave(&store, &logs, &with).with_status(2);
    assert!(ended.stderr.contains("is no summary of exlog"), "{ended:?}");
    assert_eq!(fs::read(&file).unwrap(), b"my notes");
}

#[test]
fn where_it_is_left_may_stand_in_the_file_beside_the_store() {
    let tree = logs_of(Tree::new(), 5).with("exlog.toml", "leave-summary = 'share'\nserver-name = 'a/b'\n");
    let share = share_of(&tree);
    leave(&tree.at("store.db"), &tree.at("logs"), &[]).with_status(0);
    assert_eq!((files_below(&share), attempts(&share)), (vec![share.join("a%2Fb.exlog")], 5));
    // Without a name it is the machine's, whatever that is.
    let tree = tree.with("exlog.toml", "leave-summary = 'share'\n");
    let ended = leave(&tree.at("store.db"), &tree.at("logs"), &[]);
    match ended.status {
        0 => assert_eq!(files_below(&share).len(), 2),
        _ => assert!(ended.stderr.contains("the name of this machine is not known"), "{ended:?}"),
    }
}

#[test]
fn runs_that_are_killed_leave_a_whole_summary_or_the_one_before() {
    let start = utc(2026, 3, 2, 0, 0, 0);
    let plan = Plan { sessions_per_hour: 60, ..Plan::new(7, start, 24, 1) };
    let (growth, folder, mut dice) = (Growth::of(&plan), Tree::new(), Dice(3));
    let (store, logs, share) = (folder.at("store.db"), folder.at("logs"), share_of(&folder));
    let file = share.join("EX01.exlog");
    let mut before = 0;
    for kill in 1..=24 {
        growth.until(start + kill * HOUR, 0, &logs);
        let mut run = command();
        run.arg("nightly").arg("--store").arg(&store).arg("--leave-summary").arg(&file).arg(&logs);
        let mut child = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(dice.below(160) as u64));
        let _ = child.kill();
        child.wait().unwrap();
        if file.exists() {
            // What a killed run was writing lies beside it, and is not taken for a summary.
            let attempts = attempts(&share);
            assert!(attempts >= before, "{attempts} after {before}");
            before = attempts;
        }
    }
    leave(&store, &logs, &["--leave-summary", file.to_str().unwrap()]);
    assert_eq!(said(merged(&share)), said(analyze(&logs)));
}

#[test]
fn half_a_summary_beside_the_others_is_not_read() {
    let tree = logs_of(Tree::new(), 5);
    let share = share_of(&tree);
    let file = share.join("EX01.exlog");
    end(command().arg("summarize").arg(tree.at("logs")).arg("--output").arg(&file)).with_status(0);
    let half = fs::read(&file).unwrap();
    fs::write(share.join("EX02.exlog.77.part"), &half[..half.len() / 2]).unwrap();
    assert_eq!(attempts(&share), 5);
}
