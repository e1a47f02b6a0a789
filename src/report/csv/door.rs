//! The door that every cell of a CSV file passes: nothing in a log can become a formula, another cell, or drive a terminal.
//!
//! Spreadsheets take a cell that begins with `=`, `+`, `-` or `@` for a formula, which can fetch and send. [`Cell`] can be made
//! only here, and [`Rows`] writes nothing else.

use std::io::{self, Write};

use crate::clock::rfc3339;
use crate::text::TerminalText;

/// A harmless cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell(String);

/// What formulas begin with; the wide forms are taken for the others where East Asian text is typed.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

impl Cell {
    /// A text, perhaps from a log. What may be taken for a formula gets a `'` before it; control characters and characters
    /// that turn the reading direction are shown by their numbers.
    ///
    /// A semicolon may begin a new cell: in many countries Excel parts cells there, whatever the file says.
    pub(super) fn text(text: &str) -> Self {
        let shown = TerminalText::new(text);
        let mut cell = String::with_capacity(shown.as_str().len() + 1);
        for (place, part) in shown.as_str().split(';').enumerate() {
            if place > 0 {
                cell.push(';');
            }
            let is_odd = place == 0 && text.starts_with(['\t', '\r']);
            if is_odd || part.trim_start().starts_with(FORMULA) {
                cell.push('\'');
            }
            cell.push_str(part);
        }
        Self(cell)
    }

    /// A text that may not be there.
    pub(super) fn maybe(text: Option<&str>) -> Self {
        text.map_or_else(Self::empty, Self::text)
    }

    /// A number, without separators; a negative one stays a number.
    pub(super) fn number(number: impl Into<i128>) -> Self {
        Self(number.into().to_string())
    }

    /// A number that may not be there.
    pub(super) fn maybe_number(number: Option<impl Into<i128>>) -> Self {
        number.map_or_else(Self::empty, Self::number)
    }

    /// A moment in UTC with milliseconds.
    pub(super) fn moment(moment: i64) -> Self {
        Self(rfc3339(moment))
    }

    /// A moment as ISO 8601 has it, with its distance from UTC.
    pub(super) fn moment_with_offset(moment: i64) -> Self {
        Self(rfc3339(moment).replace('Z', "+00:00"))
    }

    /// Several texts in one cell.
    pub(super) fn list<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        // Each may be a formula once somebody parts them.
        let texts: Vec<String> = texts.into_iter().map(|text| Self::text(text).0).collect();
        Self(texts.join(" | "))
    }

    /// Nothing.
    pub(super) fn empty() -> Self {
        Self(String::new())
    }

    #[cfg(test)]
    fn as_str(&self) -> &str {
        &self.0
    }
}

/// Rows of cells as RFC 4180 has them: commas, CRLF, quotes where they are needed.
pub(super) struct Rows<'a> {
    writer: csv::Writer<&'a mut dyn Write>,
}

/// Excel, and Windows PowerShell 5.1 where it guesses, take a file for UTF-8 by this alone.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl<'a> Rows<'a> {
    /// Rows below a header.
    pub(super) fn new(header: &[&'static str], has_mark: bool, out: &'a mut dyn Write) -> io::Result<Self> {
        if has_mark {
            out.write_all(BYTE_ORDER_MARK)?;
        }
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        writer.write_record(header).map_err(plain)?;
        Ok(Self { writer })
    }

    /// Writes a row.
    pub(super) fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        self.writer.write_record(cells.iter().map(|cell| cell.0.as_bytes())).map_err(plain)
    }

    /// Hands on what was written so far.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()?;
        Ok(())
    }
}

/// The error of the output itself, so that a closed pipe is known as one.
fn plain(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (hostile, cell) in [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("  =1+1", "'  =1+1"),
            ("\u{a0}=1", "'\u{a0}=1"),
            ("＝1", "'＝1"),
            ("\t=1", "' =1"),
            ("\tplain", "' plain"),
            ("\r=1", r"'\u{d}=1"),
            ("alice;=1+1;b", "alice;'=1+1;b"),
            ("\u{1b}[31m\u{202e}", r"\u{1b}[31m\u{202e}"),
            ("a=b", "a=b"),
            ("Grüße", "Grüße"),
            ("", ""),
        ] {
            assert_eq!(Cell::text(hostile).as_str(), cell, "{hostile:?}");
        }
        assert_eq!(Cell::list(["a", "=b"]).as_str(), "a | '=b");
        assert_eq!(Cell::number(-1).as_str(), "-1");
    }

    #[test]
    fn rows_are_those_of_rfc_4180() {
        let mut out = Vec::new();
        let mut rows = Rows::new(&["a", "b"], true, &mut out).unwrap();
        rows.row(&[Cell::text("x \"y\", z"), Cell::number(7)]).unwrap();
        rows.row(&[Cell::empty(), Cell::moment(0)]).unwrap();
        rows.flush().unwrap();
        drop(rows);
        assert_eq!(out, b"\xef\xbb\xbfa,b\r\n\"x \"\"y\"\", z\",7\r\n,1970-01-01T00:00:00.000Z\r\n");
    }
}
