//! Attempts far above and far below: how many logins clients try, by hour.
//!
//! What is looked at are clients, without probes. Many things make fewer logins that nobody needs to hear of at breakfast: a
//! holiday, or a server that hands its clients over to others. They are told, but only as information.

use crate::clock::Zone;
use crate::diagnosis::finding::Severity;
use crate::text::counted;
use crate::usual::calendar::{DAY, wall_day};
use crate::usual::deviation::Kind;
use crate::usual::history::History;
use crate::usual::series::Hour;
use crate::usual::stretch::{BREAK, Off, Stretch, Watched};
use crate::usual::words::{Told, of_stretch};

/// Hours that usually have fewer attempts are not compared: half of 30 is what chance does once a month in each of them.
const FEWEST: f64 = 30.0;

/// The least spread, as a share of what is usual: one Tuesday differs so much from another.
const FLOOR: f64 = 0.1;

/// Far above: so many spreads, so many times, and so many more. Twice as many is what a new phone model does.
const ABOVE: (f64, f64, f64) = (6.0, 2.0, 30.0);

/// So many logins too many or too few in all are of weight; fewer are information: at night a handful of clients decides.
const OF_WEIGHT: u64 = 100;

/// One hour alone must be so many times the usual: a single rush is soon over.
const ABOVE_ALONE: f64 = 3.0;

/// From so many times the usual on it is no longer only growth.
const FLOOD: f64 = 10.0;

/// Far below: so many spreads, and at most this share.
const BELOW: (f64, f64) = (4.0, 0.6);

/// One hour alone must have no more than this share: nearly nobody came.
const BELOW_ALONE: f64 = 0.1;

/// From so many hours on, half of the logins gone is more than a disturbance.
const LONG: usize = 3;

/// Other servers make up for it if all together differ by no more than this share of what differs here.
const MADE_UP: f64 = 0.5;

/// A day off: hours with this share of the day's usual attempts have far fewer, and none is so many spreads and times below what
/// weekends have.
const DAY_OFF: (f64, f64, f64) = (0.8, 3.0, 0.5);

/// A server with this share of the clients has nearly all of them.
const NEARLY_ALL: f64 = 0.8;

/// So many hours of a day must have been compared to call it a day off.
const HOURS_OF_DAY: usize = 6;

pub(super) fn deviations(watched: &Watched, history: &History, zone: Zone) -> Vec<Told> {
    let above = watched.stretches(BREAK, |hour| judge(watched, hour, true));
    let below = watched.stretches(BREAK, |hour| judge(watched, hour, false));
    let above = above.iter().filter_map(|stretch| far_above(watched, history, stretch));
    above.chain(below.iter().filter_map(|stretch| far_below(watched, history, stretch, zone))).collect()
}

fn judge(watched: &Watched, hour: i64, is_above: bool) -> Option<Off> {
    let around = watched.around(hour, Hour::by_clients, FLOOR)?;
    let now = watched.series.at(hour).by_clients();
    let is_off = match is_above {
        true => around.all(|usual| usual.is_far_above(now, ABOVE.0, ABOVE.1, ABOVE.2)),
        false => around.all(|usual| usual.median >= FEWEST && usual.is_far_below(now, BELOW.0, BELOW.1)),
    };
    is_off.then_some(Off { hour, now, usual: around.here.median, basis: around.basis })
}

fn far_above(watched: &Watched, history: &History, stretch: &Stretch) -> Option<Told> {
    let (now, usual) = (stretch.now() as f64, stretch.usual() as f64);
    if stretch.off.len() == 1 && now < ABOVE_ALONE * usual {
        return None;
    }
    let is_elsewhere = is_made_up_for(watched, history, stretch);
    let severity = if is_elsewhere || stretch.now().abs_diff(stretch.usual()) < OF_WEIGHT {
        Severity::Info
    } else if now >= FLOOD * usual.max(FEWEST) {
        Severity::Medium
    } else {
        Severity::Low
    };
    let then = if is_elsewhere { "; all servers together as usual" } else { "" };
    Some(of_stretch(Kind::AttemptsFarAbove, severity, watched.service, stretch, &tried(stretch), then))
}

