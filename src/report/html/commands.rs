//! Commands that a reader may copy: those that show the lines behind a number, and those that make the report again.
//!
//! They are written for the shell of the system on which the report was made, and names in them are quoted for it.

use crate::clock::rfc3339;
use crate::diagnosis::powershell;
use crate::location::Location;
use crate::protocol::{Protocol, Role};
use crate::report::html::Asked;
use crate::report::html::words::{LINE, NAME, PATH, cut, file_name};
use crate::text::counted;

/// A place in a file.
#[derive(Debug, Clone)]
pub(super) struct Cite {
    /// File and line, whole.
    pub(super) place: String,
    /// The file's name without its folders, and the line.
    pub(super) short: String,
    /// The line, if it is known, cut.
    pub(super) text: String,
    /// Whether it is.
    pub(super) has_text: bool,
    /// What shows the line; empty where the whole file is meant.
    pub(super) command: String,
}

/// A place, with its line if that is known.
pub(super) fn cite(at: &Location, text: Option<&str>) -> Cite {
    let line = if at.line > 0 { format!(":{}", at.line) } else { String::new() };
    Cite {
        place: format!("{}{line}", cut(&at.file, PATH)),
        short: format!("{}{line}", cut(file_name(&at.file), 80)),
        text: text.map(|text| cut(text, LINE)).unwrap_or_default(),
        has_text: text.is_some(),
        command: line_command(at),
    }
}

fn line_command(at: &Location) -> String {
    let is_packed = at.file.to_ascii_lowercase().ends_with(".gz");
    // What came through a pipe cannot be read again.
    if at.line == 0 || at.file.as_ref() == "-" || (cfg!(windows) && is_packed) {
        return String::new();
    }
    let file = quoted(&at.file);
    match (cfg!(windows), is_packed) {
        (true, _) => format!("Get-Content -LiteralPath {file} | Select-Object -Index {}", at.line - 1),
        (false, true) => format!("gzip -dc {file} | sed -n '{}p'", at.line),
        (false, false) => format!("sed -n '{}p' {file}", at.line),
    }
}

/// Paths longer than this together are said once, and stand in commands as a word: a shell may have made thousands of a pattern.
const PATHS: usize = 300;
const PATHS_WORD: &str = "PATHS";

/// So many of them are said at the foot of the page.
const SAID: usize = 4000;

/// The paths as words of a command.
fn paths(asked: &Asked) -> String {
    asked.paths.iter().map(|path| quoted(without_last_separator(path, cfg!(windows)))).collect::<Vec<_>>().join(" ")
}

/// A folder of Windows without a backslash at its end: PowerShell 5.1 hands a path with blanks over in double quotes, and would keep the
/// last of them from ending it.
fn without_last_separator(path: &str, is_windows: bool) -> &str {
    match path.strip_suffix('\\') {
        Some(folder) if is_windows && !folder.is_empty() && !folder.ends_with([':', '\\']) => folder,
        _ => path,
    }
}

/// What the word for paths in commands means; empty where they stand there themselves.
pub(super) fn paths_note(asked: &Asked) -> String {
    let paths = paths(asked);
    if paths.len() <= PATHS {
        return String::new();
    }
    let count = counted(asked.paths.len() as u64, "path that was given", "paths that were given");
    format!("{PATHS_WORD} in commands stands for the {count}: {}", cut(&paths, SAID))
}

/// What a command asks for, beside what was asked for already.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Narrowed<'a> {
    /// This server alone.
    pub(super) server: Option<&'a str>,
    /// This protocol alone.
    pub(super) protocol: Option<Protocol>,
    /// This role alone.
    pub(super) role: Option<Role>,
    /// This account alone.
    pub(super) user: Option<&'a str>,
    /// This address alone.
    pub(super) client: Option<&'a str>,
    /// From the first of these moments to the second, both included.
    pub(super) window: Option<(i64, i64)>,
    /// Failed attempts alone; only for lines.
    pub(super) failed: bool,
    /// Failures with this error code, or of this class of errors, alone; only for lines.
    pub(super) error: Option<&'a str>,
}

/// The pattern for an account's name that all probes fit.
pub(super) const PROBES: &str = "HealthMailbox*";

/// A pattern of `--error` is no longer: errors come from strangers too.
const ERROR: usize = 200;

