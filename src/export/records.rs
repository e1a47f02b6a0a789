//! Whole records as rows of a dataset: each column of the log's line.

use std::borrow::Cow;
use std::sync::Arc;

use crate::attempts::log_record::LogRecord;
use crate::export::attempts::session;
use crate::export::column::{Column, Row, number, present};

impl Row for LogRecord {
    fn columns() -> &'static [Column<Self>] {
        &COLUMNS
    }

    fn moment(&self) -> i64 {
        self.moment
    }

    fn server(&self) -> Option<&Arc<str>> {
        self.server.as_ref()
    }
}

static COLUMNS: [Column<LogRecord>; 20] = [
    Column::moment("time", "when the line was written, at the end of the command", |row| row.moment),
    Column::word("protocol", "imap4 or pop3", |row| Some(row.protocol.name())),
    Column::word("role", "frontend or backend", |row| Some(row.role.name())),
    Column::word("server_name", "the server as it is written", |row| row.server.as_deref()),
    Column::text("session", "the session's number, 16 hexadecimal digits", |row| Some(session(row.session))),
    Column::number("sequence", "the line's number in its session", |row| row.sequence.map(i64::from)),
    Column::word("server_address", "the server's end of the connection", |row| present(&row.listener.address)),
    Column::number("server_port", "its port", |row| row.listener.port.map(i64::from)),
    Column::text("client_address", "the client; of a back end a front end", |row| {
        present(&row.client.address).map(Cow::Borrowed)
    }),
    Column::number("client_port", "its port", |row| row.client.port.map(i64::from)),
    Column::text("user", "the column of the user, perhaps cut to 20 characters", |row| present(&row.user).map(Cow::Borrowed)),
    Column::number("duration_ms", "how long the command took", |row| row.duration.map(number)),
    Column::number("request_bytes", "the size of the request", |row| row.request_size.map(number)),
    Column::number("response_bytes", "the size of the answer", |row| row.response_size.map(number)),
    Column::word("command", "the command as it is written", |row| present(&row.command)),
    Column::text("parameters", "its parameters; what may be a password is stars", |row| {
        present(&row.parameters).map(Cow::Borrowed)
    }),
    Column::text("context", "what came of it, as it is written", |row| present(&row.context).map(Cow::Borrowed)),
    Column::text("puid", "the column of that name, in layouts that have it", |row| present(&row.puid).map(Cow::Borrowed)),
    Column::word("file", "where the line stands: the file", |row| Some(&row.location.file)),
    Column::number("line", "and the line, from 1", |row| Some(number(row.location.line))),
];
