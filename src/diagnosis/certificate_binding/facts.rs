//! What evidence beside the logs says for and against a certificate binding.

use crate::case::Case;
use crate::case::evidence::is_for_host;
use crate::case::timeline::{Change, change_of};
use crate::clock::{Zone, for_people};
use crate::diagnosis::certificate_binding::suspect::{Suspect, Suspects};
use crate::diagnosis::finding::{Effect, Finding};
use crate::diagnosis::server_failures::ServerFailures;
use crate::evidence::date::Date;
use crate::evidence::fact::{Certificate, Event, Fact, LoginType, Settings, What};
use crate::protocol::{Protocol, Role};
use crate::redaction::is_address;
use crate::summary::ServiceKey;

/// A change so long before the first failure may have caused it.
const BEFORE: i64 = 24 * 3_600_000;
/// A change so shortly before it has.
const SHORTLY: i64 = 2 * 3_600_000;
/// After the change that cures it failures may go on for so long, until the services have started anew.
const TAKES_EFFECT: i64 = 15 * 60_000;
/// Clocks and log lines may disagree by so much.
const SLACK: i64 = 60_000;

/// What the evidence amounts to.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Something beside the logs speaks for it.
    pub(super) has_independent_support: bool,
    /// The change that caused it was seen, or the one that cured it.
    pub(super) has_cause: bool,
    /// Something else is certainly the cause.
    pub(super) is_decided_against: bool,
}

/// Reads all facts about the server into the finding.
pub(super) fn read(case: &Case, failures: &ServerFailures<'_>, suspects: &Suspects, finding: &mut Finding) -> Seen {
    let mut seen = Seen::default();
    changes(case, failures, suspects, finding, &mut seen);
    events(case, failures, finding, &mut seen);
    for suspect in &suspects.servers {
        for protocol in failures.protocols() {
            settings(case, failures, (suspect, protocol), finding, &mut seen);
        }
    }
    probes(case, failures, finding, &mut seen);
    seen
}

/// Cmdlets that bind certificates, before the onset and before the recovery.
fn changes(case: &Case, failures: &ServerFailures<'_>, suspects: &Suspects, finding: &mut Finding, seen: &mut Seen) {
    let (mut any, mut cause) = (false, None);
    let has_restart = finding.evidence.iter().any(|item| item.kind == "session");
    for (at, fact, event) in case.evidence.events(None) {
        let Some(cmdlet) = &event.cmdlet else { continue };
        any = true;
        let Some(change) = change_of(cmdlet) else { continue };
        if !cmdlet.succeeded || !concerns(fact, &change, failures, suspects) {
            continue;
        }
        let before = failures.start - at;
        // To set the server's own name is the remedy and never the cause.
        let of_itself = |name: &str| suspects.servers.iter().any(|suspect| suspect.is_called(name));
        let is_remedy = change.name.as_deref().is_some_and(of_itself);
        if (-SLACK..=BEFORE).contains(&before) && !is_remedy {
            let text = format!("{}, {} min before the first failure", change.text, before.max(0) / 60_000);
            finding.seen(Effect::Supports, "event", text, Some(at), Some(&fact.location));
            if before <= SHORTLY {
                cause = Some(at);
            } else if has_restart {
                // It took effect only with the restart.
                seen.has_independent_support = true;
            }
        } else if let Some(recovered) = failures.recovered_at()
            && failures.start < at
            && (-SLACK..=SHORTLY).contains(&(recovered - at))
            && failures.end - at <= TAKES_EFFECT
        {
            let text = format!("{}, {} min before logins worked again", change.text, (recovered - at).max(0) / 60_000);
            finding.seen(Effect::Supports, "event", text, Some(at), Some(&fact.location));
            seen.has_cause = true;
        } else if is_remedy
            && failures.start < at
            && failures.is_ongoing()
            && let Some(restart) = restart_after(case, failures, at)
        {
            let text = format!(
                "{}, the service started anew {} min later, and logins go on to fail",
                change.text,
                (restart - at) / 60_000
            );
            finding.seen(Effect::Contradicts, "event", text, Some(at), Some(&fact.location));
        }
    }
    seen.has_cause |= cause.is_some();
    if !any {
        let from = for_people(failures.start - 3_600_000, Zone::Utc).replace(' ', "T");
        let to = for_people(failures.start + 60_000, Zone::Utc).replace(' ', "T");
        finding.missing(
            "event",
            format!(
                "who changed what before it began: Get-WinEvent -FilterHashtable @{{LogName='MSExchange Management'; StartTime=[datetime]'{from}Z'; EndTime=[datetime]'{to}Z'}} | Export-Csv changes.csv (or: wevtutil epl \"MSExchange Management\" changes.evtx)"
            ),
        );
    }
}

