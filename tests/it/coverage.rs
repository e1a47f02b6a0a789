//! Which logs are there and which are missing: said for each service, the same in every report.

use serde_json::{Value, json};

use crate::diagnosis_cases::{Day, OK, error, with_back_end};
use crate::findings::cmdlet;
use crate::generator::clock::utc;
use crate::program::{analyze, exlog, list, number};
use crate::tree::{FRONT, Tree, log, log_of};

/// A log of some hours of 12 March 2026: a whole session in each minute.
fn hours(hours: &[u32], port: u16) -> String {
    let line = |hour: &u32, minute: u32, sequence: u32, command: &str| {
        let session = hour * 60 + minute + 1;
        format!(
            "2026-03-12T{hour:02}:{minute:02}:00.000Z,{session:016X},{sequence},10.0.0.11:{port},203.0.113.5:50001,,0,0,0,{command},,"
        )
    };
    let minutes = hours.iter().flat_map(|hour| (0..60).map(move |minute| (hour, minute)));
    log_of(minutes.flat_map(|(hour, minute)| [line(hour, minute, 0, "OpenSession"), line(hour, minute, 1, "CloseSession")]))
}

/// Two logs with a hole of four hours between them, a line lost in the second, and the whole log of another service.
fn holey() -> Tree {
    let second = hours(&[10, 11], 993);
    let lost: Vec<&str> = second.lines().enumerate().filter(|(place, _)| *place != 2).map(|(_, line)| line).collect();
    Tree::of(FRONT, hours(&[4, 5], 993))
        .with("EX01/Logging/Imap4/IMAP420260312-2.LOG", log(&lost))
        .with("EX02/Logging/Pop3/POP3BE20260312-1.LOG", hours(&[4, 5, 6, 7, 8, 9, 10, 11], 1995))
}

fn stretches(row: &Value) -> Vec<(String, String)> {
    let text = |stretch: &Value, end: &str| stretch[end].as_str().unwrap()[11..16].to_owned();
    list(row, "/stretches").iter().map(|stretch| (text(stretch, "from"), text(stretch, "to"))).collect()
}

#[test]
fn each_service_says_when_it_has_logs_and_what_is_missing_in_them() {
    let report = analyze(holey().path());
    let services = list(&report, "/coverage/services");
    let named = |row: &Value| [row["server"].clone(), row["protocol"].clone(), row["role"].clone()];
    assert_eq!(services.len(), 2);
    assert_eq!(named(&services[0]), [json!("EX01"), json!("imap4"), json!("frontend")]);
    let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    assert_eq!(stretches(&services[0]), [pair("04:00", "06:00"), pair("10:00", "12:00")]);
    assert_eq!(services[0]["sessions_without_end"], 1);
    assert_eq!(named(&services[1]), [json!("EX02"), json!("pop3"), json!("backend")]);
    assert_eq!(stretches(&services[1]), [pair("04:00", "12:00")]);
    assert_eq!(services[1]["sessions_without_end"], 0);
}

/// `ProtocolLogEnabled` as the two kinds of evidence tell it, and from when to when the log is then known to be off.
#[test]
fn logs_that_were_switched_off_are_named_with_what_says_so() {
    let settings = |server: &str, value: &str| {
        format!("\nProtocolName : IMAP4\nServer : {server}\nLoginType : SecureLogin\nProtocolLogEnabled : {value}\n")
    };
    let set = |hour: u32, noun: &str, parameters: &str| {
        cmdlet(utc(2026, 3, 12, hour.into(), 0, 0), &format!("Set-{noun}Settings"), parameters, "EX01.contoso.com")
    };
    let off = |hour: u32| set(hour, "Imap", "-Server EX01 -ProtocolLogEnabled $false");
    let on = |hour: u32| set(hour, "Imap", "-Identity EX01\\1 -ProtocolLogEnabled $true");
    let dated = |year: i64, value: &str| {
        let at = utc(year, 5, 1, 0, 0, 0) + i64::from(value == "True") * 1_000;
        cmdlet(at, "Set-ImapSettings", &format!("-ProtocolLogEnabled {value}"), "EX01.contoso.com")
    };
    let events = |events: &[String]| format!("<Events>{}</Events>", events.concat());
    for (what, file, content, expected) in [
        ("on", "i.txt", settings("EX01", "True"), &[][..]),
        ("off", "i.txt", settings("EX01", "False"), &[(json!("imap4"), Value::Null, Value::Null)]),
        ("another server's", "i.txt", settings("EX09", "False"), &[(json!("imap4"), Value::Null, Value::Null)]),
        ("off and on", "e.xml", events(&[off(6), on(9)]), &[(json!("imap4"), json!("06:00"), json!("09:00"))]),
        ("off and off", "e.xml", events(&[off(9), off(6)]), &[(json!("imap4"), json!("06:00"), Value::Null)]),
        ("POP", "e.xml", events(&[set(6, "Pop", "-ProtocolLogEnabled False")]), &[(json!("pop3"), json!("06:00"), Value::Null)]),
        ("something else", "e.xml", events(&[set(6, "Imap", "-LogFileLocation C:\\logs")]), &[]),
        ("on alone", "e.xml", events(&[on(6)]), &[]),
        ("only tried", "e.xml", events(&[set(6, "Imap", "-ProtocolLogEnabled False -WhatIf True")]), &[]),
        ("over long before", "e.xml", events(&[dated(2025, "False"), dated(2025, "True")]), &[]),
        ("long before, and written all the same", "e.xml", events(&[dated(2025, "False")]), &[]),
        ("long after", "e.xml", events(&[dated(2027, "False")]), &[]),
    ] {
        let tree = holey().with(&format!("EX01/{file}"), content);
        let report = analyze(tree.path());
        let time = |row: &Value, end: &str| row[end].as_str().map_or(Value::Null, |time| json!(time[11..16]));
        let rows = list(&report, "/coverage/switched_off");
        let found: Vec<_> = rows.iter().map(|row| (row["protocol"].clone(), time(row, "since"), time(row, "until"))).collect();
        assert_eq!(found, expected, "{what}");
        assert!(rows.iter().all(|row| row["file"].as_str().unwrap().ends_with(file) && row["line"].as_u64() > Some(0)));
    }
    let tree = holey().with("EX01/i.txt", settings("EX01", "False"));
    let path = tree.path().to_str().unwrap();
    for format in ["terminal", "html"] {
        let shown = exlog(&["analyze", path, "--verbose", "--format", format]).with_status(0).stdout;
        let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(shown.contains("The protocol log of IMAP on EX01 is switched off ("), "{format}: {shown}");
        assert!(
            shown.contains("1 session without an end, log switched off")
                || shown.contains("1 session without an end and log switched off"),
            "{format}: {shown}"
        );
        assert!(shown.contains("Set-ImapSettings -Server EX01 -ProtocolLogEnabled $true"), "{format}");
    }
}

