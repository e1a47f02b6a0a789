//! Refused credentials, account by account and address by address: what three diagnoses tell apart.
//!
//! Probes of Exchange itself are left out. An address is *suspicious* if hardly any login from it works.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::Case;
use crate::case::failing_minutes::attempts_by_minute;
use crate::case::refusals::{self, Refusals, RefusedName, Whence};
use crate::collections::map::HashSet;
use crate::location::Location;
use crate::login::error_code::ErrorClass;
use crate::login::identity::ClientClass;
use crate::merge::{Merge, Span};
use crate::protocol::{Protocol, Role};
use crate::summary::account::{Account, Refused};
use crate::summary::counts::Counts;
use crate::summary::service::Service;
use crate::text::{counted, thousands};

mod blocked;
mod break_in;
mod devices;
mod spray;

pub(super) use blocked::blocked;
pub(super) use break_in::BreakIn;
pub(super) use spray::Spray;

/// A minute and an hour in milliseconds.
const MINUTE: i64 = 60_000;
pub(super) const HOUR: i64 = 60 * MINUTE;

/// Guessing at high rate: so many refusals, so many a minute.
const FAST: (u64, f64) = (30, 10.0);
/// Faster than devices try, from more networks than they are in: so many refusals, so many a minute, from so many networks.
const TOGETHER: (u64, f64, u64) = (30, 2.0, 5);
/// Guessing from many addresses: so many refusals, from so many networks, at most so many from each.
const SPREAD: (u64, u64, u64) = (20, 5, 10);

/// So many accounts, and so many refusals, before the first login that works.
const CAME_TO_GUESS: (u64, u64) = (8, 20);

/// An account or an address with refused credentials.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guessed<'a> {
    /// Its name, as it is shown.
    pub(super) name: &'a str,
    hash: u64,
    /// How many of an account's addresses are further ones of one network.
    further: u64,
    /// From where an account was refused.
    pub(super) whence: Whence,
    /// An address that no network of strangers has.
    is_own: bool,
    account: &'a Account,
    refused: &'a Refused,
    core: Core,
    /// The first and the last login that worked, on whichever server.
    worked: Option<Span>,
}

/// The stretch with most of the refusals: single ones hours before or after are somebody's mistakes.
#[derive(Debug, Clone, Copy)]
struct Core {
    count: u64,
    first: i64,
    last: i64,
}

/// All refused credentials on the front ends of one server.
#[derive(Debug)]
pub(super) struct Guesses<'a> {
    pub(super) server: Option<String>,
    pub(super) protocols: Vec<Protocol>,
    /// The ids of the failure groups.
    pub(super) groups: Vec<String>,
    pub(super) accounts: Vec<Guessed<'a>>,
    addresses: Vec<Guessed<'a>>,
    /// All attempts of ordinary accounts.
    attempts: u64,
    /// Every account and address was kept.
    is_exact: bool,
    /// How many logins work from an address from which any do.
    logins_per_address: f64,
    /// The time that the logs cover.
    covered: Option<Span>,
    /// The front ends.
    services: Vec<&'a Service>,
}

impl<'a> Guesses<'a> {
    /// The refused credentials of each server that has any.
    pub(super) fn by_server(case: &'a Case) -> Vec<Self> {
        let is_one = |refusals: &'a Refusals| move |server: Option<&str>| server == refusals.server.as_deref();
        case.refusals.iter().map(|refusals| Self::of(case, refusals, is_one(refusals))).collect()
    }

