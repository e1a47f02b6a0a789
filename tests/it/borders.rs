//! Each line is read once and whole, wherever parts, segments and blocks of a log begin and end.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};

use exlog::input::block::{BLOCK, LONGEST_LINE, SEGMENT};
use exlog::input::encoding::Encoding;
use exlog::input::stream::Stream;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::program::{analyze, number};
use crate::tree::{FRONT, TWELVE, Tree};

/// A source that gives as much at once as it likes, and is interrupted where it gives nothing.
struct Fitful {
    text: Cursor<Vec<u8>>,
    sizes: Vec<usize>,
    turn: usize,
}

impl Read for Fitful {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes[self.turn % self.sizes.len()].min(buffer.len());
        self.turn += 1;
        if size == 0 { Err(io::ErrorKind::Interrupted.into()) } else { self.text.read(&mut buffer[..size]) }
    }
}

/// How much a source gives at once. The last is never nothing, so that there is an end.
fn sizes() -> impl Strategy<Value = Vec<usize>> {
    let size = prop_oneof![Just(0), 1usize..2000, BLOCK - 2..BLOCK + 3];
    (prop::collection::vec(size, 0..5), 1usize..BLOCK + 2).prop_map(|(mut sizes, last)| {
        sizes.push(last);
        sizes
    })
}

/// A text whose lines are short, as long as a block, or about as long as any line may be. Each line has its own letter.
fn a_text() -> impl Strategy<Value = Vec<u8>> {
    let length = prop_oneof![
        20 => 0usize..200,
        2 => 0usize..100_000,
        2 => BLOCK - 3..BLOCK + 3,
        1 => LONGEST_LINE - 2..LONGEST_LINE + 4,
    ];
    let line = (length, select(&["\n", "\n", "\r\n"][..]));
    (prop::collection::vec(line, 0..30), any::<bool>()).prop_map(|(lines, ends_in_a_line_feed)| {
        let mut text = Vec::new();
        for ((length, end), letter) in lines.into_iter().zip((b'a'..=b'z').cycle()) {
            text.resize(text.len() + length, letter);
            text.extend(end.bytes());
        }
        if !ends_in_a_line_feed {
            text.pop();
        }
        text
    })
}

