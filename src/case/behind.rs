//! What back ends wrote while logins that were handed over to them failed on a front end.
//!
//! Held together by what groups keep: target, protocol, minutes, accounts. Which login is which is not known here (`attempts::halves`
//! joins them one by one); that the same accounts fail in the same minutes on the server they were handed over to is.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::case::group::Group;
use crate::collections::minutes::Minutes;
use crate::login::account::Accounts;
use crate::protocol::Role;
use crate::summary::{ServiceKey, Summary};
use crate::text::counted;

/// So many groups of the back end are named.
const NAMED: usize = 3;

/// Clocks of two servers, and the two ends of a login, may be so many minutes apart.
const APART: i64 = 1;

/// What the back end wrote behind a failure group of a front end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// The server of the back end, as its logs are named.
    pub server: Option<Arc<str>>,
    /// Its failures of the same minutes, those with most accounts in common first; empty if it wrote of none that fits.
    pub groups: Vec<Same>,
}

/// A failure group of a back end beside one of a front end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Same {
    /// The group's id.
    pub group: String,
    /// Its error code; empty if there is none.
    pub error: Box<str>,
    /// Its response.
    pub response: Box<str>,
    /// Its failures in the minutes in which the front end's failed.
    pub count: u64,
    /// How many accounts failed in both; `None` where one of them names none.
    pub accounts: Option<u64>,
}

impl Behind {
    /// What it wrote, in words: `back end EX02: LogonDenied, 12 failures in the same minutes, 9 accounts in common (group-4)`.
    pub fn in_words(&self) -> String {
        let server = self.server.as_deref().unwrap_or("an unknown server");
        let said: Vec<String> = self.groups.iter().map(Same::in_words).collect();
        match said.is_empty() {
            true => format!("back end {server}: its log is there, and no failure in it fits these"),
            false => format!("back end {server}: {}", said.join("; ")),
        }
    }
}

impl Same {
    fn in_words(&self) -> String {
        let what = match (self.error.is_empty(), self.response.is_empty()) {
            (false, _) => self.error.as_ref(),
            (true, false) => self.response.as_ref(),
            (true, true) => "no response",
        };
        let failures = counted(self.count, "failure", "failures");
        let accounts = match self.accounts {
            Some(count) => format!(", {} in common", counted(count, "account", "accounts")),
            None => String::new(),
        };
        format!("{what}, {failures} in the same minutes{accounts} ({})", self.group)
    }
}

/// Looks behind the groups of front ends. Where no log of the back end covers the time nothing is known, and nothing is said.
pub(super) fn look_behind(groups: &mut [Group], summary: &Summary, accounts: &Accounts) {
    let found: Vec<Option<Behind>> = groups.iter().map(|group| behind(group, groups, summary, accounts)).collect();
    groups.iter_mut().zip(found).for_each(|(group, behind)| group.behind = behind);
}

fn behind(front: &Group, groups: &[Group], summary: &Summary, accounts: &Accounts) -> Option<Behind> {
    let host = host(front.key.target.as_deref().filter(|_| front.is_front())?);
    let is_target = |key: &ServiceKey| {
        let is_kind = key.role == Role::BackEnd && key.protocol == front.service.protocol;
        is_kind && key.server.as_deref().is_some_and(|server| is_one_host(server, host))
    };
    let (key, service) = summary.services.iter().find(|(key, _)| is_target(key))?;
    let minutes = widened(&front.failures.minutes);
    let is_covered = service.presence.iter().any(|(minute, _)| minutes.contains(&minute));
    let front_accounts = accounts_of(front, accounts);
    let of_it = groups.iter().filter(|group| group.service == *key);
    let mut same: Vec<Same> = of_it.filter_map(|group| same(group, &minutes, &front_accounts, accounts)).collect();
    same.sort_by(|a, b| (b.accounts, b.count, &a.group).cmp(&(a.accounts, a.count, &b.group)));
    same.truncate(NAMED);
    (is_covered || !same.is_empty()).then(|| Behind { server: key.server.clone(), groups: same })
}

fn same(back: &Group, minutes: &BTreeSet<i64>, front: &BTreeSet<&str>, accounts: &Accounts) -> Option<Same> {
    let count: u64 = back.failures.minutes.iter().filter(|(minute, _)| minutes.contains(minute)).map(|(_, count)| count).sum();
    if count == 0 {
        return None;
    }
    let own = accounts_of(back, accounts);
    let is_named = !own.is_empty() && !front.is_empty();
    let common = is_named.then(|| own.intersection(front).count() as u64);
    // Other accounts failed for reasons of their own.
    (common != Some(0)).then(|| Same {
        group: back.id.clone(),
        error: back.key.error.clone(),
        response: back.key.response.clone(),
        count,
        accounts: common,
    })
}

fn accounts_of<'a>(group: &'a Group, accounts: &'a Accounts) -> BTreeSet<&'a str> {
    group.failures.users.iter().map(|(key, _, _)| accounts.key_of(key)).collect()
}

/// The minutes of failures, and those beside them.
fn widened(minutes: &Minutes<u64>) -> BTreeSet<i64> {
    minutes.iter().flat_map(|(minute, _)| minute - APART..=minute + APART).collect()
}

/// The host of `host:port:encryption`; of an address in brackets what stands in them.
fn host(target: &str) -> &str {
    match target.strip_prefix('[') {
        Some(rest) => rest.split([']', '%']).next().unwrap_or_default(),
        None => target.split(':').next().unwrap_or_default(),
    }
}

/// Whether a server's name and a target's host are one: the same address, or the same name by the first label.
fn is_one_host(server: &str, host: &str) -> bool {
    let is_address = |name: &str| name.parse::<std::net::IpAddr>().is_ok();
    let label = |name: &str| name.split('.').next().unwrap_or_default().to_lowercase();
    if is_address(server) || is_address(host) {
        return server.eq_ignore_ascii_case(host);
    }
    let is_whole = server.contains('.') && host.contains('.');
    if is_whole { server.eq_ignore_ascii_case(host) } else { !host.is_empty() && label(server) == label(host) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_the_target_by_its_name_or_its_address() {
        for (server, target, is) in [
            ("EX02", "ex02.contoso.com:1993:ssl", true),
            ("ex02.contoso.com", "ex02.contoso.com:1993:ssl", true),
            ("ex02.fabrikam.com", "ex02.contoso.com:1993:ssl", false),
            ("EX02", "ex020.contoso.com:1993:ssl", false),
            ("EX02", "10.0.0.12:1993:ssl", false),
            ("10.0.0.12", "10.0.0.12:1993:ssl", true),
            ("10.0.0.1", "10.0.0.12:1993:ssl", false),
            ("fe80::1", "[fe80::1%8]:1993:ssl", true),
            ("EX02", "", false),
        ] {
            assert_eq!(is_one_host(server, host(target)), is, "{server} {target}");
        }
    }
}
