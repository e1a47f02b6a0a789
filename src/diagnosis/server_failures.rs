//! Failures of the server's own, put together as one story: one server, one class of error, all its protocols and outages.

use crate::case::Case;
use crate::case::group::{Group, worst_account};
use crate::case::outage::Outage;
use crate::collections::minutes::MINUTE;
use crate::diagnosis::finding::{Cause, Confidence, Figures, Finding, Severity};
use crate::login::error_code::ErrorClass;
use crate::login::identity::ClientClass;
use crate::login::target::label_of;
use crate::merge::{Merge, Span};
use crate::protocol::{Protocol, Role};

mod dead_targets;
mod hosts;
mod real_outages;
mod series;
mod told;
mod whose_fault;

pub use dead_targets::DeadTarget;
use real_outages::{is_chance, is_of_everybody};
pub use series::Stretch;
use series::{Series, series};
pub use told::{since, until};

/// So many failures outside of any outage are worth a word.
const FEWEST_ALONE: u64 = 5;

/// What happens so many milliseconds before or after a short outage is of the same time.
const SOON: i64 = 15 * MINUTE;

/// So many failures, of so many accounts or of probes too, are an outage for everybody if hardly a login worked.
const OF_EVERYBODY: (u64, u64) = (10, 3);

/// Failures are scattered if more than one in so many lies outside of the outages.
const SCATTERED: u64 = 4;

/// The failures of one class on one server.
#[derive(Debug, Default)]
pub struct ServerFailures<'a> {
    /// The server; `None` if its name is not known.
    pub server: Option<&'a str>,
    /// The outages in which this class dominates, in the order of time; none if there are only single failures.
    pub outages: Vec<&'a Outage>,
    /// The failure groups.
    pub groups: Vec<&'a Group>,
    /// The first failure.
    pub start: i64,
    /// The last one.
    pub end: i64,
    /// All attempts in the outages; 0 without outages.
    pub attempts: u64,
    /// Failures of ordinary accounts.
    pub users_failed: u64,
    /// Failures of Exchange's own probes.
    pub probes_failed: u64,
    /// Failures of this class outside of the outages.
    pub outside: u64,
    /// Failures of other classes in the outages: they are taken for the same cause's.
    pub other_errors: u64,
    /// Where there is no outage, failures of this class in the outages of other causes, which are taken for theirs.
    pub in_others: u64,
    /// Only one account was hit, and others logged in at that time.
    pub is_one_account: bool,
    /// They go on at the end of the logs, and nothing was handed over to the same targets since they began: what works again is
    /// handed over elsewhere.
    pub goes_on: bool,
    /// Where a part of the service was out: the stretches in which nothing that was handed over to a target worked.
    pub dead: Vec<DeadTarget<'a>>,
    /// Others were reached in these stretches.
    pub is_part: bool,
    /// Failures of this class at other targets, too few for a story.
    pub elsewhere: u64,
}

/// The stories of one class: of each server one for targets that were out together, and one for the rest.
pub fn of_class(case: &Case, class: ErrorClass) -> Vec<ServerFailures<'_>> {
    case.servers().into_iter().flat_map(|server| of_server(case, server, class)).collect()
}

fn of_server<'a>(case: &'a Case, server: Option<&'a str>, class: ErrorClass) -> Vec<ServerFailures<'a>> {
    let mut groups: Vec<&Group> =
        case.groups.iter().filter(|group| group.service.server.as_deref() == server && group.is_of_outages()).collect();
    let of_class: Vec<&Group> = groups.iter().copied().filter(|group| group.key.error_class == class).collect();
    let all = count(&of_class);
    let (mut stories, rest) = dead_targets::told_by_target(case, server, of_class);
    let worst = stories.iter_mut().max_by_key(|story| story.failed());
    let Some(worst) = worst else { return of_rest(case, server, &groups, rest).into_iter().collect() };
    let left = count(&rest);
    if left * SCATTERED <= all {
        worst.elsewhere = left;
        return stories;
    }
    groups.retain(|group| group.key.error_class != class || rest.iter().any(|one| one.id == group.id));
    stories.extend(of_rest(case, server, &groups, rest));
    stories
}

fn count(groups: &[&Group]) -> u64 {
    groups.iter().map(|group| group.failures.count).sum()
}

