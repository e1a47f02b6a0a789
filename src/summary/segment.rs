//! One block of lines → its summary: the loop that everything else serves.
//!
//! A segment knows its lines by their number in it, and its file only by name; `summary::file` puts segments together.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::collections::map::HashMap;
use crate::input::block::{Block, LONGEST_LINE};
use crate::location::Location;
use crate::login::attempt::{AttemptColumns, LoginCommand};
use crate::login::identity::Aliases;
use crate::login::mechanism::Encryption;
use crate::login::outcome::{Outcome, Status, outcome, status, text_of};
use crate::login::response::masked;
use crate::login::session::{SessionEvent, SessionLine, SessionLogin, Sessions};
use crate::merge::Span;
use crate::protocol::{Protocol, Role};
use crate::protocol_log::context::{Context, pairs};
use crate::protocol_log::example::example;
use crate::protocol_log::file_name::NamedKind;
use crate::protocol_log::header::{Header, Layout};
use crate::protocol_log::record::Record;
use crate::protocol_log::sniff::without_bom;
use crate::protocol_log::structure::lines;
use crate::skipped::{SkipReason, SkippedLines};
use crate::summary::failure_group::Circumstances;
use crate::summary::large_mailbox::{LargeMailbox, VERY_MANY, VERY_SLOW};
use crate::summary::scope::Scope;
use crate::summary::service::{Failure, Service};

/// How the lines of a block count: `lines = records + headers + blank + skipped`, always.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Accounting {
    /// Physical lines.
    pub lines: u64,
    /// Lines that could be read.
    pub records: u64,
    /// Lines that begin with `#`, and bare column rows.
    pub headers: u64,
    /// Empty lines.
    pub blank: u64,
    /// Records inside the window.
    pub in_window: u64,
}

/// The summary of one block of lines.
#[derive(Debug)]
pub struct Segment {
    /// The header state that the block was read with.
    pub header_before: Header,
    /// The header state behind its last line.
    pub header_after: Header,
    /// What the lines were.
    pub accounting: Accounting,
    /// The lines that could not be read.
    pub skipped: SkippedLines,
    /// The first and the last record.
    pub span: Option<Span>,
    /// The server addresses in the records that are not loopback, with their counts.
    pub addresses: HashMap<Vec<u8>, u64>,
    /// The services that wrote the lines.
    pub services: BTreeMap<(Protocol, Role), Service>,
    /// Their sessions.
    pub sessions: BTreeMap<(Protocol, Role), Sessions>,
    /// Names that stood beside each other.
    pub aliases: Aliases,
}

/// What a segment is read with.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The file's name, for examples.
    pub file: &'a Arc<str>,
    /// What the file's name tells.
    pub named: Option<NamedKind>,
    /// What counts.
    pub scope: &'a Scope,
}

impl Segment {
    /// Reads a block that begins under `header`.
    pub fn read(block: Block<'_>, header: Header, reading: Reading<'_>) -> Self {
        let segment = Self {
            header_before: header,
            header_after: header,
            accounting: Accounting::default(),
            skipped: SkippedLines::default(),
            span: None,
            addresses: HashMap::new(),
            services: BTreeMap::new(),
            sessions: BTreeMap::new(),
            aliases: Aliases::default(),
        };
        let mut reader = Reader { segment, reading, masked: HashMap::new(), pop_users: HashMap::new() };
        let mut rest = lines(block.text).peekable();
        while let Some(line) = rest.next() {
            let is_unfinished = block.is_unfinished && rest.peek().is_none();
            reader.line(line, is_unfinished);
        }
        for service in reader.segment.services.values_mut() {
            service.pulse.trim();
        }
        reader.segment
    }
}

/// So many different responses are remembered with their masked form.
const MOST_RESPONSES: usize = 1024;

struct Reader<'a> {
    segment: Segment,
    reading: Reading<'a>,
    /// Responses (without their tag) and their masked form: masking is dear, and failures say the same again and again.
    masked: HashMap<Box<[u8]>, Arc<str>>,
    /// The name that came with POP's `user`, by session.
    pop_users: HashMap<u64, Box<str>>,
}

