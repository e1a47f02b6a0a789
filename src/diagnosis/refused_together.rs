//! Probes of Exchange itself and users who begin to be refused together, so that nobody logs in any more.
//!
//! That many passwords do not go wrong at once: the directory behind them, or the server's way to it, has failed.

use crate::case::Case;
use crate::collections::minutes::MINUTE;
use crate::diagnosis::guessing::{Guessed, Guesses};
use crate::login::error_code::ErrorClass;
use crate::login::identity::ClientClass;
use crate::protocol::Role;

/// So many failed probes, so many accounts that worked before, and from so many addresses.
const FEWEST: (u64, usize, usize) = (3, 3, 3);
/// So many accounts are enough wherever they come from: a load balancer may give all of them one address.
const ENOUGH: usize = 6;
/// It lasts so long at least.
const SHORTEST: i64 = 10 * MINUTE;

/// A time in which everybody was refused.
#[derive(Debug, Clone, Copy)]
pub(super) struct Together {
    /// Since the minute after the last success.
    pub(super) start: i64,
    /// Until the last refusal of a probe.
    pub(super) end: i64,
    /// How many accounts that worked before were refused.
    pub(super) accounts: usize,
}

impl Together {
    /// Such a time on the front ends of a server, if there is one.
    pub(super) fn of(case: &Case, guesses: &Guesses<'_>) -> Option<Self> {
        let server = guesses.server.as_deref();
        let probes = case.groups.iter().filter(|group| {
            group.service.server.as_deref() == server
                && group.is_front()
                && group.key.error_class == ErrorClass::Credentials
                && group.key.client_class == ClientClass::HealthMailbox
        });
        let end = probes.clone().map(|group| group.failures.span.last).max()?;
        let services = case.summary.services.iter();
        let services = services.filter(|(key, _)| key.server.as_deref() == server && key.role == Role::FrontEnd);
        let minutes = services.flat_map(|(_, service)| service.series.values()).flat_map(|series| series.iter());
        let worked = minutes.filter(|(minute, counts)| counts.succeeded > 0 && minute * MINUTE <= end);
        let start = (worked.map(|(minute, _)| minute).max()? + 1) * MINUTE;
        let probes: u64 = probes.map(|group| group.failures.between(start, end)).sum();
        let mut together = Self { start, end, accounts: 0 };
        let refused = guesses.accounts.iter().filter(|account| account.worked_before(start) && together.covers(account));
        let refused: Vec<&Guessed<'_>> = refused.collect();
        let mut addresses: Vec<&str> =
            refused.iter().flat_map(|account| guesses.addresses_of(account)).map(|address| address.name).collect();
        addresses.sort_unstable();
        addresses.dedup();
        together.accounts = refused.len();
        let are_many = (refused.len() >= FEWEST.1 && addresses.len() >= FEWEST.2) || refused.len() >= ENOUGH;
        let is_enough = probes >= FEWEST.0 && are_many;
        (is_enough && end - start >= SHORTEST).then_some(together)
    }

    /// Whether an account's refusals began in that time. The minute of the last success may hold the first of them.
    pub(super) fn covers(&self, account: &Guessed<'_>) -> bool {
        (self.start - MINUTE..=self.end).contains(&account.first())
    }
}
