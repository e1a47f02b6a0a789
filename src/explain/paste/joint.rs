//! What stood where a line was broken: a blank, or nothing.
//!
//! Some programs break at a blank and drop it, some keep it before the break (`format=flowed`), some break behind a fixed number of
//! characters, within words too. A line that is not full was broken at a blank. Of a full one its words tell, as far as they are
//! known; else what the other lines show. Where several blanks stood, one is put: nobody can know.

use crate::explain::paste::ending::last_column;
use crate::explain::paste::piece::Piece;
use crate::redaction::is_known_word;

/// How long a line is, in characters: with all that stands before it, and without. Marks come before a line is broken, or after.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Length {
    whole: usize,
    own: usize,
}

impl Length {
    /// The length of a line, and of what it holds of a record.
    pub(super) fn of(piece: &Piece, own: &str) -> Self {
        Self { whole: piece.width, own: own.chars().count() }
    }
}

/// A place where a line was broken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Joint<'p> {
    /// The line before.
    pub(super) length: Length,
    /// What the line before holds.
    pub(super) left: &'p str,
    /// What the next one holds.
    pub(super) right: &'p str,
}

/// How the lines of a paste were broken.
#[derive(Debug)]
pub(super) struct Wrap {
    /// The longest lines that go on.
    longest: Length,
    /// Some line that goes on is shorter: whatever broke them did it at blanks.
    is_at_blanks: bool,
    /// Each shorter line had no room for the word that begins the next one. If not, the longest is one long word.
    is_full: bool,
}

/// The columns that hold arguments, and what came of the command.
const USER: usize = 5;
const PARAMETERS: usize = 10;
const CONTEXT: usize = 11;

impl Wrap {
    /// Looks at where lines are broken.
    pub(super) fn of(joints: &[Joint<'_>]) -> Self {
        let most = |length: fn(&Length) -> usize| joints.iter().map(|joint| length(&joint.length)).max().unwrap_or_default();
        let longest = Length { whole: most(|length| length.whole), own: most(|length| length.own) };
        let mut wrap = Self { longest, is_at_blanks: false, is_full: true };
        for joint in joints {
            if wrap.fills(joint.length, 0) || joint.left.ends_with(' ') {
                continue;
            }
            wrap.is_at_blanks = true;
            wrap.is_full &= wrap.fills(joint.length, 1 + length_of_first(joint.right));
        }
        wrap
    }

    /// Whether a line would be as long as the longest ones with so many characters more.
    fn fills(&self, length: Length, more: usize) -> bool {
        length.whole + more >= self.longest.whole || length.own + more >= self.longest.own
    }

    /// Adds the next line to a record whose last line is so long.
    pub(super) fn join(&self, record: &mut String, length: Length, next: &str) {
        let (place, _) = last_column(record);
        if !matches!(place, USER | PARAMETERS | CONTEXT) {
            record.truncate(record.trim_end().len());
            record.push_str(next.trim_start());
            return;
        }
        let is_there = record.ends_with(char::is_whitespace) || next.starts_with(char::is_whitespace);
        if !is_there && self.stood_a_blank(record, length, next) {
            record.push(' ');
        }
        record.push_str(next);
    }

    fn stood_a_blank(&self, before: &str, length: Length, next: &str) -> bool {
        if !self.fills(length, 0) {
            return true;
        }
        by_words(before, next).unwrap_or_else(|| {
            let joined = length_of_last(before) + length_of_first(next);
            // A word that fits into a line is not broken by what breaks at blanks.
            self.is_at_blanks && (!self.is_full || joined <= self.longest.own)
        })
    }
}

fn length_of_first(text: &str) -> usize {
    text.split_whitespace().next().map_or(0, |word| word.chars().count())
}

fn length_of_last(text: &str) -> usize {
    text.split_whitespace().next_back().map_or(0, |word| word.chars().count())
}

/// Whether a blank stood there, as far as what stands before and behind tells.
fn by_words(before: &str, next: &str) -> Option<bool> {
    let (place, column) = last_column(before);
    let told = if place == CONTEXT { in_context(before, next) } else { in_parameters(before, column, next) };
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let left = before.get(before.trim_end_matches(is_of_word).len()..).unwrap_or_default();
    let right = next.get(..next.len() - next.trim_start_matches(is_of_word).len()).unwrap_or_default();
    told.or_else(|| {
        // Names may be made of words.
        let is_name = place == USER || column.rsplit([';', ',']).next().is_some_and(|segment| segment.contains("User: "));
        if is_name || next.get(right.len()..).is_some_and(|rest| rest.starts_with(['@', '\\'])) {
            return None;
        }
        let ended = before.trim_end_matches(['.', ':']);
        let ended = ended.get(ended.trim_end_matches(is_of_word).len()..).unwrap_or_default();
        let left_is_known = is_known_word(if left.is_empty() { ended } else { left });
        let both = left_is_known && is_known_word(right) && (place == CONTEXT || left.len().min(right.len()) > 1);
        match (both, !left.is_empty() && is_known_word(&format!("{left}{right}"))) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        }
    })
}

