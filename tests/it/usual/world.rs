//! An ordinary organisation, night after night: what a store would hand to `exlog::usual`, with chance, weekends, growth, and
//! whatever a test plants.

use std::collections::BTreeMap;

use exlog::clock::Zone;
use exlog::protocol::{Protocol, Role};
use exlog::usual::{AccountFailure, Deviation, GroupDay, LatencyDay, Night, Past, Rows, Service, ServiceHour, deviations};

pub(super) const HOUR: i64 = 3_600_000;
pub(super) const DAY: i64 = 24;

/// 2026-01-05, a Monday, in days since 1970.
pub(super) const MONDAY: i64 = 20_458;

/// Every run cuts this hour after so many of sixty minutes.
const CUT: (i64, u64) = (2, 17);

/// So many days back a store is asked.
const KEPT: i64 = 90;

/// What a service does in one hour, before chance: clients' attempts, the share that fails by accounts, by the server, and probes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rates {
    pub(super) clients: f64,
    pub(super) of_accounts: f64,
    pub(super) of_server: f64,
    pub(super) probes: f64,
    pub(super) probes_failing: f64,
    pub(super) slower: f64,
}

/// Changes what a service does in an hour (since 1970).
pub(super) type Event = Box<dyn Fn(&Service, i64, &mut Rates)>;

pub(super) struct World {
    pub(super) services: Vec<(Service, f64)>,
    pub(super) events: Vec<Event>,
    /// Failure groups beside the ordinary ones.
    pub(super) groups: Vec<GroupDay>,
    /// Accounts that fail beside the ordinary ones.
    pub(super) accounts: Vec<AccountFailure>,
    pub(super) zone: Zone,
    /// In which zone clients live: their days are as long as its own.
    pub(super) clients: Zone,
    pub(super) seed: u64,
}

pub(super) fn service(server: &str, protocol: Protocol, role: Role) -> Service {
    Service { server: Some(server.to_owned()), protocol, role }
}

impl World {
    /// Two servers, IMAP with its back end and POP.
    pub(super) fn ordinary(seed: u64) -> Self {
        let services = ["EX01", "EX02"].into_iter().flat_map(|server| {
            [
                (service(server, Protocol::Imap4, Role::FrontEnd), 600.0),
                (service(server, Protocol::Imap4, Role::BackEnd), 560.0),
                (service(server, Protocol::Pop3, Role::FrontEnd), 60.0),
            ]
        });
        Self {
            services: services.collect(),
            events: Vec::new(),
            groups: Vec::new(),
            accounts: Vec::new(),
            zone: Zone::Utc,
            clients: Zone::Utc,
            seed,
        }
    }

    pub(super) fn with(mut self, event: impl Fn(&Service, i64, &mut Rates) + 'static) -> Self {
        self.events.push(Box::new(event));
        self
    }

