//! Certificates of IMAP and POP by the date on which they end: what the diagnoses of expired and of expiring ones share.

use crate::case::Case;
use crate::case::evidence::is_for_host;
use crate::clock::{Zone, for_people};
use crate::diagnosis::finding::{Cause, Confidence, Effect, Finding, Severity};
use crate::diagnosis::powershell::argument;
use crate::evidence::date::Date;
use crate::evidence::fact::{Certificate, Fact, What};

/// What is looked for.
pub(super) struct Rule {
    pub(super) id: &'static str,
    pub(super) severity: Severity,
    /// `has expired` or `will expire`.
    pub(super) words: &'static str,
    /// Whether a certificate that ends at the first moment is meant, at the second one (the newest log line).
    pub(super) applies: fn(i64, i64) -> bool,
}

/// One finding for each certificate that IMAP or POP use and the rule applies to. Dates that can be read in two ways decide nothing.
pub(super) fn judge(case: &Case, rule: &Rule) -> Vec<Finding> {
    let Some(now) = case.summary.span.map(|span| span.last) else { return Vec::new() };
    let used = case.evidence.facts.iter().filter_map(|fact| match &fact.what {
        What::Certificate(certificate) if case.uses_certificate(certificate) => Some((fact, certificate)),
        _ => None,
    });
    let used: Vec<(&Fact, &Certificate)> = used.collect();
    let is_replaced = |fact: &Fact, certificate: &Certificate| {
        used.iter().any(|(other, newer)| other.server == fact.server && replaces(newer, certificate, now, rule))
    };
    let replaceable = used.iter().filter(|(fact, certificate)| !is_replaced(fact, certificate));
    replaceable.filter_map(|(fact, certificate)| judge_certificate(now, rule, fact, certificate)).collect()
}

/// Whether a certificate in use has all names of another one and lives longer: it was renewed, and the services take the newer one.
fn replaces(newer: &Certificate, older: &Certificate, now: i64, rule: &Rule) -> bool {
    let has_begun = match newer.not_before {
        Some(Date::Exact(begin)) => begin <= now,
        _ => true,
    };
    let lives = match (&newer.not_after, &older.not_after) {
        (Some(Date::Exact(newer)), Some(Date::Exact(older))) => newer > older && *newer > now && !(rule.applies)(*newer, now),
        _ => false,
    };
    let is_sound =
        newer.has_private_key != Some(false) && newer.status.as_deref().is_none_or(|status| status.eq_ignore_ascii_case("Valid"));
    let has_names = !older.names.is_empty() && older.names.iter().all(|name| is_for_host(&newer.names, name));
    has_begun && lives && is_sound && has_names
}

fn judge_certificate(now: i64, rule: &Rule, fact: &Fact, certificate: &Certificate) -> Option<Finding> {
    let Some(Date::Exact(end)) = certificate.not_after else { return None };
    if !(rule.applies)(end, now) {
        return None;
    }
    let name = certificate.subject.as_deref().or(certificate.thumbprint.as_deref()).unwrap_or("a certificate");
    let text = format!("{name} {} on {} UTC", rule.words, for_people(end, Zone::Utc));
    let mut finding = Finding::new(rule.id, rule.severity, Confidence::Confirmed, text.clone());
    finding.servers = fact.server.clone().into_iter().collect();
    finding.subject = Some(name.to_owned());
    // The same name and date may stand in another certificate, which was renewed with it.
    let what = certificate.thumbprint.clone().unwrap_or_else(|| format!("{name} {end}")).to_lowercase();
    finding.cause = Some(Cause { what, title: (format!("{text}; it is on"), String::new()), ..Cause::default() });
    (finding.start, finding.end, finding.ongoing) = (end.min(now), now.max(end), true);
    let services =
        if certificate.services.is_empty() { "the settings of IMAP or POP".to_owned() } else { certificate.services.join(", ") };
    finding.summary = format!("{text}; it is used by {services}");
    finding.seen(Effect::Supports, "certificate", text, Some(end), Some(&fact.location));
    let thumbprint = argument(certificate.thumbprint.as_deref().unwrap_or("THUMBPRINT"));
    finding.step(
        "Renew it, bind the new one, restart the services, and watch the next probe",
        Some(format!("Get-ExchangeCertificate -Thumbprint {thumbprint} | fl *")),
    );
    finding.checked()
}