/// The story of one class that no single targets tell.
fn of_rest<'a>(
    case: &'a Case,
    server: Option<&'a str>,
    groups: &[&'a Group],
    of_class: Vec<&'a Group>,
) -> Option<ServerFailures<'a>> {
    let class = of_class.first()?.key.error_class;
    let of_server = || case.outages.iter().filter(|outage| outage.server.as_deref() == server);
    let outages: Vec<&Outage> = of_server().filter(|outage| dominant(groups, outage) == Some(class)).collect();
    let inside = |group: &Group, of: &[&Outage]| -> u64 {
        let of = of.iter().filter(|outage| outage.protocol == group.service.protocol);
        of.map(|outage| group.failures.between(outage.start, outage.end)).sum()
    };
    let in_outages = |outages: &[&Outage]| of_class.iter().map(|group| inside(group, outages)).sum::<u64>();
    let all = count(&of_class);
    // One account that always fails, for days, makes no outage of all others a scattered failure.
    let is_outside = (all - in_outages(&outages).min(all)) * SCATTERED >= all;
    let is_real = |outage: &Outage| is_of_everybody(outage) && !is_chance(case, outage, &of_class);
    let told: Vec<&Outage> = outages.iter().copied().filter(|outage| !is_outside || is_real(outage)).collect();
    let told_inside = in_outages(&told);
    if told_inside > 0 {
        let mut failures = ServerFailures::of_outages(server, told, of_class);
        failures.outside = all.saturating_sub(told_inside);
        failures.other_errors = failures.failed().saturating_sub(told_inside);
        failures.is_one_account = failures.hit_one_account() && failures.did_others_log_in(case);
        failures.notice_going_on(case);
        return Some(failures);
    }
    // Scattered failures may look like small outages here and there: then all of them are the story. What falls into
    // outages of another cause belongs to that cause.
    let others: Vec<&Outage> = of_server().filter(|outage| dominant(groups, outage) != Some(class)).collect();
    let outside = |group: &Group| group.failures.count.saturating_sub(inside(group, &others));
    let mut failures = ServerFailures::scattered(server, outages, of_class, outside)?;
    failures.in_others = all.saturating_sub(failures.failed());
    failures.notice_going_on(case);
    Some(failures)
}

/// The class of most failures in an outage.
fn dominant(groups: &[&Group], outage: &Outage) -> Option<ErrorClass> {
    let mut counts: Vec<(u64, ErrorClass)> = Vec::new();
    for group in groups.iter().filter(|group| outage.groups.contains(&group.id)) {
        let count = group.failures.between(outage.start, outage.end);
        match counts.iter_mut().find(|(_, class)| *class == group.key.error_class) {
            Some((sum, _)) => *sum += count,
            None => counts.push((count, group.key.error_class)),
        }
    }
    counts.into_iter().max_by_key(|(count, class)| (*count, std::cmp::Reverse(*class))).map(|(_, class)| class)
}

impl<'a> ServerFailures<'a> {
    fn of_outages(server: Option<&'a str>, outages: Vec<&'a Outage>, mut groups: Vec<&'a Group>) -> Self {
        groups.retain(|group| outages.iter().any(|outage| outage.groups.contains(&group.id)));
        let failed: u64 = outages.iter().map(|outage| outage.failed).sum();
        let probes_failed = outages.iter().map(|outage| outage.health_mailbox_failed).sum();
        Self {
            server,
            start: outages.iter().map(|outage| outage.start).min().unwrap_or_default(),
            end: outages.iter().map(|outage| outage.end).max().unwrap_or_default(),
            attempts: outages.iter().map(|outage| outage.attempts).sum(),
            users_failed: failed.saturating_sub(probes_failed),
            probes_failed,
            groups,
            outages,
            ..Self::default()
        }
    }

    fn scattered(
        server: Option<&'a str>,
        outages: Vec<&'a Outage>,
        mut groups: Vec<&'a Group>,
        count: impl Fn(&Group) -> u64,
    ) -> Option<Self> {
        groups.retain(|group| count(group) > 0);
        let of_probes = |wanted: bool| {
            let of_kind = groups.iter().filter(|group| (group.key.client_class == ClientClass::HealthMailbox) == wanted);
            of_kind.map(|group| count(group)).sum::<u64>()
        };
        let (probes_failed, users_failed) = (of_probes(true), of_probes(false));
        let start = groups.iter().map(|group| group.failures.span.first).min()?;
        let end = groups.iter().map(|group| group.failures.span.last).max()?;
        let is_enough = probes_failed + users_failed >= FEWEST_ALONE;
        is_enough.then_some(Self { server, outages, groups, start, end, users_failed, probes_failed, ..Self::default() })
    }

    /// An outage is over when logins of the service work again, and these may all be handed over to another back end.
    fn notice_going_on(&mut self, case: &Case) {
        let targets = self.targets();
        let one_by_one = targets.iter().filter(|target| self.failed_at(&[target]).1 >= FEWEST_ALONE).map(std::slice::from_ref);
        let going_on = std::iter::once(targets.as_slice()).chain(one_by_one).filter_map(|targets| self.last_at(case, targets));
        if let Some(last) = going_on.max() {
            (self.goes_on, self.end) = (true, last.max(self.end));
        }
    }

