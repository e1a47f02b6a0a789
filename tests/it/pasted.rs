//! Log lines as they are pasted out of mails, tickets and consoles: `exlog explain` says of them what it says of the plain lines.

use std::collections::BTreeSet;

use exlog::explain::{Explanation, explain};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::program::{exlog, exlog_reading};
use crate::tree::{TWELVE, files_below, login, repository, samples, utf16};

/// How a program breaks lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// At blanks, which go; a word that is too long stays whole.
    AtBlanks,
    /// At blanks, which go; a word that is too long is broken as well.
    AtBlanksAndInLongWords,
    /// At blanks, which stay before the break: `format=flowed`.
    Flowed,
    /// Behind so many characters, wherever that is: consoles.
    Anywhere,
}

const RULES: [Rule; 4] = [Rule::AtBlanks, Rule::AtBlanksAndInLongWords, Rule::Flowed, Rule::Anywhere];

/// A line as a program breaks it.
fn wrapped(line: &str, width: usize, rule: Rule) -> Vec<String> {
    let characters: Vec<char> = line.chars().collect();
    if rule == Rule::Anywhere {
        return characters.chunks(width).map(|chunk| chunk.iter().collect()).collect();
    }
    let (mut lines, mut start) = (Vec::new(), 0);
    while start < characters.len() {
        let rest = &characters[start..];
        let is_blank = |at: &usize| rest[*at] == ' ';
        let end = if rest.len() <= width {
            rest.len()
        } else {
            let at_blank = (1..=width).rev().find(is_blank);
            match (at_blank, rule) {
                (Some(at), _) => at,
                (None, Rule::AtBlanksAndInLongWords) => width,
                (None, _) => (width..rest.len()).find(is_blank).unwrap_or(rest.len()),
            }
        };
        let blanks = rest[end..].iter().take_while(|c| **c == ' ').count();
        let kept = if rule == Rule::Flowed { end + blanks } else { end };
        lines.push(rest[..kept].iter().collect());
        start += end + blanks;
    }
    lines
}

