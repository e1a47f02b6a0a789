//! A nightly run: reads what is new, keeps it, and judges it with the days before it.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::PathBuf;

use rusqlite::{Connection, params};

use crate::case::Case;
use crate::case::evidence::Evidence;
use crate::clock::DAY;
use crate::clock::{Window, Zone};
use crate::diagnosis::judge;
use crate::error::{Error, Result};
use crate::history::logs;
use crate::history::outages;
use crate::history::parts::{self, Part};
use crate::history::rows::service_of;
use crate::history::silence::silence;
use crate::history::store::{Store, failure};
use crate::history::stories;
use crate::history::untold;
use crate::input::identity::Beginning;
use crate::input::packed::Unpacking;
use crate::merge::Merge;
use crate::night::story::{self, Fresh, Story};
use crate::night::unexplained::unexplained;
use crate::night::{Night, Run};
use crate::pipeline::Progress;
use crate::pipeline::inputs::inputs;
use crate::pipeline::rest::{LogRead, Rest, beginnings_of, read_on};
use crate::protocol::{Protocol, Role};
use crate::protocol_log::place::Place;
use crate::recognition::copies::copy_of;
use crate::recognition::known_log::KnownLog;
use crate::recognition::{Recognised, Trust, path_of, recognise};
use crate::skipped::{FileFate, FileNote};
use crate::summary::Summary;
use crate::summary::file::FileSummary;
use crate::summary::scope::Scope;
use crate::summary::spellings::Spellings;
use crate::usual::{self, Deviation, Past, Rows, Service};

/// What is new is judged together with so many days before it: an outage that began in the evening is one with its morning.
const CONTEXT_DAYS: i64 = 2;

/// So many days are held against a night, to know what is usual.
const USUAL_DAYS: i64 = 90;

/// Summaries of so many days are kept for reports, whatever else is kept: a page shows thirty.
const REPORTED_DAYS: i64 = 35;

/// So many days stand on the time axis of a page.
pub const PAGE_DAYS: i64 = 30;

/// What a run is told.
#[derive(Debug)]
pub struct Order<'a> {
    /// Files, folders, globs.
    pub paths: &'a [PathBuf],
    /// The same, looked through for evidence alone.
    pub evidence: &'a [PathBuf],
    /// The server that all logs belong to.
    pub server_name: Option<String>,
    /// How many threads; all processors if `None`.
    pub threads: Option<usize>,
    /// How much may come out of archives and packed files.
    pub unpacking: Unpacking,
    /// The time, in milliseconds since 1970 UTC.
    pub now: i64,
    /// How many days are kept; all if `None`.
    pub keep_days: Option<i64>,
    /// Where the clients live.
    pub zone: Zone,
}

/// Reads what is new and keeps it, all in one transaction.
///
/// # Errors
/// What the store says; [`crate::error::ErrorKind::NoInput`] is for the caller, who sees [`Run::logs`].
pub fn read(store: &mut Store, order: &Order<'_>, progress: &dyn Progress) -> Result<Night> {
    let path = store.path().to_owned();
    let failed = |error: rusqlite::Error| failure(&path, &error);
    let held = store.hold()?;
    let night = read_into(&held, order, progress, &failed)?;
    // A run that found no log at all has not been.
    if night.run.logs > 0 {
        held.commit().map_err(failed)?;
    }
    Ok(night)
}

/// Notes that everything that is news was told.
///
/// # Errors
/// What the store says.
pub fn told(store: &mut Store, now: i64) -> Result<()> {
    let path = store.path().to_owned();
    let held = store.hold()?;
    stories::tell(&held, now)
        .and_then(|()| untold::forget(&held))
        .and_then(|()| held.commit())
        .map_err(|error| failure(&path, &error))
}

