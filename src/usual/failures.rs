//! Failures far above: how many logins of clients fail, by hour; those of the server's own apart from those of accounts.
//!
//! A failure of the server's own is everybody's trouble. Failures of accounts are wrong passwords and the like: one phone with an
//! old password makes hundreds an hour, and is told as information.

use std::collections::BTreeMap;

use crate::diagnosis::finding::Severity;
use crate::text::{counted, thousands};
use crate::usual::calendar::DAY;
use crate::usual::deviation::Kind;
use crate::usual::rows::AccountFailure;
use crate::usual::series::Hour;
use crate::usual::stretch::{BREAK, Off, Stretch, Watched};
use crate::usual::words::{Told, of_stretch};

/// The least spread, as a share of what is usual: failures come in bursts.
const FLOOR: f64 = 0.25;

/// Far above: so many spreads, and so many times.
const ABOVE: (f64, f64) = (6.0, 3.0);

/// So many more than usual in an hour: of the server's own, and of accounts. Ten failures of a server are more than one impatient
/// client; thirty wrong passwords are more than the first Monday of a month.
const MORE: (f64, f64) = (10.0, 30.0);

/// Failures of the server's own are of weight from this number or this share of attempts on, and bad from both of these on.
const OF_WEIGHT: (u64, f64) = (50, 0.05);
const BAD: (u64, f64) = (20, 0.2);

/// Failures of accounts are bad from this number and this share on.
const ACCOUNTS_BAD: (u64, f64) = (100, 0.3);

/// So few accounts that have so much of the failures are the whole story.
const FEW: (usize, f64) = (3, 0.6);

pub(super) fn deviations(watched: &Watched, accounts: &[AccountFailure]) -> Vec<Told> {
    let servers = watched.stretches(BREAK, |hour| judge(watched, hour, Hour::of_the_server, MORE.0));
    let own = watched.stretches(BREAK, |hour| judge(watched, hour, Hour::of_accounts, MORE.1));
    let servers = servers.iter().map(|stretch| of_server(watched, stretch));
    servers.chain(own.iter().map(|stretch| of_accounts(watched, stretch, accounts))).collect()
}

fn judge(watched: &Watched, hour: i64, count: fn(&Hour) -> u64, more: f64) -> Option<Off> {
    let around = watched.around(hour, count, FLOOR)?;
    let now = count(&watched.series.at(hour));
    let is_off = around.all(|usual| usual.is_far_above(now, ABOVE.0, ABOVE.1, more));
    is_off.then_some(Off { hour, now, usual: around.here.median, basis: around.basis })
}

/// How many logins clients tried in the strange hours, and the share of them that failed.
fn share(watched: &Watched, stretch: &Stretch) -> (u64, f64) {
    let attempts: u64 = stretch.off.iter().map(|off| watched.series.at(off.hour).by_clients()).sum();
    (attempts, stretch.now() as f64 / attempts.max(1) as f64)
}

fn of_server(watched: &Watched, stretch: &Stretch) -> Told {
    let (attempts, share) = share(watched, stretch);
    let now = stretch.now();
    let severity = if now >= BAD.0 && share >= BAD.1 {
        Severity::Medium
    } else if now >= OF_WEIGHT.0 || share >= OF_WEIGHT.1 {
        Severity::Low
    } else {
        Severity::Info
    };
    let what = format!("{} of {} of clients failed, not by their own fault,", thousands(now), logins(attempts));
    of_stretch(Kind::FailuresFarAbove, severity, watched.service, stretch, what.as_str(), "")
}

fn of_accounts(watched: &Watched, stretch: &Stretch, accounts: &[AccountFailure]) -> Told {
    let (attempts, share) = share(watched, stretch);
    let now = stretch.now();
    let what = format!("{} of {} of clients failed by the accounts' own fault", thousands(now), logins(attempts));
    let (severity, then) = match few(watched, stretch, accounts) {
        Some(names) => (Severity::Info, format!("; most of them of {names}")),
        None if now >= ACCOUNTS_BAD.0 && share >= ACCOUNTS_BAD.1 => (Severity::Medium, String::new()),
        None => (Severity::Low, String::new()),
    };
    of_stretch(Kind::FailuresFarAbove, severity, watched.service, stretch, &what, &then)
}

fn logins(number: u64) -> String {
    counted(number, "login", "logins")
}

/// The accounts that have most of the failures, if they are few.
fn few(watched: &Watched, stretch: &Stretch, accounts: &[AccountFailure]) -> Option<String> {
    let days = stretch.first().div_euclid(DAY)..=(stretch.end() - 1).div_euclid(DAY);
    let of_days = accounts.iter().filter(|row| row.service == *watched.service && days.contains(&row.day));
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for row in of_days {
        let sum = sums.entry(&row.account).or_default();
        *sum = sum.saturating_add(row.failed);
    }
    let mut heaviest: Vec<(&str, u64)> = sums.into_iter().collect();
    heaviest.sort_unstable_by_key(|(name, failed)| (std::cmp::Reverse(*failed), *name));
    heaviest.truncate(FEW.0);
    // All of the day's failures of one account may lie outside of the hours; those with hardly any are no part of the story.
    heaviest.retain(|(_, failed)| failed.saturating_mul(10) >= stretch.now());
    let sum = heaviest.iter().fold(0, |sum: u64, (_, failed)| sum.saturating_add(*failed));
    let names: Vec<&str> = heaviest.iter().map(|(name, _)| *name).collect();
    (sum as f64 >= FEW.1 * stretch.now() as f64 && !names.is_empty()).then(|| names.join(", "))
}
