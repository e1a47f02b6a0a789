//! Services on which no user's login works any more, or worked for a while: whatever is to blame, nobody may be told that logins work.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::case::Case;
use crate::collections::minutes::MINUTE;
use crate::collections::partners::hash;
use crate::login::identity::ClientClass;
use crate::merge::Merge;
use crate::protocol::{Protocol, Role};
use crate::summary::ServiceKey;
use crate::summary::account::{Account, Refused};
use crate::summary::counts::Counts;
use crate::summary::service::Service;

/// So many failures in a row, up to the last attempt, are no chance.
const FEWEST: u64 = 20;

/// So many accounts that worked before must be among them: names that never worked may be guesses of a stranger.
const FEWEST_ACCOUNTS: usize = 3;

/// The time since which every login of users failed, up to the last one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoneSince {
    /// The protocol.
    pub protocol: Protocol,
    /// The server.
    pub server: Option<Arc<str>>,
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

/// The service with most failures of which this is so.
pub fn none_since(case: &Case) -> Option<NoneSince> {
    let front = case.summary.services.iter().filter(|(key, _)| key.role == Role::FrontEnd);
    front.filter_map(|(key, service)| of_service(case, key, service)).max_by_key(|found| found.failed)
}

/// The time with most failures in which every user was refused although names and addresses had worked before, and that is over.
///
/// Whoever guesses at night, while nobody else is there, comes from elsewhere; so many passwords do not go wrong at once either.
pub fn none_between(case: &Case) -> Option<NoneSince> {
    let front = case.summary.services.iter().filter(|(key, _)| key.role == Role::FrontEnd);
    let found = front.flat_map(|(key, service)| {
        let users = attempts_by_minute(service, |class| class != ClientClass::HealthMailbox);
        let stretches = stretches_of_failures(&users).into_iter().filter(|stretch| stretch.failed >= FEWEST);
        let over = stretches.filter(|stretch| stretch.until.is_some() && were_users_refused(service, *stretch));
        over.map(|stretch| told(case, key, service, stretch)).collect::<Vec<_>>()
    });
    found.max_by_key(|found| found.failed)
}

/// Whether at least half of the failures were refusals of accounts that had worked before, from addresses that had worked before.
fn were_users_refused(service: &Service, stretch: Stretch) -> bool {
    let start = stretch.from * MINUTE;
    let worked_before = |account: &Account| account.succeeded.is_some_and(|succeeded| succeeded.first < start);
    let mut addresses: Vec<u64> =
        service.addresses.iter().filter(|(.., one)| worked_before(one)).map(|(key, ..)| hash(key)).collect();
    addresses.sort_unstable();
    let inside = |refused: &Refused| {
        let minutes = refused.minutes.iter().filter(|(minute, _)| stretch.holds(*minute));
        minutes.map(|(_, count)| count).sum::<u64>()
    };
    let users = service
        .accounts
        .iter()
        .filter(|(name, _, account)| ClientClass::of(name.as_bytes(), b"") == ClientClass::User && worked_before(account));
    let refused =
        users.filter_map(|(.., account)| account.refused.as_deref()).filter(|refused| refused.partners.meets(&addresses));
    let counts: Vec<u64> = refused.map(inside).filter(|count| *count > 0).collect();
    counts.len() >= FEWEST_ACCOUNTS && counts.iter().sum::<u64>() * 2 >= stretch.failed
}

fn of_service(case: &Case, key: &ServiceKey, service: &Service) -> Option<NoneSince> {
    let users = attempts_by_minute(service, |class| class != ClientClass::HealthMailbox);
    let stretch = stretches_of_failures(&users).pop().filter(|stretch| stretch.until.is_none())?;
    let start = stretch.from * MINUTE;
    let worked_before = service.accounts.iter().filter(|(name, _, account)| {
        let is_user = ClientClass::of(name.as_bytes(), b"") == ClientClass::User;
        is_user && account.succeeded.is_some() && account.failed.is_some_and(|failed| failed.last >= start)
    });
    (stretch.failed >= FEWEST && worked_before.count() >= FEWEST_ACCOUNTS).then(|| told(case, key, service, stretch))
}

