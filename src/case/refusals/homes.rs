//! Accounts that are refused where people are: at an address that hardly anybody else is refused from, or in the own network.
//!
//! Who guesses comes from one address with many accounts, or with each account from many addresses.

use std::net::IpAddr;

use crate::case::refusals::RefusedName;
use crate::collections::map::HashMap;

/// From where an account was refused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Whence {
    /// From an address or two of its own, from which hardly anybody else was refused.
    Own,
    /// From inside the own network, or by its load balancer.
    Inside,
    /// From elsewhere.
    #[default]
    Elsewhere,
}

/// So many addresses of one account, and so many accounts of one address, are people's own.
const OWN: u64 = 2;

/// Notes from where accounts were refused.
pub(super) fn note(accounts: &mut [RefusedName], addresses: &[RefusedName]) {
    let known: HashMap<u64, (bool, u64)> = addresses
        .iter()
        .filter_map(|one| Some((one.hash, (is_inside(&one.name), one.account.refused.as_deref()?.sources()))))
        .collect();
    for account in accounts {
        let Some(refused) = account.account.refused.as_deref() else { continue };
        let from: Vec<(bool, u64)> = refused.partners.kept().iter().filter_map(|hash| known.get(hash).copied()).collect();
        let are_own = refused.sources() <= OWN && from.iter().all(|(_, accounts)| *accounts <= OWN);
        account.whence = match from.as_slice() {
            [] => Whence::Elsewhere,
            _ if are_own => Whence::Own,
            from if from.iter().all(|(is_inside, _)| *is_inside) => Whence::Inside,
            _ => Whence::Elsewhere,
        };
    }
}

/// Whether an address is that of the server itself, or lies in a private network: of the organisation, or of its load balancer.
pub(super) fn is_own(address: &str) -> bool {
    is_inside(address)
        || address.parse::<IpAddr>().is_ok_and(|address| match address.to_canonical() {
            IpAddr::V4(address) => address.is_loopback() || address.is_link_local(),
            IpAddr::V6(address) => address.is_loopback() || address.is_unicast_link_local(),
        })
}

/// Whether an address lies in a private network.
fn is_inside(address: &str) -> bool {
    address.parse::<IpAddr>().is_ok_and(|address| match address.to_canonical() {
        IpAddr::V4(address) => address.is_private(),
        IpAddr::V6(address) => address.is_unique_local(),
    })
}
