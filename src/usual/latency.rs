//! Latency: how long successful logins of a day took, against other days.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnosis::finding::Severity;
use crate::text::{counted, thousands};
use crate::usual::baseline::Usual;
use crate::usual::calendar::{DAY, HOUR, day_in_words};
use crate::usual::deviation::{Deviation, Kind};
use crate::usual::rows::{LatencyDay, Service};
use crate::usual::words::{Told, lowered, place};
use crate::usual::{Night, Past};

/// A day with fewer logins has no percentile to speak of.
const FEWEST_LOGINS: u64 = 100;

/// A day must have this share of a usual day's logins: the two hours after midnight are no day.
const SHARE_OF_DAY: f64 = 0.25;

/// So many days must be known, and the newest so many count.
const DAYS: (usize, usize) = (7, 28);

/// The least spread, as a share of what is usual.
const FLOOR: f64 = 0.2;

/// Slower is so many spreads, so many times, and so many milliseconds more, of the median and of the 95th percentile. What nobody
/// feels is not told.
const MEDIAN: (f64, f64, f64) = (5.0, 3.0, 100.0);
const P95: (f64, f64, f64) = (5.0, 3.0, 250.0);

/// Half of the logins that take so many milliseconds are bad: clients give up.
const BAD: u64 = 5_000;

/// What was so on so many of the seven days before has become usual.
const REPEATED: usize = 3;

pub(super) fn deviations(past: &Past, night: &Night) -> Vec<Told> {
    let mut services: BTreeMap<&Service, BTreeMap<i64, &LatencyDay>> = BTreeMap::new();
    for row in past.rows.latency.iter().chain(&night.rows.latency).filter(|row| row.logins >= FEWEST_LOGINS) {
        let days = services.entry(&row.service).or_default();
        // Percentiles cannot be added: of a day in two parts the larger one speaks.
        let kept = days.entry(row.day).or_insert(row);
        if row.logins > kept.logins {
            *kept = row;
        }
    }
    let mut told = Vec::new();
    for (service, days) in &services {
        let new: BTreeSet<i64> = night.rows.latency.iter().filter(|row| row.service == **service).map(|row| row.day).collect();
        let slow: BTreeMap<i64, Slow> = days
            .range(new.first().map_or(0, |first| first.saturating_sub(7))..)
            .filter_map(|(day, row)| Some((*day, slow(row, days)?)))
            .collect();
        let is_usual_by_now = |day: i64| slow.range(day.saturating_sub(7)..day).count() >= REPEATED;
        // Of several days the slowest is told.
        let worst = new.iter().filter(|day| !is_usual_by_now(**day)).filter_map(|day| slow.get(day));
        let worst = worst.max_by_key(|slow| (slow.row.p95_ms, std::cmp::Reverse(slow.row.day)));
        let before = new.first().is_some_and(|first| slow.contains_key(&first.saturating_sub(1)));
        told.extend(worst.map(|slow| of_day(service, slow, before)));
    }
    told
}

/// A day that was slower than usual.
struct Slow<'a> {
    row: &'a LatencyDay,
    median: Usual,
    p95: Usual,
    days: usize,
}

fn slow<'a>(row: &'a LatencyDay, days: &BTreeMap<i64, &LatencyDay>) -> Option<Slow<'a>> {
    let before: Vec<&LatencyDay> = days.range(..row.day).rev().take(DAYS.1).map(|(_, row)| *row).collect();
    if before.len() < DAYS.0 {
        return None;
    }
    let usual = |of: fn(&LatencyDay) -> u64| Usual::of(&before.iter().map(|row| of(row)).collect::<Vec<u64>>(), FLOOR);
    let (median, p95) = (usual(|row| row.median_ms)?, usual(|row| row.p95_ms)?);
    let is_a_day = row.logins as f64 >= SHARE_OF_DAY * usual(|row| row.logins)?.median;
    let is_slow =
        median.is_far_above(row.median_ms, MEDIAN.0, MEDIAN.1, MEDIAN.2) || p95.is_far_above(row.p95_ms, P95.0, P95.1, P95.2);
    (is_a_day && is_slow).then_some(Slow { row, median, p95, days: before.len() })
}

fn of_day(service: &Service, slow: &Slow, continues: bool) -> Told {
    let Slow { row, median, p95, days } = slow;
    let place = place(service);
    let severity = if row.median_ms >= BAD { Severity::Medium } else { Severity::Low };
    let goes_on = if continues { ", as on the day before" } else { "" };
    let figures = |half: u64, most: u64| format!("half within {} ms, 95 % within {} ms", thousands(half), thousands(most));
    let (now, usual) = (figures(row.median_ms, row.p95_ms), figures(median.whole(), p95.whole()));
    let text = format!(
        "{place}: logins took longer on {}{goes_on}, {now} of {}; usually {usual} (by {days} earlier days)",
        day_in_words(row.day),
        counted(row.logins, "login", "logins"),
    );
    let deviation = Deviation {
        kind: Kind::LoginsSlower,
        severity: if continues { lowered(severity) } else { severity },
        server: service.server.clone(),
        protocol: service.protocol,
        role: service.role,
        from: row.day.saturating_mul(DAY * HOUR),
        to: row.day.saturating_add(1).saturating_mul(DAY * HOUR),
        continues,
        text,
        now: row.p95_ms,
        usual: Some(p95.whole()),
        also: Vec::new(),
    };
    Told { deviation, brief: format!("{place} logins took longer ({now})") }
}
