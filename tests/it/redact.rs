//! `--redact`: nothing of the original is left in any output, and what is said is the same.
//!
//! The originals are collected from the input by means of their own (columns by the csv crate, evidence by hand), and each
//! output of each command that reads logs is searched for them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::dataset_files::rows_of;
use crate::generator::clock::utc;
use crate::generator::generate;
use crate::generator::plan::{EventKind, Plan};
use crate::program::{analyze, command, end, exlog, list, text};
use crate::tree::{FRONT, TWELVE, Tree, files_below, log, login, repository, samples, utf16};

const KEY: &str = "a key that nobody guesses";

/// Words of protocols and paths (`users` is one on Windows) that are also names here or parts of them: they say nothing.
const COMMON: [&str; 16] = [
    "com",
    "credentials",
    "damaged",
    "evidence",
    "example",
    "healthmailbox",
    "imap",
    "imap4",
    "local",
    "logging",
    "login",
    "mail",
    "pop3",
    "unknown",
    "user",
    "users",
];

/// What the sample evidence holds beside the names that are in the logs too.
const OF_EVIDENCE: [&str; 12] = [
    "1D0C5A77E3B94E0B8A55C1B7E2F4A6D890123456",
    "A7F3B2C14D5E6F708192A3B4C5D6E7F809A1B2C3",
    "autodiscover",
    "administrator",
    "extest_4f1a",
    "1004336348",
    "contoso issuing",
    "5c5bd1f0",
    "MSExchangePowerShellFrontEndAppPool",
    "contoso.example",
    "contoso",
    "ex01",
];

fn sample_folders() -> Vec<PathBuf> {
    let mut folders: Vec<_> = fs::read_dir(samples()).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    // From here, so that the names of folders above do not matter: they may be words of any report.
    folders.iter_mut().for_each(|path| *path = path.strip_prefix(repository()).unwrap().to_owned());
    folders.sort();
    assert!(folders.len() > 3);
    folders
}

/// The commands that report about logs, by what they say of themselves. `summarize` reports nothing: what it writes holds the
/// names, as logs do, and is redacted where a report is made of it; `nightly` tells its own people, and the README says so.
fn reading_commands() -> Vec<String> {
    let help = exlog(&["--help"]).with_status(0).stdout;
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let names = commands.lines().take_while(|line| line.starts_with("  ")).filter_map(|line| line.split_whitespace().next());
    let reads =
        |name: &&str| !["help", "summarize", "nightly"].contains(name) && exlog(&[*name, "--help"]).stdout.contains("<PATH>");
    names.filter(reads).map(str::to_owned).collect()
}

/// The formats of a command, as it names them to somebody who gives a wrong one.
fn formats(command: &str) -> Vec<String> {
    let refused = exlog(&[command, ".", "--format", "none-such"]).stderr;
    let (_, values) = refused.split_once("[possible values: ").unwrap_or_else(|| panic!("{command}: {refused}"));
    values.split(']').next().unwrap().split(", ").map(str::to_owned).collect()
}

/// Every output about a path: of each command and each format, all lists whole.
fn outputs(path: &Path, key: &str) -> BTreeMap<String, String> {
    let mut outputs = BTreeMap::new();
    let folder = Tree::new();
    let summary = folder.at("of the logs.exlog");
    end(command().arg("summarize").arg(path).arg("--output").arg(&summary)).with_status(0);
    for reading in reading_commands() {
        for format in formats(&reading).into_iter().filter(|format| format != "summary") {
            let arguments = [&reading, "--format", &format, "--redact", "--redact-key", key, "--verbose"];
            let read = if reading == "merge" { summary.as_path() } else { path };
            let forms: &[&[&str]] = match reading.as_str() {
                "export" => &[&[], &["--records"]],
                "sessions" => &[&[], &["--session", "2"]],
                _ => &[&[]],
            };
            for options in forms {
                let output = [&[reading.as_str(), &format], *options].concat().join(" ");
                let dataset = folder.at(&output);
                let mut asked = command();
                asked.args(arguments).args(*options).arg(read);
                if reading == "export" {
                    asked.arg("--output").arg(&dataset);
                }
                if reading == "watch" {
                    asked.args(["--from", "2000-01-01", "--all", "--for", "1s"]);
                }
                let ended = end(&mut asked).with_status(0);
                // Where the format has no place for it, it is said beside it how much could not be read.
                let told = ["exlog: rows: ", "exlog: nothing fits: "];
                let is_harmless =
                    |line: &str| line.contains(" could not be read; ") || told.iter().any(|told| line.starts_with(told));
                assert!(ended.stderr.lines().all(is_harmless), "{output}: {}", ended.stderr);
                outputs.insert(output, ended.stdout + &text_of_dataset(&dataset));
            }
        }
    }
    assert!(outputs.len() >= 3);
    outputs
}

