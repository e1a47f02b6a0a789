//! What makes sessions begin: users, probes, planted events. It does not run them.

use super::clock::HOUR;
use super::outcome::Outcome;
use super::plan::{Event, EventKind, Plan, Protocol};
use super::rng::Rng;

/// Traffic of the hours of a day (UTC) in thousandths of the mean.
const DAY_CURVE: [u64; 24] = [
    393, 344, 294, 294, 344, 442, 687, 1080, 1472, 1669, 1718, 1669, 1472, 1521, 1620, 1620, 1571, 1423, 1178, 933, 736, 589,
    491, 442,
];

/// A source of sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Ordinary users.
    Users,
    /// HealthMailbox logins; two accounts take turns.
    Health,
    /// Exchange's own probe without login.
    SelfTest,
    /// A load balancer.
    Balancer,
    /// A planted event, by index.
    Planted(usize),
}

/// A source and its state.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// What it is.
    pub kind: Kind,
    /// When it begins, microseconds.
    pub first: i64,
    /// When it ends, microseconds.
    pub until: i64,
    /// How many sessions it has made, or how far a spray has come.
    pub cursor: u32,
    mean: u64,
    regular: bool,
    curve: bool,
}

impl Source {
    /// The sources of one server and protocol.
    pub fn all(plan: &Plan, server: usize, protocol: Protocol, rng: &mut Rng) -> Vec<Source> {
        let mut sources = Vec::new();
        let mut add = |kind, from: i64, to: i64, mean: u64, regular, curve| {
            // A random phase, so that servers and protocols do not beat in step.
            let first = from * 1000 + rng.below(mean.max(1)) as i64;
            sources.push(Source { kind, first, until: to * 1000, cursor: 0, mean, regular, curve });
        };
        let (from, to) = (plan.start, plan.end());
        if let Some(mean) = 3_600_000_000_u64.checked_div(plan.sessions_per_hour) {
            add(Kind::Users, from, to, mean.max(1), false, plan.hours.is_multiple_of(24));
        }
        add(Kind::Health, from, to, plan.health_every * 1_000_000, true, false);
        add(Kind::SelfTest, from, to, plan.probe_every * 2_000_000, true, false);
        add(Kind::Balancer, from, to, plan.probe_every * 1_000_000, true, false);
        for (index, event) in plan.events.iter().enumerate() {
            if let (true, Some(every)) = (event.concerns(server, protocol), pace(event)) {
                let regular = !matches!(event.kind, EventKind::Spray { .. } | EventKind::BruteForce { .. });
                add(Kind::Planted(index), event.from, event.to, every, regular, false);
            }
        }
        sources
    }

    /// Microseconds until its next session.
    #[inline]
    pub fn gap(&self, now: i64, rng: &mut Rng) -> i64 {
        let gap = if self.regular {
            // A timer: within five per cent.
            self.mean - self.mean / 20 + rng.below(self.mean / 10 + 1)
        } else {
            rng.waiting(self.mean)
        };
        let hour = (now / 1000).rem_euclid(24 * HOUR) / HOUR;
        let weight = if self.curve { DAY_CURVE[hour as usize] } else { 1000 };
        (gap * 1000 / weight) as i64
    }
}

/// Microseconds between the tries of an event that is made of logins of its own.
fn pace(event: &Event) -> Option<u64> {
    let seconds = match event.kind {
        EventKind::Spray { accounts, .. } => {
            // About two tries each, spread over the whole time.
            return Some((event.to - event.from) as u64 * 1000 / (u64::from(accounts.max(1)) * 2));
        }
        EventKind::StaleDevice { every }
        | EventKind::BruteForce { every, .. }
        | EventKind::PlaintextRefused { every }
        | EventKind::ProtocolDisabled { every }
        | EventKind::ConnectionLimit { every }
        | EventKind::BasicAuthBlocked { every }
        | EventKind::UnknownMechanism { every }
        | EventKind::PlainApplication { every } => every,
        _ => return None,
    };
    Some(seconds * 1_000_000)
}

/// How the logins of such an event end.
pub fn outcome(kind: EventKind) -> Outcome {
    match kind {
        EventKind::PlaintextRefused { .. } => Outcome::InvalidState,
        EventKind::ProtocolDisabled { .. } => Outcome::Disabled,
        EventKind::ConnectionLimit { .. } => Outcome::ConnectionLimit,
        EventKind::BasicAuthBlocked { .. } => Outcome::BasicBlocked,
        EventKind::UnknownMechanism { .. } => Outcome::UnknownMechanism,
        EventKind::PlainApplication { .. } => Outcome::Success,
        _ => Outcome::Denied,
    }
}
