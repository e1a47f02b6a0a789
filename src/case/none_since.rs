//! Services on which no user's login works any more, or worked for a while: whatever is to blame, nobody may be told that logins work.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::case::Case;
use crate::case::failing_minutes::{FailingMinutes, attempts_by_minute, stretches_of_failures};
use crate::case::refusals::Whence;
use crate::collections::minutes::MINUTE;
use crate::collections::partners::hash;
use crate::login::identity::ClientClass;
use crate::merge::Merge;
use crate::protocol::{Protocol, Role};
use crate::summary::ServiceKey;
use crate::summary::account::{Account, Refused};
use crate::summary::counts::Counts;
use crate::summary::service::Service;

/// So many failures in a row are no chance.
const FEWEST: u64 = 20;

/// So many accounts that worked before or afterwards must be among them: names that never work may be guesses of a stranger.
const FEWEST_ACCOUNTS: usize = 3;

/// Where no login of anybody works in all of the logs: so many accounts, so many failed probes, and each account so often. Who
/// guesses tries each a few times.
const NOBODY: (usize, u64, u64) = (6, 3, 4);

/// It is one time on several servers if it begins and ends within so many milliseconds.
const SAME_TIME: u64 = 3 * MINUTE as u64;

/// The time in which every login of users failed, up to the last one or to one that worked again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoneSince {
    /// The protocol.
    pub protocol: Protocol,
    /// The servers, the one with most failures first.
    pub servers: Vec<Option<Arc<str>>>,
    /// The beginning of the first minute after the last success, in milliseconds since 1970 UTC.
    pub start: i64,
    /// All attempts of users since then, and those of probes if they fail as well; every one of them failed.
    pub failed: u64,
    /// Whether probes of Exchange still get in.
    pub probes_work: bool,
    /// What most of them were answered: the error code, else the response.
    pub answer: String,
    /// The beginning of the minute in which one worked again; `None` if none did.
    pub until: Option<i64>,
}

/// The time with most failures that goes on to the end, on all servers of which it is so.
pub fn none_since(case: &Case) -> Option<NoneSince> {
    on_all_servers(all(case, |stretch| stretch.until.is_none()))
}

/// The time with most failures in which every user was refused although names and addresses work at other times, and that is over.
///
/// Whoever guesses at night, while nobody else is there, comes from elsewhere; so many passwords do not go wrong at once either.
pub fn none_between(case: &Case) -> Option<NoneSince> {
    on_all_servers(all(case, |stretch| stretch.until.is_some()))
}

fn all(case: &Case, is_asked: impl Fn(&FailingMinutes) -> bool) -> Vec<NoneSince> {
    let front = case.summary.services.iter().filter(|(key, _)| key.role == Role::FrontEnd);
    let found = front.flat_map(|(key, service)| {
        let users = attempts_by_minute(std::iter::once(service), |class| class != ClientClass::HealthMailbox);
        let stretches = stretches_of_failures(&users).into_iter().filter(|stretch| stretch.failed >= FEWEST && is_asked(stretch));
        let of_everybody = stretches.filter(|stretch| is_of_everybody(case, (key, service), *stretch, &users));
        of_everybody.map(|stretch| told(case, key, service, stretch)).collect::<Vec<_>>()
    });
    found.collect()
}

/// The one with most failures, with those of other servers at the same time: between the latest beginning and the earliest end.
fn on_all_servers(mut found: Vec<NoneSince>) -> Option<NoneSince> {
    found.sort_by_key(|one| std::cmp::Reverse(one.failed));
    let mut found = found.into_iter();
    let mut worst = found.next()?;
    let (start, until) = (worst.start, worst.until);
    let is_near = |one: Option<i64>| one.zip(until).is_none_or(|(one, other)| one.abs_diff(other) <= SAME_TIME);
    for other in found.filter(|other| other.start.abs_diff(start) <= SAME_TIME && is_near(other.until)) {
        if other.protocol == worst.protocol && other.servers.iter().all(|server| !worst.servers.contains(server)) {
            worst.start = worst.start.max(other.start);
            worst.until = worst.until.min(other.until);
            worst.failed += other.failed;
            worst.probes_work |= other.probes_work;
            worst.servers.extend(other.servers);
        }
    }
    Some(worst)
}

/// Whether it is users who fail, all of them, and neither chance nor somebody who guesses while nobody else is there.
fn is_of_everybody(
    case: &Case,
    (key, service): (&ServiceKey, &Service),
    stretch: FailingMinutes,
    users: &BTreeMap<i64, Counts>,
) -> bool {
    let accounts = accounts_in(service, stretch);
    let is_guessed = stretch.failed < accounts as u64 * NOBODY.2 && stretch.is_alone(users);
    let are_users = match stretch.until {
        None => do_known_users_fail(service, stretch) || (is_nobody_known(service, stretch, accounts) && are_at_home(case, key)),
        Some(_) => were_users_refused(service, stretch),
    };
    are_users && !is_guessed && !stretch.is_chance(users, accounts)
}

