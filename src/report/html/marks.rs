//! Marks above a time axis: changes, certificates, events of the system, restarts. What lies close together is one mark.

use std::collections::BTreeMap;

use crate::case::timeline::Entry;
use crate::protocol::Protocol;
use crate::report::html::scale::Scale;
use crate::report::html::times::Times;
use crate::report::html::words::cut;

/// Marks closer than so many percent of the axis become one.
const CLOSE: f64 = 3.0;

/// So many entries of a mark stand in its tip.
const IN_TIP: usize = 8;

/// A mark.
#[derive(Debug)]
pub(super) struct Marker {
    pub(super) x: f64,
    /// The same number stands in the list of what happened.
    pub(super) number: usize,
    pub(super) kind: &'static str,
    /// Its shape.
    pub(super) d: &'static str,
    pub(super) title: String,
}

/// A line through a lane where something happened.
#[derive(Debug)]
pub(super) struct Hair {
    pub(super) x: f64,
    pub(super) kind: &'static str,
}

/// A kind of mark in the legend.
#[derive(Debug)]
pub(super) struct LegendMark {
    pub(super) kind: &'static str,
    pub(super) d: &'static str,
    pub(super) text: &'static str,
}

/// The kinds of marks, the weightiest first: name, shape, word.
const KINDS: [(&str, &str, &str); 4] = [
    ("change", "M0-8 8 0 0 8-8 0z", "change"),
    ("certificate", "M-7-7H7V7H-7z", "certificate"),
    ("event", "M0-8 8 6H-8z", "system event"),
    ("restart", "M-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0z", "restart"),
];

/// What kind of mark an entry of the time line gets, and what it is called in the list. Failures and recoveries get none: the
/// lanes show them.
pub(super) fn kind_of(entry: &Entry) -> (Option<&'static str>, &'static str) {
    match entry.kind {
        "change" => (Some("change"), "configuration changed"),
        "certificate" => (Some("certificate"), "certificate"),
        "schannel" => (Some("event"), "system event"),
        "service" => (Some("event"), "service event"),
        "restart" => (Some("restart"), "service restarted"),
        "first_failure" => (None, "first failure"),
        "last_failure" => (None, "last failure"),
        "recovery" => (None, "recovery"),
        other => (None, other),
    }
}

/// The marks of an axis, and the numbers of the entries in them. `known` are numbers that entries have already.
pub(super) fn markers(
    events: &[&Entry],
    scale: &Scale,
    times: &Times,
    known: &BTreeMap<usize, usize>,
) -> (Vec<Marker>, BTreeMap<usize, usize>) {
    let mut clusters: Vec<(f64, Vec<usize>)> = Vec::new();
    for (place, event) in events.iter().enumerate() {
        if kind_of(event).0.is_none() || !scale.holds(event.at) {
            continue;
        }
        let x = scale.x(event.at);
        match clusters.last_mut() {
            Some((first, inside)) if x - *first < CLOSE => inside.push(place),
            _ => clusters.push((x, vec![place])),
        }
    }
    let (mut marks, mut numbers) = (Vec::new(), BTreeMap::new());
    for (at, (x, inside)) in clusters.into_iter().enumerate() {
        let number = inside.iter().find_map(|place| known.get(place)).copied().unwrap_or(at + 1);
        numbers.extend(inside.iter().map(|place| (*place, number)));
        let entries: Vec<&&Entry> = inside.iter().filter_map(|place| events.get(*place)).collect();
        let is_inside = |kind: &str| entries.iter().any(|entry| kind_of(entry).0 == Some(kind));
        let Some((kind, d, _)) = KINDS.iter().find(|(kind, _, _)| is_inside(kind)) else { continue };
        let mut lines: Vec<String> =
            entries.iter().take(IN_TIP).map(|entry| format!("{} {}", times.full(entry.at), cut(&entry.text, 200))).collect();
        if entries.len() > IN_TIP {
            lines.push(format!("and {} more", entries.len() - IN_TIP));
        }
        marks.push(Marker { x, number, kind, d, title: lines.join("\n") });
    }
    (marks, numbers)
}

/// The kinds of marks that an axis shows.
pub(super) fn legend(marks: &[Marker]) -> Vec<LegendMark> {
    let shown = KINDS.iter().filter(|(kind, _, _)| marks.iter().any(|mark| mark.kind == *kind));
    shown.map(|(kind, d, text)| LegendMark { kind, d, text }).collect()
}

/// The lines through the lane of a service: of what is about it, or may be.
pub(super) fn hairs(events: &[&Entry], (server, protocol): (Option<&str>, Protocol), scale: &Scale) -> Vec<Hair> {
    let mut hairs: Vec<Hair> = Vec::new();
    for event in events.iter().filter(|event| scale.holds(event.at) && event.is_about(server, protocol)) {
        let (Some(kind), x) = (kind_of(event).0, scale.x(event.at)) else { continue };
        if hairs.last().is_none_or(|last| x - last.x > 0.15) {
            hairs.push(Hair { x, kind });
        }
    }
    hairs
}
