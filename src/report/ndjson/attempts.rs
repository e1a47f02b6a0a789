//! The rows of `exlog sessions` as documents.

use std::io::{self, Write};
use std::net::IpAddr;

use crate::attempts::attempt::{self, Attempt};
use crate::attempts::other_half;
use crate::attempts::session_line::SessionLine;
use crate::login::outcome::Outcome;
use crate::report::listing::Listing;
use crate::report::moments;
use crate::report::ndjson::wire::{Document, End, Event, Failure, Log, LogFile, OtherHalf, Own, User};
use crate::report::ndjson::{SCHEMA, document, event, host, nanoseconds, network, write_line};

/// Login attempts, one a line.
pub fn attempts(out: &mut dyn Write) -> impl Listing<Attempt> {
    Written { out, document: of_attempt }
}

/// The lines of a session, one a line.
pub fn session_lines(out: &mut dyn Write) -> impl Listing<SessionLine> {
    Written { out, document: of_line }
}

struct Written<'a, T> {
    out: &'a mut dyn Write,
    document: fn(&T) -> Document<'_>,
}

impl<T> Listing<T> for Written<'_, T> {
    fn add(&mut self, row: &T) -> io::Result<()> {
        write_line(&(self.document)(row), self.out)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

pub(super) fn of_attempt(attempt: &Attempt) -> Document<'_> {
    let outcome = match attempt.outcome {
        Outcome::Succeeded => "success",
        Outcome::Failed => "failure",
        Outcome::Unknown => "unknown",
    };
    let event = Event {
        kinds: ["start"],
        outcome: Some(outcome),
        duration: attempt.duration.map(nanoseconds),
        ..event("exlog.attempts", "login")
    };
    let response = present(&attempt.response);
    let code = present(&attempt.error);
    let has_error = code.is_some() || attempt.outcome == Outcome::Failed;
    Document {
        network: Some(network(attempt.protocol)),
        host: host(attempt.server.as_deref()),
        source: end(&attempt.client),
        destination: end(&attempt.listener),
        user: present(&attempt.user).map(|name| User { name, domain: domain(name) }),
        error: has_error.then_some(Failure { code, message: response }).filter(|error| error.code.or(error.message).is_some()),
        log: Some(Log { file: LogFile { path: &attempt.location.file } }),
        exlog: Own {
            schema: SCHEMA,
            protocol: Some(attempt.protocol.name()),
            role: Some(attempt.role.name()),
            client_class: Some(attempt.client_class.name()),
            error_class: attempt.error_class.map(|class| class.name()),
            target: attempt.target.as_deref(),
            mechanism: Some(attempt.mechanism.name()),
            response,
            session: Some(format!("{:016X}", attempt.session)),
            sequence: attempt.sequence,
            line: Some(attempt.location.line),
            other_half: attempt.other_half.as_ref().map(other_half),
            ..Own::default()
        },
        ..document(attempt.moment, event, moments::ATTEMPT, moments::attempt_in_words(attempt))
    }
}

fn other_half(other: &other_half::OtherHalf) -> OtherHalf<'_> {
    let half = other.half();
    let location = half.and_then(|half| half.location.as_ref());
    OtherHalf {
        found: other.name(),
        score: other.score(),
        candidates: other.candidates(),
        server: half.and_then(|half| half.server.as_deref()),
        outcome: half.and_then(|half| half.outcome).map(|outcome| outcome.name()),
        error: half.and_then(|half| half.error.as_deref()).and_then(present),
        client_address: half.and_then(|half| half.client.as_deref()).and_then(present),
        session: half.and_then(|half| half.session).map(|session| format!("{session:016X}")),
        file: location.map(|location| location.file.as_ref()),
        line: location.map(|location| location.line),
    }
}

fn of_line(line: &SessionLine) -> Document<'_> {
    let kind = match line.command.as_ref() {
        "OpenSession" => "start",
        "CloseSession" => "end",
        _ => "info",
    };
    let event = Event { category: ["session"], kinds: [kind], ..event("exlog.lines", &line.command) };
    Document {
        network: Some(network(line.protocol)),
        host: host(line.server.as_deref()),
        log: Some(Log { file: LogFile { path: &line.location.file } }),
        exlog: Own {
            schema: SCHEMA,
            protocol: Some(line.protocol.name()),
            role: Some(line.role.name()),
            session: Some(format!("{:016X}", line.session)),
            sequence: line.sequence,
            line: Some(line.location.line),
            ..Own::default()
        },
        ..document(line.moment, event, moments::LINE, line.text.to_string())
    }
}

fn present(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn end(end: &attempt::End) -> Option<End<'_>> {
    let address = present(&end.address)?;
    Some(End { address, ip: Some(address).filter(|address| address.parse::<IpAddr>().is_ok()), port: end.port })
}

/// The domain of `DOMAIN\user` or `user@domain`.
fn domain(name: &str) -> Option<&str> {
    let before = name.split_once('\\').map(|(domain, _)| domain);
    before.or_else(|| name.rsplit_once('@').map(|(_, domain)| domain)).and_then(present)
}
