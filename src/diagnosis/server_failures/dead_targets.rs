//! Targets that nothing reached for a while. One of several back ends may be out while the service goes on: the outages of the
//! service are then crumbs of it, or mixed with those of another cause, and begin and end with chance. What is handed over to the
//! target itself says when it began, and when it was over.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::Case;
use crate::case::group::Group;
use crate::case::outage::Outage;
use crate::collections::minutes::MINUTE;
use crate::diagnosis::server_failures::{FEWEST_ALONE, SCATTERED, SOON, ServerFailures};
use crate::login::identity::ClientClass;
use crate::summary::ServiceKey;
use crate::summary::service::Service;

/// It lasts so many minutes at least.
const SHORTEST: i64 = 5;

/// Failures of other classes at other targets are another cause's if they are more than one in so many of all.
const MIXED: u64 = 10;

/// A stretch of time in which no login that was handed over to a target worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadTarget<'a> {
    /// `host:port:encryption`.
    pub target: &'a str,
    /// The front end that handed over to it.
    pub service: &'a ServiceKey,
    /// The first failure: to the millisecond if it is known, else the beginning of its minute.
    pub start: i64,
    /// The last one: to the millisecond if it is known, else the end of its minute.
    pub end: i64,
    /// The beginning of the minute in which one worked again.
    pub worked_again: Option<i64>,
    /// It fails up to the end of the logs.
    goes_on: bool,
}

impl<'a> ServerFailures<'a> {
    /// The failures of one class at targets that were dead, if these are nearly all of them; `told` are the outages in which the
    /// class dominates, and how many of its failures lie in them.
    pub(super) fn of_dead_targets(
        case: &'a Case,
        server: Option<&'a str>,
        of_class: &[&'a Group],
        (told, told_inside): (&[&'a Outage], u64),
    ) -> Option<Self> {
        let mut failures = Self { server, dead: dead_targets(case, of_class), ..Self::default() };
        for group in of_class {
            let inside = failures.inside(group);
            if inside > 0 {
                failures.groups.push(group);
                let is_probe = group.key.client_class == ClientClass::HealthMailbox;
                *(if is_probe { &mut failures.probes_failed } else { &mut failures.users_failed }) += inside;
            }
        }
        let all: u64 = of_class.iter().map(|group| group.failures.count).sum();
        failures.outside = all.saturating_sub(failures.failed());
        failures.are_outages_a_part = (all - told_inside.min(all)) * SCATTERED >= all;
        let is_nearly_all = failures.failed() > 0 && failures.outside * SCATTERED <= all;
        if !is_nearly_all || !(failures.are_outages_a_part || failures.is_beside_another_cause(case, told)) {
            return None;
        }
        failures.start = failures.dead.iter().map(|dead| dead.start).min()?;
        failures.end = failures.dead.iter().map(|dead| dead.end).max()?;
        failures.goes_on = failures.dead.iter().any(|dead| dead.goes_on);
        failures.attempts = failures.attempts_meanwhile(case).max(failures.failed());
        let overlaps = |outage: &&Outage| outage.start <= failures.end && outage.end >= failures.start;
        let is_of = |outage: &&Outage| failures.groups.iter().any(|group| outage.groups.contains(&group.id));
        failures.outages = case.outages.iter().filter(overlaps).filter(is_of).collect();
        failures.is_one_account = failures.hit_one_account() && failures.attempts > failures.failed();
        Some(failures)
    }

    /// The failures of a group in the stretches of its target.
    fn inside(&self, group: &Group) -> u64 {
        let of_target = self.dead.iter().filter(|dead| is_at(group, dead.service, dead.target));
        of_target.map(|dead| group.failures.between(dead.start, dead.end)).sum()
    }

    /// Whether a good part of what failed in these outages failed otherwise, and elsewhere.
    fn is_beside_another_cause(&self, case: &Case, told: &[&Outage]) -> bool {
        let class = self.groups.first().map(|group| group.key.error_class);
        let is_dead = |target: &str| self.dead.iter().any(|dead| dead.target == target);
        let of_others = case.groups.iter().filter(|group| {
            Some(group.key.error_class) != class && group.key.target.as_deref().is_some_and(|target| !is_dead(target))
        });
        let in_outage = |group: &Group, outage: &Outage| match outage.groups.contains(&group.id) {
            true => group.failures.between(outage.start, outage.end),
            false => 0,
        };
        let others: u64 = of_others.map(|group| told.iter().map(|outage| in_outage(group, outage)).sum::<u64>()).sum();
        others * MIXED > told.iter().map(|outage| outage.failed).sum::<u64>()
    }

    /// All front-end attempts in the minutes of the stretches.
    fn attempts_meanwhile(&self, case: &Case) -> u64 {
        let mut minutes = BTreeMap::<&ServiceKey, BTreeSet<i64>>::new();
        for dead in &self.dead {
            minutes.entry(dead.service).or_default().extend(dead.start.div_euclid(MINUTE)..=dead.end.div_euclid(MINUTE));
        }
        let attempts = minutes.into_iter().filter_map(|(service, minutes)| {
            let series = case.summary.services.get(service)?.series.values().flat_map(|series| series.iter());
            Some(series.filter(|(minute, _)| minutes.contains(minute)).map(|(_, counts)| counts.attempts()).sum::<u64>())
        });
        attempts.sum()
    }
}

/// The stretches of all targets of these groups.
fn dead_targets<'a>(case: &Case, groups: &[&'a Group]) -> Vec<DeadTarget<'a>> {
    let targets: BTreeSet<(&ServiceKey, &str)> =
        groups.iter().filter_map(|group| Some((&group.service, group.key.target.as_deref()?))).collect();
    let of_target = |(service, target)| {
        let at: Vec<&Group> = groups.iter().copied().filter(|group| is_at(group, service, target)).collect();
        let stretches = case.summary.services.get(service).map_or_else(Vec::new, |counted| stretches(counted, target, &at));
        stretches.into_iter().map(move |stretch| stretch.dead(case, service, target, &at)).collect::<Vec<_>>()
    };
    targets.into_iter().flat_map(of_target).collect()
}

