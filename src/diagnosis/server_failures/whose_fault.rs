//! Whose fault it is: failures on one front end, held against what works at the same back ends, there and on all others.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::Case;
use crate::case::evidence::is_same_server;
use crate::diagnosis::finding::{Effect, Finding};
use crate::diagnosis::server_failures::ServerFailures;
use crate::diagnosis::server_failures::series::series;
use crate::login::identity::ClientClass;
use crate::login::target::host_of;
use crate::merge::Merge;
use crate::summary::counts::Counts;
use crate::text::counted;

/// So many logins that work are no chance.
const REACHED: u64 = 3;

/// Failures are single ones if so many times as many logins work at the same targets.
const OFTEN: u64 = 4;

impl ServerFailures<'_> {
    /// Whether nothing that any front end handed over to the same targets worked in that time, probes of Exchange included: one
    /// back end among several may be out without an outage of any service.
    pub fn are_targets_dead(&self, case: &Case) -> bool {
        let targets = self.targets();
        let (mut succeeded, mut probes_failed) = (0, 0);
        for series in series(case, &[(None, self.start, self.end)]) {
            // A success of which nobody says where it was handed over to may have been there.
            if series.target.is_none_or(|target| targets.contains(&target)) {
                let counts = series.counts();
                succeeded += counts.succeeded;
                if series.target.is_some() && series.class == ClientClass::HealthMailbox {
                    probes_failed += counts.failed;
                }
            }
        }
        let are_handed_over = self.groups.iter().all(|group| group.key.target.is_some());
        are_handed_over && probes_failed > 0 && succeeded == 0
    }

    /// Says what works at the back ends meanwhile, and where to look first. Whether anything does: then these are not down.
    pub fn say_what_works_there(&self, case: &Case, finding: &mut Finding) -> bool {
        let reached_from = self.reached_from(case);
        if !reached_from.is_empty() {
            finding.seen(Effect::Supports, "log_line", self.works_from(&reached_from), None, None);
        }
        // The front end itself reaches them far more often than not: it is less sure what fails.
        let succeeded = self.succeeded_inside(case, None);
        let is_own_reach = succeeded > self.failed() * OFTEN;
        if is_own_reach {
            let to = self.hosts_in_words();
            let text = format!("{} handed over to {to} meanwhile", counted(succeeded, "login was", "logins were"));
            finding.seen(Effect::Contradicts, "log_line", text, None, None);
            finding.confidence = finding.confidence.lowered();
        }
        if let Some(advice) = self.look_here_first(&reached_from) {
            finding.step(advice, None);
        }
        is_own_reach || !reached_from.is_empty()
    }

    /// The other front ends, by name, whose logins mostly work at the same hosts in that time; none unless each of the hosts is
    /// reached by one.
    pub fn reached_from<'c>(&self, case: &'c Case) -> Vec<&'c str> {
        let hosts = self.hosts();
        let mut at_hosts = vec![BTreeMap::<&str, Counts>::new(); hosts.len()];
        for series in series(case, &self.spans()) {
            let Some(name) = series.key.server.as_deref().filter(|name| Some(*name) != self.server) else { continue };
            let is_there = |host: &str| series.target.is_some_and(|target| host_of(target).eq_ignore_ascii_case(host));
            for (_, counts) in hosts.iter().zip(&mut at_hosts).filter(|(host, _)| is_there(host)) {
                counts.entry(name).or_default().merge_with(series.counts());
            }
        }
        for counts in &mut at_hosts {
            counts.retain(|_, counts| counts.succeeded >= REACHED && counts.succeeded > counts.failed);
        }
        if at_hosts.iter().any(BTreeMap::is_empty) {
            return Vec::new();
        }
        let names: BTreeSet<&str> = at_hosts.into_iter().flat_map(BTreeMap::into_keys).collect();
        names.into_iter().collect()
    }

    /// Whether what the server hands over to itself works in that time.
    pub fn does_own_hand_over_work(&self, case: &Case) -> bool {
        let is_own = |target: &str, _| self.server.is_some_and(|server| is_same_server(host_of(target), server));
        self.succeeded_where(case, is_own) > 0
    }

    /// Whether the hosts are other servers, whose logs are there, and the hand-over to each of them fails in the same way from
    /// another front end too: then it is not this server that all of them suffer from.
    pub fn do_others_fail_there(&self, case: &Case) -> bool {
        let hosts = self.hosts();
        let is_known = |host: &str| case.servers().into_iter().flatten().any(|server| is_same_server(host, server));
        let (class, protocols) = (self.groups.first().map(|group| group.key.error_class), self.protocols());
        let fails_from_another = |host: &str| {
            case.groups.iter().any(|group| {
                let is_there = group.key.target.as_deref().is_some_and(|target| host_of(target).eq_ignore_ascii_case(host));
                let span = group.failures.span;
                is_there
                    && group.is_front()
                    && protocols.contains(&group.service.protocol)
                    && Some(group.key.error_class) == class
                    && group.service.server.as_deref() != self.server
                    && span.first <= self.end
                    && span.last >= self.start
            })
        };
        !hosts.is_empty() && hosts.iter().all(|host| is_known(host) && fails_from_another(host))
    }
}
