//! `log-incomplete`: what the logs do not hold.

use crate::case::Case;
use crate::case::coverage::Gap;
use crate::clock::{Zone, for_people};
use crate::collections::minutes::MINUTE;
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Confidence, Effect, Finding, Severity};
use crate::diagnosis::powershell::argument;
use crate::merge::Merge;
use crate::protocol::{Protocol, Role};
use crate::skipped::SkipReason;
use crate::summary::counts::Counts;
use crate::text::counted;

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "log-incomplete",
    title: "The logs are not complete",
    doc: "\
## What it finds
Days or hours without lines between the first and the last file, holes in the numbering of session lines, lines that cannot be read, and
logs that Exchange was told not to write.

## Why it matters
It says what the answer cannot say: an outage in a gap is not seen.

## Evidence it needs
The logs suffice. Get-ImapSettings, Get-PopSettings and the event log MSExchange Management tell whether logging was switched off.

## What to do
Copy the missing files. Damaged lines point to a copy that broke off, a full disk, or a crash.

## When it is wrong
A service that nobody uses at night has gaps by nature: gaps alone are taken for what they look like, and no more. A back end that
nobody reached had nothing to write: where every login that was handed over to it failed meanwhile, its silence is no gap here.
",
    judge,
};

/// So many gaps are listed.
const LISTED: usize = 20;

fn judge(case: &Case) -> Vec<Finding> {
    judge_all(case).into_iter().collect()
}

fn judge_all(case: &Case) -> Option<Finding> {
    let summary = &case.summary;
    // A last line that is still being written is no damage.
    let damaged: u64 =
        summary.skipped.by_reason().filter(|(reason, _)| *reason != SkipReason::Unfinished).map(|(_, count)| count).sum();
    let missing = case.coverage.sessions.missing_sequence_numbers;
    let gaps: Vec<&Gap> = case.coverage.gaps.iter().filter(|gap| !nobody_got_there(case, gap)).collect();
    let off = &case.coverage.switched_off;
    if damaged + missing == 0 && gaps.is_empty() && off.is_empty() {
        return None;
    }
    let span = summary.span?;
    let is_certain = damaged + missing > 0 || !off.is_empty();
    let confidence = if is_certain { Confidence::Confirmed } else { Confidence::Consistent };
    let mut finding = Finding::new(DIAGNOSIS.id, Severity::Low, confidence, "The logs are not complete");
    (finding.start, finding.end) = (span.first, span.last);
    let holes = [
        (gaps.len() as u64, "gap", "gaps"),
        (missing, "line missing inside sessions", "lines missing inside sessions"),
        (damaged, "line that cannot be read", "lines that cannot be read"),
        (off.len() as u64, "log switched off", "logs switched off"),
    ];
    let holes = holes.into_iter().filter(|(count, ..)| *count > 0).map(|(count, one, many)| counted(count, one, many));
    finding.summary = holes.collect::<Vec<_>>().join(", ");
    for gap in gaps.into_iter().take(LISTED) {
        let (key, from, to) = (&gap.service, for_people(gap.from, Zone::Utc), for_people(gap.to, Zone::Utc));
        let text = format!("no line of the {} {} from {from} to {to} UTC", key.protocol.title(), key.role.title());
        finding.protocols.push(key.protocol);
        finding.servers.extend(key.server.as_deref().map(str::to_owned));
        finding.seen(Effect::Supports, "log_line", text, Some(gap.from), case.file_at(key, gap.from - 1).as_ref());
    }
    for off in off.iter().take(LISTED) {
        let kind = if off.since.is_some() { "event" } else { "settings" };
        finding.protocols.extend(off.protocol);
        finding.servers.extend(off.server.as_deref().map(str::to_owned));
        finding.seen(Effect::Supports, kind, off.in_words(Zone::Utc), off.since, Some(&off.location));
    }
    for (reason, at, _) in summary.skipped.examples().filter(|(reason, _, _)| *reason != SkipReason::Unfinished) {
        finding.seen(Effect::Supports, "log_line", reason.words(), None, Some(at));
    }
    if finding.evidence.is_empty() {
        let file = summary.sources.first().map(|source| crate::location::Location::new(source.file.clone(), 0));
        finding.seen(Effect::Supports, "log_line", "session lines are missing: their numbers have holes", None, file.as_ref());
    }
    if let Some(off) = off.iter().find(|off| off.until.is_none()) {
        let noun = if off.protocol == Some(Protocol::Pop3) { "Pop" } else { "Imap" };
        let server = off.server.as_deref().map_or_else(String::new, |server| format!(" -Server {}", argument(server)));
        let command = format!("Set-{noun}Settings{server} -ProtocolLogEnabled $true");
        finding.step("Switch the protocol log on, and restart the services: they read it when they start", Some(command));
    }
    finding.step("Copy the missing files, or take into account that the answer does not cover these times", None);
    finding.checked()
}

/// Whether every login that was handed over to a back end in its gap failed, and there were some: then it was not there, and its log
/// is whole.
fn nobody_got_there(case: &Case, gap: &Gap) -> bool {
    let Gap { service, from, to } = gap;
    let Some(server) = service.server.as_deref().filter(|_| service.role == Role::BackEnd) else { return false };
    let mut all = Counts::default();
    case.handed_over_to(server, service.protocol, from / MINUTE..to / MINUTE).for_each(|(_, counts)| all.merge_with(*counts));
    all.failed > 0 && all.succeeded == 0
}
