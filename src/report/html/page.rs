//! The whole page as its templates see it. They print these fields and decide nothing.

use std::collections::BTreeMap;

use askama::Template;

use crate::case::Case;
use crate::comparison::Comparison;
use crate::diagnosis::finding::Finding;
use crate::night::Night;
use crate::report::html::Asked;
use crate::report::html::axis::{Axis, axes};
use crate::report::html::commands::{Narrowed, again, paths_note};
use crate::report::html::comparison::Compared;
use crate::report::html::coverage::{Coverage, coverage};
use crate::report::html::failures::{GROUPS, GroupRow, OutageRow, groups, outages};
use crate::report::html::findings::{FINDINGS, FindingRow, findings};
use crate::report::html::headline::{Todo, Verdict, todo, verdict};
use crate::report::html::heat::{Heat, heat};
use crate::report::html::news::News;
use crate::report::html::policy::hash;
use crate::report::html::tables::{EVENTS, EventRow, LATENCIES, LatencyRow, NameRow, events, latency, names};
use crate::report::html::times::Times;
use crate::report::html::usage::{MECHANISMS, Matrix, MechanismRow, Usage, has_any, matrices, mechanisms, usages};
use crate::report::html::words::{cut, left_out};
use crate::text::{counted, thousands};

pub(super) const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// A list with more rows than this stays folded.
const TOO_LONG: usize = 40;

/// A part of the page that can be folded.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) title: &'static str,
    /// The whole part in one line.
    pub(super) summary: String,
    pub(super) open: bool,
    pub(super) present: bool,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "report.html", config = "src/report/html/askama.toml")]
pub(super) struct Page {
    title: String,
    style: &'static str,
    style_hash: String,
    script: &'static str,
    script_hash: String,
    version: &'static str,
    zone: String,
    offsets: String,
    span: String,
    window_command: String,
    verdict: Verdict,
    todo: Todo,
    news: News,
    compared: Compared,
    has_time: bool,
    axes: Vec<Axis>,
    heat: Heat,
    has_outages: bool,
    outages: Vec<OutageRow>,
    findings_section: Section,
    findings: Vec<FindingRow>,
    quiet_findings: Vec<FindingRow>,
    findings_left_out: String,
    paths_note: String,
    has_quiet: bool,
    quiet_text: String,
    groups_section: Section,
    groups: Vec<GroupRow>,
    groups_left_out: String,
    names_section: Section,
    accounts: Vec<NameRow>,
    addresses: Vec<NameRow>,
    names_note: String,
    events_section: Section,
    events: Vec<EventRow>,
    events_left_out: String,
    latency_section: Section,
    latency: Vec<LatencyRow>,
    latency_left_out: String,
    mechanisms_section: Section,
    usages: Vec<Usage>,
    matrices: Vec<Matrix>,
    mechanisms: Vec<MechanismRow>,
    mechanisms_left_out: String,
    coverage_section: Section,
    coverage: Coverage,
}

impl Page {
    /// The same page with what a night brought.
    pub(super) fn of_night(case: &Case, judged: &[Finding], night: &Night, asked: &Asked) -> Self {
        let page = Self::new(case, judged, None, asked);
        let (first, last) = case.summary.span.map_or((0, 0), |span| (span.first, span.last));
        Self { news: News::new(night, &Times::new(first, last, asked.zone)), ..page }
    }

    /// The page about a case.
    pub(super) fn new(case: &Case, judged: &[Finding], compared: Option<&Comparison>, asked: &Asked) -> Self {
        let span = case.summary.span;
        let first = case.window.from.or(span.map(|span| span.first)).unwrap_or_default();
        let last = case.window.to.map(|to| to - 1).or(span.map(|span| span.last)).unwrap_or(first).max(first);
        let times = Times::new(first, last, asked.zone);
        let (axes, numbers) = axes(case, &times);
        let (findings, quiet_findings) = findings(case, judged, &times);
        let verdict = verdict(case, judged, &times);
        // Where all is well, every part is folded, and the first screen is the report.
        let is_trouble = !case.outages.is_empty() || !findings.is_empty() || verdict.tone == "bad";
        let (accounts, addresses) =
            (names(&case.top_accounts, true, asked, &times), names(&case.top_addresses, false, asked, &times));
        let events = events(case, &times, &numbers);
        let mut latency = latency(case, asked);
        let (usages, mut mechanisms, coverage) = (usages(case, asked), mechanisms(case, asked), coverage(case, &times));
        let latency_left_out = left_out(latency.len(), LATENCIES, "rows");
        let mechanisms_left_out = left_out(mechanisms.len(), MECHANISMS, "rows");
        let latency_section = latency_section(&latency, is_trouble);
        latency.truncate(LATENCIES);
        mechanisms.truncate(MECHANISMS);
        Self {
            title: format!("{} – exlog report", verdict.headline),
            style: STYLE,
            style_hash: hash(STYLE),
            script: SCRIPT,
            script_hash: hash(SCRIPT),
            version: env!("CARGO_PKG_VERSION"),
            zone: asked.zone.name(first),
            offsets: times.offsets(),
            span: if span.is_some() || case.window.from.is_some() { times.range(first, last) } else { "no lines".to_owned() },
            window_command: again(asked, Narrowed::default()),
            todo: todo(case, judged),
            news: News::default(),
            compared: compared.map(|comparison| Compared::new(comparison, &times)).unwrap_or_default(),
            has_time: !axes.is_empty(),
            axes,
            heat: heat(case, &times),
            has_outages: !case.outages.is_empty(),
            outages: outages(case, asked, &times),
            findings_section: findings_section(&findings, &quiet_findings, is_trouble),
            findings_left_out: left_out(judged.len(), FINDINGS, "findings"),
            paths_note: paths_note(asked),
            has_quiet: !quiet_findings.is_empty(),
            quiet_text: quiet_text(&quiet_findings),
            findings,
            quiet_findings,
            groups_section: groups_section(case, is_trouble),
            groups: groups(case, asked, &times),
            groups_left_out: left_out(case.groups.len(), GROUPS, "groups"),
            names_section: names_section(&accounts, &addresses, is_trouble),
            names_note: names_note(case),
            accounts,
            addresses,
            events_section: events_section(case, &events, is_trouble),
            events,
            events_left_out: left_out(case.timeline.len(), EVENTS, "events"),
            latency_section,
            latency,
            latency_left_out,
            mechanisms_section: mechanisms_section(case, &usages, is_trouble),
            usages,
            matrices: matrices(case),
            mechanisms,
            mechanisms_left_out,
            coverage_section: Section {
                title: "What was read, and what was not",
                summary: coverage.sentence.clone(),
                open: coverage.is_incomplete,
                present: true,
            },
            coverage,
            verdict,
        }
    }
}

