//! What happened, each with its moment and a sentence: for outputs that know nothing else, and for the messages of those that do.

use std::borrow::Cow;

use crate::attempts::attempt::Attempt;
use crate::case::Case;
use crate::case::group::Group;
use crate::case::outage::Outage;
use crate::case::timeline::Entry;
use crate::diagnosis::finding::Finding;
use crate::location::Location;
use crate::login::outcome::Outcome;
use crate::protocol::Protocol;
use crate::text::counted;

/// Something that happened, as an analysis has it.
#[derive(Debug)]
pub(super) struct Moment<'a> {
    /// When, in milliseconds since 1970 UTC.
    pub(super) at: i64,
    /// What this moment is, in the words of Timesketch's `timestamp_desc`.
    pub(super) what: &'static str,
    /// The kind of an entry of the time line, or `failure_group`, `outage`, `finding`.
    pub(super) kind: &'static str,
    /// The id of the group, the outage or the finding.
    pub(super) id: Option<&'a str>,
    /// How bad a finding is.
    pub(super) severity: Option<&'static str>,
    /// The code of a group.
    pub(super) error: Option<&'a str>,
    /// What happened.
    pub(super) message: Cow<'a, str>,
    /// The server it is about.
    pub(super) server: Option<&'a str>,
    /// The protocol it is about.
    pub(super) protocol: Option<Protocol>,
    /// When it was over.
    pub(super) end: Option<i64>,
    /// A line that shows it.
    pub(super) location: Option<&'a Location>,
}

/// The time line of a case with the beginnings of its groups, outages and findings, in the order of time.
pub(super) fn of_case<'a>(case: &'a Case, findings: &'a [Finding]) -> Vec<Moment<'a>> {
    // The first failure of an outage is the outage's own moment.
    let entries = case.timeline.iter().filter(|entry| entry.kind != "first_failure").map(of_entry);
    let groups = case.groups.iter().map(of_group);
    let outages = case.outages.iter().map(|outage| of_outage(case, outage));
    let mut moments: Vec<Moment<'_>> = entries.chain(groups).chain(outages).chain(findings.iter().map(of_finding)).collect();
    moments.sort_by_key(|moment| moment.at);
    moments
}

fn of_entry(entry: &Entry) -> Moment<'_> {
    Moment {
        at: entry.at,
        what: match entry.kind {
            "change" => "Change",
            "service" => "Event of a Service",
            "restart" => "Start of a Service",
            "last_failure" => "Last Failure of an Outage",
            "recovery" => "First Success after an Outage",
            "schannel" => "First Schannel Error",
            "certificate" => "Validity of a Certificate",
            _ => "Event",
        },
        kind: entry.kind,
        id: None,
        severity: None,
        error: None,
        message: Cow::Borrowed(&entry.text),
        server: entry.server.as_deref(),
        protocol: entry.protocol,
        end: None,
        location: entry.location.as_ref(),
    }
}

fn of_group(group: &Group) -> Moment<'_> {
    Moment {
        at: group.failures.span.first,
        what: FIRST_FAILURE,
        kind: "failure_group",
        id: Some(&group.id),
        severity: None,
        error: Some(&group.key.error),
        message: Cow::Owned(group_in_words(group)),
        server: group.service.server.as_deref(),
        protocol: Some(group.service.protocol),
        end: Some(group.failures.span.last),
        location: group.failures.examples.first().map(|(_, at, _)| at),
    }
}

fn of_outage<'a>(case: &'a Case, outage: &'a Outage) -> Moment<'a> {
    let is_its_own = |entry: &&Entry| {
        entry.kind == "first_failure" && entry.at == outage.start && entry.is_about(outage.server.as_deref(), outage.protocol)
    };
    Moment {
        at: outage.start,
        what: OUTAGE,
        kind: "outage",
        id: Some(&outage.id),
        severity: None,
        error: None,
        message: Cow::Owned(outage_in_words(outage)),
        server: outage.server.as_deref(),
        protocol: Some(outage.protocol),
        end: Some(outage.end),
        location: case.timeline.iter().find(is_its_own).and_then(|entry| entry.location.as_ref()),
    }
}

fn of_finding(finding: &Finding) -> Moment<'_> {
    Moment {
        at: finding.start,
        what: FINDING,
        kind: "finding",
        id: Some(finding.id),
        severity: Some(finding.severity.name()),
        error: None,
        message: Cow::Owned(finding_in_words(finding)),
        server: only(&finding.servers).map(String::as_str),
        protocol: only(&finding.protocols).copied(),
        end: Some(finding.end),
        location: finding.evidence.iter().find_map(|item| item.location.as_ref()),
    }
}

/// The one item of a list that has no other.
pub(super) fn only<T>(list: &[T]) -> Option<&T> {
    if let [only] = list { Some(only) } else { None }
}

/// What the moment of a login attempt is.
pub(super) const ATTEMPT: &str = "Login Attempt";
/// What the moment of a line of a session is.
pub(super) const LINE: &str = "Log Line Written";
/// What the moment of a failure group is.
pub(super) const FIRST_FAILURE: &str = "First Failure of a Group";
/// What the moment of an outage is.
pub(super) const OUTAGE: &str = "Start of an Outage";
/// What the moment of a finding is.
pub(super) const FINDING: &str = "Start of a Finding";

/// An attempt in a sentence.
pub(super) fn attempt_in_words(attempt: &Attempt) -> String {
    let outcome = match attempt.outcome {
        Outcome::Succeeded => "succeeded",
        Outcome::Failed => "failed",
        Outcome::Unknown => "ended in a way that is not known",
    };
    format!(
        "{} login of {} on {} ({}) {outcome}{}{}",
        attempt.protocol.title(),
        if attempt.user.is_empty() { "nobody named" } else { &attempt.user },
        attempt.server.as_deref().unwrap_or("an unknown server"),
        attempt.role.title(),
        if attempt.error.is_empty() { String::new() } else { format!(": {}", attempt.error) },
        if attempt.client.address.is_empty() { String::new() } else { format!(", from {}", attempt.client.address) },
    )
}

/// A failure group in a sentence.
pub(super) fn group_in_words(group: &Group) -> String {
    format!(
        "{} failed on {} ({} {}): {}",
        counted(group.failures.count, "login", "logins"),
        group.service.server.as_deref().unwrap_or("an unknown server"),
        group.service.protocol.title(),
        group.service.role.title(),
        group.key.name(),
    )
}

/// An outage in a sentence.
pub(super) fn outage_in_words(outage: &Outage) -> String {
    format!(
        "{} logins failed on {}: {} of {}",
        outage.protocol.title(),
        outage.server.as_deref().unwrap_or("an unknown server"),
        outage.failed,
        counted(outage.attempts, "attempt", "attempts"),
    )
}

/// A finding in a sentence or two.
pub(super) fn finding_in_words(finding: &Finding) -> String {
    format!("{}: {}", finding.title, finding.summary)
}
