//! Hostile content comes out harmless and readable: one corpus through the doors of all formats.

use std::fs;

use serde_json::Value;

use crate::dataset_files::{Row, rows_of};
use crate::program::{Ended, command, end, exlog, list, text};
use crate::tree::Tree;

mod corpus;

use corpus::{WORDS, folder};

/// Holds a report to what its format must be.
type Check = fn(&str);

/// What is asked of each output: a new format adds a line here, or the test below fails.
const FORMATS: [(&str, Check); 7] = [
    ("terminal", is_harmless_on_a_terminal),
    ("html", is_harmless_in_a_browser),
    ("json", is_exact),
    ("csv", is_harmless_in_a_spreadsheet),
    ("ndjson", is_exact_line_by_line),
    ("timesketch", is_harmless_in_a_spreadsheet),
    ("bodyfile", is_harmless_in_a_time_line),
];

/// The same of `exlog sessions`, whose table on a terminal cuts what does not fit.
const SESSION_FORMATS: [(&str, Check); 5] = [
    ("terminal", is_harmless),
    ("csv", is_harmless_in_a_spreadsheet),
    ("ndjson", is_exact_line_by_line),
    ("timesketch", is_harmless_in_a_spreadsheet),
    ("bodyfile", is_harmless_in_a_time_line),
];

/// No report about the corpus, whose longest lines have a megabyte, is longer.
const LONGEST: usize = 1_000_000;

/// The report about the corpus in a format, whole.
fn report(format: &str) -> Ended {
    exlog(&["analyze".as_ref(), folder().as_os_str(), "--verbose".as_ref(), "--format".as_ref(), format.as_ref()]).with_status(0)
}

/// Characters that drive a terminal, turn the reading direction, or hide; line ends separate lines.
fn is_harmful(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{e0fff}')
}

