//! What is told while logs grow: what begins, gets worse and ends, each once.
//!
//! Whoever follows the logs gives the case as it is now, again and again; what of it is news is said here. Only times in lines
//! count. A line may come late, so a beginning may be corrected, and an end is told only once the service has written for
//! [`SETTLED`] behind it: of lines that are written in stretches the last one is not the end of anything.

use std::collections::BTreeMap;

use crate::case::Case;
use crate::case::outage::Outage;
use crate::diagnosis::finding::Finding;
use crate::diagnosis::judge;
use crate::protocol::{Protocol, Role};
use crate::redaction::{Redact, Redactor};
use crate::summary::ServiceKey;

pub mod event;
mod findings;
mod groups;
mod outages;

use event::Event;
use findings::Findings;
use groups::Groups;
use outages::Outages;

/// What ended is over once its service has written for so many milliseconds behind it: so long lasts the shortest recovery.
pub const SETTLED: i64 = 60_000;

/// What was told so far.
#[derive(Debug, Default)]
pub struct Told {
    groups: Groups,
    outages: Outages,
    findings: Findings,
}

/// What was read since the case was looked at last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fresh {
    /// The services of which there was something, each once.
    pub services: Vec<(String, Protocol)>,
}

impl Redact for Fresh {
    fn teach(&self, redactor: &mut Redactor) {
        self.services.iter().for_each(|(server, _)| redactor.learn_host(server));
    }

    fn redact(&mut self, redactor: &Redactor) {
        let Self { services } = self;
        services.iter_mut().for_each(|(server, _)| *server = redactor.host(server));
    }
}

impl Told {
    /// What is news in a case, which is all that is known since `floor`; what lies before that was let go and has not ended.
    pub fn news(&mut self, mut case: Case, fresh: &Fresh, floor: i64) -> Vec<Event> {
        let mut findings = judge(&case);
        // A case numbers what is in it; what was told keeps its number.
        let (mut groups, mut outages) = (BTreeMap::new(), BTreeMap::new());
        let mut news = self.groups.news(std::mem::take(&mut case.groups), &mut groups);
        let mut told = case.outages.clone();
        told.iter_mut().for_each(|outage| rename(&mut outage.groups, &groups));
        go_on(&mut told, &findings);
        let last = |server: Option<&str>, protocol: Protocol| last_of(&case, server, protocol);
        news.extend(self.outages.news(told, last, floor, &mut outages));
        for finding in &mut findings {
            rename(&mut finding.groups, &groups);
            rename(&mut finding.outages, &outages);
        }
        news.extend(self.findings.news(findings, fresh, &case));
        news
    }
}

/// An outage is no longer over if its cause goes on all the same: then what works again is handed over elsewhere. Of a story about
/// several servers nobody says which of them it goes on for.
fn go_on(outages: &mut [Outage], findings: &[Finding]) {
    for finding in findings.iter().filter(|finding| finding.ongoing && finding.servers.len() == 1) {
        let of_finding = outages.iter_mut().filter(|outage| finding.outages.contains(&outage.id));
        if let Some(last) = of_finding.max_by_key(|outage| outage.end) {
            last.recovered_at = None;
        }
    }
}

fn rename(ids: &mut [String], told: &BTreeMap<String, String>) {
    for id in ids {
        if let Some(other) = told.get(id) {
            id.clone_from(other);
        }
    }
}

/// The last record of the front end of a service.
fn last_of(case: &Case, server: Option<&str>, protocol: Protocol) -> i64 {
    let key = ServiceKey { server: server.map(Into::into), protocol, role: Role::FrontEnd };
    let span = case.summary.services.get(&key).and_then(|service| service.span);
    span.map_or(i64::MIN, |span| span.last)
}
