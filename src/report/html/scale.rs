//! The scale of a time axis: steps of equal length, where a moment lies between them, ticks, and the paths of bars.

use std::fmt::Write;

use crate::clock::{Zone, for_people};
use crate::report::html::words::rounded;

pub(super) const MINUTE: i64 = 60_000;
pub(super) const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The lengths that a step may have; what needs longer ones gets whole days.
const WIDTHS: [i64; 27] = [
    MINUTE,
    2 * MINUTE,
    3 * MINUTE,
    5 * MINUTE,
    6 * MINUTE,
    10 * MINUTE,
    12 * MINUTE,
    15 * MINUTE,
    20 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    4 * HOUR,
    6 * HOUR,
    8 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    3 * DAY,
    5 * DAY,
    7 * DAY,
    10 * DAY,
    14 * DAY,
    30 * DAY,
    60 * DAY,
    90 * DAY,
];

/// The distances that ticks may have.
const TICKS: [i64; 19] = [
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    3 * DAY,
    5 * DAY,
    7 * DAY,
    14 * DAY,
    30 * DAY,
    90 * DAY,
];

/// So many ticks fit.
const MOST_TICKS: i64 = 9;

/// From when to when, in how many steps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    /// The beginning of the first step.
    pub(super) start: i64,
    /// The end of the last one.
    pub(super) end: i64,
    /// The length of each.
    pub(super) width: i64,
    /// How many.
    pub(super) steps: usize,
}

/// A tick of the axis.
#[derive(Debug)]
pub(super) struct Tick {
    /// Percent of the axis.
    pub(super) x: f64,
    pub(super) text: String,
    /// On which side of the tick the text stands.
    pub(super) anchor: &'static str,
    /// Left away where there is little room.
    pub(super) minor: bool,
}

impl Scale {
    /// A scale that holds both moments in at most `most` steps, which begin on round times of the zone.
    pub(super) fn new(first: i64, last: i64, most: i64, zone: Zone) -> Self {
        let length = last.saturating_sub(first).max(0);
        let fits = |width: &&i64| length / **width + 2 <= most;
        let width = WIDTHS.iter().find(fits).copied().unwrap_or((length / (most - 2) / DAY + 1) * DAY);
        let offset = zone.offset(first);
        let start = (first + offset).div_euclid(width) * width - offset;
        let steps = ((last.max(first) + 1 - start) + width - 1) / width;
        Self { start, end: start + steps * width, width, steps: usize::try_from(steps).unwrap_or(1) }
    }

    /// Where a moment lies, in percent.
    pub(super) fn x(&self, moment: i64) -> f64 {
        let inside = moment.clamp(self.start, self.end) - self.start;
        rounded(100.0 * inside as f64 / (self.end - self.start) as f64)
    }

    /// Whether a moment lies on the axis.
    pub(super) fn holds(&self, moment: i64) -> bool {
        (self.start..=self.end).contains(&moment)
    }

    /// The step that holds a moment.
    pub(super) fn step(&self, moment: i64) -> Option<usize> {
        usize::try_from((moment - self.start).div_euclid(self.width)).ok().filter(|step| *step < self.steps)
    }

    /// Ticks at round times of the zone.
    pub(super) fn ticks(&self, zone: Zone) -> Vec<Tick> {
        let length = self.end - self.start;
        let distance = TICKS.iter().find(|distance| length / **distance <= MOST_TICKS).copied();
        let distance = distance.unwrap_or((length / MOST_TICKS / DAY + 1) * DAY);
        let first = (self.start + zone.offset(self.start) + distance - 1).div_euclid(distance) * distance;
        let moments =
            (0..=MOST_TICKS).map(|place| first + place * distance).map(|wall| wall - zone.offset(wall - zone.offset(self.start)));
        let tick = |(place, moment): (usize, i64)| {
            let shown = for_people(moment, zone);
            let text = match shown.get(11..16) {
                _ if distance >= 30 * DAY => shown.get(..10),
                Some(time) if distance < DAY && time != "00:00" => Some(time),
                _ => shown.get(5..10),
            };
            let x = self.x(moment);
            let anchor = if x < 2.0 {
                "start"
            } else if x > 97.0 {
                "end"
            } else {
                "middle"
            };
            Tick { x, text: text.unwrap_or_default().to_owned(), anchor, minor: place % 2 == 1 }
        };
        moments.filter(|moment| self.holds(*moment)).enumerate().map(tick).collect()
    }
}

/// Bars of these heights on a line at `base` as one path: a run of steps for each stretch without a gap, upwards for `sign` 1 and
/// downwards for -1.
pub(super) fn bars(heights: &[f64], base: f64, sign: f64) -> String {
    let mut path = String::new();
    let mut last: Option<(String, usize)> = None;
    let short = |number: f64| format!("{}", (number * 10.0).round() / 10.0);
    let line_to_base = short(base);
    // Writing to a String cannot fail.
    for (x, height) in heights.iter().chain([&0.0]).enumerate() {
        let top = (*height > 0.0).then(|| short(base - sign * height));
        match (&mut last, top) {
            (Some((at, run)), Some(top)) if *at == top => *run += 1,
            (Some((at, run)), Some(top)) => {
                let _ = write!(path, "h{run}V{top}");
                (*at, *run) = (top, 1);
            }
            (Some((_, run)), None) => {
                let _ = write!(path, "h{run}V{line_to_base}z");
                last = None;
            }
            (None, Some(top)) => {
                let _ = write!(path, "M{x} {line_to_base}V{top}");
                last = Some((top, 1));
            }
            (None, None) => {}
        }
    }
    path
}

/// Counts for the script: nothing stands for 0, and nothing at all for the zeros at the end.
pub(super) fn sparse(counts: &[u64]) -> String {
    let end = counts.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
    let shown = counts.iter().take(end).map(|count| if *count > 0 { count.to_string() } else { String::new() });
    shown.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_holds_its_moments_in_few_steps_whatever_they_are() {
        for (first, last) in [(0, 0), (0, 59_999), (7, 3 * HOUR + 7), (5, 30 * DAY), (0, 8000 * 365 * DAY), (9, 8)] {
            let scale = Scale::new(first, last, 240, Zone::Utc);
            assert!(scale.holds(first) && scale.holds(last.max(first)) && (1..=240).contains(&scale.steps), "{scale:?}");
            assert_eq!(scale.step(first), Some(0));
            assert!(scale.step(last.max(first)).is_some());
            assert!(scale.ticks(Zone::Utc).len() <= 11);
        }
    }

    #[test]
    fn steps_and_ticks_begin_on_round_times_of_the_zone() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let scale = Scale::new(1_773_273_600_000 + 7 * HOUR, 1_773_273_600_000 + 10 * DAY, 20, berlin);
        assert_eq!(for_people(scale.start, berlin).get(11..), Some("00:00:00"));
        let ticks: Vec<_> = scale.ticks(berlin).into_iter().map(|tick| tick.text).collect();
        assert_eq!(ticks.first().map(String::as_str), Some("03-12"));
    }

    #[test]
    fn bars_of_one_height_are_one_run() {
        assert_eq!(bars(&[0.0, 3.0, 3.0, 5.0, 0.0, 1.0], 10.0, 1.0), "M1 10V7h2V5h1V10zM5 10V9h1V10z");
        assert_eq!(bars(&[], 10.0, 1.0), "");
        assert_eq!(sparse(&[0, 3, 0, 0]), ",3");
        assert_eq!(sparse(&[0, 0]), "");
    }
}
