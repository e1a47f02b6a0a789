//! Server by time on the page: what its cells say is what the rest of the report says.

use std::collections::BTreeMap;

use crate::program::{analyze, exlog, list, number, text};
use crate::tree::{TWELVE, Tree, log, login, samples};

const WORKED: &str = "R=\"x OK LOGIN completed.\"";
const BROKEN: &str = "R=\"x NO LOGIN failed.\";ErrMsg=ProxyNotAuthenticated";
const MISTYPED: &str = "R=\"x NO LOGIN failed.\";ErrMsg=AuthFailed:LogonDenied";

fn page(path: &std::path::Path) -> String {
    exlog(&["analyze".as_ref(), path.as_os_str(), "--format".as_ref(), "html".as_ref()]).with_status(0).stdout
}

/// A log with logins of one server, at which minutes and with which contexts.
fn with_logins(tree: Tree, server: &str, logins: &[(&str, &str)]) -> Tree {
    let lines: Vec<String> = logins.iter().map(|(time, context)| login(&format!("{time}:00.000"), "alice", context)).collect();
    let all: Vec<&str> = [TWELVE].into_iter().chain(lines.iter().map(String::as_str)).collect();
    tree.with(&format!("{server}/Logging/Imap4/IMAP420260312-1.LOG"), log(&all))
}

/// What stands between two marks.
#[track_caller]
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start}"));
    rest.split_once(end).unwrap().0
}

/// One row: server, protocol, and what its cells say.
#[derive(Debug)]
struct Row {
    name: (String, String),
    sum: String,
    cells: Vec<Cell>,
    stretches: usize,
}

/// The words and numbers of a cell.
#[derive(Debug)]
struct Cell {
    time: String,
    failed: u64,
    own: u64,
    attempts: u64,
}

fn count(word: &str) -> u64 {
    if word == "none" { 0 } else { word.replace(',', "").parse().unwrap() }
}

fn cell(title: &str) -> Cell {
    let (time, words) = title.rsplit_once(": ").unwrap();
    let numbers: Vec<&str> = words.split(' ').collect();
    let own = words.split_once(", ").map_or(0, |(_, own)| count(own.split(' ').next().unwrap()));
    Cell { time: time.to_owned(), failed: count(numbers[0]), own, attempts: count(numbers[2]) }
}

/// The rows in their order.
fn rows(page: &str) -> Vec<Row> {
    let picture = between(page, "<figure class=\"heat\"", "</figure>");
    let row = |row: &str| {
        let (ground, rest) = row.split_once("<svg viewBox").unwrap();
        let cells = rest.split("</svg>").next().unwrap();
        let titles = cells.split("<title>").skip(1).map(|title| title.split("</title>").next().unwrap());
        Row {
            name: (between(row, "<bdi>", "</bdi>").to_owned(), between(row, "<span>", "</span>").to_owned()),
            sum: between(row, "<div class=\"sum\">", "</div>").replace("<b>", "").replace("</b>", ""),
            cells: titles.map(cell).collect(),
            stretches: ground.matches("class=\"there\"").count(),
        }
    };
    picture.split("<div class=\"lane row\">").skip(1).map(row).collect()
}