/// The pattern of `--error` that an error fits. What would be a wildcard, or cannot stand in a command, is any one character: the
/// command may show lines too many, but never too few.
pub(super) fn error_pattern(error: &str) -> String {
    let inside = error.len() - error.trim_start().len()..error.trim_end().len();
    let is_itself = |(at, c): &(usize, char)| inside.contains(at) && !c.is_control() && *c != '*';
    let pattern: String = error.char_indices().take(ERROR).map(|of| if is_itself(&of) { of.1 } else { '?' }).collect();
    if error.chars().count() > ERROR { pattern + "*" } else { pattern }
}

/// The command that makes this report again about a part of it.
pub(super) fn again(asked: &Asked, narrowed: Narrowed<'_>) -> String {
    command("analyze", asked, narrowed)
}

/// The command that shows the lines behind a number.
pub(super) fn lines(asked: &Asked, narrowed: Narrowed<'_>) -> String {
    command("sessions", asked, narrowed)
}

fn command(name: &str, asked: &Asked, narrowed: Narrowed<'_>) -> String {
    let mut words = vec!["exlog".to_owned(), name.to_owned()];
    let paths = paths(asked);
    words.push(if paths.len() > PATHS { PATHS_WORD.to_owned() } else { paths });
    // A filter given twice would let more through instead of less, so that the narrower one takes the other's place.
    let only = |narrow: Option<&str>, asked: &[String]| match narrow {
        Some(name) => vec![name.to_owned()],
        None => asked.to_vec(),
    };
    let options = [
        ("--evidence", if name == "analyze" { asked.evidence.clone() } else { Vec::new() }),
        ("--server-name", asked.server_name.iter().cloned().collect()),
        ("--server", only(narrowed.server, &asked.servers)),
        ("--protocol", narrowed.protocol.or(asked.protocol).iter().map(|protocol| protocol.name().to_owned()).collect()),
        ("--role", narrowed.role.or(asked.role).iter().map(|role| role.name().to_owned()).collect()),
        ("--user", only(narrowed.user, &asked.users)),
        ("--client", only(narrowed.client, &asked.clients)),
    ];
    for (option, value) in options.iter().flat_map(|(option, values)| values.iter().map(move |value| (option, value))) {
        words.extend(self::option(option, value));
    }
    if let Some((from, to)) = narrowed.window {
        // `--to` is not included.
        words.extend(["--from".to_owned(), rfc3339(from), "--to".to_owned(), rfc3339(to.saturating_add(1))]);
    }
    if narrowed.failed {
        words.extend(["--outcome".to_owned(), "failed".to_owned()]);
    }
    if let Some(error) = narrowed.error.map(error_pattern) {
        words.extend(option("--error", &error));
    }
    words.join(" ")
}

/// An option with its value, which may begin like an option.
fn option(option: &str, value: &str) -> Vec<String> {
    match value.starts_with('-') {
        true => vec![quoted(&format!("{option}={value}"))],
        false => vec![option.to_owned(), quoted(value)],
    }
}

/// A word as the shell takes it, without control characters.
fn quoted(word: &str) -> String {
    let word: String = word.chars().filter(|c| !c.is_control()).take(NAME * 4).collect();
    let is_plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | ':') || (cfg!(windows) && c == '\\');
    if !word.is_empty() && word.chars().all(is_plain) {
        return word;
    }
    if cfg!(windows) { quoted_for_windows(&word) } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// In double quotes, which the command prompt and PowerShell both know, where nothing in the word has a meaning in those; else as
