//! The structs of `exlog.report/1`: they are the format, frozen. Fields may be added, none renamed or removed.
//!
//! How a case becomes these is not said here.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::summary::counts::Counts;

pub(super) mod comparison;
pub(super) mod night;
pub(super) mod unusual;

#[derive(Serialize)]
pub(super) struct Report<'a> {
    pub(super) schema: &'static str,
    pub(super) tool: Tool,
    pub(super) window: Window,
    pub(super) input: Input<'a>,
    pub(super) logins: Logins<'a>,
    pub(super) failure_groups: Vec<FailureGroup<'a>>,
    pub(super) outages: Vec<OutageRow<'a>>,
    pub(super) findings: Vec<FindingRow<'a>>,
    pub(super) timeline: Vec<TimelineRow<'a>>,
    pub(super) coverage: Coverage<'a>,
    pub(super) latency: Vec<LatencyRow<'a>>,
    pub(super) mechanisms: Vec<MechanismRow<'a>>,
    pub(super) accounts: Vec<AccountRow<'a>>,
    pub(super) addresses: Vec<AccountRow<'a>>,
    pub(super) commands: Vec<CommandRow<'a>>,
    pub(super) series: Vec<SeriesRow<'a>>,
    pub(super) anomalies: Vec<AnomalyRow<'a>>,
    pub(super) exactness: Exactness,
    /// Not there unless other logs were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comparison: Option<comparison::Comparison<'a>>,
}

#[derive(Serialize)]
pub(super) struct Tool {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
}

#[derive(Serialize)]
pub(super) struct Window {
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Input<'a> {
    pub(super) files: u64,
    pub(super) evidence_files: u64,
    pub(super) other_files: u64,
    pub(super) unreadable_files: u64,
    pub(super) bytes: u64,
    pub(super) lines: u64,
    pub(super) records: u64,
    pub(super) headers: u64,
    pub(super) blank: u64,
    pub(super) skipped: u64,
    pub(super) records_in_window: u64,
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
    pub(super) skipped_by_reason: BTreeMap<&'static str, u64>,
    pub(super) skipped_examples: Vec<SkippedExample<'a>>,
    pub(super) sources: Vec<SourceRow<'a>>,
    pub(super) notes: Vec<NoteRow<'a>>,
    pub(super) evidence: Vec<EvidenceFileRow<'a>>,
    pub(super) evidence_skipped: Vec<EvidenceSkipped<'a>>,
}

#[derive(Serialize)]
pub(super) struct EvidenceFileRow<'a> {
    pub(super) file: &'a str,
    pub(super) kind: &'a str,
}

#[derive(Serialize)]
pub(super) struct EvidenceSkipped<'a> {
    pub(super) file: &'a str,
    pub(super) line: u64,
    pub(super) reason: &'a str,
}

#[derive(Serialize)]
pub(super) struct SkippedExample<'a> {
    pub(super) file: &'a str,
    pub(super) line: u64,
    pub(super) reason: &'static str,
    pub(super) text: &'a str,
}

#[derive(Serialize)]
pub(super) struct SourceRow<'a> {
    pub(super) file: &'a str,
    pub(super) server: Option<&'a str>,
    pub(super) protocol: Option<&'static str>,
    pub(super) role: Option<&'static str>,
    pub(super) records: u64,
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
}

#[derive(Serialize)]
pub(super) struct NoteRow<'a> {
    pub(super) file: &'a str,
    pub(super) kind: &'static str,
    pub(super) reason: &'a str,
}

#[derive(Serialize)]
pub(super) struct Logins<'a> {
    pub(super) frontend: CountsRow,
    pub(super) backend: CountsRow,
    pub(super) by: Vec<LoginRow<'a>>,
}

#[derive(Serialize, Clone, Copy)]
pub(super) struct CountsRow {
    pub(super) attempts: u64,
    pub(super) succeeded: u64,
    pub(super) failed: u64,
    pub(super) unknown: u64,
}

#[derive(Serialize)]
pub(super) struct LoginRow<'a> {
    pub(super) protocol: &'static str,
    pub(super) role: &'static str,
    pub(super) server: Option<&'a str>,
    pub(super) client_class: &'static str,
    #[serde(flatten)]
    pub(super) counts: CountsRow,
}

