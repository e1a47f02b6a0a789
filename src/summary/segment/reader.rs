//! What a record costs: counters alone, unless it says something.
//!
//! What can be known of a text that comes again and again (a command, the server's address) is found out once and kept
//! ([`Interned`]); what logins and other telling lines are taken for is decided in `logins`.

use crate::collections::interned::Interned;
use crate::collections::map::HashMap;
use crate::location::Location;
use crate::login::attempt::LoginCommand;
use crate::login::identity::Aliases;
use crate::login::outcome::{Status, status};
use crate::login::session::{SessionEvent, SessionLine, SessionLogin};
use crate::merge::Merge;
use crate::protocol::{Protocol, Role};
use crate::protocol_log::context::Context;
use crate::protocol_log::endpoint::Endpoint;
use crate::protocol_log::example::example;
use crate::protocol_log::header::{Column, Header};
use crate::protocol_log::record::Record;
use crate::protocol_log::service::{by_likeness, by_port, is_pop_command};
use crate::skipped::{SkipReason, SkippedLines};
use crate::summary::segment::part::Part;
use crate::summary::segment::{Accounting, Reading, Segment};

/// So many different commands, and so many different server addresses, are remembered at once.
const MOST_KNOWN: usize = 256;

/// So many bytes of each.
const LONGEST_KNOWN: usize = 128;

/// The services that a line can be of, in the order of their [numbers](number_of).
const SERVICES: [(Protocol, Role); 4] = [
    (Protocol::Imap4, Role::FrontEnd),
    (Protocol::Imap4, Role::BackEnd),
    (Protocol::Pop3, Role::FrontEnd),
    (Protocol::Pop3, Role::BackEnd),
];

fn number_of((protocol, role): (Protocol, Role)) -> usize {
    usize::from(protocol == Protocol::Pop3) * 2 + usize::from(role == Role::BackEnd)
}

/// What a command asks of its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    /// Nothing but to be counted, with its session.
    Nothing(SessionEvent),
    /// `starttls`, `stls`: did it work?
    StartTls,
    Login(LoginCommand),
    /// POP's `user`: the name for the `pass` that follows, or a refusal.
    PopUser,
    /// `select`, `examine`, `stat`: how many messages are there?
    Mailbox,
}

impl Asks {
    fn of(command: &[u8]) -> Self {
        let is = |name: &str| command.eq_ignore_ascii_case(name.as_bytes());
        match command {
            b"OpenSession" => Self::Nothing(SessionEvent::Open),
            b"CloseSession" => Self::Nothing(SessionEvent::Close),
            _ if is("starttls") || is("stls") => Self::StartTls,
            _ if is("user") => Self::PopUser,
            _ if is("select") || is("examine") || is("stat") => Self::Mailbox,
            _ => LoginCommand::of(command).map_or(Self::Nothing(SessionEvent::Other), Self::Login),
        }
    }
}

/// The beginning of a text, which is all of it but for damage: what is remembered must be short.
#[inline]
fn short(text: &[u8]) -> &[u8] {
    text.get(..LONGEST_KNOWN).unwrap_or(text)
}

/// A command that was seen, and how often in each service.
struct KnownCommand {
    asks: Asks,
    is_pop: bool,
    counts: [u64; SERVICES.len()],
}

impl KnownCommand {
    fn of(command: &[u8]) -> Self {
        Self { asks: Asks::of(command), is_pop: is_pop_command(command), counts: [0; SERVICES.len()] }
    }
}

/// A server's end of connections that was seen, and how often.
struct KnownServer {
    port: Option<u16>,
    count: u64,
}

/// A record with what is known of its service.
#[derive(Clone, Copy)]
pub(super) struct Placed<'a> {
    pub(super) record: &'a Record<'a>,
    pub(super) protocol: Protocol,
    pub(super) role: Role,
    /// The server's port.
    pub(super) port: Option<u16>,
}

