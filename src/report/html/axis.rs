//! The time axes: one over everything, and a second one of the worst outage where that would be a sliver on the first.

use std::collections::BTreeMap;

use crate::case::Case;
use crate::case::timeline::Entry;
use crate::clock::duration_for_people;
use crate::protocol::Role;
use crate::report::html::lanes::{Key, Lane, Series};
use crate::report::html::marks::{LegendMark, Marker, legend, markers};
use crate::report::html::scale::{MINUTE, Scale, Tick};
use crate::report::html::times::Times;
use crate::report::verdict::worst;
use crate::text::counted;

/// So many steps has an axis at the most, and so many where there are few attempts for each.
const STEPS: i64 = 240;
const FEW_STEPS: i64 = 120;

/// So many lanes stand open where there are more than two beyond them; with outages up to [`MOST_LANES`].
const LANES: usize = 4;
const MOST_LANES: usize = 12;

/// So many lanes are drawn; the services beyond them are one lane, so that sums over lanes stay sums over everything.
const DRAWN: usize = 60;

/// An outage shorter than this share of the axis is shown close up.
const SLIVER: f64 = 0.12;

/// A time axis with its lanes.
#[derive(Debug)]
pub(super) struct Axis {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// What one bar is.
    pub(super) note: String,
    pub(super) from_ms: i64,
    pub(super) to_ms: i64,
    pub(super) bucket_ms: i64,
    pub(super) buckets: usize,
    pub(super) ticks: Vec<Tick>,
    pub(super) has_markers: bool,
    pub(super) markers: Vec<Marker>,
    pub(super) legend: Vec<LegendMark>,
    pub(super) lanes: Vec<Lane>,
    pub(super) has_more: bool,
    pub(super) more_text: String,
    pub(super) more_lanes: Vec<Lane>,
    pub(super) with_legend: bool,
    pub(super) any_probes: bool,
    pub(super) any_own: bool,
    pub(super) any_unknown: bool,
    pub(super) any_no_logs: bool,
    pub(super) any_outages: bool,
}

/// All axes, and the number of the mark for each entry of the time line that has one.
pub(super) fn axes(case: &Case, times: &Times) -> (Vec<Axis>, BTreeMap<usize, usize>) {
    let series = Series::of(case);
    let keys = series.keys();
    if keys.is_empty() {
        return (Vec::new(), BTreeMap::new());
    }
    let events: Vec<&Entry> = case.timeline.iter().collect();
    let title = if series.role == Role::FrontEnd { "Logins over time" } else { "Back-end logins over time" };
    let none_known = BTreeMap::new();
    let of = |id, title, span, keys, known| axis(case, &series, keys, (id, title), span, &events, times, known);
    let (main, numbers) = of("axis", title, (times.first, times.last), &keys, &none_known);
    let mut axes = vec![main];
    if let Some(outage) = worst(case) {
        let (start, end) = (outage.start, outage.recovered_at.unwrap_or(outage.end));
        if ((end - start) as f64) < SLIVER * (times.last - times.first) as f64 {
            let pad = ((end - start) / 3).max(20 * MINUTE);
            let (from, to) = (start - pad, end + pad);
            let is_near = |key: &&Key<'_>| {
                let mut outages = case.outages.iter();
                outages.any(|outage| {
                    (outage.server.as_deref(), outage.protocol) == **key && outage.start <= to && outage.end >= from
                })
            };
            let near: Vec<Key<'_>> = keys.iter().filter(is_near).take(2 * LANES).copied().collect();
            let span = (from.max(times.first), to.min(times.last));
            axes.push(of("close", "The worst outage, close up", span, &near, &numbers).0);
        }
    }
    (axes, numbers)
}

#[allow(clippy::too_many_arguments, reason = "an axis is one picture of all of these")]
fn axis<'a>(
    case: &Case,
    series: &Series<'a>,
    keys: &[Key<'a>],
    (id, title): (&'static str, &'static str),
    (first, last): (i64, i64),
    events: &[&Entry],
    times: &Times,
    known: &BTreeMap<usize, usize>,
) -> (Axis, BTreeMap<usize, usize>) {
    let is_dense = series.attempts(keys, first, last) > 3 * STEPS as u64 * keys.len().max(1) as u64;
    let scale = Scale::new(first, last, if is_dense { STEPS } else { FEW_STEPS }, times.zone);
    let (marks, numbers) = markers(events, &scale, times, known);
    let of = |keys: &[Key<'a>]| series.lane(case, keys, &scale, events, times);
    let mut drawn: Vec<(Key<'a>, Lane)> = keys.iter().map(|key| (*key, of(&[*key]))).collect();
    // The sort is stable: lanes that are alike stay in the order of their names.
    drawn.sort_by_key(|(_, lane)| (!lane.alarm, std::cmp::Reverse(lane.failed_n)));
    let others = drawn.split_off(DRAWN.min(drawn.len()));
    let mut lanes: Vec<Lane> = drawn.into_iter().map(|(_, lane)| lane).collect();
    let any = |has: fn(&Lane) -> bool| lanes.iter().any(has);
    let (any_probes, any_no_logs) = (any(|lane| lane.has_probes), any(|lane| !lane.no_logs.is_empty()));
    let (any_own, any_unknown) = (any(|lane| !lane.own_path.is_empty()), any(|lane| !lane.unknown_path.is_empty()));
    let with_outages = lanes.iter().filter(|lane| lane.alarm).count();
    let shown = if lanes.len() <= LANES + 2 { lanes.len() } else { with_outages.clamp(LANES, MOST_LANES) };
    let mut more = lanes.split_off(shown.min(lanes.len()));
    let is_alarm = more.iter().chain(others.iter().map(|(_, lane)| lane)).any(|lane| lane.alarm);
    let quiet = if is_alarm { "some with" } else { "all without" };
    let more_services = (more.len() + others.len()) as u64;
    if !others.is_empty() {
        let others: Vec<Key<'a>> = others.into_iter().map(|(key, _)| key).collect();
        more.push(of(&others));
    }
    let axis = Axis {
        id,
        title,
        note: format!("Each step is {}. Every lane has its own height.", step_in_words(scale.width)),
        from_ms: scale.start,
        to_ms: scale.end,
        bucket_ms: scale.width,
        buckets: scale.steps,
        ticks: scale.ticks(times.zone),
        has_markers: !marks.is_empty(),
        legend: legend(&marks),
        markers: marks,
        has_more: !more.is_empty(),
        more_text: format!("{}, {quiet} an outage", counted(more_services, "more service", "more services")),
        lanes,
        more_lanes: more,
        with_legend: id == "axis",
        any_probes,
        any_own,
        any_unknown,
        any_no_logs,
        any_outages: with_outages > 0,
    };
    (axis, numbers)
}

/// Steps are round, so that one unit says them.
pub(super) fn step_in_words(width: i64) -> String {
    const UNITS: [(i64, &str, &str); 3] = [(1440, "day", "days"), (60, "hour", "hours"), (1, "minute", "minutes")];
    let minutes = width / MINUTE;
    let unit = UNITS.iter().find(|(unit, _, _)| minutes % unit == 0);
    unit.map_or_else(|| duration_for_people(width), |(unit, one, many)| counted((minutes / unit) as u64, one, many))
}
