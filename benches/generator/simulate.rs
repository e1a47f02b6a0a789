//! Runs one server and protocol through the plan's time: sessions begin, overlap, log in, fail, end; both halves write lines.
//! Every job is independent of all others, so that threads do not change the output.

use super::outcome::{Outcome, Status};
use super::people::{Directory, NOBODY};
use super::plan::{EventKind, Mix, Plan, Protocol, Role};
use super::rng::Rng;
use super::script::{self, Step};
use super::session::{Session, Writer};
use super::sources::Source;
use super::stream::{Contents, Fate, Sink, Stream};
use super::tally::{Seen, Tally};
use super::truth::{ClientClass, Truth};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;

/// A server and protocol of a plan on its way through time.
#[derive(Debug)]
pub struct Simulation<'a> {
    pub(super) plan: &'a Plan,
    pub(super) directory: &'a Directory,
    pub(super) server: usize,
    pub(super) protocol: Protocol,
    pub(super) rng: Rng,
    pub(super) tally: Tally,
    pub(super) sources: Vec<Source>,
    writer: Writer<'a>,
    streams: [Option<Stream>; 2],
    sessions: Vec<Option<Session>>,
    free: Vec<u32>,
    /// Microseconds and index: a source, or behind the sources a session.
    due: BinaryHeap<Reverse<(i64, u32)>>,
    /// Session ids, for each role.
    counters: [u64; 2],
    /// Logins that were handed over so far.
    hand_overs: u64,
    /// Stops of the service: from, to.
    stops: Vec<(i64, i64)>,
}

/// What a job wrote.
#[derive(Debug)]
pub struct Written {
    /// The truth about it.
    pub truth: Truth,
    /// The files, if they went into memory.
    pub contents: Contents,
}

impl<'a> Simulation<'a> {
    /// Prepares the job.
    pub fn new(plan: &'a Plan, directory: &'a Directory, server: usize, protocol: Protocol, sink: &Sink) -> Self {
        let mut rng = Rng::new(plan.seed, (server as u64 + 1) * 2 + protocol as u64);
        let sources = Source::all(plan, server, protocol, &mut rng);
        let due = sources.iter().enumerate().map(|(index, source)| Reverse((source.first, index as u32))).collect();
        let stream = |role| plan.writes(role).then(|| Stream::new(plan, server, protocol, role, sink.clone()));
        Simulation {
            plan,
            directory,
            server,
            protocol,
            tally: Tally::new(plan, server, protocol),
            writer: Writer::new(&plan.servers[server], server, protocol, directory),
            streams: [stream(Role::Frontend), stream(Role::Backend)],
            sessions: Vec::new(),
            free: Vec::new(),
            due,
            counters: [rng.below(3), rng.below(3)],
            hand_overs: 0,
            stops: stops(plan, server, protocol, &mut rng),
            sources,
            rng,
        }
    }

    /// Runs to the end of the plan.
    pub fn run(mut self) -> io::Result<Written> {
        let end = self.plan.end() * 1000;
        while let Some(Reverse((time, index))) = self.due.pop() {
            if time >= end || self.full() {
                break;
            }
            if self.stops.first().is_some_and(|stop| time / 1000 >= stop.0) {
                self.due.push(Reverse((time, index)));
                self.stop()?;
                continue;
            }
            match (index as usize).checked_sub(self.sources.len()) {
                None => self.source_fires(index as usize, time),
                Some(slot) => self.session_writes(slot, time / 1000)?,
            }
        }
        self.finish()
    }

    fn full(&self) -> bool {
        let limit = self.plan.stop_after.unwrap_or(u64::MAX);
        self.streams.iter().flatten().any(|stream| stream.written + stream.buffer.len() as u64 >= limit)
    }

    fn finish(mut self) -> io::Result<Written> {
        self.drop_sessions();
        let mut truth = self.tally.into_truth(&self.plan.servers[self.server].name, self.protocol);
        let mut contents = Vec::new();
        for stream in self.streams.iter_mut().flatten() {
            stream.finish()?;
            truth.files.append(&mut stream.finished);
            contents.append(&mut stream.contents);
        }
        Ok(Written { truth, contents })
    }

    /// The service stops: sessions break off without CloseSession, counters begin anew, logs get a new header.
    fn stop(&mut self) -> io::Result<()> {
        let (_, up) = self.stops.remove(0);
        let sources = self.sources.len() as u32;
        let waiting: Vec<_> = self.due.drain().filter(|entry| entry.0.1 < sources).collect();
        // A source that would have fired while the service was down fires later.
        for Reverse((time, index)) in waiting {
            let mut later = time;
            while later < up * 1000 {
                later += self.sources[index as usize].gap(later, &mut self.rng).max(1);
            }
            self.due.push(Reverse((later, index)));
        }
        self.drop_sessions();
        self.counters = [0, 0];
        for stream in self.streams.iter_mut().flatten() {
            stream.restart(up)?;
        }
        Ok(())
    }

