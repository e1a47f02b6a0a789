//! Refused credentials, server by server: the accounts and addresses that have any, with all else that they did.
//!
//! Gathered once, because it means a walk over everybody; what the refusals mean is judged in `diagnosis`.

use std::collections::BTreeMap;

use crate::collections::map::HashMap;
use crate::collections::partners::hash;
use crate::collections::tally::fold_case;
use crate::login::account::Accounts;
use crate::login::identity::ClientClass;
use crate::merge::{Merge, Span};
use crate::protocol::{Protocol, Role};
use crate::summary::account::Account;
use crate::summary::counts::Counts;
use crate::summary::service::Service;
use crate::summary::{ServiceKey, Summary};

mod device_networks;
mod homes;
mod worked;

pub use homes::Whence;

/// The refused credentials on the front ends of one server. Exchange's own probes are left out.
#[derive(Debug)]
pub struct Refusals {
    /// The server.
    pub server: Option<String>,
    /// The protocols of its front ends.
    pub protocols: Vec<Protocol>,
    /// The accounts that were refused, in the order of their keys.
    pub accounts: Vec<RefusedName>,
    /// The addresses from which somebody was refused.
    pub addresses: Vec<RefusedName>,
    /// All attempts of ordinary accounts.
    pub attempts: u64,
    /// How many logins work from an address from which any do.
    pub logins_per_address: f64,
    /// Every account and address was kept.
    pub is_exact: bool,
}

/// An account or an address with refused credentials.
#[derive(Debug)]
pub struct RefusedName {
    /// Its name, as it is shown.
    pub name: String,
    /// The hash by which it stands among the partners of others.
    pub hash: u64,
    /// How many of an account's addresses are further ones of a network that has one already: a device changes within it.
    pub further: u64,
    /// From where an account was refused.
    pub whence: Whence,
    /// An address of the server itself, or of a private network.
    pub is_own: bool,
    /// All that it did on these front ends.
    pub account: Account,
    /// The first and the last login that worked, on whichever server: who is at home elsewhere is no stranger, and a guess may
    /// succeed elsewhere.
    pub worked: Option<Span>,
}

/// The refused credentials of each server where an account was refused.
pub fn refusals(summary: &Summary, accounts: &Accounts) -> Vec<Refusals> {
    let mut front_ends = BTreeMap::<Option<&str>, Vec<(&ServiceKey, &Service)>>::new();
    for (key, service) in summary.services.iter().filter(|(key, _)| key.role == Role::FrontEnd) {
        front_ends.entry(key.server.as_deref()).or_default().push((key, service));
    }
    let worked = worked::Worked::of(summary, accounts);
    let found = front_ends.into_iter().map(|(server, services)| of_server(server, &services, accounts, &worked));
    found.filter(|refusals| !refusals.accounts.is_empty()).collect()
}

/// The refused credentials of several servers together, as if they were one: who tries a few accounts on each tries many.
pub fn together(summary: &Summary, names: &Accounts, is_one: impl Fn(Option<&str>) -> bool) -> Refusals {
    let services = summary.services.iter().filter(|(key, _)| key.role == Role::FrontEnd && is_one(key.server.as_deref()));
    let mut refusals = of_server(None, &services.collect::<Vec<_>>(), names, &worked::Worked::of(summary, names));
    refusals.protocols.sort_unstable();
    refusals.protocols.dedup();
    refusals
}

fn of_server(
    server: Option<&str>,
    services: &[(&ServiceKey, &Service)],
    names: &Accounts,
    worked: &worked::Worked<'_>,
) -> Refusals {
    let (mut accounts, mut addresses) = (HashMap::<&str, Account>::new(), HashMap::<&str, Account>::new());
    let mut successes_from = HashMap::<&str, u64>::new();
    let mut attempts = Counts::default();
    for (_, service) in services {
        attempts.merge_with(service.logins.get(&ClientClass::User).copied().unwrap_or_default());
        for (name, account) in service.users().filter(|(_, account)| account.refused.is_some()) {
            accounts.entry(names.key_of(name)).or_default().merge_with(account.clone());
        }
        for (address, _, account) in service.addresses.iter() {
            *successes_from.entry(address).or_default() += account.counts.succeeded;
            if account.refused.is_some() {
                addresses.entry(address).or_default().merge_with(account.clone());
            }
        }
    }
    // What they did elsewhere, or under another of their names, without a refusal.
    for (_, service) in services {
        for (name, _, account) in service.accounts.iter().filter(|(_, _, account)| account.refused.is_none()) {
            if let Some(refused) = accounts.get_mut(names.key_of(name)) {
                refused.merge_with(account.clone());
            }
        }
        for (address, _, account) in service.addresses.iter().filter(|(_, _, account)| account.refused.is_none()) {
            if let Some(refused) = addresses.get_mut(address) {
                refused.merge_with(account.clone());
            }
        }
    }
    let working = successes_from.values().filter(|count| **count > 0);
    let listed = |found: HashMap<&str, Account>, worked: &HashMap<&str, Option<Span>>| {
        let mut sorted: Vec<(&str, Account)> = found.into_iter().collect();
        sorted.sort_unstable_by_key(|(key, _)| *key);
        let named = |(key, account)| {
            let worked = worked.get(key).copied().flatten();
            RefusedName {
                name: names.shown(key).to_owned(),
                hash: hash(&fold_case(key)),
                further: 0,
                whence: Whence::default(),
                is_own: homes::is_own(key),
                account,
                worked,
            }
        };
        sorted.into_iter().map(named).collect::<Vec<RefusedName>>()
    };
    let (mut accounts, addresses) = (listed(accounts, &worked.accounts), listed(addresses, &worked.addresses));
    device_networks::count_further(&mut accounts, &addresses);
    homes::note(&mut accounts, &addresses);
    Refusals {
        server: server.map(str::to_owned),
        protocols: services.iter().map(|(key, _)| key.protocol).collect(),
        logins_per_address: working.clone().sum::<u64>() as f64 / working.count().max(1) as f64,
        accounts,
        addresses,
        attempts: attempts.attempts(),
        is_exact: services.iter().all(|(_, service)| service.accounts.distinct().1 && service.addresses.distinct().1),
    }
}