fn told(case: &Case, key: &ServiceKey, service: &Service, stretch: Stretch) -> NoneSince {
    let (start, end) = (stretch.from * MINUTE, stretch.until.map_or(i64::MAX, |until| until * MINUTE - 1));
    let mut probes = Counts::default();
    let by_minute = attempts_by_minute(service, |class| class == ClientClass::HealthMailbox);
    by_minute.iter().filter(|(minute, _)| stretch.holds(**minute)).for_each(|(_, counts)| probes.merge_with(*counts));
    let probes_work = probes.failed < probes.attempts();
    let groups = case.groups.iter().filter(|group| group.service == *key && group.key.client_class != ClientClass::HealthMailbox);
    let commonest = groups.max_by_key(|group| group.failures.between(start, end));
    let answer = commonest.map_or("", |group| group.key.name());
    NoneSince {
        protocol: key.protocol,
        server: key.server.clone(),
        start,
        failed: stretch.failed + if probes_work { 0 } else { probes.failed },
        probes_work,
        answer: answer.to_owned(),
        until: stretch.until.map(|until| until * MINUTE),
    }
}

/// Minutes (since 1970 UTC) in which every attempt failed, up to one in which not all did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    from: i64,
    until: Option<i64>,
    failed: u64,
}

impl Stretch {
    fn holds(self, minute: i64) -> bool {
        minute >= self.from && self.until.is_none_or(|until| minute < until)
    }
}

fn attempts_by_minute(service: &Service, counts: impl Fn(ClientClass) -> bool) -> BTreeMap<i64, Counts> {
    let mut minutes = BTreeMap::<i64, Counts>::new();
    for (_, series) in service.series.iter().filter(|((_, class), _)| counts(*class)) {
        series.iter().for_each(|(minute, counts)| minutes.entry(minute).or_default().merge_with(*counts));
    }
    minutes
}

/// The stretches in which every attempt failed, in the order of time; the last one may have no end.
fn stretches_of_failures(minutes: &BTreeMap<i64, Counts>) -> Vec<Stretch> {
    let (mut stretches, mut open) = (Vec::new(), None::<Stretch>);
    for (minute, counts) in minutes.iter().filter(|(_, counts)| counts.attempts() > 0) {
        if counts.failed == counts.attempts() {
            open.get_or_insert(Stretch { from: *minute, until: None, failed: 0 }).failed += counts.failed;
        } else if let Some(stretch) = open.take() {
            stretches.push(Stretch { until: Some(*minute), ..stretch });
        }
    }
    stretches.extend(open);
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_ends_where_not_every_attempt_fails() {
        let of = |minutes: &[(i64, Counts)]| {
            let stretches = stretches_of_failures(&minutes.iter().copied().collect());
            stretches.into_iter().map(|Stretch { from, until, failed }| (from, until, failed)).collect::<Vec<_>>()
        };
        let (good, bad) = (Counts { succeeded: 1, ..Counts::default() }, Counts { failed: 2, ..Counts::default() });
        let (unknown, mixed) = (Counts { unknown: 1, ..Counts::default() }, Counts { succeeded: 1, failed: 1, unknown: 0 });
        assert_eq!(of(&[(1, bad), (2, good), (3, bad), (5, bad)]), [(1, Some(2), 2), (3, None, 4)]);
        assert_eq!(of(&[(1, bad), (2, good)]), [(1, Some(2), 2)]);
        assert_eq!(of(&[(1, bad), (2, unknown), (3, bad)]), [(1, Some(2), 2), (3, None, 2)]);
        assert_eq!(of(&[(1, mixed), (2, bad)]), [(2, None, 2)]);
        assert_eq!(of(&[]), []);
    }
}