#[test]
fn the_terminal_draws_it_if_everything_is_asked_for() {
    let tree = holey();
    let shown = |options: &[&str]| exlog(&[&["analyze", tree.path().to_str().unwrap()], options].concat()).with_status(0).stdout;
    assert!(!shown(&[]).contains("Which logs are there"));
    let whole = shown(&["--verbose"]);
    let strip = |name: &str| whole.lines().find_map(|line| line.trim_start().strip_prefix(name)).unwrap().trim().to_owned();
    let (front, back) = (strip("EX01 IMAP front end "), strip("EX02 POP back end "));
    assert!(back.chars().all(|glyph| glyph == '█'), "{back}");
    let missing = front.chars().filter(|glyph| *glyph == '·').count();
    assert_eq!((front.chars().count(), missing * 2), (back.chars().count(), back.chars().count()), "{front}\n{back}");
    assert!(whole.contains("1 session without an end"), "{whole}");
}

#[test]
fn the_page_has_a_strip_for_each_service() {
    let tree = holey();
    let page = exlog(&["analyze", tree.path().to_str().unwrap(), "--format", "html"]).with_status(0).stdout;
    for expected in [
        "aria-label=\"IMAP front end on EX01: logs from 2026-03-12 04:00:00 to 06:00:00, logs from 2026-03-12 10:00:00 to ",
        "<small>4 h 00 min missing</small>",
        "<small>240 sessions missing and 1 session without an end</small>",
        "<small>all there</small>",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
    assert_eq!(page.matches("<div class=\"lane strip\">").count(), 2);
}

#[test]
fn sessions_that_are_missing_as_a_whole_are_counted_by_the_numbers_of_the_others() {
    let session = |id: u32| {
        let line = |sequence: u32, command: &str| {
            format!(
                "2026-03-12T07:{:02}:00.000Z,{id:016X},{sequence},10.0.0.11:993,203.0.113.5:50001,,1,1,1,{command},,",
                id % 60
            )
        };
        [line(0, "OpenSession"), line(1, "CloseSession")]
    };
    let of = |ids: &[(u32, u32)]| log_of(ids.iter().flat_map(|(from, to)| *from..*to).flat_map(session));
    for (what, files, missing) in [
        ("none", vec![of(&[(1, 50)])], 0),
        ("a hole", vec![of(&[(1, 20), (24, 50)])], 4),
        ("a hole where a log ends and the next begins", vec![of(&[(1, 20)]), of(&[(30, 58)])], 10),
        ("a restart", vec![of(&[(1, 20)]), of(&[(1, 18)])], 0),
        ("most of them", vec![of(&[(1, 5), (40, 45)])], 0),
    ] {
        let tree = files.iter().enumerate().fold(Tree::new(), |tree, (place, text)| {
            // Of the second the times are later.
            let text = text.replace("T07:", &format!("T0{}:", 7 + place));
            tree.with(&format!("EX01/Logging/Imap4/IMAP420260312-{place}.LOG"), text)
        });
        let report = analyze(tree.path());
        assert_eq!(number(&report, "/coverage/missing_sessions"), missing, "{what}");
        let shown = exlog(&["analyze", tree.path().to_str().unwrap(), "--verbose"]).with_status(0).stdout;
        assert_eq!(shown.contains("missing as a whole") || shown.contains("as a whole"), missing > 0, "{what}: {shown}");
    }
}

/// What `log-incomplete` says of a back end that writes nothing from 8:00 to 11:00 while its front end gets this answer in each minute.
fn said_of_a_silent_back_end(context: &str) -> Vec<(Value, Value)> {
    let users = |day: Day, from: u32, to: u32, context: &str| {
        day.every(from * 3600..to * 3600, 60, "203.0.113.5", "bob@contoso.com", context)
    };
    let day = users(users(users(Day::default(), 0, 8, OK), 8, 11, context), 11, 20, OK);
    let tree = with_back_end(day.tree(), (0..480).chain(660..1200), "R=ok");
    let findings = list(&analyze(tree.path()), "/findings").to_vec();
    let incomplete = findings.into_iter().filter(|finding| finding["id"] == "log-incomplete");
    incomplete.map(|finding| (finding["confidence"].clone(), finding["summary"].clone())).collect()
}

#[test]
fn a_back_end_that_nobody_reached_had_nothing_to_write() {
    assert_eq!(said_of_a_silent_back_end(OK), [(json!("consistent"), json!("1 gap"))]);
    assert_eq!(said_of_a_silent_back_end(&error("ProxyFailed")), []);
}