    /// The last failure at these targets, if it is of the end of the logs and nothing worked there since the first one.
    fn last_at(&self, case: &Case, targets: &[&str]) -> Option<i64> {
        let log_end = case.end()?;
        let (span, _) = self.failed_at(targets);
        let span = span.filter(|span| log_end - span.last <= SOON)?;
        // The minute of the last line counts too, and so does a success of which nobody says where it was handed over to.
        let since = [(None, span.first.max(self.start), log_end + MINUTE)];
        let may_be_there = |target: Option<&str>, _| target.is_none_or(|target| targets.contains(&target));
        let are_handed_over = self.groups.iter().all(|group| group.key.target.is_some());
        (are_handed_over && self.succeeded_during(case, &since, may_be_there) == 0).then_some(span.last)
    }

    /// From when to when logins failed at these targets, and how many.
    fn failed_at(&self, targets: &[&str]) -> (Option<Span>, u64) {
        let (mut whole, mut count) = (None::<Span>, 0);
        for group in &self.groups {
            if group.key.target.as_deref().is_some_and(|target| targets.contains(&target)) {
                whole.merge_with(Some(group.failures.span));
                count += group.failures.count;
            }
        }
        (whole, count)
    }

    /// Whether the outages hit one and the same account, and no probe.
    fn hit_one_account(&self) -> bool {
        let mut names: Vec<&str> = self.groups.iter().flat_map(|group| &group.top_users).map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        self.probes_failed == 0 && names.len() == 1 && self.outages.iter().all(|outage| outage.users_affected.0 == 1)
    }

    /// Whether logins of others worked inside each outage, or soon before and after it: one client's retries fill minutes in
    /// which others need not try at all.
    fn did_others_log_in(&self, case: &Case) -> bool {
        let hit = worst_account(&self.groups);
        self.outages.iter().all(|outage| {
            let services = || {
                case.summary.services.iter().filter(|(key, _)| {
                    key.server.as_deref() == self.server && key.protocol == outage.protocol && key.role == Role::FrontEnd
                })
            };
            let works = |from: i64, to: i64| {
                let minutes = from.div_euclid(MINUTE)..=to.div_euclid(MINUTE);
                let mut counts = services().flat_map(|(_, service)| service.series.values()).flat_map(|series| series.iter());
                counts.any(|(minute, counts)| minutes.contains(&minute) && counts.succeeded > 0)
            };
            let (before, after) = (outage.start - SOON, outage.end + SOON);
            let mut accounts = services().flat_map(|(_, service)| service.accounts.iter());
            let are_others = accounts.any(|(name, _, account)| {
                let is_near = account.succeeded.is_some_and(|span| span.first <= after && span.last >= before);
                is_near && Some(case.accounts.shown(case.accounts.key_of(name))) != hit
            });
            let is_short = outage.end - outage.start <= SOON;
            let is_framed = || works(before, outage.start - MINUTE) && works(outage.end + MINUTE, after);
            are_others && (outage.attempts > outage.failed || (is_short && is_framed()))
        })
    }

    /// All failures.
    pub fn failed(&self) -> u64 {
        self.users_failed + self.probes_failed
    }

    /// The first success after the last outage, or the end of the minute in which dead targets were all reached again; `None` if
    /// there was none yet.
    pub fn recovered_at(&self) -> Option<i64> {
        if self.goes_on {
            return None;
        }
        if let Some(minute) = self.worked_again() {
            return Some(minute + MINUTE - 1);
        }
        // Single failures may go on behind the last outage.
        self.outages.iter().max_by_key(|outage| outage.end)?.recovered_at.filter(|at| *at >= self.end)
    }

    /// The beginning of the minute in which the last of the dead targets was reached again.
    fn worked_again(&self) -> Option<i64> {
        self.dead.iter().filter_map(|dead| dead.worked_again).max()
    }

    /// Some of it goes on at the end of the logs.
    pub fn is_ongoing(&self) -> bool {
        self.goes_on || (self.dead.is_empty() && self.outages.iter().any(|outage| outage.recovered_at.is_none()))
    }

    /// The protocols.
    pub fn protocols(&self) -> Vec<Protocol> {
        let mut protocols: Vec<Protocol> = self.groups.iter().map(|group| group.service.protocol).collect();
        protocols.sort_unstable();
        protocols.dedup();
        protocols
    }

    /// Whether single failures here and there are the story, and no outage.
    pub fn is_scattered(&self) -> bool {
        self.attempts == 0
    }

