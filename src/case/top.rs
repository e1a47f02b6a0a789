//! The accounts and addresses with most failures.

use std::collections::BTreeMap;

use crate::collections::map::HashMap;
use crate::login::account::Accounts;
use crate::merge::Merge;
use crate::summary::account::Account;
use crate::summary::{ServiceKey, Summary};

/// So many are listed.
const LISTED: usize = 20;

/// An account, or a client address, at one service.
#[derive(Debug, Clone)]
pub struct Top {
    /// The service.
    pub service: ServiceKey,
    /// The account's name or the address.
    pub name: String,
    /// What came of its attempts.
    pub account: Account,
}

/// The accounts with most failures; names that are one account are one row.
pub fn accounts(summary: &Summary, accounts: &Accounts) -> Vec<Top> {
    let rows = summary.services.iter().flat_map(|(key, service)| {
        let mut failures = HashMap::<&str, u64>::new();
        for (name, _, account) in service.accounts.iter().filter(|(_, _, account)| account.counts.failed > 0) {
            *failures.entry(accounts.key_of(name)).or_default() += account.counts.failed;
        }
        failures.into_iter().map(move |(name, failed)| (failed, key, accounts.shown(name), name))
    });
    let rows = worst(rows.collect());
    let mut wholes = BTreeMap::<&ServiceKey, HashMap<&str, Account>>::new();
    for (_, key, _, name) in &rows {
        wholes.entry(*key).or_default().insert(*name, Account::default());
    }
    for (key, wholes) in &mut wholes {
        let names = summary.services.get(*key).into_iter().flat_map(|service| service.accounts.iter());
        for (name, _, account) in names {
            if let Some(whole) = wholes.get_mut(accounts.key_of(name)) {
                whole.merge_with(account.clone());
            }
        }
    }
    let mut whole = |key: &ServiceKey, name| wholes.get_mut(key).and_then(|wholes| wholes.remove(name)).unwrap_or_default();
    let top = rows.into_iter().map(|(_, key, shown, name)| Top {
        service: key.clone(),
        name: shown.to_owned(),
        account: whole(key, name),
    });
    top.collect()
}

/// The client addresses with most failures.
pub fn addresses(summary: &Summary) -> Vec<Top> {
    let rows = summary.services.iter().flat_map(|(key, service)| {
        let failed = service.addresses.iter().filter(|(_, _, account)| account.counts.failed > 0);
        failed.map(move |(_, shown, account)| (account.counts.failed, key, shown, account))
    });
    let top = worst(rows.collect()).into_iter();
    top.map(|(_, key, shown, account)| Top { service: key.clone(), name: shown.to_owned(), account: account.clone() }).collect()
}

/// The rows (failures, service, name to show, and what it is found by) with most failures.
fn worst<'a, T>(mut rows: Vec<(u64, &'a ServiceKey, &'a str, T)>) -> Vec<(u64, &'a ServiceKey, &'a str, T)> {
    type Row<'a, T> = (u64, &'a ServiceKey, &'a str, T);
    let worst_first = |a: &Row<'a, T>, b: &Row<'a, T>| b.0.cmp(&a.0).then_with(|| (a.1, a.2).cmp(&(b.1, b.2)));
    // The others need no order.
    if rows.len() > LISTED {
        rows.select_nth_unstable_by(LISTED, worst_first);
        rows.truncate(LISTED);
    }
    rows.sort_by(worst_first);
    rows
}