/// What the last run that read anything judged: its own lines and those of the days before it, as they are kept.
///
/// # Errors
/// What the store says.
pub fn last_night(store: &Store) -> Result<Summary> {
    let failed = |error| failure(store.path(), &error);
    let first = logs::last_first(store.connection()).map_err(failed)?;
    let mut summary = match first {
        Some(first) => parts::since(store.connection(), first - CONTEXT_DAYS * DAY, i64::MAX).map_err(failed)?,
        None => Summary::default(),
    };
    summary.join_sources();
    Ok(summary)
}

/// All that is kept of the last days, for a page.
///
/// # Errors
/// What the store says.
pub fn last_days(store: &Store, end: i64, days: i64) -> Result<Summary> {
    let summary = parts::since(store.connection(), end - days * DAY, i64::MAX);
    let mut summary = summary.map_err(|error| failure(store.path(), &error))?;
    summary.join_sources();
    Ok(summary)
}

fn read_into(
    held: &Connection,
    order: &Order<'_>,
    progress: &dyn Progress,
    failed: &dyn Fn(rusqlite::Error) -> Error,
) -> Result<Night> {
    let is_first = logs::last_run(held).map_err(failed)?.is_none();
    held.execute("INSERT INTO run (started, version) VALUES (?, ?)", params![order.now, env!("CARGO_PKG_VERSION")])
        .map_err(failed)?;
    let mut run = Run { number: held.last_insert_rowid(), is_first, ..Run::default() };
    let scope = Scope { server_name: order.server_name.clone(), ..Scope::default() };
    let Read { by_day, logs, unchanged, mut notes, evidence } = read_what_is_new(held, order, &scope, progress, failed)?;
    run.logs = (logs.len() + unchanged) as u64;
    let (mut fresh, mut rows) = (Summary::default(), Rows::default());
    let mut add = |part: Part| -> Result<()> {
        let (of_part, summary) = parts::add(held, part).map_err(failed)?;
        extend(&mut rows, of_part);
        fresh.merge_with(summary);
        Ok(())
    };
    let newest = by_day.keys().next_back().copied();
    for (day, summary) in by_day {
        add(Part { run: run.number, log: None, day, summary })?;
    }
    let mut unfinished = 0;
    for log in logs {
        run.logs_read += u64::from(log.is_new);
        let id = logs::save(held, &log.known, run.number).map_err(failed)?;
        parts::take_back(held, id).map_err(failed)?;
        if let Some((day, summary)) = log.unfinished {
            unfinished += summary.skipped.total();
            add(Part { run: run.number, log: Some(id), day, summary })?;
        }
    }
    run.bytes = fresh.bytes;
    run.lines = fresh.accounting.lines;
    run.records = fresh.accounting.records;
    // What is being written is not damaged: the next run reads it again.
    run.skipped = fresh.skipped.total() - unfinished;
    run.span = fresh.span.map(|span| (span.first, span.last));
    held.execute(
        "UPDATE run SET logs = ?2, logs_read = ?3, bytes = ?4, lines = ?5, records = ?6, skipped = ?7, first = ?8, last = ?9 WHERE id = ?1",
        params![
            run.number,
            run.logs,
            run.logs_read,
            run.bytes,
            run.lines,
            run.records,
            run.skipped,
            run.span.map(|span| span.0),
            run.span.map(|span| span.1)
        ],
    )
    .map_err(failed)?;
    let (deviations, not_yet) = hold_against_past(held, &fresh, rows, run, (order.zone, order.now)).map_err(failed)?;
    let deviations = untold::with_earlier(deviations, untold::known(held).map_err(failed)?);
    let services: Vec<Service> = fresh.services.keys().map(service_of).collect();
    let case = context(held, fresh, evidence, run).map_err(failed)?;
    let stories = judged(held, &case, &services, run).map_err(failed)?;
    outages::keep(held, &case.outages, run.number).map_err(failed)?;
    stories::keep(held, &stories, run.number, order.now).map_err(failed)?;
    if let Some(newest) = newest {
        let oldest = order.keep_days.map_or(i64::MIN / DAY, |days| newest - days);
        parts::prune(held, oldest, (newest - REPORTED_DAYS).max(oldest)).map_err(failed)?;
    }
    notes.sort();
    notes.dedup();
    let night = Night { run, now: order.now, case, stories, deviations, not_yet, notes };
    untold::keep(held, night.unusual_news()).map_err(failed)?;
    Ok(night)
}