/// A segment on its way.
pub(super) struct Reader<'a> {
    pub(super) reading: Reading<'a>,
    /// What the newest `#Log-type:` named.
    pub(super) log_type: Option<Protocol>,
    pub(super) accounting: Accounting,
    skipped: SkippedLines,
    /// The service of all lines, where the file's name leaves no doubt.
    certain: Option<usize>,
    /// Which services count.
    counts: [bool; SERVICES.len()],
    servers: Interned<KnownServer>,
    commands: Interned<KnownCommand>,
    addresses: HashMap<Vec<u8>, u64>,
    parts: [Option<Box<Part>>; SERVICES.len()],
    pub(super) aliases: Aliases,
    /// The name that came with POP's `user`, by session.
    pub(super) pop_users: HashMap<u64, Box<str>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(reading: Reading<'a>) -> Self {
        Self {
            reading,
            log_type: None,
            accounting: Accounting::default(),
            skipped: SkippedLines::default(),
            certain: reading.named.filter(|kind| kind.certain).map(|kind| number_of((kind.protocol, kind.role))),
            counts: SERVICES.map(|(protocol, role)| reading.scope.has_service(protocol, role)),
            servers: Interned::new(MOST_KNOWN),
            commands: Interned::new(MOST_KNOWN),
            addresses: HashMap::new(),
            parts: Default::default(),
            aliases: Aliases::default(),
            pop_users: HashMap::new(),
        }
    }

    #[cold]
    pub(super) fn skip(&mut self, reason: SkipReason, line: &[u8]) {
        let location = self.location();
        self.skipped.add(reason, || (location, example(line)));
    }

    /// The place of the line that was taken in last.
    pub(super) fn location(&self) -> Location {
        Location::new(self.reading.file.clone(), self.accounting.lines)
    }

    /// Takes in a record.
    #[inline(always)]
    pub(super) fn record(&mut self, record: Record<'_>) {
        // The record is handed to others as a copy, and what is asked of it here are copies too: what somebody gets a pointer
        // to must lie in memory, and then it would for every line.
        let Record { session, command, server, .. } = record;
        let server = match self.servers.recent(server) {
            Some(known) => known,
            None => {
                self.make_room();
                self.servers.at(short(server), move || KnownServer { port: Endpoint::parse(server).port, count: 0 })
            }
        };
        server.count += 1;
        let port = server.port;
        let command = match self.commands.recent(command) {
            Some(known) => known,
            None => {
                self.make_room();
                self.commands.at(short(command), move || KnownCommand::of(command))
            }
        };
        let number = match self.certain {
            Some(number) => number,
            None => number_of(by_port(port).unwrap_or_else(|| by_likeness(self.reading.named, self.log_type, command.is_pop))),
        };
        let is_in_window = self.reading.scope.window.contains(record.time);
        self.accounting.in_window += u64::from(is_in_window);
        let counts = is_in_window && self.counts.get(number).is_some_and(|counts| *counts);
        if let Some(count) = command.counts.get_mut(number) {
            *count += u64::from(counts);
        }
        let asks = command.asks;
        let Some(part) = self.parts.get_mut(number) else { return };
        let part = part.get_or_insert_default();
        part.count(record.time);
        // What the command does to its session is asked of nobody here: which one comes next cannot be guessed.
        let Asks::Nothing(event) = asks else { return self.telling_record(record.clone(), port, asks, counts, number) };
        if !self.pop_users.is_empty() && event != SessionEvent::Other {
            self.pop_users.remove(&session);
        }
        part.sessions.add(session_line(&record, event, None));
    }

    /// A record whose columns must be looked into. Not made one with the loop, which is quicker the less it is.
    #[inline(never)]
    fn telling_record(&mut self, record: Record<'_>, port: Option<u16>, asks: Asks, counts: bool, number: usize) {
        let Some((protocol, role)) = SERVICES.get(number).copied() else { return };
        let record = &record;
        let placed = Placed { record, protocol, role, port };
        // Taken out while it is worked on, since what a login is taken for is kept in the reader.
        let Some(mut part) = self.parts.get_mut(number).and_then(Option::take) else { return };
        let (event, login) = match asks {
            Asks::Login(command) if counts => (SessionEvent::Other, self.attempt(placed, command, &mut part)),
            Asks::StartTls => (if is_refused(record) { SessionEvent::Other } else { SessionEvent::StartTls }, None),
            Asks::PopUser if placed.protocol == Protocol::Pop3 => {
                if counts {
                    self.notice_refused_user(placed, &mut part.service);
                }
                self.remember_pop_user(record);
                (SessionEvent::Other, None)
            }
            Asks::Mailbox if counts => {
                self.notice_large_mailbox(placed, &mut part.service);
                (SessionEvent::Other, None)
            }
            _ => (SessionEvent::Other, None),
        };
        part.sessions.add(session_line(record, event, login));
        if let Some(place) = self.parts.get_mut(number) {
            *place = Some(part);
        }
    }

    #[inline(never)]
    fn make_room(&mut self) {
        if self.servers.is_full() || self.commands.is_full() {
            self.forget_known();
        }
    }

    /// Counts what is known of commands and servers where it belongs, and begins anew.
    #[cold]
    fn forget_known(&mut self) {
        for (command, known) in self.commands.drain() {
            for (part, count) in self.parts.iter_mut().zip(known.counts) {
                if let Some(part) = part {
                    part.service.commands.add(&command, count);
                }
            }
        }
        for (server, known) in self.servers.drain() {
            let endpoint = Endpoint::parse(&server);
            if !endpoint.is_loopback() && !endpoint.address.is_empty() && known.count > 0 {
                *self.addresses.entry_ref(endpoint.address).or_insert(0) += known.count;
            }
        }
    }

    pub(super) fn finish(mut self, header_before: Header, header_after: Header) -> Segment {
        self.forget_known();
        let mut segment = Segment {
            header_before,
            header_after,
            is_cut: false,
            accounting: self.accounting,
            skipped: self.skipped,
            span: None,
            addresses: self.addresses,
            services: Default::default(),
            sessions: Default::default(),
            aliases: self.aliases,
        };
        for (service, part) in SERVICES.into_iter().zip(self.parts) {
            let Some((summary, sessions)) = part.map(|part| part.finish()) else { continue };
            segment.accounting.records += summary.records;
            segment.span.merge_with(summary.span);
            segment.services.insert(service, summary);
            segment.sessions.insert(service, sessions);
        }
        segment
    }
}

fn session_line(record: &Record<'_>, event: SessionEvent, login: Option<SessionLogin>) -> SessionLine {
    SessionLine { id: record.session, sequence: record.sequence, time: record.time, event, login }
}

/// Whether the answer of a `starttls` says no.
fn is_refused(record: &Record<'_>) -> bool {
    if record.raw(Column::Context) == b"R=ok" {
        return false;
    }
    let context = record.context();
    Context::parse(&context).response.and_then(status).is_some_and(|status| status != Status::Ok)
}
