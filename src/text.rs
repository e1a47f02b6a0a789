//! The door that log text passes before it reaches a terminal, and the cutting of texts to a width.
//!
//! User names and responses come from strangers on the network. [`TerminalText`] can be made only here, so that nothing
//! else reaches a terminal. HTML and CSV have doors of their own where those outputs are written.

use std::borrow::Cow;
use std::fmt;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Text from a log that is harmless on a terminal: control characters, escape sequences and characters that turn the
/// reading direction or hide are shown as `\u{…}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TerminalText(String);

impl TerminalText {
    /// Escapes `text`.
    pub fn new(text: &str) -> Self {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '\t' => out.push(' '),
                c if is_harmful(c) => out.extend(c.escape_unicode()),
                c => out.push(c),
            }
        }
        Self(out)
    }

    /// The escaped text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TerminalText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&self.0)
    }
}

/// Whether a character may do harm where it is shown: control characters, bidirectional controls, invisible characters and
/// private-use characters.
pub fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..)
}

/// No name, address or code in a log is longer; of what is, the beginning is kept.
pub const LONGEST_NAME: usize = 1024;

/// A name, an address or a code in a log as text; what is no UTF-8 becomes U+FFFD. What is longer than [`LONGEST_NAME`] is cut
/// and ends in `…` and its length: strangers must not fill the memory.
#[inline]
pub fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    match bytes.get(..LONGEST_NAME) {
        Some(beginning) if bytes.len() > LONGEST_NAME => {
            let beginning = String::from_utf8_lossy(beginning);
            Cow::Owned(format!("{}…({} bytes)", beginning.trim_end_matches('\u{fffd}'), bytes.len()))
        }
        // Nearly all bytes are text, and to be sure of that is quicker than to look for the first that is none.
        _ => std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed),
    }
}

/// How many columns of a terminal `text` takes: letters of East Asia take two, combining marks none.
pub fn columns(text: &str) -> usize {
    text.width()
}

fn columns_of(c: char) -> usize {
    c.width().unwrap_or_default()
}

/// As much of the beginning of `text` as fits into `width` columns.
fn beginning(text: &str, width: usize) -> &str {
    let mut taken = 0;
    let end = text.char_indices().find(|(_, c)| {
        taken += columns_of(*c);
        taken > width
    });
    end.and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// As much of the end of `text` as fits into `width` columns.
fn ending(text: &str, width: usize) -> &str {
    let mut taken = 0;
    let start = text.char_indices().rev().find(|(_, c)| {
        taken += columns_of(*c);
        taken > width
    });
    start.and_then(|(start, c)| text.get(start + c.len_utf8()..)).unwrap_or(text)
}

/// A name that is text already, cut as [`lossy`] cuts it.
#[inline]
pub fn short_name(name: &str) -> Cow<'_, str> {
    if name.len() <= LONGEST_NAME { Cow::Borrowed(name) } else { lossy(name.as_bytes()) }
}

/// `text` cut to at most `width` columns, the last one a `…` if something was cut.
pub fn truncated(text: &str, width: usize) -> Cow<'_, str> {
    match columns(text) <= width {
        true => Cow::Borrowed(text),
        false if width == 0 => Cow::Borrowed(""),
        false => Cow::Owned(format!("{}…", beginning(text, width - 1))),
    }
}

/// `text` cut to at most `width` columns, the first one a `…` if something was cut: of a path the end tells more.
pub fn without_beginning(text: &str, width: usize) -> Cow<'_, str> {
    match columns(text) <= width {
        true => Cow::Borrowed(text),
        false if width == 0 => Cow::Borrowed(""),
        false => Cow::Owned(format!("…{}", ending(text, width - 1))),
    }
}

/// `text` cut to at most `width` columns by leaving its middle out: the beginning and, longer, the end stay.
pub fn without_middle(text: &str, head: usize, width: usize) -> Cow<'_, str> {
    if columns(text) <= width {
        return Cow::Borrowed(text);
    }
    let tail = ending(text, width.saturating_sub(head + 3));
    Cow::Owned(truncated(&format!("{} … {tail}", beginning(text, head)), width).into_owned())
}

/// `text` in exactly `width` columns: cut, or filled up with blanks.
pub fn padded(text: &str, width: usize) -> String {
    let text = truncated(text, width);
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(&text))))
}

