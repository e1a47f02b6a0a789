//! Pseudonyms in the place of all names of a case, before it is judged and reported.
//!
//! What is counted, joined and ordered stays as it was, because it was done under the names. What is said about it afterwards,
//! by diagnoses and reports, can only be said with pseudonyms: no name is left to slip out.

use std::mem::take;

use crate::case::behind::Behind;
use crate::case::clocks::WrongServer;
use crate::case::coverage::{Coverage, Covered, Gap};
use crate::case::evidence::Evidence;
use crate::case::group::Group;
use crate::case::outage::Outage;
use crate::case::refusals::{Refusals, RefusedName};
use crate::case::switched_off::SwitchedOff;
use crate::case::top::Top;
use crate::case::{Case, timeline};
use crate::login::identity::CUT_LENGTH;
use crate::merge::merge_entry;
use crate::redaction::{Redact, Redactor};

impl Redact for Case {
    /// Accounts, so that all their spellings get one pseudonym, and hosts, so that they go where they are known words.
    fn teach(&self, redactor: &mut Redactor) {
        for (name, whole) in self.accounts.joined().chain(self.summary.aliases.pairs()) {
            redactor.learn_account(name);
            redactor.learn_account(whole);
            if name.chars().count() == CUT_LENGTH {
                redactor.learn_cut(name, whole);
            }
        }
        for service in self.summary.services.values() {
            let refused = service.refused_users.iter().chain(service.groups.values());
            let users = refused.flat_map(|group| group.users.iter().map(|(name, _, _)| name));
            users.chain(service.accounts.iter().map(|(name, _, _)| name)).for_each(|name| redactor.learn_account(name));
            service.series.keys().filter_map(|(target, _)| target.as_ref()).for_each(|target| redactor.learn_target(target));
            let examples = service.groups.values().flat_map(|group| &group.examples);
            examples.for_each(|(_, _, line)| redactor.learn_targets_of(line));
        }
        let servers = self.summary.sources.iter().filter_map(|source| source.server.as_deref());
        servers.chain(self.servers().into_iter().flatten()).for_each(|server| redactor.learn_host(server));
    }

    fn redact(&mut self, redactor: &Redactor) {
        let Self {
            window: _,
            summary,
            accounts,
            groups,
            outages,
            top_accounts,
            top_addresses,
            refusals,
            coverage,
            restarts,
            evidence,
            timeline,
        } = self;
        summary.redact(redactor);
        accounts.redact(redactor);
        groups.iter_mut().for_each(|group| group.redact(redactor));
        outages.iter_mut().for_each(|outage| outage.redact(redactor));
        for (tops, redact) in
            [(top_accounts, Redactor::account as fn(&Redactor, &str) -> String), (top_addresses, Redactor::address)]
        {
            for Top { service, name, account } in tops {
                service.redact(redactor);
                *name = redact(redactor, name);
                account.redact(redactor);
            }
        }
        refusals.iter_mut().for_each(|refusals| refusals.redact(redactor));
        coverage.redact(redactor);
        restarts.iter_mut().for_each(|(service, _)| service.redact(redactor));
        evidence.redact(redactor);
        // Its sentences hold names: they are written again.
        timeline.clear();
        self.timeline = timeline::timeline(self);
    }
}

impl Redact for Group {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { id: _, service, key, users: _, clients: _, top_users, top_clients, behind, failures } = self;
        service.redact(redactor);
        key.redact(redactor);
        top_users.iter_mut().for_each(|(name, _)| *name = redactor.account(name));
        top_clients.iter_mut().for_each(|(address, _)| *address = redactor.address(address));
        if let Some(Behind { server, groups }) = behind {
            *server = redactor.host(server).into();
            for same in groups {
                same.error = redactor.text(&same.error).into();
                same.response = redactor.text(&same.response).into();
            }
        }
        failures.redact(redactor);
    }
}

impl Redact for Outage {
    fn redact(&mut self, redactor: &Redactor) {
        let Self {
            id: _,
            protocol: _,
            server,
            targets,
            start: _,
            may_be_older: _,
            end: _,
            recovered_at: _,
            attempts: _,
            failed: _,
            users_affected: _,
            health_mailbox_failed: _,
            groups: _,
        } = self;
        *server = server.take().map(|name| redactor.host(&name).into());
        targets.iter_mut().for_each(|target| *target = redactor.target(target));
    }
}

impl Redact for Refusals {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { server, protocols: _, accounts, addresses, attempts: _, logins_per_address: _, is_exact: _ } = self;
        server.iter_mut().for_each(|name| *name = redactor.host(name));
        // The hash stays: by it accounts and addresses find each other, and no report shows it.
        for RefusedName { name, hash: _, further: _, whence: _, is_own: _, account, worked: _ } in accounts {
            *name = redactor.account(name);
            account.redact(redactor);
        }
        for RefusedName { name, hash: _, further: _, whence: _, is_own: _, account, worked: _ } in addresses {
            *name = redactor.address(name);
            account.redact(redactor);
        }
    }
}

impl Redact for Coverage {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { services, gaps, sessions: _, clocks, switched_off, mechanisms } = self;
        for WrongServer { server, ahead: _, other, samples: _, span: _, example } in &mut clocks.0 {
            *server = redactor.host(server).into();
            *other = other.take().map(|name| redactor.host(&name).into());
            example.iter_mut().for_each(|(service, _)| service.redact(redactor));
        }
        for SwitchedOff { server, protocol: _, since: _, until: _, location } in switched_off {
            *server = server.take().map(|name| redactor.host(&name).into());
            location.redact(redactor);
        }
        for covered in services {
            let Covered {
                service,
                stretches: _,
                missing_sessions: _,
                missing_sequence_numbers: _,
                sessions_without_start: _,
                sessions_without_end: _,
                damaged_files: _,
                is_switched_off: _,
                clock_ahead: _,
            } = covered;
            service.redact(redactor);
        }
        for Gap { service, from: _, to: _ } in gaps {
            service.redact(redactor);
        }
        for ((mut service, mechanism, encryption), count) in take(mechanisms) {
            service.redact(redactor);
            merge_entry(mechanisms, (service, mechanism, encryption), count);
        }
    }
}

impl Redact for Evidence {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { files, facts, skipped } = self;
        files.iter_mut().for_each(|(file, _)| file.redact(redactor));
        facts.iter_mut().for_each(|fact| fact.redact(redactor));
        for (location, reason) in skipped {
            location.redact(redactor);
            *reason = redactor.text(reason);
        }
    }
}