fn far_below(watched: &Watched, history: &History, stretch: &Stretch, zone: Zone) -> Option<Told> {
    let is_nearly_none = stretch.now() as f64 <= BELOW_ALONE * stretch.usual() as f64;
    if stretch.off.len() == 1 && !is_nearly_none {
        return None;
    }
    let (severity, then) = if is_made_up_for(watched, history, stretch) {
        (Severity::Info, "; all servers together as usual")
    } else if is_day_off(watched, history, stretch, zone) {
        (Severity::Info, "; all day, like a day off")
    } else if stretch.now().abs_diff(stretch.usual()) < OF_WEIGHT {
        (Severity::Info, "")
    } else if is_nearly_none || stretch.off.len() >= LONG {
        (Severity::Medium, "")
    } else {
        (Severity::Low, "")
    };
    Some(of_stretch(Kind::AttemptsFarBelow, severity, watched.service, stretch, &tried(stretch), then))
}

fn tried(stretch: &Stretch) -> String {
    match stretch.now() {
        0 => "no client tried to log in".to_owned(),
        now => counted(now, "login tried by clients", "logins tried by clients"),
    }
}

/// Whether other servers of the same protocol and role have what is missing here, or miss what is too much. What differs here must
/// be more than what all together differ by anyway: of a small server among large ones nobody can tell.
fn is_made_up_for(watched: &Watched, history: &History, stretch: &Stretch) -> bool {
    let Some(total) = history.total(watched.service) else { return false };
    let (mut here, mut everywhere, mut spread) = (0.0, 0.0, 0.0);
    for off in &stretch.off {
        let Some(usual) = total.like(off.hour).and_then(|like| like.usual(Hour::by_clients, FLOOR)) else { return false };
        here += off.now as f64 - off.usual;
        everywhere += total.at(off.hour).by_clients() as f64 - usual.median;
        spread += usual.spread;
    }
    here.abs() > spread && everywhere * here.signum() < MADE_UP * here.abs()
}

/// Whether it was a day off for everybody: of few logins chance decides which hours are strange, of all it does not. Where this server
/// has nearly all clients, its own hours tell as well; a server that loses them while others keep theirs has no day off. No hour may
/// be quieter than weekends are.
fn is_day_off(watched: &Watched, history: &History, stretch: &Stretch, zone: Zone) -> bool {
    let is_quieter_than_weekends = |off: &Off| {
        let weekend = watched.series.of_days(off.hour, true);
        let usual = weekend.and_then(|like| like.usual(Hour::by_clients, FLOOR));
        usual.is_none_or(|usual| usual.is_far_below(off.now, DAY_OFF.1, DAY_OFF.2))
    };
    let is_off_for_all = || {
        let everybody = Watched::new(watched.service, &history.everybody, history);
        everybody.is_some_and(|everybody| is_mostly_strange(&everybody, stretch, zone))
    };
    stretch.now() > 0
        && !stretch.off.iter().any(is_quieter_than_weekends)
        && (is_off_for_all() || (has_nearly_all(watched, history, stretch) && is_mostly_strange(watched, stretch, zone)))
}

/// Whether the clients of this protocol and role are usually nearly all here.
fn has_nearly_all(watched: &Watched, history: &History, stretch: &Stretch) -> bool {
    let total = history.total(watched.service);
    let usual = |off: &Off| total?.like(off.hour)?.usual(Hour::by_clients, FLOOR).map(|usual| usual.median);
    let everywhere: Option<f64> = stretch.off.iter().map(usual).sum();
    everywhere.is_none_or(|everywhere| stretch.usual() as f64 >= NEARLY_ALL * everywhere)
}

/// Whether far fewer came in nearly all hours of the days of a stretch. Busy hours weigh more.
fn is_mostly_strange(watched: &Watched, stretch: &Stretch, zone: Zone) -> bool {
    let days = wall_day(stretch.first(), zone)..=wall_day(stretch.end() - 1, zone);
    let near = watched.hours_between(stretch.first() - DAY, stretch.end() + DAY);
    let of_days = near.filter(|hour| days.contains(&wall_day(*hour, zone)));
    let weights: Vec<(f64, bool)> = of_days.filter_map(|hour| weight(watched, hour)).collect();
    let all: f64 = weights.iter().map(|(usual, _)| usual).sum();
    let strange: f64 = weights.iter().filter(|(_, is_strange)| *is_strange).map(|(usual, _)| usual).sum();
    weights.len() >= HOURS_OF_DAY && strange >= DAY_OFF.0 * all
}

/// What an hour usually has, if that is enough to be compared downwards, and whether it has no more than the share of it that is
/// far below. Chance is not asked: many hours that are a little strange are no chance.
fn weight(watched: &Watched, hour: i64) -> Option<(f64, bool)> {
    let usual = watched.around(hour, Hour::by_clients, FLOOR)?.here.median;
    let now = watched.series.at(hour).by_clients();
    (usual >= FEWEST).then_some((usual, now as f64 <= BELOW.1 * usual))
}
