//! The plain tables: accounts, addresses, what happened, latency.

use std::collections::BTreeMap;

use crate::case::Case;
use crate::case::top::Top;
use crate::protocol::Role;
use crate::report::html::Asked;
use crate::report::html::commands::{Cite, Narrowed, cite, lines};
use crate::report::html::marks::kind_of;
use crate::report::html::times::{Times, When};
use crate::report::html::words::{NAME, cut, server, share};
use crate::summary::ServiceKey;
use crate::text::thousands;

/// So many events are listed, and so many services with their latency.
pub(super) const EVENTS: usize = 200;
pub(super) const LATENCIES: usize = 200;

/// An account or an address.
#[derive(Debug)]
pub(super) struct NameRow {
    pub(super) name: String,
    pub(super) server: String,
    pub(super) protocol: String,
    pub(super) failed: String,
    pub(super) failed_n: u64,
    pub(super) succeeded: String,
    pub(super) succeeded_n: u64,
    /// Percent that failed.
    pub(super) bar: f64,
    pub(super) has_times: bool,
    pub(super) first: When,
    pub(super) last: When,
    /// The first refusal, where there is one.
    pub(super) cites: Option<Cite>,
    pub(super) command: String,
}

/// Something that happened.
#[derive(Debug)]
pub(super) struct EventRow {
    /// The number of its mark on the axis, if it has one.
    pub(super) number: String,
    pub(super) kind: &'static str,
    pub(super) word: &'static str,
    pub(super) at: When,
    pub(super) text: String,
    pub(super) cites: Option<Cite>,
}

/// How long logins of a service took.
#[derive(Debug)]
pub(super) struct LatencyRow {
    pub(super) server: String,
    pub(super) protocol: &'static str,
    pub(super) role: &'static str,
    pub(super) count: String,
    pub(super) count_n: u64,
    pub(super) p50: String,
    pub(super) p95: String,
    pub(super) p99: String,
    pub(super) max: String,
    pub(super) p50_n: u64,
    pub(super) p95_n: u64,
    pub(super) p99_n: u64,
    pub(super) max_n: u64,
    /// Percent of the widest of the role.
    pub(super) x50: f64,
    pub(super) x95: f64,
    pub(super) x99: f64,
    pub(super) alt: String,
    pub(super) command: String,
}

/// The accounts, or the addresses, with most failures.
pub(super) fn names(rows: &[Top], are_accounts: bool, asked: &Asked, times: &Times) -> Vec<NameRow> {
    let row = |top: &Top| {
        let (counts, service) = (top.account.counts, &top.service);
        let role = if service.role == Role::FrontEnd { String::new() } else { format!(" {}", service.role.title()) };
        let narrowed = Narrowed {
            user: are_accounts.then_some(top.name.as_str()),
            client: (!are_accounts).then_some(top.name.as_str()),
            failed: true,
            ..of_service(service)
        };
        NameRow {
            name: cut(&top.name, NAME),
            server: server(service.server.as_deref()),
            protocol: format!("{}{role}", service.protocol.title()),
            failed: thousands(counts.failed),
            failed_n: counts.failed,
            succeeded: thousands(counts.succeeded),
            succeeded_n: counts.succeeded,
            bar: share(counts.failed, counts.attempts()),
            has_times: top.account.failed.is_some(),
            first: top.account.failed.map(|span| times.when(span.first)).unwrap_or_default(),
            last: top.account.failed.map(|span| times.when(span.last)).unwrap_or_default(),
            cites: top.account.refused.as_ref().map(|refused| cite(&refused.first.1, None)),
            command: lines(asked, narrowed),
        }
    };
    rows.iter().map(row).collect()
}

/// What happened, in the order of time.
pub(super) fn events(case: &Case, times: &Times, numbers: &BTreeMap<usize, usize>) -> Vec<EventRow> {
    let rows = case.timeline.iter().take(EVENTS).enumerate().map(|(place, entry)| {
        let (kind, word) = kind_of(entry);
        EventRow {
            number: numbers.get(&place).map(usize::to_string).unwrap_or_default(),
            kind: kind.unwrap_or(if entry.kind == "recovery" { "recovery" } else { "outage" }),
            word,
            at: times.when(entry.at),
            text: cut(&entry.text, 400),
            cites: entry.location.as_ref().map(|at| cite(at, None)),
        }
    });
    rows.collect()
}

/// One service alone.
pub(super) fn of_service(key: &ServiceKey) -> Narrowed<'_> {
    let (server, protocol, role) = (key.server.as_deref(), Some(key.protocol), Some(key.role));
    Narrowed { server, protocol, role, ..Narrowed::default() }
}

/// Latency by service: front ends first, the slowest first.
pub(super) fn latency(case: &Case, asked: &Asked) -> Vec<LatencyRow> {
    let mut rows = Vec::new();
    for role in Role::ALL {
        let services = || case.summary.services.iter().filter(|(key, service)| key.role == role && service.latency.count() > 0);
        let widest = services().map(|(_, service)| service.latency.quantile(0.99)).max().unwrap_or_default();
        let mut of_role: Vec<LatencyRow> = services()
            .map(|(key, service)| {
                let at = |share: f64| service.latency.quantile(share);
                let (p50, p95, p99, max) = (at(0.5), at(0.95), at(0.99), service.latency.max());
                LatencyRow {
                    server: server(key.server.as_deref()),
                    protocol: key.protocol.title(),
                    role: role.title(),
                    count: thousands(service.latency.count()),
                    count_n: service.latency.count(),
                    p50: thousands(p50),
                    p95: thousands(p95),
                    p99: thousands(p99),
                    max: thousands(max),
                    p50_n: p50,
                    p95_n: p95,
                    p99_n: p99,
                    max_n: max,
                    x50: share(p50, widest),
                    x95: share(p95, widest),
                    x99: share(p99, widest),
                    command: lines(asked, of_service(key)),
                    alt: format!("half within {p50} ms, 95 % within {p95} ms, 99 % within {p99} ms"),
                }
            })
            .collect();
        of_role.sort_by_key(|row| std::cmp::Reverse(row.p95_n));
        rows.extend(of_role);
    }
    rows
}
