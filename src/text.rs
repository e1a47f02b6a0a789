//! The door that log text passes before it reaches a terminal, and the cutting of texts to a width.
//!
//! User names and responses come from strangers on the network. [`TerminalText`] can be made only here, so that nothing
//! else reaches a terminal. HTML and CSV have doors of their own where those outputs are written.

use std::borrow::Cow;
use std::fmt;

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

/// Control characters, bidirectional controls, invisible characters and private-use characters.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
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

/// `text` cut to at most `width` characters, the last one a `…` if something was cut.
pub fn truncated(text: &str, width: usize) -> Cow<'_, str> {
    if text.chars().count() <= width {
        return Cow::Borrowed(text);
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    if width > 0 {
        short.push('…');
    }
    Cow::Owned(short)
}

/// `text` cut to at most `width` characters by leaving its middle out: the beginning and, longer, the end stay.
pub fn without_middle(text: &str, beginning: usize, width: usize) -> Cow<'_, str> {
    let length = text.chars().count();
    if length <= width {
        return Cow::Borrowed(text);
    }
    let head: String = text.chars().take(beginning.min(width)).collect();
    let tail: String = text.chars().skip(length - width.saturating_sub(beginning + 3)).collect();
    Cow::Owned(truncated(&format!("{head} … {tail}"), width).into_owned())
}

/// `text` in lines of at most `width` characters, broken at blanks; lines after the first begin with `indent` blanks.
pub fn wrapped(text: &str, indent: usize, width: usize) -> Vec<String> {
    let lead = text.len() - text.trim_start().len();
    let mut lines = vec![" ".repeat(lead)];
    let mut is_fresh = true;
    for word in text.split_whitespace() {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if !is_fresh && line + 1 + word.chars().count() > width {
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
    fn cutting_counts_characters_and_says_so() {
        assert_eq!(truncated("Grüße", 5), "Grüße");
        assert_eq!(truncated("Grüße!", 5), "Grüß…");
        assert_eq!(truncated("abc", 0), "");
        assert_eq!(without_middle("0123456789abcdef", 3, 11), "012 … bcdef");
        assert_eq!(without_middle("short", 3, 11), "short");
        assert_eq!(without_middle("0123456789", 6, 5).chars().count(), 5);
    }

    #[test]
    fn long_texts_are_broken_at_blanks() {
        assert_eq!(wrapped("  one two three", 4, 9), ["  one two", "    three"]);
        assert_eq!(wrapped("alonglongword b", 2, 5), ["alonglongword", "  b"]);
        assert_eq!(wrapped("", 2, 5), [""]);
    }

    #[test]
    fn numbers_are_grouped_for_people() {
        assert_eq!((thousands(0), thousands(1234), thousands(1_234_567)), ("0".into(), "1,234".into(), "1,234,567".into()));
        assert_eq!((counted(1, "file", "files"), counted(1000, "file", "files")), ("1 file".into(), "1,000 files".into()));
    }
}
