//! The JSON report, `exlog.report/1`: what scripts rely on.
//!
//! The format itself stands in `wire`. Lists are sorted, so that the same input gives the same bytes. Domain types never
//! serialise themselves.

use std::io::{self, BufWriter, Write};

use serde::Serialize;
use serde_json::Serializer;

use crate::case::Case;
use crate::case::behind::{Behind, Same};
use crate::case::clocks::WrongServer;
use crate::case::coverage::Covered;
use crate::case::group::Group;
use crate::case::outage::Outage;
use crate::case::switched_off::SwitchedOff;
use crate::case::timeline::Entry;
use crate::case::top::Top;
use crate::clock::rfc3339;
use crate::comparison::Comparison;
use crate::diagnosis::finding::Finding;
use crate::location::Location;
use crate::login::identity::ClientClass;
use crate::protocol::{Protocol, Role};
use crate::skipped::FileFate;
use crate::summary::ServiceKey;
use crate::summary::counts::Counts;
use crate::summary::service::Service;

mod comparison;
mod layout;
mod night;
mod unusual;
pub(in crate::report) mod wire;

use layout::Indented;
use wire::{
    AccountRow, AnomalyRow, BackEnd, BackEndGroup, ClientCount, ClockRow, CommandRow, Coverage, CoveredRow, EvidenceFileRow,
    EvidenceRow, EvidenceSkipped, Exactness, Example, FailureGroup, FindingRow, GapRow, Input, LatencyRow, LoginRow, Logins,
    MechanismRow, NoteRow, OutageRow, Report, SeriesRow, SkippedExample, SourceRow, StepRow, StretchRow, SwitchedOffRow,
    TimelineRow, Tool, UserCount, Window,
};

/// So many bytes are written at once.
const BUFFER: usize = 64 << 10;

pub use night::night;

/// Writes the report, with a line end behind it.
///
/// # Errors
/// What `out` says.
pub fn write(case: &Case, findings: &[Finding], compared: Option<&Comparison>, out: &mut dyn Write) -> io::Result<()> {
    write_document(&report(case, findings, compared), out)
}

fn write_document(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    // Its own buffer, so that not every comma is a call through a pointer.
    let mut out = BufWriter::with_capacity(BUFFER, out);
    let mut form = Serializer::with_formatter(&mut out, Indented::default());
    document.serialize(&mut form).map_err(io::Error::from)?;
    out.write_all(b"\n")?;
    out.flush()
}

fn report<'a>(case: &'a Case, findings: &'a [Finding], compared: Option<&'a Comparison>) -> Report<'a> {
    Report {
        schema: "exlog.report/1",
        tool: Tool { name: "exlog", version: env!("CARGO_PKG_VERSION") },
        window: Window { from: case.window.from.map(rfc3339), to: case.window.to.map(rfc3339) },
        input: input(case),
        logins: logins(case),
        failure_groups: case.groups.iter().map(failure_group).collect(),
        outages: case.outages.iter().map(outage).collect(),
        findings: findings.iter().map(finding).collect(),
        timeline: case.timeline.iter().map(entry).collect(),
        coverage: coverage(case),
        latency: by_service(case, |place, service| LatencyRow {
            server: place.server,
            protocol: place.protocol,
            role: place.role,
            count: service.latency.count(),
            p50_ms: service.latency.quantile(0.5),
            p95_ms: service.latency.quantile(0.95),
            p99_ms: service.latency.quantile(0.99),
            max_ms: service.latency.max(),
        }),
        mechanisms: mechanisms(case),
        accounts: case.top_accounts.iter().map(account).collect(),
        addresses: case.top_addresses.iter().map(account).collect(),
        commands: by_service(case, |place, service| CommandRow {
            server: place.server,
            protocol: place.protocol,
            role: place.role,
            commands: service.commands.sorted(),
        }),
        series: series(case),
        anomalies: anomalies(case),
        exactness: Exactness {
            distinct_are_exact: case.is_exact(),
            distinct_standard_error: crate::collections::distinct::STANDARD_ERROR,
            exact_up_to: crate::collections::tally::EXACT_NAMES as u64,
        },
        comparison: compared.map(comparison::comparison),
    }
}

