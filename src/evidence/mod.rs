//! Bytes of one file → facts about certificates, settings, health and events, found by content.
//!
//! One file for each kind of source; to add a kind: one new file, one line in `SOURCES`, its test. Malformed evidence is
//! skipped with its reason and never an error. What a fact means for a diagnosis is not decided here.

pub mod chain;
pub mod date;
pub mod event;
pub mod fact;

mod certificate;
mod clixml;
mod cmdlet_event;
mod cmdlet_output;
mod csv_table;
mod event_log;
mod event_rows;
mod event_xml;
mod format_list;
mod format_table;
mod json_table;
mod pkcs7;
mod prompt;
mod redacted;
mod s_client;
mod skips;
mod table;
pub(crate) mod text_lines;

use std::borrow::Cow;
use std::sync::Arc;

use crate::evidence::event::Events;
use crate::evidence::fact::Fact;
use crate::evidence::skips::Skips;
use crate::evidence::table::Row;
use crate::evidence::text_lines::decoded;
use crate::location::Location;

/// The largest file that is worth reading; the caller refuses larger ones with this as the reason.
pub const MOST_BYTES: u64 = 512 << 20;

/// How much of a file [`could_be`] wants to see.
pub const BEGINNING: usize = 64 << 10;

/// What one file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The facts, in the order of the file.
    pub facts: Vec<Fact>,
    /// What the file is, e.g. `event log` or `Get-ImapSettings output`; `None` if it is no evidence.
    pub kind: Option<&'static str>,
    /// Parts that could not be read, each with its reason.
    pub skipped: Vec<(Location, String)>,
}

/// A file, as its bytes and as text.
struct Content<'a> {
    file: &'a Arc<str>,
    bytes: &'a [u8],
    text: Cow<'a, str>,
}

