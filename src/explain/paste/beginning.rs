//! Where a record begins: a time stamp, perhaps cut or masked, then a comma, the session's number, a comma, the line's number in it,
//! and a comma. `grep`, lists and people put all kinds of things before it.

use std::sync::LazyLock;

use regex::Regex;

use crate::explain::paste::piece::Piece;

/// How a record begins in a line.
#[derive(Debug)]
pub(super) struct Beginning {
    /// Where in its first line.
    pub(super) start: usize,
    /// Over so many lines its first columns go.
    pub(super) lines: usize,
    /// The marks that quote its first line, and with it the others.
    markers: String,
    /// So many characters stand between the marks and the record, as far as lines below it are indented like it.
    indent: usize,
    /// What stands behind the record because of what stands before it.
    closing: Option<char>,
}

/// The columns behind a time stamp.
const NUMBERS: &str = "[0-9A-Fa-f]{1,16},[0-9]{1,9},";

/// So many lines are put together to see the first columns: broken at 20 characters, they are in four.
const MOST_LINES: usize = 5;

/// The first columns are in the first so many characters behind what stands before them.
const LONGEST: usize = 400;

static WHOLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let time = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z?";
    Regex::new(&format!("({time}),{NUMBERS}")).ok()
});

static CUT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let (digit, fraction) = ("[0-9xX*#?]", r"(?:\.[0-9xX*#?]*)?");
    let time = format!("(?:(?:{digit}[0-9xX*#?-]{{0,9}})?T)?{digit}{{1,2}}:{digit}{{2}}:{digit}{{2}}{fraction}Z?");
    Regex::new(&format!(r"(?:^|[\s:>|`(])({time}),{NUMBERS}")).ok()
});

/// Nothing of the time is left. Then the number of the session must be one as Exchange writes it.
static MASKED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[\s>|]*(?:[-*+•–]\s+)?([^,\s][^,]{0,40}|),[0-9A-Fa-f]{16},[0-9]{1,9},").ok());

/// The same with a shorter number, where addresses and the other columns follow.
static COLUMNS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[\s>|]*([^,\s]{1,40}),[0-9A-Fa-f]{2,16},[0-9]{1,9},[^,]*[:<*][^,]*,(?:[^,]*,){5}").ok());

impl Beginning {
    /// The record that begins in a line, if one does.
    pub(super) fn at(pieces: &[Piece], place: usize) -> Option<Self> {
        let piece = pieces.get(place).filter(|piece| piece.is_text())?;
        let (start, lines) = found(pieces, place)?;
        let (markers, end) = piece.markers();
        // Nothing but marks may look like the marks of the other lines.
        let (markers, end) = if end <= start { (markers, end) } else { (String::new(), 0) };
        let before = piece.line.get(end..start).unwrap_or_default();
        let is_indent = before.trim().chars().all(|c| !c.is_alphanumeric()) && before.trim().chars().count() <= 2;
        let indent = if is_indent { before } else { before.get(..before.len() - before.trim_start().len()).unwrap_or_default() };
        let closing = if before.ends_with('`') { Some('`') } else { markers.contains('|').then_some('|') };
        Some(Self { start, lines, indent: indent.chars().count(), markers, closing })
    }

    /// The marks that quote it.
    pub(super) fn markers(&self) -> &str {
        &self.markers
    }

    /// So many blanks before the lines below are none of the record's, where the least of them has so many.
    ///
    /// One blank more than the first line has was in the record: a line was broken before it, or folded like the header of a mail.
    pub(super) fn indent_below(&self, least: usize) -> usize {
        if least == self.indent + 1 { self.indent } else { least }
    }

    /// A line of the record without what closes a table's row or a piece of code.
    pub(super) fn without_closing<'l>(&self, line: &'l str) -> &'l str {
        let Some(closing) = self.closing else { return line };
        line.trim_end().strip_suffix(closing).map_or(line, |rest| if closing == '|' { rest.trim_end() } else { rest })
    }
}

/// Where in a line a record begins, and over how many lines its first columns go.
fn found(pieces: &[Piece], place: usize) -> Option<(usize, usize)> {
    let line = pieces.get(place)?.line.as_str();
    let mut joined = line.to_owned();
    for lines in 1..=MOST_LINES {
        let by = |form: &LazyLock<Option<Regex>>| {
            let time = form.as_ref()?.captures(&joined)?.get(1)?;
            // Of a time that goes over two lines a digit is in the first: what else it seems to begin with marks an item of a list.
            let begins = line.get(time.start()..).is_some_and(|time| lines == 1 || time.contains(|c: char| c.is_ascii_digit()));
            (time.start() < line.len() && begins).then_some(time.start())
        };
        if let Some(start) = by(&WHOLE).or_else(|| by(&CUT)) {
            return Some((start, lines));
        }
        if let Some(start) = by(&MASKED).or_else(|| by(&COLUMNS)).filter(|_| lines == 1) {
            return Some((start, lines));
        }
        let next = pieces.get(place + lines).filter(|next| next.is_text() && joined.len() < LONGEST)?;
        joined.truncate(joined.trim_end().len());
        joined.push_str(next.behind(&next.markers().0).1.trim_end());
    }
    None
}