#[derive(Serialize)]
pub(in crate::report) struct FailureGroup<'a> {
    pub(super) id: &'a str,
    pub(super) protocol: &'static str,
    pub(super) role: &'static str,
    pub(super) server: Option<&'a str>,
    pub(super) error: &'a str,
    pub(super) error_class: &'static str,
    pub(super) target: Option<&'a str>,
    pub(super) client_class: &'static str,
    pub(super) response: &'a str,
    pub(super) count: u64,
    pub(super) first_seen: String,
    pub(super) last_seen: String,
    pub(super) users: u64,
    pub(super) client_addresses: u64,
    pub(super) top_users: Vec<UserCount<'a>>,
    pub(super) top_clients: Vec<ClientCount<'a>>,
    pub(super) ports: BTreeMap<String, u64>,
    pub(super) examples: Vec<Example<'a>>,
    /// What the back end wrote meanwhile; `null` where its log is not there, or nothing was handed over.
    pub(super) back_end: Option<BackEnd<'a>>,
}

#[derive(Serialize)]
pub(super) struct BackEnd<'a> {
    pub(super) server: &'a str,
    pub(super) groups: Vec<BackEndGroup<'a>>,
}

#[derive(Serialize)]
pub(super) struct BackEndGroup<'a> {
    pub(super) id: &'a str,
    pub(super) error: &'a str,
    pub(super) response: &'a str,
    pub(super) failures: u64,
    pub(super) accounts_in_common: Option<u64>,
}

#[derive(Serialize)]
pub(super) struct UserCount<'a> {
    pub(super) user: &'a str,
    pub(super) count: u64,
}

#[derive(Serialize)]
pub(super) struct ClientCount<'a> {
    pub(super) client: &'a str,
    pub(super) count: u64,
}

#[derive(Serialize)]
pub(super) struct Example<'a> {
    pub(super) file: &'a str,
    pub(super) line: u64,
    pub(super) text: &'a str,
}

#[derive(Serialize)]
pub(in crate::report) struct OutageRow<'a> {
    pub(super) id: &'a str,
    pub(super) protocol: &'static str,
    pub(super) server: Option<&'a str>,
    pub(super) targets: &'a [String],
    pub(super) start: String,
    pub(super) end: String,
    pub(super) recovered_at: Option<String>,
    pub(super) attempts: u64,
    pub(super) failed: u64,
    pub(super) users_affected: u64,
    pub(super) health_mailbox_failed: u64,
    pub(super) groups: &'a [String],
}

#[derive(Serialize)]
pub(in crate::report) struct FindingRow<'a> {
    pub(super) id: &'static str,
    pub(super) severity: &'static str,
    pub(super) confidence: &'static str,
    pub(super) title: &'a str,
    pub(super) summary: &'a str,
    pub(super) protocols: Vec<&'static str>,
    pub(super) servers: &'a [String],
    pub(super) start: String,
    pub(super) end: String,
    pub(super) ongoing: bool,
    pub(super) outages: &'a [String],
    pub(super) groups: &'a [String],
    pub(super) evidence: Vec<EvidenceRow<'a>>,
    pub(super) remediation: Vec<StepRow<'a>>,
    pub(super) references: &'a [&'static str],
}

#[derive(Serialize)]
pub(super) struct EvidenceRow<'a> {
    pub(super) effect: &'static str,
    pub(super) kind: &'static str,
    pub(super) text: &'a str,
    pub(super) at: Option<String>,
    pub(super) file: Option<&'a str>,
    pub(super) line: Option<u64>,
}

#[derive(Serialize)]
pub(super) struct StepRow<'a> {
    pub(super) text: &'a str,
    pub(super) command: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct TimelineRow<'a> {
    pub(super) at: String,
    pub(super) kind: &'static str,
    pub(super) text: &'a str,
    pub(super) file: Option<&'a str>,
    pub(super) line: Option<u64>,
    pub(super) server: Option<&'a str>,
    pub(super) protocol: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct Coverage<'a> {
    pub(super) gaps: Vec<GapRow<'a>>,
    pub(super) sessions: u64,
    pub(super) missing_sessions: u64,
    pub(super) missing_sequence_numbers: u64,
    pub(super) sessions_without_start: u64,
    pub(super) sessions_without_end: u64,
    pub(super) services: Vec<CoveredRow<'a>>,
    pub(super) clocks: Vec<ClockRow<'a>>,
    pub(super) switched_off: Vec<SwitchedOffRow<'a>>,
}

