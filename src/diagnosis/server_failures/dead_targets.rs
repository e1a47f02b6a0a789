//! Targets that nothing reached for a while. One of several back ends may be out while the service goes on: the outages of the
//! service are then crumbs of it, or mixed with those of another cause, and begin and end with chance. What is handed over to the
//! target itself says when it began, and when it was over.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::Case;
use crate::case::group::Group;
use crate::case::outage::Outage;
use crate::collections::minutes::{MINUTE, Minutes};
use crate::diagnosis::server_failures::{FEWEST_ALONE, SCATTERED, SOON, ServerFailures, count};
use crate::login::identity::ClientClass;
use crate::login::target::host_of;
use crate::summary::ServiceKey;
use crate::summary::counts::Counts;
use crate::summary::service::Service;

/// It lasts so many minutes at least.
const SHORTEST: i64 = 5;

/// What begins and ends within so many milliseconds of something else was out together with it.
const TOGETHER: u64 = 3 * MINUTE as u64;

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
    /// It fails up to the end of the logs, or of the window.
    goes_on: bool,
    /// It fails from their beginning on.
    pub may_be_older: bool,
}

impl DeadTarget<'_> {
    /// Whether two targets were out at one time: they began and ended to fail together.
    fn is_together_with(&self, other: &Self) -> bool {
        let overlap = self.start <= other.end && other.start <= self.end;
        overlap && self.start.abs_diff(other.start) <= TOGETHER && self.end.abs_diff(other.end) <= TOGETHER
    }
}

/// The stories of targets that were dead while others were reached, one for those that were out together, and the groups that
/// they do not tell. No story where everything failed in all of that time: then it is the service that was out.
pub(super) fn told_by_target<'a>(
    case: &'a Case,
    server: Option<&'a str>,
    of_class: Vec<&'a Group>,
) -> (Vec<ServerFailures<'a>>, Vec<&'a Group>) {
    let dead = dead_targets(case, &of_class);
    let (told, rest): (Vec<&Group>, Vec<&Group>) = of_class.iter().copied().partition(|group| is_told(group, &dead, &of_class));
    let is_known = |dead: &DeadTarget<'_>| told.iter().any(|group| is_at(group, dead.service, dead.target));
    let mut stories: Vec<ServerFailures<'_>> = Vec::new();
    for dead in by_hosts(by_time(dead.into_iter().filter(is_known).collect())) {
        stories.extend(ServerFailures::of_dead(case, server, dead, &told));
    }
    match stories.iter().any(|story| story.is_part) {
        true => (stories, rest),
        false => (Vec::new(), of_class),
    }
}

