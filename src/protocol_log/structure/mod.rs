//! The scan that finds the structure of the text: where lines end, and where columns end inside a line.
//!
//! This is the one place that looks at every byte. A text is scanned window by window ([`Structure::lines_of`]): 64 bytes
//! become bits (`masks`; `avx512` or `avx2` where the processor has it), bits become offsets (`scan`), offsets become lines and columns.
//! It knows nothing of what a column means.
//!
//! Quotes follow the csv crate (and Python's): a `"` opens a quoted column only as its first byte; inside, `""` is one
//! quote; text behind the closing quote belongs to the column as it stands.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod masks;
mod scan;

use scan::{BEFORE, Marks};

/// So many bytes are scanned before their lines are given: text and offsets stay in the processor's nearest memory.
const WINDOW: usize = 32 << 10;

/// Finds lines and columns. One for each thread: its buffers are used again and again.
#[derive(Debug, Default)]
pub struct Structure {
    marks: Marks,
    /// The bounds of a line whose quotes do not come in pairs.
    bounds: Vec<u32>,
}

/// A line without its line feed and without a carriage return before it.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Its columns.
    pub columns: Columns<'a>,
    /// Whether a line feed ended it; only the last line of a text may lack one.
    pub has_line_feed: bool,
}

impl<'a> Line<'a> {
    /// The bytes.
    pub fn text(&self) -> &'a [u8] {
        self.columns.line()
    }
}

impl Structure {
    /// Gives every line of a text to `take`, in their order. The text begins with a line; its last line is given even without
    /// a line feed; an empty rest behind the last line feed is no line.
    pub fn lines_of(&mut self, text: &[u8], mut take: impl FnMut(Line<'_>)) {
        let (mut rest, mut size) = (text, WINDOW);
        while !rest.is_empty() {
            let window = rest.get(..size).unwrap_or(rest);
            find_marks(window, &mut self.marks);
            let read = self.lines_of_window(window, window.len() == rest.len(), &mut take);
            // A line longer than the window asks for a larger one.
            size = if read == 0 { size.saturating_mul(2) } else { WINDOW };
            rest = rest.get(read..).unwrap_or_default();
        }
    }

    /// Gives the whole lines of a window that was scanned, and the rest too if nothing follows it; returns how far it came.
    fn lines_of_window(&mut self, window: &[u8], is_last: bool, take: &mut impl FnMut(Line<'_>)) -> usize {
        let Self { marks, bounds: scratch } = self;
        let (offsets, mut strays, beyond) = (marks.offsets(), marks.strays(), marks.beyond());
        let mut before = 0;
        let ends = if is_last && window.last() != Some(&b'\n') { marks.feeds_and_end() } else { marks.feeds() };
        // One place where `take` is called, so that the compiler makes it one with this loop.
        for place in ends {
            let Some(bounds @ [.., last]) = offsets.get(before..=*place as usize) else { break };
            let end = *last as usize;
            let Some(up_to_end) = window.get(..end) else { break };
            before = *place as usize;
            // Before the beginning of a line stands a line feed: a carriage return is always the line's own.
            let text = up_to_end.strip_suffix(b"\r").unwrap_or(up_to_end);
            let mut columns = Columns { text, bounds, beyond };
            if strays.first().is_some_and(|stray| (*stray as usize) < end) {
                strays = strays.get(strays.partition_point(|stray| (*stray as usize) < end)..).unwrap_or_default();
                columns = Columns { beyond, ..Columns::of(columns.line(), scratch) };
            }
            take(Line { columns, has_line_feed: end < window.len() });
        }
        let came_to = offsets.get(before).map_or(0, |end| end.wrapping_add(1));
        window.len().min(came_to as usize)
    }
}

/// Scans a text in the fastest way that the processor has.
fn find_marks(text: &[u8], marks: &mut Marks) {
    #[cfg(target_arch = "x86_64")]
    if avx512::scan_if_there(text, marks) || avx2::scan_if_there(text, marks) {
        return;
    }
    scan::scan::<masks::Portable>(text, marks);
}

/// The columns of one line, by what stands between them.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a> {
    /// A text that ends with the line.
    text: &'a [u8],
    /// The offsets of what stands before the line, of its commas, and of what ends it (or, with a carriage return, follows its end).
    bounds: &'a [u32],
    /// Zero if the text is known to have nothing but ASCII. (A `bool` would be put together with what lies beside it, for every line.)
    beyond: u64,
}

impl<'a> Columns<'a> {
    /// Finds the columns of a single line (without its line end), one by one; their bounds are kept in `bounds`.
    pub fn of(line: &'a [u8], bounds: &'a mut Vec<u32>) -> Self {
        bounds.clear();
        bounds.push(BEFORE);
        let mut end = column_end(line, 0);
        while end < line.len() {
            bounds.push(end as u32);
            end = column_end(line, end + 1);
        }
        bounds.push(end as u32);
        Self { text: line, bounds, beyond: u64::MAX }
    }

    /// The line that the columns make up.
    pub fn line(&self) -> &'a [u8] {
        self.text.get(self.start()..).unwrap_or_default()
    }

