//! What is said on standard error: the one door to it, because names of files and paths come from strangers too.

use std::fmt::Display;
use std::io::{self, Write};

use crate::text::TerminalText;

/// Says something that no report holds. Line ends stay; whatever else could do harm on a terminal is shown instead of done.
pub(super) fn tell(words: impl Display) {
    let words = words.to_string();
    let lines: Vec<_> = words.split('\n').map(|line| TerminalText::new(line).to_string()).collect();
    // Nothing can be done, and nobody told, if standard error is closed.
    let _ = writeln!(io::stderr(), "exlog: {}", lines.join("\n"));
}
