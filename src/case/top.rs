//! The accounts and addresses with most failures.

use std::collections::BTreeMap;

use crate::login::account::Accounts;
use crate::merge::{Merge, merge_entry};
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
    let mut rows = Vec::new();
    for (key, service) in &summary.services {
        let failed = |account: &Account| account.counts.failed > 0;
        let mut by_account = BTreeMap::new();
        for (name, _, account) in service.accounts.iter().filter(|(_, _, account)| failed(account)) {
            merge_entry(&mut by_account, accounts.key_of(name), account.clone());
        }
        // What an account did under another of its names belongs to it too.
        for (name, _, account) in service.accounts.iter().filter(|(_, _, account)| !failed(account)) {
            if let Some(whole) = by_account.get_mut(accounts.key_of(name)) {
                whole.merge_with(account.clone());
            }
        }
        let named = by_account.into_iter().map(|(name, account)| (accounts.shown(name).to_owned(), account));
        rows.extend(named.map(|(name, account)| Top { service: key.clone(), name, account }));
    }
    worst(rows)
}

/// The client addresses with most failures.
pub fn addresses(summary: &Summary) -> Vec<Top> {
    let rows = summary.services.iter().flat_map(|(key, service)| {
        service.addresses.iter().filter(|(_, _, account)| account.counts.failed > 0).map(|(_, shown, account)| Top {
            service: key.clone(),
            name: shown.to_owned(),
            account: account.clone(),
        })
    });
    worst(rows.collect())
}

fn worst(mut rows: Vec<Top>) -> Vec<Top> {
    rows.sort_by(|a, b| {
        let failed = b.account.counts.failed.cmp(&a.account.counts.failed);
        failed.then_with(|| (&a.service, &a.name).cmp(&(&b.service, &b.name)))
    });
    rows.truncate(LISTED);
    rows
}
