//! `certificate-binding`: a certificate bound to IMAP or POP breaks the hand-over from front end to back end.

use crate::case::Case;
use crate::diagnosis::finding::{Confidence, Effect, Finding};
use crate::diagnosis::powershell::argument;
use crate::diagnosis::server_failures::{ServerFailures, of_class};
use crate::diagnosis::{Diagnosis, backend_rejects_login, proxy_routing};
use crate::login::error_code::ErrorClass;
use crate::login::identity::ClientClass;
use crate::protocol::{Protocol, Role};
use crate::summary::ServiceKey;
use crate::text::{counted, thousands};

mod facts;
mod suspect;

use suspect::{Suspect, Suspects};

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "certificate-binding",
    title: "A certificate bound to IMAP or POP breaks every login",
    doc: "\
## What it finds
Logins that fail with ProxyNotAuthenticated, for Exchange's own HealthMailbox probes and for ordinary users alike (or nobody else tried), all at
one target host and on all ports. The front end has accepted the password and reached the back end; the hand-over there is not authenticated. It
often begins with a service restart, after Enable-ExchangeCertificate, Set-ImapSettings or Set-PopSettings changed X509CertificateName.

## Why it matters
Nobody can log in, although every password is right. Clients ask for the password for ever, and changing passwords does not help.

## Evidence it needs
The logs alone make it consistent, never more. Get-ImapSettings / Get-PopSettings (X509CertificateName differs from the server's own name),
Get-ExchangeCertificate (no valid matching certificate with a private key), Schannel errors that begin with the failures, event 2007 of the IMAP4 or POP3
services, a failed Test-ImapConnectivity, and unhealthy IMAP.Proxy make it supported. The cmdlet shortly before the onset, or its reversal shortly before the
recovery (log MSExchange Management), confirms it.

## What to do
Set X509CertificateName back to the server's own FQDN, restart the front-end and back-end services, test again. If the own certificate is
wanted for TLS, bind it again afterwards and watch the next probe. A certificate cannot be unbound from IMAP, only replaced.
Where only another server's targets fail and the server's own work, or other front ends fail there too, that other server is the one to look at. Where neither the targets nor the
settings name the server, its name is left to be filled in: another server's name would break it.

## When it is wrong
A name is bound, and set back, with a restart of the services: an outage that is over without one has another cause.
If the own name was set, the service started anew and logins go on to fail, that is said against it.
If logins succeed at the same target in the same time, if the back-end log shows refused authenticate lines, or if only users fail while the probes work:
that is backend-rejects-login. If only one foreign or legacy target fails: proxy-routing. LoginType PlainTextLogin is no condition and changing it no cure.
",
    judge,
};

/// A restart so long before it is of the same change, in milliseconds.
const BEFORE: i64 = 15 * 60_000;

/// An outage of users alone that is over sooner has another cause, in milliseconds.
const SHORTEST: i64 = 5 * 60_000;

fn judge(case: &Case) -> Vec<Finding> {
    of_class(case, ErrorClass::ProxyHandOver).iter().filter_map(|failures| judge_server(case, failures)).collect()
}

/// Whether these hand-over failures look like this cause at all: an outage, not another cause's shape.
pub(super) fn fits(case: &Case, failures: &ServerFailures<'_>) -> bool {
    // Where many logins are handed over to the same target, no certificate stands in their way.
    let do_many_work = failures.succeeded_inside(case, None) * 2 > failures.failed();
    // A few accounts that fail within moments are no certificate either: that lasts until somebody mends it.
    let lasts = failures.is_ongoing() || failures.end - failures.start >= SHORTEST;
    // Nor where one account fails all the time and others are handed over between its failures.
    let do_others_work = failures.is_one_account && failures.succeeded_meanwhile(case) > 0;
    (!failures.is_scattered() || failures.are_targets_dead(case))
        && !do_others_work
        && (lasts || failures.probes_failed > 0)
        && !do_many_work
        && !proxy_routing::is_foreign(failures)
        && !backend_rejects_login::fits(case, failures)
}

