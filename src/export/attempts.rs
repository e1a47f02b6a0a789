//! Login attempts as rows of a dataset: what `exlog sessions` gives of them.

use std::borrow::Cow;
use std::sync::Arc;

use crate::attempts::attempt::Attempt;
use crate::attempts::other_half::{Half, OtherHalf};
use crate::export::column::{Column, Row, number, present};

impl Row for Attempt {
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

static COLUMNS: [Column<Attempt>; 32] = [
    Column::moment("time", "when the line was written, at the end of the login", |row| row.moment),
    Column::word("protocol", "imap4 or pop3", |row| Some(row.protocol.name())),
    Column::word("role", "frontend or backend: never add them up", |row| Some(row.role.name())),
    Column::word("server_name", "the server as it is written", |row| row.server.as_deref()),
    Column::word("outcome", "succeeded, failed or unknown", |row| Some(row.outcome.name())),
    Column::word("error", "the error code", |row| present(&row.error)),
    Column::word("error_class", "the class of a failure", |row| row.error_class.map(|class| class.name())),
    Column::text("user", "the account as it is written", |row| present(&row.user).map(Cow::Borrowed)),
    Column::word("client_class", "health_mailbox, user or unknown", |row| Some(row.client_class.name())),
    Column::text("client_address", "the client; of a back end a front end", |row| {
        present(&row.client.address).map(Cow::Borrowed)
    }),
    Column::number("client_port", "its port", |row| row.client.port.map(i64::from)),
    Column::word("server_address", "the server's end of the connection", |row| present(&row.listener.address)),
    Column::number("server_port", "its port", |row| row.listener.port.map(i64::from)),
    Column::word("target", "where the login was handed over to: host:port:encryption", |row| row.target.as_deref()),
    Column::word("mechanism", "the way of logging in", |row| Some(row.mechanism.name())),
    Column::word("command", "the command as it is written", |row| present(&row.command)),
    Column::text("response", "the answer", |row| present(&row.response).map(Cow::Borrowed)),
    Column::number("duration_ms", "how long it took", |row| row.duration.map(number)),
    Column::text("session", "the session's number, 16 hexadecimal digits", |row| Some(session(row.session))),
    Column::number("sequence", "the line's number in its session", |row| row.sequence.map(i64::from)),
    Column::word("file", "where the line stands: the file", |row| Some(&row.location.file)),
    Column::number("line", "and the line, from 1", |row| Some(number(row.location.line))),
    Column::word("other_half", "matched, ambiguous, unmatched or undecided", |row| row.other_half.as_ref().map(OtherHalf::name)),
    Column::number("other_score", "how well the halves fit, to 100", |row| {
        row.other_half.as_ref().and_then(OtherHalf::score).map(i64::from)
    }),
    Column::number("other_candidates", "how many fit, where it is ambiguous", |row| {
        row.other_half.as_ref().and_then(OtherHalf::candidates).map(i64::from)
    }),
    Column::word("other_server", "the other half's server", |row| half(row)?.server.as_deref()),
    Column::word("other_outcome", "its outcome", |row| half(row)?.outcome.map(|outcome| outcome.name())),
    Column::word("other_error", "its error code", |row| half(row)?.error.as_deref().and_then(present)),
    Column::text("other_client_address", "its client: on a front end the real one", |row| {
        half(row)?.client.as_deref().and_then(present).map(Cow::Borrowed)
    }),
    Column::text("other_session", "its session", |row| half(row)?.session.map(session)),
    Column::word("other_file", "where its line stands: the file", |row| Some(&half(row)?.location.as_ref()?.file)),
    Column::number("other_line", "and the line", |row| Some(number(half(row)?.location.as_ref()?.line))),
];

fn half(row: &Attempt) -> Option<&Half> {
    row.other_half.as_ref().and_then(OtherHalf::half)
}

/// A session's number as logs have it.
pub(super) fn session<'a>(number: u64) -> Cow<'a, str> {
    format!("{number:016X}").into()
}
