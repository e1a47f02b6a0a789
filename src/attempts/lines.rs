//! The lines of one log, each with its service: the loop of `summary::segment`, for somebody who wants the lines themselves.
//!
//! What a line is, and which service wrote it, is asked of the same functions there and here.

use std::sync::Arc;

use crate::attempts::take::{Seen, Take};
use crate::collections::map::HashMap;
use crate::input::block::LONGEST_LINE;
use crate::protocol::{Protocol, Role};
use crate::protocol_log::before::Before;
use crate::protocol_log::file_name::NamedKind;
use crate::protocol_log::header::{Header, Layout};
use crate::protocol_log::record::Record;
use crate::protocol_log::service::{by_likeness, by_port, is_pop_command};
use crate::protocol_log::sniff::without_bom;
use crate::protocol_log::structure::{Columns, Line};
use crate::summary::scope::Scope;
use crate::text::short_name;

/// The time of a log is that of so many lines: a single one with a wrong time says nothing.
const LATEST: usize = 8;

/// So many sessions with a POP `user` and no end yet are remembered.
const MOST_POP_USERS: usize = 16_384;

/// The names that came with POP's `user`, by session.
pub(super) type PopUsers = HashMap<u64, Box<str>>;

/// A log on its way, line by line.
pub(super) struct Lines {
    file: Arc<str>,
    named: Option<NamedKind>,
    server: Option<Arc<str>>,
    header: Header,
    before: Before,
    line: u64,
    skipped: u64,
    records: u64,
    latest: [i64; LATEST],
    pop_users: PopUsers,
}

impl Lines {
    pub(super) fn new(file: Arc<str>, named: Option<NamedKind>, server: Option<Arc<str>>) -> Self {
        Self {
            file,
            named,
            server,
            header: Header::default(),
            before: Before::default(),
            line: 0,
            skipped: 0,
            records: 0,
            latest: [i64::MAX; LATEST],
            pop_users: HashMap::new(),
        }
    }

    /// The same, where header lines above have been seen.
    pub(super) fn below(self, header: Header) -> Self {
        Self { header, ..self }
    }

    /// The same, where so many lines stand above, and were told of.
    pub(super) fn behind(self, lines: u64, pop_users: PopUsers) -> Self {
        Self { line: lines, pop_users, ..self }
    }

    /// What the lines tell of those that follow.
    pub(super) fn into_pop_users(self) -> PopUsers {
        self.pop_users
    }

    /// How far the time of the log has come; `None` before its first record.
    pub(super) fn time(&self) -> Option<i64> {
        self.latest.iter().copied().min().filter(|time| *time < i64::MAX)
    }

    /// How many lines could not be read.
    pub(super) fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Takes in a line; what is taken out of it goes to `found`, with its moment and its number.
    pub(super) fn add<T: Take>(&mut self, line: Line<'_>, scope: &Scope, take: &T, found: impl FnOnce(i64, u64, T::Taken)) {
        self.line += 1;
        let text = without_bom(line.text());
        if text.len() > LONGEST_LINE {
            self.skipped += 1;
        } else if text.first().is_some_and(u8::is_ascii_digit) && text.len() == line.text().len() {
            self.columns(line.columns, scope, take, found);
        } else if !self.header.take(text) && !text.trim_ascii().is_empty() {
            let mut commas = Vec::new();
            self.columns(Columns::of(text, &mut commas), scope, take, found);
        }
    }

    fn columns<T: Take>(&mut self, columns: Columns<'_>, scope: &Scope, take: &T, found: impl FnOnce(i64, u64, T::Taken)) {
        let layout = self.header.layout();
        let record = match &layout {
            Layout::Columns(map) => Record::read(columns, map, &mut self.before).ok(),
            Layout::EventData => None,
        };
        let Some(record) = record else {
            self.skipped += 1;
            return;
        };
        if let Some(slot) = self.latest.get_mut((self.records % LATEST as u64) as usize) {
            *slot = record.time;
        }
        self.records += 1;
        let (protocol, role) = self.service(&record);
        self.remember_pop_user(&record, protocol);
        if !scope.window.contains(record.time) || !scope.has_service(protocol, role) {
            return;
        }
        let pop_user = self.pop_users.get(&record.session).map(AsRef::as_ref);
        let (server, file, line) = (self.server.as_ref(), &self.file, self.line);
        if let Some(taken) = take.take(&Seen { record: &record, protocol, role, server, file, line, pop_user }) {
            found(record.time, line, taken);
        }
    }

    fn service(&self, record: &Record<'_>) -> (Protocol, Role) {
        if let Some(kind) = self.named.filter(|kind| kind.certain) {
            return (kind.protocol, kind.role);
        }
        by_port(record.server_endpoint().port)
            .unwrap_or_else(|| by_likeness(self.named, self.header.protocol(), is_pop_command(record.command)))
    }

    fn remember_pop_user(&mut self, record: &Record<'_>, protocol: Protocol) {
        if protocol != Protocol::Pop3 {
            return;
        }
        if record.command.eq_ignore_ascii_case(b"user") {
            if self.pop_users.len() >= MOST_POP_USERS {
                self.pop_users.clear();
            }
            let parameters = record.texts().parameters();
            self.pop_users.insert(record.session, short_name(parameters.trim_ascii()).into());
        } else if matches!(record.command, b"OpenSession" | b"CloseSession") {
            self.pop_users.remove(&record.session);
        }
    }
}
