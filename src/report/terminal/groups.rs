//! What failed: the failure groups, the worst first, and the lines that prove them.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::case::Case;
use crate::case::group::Group;
use crate::clock::for_people;
use crate::login::identity::ClientClass;
use crate::report::terminal::table::Table;
use crate::report::terminal::{Look, Tone};
use crate::text::{TerminalText, thousands, truncated, without_middle, wrapped};

/// So many groups are shown.
const USUAL: usize = 8;

/// So many errors are named in one line, and so long is the longest bar.
const BRIEFLY: usize = 3;
const LONGEST_BAR: usize = 8;

/// The length of a time stamp.
const TIME: usize = 24;

pub(super) fn write(case: &Case, look: Look, out: &mut dyn Write) -> io::Result<()> {
    if case.groups.is_empty() {
        return Ok(());
    }
    let shown = case.groups.get(..case.groups.len().min(look.rows(USUAL))).unwrap_or_default();
    look.title(&format!("Failures, the worst first ({})", look.zone_name(case)), out)?;
    let mut table = Table::new(&["", "#count", "??", "error", "?who", "?#accounts", "server", "", "#first", "?#last"]);
    let most = case.groups.iter().map(|group| group.failures.count).max().unwrap_or_default();
    for (place, group) in shown.iter().enumerate() {
        table.row(tone(group), row(place, group, most, look));
    }
    table.write(look, out)?;
    look.more(shown.len(), case.groups.len(), out)?;
    look.title("The lines that prove it", out)?;
    // One error of one service is proved by one line; probes and users fail alike.
    let mut proved = Vec::new();
    for (place, group) in shown.iter().enumerate() {
        let what = (&group.service, &group.key.error, group.key.error_class);
        if look.all || !proved.contains(&what) {
            proved.push(what);
            write_proof(place, group, look, out)?;
        }
    }
    Ok(())
}

/// One line about the failures where nothing is wrong: how many of which error.
pub(super) fn write_briefly(case: &Case, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let mut errors: BTreeMap<&str, u64> = BTreeMap::new();
    for group in case.groups.iter().filter(|group| group.is_front()) {
        *errors.entry(group.key.name()).or_default() += group.failures.count;
    }
    let mut errors: Vec<(&str, u64)> = errors.into_iter().collect();
    errors.sort_by_key(|(error, count)| (std::cmp::Reverse(*count), *error));
    if errors.is_empty() {
        return Ok(());
    }
    let told: Vec<String> =
        errors.iter().take(BRIEFLY).map(|(error, count)| format!("{error} ({})", thousands(*count))).collect();
    let others = if errors.len() > BRIEFLY { " and others" } else { "" };
    let line = format!("What failed: {}{others}; --verbose shows the lines", told.join(", "));
    writeln!(out)?;
    for line in wrapped(TerminalText::new(&line).as_str(), 2, look.width) {
        writeln!(out, "{}", look.paint(Tone::Faint, &line))?;
    }
    Ok(())
}

fn tone(group: &Group) -> Tone {
    if group.is_of_outages() { Tone::Bad } else { Tone::Plain }
}

fn row(place: usize, group: &Group, most: u64, look: Look) -> [String; 10] {
    let span = group.failures.span;
    let (first, last) = (for_people(span.first, look.zone), look.end_time(span.first, span.last));
    // Without the year and the seconds.
    let last = last.get(last.len().saturating_sub(14)..).unwrap_or(&last);
    [
        format!("{}", place + 1),
        thousands(group.failures.count),
        look.glyphs.bar(group.failures.count, most, LONGEST_BAR),
        group.key.name().to_owned(),
        match group.key.client_class {
            ClientClass::HealthMailbox => "probes".to_owned(),
            ClientClass::User => "users".to_owned(),
            ClientClass::Unknown => "no name".to_owned(),
        },
        format!("{}{}", if group.users.1 { "" } else { "~" }, thousands(group.users.0)),
        group.service.server.as_deref().unwrap_or("?").to_owned(),
        format!("{}{}", group.service.protocol.title(), if group.is_front() { "" } else { " BE" }),
        first.get(5..16).unwrap_or(&first).to_owned(),
        last.get(..last.len().saturating_sub(3)).unwrap_or(last).to_owned(),
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
    if let Some(behind) = &group.behind {
        for line in wrapped(TerminalText::new(&format!("     {}", behind.in_words())).as_str(), 7, look.width) {
            writeln!(out, "{line}")?;
        }
    }
    for (_, location, text) in group.failures.examples.iter().take(if look.all { usize::MAX } else { 1 }) {
        writeln!(out, "     {}", look.place(location, 5))?;
        let shown = TerminalText::new(text);
        // The time and the context, at the line's two ends, are what proves.
        let shown =
            if look.all { shown.as_str().into() } else { without_middle(shown.as_str(), TIME, look.width.saturating_sub(5)) };
        writeln!(out, "     {}", look.paint(Tone::Faint, &shown))?;
    }
    Ok(())
}
