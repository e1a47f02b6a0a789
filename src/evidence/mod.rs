//! Bytes of one file → facts about certificates, settings, health and events, found by content.
//!
//! One file for each kind of source; to add a kind: one new file, one line in [`SOURCES`], its test. Malformed evidence is
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
mod s_client;
mod table;
mod text_lines;

use std::borrow::Cow;
use std::sync::Arc;

use crate::evidence::event::Events;
use crate::evidence::fact::Fact;
use crate::evidence::table::Row;
use crate::evidence::text_lines::decoded;
use crate::location::Location;

/// The largest file that is worth reading; the caller refuses larger ones with this as the reason.
pub const MOST_BYTES: u64 = 512 << 20;

/// How much of a file [`could_be`] wants to see.
pub const BEGINNING: usize = 64 << 10;

/// The most parts of one file that are told as skipped, each with its reason.
const MOST_SKIPPED: usize = 1000;

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

/// One kind of source: how it is known, and how it is read.
struct Source {
    holds: fn(&Content<'_>) -> bool,
    read: fn(&Content<'_>, &mut Reading),
}

/// Every kind of source. A file is read by the first that knows it, but certificates can stand in any text.
const SOURCES: [Source; 7] = [
    Source { holds: |content| event_log::is_event_log(content.bytes), read: read_event_log },
    Source { holds: |content| certificate::is_der(content.bytes), read: certificate::read_der },
    Source { holds: |content| clixml::is_clixml(&content.text), read: read_clixml },
    Source { holds: |content| event_xml::is_event_xml(&content.text), read: read_event_xml },
    Source {
        holds: |content| json_table::is_json(&content.text),
        read: |content, reading| reading.take_rows(content, json_table::rows(&content.text)),
    },
    Source {
        holds: |content| csv_table::is_csv(&content.text),
        read: |content, reading| reading.take_rows(content, csv_table::rows(&content.text)),
    },
    Source { holds: |content| is_text(&content.text), read: read_text },
];

/// Reads a whole file. Any bytes will do: what is no evidence gives an empty reading.
pub fn read(file: &Arc<str>, bytes: &[u8]) -> Reading {
    let content = Content::new(file, bytes);
    let mut reading = Reading::default();
    if let Some(source) = SOURCES.iter().find(|source| (source.holds)(&content)) {
        (source.read)(&content, &mut reading);
    }
    let more = reading.skipped.len().saturating_sub(MOST_SKIPPED);
    if more > 0 {
        reading.skipped.truncate(MOST_SKIPPED);
        reading.skipped.push((content.at(0), format!("{more} more parts that could not be read")));
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
    fn skip(&mut self, content: &Content<'_>, parts: Vec<(u64, String)>) {
        self.skipped.extend(parts.into_iter().map(|(line, reason)| (content.at(line), reason)));
    }

    /// Adds what the rows say; rows that say nothing of interest are no evidence and no harm.
    fn take_rows(&mut self, content: &Content<'_>, (rows, skipped): (Vec<Row>, Vec<(u64, String)>)) {
        let mut events = Events::default();
        for row in rows {
            let location = content.at(row.line);
            match event_rows::event(&row) {
                Some(Ok(raw)) => events.add(raw, location),
                Some(Err(reason)) => self.skipped.push((location, reason)),
                None => match cmdlet_output::fact(&row, content.file_name(), &location) {
                    Some(Ok((fact, kind))) => {
                        self.facts.push(fact);
                        self.name(kind);
                    }
                    Some(Err(reason)) => self.skipped.push((location, reason)),
                    None => {}
                },
            }
        }
        self.take_events(content, events, "event log export");
        // Damage matters only in a file that is evidence.
        if self.kind.is_some() {
            self.skip(content, skipped);
        }
    }

    fn take_events(&mut self, content: &Content<'_>, events: Events, kind: &'static str) {
        if !events.is_empty() {
            self.name(kind);
        }
        let (facts, left_out) = events.into_facts();
        self.facts.extend(facts);
        self.skip(content, left_out.map(|reason| (0, reason)).into_iter().collect());
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
    let skipped = event_log::read(content.bytes, &mut events, |number| content.at(number));
    reading.take_events(content, events, "event log");
    reading.name("event log");
    reading.skip(content, skipped);
}

fn read_event_xml(content: &Content<'_>, reading: &mut Reading) {
    let mut events = Events::default();
    let skipped = event_xml::read(&content.text, &mut events, |line| content.at(line));
    reading.take_events(content, events, "event log export");
    reading.name("event log export");
    reading.skip(content, skipped);
}

fn read_clixml(content: &Content<'_>, reading: &mut Reading) {
    match clixml::rows(&content.text) {
        Ok(rows) => reading.take_rows(content, (rows, Vec::new())),
        Err(reason) => {
            reading.name("CLIXML");
            reading.skip(content, vec![reason]);
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
    let (mut rows, skipped) = format_table::rows(&content.text);
    rows.extend(format_list::rows(&content.text));
    rows.sort_by_key(|row| row.line);
    reading.take_rows(content, (rows, skipped));
    if certificate::is_pem(&content.text) {
        certificate::read_pem(content, reading);
    }
}

#[cfg(test)]
mod tests;