/// A server whose clock differs from the others'; `compared_with` is there where it could be held against one alone.
#[derive(Serialize)]
pub(super) struct ClockRow<'a> {
    pub(super) server: &'a str,
    pub(super) ahead_ms: i64,
    pub(super) compared_with: Option<&'a str>,
    pub(super) samples: u64,
    pub(super) from: String,
    pub(super) to: String,
}

/// A protocol log that is not written, or was not for a while.
#[derive(Serialize)]
pub(super) struct SwitchedOffRow<'a> {
    pub(super) server: Option<&'a str>,
    pub(super) protocol: Option<&'static str>,
    pub(super) since: Option<String>,
    pub(super) until: Option<String>,
    pub(super) file: &'a str,
    pub(super) line: u64,
}

/// What the logs of a service cover; times between the stretches, before and behind them have no logs.
#[derive(Serialize)]
pub(super) struct CoveredRow<'a> {
    pub(super) server: Option<&'a str>,
    pub(super) protocol: &'static str,
    pub(super) role: &'static str,
    pub(super) stretches: Vec<StretchRow>,
    pub(super) missing_sessions: u64,
    pub(super) missing_sequence_numbers: u64,
    pub(super) sessions_without_start: u64,
    pub(super) sessions_without_end: u64,
    pub(super) damaged_files: u64,
}

#[derive(Serialize)]
pub(super) struct StretchRow {
    pub(super) from: String,
    pub(super) to: String,
}

#[derive(Serialize)]
pub(super) struct GapRow<'a> {
    pub(super) server: Option<&'a str>,
    pub(super) protocol: &'static str,
    pub(super) role: &'static str,
    pub(super) from: String,
    pub(super) to: String,
}

#[derive(Serialize)]
pub(super) struct LatencyRow<'a> {
    pub(super) server: Option<&'a str>,
    pub(super) protocol: &'static str,
    pub(super) role: &'static str,
    pub(super) count: u64,
    pub(super) p50_ms: u64,
    pub(super) p95_ms: u64,
    pub(super) p99_ms: u64,
    pub(super) max_ms: u64,
}

#[derive(Serialize)]
pub(super) struct MechanismRow<'a> {
    pub(super) server: Option<&'a str>,
    pub(super) protocol: &'static str,
    pub(super) role: &'static str,
    pub(super) mechanism: &'static str,
    pub(super) encryption: &'static str,
    pub(super) count: u64,
}

#[derive(Serialize)]
pub(super) struct AccountRow<'a> {
    pub(super) server: Option<&'a str>,
    pub(super) protocol: &'static str,
    pub(super) role: &'static str,
    pub(super) name: &'a str,
    #[serde(flatten)]
    pub(super) counts: CountsRow,
    pub(super) first_failed: Option<String>,
    pub(super) last_failed: Option<String>,
}

#[derive(Serialize)]
pub(super) struct CommandRow<'a> {
    pub(super) server: Option<&'a str>,
    pub(super) protocol: &'static str,
    pub(super) role: &'static str,
    pub(super) commands: BTreeMap<String, u64>,
}

/// Login attempts per minute: `minutes` holds `[minute, succeeded, failed, unknown]`, a minute as its number since 1970 UTC.
#[derive(Serialize)]
pub(super) struct SeriesRow<'a> {
    pub(super) server: Option<&'a str>,
    pub(super) protocol: &'static str,
    pub(super) role: &'static str,
    pub(super) target: Option<&'a str>,
    pub(super) client_class: &'static str,
    pub(super) minutes: Vec<[i64; 4]>,
}

#[derive(Serialize)]
pub(super) struct AnomalyRow<'a> {
    pub(super) server: Option<&'a str>,
    pub(super) protocol: &'static str,
    pub(super) role: &'static str,
    pub(super) error: &'a str,
    pub(super) count: u64,
}

/// Whether the counts of different accounts and addresses are exact or estimates.
#[derive(Serialize)]
pub(super) struct Exactness {
    pub(super) distinct_are_exact: bool,
    pub(super) distinct_standard_error: f64,
    pub(super) exact_up_to: u64,
}

impl From<Counts> for CountsRow {
    fn from(counts: Counts) -> Self {
        Self { attempts: counts.attempts(), succeeded: counts.succeeded, failed: counts.failed, unknown: counts.unknown }
    }
}
