//! Windows event logs (`.evtx`) → events. The one door to the `evtx` crate.
//!
//! The crate reads one record at a time; a damaged record costs itself, a damaged chunk its records. Records are numbered, not
//! on lines: a location's line is the record's number.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use evtx::{EvtxParser, ParserSettings};

use crate::evidence::event::Events;
use crate::evidence::event_xml;
use crate::evidence::skips::Skips;
use crate::location::Location;

/// Whether the bytes begin like an event log.
pub(crate) fn is_event_log(bytes: &[u8]) -> bool {
    bytes.starts_with(b"ElfFile\0")
}

/// Reads every record, and says which could not be read and why.
pub(crate) fn read(bytes: &[u8], events: &mut Events, location: impl Fn(u64) -> Location) -> Skips {
    let mut skips = Skips::default();
    // The bytes are hostile and the crate is large: should it panic, what was read until then still counts.
    let outcome = catch_unwind(AssertUnwindSafe(|| read_records(bytes, events, &location, &mut skips)));
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(reason)) => skips.push(0, reason),
        Err(_) => skips.push(0, "the event log is damaged in a way that ends its reading"),
    }
    skips
}

fn read_records(bytes: &[u8], events: &mut Events, location: &impl Fn(u64) -> Location, skips: &mut Skips) -> Result<(), String> {
    let mut parser =
        EvtxParser::from_read_seek(Cursor::new(bytes)).map_err(|error| format!("no event log: {}", innermost(&error)))?;
    parser = parser.with_configuration(ParserSettings::default().num_threads(1).indent(false));
    for record in parser.records() {
        match record {
            Ok(record) => {
                let number = record.event_record_id;
                let event = record.data.find("<Event").and_then(|start| record.data.get(start..)).unwrap_or_default();
                match event_xml::one(event, "") {
                    Ok(raw) => events.add(raw, location(number)),
                    Err(reason) => skips.push(number, reason),
                }
            }
            Err(error) => skips.push(0, format!("a damaged record: {}", innermost(&error))),
        }
    }
    Ok(())
}

/// The words of the innermost error: the outer ones name the crate's own functions.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string().lines().next().unwrap_or_default().to_owned()
}