fn findings_section(loud: &[FindingRow], quiet: &[FindingRow], open: bool) -> Section {
    let remarks = || counted(quiet.len() as u64, "remark of low weight", "remarks of low weight");
    let summary = match (loud.len() as u64, quiet.len()) {
        (0, 0) => "None.".to_owned(),
        (0, _) => remarks(),
        (count, 0) => counted(count, "finding", "findings"),
        (count, _) => format!("{}, {}", counted(count, "finding", "findings"), remarks()),
    };
    Section { title: "Findings", summary, open, present: !(loud.is_empty() && quiet.is_empty()) }
}

fn quiet_text(quiet: &[FindingRow]) -> String {
    let titles: Vec<String> = quiet.iter().take(4).map(|finding| cut(&finding.title, 80)).collect();
    format!("{}: {}", counted(quiet.len() as u64, "remark of low weight", "remarks of low weight"), titles.join("; "))
}

fn groups_section(case: &Case, open: bool) -> Section {
    let mut classes = BTreeMap::<&str, u64>::new();
    for group in &case.groups {
        *classes.entry(group.key.error_class.name()).or_default() += group.failures.count;
    }
    let all: u64 = classes.values().sum();
    let mut classes: Vec<_> = classes.into_iter().collect();
    classes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let classes: Vec<String> = classes.iter().take(4).map(|(class, count)| format!("{class} {}", thousands(*count))).collect();
    let groups = counted(case.groups.len() as u64, "group", "groups");
    let summary = format!("{} in {groups}: {}", counted(all, "failure", "failures"), classes.join(", "));
    Section { title: "Failures", summary, open, present: !case.groups.is_empty() }
}

fn names_section(accounts: &[NameRow], addresses: &[NameRow], open: bool) -> Section {
    let most = |rows: &[NameRow]| rows.first().map(|row| format!("{} ({})", cut(&row.name, 60), row.failed));
    let summary = match (most(accounts), most(addresses)) {
        (Some(account), Some(address)) => format!("Most failures: {account}, from {address}"),
        (Some(only), None) | (None, Some(only)) => format!("Most failures: {only}"),
        (None, None) => "None with failures.".to_owned(),
    };
    Section { title: "Accounts and addresses", summary, open, present: !(accounts.is_empty() && addresses.is_empty()) }
}

fn names_note(case: &Case) -> String {
    let exactness = if case.is_exact() {
        "Counts are exact.".to_owned()
    } else {
        let error = 100.0 * crate::collections::distinct::STANDARD_ERROR;
        format!("Numbers of different accounts are estimates (~), standard error {error:.1} %.")
    };
    format!("Those with most failures, by server and protocol. {exactness}")
}

fn events_section(case: &Case, events: &[EventRow], is_trouble: bool) -> Section {
    let mut words = BTreeMap::<&str, u64>::new();
    for event in events {
        *words.entry(event.word).or_default() += 1;
    }
    let mut words: Vec<_> = words.into_iter().collect();
    words.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let words: Vec<String> = words.iter().take(4).map(|(word, count)| format!("{count} × {word}")).collect();
    let summary = format!("{}: {}", counted(case.timeline.len() as u64, "event", "events"), words.join(", "));
    Section { title: "What happened", summary, open: is_trouble && events.len() <= TOO_LONG, present: !events.is_empty() }
}

fn latency_section(latency: &[LatencyRow], is_trouble: bool) -> Section {
    // Front ends stand first, the slowest of them before the others.
    let summary = latency.first().map_or_else(String::new, |slow| {
        let role = slow.role.replace(' ', "-");
        let place = format!("{} on {}", slow.protocol, slow.server);
        format!("95 % of {role} logins within {} ms, even on the slowest ({place})", slow.p95)
    });
    Section { title: "Latency", summary, open: is_trouble && latency.len() <= TOO_LONG / 3, present: !latency.is_empty() }
}

fn mechanisms_section(case: &Case, usages: &[Usage], open: bool) -> Section {
    let counts: Vec<String> = usages.iter().map(|usage| format!("{}: {}.", usage.title, usage.count)).collect();
    Section { title: "What could be switched off", summary: counts.join(" "), open, present: has_any(case) }
}
