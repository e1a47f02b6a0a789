//! The structs of `comparison` in `exlog.report/1`: frozen like the rest.

use serde::Serialize;

#[derive(Serialize)]
pub(in crate::report::json) struct Comparison<'a> {
    pub(in crate::report::json) matched: &'static str,
    pub(in crate::report::json) this: Side<'a>,
    pub(in crate::report::json) other: Side<'a>,
    pub(in crate::report::json) changes: Vec<ChangeRow<'a>>,
    pub(in crate::report::json) services: Vec<ServiceRow<'a>>,
    pub(in crate::report::json) failures_too_few_to_tell: u64,
    pub(in crate::report::json) accounts_not_listed: u64,
}

#[derive(Serialize)]
pub(in crate::report::json) struct Side<'a> {
    pub(in crate::report::json) paths: &'a [String],
    pub(in crate::report::json) from: Option<String>,
    pub(in crate::report::json) to: Option<String>,
    pub(in crate::report::json) first: Option<String>,
    pub(in crate::report::json) last: Option<String>,
    pub(in crate::report::json) servers: &'a [String],
    pub(in crate::report::json) files: u64,
    pub(in crate::report::json) lines: u64,
    pub(in crate::report::json) skipped: u64,
    pub(in crate::report::json) unread_files: u64,
}

#[derive(Serialize)]
pub(in crate::report::json) struct ChangeRow<'a> {
    pub(in crate::report::json) direction: &'static str,
    pub(in crate::report::json) kind: &'static str,
    pub(in crate::report::json) server: Option<&'a str>,
    pub(in crate::report::json) protocol: Option<&'static str>,
    pub(in crate::report::json) role: Option<&'static str>,
    pub(in crate::report::json) client_class: Option<&'static str>,
    pub(in crate::report::json) target: Option<&'a str>,
    pub(in crate::report::json) what: &'a str,
    pub(in crate::report::json) detail: &'a str,
    pub(in crate::report::json) this: FigureRow,
    pub(in crate::report::json) other: FigureRow,
    pub(in crate::report::json) ids: &'a [String],
    pub(in crate::report::json) file: Option<&'a str>,
    pub(in crate::report::json) line: Option<u64>,
}

/// What a figure does not have is `null`.
#[derive(Serialize, Default)]
pub(in crate::report::json) struct FigureRow {
    pub(in crate::report::json) count: Option<u64>,
    pub(in crate::report::json) of: Option<u64>,
    pub(in crate::report::json) share: Option<f64>,
    pub(in crate::report::json) milliseconds: Option<u64>,
    pub(in crate::report::json) outages: Option<u64>,
    pub(in crate::report::json) severity: Option<&'static str>,
}

#[derive(Serialize)]
pub(in crate::report::json) struct ServiceRow<'a> {
    pub(in crate::report::json) server: Option<&'a str>,
    pub(in crate::report::json) protocol: &'static str,
    pub(in crate::report::json) role: &'static str,
    pub(in crate::report::json) this: Option<TotalsRow>,
    pub(in crate::report::json) other: Option<TotalsRow>,
}

#[derive(Serialize)]
pub(in crate::report::json) struct TotalsRow {
    pub(in crate::report::json) attempts: u64,
    pub(in crate::report::json) failed: u64,
    pub(in crate::report::json) encryption_known: u64,
    pub(in crate::report::json) clear: u64,
    pub(in crate::report::json) p50_ms: u64,
    pub(in crate::report::json) p95_ms: u64,
    pub(in crate::report::json) outages: u64,
    pub(in crate::report::json) outage_ms: i64,
}
