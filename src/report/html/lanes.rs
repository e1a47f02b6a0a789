//! The lanes of a time axis: one for each protocol on each server, accounts above and below a line, probes in a strip of their own.

use std::collections::BTreeMap;

use crate::case::Case;
use crate::case::timeline::Entry;
use crate::clock::duration_for_people;
use crate::collections::minutes::{MINUTE, Minutes};
use crate::login::identity::ClientClass;
use crate::protocol::{Protocol, Role};
use crate::report::html::marks::{Hair, hairs};
use crate::report::html::scale::{Scale, bars, sparse};
use crate::report::html::times::Times;
use crate::report::html::words::{cut, rounded, server};
use crate::summary::counts::Counts;
use crate::text::thousands;

/// The height of the tallest bar, up and down, and where the line between lies, in pixels.
const TALLEST: f64 = 20.0;
const BASE: f64 = 21.0;

/// A tallest bar stands for so many attempts at least: single ones must not look like a storm.
const LOWEST_PEAK: u64 = 4;

/// Server and protocol.
pub(super) type Key<'a> = (Option<&'a str>, Protocol);

/// A stretch of time on a lane, in percent.
#[derive(Debug)]
pub(super) struct Band {
    pub(super) x: f64,
    pub(super) width: f64,
    pub(super) title: String,
    /// Written on it where there is room.
    pub(super) label: String,
}

/// One lane.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) server: String,
    pub(super) protocol: &'static str,
    /// What the picture shows, in words.
    pub(super) alt: String,
    /// Where its failures are listed.
    pub(super) href: String,
    pub(super) failed: String,
    pub(super) failed_n: u64,
    /// An outage lies in it.
    pub(super) alarm: bool,
    pub(super) attempts: String,
    /// How many attempts its tallest bar stands for.
    pub(super) peak: String,
    pub(super) ok_path: String,
    pub(super) fail_path: String,
    pub(super) has_probes: bool,
    /// The probes in words.
    pub(super) probes: String,
    pub(super) probe_ok_path: String,
    pub(super) probe_fail_path: String,
    pub(super) outages: Vec<Band>,
    pub(super) no_logs: Vec<Band>,
    pub(super) hairs: Vec<Hair>,
    /// Counts for each step, for the tip and the sums of a window.
    pub(super) data_ok: String,
    pub(super) data_fail: String,
    pub(super) data_probe_ok: String,
    pub(super) data_probe_fail: String,
}

/// The series of all lanes.
#[derive(Debug)]
pub(super) struct Series<'a> {
    /// The front end, or the back end where there is nothing else.
    pub(super) role: Role,
    lanes: BTreeMap<Key<'a>, Vec<(ClientClass, &'a Minutes<Counts>)>>,
}

impl<'a> Series<'a> {
    /// All series of a case.
    pub(super) fn of(case: &'a Case) -> Self {
        let has_front =
            case.summary.services.iter().any(|(key, service)| key.role == Role::FrontEnd && !service.series.is_empty());
        let role = if has_front { Role::FrontEnd } else { Role::BackEnd };
        let mut lanes = BTreeMap::<Key<'a>, Vec<_>>::new();
        for (key, service) in case.summary.services.iter().filter(|(key, _)| key.role == role) {
            for ((_, class), minutes) in &service.series {
                lanes.entry((key.server.as_deref(), key.protocol)).or_default().push((*class, minutes));
            }
        }
        Self { role, lanes }
    }

