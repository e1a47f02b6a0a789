//! Many nights: what is told, and what is not.

use serde_json::Value;

use super::growth::Growth;
use super::{count, is_all_counted_once, nightly, opened};
use crate::generator::clock::{DAY, HOUR, file_date, rfc3339, utc};
use crate::generator::plan::{EventKind, FileCut, Plan, Protocol};
use crate::program::{list, text};
use crate::tree::{FRONT, TWELVE, Tree, log, login};

fn stories(report: &Value) -> Vec<(String, String)> {
    list(report, "/stories")
        .iter()
        .map(|story| (text(story, "state").to_owned(), text(&story["finding"], "id").to_owned()))
        .collect()
}

/// A night at two o'clock for each day of a plan; gives what each of them tells of some severity.
fn told_each_night(plan: &Plan, folder: &Tree, severities: &[&str]) -> Vec<Vec<(String, String)>> {
    let (growth, store, logs) = (Growth::of(plan), folder.at("store.db"), folder.at("logs"));
    let nights = i64::from(plan.hours) / 24;
    let mut told = Vec::new();
    for night in 1..=nights {
        growth.until(plan.start + night * DAY + 2 * HOUR, 40, &logs);
        let ended = nightly(&store, &logs, &["--format", "json"]);
        let report = ended.json();
        let is_told = |story: &Value| severities.contains(&text(&story["finding"], "severity"));
        let is_bad = |story: &Value| {
            let severity = text(&story["finding"], "severity");
            let is_of_night = report["run"]["first"].as_str() <= story["finding"]["end"].as_str();
            ["high", "critical"].contains(&severity) && (is_of_night || text(story, "state") != "over")
        };
        assert_eq!(ended.status, i32::from(list(&report, "/stories").iter().any(is_bad)), "night {night}");
        // What is unusual has a story on the same night, or is only information.
        let unusual = list(&report, "/unusual/deviations").iter().filter(|row| text(row, "severity") != "info");
        let unusual: Vec<&str> = unusual.map(|row| text(row, "text")).collect();
        assert!(unusual.is_empty() || list(&report, "/stories").iter().any(is_bad), "night {night}: {unusual:#?}");
        let mut report = report;
        report["stories"].as_array_mut().unwrap().retain(is_told);
        told.push(stories(&report));
    }
    growth.whole(&logs);
    nightly(&store, &logs, &["--quiet"]);
    is_all_counted_once(&store, &logs);
    told
}

#[test]
fn thirty_nights_raise_one_story_for_each_cause_and_none_in_between() {
    let start = utc(2026, 3, 2, 0, 0, 0);
    let plan = Plan { sessions_per_hour: 12, health_every: 600, accounts: 60, mistypes: 4, ..Plan::new(31, start, 24 * 30, 1) };
    let day = 24 * 60;
    let plan = plan
        .plant(EventKind::CertificateOutage, 3 * day + 600..3 * day + 780)
        .plant(EventKind::BackendUnreachable, 10 * day + 540..10 * day + 660)
        .plant(EventKind::Spray { accounts: 60, addresses: 4 }, 17 * day + 60 * 10..17 * day + 60 * 13)
        .only(&[], &[Protocol::Imap4])
        .plant(EventKind::BackendTimeout, 24 * day + 700..24 * day + 820);
    let folder = Tree::new();
    let told = told_each_night(&plan, &folder, &["medium", "high", "critical"]);
    let nights: Vec<(usize, &Vec<(String, String)>)> = told.iter().enumerate().filter(|(_, told)| !told.is_empty()).collect();
    let expected = [(3, "certificate-binding"), (10, "backend-unreachable"), (17, "password-spray"), (24, "backend-timeout")];
    let expected: Vec<(usize, Vec<(String, String)>)> =
        expected.into_iter().map(|(night, id)| (night, vec![("new".to_owned(), id.to_owned())])).collect();
    assert_eq!(nights, expected.iter().map(|(night, told)| (*night, told)).collect::<Vec<_>>());
    let store = folder.at("store.db");
    assert_eq!(count(&store, "SELECT count(*) FROM runs"), 31);
    assert_eq!(count(&store, "SELECT count(*) FROM findings WHERE severity IN ('high', 'critical')"), 4);
}