fn judge_server(case: &Case, failures: &ServerFailures<'_>) -> Option<Finding> {
    if !fits(case, failures) {
        return None;
    }
    let suspects = Suspects::of(case, failures);
    let (protocols, server) = (protocols(failures), failures.server_name());
    let title = match suspects.remote_hosts() {
        Some(hosts) => format!("A certificate bound to {protocols} on {hosts} breaks the logins that come from {server}"),
        None => format!("A certificate bound to {protocols} breaks the logins on {server}"),
    };
    let mut finding = failures.finding(DIAGNOSIS.id, Confidence::Consistent, title);
    finding.cause =
        failures.cause(format!("A certificate bound to {protocols} on {} breaks the logins on", suspects.accused()), "");
    if let Some(cause) = &mut finding.cause {
        // Whose certificate it is counts, and not what logins are handed over to beside it.
        cause.what = suspects.accused().to_lowercase();
    }
    let mut confidence = Confidence::Consistent;
    read_logs(case, failures, &mut finding);
    if suspects.remote_hosts().is_none() && has_passed_by_itself(case, failures) {
        finding.seen(
            Effect::Contradicts,
            "session",
            "it was over although no service started anew: a name is set back with a restart of the services",
            Some(failures.end),
            None,
        );
    }
    if let Some(hosts) = suspects.remote_hosts() {
        let text = match failures.does_own_hand_over_work(case) {
            true => format!("logins that {server} hands over to itself work in the same time: the cause is on {hosts}"),
            false => format!("what other front ends hand over to {hosts} fails in the same way: the cause is there"),
        };
        finding.seen(Effect::Supports, "log_line", text, None, None);
    }
    let seen = facts::read(case, failures, &suspects, &mut finding);
    if seen.is_decided_against {
        return None;
    }
    if seen.has_independent_support {
        confidence = Confidence::Supported;
    }
    if seen.has_cause {
        confidence = Confidence::Confirmed;
    }
    for _ in finding.evidence.iter().filter(|item| item.effect == Effect::Contradicts) {
        confidence = confidence.lowered();
    }
    finding.confidence = confidence;
    add_remedy(failures, &suspects, &mut finding);
    finding.references = vec!["https://clintboessen.blogspot.com/2018/03/binding-certificate-breaks-imap-or-pop.html"];
    finding.checked()
}

/// Whether it was over without a restart of a service of the server since shortly before it began. The logs of front end and back
/// end must be there to tell, with the opening of their sessions.
fn has_passed_by_itself(case: &Case, failures: &ServerFailures<'_>) -> bool {
    let (before, after) = (failures.start - BEFORE, failures.end + BEFORE);
    let services = failures.groups.iter().flat_map(|group| Role::ALL.map(|role| ServiceKey { role, ..group.service.clone() }));
    let mut counted = services.map(|key| case.summary.services.get(&key));
    let are_there = counted.all(|service| {
        service.is_some_and(|service| {
            service.span.is_some_and(|span| span.first < failures.start && span.last > failures.end)
                && service.commands.sorted().contains_key("OpenSession")
        })
    });
    let of_server = case.restarts.iter().filter(|(key, _)| key.server.as_deref() == failures.server);
    let mut restarts = of_server.flat_map(|(_, restarts)| restarts);
    !failures.is_ongoing() && are_there && !restarts.any(|at| (before..=after).contains(at))
}

fn protocols(failures: &ServerFailures<'_>) -> String {
    failures.protocols().into_iter().map(Protocol::title).collect::<Vec<_>>().join(" and ")
}

/// What the logs themselves say for and against it.
fn read_logs(case: &Case, failures: &ServerFailures<'_>, finding: &mut Finding) {
    let line = finding.evidence.first().and_then(|item| item.location.clone());
    let succeeded = failures.succeeded_inside(case, None);
    let targets = failures.targets().join(", ");
    match succeeded {
        0 if failures.failed() == failures.attempts => {
            let text = format!("no login from {} was handed over to {targets} while they failed", failures.server_name());
            finding.seen(Effect::Supports, "log_line", text, None, line.as_ref());
        }
        0 => {}
        _ => {
            let text = format!("{} handed over to {targets} inside the outage", counted(succeeded, "login was", "logins were"));
            finding.seen(Effect::Contradicts, "log_line", text, None, None);
        }
    }
    let reached_from = failures.reached_from(case);
    if !reached_from.is_empty() {
        let text = failures.works_from(&reached_from);
        finding.seen(Effect::Contradicts, "log_line", text, None, None);
    }
    if failures.probes_failed > 0 && failures.users_failed > 0 {
        finding.seen(
            Effect::Supports,
            "log_line",
            "probes of Exchange itself and ordinary accounts fail alike",
            None,
            line.as_ref(),
        );
    }
    for (key, restarts) in case.restarts.iter().filter(|(key, _)| key.server.as_deref() == failures.server) {
        if let Some(at) = restarts.iter().rfind(|at| (failures.start - BEFORE..=failures.start + 60_000).contains(*at)) {
            let minutes = (failures.start - at).max(0) / 60_000;
            let text = format!(
                "the {} {} service started anew {minutes} min before the first failure",
                key.protocol.title(),
                key.role.title()
            );
            finding.seen(Effect::Supports, "session", text, Some(*at), None);
        }
    }
    match backend_rejects_login::backend_attempts(case, failures) {
        None => finding
            .missing("log_line", "the back-end logs (IMAP4BE*.LOG, POP3BE*.LOG) of that time: are there authenticate lines?"),
        Some(counts) if counts.attempts() == 0 && failures.end - failures.start >= SHORTEST => {
            finding.seen(
                Effect::Supports,
                "log_line",
                "the back-end log has no authenticate lines in that time",
                None,
                line.as_ref(),
            );
        }
        Some(counts) if counts.failed > 0 => {
            let text = format!("the back-end log has {} refused authenticate lines in that time", thousands(counts.failed));
            finding.seen(Effect::Contradicts, "log_line", text, None, None);
        }
        Some(_) => {}
    }
    if failures.probes_failed == 0 && failures.succeeded_inside(case, Some(ClientClass::HealthMailbox)) == 0 {
        let text = format!(
            "HealthMailbox logins on {}: no probe tried in that time, so that users alone prove it",
            failures.server_name()
        );
        finding.missing("log_line", text);
    }
}

