//! What changed at services that have login attempts on both sides.

use std::collections::{BTreeMap, BTreeSet};

use crate::comparison::change::{Change, Direction, Figure, Kind};
use crate::comparison::share::{FACTOR, Share, judge, judge_latency};
use crate::comparison::side::{Failures, GroupName, Place, Service};
use crate::login::identity::ClientClass;

/// The percentiles that are compared.
const PERCENTILES: [(&str, f64); 2] = [("p50", 0.5), ("p95", 0.95)];

/// The changes of all services, and how many differences in failures were too small to tell.
pub(super) fn changes(this: &BTreeMap<Place, Service>, other: &BTreeMap<Place, Service>) -> (Vec<Change>, u64) {
    let (mut changes, mut too_few) = (Vec::new(), 0);
    for (place, mine) in this {
        let Some(theirs) = other.get(place) else { continue };
        let mut found = Vec::new();
        found.extend(outages(mine, theirs));
        too_few += failures(mine, theirs, &mut found);
        found.extend(logins(mine, theirs));
        found.extend(latency(mine, theirs));
        found.extend(clear_text(mine, theirs));
        found.extend(mechanisms(mine, theirs));
        for change in &mut found {
            change.server.clone_from(&place.server);
            change.protocol = Some(place.protocol);
            change.role = Some(place.role);
        }
        changes.extend(found);
    }
    (changes, too_few)
}

/// A change of shares, if it is one.
fn of_shares(kind: Kind, what: &str, this: Share, other: Share) -> Option<Change> {
    judge(this, other).map(|direction| Change::new(direction, kind, what, Figure::Share(this), Figure::Share(other)))
}

fn outages(this: &Service, other: &Service) -> Option<Change> {
    let share = |service: &Service| Share { part: service.outages.failed, whole: service.counts().attempts() };
    let figure =
        |service: &Service| Figure::Outages(service.outages.ids.len() as u64, service.outages.milliseconds, share(service));
    let direction = judge(share(this), share(other))?;
    let mut change = Change::new(direction, Kind::Outages, "", figure(this), figure(other));
    change.ids.clone_from(&this.outages.ids);
    Some(change)
}

/// Adds what changed about the failures that are the same; the number of those of which nothing can be told.
fn failures(this: &Service, other: &Service, changes: &mut Vec<Change>) -> u64 {
    let mut too_few = 0;
    let names: BTreeSet<&GroupName> = this.groups.keys().chain(other.groups.keys()).collect();
    for name in names {
        let (mine, theirs) = (this.groups.get(name), other.groups.get(name));
        let share = |service: &Service, failures: Option<&Failures>| Share {
            part: failures.map_or(0, |failures| failures.count),
            whole: service.attempts(name.class),
        };
        let (here, there) = (share(this, mine), share(other, theirs));
        let Some(mut change) = of_shares(Kind::Failures, &name.error, here, there) else {
            let (low, high) = if here.value() < there.value() { (here, there) } else { (there, here) };
            too_few += u64::from(high.value() >= FACTOR * low.value());
            continue;
        };
        change.class = Some(name.class);
        change.target.clone_from(&name.target);
        change.detail.clone_from(&name.response);
        if change.what.is_empty() {
            change.what.clone_from(&name.response);
        }
        change.ids = mine.map(|failures| failures.ids.clone()).unwrap_or_default();
        let shown = if change.direction.is_bad() { mine } else { theirs };
        change.example = shown.and_then(|failures| failures.example.clone());
        changes.push(change);
    }
    too_few
}

fn logins<'a>(this: &'a Service, other: &'a Service) -> impl Iterator<Item = Change> + 'a {
    ClientClass::ALL.into_iter().filter_map(|class| {
        let share = |service: &Service| {
            let failed = service.logins.get(&class).map_or(0, |counts| counts.failed);
            Share { part: failed, whole: service.attempts(class) }
        };
        let mut change = of_shares(Kind::Logins, "", share(this), share(other))?;
        change.class = Some(class);
        Some(change)
    })
}

fn latency<'a>(this: &'a Service, other: &'a Service) -> impl Iterator<Item = Change> + 'a {
    PERCENTILES.into_iter().filter_map(|(name, share)| {
        let direction = judge_latency(&this.latency, &other.latency, share)?;
        let figure = |service: &Service| Figure::Milliseconds(service.latency.quantile(share), service.latency.count());
        Some(Change::new(direction, Kind::Latency, name, figure(this), figure(other)))
    })
}

fn clear_text(this: &Service, other: &Service) -> Option<Change> {
    let share = |service: &Service| Share { part: service.encryption.1, whole: service.encryption.0 };
    of_shares(Kind::ClearText, "", share(this), share(other))
}

/// Ways of logging in that come into use or go out of it: more or less of one is neither good nor bad.
fn mechanisms<'a>(this: &'a Service, other: &'a Service) -> impl Iterator<Item = Change> + 'a {
    let all: BTreeSet<_> = this.mechanisms.keys().chain(other.mechanisms.keys()).collect();
    all.into_iter().filter_map(|mechanism| {
        let share = |service: &Service| Share {
            part: service.mechanisms.get(mechanism).copied().unwrap_or_default(),
            whole: service.mechanisms.values().sum(),
        };
        let change = of_shares(Kind::Mechanism, mechanism.name(), share(this), share(other))?;
        matches!(change.direction, Direction::New | Direction::Gone).then_some(change)
    })
}
