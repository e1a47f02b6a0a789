//! Failure groups with their ids, in the order in which they are reported, and with names that are one account joined.

use std::collections::BTreeMap;

use crate::case::behind::Behind;
use crate::collections::tally::Tally;
use crate::login::account::Accounts;
use crate::protocol::Role;
use crate::summary::failure_group::{FailureGroup, GroupKey};
use crate::summary::{ServiceKey, Summary};

/// So many accounts and addresses of a group are listed.
const LISTED: usize = 10;

/// A failure group of one service.
#[derive(Debug)]
pub struct Group {
    /// `group-1` is the worst.
    pub id: String,
    /// Whose logins failed.
    pub service: ServiceKey,
    /// What makes the failures the same.
    pub key: GroupKey,
    /// How many different accounts failed, and whether the number is exact.
    pub users: (u64, bool),
    /// How many different client addresses there were, and whether the number is exact.
    pub clients: (u64, bool),
    /// The accounts with most failures.
    pub top_users: Vec<(String, u64)>,
    /// The client addresses with most failures.
    pub top_clients: Vec<(String, u64)>,
    /// What the back end wrote meanwhile, where logins were handed over to one whose log is there.
    pub behind: Option<Behind>,
    /// The failures themselves.
    pub failures: FailureGroup,
}

impl Group {
    /// Whether a front end wrote the lines.
    pub fn is_front(&self) -> bool {
        self.service.role == Role::FrontEnd
    }

    /// Whether the failures can be part of an outage: on a front end, and not the account's own.
    pub fn is_of_outages(&self) -> bool {
        self.is_front() && self.key.is_servers_own()
    }
}

/// The account with most failures in the worst of these groups that names any.
pub fn worst_account<'a>(groups: &[&'a Group]) -> Option<&'a str> {
    groups.iter().find_map(|group| group.top_users.first()).map(|(name, _)| name.as_str())
}

/// All groups, the worst first: failures of the server's own before those of accounts, front ends before back ends, then by count.
pub fn groups(summary: &Summary, accounts: &Accounts) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (service_key, service) in &summary.services {
        for (key, failures) in &service.groups {
            groups.push(Group {
                id: String::new(),
                service: service_key.clone(),
                key: key.clone(),
                users: distinct_accounts(&failures.users, accounts),
                clients: failures.clients.distinct(),
                top_users: top_accounts(&failures.users, accounts),
                top_clients: top(failures.clients.iter().map(|(_, shown, count)| (shown, *count))),
                behind: None,
                failures: failures.clone(),
            });
        }
    }
    groups.sort_by(|a, b| order_of(a).cmp(&order_of(b)).then_with(|| (&a.service, &a.key).cmp(&(&b.service, &b.key))));
    for (place, group) in groups.iter_mut().enumerate() {
        group.id = format!("group-{}", place + 1);
    }
    groups
}

fn order_of(group: &Group) -> (bool, bool, std::cmp::Reverse<u64>) {
    (!group.key.is_servers_own(), group.service.role == Role::BackEnd, std::cmp::Reverse(group.failures.count))
}

fn distinct_accounts(users: &Tally<u64>, accounts: &Accounts) -> (u64, bool) {
    match users.distinct() {
        (_, true) => {
            let mut keys: Vec<&str> = users.iter().map(|(key, _, _)| accounts.key_of(key)).collect();
            keys.sort_unstable();
            keys.dedup();
            (keys.len() as u64, true)
        }
        estimate => estimate,
    }
}

fn top_accounts(users: &Tally<u64>, accounts: &Accounts) -> Vec<(String, u64)> {
    let mut by_account: BTreeMap<&str, u64> = BTreeMap::new();
    for (key, _, count) in users.iter() {
        *by_account.entry(accounts.key_of(key)).or_default() += count;
    }
    top(by_account.into_iter().map(|(key, count)| (accounts.shown(key), count)))
}

fn top<'a>(rows: impl Iterator<Item = (&'a str, u64)>) -> Vec<(String, u64)> {
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    rows.into_iter().take(LISTED).map(|(name, count)| (name.to_owned(), count)).collect()
}
