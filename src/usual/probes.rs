//! The probes of Exchange itself: they log in in a steady rhythm, day and night, so that what they say is worth more than their
//! number. Missing they were stopped with their service; failing they are the first to see what clients will see.

use crate::diagnosis::finding::Severity;
use crate::text::{counted, thousands};
use crate::usual::deviation::Kind;
use crate::usual::series::Hour;
use crate::usual::stretch::{Off, Watched};
use crate::usual::words::{Told, of_stretch};

/// The least spread, as a share of what is usual.
const FLOOR: f64 = 0.1;

/// Missing: an hour has no more than this share of its probes, and the hours together should have had so many. That none of 15
/// comes is chance once in three million hours; a restart of ten minutes is far from it. No ordinary hour may lie between: where probes
/// are few, an hour without any is nothing.
const MISSING: (f64, f64) = (0.1, 15.0);

/// Failing: so many spreads and so many times above, and so many more.
const FAILING: (f64, f64, f64) = (5.0, 3.0, 5.0);

/// This share of the probes must fail: some installations have a probe that always fails.
const SHARE: f64 = 0.2;

/// Bad from this number and this share on.
const BAD: (u64, f64) = (10, 0.5);

pub(super) fn deviations(watched: &Watched) -> Vec<Told> {
    let missing = watched.stretches(0, |hour| missing(watched, hour));
    let missing = missing.iter().filter(|stretch| stretch.usual() as f64 >= MISSING.1).map(|stretch| {
        let what = match stretch.now() {
            0 => "no probe of Exchange logged in".to_owned(),
            now => format!("only {} of Exchange", counted(now, "probe", "probes")),
        };
        of_stretch(Kind::ProbesMissing, Severity::Medium, watched.service, stretch, &what, "")
    });
    let failing = watched.stretches(0, |hour| failing(watched, hour));
    let failing = failing.iter().map(|stretch| {
        let probes: u64 = stretch.off.iter().map(|off| watched.series.at(off.hour).probes).sum();
        let now = stretch.now();
        let is_bad = now >= BAD.0 && now as f64 >= BAD.1 * probes as f64;
        let what = format!("{} of {} of Exchange failed", thousands(now), counted(probes, "probe", "probes"));
        let severity = if is_bad { Severity::Medium } else { Severity::Low };
        of_stretch(Kind::ProbesFailing, severity, watched.service, stretch, &what, "")
    });
    missing.chain(failing).collect()
}

fn missing(watched: &Watched, hour: i64) -> Option<Off> {
    let around = watched.around(hour, |hour| hour.probes, FLOOR)?;
    let now = watched.series.at(hour).probes;
    let is_off = around.all(|usual| usual.median >= 1.0 && now as f64 <= MISSING.0 * usual.median);
    is_off.then_some(Off { hour, now, usual: around.here.median, basis: around.basis })
}

fn failing(watched: &Watched, hour: i64) -> Option<Off> {
    let around = watched.around(hour, |hour| hour.probes_failed, FLOOR)?;
    let Hour { probes, probes_failed: now, .. } = watched.series.at(hour);
    let is_off =
        now as f64 >= SHARE * probes as f64 && around.all(|usual| usual.is_far_above(now, FAILING.0, FAILING.1, FAILING.2));
    is_off.then_some(Off { hour, now, usual: around.here.median, basis: around.basis })
}