/// When a front-end service started anew after the remedy, if the failures go on for longer than it takes to help.
fn restart_after(case: &Case, failures: &ServerFailures<'_>, remedy: i64) -> Option<i64> {
    let is_ours = |key: &ServiceKey| {
        key.server.as_deref() == failures.server && key.role == Role::FrontEnd && failures.protocols().contains(&key.protocol)
    };
    let restarts = case.restarts.iter().filter(|(key, _)| is_ours(key)).flat_map(|(_, restarts)| restarts.iter().copied());
    restarts.filter(|restart| *restart >= remedy && failures.end - restart > TAKES_EFFECT).min()
}

/// Whether a change is about this server and one of these protocols.
fn concerns(fact: &Fact, change: &Change, failures: &ServerFailures<'_>, suspects: &Suspects) -> bool {
    let is_unnamed = failures.server.is_none_or(is_address);
    let is_here = |name: &str| is_unnamed || suspects.include(name);
    let of_protocol =
        change.protocols.is_empty() || failures.protocols().iter().any(|protocol| change.protocols.contains(protocol));
    match (&change.server, &fact.server) {
        _ if !of_protocol => false,
        (Some(named), _) => is_here(named),
        (None, Some(computer)) => is_here(computer),
        (None, None) => true,
    }
}

/// Schannel errors, complaints of the services, and refused logons.
fn events(case: &Case, failures: &ServerFailures<'_>, finding: &mut Finding, seen: &mut Seen) {
    let during = |at: i64| (failures.start - 10 * 60_000..=failures.end + SLACK).contains(&at);
    let mut schannel: Vec<(i64, &Fact, &Event)> = Vec::new();
    let mut refused = 0u64;
    for (at, fact, event) in case.evidence.events(failures.server) {
        let provider = event.provider.to_ascii_lowercase();
        if provider.contains("schannel") && [36_869, 36_870, 36_871, 36_874, 36_887, 36_888].contains(&event.id) {
            schannel.push((at, fact, event));
        } else if event.id == 2007 && (provider.contains("imap4") || provider.contains("pop3")) && during(at) {
            let text = format!("event 2007 of {}: the service found no certificate for its host name", event.provider);
            finding.seen(Effect::Supports, "event", text, Some(at), Some(&fact.location));
            seen.has_independent_support = true;
        } else if event.id == 4625 && during(at) && names_an_account(event, failures) {
            refused += 1;
            if refused <= 3 {
                let text = "Windows refused a logon of an account that fails here (event 4625): its password may be wrong";
                finding.seen(Effect::Contradicts, "event", text, Some(at), Some(&fact.location));
            }
        }
    }
    schannel.sort_by_key(|(at, _, _)| *at);
    if let Some((at, fact, event)) = schannel.first().filter(|(at, _, _)| during(*at)) {
        // An export often holds the errors alone: then it is said that nothing is known of the time before.
        let reaches_back = case.evidence.about(failures.server).any(|fact| match &fact.what {
            What::EventSpan(span) => span.from.is_some_and(|from| from < failures.start - 3_600_000) && is_system(&span.channel),
            _ => false,
        });
        let before = if reaches_back {
            "and none before"
        } else {
            "though this export does not reach far enough back to show that there were none before"
        };
        let text = format!("Schannel errors begin with it (event {}, {} in all), {before}", event.id, schannel.len());
        finding.seen(Effect::Supports, "event", text, Some(*at), Some(&fact.location));
        seen.has_independent_support = true;
    }
    seen.is_decided_against |= refused >= 3 && refused * 2 >= failures.users_failed;
}

