//! `service-silent`: a service stops writing although its probes have a rhythm.

use crate::case::Case;
use crate::clock::{Zone, duration_for_people, for_people};
use crate::collections::minutes::{MINUTE, Minutes};
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Confidence, Effect, Finding, Severity};
use crate::diagnosis::powershell::argument;
use crate::login::identity::ClientClass;
use crate::protocol::{Protocol, Role};
use crate::summary::service::Service;
use crate::summary::{ServiceKey, Source};

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "service-silent",
    title: "A service fell silent",
    doc: "\
## What it finds
The HealthMailbox probes of a protocol have a rhythm; here they and all other lines stop for much longer than that, while other services go on writing.

## Why it matters
Nobody could connect, and no log says so: there are no lines to count.

## Evidence it needs
The logs of at least one other service. Component states, the services' state and the event logs say why.

## What to do
If it is silent still: start the service, see that the component is active, that no firewall stands in between, and that protocol logging is on.
If it writes again: find out who stopped it.

## When it is wrong
Log files of that time may not have been copied. A gap in all protocols and servers at once is log-incomplete, and so is a log that was switched off, where
settings or the event log of cmdlets are there to tell, or its back end served other servers meanwhile, or the numbers of sessions go on behind the silence as if the usual many had been opened in it. A log that breaks off says nothing of what came then. Silences that are no longer than clocks differ are not looked at.
",
    judge,
};

/// The rhythm is known from so many probe logins on.
const FEWEST_PROBES: usize = 10;
/// A silence is so many times longer than the probes' own rhythm, and so many minutes at least.
const UNUSUAL: (i64, i64) = (4, 15);

fn judge(case: &Case) -> Vec<Finding> {
    let front_ends = case.summary.services.iter().filter(|(key, _)| key.role == Role::FrontEnd);
    front_ends.filter_map(|(key, service)| judge_service(case, key, service)).collect()
}

/// A silence in minutes since 1970 UTC: the last minute with a record, and the next one if there is any.
#[derive(Clone, Copy)]
struct Silence {
    last: i64,
    next: Option<i64>,
}

fn judge_service(case: &Case, key: &ServiceKey, service: &Service) -> Option<Finding> {
    let rhythm = rhythm(service)?;
    // By a wrong clock a server seems to stop before the others, or they before it.
    let apart = case.coverage.clocks.0.iter().map(|wrong| wrong.ahead.abs() / MINUTE + 1).max().unwrap_or_default();
    let limit = UNUSUAL.1.max(rhythm * UNUSUAL.0) + apart;
    let end = case.summary.services.values().filter_map(|service| service.span).map(|span| span.last.div_euclid(MINUTE)).max()?;
    let silences: Vec<Silence> = silences(&service.presence, limit, end)
        .filter(|silence| others_write(case, key, *silence, end) && !is_switched_off(case, key, *silence, limit))
        .filter(|silence| !is_cut(case, key, *silence) && !is_log_missing(case, key, *silence, end))
        .filter(|silence| !do_numbers_go_on(case, (key, service), *silence))
        .collect();
    // What happens again and again is the service's own rhythm and no incident.
    // One that lasts comes before longer ones that are over.
    let longest = silences
        .iter()
        .max_by_key(|silence| (silence.next.is_none(), silence.next.unwrap_or(end) - silence.last))
        .filter(|_| silences.len() <= 3)?;
    // Presence is known by the minute: the silence begins where the last minute with a line ends.
    let (from, to) = ((longest.last + 1) * MINUTE, longest.next.unwrap_or(end) * MINUTE);
    let server = key.server.as_deref().unwrap_or("an unknown server");
    let (severity, again) = match longest.next {
        None => (Severity::High, ""),
        Some(_) => (Severity::Medium, " and writes again"),
    };
    let title = format!("The {} service on {server} fell silent{again}", key.protocol.title());
    let mut finding = Finding::new(DIAGNOSIS.id, severity, Confidence::Consistent, title);
    finding.servers = key.server.as_deref().map(str::to_owned).into_iter().collect();
    finding.protocols = vec![key.protocol];
    (finding.start, finding.end, finding.ongoing) = (from, to, longest.next.is_none());
    let lasted = duration_for_people(to - from);
    finding.summary = format!(
        "no line from {} to {} UTC ({lasted}), though its probes log in every {rhythm} min or oftener, and other services went on writing",
        for_people(from, Zone::Utc),
        for_people(to, Zone::Utc)
    );
    if !finding.ongoing {
        finding.summary += &format!("; it writes again since {} UTC", for_people(to, Zone::Utc));
    }
    let place = case.file_at(key, from - 1);
    finding.seen(
        Effect::Supports,
        "log_line",
        format!("the last line before the silence of {lasted}"),
        Some(from),
        place.as_ref(),
    );
    finding
        .missing("health", format!("the component states: Get-ServerComponentState {} | ft Component,State", argument(server)));
    finding.missing("event", "the Application and System logs of that time: who stopped the service?");
    let (service, noun) = if key.protocol == Protocol::Imap4 { ("MSExchangeImap4", "Imap") } else { ("MSExchangePop3", "Pop") };
    if longest.next.is_some() {
        finding
            .step(format!("Find out who stopped the service at {} UTC", for_people(from, Zone::Utc)), Some(stops(server, from)));
        return finding.checked();
    }
    finding.step(
        "See whether the service runs, and start it",
        Some(format!("Get-Service -ComputerName {} {service},{service}BE", argument(server))),
    );
    finding.step(
        "See whether the component is active",
        Some(format!("Get-ServerComponentState {} -Component {noun}Proxy", argument(server))),
    );
    finding.step(
        "See whether logging is still on",
        Some(format!("Get-{noun}Settings -Server {} | fl ProtocolLogEnabled,LogFileLocation", argument(server))),
    );
    finding.checked()
}

