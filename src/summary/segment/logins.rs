//! Lines that say something: login attempts, a refused POP `user`, a very large mailbox.

use std::sync::Arc;

use crate::login::attempt::{AttemptColumns, LoginCommand};
use crate::login::mechanism::Encryption;
use crate::login::outcome::{Outcome, outcome, text_of};
use crate::login::response::masked;
use crate::login::session::SessionLogin;
use crate::merge::Span;
use crate::protocol::Role;
use crate::protocol_log::context::{Context, pairs};
use crate::protocol_log::example::example;
use crate::protocol_log::record::Record;
use crate::summary::failure_group::Circumstances;
use crate::summary::large_mailbox::{LargeMailbox, VERY_MANY, VERY_SLOW};
use crate::summary::segment::reader::{Placed, Reader};
use crate::summary::service::{Failure, Service};

/// So many different responses are remembered with their masked form.
const MOST_RESPONSES: usize = 1024;

impl Reader<'_> {
    /// Counts an attempt if it passes the filters, and says how its session may decide about encryption.
    pub(super) fn attempt(&mut self, placed: Placed<'_>, command: LoginCommand, service: &mut Service) -> Option<SessionLogin> {
        let Placed { record, protocol, role, port } = placed;
        let columns = AttemptColumns::of(record);
        let attempt = columns.attempt(command);
        let address = String::from_utf8_lossy(record.client_endpoint().address);
        if !self.reading.scope.has_user(&attempt.names) || !self.reading.scope.has_client(&address) {
            return None;
        }
        let response = if attempt.outcome == Outcome::Failed { Some(self.masked_response(attempt.response)) } else { None };
        let failure = response.as_deref().map(|response| Failure { class: attempt.error_class(), response });
        let at = Circumstances { moment: record.time, duration: record.duration(), address: &address, port };
        if let (Some(name), Some(alias)) = (&attempt.names.name, &attempt.names.alias) {
            self.aliases.add(alias, name);
        }
        if command == LoginCommand::Pass
            && let (Some(name), Some(whole)) = (&attempt.names.name, self.pop_users.get(&record.session))
            && !name.eq_ignore_ascii_case(whole)
        {
            self.aliases.add(name, whole);
        }
        service.add(&attempt, at, failure, &self.location(), || example(record.line()));
        let is_front = role == Role::FrontEnd;
        Some(SessionLogin {
            mechanism: attempt.mechanism,
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
        let (parameters, endpoint) = (record.parameters(), record.client_endpoint());
        let address = String::from_utf8_lossy(endpoint.address);
        let at = Circumstances { moment: record.time, duration: record.duration(), address: &address, port };
        let name = String::from_utf8_lossy(parameters.trim_ascii());
        service.add_refused_user(&name, at, || (self.location(), example(record.line())));
    }

    /// `select`, `examine` and `stat` say how many messages there are.
    pub(super) fn notice_large_mailbox(&mut self, placed: Placed<'_>, service: &mut Service) {
        let record = placed.record;
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
            example: (!is_troubled, record.time, self.location(), example(record.line())),
        };
        service.large_mailboxes.add(&String::from_utf8_lossy(&record.user()), mailbox);
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

    pub(super) fn remember_pop_user(&mut self, record: &Record<'_>) {
        let parameters = record.parameters();
        let name = String::from_utf8_lossy(parameters.trim_ascii());
        if !name.is_empty() {
            self.pop_users.insert(record.session, name.as_ref().into());
        }
    }
}
