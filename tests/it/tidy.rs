//! The house rules as a test: floors, doors, file sizes, and what library code never does.
//!
//! Each rule lists its own violations, file and line first. Code behind `#[cfg(test)]` and comments are not looked at, but
//! for the rules that say so. The floors are those of `src/ARCHITECTURE.md`; a module that stands on none fails here.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::tree::repository;

/// The house. A module uses only what stands above it in this list; modules of one row do not use each other.
/// The ground floor has three rows, because an error has a location, and reading a time can end in an error; the seventh has
/// four, because a comparison holds findings against each other, what is unusual is as bad as a finding, a night has all of it, and
/// what is told while logs grow is told in the words of nights.
const FLOORS: [(&str, &[&str]); 18] = [
    ("0", &["location", "protocol", "merge", "text"]),
    ("0", &["error", "redaction"]),
    ("0", &["clock"]),
    ("1", &["skipped", "collections"]),
    ("2", &["input"]),
    ("3", &["protocol_log", "evidence"]),
    ("4", &["login", "recognition"]),
    ("5", &["summary"]),
    ("6", &["case", "attempts"]),
    ("7", &["diagnosis"]),
    ("7", &["comparison", "usual"]),
    ("7", &["night"]),
    ("7", &["live"]),
    ("8", &["report", "explain", "dataset", "delivery", "schedule", "cluster", "manifest", "export"]),
    ("9", &["pipeline"]),
    ("10", &["history", "follow"]),
    ("11", &["cli"]),
    ("above all", &["lib", "main"]),
];

