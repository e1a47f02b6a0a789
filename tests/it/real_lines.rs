//! Every published line of a real Exchange log (`tests/data/real-lines.log`), one by one, and the file as a whole.

use exlog::login::attempt::{Answer, LoginCommand, Who, target_name};
use exlog::login::identity::ClientClass::{HealthMailbox, User};
use exlog::login::mechanism::Mechanism::{self, Login, Plain};
use exlog::login::outcome::Outcome::{self, Failed};
use exlog::protocol_log::before::Before;
use exlog::protocol_log::header::ColumnMap;
use exlog::protocol_log::record::Record;
use exlog::protocol_log::structure::Structure;
use exlog::skipped::SkipReason;

use crate::program::{analyze, list, number, text};
use crate::tree::repository;

const FILE: &str = "tests/data/real-lines.log";

/// What an attempt's line says.
struct Try {
    outcome: Outcome,
    error: &'static str,
    target: Option<&'static str>,
    class: exlog::login::identity::ClientClass,
    mechanism: Mechanism,
    name: &'static str,
}

/// How a line is to be read.
enum Reading {
    Skipped(SkipReason),
    /// Session, sequence number, command.
    Plain(u64, u32, &'static str),
    /// Session, sequence number, command, and the attempt.
    Attempt(u64, u32, &'static str, Try),
}

use Reading::{Attempt, Plain as Record_, Skipped};

/// The lines that are no comment, in the order of the file.
fn readings() -> Vec<Reading> {
    let hand_over = |class, name| Try {
        outcome: Failed,
        error: "ProxyNotAuthenticated",
        target: Some("<cas fqdn>:1993:ssl"),
        class,
        mechanism: Login,
        name,
    };
    let denied =
        |name| Try { outcome: Failed, error: "AuthFailed:LogonDenied", target: None, class: User, mechanism: Plain, name };
    vec![
        // The poster cut the date: what is left is no time.
        Skipped(SkipReason::BadTime),
        Record_(0xE2, 0, "OpenSession"),
        Record_(0xE2, 1, "capability"),
        Attempt(0xE2, 2, "login", hand_over(User, "<username@keyman  .local>")),
        Record_(0xE2, 3, "CloseSession"),
        Record_(0xE4, 0, "OpenSession"),
        Record_(0xE4, 1, "capability"),
        Record_(0xE4, 2, "CloseSession"),
        Record_(0xE5, 0, "OpenSession"),
        Record_(0xE5, 1, "capability"),
        Attempt(0xE5, 2, "login", hand_over(HealthMailbox, "HealthMailboxab28d8826ea8428d805c5e21cdff9077@<smtpdomain>")),
        Record_(0xE5, 3, "CloseSession"),
        Record_(0xE7, 0, "OpenSession"),
        Record_(0xE7, 1, "capability"),
        Record_(0xE7, 2, "CloseSession"),
        Record_(0xA0, 0, "OpenSession"),
        Record_(0xA0, 1, "capability"),
        Attempt(0xA0, 2, "authenticate", denied(r"domaion\user\sharedmailbox")),
        // One comma fewer than the layout has: still plain to read.
        Record_(0xA0, 3, "CloseSession"),
        Attempt(0xE, 2, "authenticate", denied("testuser")),
        // The mechanism stands behind a blank.
        Attempt(0x5, 1, "auth", denied("testuser")),
    ]
}

fn published_lines() -> Vec<String> {
    let text = std::fs::read_to_string(repository().join(FILE)).unwrap();
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

#[test]
fn every_published_line_is_read_as_it_was_meant() {
    let lines = published_lines();
    let readings = readings();
    assert_eq!(lines.len(), readings.len());
    let (mut before, mut left) = (Before::default(), readings.iter());
    Structure::default().lines_of(lines.join("\r\n").as_bytes(), |line| {
        let record = Record::read(line.columns, &ColumnMap::USUAL, &mut before);
        is_read_as(&String::from_utf8_lossy(line.text()), record, left.next().unwrap());
    });
    assert_eq!(left.count(), 0);
}

fn is_read_as(line: &str, record: Result<Record<'_>, SkipReason>, reading: &Reading) {
    let (session, sequence, command) = match reading {
        Skipped(reason) => return assert_eq!(record.err(), Some(*reason), "{line}"),
        Record_(session, sequence, command) | Attempt(session, sequence, command, _) => (*session, *sequence, *command),
    };
    let record = record.unwrap_or_else(|reason| panic!("{reason:?}: {line}"));
    assert_eq!((record.session, record.sequence), (session, Some(sequence)), "{line}");
    assert_eq!(String::from_utf8_lossy(record.command), command, "{line}");
    let login = LoginCommand::of(record.command);
    let Attempt(_, _, _, expected) = reading else { return assert_eq!(login, None, "{line}") };
    let (user, parameters, context) = (record.texts().user(), record.texts().parameters(), record.context());
    let who = Who::read(login.unwrap_or_else(|| panic!("no attempt: {line}")), &user, &parameters);
    let answer = Answer::read(&context);
    assert_eq!((answer.outcome, answer.error.as_ref()), (expected.outcome, expected.error), "{line}");
    assert_eq!(answer.target.map(target_name).as_deref(), expected.target, "{line}");
    assert_eq!((who.names.client_class(), who.mechanism), (expected.class, expected.mechanism), "{line}");
    assert_eq!(who.names.name.as_deref(), Some(expected.name), "{line}");
}

#[test]
fn the_file_of_published_lines_is_counted_whole() {
    let report = analyze(&repository().join(FILE));
    let input =
        ["files", "lines", "records", "headers", "blank", "skipped"].map(|name| number(&report, &format!("/input/{name}")));
    // 21 lines, each under a line with its source, below three lines about the file.
    assert_eq!(input, [1, 45, 20, 24, 0, 1]);
    assert_eq!(number(&report, "/input/skipped_by_reason/bad_time"), 1);
    let frontend =
        ["attempts", "succeeded", "failed", "unknown"].map(|name| number(&report, &format!("/logins/frontend/{name}")));
    assert_eq!(frontend, [5, 0, 5, 0]);
    assert_eq!(number(&report, "/logins/backend/attempts"), 0);
    let fields = ["protocol", "role", "error", "error_class", "target", "client_class"];
    let mut groups: Vec<_> = list(&report, "/failure_groups")
        .iter()
        .map(|group| (fields.map(|field| text(group, field)), number(group, "/count")))
        .collect();
    groups.sort_unstable();
    let target = "<cas fqdn>:1993:ssl";
    let expected = [
        (["imap4", "frontend", "AuthFailed:LogonDenied", "credentials", "-", "user"], 2),
        (["imap4", "frontend", "ProxyNotAuthenticated", "proxy hand-over", target, "health_mailbox"], 1),
        (["imap4", "frontend", "ProxyNotAuthenticated", "proxy hand-over", target, "user"], 1),
        (["pop3", "frontend", "AuthFailed:LogonDenied", "credentials", "-", "user"], 1),
    ];
    assert_eq!(groups, expected);
}
