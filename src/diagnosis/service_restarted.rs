//! `service-restarted`: a service started anew.

use crate::case::Case;
use crate::clock::{Zone, for_people};
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Confidence, Effect, Finding, Severity};
use crate::text::counted;

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "service-restarted",
    title: "A service started anew",
    doc: "\
## What it finds
A new epoch of session numbers: the counter restarts with the service.

## Why it matters
It is information: it dates configuration changes, which take effect with a restart.

## Evidence it needs
The logs suffice; events 1000 and 1001 of the services agree.

## What to do
Nothing, if it was meant. Else look into the Application log for the reason.

## When it is wrong
Two copies of the same log, or logs of two servers taken for one, look like restarts.
",
    judge,
};

fn judge(case: &Case) -> Vec<Finding> {
    case.servers().into_iter().filter_map(|server| judge_server(case, server)).collect()
}

fn judge_server(case: &Case, server: Option<&str>) -> Option<Finding> {
    let name = server.unwrap_or("an unknown server");
    let mut finding =
        Finding::new(DIAGNOSIS.id, Severity::Info, Confidence::Consistent, format!("Services on {name} started anew"));
    finding.servers = server.map(str::to_owned).into_iter().collect();
    let mut moments = Vec::new();
    for (key, restarts) in case.restarts.iter().filter(|(key, _)| key.server.as_deref() == server) {
        finding.protocols.push(key.protocol);
        for at in restarts {
            let place = case.file_at(key, *at);
            let text = format!(
                "session numbers of the {} {} begin again at {} UTC",
                key.protocol.title(),
                key.role.title(),
                for_people(*at, Zone::Utc)
            );
            finding.seen(Effect::Supports, "session", text, Some(*at), place.as_ref());
            moments.push(*at);
        }
    }
    finding.start = moments.iter().copied().min()?;
    finding.end = moments.iter().copied().max()?;
    finding.summary = format!(
        "{} between {} and {} UTC",
        counted(moments.len() as u64, "restart", "restarts"),
        for_people(finding.start, Zone::Utc),
        for_people(finding.end, Zone::Utc)
    );
    finding.checked()
}
