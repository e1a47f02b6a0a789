//! The door that every text passes before it stands in the page: nothing in a log can become markup, drive the browser, or
//! turn the reading direction.
//!
//! It is askama's escaper for `.html` templates (`askama.toml` names it), so that no template and no field can go around it.

use std::fmt;

use askama::filters::Escaper;

use crate::text::TerminalText;

/// Shows harmful characters by their numbers, as on the terminal, and makes markup text.
#[derive(Debug, Clone, Copy)]
pub(in crate::report) struct Door;

impl Escaper for Door {
    fn write_escaped_str<W: fmt::Write>(&self, mut out: W, text: &str) -> fmt::Result {
        // A line end is plain space in a page, and separates the lines of a tip or of a command.
        for (place, line) in text.split('\n').enumerate() {
            if place > 0 {
                out.write_char('\n')?;
            }
            for c in TerminalText::new(line).as_str().chars() {
                match c {
                    '<' => out.write_str("&lt;")?,
                    '>' => out.write_str("&gt;")?,
                    '&' => out.write_str("&amp;")?,
                    '"' => out.write_str("&quot;")?,
                    '\'' => out.write_str("&#39;")?,
                    c => out.write_char(c)?,
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_place_in_the_page() {
        for (hostile, shown) in [
            ("</style><script>alert('1')</script>", "&lt;/style&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"),
            ("\" onload=\"x&amp;", "&quot; onload=&quot;x&amp;amp;"),
            ("\u{202e}gpj\0\u{1b}[31m", r"\u{202e}gpj\u{0}\u{1b}[31m"),
            ("two\nlines", "two\nlines"),
        ] {
            let mut out = String::new();
            Door.write_escaped_str(&mut out, hostile).unwrap();
            assert_eq!(out, shown);
        }
    }
}
