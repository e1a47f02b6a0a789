//! Pasted text → records, whatever mail programs, tickets and consoles have made of the lines.
//!
//! A record begins where a time stamp, a session's number and a number in the session follow each other (`beginning`); the lines
//! below it are its own as long as it can go on (`ending`), and are put together as they were before they were broken (`joint`).
//! What is neither is kept as not read. What a record says is decided in `line`.

use crate::explain::paste::beginning::Beginning;
use crate::explain::paste::joint::{Joint, Length, Wrap};
use crate::explain::paste::piece::{Piece, pieces};

mod beginning;
mod ending;
mod joint;
mod piece;
mod printable;

/// No record goes over more lines than this.
const MOST_LINES: usize = 1000;

/// What was pasted, taken apart.
#[derive(Debug)]
pub(super) struct Paste {
    /// The records in their order.
    pub(super) records: Vec<Pasted>,
    /// The lines that are part of no record, with their numbers; empty lines and the marks around code are left out.
    pub(super) unread: Vec<(usize, String)>,
}

/// A record that was pasted.
#[derive(Debug)]
pub(super) struct Pasted {
    /// The record in one line.
    pub(super) text: String,
    /// Its lines as they were pasted, with their numbers.
    pub(super) lines: Vec<(usize, String)>,
}

impl Paste {
    /// Takes text apart.
    pub(super) fn of(text: &str) -> Self {
        let pieces = pieces(text);
        let (mut groups, mut unread, mut at) = (Vec::new(), Vec::new(), 0);
        while let Some(piece) = pieces.get(at) {
            match Group::at(&pieces, at) {
                Some(group) => {
                    at = group.end();
                    groups.push(group);
                }
                None => {
                    unread.extend(piece.has_words().then(|| (piece.number, piece.line.trim().to_owned())));
                    at += 1;
                }
            }
        }
        let wrap = Wrap::of(&groups.iter().flat_map(|group| group.joints(&pieces)).collect::<Vec<_>>());
        Self { records: groups.iter().map(|group| group.record(&pieces, &wrap)).collect(), unread }
    }
}

/// The lines of one record.
struct Group {
    beginning: Beginning,
    /// The places of its lines, the first one included.
    places: Vec<usize>,
    /// So many blanks before the lines below the first are none of the record's.
    indent: usize,
}

impl Group {
    /// The record that begins at a place, if one does.
    fn at(pieces: &[Piece], first: usize) -> Option<Self> {
        let beginning = Beginning::at(pieces, first)?;
        let mut group = Self { indent: 0, places: (first..first + beginning.lines).collect(), beginning };
        let mut text = group.text(pieces);
        let (mut next, is_spaced) = (group.end(), ending::is_spaced(pieces));
        while let Some(piece) = pieces.get(next).filter(|_| group.places.len() < MOST_LINES) {
            if piece.is_blank() && is_spaced && ending::is_open(&text) {
                next += 1;
                continue;
            }
            let behind = piece.behind(group.beginning.markers()).1;
            let last = group.places.last().and_then(|last| pieces.get(*last));
            let is_after_gap = group.end() < next;
            let goes_on = piece.is_text()
                && last.is_some_and(|last| last.is_soft || ending::goes_on(&text, behind, is_after_gap))
                && Beginning::at(pieces, next).is_none();
            if !goes_on {
                break;
            }
            text.push_str(behind.trim_end());
            group.places.push(next);
            next += 1;
        }
        let below = group.places.iter().skip(1).filter_map(|place| pieces.get(*place));
        let leads = below.map(|piece| piece.behind(group.beginning.markers()).0).min();
        group.indent = leads.map_or(0, |least| group.beginning.indent_below(least));
        Some(group)
    }

    /// The place behind the last line.
    fn end(&self) -> usize {
        self.places.last().map_or(0, |last| last + 1)
    }

    /// The lines put together without a thought about what stood where they are broken.
    fn text(&self, pieces: &[Piece]) -> String {
        self.lines(pieces).map(|(_, line)| line.trim()).collect()
    }

    /// What a line holds of the record, blanks before it included.
    fn line<'p>(&self, at: usize, piece: &'p Piece) -> &'p str {
        let line = match at {
            0 => piece.line.get(self.beginning.start..).unwrap_or_default(),
            _ => piece.from(self.beginning.markers(), self.indent),
        };
        self.beginning.without_closing(line)
    }

    /// Its lines, each with what it holds of the record.
    fn lines<'p>(&'p self, pieces: &'p [Piece]) -> impl Iterator<Item = (&'p Piece, &'p str)> {
        let lines = self.places.iter().filter_map(|place| pieces.get(*place)).enumerate();
        lines.map(|(at, piece)| (piece, self.line(at, piece)))
    }

    /// Where it is broken.
    fn joints<'p>(&'p self, pieces: &'p [Piece]) -> impl Iterator<Item = Joint<'p>> {
        let pairs = self.lines(pieces).zip(self.lines(pieces).skip(1)).filter(|((before, _), _)| !before.is_soft);
        pairs.map(|((before, left), (_, right))| Joint { length: Length::of(before, left), left, right })
    }

    /// The lines put together as they were.
    fn record(&self, pieces: &[Piece], wrap: &Wrap) -> Pasted {
        let mut record = String::new();
        let mut before: Option<(&Piece, &str)> = None;
        for (piece, line) in self.lines(pieces) {
            match before {
                Some((before, left)) if !before.is_soft => wrap.join(&mut record, Length::of(before, left), line),
                _ => record.push_str(line),
            }
            before = Some((piece, line));
        }
        record.truncate(record.trim_end().len());
        let lines = self.lines(pieces).map(|(piece, _)| (piece.number, piece.line.trim().to_owned()));
        Pasted { text: record, lines: lines.collect() }
    }
}