/// Whether nearly all that failed at a group's target failed while it was dead.
fn is_told(group: &Group, dead: &[DeadTarget<'_>], of_class: &[&Group]) -> bool {
    let Some(target) = group.key.target.as_deref() else { return false };
    let at_target = || of_class.iter().filter(|other| is_at(other, &group.service, target));
    let all: u64 = at_target().map(|group| group.failures.count).sum();
    let told: u64 = at_target().map(|group| inside(dead, group)).sum();
    told > 0 && all.saturating_sub(told) * SCATTERED <= all
}

/// The failures of a group in the stretches of its target.
fn inside(dead: &[DeadTarget<'_>], group: &Group) -> u64 {
    let of_target = dead.iter().filter(|dead| is_at(group, dead.service, dead.target));
    of_target.map(|dead| group.failures.between(dead.start, dead.end)).sum()
}

/// Targets that were out together, each with what belongs to it.
fn by_time(mut dead: Vec<DeadTarget<'_>>) -> Vec<Vec<DeadTarget<'_>>> {
    dead.sort_by_key(|dead| (dead.start, dead.end));
    let mut found: Vec<Vec<DeadTarget<'_>>> = Vec::new();
    for one in dead {
        match found.iter_mut().find(|others| others.iter().any(|other| other.is_together_with(&one))) {
            Some(others) => others.push(one),
            None => found.push(vec![one]),
        }
    }
    found
}

/// What was out at several times is one story of these hosts.
fn by_hosts(at_times: Vec<Vec<DeadTarget<'_>>>) -> Vec<Vec<DeadTarget<'_>>> {
    let mut found = BTreeMap::<BTreeSet<String>, Vec<DeadTarget<'_>>>::new();
    for dead in at_times {
        let hosts = dead.iter().map(|dead| host_of(dead.target).to_lowercase()).collect();
        found.entry(hosts).or_default().extend(dead);
    }
    found.into_values().collect()
}

impl<'a> ServerFailures<'a> {
    /// The failures at targets that were dead; `told` are the groups that such stories tell.
    fn of_dead(case: &'a Case, server: Option<&'a str>, dead: Vec<DeadTarget<'a>>, told: &[&'a Group]) -> Option<Self> {
        let mut failures = Self { server, dead, ..Self::default() };
        let is_its = |group: &&&Group| failures.dead.iter().any(|dead| is_at(group, dead.service, dead.target));
        failures.groups = told.iter().filter(is_its).copied().collect();
        for group in &failures.groups {
            let is_probe = group.key.client_class == ClientClass::HealthMailbox;
            *(if is_probe { &mut failures.probes_failed } else { &mut failures.users_failed }) += inside(&failures.dead, group);
        }
        failures.outside = count(&failures.groups).saturating_sub(failures.failed());
        failures.start = failures.dead.iter().map(|dead| dead.start).min()?;
        failures.end = failures.dead.iter().map(|dead| dead.end).max()?;
        failures.goes_on = failures.dead.iter().any(|dead| dead.goes_on);
        failures.attempts = failures.attempts_meanwhile(case).max(failures.failed());
        failures.is_part = failures.failed() * 10 < failures.attempts * 9;
        let overlaps = |outage: &&Outage| failures.dead.iter().any(|dead| outage.start <= dead.end && outage.end >= dead.start);
        let is_of = |outage: &&Outage| failures.groups.iter().any(|group| outage.groups.contains(&group.id));
        failures.outages = case.outages.iter().filter(overlaps).filter(is_of).collect();
        failures.is_one_account = failures.hit_one_account() && failures.attempts > failures.failed();
        Some(failures)
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
struct DeadMinutes {
    first: i64,
    last: i64,
    /// Failures in minutes without a success.
    alone: u64,
    /// The longest time without any login, in minutes.
    pause: i64,
    worked_again: Option<i64>,
    worked_before: bool,
}

/// The stretches of a target; the first and the last minute of one may hold a success, of before and of after.
fn stretches(service: &Service, target: &str, groups: &[&Group]) -> Vec<DeadMinutes> {
    // Where no success ever names the target, one of which nobody says where it was handed over to may have been there.
    let has_worked = |series: &Minutes<Counts>| series.iter().any(|(_, counts)| counts.succeeded > 0);
    let is_known = service.series.iter().any(|((at, _), series)| at.as_deref() == Some(target) && has_worked(series));
    let may_be_there = |at: Option<&str>| at.map_or(!is_known, |at| at == target);
    let series = service.series.iter().filter(|((at, _), _)| may_be_there(at.as_deref()));
    let minutes = series.flat_map(|(_, series)| series.iter()).filter(|(_, counts)| counts.succeeded > 0);
    let worked: BTreeSet<i64> = minutes.map(|(minute, _)| minute).collect();
    let mut failed = BTreeMap::<i64, u64>::new();
    for (minute, count) in groups.iter().flat_map(|group| group.failures.minutes.iter()) {
        *failed.entry(minute).or_default() += count;
    }
    let mut found: Vec<DeadMinutes> = Vec::new();
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
            _ => {
                found.push(DeadMinutes { first: minute, last: minute, alone, pause: 0, worked_again: None, worked_before: false })
            }
        }
    }
    found.retain(|one| one.alone >= FEWEST_ALONE && one.last - one.first >= SHORTEST);
    for one in &mut found {
        one.worked_again = worked.range(one.last..).next().map(|minute| minute * MINUTE);
        one.worked_before = worked.range(..=one.first).next().is_some();
    }
    found
}

impl DeadMinutes {
    fn dead<'a>(&self, case: &Case, service: &'a ServiceKey, target: &'a str, groups: &[&Group]) -> DeadTarget<'a> {
        let spans = || groups.iter().map(|group| group.failures.span);
        let is_in = |moment: &i64, minute: i64| moment.div_euclid(MINUTE) == minute;
        let start = spans().map(|span| span.first).filter(|first| is_in(first, self.first)).min();
        let end = spans().map(|span| span.last).filter(|last| is_in(last, self.last)).max();
        let end = end.unwrap_or((self.last + 1) * MINUTE - 1);
        let until_end = case.end().map_or(0, |last| last - end);
        let since_beginning = case.beginning().map_or(0, |first| self.first * MINUTE - first);
        DeadTarget {
            target,
            service,
            start: start.unwrap_or(self.first * MINUTE),
            end,
            worked_again: self.worked_again,
            goes_on: self.worked_again.is_none() && until_end <= SOON.max(self.pause * MINUTE),
            may_be_older: !self.worked_before && since_beginning <= SOON.max(self.pause * MINUTE),
        }
    }
}