#[test]
fn an_outage_over_midnight_is_one() {
    let start = utc(2026, 3, 2, 0, 0, 0);
    let plan = Plan { sessions_per_hour: 20, cut: FileCut::Hourly, ..Plan::new(5, start, 24 * 4, 1) };
    // From 20:00 of the second day to 10:00 of the third, with a night at two o'clock between.
    let plan = plan.plant(EventKind::BackendUnreachable, 44 * 60..58 * 60).only(&[], &[Protocol::Imap4]);
    let folder = Tree::new();
    let told = told_each_night(&plan, &folder, &["high", "critical"]);
    let states: Vec<Vec<&str>> = told.iter().map(|night| night.iter().map(|(state, _)| state.as_str()).collect()).collect();
    assert_eq!(states, [vec![], vec!["new"], vec!["over"], vec![]]);
    let store = opened(&folder.at("store.db"));
    let outages: Vec<(i64, i64)> = store
        .prepare("SELECT start, end FROM outage")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<rusqlite::Result<_>>()
        .unwrap();
    let [(first, last)] = outages[..] else { panic!("{outages:?}") };
    assert!((first - (start + 44 * HOUR)).abs() < HOUR / 4 && (last - (start + 58 * HOUR)).abs() < HOUR / 4, "{outages:?}");
}

