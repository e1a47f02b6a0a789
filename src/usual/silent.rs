//! Servers of which nothing more is read while others go on: down, or their logs are out of reach.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnosis::finding::Severity;
use crate::text::thousands;
use crate::usual::calendar::{HOUR, in_words, is_possible};
use crate::usual::deviation::{Deviation, Kind};
use crate::usual::history::{History, hours_read};
use crate::usual::rows::Service;
use crate::usual::words::Told;
use crate::usual::{Night, Past};

/// So many hours after the last line of a server are nothing: its logs are copied at another time of day.
const LATE: i64 = 6;

/// From so many hours on it is of weight.
const DAY_LATE: i64 = 24;

/// After so many hours it was told in the nights before, or a clock is wrong.
const LONGEST: i64 = 7 * 24;

/// Usually there are so many attempts in this time, at least: of a server that nobody uses nothing is expected.
const FEWEST: f64 = 30.0;

pub(super) fn deviations(past: &Past, night: &Night, history: &History) -> Vec<Told> {
    let Some(end) = hours_read(night).map(|(_, _, last)| last).max() else { return Vec::new() };
    let begin = hours_read(night).map(|(_, first, _)| first).min().unwrap_or(end);
    let mut lasts: BTreeMap<&Option<String>, i64> = BTreeMap::new();
    let rows =
        past.rows.hours.iter().filter(|row| row.hour <= end && is_possible(row.hour)).map(|row| (&row.service.server, row.hour));
    for (server, last) in rows.chain(hours_read(night).map(|(service, _, last)| (&service.server, last))) {
        let known = lasts.entry(server).or_insert(last);
        *known = last.max(*known);
    }
    let was_told: BTreeSet<_> =
        lasts.iter().filter(|(_, last)| begin.saturating_sub(**last) > DAY_LATE).map(|(name, _)| *name).collect();
    let is_late = |(server, last): &(&Option<String>, i64)| {
        (LATE + 1..=LONGEST).contains(&end.saturating_sub(*last)) && !was_told.contains(server)
    };
    lasts.into_iter().filter(is_late).filter_map(|(server, last)| of_server(server, last, end, history)).collect()
}

/// What a server usually has from the hour behind its last to the end of the night.
fn of_server(server: &Option<String>, last: i64, end: i64, history: &History) -> Option<Told> {
    let services = history.services.iter().filter(|(service, _)| service.server == *server);
    let expected = services.map(|(service, series)| {
        let hours = (last + 1..end).filter_map(|hour| Some(series.like(hour)?.usual(|hour| hour.attempts, 0.0)?.median));
        (service, hours.sum::<f64>())
    });
    let expected: Vec<(&Service, f64)> = expected.collect();
    let (busiest, usual) = *expected.iter().max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| b.0.cmp(a.0)))?;
    if usual < FEWEST {
        return None;
    }
    let name = server.as_deref().unwrap_or("a server without a name");
    let (from, to) = ((last + 1) * HOUR, end * HOUR);
    let usual = usual.round() as u64;
    let text = format!(
        "{name}: nothing was read from {}; usually about {} logins tried at its {} {}: it was down, or its logs could not be read",
        in_words(from, to),
        thousands(usual),
        busiest.protocol.title(),
        busiest.role.title()
    );
    let deviation = Deviation {
        kind: Kind::AttemptsFarBelow,
        severity: if end - last > DAY_LATE - 2 { Severity::Low } else { Severity::Info },
        server: server.clone(),
        protocol: busiest.protocol,
        role: busiest.role,
        from,
        to,
        continues: false,
        text,
        now: 0,
        usual: Some(usual),
        also: Vec::new(),
    };
    Some(Told { deviation, brief: format!("nothing was read of {name}") })
}
