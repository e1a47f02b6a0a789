//! Outages that no diagnosis explains: they are told all the same, and nobody is named.

use crate::case::Case;
use crate::case::outage::Outage;
use crate::diagnosis::finding::{Confidence, Effect, Finding, Severity};
use crate::text::thousands;

/// What they are called where findings have the name of their diagnosis.
pub const ID: &str = "unexplained-outage";

/// The outages of a case that none of its findings tells, as findings without a cause.
pub fn unexplained(case: &Case, findings: &[Finding]) -> Vec<Finding> {
    let is_told = |outage: &&Outage| findings.iter().any(|finding| finding.outages.contains(&outage.id));
    case.outages.iter().filter(|outage| !is_told(outage)).filter_map(|outage| of(case, outage)).collect()
}

fn of(case: &Case, outage: &Outage) -> Option<Finding> {
    let severity = match outage.failed * 10 >= outage.attempts * 9 {
        _ if outage.users_affected.0 < 2 || outage.is_of_probes() => Severity::Medium,
        true => Severity::Critical,
        false => Severity::High,
    };
    let server = outage.server.as_deref();
    let place = server.map_or_else(String::new, |server| format!(" on {server}"));
    let who = if outage.is_of_probes() { "probes of Exchange itself" } else { "logins" };
    let title = format!("{} {who} fail{place}, and no diagnosis fits", outage.protocol.title());
    let mut finding = Finding::new(ID, severity, Confidence::Consistent, title);
    finding.summary = format!("{} of {} attempts failed", thousands(outage.failed), thousands(outage.attempts));
    finding.servers = server.map(str::to_owned).into_iter().collect();
    finding.protocols = vec![outage.protocol];
    finding.subject = Some(outage.protocol.name().to_owned());
    (finding.start, finding.end, finding.ongoing) = (outage.start, outage.end, outage.recovered_at.is_none());
    finding.outages = vec![outage.id.clone()];
    finding.groups.clone_from(&outage.groups);
    for group in case.groups.iter().filter(|group| outage.groups.contains(&group.id)) {
        if let Some((at, location, _)) = group.failures.examples.first() {
            let error = if group.key.error.is_empty() { "no error code" } else { &group.key.error };
            finding.seen(Effect::Supports, "log_line", format!("{error}: {}", group.key.response), Some(*at), Some(location));
        }
    }
    finding.step("Look at the lines, and at what changed before the first of them", None);
    finding.checked()
}
