//! The layers, held against a command of the tests' own.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use clap::{Args, FromArgMatches, ValueEnum};
use tempfile::TempDir;

use super::layers::Layers;
use super::show::shown;
use super::*;

#[derive(Debug, Args)]
struct Nightly {
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    #[arg(long, required = true)]
    store: Option<PathBuf>,
    #[arg(long)]
    mail: Vec<String>,
    #[arg(long, requires = "mail")]
    mail_server: Option<String>,
    #[arg(long)]
    mail_password_file: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = Severity::High)]
    mail_at: Severity,
    #[arg(long, default_value_t = 400)]
    keep: u16,
    #[arg(long, conflicts_with = "verbose")]
    quiet: bool,
    #[arg(long)]
    verbose: bool,
    #[arg(long)]
    redact_key: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Severity {
    Low,
    High,
}

/// A folder with a file in it, and an environment.
struct Case {
    folder: TempDir,
    environment: BTreeMap<String, OsString>,
}

impl Case {
    fn of(toml: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE_NAME), toml).unwrap();
        Self { folder, environment: BTreeMap::new() }
    }

    fn with(mut self, variable: &str, value: &str) -> Self {
        self.environment.insert(variable.to_owned(), value.into());
        self
    }

    fn store(&self) -> String {
        format!("--store={}", self.folder.path().join("store.db").display())
    }

    fn command() -> Command {
        configurable(Command::new("exlog").subcommand(Nightly::augment_args(Command::new("nightly"))))
    }

    fn try_parse(&self, arguments: &[&str]) -> Result<Nightly> {
        let program = Self::command();
        let line = ["exlog", "nightly"].iter().chain(arguments).map(OsString::from).collect();
        let completed = completed(&program, line, &|name| self.environment.get(name).cloned())?;
        let matches = program.try_get_matches_from(completed).unwrap_or_else(|error| panic!("{error}"));
        Ok(Nightly::from_arg_matches(matches.subcommand_matches("nightly").unwrap()).unwrap())
    }

    fn parse(&self, arguments: &[&str]) -> Nightly {
        self.try_parse(arguments).unwrap()
    }

    /// The error, with the folder's path cut away.
    fn error(&self, arguments: &[&str]) -> String {
        let error = self.try_parse(arguments).unwrap_err().to_string();
        error.replace(&format!("{}{}", self.folder.path().display(), std::path::MAIN_SEPARATOR), "")
    }

    fn shown(&self, arguments: &[&str]) -> String {
        let program = Self::command();
        let command = program.find_subcommand("nightly").unwrap();
        let given: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let shown = shown(command, &given, &|name| self.environment.get(name).cloned()).unwrap();
        shown.replace(&format!("{}{}", self.folder.path().display(), std::path::MAIN_SEPARATOR), "")
    }
}