/// The command that shows which services stopped and started around a moment.
fn stops(server: &str, at: i64) -> String {
    let utc = |at: i64| for_people(at, Zone::Utc).replace(' ', "T");
    format!(
        "Get-WinEvent -ComputerName {} -FilterHashtable @{{LogName='System'; ProviderName='Service Control Manager'; StartTime=[datetime]'{}Z'; EndTime=[datetime]'{}Z'}}",
        argument(server),
        utc(at - 10 * MINUTE),
        utc(at + 10 * MINUTE)
    )
}

/// How many minutes lie between two probe logins at the most, usually; `None` if that is not known.
fn rhythm(service: &Service) -> Option<i64> {
    let probes = service.series.iter().filter(|((_, class), _)| *class == ClientClass::HealthMailbox);
    let mut minutes: Vec<i64> = probes.flat_map(|(_, series)| series.iter().map(|(minute, _)| minute)).collect();
    minutes.sort_unstable();
    minutes.dedup();
    if minutes.len() < FEWEST_PROBES {
        return None;
    }
    let mut apart: Vec<i64> = minutes.iter().zip(minutes.iter().skip(1)).map(|(a, b)| b - a).collect();
    apart.sort_unstable();
    apart.get(apart.len() * 19 / 20).copied()
}

fn silences(presence: &Minutes<u64>, limit: i64, end: i64) -> impl Iterator<Item = Silence> {
    let minutes: Vec<i64> = presence.iter().map(|(minute, _)| minute).collect();
    let inner = minutes.iter().zip(minutes.iter().skip(1)).map(|(last, next)| Silence { last: *last, next: Some(*next) });
    let tail = minutes.last().map(|last| Silence { last: *last, next: None });
    let all: Vec<Silence> = inner.chain(tail).filter(|silence| silence.next.unwrap_or(end) - silence.last > limit).collect();
    all.into_iter()
}

/// Whether the log was switched off when the silence began: it takes a restart to show, and the last line before it may be as old as
/// silences usually are (`usual`, in minutes). Settings alone do not say since when.
fn is_switched_off(case: &Case, key: &ServiceKey, silence: Silence, usual: i64) -> bool {
    let begins = (silence.last + 1) * MINUTE;
    let lasts = |until: Option<i64>| until.is_none_or(|until| until > begins);
    let mut off = case.coverage.switched_off.iter().filter(|off| off.is_about(key));
    off.any(|off| match off.since {
        Some(since) => since <= begins + usual * MINUTE && lasts(off.until),
        None => silence.next.is_none(),
    })
}

/// Whether the log breaks off where the silence begins: what came then was not copied.
fn is_cut(case: &Case, key: &ServiceKey, silence: Silence) -> bool {
    let is_its = |source: &&Source| source.server == key.server && source.service == Some((key.protocol, key.role));
    let ends_there = |source: &Source| source.span.is_some_and(|(_, last)| last.div_euclid(MINUTE) == silence.last);
    case.summary.sources.iter().filter(is_its).any(|source| source.is_cut && ends_there(source))
}

/// Whether the numbers of sessions go on behind the silence as if the usual many had been opened in it: then the service ran, and the
/// lines are missing.
fn do_numbers_go_on(case: &Case, (key, service): (&ServiceKey, &Service), silence: Silence) -> bool {
    let (Some(next), Some(span)) = (silence.next, service.span) else { return false };
    let inside = silence.last * MINUTE..(next + 1) * MINUTE;
    let mut restarts = case.restarts.iter().filter(|(of, _)| of == key).flat_map(|(_, restarts)| restarts);
    if restarts.any(|at| inside.contains(at)) {
        return false;
    }
    let sessions = case.summary.sessions(key).0;
    let gap = (next - silence.last - 1).unsigned_abs();
    let written = ((span.last - span.first) / MINUTE).unsigned_abs().saturating_sub(gap).max(1);
    // Half of what would be usual: nights are quieter than days.
    let usual = sessions.sessions.saturating_mul(gap) / written / 2;
    sessions.missing_sessions > 0 && sessions.missing_sessions >= usual
}

/// Whether the back end of the server served others in the meantime, of which its log knows as little: then it is the logs that are
/// missing, or were switched off.
fn is_log_missing(case: &Case, key: &ServiceKey, silence: Silence, end: i64) -> bool {
    let inside = silence.last + 1..silence.next.unwrap_or(end);
    let Some(server) = key.server.as_deref() else { return false };
    let wrote = case.summary.services.iter().any(|(other, service)| {
        let is_its = (other.protocol, other.role, &other.server) == (key.protocol, Role::BackEnd, &key.server);
        is_its && service.presence.iter().any(|(minute, _)| inside.contains(&minute))
    });
    let mut of_others = case.handed_over_to(server, key.protocol, inside.clone()).filter(|(other, _)| other.server != key.server);
    let served = of_others.any(|(_, counts)| counts.succeeded > 0);
    served && !wrote
}

/// Whether the logs of another service on the same server (else of any server) cover the silence: then it is no missing file.
fn others_write(case: &Case, key: &ServiceKey, silence: Silence, end: i64) -> bool {
    let (from, to) = (silence.last + 1, silence.next.unwrap_or(end));
    let third = (to - from) / 3;
    case.summary.services.iter().filter(|(other, _)| other.protocol != key.protocol || other.server != key.server).any(
        |(_, service)| {
            let writes = |from: i64, to: i64| service.presence.iter().any(|(minute, _)| (from..to).contains(&minute));
            writes(from, from + third + 1) && writes(to - third - 1, to + 1)
        },
    )
}
