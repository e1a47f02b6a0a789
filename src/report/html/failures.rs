//! The tables of what failed: outages and failure groups, each with the lines and the command that show it.

use crate::case::Case;
use crate::case::group::Group;
use crate::case::outage::Outage;
use crate::clock::duration_for_people;
use crate::report::html::Asked;
use crate::report::html::commands::{Cite, Narrowed, again, cite, lines};
use crate::report::html::tables::of_service;
use crate::report::html::times::{Times, When};
use crate::report::html::words::{NAME, cut, estimated, server, share, who};
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
    rows.map(|(place, group)| group_row(place, group, biggest, asked, times)).collect()
}

fn group_row(place: usize, group: &Group, biggest: u64, asked: &Asked, times: &Times) -> GroupRow {
    let (key, failures, service) = (&group.key, &group.failures, &group.service);
    let shares = |names: &[(String, u64)]| {
        let named = names.iter().take(NAMED);
        named.map(|(name, count)| Share { name: cut(name, 120), count: thousands(*count) }).collect()
    };
    let examples = if place < WITH_ALL_EXAMPLES { usize::MAX } else { FEW_EXAMPLES };
    let ports: Vec<String> = failures.ports.iter().map(|(port, count)| format!("{port} ({})", thousands(*count))).collect();
    let window = Some((failures.span.first, failures.span.last));
    let narrowed = Narrowed { window, failed: true, ..of_service(service) };
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
    }
}