const FULL: &str = "\u{feff}# comment
paths = ['logs', '-']
mail = ['a@contoso.com', \"b@contoso.com\"]
mail-server = 'mail.contoso.com'
mail-password-file = 'secret.txt'
mail-at = 'low'
keep = 30
quiet = true
redact-key = 'correct horse'
";

#[test]
fn every_option_can_stand_in_the_file_beside_the_store() {
    let case = Case::of(FULL);
    let nightly = case.parse(&[&case.store()]);
    assert_eq!(nightly.paths, [case.folder.path().join("logs"), PathBuf::from("-")]);
    assert_eq!(nightly.mail, ["a@contoso.com", "b@contoso.com"]);
    assert_eq!((nightly.mail_server.as_deref(), nightly.keep, nightly.mail_at), (Some("mail.contoso.com"), 30, Severity::Low));
    assert_eq!(nightly.mail_password_file, Some(case.folder.path().join("secret.txt")));
    assert!(nightly.quiet && !nightly.verbose);
}

#[test]
fn the_command_line_wins_over_the_environment_and_that_over_the_file() {
    let case = Case::of(FULL).with("EXLOG_KEEP", "60").with("EXLOG_MAIL_AT", "high").with("EXLOG_MAIL", "env@contoso.com");
    let nightly = case.parse(&[&case.store(), "--keep", "90", "other"]);
    assert_eq!((nightly.keep, nightly.mail_at), (90, Severity::High));
    assert_eq!(nightly.mail, ["env@contoso.com"], "lists are not mixed");
    assert_eq!(nightly.paths, [PathBuf::from("other")]);
    assert_eq!(Case::of("").parse(&["--store=s", "p"]).keep, 400);
}

#[test]
fn what_excludes_something_stronger_gives_way() {
    let case = Case::of(FULL);
    let nightly = case.parse(&[&case.store(), "--verbose"]);
    assert!(nightly.verbose && !nightly.quiet);
    let case = Case::of("quiet = true\nverbose = true\n");
    assert!(case.error(&[&case.store(), "p"]).starts_with("exlog.toml:2: 'verbose' cannot stand beside 'quiet' in line 1"));
}

#[test]
fn a_secret_in_the_environment_wins_over_the_name_of_a_file_in_the_file() {
    let case = Case::of(FULL).with("EXLOG_MAIL_PASSWORD", "s3cret");
    assert_eq!(case.parse(&[&case.store()]).mail_password_file, None);
    let given = case.parse(&[&case.store(), "--mail-password-file", "given.txt"]);
    assert_eq!(given.mail_password_file, Some(PathBuf::from("given.txt")));
}

#[test]
fn a_file_that_is_named_is_the_one_that_is_read() {
    let case = Case::of(FULL);
    let named = case.folder.path().join("other.toml");
    fs::write(&named, "keep = 7\nstore = 'here.db'\n").unwrap();
    let name = named.display().to_string();
    assert_eq!(case.parse(&["--config", &name, "p"]).keep, 7);
    let by_environment = Case::of("").with("EXLOG_CONFIG", &name);
    assert_eq!(by_environment.parse(&["p"]).store, Some(case.folder.path().join("here.db")));
    let missing = Case::of("");
    let path = missing.folder.path().join("missing.toml").display().to_string();
    assert!(missing.error(&["--config", &path, "p"]).contains("missing.toml could not be read"));
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    for (toml, expected) in [
        ("keep = 1\n\nmail_server = 'x'\n", "exlog.toml:3: 'mail_server' is no option\n  is 'mail-server' meant?"),
        ("colour = 'x'", "exlog.toml:1: 'colour' is no option\n  'exlog nightly --help'"),
        ("config = 'x'", "exlog.toml:1: 'config' is no option"),
        ("keep = 'many'", "exlog.toml:1: 'keep': 'many' is no value for it: invalid digit"),
        ("keep = true", "exlog.toml:1: 'keep' is not just on or off"),
        ("keep = [1, 2]", "exlog.toml:1: 'keep' has one value"),
        ("mail = [['a']]", "exlog.toml:1: 'mail' is a list of other things"),
        ("mail-at = 'hgh'", "exlog.toml:1: 'mail-at': 'hgh' is none of low, high"),
        ("quiet = 'yes'", "exlog.toml:1: 'quiet' is on or off"),
        ("[mail]\nserver = 'x'", "exlog.toml:1: 'mail' is a table"),
        ("keep = 1\nkeep = 2", "exlog.toml:2: duplicate key"),
        ("keep = 1\nstore = \"C:\\Users\"", "exlog.toml:2: "),
        ("keep = ", "exlog.toml:1: "),
    ] {
        let case = Case::of(toml);
        let error = case.error(&[&case.store(), "p"]);
        assert!(error.starts_with(expected), "{toml}: {error}");
    }
    assert!(Case::of("").with("EXLOG_KEEP", "x").error(&["p"]).starts_with("EXLOG_KEEP in the environment: 'x' is no value"));
    assert!(
        Case::of("").with("EXLOG_QUIET", "maybe").error(&["p"]).starts_with("EXLOG_QUIET in the environment: it is on or off")
    );
}

#[test]
fn other_commands_and_help_are_left_alone() {
    let program = Case::command();
    for line in [&["exlog"][..], &["exlog", "analyze", "p"], &["exlog", "--help"], &["exlog", "nightly", "--help"]] {
        let line: Vec<OsString> = line.iter().map(OsString::from).collect();
        assert_eq!(completed(&program, line.clone(), &|_| Some("x".into())).unwrap_or_default(), line);
    }
}

#[test]
fn what_is_in_force_is_shown_with_where_it_comes_from_and_can_be_read_again() {
    let case = Case::of(FULL).with("EXLOG_MAIL_AT", "high").with("EXLOG_VERBOSE", "0");
    let shown = case.shown(&[&case.store(), "--keep", "90"]);
    let squeezed: Vec<String> = shown.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for line in [
        "paths = ['logs', '-'] # exlog.toml:2",
        "store = 'store.db' # command line",
        "mail = ['a@contoso.com', 'b@contoso.com'] # exlog.toml:3",
        "mail-at = 'high' # EXLOG_MAIL_AT in the environment",
        "keep = 90 # command line",
        "quiet = true # exlog.toml:8",
        "verbose = false # EXLOG_VERBOSE in the environment",
        "# redact-key = (not shown) # exlog.toml:9",
    ] {
        assert!(
            squeezed.iter().any(|found| found == line || found.replace('\'', "") == line.replace('\'', "")),
            "{line}\n{shown}"
        );
    }
    assert!(!shown.contains("correct horse"), "{shown}");
    let again = Case::of(&shown.replace("store = 'store.db'", "# "));
    assert_eq!(again.parse(&[&again.store()]).keep, 90, "{shown}");
}

#[test]
fn nothing_in_a_value_can_leave_its_quotes() {
    for value in ["C:\\Program Files\\x", "it's", "a\"b'c\\", "line\nend\u{1b}[31m\u{202e}", ""] {
        let case = Case::of("");
        let shown = case.shown(&["--store=s", "p", &format!("--mail-server={value}")]);
        let again = Case::of(&format!("{shown}\nmail = ['x']"));
        let read = again.parse(&[&again.store(), "p", "--keep=1"]);
        assert_eq!(read.mail_server.as_deref(), Some(value), "{shown}");
    }
}

#[test]
fn layers_of_nothing_add_nothing() {
    let program = Case::command();
    let layers = Layers::read(program.find_subcommand("nightly").unwrap(), &[], &|_| None).unwrap().unwrap();
    assert!(layers.arguments().is_empty());
}
