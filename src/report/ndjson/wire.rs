//! The documents of NDJSON: they are the format, frozen. Fields may be added, none renamed or removed.
//!
//! Names are those of the Elastic Common Schema where it has one; `datetime`, `timestamp_desc` and `message` are what
//! Timesketch asks for; what is exlog's own stands below `exlog`. ECS means the line of source code by `log.origin.file.line`
//! and a byte by `log.offset`, so the line of a log stands in `exlog.line` beside `log.file.path`.

use serde::Serialize;

use crate::report::json::wire::{FailureGroup, FindingRow, OutageRow};

/// A line of the output.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    #[serde(rename = "@timestamp")]
    pub(super) timestamp: String,
    pub(super) ecs: Ecs,
    pub(super) event: Event<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) network: Option<Network>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) host: Option<Host<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<End<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) destination: Option<End<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<User<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<Failure<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rule: Option<Rule<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) log: Option<Log<'a>>,
    pub(super) message: String,
    pub(super) datetime: String,
    pub(super) timestamp_desc: &'static str,
    pub(super) exlog: Own<'a>,
}

#[derive(Serialize)]
pub(super) struct Ecs {
    pub(super) version: &'static str,
}

#[derive(Serialize)]
pub(super) struct Event<'a> {
    pub(super) kind: &'static str,
    pub(super) category: [&'static str; 1],
    #[serde(rename = "type")]
    pub(super) kinds: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) outcome: Option<&'static str>,
    pub(super) action: &'a str,
    pub(super) module: &'static str,
    pub(super) dataset: &'static str,
    /// Nanoseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) duration: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) severity: Option<u8>,
}

#[derive(Serialize)]
pub(super) struct Network {
    pub(super) protocol: &'static str,
    pub(super) transport: &'static str,
}

#[derive(Serialize)]
pub(super) struct Host<'a> {
    pub(super) name: &'a str,
}

/// One end of a connection. `ip` is there only if the address is one, because Elastic takes nothing else for it.
#[derive(Serialize)]
pub(super) struct End<'a> {
    pub(super) address: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ip: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) port: Option<u16>,
}

/// The account as it is written, and its domain, if the name has one.
#[derive(Serialize)]
pub(super) struct User<'a> {
    pub(super) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) domain: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Failure<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Rule<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reference: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Log<'a> {
    pub(super) file: LogFile<'a>,
}

#[derive(Serialize)]
pub(super) struct LogFile<'a> {
    pub(super) path: &'a str,
}

/// What no other schema has a name for.
#[derive(Serialize, Default)]
pub(super) struct Own<'a> {
    pub(super) schema: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) protocol: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) client_class: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error_class: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) target: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mechanism: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) response: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sequence: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) other_half: Option<OtherHalf<'a>>,
    /// What became of a failure group, an outage or a finding, where it is told while it happens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) change: Option<&'static str>,
    /// When an outage was told to begin before that was corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) told_start: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) failure_group: Option<FailureGroup<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) outage: Option<OutageRow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) finding: Option<FindingRow<'a>>,
}

/// What was found of an attempt's other half, on the back end or the front end.
#[derive(Serialize)]
pub(super) struct OtherHalf<'a> {
    /// `matched`, `ambiguous`, `unmatched` or `undecided`.
    #[serde(rename = "match")]
    pub(super) found: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) score: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) candidates: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) server: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) outcome: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) client_address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<u64>,
}
