//! Accounts that fail on one side alone.

use std::collections::BTreeMap;

use crate::case::Case;
use crate::collections::tally::Tally;
use crate::comparison::change::{Change, Direction, Figure, Kind};
use crate::comparison::matching::Servers;
use crate::comparison::share::{Share, judge};
use crate::comparison::side::{Place, Service};
use crate::login::account::Accounts;
use crate::merge::Merge;
use crate::protocol::Role;
use crate::summary::account::Account;

/// So many accounts are listed in each direction: those with most failures.
const LISTED: usize = 50;

/// A case with its services.
type Side<'a> = (&'a Case, &'a BTreeMap<Place, Service>);

/// Accounts of front ends that both sides have, and that fail on one side alone; and how many are not listed.
///
/// An account's failures are held against all attempts: that a short log does not show an account says nothing.
pub(super) fn changes(this: Side<'_>, other: Side<'_>, servers: &Servers) -> (Vec<Change>, u64) {
    let is_compared = |place: &&Place| place.role == Role::FrontEnd && other.1.contains_key(*place);
    let both: Vec<&Place> = this.1.keys().filter(is_compared).collect();
    let (mine, theirs) = (tallies(this.0, &both, servers), tallies(other.0, &both, servers));
    // Names that are one account on either side are one account on both.
    let mut aliases = this.0.summary.aliases.clone();
    aliases.merge_with(other.0.summary.aliases.clone());
    let names = mine.iter().chain(&theirs).flat_map(|tally| tally.iter()).map(|(key, spelling, _)| (key, spelling));
    let accounts = Accounts::join(names, &aliases);
    let mut failed = BTreeMap::<&str, [u64; 2]>::new();
    for (side, tallies) in [&mine, &theirs].into_iter().enumerate() {
        for (key, _, account) in tallies.iter().flat_map(|tally| tally.iter()).filter(|(_, _, account)| account.counts.failed > 0)
        {
            if let Some(count) = failed.entry(accounts.key_of(key)).or_default().get_mut(side) {
                *count += account.counts.failed;
            }
        }
    }
    let attempts = |services: &BTreeMap<Place, Service>| -> u64 {
        both.iter().filter_map(|place| services.get(*place)).map(|service| service.counts().attempts()).sum()
    };
    let wholes = (attempts(this.1), attempts(other.1));
    let changed = failed.into_iter().filter_map(|(key, [here, there])| {
        let (here, there) = (Share { part: here, whole: wholes.0 }, Share { part: there, whole: wholes.1 });
        let direction = judge(here, there).filter(|direction| matches!(direction, Direction::New | Direction::Gone))?;
        Some(Change::new(direction, Kind::Account, accounts.shown(key), Figure::Share(here), Figure::Share(there)))
    });
    listed(changed.collect())
}

/// The accounts of a case at the services that are compared.
fn tallies<'a>(case: &'a Case, places: &[&Place], servers: &Servers) -> Vec<&'a Tally<Account>> {
    let services = case.summary.services.iter().filter(|(key, _)| {
        let server = servers.name(key.server.as_deref());
        places.iter().any(|place| place.server == server && place.protocol == key.protocol && place.role == key.role)
    });
    services.map(|(_, service)| &service.accounts).collect()
}

/// Those with most failures in each direction, and how many there are beside them.
fn listed(mut changes: Vec<Change>) -> (Vec<Change>, u64) {
    changes.sort_by(|a, b| b.distance().total_cmp(&a.distance()).then_with(|| a.what.cmp(&b.what)));
    let (mut counted, mut left_out) = (BTreeMap::<Direction, usize>::new(), 0);
    changes.retain(|change| {
        let count = counted.entry(change.direction).or_default();
        *count += 1;
        left_out += u64::from(*count > LISTED);
        *count <= LISTED
    });
    (changes, left_out)
}