fn in_parameters(before: &str, column: &str, next: &str) -> Option<bool> {
    let is_letter = next.starts_with(char::is_alphabetic);
    if column.is_empty() {
        // POP's mechanism stands behind a blank.
        return Some(before.ends_with(",auth,") && is_letter);
    }
    if next.starts_with("**") {
        // So do the stars of a password.
        return Some(!before.ends_with('*'));
    }
    if next.starts_with('*') && before.ends_with('"')
        || next.starts_with('(')
        || ["\"\"*", "\"\"%"].iter().any(|all| next.starts_with(all))
    {
        return Some(!before.ends_with('('));
    }
    // Folders and people have names of several words, which begin with capitals; so do the parts of Exchange's own accounts.
    let is_new = before.ends_with(|c: char| c.is_lowercase()) && next.starts_with(|c: char| c.is_uppercase());
    (is_new && !before.ends_with("Health") || (before.ends_with(',') || before.ends_with(":*")) && is_letter).then_some(true)
}

fn in_context(before: &str, next: &str) -> Option<bool> {
    if next.starts_with(['"', ';', ',', '.', ']', ':', '=', '\\']) {
        return Some(false);
    }
    let segment = before.rsplit([';', '"', ',']).next().unwrap_or_default();
    let last = segment.split_whitespace().next_back().unwrap_or_default();
    let is_key = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let key = next.split('=').next().filter(|key| key.len() < next.len() && is_key(key));
    if key.is_some_and(|key| key != "Proxy") && is_key(segment) || segment.contains("ErrMsg=") || last.contains("Error=") {
        return Some(last.contains("Error=") && next.starts_with("Proxy="));
    }
    if before.ends_with(']')
        || next.starts_with('[')
        || next.starts_with("Proxy=")
        || ["User:", "Error."].iter().any(|end| before.ends_with(end))
    {
        return Some(true);
    }
    if before.ends_with('*') {
        // The mark of an untagged line of the answer.
        return Some(last.ends_with("n*") || last == "*");
    }
    // Codes are written as one: `LogonFailed:LogonDenied`.
    let is_note = before.rfind("Msg=") > before.rfind("R=");
    let is_hump = before.ends_with(|c: char| c.is_lowercase()) && next.starts_with(|c: char| c.is_uppercase());
    if is_note && is_hump && last == segment {
        return Some(false);
    }
    let is_masked = last.contains('<') && !last.contains('>');
    let is_target = !is_masked && ["Proxy:", "Proxy="].iter().any(|proxy| last.contains(proxy));
    if before.ends_with(['"', ';', '=', '[', '(', '\\']) || is_target {
        return Some(false);
    }
    let status = next.split(' ').next().filter(|word| word.len() < next.len() && ["NO", "OK", "BAD"].contains(word));
    // The client's own tag stands before it; a plus is none.
    (status.is_some() && !matches!(last, "" | "+") && last == segment && !segment.contains('=')).then_some(true)
}