/// All that a dataset says, the names of its folders included; nothing if there is none.
fn text_of_dataset(dataset: &Path) -> String {
    if !dataset.exists() {
        return String::new();
    }
    let folders = files_below(dataset).into_iter().map(|file| file.strip_prefix(dataset).unwrap().display().to_string());
    let rows = rows_of(dataset).into_iter().map(|row| row.into_values().collect::<Vec<_>>().join(" "));
    folders.chain(rows).collect::<Vec<_>>().join("\n")
}

fn text_of(file: &Path) -> String {
    let mut bytes = fs::read(file).unwrap();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let packed = std::mem::take(&mut bytes);
        flate2::read::MultiGzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).unwrap();
    }
    if bytes.starts_with(&[0xff, 0xfe]) {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        return String::from_utf16_lossy(&units);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// All names in the logs of a folder and in its path, whole and in parts, in small letters.
fn originals(folder: &Path) -> BTreeSet<String> {
    let mut whole: BTreeSet<String> = BTreeSet::new();
    for file in files_below(folder) {
        for line in text_of(&file).lines().filter(|line| line.starts_with("20")) {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line.as_bytes());
            let Some(Ok(record)) = reader.records().next() else { continue };
            if record.len() < 11 {
                continue;
            }
            let address =
                |text: &str| text.rsplit_once(':').map_or(text, |(address, _)| address).trim_matches(['[', ']']).to_owned();
            whole.extend([address(&record[3]), address(&record[4]), record[5].to_owned()]);
            if &record[9] == "login" {
                whole.extend(record[10].split(' ').next().map(str::to_owned));
            }
            let context = record.get(11).unwrap_or_default();
            whole.extend(context.split("Proxy:").skip(1).filter_map(|rest| rest.split(':').next()).map(str::to_owned));
        }
    }
    whole.extend(folder.iter().map(|part| part.to_string_lossy().into_owned()));
    let mut names: BTreeSet<String> = whole.iter().map(|name| name.to_lowercase()).collect();
    let is_address = |name: &str| name.parse::<std::net::IpAddr>().is_ok();
    for name in whole.iter().filter(|name| !is_address(name)) {
        names.extend(name.to_lowercase().split(['@', '\\', '/']).map(str::to_owned));
        names.extend(name.to_lowercase().split(['@', '\\', '/', '.']).map(str::to_owned));
    }
    names.retain(|name| {
        name.chars().count() > 2 && !COMMON.contains(&name.as_str()) && !matches!(name.as_str(), "127.0.0.1" | "::1")
    });
    names
}

/// The name in a text, not as a part of a longer word: a token may hold three letters of anybody.
fn holds(text: &str, name: &str) -> bool {
    let is_alone = |at: usize| {
        let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        is_edge(text[..at].chars().next_back()) && is_edge(text[at + name.len()..].chars().next())
    };
    text.match_indices(name).any(|(at, _)| name.len() > 6 || is_alone(at))
}

/// The same outputs about a log without a name: what stands in them is theirs (`lang` is an attribute of a page, and a family).
fn outputs_about_nobody() -> BTreeMap<String, String> {
    let line = "2026-03-12T07:00:00.000Z,00000000000000A1,0,[::1]:993,[::1]:50001,,20,30,40,OpenSession,,";
    outputs(Tree::of("0.LOG", log(&[TWELVE, line])).path(), KEY)
}

#[track_caller]
fn nothing_is_left(outputs: &BTreeMap<String, String>, names: &BTreeSet<String>, whose: &Path) {
    let of_nobody = outputs_about_nobody();
    for (output, text) in outputs {
        let text = text.to_lowercase();
        let own = of_nobody[output].to_lowercase();
        let left: Vec<&String> = names.iter().filter(|name| holds(&text, name) && !holds(&own, name)).collect();
        assert!(left.is_empty(), "{output} about {} holds {left:?}", whose.display());
    }
}

/// What a report finds, without a word of its texts.
fn findings(report: &Value) -> Vec<String> {
    let numbers = |finding: &Value| {
        let count = |key: &str| finding[key].as_array().unwrap().len();
        let fields = ["id", "severity", "confidence", "start", "end", "ongoing", "outages", "groups", "protocols"];
        let shown: Vec<String> = fields.iter().map(|field| finding[field].to_string()).collect();
        format!("{} {} {}", shown.join(" "), count("evidence"), count("remediation"))
    };
    let mut found: Vec<String> = list(report, "/findings").iter().map(numbers).collect();
    found.sort();
    found
}

