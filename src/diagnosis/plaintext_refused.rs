//! `plaintext-refused`: logins without encryption are refused before they begin.

use crate::case::Case;
use crate::case::group::Group;
use crate::clock::{Zone, for_people};
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Confidence, Effect, Finding, Severity};
use crate::diagnosis::group_failures::is_ongoing;
use crate::diagnosis::powershell::argument;
use crate::protocol::{Protocol, Role};
use crate::summary::failure_group::FailureGroup;
use crate::text::counted;

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "plaintext-refused",
    title: "Logins in clear text are refused",
    doc: "\
## What it finds
Logins on port 143 or 110 that are refused in this state (Command received in Invalid state, Command is not valid in this state) before any STARTTLS: LoginType asks for TLS.

## Why it matters
These clients cannot log in; their connection mode does not fit the server's.

## Evidence it needs
The logs suffice; Get-ImapSettings / Get-PopSettings show LoginType.

## What to do
Set the client to TLS or STARTTLS. Only where the network is trusted: lower LoginType and restart the service.

## When it is wrong
A client that sends commands in the wrong order gets the same answer.
",
    judge,
};

/// So many refusals are no mistake of a moment.
const FEWEST: u64 = 3;

fn judge(case: &Case) -> Vec<Finding> {
    case.servers().into_iter().filter_map(|server| judge_server(case, server)).collect()
}

fn is_refusal(group: &Group) -> bool {
    let response = group.key.response.to_ascii_lowercase();
    let is_clear = group.failures.ports.is_empty() || group.failures.ports.keys().any(|port| !matches!(port, 993 | 995));
    group.is_front()
        && is_clear
        && (response.contains("received in invalid state") || response.contains("not valid in this state"))
}

/// How many logins were refused. Of POP a client may send `pass` although `user` was refused, or not: the more frequent of the two
/// are the logins.
fn logins(groups: &[&Group], refused: &[(Protocol, &FailureGroup)]) -> u64 {
    let protocols = [Protocol::Imap4, Protocol::Pop3].into_iter();
    let of = protocols.map(|protocol| {
        let attempts = groups.iter().filter(|group| group.service.protocol == protocol).map(|group| group.failures.count);
        let (attempts, all) = (attempts.sum::<u64>(), refused.iter().filter(|(of, _)| *of == protocol));
        attempts.max(all.map(|(_, failures)| failures.count).sum::<u64>() - attempts)
    });
    of.sum()
}

fn judge_server(case: &Case, server: Option<&str>) -> Option<Finding> {
    let groups: Vec<&Group> =
        case.groups.iter().filter(|group| group.service.server.as_deref() == server && is_refusal(group)).collect();
    let of_attempts = groups.iter().map(|group| (group.service.protocol, &group.failures));
    let services = case.summary.services.iter().filter(|(key, _)| key.server.as_deref() == server && key.role == Role::FrontEnd);
    let before_attempts = services.filter_map(|(key, service)| Some((key.protocol, service.refused_users.as_ref()?)));
    let refused: Vec<(Protocol, &FailureGroup)> = of_attempts.chain(before_attempts).collect();
    let count = logins(&groups, &refused);
    if count < FEWEST {
        return None;
    }
    let name = server.unwrap_or("an unknown server");
    let mut finding =
        Finding::new(DIAGNOSIS.id, Severity::Medium, Confidence::Consistent, format!("{name} refuses logins in clear text"));
    finding.servers = server.map(str::to_owned).into_iter().collect();
    finding.groups = groups.iter().map(|group| group.id.clone()).collect();
    finding.start = refused.iter().map(|(_, failures)| failures.span.first).min()?;
    finding.end = refused.iter().map(|(_, failures)| failures.span.last).max()?;
    finding.ongoing = is_ongoing(case, finding.end);
    let (start, end) = (for_people(finding.start, Zone::Utc), for_people(finding.end, Zone::Utc));
    finding.summary = format!("{} without TLS refused from {start} to {end} UTC", counted(count, "login", "logins"));
    for (protocol, failures) in &refused {
        finding.protocols.push(*protocol);
        if let Some((at, location, _)) = failures.examples.first() {
            let text = format!(
                "{} login refused in this state, before any TLS; {}",
                protocol.title(),
                counted(failures.clients.distinct().0, "client address", "client addresses")
            );
            finding.seen(Effect::Supports, "log_line", text, Some(*at), Some(location));
        }
    }
    let shown = argument(server.unwrap_or("SERVER"));
    finding.step("Set the client to TLS: port 993 (IMAP) or 995 (POP), or STARTTLS on 143 or 110", None);
    let protocols = finding.protocols.clone();
    for noun in [(Protocol::Imap4, "Imap"), (Protocol::Pop3, "Pop")]
        .into_iter()
        .filter(|(protocol, _)| protocols.contains(protocol))
        .map(|(_, noun)| noun)
    {
        finding.step(
            "See what the server asks for (SecureLogin refuses clear text)",
            Some(format!("Get-{noun}Settings -Server {shown} | fl LoginType")),
        );
    }
    if !case.evidence.facts.iter().any(|fact| matches!(fact.what, crate::evidence::fact::What::Settings(_))) {
        finding.missing("settings", format!("the login type: Get-ImapSettings -Server {shown} | fl LoginType"));
    }
    finding.checked()
}
