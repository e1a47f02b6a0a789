//! Where a record ends: whether the line below still belongs to it.

use crate::explain::paste::piece::Piece;
use crate::protocol_log::structure::Columns;
use crate::redaction::is_known_word;

/// A line of Exchange has twelve columns or thirteen; without its last comma, eleven.
const ALL: usize = 12;

/// Whether there is an empty line between any two lines.
pub(super) fn is_spaced(pieces: &[Piece]) -> bool {
    let (mut texts, mut touching) = (0, 0);
    let mut is_before = false;
    for piece in pieces {
        let is_text = !piece.is_blank();
        texts += usize::from(is_text);
        touching += usize::from(is_text && is_before);
        is_before = is_text;
    }
    texts > 1 && touching == 0
}

/// The place of the last column, counted from 0, and the column as it stands there.
pub(super) fn last_column(text: &str) -> (usize, &str) {
    let mut bounds = Vec::new();
    let columns = Columns::of(text.as_bytes(), &mut bounds);
    let place = columns.count() - 1;
    (place, columns.raw_in(place, text).unwrap_or_default())
}

/// Whether the column begins with a quote that nothing closes.
fn is_unclosed(column: &str) -> bool {
    column.starts_with('"') && column.bytes().filter(|byte| *byte == b'"').count() % 2 == 1
}

/// Whether columns are missing or a quote is not closed.
pub(super) fn is_open(text: &str) -> bool {
    let (place, column) = last_column(text);
    place + 1 < ALL || is_unclosed(column)
}

/// Whether `next` belongs to the record that has come to `text`; an empty line may stand between them.
pub(super) fn goes_on(text: &str, next: &str, is_after_gap: bool) -> bool {
    let (place, column) = last_column(text);
    if is_after_gap {
        // Sentences have blanks behind their commas.
        return next.contains(['"', ';', '=']) || next.contains(',') && !next.contains(", ");
    }
    if is_unclosed(column) {
        return true;
    }
    if place + 1 < ALL {
        // Such a line was published with a comma less.
        return next.starts_with(',') || !text.ends_with(",CloseSession,");
    }
    if column.starts_with('"') {
        return next.starts_with([',', '"']);
    }
    if next.starts_with([',', ';', '=']) || column.is_empty() && next.starts_with('"') {
        return true;
    }
    let is_word = !next.contains(char::is_whitespace);
    let is_key = |key: &str| key.len() < next.len() && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let begins_with_key = next.split('=').next().is_some_and(is_key);
    let last = column.rsplit(['=', ';']).next().unwrap_or_default();
    // A known word is whole, unless it is one with what follows as well: `o` and `k`.
    let first = next.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let is_whole = is_known_word(last) && !is_known_word(&format!("{last}{first}"));
    let is_more = begins_with_key || !column.is_empty() && !is_whole;
    place + 1 == ALL && (is_word && is_more || !column.is_empty() && next.contains(';'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_goes_on_until_it_is_whole() {
        let start = "2026-03-12T07:00:00.000Z,00000000000000A1,2,10.0.0.11:993,203.0.113.5:50001,bob,20,30,40";
        for (text, next, expected) in [
            (",lo", "gin,bob *****,R=ok", true),
            (",login,bob", "*****,R=ok", true),
            (",login,bob *****,R=", "ok", true),
            (",login,bob *****,R=o", "k", true),
            (",login,bob *****,R=ok", ";Rows=3", true),
            (",login,bob *****,R=ok", "Thanks!", false),
            (",login,bob *****,R=ok", "That is all, and thanks", false),
            (",login,bob *****,\"R=\"\"z NO", "LOGIN failed.\"\"\"", true),
            (",login,bob *****,\"R=\"\"z NO LOGIN failed.\"\"\"", "That, I think, is it", false),
            (",login,bob *****,\"R=\"\"z NO LOGIN failed.\"\"\"", ",", true),
            (",login,bob *****,\"R=\"\"z NO LOGIN failed.\"", "\";ErrMsg=ProxyFailed\"", true),
            (",CloseSession,,", "Can you help?", false),
            (",CloseSession,,", "R=ok", true),
            (",CloseSession,", "Can you help?", false),
        ] {
            assert_eq!(goes_on(&format!("{start}{text}"), next, false), expected, "{text} {next}");
        }
    }
}
