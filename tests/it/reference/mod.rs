//! A second reader of protocol logs, slow and obvious: one `String` a line, one `Vec` a row, the csv crate, standard maps.
//!
//! It was written from the description of the format alone and shares no code with exlog, so that a mistake must be made
//! twice to stay unseen. It knows whole files in memory, one thread, and nothing of segments, windows or filters.

pub(crate) mod context;
pub(crate) mod login;
pub(crate) mod row;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::ledger::Ledger;
use login::Login;
use row::{Kind, Layout};

/// Counts everything below a folder.
pub(crate) fn read_tree(root: &Path) -> Ledger {
    let mut ledger = Ledger::default();
    for path in files_below(root) {
        if let Some(log) = read_file(&path) {
            add(&mut ledger, log);
        }
    }
    ledger
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries.iter().flat_map(|path| if path.is_dir() { files_below(path) } else { vec![path.clone()] }).collect()
}

/// Counts one file; `None` if it is no protocol log.
fn read_file(path: &Path) -> Option<Ledger> {
    let text = text_of(&fs::read(path).unwrap());
    let name = path.file_name().unwrap().to_string_lossy().to_uppercase();
    let server = server_of(path);
    let mut ledger = Ledger { files: 1, ..Ledger::default() };
    let mut layout = Layout::default();
    let mut names_a_log = false;
    for line in lines_of(&text) {
        ledger.lines += 1;
        names_a_log |= line.starts_with("#Log-type: IMAP4") || line.starts_with("#Log-type: POP3");
        match layout.read(line) {
            Kind::Header => ledger.headers += 1,
            Kind::Blank => ledger.blank += 1,
            Kind::Skipped => ledger.skipped += 1,
            Kind::Record(row) => {
                ledger.records += 1;
                if let Some(login) = Login::of(&row) {
                    let (protocol, role) = service_of(&name, &row.server);
                    count(&mut ledger, [protocol.to_owned(), role.to_owned(), server.clone()], login);
                }
            }
        }
    }
    (names_a_log || ledger.records > 0).then_some(ledger)
}

fn count(ledger: &mut Ledger, [protocol, role, server]: [String; 3], login: Login) {
    let class = login.class.to_owned();
    let counts = ledger.logins.entry([protocol.clone(), role.clone(), server.clone(), class.clone()]).or_default();
    counts[0] += 1;
    match login.worked {
        Some(true) => counts[1] += 1,
        Some(false) => {
            counts[2] += 1;
            *ledger.failures.entry([protocol, role, server, login.error, class]).or_default() += 1;
        }
        None => counts[3] += 1,
    }
}

fn add(ledger: &mut Ledger, log: Ledger) {
    ledger.files += log.files;
    ledger.lines += log.lines;
    ledger.records += log.records;
    ledger.headers += log.headers;
    ledger.blank += log.blank;
    ledger.skipped += log.skipped;
    for (key, counts) in log.logins {
        let sum = ledger.logins.entry(key).or_default();
        (0..4).for_each(|place| sum[place] += counts[place]);
    }
    for (key, failures) in log.failures {
        *ledger.failures.entry(key).or_default() += failures;
    }
}

/// The text of a file: unpacked if it is gzip, from UTF-16 if it begins with its mark; bytes that are no text become `U+FFFD`.
fn text_of(bytes: &[u8]) -> String {
    let units = |bytes: &[u8], unit: fn([u8; 2]) -> u16| -> Vec<u16> {
        bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect()
    };
    match bytes {
        [0x1f, 0x8b, ..] => {
            let mut unpacked = Vec::new();
            flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut unpacked).unwrap();
            text_of(&unpacked)
        }
        [0xff, 0xfe, rest @ ..] => String::from_utf16_lossy(&units(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => String::from_utf16_lossy(&units(rest, u16::from_be_bytes)),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Physical lines: what stands between line feeds, without one carriage return at its end. A rest without a line feed is a line.
fn lines_of(text: &str) -> impl Iterator<Item = &str> {
    let whole = text.strip_suffix('\n').unwrap_or(text);
    let lines = if text.is_empty() { None } else { Some(whole.split('\n')) };
    lines.into_iter().flatten().map(|line| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        line.strip_prefix('\u{feff}').unwrap_or(line)
    })
}

/// The folder above `Logging`.
fn server_of(path: &Path) -> String {
    let folders: Vec<String> = path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    let logging =
        folders.iter().rposition(|folder| folder == "Logging").expect("the reference reader knows servers by their folder");
    folders[logging - 1].clone()
}

/// Protocol and role: by the file's name, else by the server's port.
fn service_of(name: &str, server: &str) -> (&'static str, &'static str) {
    for (prefix, service) in [
        ("IMAP4BE", ("imap4", "backend")),
        ("IMAP4", ("imap4", "frontend")),
        ("POP3BE", ("pop3", "backend")),
        ("POP3", ("pop3", "frontend")),
    ] {
        if name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with("20")) {
            return service;
        }
    }
    match server.rsplit(':').next().unwrap_or_default() {
        "143" | "993" => ("imap4", "frontend"),
        "1993" => ("imap4", "backend"),
        "110" | "995" => ("pop3", "frontend"),
        "1995" => ("pop3", "backend"),
        port => panic!("the reference reader knows no service on port '{port}' of {name}"),
    }
}
