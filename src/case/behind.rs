//! What back ends wrote while logins that were handed over to them failed on a front end.
//!
//! Held together by what groups keep: target, protocol, minutes, accounts. Which login is which is not known here (`attempts::halves`
//! joins them one by one); that the same accounts fail in the same minutes on the server they were handed over to is.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::case::clocks::Clocks;
use crate::case::group::Group;
use crate::collections::minutes::{MINUTE, Minutes};
use crate::login::account::Accounts;
use crate::login::target::Target;
use crate::protocol::Role;
use crate::summary::Summary;
use crate::text::counted;

/// So many groups of the back end are named.
const NAMED: usize = 3;

/// Clocks of two servers, and the two ends of a login, may be so many minutes apart.
const APART: i64 = 1;

/// What the back end wrote behind a failure group of a front end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// The server of the back end, as its logs are named.
    pub server: Arc<str>,
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
        let (server, said) = (&self.server, self.groups.iter().map(Same::in_words).collect::<Vec<_>>());
        match said.is_empty() {
            true => format!("back end {server}: its log is there, and no failure in it fits these"),
            false => format!("back end {server}: {}", said.join("; ")),
        }
    }
}

impl Same {
    fn in_words(&self) -> String {
        let what = [&self.error, &self.response].into_iter().find(|text| !text.is_empty()).map_or("no response", AsRef::as_ref);
        let failures = counted(self.count, "failure", "failures");
        let accounts = match self.accounts {
            Some(count) => format!(", {} in common", counted(count, "account", "accounts")),
            None => String::new(),
        };
        format!("{what}, {failures} in the same minutes{accounts} ({})", self.group)
    }
}

/// A failure group of a back end, with the accounts that failed.
struct BackEnd<'a> {
    group: &'a Group,
    accounts: BTreeSet<&'a str>,
}

/// Looks behind the groups of front ends. Where no log of the back end covers the time nothing is known, and nothing is said.
pub(super) fn look_behind(groups: &mut [Group], summary: &Summary, accounts: &Accounts, clocks: &Clocks) {
    if !groups.iter().any(|group| group.is_front() && group.key.target.is_some()) {
        return;
    }
    let of_back_ends = groups.iter().filter(|group| !group.is_front());
    let back_ends: Vec<BackEnd<'_>> =
        of_back_ends.map(|group| BackEnd { group, accounts: accounts_of(group, accounts) }).collect();
    let found: Vec<Option<Behind>> = groups.iter().map(|group| behind(group, &back_ends, summary, accounts, clocks)).collect();
    groups.iter_mut().zip(found).for_each(|(group, behind)| group.behind = behind);
}

fn behind(front: &Group, back_ends: &[BackEnd<'_>], summary: &Summary, accounts: &Accounts, clocks: &Clocks) -> Option<Behind> {
    let target = Target::parse(front.key.target.as_deref().filter(|_| front.is_front())?);
    let (key, server, service) = summary.services.iter().find_map(|(key, service)| {
        let is_kind = key.role == Role::BackEnd && key.protocol == front.service.protocol;
        let server = key.server.as_ref().filter(|server| is_kind && target.is_on(server))?;
        Some((key, server, service))
    })?;
    let ahead = clocks.ahead(Some(server), front.service.server.as_deref());
    let minutes = widened(&front.failures.minutes, ahead);
    let is_covered = service.presence.iter().any(|(minute, _)| minutes.contains(&minute));
    let failed = accounts_of(front, accounts);
    let of_it = back_ends.iter().filter(|back| back.group.service == *key);
    let mut same: Vec<Same> = of_it.filter_map(|back| same(back, &minutes, &failed)).collect();
    same.sort_by(|a, b| (b.accounts, b.count, &a.group).cmp(&(a.accounts, a.count, &b.group)));
    same.truncate(NAMED);
    (is_covered || !same.is_empty()).then(|| Behind { server: server.clone(), groups: same })
}

fn same(back: &BackEnd<'_>, minutes: &BTreeSet<i64>, failed: &BTreeSet<&str>) -> Option<Same> {
    let BackEnd { group, accounts } = back;
    let count: u64 = group.failures.minutes.iter().filter(|(minute, _)| minutes.contains(minute)).map(|(_, count)| count).sum();
    let is_named = !accounts.is_empty() && !failed.is_empty();
    let common = is_named.then(|| accounts.intersection(failed).count() as u64);
    // Other accounts failed for reasons of their own.
    (count > 0 && common != Some(0)).then(|| Same {
        group: group.id.clone(),
        error: group.key.error.clone(),
        response: group.key.response.clone(),
        count,
        accounts: common,
    })
}

fn accounts_of<'a>(group: &'a Group, accounts: &'a Accounts) -> BTreeSet<&'a str> {
    group.failures.users.iter().map(|(key, _, _)| accounts.key_of(key)).collect()
}

/// The minutes of failures, and those beside them, by a clock that is so many milliseconds ahead.
fn widened(minutes: &Minutes<u64>, ahead: i64) -> BTreeSet<i64> {
    let later = (ahead + MINUTE / 2).div_euclid(MINUTE);
    minutes.iter().flat_map(|(minute, _)| minute + later - APART..=minute + later + APART).collect()
}
