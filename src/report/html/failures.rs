//! The tables of what failed: outages and failure groups, each with the lines and the command that show it.

use crate::case::Case;
use crate::case::group::Group;
use crate::case::outage::Outage;
use crate::clock::duration_for_people;
use crate::login::identity::ClientClass;
use crate::merge::Span;
use crate::report::html::Asked;
use crate::report::html::commands::{Cite, Narrowed, PROBES, again, cite, error_pattern, lines};
use crate::report::html::tables::of_service;
use crate::report::html::times::{Times, When};
use crate::report::html::words::{NAME, cut, estimated, server, share, who};
use crate::summary::failure_group::GroupKey;
use crate::summary::scope::NamePattern;
use crate::text::thousands;

/// So many groups are listed.
pub(super) const GROUPS: usize = 150;

/// The first groups show all their examples, the others one.
const WITH_ALL_EXAMPLES: usize = 20;
const FEW_EXAMPLES: usize = 1;

/// So many accounts and addresses of a group are named.
const NAMED: usize = 5;

/// An outage.
#[derive(Debug)]
pub(super) struct OutageRow {
    pub(super) id: String,
    pub(super) server: String,
    pub(super) protocol: &'static str,
    pub(super) start: When,
    pub(super) end: When,
    pub(super) lasted: String,
    pub(super) lasted_ms: i64,
    pub(super) failed: String,
    pub(super) failed_n: u64,
    pub(super) attempts: String,
    pub(super) probes: String,
    pub(super) accounts: String,
    pub(super) accounts_n: u64,
    pub(super) recovered: bool,
    pub(super) recovered_at: When,
    pub(super) cites: Option<Cite>,
    pub(super) command: String,
}

/// A name with its count.
#[derive(Debug)]
pub(super) struct Share {
    pub(super) name: String,
    pub(super) count: String,
}

/// A failure group.
#[derive(Debug)]
pub(super) struct GroupRow {
    pub(super) anchor: String,
    pub(super) error: String,
    pub(super) error_class: &'static str,
    pub(super) who: &'static str,
    pub(super) server: String,
    pub(super) protocol: &'static str,
    pub(super) role: &'static str,
    pub(super) target: String,
    pub(super) response: String,
    /// What the back end wrote meanwhile; empty if that is not known.
    pub(super) behind: String,
    pub(super) count: String,
    pub(super) count_n: u64,
    /// Percent of the largest group.
    pub(super) bar: f64,
    pub(super) users: String,
    pub(super) users_n: u64,
    pub(super) clients: String,
    pub(super) clients_n: u64,
    pub(super) first: When,
    pub(super) last: When,
    pub(super) top_users: Vec<Share>,
    pub(super) top_clients: Vec<Share>,
    pub(super) ports: String,
    pub(super) examples: Vec<Cite>,
    pub(super) command: String,
    /// Whether the command shows the failures of this group and no others.
    pub(super) is_alone: bool,
}

/// All outages.
pub(super) fn outages(case: &Case, asked: &Asked, times: &Times) -> Vec<OutageRow> {
    case.outages.iter().map(|outage| outage_row(case, outage, asked, times)).collect()
}

fn outage_row(case: &Case, outage: &Outage, asked: &Asked, times: &Times) -> OutageRow {
    let groups = case.groups.iter().filter(|group| outage.groups.contains(&group.id));
    let mut examples = groups.flat_map(|group| &group.failures.examples);
    let first = examples.find(|(at, _, _)| *at == outage.start);
    let narrowed = Narrowed {
        server: outage.server.as_deref(),
        protocol: Some(outage.protocol),
        window: Some((outage.start, outage.end)),
        ..Narrowed::default()
    };
    OutageRow {
        id: outage.id.clone(),
        server: server(outage.server.as_deref()),
        protocol: outage.protocol.title(),
        start: times.when(outage.start),
        end: times.when(outage.end),
        lasted: duration_for_people(outage.end - outage.start),
        lasted_ms: outage.end - outage.start,
        failed: thousands(outage.failed),
        failed_n: outage.failed,
        attempts: thousands(outage.attempts),
        probes: thousands(outage.health_mailbox_failed),
        accounts: estimated(outage.users_affected),
        accounts_n: outage.users_affected.0,
        recovered: outage.recovered_at.is_some(),
        recovered_at: outage.recovered_at.map(|at| times.when(at)).unwrap_or_default(),
        cites: first.map(|(_, at, _)| cite(at, None)),
        command: again(asked, narrowed),
    }
}

