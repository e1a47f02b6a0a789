//! Whose fault it is: failures on one front end, held against what all of them see at the same back ends.

use crate::case::Case;
use crate::case::evidence::is_same_server;
use crate::collections::minutes::MINUTE;
use crate::diagnosis::server_failures::{ServerFailures, host_of};
use crate::login::identity::ClientClass;
use crate::protocol::Role;

impl ServerFailures<'_> {
    /// Whether nothing that any front end handed over to the same targets worked in that time, probes of Exchange included: one
    /// back end among several may be out without an outage of any service.
    pub fn are_targets_dead(&self, case: &Case) -> bool {
        let targets = self.targets();
        // The minutes in which it begins and ends hold successes of before and after.
        let minutes = self.start.div_euclid(MINUTE) + 1..self.end.div_euclid(MINUTE);
        let front_ends = case.summary.services.iter().filter(|(key, _)| key.role == Role::FrontEnd);
        let (mut succeeded, mut probes_failed) = (0, 0);
        for ((target, class), series) in front_ends.flat_map(|(_, service)| &service.series) {
            let is_there = target.as_deref().map(|target| targets.contains(&target));
            for (_, counts) in series.iter().filter(|(minute, _)| minutes.contains(minute)) {
                // A success of which nobody says where it was handed over to may have been there.
                if is_there != Some(false) {
                    succeeded += counts.succeeded;
                }
                if is_there == Some(true) && *class == ClientClass::HealthMailbox {
                    probes_failed += counts.failed;
                }
            }
        }
        let are_handed_over = self.groups.iter().all(|group| group.key.target.is_some());
        are_handed_over && probes_failed > 0 && succeeded == 0
    }

    /// The other front ends, by name, that log in at the same hosts in that time; none unless each of the hosts is reached by one.
    pub fn reached_from<'c>(&self, case: &'c Case) -> Vec<&'c str> {
        let is_at = |host: &str, target: Option<&str>| target.is_some_and(|target| host_of(target).eq_ignore_ascii_case(host));
        let hosts = self.hosts();
        let mut reaching: Vec<Vec<&str>> = vec![Vec::new(); hosts.len()];
        for (protocol, start, end) in self.spans() {
            let minutes = start.div_euclid(MINUTE) + 1..end.div_euclid(MINUTE);
            for (key, service) in &case.summary.services {
                let is_other = key.role == Role::FrontEnd && key.server.as_deref() != self.server;
                let Some(name) = key.server.as_deref().filter(|_| is_other && protocol.is_none_or(|of| of == key.protocol))
                else {
                    continue;
                };
                for ((target, _), series) in &service.series {
                    let works = || series.iter().any(|(minute, counts)| minutes.contains(&minute) && counts.succeeded > 0);
                    let at_hosts = hosts.iter().zip(&mut reaching).filter(|(host, _)| is_at(host, target.as_deref()) && works());
                    at_hosts.for_each(|(_, names)| names.push(name));
                }
            }
        }
        if reaching.iter().any(Vec::is_empty) {
            return Vec::new();
        }
        let mut names = reaching.concat();
        names.sort_unstable();
        names.dedup();
        names
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
        let class = self.groups.first().map(|group| group.key.error_class);
        let fails_from_another = |host: &str| {
            case.groups.iter().any(|group| {
                let is_there = group.key.target.as_deref().is_some_and(|target| host_of(target).eq_ignore_ascii_case(host));
                let span = group.failures.span;
                is_there
                    && group.is_front()
                    && Some(group.key.error_class) == class
                    && group.service.server.as_deref() != self.server
                    && span.first <= self.end
                    && span.last >= self.start
            })
        };
        !hosts.is_empty() && hosts.iter().all(|host| is_known(host) && fails_from_another(host))
    }
}