    fn drop_sessions(&mut self) {
        for session in self.sessions.drain(..).flatten() {
            self.tally.session_ends(session.readable.is_some(), false);
        }
        self.free.clear();
    }

    fn source_fires(&mut self, index: usize, time: i64) {
        let mut source = self.sources[index];
        if time < source.until {
            if let Some(session) = self.begin_session(&mut source) {
                self.start(session, time / 1000);
            }
            let next = time + source.gap(time, &mut self.rng);
            self.due.push(Reverse((next, index as u32)));
            self.sources[index] = source;
        }
    }

    /// Lets a session begin, on the front end or, where only the back end writes, with its back-end half alone.
    fn start(&mut self, mut session: Session, now: i64) {
        if self.streams[session.role as usize].is_some() {
            self.admit(session, now);
        } else if session.script.iter().any(|step| matches!(step, Step::Login | Step::Authenticate)) {
            self.decide(&mut session, now);
            self.hand_over(&mut session, now);
        }
    }

    fn admit(&mut self, mut session: Session, now: i64) {
        let counter = &mut self.counters[session.role as usize];
        *counter += 1;
        session.id = *counter;
        let slot = self.free.pop().unwrap_or_else(|| {
            self.sessions.push(None);
            self.sessions.len() as u32 - 1
        });
        self.schedule(session, slot, now);
    }

    /// Chooses when the session's next line is written; a login's end is decided here, because its duration depends on it.
    fn schedule(&mut self, mut session: Session, slot: u32, now: i64) {
        let step = session.step();
        let mut cost = script::cost(step, &mut self.rng);
        let attempt = matches!(step, Step::Login | Step::Authenticate);
        if session.role == Role::Backend && session.at < 3 {
            // The back end's half fits into the time that the front end's login takes.
            cost.pause = 1;
            cost.duration = if attempt { cost.duration / 8 + 2 } else { cost.duration / 16 };
        } else if attempt {
            self.decide(&mut session, now + cost.pause as i64);
            cost.duration = match session.outcome {
                Outcome::TimedOut => 60_000 + cost.duration / 4,
                Outcome::ConnectFailed => 21_000 + cost.duration,
                _ => cost.duration + 20,
            };
            self.hand_over(&mut session, now + cost.pause as i64);
        }
        session.cost = cost;
        let time = now + (cost.pause + cost.duration) as i64;
        self.sessions[slot as usize] = Some(session);
        // Microseconds of its own keep lines of the same millisecond in a random but fixed order.
        let micros = self.rng.below(1000) as i64;
        self.due.push(Reverse((time * 1000 + micros, self.sources.len() as u32 + slot)));
    }

    /// The back end's half of a login, as far as the login gets there.
    fn hand_over(&mut self, front: &mut Session, now: i64) {
        if self.streams[Role::Backend as usize].is_none() {
            return;
        }
        let (script, outcome) = match front.outcome {
            Outcome::Success if self.is_health(front.person) => (script::HEALTH_BACKEND, Outcome::Success),
            Outcome::Success | Outcome::Anomaly => {
                (script::ordinary(self.protocol, Role::Backend, false, &mut self.rng), Outcome::Success)
            }
            Outcome::BackendRefused => (script::MECHANISM, Outcome::Denied),
            Outcome::MailboxOffline => (script::MECHANISM, Outcome::MailboxOffline),
            // The connection is made, and broken off before a login.
            Outcome::NotAuthenticated if self.rng.one_in(2) => (script::KNOCK, Outcome::Success),
            _ => return,
        };
        let mut session = self.backend_half(front, script, outcome);
        if script.contains(&Step::Authenticate) {
            self.hand_overs += 1;
            (front.hand_over, session.hand_over) = (Some(self.hand_overs), Some(self.hand_overs));
        }
        self.admit(session, now);
    }

    fn is_health(&self, person: u32) -> bool {
        self.directory.people.get(person as usize).is_some_and(|person| person.class == ClientClass::HealthMailbox)
    }

    /// Writes the session's next line.
    fn session_writes(&mut self, slot: usize, now: i64) -> io::Result<()> {
        let Some(mut session) = self.sessions[slot].take() else { return Ok(()) };
        let attempt = session.attempt(self.protocol);
        if attempt.is_some() && session.outcome.names_user() || session.step() == Step::User {
            session.named = session.person != NOBODY;
        }
        let bits = self.rng.bits();
        // Some lines reach the file a little after later ones. Logins keep their order, so that "first" and "last" stay plain.
        let late = if attempt.is_none() && bits.is_multiple_of(32) { (bits >> 8) % 40 } else { 0 };
        let time = (now - late as i64).max(session.last_time);
        let Some(stream) = &mut self.streams[session.role as usize] else { return Ok(()) };
        let start = stream.begin(now)?;
        self.writer.push(&mut stream.buffer, &session, time, bits);
        let fate = stream.end(start, attempt.is_some())?;
        session.last_time = time;
        if fate == Fate::Record {
            self.count(&mut session, time);
        }
        self.advance(session, slot as u32, now, fate);
        Ok(())
    }

