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
use crate::summary::service::Service;
use crate::text::thousands;

/// The height of the tallest bar, up and down, and where the line between lies, in pixels.
const TALLEST: f64 = 20.0;
const BASE: f64 = 21.0;

/// A tallest bar stands for so many attempts at least: single ones must not look like a storm.
const LOWEST_PEAK: u64 = 4;

/// Bars taller than so many times what nearly all are would flatten the others: a spray in a quiet month.
const OUTLIER: u64 = 3;

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
    /// How many attempts its tallest bar stands for, and where bars are cut, in words.
    pub(super) peak: String,
    /// Bars of all attempts that did not fail, those without an answer among them; `ok_path` lies over it.
    pub(super) unknown_path: String,
    pub(super) ok_path: String,
    /// Bars of all failures, the accounts' own among them; `fail_path`, the server's, lies over it.
    pub(super) own_path: String,
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
    /// Those of the failures that are the accounts' own.
    pub(super) data_own: String,
    pub(super) data_unknown: String,
    pub(super) data_probe_ok: String,
    pub(super) data_probe_fail: String,
}

/// The series of all lanes.
#[derive(Debug)]
pub(super) struct Series<'a> {
    /// The front end, or the back end where there is nothing else.
    pub(super) role: Role,
    lanes: BTreeMap<Key<'a>, &'a Service>,
}

/// Attempts for each step of a scale.
pub(super) struct Steps {
    pub(super) succeeded: Vec<u64>,
    pub(super) failed: Vec<u64>,
    pub(super) unknown: Vec<u64>,
}

impl<'a> Series<'a> {
    /// All series of a case.
    pub(super) fn of(case: &'a Case) -> Self {
        let services = || case.summary.services.iter().filter(|(_, service)| !service.series.is_empty());
        let has_front = services().any(|(key, _)| key.role == Role::FrontEnd);
        let role = if has_front { Role::FrontEnd } else { Role::BackEnd };
        let of_role = services().filter(|(key, _)| key.role == role);
        Self { role, lanes: of_role.map(|(key, service)| ((key.server.as_deref(), key.protocol), service)).collect() }
    }

