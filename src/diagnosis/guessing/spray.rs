//! Many accounts, each tried with a few passwords: by which addresses, and whether one of them got in.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use crate::case::failing_minutes::FailingMinutes;
use crate::diagnosis::guessing::{Core, Guessed, Guesses, HOUR, MINUTE, densest};
use crate::login::identity::ClientClass;

/// A spray tries each account so often at the most.
const FEW_TRIES: u64 = 12;
/// An address that tries so many accounts, and how many accounts such addresses have tried in all.
const FROM_ONE: (u64, usize) = (5, 8);
/// Beside such an address one that tries so many accounts belongs to the spray.
const ALIKE: u64 = 3;
/// So many accounts that never logged in, from suspicious addresses, and at least half of all that were refused.
const NEVER_IN: usize = 15;
/// So many accounts from so many suspicious addresses, if refusals are more than this share of all attempts.
const MANY: (usize, usize, f64) = (20, 20, 0.15);
/// So many suspicious addresses, at least half of all with refusals, and so many accounts, where an address from which logins
/// work sees so many of them: there an address that only ever fails is no user's.
const STRANGERS: (usize, usize, f64) = (30, 15, 5.0);

/// What a spray is like among ordinary logins from the same addresses.
struct AmongOthers {
    /// So many accounts, from an address that tries so many.
    accounts: usize,
    /// Each tried so often at the most.
    tries: u64,
    /// So long at the most between the first tries of one account and of the next, in milliseconds.
    pause: i64,
    /// So many times as many in that time as in the rest.
    denser: f64,
    /// What logs must cover, in milliseconds: in a short time a device with an old password tries a few times too.
    covered: i64,
}

const AMONG_OTHERS: AmongOthers = AmongOthers { accounts: 20, tries: 3, pause: 2 * MINUTE, denser: 4.0, covered: 4 * HOUR };

/// Many accounts tried with a few passwords each.
#[derive(Debug)]
pub(in crate::diagnosis) struct Spray<'a> {
    pub(in crate::diagnosis) accounts: Vec<&'a Guessed<'a>>,
    /// The addresses they were tried from, the busiest first.
    pub(in crate::diagnosis) addresses: Vec<&'a Guessed<'a>>,
    /// Those of them from which a login worked after a refusal.
    pub(in crate::diagnosis) broken: Vec<&'a Guessed<'a>>,
    pub(in crate::diagnosis) never_succeeded: usize,
    /// While nobody else was there: how many logins worked all the same.
    pub(in crate::diagnosis) worked_meanwhile: u64,
    /// Others log in from these addresses, so that the accounts show it, and not the addresses.
    pub(in crate::diagnosis) is_among_others: bool,
    pub(in crate::diagnosis) first: i64,
    pub(in crate::diagnosis) last: i64,
}

/// Accounts that were new one right after the other, and what else users did at that time.
struct Alone<'s, 'a> {
    accounts: Vec<&'s Guessed<'a>>,
    refused: u64,
    /// Logins that worked.
    worked: u64,
    /// Hardly anybody tried right before and right after.
    is_alone: bool,
}

impl Alone<'_, '_> {
    fn is_spray(&self) -> bool {
        self.is_alone && self.worked * 4 < self.refused
    }
}

/// Of names in the order of their first refusals those that follow each other closely, if they are enough.
fn longest_run<'n, 's, 'a>(names: &'n [&'s Guessed<'a>]) -> Option<&'n [&'s Guessed<'a>]> {
    let is_next = |one: &&Guessed<'_>, next: &&Guessed<'_>| next.first() - one.first() <= AMONG_OTHERS.pause;
    names.chunk_by(is_next).max_by_key(|run| run.len()).filter(|run| run.len() >= AMONG_OTHERS.accounts)
}