    fn count(&mut self, session: &mut Session, time: i64) {
        let truth = &mut self.tally.truth;
        match session.readable {
            None => truth.sessions_without_start += u64::from(session.seq > 0),
            Some(before) => truth.missing_sequence_numbers += u64::from(session.seq - before - 1),
        }
        session.readable = Some(session.seq);
        let (first, last) = self.tally.span;
        self.tally.span = (first.min(time), last.max(time));
        if let Some(attempt) = session.attempt(self.protocol) {
            let person = (session.person != NOBODY).then(|| &self.directory.people[session.person as usize]);
            let (role, outcome, outage) = (session.role, session.outcome, session.outage);
            if let Some(number) = session.hand_over.filter(|_| self.plan.tell_hand_overs) {
                self.tally.hand_over(&self.plan.servers[self.server].name, self.protocol, number, role, (time, session.id));
            }
            self.tally.attempt(Seen { role, attempt, outcome, time, person, outage });
        }
    }

    fn advance(&mut self, mut session: Session, slot: u32, now: i64, fate: Fate) {
        let failed = session.attempt(self.protocol).is_some() && session.outcome.status() != Status::Succeeded;
        let last = session.script.len() - 1;
        if session.at == last {
            self.tally.session_ends(session.readable.is_some(), fate == Fate::Record);
            self.free.push(slot);
            return;
        }
        // After a failure some clients say good-bye, most are just gone.
        let says_goodbye = failed && session.script[last - 1] == Step::Quit && self.rng.one_in(4);
        session.at = match (failed, says_goodbye) {
            (true, true) => last - 1,
            (true, false) => last,
            _ => session.at + 1,
        };
        session.seq += 1;
        self.schedule(session, slot, now);
    }

    /// How a login that begins at `time` ends.
    fn decide(&mut self, session: &mut Session, time: i64) {
        session.outage = None;
        if session.fixed || session.person == NOBODY {
            return;
        }
        let person = &self.directory.people[session.person as usize];
        for (index, tracker) in self.tally.outages.iter().enumerate() {
            let active = tracker.event.from <= time && time < tracker.event.to;
            let concerned = tracker.event.kind != EventKind::MailboxOffline || person.account % 4 == 1;
            if active && concerned {
                session.outcome = tracker.outcome;
                session.outage = Some(index);
                return;
            }
        }
        if person.class == ClientClass::User {
            session.outcome = self.ordinary_outcome(session, time);
        }
    }

    fn ordinary_outcome(&mut self, session: &Session, time: i64) -> Outcome {
        let rejects = |event: &super::plan::Event| {
            event.kind == EventKind::BackendRejects
                && event.from <= time
                && time < event.to
                && event.concerns(self.server, self.protocol)
        };
        if self.plan.events.iter().any(rejects) && self.rng.one_in(12) {
            return Outcome::BackendRefused;
        }
        if self.plan.mix == Mix::Logins {
            return self.mixed_outcome(session);
        }
        match self.rng.below(1000) {
            roll if roll < self.plan.mistypes => Outcome::Denied,
            999 if self.plan.mistypes > 0 => Outcome::Anomaly,
            998 if self.plan.mistypes > 0 => Outcome::NoAnswer,
            _ => Outcome::Success,
        }
    }

    fn mixed_outcome(&mut self, session: &Session) -> Outcome {
        let imap_login = self.protocol == Protocol::Imap4 && session.script.contains(&Step::Login);
        match self.rng.below(1000) {
            0..=169 => Outcome::Denied,
            170..=189 => Outcome::Disabled,
            190..=209 => Outcome::ConnectionLimit,
            210..=224 => Outcome::BasicBlocked,
            225..=234 => Outcome::OverBudget,
            235..=244 => Outcome::NoAnswer,
            245..=254 => Outcome::Anomaly,
            255..=259 => Outcome::ErrorOnly,
            260..=274 if imap_login && session.port == 143 => Outcome::InvalidState,
            _ => Outcome::Success,
        }
    }
}

/// When the service is down: at both ends of a certificate outage, at restarts, and while it is silent.
fn stops(plan: &Plan, server: usize, protocol: Protocol, rng: &mut Rng) -> Vec<(i64, i64)> {
    let mut stops = Vec::new();
    let mut brief = |at: i64| (at, at + 5_000 + rng.below(6_000) as i64);
    for event in plan.events.iter().filter(|event| event.concerns(server, protocol)) {
        match event.kind {
            EventKind::CertificateOutage => stops.extend([brief(event.from), brief(event.to)]),
            EventKind::ServiceRestart => stops.push(brief(event.from)),
            EventKind::ServiceSilent => stops.push((event.from, event.to)),
            _ => {}
        }
    }
    stops.sort_unstable();
    stops
}