/// What was read, before it is kept.
struct Read {
    by_day: BTreeMap<i64, Summary>,
    logs: Vec<ReadLog>,
    unchanged: usize,
    notes: Vec<FileNote>,
    evidence: Evidence,
}

/// A log of which something was read.
struct ReadLog {
    known: KnownLog,
    is_new: bool,
    /// What a last line without its end holds, and its day.
    unfinished: Option<(i64, Summary)>,
}

fn read_what_is_new(
    held: &Connection,
    order: &Order<'_>,
    scope: &Scope,
    progress: &dyn Progress,
    failed: &dyn Fn(rusqlite::Error) -> Error,
) -> Result<Read> {
    let found = inputs(order.paths, order.unpacking, order.threads)?;
    let (inputs, mut notes) = (found.inputs, found.notes);
    let beginnings: Vec<Option<Beginning>> =
        beginnings_of(&inputs, order.threads)?.into_iter().map(std::result::Result::ok).collect();
    let known = logs::known(held).map_err(failed)?;
    let run = held.query_row("SELECT max(id) FROM run", [], |row| row.get(0)).map_err(failed)?;
    let (mut files, mut before, mut unchanged) = (Vec::new(), BTreeMap::new(), 0);
    let recognised = recognise(&inputs, &beginnings, &known, Trust::Bytes);
    for ((input, beginning), what) in inputs.into_iter().zip(beginnings).zip(recognised) {
        let (log, from) = match what {
            Recognised::New => (None, Place::default()),
            Recognised::Grown(log, from) => (known.get(log).cloned(), from),
            Recognised::Unchanged(log) => {
                unchanged += 1;
                if let Some(log) = known.get(log) {
                    logs::seen(held, &KnownLog { path: path_of(&input), ..log.clone() }, run).map_err(failed)?;
                }
                continue;
            }
            Recognised::Shortened(log, left) => {
                if let (Some(log), Some(beginning)) = (known.get(log), &beginning) {
                    logs::save(held, &log.cut_shorter(&input, beginning, left), run).map_err(failed)?;
                }
                unchanged += 1;
                continue;
            }
            Recognised::Copy(other) => {
                let reason = copy_of(&other);
                notes.push(FileNote { file: input.shown, fate: FileFate::Other, reason });
                continue;
            }
        };
        before.insert(input.shown.clone(), (beginning, log));
        files.push((input, from));
    }
    let (mut by_day, mut logs) = (BTreeMap::<i64, Summary>::new(), Vec::new());
    let mut spellings = Spellings::default();
    for server in known.iter().filter_map(|log| log.server.as_deref()) {
        spellings.first(server);
    }
    let rest = Rest { files, evidence: Some(order.evidence), scope, threads: order.threads, unpacking: order.unpacking };
    let beside = read_on(rest, progress, &mut |read| {
        let (beginning, log) = before.remove(&read.log.input.shown).unwrap_or_default();
        notes.extend(read.note.clone());
        logs.extend(take(read, beginning, log, &mut spellings, order.now, scope, &mut by_day));
    })?;
    notes.extend(beside.notes);
    Ok(Read { by_day, logs, unchanged, notes, evidence: beside.evidence })
}

