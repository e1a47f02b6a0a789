//! Header lines: which columns the lines below have, and which protocol's log it is.
//!
//! Columns come from the newest `#Fields:` line or bare column row above a line, never from a version or a fixed place.
//! A header can come again in mid-file (the service restarted, files were put together) and change everything.

use serde::{Deserialize, Serialize};

use crate::protocol::Protocol;

/// A column that the layout does not have.
const ABSENT: u8 = u8::MAX;

/// At which place each column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnMap {
    places: [u8; Column::NAMES.len()],
}

/// The columns that exlog reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Column {
    /// When the line was written, UTC.
    DateTime,
    /// The session's number, hexadecimal.
    SessionId,
    /// The line's number in its session.
    SeqNumber,
    /// The server's address and port.
    ServerEndpoint,
    /// The client's address and port.
    ClientEndpoint,
    /// The user, perhaps cut to 20 characters.
    User,
    /// Milliseconds.
    Duration,
    /// The verb.
    Command,
    /// Its arguments.
    Parameters,
    /// What came of it, in the context language.
    Context,
    /// The size of the request, in bytes.
    RequestSize,
    /// The size of the answer, in bytes.
    ResponseSize,
    /// An account's number; empty on premises, and only in newer layouts.
    Puid,
}

impl Column {
    /// The names in `#Fields:`, in the order of the enumeration.
    const NAMES: [&'static str; 13] = [
        "dateTime",
        "sessionId",
        "seqNumber",
        "sIp",
        "cIp",
        "user",
        "duration",
        "command",
        "parameters",
        "context",
        "rqsize",
        "rpsize",
        "puid",
    ];
}

impl ColumnMap {
    /// The order that all known files have (11, 12 and 13 columns): used where no header was seen.
    pub const USUAL: Self = Self { places: [0, 1, 2, 3, 4, 5, 6, 9, 10, 11, 7, 8, 12] };

    /// The place of a column, counted from 0.
    #[inline(always)]
    pub fn place(&self, column: Column) -> Option<usize> {
        self.places.get(column as usize).copied().filter(|place| *place != ABSENT).map(usize::from)
    }

    /// Whether a line begins with these columns.
    #[inline(always)]
    pub fn begins_with(&self, [first, second]: [Column; 2]) -> bool {
        self.places.get(first as usize) == Some(&0) && self.places.get(second as usize) == Some(&1)
    }

    fn from_names(names: &[u8]) -> Self {
        let mut places = [ABSENT; Column::NAMES.len()];
        for (place, name) in names.split(|byte| *byte == b',').enumerate().take(usize::from(ABSENT)) {
            let name = name.trim_ascii().trim_ascii_start();
            let known = Column::NAMES.iter().position(|known| name.eq_ignore_ascii_case(known.as_bytes()));
            if let Some(slot) = known.and_then(|column| places.get_mut(column)) {
                *slot = place as u8;
            }
        }
        Self { places }
    }

    /// The names of the columns, as a header has them; a place whose column is not read has a dash.
    fn names(&self) -> String {
        let places = self.places.iter().filter(|place| **place != ABSENT).max().map_or(0, |last| usize::from(*last) + 1);
        let name = |at| {
            self.places.iter().zip(Column::NAMES).find(|(place, _)| usize::from(**place) == at).map_or("-", |(_, name)| name)
        };
        (0..places).map(name).collect::<Vec<_>>().join(",")
    }

    /// Time, session and command are there: lines can be records.
    fn is_enough(&self) -> bool {
        [Column::DateTime, Column::SessionId, Column::Command].iter().all(|column| self.place(*column).is_some())
    }
}

/// Which layout the lines below a header have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Layout {
    /// One that exlog reads.
    Columns(ColumnMap),
    /// The `event`/`data` layout of Exchange 2007/2010.
    EventData,
}

/// All that header lines above a line have said: the state with which a segment begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    layout: Option<Layout>,
    protocol: Option<Protocol>,
}

impl Header {
    /// The layout of the lines below; the usual one until a header says otherwise.
    pub fn layout(&self) -> Layout {
        self.layout.unwrap_or(Layout::Columns(ColumnMap::USUAL))
    }

    /// Whether any header has named columns.
    pub fn has_layout(&self) -> bool {
        self.layout.is_some()
    }

    /// The protocol that `#Log-type:` named.
    pub fn protocol(&self) -> Option<Protocol> {
        self.protocol
    }

    /// Takes in a line if it is a header line, and says whether it is one.
    ///
    /// A header is a line that begins with `#`, or the bare column row. Damaged `#Fields:` lines change nothing.
    pub fn take(&mut self, line: &[u8]) -> bool {
        match line.first() {
            Some(b'#') => {
                if let Some(names) = strip_label(line, b"#Fields:") {
                    self.take_columns(names);
                } else if let Some(kind) = strip_label(line, b"#Log-type:") {
                    self.protocol = protocol_of(kind).or(self.protocol);
                }
                true
            }
            Some(b'd' | b'D') if is_column_row(line) => {
                self.take_columns(line);
                true
            }
            _ => false,
        }
    }

