//! Log lines as they were pasted: one explained in full, the others in a line each, and what could not be read.

use crate::explain::Explanation;
use crate::explain::line::{self, Explained};
use crate::explain::paste::Paste;
use crate::text::{TerminalText, counted, padded, truncated};

/// So many of the lines that were not read are shown.
const SHOWN: usize = 3;

/// So wide are the columns of a row: time, session, command.
const WIDTHS: [usize; 3] = [24, 16, 14];

/// So wide is the rest of a row, and a line that was not read.
const LONGEST: usize = 72;

/// Explains pasted lines, if any of them is a record: in full the first login that failed, else the first record.
pub(super) fn explain(text: &str) -> Option<Explanation> {
    let paste = Paste::of(text);
    let (mut records, mut unread) = (Vec::new(), paste.unread);
    for record in paste.records {
        match line::explain(&record.text) {
            Some(explained) => records.push(explained),
            None => unread.extend(record.lines),
        }
    }
    unread.sort();
    let told = records.iter().position(|record| record.is_failed_login).unwrap_or_default();
    let mut explanation = records.get(told)?.explanation.clone();
    if records.len() > 1 {
        explanation.text.push_str(&rows(&records, told));
    }
    if !unread.is_empty() {
        explanation.text.push_str(&not_read(&unread));
    }
    Some(explanation)
}

/// All records in their order, a line each.
fn rows(records: &[Explained], told: usize) -> String {
    let mut text = format!("\n## All {} that were pasted\n", counted(records.len() as u64, "record", "records"));
    for (at, Explained { row: [time, session, command, outcome], .. }) in records.iter().enumerate() {
        let columns = [time, session, command].map(|text| TerminalText::new(text));
        let columns = columns.iter().zip(WIDTHS).map(|(text, width)| padded(text.as_str(), width)).collect::<Vec<_>>().join("  ");
        let outcome = TerminalText::new(outcome);
        let above = if at == told { "  (explained above)" } else { "" };
        text.push_str(&format!("{columns}  {}{above}\n", truncated(outcome.as_str(), LONGEST)));
    }
    text.push_str("To see another one in full, paste it alone.\n");
    text
}

/// How many lines are part of no record, and the first of them.
fn not_read(unread: &[(usize, String)]) -> String {
    let lines = counted(unread.len() as u64, "line holds", "lines hold");
    let mut text = format!("\n## Not read\n{lines} no record");
    text.push_str(if unread.len() > SHOWN { ". The first of them:\n" } else { ":\n" });
    for (number, line) in unread.iter().take(SHOWN) {
        let line = TerminalText::new(line);
        text.push_str(&format!("{:<11} {}\n", format!("line {number}"), truncated(line.as_str(), LONGEST)));
    }
    text
}
