//! Parts: what was counted in one run on one day, or in a last line that had no end yet; with the rows that are made of it.

use std::collections::BTreeSet;

use rusqlite::{Connection, Row, ToSql, named_params, params};

use crate::clock::DAY;
use crate::dataset::summary_file::SummaryFile;
use crate::history::rows::{Total, rows, totals};
use crate::merge::Merge;
use crate::protocol::{Protocol, Role};
use crate::summary::Summary;
use crate::usual::{AccountFailure, GroupDay, LatencyDay, Rows, Service, ServiceHour};

/// A part that is to be kept.
pub(super) struct Part {
    pub(super) run: i64,
    /// The log whose unfinished line this is.
    pub(super) log: Option<i64>,
    /// Days since 1970 UTC.
    pub(super) day: i64,
    pub(super) summary: Summary,
}

/// Keeps a part with its rows, and gives the rows and the summary back.
pub(super) fn add(store: &Connection, part: Part) -> rusqlite::Result<(Rows, Summary)> {
    let file = SummaryFile { summary: part.summary, ..SummaryFile::default() };
    // What cannot be laid out (which does not happen) is missing in later reports; the rows are there all the same.
    let content = file.to_bytes().ok();
    let summary = file.summary;
    store.prepare_cached("INSERT INTO part (run, log, day, first, last, summary) VALUES (?, ?, ?, ?, ?, ?)")?.execute(
        params![part.run, part.log, part.day, summary.span.map(|span| span.first), summary.span.map(|span| span.last), content],
    )?;
    let id = store.last_insert_rowid();
    for Total { service, records, logins } in totals(&summary) {
        insert(
            store,
            "service_total",
            id,
            &service,
            "?, ?, ?, ?",
            &[&records, &logins.attempts(), &logins.succeeded, &logins.failed],
        )?;
    }
    let rows = rows(&summary, part.day);
    for row in &rows.hours {
        insert(
            store,
            "service_hour",
            id,
            &row.service,
            "?, ?, ?, ?, ?, ?, ?",
            &[&row.hour, &row.attempts, &row.succeeded, &row.failed, &row.own_failed, &row.probes, &row.probes_failed],
        )?;
    }
    for row in &rows.groups {
        insert(
            store,
            "group_day",
            id,
            &row.service,
            "?, ?, ?, ?, ?, ?, ?, ?, ?, ?",
            &[
                &row.error,
                &row.error_class,
                &row.target,
                &row.client_class,
                &row.response,
                &row.is_servers_own,
                &row.day,
                &row.count,
                &row.first_seen,
                &row.last_seen,
            ],
        )?;
    }
    for row in &rows.accounts {
        insert(store, "account_day", id, &row.service, "?, ?, ?", &[&row.account, &row.day, &row.failed])?;
    }
    for row in &rows.latency {
        insert(store, "latency_day", id, &row.service, "?, ?, ?, ?", &[&row.day, &row.logins, &row.median_ms, &row.p95_ms])?;
    }
    Ok((rows, summary))
}

/// A row of a table of parts: the part and the service come first.
fn insert(
    store: &Connection,
    table: &str,
    part: i64,
    service: &Service,
    places: &str,
    values: &[&dyn ToSql],
) -> rusqlite::Result<()> {
    let (protocol, role) = (service.protocol.name(), service.role.name());
    let first: [&dyn ToSql; 4] = [&part, &service.server, &protocol, &role];
    let all: Vec<&dyn ToSql> = first.iter().chain(values).copied().collect();
    store.prepare_cached(&format!("INSERT INTO {table} VALUES (?, ?, ?, ?, {places})"))?.execute(all.as_slice()).map(drop)
}

/// Takes back what was counted of a log's unfinished line.
pub(super) fn take_back(store: &Connection, log: i64) -> rusqlite::Result<()> {
    store.prepare_cached("DELETE FROM part WHERE log = ?")?.execute([log]).map(drop)
}

/// All parts that hold anything from a moment on, as one summary. `before` leaves out the parts of a run and of later ones.
pub(super) fn since(store: &Connection, moment: i64, before: i64) -> rusqlite::Result<Summary> {
    let mut statement =
        store.prepare_cached("SELECT summary FROM part WHERE summary IS NOT NULL AND last >= ? AND run < ? ORDER BY day, id")?;
    let mut whole = Summary::default();
    for content in statement.query_map([moment, before], |row| row.get::<_, Vec<u8>>(0))? {
        // One of an older format cannot be read: its rows are there, the days before reports lack it.
        if let Ok(file) = SummaryFile::from_bytes(&content?, "") {
            whole.merge_with(file.summary);
        }
    }
    Ok(whole)
}