/// The published lines of real logs.
fn real_lines() -> Vec<String> {
    let text = std::fs::read_to_string(repository().join("tests/data/real-lines.log")).unwrap();
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

#[track_caller]
fn of(text: &str) -> Explanation {
    explain(text).unwrap_or_else(|| panic!("nothing is known about {text}"))
}

/// An explanation in which several blanks are one: where a program drops them at a break, nobody knows how many there were.
fn squeezed(explanation: &Explanation) -> (String, Vec<String>) {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    (words(&explanation.title), explanation.text.lines().map(words).collect())
}

#[track_caller]
fn says_the_same(line: &str, pasted: &str, rule: Rule) {
    let (expected, found) = (of(line), of(pasted));
    if matches!(rule, Rule::AtBlanks | Rule::AtBlanksAndInLongWords) {
        assert_eq!(squeezed(&found), squeezed(&expected), "{rule:?}\n{pasted}");
    } else {
        assert_eq!(found, expected, "{rule:?}\n{pasted}");
    }
}

/// What is put before the first line and the others, before a program breaks them, and what after.
const BEFORE: [&str; 9] =
    ["", "123:", "IMAP420230109-1.LOG:123:", r"C:\logs\IMAP4.LOG:7:", "- ", "* ", "1. ", "Here it is: ", "\u{a0}"];
const AFTER: [(&str, &str); 12] = [
    ("", ""),
    ("> ", "> "),
    (">", ">"),
    ("> > ", "> > "),
    (">> ", ">> "),
    ("    ", "    "),
    ("\t", "\t"),
    ("| ", "| "),
    ("- ", "  "),
    ("• ", "  "),
    ("> - ", ">   "),
    ("", "    "),
];

fn with_prefix(lines: &[String], (first, others): (&str, &str)) -> String {
    let prefixed = lines.iter().enumerate().map(|(at, line)| format!("{}{line}", if at == 0 { first } else { others }));
    prefixed.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_published_line_is_explained_the_same_however_it_was_wrapped_and_quoted() {
    for line in real_lines() {
        for width in [72, 76] {
            for rule in RULES {
                let pieces = wrapped(&line, width, rule);
                for prefix in AFTER {
                    says_the_same(&line, &with_prefix(&pieces, prefix), rule);
                }
                for before in BEFORE {
                    let pieces = wrapped(&format!("{before}{line}"), width, rule);
                    // A sentence in a line of its own is one that was not read.
                    let pieces = &pieces[usize::from(pieces[0].trim_end() == before.trim_end() && before.starts_with("Here"))..];
                    says_the_same(&line, &with_prefix(pieces, ("", "")), rule);
                    says_the_same(&line, &with_prefix(pieces, ("> ", "> ")), rule);
                }
                let fenced = format!("```\n{}\n```", pieces.join("\n"));
                says_the_same(&line, &fenced, rule);
                says_the_same(&line, &format!("{{code}}\r\n{}\r\n{{code}}\r\n", pieces.join("\r\n")), rule);
                let row: Vec<String> = pieces.iter().map(|piece| format!("| {piece} |")).collect();
                says_the_same(&line, &row.join("\n"), Rule::AtBlanks);
            }
        }
        says_the_same(&line, &format!("`{line}`"), Rule::Anywhere);
        // The source of a mail: 76 characters, the last one a mark.
        let encoded = line.replace('=', "=3D").replace('<', "=3C");
        let pieces: Vec<String> =
            encoded.as_bytes().chunks(75).map(|chunk| String::from_utf8_lossy(chunk).into_owned()).collect();
        if !pieces.iter().any(|piece| piece.ends_with('=') || piece.ends_with("=3")) {
            says_the_same(&line, &pieces.join("=\n"), Rule::Anywhere);
        }
    }
}

#[test]
fn all_published_lines_at_once_are_told_one_by_one() {
    let lines = real_lines();
    for rule in RULES {
        let wrapped: Vec<String> = lines.iter().map(|line| with_prefix(&wrapped(line, 76, rule), ("> ", "> "))).collect();
        for between in ["\n", "\n>\n", "\n\n"] {
            let found = of(&wrapped.join(between));
            assert_eq!(found.title, "A login that failed: ProxyNotAuthenticated", "{rule:?}");
            let (in_full, others) = found.text.split_once("\n## All 21 records").unwrap();
            assert_eq!(in_full.trim(), of(&lines[0]).text.trim(), "{rule:?}");
            let rows: Vec<&str> = others.lines().filter(|line| line.contains("  0000")).collect();
            assert_eq!(rows.len(), lines.len(), "{rule:?} {others}");
            for (row, line) in rows.iter().zip(&lines) {
                let columns: Vec<&str> = line.split(',').collect();
                assert!(row.starts_with(columns[0]) && row.contains(columns[1]) && row.contains(columns[9]), "{row}: {line}");
                assert_eq!(row.contains("  failed: "), line.contains(" NO ") || line.contains("-ERR"), "{row}");
            }
            assert!(!others.contains("Not read"), "{others}");
        }
    }
}

const TICKET: &str = r#"Hi all,

since this morning nobody can log in (rooms 1,2,3, and the others).
This is what the log says:

```
#Software: Microsoft Exchange Server
#Fields: dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context
2023-01-09T13:16:59.348Z,00000000000000E2,0,192.168.3.212:993,192.168.3.212:22162,,39,0,53,OpenSession,,
2023-01-09T13:16:59.348Z,00000000000000E2,1,192.168.3.212:993,192.168.3.212:22162,,1,15,143,capability,,R=ok
2023-01-09T13:16:59.473Z,00000000000000E2,2,192.168.3.212:993,192.168.3.212:22162,bob,122,41,23,login,bob *****,"R=""aXSV NO LOGIN failed."";Msg=Proxy:ex01:1993:SSL;ErrMsg=ProxyNotAuthenticated"
2023-01-09T13:16:59.473Z,00000000000000E2,3,192.168.3.212:993,192.168.3.212:22162,bob,0,0,0,CloseSession,,
```
Thanks, and have a nice day
"#;

#[test]
fn of_a_ticket_every_record_is_told_and_every_line_that_was_not_read() {
    let shown = exlog_reading(&["explain", "-"], TICKET.as_bytes()).with_status(0).stdout;
    let wide = utf16(format!("\u{feff}{TICKET}").as_bytes());
    assert_eq!(exlog_reading(&["explain", "-"], &wide).with_status(0).stdout, shown, "as PowerShell 5.1 writes files");
    assert!(shown.starts_with("A login that failed: ProxyNotAuthenticated\n"), "{shown}");
    let (_, rows) = shown.split_once("All 4 records that were pasted\n").unwrap();
    let (rows, unread) = rows.split_once("Not read\n").unwrap();
    let rows: Vec<&str> = rows.lines().map(str::trim_end).collect();
    assert_eq!(
        rows[..4],
        [
            "  2023-01-09T13:16:59.348Z  00000000000000E2  OpenSession     no login",
            "  2023-01-09T13:16:59.348Z  00000000000000E2  capability      no login",
            "  2023-01-09T13:16:59.473Z  00000000000000E2  login           failed: ProxyNotAuthenticated  (explained above)",
            "  2023-01-09T13:16:59.473Z  00000000000000E2  CloseSession    no login",
        ]
    );
    assert!(rows[4].contains("paste it alone"), "{rows:?}");
    for part in ["6 lines hold no record. The first of them:", "line 1      Hi all,", "line 3      since this morning", "line 4 "]
    {
        assert!(unread.contains(part), "{part}: {unread}");
    }
}

#[test]
fn pastes_as_people_make_them() {
    let login = login("07:00:00.000", "bob", "R=\"A1 NO LOGIN failed.\";ErrMsg=ProxyFailed");
    let failed = "A login that failed: ProxyFailed";
    let open = "2026-03-12T07:00:00.000Z,00000000000000A1,0,10.0.0.11:993,203.0.113.5:50001,,20,0,53,OpenSession,,";
    let masked = login.replace("2026-03-12T07:00:00.000Z", "<time>");
    for (what, pasted, title, unread) in [
        ("a record behind another", format!("{open}\n{login}"), failed, None),
        ("sentences around it", format!("Hello,\n{login}\nRegards, Anna"), failed, Some("2 lines hold")),
        (
            "a sentence behind what has no context",
            format!("{open}\nCan you help, please?"),
            "A log line: OpenSession",
            Some("1 line holds"),
        ),
        ("a header and nothing else", format!("{TWELVE}\n{login}"), failed, Some("1 line holds")),
        ("a masked time", masked, failed, None),
        ("a masked day", login.replace("2026-03-12", "xxxx-xx-xx"), failed, None),
        ("a time of day", login.replace("2026-03-12T", ""), failed, None),
        ("nothing before the session", login.replace("2026-03-12T07:00:00.000Z", ""), failed, None),
        ("an empty line between all lines", wrapped(&login, 76, Rule::AtBlanks).join("\n\n"), failed, None),
        ("a row of a table", format!("| {login} |"), failed, None),
        ("numbers in a sentence", format!("in 1,2,3, and\n{login}"), failed, Some("1 line holds")),
    ] {
        let found = of(&pasted);
        assert_eq!(found.title, title, "{what}: {}", found.text);
        let told = found.text.split_once("## Not read\n").map(|(_, told)| told);
        assert_eq!(told.is_some(), unread.is_some(), "{what}: {told:?}");
        assert!(unread.is_none_or(|unread| told.unwrap().starts_with(unread)), "{what}: {told:?}");
    }
}

#[test]
fn a_line_is_explained_from_arguments_with_quotes_and_without() {
    let line = real_lines().remove(3);
    let whole = exlog(&["explain", &line]).with_status(0).stdout;
    assert!(whole.starts_with("A login that failed: ProxyNotAuthenticated"));
    // As a shell hands it over: parted at blanks, and without quotes.
    let parted: Vec<String> = line.replace('"', "").split_whitespace().map(str::to_owned).collect();
    assert!(parted.len() > 3);
    let mut arguments = vec!["explain".to_owned()];
    arguments.extend(parted);
    let shown = exlog(&arguments).with_status(0).stdout;
    assert!(shown.starts_with("A login that failed: ProxyNotAuthenticated"), "{shown}");
}

#[test]
fn what_is_too_long_is_said_and_its_beginning_read() {
    let line = login("07:00:00.000", "bob", "R=\"A1 NO LOGIN failed.\";ErrMsg=ProxyFailed");
    let long = format!("{line}\r\n").repeat((1 << 20) / line.len() + 10);
    let ended = exlog_reading(&["explain", "-"], long.as_bytes()).with_status(0);
    assert!(ended.stderr.contains("longer than 1 MiB") && ended.stdout.starts_with("A login that failed"), "{}", ended.stderr);
    let records = (1 << 20) / (line.len() + 2);
    assert!(ended.stdout.contains(&format!("All {},{:03} records", records / 1000, records % 1000)), "{records}");
    assert!(!ended.stdout.contains("Not read"));
    let ended = exlog_reading(&["explain", "-"], line.as_bytes()).with_status(0);
    assert_eq!(ended.stderr, "");
    let nothing = "colourless green ideas ".repeat(100_000);
    let ended = exlog_reading(&["explain", "-"], nothing.as_bytes()).with_status(2);
    assert!(ended.stderr.len() < 1000, "{}", ended.stderr.len());
}

#[test]
fn what_strangers_wrote_does_not_drive_the_terminal() {
    let hostile =
        "2026-03-12T07:00:00.000Z,A1,2,10.0.0.11:993,203.0.113.5:50001,\u{1b}[31m,20,30,40,\u{1b}]0;x\u{7}\u{202e},b,R=ok";
    let pasted = format!("\u{1b}[2J\u{9b}hello\n{hostile}\n{hostile}\n");
    let shown = exlog_reading(&["explain", "-"], pasted.as_bytes()).with_status(0).stdout;
    assert_eq!(shown.chars().find(|c| exlog::text::is_harmful(*c) && *c != '\n'), None, "{shown}");
    assert!(shown.contains("All 2 records") && shown.contains(r"\u{1b}[2J\u{9b}hello"), "{shown}");
}

/// Records of the samples that differ in more than their numbers.
fn sample_records() -> Vec<String> {
    let mut shapes = BTreeSet::new();
    let mut records = Vec::new();
    for file in files_below(&samples()).into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "LOG")) {
        let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        for line in text.lines().filter(|line| line.starts_with("20") && explain(line).is_some()) {
            let shape: String = line.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
            if shapes.insert(shape) {
                records.push(line.trim_end().to_owned());
            }
        }
    }
    assert!(records.len() > 100);
    records
}

