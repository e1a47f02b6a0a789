//! What failed: the failure groups, the worst first, and the lines that prove them.

use std::io::{self, Write};

use crate::case::Case;
use crate::case::group::Group;
use crate::clock::for_people;
use crate::login::identity::ClientClass;
use crate::report::terminal::table::Table;
use crate::report::terminal::{Look, Tone};
use crate::text::{TerminalText, thousands, truncated, without_middle};

/// So many groups are shown.
const USUAL: usize = 8;

/// The length of a time stamp.
const TIME: usize = 24;

pub(super) fn write(case: &Case, look: Look, out: &mut dyn Write) -> io::Result<()> {
    if case.groups.is_empty() {
        return Ok(());
    }
    let shown = case.groups.get(..case.groups.len().min(look.rows(USUAL))).unwrap_or_default();
    look.title("Failures, the worst first", out)?;
    let mut table = Table::new(&["", "#count", "error", "?who", "?#accounts", "server", "", "#first", "?#last"]);
    for (place, group) in shown.iter().enumerate() {
        table.row(tone(group), row(place, group, look));
    }
    table.write(look, out)?;
    look.more(shown.len(), case.groups.len(), out)?;
    look.title("The lines that prove it", out)?;
    for (place, group) in shown.iter().enumerate() {
        write_proof(place, group, look, out)?;
    }
    Ok(())
}

fn tone(group: &Group) -> Tone {
    if group.is_of_outages() { Tone::Bad } else { Tone::Plain }
}

fn row(place: usize, group: &Group, look: Look) -> [String; 9] {
    let (first, last) = (for_people(group.failures.span.first, look.zone), for_people(group.failures.span.last, look.zone));
    let same_day = first.get(..10) == last.get(..10);
    [
        format!("{}", place + 1),
        thousands(group.failures.count),
        if group.key.error.is_empty() { group.key.response.to_string() } else { group.key.error.to_string() },
        match group.key.client_class {
            ClientClass::HealthMailbox => "probes".to_owned(),
            ClientClass::User => "users".to_owned(),
            ClientClass::Unknown => "no name".to_owned(),
        },
        format!("{}{}", if group.users.1 { "" } else { "~" }, thousands(group.users.0)),
        group.service.server.as_deref().unwrap_or("?").to_owned(),
        format!("{}{}", group.service.protocol.title(), if group.is_front() { "" } else { " BE" }),
        first.get(5..16).unwrap_or(&first).to_owned(),
        if same_day { last.get(11..16) } else { last.get(5..16) }.unwrap_or(&last).to_owned(),
    ]
}

fn write_proof(place: usize, group: &Group, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let class = format!("  {}  {}", place + 1, group.key.error_class);
    let target = group.key.target.as_deref().map_or_else(String::new, |target| format!(", handed over to {target}"));
    let who = match group.top_users.first() {
        Some((name, count)) if group.users.0 > 1 => format!(", most: {name} ({})", thousands(*count)),
        Some((name, _)) => format!(", {name}"),
        None => String::new(),
    };
    let from = match group.top_clients.first() {
        Some((address, _)) if group.clients.0 > 1 => format!(", from {address} and {} more", thousands(group.clients.0 - 1)),
        Some((address, _)) => format!(", from {address}"),
        None => String::new(),
    };
    let line = format!("{class}{target}{who}{from}");
    writeln!(out, "{}", truncated(TerminalText::new(&line).as_str(), look.width))?;
    for (_, location, text) in group.failures.examples.iter().take(if look.all { usize::MAX } else { 1 }) {
        writeln!(out, "     {}", TerminalText::new(&location.to_string()))?;
        let shown = TerminalText::new(text);
        // The time and the context, at the line's two ends, are what proves.
        let shown =
            if look.all { shown.as_str().into() } else { without_middle(shown.as_str(), TIME, look.width.saturating_sub(5)) };
        writeln!(out, "     {}", look.paint(Tone::Faint, &shown))?;
    }
    Ok(())
}