fn input(case: &Case) -> Input<'_> {
    let summary = &case.summary;
    let accounting = summary.accounting;
    Input {
        files: summary.sources.len() as u64,
        evidence_files: case.evidence.files.len() as u64,
        other_files: summary.files_with(FileFate::Other),
        unreadable_files: summary.files_with(FileFate::Unreadable),
        bytes: summary.bytes,
        lines: accounting.lines,
        records: accounting.records,
        headers: accounting.headers,
        blank: accounting.blank,
        skipped: summary.skipped.total(),
        records_in_window: accounting.in_window,
        first: summary.span.map(|span| rfc3339(span.first)),
        last: summary.span.map(|span| rfc3339(span.last)),
        skipped_by_reason: summary.skipped.by_reason().map(|(reason, count)| (reason.name(), count)).collect(),
        skipped_examples: summary
            .skipped
            .examples()
            .map(|(reason, at, text)| SkippedExample { file: &at.file, line: at.line, reason: reason.name(), text })
            .collect(),
        sources: summary
            .sources
            .iter()
            .map(|source| SourceRow {
                file: &source.file,
                server: source.server.as_deref(),
                protocol: source.service.map(|(protocol, _)| protocol.name()),
                role: source.service.map(|(_, role)| role.name()),
                records: source.records,
                first: source.span.map(|(first, _)| rfc3339(first)),
                last: source.span.map(|(_, last)| rfc3339(last)),
            })
            .collect(),
        evidence: case.evidence.files.iter().map(|(file, kind)| EvidenceFileRow { file, kind: kind.as_ref() }).collect(),
        evidence_skipped: case
            .evidence
            .skipped
            .iter()
            .map(|(at, reason)| EvidenceSkipped { file: &at.file, line: at.line, reason })
            .collect(),
        notes: summary
            .notes
            .iter()
            .map(|note| NoteRow { file: &note.file, kind: note.fate.name(), reason: &note.reason })
            .collect(),
    }
}

fn logins(case: &Case) -> Logins<'_> {
    let by = case.summary.services.iter().flat_map(|(key, service)| {
        ClientClass::ALL.iter().filter_map(move |class| {
            let counts = service.logins.get(class)?;
            Some(LoginRow {
                protocol: key.protocol.name(),
                role: key.role.name(),
                server: key.server.as_deref(),
                client_class: class.name(),
                counts: (*counts).into(),
            })
        })
    });
    Logins { frontend: case.logins(Role::FrontEnd).into(), backend: case.logins(Role::BackEnd).into(), by: by.collect() }
}

pub(in crate::report) fn failure_group(group: &Group) -> FailureGroup<'_> {
    let failures = &group.failures;
    FailureGroup {
        id: &group.id,
        protocol: group.service.protocol.name(),
        role: group.service.role.name(),
        server: group.service.server.as_deref(),
        error: &group.key.error,
        error_class: group.key.error_class.name(),
        target: group.key.target.as_deref(),
        client_class: group.key.client_class.name(),
        response: &group.key.response,
        count: failures.count,
        first_seen: rfc3339(failures.span.first),
        last_seen: rfc3339(failures.span.last),
        users: group.users.0,
        client_addresses: group.clients.0,
        top_users: group.top_users.iter().map(|(user, count)| UserCount { user, count: *count }).collect(),
        top_clients: group.top_clients.iter().map(|(client, count)| ClientCount { client, count: *count }).collect(),
        ports: failures.ports.iter().map(|(port, count)| (port.to_string(), *count)).collect(),
        examples: failures.examples.iter().map(|(_, at, text)| Example { file: &at.file, line: at.line, text }).collect(),
        back_end: group.behind.as_ref().map(back_end),
    }
}

fn back_end(behind: &Behind) -> BackEnd<'_> {
    BackEnd { server: &behind.server, groups: behind.groups.iter().map(back_end_group).collect() }
}

fn back_end_group(same: &Same) -> BackEndGroup<'_> {
    BackEndGroup {
        id: &same.group,
        error: &same.error,
        response: &same.response,
        failures: same.count,
        accounts_in_common: same.accounts,
    }
}

pub(in crate::report) fn outage(outage: &Outage) -> OutageRow<'_> {
    OutageRow {
        id: &outage.id,
        protocol: outage.protocol.name(),
        server: outage.server.as_deref(),
        targets: &outage.targets,
        start: rfc3339(outage.start),
        end: rfc3339(outage.end),
        recovered_at: outage.recovered_at.map(rfc3339),
        attempts: outage.attempts,
        failed: outage.failed,
        users_affected: outage.users_affected.0,
        health_mailbox_failed: outage.health_mailbox_failed,
        groups: &outage.groups,
    }
}

/// File and line of a place; a place without a line is the whole file.
fn place(location: Option<&Location>) -> (Option<&str>, Option<u64>) {
    (location.map(|location| location.file.as_ref()), location.map(|location| location.line).filter(|line| *line > 0))
}

pub(in crate::report) fn finding(finding: &Finding) -> FindingRow<'_> {
    let evidence = finding.evidence.iter().map(|item| {
        let (file, line) = place(item.location.as_ref());
        EvidenceRow { effect: item.effect.name(), kind: item.kind, text: &item.text, at: item.at.map(rfc3339), file, line }
    });
    FindingRow {
        id: finding.id,
        severity: finding.severity.name(),
        confidence: finding.confidence.name(),
        title: &finding.title,
        summary: &finding.summary,
        protocols: finding.protocols.iter().map(|protocol| protocol.name()).collect(),
        servers: &finding.servers,
        start: rfc3339(finding.start),
        end: rfc3339(finding.end),
        ongoing: finding.ongoing,
        outages: &finding.outages,
        groups: &finding.groups,
        evidence: evidence.collect(),
        remediation: finding
            .remediation
            .iter()
            .map(|step| StepRow { text: &step.text, command: step.command.as_deref() })
            .collect(),
        references: &finding.references,
    }
}