/// The same without any blanks: the least that is asked for.
fn without_blanks(explanation: &Explanation) -> String {
    format!("{}{}", explanation.title, explanation.text).split_whitespace().collect()
}

/// A line that is full does not tell whether a blank stood behind it; its words mostly do.
#[test]
fn nearly_all_blanks_are_put_back_where_they_stood_and_nowhere_else() {
    let records = sample_records();
    for (rule, most_of_a_thousand) in
        [(Rule::AtBlanks, 30), (Rule::AtBlanksAndInLongWords, 15), (Rule::Flowed, 0), (Rule::Anywhere, 3)]
    {
        let (mut pasted, mut different) = (0, 0);
        for (at, line) in records.iter().enumerate().step_by(11) {
            for width in [40, 60 + at % 13, 72, 76, 78, 100 + at % 97] {
                let pieces = wrapped(line, width, rule);
                if pieces.len() > 1 {
                    pasted += 1;
                    different += usize::from(squeezed(&of(line)) != squeezed(&of(&with_prefix(&pieces, ("> ", "> ")))));
                }
            }
        }
        assert!(pasted > 300 && different * 1000 <= pasted * most_of_a_thousand, "{rule:?}: {different} of {pasted}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 400, ..ProptestConfig::default() })]

    /// Nothing is lost or added but blanks, and where they stay at the ends of lines not even these.
    #[test]
    fn a_record_of_the_samples_is_explained_the_same_however_it_was_wrapped_and_quoted(
        at in any::<Index>(), width in 20usize..200, rule in select(&RULES[..]), prefix in select(&AFTER[..11]),
    ) {
        static RECORDS: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(sample_records);
        let line = at.get(&RECORDS);
        let pasted = with_prefix(&wrapped(line, width, rule), prefix);
        let (expected, found) = (of(line), of(&pasted));
        if rule == Rule::Flowed {
            prop_assert_eq!(found, expected, "{:?}\n{}", rule, pasted);
        } else {
            prop_assert_eq!(&found.title, &expected.title, "{:?}\n{}", rule, pasted);
            prop_assert_eq!(without_blanks(&found), without_blanks(&expected), "{:?}\n{}", rule, pasted);
        }
    }
}