    /// The refused credentials of some servers.
    pub(super) fn of(case: &'a Case, refusals: &'a Refusals, is_one: impl Fn(Option<&str>) -> bool) -> Self {
        let groups = case.groups.iter().filter(|group| {
            is_one(group.service.server.as_deref())
                && group.is_front()
                && group.key.error_class == ErrorClass::Credentials
                && group.key.client_class != ClientClass::HealthMailbox
        });
        let groups: Vec<_> = groups.collect();
        let mut protocols = refusals.protocols.clone();
        protocols.retain(|protocol| groups.iter().any(|group| group.service.protocol == *protocol));
        let guessed = |RefusedName { name, hash, further, whence, is_own, account, worked }: &'a RefusedName| {
            let refused = account.refused.as_deref()?;
            let (core, whence, is_own) = (Core::of(refused), *whence, *is_own);
            Some(Guessed { name, hash: *hash, further: *further, whence, is_own, core, account, refused, worked: *worked })
        };
        let front_ends = case.summary.services.iter().filter(|(key, _)| key.role == Role::FrontEnd);
        Self {
            server: refusals.server.clone(),
            protocols,
            groups: groups.iter().map(|group| group.id.clone()).collect(),
            accounts: refusals.accounts.iter().filter_map(guessed).collect(),
            addresses: refusals.addresses.iter().filter_map(guessed).collect(),
            attempts: refusals.attempts,
            is_exact: refusals.is_exact,
            logins_per_address: refusals.logins_per_address,
            covered: case.summary.span,
            services: front_ends.filter(|(key, _)| is_one(key.server.as_deref())).map(|(_, service)| service).collect(),
        }
    }

    /// How many ordinary accounts there are, refused or not.
    pub(super) fn users(&self, case: &Case) -> usize {
        let users = self.services.iter().flat_map(|service| service.users());
        users.map(|(name, _)| case.accounts.key_of(name)).collect::<HashSet<&str>>().len()
    }

    /// The attempts of some clients on these front ends in each minute.
    pub(super) fn attempts_by_minute(&self, counts: impl Fn(ClientClass) -> bool) -> BTreeMap<i64, Counts> {
        attempts_by_minute(self.services.iter().copied(), counts)
    }

    /// Whether somebody was refused from one of these addresses.
    pub(super) fn has_any(&self, addresses: &BTreeSet<String>) -> bool {
        self.addresses.iter().any(|address| addresses.contains(address.name))
    }

    /// The addresses that an account was refused from, the busiest first.
    pub(super) fn addresses_of(&self, account: &Guessed<'_>) -> Vec<&Guessed<'a>> {
        let mut from: Vec<&Guessed<'a>> =
            self.addresses.iter().filter(|address| account.refused.partners.meets(&[address.hash])).collect();
        from.sort_by_key(|address| (std::cmp::Reverse(address.count()), &address.name));
        from
    }

    /// The addresses that take part in guessing an account's password: refused at the same time, and not far less often than the
    /// others. Whoever mistypes once, from an address of his own, is none.
    pub(super) fn guessers_of(&self, account: &Guessed<'_>) -> Vec<&Guessed<'a>> {
        let fewest = account.count() / account.sources().max(1) / 4;
        let mut from = self.addresses_of(account);
        from.retain(|address| {
            address.last() >= account.first() && address.first() <= account.last() && address.count() >= fewest
        });
        from
    }

    /// Those of them from which no login had worked before: an address of the account's own, or one that others share, is no
    /// stranger's, and must not be blocked.
    pub(super) fn strangers_of(&self, account: &Guessed<'_>) -> Vec<&Guessed<'a>> {
        let mut from = self.guessers_of(account);
        from.retain(|address| !address.worked_before(account.first()));
        from
    }
}

impl Core {
    fn of(refused: &Refused) -> Self {
        let minutes = refused.minutes.iter().map(|(minute, count)| (minute * MINUTE, (minute + 1) * MINUTE - 1, *count));
        let densest = densest(minutes.collect());
        Self { first: densest.first.max(refused.span.first), last: densest.last.min(refused.span.last), ..densest }
    }
}

/// The accounts whose passwords somebody guesses on any of the servers, or on all of them together: what one of them sees of it may
/// look like a device.
pub(super) fn forced_anywhere(case: &Case, all: &[Guesses<'_>]) -> BTreeSet<String> {
    let forced = |guesses: &Guesses<'_>| {
        let accounts = guesses.accounts.iter().filter(|account| guesses.is_forced(account));
        accounts.map(|account| account.name.to_owned()).collect::<Vec<_>>()
    };
    let mut found: BTreeSet<String> = all.iter().flat_map(forced).collect();
    if may_be_forced_together(all) {
        let refusals = refusals::together(&case.summary, &case.accounts, |_| true);
        found.extend(forced(&Guesses::of(case, &refusals, |_| true)));
    }
    found
}

/// Whether what servers see of one account may be guessing together: to put all of them together costs far more than to ask.
fn may_be_forced_together(all: &[Guesses<'_>]) -> bool {
    let mut of_account = BTreeMap::<&str, Vec<&Guessed<'_>>>::new();
    for account in all.iter().flat_map(|guesses| &guesses.accounts) {
        of_account.entry(account.name).or_default().push(account);
    }
    of_account.retain(|_, parts| parts.len() > 1 && parts.iter().map(|part| part.count()).sum::<u64>() >= SPREAD.0.min(FAST.0));
    of_account.into_values().any(|parts| {
        let mut account = Account::default();
        parts.iter().for_each(|part| account.merge_with(part.account.clone()));
        let Some(refused) = account.refused.as_deref() else { return false };
        parts.first().is_some_and(|part| {
            Guessed { core: Core::of(refused), account: &account, refused, further: 0, ..**part }.is_brute_force()
        })
    })
}

/// Of the stretches (first, last, how many) that lie so close to each other that they are one, those with most in them. Close is
/// an hour, or ten times the usual distance.
fn densest(mut stretches: Vec<(i64, i64, u64)>) -> Core {
    stretches.sort_unstable();
    let mut apart: Vec<i64> = stretches.iter().zip(stretches.iter().skip(1)).map(|(a, b)| b.0 - a.0).collect();
    apart.sort_unstable();
    let limit = HOUR.max(apart.get(apart.len() / 2).copied().unwrap_or_default().saturating_mul(10));
    let (mut best, mut current): (Option<Core>, Option<Core>) = (None, None);
    for (first, last, count) in stretches {
        let next = match current {
            Some(one) if first - one.last <= limit => {
                Core { first: one.first, last: one.last.max(last), count: one.count + count }
            }
            _ => Core { first, last, count },
        };
        if best.is_none_or(|best| next.count > best.count) {
            best = Some(next);
        }
        current = Some(next);
    }
    best.unwrap_or(Core { first: 0, last: 0, count: 0 })
}

impl Guessed<'_> {
    /// How often it was refused.
    pub(super) fn count(&self) -> u64 {
        self.refused.count
    }

    /// From how many addresses, or (of an address) how many accounts.
    pub(super) fn sources(&self) -> u64 {
        self.refused.sources()
    }

    /// From how many networks at least: a device changes its address within one. Of very many addresses some are kept.
    fn networks(&self) -> u64 {
        self.kept().saturating_sub(self.further).max(1)
    }

    fn kept(&self) -> u64 {
        self.refused.partners.kept().len() as u64
    }

    /// From where an account was refused, in words.
    pub(super) fn sources_in_words(&self) -> String {
        let addresses = counted(self.sources(), "address", "addresses");
        let networks = self.networks();
        let or_more = if self.sources() > self.kept() && networks > 1 { "at least " } else { "" };
        match self.sources() {
            1 => "one address".to_owned(),
            _ if self.further == 0 => addresses,
            _ if networks == 1 => format!("{addresses} of one network"),
            _ => format!("{addresses} of {or_more}{} networks", thousands(networks)),
        }
    }

    /// The first refusal of the stretch with most of them (milliseconds since 1970 UTC).
    pub(super) fn first(&self) -> i64 {
        self.core.first
    }

    /// The last one.
    pub(super) fn last(&self) -> i64 {
        self.core.last
    }

    /// Where the first refusal stands.
    pub(super) fn line(&self) -> &Location {
        &self.refused.first.1
    }

    fn is_suspicious(&self) -> bool {
        self.account.counts.succeeded * 5 <= self.count() || self.came_to_guess()
    }

    /// An address of strangers that was refused with several accounts before any login worked: what works then is a right guess.
    fn came_to_guess(&self) -> bool {
        self.sources() >= CAME_TO_GUESS.0 && self.count() >= CAME_TO_GUESS.1 && !self.is_own && !self.worked_before(self.last())
    }

    /// When a login worked after a refusal: the first success of all if that came after a refusal, else the last.
    pub(super) fn success_after_refusal(&self) -> Option<i64> {
        let succeeded = self.worked?;
        [succeeded.first, succeeded.last].into_iter().find(|moment| *moment > self.first())
    }

    /// A login worked at any time.
    pub(super) fn has_worked(&self) -> bool {
        self.worked.is_some()
    }

    /// A login worked before a moment.
    pub(super) fn worked_before(&self, moment: i64) -> bool {
        self.worked.is_some_and(|worked| worked.first < moment)
    }

    /// A login worked after a moment.
    pub(super) fn worked_after(&self, moment: i64) -> bool {
        self.worked.is_some_and(|worked| worked.last > moment)
    }

    /// Whether its first or its last success was at this moment.
    fn succeeded_at(&self, moment: i64) -> bool {
        self.worked.is_some_and(|worked| worked.has_end_at(moment))
    }

    /// Refusals in a minute, in the stretch with most of them.
    fn rate(&self) -> f64 {
        self.core.count as f64 * MINUTE as f64 / (self.last() - self.first()).max(MINUTE) as f64
    }

    /// Very many refusals in short time, or from many addresses.
    pub(super) fn is_brute_force(&self) -> bool {
        let (count, networks) = (self.count(), self.networks());
        let is_fast = self.core.count >= FAST.0 && self.rate() >= FAST.1;
        let is_together = self.core.count >= TOGETHER.0 && self.rate() >= TOGETHER.1 && networks >= TOGETHER.2;
        let is_spread = count >= SPREAD.0 && networks >= SPREAD.1 && count <= networks * SPREAD.2.max(count / 20);
        is_fast || is_together || is_spread
    }

    /// The name without its domain, on either side.
    pub(super) fn bare_name(&self) -> &str {
        let local = self.name.split('@').next().unwrap_or(self.name);
        local.rsplit(['\\', '/']).next().unwrap_or(local)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::login::outcome::Outcome;
    use crate::summary::account::OldWays;

    /// An account with refusals (minute, address).
    fn refused(refusals: impl IntoIterator<Item = (f64, u32)>) -> Account {
        let mut account = Account::default();
        for (minute, address) in refusals {
            let moment = (minute * MINUTE as f64) as i64;
            account.add(Outcome::Failed, moment, OldWays::default());
            account.add_refused(moment, || Location::new("f", 1), &format!("198.51.100.{address}"));
        }
        account
    }

    fn guessed(account: &Account) -> Guessed<'_> {
        let refused = account.refused.as_deref().unwrap();
        Guessed {
            name: "alice@contoso.com",
            hash: 0,
            further: 0,
            whence: Whence::Own,
            is_own: false,
            core: Core::of(refused),
            account,
            refused,
            worked: None,
        }
    }

    #[test]
    fn a_device_a_guesser_and_a_mistake_are_told_apart() {
        for (name, refusals, stale, forced) in [
            ("a device every five minutes", (0..84).map(|n| (f64::from(n) * 5.0, 1)).collect::<Vec<_>>(), true, false),
            ("a device every minute", (0..300).map(|n| (f64::from(n), 1)).collect(), true, false),
            ("two mistakes", vec![(0.0, 1), (0.1, 1)], false, false),
            ("mistakes over a month", (0..12).map(|n| (f64::from(n) * 3000.0, 1)).collect(), false, false),
            (
                "a device, and a mistake hours before",
                (0..84).map(|n| (f64::from(n) * 5.0 + 400.0, 1)).chain([(0.0, 1)]).collect(),
                true,
                false,
            ),
            (
                "a guesser, and a mistake hours before",
                (0..300).map(|n| (f64::from(n) * 0.02 + 400.0, 1)).chain([(0.0, 2)]).collect(),
                false,
                true,
            ),
            ("a guesser at high rate", (0..600).map(|n| (f64::from(n) * 0.05, 1)).collect(), false, true),
            ("a device that goes from network to network", (0..144).map(|n| (f64::from(n) * 10.0, n % 8)).collect(), true, false),
            ("a guesser at a few addresses", (0..140).map(|n| (f64::from(n) * 0.16, n % 8)).collect(), false, true),
            ("a guesser from many addresses", (0..200).map(|n| (f64::from(n), n % 50)).collect(), false, true),
        ] {
            let account = refused(refusals);
            let account = guessed(&account);
            let is_forced = account.is_brute_force();
            assert_eq!((account.is_steady() && !is_forced, is_forced), (stale, forced), "{name}");
        }
    }
}