#[track_caller]
fn says_the_same(path: &Path) {
    let (plain, redacted) = (analyze(path), redacted(path, KEY));
    assert_eq!(findings(&plain), findings(&redacted), "{}", path.display());
    for counted in ["/logins/frontend", "/logins/backend", "/input/lines", "/input/skipped_by_reason", "/exactness"] {
        assert_eq!(plain.pointer(counted), redacted.pointer(counted), "{counted} of {}", path.display());
    }
    for (part, fields) in [
        ("/failure_groups", &["id", "count", "error", "error_class", "response", "users", "client_addresses", "ports"][..]),
        ("/outages", &["id", "start", "end", "recovered_at", "failed", "users_affected", "groups"]),
        ("/timeline", &["at", "kind"]),
        ("/input/notes", &["kind", "reason"]),
        ("/anomalies", &["error", "count"]),
    ] {
        let of = |report: &Value| {
            let row = |row: &Value| fields.iter().map(|field| row[field].to_string()).collect::<Vec<_>>();
            let mut rows: Vec<_> = list(report, part).iter().map(row).collect();
            rows.sort();
            rows
        };
        assert_eq!(of(&plain), of(&redacted), "{part} of {}", path.display());
    }
}

#[track_caller]
fn redacted(path: &Path, key: &str) -> Value {
    end(command().args(["analyze", "--format", "json", "--redact-key", key]).arg(path)).with_status(0).json()
}

#[test]
fn nothing_of_the_original_is_left_in_any_output() {
    for folder in sample_folders() {
        let mut names = originals(&folder);
        assert!(names.len() > 20);
        names.extend(OF_EVIDENCE.map(str::to_lowercase));
        nothing_is_left(&outputs(&folder, KEY), &names, &folder);
    }
}

#[test]
fn hosts_and_accounts_may_be_called_like_known_words() {
    for host in ["SERVER", "EXCHANGE", "Logging", "imap"] {
        let notes =
            format!("R=\"z NO LOGIN failed. Server {host} user login denied\";Msg=Proxy:{host}:1993:SSL;ErrMsg=ProxyFailed");
        let lines: Vec<String> = (0..9).map(|at| login(&format!("07:00:0{at}.000"), "login", &notes)).collect();
        let lines: Vec<&str> = [TWELVE].into_iter().chain(lines.iter().map(String::as_str)).collect();
        let tree = Tree::of(&FRONT.replace("EX01", host), log(&lines));
        for (arguments, format) in [
            (&["analyze"][..], "json"),
            (&["analyze"], "terminal"),
            (&["sessions"], "csv"),
            (&["sessions", "--session", "A1"], "csv"),
            (&["sessions", "--session", "A1"], "ndjson"),
        ] {
            let mut asked = command();
            asked.args(arguments).args(["--format", format, "--redact-key", KEY]).arg(tree.path());
            let shown = end(&mut asked).with_status(0).stdout;
            let lower = host.to_lowercase();
            for left in [format!("Proxy:{host}"), format!("Server {host}"), format!("{lower}:1993"), format!("/{host}/Logging")] {
                assert!(!shown.contains(&left), "{host} {arguments:?} {format}: {left} in {shown}");
            }
            assert!(!shown.contains("user login"), "{host} {arguments:?} {format}: {shown}");
            // The terminal cuts it off.
            assert!(format == "terminal" || shown.contains("NO LOGIN failed."), "{host} {arguments:?} {format}: {shown}");
        }
    }
}

#[test]
fn nothing_of_logs_that_are_compared_is_left_either() {
    let folders = sample_folders();
    let [these, .., others] = folders.as_slice() else { panic!("two folders of samples") };
    let mut names = originals(these);
    names.extend(originals(others));
    let compared = ["terminal", "html", "json"].map(|format| {
        let arguments = ["analyze", "--format", format, "--redact-key", KEY, "--verbose", "--compare"];
        (format!("analyze {format}"), end(command().args(arguments).arg(others).arg(these)).with_status(0).stdout)
    });
    nothing_is_left(&compared.into(), &names, these);
}

#[test]
fn the_samples_say_the_same_with_pseudonyms() {
    sample_folders().iter().for_each(|folder| says_the_same(folder));
}

