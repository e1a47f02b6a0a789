//! Lines that say something: login attempts, a refused POP `user`, a very large mailbox.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::location::Location;
use crate::login::attempt::{LoginCommand, Who};
use crate::login::mechanism::Encryption;
use crate::login::outcome::{Outcome, outcome};
use crate::login::session::SessionLogin;
use crate::merge::Span;
use crate::protocol::Role;
use crate::protocol_log::context::{Context, pairs};
use crate::protocol_log::example::example;
use crate::protocol_log::header::Column;
use crate::protocol_log::record::Record;
use crate::summary::failure_group::Circumstances;
use crate::summary::large_mailbox::{LargeMailbox, VERY_MANY, VERY_SLOW};
use crate::summary::segment::Reading;
use crate::summary::segment::part::{Example, Part};
use crate::summary::segment::reader::{Placed, Reader};
use crate::summary::service::Service;
use crate::text::short_name;

/// A line that was read.
struct Read<'a> {
    reading: Reading<'a>,
    number: u64,
    text: &'a [u8],
}

impl Example for Read<'_> {
    fn location(&self) -> Location {
        Location::new(self.reading.file.clone(), self.number)
    }

    fn text(&self) -> Arc<str> {
        example(self.text)
    }
}

impl Reader<'_> {
    /// Counts an attempt if it passes the filters, and says how its session may decide about encryption.
    pub(super) fn attempt(&mut self, placed: Placed<'_>, command: LoginCommand, part: &mut Part) -> Option<SessionLogin> {
        let Placed { record, protocol, role, port } = placed;
        let texts = record.texts();
        let (address, user, parameters) = (texts.client_address(), texts.user(), texts.parameters());
        let who = Who::read(command, &user, &parameters);
        if !self.reading.scope.has_user(&who.names) || !self.reading.scope.has_client(&address) {
            return None;
        }
        if let (Some(name), Some(alias)) = (&who.names.name, &who.names.alias) {
            self.aliases.add(alias, name);
        }
        if command == LoginCommand::Pass
            && let (Some(name), Some(whole)) = (&who.names.name, self.pop_users.get(&record.session))
            && !name.eq_ignore_ascii_case(whole)
        {
            self.aliases.add(name, whole);
        }
        let at = Circumstances { moment: record.time, duration: record.duration(), address: &address, port };
        let line = Read { reading: self.reading, number: self.accounting.lines, text: record.line() };
        part.add(&who, role, record.raw(Column::Context), at, &line);
        let is_front = role == Role::FrontEnd;
        Some(SessionLogin {
            mechanism: who.mechanism,
            by_port: if is_front { Encryption::by_port(protocol, port) } else { Some(Encryption::Unknown) },
            is_clear_port: is_front && Encryption::is_clear_port(protocol, port),
        })
    }

    /// POP's `user`, refused because the connection is not encrypted: the attempt that would follow never comes.
    pub(super) fn notice_refused_user(&mut self, placed: Placed<'_>, service: &mut Service) {
        let Placed { record, port, .. } = placed;
        let context = record.context();
        let response = Context::parse(&context).response.unwrap_or_default();
        if memchr::memmem::find(response, b"not valid in this state").is_none() {
            return;
        }
        let (parameters, address) = (record.texts().parameters(), record.texts().client_address());
        let at = Circumstances { moment: record.time, duration: record.duration(), address: &address, port };
        let name = short_name(parameters.trim_ascii());
        service.add_refused_user(&name, at, || (self.location(), example(record.line())));
    }

    /// `select`, `examine` and `stat` say how many messages there are.
    pub(super) fn notice_large_mailbox(&mut self, placed: Placed<'_>, service: &mut Service) {
        let record = placed.record;
        if !may_be_very_many(record.raw(Column::Context)) {
            return;
        }
        let context = record.context();
        let rows =
            pairs(&context).find(|(key, _)| *key == b"Rows").and_then(|(_, value)| std::str::from_utf8(value).ok()?.parse().ok());
        let Some(messages) = rows.filter(|rows: &u64| *rows > VERY_MANY) else { return };
        let answer = Context::parse(&context);
        let failed = outcome(answer.response, answer.error) == Outcome::Failed;
        let is_troubled = failed || record.duration().is_some_and(|duration| duration >= VERY_SLOW);
        let mailbox = LargeMailbox {
            messages,
            opened: 1,
            troubled: u64::from(is_troubled),
            span: Span::at(record.time),
            example: (!is_troubled, Reverse(messages), record.time, self.location(), example(record.line())),
        };
        service.large_mailboxes.add(&short_name(&record.texts().user()), mailbox);
    }

    pub(super) fn remember_pop_user(&mut self, record: &Record<'_>) {
        let parameters = record.texts().parameters();
        let name = short_name(parameters.trim_ascii());
        if !name.is_empty() {
            self.pop_users.insert(record.session, name.as_ref().into());
        }
    }
}

/// Whether a context may tell of very many messages: nearly none does, and this is quicker than to read it.
fn may_be_very_many(context: &[u8]) -> bool {
    let begins_many = |number: &[u8]| number.get(..DIGITS).is_some_and(|digits| digits.iter().all(u8::is_ascii_digit));
    if let Some(number) = context.strip_prefix(b"R=ok;Rows=") {
        return begins_many(number);
    }
    // The rarest letter of `Rows=` is looked for.
    memchr::memchr_iter(b'w', context).any(|at| {
        let around = at.checked_sub(2).and_then(|start| context.get(start..)).and_then(|rest| rest.strip_prefix(b"Rows="));
        around.is_some_and(begins_many)
    })
}

/// As many digits as very many messages have at least.
const DIGITS: usize = VERY_MANY.ilog10() as usize + 1;
