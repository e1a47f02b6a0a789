//! `slow-logins`: logins that take far longer than they do otherwise.

use crate::case::Case;
use crate::clock::{Zone, for_people};
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Confidence, Effect, Finding, Severity};
use crate::protocol::Role;
use crate::summary::{ServiceKey, service::Service};

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "slow-logins",
    title: "Logins take far longer than usual",
    doc: "\
## What it finds
Hours in which half of the successful logins took some eight times as long as in a usual hour of the same service, and about two seconds or longer.
How long logins took is kept to a factor of two.

## Why it matters
Clients time out or open further connections; it often precedes an outage.

## Evidence it needs
The logs suffice to see it; performance counters say what logins waited for.

## What to do
Look at the domain controllers, the mailbox servers' disks and load, and the network between.

## When it is wrong
In hours with few logins chance decides; they are not looked at.
",
    judge,
};

/// An hour counts from so many logins on, and the baseline from so many hours on.
const FEWEST: (u64, usize) = (20, 4);
/// Slow is so many times the usual, and so many milliseconds at least.
const SLOW: (u64, u64) = (8, 2_000);

fn judge(case: &Case) -> Vec<Finding> {
    let front_ends = case.summary.services.iter().filter(|(key, _)| key.role == Role::FrontEnd);
    front_ends.filter_map(|(key, service)| judge_service(case, key, service)).collect()
}

fn judge_service(case: &Case, key: &ServiceKey, service: &Service) -> Option<Finding> {
    let hours: Vec<(i64, u64)> =
        service.pace.hours().filter(|(_, count, _)| *count >= FEWEST.0).map(|(at, _, median)| (at, median)).collect();
    let mut medians: Vec<u64> = hours.iter().map(|(_, median)| *median).collect();
    medians.sort_unstable();
    let usual = *medians.get(medians.len() / 2).filter(|_| medians.len() >= FEWEST.1)?;
    let slow: Vec<&(i64, u64)> = hours.iter().filter(|(_, median)| *median >= usual * SLOW.0 && *median >= SLOW.1).collect();
    let (first, last) = (slow.first()?.0, slow.last()?.0);
    let worst = slow.iter().map(|(_, median)| *median).max()?;
    let server = key.server.as_deref().unwrap_or("an unknown server");
    let mut finding = Finding::new(
        DIAGNOSIS.id,
        Severity::Medium,
        Confidence::Consistent,
        format!("{} logins on {server} are slow", key.protocol.title()),
    );
    finding.servers = key.server.as_deref().map(str::to_owned).into_iter().collect();
    finding.protocols = vec![key.protocol];
    (finding.start, finding.end) = (first, last + 3_600_000);
    finding.summary = format!(
        "the median login took about {} in {} from {} UTC on; usually about {}",
        range(worst),
        match slow.len() {
            1 => "the hour".to_owned(),
            more => format!("the slowest of {more} hours"),
        },
        for_people(first, Zone::Utc),
        range(usual)
    );
    for (at, median) in slow.iter().take(5) {
        let text = format!("in the hour from {} UTC the median login took about {}", for_people(*at, Zone::Utc), range(*median));
        finding.seen(Effect::Supports, "log_line", text, Some(*at), case.file_at(key, *at + 1_800_000).as_ref());
    }
    finding.step("Look at domain controllers and the mailbox servers: logins wait for both", None);
    finding.missing(
        "event",
        "performance counters of the time: MSExchangeImap4 and MSExchangePop3, Average Command Processing Time",
    );
    finding.checked()
}

/// A duration that is known to be below so many milliseconds and not below half of that.
fn range(below: u64) -> String {
    match below {
        0..2_000 => format!("{} to {below} ms", below / 2),
        _ => format!("{} to {} s", below / 2_000, below / 1_000),
    }
}
