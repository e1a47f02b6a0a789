//! What to do about the addresses from which somebody guesses: strangers are blocked, others are found out about.

use std::net::IpAddr;

use crate::diagnosis::guessing::Guessed;
use crate::text::thousands;

/// So many addresses stand in a block list.
const LISTED: usize = 50;

/// What to do about addresses from which somebody guesses since a moment: to block strangers, and none from which logins worked
/// before.
pub(in crate::diagnosis) fn blocked(guessers: &[&Guessed<'_>], since: i64) -> String {
    let (shared, strangers): (Vec<_>, Vec<_>) = guessers.iter().partition(|address| address.worked_before(since));
    match (strangers.as_slice(), shared.as_slice()) {
        (strangers, []) => format!("Block these addresses at the firewall: {}", block_list(strangers)),
        ([], shared) => format!(
            "Find out who is behind these addresses, and do not block them, since logins from them worked before: {}",
            block_list(shared)
        ),
        (strangers, shared) => format!(
            "Block these addresses at the firewall: {}; and not these, from which logins worked before: {}",
            block_list(strangers),
            block_list(shared)
        ),
    }
}

/// The addresses to block, in the order of their numbers: the busiest ones if there are very many, and how many more there are.
fn block_list(addresses: &[&Guessed<'_>]) -> String {
    let number = |address: &Guessed<'_>| address.name.parse::<IpAddr>().ok();
    let mut listed: Vec<&Guessed<'_>> = addresses.to_vec();
    listed.sort_by_key(|address| (std::cmp::Reverse(address.count()), number(address), address.name));
    let more = listed.len().saturating_sub(LISTED);
    listed.truncate(LISTED);
    // What is no number, such as a pseudonym, comes last.
    listed.sort_by_key(|address| (number(address).is_none(), number(address), address.name));
    let names: Vec<&str> = listed.into_iter().map(|address| address.name).collect();
    match more {
        0 => names.join(", "),
        more => format!("{} and {} more", names.join(", "), thousands(more as u64)),
    }
}
