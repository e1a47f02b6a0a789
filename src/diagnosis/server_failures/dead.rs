//! Whether a back end takes nobody: what single failures on one front end amount to, seen from all of them.

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
        let front_ends = || case.summary.services.iter().filter(|(key, _)| key.role == Role::FrontEnd);
        let counts = || {
            let series = front_ends().flat_map(|(_, service)| &service.series);
            let to_them = series.filter(|((target, _), _)| target.as_deref().is_none_or(|target| targets.contains(&target)));
            let inside = |minute: i64| minutes.contains(&minute);
            to_them.flat_map(move |((_, class), series)| {
                series.iter().filter(move |(minute, _)| inside(*minute)).map(move |(_, counts)| (*class, counts))
            })
        };
        let are_handed_over = self.groups.iter().all(|group| group.key.target.is_some());
        let do_probes_fail = counts().any(|(class, counts)| class == ClientClass::HealthMailbox && counts.failed > 0);
        are_handed_over && do_probes_fail && counts().all(|(_, counts)| counts.succeeded == 0)
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
