//! One line → one record, or the reason why it is none.
//!
//! A record is a line with a time stamp, a session and a command. Only these three are decoded at once; everything else
//! stays bytes until somebody asks.

use std::borrow::Cow;

use crate::protocol_log::before::Before;
use crate::protocol_log::endpoint::Endpoint;
use crate::protocol_log::header::{Column, ColumnMap};
use crate::protocol_log::session_number::hexadecimal;
use crate::protocol_log::structure::{Columns, unquoted};
use crate::skipped::SkipReason;
use crate::text::{lossy, short_name};

/// A row of a protocol log.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    /// When the line was written, at the end of its command: milliseconds since 1970 UTC.
    pub time: i64,
    /// The session's number; it restarts with the service and differs between front end and back end.
    pub session: u64,
    /// The verb as it is written.
    pub command: &'a [u8],
    /// The server's end of the connection as it stands in the line.
    pub server: &'a [u8],
    /// The line's number in its session; `None` if it cannot be read.
    pub sequence: Option<u32>,
    columns: Columns<'a>,
    map: &'a ColumnMap,
}

impl<'a> Record<'a> {
    /// Reads the columns of a line by the header above it; `before` is what is remembered of the lines before.
    ///
    /// # Errors
    /// The reason to skip the line with.
    #[inline(always)]
    pub fn read(columns: Columns<'a>, map: &'a ColumnMap, before: &mut Before) -> Result<Self, SkipReason> {
        let raw = |column| map.place(column).and_then(|place| columns.raw(place));
        let (time, session) = match usual_beginning(columns, map, before) {
            Some(both) => both,
            None => any_beginning(columns, map, before)?,
        };
        let command = raw(Column::Command).map(plain).ok_or(SkipReason::TooFewColumns)?;
        if command.is_empty() {
            return Err(SkipReason::NoCommand);
        }
        let server = raw(Column::ServerEndpoint).unwrap_or_default();
        let sequence = raw(Column::SeqNumber).and_then(decimal).and_then(|number| number.try_into().ok());
        Ok(Self { time, session, command, server, sequence, columns, map })
    }

    /// The whole line.
    pub fn line(&self) -> &'a [u8] {
        self.columns.line()
    }

    /// The server's end of the connection.
    pub fn server_endpoint(&self) -> Endpoint<'a> {
        Endpoint::parse(self.server)
    }

    /// The client's end of the connection; on a back end the client is a front end.
    pub fn client_endpoint(&self) -> Endpoint<'a> {
        Endpoint::parse(self.raw(Column::ClientEndpoint))
    }

    /// The columns that say who it was, as text.
    #[inline]
    pub fn texts(&self) -> Texts<'_> {
        Texts { record: self }
    }

    /// How long the command took, in milliseconds.
    pub fn duration(&self) -> Option<u64> {
        decimal(self.raw(Column::Duration))
    }

    /// The size of the request, in bytes.
    pub fn request_size(&self) -> Option<u64> {
        decimal(self.raw(Column::RequestSize))
    }

    /// The size of the answer, in bytes.
    pub fn response_size(&self) -> Option<u64> {
        decimal(self.raw(Column::ResponseSize))
    }

    /// The context column, to be read by [`crate::protocol_log::context::Context`].
    pub fn context(&self) -> Cow<'a, [u8]> {
        unquoted(self.raw(Column::Context))
    }

    /// A column as it stands in the line, quotes included; empty if the line has none.
    #[inline]
    pub fn raw(&self, column: Column) -> &'a [u8] {
        self.map.place(column).and_then(|place| self.columns.raw(place)).unwrap_or_default()
    }
}

/// Columns of a record as text; what is no UTF-8 becomes U+FFFD.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'a> {
    record: &'a Record<'a>,
}

impl<'a> Texts<'a> {
    /// The user column; empty until a login names one, perhaps cut to 20 characters.
    pub fn user(&self) -> Cow<'a, str> {
        self.value(Column::User)
    }

    /// The command's arguments.
    pub fn parameters(&self) -> Cow<'a, str> {
        self.value(Column::Parameters)
    }

    /// The client's address, without its port.
    pub fn client_address(&self) -> Cow<'a, str> {
        match self.raw(Column::ClientEndpoint) {
            Some(endpoint) => short_name(Endpoint::address_of(endpoint)),
            None => lossy(Endpoint::parse(self.record.raw(Column::ClientEndpoint)).address),
        }
    }

    /// A column with its quotes undone.
    #[inline(always)]
    fn value(&self, column: Column) -> Cow<'a, str> {
        match self.raw(column) {
            Some(raw) if !raw.starts_with('"') => Cow::Borrowed(raw),
            _ => self.quoted_or_damaged(column),
        }
    }

    #[inline(never)]
    fn quoted_or_damaged(&self, column: Column) -> Cow<'a, str> {
        match unquoted(self.record.raw(column)) {
            Cow::Borrowed(value) => String::from_utf8_lossy(value),
            Cow::Owned(value) => Cow::Owned(String::from_utf8_lossy(&value).into_owned()),
        }
    }

    #[inline]
    fn raw(&self, column: Column) -> Option<&'a str> {
        self.record.columns.raw_as_text(self.record.map.place(column)?)
    }
}

