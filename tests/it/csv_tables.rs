//! `--format csv`: read back with the csv crate, it says what the JSON report says, and nothing in it is a formula.

use std::path::Path;

use serde_json::Value;

use crate::program::{analyze, exlog, list};
use crate::sessions::{at, documents_of};
use crate::tree::{FRONT, TWELVE, Tree, log, login, quoted, samples};

/// A table that was read back: header and rows.
struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    #[track_caller]
    fn of(text: &str) -> Self {
        assert!(text.split_inclusive('\n').all(|line| line.ends_with("\r\n")), "every line ends with CRLF");
        let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
        let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        Self { header, rows }
    }

    #[track_caller]
    fn column(&self, name: &str) -> Vec<&str> {
        let place = self.header.iter().position(|title| title == name).unwrap_or_else(|| panic!("no column {name}"));
        self.rows.iter().map(|row| row[place].as_str()).collect()
    }
}

#[track_caller]
fn table(command: &str, path: &Path, options: &[&str]) -> Table {
    let arguments = [&[command, path.to_str().unwrap(), "--format", "csv"], options].concat();
    Table::of(&exlog(&arguments).with_status(0).stdout)
}

/// A field of all objects of a list as a cell has it.
fn fields(rows: &[Value], name: &str) -> Vec<String> {
    rows.iter()
        .map(|row| match &row[name] {
            Value::String(text) if text.starts_with(['-', '+', '=', '@']) => format!("'{text}"),
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            Value::Array(items) => items.iter().map(|item| item.as_str().unwrap()).collect::<Vec<_>>().join(" | "),
            other => other.to_string(),
        })
        .collect()
}

#[test]
fn each_table_says_what_the_report_says() {
    let report = analyze(&samples());
    for (name, pointer, columns) in [
        (
            "failure_groups",
            "/failure_groups",
            &[
                "id",
                "protocol",
                "role",
                "server",
                "error",
                "error_class",
                "target",
                "client_class",
                "response",
                "count",
                "first_seen",
                "last_seen",
                "users",
                "client_addresses",
            ][..],
        ),
        (
            "findings",
            "/findings",
            &[
                "id",
                "severity",
                "confidence",
                "title",
                "summary",
                "protocols",
                "servers",
                "start",
                "end",
                "ongoing",
                "outages",
                "groups",
            ],
        ),
        (
            "outages",
            "/outages",
            &[
                "id",
                "protocol",
                "server",
                "targets",
                "start",
                "end",
                "recovered_at",
                "attempts",
                "failed",
                "users_affected",
                "health_mailbox_failed",
                "groups",
            ],
        ),
        ("logins", "/logins/by", &["protocol", "role", "server", "client_class", "attempts", "succeeded", "failed", "unknown"]),
    ] {
        let (table, expected) = (table("analyze", &samples(), &["--table", name]), list(&report, pointer));
        assert!(!expected.is_empty() && table.rows.len() == expected.len(), "{name}");
        for column in columns {
            assert_eq!(table.column(column), fields(expected, column), "{name}: {column}");
        }
    }
    let usual = table("analyze", &samples(), &[]);
    assert_eq!(usual.column("id"), fields(list(&report, "/failure_groups"), "id"));
}

#[test]
fn headers_are_frozen() {
    for (options, expected) in [
        (
            &["analyze", "--table", "failure_groups"][..],
            "id,protocol,role,server,error,error_class,target,client_class,response,count,first_seen,last_seen,users,client_addresses,top_user,top_user_count,top_client,top_client_count,ports,example_file,example_line,example_text,back_end",
        ),
        (
            &["analyze", "--table", "findings"],
            "id,severity,confidence,title,summary,protocols,servers,start,end,ongoing,outages,groups,supporting,contradicting,missing,evidence_file,evidence_line,evidence_text,remediation",
        ),
        (
            &["analyze", "--table", "outages"],
            "id,protocol,server,targets,start,end,recovered_at,attempts,failed,users_affected,health_mailbox_failed,groups",
        ),
        (&["analyze", "--table", "logins"], "protocol,role,server,client_class,attempts,succeeded,failed,unknown"),
        (
            &["sessions"],
            "time,protocol,role,server,outcome,error,error_class,user,client_class,client_address,client_port,server_address,server_port,target,mechanism,command,response,duration_ms,session,sequence,file,line,other_half,other_score,other_candidates,other_server,other_outcome,other_error,other_client_address,other_session,other_file,other_line",
        ),
        (&["sessions", "--session", "1"], "time,protocol,role,server,session,sequence,command,file,line,text"),
    ] {
        let path = samples().join("healthy-day").display().to_string();
        let arguments = [options, &[path.as_str(), "--format", "csv"]].concat();
        let written = exlog(&arguments).with_status(0).stdout;
        assert_eq!(written.lines().next(), Some(expected), "{options:?}");
    }
}

