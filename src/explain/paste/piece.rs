//! The lines of a paste, each without what a mail or a ticket has put before it.

use crate::explain::paste::printable::QuotedPrintable;

/// A line as it was pasted.
#[derive(Debug)]
pub(super) struct Piece {
    /// Its number, counted from 1.
    pub(super) number: usize,
    /// How many characters it has, all that stands before it included.
    pub(super) width: usize,
    /// The line itself, quoted-printable undone.
    pub(super) line: String,
    /// It ended in the `=` of quoted-printable: the next one belongs to it as it stands.
    pub(super) is_soft: bool,
}

/// What quotes a line: of mails, of tables in tickets.
const MARKERS: [char; 2] = ['>', '|'];

/// What stands around code.
const FENCES: [&str; 8] = ["```", "~~~", "{code", "{noformat", "[code", "[/code", "<pre", "</pre"];

/// All lines of a text.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let printable = QuotedPrintable::of(text);
    let piece = |(at, line): (usize, &str)| {
        let width = line.chars().count();
        // Mails and pages have blanks that do not break.
        let (line, is_soft) = printable.undone(&line.replace('\u{a0}', " "));
        Piece { number: at + 1, width, line, is_soft }
    };
    text.lines().enumerate().map(piece).collect()
}

impl Piece {
    /// Whether nothing but marks stands in it.
    pub(super) fn is_blank(&self) -> bool {
        self.line.trim_start_matches(|c: char| c.is_whitespace() || MARKERS.contains(&c)).is_empty()
    }

    /// Whether it stands around code.
    fn is_fence(&self) -> bool {
        let text = self.line.trim_start_matches(|c: char| c.is_whitespace() || MARKERS.contains(&c)).to_ascii_lowercase();
        FENCES.iter().any(|fence| text.starts_with(fence))
    }

    /// Whether it may be part of a record.
    pub(super) fn is_text(&self) -> bool {
        !self.is_blank() && !self.is_fence()
    }

    /// Whether it says anything: what marks or numbers an item of a list says nothing.
    pub(super) fn has_words(&self) -> bool {
        let text = self.line.trim_matches(|c: char| !c.is_alphanumeric());
        self.is_text() && !text.is_empty() && !(text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit()))
    }

    /// The marks that quote it, and where the last of them ends.
    pub(super) fn markers(&self) -> (String, usize) {
        let (mut markers, mut end) = (String::new(), 0);
        for (at, c) in self.line.char_indices() {
            if MARKERS.contains(&c) {
                markers.push(c);
                end = at + c.len_utf8();
            } else if !c.is_whitespace() {
                break;
            }
        }
        (markers, end)
    }

    /// How many blanks stand behind the marks, as far as they are there, and the text behind them.
    pub(super) fn behind(&self, markers: &str) -> (usize, &str) {
        let rest = self.without(markers);
        let text = rest.trim_start();
        (rest.chars().count() - text.chars().count(), text)
    }

    /// The line behind the marks and so many blanks.
    pub(super) fn from(&self, markers: &str, indent: usize) -> &str {
        let rest = self.without(markers);
        let lead = rest.char_indices().take_while(|(_, c)| c.is_whitespace()).take(indent).last();
        lead.and_then(|(at, c)| rest.get(at + c.len_utf8()..)).unwrap_or(rest)
    }

    /// The line behind the marks: a `>` that begins a line may be the record's own where it is not quoted.
    fn without(&self, markers: &str) -> &str {
        let mut rest = self.line.as_str();
        for marker in markers.chars() {
            match rest.trim_start().strip_prefix(marker) {
                Some(behind) => rest = behind,
                None => break,
            }
        }
        rest
    }
}
