//! Server by time: a row for each protocol on each server, a cell for each step of time, shaded by the share of logins that failed in it.
//!
//! The lanes show how much happened; here many servers stand below each other, so that what they have in common is seen at once.

use std::collections::BTreeSet;

use crate::case::Case;
use crate::protocol::Role;
use crate::report::html::axis::step_in_words;
use crate::report::html::lanes::{Band, Key, Series, said};
use crate::report::html::scale::{Scale, Tick};
use crate::report::html::times::Times;
use crate::report::html::words::{left_out, rounded, server};
use crate::text::{counted, thousands};

/// So many rows are shown, the worst ones.
const ROWS: usize = 40;

/// So many steps has a row at the most: with [`ROWS`] and [`CELL`] the picture stays small.
const STEPS: i64 = 80;

/// The height of a cell in the units of its picture, and of one of its halves.
const CELL: u8 = 10;
const HALF: u8 = CELL / 2;

/// The classes of the shades, and up to which share of the logins, in percent, each of them goes. The last goes to the end.
const SHADES: [(&str, u64); 5] = [("s1", 1), ("s2", 5), ("s3", 20), ("s4", 50), ("s5", 100)];

/// So few failures in a cell are never darker than the shade in the middle: one probe that failed is no storm.
const FEW: u64 = 2;
const MIDDLE: usize = 2;

/// A part of a cell.
#[derive(Debug)]
pub(super) struct Patch {
    /// Whose failures: `no` the server's, `own` the accounts' own.
    pub(super) class: &'static str,
    pub(super) shade: &'static str,
    pub(super) y: u8,
    pub(super) height: u8,
}

/// A step with failures, or steps beside each other in which every login worked.
#[derive(Debug)]
pub(super) struct Cell {
    /// Where it begins and how many steps it is wide.
    pub(super) x: usize,
    pub(super) width: usize,
    pub(super) title: String,
    /// Nothing failed.
    pub(super) is_well: bool,
    pub(super) patches: Vec<Patch>,
}

/// A row.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) server: String,
    pub(super) protocol: &'static str,
    /// What the picture shows, in words.
    pub(super) alt: String,
    /// When there are logs, in percent of the row; elsewhere it is hatched.
    pub(super) there: Vec<Band>,
    pub(super) cells: Vec<Cell>,
    /// Where its failures are listed.
    pub(super) href: String,
    pub(super) failed: String,
    pub(super) attempts: String,
    pub(super) alarm: bool,
    rank: Rank,
}

/// By what rows are sorted: an outage, failures of the server's own, all failures. Greater is worse.
type Rank = (bool, u64, u64);

/// A shade in the legend.
#[derive(Debug)]
pub(super) struct Shade {
    pub(super) class: &'static str,
    pub(super) text: String,
}

/// The picture; empty where there are not several servers.
#[derive(Debug)]
pub(super) struct Heat {
    pub(super) rows: Vec<Row>,
    pub(super) title: &'static str,
    /// What a cell is, and how rows are sorted.
    pub(super) note: String,
    pub(super) steps: usize,
    pub(super) ticks: Vec<Tick>,
    pub(super) shades: Vec<Shade>,
    pub(super) left_out: String,
}

/// What came of the attempts in a step.
#[derive(Debug, Clone, Copy)]
struct Step {
    attempts: u64,
    failed: u64,
    servers: u64,
}

/// The picture of a case.
pub(super) fn heat(case: &Case, times: &Times) -> Heat {
    let series = Series::of(case);
    let keys = series.keys();
    let scale = Scale::new(times.first, times.last, STEPS, times.zone);
    let servers: BTreeSet<Option<&str>> = keys.iter().map(|key| key.0).collect();
    let mut rows = Vec::new();
    if servers.len() > 1 {
        rows.extend(keys.iter().map(|key| row(case, &series, *key, &scale, times)));
        // The sort is stable: rows that are alike stay in the order of their names.
        rows.sort_by_key(|row: &Row| std::cmp::Reverse(row.rank));
    }
    let all = rows.len();
    rows.truncate(ROWS);
    Heat {
        rows,
        title: if series.role == Role::FrontEnd { "Failed logins by server" } else { "Failed back-end logins by server" },
        note: format!(
            "A cell is {}. Worst first: outages, then failures of the server's own, then all failures.",
            step_in_words(scale.width)
        ),
        steps: scale.steps,
        ticks: scale.ticks(times.zone),
        shades: shades(),
        left_out: left_out(all, ROWS, "rows"),
    }
}

