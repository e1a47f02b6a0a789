//! One cause, one story: what is strange at the same hours is told once, by its strongest sign.
//!
//! A back end that dies makes failures far above, a new failure group, probes that fail and accounts that never failed before, on
//! both roles and perhaps on all servers. Who reads nine alarms about it reads none of them the next time.

use std::cmp::Reverse;

use crate::diagnosis::finding::Severity;
use crate::protocol::{Protocol, Role};
use crate::usual::calendar::HOUR;
use crate::usual::deviation::{Deviation, Kind};
use crate::usual::words::Told;

/// A failure group that began so long before or after the strange hours belongs to them, in milliseconds: hours are cut where
/// the clock strikes, causes are not.
const BESIDE: i64 = HOUR;

/// So many others are named in a sentence.
const NAMED: usize = 4;

/// The signs that may lead a story, before those that may only belong to one.
fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::FailuresFarAbove | Kind::AttemptsFarBelow | Kind::ProbesFailing | Kind::ProbesMissing | Kind::AttemptsFarAbove => 0,
        Kind::NewFailureGroup | Kind::FailureGroupBack => 1,
        Kind::AccountsNeverFailedBefore => 2,
        Kind::LoginsSlower => 3,
    }
}

/// The stories, the worst first.
pub(super) fn told_once(mut told: Vec<Told>) -> Vec<Deviation> {
    told.sort_by(|a, b| order(&a.deviation).cmp(&order(&b.deviation)));
    let mut stories: Vec<Vec<Told>> = Vec::new();
    for sign in told {
        match stories.iter_mut().find(|story| belongs(&sign.deviation, story)) {
            Some(story) => story.push(sign),
            None => stories.push(vec![sign]),
        }
    }
    let mut deviations: Vec<Deviation> = stories.into_iter().filter_map(as_one).collect();
    deviations.sort_by(|a, b| (Reverse(a.severity), order(a)).cmp(&(Reverse(b.severity), order(b))));
    deviations
}

type Order<'a> = (u8, Reverse<Severity>, Kind, Role, i64, Option<&'a str>, Protocol);

fn order(deviation: &Deviation) -> Order<'_> {
    let Deviation { kind, severity, role, from, server, protocol, .. } = deviation;
    (rank(*kind), Reverse(*severity), *kind, *role, *from, server.as_deref(), *protocol)
}

/// Whether a sign belongs to a story: the stories were begun by the stronger ones.
fn belongs(sign: &Deviation, story: &[Told]) -> bool {
    let Some(lead) = story.first().map(|told| &told.deviation) else { return false };
    let mut members = story.iter().map(|told| &told.deviation);
    match rank(sign.kind) {
        0 => rank(lead.kind) == 0 && is_at_the_same_time(sign, lead),
        1 => members.any(|member| {
            rank(member.kind) == 0
                && member.server == sign.server
                && (member.from.saturating_sub(BESIDE)..member.to.saturating_add(BESIDE)).contains(&sign.from)
        }),
        2 => members.any(|member| is_of_failures(member) && meets(sign, member)),
        _ => members.any(|member| {
            (member.kind == Kind::LoginsSlower || (is_of_failures(member) && member.server == sign.server)) && meets(sign, member)
        }),
    }
}

/// Whether two signs have half of their hours in common: half of the shorter one, because one cause is seen in one place longer
/// than in another; of different signs on two servers half of the longer one, because two servers have causes of their own.
fn is_at_the_same_time(a: &Deviation, b: &Deviation) -> bool {
    let common = a.to.min(b.to).saturating_sub(a.from.max(b.from));
    let (of_a, of_b) = (a.to.saturating_sub(a.from), b.to.saturating_sub(b.from));
    let measure = if a.server == b.server || a.kind == b.kind { of_a.min(of_b) } else { of_a.max(of_b) };
    common > 0 && common.saturating_mul(2) >= measure
}

fn meets(a: &Deviation, b: &Deviation) -> bool {
    a.from <= b.to && b.from <= a.to
}

fn is_of_failures(deviation: &Deviation) -> bool {
    use Kind::{AccountsNeverFailedBefore, FailureGroupBack, FailuresFarAbove, NewFailureGroup, ProbesFailing};
    matches!(deviation.kind, FailuresFarAbove | ProbesFailing | NewFailureGroup | FailureGroupBack | AccountsNeverFailedBefore)
}

/// A story as one deviation: what leads it, with the others in its sentence. It is as bad as the worst of them.
fn as_one(story: Vec<Told>) -> Option<Deviation> {
    let mut signs = story.into_iter();
    let mut one = signs.next()?.deviation;
    let others: Vec<Told> = signs.collect();
    if others.is_empty() {
        return Some(one);
    }
    let mut told: Vec<&str> = others.iter().take(NAMED).map(|other| other.brief.as_str()).collect();
    let more = format!("{} more", others.len().saturating_sub(NAMED));
    if others.len() > NAMED {
        told.push(&more);
    }
    one.text = format!("{}. With it: {}", one.text, told.join("; "));
    one.severity = others.iter().map(|other| other.deviation.severity).fold(one.severity, Ord::max);
    one.also = others.iter().map(|other| other.deviation.kind).collect();
    one.also.sort_unstable();
    one.also.dedup();
    Some(one)
}
