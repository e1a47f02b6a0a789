//! NDJSON: one JSON object a line, with the field names of the Elastic Common Schema, for Elastic, Timesketch and scripts.
//!
//! The format itself stands in `wire`. Text from logs stays what it is once it is parsed; what could drive a terminal or
//! break a line is written as `\u…`.

use std::io::{self, Write};

use crate::clock::rfc3339;
use crate::protocol::Protocol;
use crate::text::is_harmful;

mod analysis;
mod attempts;
mod live;
mod wire;

pub use analysis::write;
pub use attempts::{attempts, session_lines};
pub use live::events;
use wire::{Document, Ecs, Event, Host, Network, Own};

/// The version of the Elastic Common Schema whose names are used.
const ECS: &str = "8.17.0";

/// The name of what stands below `exlog`.
const SCHEMA: &str = "exlog.event/1";

/// What every document begins with; the rest is filled in by its maker.
fn document<'a>(moment: i64, event: Event<'a>, timestamp_desc: &'static str, message: String) -> Document<'a> {
    let timestamp = rfc3339(moment);
    Document {
        datetime: timestamp.clone(),
        timestamp,
        ecs: Ecs { version: ECS },
        event,
        network: None,
        host: None,
        source: None,
        destination: None,
        user: None,
        error: None,
        rule: None,
        log: None,
        message,
        timestamp_desc,
        exlog: Own { schema: SCHEMA, ..Own::default() },
    }
}

/// An event of a data set; the rest is filled in by its maker.
fn event<'a>(dataset: &'static str, action: &'a str) -> Event<'a> {
    Event {
        kind: "event",
        category: ["authentication"],
        kinds: ["info"],
        outcome: None,
        action,
        module: "exlog",
        dataset,
        duration: None,
        start: None,
        end: None,
        severity: None,
    }
}

fn network(protocol: Protocol) -> Network {
    Network { protocol: if protocol == Protocol::Imap4 { "imap" } else { "pop3" }, transport: "tcp" }
}

fn host(server: Option<&str>) -> Option<Host<'_>> {
    server.map(|name| Host { name })
}

/// Milliseconds as nanoseconds.
fn nanoseconds(milliseconds: u64) -> u64 {
    milliseconds.saturating_mul(1_000_000)
}

fn write_line(document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
    let line = serde_json::to_string(document).map_err(io::Error::from)?;
    // Most lines are plain, and need no second look.
    let is_plain = line.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    out.write_all(if is_plain { line } else { escaped(&line) }.as_bytes())?;
    out.write_all(b"\n")
}

/// JSON with every harmful character as `\u…`. Such characters stand only inside of strings, where that means the same.
fn escaped(json: &str) -> String {
    let mut line = String::with_capacity(json.len() + 1);
    for c in json.chars() {
        match c {
            c if is_harmful(c) => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| line.push_str(&format!("\\u{unit:04x}"))),
            c => line.push(c),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_is_the_same_once_it_is_parsed() {
        let hostile = "a\u{2028}b\u{9b}c\u{202e}d\u{e0001}\0\n\"Grüße 漢字";
        let line = escaped(&serde_json::to_string(hostile).unwrap());
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), hostile);
        assert!(!line.chars().any(is_harmful), "{line}");
        assert!(line.contains(r"\u2028") && line.contains(r"\udb40\udc01") && line.contains("Grüße 漢字"), "{line}");
    }
}