fn entry(entry: &Entry) -> TimelineRow<'_> {
    let (file, line) = place(entry.location.as_ref());
    let (server, protocol) = (entry.server.as_deref(), entry.protocol.map(Protocol::name));
    TimelineRow { at: rfc3339(entry.at), kind: entry.kind, text: &entry.text, file, line, server, protocol }
}

fn coverage(case: &Case) -> Coverage<'_> {
    let sessions = &case.coverage.sessions;
    Coverage {
        gaps: case
            .coverage
            .gaps
            .iter()
            .map(|gap| GapRow {
                server: gap.service.server.as_deref(),
                protocol: gap.service.protocol.name(),
                role: gap.service.role.name(),
                from: rfc3339(gap.from),
                to: rfc3339(gap.to),
            })
            .collect(),
        sessions: sessions.sessions,
        missing_sessions: sessions.missing_sessions,
        missing_sequence_numbers: sessions.missing_sequence_numbers,
        sessions_without_start: sessions.without_start,
        sessions_without_end: sessions.without_end,
        services: case.coverage.services.iter().map(covered).collect(),
        clocks: case.coverage.clocks.0.iter().map(clock).collect(),
        switched_off: case.coverage.switched_off.iter().map(switched_off).collect(),
    }
}

fn clock(wrong: &WrongServer) -> ClockRow<'_> {
    let WrongServer { server, ahead, other, samples, span: (from, to), example: _ } = wrong;
    ClockRow {
        server,
        ahead_ms: *ahead,
        compared_with: other.as_deref(),
        samples: *samples,
        from: rfc3339(*from),
        to: rfc3339(*to),
    }
}

fn switched_off(off: &SwitchedOff) -> SwitchedOffRow<'_> {
    SwitchedOffRow {
        server: off.server.as_deref(),
        protocol: off.protocol.map(Protocol::name),
        since: off.since.map(rfc3339),
        until: off.until.map(rfc3339),
        file: &off.location.file,
        line: off.location.line,
    }
}

fn covered(covered: &Covered) -> CoveredRow<'_> {
    let Place { server, protocol, role } = (&covered.service).into();
    let stretches = covered.stretches.iter().map(|(from, to)| StretchRow { from: rfc3339(*from), to: rfc3339(*to) });
    CoveredRow {
        server,
        protocol,
        role,
        stretches: stretches.collect(),
        missing_sessions: covered.missing_sessions,
        missing_sequence_numbers: covered.missing_sequence_numbers,
        sessions_without_start: covered.sessions_without_start,
        sessions_without_end: covered.sessions_without_end,
        damaged_files: covered.damaged_files,
    }
}

/// The columns that name a service.
#[derive(Clone, Copy)]
struct Place<'a> {
    server: Option<&'a str>,
    protocol: &'static str,
    role: &'static str,
}

impl<'a> From<&'a ServiceKey> for Place<'a> {
    fn from(key: &'a ServiceKey) -> Self {
        Self { server: key.server.as_deref(), protocol: key.protocol.name(), role: key.role.name() }
    }
}

/// One row for each service.
fn by_service<'a, T>(case: &'a Case, row: impl Fn(Place<'a>, &'a Service) -> T) -> Vec<T> {
    case.summary.services.iter().map(|(key, service)| row(key.into(), service)).collect()
}

fn mechanisms(case: &Case) -> Vec<MechanismRow<'_>> {
    let rows = case.coverage.mechanisms.iter().map(|((key, mechanism, encryption), count)| {
        let Place { server, protocol, role } = key.into();
        MechanismRow { server, protocol, role, mechanism: mechanism.name(), encryption: encryption.name(), count: *count }
    });
    rows.collect()
}

fn account(top: &Top) -> AccountRow<'_> {
    let Place { server, protocol, role } = (&top.service).into();
    AccountRow {
        server,
        protocol,
        role,
        name: &top.name,
        counts: top.account.counts.into(),
        first_failed: top.account.failed.map(|span| rfc3339(span.first)),
        last_failed: top.account.failed.map(|span| rfc3339(span.last)),
    }
}

fn series(case: &Case) -> Vec<SeriesRow<'_>> {
    let rows = case.summary.services.iter().flat_map(|(key, service)| {
        service.series.iter().map(move |((target, class), minutes)| {
            let Place { server, protocol, role } = key.into();
            let row =
                |(minute, counts): (i64, &Counts)| [minute, counts.succeeded as i64, counts.failed as i64, counts.unknown as i64];
            let minutes = minutes.iter().map(row).collect();
            SeriesRow { server, protocol, role, target: target.as_deref(), client_class: class.name(), minutes }
        })
    });
    rows.collect()
}

fn anomalies(case: &Case) -> Vec<AnomalyRow<'_>> {
    let rows = case.summary.services.iter().flat_map(|(key, service)| {
        service.anomalies.iter().map(move |(error, count)| {
            let Place { server, protocol, role } = key.into();
            AnomalyRow { server, protocol, role, error, count: *count }
        })
    });
    rows.collect()
}
