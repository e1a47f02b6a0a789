//! Is this a protocol log? Told by content, never by extension, from the first part of a file.

use crate::protocol_log::before::Before;
use crate::protocol_log::header::{ColumnMap, Header, Layout, log_type};
use crate::protocol_log::record::Record;
use crate::protocol_log::structure::{Columns, lines};

/// What the beginning of a file shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sniffed {
    /// An IMAP4/POP3 protocol log.
    ProtocolLog,
    /// Certainly something else, in words.
    Other(&'static str),
    /// Nothing that decides; more of the file may.
    Undecided,
}

/// Judges the first part of a file (UTF-8; its last line may be cut).
pub fn sniff(beginning: &[u8]) -> Sniffed {
    let (mut records, mut rest) = (0u32, 0u32);
    let mut names_another = false;
    let mut header = Header::default();
    for line in lines(beginning) {
        let line = without_bom(line);
        match log_type(line) {
            Some(Some(_)) => return Sniffed::ProtocolLog,
            // The line may be damaged: what stands below decides.
            Some(None) => names_another = true,
            None => {}
        }
        if header.take(line) {
            if matches!(header.layout(), Layout::Columns(_)) && header.has_layout() {
                return Sniffed::ProtocolLog;
            }
        } else if is_plausible(line) {
            records += 1;
        } else if !line.trim_ascii().is_empty() {
            rest += 1;
        }
    }
    match records > 0 && records * 4 >= rest {
        true => Sniffed::ProtocolLog,
        false if names_another => Sniffed::Other("another log of Exchange, not the IMAP4 or POP3 protocol log"),
        false => Sniffed::Undecided,
    }
}

/// A record that also looks like one where no header vouches for it.
fn is_plausible(line: &[u8]) -> bool {
    let mut commas = Vec::new();
    Record::read(Columns::of(line, &mut commas), &ColumnMap::USUAL, &mut Before::default()).is_ok_and(|record| {
        record.sequence.is_some() && (record.server_endpoint().port.is_some() || record.client_endpoint().port.is_some())
    })
}

/// A line without a UTF-8 byte order mark: files that were put together have them in the middle.
pub fn without_bom(line: &[u8]) -> &[u8] {
    line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)
}

/// Whether a whole line of this text begins as a record does: headers alone may be the same in many logs.
pub fn has_record(text: &[u8]) -> bool {
    let mut whole_lines = text.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"));
    whole_lines.any(|line| without_bom(line).first().is_some_and(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = "2023-01-09T13:17:08.223Z,00000000000000E4,0,127.0.0.1:993,127.0.0.1:22207,,27,0,53,OpenSession,,\r\n";

    #[test]
    fn content_decides() {
        for (text, expected) in [
            ("\u{feff}#Software: Microsoft Exchange Server\r\n#Log-type: IMAP4 Log\r\n".to_owned(), Sniffed::ProtocolLog),
            (
                "dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context\r\n".to_owned(),
                Sniffed::ProtocolLog,
            ),
            (RECORD.to_owned(), Sniffed::ProtocolLog),
            (format!("# source: a blog\n{RECORD}garbage\n"), Sniffed::ProtocolLog),
            (format!("{RECORD}{}", "prose about the line above\n".repeat(5)), Sniffed::Undecided),
            (
                "#Log-type: SMTP Receive Protocol Log\r\n#Fields: date-time,session-id,event,data\r\n".to_owned(),
                Sniffed::Other("another log of Exchange, not the IMAP4 or POP3 protocol log"),
            ),
            ("date,time,ip\n2023-01-09,13:17,1.2.3.4\n".to_owned(), Sniffed::Undecided),
            (format!("#Log-type: IM\u{0}P4\r\n{RECORD}"), Sniffed::ProtocolLog),
            (String::new(), Sniffed::Undecided),
        ] {
            assert_eq!(sniff(text.as_bytes()), expected, "{text}");
        }
    }
}