/// A word as people are to read it: harmful characters by their numbers, what is no text by U+FFFD.
fn readable(word: &[u8]) -> String {
    let text = String::from_utf8_lossy(word.trim_ascii()).into_owned();
    text.chars().map(|c| if is_harmful(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

#[track_caller]
fn is_harmless(report: &str) {
    assert_eq!(report.chars().find(|c| is_harmful(*c)), None);
}

#[track_caller]
fn is_harmless_on_a_terminal(report: &str) {
    is_harmless(report);
    for (what, word) in WORDS {
        assert!(report.contains(&readable(word)), "{what}: {}", readable(word));
    }
}

#[track_caller]
fn is_harmless_in_a_browser(page: &str) {
    is_harmless(page);
    let style = between(page, "<style>", "</style>");
    let script = between(page, "<script>", "</script>");
    let markup = page.replace(style, "").replace(script, "");
    for (what, word) in WORDS {
        let escaped = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;")];
        let shown = escaped.iter().fold(readable(word), |text, (c, reference)| text.replace(c, reference));
        assert!(markup.contains(&shown), "{what}: {shown}");
    }
    // Every tag and every attribute is one that the templates write.
    let templates: String = fs::read_dir(crate::tree::repository().join("src/report/html/templates"))
        .unwrap()
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    for tag in markup.split('<').skip(1) {
        let name: String = tag.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '/' | '!')).collect();
        assert!(!name.is_empty() && templates.contains(&format!("<{name}")), "<{tag}");
        let inside = tag.split('>').next().unwrap();
        // Outside of quotes.
        for attributes in inside.split('"').step_by(2) {
            for attribute in attributes.split_whitespace().filter_map(|word| word.strip_suffix('=')) {
                assert!(templates.contains(&format!(" {attribute}=\"")), "<{inside}>: {attribute}");
                assert!(!attribute.starts_with("on") && !["style", "src", "srcdoc"].contains(&attribute), "<{inside}>");
            }
        }
    }
}

#[track_caller]
fn is_exact(report: &str) {
    // JSON escapes what is below U+0020 by itself; a terminal is not its reader.
    assert_eq!(report.chars().find(|c| *c < ' ' && *c != '\n'), None);
    let report: Value = serde_json::from_str(report).unwrap();
    let errors: Vec<&str> = list(&report, "/failure_groups").iter().map(|group| text(group, "error")).collect();
    for (what, word) in WORDS {
        let expected = String::from_utf8_lossy(word.trim_ascii()).into_owned();
        assert!(errors.contains(&expected.as_str()), "{what}: {expected:?} in {errors:?}");
    }
    // What is cut says so.
    let is_cut = |error: &&&str| error.starts_with("WWWW") && error.contains('…') && error.len() < 2000;
    assert_eq!(errors.iter().filter(is_cut).count(), 1);
}

#[track_caller]
fn is_harmless_in_a_spreadsheet(table: &str) {
    assert_eq!(table.chars().find(|c| is_harmful(*c) && *c != '\r'), None);
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let cells: Vec<&str> = rows.iter().flatten().collect();
    for cell in &cells {
        let is_formula = cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
        assert!(!is_formula, "{cell}");
    }
    for (what, word) in WORDS {
        let word = readable(word);
        assert!(cells.iter().any(|cell| *cell == word || cell.strip_prefix('\'') == Some(&word)), "{what}: {word}");
    }
}

#[track_caller]
fn is_exact_line_by_line(report: &str) {
    is_harmless(report);
    let documents: Vec<Value> = report.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let errors: Vec<&str> = documents.iter().filter_map(|document| document["error"]["code"].as_str()).collect();
    for (what, word) in WORDS {
        let expected = String::from_utf8_lossy(word.trim_ascii()).into_owned();
        assert!(errors.contains(&expected.as_str()), "{what}: {expected:?} in {errors:?}");
    }
}

#[track_caller]
fn is_harmless_in_a_time_line(body: &str) {
    is_harmless(body);
    let lines: Vec<Vec<&str>> = body.lines().map(|line| line.split('|').collect()).collect();
    assert!(lines.iter().all(|fields| fields.len() == 11), "{body}");
    // As mactime reads it, which undoes every % and two digits: what comes out may drive nothing either.
    let undone = |name: &str| {
        let mut parts = name.split('%');
        let first = parts.next().unwrap_or_default().to_owned();
        let digits = |part: &str| u8::from_str_radix(part.get(..2)?, 16).ok();
        parts.fold(first, |text, part| match digits(part) {
            Some(byte) => text + &char::from(byte).to_string() + &part[2..],
            None => text + "%" + part,
        })
    };
    let names: Vec<String> = lines.iter().map(|fields| undone(fields[1])).collect();
    names.iter().for_each(|name| is_harmless(name));
    for (what, word) in WORDS {
        assert!(names.iter().any(|name| name.contains(&readable(word))), "{what}: {}", readable(word));
    }
}

/// What stands between two marks.
#[track_caller]
fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    page.split_once(start).unwrap().1.split_once(end).unwrap().0
}

#[test]
fn every_format_is_harmless_readable_and_bounded() {
    for (format, is_sound) in FORMATS {
        let ended = report(format);
        is_sound(&ended.stdout);
        assert!(ended.stdout.len() < LONGEST, "{format}: {}", ended.stdout.len());
        assert_eq!(ended.stderr.chars().find(|c| is_harmful(*c)), None, "{format}");
    }
}

#[test]
fn every_format_of_sessions_is_harmless_and_readable() {
    for (format, is_sound) in SESSION_FORMATS {
        let corpus = folder();
        let ask = |options: &[&str]| {
            let arguments = [&["sessions", corpus.to_str().unwrap(), "--format", format], options].concat();
            exlog(&arguments).with_status(0).stdout
        };
        is_sound(&ask(&[]));
        for session in ["1", "10"] {
            is_harmless(&ask(&["--session", session]).replace('\r', ""));
        }
    }
}

