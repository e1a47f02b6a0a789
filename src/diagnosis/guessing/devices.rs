//! Devices with an old password, told from those who guess: they are at home at their addresses, or move from one to the next.

use crate::diagnosis::guessing::{Guessed, Guesses, MINUTE};

/// From how many refusals on one account is worth a word, and how many in an hour. From more networks than so many it is one device
/// only where most of their addresses try nobody else.
const STALE: (u64, f64, u64) = (10, 0.5, 4);

/// The refusals of a stale device are at least one in so many attempts of its account.
const HEAVY: u64 = 4;

/// A device that moves tries so often from each address, and so often a minute at the most.
const MOVING: (u64, f64) = (5, 0.5);

/// So many logins that work afterwards are no single right guess.
const MENDED: u64 = 10;

impl<'a> Guesses<'a> {
    /// Accounts with a device or program that still has an old password. Somebody who mistypes now and then succeeds far more
    /// often; a device never does, so that its refusals weigh among all attempts, or its address sees no success.
    pub(in crate::diagnosis) fn stale_devices(&self) -> Vec<&Guessed<'a>> {
        let weighs = |account: &&Guessed<'_>| account.count() * HEAVY >= account.account.counts.attempts();
        let has_own_address = |account: &&Guessed<'_>| {
            let mut from = self.addresses_of(account).into_iter();
            from.any(|address| address.sources() == 1 && address.count() >= STALE.0 && address.is_suspicious())
        };
        let is_alone = |account: &&Guessed<'_>| {
            let from = self.addresses_of(account);
            account.networks() <= STALE.2 || from.iter().filter(|address| address.sources() == 1).count() * 2 > from.len()
        };
        let is_device = |account: &&Guessed<'_>| weighs(account) || has_own_address(account);
        let steady = self.accounts.iter().filter(|account| account.is_steady() && !self.is_forced(account));
        steady.filter(|account| is_device(account) && is_alone(account)).collect()
    }

    /// Whether somebody guesses an account's password, and no device of its own tries an old one.
    pub(in crate::diagnosis) fn is_forced(&self, account: &Guessed<'_>) -> bool {
        account.is_brute_force()
            && !self.is_own_device(account)
            && !self.is_moving_device(account)
            && !self.is_mended_program(account)
    }

    /// Whether every refusal comes from addresses that try nobody else and from which logins worked before, as they did of the account.
    fn is_own_device(&self, account: &Guessed<'_>) -> bool {
        let from = self.addresses_of(account);
        let is_own = |address: &&Guessed<'_>| address.sources() == 1 && address.worked_before(account.first());
        !from.is_empty() && account.worked_before(account.first()) && from.iter().all(is_own)
    }

    /// Whether every refusal comes from one address of the own network that tries nobody else, and the account logs in from there ever
    /// since: a program that had an old password, and has the right one now.
    pub(in crate::diagnosis) fn is_mended_program(&self, account: &Guessed<'_>) -> bool {
        let from = self.addresses_of(account);
        let [address] = from.as_slice() else { return false };
        let is_its_alone = address.sources() == 1 && address.is_own;
        let is_mended = address.worked_after(address.last()) && account.worked_after(account.last());
        is_its_alone && is_mended && address.account.counts.succeeded >= MENDED
    }

    /// Whether the refusals come slowly, from one address after the other, from each for a while: so does a phone on its way.
    fn is_moving_device(&self, account: &Guessed<'_>) -> bool {
        let mut from = self.addresses_of(account);
        from.retain(|address| address.sources() == 1);
        from.sort_by_key(|address| address.refused.span.first);
        let turns = from.iter().zip(from.iter().skip(1));
        let beside = turns.filter(|(one, next)| next.refused.span.first < one.refused.span.last).count();
        let refused: u64 = from.iter().map(|address| address.count()).sum();
        refused >= MOVING.0 * from.len() as u64
            && refused * 10 >= account.count() * 9
            && beside * 10 <= from.len()
            && account.rate() <= MOVING.1
    }
}

impl Guessed<'_> {
    /// One account refused again and again, steadily.
    pub(super) fn is_steady(&self) -> bool {
        self.core.count >= STALE.0 && self.rate() * 60.0 >= STALE.1 && self.last() - self.first() >= 10 * MINUTE
    }
}
