//! `--format timesketch` and `--format bodyfile`: what the tools of others read, held against what NDJSON and the JSON report say.

use serde_json::Value;

use crate::csv_tables::{HOSTILE, hostile};
use crate::program::{analyze, exlog, list, number, text};
use crate::sessions::{at, documents_of};
use crate::tree::{Tree, samples};

/// The first columns that Timesketch's importer asks for.
const ASKED: [&str; 4] = ["message", "timestamp", "datetime", "timestamp_desc"];

/// The columns by name, and the rows.
struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    #[track_caller]
    fn column(&self, name: &str) -> Vec<&str> {
        let place = self.header.iter().position(|title| title == name).unwrap_or_else(|| panic!("no column {name}"));
        self.rows.iter().map(|row| row[place].as_str()).collect()
    }
}

/// A file as the importer reads it; every row is held to what it asks for.
#[track_caller]
fn timesketch(arguments: &[&str]) -> Table {
    let written = exlog(&[arguments, &["--format", "timesketch"]].concat()).with_status(0).stdout;
    assert!(written.starts_with("message,timestamp,datetime,timestamp_desc,"), "{written}");
    let mut reader = csv::Reader::from_reader(written.as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    let table = Table { header, rows };
    // The importer would read lists out of it, or take a name twice for two.
    let mut names = table.header.clone();
    names.sort();
    names.dedup();
    assert!(names.len() == table.header.len() && !names.contains(&"tag".to_owned()));
    for row in &table.rows {
        let [message, timestamp, datetime, description] = [0, 1, 2, 3].map(|place| row[place].as_str());
        assert!(!message.is_empty() && !description.is_empty(), "{row:?}");
        let (wall, offset) = datetime.split_at(23);
        assert_eq!(offset, "+00:00", "{row:?}");
        let microseconds: i64 = timestamp.parse().unwrap_or_else(|_| panic!("{row:?}"));
        assert_eq!(exlog::clock::rfc3339(microseconds / 1000), format!("{wall}Z"), "{row:?}");
    }
    table
}

/// The times and names of a body file; every line is held to what `mactime` splits.
#[track_caller]
fn bodyfile(arguments: &[&str]) -> Vec<(i64, String)> {
    let written = exlog(&[arguments, &["--format", "bodyfile"]].concat()).with_status(0).stdout;
    assert!(!written.chars().any(|c| exlog::text::is_harmful(c) && c != '\n'), "{written}");
    let read = |line: &str| {
        let fields: Vec<&str> = line.split('|').collect();
        let &[digest, name, inode, mode, user, group, size, read, changed, moved, born] = fields.as_slice() else {
            panic!("eleven fields: {line}");
        };
        assert_eq!([digest, inode, mode, user, group, size], ["0", "0", "r/r---------", "0", "0", "0"], "{line}");
        assert!([changed, moved, born].iter().all(|time| *time == read), "{line}");
        // As mactime undoes it.
        let name = name.replace("%7C", "|").replace("%25", "%");
        (read.parse().unwrap(), name.strip_prefix("[exlog] ").unwrap_or_else(|| panic!("{line}")).to_owned())
    };
    written.lines().map(read).collect()
}

/// A moment of a document in milliseconds since 1970.
fn moment(text: &str) -> i64 {
    exlog::clock::parse_time(text, exlog::clock::Zone::Utc, exlog::clock::Clock::at(0)).unwrap()
}

#[test]
fn the_attempts_are_those_of_ndjson() {
    let path = samples().display().to_string();
    let documents = documents_of(&[&path]);
    let (table, body) = (timesketch(&["sessions", &path]), bodyfile(&["sessions", &path]));
    assert!(documents.len() > 1000 && table.rows.len() == documents.len() && body.len() == documents.len());
    let texts = |pointer: &str| -> Vec<String> {
        let text = |document: &Value| document.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        documents.iter().map(text).collect()
    };
    for (column, pointer) in
        [("message", "/message"), ("timestamp_desc", "/timestamp_desc"), ("error", "/error/code"), ("file", "/log/file/path")]
    {
        assert_eq!(table.column(column), texts(pointer), "{column}");
    }
    for ((document, datetime), (seconds, name)) in documents.iter().zip(table.column("datetime")).zip(&body) {
        assert_eq!(datetime.replace("+00:00", "Z"), at(document, "/@timestamp"));
        assert_eq!(*seconds, moment(at(document, "/@timestamp")).div_euclid(1000));
        let place = format!("({}:{})", at(document, "/log/file/path"), document["exlog"]["line"]);
        assert_eq!(*name, format!("{} {place}", at(document, "/message")));
    }
    // `00000000000000E2` would be taken for a number, and for nought.
    let sessions: Vec<String> = texts("/exlog/session").iter().map(|session| format!("0x{session}")).collect();
    assert_eq!(table.column("session"), sessions);
}

#[test]
fn the_lines_of_a_session_are_those_of_ndjson() {
    let path = samples().join("certificate-outage").display().to_string();
    let documents = documents_of(&[&path, "--session", "2"]);
    let table = timesketch(&["sessions", &path, "--session", "2"]);
    let body = bodyfile(&["sessions", &path, "--session", "2"]);
    assert!(documents.len() > 5 && table.rows.len() == documents.len() && body.len() == documents.len());
    let lines: Vec<&str> = documents.iter().map(|document| at(document, "/message")).collect();
    assert_eq!(table.column("message"), lines);
    assert!(body.iter().zip(&lines).all(|((_, name), line)| name.starts_with(line)));
    assert!(table.column("session").iter().all(|session| *session == "0x0000000000000002"));
}

#[test]
fn an_analysis_is_its_time_line_with_what_began() {
    for command in ["certificate-outage", "credentials"] {
        let path = samples().join(command);
        let report = analyze(&path);
        let arguments = ["analyze", path.to_str().unwrap()];
        let (table, body) = (timesketch(&arguments), bodyfile(&arguments));
        let mut expected: Vec<(String, String)> = Vec::new();
        let mut add = |at: &str, kind: &str| expected.push((at.replace('Z', "+00:00"), kind.to_owned()));
        for entry in list(&report, "/timeline").iter().filter(|entry| text(entry, "kind") != "first_failure") {
            add(text(entry, "at"), text(entry, "kind"));
        }
        list(&report, "/failure_groups").iter().for_each(|group| add(text(group, "first_seen"), "failure_group"));
        list(&report, "/outages").iter().for_each(|outage| add(text(outage, "start"), "outage"));
        list(&report, "/findings").iter().for_each(|finding| add(text(finding, "start"), "finding"));
        let found: Vec<(&str, &str)> = table.column("datetime").into_iter().zip(table.column("kind")).collect();
        assert!(found.is_sorted_by_key(|(at, _)| *at));
        let mut found: Vec<(String, String)> = found.iter().map(|(at, kind)| ((*at).to_owned(), (*kind).to_owned())).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
        let ids: Vec<&str> = table.column("id").into_iter().filter(|id| !id.is_empty()).collect();
        assert!(list(&report, "/findings").iter().all(|finding| ids.contains(&text(finding, "id"))));
        let said = table.rows.iter().map(|row| (row[1].parse::<i64>().unwrap() / 1_000_000, format!("{}: {}", row[3], row[0])));
        for ((seconds, name), (at, said)) in body.iter().zip(said) {
            assert!(*seconds == at && name.starts_with(&said), "{name}: {said}");
        }
        assert_eq!(body.len(), table.rows.len());
    }
}

#[test]
fn summaries_give_the_same_as_logs() {
    let (path, folder) = (samples().join("credentials").display().to_string(), Tree::new());
    let summary = folder.at("of.exlog").display().to_string();
    exlog(&["summarize", &path, "--output", &summary]).with_status(0);
    for format in ["timesketch", "bodyfile"] {
        let of = |arguments: &[&str]| exlog(&[arguments, &["--format", format]].concat()).with_status(0).stdout;
        assert_eq!(of(&["merge", &summary]), of(&["analyze", &path]), "{format}");
    }
}

#[test]
fn what_strangers_wrote_stays_in_its_place() {
    let tree = hostile();
    let path = tree.path().to_str().unwrap();
    let table = timesketch(&["sessions", path]);
    assert_eq!(table.column("user"), HOSTILE.map(|(_, cell)| cell));
    for table in [table, timesketch(&["sessions", path, "--session", "A1"]), timesketch(&["analyze", path])] {
        for cell in table.rows.iter().flatten() {
            let is_formula = cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '\t', '\r']);
            assert!(!is_formula && !cell.chars().any(exlog::text::is_harmful), "{cell:?}");
        }
    }
    let names = bodyfile(&["sessions", path]);
    assert_eq!(names.len(), HOSTILE.len());
    assert_eq!(bodyfile(&["sessions", path, "--session", "A1"]).len(), HOSTILE.len());
    assert!(!bodyfile(&["analyze", path]).is_empty());
}

