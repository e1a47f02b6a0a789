//! An analysis as documents: its failure groups, its outages, its findings. What each holds below `exlog` is what
//! `exlog.report/1` says of it.

use std::io::{self, Write};

use crate::case::Case;
use crate::case::group::Group;
use crate::case::outage::Outage;
use crate::clock::rfc3339;
use crate::diagnosis::finding::{Finding, Severity};
use crate::report::json;
use crate::report::moments;
use crate::report::ndjson::wire::{Document, Event, Failure, Log, LogFile, Own, Rule};
use crate::report::ndjson::{SCHEMA, document, event, host, nanoseconds, network, write_line};

/// Writes all documents.
///
/// # Errors
/// What `out` says.
pub fn write(case: &Case, findings: &[Finding], out: &mut dyn Write) -> io::Result<()> {
    case.groups.iter().try_for_each(|group| write_line(&of_group(group), out))?;
    case.outages.iter().try_for_each(|outage| write_line(&of_outage(outage), out))?;
    findings.iter().try_for_each(|finding| write_line(&of_finding(finding), out))
}

pub(super) fn of_group(group: &Group) -> Document<'_> {
    let failures = &group.failures;
    let span = failures.span;
    let event = spanning(span.first, span.last, event("exlog.failure_groups", "failure_group"));
    let error = Failure {
        code: Some(group.key.error.as_ref()).filter(|code| !code.is_empty()),
        message: Some(group.key.response.as_ref()).filter(|response| !response.is_empty()),
    };
    let example = failures.examples.first().map(|(_, at, _)| at);
    Document {
        network: Some(network(group.service.protocol)),
        host: host(group.service.server.as_deref()),
        error: Some(error).filter(|error| error.code.or(error.message).is_some()),
        log: example.map(|at| Log { file: LogFile { path: &at.file } }),
        exlog: Own {
            schema: SCHEMA,
            protocol: Some(group.service.protocol.name()),
            role: Some(group.service.role.name()),
            client_class: Some(group.key.client_class.name()),
            error_class: Some(group.key.error_class.name()),
            target: group.key.target.as_deref(),
            line: example.map(|at| at.line),
            failure_group: Some(json::failure_group(group)),
            ..Own::default()
        },
        ..document(span.first, event, moments::FIRST_FAILURE, moments::group_in_words(group))
    }
}

pub(super) fn of_outage(outage: &Outage) -> Document<'_> {
    let event = spanning(outage.start, outage.end, event("exlog.outages", "outage"));
    Document {
        network: Some(network(outage.protocol)),
        host: host(outage.server.as_deref()),
        exlog: Own {
            schema: SCHEMA,
            protocol: Some(outage.protocol.name()),
            outage: Some(json::outage(outage)),
            ..Own::default()
        },
        ..document(outage.start, event, moments::OUTAGE, moments::outage_in_words(outage))
    }
}

pub(super) fn of_finding(finding: &Finding) -> Document<'_> {
    let event = Event {
        kind: "alert",
        outcome: None,
        severity: Some(severity(finding.severity)),
        ..spanning(finding.start, finding.end, event("exlog.findings", finding.id))
    };
    Document {
        host: host(moments::only(&finding.servers).map(String::as_str)),
        rule: Some(Rule { id: finding.id, name: &finding.title, reference: finding.references.first().copied() }),
        exlog: Own { schema: SCHEMA, finding: Some(json::finding(finding)), ..Own::default() },
        ..document(finding.start, event, moments::FINDING, moments::finding_in_words(finding))
    }
}

fn spanning<'a>(start: i64, end: i64, event: Event<'a>) -> Event<'a> {
    Event {
        outcome: Some("failure"),
        duration: Some(nanoseconds(end.abs_diff(start))),
        start: Some(rfc3339(start)),
        end: Some(rfc3339(end)),
        ..event
    }
}

/// The numbers that Elastic's own rules have for these words.
fn severity(severity: Severity) -> u8 {
    match severity {
        Severity::Info => 1,
        Severity::Low => 21,
        Severity::Medium => 47,
        Severity::High => 73,
        Severity::Critical => 99,
    }
}