/// The failure groups, the worst first.
pub(super) fn groups(case: &Case, asked: &Asked, times: &Times) -> Vec<GroupRow> {
    let biggest = case.groups.iter().map(|group| group.failures.count).max().unwrap_or(1);
    let rows = case.groups.iter().take(GROUPS).enumerate();
    rows.map(|(place, group)| group_row(place, group, (biggest, &case.groups), asked, times)).collect()
}

fn group_row(place: usize, group: &Group, (biggest, others): (u64, &[Group]), asked: &Asked, times: &Times) -> GroupRow {
    let (key, failures, service) = (&group.key, &group.failures, &group.service);
    let shares = |names: &[(String, u64)]| {
        let named = names.iter().take(NAMED);
        named.map(|(name, count)| Share { name: cut(name, 120), count: thousands(*count) }).collect()
    };
    let examples = if place < WITH_ALL_EXAMPLES { usize::MAX } else { FEW_EXAMPLES };
    let ports: Vec<String> = failures.ports.iter().map(|(port, count)| format!("{port} ({})", thousands(*count))).collect();
    let narrowed = Narrowed {
        window: Some((failures.span.first, failures.span.last)),
        failed: true,
        error: Some(error_of(group)),
        user: (key.client_class == ClientClass::HealthMailbox && asked.users.is_empty()).then_some(PROBES),
        ..of_service(service)
    };
    GroupRow {
        anchor: group.id.clone(),
        error: if key.error.is_empty() { "no error named".to_owned() } else { cut(&key.error, NAME) },
        error_class: key.error_class.name(),
        who: who(key.client_class),
        server: server(service.server.as_deref()),
        protocol: service.protocol.title(),
        role: service.role.title(),
        target: cut(key.target.as_deref().unwrap_or_default(), NAME),
        response: if key.response.is_empty() { "no response".to_owned() } else { cut(&key.response, NAME) },
        behind: group.behind.as_ref().map(|behind| cut(&behind.in_words(), 4 * NAME)).unwrap_or_default(),
        count: thousands(failures.count),
        count_n: failures.count,
        bar: share(failures.count, biggest),
        users: estimated(group.users),
        users_n: group.users.0,
        clients: estimated(group.clients),
        clients_n: group.clients.0,
        first: times.when(failures.span.first),
        last: times.when(failures.span.last),
        top_users: shares(&group.top_users),
        top_clients: shares(&group.top_clients),
        ports: ports.join(", "),
        examples: failures.examples.iter().take(examples).map(|(_, at, text)| cite(at, Some(text))).collect(),
        command: lines(asked, narrowed),
        is_alone: is_alone(group, others, asked),
    }
}

/// What the failures of a group are asked for by: the code, or the class where there is none.
fn error_of(group: &Group) -> &str {
    if group.key.error.is_empty() { group.key.error_class.name() } else { &group.key.error }
}

/// Whether the command that shows the failures of a group shows those of no other: it asks neither for a target nor a response, and
/// for accounts only if they are probes and no others were asked for.
fn is_alone(group: &Group, others: &[Group], asked: &Asked) -> bool {
    let is_of_service = |other: &Group| {
        let (this, other) = (&group.service, &other.service);
        (this.protocol, this.role) == (other.protocol, other.role) && (this.server.is_none() || this.server == other.server)
    };
    let is_class_asked = group.key.client_class == ClientClass::HealthMailbox && asked.users.is_empty();
    let is_of_class = |other: &Group| !is_class_asked || other.key.client_class == ClientClass::HealthMailbox;
    let Ok(pattern) = NamePattern::parse(&error_pattern(error_of(group))) else { return false };
    let fits = |key: &GroupKey| pattern.matches(&key.error) || pattern.matches(key.error_class.name());
    let span = group.failures.span;
    let is_of_time = |other: Span| other.first <= span.last && span.first <= other.last;
    !others.iter().any(|other| {
        other.id != group.id && is_of_service(other) && is_of_class(other) && is_of_time(other.failures.span) && fits(&other.key)
    })
}