#[test]
fn a_time_before_1970_is_a_number_and_no_formula() {
    let line = crate::tree::login("07:00:00.500", "bob", "R=ok").replace("2026-03-12", "1969-12-31");
    let tree = Tree::of(crate::tree::FRONT, crate::tree::log(&[crate::tree::TWELVE, &line]));
    let path = tree.path().to_str().unwrap();
    assert_eq!(timesketch(&["sessions", path]).column("timestamp"), ["-61199500000"]);
    assert_eq!(bodyfile(&["sessions", path])[0].0, -61200);
}

#[test]
fn no_mark_stands_before_the_first_name_and_none_can_be_asked_for() {
    let (path, target) = (samples().join("credentials").display().to_string(), Tree::new());
    let file = target.at("exlog.csv").display().to_string();
    for command in ["analyze", "sessions"] {
        let arguments = [command, &path, "--format", "timesketch"];
        let shown = exlog(&arguments).with_status(0).stdout;
        exlog(&[&arguments[..], &["--output", &file]].concat()).with_status(0);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), shown);
        for format in ["timesketch", "bodyfile"] {
            let refused = exlog(&[command, &path, "--format", format, "--bom"]).with_status(2);
            assert!(refused.stderr.contains("--format csv"), "{}", refused.stderr);
        }
    }
    for format in ["timesketch", "bodyfile"] {
        let refused = exlog(&["analyze", &path, "--format", format, "--compare", &path]).with_status(2);
        assert!(refused.stderr.contains("--compare has no meaning"), "{}", refused.stderr);
    }
}

