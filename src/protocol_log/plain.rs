//! A log's text without what copying may change: byte order marks and carriage returns. (Encoding and packing are gone by then.)

use crate::input::identity::HEAD;
use crate::protocol_log::sniff::{has_record, without_bom};

/// How many bytes of its beginning a log is recognised by: fewer than are looked at, because some of those are no plain text.
const KNOWN_BY: usize = HEAD - 64;

/// How a log's plain text begins, given its first [`HEAD`] bytes; `None` if there is no record in that: headers alone may be the same
/// in many logs.
pub fn plain_beginning(head: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::with_capacity(HEAD);
    add_plain(head, &mut plain);
    plain.truncate(KNOWN_BY);
    has_record(&plain).then_some(plain)
}

/// Adds whole lines, or what there is of the last one.
pub fn add_plain(lines: &[u8], plain: &mut Vec<u8>) {
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        let line = without_bom(line);
        let (text, end) = line.strip_suffix(b"\n").map_or((line, None), |text| (text, Some(b'\n')));
        plain.extend_from_slice(text.strip_suffix(b"\r").unwrap_or(text));
        plain.extend(end);
    }
}
