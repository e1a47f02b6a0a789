//! How the two sides are brought together: server by server, or, where they have no server in common, one beside the other.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::case::Case;

/// How rows of the two sides were matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matched {
    /// By server, protocol and role.
    SameServers,
    /// By protocol and role alone: no server is on both sides.
    AnotherServer,
}

impl Matched {
    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SameServers => "same_servers",
            Self::AnotherServer => "another_server",
        }
    }

    /// In words, as reports say it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::SameServers => "server by server",
            Self::AnotherServer => "another server: no server is on both sides, so that all servers of a side count as one",
        }
    }
}

/// The names of servers on both sides.
#[derive(Debug)]
pub(super) struct Servers {
    pub(super) matched: Matched,
    /// The name to show, by the key.
    shown: BTreeMap<String, String>,
}

impl Servers {
    pub(super) fn of(this: &Case, other: &Case) -> Self {
        let (mine, theirs) = (keys(this), keys(other));
        let is_another = !mine.is_empty() && !theirs.is_empty() && mine.is_disjoint(&theirs);
        let mut shown = BTreeMap::<String, String>::new();
        for name in this.servers().into_iter().chain(other.servers()).flatten() {
            // Of two spellings the one that sorts first, so that it does not matter which side is which.
            let best = shown.entry(key(name)).or_insert_with(|| name.to_owned());
            if name < best.as_str() {
                *best = name.to_owned();
            }
        }
        Self { matched: if is_another { Matched::AnotherServer } else { Matched::SameServers }, shown }
    }

    /// What a server counts as; `None` where servers do not count, or nothing is known of it.
    pub(super) fn name(&self, server: Option<&str>) -> Option<String> {
        let server = server.filter(|_| self.matched == Matched::SameServers)?;
        Some(self.shown.get(&key(server)).cloned().unwrap_or_else(|| server.to_owned()))
    }

    /// Where logins were handed over to, without the host where servers do not count.
    pub(super) fn target(&self, target: &str) -> String {
        match (self.matched, target.split_once(':')) {
            (Matched::AnotherServer, Some((_, port))) => format!("*:{port}"),
            _ => target.to_owned(),
        }
    }
}

/// The servers with login attempts, by their keys.
fn keys(case: &Case) -> BTreeSet<String> {
    let services = case.summary.services.iter().filter(|(_, service)| !service.logins.is_empty());
    services.map(|(service, _)| service.server.as_deref().map_or_else(String::new, key)).collect()
}

/// The key of a server: an address, or the first label of a name (`EX01`, `ex01.contoso.com`).
fn key(server: &str) -> String {
    let server = server.trim();
    match server.parse::<IpAddr>() {
        Ok(address) => address.to_string(),
        Err(_) => server.split('.').next().unwrap_or(server).to_lowercase(),
    }
}
