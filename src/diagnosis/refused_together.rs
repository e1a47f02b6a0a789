//! Probes of Exchange itself and users who begin to be refused together, so that nobody logs in any more.
//!
//! That many passwords do not go wrong at once: the directory behind them, or the server's way to it, has failed.

use std::collections::BTreeSet;

use crate::case::Case;
use crate::case::failing_minutes::stretches_of_failures;
use crate::case::group::Group;
use crate::case::refusals::Whence;
use crate::collections::minutes::MINUTE;
use crate::diagnosis::finding::Finding;
use crate::diagnosis::guessing::{Guessed, Guesses};
use crate::login::error_code::ErrorClass;
use crate::login::identity::ClientClass;

/// So many failed probes, so many accounts that work at other times, and from so many addresses.
const FEWEST: (u64, usize, usize) = (3, 3, 3);
/// So many accounts are enough wherever they come from: a load balancer may give all of them one address.
const ENOUGH: usize = 6;
/// Where nothing works in all of the logs, each account tries so often, and from where people are: who guesses tries each a few times.
const OFTEN: u64 = 4;
/// It lasts so long at least.
const SHORTEST: i64 = 10 * MINUTE;

/// Asks for what would show whether accounts that are refused in all of the logs are users.
pub(super) fn ask_for_time_before(finding: &mut Finding) {
    let text = "the logs of the time before: did these accounts log in then? If none of them is yours, somebody guesses";
    finding.missing("log_line", text);
}

/// A time in which everybody was refused.
#[derive(Debug, Clone, Copy)]
pub(super) struct Together {
    /// Since the first minute in which every attempt failed.
    pub(super) start: i64,
    /// Until the last refusal.
    pub(super) end: i64,
    /// How many accounts were refused: of those that work at other times, if there are any.
    pub(super) accounts: usize,
    /// The accounts work at other times. Otherwise no login of anybody works in all of the logs.
    pub(super) are_known: bool,
}

impl Together {
    /// Such a time on the front ends of a server, if there is one: that in which most probes were refused.
    pub(super) fn of(case: &Case, guesses: &Guesses<'_>) -> Option<Self> {
        let server = guesses.server.as_deref();
        let is_refused = |group: &&Group| {
            group.service.server.as_deref() == server && group.is_front() && group.key.error_class == ErrorClass::Credentials
        };
        let refused: Vec<&Group> = case.groups.iter().filter(is_refused).collect();
        let probes = || refused.iter().filter(|group| group.key.client_class == ClientClass::HealthMailbox);
        if probes().map(|group| group.failures.count).sum::<u64>() < FEWEST.0 {
            return None;
        }
        let minutes = guesses.attempts_by_minute(|_| true);
        let stretches = stretches_of_failures(&minutes).into_iter().map(|stretch| {
            let (start, end) = stretch.span();
            (probes().map(|group| group.failures.between(start, end)).sum::<u64>(), stretch)
        });
        let (probes, stretch) = stretches.max_by_key(|(probes, stretch)| (*probes, stretch.failed))?;
        let (start, end) = stretch.span();
        if probes < FEWEST.0 || end - start < SHORTEST {
            return None;
        }
        // To the millisecond, where it is known.
        let last = refused.iter().map(|group| group.failures.span.last).filter(|last| (end - MINUTE..=end).contains(last));
        let mut together = Self { start, end: last.max().unwrap_or(end), accounts: 0, are_known: true };
        let inside: Vec<&Guessed<'_>> = guesses.accounts.iter().filter(|account| together.covers(account)).collect();
        let known = inside.iter().copied().filter(|account| account.worked_before(start) || account.worked_after(end));
        let known: Vec<&Guessed<'_>> = known.collect();
        let from = known.iter().flat_map(|account| guesses.addresses_of(account)).map(|address| address.name);
        let addresses: BTreeSet<&str> = from.collect();
        let are_many = (known.len() >= FEWEST.1 && addresses.len() >= FEWEST.2) || known.len() >= ENOUGH;
        let works_nothing = minutes.values().all(|counts| counts.succeeded == 0);
        let tries = inside.iter().map(|account| account.count()).sum::<u64>();
        together.are_known = are_many;
        together.accounts = if are_many { known.len() } else { inside.len() };
        let at_home = inside.iter().filter(|account| account.whence != Whence::Elsewhere).count();
        let is_everybody =
            works_nothing && at_home * 2 >= inside.len() && inside.len() >= ENOUGH && tries >= inside.len() as u64 * OFTEN;
        (are_many || is_everybody).then_some(together)
    }

    /// Whether an account's refusals began in that time. The minute of the last success may hold the first of them.
    pub(super) fn covers(&self, account: &Guessed<'_>) -> bool {
        (self.start - MINUTE..=self.end).contains(&account.first())
    }
}
