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

/// The fields of the Elastic Common Schema 8.17 that are used, and their types there.
const OF_ECS: [(&str, &str); 31] = [
    ("@timestamp", "date"),
    ("message", "match_only_text"),
    ("ecs.version", "keyword"),
    ("event.kind", "keyword"),
    ("event.category", "keyword"),
    ("event.type", "keyword"),
    ("event.outcome", "keyword"),
    ("event.action", "keyword"),
    ("event.module", "keyword"),
    ("event.dataset", "keyword"),
    ("event.duration", "long"),
    ("event.start", "date"),
    ("event.end", "date"),
    ("event.severity", "long"),
    ("network.protocol", "keyword"),
    ("network.transport", "keyword"),
    ("host.name", "keyword"),
    ("source.address", "keyword"),
    ("source.ip", "ip"),
    ("source.port", "long"),
    ("destination.address", "keyword"),
    ("destination.ip", "ip"),
    ("destination.port", "long"),
    ("user.name", "keyword"),
    ("user.domain", "keyword"),
    ("error.code", "keyword"),
    ("error.message", "match_only_text"),
    ("rule.id", "keyword"),
    ("rule.name", "keyword"),
    ("rule.reference", "keyword"),
    ("log.file.path", "keyword"),
];

/// The fields that ECS wants as lists, and what may stand in them.
const LISTS: [(&str, &[&str]); 2] =
    [("event.category", &["authentication", "session"]), ("event.type", &["start", "end", "info"])];

/// All fields of a document by their whole names, but for those of exlog and Timesketch.
fn fields<'a>(name: String, value: &'a Value, found: &mut Vec<(String, &'a Value)>) {
    if ["exlog", "datetime", "timestamp_desc"].contains(&name.as_str()) {
        return;
    }
    match value.as_object() {
        Some(object) => {
            for (key, value) in object {
                fields(if name.is_empty() { key.clone() } else { format!("{name}.{key}") }, value, found);
            }
        }
        None => found.push((name, value)),
    }
}

#[track_caller]
fn is_of_type(name: &str, kind: &str, value: &Value) {
    let is_moment = |text: &str| text.len() == 24 && text.ends_with('Z') && text.as_bytes()[10] == b'T';
    let is_right = match (kind, LISTS.iter().find(|(list, _)| *list == name)) {
        (_, Some((_, allowed))) => {
            value.as_array().is_some_and(|list| list.iter().all(|item| allowed.contains(&item.as_str().unwrap())))
        }
        ("date", _) => value.as_str().is_some_and(is_moment),
        ("long", _) => value.is_u64(),
        ("ip", _) => value.as_str().is_some_and(|text| text.parse::<std::net::IpAddr>().is_ok()),
        _ => value.is_string(),
    };
    assert!(is_right, "{name} ({kind}): {value}");
}

#[test]
fn every_field_that_is_not_exlogs_own_is_one_of_ecs_and_of_its_type() {
    let path = samples().display().to_string();
    let (mut used, mut documents) = (std::collections::BTreeSet::new(), 0);
    for arguments in [&["analyze", &path][..], &["sessions", &path], &["sessions", &path, "--session", "2"]] {
        for line in lines(arguments) {
            let document: Value = serde_json::from_str(&line).unwrap();
            let mut found = Vec::new();
            fields(String::new(), &document, &mut found);
            for (name, value) in found {
                let (_, kind) =
                    OF_ECS.iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("{name} is no field of ECS"));
                is_of_type(&name, kind, value);
                used.insert(name);
            }
            documents += 1;
        }
    }
    assert!(documents > 1000);
    let unused: Vec<&str> = OF_ECS.map(|(name, _)| name).into_iter().filter(|name| !used.contains(*name)).collect();
    assert!(unused.is_empty(), "nothing has {unused:?}");
}
