//! Services on which no user's login works any more: whatever is to blame, nobody may be told that logins work.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::case::Case;
use crate::collections::minutes::MINUTE;
use crate::login::identity::ClientClass;
use crate::merge::Merge;
use crate::protocol::{Protocol, Role};
use crate::summary::ServiceKey;
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
}

/// The service with most failures of which this is so.
pub fn none_since(case: &Case) -> Option<NoneSince> {
    let front = case.summary.services.iter().filter(|(key, _)| key.role == Role::FrontEnd);
    front.filter_map(|(key, service)| of_service(case, key, service)).max_by_key(|found| found.failed)
}

fn of_service(case: &Case, key: &ServiceKey, service: &Service) -> Option<NoneSince> {
    let users = attempts_by_minute(service, |class| class != ClientClass::HealthMailbox);
    let (minute, failed) = failures_at_the_end(&users)?;
    let start = minute * MINUTE;
    let worked_before = service.accounts.iter().filter(|(name, _, account)| {
        let is_user = ClientClass::of(name.as_bytes(), b"") == ClientClass::User;
        is_user && account.succeeded.is_some() && account.failed.is_some_and(|failed| failed.last >= start)
    });
    if failed < FEWEST || worked_before.count() < FEWEST_ACCOUNTS {
        return None;
    }
    let mut probes = Counts::default();
    let by_minute = attempts_by_minute(service, |class| class == ClientClass::HealthMailbox);
    by_minute.range(minute..).for_each(|(_, counts)| probes.merge_with(*counts));
    let probes_work = probes.failed < probes.attempts();
    let groups = case.groups.iter().filter(|group| group.service == *key && group.key.client_class != ClientClass::HealthMailbox);
    let commonest = groups.max_by_key(|group| group.failures.between(start, i64::MAX));
    let answer = commonest.map_or("", |group| group.key.name());
    Some(NoneSince {
        protocol: key.protocol,
        server: key.server.clone(),
        start,
        failed: failed + if probes_work { 0 } else { probes.failed },
        probes_work,
        answer: answer.to_owned(),
    })
}

fn attempts_by_minute(service: &Service, counts: impl Fn(ClientClass) -> bool) -> BTreeMap<i64, Counts> {
    let mut minutes = BTreeMap::<i64, Counts>::new();
    for (_, series) in service.series.iter().filter(|((_, class), _)| counts(*class)) {
        series.iter().for_each(|(minute, counts)| minutes.entry(minute).or_default().merge_with(*counts));
    }
    minutes
}

/// The minute since which every attempt failed, and how many did.
fn failures_at_the_end(minutes: &BTreeMap<i64, Counts>) -> Option<(i64, u64)> {
    let (mut since, mut failed) = (None, 0);
    for (minute, counts) in minutes.iter().rev().filter(|(_, counts)| counts.attempts() > 0) {
        if counts.failed < counts.attempts() {
            break;
        }
        (since, failed) = (Some(*minute), failed + counts.failed);
    }
    since.map(|minute| (minute, failed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_count_back_to_the_last_attempt_that_did_not_fail() {
        let of = |minutes: &[(i64, Counts)]| failures_at_the_end(&minutes.iter().copied().collect());
        let (good, bad) = (Counts { succeeded: 1, ..Counts::default() }, Counts { failed: 2, ..Counts::default() });
        let (unknown, mixed) = (Counts { unknown: 1, ..Counts::default() }, Counts { succeeded: 1, failed: 1, unknown: 0 });
        assert_eq!(of(&[(1, bad), (2, good), (3, bad), (5, bad)]), Some((3, 4)));
        assert_eq!(of(&[(1, bad), (2, good)]), None);
        assert_eq!(of(&[(1, bad), (2, unknown), (3, bad)]), Some((3, 2)));
        assert_eq!(of(&[(1, mixed), (2, bad)]), Some((2, 2)));
        assert_eq!(of(&[]), None);
    }
}