fn shades() -> Vec<Shade> {
    let last = SHADES.len() - 1;
    let text = |at: usize, most: u64| if at < last { format!("to {most} %") } else { "more".to_owned() };
    SHADES.iter().enumerate().map(|(at, (class, most))| Shade { class, text: text(at, *most) }).collect()
}

fn row(case: &Case, series: &Series<'_>, key: Key<'_>, scale: &Scale, times: &Times) -> Row {
    let steps = steps(series, key, scale);
    let sum = |count: fn(&Step) -> u64| steps.iter().map(count).sum::<u64>();
    let (attempts, failed, servers) = (sum(|step| step.attempts), sum(|step| step.failed), sum(|step| step.servers));
    let cells = cells(&steps, scale, times);
    let worst = cells.iter().filter(|cell| !cell.is_well).max_by_key(|cell| {
        let step = steps.get(cell.x);
        step.map_or((0, 0), |step| (step.servers, step.failed))
    });
    let alarm = case.outages.iter().any(|outage| (outage.server.as_deref(), outage.protocol) == key);
    let (name, protocol) = (server(key.0), key.1.title());
    Row {
        alt: format!(
            "{protocol} on {name}: {} of {} failed{}{}",
            thousands(failed),
            counted(attempts, "attempt", "attempts"),
            said(failed - servers, "by the accounts' own fault"),
            worst.map(|cell| format!("; most in {}", cell.title)).unwrap_or_default()
        ),
        there: there(case, key, series.role, scale, times),
        cells,
        href: series.href(case, key),
        failed: thousands(failed),
        attempts: thousands(attempts),
        alarm,
        rank: (alarm, servers, failed),
        server: name,
        protocol,
    }
}

/// Accounts and probes together, step by step.
fn steps(series: &Series<'_>, key: Key<'_>, scale: &Scale) -> Vec<Step> {
    let mut steps = vec![Step { attempts: 0, failed: 0, servers: 0 }; scale.steps];
    for are_probes in [false, true] {
        let counts = series.counts(&[key], scale, are_probes);
        let servers = series.servers_own(&[key], scale, are_probes);
        let all = counts.succeeded.iter().zip(&counts.failed).zip(&counts.unknown).zip(&servers);
        for (step, (((succeeded, failed), unknown), servers)) in steps.iter_mut().zip(all) {
            step.attempts += succeeded + failed + unknown;
            step.failed += failed;
            step.servers += servers.min(failed);
        }
    }
    steps
}

/// The steps as cells; those without attempts have none.
fn cells(steps: &[Step], scale: &Scale, times: &Times) -> Vec<Cell> {
    let mut cells = Vec::new();
    let mut well: Option<(usize, usize, u64)> = None;
    let title = |x: usize, width: usize, words: String| {
        let begin = scale.start + scale.width * x as i64;
        let end = begin + scale.width * width as i64;
        format!("{} to {}: {words}", times.when(begin).text, times.when(end).text)
    };
    let healthy = |(x, width, attempts): (usize, usize, u64)| Cell {
        x,
        width,
        title: title(x, width, format!("none of {} failed", counted(attempts, "attempt", "attempts"))),
        is_well: true,
        patches: Vec::new(),
    };
    for (x, step) in steps.iter().enumerate() {
        well = match well {
            Some((from, width, attempts)) if step.attempts > 0 && step.failed == 0 => {
                Some((from, width + 1, attempts + step.attempts))
            }
            before => {
                cells.extend(before.map(healthy));
                (step.attempts > 0 && step.failed == 0).then_some((x, 1, step.attempts))
            }
        };
        if step.failed > 0 {
            let attempts = counted(step.attempts, "attempt", "attempts");
            let own = said(step.failed - step.servers, "by the accounts' own fault");
            let words = format!("{} of {attempts} failed{own}", thousands(step.failed));
            cells.push(Cell { x, width: 1, title: title(x, 1, words), is_well: false, patches: patches(*step) });
        }
    }
    cells.extend(well.map(healthy));
    cells
}

