//! A login that worked from an address that guesses: a guess that was right.

use crate::case::Case;
use crate::clock::{Zone, for_people};
use crate::diagnosis::finding::{Effect, Finding};
use crate::diagnosis::guessing::{Guessed, Guesses, HOUR};
use crate::merge::Span;
use crate::protocol::Role;

/// A login of another account that works so long after the last refusal, in milliseconds, is none of who guessed: a carrier gives its
/// addresses to others.
const LATE: i64 = HOUR;

/// A login from an address after refusals.
#[derive(Debug)]
pub(in crate::diagnosis) struct BreakIn<'a> {
    address: &'a str,
    /// In milliseconds since 1970 UTC.
    moment: i64,
    /// Where, if there is more than one server.
    server: Option<&'a str>,
    /// Whose login it was, to judge by the moment.
    account: Option<&'a str>,
}

impl<'a> Guesses<'a> {
    /// When a login from an address worked after refusals, and whose it was, if that is known; none if it is of others.
    fn right_guess(&self, address: &Guessed<'_>) -> Option<(i64, Option<&'a str>)> {
        let moment = address.success_after_refusal()?;
        let account = account_of(self, address, moment);
        let is_of_others = account.is_none() && moment > address.last() + LATE && self.is_of_others(address);
        (!is_of_others).then_some((moment, account))
    }

    /// Whether the first or the last login that worked from an address was one of an account that was not refused from there.
    fn is_of_others(&self, address: &Guessed<'_>) -> bool {
        let Some(worked) = address.worked else { return false };
        let accounts = self.services.iter().flat_map(|service| service.accounts.iter());
        let is_then = |span: Span| span.has_end_at(worked.first) || span.has_end_at(worked.last);
        let mut then = accounts.filter(|(.., account)| account.succeeded.is_some_and(is_then));
        then.any(|(.., account)| !account.refused.as_deref().is_some_and(|refused| refused.partners.meets(&[address.hash])))
    }

    /// Whether one of the guesses from an address was right.
    pub(in crate::diagnosis) fn has_broken_in(&self, address: &Guessed<'_>) -> bool {
        self.right_guess(address).is_some()
    }
}

impl<'a> BreakIn<'a> {
    /// The one of an address, if there is one.
    pub(in crate::diagnosis) fn of(case: &'a Case, guesses: &Guesses<'a>, address: &Guessed<'a>) -> Option<Self> {
        let (moment, account) = guesses.right_guess(address)?;
        let server = if case.servers().len() > 1 { server_of(case, address.name, moment) } else { None };
        Some(Self { address: address.name, moment, server, account })
    }

    /// Tells of it. Moments of successes are kept, lines are not.
    pub(in crate::diagnosis) fn tell(&self, finding: &mut Finding) {
        let Self { address, moment, server, account } = self;
        let place = server.map_or_else(String::new, |server| format!(" on {server}"));
        let whose = match account {
            Some(name) => format!(
                "to judge by the moment it was {name}; change its password, and those of all accounts that this address reached"
            ),
            None => "change the passwords of the accounts that it reached".to_owned(),
        };
        let at = for_people(*moment, Zone::Utc);
        let text = format!("a login from {address} worked at {at} UTC{place}, after refusals: {whose}");
        finding.seen(Effect::Supports, "log_line", text, Some(*moment), None);
    }
}

/// The server on which the first or the last success of an address was at this moment.
fn server_of<'a>(case: &'a Case, address: &str, moment: i64) -> Option<&'a str> {
    let front_ends = case.summary.services.iter().filter(|(key, _)| key.role == Role::FrontEnd);
    let mut found = front_ends.filter(|(_, service)| {
        let mut known = service.addresses.iter().filter(|(name, _, _)| *name == address);
        known.any(|(_, _, account)| account.succeeded.is_some_and(|worked| worked.has_end_at(moment)))
    });
    found.next().and_then(|(key, _)| key.server.as_deref())
}

/// The account that was refused from an address and logged in at this very moment, if there is just one.
fn account_of<'a>(guesses: &Guesses<'a>, address: &Guessed<'_>, moment: i64) -> Option<&'a str> {
    let is_partner = |account: &&Guessed<'_>| account.refused.partners.meets(&[address.hash]);
    let mut found = guesses.accounts.iter().filter(|account| account.succeeded_at(moment)).filter(is_partner);
    let first = found.next()?;
    found.next().is_none().then_some(first.name)
}
