//! Pseudonyms in the place of all names of past and night, before they are compared: deviations can only speak in pseudonyms.
//!
//! Both sides must be redacted under one key, after the same things were taught.

use std::mem::take;

use crate::redaction::{Redact, Redactor};
use crate::usual::rows::{AccountFailure, GroupDay, LatencyDay, Rows, Service, ServiceHour};
use crate::usual::{Night, Past};

impl Redact for Past {
    fn teach(&self, redactor: &mut Redactor) {
        self.rows.teach(redactor);
    }

    fn redact(&mut self, redactor: &Redactor) {
        let Self { rows } = self;
        rows.redact(redactor);
    }
}

impl Redact for Night {
    fn teach(&self, redactor: &mut Redactor) {
        self.rows.teach(redactor);
    }

    fn redact(&mut self, redactor: &Redactor) {
        let Self { spans, rows, zone: _ } = self;
        for (mut service, (first, last)) in take(spans) {
            service.redact(redactor);
            let span = spans.entry(service).or_insert((first, last));
            *span = (span.0.min(first), span.1.max(last));
        }
        rows.redact(redactor);
    }
}

impl Redact for Rows {
    fn teach(&self, redactor: &mut Redactor) {
        let servers = self.hours.iter().filter_map(|row| row.service.server.as_deref());
        servers.for_each(|server| redactor.learn_host(server));
        self.groups.iter().filter_map(|row| row.target.as_deref()).for_each(|target| redactor.learn_target(target));
        self.accounts.iter().for_each(|row| redactor.learn_account(&row.account));
    }

    fn redact(&mut self, redactor: &Redactor) {
        let Self { hours, groups, accounts, latency } = self;
        for ServiceHour { service, hour: _, attempts: _, succeeded: _, failed: _, own_failed: _, probes: _, probes_failed: _ } in
            hours
        {
            service.redact(redactor);
        }
        groups.iter_mut().for_each(|row| row.redact(redactor));
        for AccountFailure { service, account, day: _, failed: _ } in accounts {
            service.redact(redactor);
            *account = redactor.account(account);
        }
        for LatencyDay { service, day: _, logins: _, median_ms: _, p95_ms: _ } in latency {
            service.redact(redactor);
        }
    }
}

impl Redact for GroupDay {
    fn redact(&mut self, redactor: &Redactor) {
        let Self {
            service,
            error,
            error_class: _,
            target,
            client_class: _,
            response,
            is_servers_own: _,
            day: _,
            count: _,
            first_seen: _,
            last_seen: _,
        } = self;
        service.redact(redactor);
        *error = redactor.text(error);
        *target = target.take().map(|target| redactor.target(&target));
        *response = redactor.text(response);
    }
}

impl Redact for Service {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { server, protocol: _, role: _ } = self;
        *server = server.take().map(|name| redactor.host(&name));
    }
}