#[test]
fn planted_causes_are_found_under_pseudonyms() {
    for kind in [
        EventKind::CertificateOutage,
        EventKind::BackendRejects,
        EventKind::NoBackendFound,
        EventKind::StaleDevice { every: 300 },
        EventKind::Spray { accounts: 60, addresses: 6 },
        EventKind::BruteForce { every: 3, addresses: 12 },
        EventKind::PlaintextRefused { every: 120 },
        EventKind::ProtocolDisabled { every: 300 },
        EventKind::ServiceSilent,
    ] {
        let mut plan = Plan::new(5, utc(2026, 3, 12, 4, 0, 0), 9, 1);
        plan.accounts = 120;
        let tree = Tree::new();
        generate(&plan.plant(kind, 300..480), tree.path()).unwrap();
        says_the_same(tree.path());
        if matches!(kind, EventKind::BackendRejects | EventKind::Spray { .. }) {
            nothing_is_left(&outputs(tree.path(), KEY), &originals(tree.path()), tree.path());
        }
    }
}

#[test]
fn a_name_is_the_same_token_in_every_output_and_under_the_same_key_alone() {
    let folder = samples().join("credentials");
    let (first, again, other) = (outputs(&folder, KEY), outputs(&folder, KEY), redacted(&folder, "another key of some length"));
    assert_eq!(first, again);
    let report: Value = serde_json::from_str(&first["analyze json"]).unwrap();
    let name = |report: &Value| text(&list(report, "/accounts")[0], "name").to_owned();
    assert_ne!(name(&report), name(&other));
    let server = text(&list(&report, "/input/sources")[0], "server").to_owned();
    for (output, text) in first.iter().filter(|(output, _)| output.starts_with("analyze")) {
        assert!(text.contains(&name(&report)) && text.contains(&server), "{output}");
        assert!(!text.contains(KEY), "{output} holds the key");
    }
    // The same account in a line of the log and in the list.
    let example = text(&list(&list(&report, "/failure_groups")[0], "/examples")[0], "text").to_owned();
    assert!(example.contains(&name(&report)), "{example}");
}

#[test]
fn every_spelling_of_an_account_keeps_what_it_shares() {
    let denied = "R=\"z NO LOGIN failed.\";ErrMsg=LogonFailed:LogonDenied";
    let names = ["alice@contoso.com", "ALICE@Contoso.COM", r"CONTOSO\alice", "contoso/Alice", "alice"];
    let lines: Vec<String> = (0..).zip(names).map(|(at, name)| login(&format!("07:0{at}:00.000"), name, denied)).collect();
    let mut all = vec![TWELVE];
    all.extend(lines.iter().map(String::as_str));
    let tree = Tree::of(FRONT, log(&all));
    let report = redacted(tree.path(), KEY);
    let examples = list(&list(&report, "/failure_groups")[0], "/examples").to_owned();
    let users: Vec<String> = examples.iter().map(|row| text(row, "text").split(',').nth(5).unwrap().to_owned()).collect();
    let (local, domain) = users[0].split_once('@').unwrap();
    let contoso = domain.strip_suffix(".com").unwrap();
    let expected =
        [users[0].clone(), users[0].clone(), format!(r"{contoso}\{local}"), format!("{contoso}/{local}"), local.to_owned()];
    assert_eq!(users, expected);
}

#[test]
fn a_cut_name_and_the_whole_one_are_one_token() {
    let whole = "HealthMailbox0a1b2c3d4e5f60718293a4b5c6d7e8f9@contoso.com";
    let denied = "R=\"z NO LOGIN failed.\";ErrMsg=LogonFailed:LogonDenied";
    let both = login("07:00:00.000", whole, denied).replacen(whole, "HealthMailbox0a1b2c3", 1);
    let report = redacted(Tree::of(FRONT, log(&[TWELVE, &both])).path(), KEY);
    let example = text(&list(&list(&report, "/failure_groups")[0], "/examples")[0], "text").to_owned();
    let columns: Vec<&str> = example.split(',').collect();
    assert!(columns[5].starts_with("healthmailbox") && columns[10].starts_with(&format!("{}@id-", columns[5])), "{example}");
    assert_eq!(list(&report, "/failure_groups")[0]["client_class"], "health_mailbox");
}