/// A cell of one kind of failures is whole; of two, the accounts' own stand above.
fn patches(step: Step) -> Vec<Patch> {
    let own = step.failed - step.servers;
    let (above, below) = if own > 0 && step.servers > 0 { (HALF, HALF) } else { (CELL, CELL) };
    let patch = |class, count, y, height| Patch { class, shade: shade(count, step.attempts), y, height };
    let mut patches = Vec::new();
    if own > 0 {
        patches.push(patch("own", own, 0, above));
    }
    if step.servers > 0 {
        patches.push(patch("no", step.servers, CELL - below, below));
    }
    patches
}

/// The shade for a share.
fn shade(count: u64, attempts: u64) -> &'static str {
    let is_within = |most: u64| count.saturating_mul(100) <= attempts.saturating_mul(most);
    let place = SHADES.iter().position(|(_, most)| is_within(*most)).unwrap_or(SHADES.len() - 1);
    let place = if count <= FEW { place.min(MIDDLE) } else { place };
    SHADES.get(place).map_or("", |shade| shade.0)
}

/// When there are logs of a service.
fn there(case: &Case, (name, protocol): Key<'_>, role: Role, scale: &Scale, times: &Times) -> Vec<Band> {
    let services = case.coverage.services.iter();
    let its = services.filter(|covered| {
        let service = &covered.service;
        (service.server.as_deref(), service.protocol, service.role) == (name, protocol, role)
    });
    let stretches = its.flat_map(|covered| &covered.stretches).filter(|(from, to)| *from < scale.end && *to > scale.start);
    let band = |(from, to): &(i64, i64)| {
        let x = scale.x(*from);
        let title = format!("logs from {}", times.range(*from, *to));
        Band { x, width: rounded(scale.x(*to) - x), title, label: String::new() }
    };
    stretches.map(band).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Zone;

    const HOUR: i64 = 3_600_000;

    fn step(attempts: u64, failed: u64, servers: u64) -> Step {
        Step { attempts, failed, servers }
    }

    #[test]
    fn the_shade_grows_with_the_share_and_few_failures_are_no_storm() {
        let shades: Vec<_> = [1, 10, 11, 50, 51, 200, 201, 500, 501, 1000].iter().map(|count| shade(*count, 1000)).collect();
        assert_eq!(shades, ["s1", "s1", "s2", "s2", "s3", "s3", "s4", "s4", "s5", "s5"]);
        assert_eq!([shade(1, 1), shade(2, 2), shade(3, 3)], ["s3", "s3", "s5"]);
    }

    #[test]
    fn steps_in_which_all_worked_are_one_cell_and_those_without_logins_are_none() {
        let scale = Scale::new(0, 6 * HOUR - 1, 8, Zone::Utc);
        let times = Times::new(0, 6 * HOUR - 1, Zone::Utc);
        assert_eq!((scale.width, scale.steps), (HOUR, 6));
        let steps = [step(5, 0, 0), step(7, 0, 0), step(0, 0, 0), step(9, 0, 0), step(4, 3, 1), step(2, 0, 0)];
        let cells = cells(&steps, &scale, &times);
        let places: Vec<_> = cells.iter().map(|cell| (cell.x, cell.width, cell.is_well)).collect();
        assert_eq!(places, [(0, 2, true), (3, 1, true), (4, 1, false), (5, 1, true)]);
        assert_eq!(cells[0].title, "00:00:00 to 02:00:00: none of 12 attempts failed");
        assert_eq!(cells[2].title, "04:00:00 to 05:00:00: 3 of 4 attempts failed, 2 by the accounts' own fault");
    }

    #[test]
    fn failures_of_both_kinds_share_a_cell_and_one_kind_fills_it() {
        let of = |step| patches(step).into_iter().map(|patch| (patch.class, patch.y, patch.height)).collect::<Vec<_>>();
        assert_eq!(of(step(9, 4, 1)), [("own", 0, 5), ("no", 5, 5)]);
        assert_eq!(of(step(9, 4, 4)), [("no", 0, 10)]);
        assert_eq!(of(step(9, 4, 0)), [("own", 0, 10)]);
    }
}
