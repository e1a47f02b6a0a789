//! `Format-List` text → rows: `Name : value`, also where copying it through a blog or a mail lost the alignment.
//!
//! Values that the console wrapped are put together again. Several objects are parted by blank lines, by a prompt, or by a
//! name that comes a second time. Any other text is left aside: it is what people write around such output.

use crate::evidence::prompt;
use crate::evidence::table::{MOST_CELLS, Row};

/// The most lines that one value is wrapped over, where the alignment that shows it is lost.
const MOST_UNALIGNED: usize = 3;

/// Hands everything that looks like `Format-List` output to `sink`.
pub(crate) fn rows(text: &str, sink: impl FnMut(Row)) {
    let none = || Row::new(0, "");
    let mut reader = Reader { sink, row: none(), block: none(), open: None, command: String::new() };
    for (line, number) in text.lines().zip(1u64..) {
        reader.take(line.trim_end_matches('\r'), number);
    }
    reader.close_block();
    reader.close_row();
}

struct Reader<S> {
    sink: S,
    /// The object that grows, block by block where every line is followed by a blank one.
    row: Row,
    /// The lines since the last blank one.
    block: Row,
    /// The property whose value may go on.
    open: Option<Open>,
    command: String,
}

/// A property whose value may go on in the next line.
struct Open {
    name: String,
    value: String,
    /// Where its colon stands, in characters.
    colon: usize,
    /// The last piece as it stands in its line, with the spaces at its end.
    last_piece: String,
    unaligned: usize,
}

impl<S: FnMut(Row)> Reader<S> {
    fn take(&mut self, line: &str, number: u64) {
        if let Some(command) = prompt::command(line) {
            self.close_block();
            self.close_row();
            command.clone_into(&mut self.command);
        } else if line.trim().is_empty() {
            self.close_block();
        } else if self.goes_on(line) {
        } else if let Some((name, value, colon)) = property(line) {
            self.close_property();
            if self.block.has(name) || self.block.len() >= MOST_CELLS {
                self.close_block();
                self.close_row();
            }
            if self.block.is_empty() {
                self.block = Row::new(number, &self.command);
            }
            let last_piece = value.to_owned();
            self.open = Some(Open { name: name.to_owned(), value: value.trim().to_owned(), colon, last_piece, unaligned: 0 });
        } else {
            self.goes_on_unaligned(line);
        }
    }

    /// Takes a line that is indented behind the colon of the property above it.
    fn goes_on(&mut self, line: &str) -> bool {
        let indent = line.chars().take_while(|c| *c == ' ').count();
        match &mut self.open {
            Some(open) if indent > open.colon => {
                open.append(line);
                true
            }
            _ => false,
        }
    }

    /// Takes a line without indentation that is no property: the rest of a value, or words around the output.
    fn goes_on_unaligned(&mut self, line: &str) {
        match &mut self.open {
            Some(open) if open.unaligned < MOST_UNALIGNED && !open.value.is_empty() => {
                open.unaligned += 1;
                open.append(line);
            }
            _ => self.close_property(),
        }
    }

    fn close_property(&mut self) {
        if let Some(open) = self.open.take() {
            self.block.push_text(&open.name, &open.value);
        }
    }

    /// At a blank line. Blocks of one line each are one object, printed with double spacing.
    fn close_block(&mut self) {
        self.close_property();
        if self.block.is_empty() {
            return;
        }
        let block = std::mem::take(&mut self.block);
        let is_double_spaced = block.len() == 1 && !self.row.is_empty() && !self.row.shares_name(&block);
        if !is_double_spaced {
            self.close_row();
        }
        match self.row.is_empty() {
            true => self.row = block,
            false => self.row.append(block),
        }
        // An object of several lines in a row is complete.
        if !is_double_spaced && self.row.len() > 1 {
            self.close_row();
        }
    }

    fn close_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        if !row.is_empty() {
            (self.sink)(row);
        }
    }
}

