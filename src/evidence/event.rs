//! Which events matter, and how a record of an event log becomes a fact, whatever format it came in.
//!
//! A log holds many records that say nothing about logins. [`matters`] is the one list of those that are kept; of the rest
//! only how far they reach in time is told, as an [`EventSpan`].

use std::collections::BTreeMap;

use crate::evidence::cmdlet_event;
use crate::evidence::date::Stamp;
use crate::evidence::fact::{Event, EventSpan, Fact, What};
use crate::location::Location;

/// The most events that are kept of one file.
pub(crate) const MOST_EVENTS: usize = 200_000;

/// The most pairs of channel and computer whose span is told: a file of forwarded events holds many computers.
const MOST_SPANS: usize = 1000;

/// The most text of one event that is kept, in bytes for each value.
const MOST_TEXT: usize = 16 << 10;

/// Whether an event can matter to a diagnosis.
pub fn matters(provider: &str, id: u32, texts: &[String]) -> bool {
    let is = |name: &str| provider.eq_ignore_ascii_case(name);
    let is_about_the_services = || {
        texts.iter().any(|text| {
            let low = text.to_ascii_lowercase();
            low.contains("imap") || low.contains("pop3")
        })
    };
    match id {
        _ if is("MSExchange CmdletLogs") || is("Schannel") => true,
        _ if provider.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("MSExchange")) => {
            provider.to_ascii_lowercase().contains("imap4")
                || provider.to_ascii_lowercase().contains("pop3")
                || is_about_the_services()
        }
        // A failed logon.
        4625 => true,
        // The system started, stopped, or stopped without a word.
        41 | 1074 | 6005 | 6006 | 6008 | 6009 => {
            is("EventLog") || is("User32") || is("USER32") || is("Microsoft-Windows-Kernel-Power")
        }
        _ if is("Service Control Manager") => is_about_the_services(),
        _ => false,
    }
}

/// A record as a format's reader found it.
#[derive(Debug, Default)]
pub(crate) struct Raw {
    pub(crate) channel: String,
    pub(crate) provider: String,
    pub(crate) id: u32,
    pub(crate) computer: String,
    pub(crate) record: Option<u64>,
    pub(crate) time: Option<Stamp>,
    pub(crate) texts: Vec<String>,
}

/// Collects the events of one file.
#[derive(Debug, Default)]
pub(crate) struct Events {
    facts: Vec<Fact>,
    spans: BTreeMap<(String, String), (EventSpan, Location)>,
    left_out: u64,
}

impl Events {
    pub(crate) fn add(&mut self, raw: Raw, location: Location) {
        let at = raw.time.as_ref().and_then(Stamp::moment);
        self.widen(&raw, at, &location);
        if !matters(&raw.provider, raw.id, &raw.texts) {
            return;
        }
        if self.facts.len() >= MOST_EVENTS {
            self.left_out += 1;
            return;
        }
        let texts: Vec<String> = raw.texts.into_iter().map(shortened).collect();
        let cmdlet = cmdlet_event::cmdlet(&raw.provider, raw.id, &texts);
        let server = (!raw.computer.is_empty()).then(|| raw.computer.clone());
        let event = Event {
            channel: raw.channel,
            provider: raw.provider,
            id: raw.id,
            computer: raw.computer,
            record: raw.record,
            time: raw.time.map(|stamp| stamp.date),
            texts,
            cmdlet,
        };
        self.facts.push(Fact { at, server, location, what: What::Event(event) });
    }

    fn widen(&mut self, raw: &Raw, at: Option<i64>, location: &Location) {
        let key = (raw.channel.clone(), raw.computer.clone());
        if self.spans.len() >= MOST_SPANS && !self.spans.contains_key(&key) {
            return;
        }
        let (span, _) = self.spans.entry(key).or_insert_with(|| {
            let span =
                EventSpan { channel: raw.channel.clone(), computer: raw.computer.clone(), from: None, to: None, records: 0 };
            (span, location.clone())
        });
        span.records += 1;
        if let Some(at) = at {
            span.from = Some(span.from.map_or(at, |from| from.min(at)));
            span.to = Some(span.to.map_or(at, |to| to.max(at)));
        }
    }

    /// The facts, by time and record; records come unordered where a log's chunks were used again. Then the reason why some
    /// were left out, if any were.
    pub(crate) fn into_facts(mut self) -> (Vec<Fact>, Option<String>) {
        self.facts.sort_by_key(|fact| (fact.at, fact.location.line));
        for ((_, computer), (span, location)) in self.spans {
            let server = (!computer.is_empty()).then_some(computer);
            self.facts.push(Fact { at: span.to, server, location, what: What::EventSpan(span) });
        }
        let reason = format!("{} more events than the {MOST_EVENTS} that are kept of one file", self.left_out);
        (self.facts, (self.left_out > 0).then_some(reason))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }
}

fn shortened(mut text: String) -> String {
    if let Some(end) = (0..=MOST_TEXT).rev().find(|end| text.is_char_boundary(*end)).filter(|end| *end < text.len()) {
        text.truncate(end);
        text.push('…');
    }
    text
}