    /// All days from the first Monday on, as the rows of whole days and hours.
    fn all(&self, days: i64) -> Rows {
        let mut chance = Chance(self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let mut rows = Rows::default();
        for hour in MONDAY * DAY..(MONDAY + days) * DAY {
            for (service, busiest) in &self.services {
                let mut rates = self.rates(service, *busiest, hour);
                self.events.iter().for_each(|event| event(service, hour, &mut rates));
                rows.hours.extend(service_hour(service, hour, rates, &mut chance));
            }
        }
        for day in MONDAY..MONDAY + days {
            for (service, _) in &self.services {
                self.day(service, day, &mut rows, &mut chance);
            }
        }
        rows.groups.extend(self.groups.iter().filter(|row| row.day < MONDAY + days).cloned());
        rows.accounts.extend(self.accounts.iter().filter(|row| row.day < MONDAY + days).cloned());
        rows
    }

    fn rates(&self, _: &Service, busiest: f64, hour: i64) -> Rates {
        let wall = hour + self.clients.offset(hour * HOUR).div_euclid(HOUR);
        let (day, of_day) = (wall.div_euclid(DAY), wall.rem_euclid(DAY));
        let shape = match of_day {
            8..=16 => 1.0,
            7 | 17 => 0.7,
            6 | 18 => 0.35,
            19..=22 => 0.2,
            _ => 0.06,
        };
        let is_weekend = (day + 3).rem_euclid(7) >= 5;
        let growth = 1.0 + 0.002 * (day - MONDAY) as f64;
        let clients = busiest * shape * growth * if is_weekend { 0.25 } else { 1.0 };
        Rates { clients, of_accounts: 0.02, of_server: 0.0005, probes: 24.0, probes_failing: 0.0, slower: 1.0 }
    }

    /// What is kept by the day: groups, accounts, latency.
    fn day(&self, service: &Service, day: i64, rows: &mut Rows, chance: &mut Chance) {
        let of_day = rows.hours.iter().filter(|row| row.service == *service && row.hour.div_euclid(DAY) == day);
        let (mut own, mut of_accounts, mut logins) = (0, 0, 0);
        for row in of_day {
            own += row.own_failed;
            of_accounts += row.failed - row.own_failed;
            logins += row.succeeded;
        }
        for (error, class, count, is_servers_own) in
            [("AuthFailed:LogonDenied", "credentials", of_accounts, false), ("ProxyTimeout", "proxy timeout", own, true)]
        {
            if count > 0 {
                rows.groups.push(group(service, error, class, is_servers_own, day, count));
            }
        }
        for _ in 0..of_accounts / 3 {
            let account = format!("user{:03}", chance.below(300));
            rows.accounts.push(AccountFailure { service: service.clone(), account, day, failed: 1 + chance.below(4) });
        }
        for new in 0..chance.poisson(1.5) {
            let account = format!("new-{day}-{}-{new}", service.server.as_deref().unwrap_or_default());
            rows.accounts.push(AccountFailure { service: service.clone(), account, day, failed: 1 });
        }
        let mut rates = self.rates(service, 1.0, day * DAY + 12);
        self.events.iter().for_each(|event| event(service, day * DAY + 12, &mut rates));
        let scatter = rates.slower * (0.85 + 0.3 * chance.share());
        if logins > 0 {
            let (median_ms, p95_ms) = ((120.0 * scatter) as u64, (600.0 * scatter) as u64);
            rows.latency.push(LatencyDay { service: service.clone(), day, logins, median_ms, p95_ms });
        }
    }

    /// What every night says, from the first to the last; a night ends on its day a little after two.
    pub(super) fn nights(&self, days: i64) -> Vec<(i64, Vec<Deviation>)> {
        let all = self.all(days);
        (MONDAY + 1..MONDAY + days).map(|day| (day, self.of_night(&all, day))).collect()
    }

    /// What one night says.
    pub(super) fn night(&self, day: i64) -> Vec<Deviation> {
        self.of_night(&self.all(day - MONDAY + 1), day)
    }

    /// What a run says that reads from one hour to another, both cut.
    pub(super) fn run(&self, begin: i64, end: i64) -> Vec<Deviation> {
        let all = self.all(end.div_euclid(DAY) - MONDAY + 1);
        let (past, night) = self.parts(&all, begin, end);
        deviations(&past, &night)
    }

    fn of_night(&self, all: &Rows, day: i64) -> Vec<Deviation> {
        let end = day * DAY + CUT.0;
        let (past, night) = self.parts(all, end - DAY, end);
        deviations(&past, &night)
    }

    pub(super) fn past_and_night(&self, day: i64) -> (Past, Night) {
        let end = day * DAY + CUT.0;
        self.parts(&self.all(day - MONDAY + 1), end - DAY, end)
    }

    fn parts(&self, all: &Rows, begin: i64, end: i64) -> (Past, Night) {
        let (mut past, mut night) = (Past::default(), Night { zone: self.zone, ..Night::default() });
        for row in all.hours.iter().filter(|row| row.hour >= end - KEPT * DAY) {
            let (before, after) = cut(row);
            match row.hour {
                hour if hour < begin => past.rows.hours.push(row.clone()),
                hour if hour == begin => {
                    past.rows.hours.push(before);
                    night.rows.hours.push(after);
                }
                hour if hour < end => night.rows.hours.push(row.clone()),
                hour if hour == end => night.rows.hours.push(before),
                _ => {}
            }
        }
        // What is kept by the day goes to the night that reads most of it.
        let (first_new, day) = (begin.div_euclid(DAY), end.div_euclid(DAY));
        let first_kept = day - KEPT;
        for row in all.groups.iter().filter(|row| (first_kept..day).contains(&row.day)) {
            if row.day < first_new { past.rows.groups.push(row.clone()) } else { night.rows.groups.push(row.clone()) }
        }
        for row in all.accounts.iter().filter(|row| (first_kept..day).contains(&row.day)) {
            if row.day < first_new { past.rows.accounts.push(row.clone()) } else { night.rows.accounts.push(row.clone()) }
        }
        for row in all.latency.iter().filter(|row| (first_kept..day).contains(&row.day)) {
            if row.day < first_new { past.rows.latency.push(row.clone()) } else { night.rows.latency.push(row.clone()) }
        }
        let minutes = CUT.1 as i64 * 60_000;
        let mut spans: BTreeMap<Service, (i64, i64)> = BTreeMap::new();
        for row in &night.rows.hours {
            let first = row.hour * HOUR + if row.hour == begin { minutes } else { 0 };
            let last = row.hour * HOUR + if row.hour == end { minutes } else { HOUR - 1 };
            let span = spans.entry(row.service.clone()).or_insert((first, last));
            *span = (span.0.min(first), span.1.max(last));
        }
        night.spans = spans;
        (past, night)
    }
}

/// An hour in two parts, as a run sees it that comes in between.
fn cut(row: &ServiceHour) -> (ServiceHour, ServiceHour) {
    let part = |count: u64| count * CUT.1 / 60;
    let before = ServiceHour {
        attempts: part(row.attempts),
        succeeded: part(row.succeeded),
        failed: part(row.failed),
        own_failed: part(row.own_failed),
        probes: part(row.probes),
        probes_failed: part(row.probes_failed),
        ..row.clone()
    };
    let after = ServiceHour {
        attempts: row.attempts - before.attempts,
        succeeded: row.succeeded - before.succeeded,
        failed: row.failed - before.failed,
        own_failed: row.own_failed - before.own_failed,
        probes: row.probes - before.probes,
        probes_failed: row.probes_failed - before.probes_failed,
        ..row.clone()
    };
    (before, after)
}

fn service_hour(service: &Service, hour: i64, rates: Rates, chance: &mut Chance) -> Option<ServiceHour> {
    let (own, of_accounts) = (rates.clients * rates.of_server, rates.clients * rates.of_accounts);
    let own = chance.poisson(own);
    let of_accounts = chance.poisson(of_accounts);
    let succeeded = chance.poisson(rates.clients * (1.0 - rates.of_accounts - rates.of_server).max(0.0));
    // Probes are no chance: one more or less, because an hour does not begin with one.
    let probes = if rates.probes > 0.0 { (rates.probes as u64 + chance.below(3)).saturating_sub(1) } else { 0 };
    let probes_failed = (probes as f64 * rates.probes_failing).round() as u64;
    let attempts = succeeded + own + of_accounts + probes;
    (attempts > 0).then(|| ServiceHour {
        service: service.clone(),
        hour,
        attempts,
        succeeded: succeeded + probes - probes_failed,
        failed: own + of_accounts + probes_failed,
        own_failed: own + probes_failed,
        probes,
        probes_failed,
    })
}

pub(super) fn group(service: &Service, error: &str, class: &str, is_servers_own: bool, day: i64, count: u64) -> GroupDay {
    GroupDay {
        service: service.clone(),
        error: error.to_owned(),
        error_class: class.to_owned(),
        target: None,
        client_class: "user".to_owned(),
        response: format!("NO {error}"),
        is_servers_own,
        day,
        count,
        first_seen: (day * DAY + 3) * HOUR,
        last_seen: (day * DAY + 22) * HOUR,
    }
}

/// A small generator of chance: the same seed, the same world.
pub(super) struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// From 0 to below 1.
    pub(super) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// How many of independent events happen of which so many are expected.
    pub(super) fn poisson(&mut self, expected: f64) -> u64 {
        // Large numbers in parts: a sum of such counts is such a count.
        let parts = (expected / 30.0).ceil().max(1.0);
        let limit = (-expected / parts).exp();
        let mut sum = 0;
        for _ in 0..parts as u64 {
            let mut product = self.share();
            while product > limit {
                sum += 1;
                product *= self.share();
            }
        }
        sum
    }
}