impl Open {
    /// The console breaks at a space, after a hyphen, or anywhere in a word that is longer than the line.
    fn append(&mut self, line: &str) {
        const MOST: usize = 64 << 10;
        let piece = line.trim();
        let is_one_long_word = self.last_piece.trim().len() >= 20 && !self.last_piece.trim_end().contains(' ');
        let is_mid_word = !self.last_piece.ends_with(' ') && (self.last_piece.ends_with('-') || is_one_long_word);
        if !is_mid_word {
            self.value.push(' ');
        }
        if self.value.len() < MOST {
            self.value.push_str(piece);
        }
        line.trim_start().clone_into(&mut self.last_piece);
    }
}

/// `Name : value` with its name, its value and the place of its colon.
fn property(line: &str) -> Option<(&str, &str, usize)> {
    let (before, after) = line.split_once(':')?;
    let name = before.trim();
    let is_spaced = before.ends_with([' ', '\t']) || super::is_known_name(name);
    let is_name = name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '(' | ')'));
    let value = after.strip_prefix([' ', '\t']).unwrap_or(after);
    (is_name && is_spaced).then(|| (name, value, before.chars().count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Row> {
        let mut found = Vec::new();
        rows(text, |row| found.push(row));
        found
    }

    fn shown(text: &str) -> Vec<String> {
        let shown =
            |row: &Row| format!("{} {:?}", row.line, ["A", "B", "C", "Error", "Names"].map(|name| row.text(name).unwrap_or("-")));
        all(text).iter().map(shown).collect()
    }

    #[test]
    fn objects_are_told_apart_by_blank_lines_prompts_and_names_that_return() {
        for (text, expected) in [
            ("A : 1\nB : 2\n\nA : 3\nB : 4\n", &[r#"1 ["1", "2", "-", "-", "-"]"#, r#"4 ["3", "4", "-", "-", "-"]"#][..]),
            ("A : 1\r\nB : 2\r\n\r\nC : 4\r\nA : 9\r\n", &[r#"1 ["1", "2", "-", "-", "-"]"#, r#"4 ["9", "-", "4", "-", "-"]"#]),
            ("A : 1\nB : 2\nA : 3\n", &[r#"1 ["1", "2", "-", "-", "-"]"#, r#"3 ["3", "-", "-", "-", "-"]"#]),
            ("A : 1\n\nB : 2\n\nC : 3\n", &[r#"1 ["1", "2", "3", "-", "-"]"#]),
            ("A : 1\n\nA : 2\n", &[r#"1 ["1", "-", "-", "-", "-"]"#, r#"3 ["2", "-", "-", "-", "-"]"#]),
            ("A : 1\n\nB : 2\nC : 3\n", &[r#"1 ["1", "-", "-", "-", "-"]"#, r#"3 ["-", "2", "3", "-", "-"]"#]),
            ("[PS] C:\\>x\nA : 1\n[PS] C:\\>y\nB : 2\n", &[r#"2 ["1", "-", "-", "-", "-"]"#, r#"4 ["-", "2", "-", "-", "-"]"#]),
            ("prose: not a property\nhttp://example.com\n22T07:30 : no name\n", &[]),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn wrapped_values_are_put_together_with_and_without_alignment() {
        for (text, expected) in [
            ("Error     : one two\n            three\nB         : 2\n", "one two three"),
            ("Error     : one two \n            three\nB         : 2\n", "one two three"),
            ("Error     : one well-\n            known\nB         : 2\n", "one well-known"),
            ("Error     : abcdefghijklmnopqrstuvwxyz\n            0123\nB : 2\n", "abcdefghijklmnopqrstuvwxyz0123"),
            ("Error : one two\nthree\nB : 2\n", "one two three"),
            ("Error     : one\n            Two : three\nB         : 2\n", "one Two : three"),
            ("    Error : one\n            two\n    B     : 2\n", "one two"),
        ] {
            let rows = all(text);
            assert_eq!(rows.len(), 1, "{text}");
            assert_eq!((rows[0].text("Error"), rows[0].text("B")), (Some(expected), Some("2")), "{text}");
        }
    }
}