    /// The lanes that there are.
    pub(super) fn keys(&self) -> Vec<Key<'a>> {
        self.lanes.keys().copied().collect()
    }

    /// Attempts of some lanes in a stretch of time.
    pub(super) fn attempts(&self, keys: &[Key<'a>], from: i64, to: i64) -> u64 {
        let series = keys.iter().filter_map(|key| self.lanes.get(key)).flatten();
        let minutes = series.flat_map(|(_, minutes)| minutes.iter());
        minutes.filter(|(minute, _)| (from..=to).contains(&(minute * MINUTE))).map(|(_, counts)| counts.attempts()).sum()
    }

    /// Successes and failures for each step of a scale.
    fn counts(&self, key: Key<'a>, scale: &Scale, are_probes: bool) -> (Vec<u64>, Vec<u64>) {
        let (mut succeeded, mut failed) = (vec![0; scale.steps], vec![0; scale.steps]);
        let series = self.lanes.get(&key).into_iter().flatten();
        for (_, minutes) in series.filter(|(class, _)| (*class == ClientClass::HealthMailbox) == are_probes) {
            for (minute, counts) in minutes.iter() {
                let Some(step) = scale.step((minute * MINUTE).max(scale.start.min(minute * MINUTE + MINUTE - 1))) else {
                    continue;
                };
                for (sums, count) in [(&mut succeeded, counts.succeeded), (&mut failed, counts.failed)] {
                    if let Some(sum) = sums.get_mut(step) {
                        *sum += count;
                    }
                }
            }
        }
        (succeeded, failed)
    }

    /// One lane.
    pub(super) fn lane(&self, case: &Case, key: Key<'a>, scale: &Scale, events: &[&Entry], times: &Times) -> Lane {
        let (ok, failed) = self.counts(key, scale, false);
        let (probes_ok, probes_failed) = self.counts(key, scale, true);
        let sum = |counts: &[u64]| counts.iter().sum::<u64>();
        let peak = ok.iter().chain(&failed).copied().max().unwrap_or_default();
        let top = peak.max(LOWEST_PEAK) as f64;
        let height = |count: u64, least: f64| if count == 0 { 0.0 } else { (TALLEST * count as f64 / top).max(least) };
        let heights = |counts: &[u64], least: f64| counts.iter().map(|count| height(*count, least)).collect::<Vec<_>>();
        let flat = |counts: &[u64], tall: f64| counts.iter().map(|count| if *count > 0 { tall } else { 0.0 }).collect::<Vec<_>>();
        let outages = outages(case, key, scale, times);
        let (total_failed, all_probes) = (sum(&failed) + sum(&probes_failed), sum(&probes_ok) + sum(&probes_failed));
        let probes = match all_probes {
            0 => String::new(),
            all => format!("{} of {} probes", thousands(sum(&probes_failed)), thousands(all)),
        };
        let in_words = if probes.is_empty() { "no probes".to_owned() } else { format!("{probes} failed") };
        let bands: String = outages.iter().map(|band| format!("; {}", band.title)).collect();
        let (name, protocol) = (server(key.0), key.1.title());
        let group = case.groups.iter().find(|group| {
            group.service.role == self.role && group.service.server.as_deref() == key.0 && group.service.protocol == key.1
        });
        Lane {
            alt: format!(
                "{protocol} on {name}: accounts {} succeeded, {} failed; {in_words}{bands}",
                thousands(sum(&ok)),
                thousands(sum(&failed))
            ),
            href: group.map_or_else(|| "#failures".to_owned(), |group| format!("#{}", group.id)),
            failed: thousands(total_failed),
            failed_n: total_failed,
            alarm: !outages.is_empty(),
            attempts: thousands(sum(&ok) + sum(&failed) + all_probes),
            peak: thousands(peak),
            ok_path: bars(&heights(&ok, 1.2), BASE, 1.0),
            fail_path: bars(&heights(&failed, 2.0), BASE + 1.0, -1.0),
            has_probes: all_probes > 0,
            probes,
            probe_ok_path: bars(&flat(&probes_ok, 3.0), 6.5, 1.0),
            probe_fail_path: bars(&flat(&probes_failed, 9.0), 9.5, 1.0),
            no_logs: no_logs(case, key, self.role, scale, times),
            hairs: hairs(events, key, scale),
            outages,
            data_ok: sparse(&ok),
            data_fail: sparse(&failed),
            data_probe_ok: sparse(&probes_ok),
            data_probe_fail: sparse(&probes_failed),
            server: name,
            protocol,
        }
    }
}

fn outages(case: &Case, key: Key<'_>, scale: &Scale, times: &Times) -> Vec<Band> {
    let mut bands = Vec::new();
    for outage in case.outages.iter().filter(|outage| (outage.server.as_deref(), outage.protocol) == key) {
        let end = if outage.recovered_at.is_some() { outage.end } else { scale.end };
        if end < scale.start || outage.start > scale.end {
            continue;
        }
        let x = scale.x(outage.start);
        let width = rounded((scale.x(end) - x).max(0.5));
        let lasted = duration_for_people(outage.end - outage.start);
        bands.push(Band {
            x,
            width,
            title: format!("{}: {}, {} failed", outage.id, times.range(outage.start, outage.end), thousands(outage.failed)),
            label: if width > 12.0 { format!("outage, {lasted}") } else { String::new() },
        });
    }
    bands
}

/// When nothing is known of a service: before its first log, after its last, and in its gaps.
fn no_logs(case: &Case, (name, protocol): Key<'_>, role: Role, scale: &Scale, times: &Times) -> Vec<Band> {
    let sources = case.summary.sources.iter();
    let spans = sources.filter(|source| source.server.as_deref() == name && source.service == Some((protocol, role)));
    let spans: Vec<(i64, i64)> = spans.filter_map(|source| source.span).collect();
    let mut bands = Vec::new();
    if let (Some(first), Some(last)) = (spans.iter().map(|span| span.0).min(), spans.iter().map(|span| span.1).max()) {
        bands.extend([(scale.start, first), (last, scale.end)]);
    }
    let gaps = case.coverage.gaps.iter();
    let gaps =
        gaps.filter(|gap| gap.service.server.as_deref() == name && (gap.service.protocol, gap.service.role) == (protocol, role));
    bands.extend(gaps.map(|gap| (gap.from, gap.to)));
    bands.sort_unstable();
    let band = |(from, to): (i64, i64)| {
        let x = scale.x(from);
        let title = format!("no logs from {}", cut(&times.range(from.max(scale.start), to.min(scale.end)), 80));
        Band { x, width: rounded(scale.x(to) - x), title, label: String::new() }
    };
    bands.into_iter().filter(|(from, to)| scale.x(*to) - scale.x(*from) > 1.0).map(band).collect()
}
