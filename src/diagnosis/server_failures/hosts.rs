//! Whom the failures are about: the server, and the hosts that its logins were handed over to.

use crate::case::group::Group;
use crate::diagnosis::powershell::argument;
use crate::diagnosis::server_failures::ServerFailures;
use crate::login::target::host_of;
use crate::merge::{Merge, Span};
use crate::redaction::is_address;

/// So many hosts or servers are named.
const NAMED: usize = 3;

impl<'a> ServerFailures<'a> {
    /// Where the failed logins were handed over to (`host:port:encryption`), each once.
    pub fn targets(&self) -> Vec<&'a str> {
        let mut targets: Vec<&str> = self.groups.iter().filter_map(|group| group.key.target.as_deref()).collect();
        targets.sort_unstable();
        targets.dedup();
        targets
    }

    /// The names of the hosts that logins were handed over to, each once: with their domain, where any is written with it.
    pub fn hosts(&self) -> Vec<&'a str> {
        let mut hosts: Vec<&str> = self.targets().into_iter().map(host_of).filter(|host| is_name(host)).collect();
        hosts.dedup();
        if hosts.iter().any(|host| host.contains('.')) {
            hosts.retain(|host| host.contains('.'));
        }
        hosts
    }

    /// The name of the host that logins were handed over to, else the server's name.
    pub fn host(&self) -> String {
        let known = self.hosts().into_iter().next().or(self.server);
        known.unwrap_or("SERVER").to_owned()
    }

    /// The same of all hosts, of many the first ones.
    pub fn hosts_in_words(&self) -> String {
        let hosts = self.hosts();
        if hosts.len() > 1 { in_words(&hosts) } else { self.host() }
    }

    /// The first of them, for commands that take one; the server's name where none is known.
    pub fn computers(&self) -> Vec<&str> {
        let mut hosts = self.hosts();
        hosts.truncate(NAMED);
        if hosts.is_empty() { vec![self.server.unwrap_or("SERVER")] } else { hosts }
    }

    /// Where to look first if other front ends reach the back ends, or if it is more than one back end.
    pub(super) fn look_here_first(&self, reached_from: &[&str]) -> Option<String> {
        let why = match reached_from {
            [] if self.are_several_at_once() => "Several back ends at once".to_owned(),
            [] => return None,
            others => format!("What {} there works", hands_over(others)),
        };
        let server = self.server_name();
        Some(format!("{why}: look at the network, the name service and the firewall of {server} first"))
    }

    /// Whether more than one of the hosts failed in the same time.
    fn are_several_at_once(&self) -> bool {
        let hosts = self.hosts();
        if !self.dead.is_empty() {
            return hosts.len() > 1;
        }
        let span_of = |host: &&str| {
            let is_there = |group: &&&Group| group.key.target.as_deref().is_some_and(|target| host_of(target) == *host);
            let mut span = None::<Span>;
            self.groups.iter().filter(is_there).for_each(|group| span.merge_with(Some(group.failures.span)));
            span
        };
        let mut spans: Vec<Span> = hosts.iter().filter_map(span_of).collect();
        spans.sort_unstable_by_key(|span| span.first);
        spans.iter().zip(spans.iter().skip(1)).any(|(one, next)| next.first <= one.last)
    }

    /// That other front ends reach the back ends in the same time, in words.
    pub fn works_from(&self, others: &[&str]) -> String {
        format!("in the same time what {} to {} works", hands_over(others), self.hosts_in_words())
    }

    /// The server as cmdlets want it: a name, even where the logs know it by an address alone.
    pub fn server_argument(&self) -> String {
        let named = self.server.filter(|server| !is_address(server));
        named.map_or_else(|| argument(&self.host()), argument)
    }

    /// The server's name for people.
    pub fn server_name(&self) -> &str {
        self.server.unwrap_or("an unknown server")
    }
}

fn hands_over(servers: &[&str]) -> String {
    format!("{} {} over", in_words(servers), if servers.len() > 1 { "hand" } else { "hands" })
}

/// Whether this is a host's name, and nothing that stands for one.
fn is_name(host: &str) -> bool {
    !host.is_empty()
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':') || byte >= 0x80)
}

/// Names as a sentence has them, of many the first ones.
fn in_words(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] if first.len() < NAMED => format!("{} and {last}", first.join(", ")),
        _ => format!("{} and {} more", names.get(..NAMED).unwrap_or_default().join(", "), names.len() - NAMED),
    }
}
