//! The case: what the logs show, put in order and read-only, for those who judge it and those who print it.
//!
//! The summary counts; the case says which failures belong together: the groups with their ids, the outages with
//! their first and last failure, and what the logs do not cover. Every number here can be followed to its lines.

use std::{panic, thread};

use crate::clock::Window;
use crate::evidence::fact::{Certificate, What};
use crate::location::Location;
use crate::login::account::Accounts;
use crate::merge::Merge;
use crate::protocol::Role;
use crate::summary::counts::Counts;
use crate::summary::{ServiceKey, Source, Summary};

pub mod behind;
pub mod clocks;
pub mod coverage;
pub mod evidence;
pub mod failing_minutes;
pub mod group;
mod handed_over;
pub mod none_since;
pub mod outage;
mod redacted;
pub mod refusals;
pub mod switched_off;
pub mod timeline;
pub mod top;
pub mod wrong_clock;

use coverage::Coverage;
use evidence::Evidence;
use group::Group;
use outage::Outage;
use refusals::Refusals;
use timeline::Entry;
use top::Top;

/// Everything that is known, in the order in which it is reported.
#[derive(Debug)]
pub struct Case {
    /// What was asked for.
    pub window: Window,
    /// What was counted.
    pub summary: Summary,
    /// Which names are one account.
    pub accounts: Accounts,
    /// The failure groups: those of the server's own first, then by size.
    pub groups: Vec<Group>,
    /// The outages in the order of time.
    pub outages: Vec<Outage>,
    /// The accounts with most failures, over all services.
    pub top_accounts: Vec<Top>,
    /// The client addresses with most failures, over all services.
    pub top_addresses: Vec<Top>,
    /// Refused credentials, server by server.
    pub refusals: Vec<Refusals>,
    /// What the logs cover.
    pub coverage: Coverage,
    /// When services are seen to have started anew.
    pub restarts: Vec<(ServiceKey, Vec<i64>)>,
    /// What is known beside the logs.
    pub evidence: Evidence,
    /// Everything that can be dated, in one order.
    pub timeline: Vec<Entry>,
}

impl Case {
    /// Puts a summary in order.
    pub fn new(mut summary: Summary, mut evidence: Evidence, window: Window) -> Self {
        summary.unify_spellings();
        evidence.note_ambiguous_dates();
        let accounts = join_accounts(&summary);
        let refusals = || refusals::refusals(&summary, &accounts);
        let others = || {
            let mut groups = group::groups(&summary, &accounts);
            let clocks = clocks::clocks(&summary);
            behind::look_behind(&mut groups, &summary, &accounts, &clocks);
            let outages = outage::outages(&summary, &accounts, &groups);
            let tops = (top::accounts(&summary, &accounts), top::addresses(&summary));
            (groups, outages, tops, coverage::coverage(&summary, &evidence, clocks))
        };
        // The refusals are half of the work, and nothing else here waits for them.
        let (refusals, (groups, outages, (top_accounts, top_addresses), (coverage, restarts))) = at_once(refusals, others);
        let mut case = Self {
            window,
            summary,
            accounts,
            groups,
            outages,
            top_accounts,
            top_addresses,
            refusals,
            coverage,
            restarts,
            evidence,
            timeline: Vec::new(),
        };
        case.timeline = timeline::timeline(&case);
        case
    }

    /// The servers of all services, each once; `None` is one of which nothing is known.
    pub fn servers(&self) -> Vec<Option<&str>> {
        let mut servers: Vec<Option<&str>> = self.summary.services.keys().map(|key| key.server.as_deref()).collect();
        servers.dedup();
        servers
    }

    /// From when on was looked: the first line, or the beginning of the window where that comes later. `None` if nothing was read.
    pub fn beginning(&self) -> Option<i64> {
        let first = self.summary.span?.first;
        Some(self.window.from.map_or(first, |from| from.max(first)))
    }

    /// Up to when was looked: the last line, or the end of the window where that comes first. `None` if nothing was read.
    pub fn end(&self) -> Option<i64> {
        let last = self.summary.span?.last;
        Some(self.window.to.map_or(last, |to| to.min(last)))
    }

    /// Whether lines after the end of the window were read, so that [`Self::end`] is the window's and not the logs'.
    pub fn ends_with_window(&self) -> bool {
        let last = self.summary.span.map(|span| span.last);
        self.window.to.is_some_and(|to| last.is_some_and(|last| last > to))
    }

    /// All login attempts in one role. Front end and back end are never added up: they see the same logins.
    pub fn logins(&self, role: Role) -> Counts {
        let mut total = Counts::default();
        for (_, service) in self.summary.services.iter().filter(|(key, _)| key.role == role) {
            service.logins.values().for_each(|counts| total.merge_with(*counts));
        }
        total
    }

    /// The file in which a service wrote at a moment, as a place without a line.
    pub fn file_at(&self, key: &ServiceKey, moment: i64) -> Option<Location> {
        let of_service = self
            .summary
            .sources
            .iter()
            .filter(|source| source.server == key.server && source.service == Some((key.protocol, key.role)));
        let holds =
            |source: &&Source| source.span.is_some_and(|(first, last)| first <= moment + 60_000 && moment - 60_000 <= last);
        of_service.clone().find(holds).or_else(|| of_service.clone().next()).map(|source| Location::new(source.file.clone(), 0))
    }

    /// Whether IMAP or POP use a certificate: by its services, or because their settings name it.
    pub fn uses_certificate(&self, certificate: &Certificate) -> bool {
        let by_service = certificate
            .services
            .iter()
            .any(|service| service.eq_ignore_ascii_case("IMAP") || service.eq_ignore_ascii_case("POP"));
        let by_name = self.evidence.facts.iter().any(|fact| match &fact.what {
            What::Settings(settings) => {
                settings.certificate_name.as_deref().is_some_and(|name| evidence::is_for_host(&certificate.names, name))
            }
            _ => false,
        });
        by_service || by_name
    }

    /// Whether all counts of different accounts and addresses are exact.
    pub fn is_exact(&self) -> bool {
        self.summary.services.values().all(|service| {
            service.accounts.distinct().1
                && service.addresses.distinct().1
                && service.affected.is_exact()
                && service.groups.values().all(|group| group.users.distinct().1 && group.clients.distinct().1)
        })
    }
}

/// Does two things at once, or one after the other where no thread can be had.
fn at_once<A: Send, B>(aside: impl Fn() -> A + Copy + Send, here: impl FnOnce() -> B) -> (A, B) {
    thread::scope(|scope| {
        let thread = thread::Builder::new().spawn_scoped(scope, aside);
        let here = here();
        match thread.map(|thread| thread.join()) {
            Ok(Ok(done)) => (done, here),
            Ok(Err(panic)) => panic::resume_unwind(panic),
            Err(_) => (aside(), here),
        }
    })
}

fn join_accounts(summary: &Summary) -> Accounts {
    let services = summary.services.values();
    let names = services.flat_map(|service| {
        let by_group = service.groups.values().flat_map(|group| group.users.iter().map(|(key, spelling, _)| (key, spelling)));
        service.accounts.iter().map(|(key, spelling, _)| (key, spelling)).chain(by_group)
    });
    Accounts::join(names, &summary.aliases)
}
