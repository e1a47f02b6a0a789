//! Which logs are there: a strip for each service on the time axis, hatched where nothing is known.

use crate::case::Case;
use crate::case::coverage::Covered;
use crate::clock::duration_for_people;
use crate::report::html::lanes::Band;
use crate::report::html::scale::{Scale, Tick};
use crate::report::html::times::Times;
use crate::report::html::words::{left_out, listed, rounded, server};

/// So many services have a strip.
const STRIPS: usize = 60;

/// In so many steps, so that ticks stand at round times.
const STEPS: i64 = 240;

/// Shorter ones, in percent of the axis, are as wide as this: a log of a minute is seen in a month.
const NARROWEST: f64 = 0.3;

/// The strip of a service.
#[derive(Debug)]
pub(super) struct Strip {
    pub(super) server: String,
    /// Protocol and role.
    pub(super) service: String,
    /// What the picture shows, in words.
    pub(super) alt: String,
    pub(super) there: Vec<Band>,
    /// How much of the time has no logs, and what is missing inside of the logs.
    pub(super) missing: String,
    pub(super) holes: String,
}

/// All strips below each other.
#[derive(Debug)]
pub(super) struct Strips {
    pub(super) rows: Vec<Strip>,
    pub(super) ticks: Vec<Tick>,
    pub(super) left_out: String,
}

/// The strips of a case.
pub(super) fn strips(case: &Case, times: &Times) -> Strips {
    let services = &case.coverage.services;
    let scale = Scale::new(times.first, times.last, STEPS, times.zone);
    Strips {
        rows: services.iter().take(STRIPS).map(|covered| strip(covered, &scale, times)).collect(),
        ticks: if services.is_empty() { Vec::new() } else { scale.ticks(times.zone) },
        left_out: left_out(services.len(), STRIPS, "services"),
    }
}

fn strip(covered: &Covered, scale: &Scale, times: &Times) -> Strip {
    let on_axis = covered.stretches.iter().map(|(from, to)| (*from.max(&times.first), *to.min(&(times.last + 1))));
    let on_axis: Vec<(i64, i64)> = on_axis.filter(|(from, to)| from < to).collect();
    let there: i64 = on_axis.iter().map(|(from, to)| to - from).sum();
    let missing = times.last + 1 - times.first - there;
    let band = |(from, to): &(i64, i64)| {
        let x = scale.x(*from).min(100.0 - NARROWEST);
        let width = rounded((scale.x(*to) - x).max(NARROWEST));
        Band { x, width, title: format!("logs from {}", times.range(*from, *to)), label: String::new() }
    };
    let there: Vec<Band> = on_axis.iter().map(band).collect();
    let name = server(covered.service.server.as_deref());
    let service = format!("{} {}", covered.service.protocol.title(), covered.service.role.title());
    let titles: Vec<String> = there.iter().map(|band| band.title.clone()).collect();
    Strip {
        alt: format!("{service} on {name}: {}", if titles.is_empty() { "no logs".to_owned() } else { titles.join(", ") }),
        // Logs begin and end within a minute of each other.
        missing: if missing < 60_000 { "all there".to_owned() } else { format!("{} missing", duration_for_people(missing)) },
        holes: listed(&covered.holes()),
        server: name,
        service,
        there,
    }
}
