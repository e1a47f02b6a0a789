//! How a comparison becomes the structs of the format.

use crate::clock::rfc3339;
use crate::comparison::{Change, Comparison, Figure, Row, Side, Totals};
use crate::login::identity::ClientClass;
use crate::protocol::{Protocol, Role};
use crate::report::json::place;
use crate::report::json::wire::comparison as wire;

pub(super) fn comparison(comparison: &Comparison) -> wire::Comparison<'_> {
    wire::Comparison {
        matched: comparison.matched.name(),
        this: side(&comparison.this),
        other: side(&comparison.other),
        changes: comparison.changes.iter().map(change).collect(),
        services: comparison.rows.iter().map(service).collect(),
        failures_too_few_to_tell: comparison.too_few,
        accounts_not_listed: comparison.accounts_left_out,
    }
}

fn side(side: &Side) -> wire::Side<'_> {
    wire::Side {
        paths: &side.paths,
        from: side.window.from.map(rfc3339),
        to: side.window.to.map(rfc3339),
        first: side.span.map(|(first, _)| rfc3339(first)),
        last: side.span.map(|(_, last)| rfc3339(last)),
        servers: &side.servers,
        files: side.files,
        lines: side.lines,
        skipped: side.skipped,
        unread_files: side.unread_files,
    }
}

fn change(change: &Change) -> wire::ChangeRow<'_> {
    let (file, line) = place(change.example.as_ref());
    wire::ChangeRow {
        direction: change.direction.name(),
        kind: change.kind.name(),
        server: change.server.as_deref(),
        protocol: change.protocol.map(Protocol::name),
        role: change.role.map(Role::name),
        client_class: change.class.map(ClientClass::name),
        target: change.target.as_deref(),
        what: &change.what,
        detail: &change.detail,
        this: figure(&change.this),
        other: figure(&change.other),
        ids: &change.ids,
        file,
        line,
    }
}

fn figure(figure: &Figure) -> wire::FigureRow {
    let share = |share: &crate::comparison::Share| wire::FigureRow {
        count: Some(share.part),
        of: Some(share.whole),
        share: Some(share.value()),
        ..wire::FigureRow::default()
    };
    match figure {
        Figure::Share(of) => share(of),
        Figure::Outages(outages, length, of) => {
            wire::FigureRow { outages: Some(*outages), milliseconds: u64::try_from(*length).ok(), ..share(of) }
        }
        Figure::Milliseconds(value, of) => {
            wire::FigureRow { milliseconds: Some(*value), of: Some(*of), ..wire::FigureRow::default() }
        }
        Figure::Severity(severity) => {
            wire::FigureRow { severity: severity.map(|severity| severity.name()), ..wire::FigureRow::default() }
        }
    }
}

fn service(row: &Row) -> wire::ServiceRow<'_> {
    wire::ServiceRow {
        server: row.place.server.as_deref(),
        protocol: row.place.protocol.name(),
        role: row.place.role.name(),
        this: row.this.map(totals),
        other: row.other.map(totals),
    }
}

fn totals(totals: Totals) -> wire::TotalsRow {
    wire::TotalsRow {
        attempts: totals.failed.whole,
        failed: totals.failed.part,
        encryption_known: totals.clear.whole,
        clear: totals.clear.part,
        p50_ms: totals.p50,
        p95_ms: totals.p95,
        outages: totals.outages,
        outage_ms: totals.out_for,
    }
}
