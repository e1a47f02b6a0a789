//! Pseudonyms in the place of all names of a summary.
//!
//! Every structure is taken apart field by field, so that a new field does not compile before it is decided what it may show.

use std::collections::BTreeMap;
use std::mem::take;
use std::sync::Arc;

use crate::collections::tally::{Tally, Weighed};
use crate::login::identity::Aliases;
use crate::merge::merge_entry;
use crate::redaction::{Redact, Redactor};
use crate::summary::account::{Account, Refused};
use crate::summary::failure_group::{FailureGroup, GroupKey};
use crate::summary::large_mailbox::{LargeMailbox, LargeMailboxes};
use crate::summary::service::{Commands, Service};
use crate::summary::{ServiceKey, Source, Summary};

impl Redact for Summary {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { sources, notes, bytes: _, accounting: _, skipped, span: _, services, aliases, stretches, ranges } = self;
        sources.iter_mut().for_each(|source| source.redact(redactor));
        notes.iter_mut().for_each(|note| note.redact(redactor));
        skipped.redact(redactor);
        for (mut key, mut service) in take(services) {
            key.redact(redactor);
            service.redact(redactor);
            merge_entry(services, key, service);
        }
        // Their work is done: names are joined, and sessions are counts.
        *aliases = Aliases::default();
        *stretches = BTreeMap::new();
        // Reports are of whole logs.
        ranges.clear();
    }
}

impl Redact for ServiceKey {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { server, protocol: _, role: _ } = self;
        redact_server(server, redactor);
    }
}

impl Redact for Source {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { file, server, service: _, records: _, span: _, bytes: _, lines: _, is_cut: _, begins: _, fingerprint: _ } =
            self;
        file.redact(redactor);
        redact_server(server, redactor);
    }
}

fn redact_server(server: &mut Option<Arc<str>>, redactor: &Redactor) {
    *server = server.take().map(|name| redactor.host(&name).into());
}

impl Redact for Service {
    fn redact(&mut self, redactor: &Redactor) {
        let Self {
            records: _,
            span: _,
            presence: _,
            logins: _,
            series,
            pulse: _,
            affected,
            groups,
            accounts,
            addresses,
            latency: _,
            pace: _,
            large_mailboxes,
            refused_users,
            commands,
            anomalies,
            // Hashes, which no report shows; they find each other no more where servers were renamed, and their work is done.
            clock_sample: _,
        } = self;
        for ((target, class), minutes) in take(series) {
            merge_entry(series, (target.map(|target| redactor.target(&target).into()), class), minutes);
        }
        affected.forget_names();
        for (mut key, mut failures) in take(groups) {
            key.redact(redactor);
            failures.redact(redactor);
            merge_entry(groups, key, failures);
        }
        rename(accounts, |name| redactor.account(name));
        rename(addresses, |address| redactor.address(address));
        accounts.values_mut().chain(addresses.values_mut()).for_each(|account| account.redact(redactor));
        large_mailboxes.redact(redactor);
        refused_users.iter_mut().for_each(|failures| failures.redact(redactor));
        commands.redact(redactor);
        for (error, count) in take(anomalies) {
            merge_entry(anomalies, redactor.text(&error).into(), count);
        }
    }
}

fn rename<V: Weighed>(tally: &mut Tally<V>, rename: impl Fn(&str) -> String) {
    *tally = take(tally).renamed(rename);
}

impl Redact for GroupKey {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { error, error_class: _, target, client_class: _, response } = self;
        *error = redactor.text(error).into();
        *target = target.take().map(|target| redactor.target(&target).into());
        *response = redactor.text(response).into();
    }
}

impl Redact for FailureGroup {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { count: _, span: _, minutes: _, users, clients, mechanisms: _, ports: _, examples } = self;
        rename(users, |name| redactor.account(name));
        rename(clients, |address| redactor.address(address));
        for (_, location, text) in examples {
            location.redact(redactor);
            *text = redactor.log_line(text).into();
        }
    }
}

/// Partners are kept as hashes, which no report shows.
impl Redact for Account {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { counts: _, failed: _, succeeded: _, old_ways: _, refused } = self;
        if let Some(refused) = refused {
            let Refused { count: _, span: _, minutes: _, first: (_, location), partners: _ } = refused.as_mut();
            location.redact(redactor);
        }
    }
}

impl Redact for LargeMailboxes {
    fn redact(&mut self, redactor: &Redactor) {
        let mut redacted = Self::default();
        for (name, mailbox) in self.iter() {
            let LargeMailbox { messages, opened, troubled, span, example: (is_untroubled, most, at, mut location, text) } =
                mailbox.clone();
            location.redact(redactor);
            let example = (is_untroubled, most, at, location, redactor.log_line(&text).into());
            redacted.add(&redactor.account(name), LargeMailbox { messages, opened, troubled, span, example });
        }
        *self = redacted;
    }
}

impl Redact for Commands {
    fn redact(&mut self, redactor: &Redactor) {
        let mut redacted = Self::default();
        for (command, count) in self.sorted() {
            redacted.add(redactor.command(&command).as_bytes(), count);
        }
        *self = redacted;
    }
}