#[test]
fn the_attempts_are_those_of_ndjson() {
    let (table, documents) = (table("sessions", &samples(), &[]), documents_of(&[samples().to_str().unwrap()]));
    for (column, pointer) in [
        ("time", "/@timestamp"),
        ("protocol", "/exlog/protocol"),
        ("role", "/exlog/role"),
        ("server", "/host/name"),
        ("error", "/error/code"),
        ("error_class", "/exlog/error_class"),
        ("user", "/user/name"),
        ("client_address", "/source/address"),
        ("target", "/exlog/target"),
        ("mechanism", "/exlog/mechanism"),
        ("session", "/exlog/session"),
        ("file", "/log/file/path"),
        ("other_half", "/exlog/other_half/match"),
        ("other_server", "/exlog/other_half/server"),
        ("other_client_address", "/exlog/other_half/client_address"),
        ("other_file", "/exlog/other_half/file"),
    ] {
        let expected: Vec<&str> = documents
            .iter()
            .map(|document| Some(at(document, pointer)).filter(|text| *text != "-").unwrap_or_default())
            .collect();
        assert_eq!(table.column(column), expected, "{column}");
    }
    for (column, pointer) in [("line", "/exlog/line"), ("client_port", "/source/port"), ("sequence", "/exlog/sequence")] {
        let expected: Vec<String> =
            documents.iter().map(|document| document.pointer(pointer).map_or(String::new(), Value::to_string)).collect();
        assert_eq!(table.column(column), expected, "{column}");
    }
}

#[test]
fn a_file_begins_with_a_mark_and_standard_output_only_if_asked() {
    let (path, target) = (samples().join("credentials").display().to_string(), Tree::new());
    for command in ["analyze", "sessions"] {
        let plain = exlog(&[command, &path, "--format", "csv"]).with_status(0).stdout;
        assert!(!plain.starts_with('\u{feff}'));
        let marked = exlog(&[command, &path, "--format", "csv", "--bom"]).with_status(0).stdout;
        assert_eq!(marked, format!("\u{feff}{plain}"));
        let file = target.at("table.csv").display().to_string();
        exlog(&[command, &path, "--format", "csv", "--output", &file]).with_status(0);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), marked);
        exlog(&[command, &path, "--format", "ndjson", "--output", &file]).with_status(0);
        assert!(std::fs::read_to_string(&file).unwrap().starts_with('{'), "a mark is for CSV alone");
    }
}

#[test]
fn options_of_csv_have_no_meaning_elsewhere() {
    let path = samples().display().to_string();
    for options in [&["--table", "findings"][..], &["--format", "html", "--table", "outages"], &["--format", "ndjson", "--bom"]] {
        let ended = exlog(&[&["analyze", &path], options].concat()).with_status(2);
        assert!(ended.stderr.contains("--format csv") && ended.stdout.is_empty(), "{options:?}: {}", ended.stderr);
    }
    assert!(exlog(&["analyze", &path, "--format", "csv", "--table", "x"]).with_status(2).stderr.contains("failure_groups"));
}

/// Names that would be formulas, other cells, other lines or commands of a terminal, and what becomes of them.
pub(crate) const HOSTILE: [(&str, &str); 12] = [
    ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
    ("+1-1", "'+1-1"),
    ("-2+3", "'-2+3"),
    ("@SUM(A1:A9)", "'@SUM(A1:A9)"),
    ("＝1+1", "'＝1+1"),
    ("bob;=1+1", "bob;'=1+1"),
    ("a,b\"c", "a,b\"c"),
    ("\u{1b}[31mred", r"\u{1b}[31mred"),
    ("\u{202e}gpj.exe", r"\u{202e}gpj.exe"),
    ("line\u{2028}end", r"line\u{2028}end"),
    ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ("Müller 漢字", "Müller 漢字"),
];

/// A log with a failed login of each, the name in both of its columns.
pub(crate) fn hostile() -> Tree {
    let mut lines = vec![TWELVE.to_owned()];
    for (place, (name, _)) in HOSTILE.iter().enumerate() {
        let line = login(&format!("07:00:{place:02}.000"), "@@", "R=\"z NO LOGIN failed.\";ErrMsg=LogonFailed:LogonDenied");
        let parameters = quoted(&format!("{name} *****"));
        lines.push(line.replace("login,@@ *****", &format!("login,{parameters}")).replace("@@", &quoted(name)));
    }
    Tree::of(FRONT, log(&lines.iter().map(String::as_str).collect::<Vec<_>>()))
}

#[test]
fn hostile_names_are_harmless_and_stay_in_their_places() {
    let tree = hostile();
    let attempts = table("sessions", tree.path(), &[]);
    assert_eq!(attempts.column("user"), HOSTILE.map(|(_, cell)| cell));
    for (command, options) in
        [("sessions", &[][..]), ("sessions", &["--session", "A1"]), ("analyze", &[]), ("analyze", &["--table", "findings"])]
    {
        let table = table(command, tree.path(), options);
        assert!(!table.rows.is_empty(), "{options:?}");
        for cell in table.rows.iter().flatten() {
            let is_formula = cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '\t', '\r']);
            assert!(!is_formula && !cell.chars().any(exlog::text::is_harmful), "{command} {options:?}: {cell:?}");
        }
    }
}