/// From the first refusal to the last one; single mistakes hours later are no part of it.
fn span_of(accounts: &[&Guessed<'_>]) -> (i64, i64) {
    let begins = || accounts.iter().map(|account| account.first());
    let (first, latest) = (begins().min().unwrap_or_default(), begins().max().unwrap_or_default());
    let last_of = |account: &&Guessed<'_>| {
        let ends = account.refused.minutes.iter().map(|(minute, _)| (minute + 1) * MINUTE - 1);
        ends.filter(|end| *end <= latest + HOUR).max().map(|end| end.min(account.refused.span.last))
    };
    (first, accounts.iter().filter_map(last_of).max().unwrap_or(latest))
}

impl<'a> Guesses<'a> {
    /// Whether many accounts are tried with a few passwords each.
    pub(in crate::diagnosis) fn spray(&self) -> Option<Spray<'_>> {
        let suspicious: Vec<&Guessed<'a>> = self.addresses.iter().filter(|address| address.is_suspicious()).collect();
        let many: Vec<&Guessed<'a>> = suspicious.iter().copied().filter(|address| address.sources() >= FROM_ONE.0).collect();
        if !many.is_empty() && self.tried_from(&many).len() >= FROM_ONE.1 {
            // Others do the same with fewer tries; an address that tries one account or two may be anybody's.
            let alike: Vec<&Guessed<'a>> = suspicious.iter().copied().filter(|address| address.sources() >= ALIKE).collect();
            return Some(self.spray_of(self.tried_from(&alike), alike));
        }
        // Addresses that try the same account again and again are devices with an old password.
        let few: Vec<&Guessed<'a>> =
            suspicious.into_iter().filter(|address| address.count() <= FEW_TRIES * address.sources()).collect();
        let tried = self.tried_from(&few);
        let never_in = tried.iter().filter(|account| account.worked.is_none()).count();
        let refused: u64 = tried.iter().map(|account| account.count()).sum();
        let is_many = tried.len() >= MANY.0 && few.len() >= MANY.1 && refused as f64 > self.attempts as f64 * MANY.2;
        let is_never_in = never_in >= NEVER_IN && never_in * 2 >= self.accounts.len();
        let are_strangers = few.len() >= STRANGERS.0
            && few.len() * 2 >= self.addresses.len()
            && tried.len() >= STRANGERS.1
            && self.logins_per_address >= STRANGERS.2;
        if is_never_in || is_many || are_strangers {
            return Some(self.spray_of(tried, few));
        }
        self.spray_among_others()
    }

    /// A spray from addresses from which others log in, such as the one that a load balancer gives everybody: such an address says
    /// nothing. Many names that are new one right after the other do, if they never log in, or while nobody else is there.
    fn spray_among_others(&self) -> Option<Spray<'_>> {
        let covered = self.covered.filter(|covered| self.is_exact && covered.last - covered.first >= AMONG_OTHERS.covered)?;
        let is_shared = |address: &&Guessed<'_>| !address.is_suspicious() && address.sources() >= AMONG_OTHERS.accounts as u64;
        let mut addresses: Vec<&Guessed<'a>> = self.addresses.iter().filter(is_shared).collect();
        let mut names = self.tried_from(&addresses);
        names.retain(|account| account.count() <= AMONG_OTHERS.tries);
        names.sort_by_key(|account| account.first());
        let alone = longest_run(&names).map(|run| self.alone(run)).filter(Alone::is_spray);
        names.retain(|account| account.worked.is_none());
        let worked_meanwhile = alone.as_ref().map_or(0, |alone| alone.worked);
        let accounts = match alone {
            Some(alone) => alone.accounts,
            None => longest_run(&names)?.to_vec(),
        };
        let (first, last) = span_of(&accounts);
        // Where such names come all the time, they are people's mistakes.
        let (inside, outside) = (last - first, covered.last - covered.first - (last - first));
        let others = names.iter().filter(|name| !(first..=last).contains(&name.first())).count() as f64;
        let is_sudden = others * inside as f64 * AMONG_OTHERS.denser <= accounts.len() as f64 * outside as f64;
        addresses.retain(|address| accounts.iter().any(|account| account.refused.partners.meets(&[address.hash])));
        // From where nobody had logged in before came no crowd to hide in: somebody tries something out there, and then it works.
        let are_shared = addresses.iter().any(|address| address.worked_before(first));
        (is_sudden && are_shared).then(|| Spray {
            never_succeeded: accounts.iter().filter(|account| account.worked.is_none()).count(),
            accounts,
            addresses,
            broken: Vec::new(),
            worked_meanwhile,
            is_among_others: true,
            first,
            last,
        })
    }

    /// What else users did while these accounts were tried.
    fn alone<'s>(&self, accounts: &[&'s Guessed<'a>]) -> Alone<'s, 'a> {
        let (first, last) = span_of(accounts);
        let minutes = self.attempts_by_minute(|class| class != ClientClass::HealthMailbox);
        let (from, last) = (first.div_euclid(MINUTE), last.div_euclid(MINUTE));
        let tries = accounts.iter().flat_map(|account| account.refused.minutes.iter());
        let refused = tries.filter(|(minute, _)| (from..=last).contains(minute)).map(|(_, count)| count).sum();
        Alone {
            accounts: accounts.to_vec(),
            worked: minutes.range(from..=last).map(|(_, counts)| counts.succeeded).sum(),
            is_alone: FailingMinutes { from, last, until: None, failed: refused }.is_alone(&minutes),
            refused,
        }
    }

    /// The accounts with few tries that were refused from any of the addresses.
    fn tried_from(&self, addresses: &[&Guessed<'_>]) -> Vec<&Guessed<'a>> {
        let mut hashes: Vec<u64> = addresses.iter().map(|address| address.hash).collect();
        hashes.sort_unstable();
        // Of a spray over more names than are kept, account and address are hardly ever both kept.
        let is_tried = |account: &&Guessed<'_>| match self.is_exact {
            true => account.refused.partners.meets(&hashes),
            false => account.worked.is_none(),
        };
        self.accounts.iter().filter(|account| account.count() <= FEW_TRIES).filter(is_tried).collect()
    }

    fn spray_of<'s>(&'s self, mut accounts: Vec<&'s Guessed<'s>>, mut addresses: Vec<&'s Guessed<'s>>) -> Spray<'s> {
        addresses.sort_by_key(|address| (std::cmp::Reverse(address.count()), &address.name));
        // From when to when they were at it: single refusals long before or after are somebody's mistake.
        let Core { first, last, .. } =
            densest(addresses.iter().map(|address| (address.first(), address.last(), address.count())).collect());
        let all = addresses.len();
        addresses.retain(|address| address.last() >= first && address.first() <= last);
        // With those that were there at another time go the accounts that only they tried.
        if addresses.len() < all {
            accounts = self.tried_from(&addresses);
        }
        let broken: Vec<&Guessed<'_>> = self.broken_in(&accounts, &addresses, first..=last).collect();
        addresses.extend(broken);
        let broken = addresses.iter().copied().filter(|address| self.has_broken_in(address)).collect();
        let never_succeeded = accounts.iter().filter(|account| account.worked.is_none()).count();
        Spray { accounts, addresses, broken, never_succeeded, worked_meanwhile: 0, is_among_others: false, first, last }
    }

    /// The addresses that took part in a spray and then got in: a login that works after few refusals looks like somebody who
    /// mistyped, but nobody mistypes the names of several accounts that are being tried, and never logged in from there before.
    fn broken_in(
        &self,
        accounts: &[&Guessed<'_>],
        known: &[&Guessed<'_>],
        time: RangeInclusive<i64>,
    ) -> impl Iterator<Item = &Guessed<'a>> {
        let mut tried: Vec<u64> = accounts.iter().map(|account| account.hash).collect();
        tried.sort_unstable();
        let known: BTreeSet<&str> = known.iter().map(|address| address.name).collect();
        self.addresses.iter().filter(move |address| {
            let partners = address.refused.partners.kept();
            address.sources() >= 2
                && partners.iter().all(|partner| tried.binary_search(partner).is_ok())
                && time.contains(&address.first())
                && self.has_broken_in(address)
                && !address.worked_before(address.first())
                && address.account.counts.succeeded <= address.count()
                && !known.contains(address.name)
        })
    }
}