/// The one door of each crate: the modules whose files may name it.
const DOORS: [(&str, &[&str]); 41] = [
    ("rayon", &["pipeline"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("windows_registry", &["cli::local"]),
    ("ctrlc", &["cli"]),
    ("indicatif", &["cli"]),
    ("anstream", &["cli"]),
    ("terminal_size", &["cli"]),
    ("comfy_table", &["report::terminal"]),
    ("unicode_width", &["text"]),
    ("askama", &["report::html"]),
    ("hashbrown", &["collections::map"]),
    ("datasketches", &["collections::distinct"]),
    ("hdrhistogram", &["collections::latency"]),
    ("walkdir", &["input::discover"]),
    ("globset", &["input::discover"]),
    ("flate2", &["input::packed", "input::archive", "dataset::envelope"]),
    ("ruzstd", &["input::packed"]),
    ("zip", &["input::archive"]),
    ("sevenz_rust2", &["input::archive"]),
    ("tempfile", &["input::archive"]),
    ("deflate64", &["input::archive"]),
    ("encoding_rs", &["input", "evidence::text_lines"]),
    ("chrono", &["clock", "evidence::date"]),
    ("evtx", &["evidence"]),
    ("x509_parser", &["evidence"]),
    ("ring", &["evidence", "redaction", "report::html", "dataset::envelope", "recognition", "manifest::print"]),
    ("roxmltree", &["evidence"]),
    ("serde_json", &["report::json", "report::ndjson", "evidence::json_table", "manifest"]),
    ("postcard", &["dataset"]),
    ("rusqlite", &["history"]),
    ("lettre", &["delivery::mail"]),
    ("ureq", &["delivery::webhook"]),
    ("rustls", &["delivery::trust"]),
    ("rustls_native_certs", &["delivery::trust"]),
    ("toml", &["cli::config"]),
    ("parquet", &["export"]),
    ("arrow_array", &["export"]),
    ("arrow_schema", &["export"]),
    ("windows_sys", &["delivery::event_log::windows"]),
];

/// What library code does not do: the words, and where they are allowed.
const NEVER: [(&str, &[&str]); 14] = [
    (".unwrap()", &[]),
    (".expect(", &[]),
    ("panic!(", &[]),
    ("todo!(", &[]),
    ("unreachable!(", &[]),
    ("dbg!(", &[]),
    ("println!(", &[]),
    ("eprintln!(", &[]),
    ("process::exit", &[]),
    ("std::env", &["cli"]),
    ("SystemTime::now", &["cli"]),
    ("Instant::now", &["cli"]),
    ("unsafe ", &["protocol_log::structure", "delivery::event_log::windows"]),
    ("mmap", &[]),
];

/// A file of the source tree.
struct Source {
    /// Its path from the top of the repository.
    path: String,
    /// Its module: `login::session`; `lib` and `main` for the two roots.
    module: String,
    text: String,
}

impl Source {
    /// The first part of the module's path.
    fn top(&self) -> &str {
        self.module.split("::").next().unwrap()
    }

    /// The lines of code before the tests, without comments, with their numbers.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let is_code = |line: &&str| !self.is_test() && line.trim() != "#[cfg(test)]";
        let before_tests = self.text.lines().take_while(is_code);
        before_tests.enumerate().map(|(at, line)| (at + 1, line)).filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// Whether the whole file is a module of tests.
    fn is_test(&self) -> bool {
        self.module.ends_with("::tests") || self.module.contains("::tests::")
    }

    fn is_within(&self, modules: &[&str]) -> bool {
        modules.iter().any(|module| self.module == *module || self.module.starts_with(&format!("{module}::")))
    }
}

fn rust_files(folder: &str) -> Vec<Source> {
    let (mut found, mut folders) = (Vec::new(), vec![repository().join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && path.file_name().unwrap() != "target" {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(source(&path));
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn source(path: &Path) -> Source {
    let from_top: PathBuf = path.strip_prefix(repository()).unwrap().to_owned();
    let parts: Vec<String> = from_top.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let module = parts[1..].join("::");
    let module = module.strip_suffix("::mod").unwrap_or(&module).to_owned();
    Source { path: parts.join("/") + ".rs", module, text: fs::read_to_string(path).unwrap() }
}

#[track_caller]
fn nothing_in(violations: &[String]) {
    assert!(violations.is_empty(), "\n  {}\n", violations.join("\n  "));
}

/// The names that a line takes from the top of the crate: of `crate::a::b` and of `use crate::{a::b, c}`.
fn modules_used(line: &str) -> Vec<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut used = Vec::new();
    for rest in line.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(group) => used.extend(group.split(", ").map(|part| word(part.trim_start()))),
            None => used.push(word(rest)),
        }
    }
    used
}

#[test]
fn every_module_uses_only_floors_below_it() {
    let row_of: BTreeMap<&str, usize> =
        FLOORS.iter().enumerate().flat_map(|(row, (_, modules))| modules.iter().map(move |module| (*module, row))).collect();
    let mut violations = Vec::new();
    for source in rust_files("src") {
        let Some(row) = row_of.get(source.top()) else {
            violations.push(format!("{}: '{}' stands on no floor", source.path, source.top()));
            continue;
        };
        for (line, code) in source.code() {
            let at = format!("{}:{line}", source.path);
            for used in modules_used(code).iter().filter(|used| *used != source.top()) {
                match row_of.get(used.as_str()) {
                    Some(other) if other < row => {}
                    Some(other) => {
                        violations.push(format!(
                            "{at}: {} (floor {}) uses {used} (floor {})",
                            source.module, FLOORS[*row].0, FLOORS[*other].0
                        ));
                    }
                    None if source.top() == "lib" || source.top() == "main" => {}
                    None => violations.push(format!("{at}: uses '{used}', which stands on no floor")),
                }
            }
            // `super` may not be a way around: from a module of the top it leads to the top.
            let leaves = (source.module == source.top() && code.contains("super::")) || code.contains("super::super::");
            if leaves && !code.contains("pub(in super") {
                violations.push(format!("{at}: leaves its module by 'super'"));
            }
        }
    }
    nothing_in(&violations);
}

#[test]
fn each_big_dependency_has_one_door() {
    let mut violations = Vec::new();
    for source in rust_files("src") {
        for (line, code) in source.code() {
            for (name, doors) in DOORS {
                let names = [name.to_owned(), format!("{name}_tz"), format!("{name}_json")];
                let is_named = names.iter().any(|name| names_crate(code, name));
                if is_named && !source.is_within(doors) {
                    violations.push(format!("{}:{line}: names {name}, whose door is {doors:?}", source.path));
                }
            }
        }
    }
    nothing_in(&violations);
}

/// Whether a line names a crate: `rayon::…` or `use rayon`, not as a part of another word or path.
fn names_crate(code: &str, name: &str) -> bool {
    let is_alone = |at: usize| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
    let path = format!("{name}::");
    code.match_indices(&path).any(|(at, _)| is_alone(at)) || code.contains(&format!("use {name};"))
}

#[test]
fn library_code_prints_nothing_exits_never_and_does_not_panic() {
    let mut violations = Vec::new();
    for source in rust_files("src") {
        for (line, code) in source.code() {
            for (words, allowed) in NEVER {
                if code.contains(words) && !source.is_within(allowed) {
                    violations.push(format!("{}:{line}: {}", source.path, code.trim()));
                }
            }
            if (code.contains("Utc::now") || code.contains("Local::now")) && !source.is_within(&["cli"]) {
                violations.push(format!("{}:{line}: reads the clock: {}", source.path, code.trim()));
            }
        }
    }
    nothing_in(&violations);
}

#[test]
fn every_file_says_what_it_is() {
    let all = ["src", "benches", "tests"].iter().flat_map(|folder| rust_files(folder));
    let silent =
        all.filter(|source| !source.text.starts_with("//! ")).map(|source| format!("{} does not open with //!", source.path));
    nothing_in(&silent.collect::<Vec<_>>());
}

#[test]
fn files_are_small() {
    let mut violations = Vec::new();
    for source in rust_files("src") {
        let lines = source.text.lines().take_while(|line| line.trim() != "#[cfg(test)]").count();
        let most = match source.module.as_str() {
            "main" => 30,
            _ if source.is_test() => 600,
            _ => 400,
        };
        if lines >= most {
            violations.push(format!("{}: {lines} lines before its tests, and {most} are too many", source.path));
        }
    }
    for source in ["benches", "tests"].iter().flat_map(|folder| rust_files(folder)) {
        let lines = source.text.lines().count();
        if lines >= 600 {
            violations.push(format!("{}: {lines} lines, and 600 are too many", source.path));
        }
    }
    nothing_in(&violations);
}

#[test]
fn no_module_is_a_drawer_for_odds_and_ends() {
    let drawers = ["utils", "util", "helpers", "helper", "common", "manager", "misc"];
    let all = ["src", "benches", "tests"].iter().flat_map(|folder| rust_files(folder));
    let found = all.filter(|source| source.module.split("::").any(|part| drawers.contains(&part))).map(|source| source.path);
    nothing_in(&found.collect::<Vec<_>>());
}

#[test]
fn nothing_is_left_to_be_done_later() {
    let marks = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["XX", "X:"].concat()];
    let mut violations = Vec::new();
    for source in ["src", "benches", "tests"].iter().flat_map(|folder| rust_files(folder)) {
        for (at, line) in source.text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark)) {
                violations.push(format!("{}:{}: {}", source.path, at + 1, line.trim()));
            }
        }
    }
    nothing_in(&violations);
}

#[test]
fn the_top_of_the_repository_holds_nothing_unexpected() {
    let expected = ["Cargo.toml", "Cargo.lock", "README.md", "src", "benches", "sample-logs", "tests", "target"];
    let names = fs::read_dir(repository()).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let unexpected =
        names.filter(|name| !expected.contains(&name.as_str()) && !name.starts_with('.') && !name.starts_with("LICENSE"));
    nothing_in(&unexpected.map(|name| format!("'{name}' at the top of the repository")).collect::<Vec<_>>());
}