#[test]
fn lines_that_could_not_be_read_are_told_beside_it() {
    let path = samples().join("damaged");
    assert!(number(&analyze(&path), "/input/skipped") > 0);
    for format in ["timesketch", "bodyfile"] {
        let ended = exlog(&["analyze", path.to_str().unwrap(), "--format", format]).with_status(0);
        assert!(ended.stderr.contains("could not be read"), "{format}: {}", ended.stderr);
    }
}

/// What `read_and_validate_jsonl` of Timesketch asks of a line: three fields, and `timestamp`, where there is one, in microseconds.
#[test]
fn ndjson_is_taken_by_timesketch() {
    assert_eq!(ASKED[1], "timestamp");
    let path = samples().join("certificate-outage").display().to_string();
    for arguments in [&["analyze", &path][..], &["sessions", &path, "--limit", "50"], &["sessions", &path, "--session", "2"]] {
        let written = exlog(&[arguments, &["--format", "ndjson"]].concat()).with_status(0).stdout;
        assert!(written.lines().count() > 3);
        for line in written.lines() {
            let document: Value = serde_json::from_str(line).unwrap();
            let is_there = |name: &str| document[name].as_str().is_some_and(|text| !text.is_empty());
            assert!(ASKED.iter().filter(|name| **name != "timestamp").all(|name| is_there(name)), "{line}");
            // It is made of `datetime` where it is not there; a text in its place would be kept, and refused by the index.
            assert!(document.get("timestamp").is_none() && document.get("tag").is_none(), "{line}");
            moment(at(&document, "/datetime"));
        }
    }
}
