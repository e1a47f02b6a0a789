//! `certificate-expiring`: a certificate of IMAP or POP will expire soon.

use crate::case::Case;
use crate::clock::{Zone, for_people};
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Confidence, Effect, Finding, Severity};
use crate::diagnosis::powershell::argument;
use crate::evidence::date::Date;
use crate::evidence::fact::{Certificate, Fact, What};

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "certificate-expiring",
    title: "A certificate of IMAP or POP will expire soon",
    doc: "\
## What it finds
A certificate that IMAP or POP uses whose end date lies within 30 days after the newest log line.

## Why it matters
When it has expired, clients refuse to connect; and renewing it in a hurry is how certificate-binding happens.

## Evidence it needs
Get-ExchangeCertificate. Dates that could be read in two ways decide nothing.

## What to do
Renew it in time, bind it, restart the services, watch the next probe.

## When it is wrong
If another valid certificate of the same name is in use.
",
    judge,
};

/// Thirty days in milliseconds.
const SOON: i64 = 30 * 86_400_000;

fn judge(case: &Case) -> Vec<Finding> {
    let Some(now) = case.summary.span.map(|span| span.last) else { return Vec::new() };
    let used = case.evidence.facts.iter().filter_map(|fact| match &fact.what {
        What::Certificate(certificate) if case.uses_certificate(certificate) => Some((fact, certificate)),
        _ => None,
    });
    used.filter_map(|(fact, certificate)| judge_certificate(now, fact, certificate)).collect()
}

fn judge_certificate(now: i64, fact: &Fact, certificate: &Certificate) -> Option<Finding> {
    let Some(Date::Exact(end)) = certificate.not_after else { return None };
    if !(now..now + SOON).contains(&end) {
        return None;
    }
    let name = certificate.subject.as_deref().or(certificate.thumbprint.as_deref()).unwrap_or("a certificate");
    let text = format!("{name} expires on {} UTC", for_people(end, Zone::Utc));
    let mut finding = Finding::new(DIAGNOSIS.id, Severity::Low, Confidence::Confirmed, text.clone());
    finding.servers = fact.server.clone().into_iter().collect();
    (finding.start, finding.end) = (end, now.max(end));
    finding.ongoing = true;
    finding.summary = format!("{text}; it is used by {}", certificate.services.join(", "));
    finding.seen(Effect::Supports, "certificate", text, Some(end), Some(&fact.location));
    let thumbprint = argument(certificate.thumbprint.as_deref().unwrap_or("THUMBPRINT"));
    finding.step(
        "Renew it, bind the new one, restart the services, and watch the next probe",
        Some(format!("Get-ExchangeCertificate -Thumbprint {thumbprint} | fl *")),
    );
    finding.checked()
}
