//! Accounts that never failed before: some new ones fail every day, and now far more of them.
//!
//! Accounts are counted over all servers, because a client does not choose one; in the front ends, where there are any, because
//! the back ends see the same logins.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnosis::finding::Severity;
use crate::protocol::{Protocol, Role};
use crate::text::{counted, thousands};
use crate::usual::baseline::Usual;
use crate::usual::calendar::{DAY, HOUR, day_in_words};
use crate::usual::deviation::{Deviation, Kind};
use crate::usual::rows::AccountFailure;
use crate::usual::words::Told;
use crate::usual::{Night, Past};

/// So many days must be known before a day's new accounts are counted: on the first days all are new.
const DAYS_TO_LEARN: usize = 7;

/// So many days must have been counted, and the newest so many are.
const DAYS_COUNTED: (usize, usize) = (7, 28);

/// So many days must be known before anything is said.
pub(super) const DAYS_NEEDED: usize = DAYS_TO_LEARN + DAYS_COUNTED.0;

/// The least spread, as a share of what is usual.
const FLOOR: f64 = 0.25;

/// Far above: so many spreads, so many times, and so many more. Twenty accounts in one night are more than one course of trainees.
const ABOVE: (f64, f64, f64) = (5.0, 3.0, 20.0);

/// So many names are said.
const NAMED: usize = 3;

pub(super) fn deviations(past: &Past, night: &Night) -> Vec<Told> {
    Protocol::ALL.into_iter().filter_map(|protocol| of_protocol(protocol, past, night)).collect()
}

fn of_protocol(protocol: Protocol, past: &Past, night: &Night) -> Option<Told> {
    let of =
        |rows: &[AccountFailure], role: Role| rows.iter().any(|row| row.service.protocol == protocol && row.service.role == role);
    let is_front = of(&past.rows.accounts, Role::FrontEnd) || of(&night.rows.accounts, Role::FrontEnd);
    let role = if is_front { Role::FrontEnd } else { Role::BackEnd };
    let is_meant = |row: &&AccountFailure| row.service.protocol == protocol && row.service.role == role;
    let mut by_day: BTreeMap<i64, BTreeSet<&str>> = BTreeMap::new();
    // Days on which nobody failed are days, too.
    for row in past.rows.hours.iter().filter(|row| row.service.protocol == protocol && row.service.role == role) {
        by_day.entry(row.hour.div_euclid(DAY)).or_default();
    }
    let days_known = by_day.len();
    for row in past.rows.accounts.iter().filter(is_meant) {
        by_day.entry(row.day).or_default().insert(&row.account);
    }
    let mut known: BTreeSet<&str> = BTreeSet::new();
    let mut new_by_day: Vec<u64> = Vec::new();
    for (place, accounts) in by_day.values().enumerate() {
        if place >= DAYS_TO_LEARN {
            new_by_day.push(accounts.difference(&known).count() as u64);
        }
        known.extend(accounts);
    }
    let counted_days = new_by_day.get(new_by_day.len().saturating_sub(DAYS_COUNTED.1)..)?;
    if counted_days.len() < DAYS_COUNTED.0 {
        return None;
    }
    let usual = Usual::of(counted_days, FLOOR)?;
    let mut failed: BTreeMap<&str, (u64, &AccountFailure)> = BTreeMap::new();
    for row in night.rows.accounts.iter().filter(is_meant).filter(|row| !known.contains(row.account.as_str())) {
        let entry = failed.entry(&row.account).or_insert((0, row));
        entry.0 = entry.0.saturating_add(row.failed);
    }
    let nights = nights(night);
    let now = failed.len() as u64;
    // A run over several days has the new accounts of all of them.
    let of_one = now.div_ceil(nights);
    if !usual.is_far_above(of_one, ABOVE.0, ABOVE.1, ABOVE.2) {
        return None;
    }
    told(&failed, protocol, role, usual, days_known as u64, nights)
}

/// How many days were newly read; one at least.
fn nights(night: &Night) -> u64 {
    let first = night.spans.values().map(|(first, _)| *first).min().unwrap_or(0);
    let last = night.spans.values().map(|(_, last)| *last).max().unwrap_or(0);
    let hours = last.saturating_sub(first).div_euclid(HOUR).unsigned_abs();
    hours.div_ceil(DAY.unsigned_abs()).max(1)
}

fn told(
    failed: &BTreeMap<&str, (u64, &AccountFailure)>,
    protocol: Protocol,
    role: Role,
    usual: Usual,
    days: u64,
    nights: u64,
) -> Option<Told> {
    let mut heaviest: Vec<(&str, u64)> = failed.iter().map(|(name, (count, _))| (*name, *count)).collect();
    heaviest.sort_unstable_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
    let names: Vec<&str> = heaviest.iter().take(NAMED).map(|(name, _)| *name).collect();
    let more = match heaviest.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {} more", thousands(more as u64)),
    };
    let first = failed.values().map(|(_, row)| row.day).min()?;
    let last = failed.values().map(|(_, row)| row.day).max()?;
    let servers: BTreeSet<Option<&str>> = failed.values().map(|(_, row)| row.service.server.as_deref()).collect();
    let server = if servers.len() == 1 { servers.first().copied().flatten() } else { None };
    let place = match (server, servers.len()) {
        (Some(server), _) => format!("{server} {}", protocol.title()),
        (None, 1) => protocol.title().to_owned(),
        (None, servers) => format!("{} on {servers} servers", protocol.title()),
    };
    let now = failed.len() as u64;
    let what = format!("{} that never failed before", counted(now, "account failed", "accounts failed"));
    let when = if first == last {
        format!("on {}", day_in_words(first))
    } else {
        format!("from {} to {}", day_in_words(first), day_in_words(last))
    };
    let a_day = if usual.whole() == 0 { "usually none".to_owned() } else { format!("usually about {} a day", usual.whole()) };
    let text = format!("{place}: {what} {when}, {}{more}; {a_day} (by {days} earlier days)", names.join(", "));
    let deviation = Deviation {
        kind: Kind::AccountsNeverFailedBefore,
        severity: Severity::Low,
        server: server.map(str::to_owned),
        protocol,
        role,
        from: first.saturating_mul(DAY * HOUR),
        to: last.saturating_add(1).saturating_mul(DAY * HOUR),
        continues: false,
        text,
        now,
        usual: Some(usual.whole().saturating_mul(nights)).filter(|usual| *usual > 0),
        also: Vec::new(),
    };
    Some(Told { deviation, brief: format!("{place} {what}") })
}
