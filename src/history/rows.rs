//! What of a summary becomes rows: totals, hours, groups, accounts and latencies, service by service.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::collections::minutes::MINUTE;
use crate::login::identity::ClientClass;
use crate::merge::Merge;
use crate::summary::counts::Counts;
use crate::summary::failure_group::{FailureGroup, GroupKey};
use crate::summary::service::Service as Summarized;
use crate::summary::{ServiceKey, Summary};
use crate::usual::{AccountFailure, GroupDay, LatencyDay, Rows, Service, ServiceHour};

/// So many accounts of each service are kept for each part: those that failed most.
const ACCOUNTS: usize = 1000;

const MINUTES_OF_HOUR: i64 = 60;
const MINUTES_OF_DAY: i64 = 24 * 60;

/// All that was ever read of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Total {
    pub(super) service: Service,
    pub(super) records: u64,
    pub(super) logins: Counts,
}

/// The service of a key.
pub(super) fn service_of(key: &ServiceKey) -> Service {
    Service { server: key.server.as_deref().map(str::to_owned), protocol: key.protocol, role: key.role }
}

pub(super) fn totals(summary: &Summary) -> Vec<Total> {
    let total = |(key, service): (&ServiceKey, &Summarized)| {
        let mut logins = Counts::default();
        service.logins.values().for_each(|counts| logins.merge_with(*counts));
        Total { service: service_of(key), records: service.records, logins }
    };
    summary.services.iter().map(total).collect()
}

/// The rows of a summary; `day` is that of what has no time of its own.
pub(super) fn rows(summary: &Summary, day: i64) -> Rows {
    let mut rows = Rows::default();
    for (key, summarized) in &summary.services {
        let service = service_of(key);
        rows.hours.extend(hours(&service, summarized));
        for (key, group) in &summarized.groups {
            rows.groups.extend(group_days(&service, key, group));
        }
        rows.accounts.extend(accounts(&service, summarized, day));
        if summarized.latency.count() > 0 {
            rows.latency.push(LatencyDay {
                service,
                day,
                logins: summarized.latency.count(),
                median_ms: summarized.latency.quantile(0.5),
                p95_ms: summarized.latency.quantile(0.95),
            });
        }
    }
    rows
}

fn hours(service: &Service, summarized: &Summarized) -> Vec<ServiceHour> {
    let mut hours: BTreeMap<i64, ServiceHour> = BTreeMap::new();
    let mut at = |minute: i64, add: &dyn Fn(&mut ServiceHour)| {
        let hour = minute.div_euclid(MINUTES_OF_HOUR);
        add(hours.entry(hour).or_insert_with(|| ServiceHour {
            service: service.clone(),
            hour,
            attempts: 0,
            succeeded: 0,
            failed: 0,
            own_failed: 0,
            probes: 0,
            probes_failed: 0,
        }));
    };
    for ((_, class), minutes) in &summarized.series {
        for (minute, counts) in minutes.iter() {
            at(minute, &|hour| {
                hour.attempts += counts.attempts();
                hour.succeeded += counts.succeeded;
                hour.failed += counts.failed;
                if *class == ClientClass::HealthMailbox {
                    hour.probes += counts.attempts();
                    hour.probes_failed += counts.failed;
                }
            });
        }
    }
    for (_, group) in summarized.groups.iter().filter(|(key, _)| key.is_servers_own()) {
        group.minutes.iter().for_each(|(minute, count)| at(minute, &|hour| hour.own_failed += count));
    }
    hours.into_values().collect()
}

fn group_days(service: &Service, key: &GroupKey, group: &FailureGroup) -> Vec<GroupDay> {
    let mut days: BTreeMap<i64, GroupDay> = BTreeMap::new();
    for (minute, count) in group.minutes.iter() {
        let day = minute.div_euclid(MINUTES_OF_DAY);
        let (start, end) = (minute * MINUTE, (minute + 1) * MINUTE - 1);
        let row = days.entry(day).or_insert_with(|| GroupDay {
            service: service.clone(),
            error: key.error.to_string(),
            error_class: key.error_class.name().to_owned(),
            target: key.target.as_deref().map(str::to_owned),
            client_class: key.client_class.name().to_owned(),
            response: key.response.to_string(),
            is_servers_own: key.is_servers_own(),
            day,
            count: 0,
            first_seen: start.max(group.span.first),
            last_seen: start,
        });
        row.count += count;
        row.last_seen = end.min(group.span.last);
    }
    days.into_values().collect()
}

fn accounts(service: &Service, summarized: &Summarized, day: i64) -> Vec<AccountFailure> {
    let is_probe = |name: &str| ClientClass::of(name) == ClientClass::HealthMailbox;
    let failed = summarized.accounts.iter().filter(|(_, shown, account)| account.counts.failed > 0 && !is_probe(shown));
    let mut failed: Vec<(&str, u64)> = failed.map(|(key, _, account)| (key, account.counts.failed)).collect();
    failed.sort_unstable_by_key(|(name, count)| (Reverse(*count), *name));
    failed.truncate(ACCOUNTS);
    let row = |(name, failed): (&str, u64)| AccountFailure { service: service.clone(), account: name.to_owned(), day, failed };
    failed.into_iter().map(row).collect()
}
