//! The scan that finds the structure of the text: where lines end, and where columns begin inside a line.
//!
//! This is the one place that looks at every byte, and the place where a vectorised scan drops in: everything above works
//! on the offsets it returns. It knows nothing of what a column means.
//!
//! Quotes follow the csv crate (and Python's): a `"` opens a quoted column only as its first byte; inside, `""` is one
//! quote; text behind the closing quote belongs to the column as it stands.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

/// More columns than any layout has; what follows the last one is not looked at.
const MOST_COLUMNS: usize = 24;

/// The columns of one line, as offsets into it.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a> {
    line: &'a [u8],
    /// Start and end of each column.
    bounds: [(u32, u32); MOST_COLUMNS],
    count: usize,
}

impl<'a> Columns<'a> {
    /// Finds the columns of a line (without its line end).
    pub fn of(line: &'a [u8]) -> Self {
        let mut columns = Self { line, bounds: [(0, 0); MOST_COLUMNS], count: 0 };
        let mut start = 0;
        for bound in &mut columns.bounds {
            let end = column_end(line, start);
            *bound = (start as u32, end as u32);
            columns.count += 1;
            if end >= line.len() {
                break;
            }
            start = end + 1;
        }
        columns
    }

    /// How many columns there are (at least one, an empty line has one empty column).
    pub fn count(&self) -> usize {
        self.count
    }

    /// A column as it stands in the line, quotes included; `None` behind the last one.
    pub fn raw(&self, index: usize) -> Option<&'a [u8]> {
        let (start, end) = *self.bounds.get(..self.count)?.get(index)?;
        self.line.get(start as usize..end as usize)
    }

    /// A column's value, with its quotes undone.
    pub fn value(&self, index: usize) -> Option<Cow<'a, [u8]>> {
        self.raw(index).map(unquoted)
    }
}

/// Where the column that begins at `start` ends: at the next comma outside quotes, or at the line's end.
fn column_end(line: &[u8], start: usize) -> usize {
    let rest = line.get(start..).unwrap_or_default();
    let searched = if rest.first() == Some(&b'"') { closing_quote(rest) } else { 0 };
    match rest.get(searched..).and_then(|tail| memchr(b',', tail)) {
        Some(comma) => start + searched + comma,
        None => line.len(),
    }
}

/// The offset behind the quote that closes a column beginning with one; the whole length if none does.
fn closing_quote(column: &[u8]) -> usize {
    let mut at = 1;
    while let Some(found) = column.get(at..).and_then(|tail| memchr(b'"', tail)) {
        let quote = at + found;
        if column.get(quote + 1) != Some(&b'"') {
            return quote + 1;
        }
        at = quote + 2;
    }
    column.len()
}

/// A column's value: quotes around it taken off, doubled quotes inside made one.
pub fn unquoted(raw: &[u8]) -> Cow<'_, [u8]> {
    let Some(inner) = raw.strip_prefix(b"\"") else { return Cow::Borrowed(raw) };
    let end = closing_quote(raw);
    let closed = raw.get(..end).is_some_and(|quoted| quoted.len() > 1 && quoted.ends_with(b"\""));
    let (quoted, tail) = match closed {
        true => (inner.get(..end - 2).unwrap_or_default(), raw.get(end..).unwrap_or_default()),
        false => (inner, &[][..]),
    };
    if tail.is_empty() && memchr(b'"', quoted).is_none() {
        return Cow::Borrowed(quoted);
    }
    let mut value = Vec::with_capacity(quoted.len());
    let mut from = 0;
    while let Some(found) = quoted.get(from..).and_then(|rest| memchr(b'"', rest)) {
        value.extend_from_slice(quoted.get(from..=from + found).unwrap_or_default());
        from += found + 2;
    }
    value.extend_from_slice(quoted.get(from..).unwrap_or_default());
    value.extend_from_slice(tail);
    Cow::Owned(value)
}

/// The lines of a block of text, each without its line feed and without a carriage return before it.
///
/// The block's last line is given even without a line feed; an empty rest behind the last line feed is no line.
pub fn lines(block: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut start = 0;
    memchr_iter(b'\n', block).chain(std::iter::once(block.len())).filter_map(move |end| {
        let line = block.get(start..end)?;
        let is_rest = end == block.len();
        start = end + 1;
        if is_rest && line.is_empty() { None } else { Some(line.strip_suffix(b"\r").unwrap_or(line)) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(line: &str) -> Vec<String> {
        let columns = Columns::of(line.as_bytes());
        (0..columns.count()).map(|n| String::from_utf8_lossy(&columns.value(n).unwrap()).into_owned()).collect()
    }

    #[test]
    fn columns_are_read_as_csv() {
        for (line, expected) in [
            ("", vec![""]),
            ("a,b,", vec!["a", "b", ""]),
            (r#"a,"x ""y"", z",b"#, vec!["a", r#"x "y", z"#, "b"]),
            (r#"a,"never closed, b"#, vec!["a", "never closed, b"]),
            (r#"a,"closed"tail,b"#, vec!["a", "closedtail", "b"]),
            (r#"a,in"side,b"c"#, vec!["a", r#"in"side"#, r#"b"c"#]),
            (r#""""#, vec![""]),
            (r#""""""#, vec!["\""]),
            (r#"""#, vec![""]),
        ] {
            assert_eq!(values(line), expected, "{line}");
        }
    }

    #[test]
    fn lines_end_at_line_feeds_and_lose_one_carriage_return() {
        let of = |text: &'static str| lines(text.as_bytes()).map(|line| std::str::from_utf8(line).unwrap()).collect::<Vec<_>>();
        assert_eq!(of("a\r\nb\n\nc"), ["a", "b", "", "c"]);
        assert_eq!(of("a\n"), ["a"]);
        assert_eq!(of(""), [""; 0]);
        assert_eq!(of("\n\r\n"), ["", ""]);
    }

    proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_line_has_the_columns_the_csv_crate_finds(line in r#"[a," ;x]{0,40}"#) {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line.as_bytes());
            let expected: Vec<String> = reader.records().next().map(|row| row.unwrap().iter().map(str::to_owned).collect()).unwrap_or_else(|| vec![String::new()]);
            prop_assume!(expected.len() < MOST_COLUMNS);
            prop_assert_eq!(values(&line), expected);
        }
    }
}
