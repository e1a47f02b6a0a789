//! How JSON is laid out for people to look at: as serde_json's own pretty form, byte for byte, but each line's beginning is
//! written at once. The series alone have hundreds of thousands of lines.

use std::io::{self, Write};

use serde_json::ser::Formatter;

/// Two blanks for each level.
const INDENT: usize = 2;

/// What ends a line that another one follows, and the blanks of the next one; deeper lines get theirs piece by piece.
const LINE: &[u8] = b",\n                                ";

/// One value a line.
#[derive(Debug, Default)]
pub(super) struct Indented {
    depth: usize,
    has_values: bool,
}

impl Indented {
    fn begin<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.has_values = false;
        out.write_all(bracket)
    }

    fn end<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth = self.depth.saturating_sub(1);
        if self.has_values {
            self.begin_line(out, true)?;
        }
        out.write_all(bracket)
    }

    /// Ends a line and begins the next one; between two values with a comma.
    fn begin_line<W: ?Sized + Write>(&self, out: &mut W, is_first: bool) -> io::Result<()> {
        let blanks = self.depth * INDENT;
        let line = if is_first { LINE.get(1..).unwrap_or_default() } else { LINE };
        let before_blanks = if is_first { 1 } else { 2 };
        match line.get(..before_blanks + blanks) {
            Some(line) => out.write_all(line),
            None => {
                out.write_all(line)?;
                (line.len() - before_blanks..blanks).try_for_each(|_| out.write_all(b" "))
            }
        }
    }
}

impl Formatter for Indented {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, is_first: bool) -> io::Result<()> {
        self.begin_line(out, is_first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_values = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, is_first: bool) -> io::Result<()> {
        self.begin_line(out, is_first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_values = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serialize;
    use serde_json::{Value, json};

    #[test]
    fn the_layout_is_that_of_serde_json() {
        let deep = (0..40).fold(
            json!([1, "x"]),
            |inner, level| if level % 2 == 0 { json!([inner, 0]) } else { json!({ "a": inner, "b": [] }) },
        );
        for value in
            [json!({}), json!([]), json!([[], {}, [[]]]), json!({ "a": { "b": [1, 2, { "c": null }], "d": "\n" } }), deep]
        {
            assert_eq!(laid_out(&value), serde_json::to_string_pretty(&value).unwrap());
        }
    }

    fn laid_out(value: &Value) -> String {
        let mut out = Vec::new();
        value.serialize(&mut serde_json::Serializer::with_formatter(&mut out, Indented::default())).unwrap();
        String::from_utf8(out).unwrap()
    }
}
