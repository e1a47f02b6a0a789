//! When those who were refused on any server logged in, on whichever server.

use crate::collections::map::HashMap;
use crate::login::account::Accounts;
use crate::merge::{Merge, Span};
use crate::protocol::Role;
use crate::summary::Summary;
use crate::summary::account::Account;
use crate::summary::service::Service;

/// The first and the last success of each name that was refused anywhere; `None` if there is none.
pub(super) struct Worked<'a> {
    /// Of accounts, by their keys.
    pub(super) accounts: HashMap<&'a str, Option<Span>>,
    /// Of addresses.
    pub(super) addresses: HashMap<&'a str, Option<Span>>,
}

impl<'a> Worked<'a> {
    /// Looks at the front ends of all servers.
    pub(super) fn of(summary: &'a Summary, names: &'a Accounts) -> Self {
        let front_ends = || summary.services.iter().filter(|(key, _)| key.role == Role::FrontEnd).map(|(_, service)| service);
        let accounts = || front_ends().flat_map(|service: &'a Service| service.accounts.iter());
        let addresses = || front_ends().flat_map(|service: &'a Service| service.addresses.iter());
        Self {
            accounts: successes(|| accounts().map(|(key, _, account)| (names.key_of(key), account))),
            addresses: successes(|| addresses().map(|(key, _, account)| (key, account))),
        }
    }
}

fn successes<'a, I: Iterator<Item = (&'a str, &'a Account)>>(all: impl Fn() -> I) -> HashMap<&'a str, Option<Span>> {
    let refused = all().filter(|(_, account)| account.refused.is_some());
    let mut found: HashMap<&str, Option<Span>> = refused.map(|(key, _)| (key, None)).collect();
    for (key, account) in all().filter(|(_, account)| account.succeeded.is_some()) {
        if let Some(worked) = found.get_mut(key) {
            worked.merge_with(account.succeeded);
        }
    }
    found
}