/// The lines of a text with their line feeds.
fn lines_of(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

/// The lines that a part of a text gives, and whether the last one is unfinished. The part begins and ends at these bytes.
fn part(text: &[u8], [start, end]: [usize; 2], sizes: &[usize], buffers: &mut [Vec<u8>; 2]) -> (Vec<Vec<u8>>, bool) {
    // As segments are opened: the byte before the first one tells whether a line begins there.
    let from = start.saturating_sub(1);
    let source = Fitful { text: Cursor::new(text[from..].to_vec()), sizes: sizes.to_vec(), turn: 0 };
    let [read, block] = buffers;
    let mut stream = Stream::part(Box::new(source), start > 0, (end - from) as u64, std::mem::take(read));
    let (mut found, mut is_unfinished) = (Vec::new(), false);
    while let Some(block) = stream.next_block(block).unwrap() {
        assert!(!block.text.is_empty() && !is_unfinished, "a block without lines, or behind the last one");
        found.extend(lines_of(block.text).into_iter().map(<[u8]>::to_vec));
        is_unfinished = block.is_unfinished;
    }
    *read = stream.into_buffer();
    (found, is_unfinished)
}

/// The lines that were found are those of the text; of one that is too long the beginning is enough.
fn are_the_lines_of(text: &[u8], found: &[Vec<u8>], is_unfinished: bool) {
    let expected = lines_of(text);
    assert_eq!(found.len(), expected.len(), "lines");
    for (found, expected) in found.iter().zip(&expected) {
        let is_long = expected.strip_suffix(b"\n").unwrap_or(expected).len() > LONGEST_LINE;
        let is_read = if is_long { found.len() > LONGEST_LINE && expected.starts_with(found) } else { found == expected };
        assert!(is_read, "{} bytes against {}", found.len(), expected.len());
    }
    let last = expected.last().filter(|last| !last.ends_with(b"\n"));
    // Of one that is hardly too long, a mark at its beginning and a carriage return at its end may be what is too much.
    if last.is_none_or(|last| !(LONGEST_LINE + 1..LONGEST_LINE + 5).contains(&last.len())) {
        assert_eq!(is_unfinished, last.is_some_and(|last| last.len() <= LONGEST_LINE), "whether the last line is unfinished");
    }
}

/// What stands in a log, one line of it.
#[derive(Debug, Clone, Copy)]
enum Piece {
    Login,
    /// A record with a quoted column, ended by a line feed alone.
    Quoted,
    Comment(usize),
    Blank,
    Garbage(usize),
}

impl Piece {
    fn text(self) -> String {
        let login = "2026-03-12T07:30:00.000Z,00000000000000A1,2,10.0.0.11:993,203.0.113.5:50001,bob,20,30,40,login,bob *****,";
        match self {
            Self::Login => format!("{login}R=ok\r\n"),
            Self::Quoted => format!("{login}\"R=\"\"z NO no, and \"\"\"\"no\"\"\"\"\"\";ErrMsg=ProxyFailed\"\n"),
            Self::Comment(length) => format!("#{}\r\n", "c".repeat(length)),
            Self::Blank => "\r\n".to_owned(),
            Self::Garbage(length) => format!("{}\n", "g".repeat(length)),
        }
    }

    /// Records, headers, blank and skipped lines.
    fn counts(self) -> [u64; 4] {
        match self {
            Self::Login | Self::Quoted => [1, 0, 0, 0],
            Self::Comment(length) => {
                if length + 1 > LONGEST_LINE {
                    [0, 0, 0, 1]
                } else {
                    [0, 1, 0, 0]
                }
            }
            Self::Blank => [0, 0, 1, 0],
            Self::Garbage(_) => [0, 0, 0, 1],
        }
    }
}

fn a_piece() -> impl Strategy<Value = Piece> {
    prop_oneof![
        4 => Just(Piece::Login),
        4 => Just(Piece::Quoted),
        2 => (0usize..2000).prop_map(Piece::Comment),
        1 => (BLOCK - 3..BLOCK + 1).prop_map(Piece::Comment),
        1 => (LONGEST_LINE - 3..LONGEST_LINE + 2).prop_map(Piece::Comment),
        2 => Just(Piece::Blank),
        1 => (1usize..300).prop_map(Piece::Garbage),
        1 => (LONGEST_LINE - 3..LONGEST_LINE + 3).prop_map(Piece::Garbage),
    ]
}

/// A log of a few lines that lie at this byte of the file, behind a hole of zeros, which is one line and costs no room on most disks.
fn log_with_a_hole(lines: &str, at: u64) -> Tree {
    let tree = Tree::of(FRONT, format!("{TWELVE}\r\n"));
    let mut file = File::options().write(true).open(tree.at(FRONT)).unwrap();
    file.seek(SeekFrom::Start(at - 1)).unwrap();
    file.write_all(b"\n").unwrap();
    file.write_all(lines.as_bytes()).unwrap();
    tree
}

#[test]
fn a_line_that_is_too_long_is_skipped_wherever_it_is_cut_off() {
    // What is left of it begins with a mark or ends in a carriage return; without these it would be short enough.
    let start = "2026-03-12T07:30:00.000Z,A1,0,10.0.0.11:993,203.0.113.5:50001,bob,20,30,40,login,bob *****,R=ok;X=";
    for (mark, middle) in [("", "\r"), ("\u{feff}", "")] {
        // Its end lies in the buffer when it is cut off, or not.
        for rest in [100_000, 600_000] {
            let (upto, behind) = ("x".repeat(LONGEST_LINE - start.len()), "y".repeat(rest));
            let log = format!("{TWELVE}\r\n{mark}{start}{upto}{middle}{behind}\r\n");
            let report = analyze(Tree::of(FRONT, log).path());
            let found = ["lines", "records", "headers", "skipped"].map(|name| number(&report, &format!("/input/{name}")));
            assert_eq!(found, [2, 0, 1, 1], "{rest} bytes behind {middle:?}, a mark of {} bytes", mark.len());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn each_line_is_in_one_part_wherever_parts_begin(text in a_text(), cuts in prop::collection::vec(any::<Index>(), 0..5), sizes in sizes()) {
        let mut borders: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).chain([0, text.len()]).collect();
        borders.sort_unstable();
        borders.dedup();
        let (mut found, mut is_unfinished, mut buffers) = (Vec::new(), false, Default::default());
        for border in borders.windows(2) {
            let (lines, breaks_off) = part(&text, [border[0], border[1]], &sizes, &mut buffers);
            assert!(!is_unfinished || lines.is_empty());
            found.extend(lines);
            is_unfinished |= breaks_off;
        }
        are_the_lines_of(&text, &found, is_unfinished);
    }

    #[test]
    fn a_stream_gives_each_line_once_however_its_source_gives_it(text in a_text(), sizes in sizes()) {
        let source = Fitful { text: Cursor::new(text.clone()), sizes, turn: 0 };
        let (mut stream, mut buffer) = (Stream::new(Box::new(source), Encoding::Utf8), Vec::new());
        let (mut found, mut is_unfinished) = (Vec::new(), false);
        while let Some(block) = stream.next_block(&mut buffer).unwrap() {
            found.extend(lines_of(block.text).into_iter().map(<[u8]>::to_vec));
            is_unfinished = block.is_unfinished;
        }
        assert_eq!(stream.bytes(), text.len() as u64);
        are_the_lines_of(&text, &found, is_unfinished);
    }
}

proptest! {
    // Each case is a run of the program over 32 MiB or more.
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 24, max_shrink_iters: 50, ..ProptestConfig::default() })]

    #[test]
    fn lines_across_a_border_between_segments_are_counted_once(
        pieces in prop::collection::vec(a_piece(), 1..25), border in 1..=2u64, before in any::<Index>(),
    ) {
        let lines: String = pieces.iter().map(|piece| piece.text()).collect();
        let tree = log_with_a_hole(&lines, border * SEGMENT - before.index(lines.len() + 1) as u64);
        let report = analyze(tree.path());
        let expected = pieces.iter().fold([0, 1, 0, 1], |sum, piece| {
            let counts = piece.counts();
            [0, 1, 2, 3].map(|place| sum[place] + counts[place])
        });
        let found = ["records", "headers", "blank", "skipped"].map(|name| number(&report, &format!("/input/{name}")));
        prop_assert_eq!(found, expected);
        prop_assert_eq!(number(&report, "/input/lines"), pieces.len() as u64 + 2);
        prop_assert_eq!(number(&report, "/logins/frontend/attempts"), expected[0]);
    }
}