    /// The stretches of time that the story is about, by protocol: what works by another says nothing of this one's back ends.
    pub fn spans(&self) -> Vec<Stretch> {
        match self.is_scattered() {
            true => self.protocols().into_iter().map(|protocol| (Some(protocol), self.start, self.end)).collect(),
            false if !self.dead.is_empty() => {
                self.dead.iter().map(|dead| (Some(dead.service.protocol), dead.start, dead.end)).collect()
            }
            false => self.outages.iter().map(|outage| (Some(outage.protocol), outage.start, outage.end)).collect(),
        }
    }

    /// From when to when it was so; nothing if single failures here and there are the story.
    fn times(&self) -> Vec<(i64, i64)> {
        if self.is_scattered() { Vec::new() } else { self.spans().into_iter().map(|(_, start, end)| (start, end)).collect() }
    }

    /// Successes handed over to the same targets in that time, of probes or of everybody else.
    pub fn succeeded_inside(&self, case: &Case, class: Option<ClientClass>) -> u64 {
        let targets = self.targets();
        self.succeeded_where(case, |target, of| targets.contains(&target) && class.is_none_or(|class| class == of))
    }

    /// Successes handed over to the same targets between the first failure and the last one, also where there was no outage.
    pub fn succeeded_meanwhile(&self, case: &Case) -> u64 {
        let targets = self.targets();
        let is_there = |target: Option<&str>, _| target.is_some_and(|target| targets.contains(&target));
        self.succeeded_during(case, &[(None, self.start, self.end)], is_there)
    }

    /// Successes of certain targets and clients in that time.
    pub fn succeeded_where(&self, case: &Case, applies: impl Fn(&str, ClientClass) -> bool) -> u64 {
        self.succeeded_during(case, &self.spans(), |target, of| target.is_some_and(|target| applies(target, of)))
    }

    /// Successes in some stretches of time.
    fn succeeded_during(&self, case: &Case, stretches: &[Stretch], applies: impl Fn(Option<&str>, ClientClass) -> bool) -> u64 {
        let is_own = |series: &Series<'_>| series.key.server.as_deref() == self.server && applies(series.target, series.class);
        series(case, stretches).filter(is_own).map(|series| series.counts().succeeded).sum()
    }

    /// How bad: nobody can log in, many cannot, or some failed, or only one account did.
    pub fn severity(&self) -> Severity {
        match self.is_scattered() {
            true => Severity::Medium,
            false if self.is_one_account => Severity::Medium,
            false if !self.dead.is_empty() && self.failed() < self.attempts && !self.is_of_many() => Severity::Medium,
            false if self.failed() * 10 >= self.attempts * 9 => Severity::Critical,
            false => Severity::High,
        }
    }

    /// Whether probes fail, or so many accounts as make an outage of everybody.
    fn is_of_many(&self) -> bool {
        self.probes_failed > 0 || self.groups.iter().any(|group| group.users.0 >= OF_EVERYBODY.1)
    }

    /// The same failures on other servers have one cause if all of them hand over to the same hosts. A title says where it is
    /// seen between `before` and `after`.
    pub fn cause(&self, before: impl Into<String>, after: impl Into<String>) -> Option<Cause> {
        // A host may be written with its domain on one server, and without it on another.
        let mut hosts: Vec<String> = self.hosts().into_iter().map(|host| label_of(host).to_lowercase()).collect();
        hosts.sort();
        let (attempts, users_failed, probes_failed) = (self.attempts, self.users_failed, self.probes_failed);
        let figures = Some(Figures { attempts, users_failed, probes_failed });
        (!hosts.is_empty()).then(|| Cause {
            what: hosts.join(" "),
            title: (before.into(), after.into()),
            figures,
            times: self.times(),
            more: if self.dead.is_empty() { 0 } else { self.outside + self.elsewhere },
            worked_again: self.worked_again(),
            may_be_older: self.may_be_older(),
            beside: self.nothing_worked_there(),
        })
    }

    /// A finding about these failures, with its figures and its lines.
    pub fn finding(&self, id: &'static str, confidence: Confidence, title: impl Into<String>) -> Finding {
        let mut finding = Finding::new(id, self.severity(), confidence, title);
        finding.protocols = self.protocols();
        finding.servers = self.server.map(str::to_owned).into_iter().collect();
        (finding.start, finding.end, finding.ongoing) = (self.start, self.end, self.is_ongoing());
        finding.outages = self.outages.iter().map(|outage| outage.id.clone()).collect();
        finding.is_scattered = self.is_scattered() || self.is_part;
        finding.groups = self.groups.iter().map(|group| group.id.clone()).collect();
        finding.summary = self.figures();
        for class in ClientClass::ALL {
            self.add_lines(class, &mut finding);
        }
        finding
    }
}