/// PowerShell alone takes it.
fn quoted_for_windows(word: &str) -> String {
    let has_meaning = |c| matches!(c, '"' | '$' | '`' | '%' | '!' | '^' | '\u{201c}' | '\u{201d}' | '\u{201e}');
    if word.contains(has_meaning) || word.ends_with('\\') { powershell::quoted(word) } else { format!("\"{word}\"") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(paths: &[&str]) -> Asked {
        Asked { paths: paths.iter().map(|path| (*path).to_owned()).collect(), ..Asked::default() }
    }

    #[test]
    fn a_narrower_filter_takes_the_place_of_the_one_that_was_given() {
        let asked = Asked {
            protocol: Some(Protocol::Imap4),
            servers: vec!["EX0*".to_owned()],
            clients: vec!["10.0.0.0/8".to_owned()],
            ..asked(&["logs"])
        };
        let narrowed = Narrowed { server: Some("EX01"), user: Some("-x"), window: Some((0, 999)), ..Narrowed::default() };
        let command = again(&asked, narrowed);
        assert!(command.starts_with("exlog analyze logs --server EX01 --protocol imap4 "), "{command}");
        let user = if cfg!(windows) { "\"--user=-x\"" } else { "'--user=-x'" };
        assert!(command.contains(&format!(" {user} --client 10.0.0.0/8")), "{command}");
        assert!(command.ends_with("--from 1970-01-01T00:00:00.000Z --to 1970-01-01T00:00:01.000Z"), "{command}");
    }

    #[test]
    fn lines_are_those_of_the_failures_and_need_no_evidence() {
        let asked = Asked { evidence: vec!["imap.txt".to_owned()], ..asked(&["logs"]) };
        let narrowed = Narrowed { user: Some("alice"), failed: true, ..Narrowed::default() };
        assert_eq!(lines(&asked, narrowed), "exlog sessions logs --user alice --outcome failed");
        assert_eq!(again(&asked, Narrowed::default()), "exlog analyze logs --evidence imap.txt");
    }

    #[test]
    fn no_path_ends_with_the_backslash_that_a_double_quote_would_follow() {
        for (path, shown) in [(r"C:\my logs\", r"C:\my logs"), (r"C:\", r"C:\"), (r"\\ex01\c$", r"\\ex01\c$"), ("\\", "\\")] {
            assert_eq!(without_last_separator(path, true), shown);
            assert_eq!(without_last_separator(path, false), path);
        }
    }

    #[test]
    fn an_error_is_a_pattern_that_it_fits() {
        let shown = |error: &str| lines(&asked(&["logs"]), Narrowed { error: Some(error), ..Narrowed::default() });
        assert_eq!(shown("ProxyFailed"), "exlog sessions logs --error ProxyFailed");
        for (error, pattern) in [("a*b?", "a?b?"), ("a\tb\u{7}", "a?b?"), (&"x".repeat(300), &format!("{}*", "x".repeat(ERROR)))]
        {
            assert_eq!(error_pattern(error), pattern);
            assert!(crate::summary::scope::NamePattern::parse(pattern).unwrap().matches(error));
        }
        assert!(shown("-v").ends_with(if cfg!(windows) { " \"--error=-v\"" } else { " '--error=-v'" }));
    }

    #[test]
    fn thousands_of_paths_are_said_once() {
        let paths: Vec<String> = (0..5000).map(|number| format!("logs/IMAP4{number}.LOG")).collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let (few, many) = (asked(paths.get(..2).unwrap()), asked(&paths));
        assert_eq!(again(&few, Narrowed::default()), "exlog analyze logs/IMAP40.LOG logs/IMAP41.LOG");
        assert_eq!((again(&many, Narrowed::default()).as_str(), paths_note(&few).as_str()), ("exlog analyze PATHS", ""));
        let note = paths_note(&many);
        assert!(note.starts_with("PATHS in commands stands for the 5,000 paths that were given: logs/IMAP40.LOG logs/"));
        assert!(note.len() < SAID + 200);
    }

    #[test]
    fn on_windows_both_shells_take_a_word_unless_one_would_read_it() {
        for (word, shown) in [
            (r"C:\Program Files\Exchange", r#""C:\Program Files\Exchange""#),
            ("HealthMailbox*", r#""HealthMailbox*""#),
            ("Größe & Co; calc", r#""Größe & Co; calc""#),
            ("a | b > c", r#""a | b > c""#),
            ("o'neil", r#""o'neil""#),
            ("", r#""""#),
            (r"C:\my logs\", r"'C:\my logs\'"),
            ("$(calc)", "'$(calc)'"),
            ("`calc`", "'`calc`'"),
            ("%TEMP%", "'%TEMP%'"),
            ("a\"; calc", "'a\"; calc'"),
            ("a\u{201d}; o'x", "'a\u{201d}; o''x'"),
        ] {
            assert_eq!(quoted_for_windows(word), shown);
        }
    }

    #[test]
    fn nothing_in_a_name_leaves_its_quotes() {
        let shown = quoted("o'neil; calc\r\n");
        assert_eq!(shown, if cfg!(windows) { r#""o'neil; calc""# } else { r"'o'\''neil; calc'" });
        let place = line_command(&Location::new("a b.LOG", 7));
        assert!(place.contains(if cfg!(windows) { r#""a b.LOG""# } else { "'a b.LOG'" }), "{place}");
        assert_eq!(line_command(&Location::new("-", 7)), "");
    }
}