#[test]
fn hostile_and_short_names_go_and_sentences_stay() {
    let denied = |name: &str| {
        format!("R=\"z NO LOGIN failed.\";Msg=\"LogonFailed:LogonDenied,User: {name}\";ErrMsg=LogonFailed:LogonDenied")
    };
    let names = [
        "in",
        "on",
        "log",
        "imap",
        "failed",
        "</script><b>evil",
        "=cmd|calc",
        "\u{202e}gpj.exe",
        "Zoë Müller",
        "20417731",
        "o'neil",
    ];
    let mut lines = vec![TWELVE.to_owned()];
    for (at, name) in names.iter().enumerate() {
        lines.extend((0..5).map(|second| login(&format!("07:{at:02}:0{second}.000"), name, &denied(name))));
    }
    lines.push("2026-03-12T07:00:00.000Z,secretline".to_owned());
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let tree = Tree::of(FRONT, log(&lines));
    let outputs = outputs(tree.path(), KEY);
    for (output, text) in &outputs {
        for hostile in ["evil", "cmd|", "gpj", "müller", "Müller", "20417731", "neil", "secretline", "exlog test"] {
            assert!(!text.contains(hostile), "{output} holds {hostile}");
        }
    }
    let (plain, hidden) = (analyze(tree.path()), &outputs["analyze json"]);
    let hidden: Value = serde_json::from_str(hidden).unwrap();
    assert_eq!(list(&hidden, "/failure_groups")[0]["response"], "NO LOGIN failed.");
    assert_eq!(findings(&plain), findings(&hidden));
    let users = list(&list(&hidden, "/failure_groups")[0], "/top_users").iter().map(|row| text(row, "user"));
    assert!(users.clone().count() > 5 && users.into_iter().all(|user| user.contains("id-")));
    for example in list(&list(&hidden, "/failure_groups")[0], "/examples") {
        let columns: Vec<&str> = text(example, "text").split(',').collect();
        let named = columns.iter().filter(|column| column.contains(columns[5])).count();
        assert!(named >= 3, "user, parameters and context have one token: {columns:?}");
    }
}

#[test]
fn the_key_is_told_once_or_given_by_three_ways() {
    let folder = samples().join("credentials");
    let told = end(command().args(["analyze", "--redact"]).arg(&folder)).with_status(0);
    let key = told.stderr.split("with the key ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    assert!(key.len() >= 20 && !told.stdout.contains(&key));
    let by_variable = end(command().env("EXLOG_REDACT_KEY", &key).args(["analyze", "--redact"]).arg(&folder)).with_status(0);
    assert_eq!((&by_variable.stdout, by_variable.stderr.as_str()), (&told.stdout, ""));
    let file = Tree::of("key.txt", format!("{key}\r\n"));
    let by_file = end(command().args(["analyze", "--redact-key-file"]).arg(file.at("key.txt")).arg(&folder)).with_status(0);
    for bytes in [format!("\u{feff}{key}\r\n").into_bytes(), utf16(format!("\u{feff}{key}\r\n").as_bytes())] {
        let file = Tree::of("key.txt", bytes);
        let ended = end(command().args(["analyze", "--redact-key-file"]).arg(file.at("key.txt")).arg(&folder)).with_status(0);
        assert!(ended.stdout == told.stdout, "what editors and PowerShell of Windows put before a text is no part of the key");
    }
    let by_option = end(command().args(["analyze", "--redact-key", &key]).arg(&folder)).with_status(0);
    assert!(by_file.stdout == told.stdout && by_option.stdout == told.stdout);
    // Without the option the variable alone hides nothing, and every run has a key of its own.
    let plain = end(command().env("EXLOG_REDACT_KEY", &key).arg("analyze").arg(&folder)).with_status(0);
    assert!(plain.stdout.contains("MAIL02"));
    assert_ne!(end(command().args(["analyze", "--redact"]).arg(&folder)).stdout, told.stdout);
}

#[test]
fn a_bad_key_is_refused_and_a_short_one_warned_of() {
    let folder = samples().join("credentials");
    for arguments in [["--redact-key", " "], ["--redact-key-file", "/no/such/key"]] {
        let ended = end(command().arg("analyze").args(arguments).arg(&folder)).with_status(2);
        assert!(ended.stderr.contains("the key in") && ended.stdout.is_empty(), "{ended:?}");
    }
    let short = end(command().args(["analyze", "--redact-key", "short"]).arg(&folder)).with_status(0);
    assert!(short.stderr.contains("is short"));
}

#[test]
fn every_command_that_reads_logs_can_redact() {
    let commands = reading_commands();
    assert!(["analyze", "merge"].iter().all(|name| commands.contains(&(*name).to_owned())));
    for command in commands {
        assert!(exlog(&[command.as_str(), "--help"]).stdout.contains("--redact-key-file"), "{command}");
    }
}