fn is_system(channel: &str) -> bool {
    channel.is_empty() || channel.eq_ignore_ascii_case("System")
}

fn names_an_account(event: &Event, failures: &ServerFailures<'_>) -> bool {
    let accounts = failures.groups.iter().flat_map(|group| &group.top_users);
    let bare = |name: &str| {
        let local = name.split('@').next().unwrap_or(name);
        local.rsplit(['\\', '/']).next().unwrap_or(local).to_lowercase()
    };
    let names: Vec<String> = accounts.map(|(name, _)| bare(name)).filter(|name| name.len() > 1).collect();
    event.texts.iter().any(|text| names.contains(&bare(text.trim())))
}

/// What `Get-ImapSettings` and the certificates say about the name that is used.
fn settings(
    case: &Case,
    failures: &ServerFailures<'_>,
    (suspect, protocol): (&Suspect, Protocol),
    finding: &mut Finding,
    seen: &mut Seen,
) {
    let noun = if protocol == Protocol::Imap4 { "Imap" } else { "Pop" };
    let mut any = false;
    for (fact, settings) in case.evidence.settings(suspect.in_evidence(failures), protocol) {
        let Some(name) = &settings.certificate_name else { continue };
        any = true;
        certificate_name(case, failures, suspect, (fact, settings, name), finding, seen);
        if settings.login_type == Some(LoginType::PlainText) {
            let text = format!(
                "{} allows PlainTextLogin, as in the first published case (weak: it is no condition, and changing it no cure)",
                protocol.title()
            );
            finding.seen(Effect::Supports, "settings", text, fact.at, Some(&fact.location));
        }
    }
    let server = suspect.server_argument();
    if !any {
        let command = format!(
            "which certificate name {} uses: Get-{noun}Settings -Server {server} | fl Server,X509CertificateName,LoginType,SSLBindings",
            protocol.title()
        );
        finding.missing("settings", command);
    }
    let is_first = failures.protocols().first() == Some(&protocol);
    if is_first && case.evidence.certificates(suspect.in_evidence(failures)).next().is_none() {
        finding.missing(
            "certificate",
            format!("the certificates: Get-ExchangeCertificate -Server {server} | fl Thumbprint,Subject,CertificateDomains,Services,NotBefore,NotAfter,Status,HasPrivateKey,IsSelfSigned"),
        );
    }
}

fn certificate_name(
    case: &Case,
    failures: &ServerFailures<'_>,
    suspect: &Suspect,
    (fact, settings, name): (&Fact, &Settings, &str),
    finding: &mut Finding,
    seen: &mut Seen,
) {
    let title = settings.protocol.map_or("the service", Protocol::title);
    let host = suspect.full_name.as_deref().unwrap_or(&suspect.server);
    let is_own = suspect.is_called(name);
    let certificates: Vec<(&Fact, &Certificate)> = case.evidence.certificates(suspect.in_evidence(failures)).collect();
    let matching: Vec<&(&Fact, &Certificate)> = certificates
        .iter()
        .filter(|(_, certificate)| certificate.are_names_cut || is_for_host(&certificate.names, name))
        .collect();
    let trouble = matching.iter().find_map(|(place, certificate)| trouble(certificate, failures.start).map(|text| (place, text)));
    let usable = matching.iter().any(|(_, certificate)| self::trouble(certificate, failures.start).is_none());
    if !is_own {
        let text = format!("X509CertificateName of {title} is {name}, not the server's own name {host}");
        finding.seen(Effect::Supports, "settings", text, fact.at, Some(&fact.location));
        seen.has_independent_support = true;
    }
    if !certificates.is_empty() && matching.is_empty() {
        let text = format!("no certificate on the server carries the name {name} that {title} uses");
        finding.seen(Effect::Supports, "certificate", text, None, Some(&fact.location));
        seen.has_independent_support = true;
    } else if let Some((place, text)) = trouble.filter(|_| !usable) {
        finding.seen(Effect::Supports, "certificate", format!("the certificate for {name} {text}"), None, Some(&place.location));
        seen.has_independent_support = true;
    }
    let was_taken_after = fact.at.is_none_or(|at| at >= failures.start);
    if is_own && usable && was_taken_after && failures.is_ongoing() {
        let text = format!("X509CertificateName of {title} is the server's own name {name}, with a valid certificate");
        finding.seen(Effect::Contradicts, "settings", text, fact.at, Some(&fact.location));
    }
}