/// What stands between quotes, if there are any.
#[inline(always)]
fn plain(bytes: &[u8]) -> &[u8] {
    match bytes {
        [b'"', inner @ .., b'"'] => inner,
        _ => bytes,
    }
}

/// Time and session where they stand as Exchange writes them: one behind the other at the beginning of the line, of 24 and of 16
/// bytes, and the time in the minute of the line before. So they are asked for once, and not column by column.
#[inline(always)]
fn usual_beginning(columns: Columns<'_>, map: &ColumnMap, before: &mut Before) -> Option<(i64, u64)> {
    if !map.begins_with([Column::DateTime, Column::SessionId]) {
        return None;
    }
    let (time, session) = columns.first_two()?;
    Some((before.stamps.in_last_minute(time)?, before.sessions.read(session)?))
}

/// Time and session wherever and however they stand.
#[inline(never)]
fn any_beginning(columns: Columns<'_>, map: &ColumnMap, before: &mut Before) -> Result<(i64, u64), SkipReason> {
    let raw = |column| map.place(column).and_then(|place| columns.raw(place));
    // What is in quotes is read in a second try: Exchange puts none around times and numbers.
    let time = raw(Column::DateTime);
    let Some(time) = time.and_then(|text| before.stamps.parse(text).or_else(|| before.stamps.parse(plain(text)))) else {
        return Err(if columns.line().contains(&0) { SkipReason::Binary } else { SkipReason::BadTime });
    };
    let session = raw(Column::SessionId).ok_or(SkipReason::TooFewColumns)?;
    let session = hexadecimal(session).or_else(|| hexadecimal(plain(session))).ok_or(SkipReason::BadSession)?;
    Ok((time, session))
}

#[inline]
fn decimal(digits: &[u8]) -> Option<u64> {
    let value = |digit: u8| digit.is_ascii_digit().then(|| u64::from(digit - b'0'));
    match digits {
        // Most numbers are short, and a loop costs more than they do.
        [digit] => value(*digit),
        [tens, ones] => Some(value(*tens)? * 10 + value(*ones)?),
        [_, ..] if digits.len() <= 19 => digits.iter().try_fold(0, |sum, digit| Some(sum * 10 + value(*digit)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, test: impl FnOnce(Result<Record<'_>, SkipReason>)) {
        let mut commas = Vec::new();
        test(Record::read(Columns::of(line.as_bytes(), &mut commas), &ColumnMap::USUAL, &mut Before::default()));
    }

    #[test]
    fn lines_of_11_12_and_13_columns_are_records() {
        for tail in ["CloseSession,", "CloseSession,,", "CloseSession,,,"] {
            let line = format!(
                r"2020-09-30T09:47:59.110Z,00000000000000A0,3,10.135.0.23:993,90.187.51.145:58423,domain\user\shared,0,0,0,{tail}"
            );
            check(&line, |record| {
                let record = record.unwrap();
                assert_eq!((record.session, record.sequence, record.command), (0xA0, Some(3), &b"CloseSession"[..]));
                assert_eq!(record.texts().user(), r"domain\user\shared");
                assert_eq!(record.server_endpoint().port, Some(993));
            });
        }
    }

    #[test]
    fn what_is_no_record_says_why() {
        for (line, reason) in [
            ("2020-09-30T09:47:59.110Z,00000000000000A0,3,10.135.0.23:993", SkipReason::TooFewColumns),
            ("2020-09-30T09:47:59.110Z", SkipReason::TooFewColumns),
            ("22T07:30:46.994Z,0000000000000003,2,,,,,,,login,,", SkipReason::BadTime),
            ("garbage", SkipReason::BadTime),
            ("\0\0\0\0", SkipReason::Binary),
            ("2020-09-30T09:47:59.110Z,xyz,3,,,,,,,login,,", SkipReason::BadSession),
            ("2020-09-30T09:47:59.110Z,,3,,,,,,,login,,", SkipReason::BadSession),
            ("2020-09-30T09:47:59.110Z,A0,3,,,,,,,,,", SkipReason::NoCommand),
        ] {
            check(line, |record| assert_eq!(record.err(), Some(reason), "{line}"));
        }
    }

    #[test]
    fn a_context_with_quotes_comes_back_whole() {
        let line = r#"2023-01-09T13:16:59.473Z,E2,2,192.168.3.212:993,[fe80::1%8]:22162,u,122,41,23,login,u@k *****,"R=""aXSV NO LOGIN failed."";Msg=Proxy:<CAS FQDN>:1993:SSL;ErrMsg=ProxyNotAuthenticated","#;
        check(line, |record| {
            let record = record.unwrap();
            assert_eq!(
                record.context().as_ref(),
                br#"R="aXSV NO LOGIN failed.";Msg=Proxy:<CAS FQDN>:1993:SSL;ErrMsg=ProxyNotAuthenticated"#
            );
            assert_eq!((record.client_endpoint().address, record.duration()), (&b"fe80::1"[..], Some(122)));
        });
    }
}