    /// Header lines that say all that this state knows: what takes them in has the same state.
    pub fn to_lines(&self) -> Vec<String> {
        let protocol = self.protocol.map(|protocol| format!("#Log-type: {} Log", protocol.name().to_uppercase()));
        let layout = self.layout.map(|layout| match layout {
            Layout::Columns(map) => format!("#Fields: {}", map.names()),
            Layout::EventData => "#Fields: event,data".to_owned(),
        });
        protocol.into_iter().chain(layout).collect()
    }

    fn take_columns(&mut self, names: &[u8]) {
        let map = ColumnMap::from_names(names);
        if map.is_enough() {
            self.layout = Some(Layout::Columns(map));
        } else if has_column(names, b"event") && has_column(names, b"data") {
            self.layout = Some(Layout::EventData);
        }
    }
}

/// What `#Log-type:` says, if the line is one: `Some(None)` is the log of something else.
pub fn log_type(line: &[u8]) -> Option<Option<Protocol>> {
    strip_label(line, b"#Log-type:").map(protocol_of)
}

fn protocol_of(log_type: &[u8]) -> Option<Protocol> {
    let name = log_type.trim_ascii().to_ascii_lowercase();
    if name.starts_with(b"imap4") {
        Some(Protocol::Imap4)
    } else if name.starts_with(b"pop3") {
        Some(Protocol::Pop3)
    } else {
        None
    }
}

fn strip_label<'a>(line: &'a [u8], label: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = line.split_at_checked(label.len())?;
    start.eq_ignore_ascii_case(label).then_some(rest)
}

fn is_column_row(line: &[u8]) -> bool {
    let mut names = line.split(|byte| *byte == b',').map(|name| name.trim_ascii());
    let first = names.next().unwrap_or_default();
    let is_time = first.eq_ignore_ascii_case(b"dateTime") || first.eq_ignore_ascii_case(b"date-time");
    is_time && names.any(|name| name.eq_ignore_ascii_case(b"sessionId") || name.eq_ignore_ascii_case(b"session-id"))
}

fn has_column(names: &[u8], wanted: &[u8]) -> bool {
    names.split(|byte| *byte == b',').any(|name| name.trim_ascii().eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(lines: &[&str]) -> Header {
        let mut header = Header::default();
        lines.iter().for_each(|line| assert!(header.take(line.as_bytes()), "{line}"));
        header
    }

    fn place(header: &Header, column: Column) -> Option<usize> {
        match header.layout() {
            Layout::Columns(map) => map.place(column),
            Layout::EventData => None,
        }
    }

    const TWELVE: &str = "#Fields: dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context";

    #[test]
    fn the_newest_header_decides_the_columns() {
        assert_eq!(place(&Header::default(), Column::Command), Some(9));
        assert_eq!(place(&after(&[TWELVE]), Column::Context), Some(11));
        let moved = after(&[TWELVE, "dateTime,sessionId,command,context,user"]);
        assert_eq!((place(&moved, Column::Command), place(&moved, Column::Context)), (Some(2), Some(3)));
        assert_eq!(place(&moved, Column::Parameters), None);
    }

    #[test]
    fn a_damaged_header_changes_nothing() {
        assert_eq!(after(&[TWELVE, "#Fields: dateTime,sess"]), after(&[TWELVE]));
        assert_eq!(after(&["#", "#Fie", "# source: a blog"]), Header::default());
    }

    #[test]
    fn the_old_layout_is_told_apart() {
        let old = "#Fields: date-time,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context";
        assert_eq!(after(&[old]).layout(), Layout::EventData);
        assert_eq!(after(&["#Log-type: POP3 Log"]).protocol(), Some(Protocol::Pop3));
        assert_eq!(log_type(b"#Log-type: SMTP Receive Protocol Log"), Some(None));
    }

    #[test]
    fn a_state_is_known_by_lines_that_say_it() {
        for lines in [
            &[][..],
            &["#Log-type: POP3 Log"],
            &["#Fields: dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context"],
            &["#Log-type: IMAP4 Log", "#Fields: command,x,dateTime,y,sessionId,context"],
            &["#Fields: date-time,connector-id,session-id,event,data,context"],
        ] {
            let state = after(lines);
            let said = state.to_lines();
            assert_eq!(after(&said.iter().map(String::as_str).collect::<Vec<_>>()), state, "{said:?}");
        }
    }

    #[test]
    fn a_record_is_no_header() {
        let mut header = Header::default();
        assert!(!header.take(b"2023-01-09T13:16:59.348Z,E2,0,,,,,,,OpenSession,,"));
        assert!(!header.take(b"dateTime and nothing else"));
        assert!(!header.take(b""));
    }
}