#[test]
fn the_cells_add_up_to_what_the_report_says_of_each_server() {
    let (page, report) = (page(&samples()), analyze(&samples()));
    let mut expected = BTreeMap::<(String, String), (u64, u64)>::new();
    for row in list(&report, "/logins/by").iter().filter(|row| text(row, "role") == "frontend") {
        let protocol = if text(row, "protocol") == "imap4" { "IMAP" } else { "POP" };
        let sums = expected.entry((text(row, "server").to_owned(), protocol.to_owned())).or_default();
        *sums = (sums.0 + number(row, "/failed"), sums.1 + number(row, "/attempts"));
    }
    let rows = rows(&page);
    assert_eq!(rows.len(), expected.len());
    let total = |of: fn(&Cell) -> u64| rows.iter().flat_map(|row| &row.cells).map(of).sum::<u64>();
    for row in &rows {
        let sum = |of: fn(&Cell) -> u64| row.cells.iter().map(of).sum::<u64>();
        let (failed, attempts) = expected[&row.name];
        assert_eq!((sum(|cell| cell.failed), sum(|cell| cell.attempts)), (failed, attempts), "{row:?}");
        assert!(row.sum.ends_with(&format!(">{failed} of {attempts}</a>")), "{row:?}");
    }
    assert_eq!(total(|cell| cell.failed), number(&report, "/logins/frontend/failed"));
    // The lanes tell the accounts' own failures apart too.
    let axis = between(&page, "id=\"axis\"", "</figure>");
    let lanes = axis.split("data-own=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let own: u64 = lanes.flat_map(|steps| steps.split(',')).filter_map(|step| step.parse::<u64>().ok()).sum();
    assert_eq!((total(|cell| cell.own), own > 100), (own, true));
}

#[test]
fn one_server_has_no_such_picture() {
    let tree = with_logins(Tree::new(), "EX01", &[("07:00", WORKED), ("07:10", BROKEN)]);
    assert!(!page(tree.path()).contains("id=\"heat\""));
    let tree = with_logins(tree, "EX02", &[("07:00", WORKED)]);
    assert_eq!(rows(&page(tree.path())).len(), 2);
}

#[test]
fn hours_without_logs_are_not_hours_without_failures() {
    let times = ["06:00", "06:05", "06:10", "06:15", "11:00", "11:05", "11:10", "11:15"];
    let tree = with_logins(Tree::new(), "EX01", &times.map(|time| (time, WORKED)));
    // The second server has logs in between, in which nobody logs in.
    let quiet: Vec<String> = (6..12)
        .flat_map(|hour| (0..60).step_by(10).map(move |minute| format!("{hour:02}:{minute:02}:00.000")))
        .map(|time| login(&time, "alice", WORKED).replace(",login,alice *****,", ",noop,,"))
        .collect();
    let first = login("06:00:00.000", "alice", WORKED);
    let all: Vec<&str> = [TWELVE, &first].into_iter().chain(quiet.iter().map(String::as_str)).collect();
    let tree = tree.with("EX02/Logging/Imap4/IMAP420260312-1.LOG", log(&all));
    let rows = rows(&page(tree.path()));
    let of = |server: &str| rows.iter().find(|row| row.name.0 == server).unwrap();
    assert_eq!((of("EX01").stretches, of("EX02").stretches), (2, 1), "{rows:?}");
    let times = |server: &str| of(server).cells.iter().map(|cell| cell.time.clone()).collect::<Vec<_>>();
    assert_eq!(times("EX01"), ["06:00:00 to 06:20:00", "11:00:00 to 11:20:00"]);
    assert_eq!(times("EX02"), ["06:00:00 to 06:05:00"]);
}

#[test]
fn of_very_many_servers_the_worst_are_shown_and_the_page_says_how_many_are_not() {
    let mut tree = Tree::new();
    for server in 0..70 {
        let name = format!("EX{server:03}");
        let logins: &[(&str, &str)] = match server {
            33 => &[("07:00", BROKEN), ("07:01", BROKEN), ("07:02", BROKEN), ("07:20", WORKED)],
            44 => &[("07:00", MISTYPED), ("07:20", MISTYPED)],
            55 => &[("07:00", BROKEN), ("07:20", WORKED)],
            _ => &[("07:00", WORKED), ("07:20", WORKED)],
        };
        tree = with_logins(tree, &name, logins);
    }
    let page = page(tree.path());
    let rows = rows(&page);
    let names: Vec<&str> = rows.iter().take(4).map(|row| row.name.0.as_str()).collect();
    assert_eq!((names, rows.len()), (vec!["EX033", "EX055", "EX044", "EX000"], 40));
    assert!(page.contains("30 more rows are not shown here"), "no word about the others");
    // The lanes are no more than sixty and one of all others, so that the counts of a window stay those of all.
    let axis = between(&page, "id=\"axis\"", "</figure>");
    assert_eq!(axis.matches("<div class=\"lane\">").count(), 61);
    let lanes = axis.split("data-ok=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let worked: u64 = lanes.flat_map(|steps| steps.split(',')).filter_map(|step| step.parse::<u64>().ok()).sum();
    assert_eq!(worked, 2 * 67 + 2);
    assert!(axis.contains("66 more services, all without an outage"), "lanes beyond those shown are not counted");
}
