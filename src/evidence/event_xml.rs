//! Events as XML: `wevtutil qe … /f:xml` (many roots, no document), Event Viewer's `<Events>`, and what `evtx` renders.
//!
//! Each event is read for itself, so that a damaged one costs itself only. Name spaces are not looked at: exports lose them.

use roxmltree::{Document, Node, ParsingOptions};

use crate::evidence::clixml::{LocalName, words};
use crate::evidence::date;
use crate::evidence::event::{Events, Raw};
use crate::evidence::skips::Skips;
use crate::evidence::text_lines::Lines;
use crate::location::Location;

/// The most nodes of one event.
const MOST_NODES: u32 = 20_000;

/// The longest name-space prefix.
const LONGEST_PREFIX: usize = 32;

/// The largest event in bytes.
const MOST_BYTES: usize = 4 << 20;

/// Whether the text begins like events in XML.
pub(crate) fn is_event_xml(text: &str) -> bool {
    let beginning = text.trim_start();
    beginning.starts_with('<') && next_event(beginning).is_some_and(|(start, _)| start < 4096)
}

/// Reads every event, and says which could not be read and why.
pub(crate) fn read(text: &str, events: &mut Events, location: impl Fn(u64) -> Location) -> Skips {
    let mut skips = Skips::default();
    let mut lines = Lines::new(text);
    let mut at = 0;
    while let Some((start, prefix)) = text.get(at..).and_then(next_event).map(|(start, prefix)| (at + start, prefix)) {
        let line = lines.at(start);
        let end_tag = format!("</{prefix}Event>");
        let Some(length) = text.get(start..).and_then(|rest| rest.find(&end_tag)).map(|length| length + end_tag.len()) else {
            skips.push(line, "the event has no end: the file may be cut");
            break;
        };
        at = start + length;
        match text.get(start..at).ok_or_else(String::new).and_then(|event| one(event, prefix)) {
            Ok(raw) => events.add(raw, location(line)),
            Err(reason) => skips.push(line, reason),
        }
    }
    skips
}

/// Where the next `<Event …>` begins, and its name-space prefix with the colon.
fn next_event(text: &str) -> Option<(usize, &str)> {
    memchr::memmem::find_iter(text.as_bytes(), b"Event").find_map(|place| {
        let before = text.as_bytes().get(place.saturating_sub(LONGEST_PREFIX)..place)?;
        let open = place - before.len() + memchr::memrchr(b'<', before)?;
        let prefix = text.get(open + 1..place)?;
        let is_prefix = prefix.is_empty()
            || prefix.strip_suffix(':').is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let is_tag = text.as_bytes().get(place + 5).is_some_and(|byte| matches!(byte, b'>' | b' ' | b'\r' | b'\n' | b'\t'));
        (is_prefix && is_tag).then_some((open, prefix))
    })
}

/// Reads one event from `<Event` to `</Event>`.
pub(crate) fn one(event: &str, prefix: &str) -> Result<Raw, String> {
    if event.len() > MOST_BYTES {
        return Err("larger than any event can be".to_owned());
    }
    let wrapped;
    let text = match prefix.trim_end_matches(':') {
        "" => event,
        name => {
            wrapped = format!("<x xmlns:{name}='x'>{event}</x>");
            &wrapped
        }
    };
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| format!("no event: {}", words(&error)))?;
    let system = find(document.root(), "System").ok_or("an event without its System part")?;
    let text_of = |name: &str| find(system, name).and_then(|node| node.text()).unwrap_or_default().trim();
    let provider = find(system, "Provider");
    let attribute = |name: &str| provider.and_then(|node| node.attribute(name)).filter(|value| !value.is_empty());
    let time = find(system, "TimeCreated").and_then(|node| node.attribute("SystemTime")).map(utc);
    Ok(Raw {
        channel: text_of("Channel").to_owned(),
        provider: attribute("Name").or_else(|| attribute("EventSourceName")).unwrap_or_default().to_owned(),
        id: text_of("EventID").parse::<u32>().map_err(|_| "the event id is no number")? & 0xffff,
        computer: text_of("Computer").to_owned(),
        record: text_of("EventRecordID").parse().ok(),
        time,
        texts: texts(document.root()),
    })
}

/// `SystemTime` is UTC even where an export leaves the `Z` out.
fn utc(text: &str) -> date::Stamp {
    date::Stamp { is_zone_known: true, ..date::read(text) }
}

fn find<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.descendants().find(|node| node.has_tag_name_anywhere(name))
}

/// The values of EventData or UserData; without any, the rendered message.
fn texts(root: Node<'_, '_>) -> Vec<String> {
    let data = ["EventData", "UserData"].iter().find_map(|name| find(root, name));
    let leaves = data.into_iter().flat_map(|data| data.descendants().skip(1)).filter(|node| node.is_element());
    let leaves = leaves.filter(|node| !node.children().any(|child| child.is_element()));
    let found: Vec<String> = leaves.map(|node| node.text().unwrap_or_default().trim().to_owned()).collect();
    match found.iter().any(|text| !text.is_empty()) {
        true => found,
        false => find(root, "Message").and_then(|node| node.text()).map(|text| text.trim().to_owned()).into_iter().collect(),
    }
}
