//! `--format ndjson`: every line is an object that Elastic and Timesketch take, and says what the JSON report says.

use serde_json::Value;

use crate::csv_tables::{HOSTILE, hostile};
use crate::program::{analyze, exlog, list};
use crate::sessions::{at, documents_of};
use crate::tree::samples;

#[track_caller]
fn lines(arguments: &[&str]) -> Vec<String> {
    let written = exlog(&[arguments, &["--format", "ndjson"]].concat()).with_status(0).stdout;
    written.lines().map(str::to_owned).collect()
}

/// Holds a document to what every reader of ECS and Timesketch may expect.
#[track_caller]
fn is_sound(document: &Value) {
    for pointer in [
        "/@timestamp",
        "/ecs/version",
        "/event/kind",
        "/event/dataset",
        "/event/action",
        "/message",
        "/datetime",
        "/timestamp_desc",
        "/exlog/schema",
    ] {
        assert_ne!(at(document, pointer), "-", "{pointer}: {document}");
    }
    assert!(document["event"]["category"].is_array() && document["event"]["type"].is_array());
    assert_eq!(document["@timestamp"], document["datetime"]);
    assert!(["event", "alert"].contains(&at(document, "/event/kind")));
    assert!(["success", "failure", "unknown", "-"].contains(&at(document, "/event/outcome")));
    for end in ["source", "destination"] {
        if let Some(ip) = document[end].get("ip") {
            assert!(ip.as_str().unwrap().parse::<std::net::IpAddr>().is_ok(), "{document}");
        }
    }
}

#[test]
fn an_analysis_is_its_groups_outages_and_findings() {
    let report = analyze(&samples());
    let documents: Vec<Value> =
        lines(&["analyze", samples().to_str().unwrap()]).iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    documents.iter().for_each(is_sound);
    let mut total = 0;
    for (dataset, part, pointer) in [
        ("exlog.failure_groups", "failure_group", "/failure_groups"),
        ("exlog.outages", "outage", "/outages"),
        ("exlog.findings", "finding", "/findings"),
    ] {
        let of_part = documents.iter().filter(|document| at(document, "/event/dataset") == dataset);
        let found: Vec<&Value> = of_part.map(|document| &document["exlog"][part]).collect();
        assert_eq!(found, list(&report, pointer).iter().collect::<Vec<_>>(), "{dataset}");
        total += found.len();
    }
    assert_eq!(total, documents.len());
}

#[test]
fn an_attempt_has_the_names_that_others_know() {
    let folder = samples().join("certificate-outage");
    let documents =
        documents_of(&[folder.to_str().unwrap(), "--error", "ProxyNotAuthenticated", "--user", "karin.lang", "--limit", "1"]);
    let [attempt] = documents.as_slice() else { panic!("{documents:?}") };
    is_sound(attempt);
    for (pointer, expected) in [
        ("/@timestamp", "2026-03-12T07:33:43.082Z"),
        ("/event/outcome", "failure"),
        ("/event/action", "login"),
        ("/event/dataset", "exlog.attempts"),
        ("/network/protocol", "imap"),
        ("/host/name", "EX01"),
        ("/user/name", r"CONTOSO\karin.lang"),
        ("/user/domain", "CONTOSO"),
        ("/source/ip", "10.20.250.2"),
        ("/destination/ip", "10.2.0.12"),
        ("/error/code", "ProxyNotAuthenticated"),
        ("/exlog/error_class", "proxy hand-over"),
        ("/exlog/target", "ex01.contoso.example:1993:ssl"),
        ("/exlog/session", "0000000000000002"),
        ("/message", r"IMAP login of CONTOSO\karin.lang on EX01 (front end) failed: ProxyNotAuthenticated, from 10.20.250.2"),
    ] {
        assert_eq!(at(attempt, pointer), expected, "{pointer}");
    }
    assert_eq!((attempt["source"]["port"].as_u64(), attempt["destination"]["port"].as_u64()), (Some(27869), Some(143)));
    assert_eq!(attempt["exlog"]["line"], 507);
    assert!(attempt["event"]["duration"].as_u64().unwrap().is_multiple_of(1_000_000));
}

#[test]
fn hostile_names_come_back_as_they_were_and_drive_nothing_on_the_way() {
    let tree = hostile();
    let path = tree.path().to_str().unwrap();
    let written = lines(&["sessions", path]);
    let names: Vec<String> =
        written.iter().map(|line| at(&serde_json::from_str::<Value>(line).unwrap(), "/user/name").to_owned()).collect();
    assert_eq!(names, HOSTILE.map(|(name, _)| name));
    for line in [written, lines(&["sessions", path, "--session", "A1"]), lines(&["analyze", path])].concat() {
        assert!(!line.chars().any(exlog::text::is_harmful), "{line}");
        is_sound(&serde_json::from_str(&line).unwrap());
    }
    // What is no attack stays readable.
    assert!(lines(&["sessions", path]).concat().contains("Müller 漢字"));
}