/// What is wrong with a certificate at a moment.
fn trouble(certificate: &Certificate, at: i64) -> Option<String> {
    if certificate.has_private_key == Some(false) {
        return Some("has no private key".to_owned());
    }
    if let Some(Date::Exact(end)) = certificate.not_after
        && end < at
    {
        return Some(format!("expired on {} UTC", for_people(end, Zone::Utc)));
    }
    let status = certificate.status.as_deref().filter(|status| !status.eq_ignore_ascii_case("Valid"))?;
    Some(format!("has the status {status}"))
}

/// What Exchange's own tests and monitors say.
fn probes(case: &Case, failures: &ServerFailures<'_>, finding: &mut Finding, seen: &mut Seen) {
    let facts: Vec<&Fact> = case.evidence.about(failures.server).collect();
    for fact in &facts {
        let (effect, kind, text) = match &fact.what {
            What::ConnectivityTest(test) if failures.protocols().contains(&test.protocol) && test.succeeded == Some(false) => {
                let Some(error) = test.error.as_deref().filter(|error| error.contains("NO LOGIN") || error.contains("-ERR"))
                else {
                    continue;
                };
                (
                    Effect::Supports,
                    "test",
                    format!(
                        "Test-{}Connectivity fails with: {error}",
                        if test.protocol == Protocol::Imap4 { "Imap" } else { "Pop" }
                    ),
                )
            }
            What::Health(health) if health.is_healthy == Some(false) && is_proxy_set(health.health_set.as_deref(), failures) => {
                let set = health.health_set.as_deref().unwrap_or_default();
                let is_protocol_well = !facts.iter().any(|other| is_unhealthy_protocol(other, set));
                if !is_protocol_well {
                    continue;
                }
                (Effect::Supports, "health", format!("{set} is {} while the protocol itself is not", health.alert))
            }
            What::Component(component) if !component.is_active && is_proxy_component(&component.component, failures) => (
                Effect::Contradicts,
                "health",
                format!("the component {} is {}: then there are no client lines at all", component.component, component.state),
            ),
            _ => continue,
        };
        finding.seen(effect, kind, text, fact.at, Some(&fact.location));
        seen.has_independent_support |= effect == Effect::Supports;
    }
}

fn prefix(protocol: Protocol) -> &'static str {
    if protocol == Protocol::Imap4 { "IMAP" } else { "POP" }
}

fn is_proxy_set(set: Option<&str>, failures: &ServerFailures<'_>) -> bool {
    let is_of = |protocol: Protocol| set.is_some_and(|set| set.eq_ignore_ascii_case(&format!("{}.Proxy", prefix(protocol))));
    failures.protocols().into_iter().any(is_of)
}

/// Whether a fact says that `IMAP.Protocol` is unhealthy, given the set `IMAP.Proxy`.
fn is_unhealthy_protocol(fact: &Fact, proxy_set: &str) -> bool {
    let protocol_set = proxy_set.split('.').next().unwrap_or_default().to_owned() + ".Protocol";
    matches!(&fact.what, What::Health(health)
        if health.is_healthy == Some(false) && health.health_set.as_deref().is_some_and(|set| set.eq_ignore_ascii_case(&protocol_set)))
}

fn is_proxy_component(component: &str, failures: &ServerFailures<'_>) -> bool {
    failures.protocols().into_iter().any(|protocol| component.eq_ignore_ascii_case(&format!("{}Proxy", prefix(protocol))))
}