/// How many accounts were refused in it, or failed up to the end for whatever reason.
fn accounts_in(service: &Service, stretch: FailingMinutes) -> usize {
    let is_in = |refused: &Refused| refused.minutes.iter().any(|(minute, _)| stretch.holds(minute));
    let is_refused = |account: &Account| account.refused.as_deref().is_some_and(is_in);
    let fails = |account: &Account| account.failed.is_some_and(|failed| failed.last >= stretch.from * MINUTE);
    service
        .users()
        .map(|(_, account)| account)
        .filter(|account| is_refused(account) || (stretch.until.is_none() && fails(account)))
        .count()
}

/// Whether a login of the account, or from the address, worked before the stretch or after it.
fn is_known(account: &Account, stretch: FailingMinutes) -> bool {
    let after = stretch.until.map_or(i64::MAX, |until| until * MINUTE);
    account.succeeded.is_some_and(|succeeded| succeeded.first < stretch.from * MINUTE || succeeded.last >= after)
}

/// Whether at least half of the failures were refusals of accounts that work at other times, from addresses that do.
fn were_users_refused(service: &Service, stretch: FailingMinutes) -> bool {
    let known = service.addresses.iter().filter(|(.., one)| is_known(one, stretch));
    let mut addresses: Vec<u64> = known.map(|(key, ..)| hash(key)).collect();
    addresses.sort_unstable();
    let inside = |refused: &Refused| {
        let minutes = refused.minutes.iter().filter(|(minute, _)| stretch.holds(*minute));
        minutes.map(|(_, count)| count).sum::<u64>()
    };
    let users = service.users().map(|(_, account)| account).filter(|account| is_known(account, stretch));
    let refused = users.filter_map(|account| account.refused.as_deref()).filter(|refused| refused.partners.meets(&addresses));
    let counts: Vec<u64> = refused.map(inside).filter(|count| *count > 0).collect();
    counts.len() >= FEWEST_ACCOUNTS && counts.iter().sum::<u64>() * 2 >= stretch.failed
}

/// Whether users who had got in before fail up to the end, for whatever reason.
fn do_known_users_fail(service: &Service, stretch: FailingMinutes) -> bool {
    let start = stretch.from * MINUTE;
    let fails = |account: &&Account| account.succeeded.is_some() && account.failed.is_some_and(|failed| failed.last >= start);
    service.users().map(|(_, account)| account).filter(fails).count() >= FEWEST_ACCOUNTS
}

/// Whether nobody gets in from beginning to end, not even a probe of Exchange itself.
fn is_nobody_known(service: &Service, stretch: FailingMinutes, accounts: usize) -> bool {
    let probes = service.logins.get(&ClientClass::HealthMailbox).copied().unwrap_or_default();
    let is_whole = service.logins.values().all(|counts| counts.succeeded == 0);
    let do_probes_fail = probes.failed >= NOBODY.1 && probes.failed == probes.attempts();
    is_whole && do_probes_fail && accounts >= NOBODY.0 && stretch.failed >= accounts as u64 * NOBODY.2
}

/// Whether most accounts were refused where people are.
fn are_at_home(case: &Case, key: &ServiceKey) -> bool {
    let of_server = case.refusals.iter().filter(|refusals| refusals.server.as_deref() == key.server.as_deref());
    let (mut all, mut at_home) = (0, 0);
    for account in of_server.flat_map(|refusals| &refusals.accounts) {
        (all, at_home) = (all + 1, at_home + usize::from(account.whence != Whence::Elsewhere));
    }
    at_home * 2 >= all
}

fn told(case: &Case, key: &ServiceKey, service: &Service, stretch: FailingMinutes) -> NoneSince {
    let (start, end) = (stretch.from * MINUTE, stretch.until.map_or(i64::MAX, |until| until * MINUTE - 1));
    let mut probes = Counts::default();
    let by_minute = attempts_by_minute(std::iter::once(service), |class| class == ClientClass::HealthMailbox);
    by_minute.iter().filter(|(minute, _)| stretch.holds(**minute)).for_each(|(_, counts)| probes.merge_with(*counts));
    let probes_work = probes.failed < probes.attempts();
    let groups = case.groups.iter().filter(|group| group.service == *key && group.key.client_class != ClientClass::HealthMailbox);
    let commonest = groups.map(|group| (group.failures.between(start, end), group.key.name())).max_by_key(|(count, _)| *count);
    let answer = commonest.map_or_else(String::new, |(count, answer)| match count < stretch.failed {
        true => format!("mostly {answer}"),
        false => answer.to_owned(),
    });
    NoneSince {
        protocol: key.protocol,
        servers: vec![key.server.clone()],
        start,
        failed: stretch.failed + if probes_work { 0 } else { probes.failed },
        probes_work,
        answer,
        until: stretch.until.map(|until| until * MINUTE),
    }
}