/// Puts what was read of a log to its day: that of most of its new records.
fn take(
    read: LogRead<'_>,
    beginning: Option<Beginning>,
    before: Option<KnownLog>,
    spellings: &mut Spellings,
    now: i64,
    scope: &Scope,
    by_day: &mut BTreeMap<i64, Summary>,
) -> Option<ReadLog> {
    let LogRead { log, path_name, summary, unfinished, end, note } = read;
    // What the disk or the network would not give is read in another night; of what is packed no more can be had.
    if note.is_some() && beginning.as_ref().is_some_and(|beginning| beginning.is_plain) {
        return None;
    }
    let beginning = beginning?;
    let summary = summary?;
    let server = path_name.or(before.as_ref().and_then(|log| log.server.clone()));
    let server =
        server.or_else(|| summary.server_address()).or_else(|| unfinished.as_ref().and_then(|line| line.server_address()));
    let server = server.map(|name| spellings.first(&name).to_string());
    let day = summary.main_day().or_else(|| unfinished.as_ref().and_then(FileSummary::main_day));
    let day = day.unwrap_or_else(|| now.div_euclid(DAY));
    let is_new = summary.accounting.lines > 0;
    if is_new {
        by_day.entry(day).or_default().add_file(summary, server.clone(), scope);
    }
    let unfinished = unfinished.map(|line| {
        let mut summary = Summary::default();
        summary.add_file(line, server.clone(), scope);
        (day, summary)
    });
    let known = KnownLog::read_to(before.as_ref(), &log.input, beginning, server, end);
    Some(ReadLog { known, is_new, unfinished })
}

fn extend(all: &mut Rows, rows: Rows) {
    all.hours.extend(rows.hours);
    all.groups.extend(rows.groups);
    all.accounts.extend(rows.accounts);
    all.latency.extend(rows.latency);
}

fn hold_against_past(
    held: &Connection,
    fresh: &Summary,
    rows: Rows,
    run: Run,
    (zone, now): (Zone, i64),
) -> rusqlite::Result<(Vec<Deviation>, Vec<String>)> {
    let Some((first, _)) = run.span else {
        return Ok((silence(held, run.number, now)?.into_iter().collect(), Vec::new()));
    };
    let past = Past { rows: parts::rows_since(held, first.div_euclid(DAY) - USUAL_DAYS, run.number)? };
    let span = |(key, service): (&_, &crate::summary::service::Service)| {
        service.span.map(|span| (service_of(key), (span.first, span.last)))
    };
    let night = usual::Night { spans: fresh.services.iter().filter_map(span).collect(), rows, zone };
    Ok((usual::deviations(&past, &night), usual::not_yet(&past, &night)))
}

/// What is new with the days before it.
fn context(held: &Connection, fresh: Summary, evidence: Evidence, run: Run) -> rusqlite::Result<Case> {
    let mut summary = fresh;
    if let Some((first, _)) = run.span {
        summary.merge_with(parts::since(held, first - CONTEXT_DAYS * DAY, run.number)?);
    }
    summary.join_sources();
    Ok(Case::new(summary, evidence, Window::default()))
}

/// The stories of the night. Where nothing is new, nothing has changed, but something may still be to be told.
fn judged(held: &Connection, case: &Case, fresh: &[Service], run: Run) -> rusqlite::Result<Vec<Story>> {
    let Some((first, _)) = run.span else {
        return Ok(story::stories(&[], &[], &stories::known(held)?, &Fresh { first: i64::MAX, services: &[] }));
    };
    // What a back end writes does not show that clients get in again, unless it is all that is known of its server.
    let with_front_ends = parts::with_front_ends(held)?;
    let is_known = |service: &Service| with_front_ends.contains(&(service.server.clone(), service.protocol));
    let tells = fresh.iter().filter(|service| service.role == Role::FrontEnd || !is_known(service));
    let mut services: Vec<(String, Protocol)> =
        tells.filter_map(|service| Some((service.server.clone()?, service.protocol))).collect();
    services.dedup();
    let mut findings = judge(case);
    findings.extend(unexplained(case, &findings));
    findings.sort_by_key(|finding| Reverse(finding.severity));
    Ok(story::stories(&findings, &case.outages, &stories::known(held)?, &Fresh { first, services: &services }))
}
