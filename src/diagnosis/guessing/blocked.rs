//! What to do about the addresses from which somebody guesses: strangers are blocked, others are found out about.

use std::net::IpAddr;

use crate::diagnosis::guessing::{Guessed, Guesses};
use crate::text::thousands;

/// So many addresses stand in a block list.
const LISTED: usize = 50;

/// What to do about addresses from which somebody guesses since a moment: to block strangers, and none from which others log in, or
/// which are the organisation's own.
pub(in crate::diagnosis) fn blocked(guesses: &Guesses<'_>, guessers: &[&Guessed<'_>], since: i64) -> String {
    let (own, others): (Vec<&Guessed<'_>>, Vec<&Guessed<'_>>) =
        guessers.iter().partition(|address| !address.worked_before(since) && address.is_own);
    let (shared, strangers): (Vec<_>, Vec<_>) = others
        .into_iter()
        .partition(|address| address.worked_before(since) || (address.worked_after(since) && !guesses.has_broken_in(address)));
    let mut steps = Vec::new();
    if !strangers.is_empty() {
        steps.push(format!("block these addresses at the firewall: {}", block_list(&strangers)));
    }
    if !shared.is_empty() {
        let list = block_list(&shared);
        steps.push(match strangers.is_empty() {
            true => format!("find out who is behind these addresses, and do not block them, since logins from them work: {list}"),
            false => format!("and not these, from which logins work: {list}"),
        });
    }
    if !own.is_empty() {
        steps.push(format!("find out what runs at these addresses of your own network: {}", block_list(&own)));
    }
    let steps = steps.join("; ");
    let mut letters = steps.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_ascii_uppercase(), letters.as_str()))
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
