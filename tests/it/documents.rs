//! The README says what the program does: its table of diagnoses is the one in the code, its commands are the ones that work.
//!
//! `EXLOG_UPDATE=1 cargo test documents` writes the table anew.

use std::fs;
use std::path::PathBuf;

use exlog::attempts::attempt::Attempt;
use exlog::attempts::log_record::LogRecord;
use exlog::delivery::event_log::REGISTRATION;
use exlog::diagnosis::ALL;
use exlog::export::column::Row;

use crate::program::exlog;

fn readme() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

/// The table between the two marks.
fn table() -> String {
    let mut table = String::from("| id | what it says |\n|---|---|\n");
    for diagnosis in ALL {
        table.push_str(&format!("| `{}` | {} |\n", diagnosis.id, diagnosis.title));
    }
    table
}

#[test]
fn the_table_of_diagnoses_in_the_readme_is_the_one_in_the_code() {
    let text = fs::read_to_string(readme()).unwrap();
    let (before, rest) = text.split_once("<!-- diagnoses -->\n").unwrap();
    let (found, after) = rest.split_once("<!-- /diagnoses -->").unwrap();
    if std::env::var_os("EXLOG_UPDATE").is_some() {
        fs::write(readme(), format!("{before}<!-- diagnoses -->\n{}<!-- /diagnoses -->{after}", table())).unwrap();
        return;
    }
    assert_eq!(found, table(), "EXLOG_UPDATE=1 cargo test documents writes it anew");
}

#[test]
fn every_option_and_status_stands_in_the_readme() {
    let text = fs::read_to_string(readme()).unwrap();
    let help = exlog(&["analyze", "--help"]).with_status(0).stdout;
    let options: Vec<&str> = help.split_whitespace().filter(|word| word.starts_with("--") && word.len() > 2).collect();
    assert!(options.len() > 10);
    for option in options {
        let option = option.trim_end_matches([',', '.', ':', ')', ';']);
        assert!(
            text.contains(&format!("`{option}")) || ["--help", "--version"].contains(&option),
            "{option} is not in the README"
        );
    }
}

#[test]
fn every_column_of_a_dataset_stands_in_the_readme_and_in_help() {
    let text = fs::read_to_string(readme()).unwrap();
    let help = exlog(&["export", "--help"]).with_status(0).stdout;
    let of_attempts = <Attempt as Row>::columns().iter().map(|column| (column.name, column.sql_type()));
    let columns: Vec<_> =
        of_attempts.chain(<LogRecord as Row>::columns().iter().map(|column| (column.name, column.sql_type()))).collect();
    assert_eq!(columns.len(), 32 + 20);
    for (name, kind) in columns {
        assert!(text.contains(&format!("`{name}`")), "{name} is not in the README");
        let is_told = |line: &str| line.split_whitespace().take(2).eq([name, kind]);
        assert!(help.lines().any(is_told), "{name} {kind} is not in the help");
    }
    assert!(["--overwrite", "--records"].iter().all(|option| text.contains(&format!("`{option}`"))));
}

#[test]
fn what_registers_the_source_of_events_stands_in_the_readme_and_in_help() {
    let text = fs::read_to_string(readme()).unwrap();
    let help = exlog(&["nightly", "--help"]).with_status(0).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for line in REGISTRATION {
        assert!(text.contains(line), "{line} is not in the README");
        assert!(help.contains(line), "{line} is not in the help of nightly");
    }
}

#[test]
fn the_pictures_of_the_readme_are_there_and_small() {
    let text = fs::read_to_string(readme()).unwrap();
    let pictures: Vec<&str> =
        text.split("![").skip(1).map(|rest| rest.split_once("](").unwrap().1.split(')').next().unwrap()).collect();
    assert_eq!(pictures.len(), 2);
    for picture in pictures {
        let bytes = fs::read(readme().with_file_name(picture)).unwrap_or_else(|error| panic!("{picture}: {error}"));
        assert!((1_000..150_000).contains(&bytes.len()), "{picture}: {} bytes", bytes.len());
    }
}

#[test]
fn what_is_explained_covers_ids_codes_lines_and_messages() {
    let line = fs::read_to_string(readme().with_file_name("tests/data/real-lines.log")).unwrap();
    let line = line.lines().find(|line| line.starts_with("22T07:30:46")).unwrap().to_owned();
    for (words, expected) in [
        ("certificate-binding", "When it is wrong"),
        ("ProxyNotAuthenticated", "certificate-binding"),
        ("No such login method", "auth-method-unsupported"),
        (line.as_str(), "A login that failed: ProxyNotAuthenticated"),
    ] {
        let shown = exlog(&["explain", words]).with_status(0).stdout;
        assert!(shown.contains(expected), "{words}: {shown}");
    }
    for diagnosis in ALL {
        assert!(exlog(&["explain", diagnosis.id]).with_status(0).stdout.contains(diagnosis.title));
    }
    assert!(exlog(&["explain"]).with_status(0).stdout.contains("certificate-binding"));
    assert!(exlog(&["explain", "colourless green ideas"]).with_status(2).stderr.contains("nothing is known"));
}