fn is_at(group: &Group, service: &ServiceKey, target: &str) -> bool {
    group.service == *service && group.key.target.as_deref() == Some(target)
}

/// Minutes from the first failure to the last one, no success between them.
struct FailingMinutes {
    first: i64,
    last: i64,
    /// Failures in minutes without a success.
    alone: u64,
    /// The longest time without any login, in minutes.
    pause: i64,
    worked_again: Option<i64>,
}

/// The stretches of a target; the first and the last minute of one may hold a success, of before and of after.
fn stretches(service: &Service, target: &str, groups: &[&Group]) -> Vec<FailingMinutes> {
    // A success of which nobody says where it was handed over to may have been there.
    let series = service.series.iter().filter(|((at, _), _)| at.as_deref().is_none_or(|at| at == target));
    let minutes = series.flat_map(|(_, series)| series.iter()).filter(|(_, counts)| counts.succeeded > 0);
    let worked: BTreeSet<i64> = minutes.map(|(minute, _)| minute).collect();
    let mut failed = BTreeMap::<i64, u64>::new();
    for (minute, count) in groups.iter().flat_map(|group| group.failures.minutes.iter()) {
        *failed.entry(minute).or_default() += count;
    }
    let mut found: Vec<FailingMinutes> = Vec::new();
    for (minute, count) in failed {
        let alone = if worked.contains(&minute) { 0 } else { count };
        match found.last_mut() {
            Some(one)
                if worked.range(one.last + 1..minute).next().is_none()
                    && (one.first == one.last || !worked.contains(&one.last)) =>
            {
                one.pause = one.pause.max(minute - one.last);
                (one.last, one.alone) = (minute, one.alone + alone);
            }
            _ => found.push(FailingMinutes { first: minute, last: minute, alone, pause: 0, worked_again: None }),
        }
    }
    found.retain(|one| one.alone >= FEWEST_ALONE && one.last - one.first >= SHORTEST);
    for one in &mut found {
        one.worked_again = worked.range(one.last..).next().map(|minute| minute * MINUTE);
    }
    found
}

impl FailingMinutes {
    fn dead<'a>(&self, case: &Case, service: &'a ServiceKey, target: &'a str, groups: &[&Group]) -> DeadTarget<'a> {
        let spans = || groups.iter().map(|group| group.failures.span);
        let is_in = |moment: &i64, minute: i64| moment.div_euclid(MINUTE) == minute;
        let start = spans().map(|span| span.first).filter(|first| is_in(first, self.first)).min();
        let end = spans().map(|span| span.last).filter(|last| is_in(last, self.last)).max();
        let end = end.unwrap_or((self.last + 1) * MINUTE - 1);
        let until_end = case.summary.span.map_or(0, |span| span.last - end);
        DeadTarget {
            target,
            service,
            start: start.unwrap_or(self.first * MINUTE),
            end,
            worked_again: self.worked_again,
            goes_on: self.worked_again.is_none() && until_end <= SOON.max(self.pause * MINUTE),
        }
    }
}
