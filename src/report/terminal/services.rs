//! Who logged in where: the services with their counts and latency, and the accounts and addresses that fail most.

use std::io::{self, Write};

use crate::case::Case;
use crate::case::top::Top;
use crate::clock::duration_for_people;
use crate::login::mechanism::Encryption;
use crate::merge::{Merge, Span};
use crate::report::terminal::table::Table;
use crate::report::terminal::{Look, Tone};
use crate::summary::ServiceKey;
use crate::summary::counts::Counts;
use crate::text::{counted, thousands, truncated};

/// So many services, accounts and addresses are shown.
const USUAL: (usize, usize) = (24, 5);

/// So long is the bar of a service of which every login fails.
const LONGEST_BAR: usize = 10;

pub(super) fn write(case: &Case, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let services = &case.summary.services;
    if services.is_empty() {
        return Ok(());
    }
    look.title("Login attempts", out)?;
    let mut table = Table::new(&[
        "server",
        "",
        "role",
        "#attempts",
        "#worked",
        "#failed",
        "?#%",
        "??",
        "??#clear",
        "?#p50 ms",
        "?#p95 ms",
        "??#restarts",
    ]);
    for (key, service) in services.iter().take(look.rows(USUAL.0)) {
        let mut counts = Counts::default();
        service.logins.values().for_each(|class| counts.merge_with(*class));
        let restarts = case.restarts.iter().find(|(other, _)| other == key).map_or(0, |(_, times)| times.len() as u64);
        let row = [
            key.server.as_deref().unwrap_or("?").to_owned(),
            key.protocol.title().to_owned(),
            key.role.title().to_owned(),
            thousands(counts.attempts()),
            thousands(counts.succeeded),
            thousands(counts.failed),
            percent(counts),
            look.glyphs.bar(counts.failed, counts.attempts(), LONGEST_BAR),
            thousands(in_clear_text(case, key)),
            thousands(service.latency.quantile(0.5)),
            thousands(service.latency.quantile(0.95)),
            thousands(restarts),
        ];
        table.row(Tone::Plain, row);
    }
    table.write(look, out)?;
    look.more(services.len().min(look.rows(USUAL.0)), services.len(), out)
}

fn percent(counts: Counts) -> String {
    match counts.attempts() {
        0 => String::new(),
        attempts => format!("{:.1}", counts.failed as f64 * 100.0 / attempts as f64),
    }
}

/// Logins whose password went over the network in clear text.
fn in_clear_text(case: &Case, key: &ServiceKey) -> u64 {
    let mechanisms = case.coverage.mechanisms.iter();
    mechanisms
        .filter(|((service, _, encryption), _)| service == key && *encryption == Encryption::Clear)
        .map(|(_, count)| count)
        .sum()
}

pub(super) fn write_accounts(case: &Case, look: Look, out: &mut dyn Write) -> io::Result<()> {
    for (title, rows) in
        [("Accounts with most failures", &case.top_accounts), ("Addresses with most failures", &case.top_addresses)]
    {
        if rows.is_empty() {
            continue;
        }
        look.title(title, out)?;
        let mut table = Table::new(&["name", "server", "", "#failed", "#worked", "??last failure"]);
        for top in rows.iter().take(look.rows(USUAL.1)) {
            table.row(Tone::Plain, row(case, top));
        }
        table.write(look, out)?;
    }
    write_anomalies(case, look, out)
}

fn row(case: &Case, top: &Top) -> [String; 6] {
    let counts = top.account.counts;
    let last = case.summary.span.map_or(0, |span| span.last);
    let before = |failed: Span| format!("{} before the end", duration_for_people(last - failed.last));
    [
        top.name.clone(),
        top.service.server.as_deref().unwrap_or("?").to_owned(),
        format!("{} {}", top.service.protocol.title(), top.service.role.title()),
        thousands(counts.failed),
        thousands(counts.succeeded),
        top.account.failed.map_or_else(String::new, before),
    ]
}

fn write_anomalies(case: &Case, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let anomalies = || case.summary.services.values().flat_map(|service| &service.anomalies);
    let total: u64 = anomalies().map(|(_, count)| count).sum();
    if total == 0 {
        return Ok(());
    }
    let mut names: Vec<&str> = anomalies().map(|(error, _)| error.as_ref()).collect();
    names.sort_unstable();
    names.dedup();
    let note =
        format!("{} with an error beside it: {}", counted(total, "successful login", "successful logins"), names.join(", "));
    let note = crate::text::TerminalText::new(&note);
    writeln!(out, "\n{}", look.paint(Tone::Faint, &truncated(note.as_str(), look.width)))
}
