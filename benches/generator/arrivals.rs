//! Makes the sessions that a source begins: who, from where, on which port, with which script. It does not run them.

use super::outcome::Outcome;
use super::people::{BALANCER, Family, LOOPBACK4, NOBODY};
use super::plan::{EventKind, Mix, Protocol, Role};
use super::script::{self, Cost, Step};
use super::session::{Session, TAGS, UNKNOWN_MECHANISM};
use super::simulate::Simulation;
use super::sources::{self, Kind, Source};

impl Simulation<'_> {
    /// The next session of a source.
    pub(super) fn begin_session(&mut self, source: &mut Source) -> Option<Session> {
        source.cursor += 1;
        match source.kind {
            Kind::Users => Some(self.user()),
            Kind::Health => Some(self.health(source.cursor)),
            Kind::SelfTest => Some(self.session(script::SELF_TEST, NOBODY, LOOPBACK4, self.secure_port())),
            Kind::Balancer => {
                let port = if self.rng.one_in(2) { self.secure_port() } else { self.plain_port() };
                Some(self.session(script::KNOCK, NOBODY, BALANCER, port))
            }
            Kind::Planted(index) => self.planted(index, source),
        }
    }

    fn user(&mut self) -> Session {
        let accounts = u64::from(self.plan.accounts.max(8));
        // One login in eight is spelled oddly, in capitals.
        let person = (self.rng.below(accounts) * 2) as u32 + u32::from(self.rng.one_in(8));
        let tls = self.rng.one_in(5);
        let imap = self.protocol == Protocol::Imap4;
        let script = if self.plan.mix == Mix::Logins && !self.rng.one_in(4) {
            if imap { script::SHORT_IMAP } else { script::SHORT_POP }
        } else {
            script::ordinary(self.protocol, Role::Frontend, tls, &mut self.rng)
        };
        let port = if tls { self.plain_port() } else { self.secure_port() };
        let address = self.directory.people[person as usize].address;
        let mut session = self.session(script, person, address, port);
        session.mechanism = 1 + self.rng.below(4) as usize;
        if self.plan.mix == Mix::Logins && script.contains(&Step::Authenticate) && self.rng.one_in(20) {
            session.person = NOBODY;
            session.outcome = Outcome::DeniedNameless;
            session.fixed = true;
        }
        session
    }

    fn health(&mut self, turn: u32) -> Session {
        let range = &self.directory.health[self.server];
        // Two accounts take turns; the user column holds the whole name or its first 20 characters.
        let person = range.start + (turn % 2) * 2 + u32::from(self.rng.one_in(3));
        let script = if self.protocol == Protocol::Imap4 { script::HEALTH_IMAP } else { script::HEALTH_POP };
        let address = self.directory.people[person as usize].address;
        let mut session = self.session(script, person, address, self.secure_port());
        session.tag = 0;
        session
    }

    fn planted(&mut self, index: usize, source: &mut Source) -> Option<Session> {
        let event = &self.plan.events[index];
        let cast = &self.directory.casts[index];
        let imap = self.protocol == Protocol::Imap4;
        let mut person = cast.people.start;
        if matches!(event.kind, EventKind::Spray { .. }) {
            // The cursor holds the name and its tries so far: one to three for a name.
            let (name, tried) = ((source.cursor - 1) / 4, (source.cursor - 1) % 4);
            person += name;
            if person >= cast.people.end {
                source.cursor -= 1;
                return None;
            }
            let last_try = tried >= (name * 7 + name / 3) % 3;
            source.cursor = if last_try { (name + 1) * 4 } else { source.cursor };
        }
        let addresses = u64::from(cast.addresses.end - cast.addresses.start);
        let address = cast.addresses.start + self.rng.below(addresses) as u32;
        let (script, port) = match event.kind {
            EventKind::PlaintextRefused { .. } if imap => (script::REFUSED_IMAP, self.plain_port()),
            EventKind::PlaintextRefused { .. } => (script::REFUSED_POP, self.plain_port()),
            EventKind::PlainApplication { .. } if imap => (script::FETCH_IMAP, self.plain_port()),
            EventKind::PlainApplication { .. } => (script::FETCH_POP, self.plain_port()),
            EventKind::UnknownMechanism { .. } => (script::MECHANISM, self.secure_port()),
            _ if imap => (script::HEALTH_IMAP, self.secure_port()),
            _ => (script::HEALTH_POP, self.secure_port()),
        };
        let mut session = self.session(script, person, address, port);
        session.outcome = sources::outcome(event.kind);
        session.fixed = !matches!(event.kind, EventKind::PlainApplication { .. });
        if session.outcome == Outcome::UnknownMechanism {
            session.person = NOBODY;
            session.mechanism = UNKNOWN_MECHANISM;
        }
        Some(session)
    }

    fn session(&mut self, script: &'static [Step], person: u32, address: u32, port: u16) -> Session {
        let bits = self.rng.bits();
        Session {
            id: 0,
            seq: 0,
            readable: None,
            role: Role::Frontend,
            script,
            at: 0,
            person,
            address,
            family: self.directory.addresses[address as usize].family,
            port,
            client_port: 1024 + (bits % 64_000) as u16,
            named: false,
            mechanism: 1,
            tag: (bits >> 32) as usize % TAGS.len(),
            outcome: Outcome::Success,
            fixed: false,
            outage: None,
            hand_over: None,
            cost: Cost::default(),
            last_time: i64::MIN,
        }
    }

    /// The session that the front end opens on the back end.
    pub(super) fn backend_half(&mut self, front: &Session, script: &'static [Step], outcome: Outcome) -> Session {
        let mut session = self.session(script, front.person, front.address, self.protocol.backend_port());
        session.role = Role::Backend;
        // The front end of the same server is the client, mostly by IPv4.
        session.family = match front.family {
            Family::Loopback4 => Family::Loopback4,
            Family::Loopback6 => Family::Loopback6,
            _ if self.rng.one_in(4) => Family::Zone6,
            _ => Family::Ip4,
        };
        session.outcome = outcome;
        session.fixed = true;
        session
    }

    fn secure_port(&self) -> u16 {
        if self.protocol == Protocol::Imap4 { 993 } else { 995 }
    }

    fn plain_port(&self) -> u16 {
        if self.protocol == Protocol::Imap4 { 143 } else { 110 }
    }
}
