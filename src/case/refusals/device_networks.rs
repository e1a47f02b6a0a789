//! Networks within which one device changes its address: its own /64 of IPv6, and what a carrier translates addresses into.
//!
//! Counted under the addresses themselves, before pseudonyms take their place.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::case::refusals::RefusedName;
use crate::collections::map::HashMap;

/// Counts for each account how many of the addresses it was refused from are further ones of a network.
pub(super) fn count_further(accounts: &mut [RefusedName], addresses: &[RefusedName]) {
    let mut networks = HashMap::<u64, IpAddr>::new();
    for address in addresses {
        if let Some(network) = address.name.parse().ok().and_then(network) {
            networks.insert(address.hash, network);
        }
    }
    for account in accounts {
        let Some(refused) = &account.account.refused else { continue };
        let mut found: Vec<&IpAddr> = refused.partners.kept().iter().filter_map(|hash| networks.get(hash)).collect();
        let addresses = found.len();
        found.sort_unstable();
        found.dedup();
        account.further = (addresses - found.len()) as u64;
    }
}

/// The first address of a network of devices; `None` if the address stands for itself.
fn network(address: IpAddr) -> Option<IpAddr> {
    match address.to_canonical() {
        // RFC 6598: 100.64.0.0/10, addresses that carriers share among their customers.
        IpAddr::V4(address) if address.octets().first() == Some(&100) => {
            let shared = Ipv4Addr::new(100, 64, 0, 0);
            (address.to_bits() >> 22 == shared.to_bits() >> 22).then_some(shared.into())
        }
        IpAddr::V4(_) => None,
        IpAddr::V6(address) => Some(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_changes_within_its_network() {
        for (address, expected) in [
            ("2001:db8:1:2:aaaa::1", Some("2001:db8:1:2::")),
            ("2001:db8:1:2::ffff", Some("2001:db8:1:2::")),
            ("2001:db8:1:3::1", Some("2001:db8:1:3::")),
            ("100.64.0.1", Some("100.64.0.0")),
            ("100.127.255.255", Some("100.64.0.0")),
            ("100.128.0.1", None),
            ("100.63.255.255", None),
            ("203.0.113.5", None),
            ("::ffff:203.0.113.5", None),
            ("::ffff:100.64.9.9", Some("100.64.0.0")),
        ] {
            assert_eq!(network(address.parse().unwrap()), expected.map(|network| network.parse().unwrap()), "{address}");
        }
    }
}
