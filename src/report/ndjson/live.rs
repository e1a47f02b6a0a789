//! What happens while logs grow, as documents: those of attempts, failure groups, outages and findings, with what became of them.

use std::io::{self, Write};

use crate::clock::rfc3339;
use crate::live::event::{Change, Event};
use crate::report::listing::Listing;
use crate::report::ndjson::analysis::{of_finding, of_group, of_outage};
use crate::report::ndjson::attempts::of_attempt;
use crate::report::ndjson::wire::{Document, Own};
use crate::report::ndjson::write_line;

/// What happens, one a line, each as it comes.
pub fn events(out: &mut dyn Write) -> impl Listing<Event> {
    Events { out }
}

struct Events<'a> {
    out: &'a mut dyn Write,
}

impl Listing<Event> for Events<'_> {
    fn add(&mut self, event: &Event) -> io::Result<()> {
        write_line(&document(event), self.out)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn document(event: &Event) -> Document<'_> {
    match event {
        Event::Attempt(attempt) => of_attempt(attempt),
        Event::Group(group) => changed(of_group(group), Change::Began.name(), None),
        Event::Outage(change, outage) => {
            let told = if let Change::Corrected(before) = change { Some(rfc3339(*before)) } else { None };
            changed(of_outage(outage), change.name(), told)
        }
        Event::Finding(story) => changed(of_finding(&story.finding), story.state.name(), None),
    }
}

fn changed<'a>(document: Document<'a>, change: &'static str, told_start: Option<String>) -> Document<'a> {
    Document { exlog: Own { change: Some(change), told_start, ..document.exlog }, ..document }
}