impl Reader<'_> {
    fn line(&mut self, line: &[u8], is_unfinished: bool) {
        self.segment.accounting.lines += 1;
        let line = without_bom(line);
        if line.len() > LONGEST_LINE {
            self.skip(SkipReason::TooLong, line);
        } else if self.segment.header_after.take(line) {
            self.segment.accounting.headers += 1;
        } else if line.trim_ascii().is_empty() {
            self.segment.accounting.blank += 1;
        } else {
            match self.segment.header_after.layout() {
                Layout::EventData => self.skip(SkipReason::OtherLayout, line),
                Layout::Columns(map) => match Record::read(line, map) {
                    Ok(record) => self.record(&record, line),
                    Err(_) if is_unfinished => self.skip(SkipReason::Unfinished, line),
                    Err(reason) => self.skip(reason, line),
                },
            }
        }
    }

    fn skip(&mut self, reason: SkipReason, line: &[u8]) {
        let location = Location::new(self.reading.file.clone(), self.segment.accounting.lines);
        self.segment.skipped.add(reason, || (location, example(line)));
    }

    fn record(&mut self, record: &Record<'_>, line: &[u8]) {
        let segment = &mut self.segment;
        segment.accounting.records += 1;
        match &mut segment.span {
            Some(span) => span.include(record.time),
            None => segment.span = Some(Span::at(record.time)),
        }
        let endpoint = record.server_endpoint();
        if !endpoint.is_loopback() && !endpoint.address.is_empty() {
            *segment.addresses.entry_ref(endpoint.address).or_insert(0) += 1;
        }
        let (protocol, role) = self.service_of(record, endpoint.port);
        let service = self.segment.services.entry((protocol, role)).or_default();
        service.records += 1;
        match &mut service.span {
            Some(span) => span.include(record.time),
            None => service.span = Some(Span::at(record.time)),
        }
        *service.presence.at(record.time) += 1;
        let is_in_window = self.reading.scope.window.contains(record.time);
        self.segment.accounting.in_window += u64::from(is_in_window);
        let counts = is_in_window && self.reading.scope.has_service(protocol, role);
        if counts {
            service.commands.add(record.command);
        }
        let login = match LoginCommand::of(record.command) {
            Some(command) if counts => self.attempt(record, line, command, (protocol, role)),
            None if counts => {
                self.notice(record, line, (protocol, role));
                None
            }
            _ => None,
        };
        self.follow_session(record, (protocol, role), login);
    }

    /// The service that wrote a line: by the file's name, else by the server's port, else by `#Log-type:`.
    fn service_of(&self, record: &Record<'_>, port: Option<u16>) -> (Protocol, Role) {
        let named = self.reading.named;
        if let Some(kind) = named.filter(|kind| kind.certain) {
            return (kind.protocol, kind.role);
        }
        match port {
            Some(143 | 993) => (Protocol::Imap4, Role::FrontEnd),
            Some(1993) => (Protocol::Imap4, Role::BackEnd),
            Some(110 | 995) => (Protocol::Pop3, Role::FrontEnd),
            Some(1995) => (Protocol::Pop3, Role::BackEnd),
            _ => {
                let is_pop = ["user", "pass", "auth", "stat", "retr", "uidl", "capa", "stls", "quit"]
                    .iter()
                    .any(|command| record.command.eq_ignore_ascii_case(command.as_bytes()));
                let by_command = if is_pop { Protocol::Pop3 } else { Protocol::Imap4 };
                let protocol = named.map(|kind| kind.protocol).or(self.segment.header_after.protocol()).unwrap_or(by_command);
                (protocol, named.map_or(Role::FrontEnd, |kind| kind.role))
            }
        }
    }

    /// Counts an attempt if it passes the filters, and says how its session may decide about encryption.
    fn attempt(
        &mut self,
        record: &Record<'_>,
        line: &[u8],
        command: LoginCommand,
        (protocol, role): (Protocol, Role),
    ) -> Option<SessionLogin> {
        let columns = AttemptColumns::of(record);
        let attempt = columns.attempt(command);
        let address = String::from_utf8_lossy(record.client_endpoint().address);
        if !self.reading.scope.has_user(&attempt.names) || !self.reading.scope.has_client(&address) {
            return None;
        }
        let port = record.server_endpoint().port;
        let response = if attempt.outcome == Outcome::Failed { Some(self.masked_response(attempt.response)) } else { None };
        let failure = response.as_deref().map(|response| Failure { class: attempt.error_class(), response });
        let at = Circumstances { moment: record.time, duration: record.duration(), address: &address, port };
        let location = Location::new(self.reading.file.clone(), self.segment.accounting.lines);
        if let (Some(name), Some(alias)) = (&attempt.names.name, &attempt.names.alias) {
            self.segment.aliases.add(alias, name);
        }
        if let (Some(name), Some(whole)) = (&attempt.names.name, self.pop_users.get(&record.session))
            && command == LoginCommand::Pass
            && !name.eq_ignore_ascii_case(whole)
        {
            self.segment.aliases.add(name, whole);
        }
        let service = self.segment.services.entry((protocol, role)).or_default();
        service.add(&attempt, at, failure, &location, || example(line));
        let is_front = role == Role::FrontEnd;
        Some(SessionLogin {
            mechanism: attempt.mechanism,
            by_port: if is_front { Encryption::by_port(protocol, port) } else { Some(Encryption::Unknown) },
            is_clear_port: is_front && Encryption::is_clear_port(protocol, port),
        })
    }

    /// Commands that are no attempts and yet say something: a refused `user`, a very large mailbox.
    fn notice(&mut self, record: &Record<'_>, line: &[u8], (protocol, role): (Protocol, Role)) {
        let is = |command: &[u8]| record.command.eq_ignore_ascii_case(command);
        let location = || Location::new(self.reading.file.clone(), self.segment.accounting.lines);
        if protocol == Protocol::Pop3 && is(b"user") {
            let context = record.context();
            let response = Context::parse(&context).response.unwrap_or_default();
            if memchr::memmem::find(response, b"not valid in this state").is_some() {
                let (parameters, endpoint) = (record.parameters(), record.client_endpoint());
                let address = String::from_utf8_lossy(endpoint.address);
                let port = record.server_endpoint().port;
                let at = Circumstances { moment: record.time, duration: record.duration(), address: &address, port };
                let (name, at_line) = (String::from_utf8_lossy(parameters.trim_ascii()).into_owned(), location());
                let service = self.segment.services.entry((protocol, role)).or_default();
                service.add_refused_user(&name, at, || (at_line, example(line)));
            }
        } else if is(b"select") || is(b"examine") || is(b"stat") {
            let context = record.context();
            let rows = pairs(&context)
                .find(|(key, _)| *key == b"Rows")
                .and_then(|(_, value)| std::str::from_utf8(value).ok()?.parse().ok());
            if let Some(messages) = rows.filter(|rows: &u64| *rows > VERY_MANY) {
                let answer = Context::parse(&context);
                let failed = outcome(answer.response, answer.error) == Outcome::Failed;
                let is_troubled = failed || record.duration().is_some_and(|duration| duration >= VERY_SLOW);
                let mailbox = LargeMailbox {
                    messages,
                    opened: 1,
                    troubled: u64::from(is_troubled),
                    span: Span::at(record.time),
                    example: (!is_troubled, record.time, location(), example(line)),
                };
                let user = record.user();
                let service = self.segment.services.entry((protocol, role)).or_default();
                service.large_mailboxes.add(&String::from_utf8_lossy(&user), mailbox);
            }
        }
    }

    fn masked_response(&mut self, response: &[u8]) -> Arc<str> {
        let text = text_of(response);
        if let Some(known) = self.masked.get(text) {
            return known.clone();
        }
        if self.masked.len() >= MOST_RESPONSES {
            self.masked.clear();
        }
        let fresh: Arc<str> = masked(response).into();
        self.masked.insert(text.into(), fresh.clone());
        fresh
    }

    fn follow_session(&mut self, record: &Record<'_>, service: (Protocol, Role), login: Option<SessionLogin>) {
        let event = match record.command {
            b"OpenSession" => SessionEvent::Open,
            b"CloseSession" => SessionEvent::Close,
            command if command.eq_ignore_ascii_case(b"starttls") || command.eq_ignore_ascii_case(b"stls") => {
                let context = record.context();
                let refused = Context::parse(&context).response.and_then(status).is_some_and(|status| status != Status::Ok);
                if refused { SessionEvent::Other } else { SessionEvent::StartTls }
            }
            _ => SessionEvent::Other,
        };
        if service.0 == Protocol::Pop3 {
            self.remember_pop_user(record, event);
        }
        let line = SessionLine { id: record.session, sequence: record.sequence(), time: record.time, event, login };
        self.segment.sessions.entry(service).or_default().add(line);
    }

    fn remember_pop_user(&mut self, record: &Record<'_>, event: SessionEvent) {
        if event == SessionEvent::Close || event == SessionEvent::Open {
            self.pop_users.remove(&record.session);
        } else if record.command.eq_ignore_ascii_case(b"user") {
            let parameters = record.parameters();
            let name = String::from_utf8_lossy(parameters.trim_ascii());
            if !name.is_empty() {
                self.pop_users.insert(record.session, name.as_ref().into());
            }
        }
    }
}