/// The rows of the parts of all runs before one, from a day on.
pub(super) fn rows_since(store: &Connection, day: i64, before: i64) -> rusqlite::Result<Rows> {
    let (hour, all) = (day * 24, [day, before]);
    let of = |table: &str, column: &str| {
        store.prepare_cached(&format!(
            "SELECT {table}.* FROM {table} JOIN part ON part.id = {table}.part WHERE {table}.{column} >= ? AND part.run < ?"
        ))
    };
    let hours = of("service_hour", "hour")?.query_map([hour, before], hour_row)?.collect::<rusqlite::Result<_>>()?;
    let groups = of("group_day", "day")?.query_map(all, group_row)?.collect::<rusqlite::Result<_>>()?;
    let accounts = of("account_day", "day")?.query_map(all, account_row)?.collect::<rusqlite::Result<_>>()?;
    let latency = of("latency_day", "day")?.query_map(all, latency_row)?.collect::<rusqlite::Result<_>>()?;
    Ok(Rows { hours, groups, accounts, latency })
}

/// The service of a row.
pub(super) fn service(row: &Row<'_>) -> rusqlite::Result<Service> {
    let (protocol, role): (String, String) = (row.get("protocol")?, row.get("role")?);
    Ok(Service {
        server: row.get("server")?,
        protocol: Protocol::from_name(&protocol).unwrap_or(Protocol::Imap4),
        role: Role::from_name(&role).unwrap_or(Role::FrontEnd),
    })
}

/// The servers and protocols of which a front end was ever counted.
pub(super) fn with_front_ends(store: &Connection) -> rusqlite::Result<BTreeSet<(Option<String>, Protocol)>> {
    let mut found = store.prepare("SELECT DISTINCT server, protocol, role FROM service_hour WHERE role = ?")?;
    let found = found.query_map([Role::FrontEnd.name()], |row| service(row).map(|service| (service.server, service.protocol)))?;
    found.collect()
}

fn hour_row(row: &Row<'_>) -> rusqlite::Result<ServiceHour> {
    Ok(ServiceHour {
        service: service(row)?,
        hour: row.get("hour")?,
        attempts: row.get("attempts")?,
        succeeded: row.get("succeeded")?,
        failed: row.get("failed")?,
        own_failed: row.get("own_failed")?,
        probes: row.get("probes")?,
        probes_failed: row.get("probes_failed")?,
    })
}

fn group_row(row: &Row<'_>) -> rusqlite::Result<GroupDay> {
    Ok(GroupDay {
        service: service(row)?,
        error: row.get("error")?,
        error_class: row.get("error_class")?,
        target: row.get("target")?,
        client_class: row.get("client_class")?,
        response: row.get("response")?,
        is_servers_own: row.get("is_servers_own")?,
        day: row.get("day")?,
        count: row.get("count")?,
        first_seen: row.get("first_seen")?,
        last_seen: row.get("last_seen")?,
    })
}

fn account_row(row: &Row<'_>) -> rusqlite::Result<AccountFailure> {
    Ok(AccountFailure { service: service(row)?, account: row.get("account")?, day: row.get("day")?, failed: row.get("failed")? })
}

fn latency_row(row: &Row<'_>) -> rusqlite::Result<LatencyDay> {
    Ok(LatencyDay {
        service: service(row)?,
        day: row.get("day")?,
        logins: row.get("logins")?,
        median_ms: row.get("median_ms")?,
        p95_ms: row.get("p95_ms")?,
    })
}

/// Lets go of the days before `oldest`, but not of their totals, and of the summaries of those before `reported`. A last line
/// without its end stays, however old it is: it is still to be taken back when its log is read on.
pub(super) fn prune(store: &Connection, oldest: i64, reported: i64) -> rusqlite::Result<()> {
    store.execute(
        "INSERT INTO dropped_total
         SELECT server, protocol, role, sum(records), sum(attempts), sum(succeeded), sum(failed)
         FROM service_total JOIN part ON part.id = service_total.part WHERE part.day < ? AND part.log IS NULL GROUP BY server, protocol, role",
        [oldest],
    )?;
    store.execute("DELETE FROM part WHERE day < ? AND log IS NULL", [oldest])?;
    store.execute("UPDATE part SET summary = NULL WHERE day < ? AND summary IS NOT NULL", [reported])?;
    // A log that is gone for so long does not come back; one that is there is seen in every run.
    store.execute(
        "DELETE FROM log WHERE id NOT IN (SELECT log FROM part WHERE log IS NOT NULL)
             AND seen_in IN (SELECT id FROM run WHERE last < :oldest)",
        named_params! { ":oldest": oldest * DAY },
    )?;
    store.execute("DELETE FROM outage WHERE end < ?", [oldest * DAY])?;
    store.execute("DELETE FROM story WHERE end < ?", [oldest * DAY]).map(drop)
}
