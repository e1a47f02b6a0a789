//! The body file of The Sleuth Kit (3.x), which `mactime` makes a time line of: eleven fields a line with `|` between them, and no header.
//!
//! It is made for files. What happened stands in the place of the name and begins with `[exlog]`; all four times are its moment, in
//! whole seconds, because `mactime` takes a time that is not there for one in 1970.

use std::io::{self, Write};

use crate::attempts::attempt::Attempt;
use crate::attempts::session_line::SessionLine;
use crate::case::Case;
use crate::diagnosis::finding::Finding;
use crate::location::Location;
use crate::report::listing::Listing;
use crate::report::moments::{self, attempt_in_words};
use crate::text::TerminalText;

/// Writes an analysis: its time line with the beginnings of its groups, outages and findings.
///
/// # Errors
/// What `out` says.
pub fn write(case: &Case, findings: &[Finding], out: &mut dyn Write) -> io::Result<()> {
    for moment in moments::of_case(case, findings) {
        write_line(moment.at, &format!("{}: {}", moment.what, moment.message), moment.location, out)?;
    }
    Ok(())
}

/// Login attempts, one a line.
pub fn attempts(out: &mut dyn Write) -> impl Listing<Attempt> {
    Written { out, line: |attempt: &Attempt| (attempt.moment, attempt_in_words(attempt), &attempt.location) }
}

/// The lines of a session, one a line.
pub fn session_lines(out: &mut dyn Write) -> impl Listing<SessionLine> {
    Written { out, line: |line: &SessionLine| (line.moment, line.text.to_string(), &line.location) }
}

struct Written<'a, T> {
    out: &'a mut dyn Write,
    line: fn(&T) -> (i64, String, &Location),
}

impl<T> Listing<T> for Written<'_, T> {
    fn add(&mut self, row: &T) -> io::Result<()> {
        let (at, text, location) = (self.line)(row);
        write_line(at, &text, Some(location), self.out)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// `MD5|name|inode|mode_as_string|UID|GID|size|atime|mtime|ctime|crtime`.
fn write_line(at: i64, text: &str, location: Option<&Location>, out: &mut dyn Write) -> io::Result<()> {
    let place = location.map_or_else(String::new, |location| format!(" ({location})"));
    let (name, time) = (name(&format!("[exlog] {text}{place}")), at.div_euclid(1000));
    writeln!(out, "0|{name}|0|r/r---------|0|0|0|{time}|{time}|{time}|{time}")
}

/// A name that is one field and harmless once it was read: `mactime` undoes `%7C`, and would undo what strangers wrote like it.
/// Characters that drive a terminal or end a line are shown by their numbers.
fn name(text: &str) -> String {
    TerminalText::new(text).as_str().replace('%', "%25").replace('|', "%7C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_is_another_field_or_another_line() {
        let mut out = Vec::new();
        let location = Location::new("a|b.LOG", 7);
        write_line(-1, "x|0|%0a%1B\r\n\u{1b}[31m\u{2028}", Some(&location), &mut out).unwrap();
        write_line(1_673_270_219_348, "plain", None, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            "0|[exlog] x%7C0%7C%250a%251B\\u{d}\\u{a}\\u{1b}[31m\\u{2028} (a%7Cb.LOG:7)|0|r/r---------|0|0|0|-1|-1|-1|-1\n\
             0|[exlog] plain|0|r/r---------|0|0|0|1673270219|1673270219|1673270219|1673270219\n"
        );
    }
}