/// `text` in lines of at most `width` columns, broken at blanks; lines after the first begin with `indent` blanks. A word that
/// fits into no line is broken.
pub fn wrapped(text: &str, indent: usize, width: usize) -> Vec<String> {
    let lead = text.len() - text.trim_start().len();
    let mut lines = vec![" ".repeat(lead)];
    let mut is_fresh = true;
    let room = width.saturating_sub(indent.max(lead)).max(2);
    for word in text.split_whitespace().flat_map(|word| pieces(word, room)) {
        let line = lines.last().map_or(0, |line| columns(line));
        if !is_fresh && line + 1 + columns(word) > width {
            lines.push(" ".repeat(indent));
            is_fresh = true;
        }
        if let Some(line) = lines.last_mut() {
            if !is_fresh {
                line.push(' ');
            }
            line.push_str(word);
        }
        is_fresh = false;
    }
    lines
}

/// A word in pieces of at most `room` columns.
fn pieces(word: &str, room: usize) -> impl Iterator<Item = &str> {
    let mut rest = word;
    std::iter::from_fn(move || {
        let piece = beginning(rest, room);
        rest = rest.get(piece.len()..)?;
        (!piece.is_empty()).then_some(piece)
    })
}

/// A number with a thin grouping that scripts will not meet: `1,234,567`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A sentence with a capital in front.
pub fn capitalized(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `1 file`, `2 files`: a count with its noun.
pub fn counted(number: u64, singular: &str, plural: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { singular } else { plural })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn very_long_names_keep_their_beginning_and_their_length() {
        assert_eq!(lossy(b"alice"), "alice");
        assert_eq!(lossy(b"al\xffce"), "al\u{fffd}ce");
        let long = lossy(&[b'x'; 5000]).into_owned();
        assert!(long.starts_with("xxx") && long.ends_with("…(5000 bytes)") && long.len() < 1100, "{long}");
        let cut_inside_a_character = lossy(&[&[b'x'; LONGEST_NAME - 1][..], "ü and more".as_bytes()].concat()).into_owned();
        assert!(cut_inside_a_character.contains("x…("), "{cut_inside_a_character}");
    }

    #[test]
    fn nothing_from_a_log_can_drive_a_terminal() {
        for (hostile, shown) in [
            ("\u{1b}[31mred\u{1b}[0m", r"\u{1b}[31mred\u{1b}[0m"),
            ("a\u{202e}gpj.exe", r"a\u{202e}gpj.exe"),
            ("zero\u{200b}width\u{feff}", r"zero\u{200b}width\u{feff}"),
            ("nul\0 bel\u{7} c1\u{9b}", r"nul\u{0} bel\u{7} c1\u{9b}"),
            ("tab\tand Ümläut 漢字", "tab and Ümläut 漢字"),
        ] {
            assert_eq!(TerminalText::new(hostile).as_str(), shown);
        }
    }

    #[test]
    fn cutting_counts_columns_and_says_so() {
        assert_eq!(truncated("Grüße", 5), "Grüße");
        assert_eq!(truncated("Grüße!", 5), "Grüß…");
        assert_eq!(truncated("abc", 0), "");
        assert_eq!(without_middle("0123456789abcdef", 3, 11), "012 … bcdef");
        assert_eq!(without_middle("short", 3, 11), "short");
        assert_eq!(without_middle("0123456789", 6, 5).chars().count(), 5);
        assert_eq!(without_beginning("logs/EX01/IMAP4.LOG:7", 12), "…IMAP4.LOG:7");
        for width in 0..12 {
            for text in ["漢字漢字漢字", "a漢字b", "Grüße, Welt!", "e\u{301}e\u{301}e\u{301}"] {
                let cut = [truncated(text, width), without_beginning(text, width), without_middle(text, 3, width)];
                assert!(cut.iter().all(|cut| columns(cut) <= width), "{cut:?} {width}");
                assert_eq!(columns(&padded(text, width)), width, "{text}");
            }
        }
    }

    #[test]
    fn long_texts_are_broken_at_blanks() {
        assert_eq!(wrapped("  one two three", 4, 9), ["  one two", "    three"]);
        assert_eq!(wrapped("alonglongword b", 2, 7), ["along", "  longw", "  ord b"]);
        assert_eq!(wrapped("漢字漢字", 0, 5), ["漢字", "漢字"]);
        assert_eq!(wrapped("", 2, 5), [""]);
    }

    #[test]
    fn numbers_are_grouped_for_people() {
        assert_eq!((thousands(0), thousands(1234), thousands(1_234_567)), ("0".into(), "1,234".into(), "1,234,567".into()));
        assert_eq!((counted(1, "file", "files"), counted(1000, "file", "files")), ("1 file".into(), "1,000 files".into()));
    }
}
