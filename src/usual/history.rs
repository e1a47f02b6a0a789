//! Past and night together, by service: which hours are whole and can be compared, and which of them are new.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::protocol::{Protocol, Role};
use crate::usual::calendar::{DAY, hour_of, is_possible};
use crate::usual::rows::Service;
use crate::usual::series::{Hour, Series};
use crate::usual::{Night, Past};

/// A hole in a server's hours that is longer than this is no silence but logs that are missing, or a wrong clock.
const LONGEST_HOLE: i64 = 48;

/// So many days before the night are looked at to see whether something goes on or comes every day.
pub(super) const LOOKED_BACK: i64 = 8;

type Server = Option<String>;

/// What is known of all services.
pub(super) struct History {
    pub(super) services: BTreeMap<Service, Series>,
    /// All clients, at the front ends; at the back ends, if the logs of no front end are read.
    pub(super) everybody: Series,
    /// All servers of a protocol and role together.
    totals: BTreeMap<(Protocol, Role), Series>,
    servers: BTreeMap<Server, ServerHours>,
}

/// The hours of one server.
#[derive(Default)]
struct ServerHours {
    /// Those that can be compared: whole ones, of the night and of the days before.
    whole: Vec<i64>,
    /// The first that is new, or was cut when it was looked at last.
    new_from: i64,
}

impl History {
    pub(super) fn new(past: &Past, night: &Night) -> Self {
        let rows = || past.rows.hours.iter().chain(&night.rows.hours).filter(|row| is_possible(row.hour));
        let mut hours: BTreeMap<Service, BTreeMap<i64, Hour>> = BTreeMap::new();
        let mut sums: BTreeMap<(Protocol, Role), BTreeMap<i64, Hour>> = BTreeMap::new();
        let mut written: BTreeMap<Server, BTreeSet<i64>> = BTreeMap::new();
        for row in rows() {
            hours.entry(row.service.clone()).or_default().entry(row.hour).or_default().add(row);
            let sum = sums.entry((row.service.protocol, row.service.role)).or_default();
            sum.entry(row.hour).or_default().add(row);
            written.entry(row.service.server.clone()).or_default().insert(row.hour);
        }
        let written: BTreeMap<Server, Rc<BTreeSet<i64>>> =
            written.into_iter().map(|(server, hours)| (server, Rc::new(hours))).collect();
        let anywhere: Rc<BTreeSet<i64>> = Rc::new(rows().map(|row| row.hour).collect());
        let is_front = sums.keys().any(|(_, role)| *role == Role::FrontEnd);
        let of_all = rows().filter(|row| (row.service.role == Role::FrontEnd) == is_front);
        let mut everybody: BTreeMap<i64, Hour> = BTreeMap::new();
        of_all.for_each(|row| everybody.entry(row.hour).or_default().add(row));
        let of_server = |service: &Service| written.get(&service.server).cloned().unwrap_or_default();
        Self {
            everybody: Series::new(everybody, anywhere.clone(), night.zone),
            servers: servers(&written, past, night),
            services: hours
                .into_iter()
                .map(|(service, hours)| {
                    let written = of_server(&service);
                    (service, Series::new(hours, written, night.zone))
                })
                .collect(),
            totals: sums.into_iter().map(|(key, hours)| (key, Series::new(hours, anywhere.clone(), night.zone))).collect(),
        }
    }

    /// All servers of the service's protocol and role together, if there are others.
    pub(super) fn total(&self, service: &Service) -> Option<&Series> {
        let is_other =
            |other: &Service| other.protocol == service.protocol && other.role == service.role && other.server != service.server;
        let is_shared = self.services.keys().any(is_other);
        self.totals.get(&(service.protocol, service.role)).filter(|_| is_shared)
    }

    /// The hours of a service that can be compared, those of the days before included, and the first new one; `None` if nothing
    /// of its server is new.
    pub(super) fn whole_hours(&self, service: &Service) -> Option<(&[i64], i64)> {
        self.servers.get(&service.server).map(|hours| (hours.whole.as_slice(), hours.new_from))
    }
}

/// The first and the last hour that was newly read of each service.
pub(super) fn hours_read(night: &Night) -> impl Iterator<Item = (&Service, i64, i64)> {
    let hours = night.spans.iter().map(|(service, (first, last))| (service, hour_of(*first), hour_of(*last)));
    hours.filter(|(_, first, last)| is_possible(*first) && is_possible(*last))
}

/// The hours of the servers of which something is new.
fn servers(written: &BTreeMap<Server, Rc<BTreeSet<i64>>>, past: &Past, night: &Night) -> BTreeMap<Server, ServerHours> {
    let mut spans: BTreeMap<&Server, (i64, i64)> = BTreeMap::new();
    for (service, first, last) in hours_read(night) {
        let span = spans.entry(&service.server).or_insert((first, last));
        *span = (span.0.min(first), span.1.max(last));
    }
    let of_server = |(server, (first, last)): (&Server, (i64, i64))| {
        let past_hours = past.rows.hours.iter().filter(|row| row.service.server == *server && row.hour <= first);
        let past_last = past_hours.map(|row| row.hour).max();
        // The last hour of the past was cut then, and is whole now.
        let new_from = past_last.filter(|hour| first.saturating_sub(*hour) <= LONGEST_HOLE).unwrap_or(first);
        let mut hours = written.get(server).map(|hours| (**hours).clone()).unwrap_or_default();
        hours.extend([first, last]);
        (server.clone(), ServerHours { whole: whole(&hours, new_from.saturating_sub(LOOKED_BACK * DAY)), new_from })
    };
    spans.into_iter().map(of_server).collect()
}

/// The hours from `from` on that lie between two in which the server wrote: those at the ends may be cut. Hours of a short hole
/// are among them, and had nothing.
fn whole(written: &BTreeSet<i64>, from: i64) -> Vec<i64> {
    let mut whole = Vec::new();
    let mut before = None;
    for (hour, next) in written.iter().zip(written.iter().skip(1)) {
        let is_joined = next.saturating_sub(*hour) <= LONGEST_HOLE;
        if is_joined && before.is_some_and(|before: i64| hour.saturating_sub(before) <= LONGEST_HOLE) {
            whole.push(*hour);
        }
        if is_joined {
            whole.extend(hour + 1..*next);
        }
        before = Some(*hour);
    }
    whole.retain(|hour| *hour >= from);
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_hours_at_the_ends_are_not_whole_and_short_holes_are() {
        let written = |hours: &[i64]| hours.iter().copied().collect::<BTreeSet<i64>>();
        assert_eq!(whole(&written(&[1, 2, 3, 6, 7]), 0), [2, 3, 4, 5, 6]);
        assert_eq!(whole(&written(&[1, 2, 3, 6, 7]), 4), [4, 5, 6]);
        assert_eq!(whole(&written(&[1, 2, 3, 100, 101, 102, i64::MAX]), 0), [2, 101]);
        assert_eq!(whole(&written(&[i64::MIN / 2, 5]), 0), [0i64; 0]);
        assert_eq!(whole(&written(&[5]), 0), [0i64; 0]);
    }
}