    /// How long the line is, in bytes.
    #[inline(always)]
    pub fn length(&self) -> usize {
        self.text.len().saturating_sub(self.start())
    }

    fn start(&self) -> usize {
        self.bounds.first().map_or(0, |before| before.wrapping_add(1)) as usize
    }

    /// How many columns there are (at least one, an empty line has one empty column).
    pub fn count(&self) -> usize {
        self.bounds.len().saturating_sub(1)
    }

    /// A column as it stands in the line, quotes included; `None` behind the last one.
    #[inline(always)]
    pub fn raw(&self, index: usize) -> Option<&'a [u8]> {
        // In this order: the first question answers the second.
        let after = *self.bounds.get(index + 1)?;
        let before = *self.bounds.get(index)?;
        self.text.get(before.wrapping_add(1) as usize..self.text.len().min(after as usize))
    }

    /// The same as text; `None` too if it is not UTF-8.
    #[inline]
    pub fn raw_as_text(&self, index: usize) -> Option<&'a str> {
        let raw = self.raw(index)?;
        match self.beyond {
            // SAFETY: the scan has seen every byte of the text, and none was more than ASCII. That is UTF-8, cut wherever one likes.
            #[allow(unsafe_code)]
            0 => Some(unsafe { std::str::from_utf8_unchecked(raw) }),
            _ => std::str::from_utf8(raw).ok(),
        }
    }

    /// The first two columns as they stand in the line, if they have just these lengths and another column follows.
    #[inline(always)]
    pub fn first_two<const FIRST: usize, const SECOND: usize>(&self) -> Option<(&'a [u8; FIRST], &'a [u8; SECOND])> {
        let &[before, between, after, _] = self.bounds.first_chunk()?;
        let start = before.wrapping_add(1);
        if between.wrapping_sub(start) as usize != FIRST || after.wrapping_sub(between) as usize != SECOND + 1 {
            return None;
        }
        let (first, rest) = self.text.get(start as usize..)?.split_first_chunk()?;
        Some((first, rest.get(1..)?.first_chunk()?))
    }

    /// A column as it stands in `line`, which is the text of the whole line.
    #[inline]
    pub fn raw_in<'l>(&self, index: usize, line: &'l str) -> Option<&'l str> {
        let &[before, after] = self.bounds.get(index..)?.first_chunk()?;
        let begins = *self.bounds.first()?;
        let (start, end) = (before.wrapping_sub(begins) as usize, after.wrapping_sub(begins) as usize);
        line.get(start..line.len().min(end.checked_sub(1)?))
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
    let mut value = Vec::new();
    match split_quoted(raw) {
        Some((quoted, tail)) => {
            undouble(quoted, tail, &mut value);
            Cow::Owned(value)
        }
        None => Cow::Borrowed(plain(raw)),
    }
}

/// The same, with a buffer for values that do not stand in the line as they are.
pub fn unquoted_in<'a>(raw: &'a [u8], buffer: &'a mut Vec<u8>) -> &'a [u8] {
    match split_quoted(raw) {
        Some((quoted, tail)) => {
            undouble(quoted, tail, buffer);
            buffer
        }
        None => plain(raw),
    }
}

/// What stands between the quotes of a column and what stands behind them, if its value must be put together.
fn split_quoted(raw: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = raw.strip_prefix(b"\"")?;
    let end = closing_quote(raw);
    let closed = raw.get(..end).is_some_and(|quoted| quoted.len() > 1 && quoted.ends_with(b"\""));
    let (quoted, tail) = match closed {
        true => (inner.get(..end - 2).unwrap_or_default(), raw.get(end..).unwrap_or_default()),
        false => (inner, &[][..]),
    };
    (!tail.is_empty() || memchr(b'"', quoted).is_some()).then_some((quoted, tail))
}

/// The value of a column that has no quotes but those around it.
fn plain(raw: &[u8]) -> &[u8] {
    let Some(inner) = raw.strip_prefix(b"\"") else { return raw };
    inner.strip_suffix(b"\"").unwrap_or(inner)
}

/// Makes doubled quotes one, and adds what stands behind the quotes.
fn undouble(quoted: &[u8], tail: &[u8], value: &mut Vec<u8>) {
    value.clear();
    let mut from = 0;
    while let Some(found) = quoted.get(from..).and_then(|rest| memchr(b'"', rest)) {
        value.extend_from_slice(quoted.get(from..=from + found).unwrap_or_default());
        from += found + 2;
    }
    value.extend_from_slice(quoted.get(from..).unwrap_or_default());
    value.extend_from_slice(tail);
}

