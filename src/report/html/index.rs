//! The index of a folder of pages: one row for each day, the newest first.

use std::io::{self, Write};

use askama::Template;

use crate::diagnosis::finding::Severity;
use crate::night::day::Day;
use crate::report::html::page::STYLE;
use crate::report::html::policy;
use crate::report::html::words::percent;
use crate::text::thousands;

/// The index.
#[derive(Debug, Template)]
#[template(path = "index.html", config = "src/report/html/askama.toml")]
struct Index {
    style_hash: String,
    style: &'static str,
    days: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    date: String,
    /// The name of the day's page, if there is one.
    page: Option<String>,
    attempts: String,
    failed: String,
    share: String,
    probes_failed: String,
    p95: String,
    findings: Vec<(&'static str, String)>,
}

/// Writes the index of the days; `page` gives the name of a day's page, if there is one.
///
/// # Errors
/// What `out` says.
pub fn index(days: &[Day], page: &dyn Fn(i64) -> Option<String>, out: &mut dyn Write) -> io::Result<()> {
    let rows = days.iter().rev().map(|day| Row {
        date: day.date(),
        page: page(day.day),
        attempts: day.attempts.map(thousands).unwrap_or_default(),
        failed: thousands(day.failed),
        share: day.attempts.map(|attempts| percent(day.failed, attempts)).unwrap_or_default(),
        probes_failed: thousands(day.probes_failed),
        p95: day.p95_ms.map(|p95| format!("{} ms", thousands(p95))).unwrap_or_default(),
        findings: day
            .findings
            .iter()
            .filter(|(severity, _)| *severity > Severity::Info)
            .map(|(severity, title)| (severity.name(), title.clone()))
            .collect(),
    });
    Index { style_hash: policy::hash(STYLE), style: STYLE, days: rows.collect() }.write_into(out)
}
