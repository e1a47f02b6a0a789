//! CSV: one table a file, for spreadsheets and scripts. Headers are frozen: columns may be added behind the others, none renamed.
//!
//! Every cell passes `door`. Times are UTC with milliseconds, numbers have no separators, lines end as RFC 4180 says.

use std::io::{self, Write};

use crate::case::Case;
use crate::case::behind::Behind;
use crate::case::group::Group;
use crate::case::outage::Outage;
use crate::diagnosis::finding::{Effect, Finding};
use crate::login::identity::ClientClass;
use crate::protocol::Protocol;

mod attempts;
mod door;
pub mod timesketch;

pub use attempts::{attempts, session_lines};
use door::{Cell, Rows};

/// The tables of an analysis; a file holds one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// The failure groups.
    FailureGroups,
    /// The findings.
    Findings,
    /// The outages.
    Outages,
    /// Login attempts by protocol, role, server and client class.
    Logins,
}

/// Writes a table, with a byte order mark before it if asked.
///
/// # Errors
/// What `out` says.
pub fn write(case: &Case, findings: &[Finding], table: Table, has_mark: bool, out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<Vec<Cell>> = match table {
        Table::FailureGroups => case.groups.iter().map(failure_group).collect(),
        Table::Findings => findings.iter().map(finding).collect(),
        Table::Outages => case.outages.iter().map(outage).collect(),
        Table::Logins => logins(case),
    };
    let mut written = Rows::new(header(table), has_mark, out)?;
    for row in rows {
        written.row(&row)?;
    }
    written.flush()
}

/// The columns of a table.
const fn header(table: Table) -> &'static [&'static str] {
    match table {
        Table::FailureGroups => &[
            "id",
            "protocol",
            "role",
            "server",
            "error",
            "error_class",
            "target",
            "client_class",
            "response",
            "count",
            "first_seen",
            "last_seen",
            "users",
            "client_addresses",
            "top_user",
            "top_user_count",
            "top_client",
            "top_client_count",
            "ports",
            "example_file",
            "example_line",
            "example_text",
            "back_end",
        ],
        Table::Findings => &[
            "id",
            "severity",
            "confidence",
            "title",
            "summary",
            "protocols",
            "servers",
            "start",
            "end",
            "ongoing",
            "outages",
            "groups",
            "supporting",
            "contradicting",
            "missing",
            "evidence_file",
            "evidence_line",
            "evidence_text",
            "remediation",
        ],
        Table::Outages => &[
            "id",
            "protocol",
            "server",
            "targets",
            "start",
            "end",
            "recovered_at",
            "attempts",
            "failed",
            "users_affected",
            "health_mailbox_failed",
            "groups",
        ],
        Table::Logins => &["protocol", "role", "server", "client_class", "attempts", "succeeded", "failed", "unknown"],
    }
}

fn failure_group(group: &Group) -> Vec<Cell> {
    let failures = &group.failures;
    let top = |top: &[(String, u64)]| {
        let first = top.first();
        [Cell::maybe(first.map(|(name, _)| name.as_str())), Cell::maybe_number(first.map(|(_, count)| *count))]
    };
    let ports: Vec<String> = failures.ports.iter().map(|(port, count)| format!("{port}: {count}")).collect();
    let mut cells = vec![
        Cell::text(&group.id),
        Cell::text(group.service.protocol.name()),
        Cell::text(group.service.role.name()),
        Cell::maybe(group.service.server.as_deref()),
        Cell::text(&group.key.error),
        Cell::text(group.key.error_class.name()),
        Cell::maybe(group.key.target.as_deref()),
        Cell::text(group.key.client_class.name()),
        Cell::text(&group.key.response),
        Cell::number(failures.count),
        Cell::moment(failures.span.first),
        Cell::moment(failures.span.last),
        Cell::number(group.users.0),
        Cell::number(group.clients.0),
    ];
    cells.extend(top(&group.top_users));
    cells.extend(top(&group.top_clients));
    cells.push(Cell::list(ports.iter().map(String::as_str)));
    cells.extend(match failures.examples.first() {
        Some((_, at, text)) => [Cell::text(&at.file), Cell::number(at.line), Cell::text(text)],
        None => [Cell::empty(), Cell::empty(), Cell::empty()],
    });
    cells.push(Cell::maybe(group.behind.as_ref().map(Behind::in_words).as_deref()));
    cells
}

fn finding(finding: &Finding) -> Vec<Cell> {
    let effects = |effect| finding.evidence.iter().filter(|item| item.effect == effect).count() as u64;
    let cited = finding.evidence.iter().find_map(|item| Some((item.location.as_ref()?, item.text.as_str())));
    let steps: Vec<String> = finding
        .remediation
        .iter()
        .map(|step| match &step.command {
            Some(command) => format!("{}: {command}", step.text),
            None => step.text.clone(),
        })
        .collect();
    vec![
        Cell::text(finding.id),
        Cell::text(finding.severity.name()),
        Cell::text(finding.confidence.name()),
        Cell::text(&finding.title),
        Cell::text(&finding.summary),
        Cell::list(finding.protocols.iter().map(|protocol: &Protocol| protocol.name())),
        Cell::list(finding.servers.iter().map(String::as_str)),
        Cell::moment(finding.start),
        Cell::moment(finding.end),
        Cell::text(if finding.ongoing { "true" } else { "false" }),
        Cell::list(finding.outages.iter().map(String::as_str)),
        Cell::list(finding.groups.iter().map(String::as_str)),
        Cell::number(effects(Effect::Supports)),
        Cell::number(effects(Effect::Contradicts)),
        Cell::number(effects(Effect::Missing)),
        Cell::maybe(cited.map(|(at, _)| at.file.as_ref())),
        Cell::maybe_number(cited.map(|(at, _)| at.line).filter(|line| *line > 0)),
        Cell::maybe(cited.map(|(_, text)| text)),
        Cell::list(steps.iter().map(String::as_str)),
    ]
}

fn outage(outage: &Outage) -> Vec<Cell> {
    vec![
        Cell::text(&outage.id),
        Cell::text(outage.protocol.name()),
        Cell::maybe(outage.server.as_deref()),
        Cell::list(outage.targets.iter().map(String::as_str)),
        Cell::moment(outage.start),
        Cell::moment(outage.end),
        outage.recovered_at.map_or_else(Cell::empty, Cell::moment),
        Cell::number(outage.attempts),
        Cell::number(outage.failed),
        Cell::number(outage.users_affected.0),
        Cell::number(outage.health_mailbox_failed),
        Cell::list(outage.groups.iter().map(String::as_str)),
    ]
}

fn logins(case: &Case) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    for (key, service) in &case.summary.services {
        for class in ClientClass::ALL {
            let Some(counts) = service.logins.get(&class) else { continue };
            rows.push(vec![
                Cell::text(key.protocol.name()),
                Cell::text(key.role.name()),
                Cell::maybe(key.server.as_deref()),
                Cell::text(class.name()),
                Cell::number(counts.attempts()),
                Cell::number(counts.succeeded),
                Cell::number(counts.failed),
                Cell::number(counts.unknown),
            ]);
        }
    }
    rows
}