#[test]
fn what_comes_back_is_back_and_what_ends_is_over() {
    let start = utc(2026, 3, 2, 0, 0, 0);
    let plan = Plan { sessions_per_hour: 20, ..Plan::new(6, start, 24 * 9, 1) };
    // At the end of the second night it goes on; five days later it comes again.
    let plan = plan
        .plant(EventKind::BackendUnreachable, 46 * 60..(50 * 60 + 1))
        .plant(EventKind::BackendUnreachable, (7 * 24 + 8) * 60..(7 * 24 + 10) * 60);
    let told = told_each_night(&plan, &Tree::new(), &["high", "critical"]);
    let states: Vec<String> =
        told.iter().map(|night| night.iter().map(|(state, _)| state.as_str()).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(states[1], "new");
    assert!(["continuing", "over"].contains(&states[2].as_str()), "{states:?}");
    assert_eq!(states[7], "back");
    assert!([0, 3, 4, 5, 6, 8].iter().all(|night| states[*night].is_empty()), "{states:?}");
}

#[test]
fn a_line_of_a_wrong_clock_tells_nothing_old_again_and_lets_nothing_go() {
    let start = utc(2026, 3, 2, 0, 0, 0);
    let plan = Plan { sessions_per_hour: 20, ..Plan::new(8, start, 24 * 3, 1) };
    let plan = plan.plant(EventKind::BackendUnreachable, 10 * 60..12 * 60);
    let (growth, folder) = (Growth::of(&plan), Tree::new());
    let (store, logs) = (folder.at("store.db"), folder.at("logs"));
    growth.until(start + DAY, 0, &logs);
    nightly(&store, &logs, &["--keep", "30d"]).with_status(1);
    growth.until(start + 2 * DAY, 0, &logs);
    let file = logs.join("EX01/Logging/Imap4/IMAP420260303-1.LOG");
    let mut content = std::fs::read_to_string(&file).unwrap();
    let last = content.lines().last().unwrap().to_owned();
    for year in ["1999", "2031"] {
        content.push_str(&last.replacen("2026", year, 1));
        content.push_str("\r\n");
    }
    std::fs::write(&file, content).unwrap();
    let ended = nightly(&store, &logs, &["--keep", "30d", "--format", "json"]).with_status(0);
    let told = stories(&ended.json());
    assert!(told.iter().all(|(_, id)| id != "backend-unreachable"), "{told:?}");
    assert_eq!(
        count(&store, "SELECT count(*) FROM days WHERE day LIKE '2026-03-%' AND role = 'frontend' AND protocol = 'imap4'"),
        2
    );
    assert_eq!(count(&store, "SELECT count(*) FROM findings WHERE id = 'backend-unreachable'"), 1);
}

#[test]
fn an_outage_that_nobody_can_explain_is_told_and_names_nobody() {
    let fails = |at: u32| {
        let context = "\"R=\"\"1 NO LOGIN failed.\"\";ErrMsg=WholeNewKindOfTrouble\"";
        login(&format!("07:{:02}:{:02}.000", at / 60, at % 60), &format!("user{}", at % 7), context)
    };
    let lines: Vec<String> = [TWELVE.to_owned()].into_iter().chain((0..90).map(fails)).collect();
    let tree = Tree::of(FRONT, log(&lines.iter().map(String::as_str).collect::<Vec<_>>()));
    let ended = nightly(&tree.at("store.db"), &tree.at("EX01"), &["--format", "json"]).with_status(1);
    assert_eq!(stories(&ended.json()), [("new".to_owned(), "unexplained-outage".to_owned())]);
    let shown = nightly(&tree.at("other.db"), &tree.at("EX01"), &[]).with_status(1).stdout;
    assert!(
        shown.contains("IMAP logins fail on EX01, and no diagnosis fits") && shown.contains("WholeNewKindOfTrouble"),
        "{shown}"
    );
}

#[test]
fn a_service_that_writes_no_more_has_not_recovered() {
    let start = utc(2026, 3, 2, 0, 0, 0);
    let plan = Plan { sessions_per_hour: 20, ..Plan::new(9, start, 24 * 8, 1) };
    let plan = plan.plant(EventKind::ServiceSilent, 30 * 60..8 * 24 * 60).only(&[], &[Protocol::Pop3]);
    let told = told_each_night(&plan, &Tree::new(), &["medium", "high", "critical"]);
    let states: Vec<String> = told
        .iter()
        .map(|night| {
            night.iter().filter(|(_, id)| id == "service-silent").map(|(state, _)| state.as_str()).collect::<Vec<_>>().join(" ")
        })
        .collect();
    assert_eq!(states, ["", "new", "continuing", "continuing", "continuing", "continuing", "continuing", "continuing"]);
}

/// What is told of logs whose last login was 40 hours ago, and of which there are so many days; then what the next run tells.
fn told_of_silence(days: impl Iterator<Item = i64>) -> [String; 2] {
    let tree = Tree::new();
    let (store, logs) = (tree.at("store.db"), tree.at("EX01"));
    let now = i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis()).unwrap();
    for day in days {
        let at = now - 40 * HOUR - day * DAY;
        let line = login("07:00:00.000", "alice", "R=ok").replacen("2026-03-12T07:00:00.000Z", &rfc3339(at), 1);
        let name = format!("EX01/Logging/Imap4/IMAP4{}-1.LOG", file_date(at, false));
        let path = tree.at(&name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, log(&[TWELVE, &line])).unwrap();
    }
    nightly(&store, &logs, &[]).with_status(0);
    let moved = |ago: i64| {
        let store = rusqlite::Connection::open(&store).unwrap();
        store.execute("UPDATE run SET started = ?", [now - ago]).unwrap();
    };
    let told_after = |ago| {
        moved(ago);
        nightly(&store, &logs, &[]).with_status(0).stdout
    };
    [told_after(10 * HOUR), told_after(HOUR)]
}

#[test]
fn logs_to_which_nothing_is_written_any_more_are_told_once() {
    for days in [7, 21] {
        let [told, told_later] = told_of_silence(0..days);
        assert!(told.contains("nothing was written to any log since") && told.contains("for 40 hours"), "{days}: {told}");
        assert_eq!(told_later, "", "{days}");
    }
}

#[test]
fn a_pause_of_each_week_is_not_told() {
    let is_working_day = |day: &i64| day % 7 < 5;
    for days in [7, 14, 28] {
        assert_eq!(told_of_silence((0..days).filter(is_working_day))[0], "", "{days}");
    }
    // Once it was so before, and three times it was not.
    let told = told_of_silence((0..35).filter(|day| *day != 13))[0].clone();
    assert!(told.contains("nothing was written to any log since"), "{told}");
}