/// The lines of a text, each without its line feed and without a carriage return before it: the plain way, where there is little to read.
///
/// The last line is given even without a line feed; an empty rest behind the last line feed is no line.
pub fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut start = 0;
    memchr_iter(b'\n', text).chain(std::iter::once(text.len())).filter_map(move |end| {
        let line = text.get(start..end)?;
        let is_rest = end == text.len();
        start = end + 1;
        if is_rest && line.is_empty() { None } else { Some(line.strip_suffix(b"\r").unwrap_or(line)) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values_of(columns: Columns<'_>) -> Vec<Vec<u8>> {
        (0..columns.count()).map(|n| columns.value(n).unwrap().into_owned()).collect()
    }

    fn values(line: &str) -> Vec<String> {
        let mut commas = Vec::new();
        values_of(Columns::of(line.as_bytes(), &mut commas))
            .iter()
            .map(|value| String::from_utf8_lossy(value).into_owned())
            .collect()
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

    /// Lines with their columns, as the plain way finds them.
    fn obvious(text: &[u8]) -> Vec<(Vec<u8>, Vec<Vec<u8>>)> {
        let mut commas = Vec::new();
        lines(text).map(|line| (line.to_vec(), values_of(Columns::of(line, &mut commas)))).collect()
    }

    fn scanned(text: &[u8]) -> Vec<(Vec<u8>, Vec<Vec<u8>>)> {
        let mut found = Vec::new();
        Structure::default().lines_of(text, |line| found.push((line.text().to_vec(), values_of(line.columns))));
        found
    }

    #[test]
    fn a_line_longer_than_the_window_is_whole() {
        let long = "x".repeat(3 * WINDOW);
        let text = format!("a,b\n{long},\"{long}\",c\r\nd,\"e\nf\",g\n{long}");
        assert_eq!(scanned(text.as_bytes()), obvious(text.as_bytes()));
    }

    #[test]
    fn only_the_last_line_can_lack_a_line_feed() {
        let mut found = Vec::new();
        Structure::default().lines_of(b"a\nb\r\nc", |line| found.push((line.text().to_vec(), line.has_line_feed)));
        assert_eq!(found, [(b"a".to_vec(), true), (b"b".to_vec(), true), (b"c".to_vec(), false)]);
    }

    /// Ways to scan that not every processor has.
    #[cfg(target_arch = "x86_64")]
    const WAYS: [fn(&[u8], &mut Marks) -> bool; 2] = [avx2::scan_if_there, avx512::scan_if_there];
    #[cfg(not(target_arch = "x86_64"))]
    const WAYS: [fn(&[u8], &mut Marks) -> bool; 0] = [];

    /// Text in which everything that structure hangs on comes close together, at any place of a chunk.
    fn tangled() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            4 => prop::collection::vec(prop::sample::select(&b",,\"\"\n\r;a"[..]), 1..12),
            1 => prop::collection::vec(any::<u8>(), 1..80),
            1 => (1usize..200).prop_map(|length| vec![b'x'; length]),
        ];
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn any_line_has_the_columns_the_csv_crate_finds(line in r#"[a," ;x]{0,40}"#) {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line.as_bytes());
            let expected: Vec<String> = reader.records().next().map(|row| row.unwrap().iter().map(str::to_owned).collect()).unwrap_or_else(|| vec![String::new()]);
            prop_assert_eq!(values(&line), expected);
        }

        #[test]
        fn the_scan_finds_what_the_plain_way_finds(text in tangled(), cut in 0usize..64) {
            // Cut at its beginning: the same text at another place of the chunks, and at another place of memory.
            let text = text.get(cut..).unwrap_or_default();
            prop_assert_eq!(scanned(text), obvious(text));
        }

        #[test]
        fn a_column_is_text_if_it_is_utf8(text in tangled()) {
            let check = |columns: Columns<'_>| {
                for index in 0..=columns.count() {
                    let expected = columns.raw(index).and_then(|raw| std::str::from_utf8(raw).ok());
                    assert_eq!(columns.raw_as_text(index), expected);
                }
            };
            Structure::default().lines_of(&text, |line| check(line.columns));
            let ascii: Vec<u8> = text.iter().map(|byte| byte & 0x7f).collect();
            Structure::default().lines_of(&ascii, |line| {
                assert_eq!(line.columns.beyond, 0);
                check(line.columns);
            });
        }

        #[test]
        fn two_columns_of_known_lengths_are_those_that_stand_there(text in tangled()) {
            Structure::default().lines_of(&text, |line| {
                let expected = |columns: Columns<'_>| {
                    let (first, second) = (columns.raw(0)?.first_chunk::<2>()?, columns.raw(1)?.first_chunk::<1>()?);
                    (columns.count() > 2 && columns.raw(0)?.len() == 2 && columns.raw(1)?.len() == 1).then_some((*first, *second))
                };
                let found = line.columns.first_two::<2, 1>().map(|(first, second)| (*first, *second));
                assert_eq!(found, expected(line.columns));
            });
        }

        #[test]
        fn all_ways_to_scan_find_the_same(text in tangled()) {
            let mut portable = Marks::default();
            scan::scan::<masks::Portable>(&text, &mut portable);
            for scan_if_there in WAYS {
                let mut other = Marks::default();
                if scan_if_there(&text, &mut other) {
                    prop_assert_eq!(portable.offsets(), other.offsets());
                    prop_assert_eq!(portable.feeds(), other.feeds());
                    prop_assert_eq!(portable.strays(), other.strays());
                    prop_assert_eq!(portable.beyond() == 0, other.beyond() == 0);
                }
            }
        }
    }
}
