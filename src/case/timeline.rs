//! The time line: changes, restarts, failures and recoveries of all sources in one order.

use crate::case::Case;
use crate::case::evidence::Evidence;
use crate::evidence::date::Date;
use crate::evidence::fact::{Cmdlet, Event, Fact, What};
use crate::location::Location;
use crate::login::target::first_label;
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
    /// The server it is about, as its source spells it; `None` if it may be any.
    pub server: Option<String>,
    /// The protocol it is about; `None` if it may be either.
    pub protocol: Option<Protocol>,
}

impl Entry {
    /// Whether it is about a service of this protocol on this server, or may be.
    pub fn is_about(&self, server: Option<&str>, protocol: Protocol) -> bool {
        let label = |name: &str| first_label(name).to_lowercase();
        let is_server = match (&self.server, server) {
            (Some(mine), Some(theirs)) => mine == theirs || label(mine) == label(theirs),
            _ => true,
        };
        is_server && self.protocol.is_none_or(|only| only == protocol)
    }
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
    if cmdlet.is_tried() {
        return None;
    }
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
    let name = cmdlet.parameter("X509CertificateName").map(str::to_owned);
    Some(Change { text: in_words(cmdlet), protocols, name, server: server_of(cmdlet).map(str::to_owned) })
}

/// The server that a cmdlet names.
fn server_of(cmdlet: &Cmdlet) -> Option<&str> {
    let identity = cmdlet.parameter("Identity");
    cmdlet.parameter("Server").or_else(|| identity.and_then(|identity| identity.split_once('\\')).map(|(server, _)| server))
}

/// `administrator ran Set-ImapSettings -X509CertificateName mail.contoso.com`.
fn in_words(cmdlet: &Cmdlet) -> String {
    let who = cmdlet.caller.as_deref().map_or_else(|| "somebody".to_owned(), str::to_owned);
    let telling = |(name, _): &&(String, String)| {
        ["x509certificatename", "services", "thumbprint", "server", "identity", "logintype", "protocollogenabled"]
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
        entries.extend(restarts.iter().map(|at| Entry {
            at: *at,
            kind: "restart",
            text: text.clone(),
            location: None,
            server: key.server.as_deref().map(str::to_owned),
            protocol: Some(key.protocol),
        }));
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
        let mut entry = |at: i64, kind: &'static str, word: &str, location: Option<Location>| {
            entries.push(Entry {
                at,
                kind,
                text: format!("{word}: {what}"),
                location,
                server: outage.server.as_deref().map(str::to_owned),
                protocol: Some(outage.protocol),
            });
        };
        entry(outage.start, "first_failure", "first failure", line(outage.start));
        entry(outage.end, "last_failure", "last failure", line(outage.end));
        if let Some(at) = outage.recovered_at {
            entry(at, "recovery", "first success", None);
        }
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
    let mut schannel: Vec<(i64, &Event, &Fact)> = Vec::new();
    for fact in &evidence.facts {
        let location = Some(fact.location.clone());
        match (&fact.what, fact.at) {
            (What::Event(event), Some(at)) => {
                if let Some(cmdlet) = event.cmdlet.as_ref().filter(|cmdlet| is_of_interest(cmdlet)) {
                    let (server, protocol) = (concerned(cmdlet, fact.server.as_deref()), protocol_in(&cmdlet.name));
                    entries.push(Entry { at, kind: "change", text: in_words(cmdlet), location, server, protocol });
                } else if event.provider.to_ascii_lowercase().contains("schannel") {
                    schannel.push((at, event, fact));
                } else if is_service_event(event) {
                    let text = format!("event {} of {} on {}", event.id, event.provider, event.computer);
                    let (server, protocol) = (fact.server.clone(), protocol_in(&event.provider));
                    entries.push(Entry { at, kind: "service", text, location, server, protocol });
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
                            server: None,
                            protocol: None,
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
    let onset = |(at, event, fact): &(i64, &Event, &Fact)| Entry {
        at: *at,
        kind: "schannel",
        text: format!("Schannel error {} begins", event.id),
        location: Some(fact.location.clone()),
        server: fact.server.clone(),
        protocol: None,
    };
    entries.extend(schannel.iter().map(onset));
}

/// The server whose settings a cmdlet changes: the one it names, else the one it ran on, which is what these cmdlets take.
pub(super) fn concerned(cmdlet: &Cmdlet, ran_on: Option<&str>) -> Option<String> {
    let name = cmdlet.name.to_ascii_lowercase();
    let is_local = ["imapsettings", "popsettings", "exchangecertificate"].iter().any(|noun| name.contains(noun));
    let component = cmdlet.parameter("Identity").filter(|_| name.contains("servercomponentstate"));
    server_of(cmdlet).or(component).or(ran_on.filter(|_| is_local)).map(str::to_owned)
}

/// The protocol in the name of a cmdlet or a provider, if there is one.
pub(super) fn protocol_in(name: &str) -> Option<Protocol> {
    let name = name.to_ascii_lowercase();
    let words = [("imap", Protocol::Imap4), ("pop", Protocol::Pop3)];
    words.into_iter().find(|(word, _)| name.contains(word)).map(|(_, protocol)| protocol)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(server: Option<&str>, protocol: Option<Protocol>) -> Entry {
        let server = server.map(str::to_owned);
        Entry { at: 0, kind: "change", text: String::new(), location: None, server, protocol }
    }

    #[test]
    fn an_entry_is_about_the_server_and_the_protocol_it_names() {
        for (mine, theirs, is) in [
            (Some("EX1"), Some("EX1"), true),
            (Some("EX1"), Some("EX10"), false),
            (Some("ex1.contoso.com"), Some("EX1"), true),
            (None, Some("EX1"), true),
            (Some("EX1"), None, true),
        ] {
            assert_eq!(entry(mine, None).is_about(theirs, Protocol::Imap4), is, "{mine:?} {theirs:?}");
        }
        assert!(!entry(None, Some(Protocol::Pop3)).is_about(Some("EX1"), Protocol::Imap4));
    }

    #[test]
    fn a_cmdlet_is_about_the_server_it_names_or_ran_on() {
        let cmdlet = |name: &str, parameters: &[(&str, &str)]| Cmdlet {
            name: name.to_owned(),
            parameters: parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            caller: None,
            succeeded: true,
        };
        for (name, parameters, server) in [
            ("Set-ImapSettings", [("Server", "EX2")].as_slice(), Some("EX2")),
            ("Set-PopSettings", &[("Identity", r"EX3\1")], Some("EX3")),
            ("Set-ImapSettings", &[], Some("EX1")),
            ("Set-ServerComponentState", &[("Identity", "EX4")], Some("EX4")),
            ("Set-CASMailbox", &[("Identity", "alice")], None),
        ] {
            assert_eq!(concerned(&cmdlet(name, parameters), Some("EX1")).as_deref(), server, "{name}");
        }
        assert_eq!(protocol_in("Set-PopSettings"), Some(Protocol::Pop3));
        assert_eq!(protocol_in("Enable-ExchangeCertificate"), None);
    }
}
