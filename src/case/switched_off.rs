//! Logs that Exchange was told not to write: what happened then is in no log.

use std::sync::Arc;

use crate::case::evidence::{Evidence, is_same_server};
use crate::case::timeline::{concerned, protocol_in};
use crate::clock::{DAY, Zone, for_people};
use crate::evidence::fact::{Cmdlet, Fact, What};
use crate::location::Location;
use crate::protocol::Protocol;
use crate::summary::{ServiceKey, Summary};

/// A protocol log that is switched off, or was for a while. Moments are milliseconds since 1970 UTC.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SwitchedOff {
    /// On which server; `None` if that is not said.
    pub server: Option<Arc<str>>,
    /// Of which protocol; `None` if that is not said.
    pub protocol: Option<Protocol>,
    /// When it was switched off; `None` where settings alone say that it is.
    pub since: Option<i64>,
    /// When it was switched on again.
    pub until: Option<i64>,
    /// What says so.
    pub location: Location,
}

impl SwitchedOff {
    /// Whether it is the log of this service.
    pub fn is_about(&self, key: &ServiceKey) -> bool {
        let is_its = |server: &Arc<str>| key.server.as_deref().is_some_and(|name| is_same_server(server, name));
        self.server.as_ref().is_some_and(is_its) && self.protocol.is_none_or(|protocol| protocol == key.protocol)
    }

    /// What it means, in a sentence without a full stop.
    pub fn in_words(&self, zone: Zone) -> String {
        let of = self.protocol.map_or_else(String::new, |protocol| format!(" of {}", protocol.title()));
        let on = self.server.as_deref().map_or_else(String::new, |server| format!(" on {server}"));
        let when = match (self.since, self.until) {
            (Some(since), Some(until)) => {
                format!("was switched off from {} to {}", for_people(since, zone), for_people(until, zone))
            }
            (Some(since), None) => format!("was switched off at {}", for_people(since, zone)),
            (None, _) => "is switched off".to_owned(),
        };
        format!("the protocol log{of}{on} {when} ({})", self.location)
    }
}

/// So long after it was switched off a log may still be written: until the service starts anew. And so long after the last line of all
/// it is of interest that one was switched off. In milliseconds.
const GRACE: i64 = DAY;

/// Which logs are switched off in the time that the logs are about, by settings and by the cmdlets that changed them.
pub(super) fn switched_off(evidence: &Evidence, summary: &Summary) -> Vec<SwitchedOff> {
    let mut found = by_evidence(evidence);
    found.retain(|off| is_of_interest(off, summary));
    found
}

/// Whether it can explain anything that is missing: not if it was over before the logs begin, began after their end, or the log was
/// written nevertheless.
fn is_of_interest(off: &SwitchedOff, summary: &Summary) -> bool {
    let (Some(all), Some(since)) = (summary.span, off.since) else { return true };
    let end = off.until.unwrap_or(i64::MAX);
    let services = summary.services.iter().filter(|(key, _)| off.is_about(key));
    let mut spans = services.filter_map(|(_, service)| service.span).peekable();
    let is_written = off.until.is_none() && spans.peek().is_some() && spans.all(|span| span.last > since + GRACE);
    end >= all.first && since <= all.last + GRACE && !is_written
}

fn by_evidence(evidence: &Evidence) -> Vec<SwitchedOff> {
    let by_settings = evidence.facts.iter().filter_map(|fact| match &fact.what {
        What::Settings(settings) if settings.log_enabled == Some(false) => Some(SwitchedOff {
            server: fact.server.as_deref().map(Into::into),
            protocol: settings.protocol,
            since: None,
            until: None,
            location: fact.location.clone(),
        }),
        _ => None,
    });
    let mut found = by_cmdlets(evidence);
    // Settings that say what a cmdlet did say nothing new.
    let is_known = |off: &SwitchedOff| found.iter().any(|by| by.until.is_none() && is_same_log(by, off));
    let mut by_settings: Vec<SwitchedOff> = by_settings.filter(|off| !is_known(off)).collect();
    found.append(&mut by_settings);
    found.sort();
    found
}

fn is_same_log(one: &SwitchedOff, other: &SwitchedOff) -> bool {
    let is_server = match (&one.server, &other.server) {
        (Some(one), Some(other)) => is_same_server(one, other),
        (one, other) => one == other,
    };
    is_server && one.protocol == other.protocol
}

fn by_cmdlets(evidence: &Evidence) -> Vec<SwitchedOff> {
    let mut switched: Vec<(i64, bool, SwitchedOff)> = evidence.facts.iter().filter_map(switching).collect();
    switched.sort();
    let mut found = Vec::<SwitchedOff>::new();
    for (at, is_on, off) in switched {
        let open = found.iter_mut().find(|before| before.until.is_none() && is_same_log(before, &off));
        match (is_on, open) {
            (true, Some(open)) => open.until = Some(at),
            (false, None) => found.push(off),
            _ => {}
        }
    }
    found
}

/// When a cmdlet switched a log on (true) or off.
fn switching(fact: &Fact) -> Option<(i64, bool, SwitchedOff)> {
    let What::Event(event) = &fact.what else { return None };
    let (at, cmdlet) = (fact.at?, event.cmdlet.as_ref().filter(|cmdlet| cmdlet.succeeded)?);
    let is_on = is_on(cmdlet)?;
    let server = concerned(cmdlet, fact.server.as_deref()).map(Into::into);
    let (protocol, location) = (protocol_in(&cmdlet.name), fact.location.clone());
    Some((at, is_on, SwitchedOff { server, protocol, since: Some(at), until: None, location }))
}

fn is_on(cmdlet: &Cmdlet) -> Option<bool> {
    let is_set =
        !cmdlet.is_tried() && ["Set-ImapSettings", "Set-PopSettings"].iter().any(|name| cmdlet.name.eq_ignore_ascii_case(name));
    match cmdlet.parameter("ProtocolLogEnabled").filter(|_| is_set)?.trim_start_matches('$').to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}
