//! One side of a comparison: what a case says of each service, under names that both sides share.

use std::collections::BTreeMap;

use crate::case::Case;
use crate::collections::latency::Latency;
use crate::comparison::matching::Servers;
use crate::location::Location;
use crate::login::identity::ClientClass;
use crate::login::mechanism::{Encryption, Mechanism};
use crate::merge::{Merge, merge_entry};
use crate::protocol::{Protocol, Role};
use crate::summary::ServiceKey;
use crate::summary::counts::Counts;

/// A service under the name that both sides share.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The server; `None` where all servers of a side count as one, or nothing is known of it.
    pub server: Option<String>,
    /// The protocol.
    pub protocol: Protocol,
    /// The role.
    pub role: Role,
}

/// What makes two failures the same on both sides: all that makes a failure group but the server.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct GroupName {
    pub(super) class: ClientClass,
    pub(super) error: String,
    pub(super) target: Option<String>,
    pub(super) response: String,
}

/// The failures of one name.
#[derive(Debug, Default)]
pub(super) struct Failures {
    pub(super) count: u64,
    /// The ids of the groups.
    pub(super) ids: Vec<String>,
    /// The first line of the largest group.
    pub(super) example: Option<Location>,
}

/// The outages of a service.
#[derive(Debug, Default)]
pub(super) struct Outages {
    pub(super) ids: Vec<String>,
    pub(super) milliseconds: i64,
    pub(super) failed: u64,
}

/// All that is compared of a service.
#[derive(Debug, Default)]
pub(super) struct Service {
    pub(super) logins: BTreeMap<ClientClass, Counts>,
    pub(super) latency: Latency,
    pub(super) mechanisms: BTreeMap<Mechanism, u64>,
    /// Logins of which it is known whether they were encrypted, and those that were not.
    pub(super) encryption: (u64, u64),
    pub(super) groups: BTreeMap<GroupName, Failures>,
    pub(super) outages: Outages,
}

impl Service {
    pub(super) fn counts(&self) -> Counts {
        let mut all = Counts::default();
        self.logins.values().for_each(|counts| all.merge_with(*counts));
        all
    }

    pub(super) fn attempts(&self, class: ClientClass) -> u64 {
        self.logins.get(&class).map_or(0, Counts::attempts)
    }
}

/// The services of a case with login attempts; services of one name are one.
pub(super) fn services(case: &Case, servers: &Servers) -> BTreeMap<Place, Service> {
    let place = |key: &ServiceKey| Place { server: servers.name(key.server.as_deref()), protocol: key.protocol, role: key.role };
    let mut services = BTreeMap::<Place, Service>::new();
    for (key, found) in case.summary.services.iter().filter(|(_, service)| !service.logins.is_empty()) {
        let service = services.entry(place(key)).or_default();
        for (class, counts) in &found.logins {
            merge_entry(&mut service.logins, *class, *counts);
        }
        service.latency.merge_with(found.latency.clone());
    }
    for ((key, mechanism, encryption), count) in &case.coverage.mechanisms {
        let Some(service) = services.get_mut(&place(key)) else { continue };
        merge_entry(&mut service.mechanisms, *mechanism, *count);
        service.encryption.0 += if *encryption == Encryption::Unknown { 0 } else { *count };
        service.encryption.1 += if *encryption == Encryption::Clear { *count } else { 0 };
    }
    // The worst group of a name comes first, and its first line is the example.
    for group in &case.groups {
        let Some(service) = services.get_mut(&place(&group.service)) else { continue };
        let name = GroupName {
            class: group.key.client_class,
            error: group.key.error.to_string(),
            target: group.key.target.as_deref().map(|target| servers.target(target)),
            response: group.key.response.to_string(),
        };
        let failures = service.groups.entry(name).or_default();
        failures.count += group.failures.count;
        failures.ids.push(group.id.clone());
        let example = || group.failures.examples.first().map(|(_, location, _)| location.clone());
        failures.example = failures.example.take().or_else(example);
    }
    for outage in &case.outages {
        let key = ServiceKey { server: outage.server.clone(), protocol: outage.protocol, role: Role::FrontEnd };
        let Some(service) = services.get_mut(&place(&key)) else { continue };
        service.outages.ids.push(outage.id.clone());
        service.outages.milliseconds += outage.end - outage.start;
        service.outages.failed += outage.failed;
    }
    services
}