/// One kind of source: how it is known, how large it may be (those that are read as a whole, less), and how it is read.
struct Source {
    holds: fn(&Content<'_>) -> bool,
    most: u64,
    read: fn(&Content<'_>, &mut Reading),
}

impl Source {
    const fn new(most: u64, holds: fn(&Content<'_>) -> bool, read: fn(&Content<'_>, &mut Reading)) -> Self {
        Self { holds, most, read }
    }
}

/// Every kind of source. A file is read by the first that knows it, but certificates can stand in any text.
const SOURCES: [Source; 7] = [
    Source::new(MOST_BYTES, |content| event_log::is_event_log(content.bytes), read_event_log),
    Source::new(16 << 20, |content| certificate::is_der(content.bytes), certificate::read_der),
    Source::new(128 << 20, |content| clixml::is_clixml(&content.text), read_clixml),
    Source::new(MOST_BYTES, |content| event_xml::is_event_xml(&content.text), read_event_xml),
    Source::new(
        128 << 20,
        |content| json_table::is_json(&content.text),
        |content, reading| reading.take_rows(content, |sink| json_table::rows(&content.text, sink)),
    ),
    Source::new(
        MOST_BYTES,
        |content| csv_table::is_csv(&content.text),
        |content, reading| reading.take_rows(content, |sink| csv_table::rows(&content.text, sink)),
    ),
    Source::new(128 << 20, |content| is_text(&content.text), read_text),
];

/// Reads a whole file. Any bytes will do: what is no evidence gives an empty reading.
pub fn read(file: &Arc<str>, bytes: &[u8]) -> Reading {
    let content = Content::new(file, bytes);
    let mut reading = Reading::default();
    match SOURCES.iter().find(|source| (source.holds)(&content)) {
        Some(source) if bytes.len() as u64 > source.most => {
            reading.skip(&content, 0, format!("larger than the {} MiB to which such files are read", source.most >> 20));
        }
        Some(source) => (source.read)(&content, &mut reading),
        None => {}
    }
    reading
}

/// Whether a file can be evidence, by its first [`BEGINNING`] bytes: a cheap look, so that large unrelated files are not read.
pub fn could_be(beginning: &[u8]) -> bool {
    let no_name = Arc::from("");
    let content = Content::new(&no_name, beginning);
    SOURCES.iter().any(|source| (source.holds)(&content))
}

/// Whether a name is one of those that tell output which matters.
fn is_known_name(name: &str) -> bool {
    cmdlet_output::NAMES.iter().chain(&event_rows::NAMES).any(|known| known.eq_ignore_ascii_case(name))
}

impl<'a> Content<'a> {
    fn new(file: &'a Arc<str>, bytes: &'a [u8]) -> Self {
        let is_binary = event_log::is_event_log(bytes) || certificate::is_der(bytes);
        Self { file, bytes, text: if is_binary { Cow::Borrowed("") } else { decoded(bytes) } }
    }

    fn at(&self, line: u64) -> Location {
        Location { file: Arc::clone(self.file), line }
    }

    /// The last part of the file's name.
    fn file_name(&self) -> &str {
        self.file.rsplit(['/', '\\']).next().unwrap_or_default()
    }
}

impl Reading {
    fn skip(&mut self, content: &Content<'_>, line: u64, reason: impl Into<String>) {
        self.skipped.push((content.at(line), reason.into()));
    }

    fn skip_all(&mut self, content: &Content<'_>, skips: Skips) {
        self.skipped.extend(skips.into_parts().into_iter().map(|(line, reason)| (content.at(line), reason)));
    }

    /// Adds what the rows say; rows that say nothing of interest are no evidence and no harm.
    fn take_rows(&mut self, content: &Content<'_>, rows: impl FnOnce(&mut dyn FnMut(Row)) -> Skips) {
        let (mut events, mut skips) = (Events::default(), Skips::default());
        let damaged = rows(&mut |row: Row| {
            let location = content.at(row.line);
            match (event_rows::event(&row), cmdlet_output::fact(&row, content.file_name(), &location)) {
                (Some(Ok(raw)), _) => events.add(raw, location),
                (Some(Err(reason)), _) => skips.push(row.line, reason),
                (None, Some((fact, kind))) => {
                    self.name(kind);
                    match fact {
                        Ok(fact) => self.facts.push(fact),
                        Err(reason) => skips.push(row.line, reason),
                    }
                }
                (None, None) => {}
            }
        });
        skips.append(damaged);
        self.take_events(content, events, "event log export");
        // Damage matters only in a file that is evidence.
        if self.kind.is_some() {
            self.skip_all(content, skips);
        }
    }

    fn take_events(&mut self, content: &Content<'_>, events: Events, kind: &'static str) {
        if !events.is_empty() {
            self.name(kind);
        }
        let (facts, left_out) = events.into_facts();
        self.facts.extend(facts);
        left_out.into_iter().for_each(|reason| self.skip(content, 0, reason));
    }

    fn name(&mut self, kind: &'static str) {
        self.kind = match self.kind {
            Some(known) if known != kind => Some("output of several commands"),
            _ => Some(kind),
        };
    }
}

fn read_event_log(content: &Content<'_>, reading: &mut Reading) {
    let mut events = Events::default();
    let skips = event_log::read(content.bytes, &mut events, |number| content.at(number));
    reading.take_events(content, events, "event log");
    reading.name("event log");
    reading.skip_all(content, skips);
}

fn read_event_xml(content: &Content<'_>, reading: &mut Reading) {
    let mut events = Events::default();
    let skips = event_xml::read(&content.text, &mut events, |line| content.at(line));
    reading.take_events(content, events, "event log export");
    reading.name("event log export");
    reading.skip_all(content, skips);
}

fn read_clixml(content: &Content<'_>, reading: &mut Reading) {
    match clixml::rows(&content.text) {
        Ok(rows) => reading.take_rows(content, |sink| {
            rows.into_iter().for_each(sink);
            Skips::default()
        }),
        Err((line, reason)) => {
            reading.name("CLIXML");
            reading.skip(content, line, reason);
        }
    }
}

/// Whether a text shows anything that cmdlets, event tools or certificate tools write.
fn is_text(text: &str) -> bool {
    certificate::is_pem(text) || text.lines().any(is_telling)
}

/// A line `Name : value` with a known name, or the headings of a table with two of them.
fn is_telling(line: &str) -> bool {
    let is_property = || line.split_once(':').is_some_and(|(name, _)| name.len() <= 64 && is_known_name(name.trim()));
    let is_heading = || line.len() < 4096 && line.split_whitespace().filter(|word| is_known_name(word)).count() >= 2;
    is_property() || is_heading()
}

fn read_text(content: &Content<'_>, reading: &mut Reading) {
    reading.take_rows(content, |sink| {
        format_list::rows(&content.text, &mut *sink);
        format_table::rows(&content.text, sink)
    });
    reading.facts.sort_by_key(|fact| fact.location.line);
    if certificate::is_pem(&content.text) {
        certificate::read_pem(content, reading);
    }
}

#[cfg(test)]
mod tests;