fn add_remedy(failures: &ServerFailures<'_>, suspects: &Suspects, finding: &mut Finding) {
    let is_known = finding.evidence.iter().any(|item| item.kind == "settings" && item.effect != Effect::Missing);
    for suspect in &suspects.servers {
        for protocol in failures.protocols() {
            set_back(protocol, suspect, is_known, finding);
        }
    }
    for host in &suspects.unclear {
        for protocol in failures.protocols() {
            finding.step(
                format!("Look at the same on {host}, which the logins were handed over to"),
                Some(look(protocol, &argument(host))),
            );
        }
    }
    // Bound to what works as well, it would break that too.
    let services: Vec<&str> = failures.protocols().into_iter().map(Protocol::title).collect();
    let services = services.join(",");
    for server in suspects.servers.iter().map(Suspect::server_argument) {
        let certificates = format!(
            "Get-ExchangeCertificate -Server {server} | fl Thumbprint,Subject,CertificateDomains,Services,NotAfter,Status,HasPrivateKey"
        );
        finding.step("See that a valid certificate with a private key carries that name", Some(certificates));
        finding.step(
            "If your own certificate is wanted for TLS, bind it again afterwards and watch the next probe; one cannot be unbound, only replaced",
            Some(format!("Enable-ExchangeCertificate -Server {server} -Thumbprint THUMBPRINT -Services {services}")),
        );
    }
}

fn noun(protocol: Protocol) -> &'static str {
    if protocol == Protocol::Imap4 { "Imap" } else { "Pop" }
}

fn look(protocol: Protocol, server: &str) -> String {
    format!("Get-{}Settings -Server {server} | fl X509CertificateName,LoginType,SSLBindings", noun(protocol))
}

/// The steps that give one protocol on one server its own name back.
fn set_back(protocol: Protocol, suspect: &Suspect, is_known: bool, finding: &mut Finding) {
    let (noun, server, name) = (noun(protocol), suspect.server_argument(), suspect.name_argument());
    let place = if suspect.is_remote { format!(" on {}", suspect.server) } else { String::new() };
    if !is_known {
        finding.step(format!("Look which certificate name {} uses{place}", protocol.title()), Some(look(protocol, &server)));
    }
    let set = match suspect.full_name {
        Some(_) => "Set it to the server's own FQDN, whose self-signed certificate the hand-over needs".to_owned(),
        None => format!(
            "Set it to the server's own FQDN, whose self-signed certificate the hand-over needs; the logs do not name it: write it in the place of {name}"
        ),
    };
    finding.step(set, Some(format!("Set-{noun}Settings -Server {server} -X509CertificateName {name}")));
    let services = match protocol {
        Protocol::Imap4 => "MSExchangeImap4, MSExchangeIMAP4BE",
        Protocol::Pop3 => "MSExchangePop3, MSExchangePOP3BE",
    };
    finding.step(format!("Restart both services{place}"), Some(format!("Restart-Service {services}")));
    finding.step(
        "Test again, and watch the next probe in the log",
        Some(format!("Test-{noun}Connectivity -ClientAccessServer {server}")),
    );
}
