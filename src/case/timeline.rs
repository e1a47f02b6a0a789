//! The time line: changes, restarts, failures and recoveries of all sources in one order.

use crate::case::Case;
use crate::case::evidence::Evidence;
use crate::evidence::date::Date;
use crate::evidence::fact::{Cmdlet, Event, What};
use crate::location::Location;
use crate::protocol::Protocol;
use crate::summary::ServiceKey;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
    /// What kind of thing: `change`, `service`, `restart`, `first_failure`, `last_failure`, `recovery`, `schannel`, `certificate`.
    pub kind: &'static str,
    /// What, in a sentence without a full stop.
    pub text: String,
    /// Where it stands; `None` where it follows from many lines.
    pub location: Option<Location>,
}

/// A cmdlet that may change which certificate IMAP or POP uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Who did what.
    pub text: String,
    /// Which protocols it concerns; empty if it may be any.
    pub protocols: Vec<Protocol>,
    /// The certificate name that it sets.
    pub name: Option<String>,
    /// The server it names.
    pub server: Option<String>,
}

/// What a cmdlet changes about certificates; `None` if nothing.
pub fn change_of(cmdlet: &Cmdlet) -> Option<Change> {
    let name = cmdlet.name.to_ascii_lowercase();
    let services = cmdlet.parameter("Services").unwrap_or_default().to_ascii_lowercase();
    let protocols = match name.as_str() {
        "set-imapsettings" if cmdlet.parameter("X509CertificateName").is_some() => vec![Protocol::Imap4],
        "set-popsettings" if cmdlet.parameter("X509CertificateName").is_some() => vec![Protocol::Pop3],
        "enable-exchangecertificate" => {
            let named = [("imap", Protocol::Imap4), ("pop", Protocol::Pop3)];
            let named: Vec<Protocol> =
                named.into_iter().filter(|(word, _)| services.contains(word)).map(|(_, protocol)| protocol).collect();
            if named.is_empty() && !services.is_empty() {
                return None;
            }
            named
        }
        // A request for a certificate binds nothing.
        "new-exchangecertificate"
            if cmdlet.parameter("GenerateRequest").is_some_and(|value| !value.eq_ignore_ascii_case("false")) =>
        {
            return None;
        }
        "import-exchangecertificate" | "new-exchangecertificate" | "remove-exchangecertificate" => Vec::new(),
        _ => return None,
    };
    let server = cmdlet
        .parameter("Server")
        .or_else(|| cmdlet.parameter("Identity").and_then(|identity| identity.split_once('\\')).map(|(server, _)| server));
    let name = cmdlet.parameter("X509CertificateName").map(str::to_owned);
    Some(Change { text: in_words(cmdlet), protocols, name, server: server.map(str::to_owned) })
}

/// `administrator ran Set-ImapSettings -X509CertificateName mail.contoso.com`.
fn in_words(cmdlet: &Cmdlet) -> String {
    let who = cmdlet.caller.as_deref().map_or_else(|| "somebody".to_owned(), str::to_owned);
    let telling = |(name, _): &&(String, String)| {
        ["x509certificatename", "services", "thumbprint", "server", "identity", "logintype"]
            .contains(&name.to_ascii_lowercase().as_str())
    };
    let parameters: String = cmdlet.parameters.iter().filter(telling).map(|(name, value)| format!(" -{name} {value}")).collect();
    let verb = if cmdlet.succeeded { "ran" } else { "tried" };
    format!("{who} {verb} {}{parameters}", cmdlet.name)
}

/// Everything that can be dated, in the order of time.
pub fn timeline(case: &Case) -> Vec<Entry> {
    let mut entries = Vec::new();
    from_evidence(&case.evidence, &mut entries);
    for (key, restarts) in &case.restarts {
        let text = format!("{} started anew (session numbers begin again)", service(key));
        entries.extend(restarts.iter().map(|at| Entry { at: *at, kind: "restart", text: text.clone(), location: None }));
    }
    for outage in &case.outages {
        let what =
            format!("{} on {} ({})", outage.protocol.title(), outage.server.as_deref().unwrap_or("an unknown server"), outage.id);
        let line = |moment: i64| {
            let groups = case.groups.iter().filter(|group| outage.groups.contains(&group.id));
            groups
                .flat_map(|group| &group.failures.examples)
                .find(|(at, _, _)| *at == moment)
                .map(|(_, location, _)| location.clone())
        };
        entries.push(Entry {
            at: outage.start,
            kind: "first_failure",
            text: format!("first failure: {what}"),
            location: line(outage.start),
        });
        entries.push(Entry {
            at: outage.end,
            kind: "last_failure",
            text: format!("last failure: {what}"),
            location: line(outage.end),
        });
        entries.extend(outage.recovered_at.map(|at| Entry {
            at,
            kind: "recovery",
            text: format!("first success: {what}"),
            location: None,
        }));
    }
    entries.sort();
    entries.dedup();
    entries
}

fn service(key: &ServiceKey) -> String {
    format!(
        "the {} {} service on {}",
        key.protocol.title(),
        key.role.title(),
        key.server.as_deref().unwrap_or("an unknown server")
    )
}

fn from_evidence(evidence: &Evidence, entries: &mut Vec<Entry>) {
    let mut schannel: Vec<(i64, &Event, &Location)> = Vec::new();
    for fact in &evidence.facts {
        let location = Some(fact.location.clone());
        match (&fact.what, fact.at) {
            (What::Event(event), Some(at)) => {
                if let Some(cmdlet) = event.cmdlet.as_ref().filter(|cmdlet| is_of_interest(cmdlet)) {
                    entries.push(Entry { at, kind: "change", text: in_words(cmdlet), location });
                } else if event.provider.to_ascii_lowercase().contains("schannel") {
                    schannel.push((at, event, &fact.location));
                } else if is_service_event(event) {
                    let text = format!("event {} of {} on {}", event.id, event.provider, event.computer);
                    entries.push(Entry { at, kind: "service", text, location });
                }
            }
            (What::Certificate(certificate), _) => {
                let subject = certificate.subject.as_deref().unwrap_or("a certificate");
                for (date, words) in [(&certificate.not_before, "becomes valid"), (&certificate.not_after, "expires")] {
                    if let Some(Date::Exact(at)) = date {
                        entries.push(Entry {
                            at: *at,
                            kind: "certificate",
                            text: format!("{subject} {words}"),
                            location: location.clone(),
                        });
                    }
                }
            }
            _ => {}
        }
    }
    // Schannel repeats itself: what counts is when each kind of error began.
    schannel.sort_by_key(|(at, event, _)| (event.id, *at));
    schannel.dedup_by_key(|(_, event, _)| event.id);
    let onset = |(at, event, location): &(i64, &Event, &Location)| Entry {
        at: *at,
        kind: "schannel",
        text: format!("Schannel error {} begins", event.id),
        location: Some((*location).clone()),
    };
    entries.extend(schannel.iter().map(onset));
}

fn is_of_interest(cmdlet: &Cmdlet) -> bool {
    let name = cmdlet.name.to_ascii_lowercase();
    name.contains("imap")
        || name.contains("pop")
        || name.contains("exchangecertificate")
        || name.contains("servercomponentstate")
        || name.contains("casmailbox")
}

fn is_service_event(event: &Event) -> bool {
    let provider = event.provider.to_ascii_lowercase();
    (provider.contains("imap4") || provider.contains("pop3")) && matches!(event.id, 1000 | 1001 | 2007)
}
