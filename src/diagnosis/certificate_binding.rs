//! `certificate-binding`: a certificate bound to IMAP or POP breaks the hand-over from front end to back end.

use crate::case::Case;
use crate::diagnosis::finding::{Confidence, Effect, Finding};
use crate::diagnosis::powershell::argument;
use crate::diagnosis::server_failures::{ServerFailures, of_class};
use crate::diagnosis::{Diagnosis, backend_rejects_login, proxy_routing};
use crate::login::error_code::ErrorClass;
use crate::login::identity::ClientClass;
use crate::protocol::Protocol;
use crate::text::{counted, thousands};

mod facts;

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

## When it is wrong
If logins succeed at the same target in the same time, if the back-end log shows refused authenticate lines, or if only users fail while the probes work:
that is backend-rejects-login. If only one foreign or legacy target fails: proxy-routing. LoginType PlainTextLogin is no condition and changing it no cure.
",
    judge,
};

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
    !failures.is_scattered()
        && (lasts || failures.probes_failed > 0)
        && !do_many_work
        && !proxy_routing::is_foreign(failures)
        && !backend_rejects_login::fits(case, failures)
}

fn judge_server(case: &Case, failures: &ServerFailures<'_>) -> Option<Finding> {
    if !fits(case, failures) {
        return None;
    }
    let title = format!("A certificate bound to {} breaks the logins on {}", protocols(failures), failures.server_name());
    let mut finding = failures.finding(DIAGNOSIS.id, Confidence::Consistent, title);
    let mut confidence = Confidence::Consistent;
    read_logs(case, failures, &mut finding);
    let seen = facts::read(case, failures, &mut finding);
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
    add_remedy(failures, &mut finding);
    finding.references = vec!["https://clintboessen.blogspot.com/2018/03/binding-certificate-breaks-imap-or-pop.html"];
    finding.checked()
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
            let text = format!("no login was handed over to {targets} while they failed");
            finding.seen(Effect::Supports, "log_line", text, None, line.as_ref());
        }
        0 => {}
        _ => {
            let text = format!("{} handed over to {targets} inside the outage", counted(succeeded, "login was", "logins were"));
            finding.seen(Effect::Contradicts, "log_line", text, None, None);
        }
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
        if let Some(at) = restarts.iter().rfind(|at| (failures.start - 15 * 60_000..=failures.start + 60_000).contains(*at)) {
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
        finding.missing("log_line", "HealthMailbox logins: no probe tried in that time, so that users alone prove it");
    }
}

fn add_remedy(failures: &ServerFailures<'_>, finding: &mut Finding) {
    let host = failures.host();
    let (host, server) = (argument(&host), failures.server_argument());
    for protocol in failures.protocols() {
        let (noun, services) = match protocol {
            Protocol::Imap4 => ("Imap", "MSExchangeImap4, MSExchangeIMAP4BE"),
            Protocol::Pop3 => ("Pop", "MSExchangePop3, MSExchangePOP3BE"),
        };
        let check = format!("Get-{noun}Settings -Server {server} | fl X509CertificateName,LoginType,SSLBindings");
        if !finding.evidence.iter().any(|item| item.kind == "settings" && item.effect != Effect::Missing) {
            finding.step(format!("Look which certificate name {} uses", protocol.title()), Some(check));
        }
        let set = format!("Set-{noun}Settings -Server {server} -X509CertificateName {host}");
        finding.step("Set it to the server's own FQDN, whose self-signed certificate the hand-over needs", Some(set));
        finding.step("Restart both services", Some(format!("Restart-Service {services}")));
        finding.step(
            "Test again, and watch the next probe in the log",
            Some(format!("Test-{noun}Connectivity -ClientAccessServer {server}")),
        );
    }
    let certificates = format!(
        "Get-ExchangeCertificate -Server {server} | fl Thumbprint,Subject,CertificateDomains,Services,NotAfter,Status,HasPrivateKey"
    );
    finding.step("See that a valid certificate with a private key carries that name", Some(certificates));
    finding.step(
        "If your own certificate is wanted for TLS, bind it again afterwards and watch the next probe; one cannot be unbound, only replaced",
        Some(format!("Enable-ExchangeCertificate -Server {server} -Thumbprint THUMBPRINT -Services IMAP")),
    );
}