    /// The lanes that there are.
    pub(super) fn keys(&self) -> Vec<Key<'a>> {
        self.lanes.keys().copied().collect()
    }

    /// Attempts of some lanes in a stretch of time.
    pub(super) fn attempts(&self, keys: &[Key<'a>], from: i64, to: i64) -> u64 {
        let series = keys.iter().filter_map(|key| self.lanes.get(key)).flat_map(|service| service.series.values());
        let minutes = series.flat_map(Minutes::iter);
        minutes.filter(|(minute, _)| (from..=to).contains(&(minute * MINUTE))).map(|(_, counts)| counts.attempts()).sum()
    }

    /// What came of the attempts, of probes or of accounts.
    pub(super) fn counts(&self, keys: &[Key<'a>], scale: &Scale, are_probes: bool) -> Steps {
        let none = || vec![0; scale.steps];
        let mut steps = Steps { succeeded: none(), failed: none(), unknown: none() };
        let series = keys.iter().filter_map(|key| self.lanes.get(key)).flat_map(|service| &service.series);
        for (_, minutes) in series.filter(|((_, class), _)| (*class == ClientClass::HealthMailbox) == are_probes) {
            for (minute, counts) in minutes.iter() {
                add(&mut steps.succeeded, scale, minute * MINUTE, counts.succeeded);
                add(&mut steps.failed, scale, minute * MINUTE, counts.failed);
                add(&mut steps.unknown, scale, minute * MINUTE, counts.unknown);
            }
        }
        steps
    }

    /// Failures of probes or of accounts that are the server's own.
    pub(super) fn servers_own(&self, keys: &[Key<'a>], scale: &Scale, are_probes: bool) -> Vec<u64> {
        let mut failed = vec![0; scale.steps];
        for step in keys.iter().filter_map(|key| self.lanes.get(key)).flat_map(|service| service.pulse.steps()) {
            let of_probes = step.beats.health_mailbox_failed;
            let count = if are_probes { of_probes } else { step.beats.failed.saturating_sub(of_probes) };
            add(&mut failed, scale, step.moment() - step.moment().rem_euclid(MINUTE), u64::from(count));
        }
        failed
    }

    /// Where the failures of a lane are listed.
    pub(super) fn href(&self, case: &Case, key: Key<'a>) -> String {
        let group = case.groups.iter().find(|group| {
            group.service.role == self.role && group.service.server.as_deref() == key.0 && group.service.protocol == key.1
        });
        group.map_or_else(|| "#failures".to_owned(), |group| format!("#{}", group.id))
    }

    /// One lane: of one service, or the counts of several added up.
    pub(super) fn lane(&self, case: &Case, keys: &[Key<'a>], scale: &Scale, events: &[&Entry], times: &Times) -> Lane {
        let Steps { succeeded: ok, failed, unknown } = self.counts(keys, scale, false);
        let Steps { succeeded: probes_ok, failed: probes_failed, .. } = self.counts(keys, scale, true);
        let servers: Vec<u64> =
            self.servers_own(keys, scale, false).iter().zip(&failed).map(|(servers, all)| *servers.min(all)).collect();
        let own: Vec<u64> = failed.iter().zip(&servers).map(|(all, servers)| all - servers).collect();
        let answered_or_not: Vec<u64> = ok.iter().zip(&unknown).map(|(ok, unknown)| ok + unknown).collect();
        let sum = |counts: &[u64]| counts.iter().sum::<u64>();
        let peak = answered_or_not.iter().chain(&failed).copied().max().unwrap_or_default();
        let cut = cut_at(answered_or_not.iter().chain(&failed).copied().filter(|count| *count > 0).collect());
        let top = peak.min(cut).max(LOWEST_PEAK) as f64;
        let height = |count: u64, least: f64| if count == 0 { 0.0 } else { (TALLEST * count as f64 / top).clamp(least, TALLEST) };
        let heights = |counts: &[u64], least: f64| counts.iter().map(|count| height(*count, least)).collect::<Vec<_>>();
        // What lies under other bars is drawn only where something of it is seen.
        let under = |all: &[u64], part: &[u64], least: f64| {
            let seen = all.iter().zip(part).map(|(all, part)| if *part > 0 { height(*all, least) } else { 0.0 });
            seen.collect::<Vec<_>>()
        };
        let flat = |counts: &[u64], tall: f64| counts.iter().map(|count| if *count > 0 { tall } else { 0.0 }).collect::<Vec<_>>();
        let key = if let [only] = keys { Some(*only) } else { None };
        let outages = key.map(|key| outages(case, key, scale, times)).unwrap_or_default();
        let (total_failed, all_probes) = (sum(&failed) + sum(&probes_failed), sum(&probes_ok) + sum(&probes_failed));
        let probes = match all_probes {
            0 => String::new(),
            all => format!("{} of {} probes", thousands(sum(&probes_failed)), thousands(all)),
        };
        let in_words = if probes.is_empty() { "no probes".to_owned() } else { format!("{probes} failed") };
        let bands: String = outages.iter().map(|band| format!("; {}", band.title)).collect();
        let (name, protocol) = match key {
            Some(key) => (server(key.0), key.1.title()),
            None => ("all others".to_owned(), "added up"),
        };
        Lane {
            alt: format!(
                "{protocol} on {name}: accounts {} succeeded, {} failed{}{}; {in_words}{bands}",
                thousands(sum(&ok)),
                thousands(sum(&failed)),
                said(sum(&own), "by the accounts' own fault"),
                said(sum(&unknown), "without an answer")
            ),
            href: key.map_or_else(|| "#failures".to_owned(), |key| self.href(case, key)),
            failed: thousands(total_failed),
            failed_n: total_failed,
            alarm: !outages.is_empty(),
            attempts: thousands(sum(&answered_or_not) + sum(&failed) + all_probes),
            peak: match peak > cut.max(LOWEST_PEAK) {
                true => format!("cut at {} of {}", thousands(cut.max(LOWEST_PEAK)), thousands(peak)),
                false => format!("tallest bar {}", thousands(peak)),
            },
            unknown_path: bars(&under(&answered_or_not, &unknown, 2.0), BASE, 1.0),
            ok_path: bars(&heights(&ok, 1.2), BASE, 1.0),
            own_path: bars(&under(&failed, &own, 2.0), BASE + 1.0, -1.0),
            fail_path: bars(&heights(&servers, 2.0), BASE + 1.0, -1.0),
            has_probes: all_probes > 0,
            probes,
            probe_ok_path: bars(&flat(&probes_ok, 3.0), 6.5, 1.0),
            probe_fail_path: bars(&flat(&probes_failed, 9.0), 9.5, 1.0),
            no_logs: key.map(|key| no_logs(case, key, self.role, scale, times)).unwrap_or_default(),
            hairs: key.map(|key| hairs(events, key, scale)).unwrap_or_default(),
            outages,
            data_ok: sparse(&ok),
            data_fail: sparse(&failed),
            data_own: sparse(&own),
            data_unknown: sparse(&unknown),
            data_probe_ok: sparse(&probes_ok),
            data_probe_fail: sparse(&probes_failed),
            server: name,
            protocol,
        }
    }
}

/// Adds to the step in which a minute lies; a minute that begins before the scale and reaches into it counts as its first.
fn add(sums: &mut [u64], scale: &Scale, minute: i64, count: u64) {
    let step = scale.step(minute.max(scale.start.min(minute + MINUTE - 1)));
    if let Some(sum) = step.and_then(|step| sums.get_mut(step)) {
        *sum += count;
    }
}

/// Where bars are cut, by the counts that are not 0: far above 95 in a hundred of them.
fn cut_at(mut counts: Vec<u64>) -> u64 {
    counts.sort_unstable();
    counts.get(counts.len() * 95 / 100).map_or(u64::MAX, |count| count.saturating_mul(OUTLIER))
}

/// `, 3 by the accounts' own fault`, if there are any.
pub(super) fn said(count: u64, words: &str) -> String {
    if count == 0 { String::new() } else { format!(", {} {words}", thousands(count)) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_cut_where_few_tower_over_the_others() {
        assert_eq!(cut_at((1..=100).collect()), 96 * OUTLIER);
        assert_eq!(cut_at([vec![5; 99], vec![900]].concat()), 15);
        // Where there are few bars, none is an exception.
        assert_eq!(cut_at(vec![1, 1, 300]), 900);
        assert_eq!(cut_at(Vec::new()), u64::MAX);
    }
}