#[test]
fn no_format_is_left_out() {
    let of_analyze = FORMATS.map(|(format, _)| format);
    let of_sessions = SESSION_FORMATS.map(|(format, _)| format);
    for (command, formats) in [("analyze", &of_analyze[..]), ("sessions", &of_sessions)] {
        let help = exlog(&[command, "--help"]).with_status(0).stdout;
        let (_, about) = help.split_once("--format <").unwrap();
        let about = about.split("\n      --").next().unwrap();
        let (_, values) = about.split_once("Possible values:").unwrap();
        let listed = values.lines().filter_map(|line| line.trim().strip_prefix("- ")?.split(':').next());
        assert_eq!(listed.collect::<Vec<_>>(), formats, "{command}");
    }
}

/// What is shown while logs grow goes through the same doors. On a terminal its columns are cut.
#[test]
fn what_is_watched_is_harmless_too() {
    for format in ["terminal", "ndjson"] {
        let mut asked = command();
        asked.args(["watch", "--from", "2000-01-01", "--all", "--verbose", "--for", "1s", "--format", format]).arg(folder());
        let ended = end(&mut asked).with_status(0);
        assert_eq!(ended.stdout.chars().find(|c| is_harmful(*c)), None, "{format}");
        assert!(ended.stdout.len() < LONGEST, "{format}: {}", ended.stdout.len());
        assert_eq!(ended.stderr.chars().find(|c| is_harmful(*c)), None, "{format}");
        if format == "ndjson" {
            is_exact_line_by_line(&ended.stdout);
        }
    }
}

/// Engines show what they are given: a dataset holds exactly what was written.
#[test]
fn a_dataset_holds_every_word_as_it_was_written() {
    for (options, column) in [(&[][..], "error"), (&["--records"], "user")] {
        let target = Tree::new();
        let dataset = target.at("data");
        end(command().arg("export").arg(folder()).args(options).arg("--output").arg(&dataset)).with_status(0);
        let rows = rows_of(&dataset);
        for (what, word) in WORDS {
            let expected = String::from_utf8_lossy(word).into_owned();
            let is_there = |row: &Row| row.get(column).is_some_and(|value| value.trim() == expected.trim());
            assert!(rows.iter().any(is_there), "{what}: {expected:?} as {column}");
        }
    }
}

/// Names of folders are names of servers. Windows does not allow such ones.
#[cfg(unix)]
#[test]
fn servers_named_by_strangers_are_harmless_too() {
    let name = "<img src=x onerror=window.pwned=12>\u{1b}[31m'; calc; '";
    let lines: Vec<String> = (0..9)
        .map(|minute| crate::tree::login(&format!("07:0{minute}:00.000"), "alice", "R=\"A1 NO x\";ErrMsg=ProxyNotAuthenticated"))
        .collect();
    let all: Vec<&str> = [crate::tree::TWELVE].into_iter().chain(lines.iter().map(String::as_str)).collect();
    let tree = Tree::of(&format!("{name}/Logging/Imap4/IMAP420260312-1.LOG"), crate::tree::log(&all));
    let mut watched = command();
    watched.args(["watch", "--for", "1s"]).arg(tree.path());
    is_harmless(&end(&mut watched).with_status(0).stdout);
    for format in ["terminal", "html"] {
        let ended = exlog(&["analyze".as_ref(), tree.path().as_os_str(), "--format".as_ref(), format.as_ref()]).with_status(0);
        assert_eq!(ended.stdout.chars().find(|c| is_harmful(*c)), None, "{format}");
        assert!(format == "terminal" || !ended.stdout.contains("<img"));
        // In the shell's commands, the quote that would end the name stands for itself.
        assert!(format == "terminal" || ended.stdout.contains(r"[31m&#39;\&#39;&#39;; calc; &#39;\&#39;&#39;"));
    }
}
