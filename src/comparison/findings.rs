//! Findings of both sides: one that is there on one side alone, or that is worse on one.

use std::collections::BTreeMap;

use crate::case::Case;
use crate::comparison::change::{Change, Direction, Figure, Kind};
use crate::comparison::matching::Servers;
use crate::diagnosis::finding::{Finding, Severity};
use crate::location::Location;

/// Findings of less weight come and go and are no change.
const LEAST: Severity = Severity::Medium;

/// The worst finding of a diagnosis about a server.
struct Found<'a> {
    finding: &'a Finding,
    /// It rests on files of evidence alone.
    is_of_evidence: bool,
}

/// What changed about the findings.
pub(super) fn changes(this: (&Case, &[Finding]), other: (&Case, &[Finding]), servers: &Servers) -> Vec<Change> {
    let (mine, theirs) = (by_name(this.1, servers), by_name(other.1, servers));
    let (here, there) = (covered(this.0, servers), covered(other.0, servers));
    let has_evidence = !this.0.evidence.files.is_empty() && !other.0.evidence.files.is_empty();
    let names = mine.keys().chain(theirs.keys().filter(|name| !mine.contains_key(*name)));
    let mut changes = Vec::new();
    for name @ (id, server) in names {
        let (of_mine, of_theirs) = (mine.get(name), theirs.get(name));
        let shown = of_mine.or(of_theirs);
        // What a side has no logs of, or no evidence about, it cannot have found.
        let can_tell = server.is_none() || (here.contains(server) && there.contains(server));
        let rests_on_evidence = shown.is_some_and(|found| found.is_of_evidence);
        if !can_tell || (rests_on_evidence && !has_evidence) {
            continue;
        }
        let severity = |found: Option<&Found<'_>>| found.map(|found| found.finding.severity);
        let (here, there) = (severity(of_mine), severity(of_theirs));
        let direction = match (here, there) {
            (Some(_), None) => Direction::New,
            (None, Some(_)) => Direction::Gone,
            (Some(here), Some(there)) if here > there => Direction::Worse,
            (Some(here), Some(there)) if here < there => Direction::Better,
            _ => continue,
        };
        let mut change = Change::new(direction, Kind::Finding, *id, Figure::Severity(here), Figure::Severity(there));
        change.server.clone_from(server);
        if let Some(Found { finding, .. }) = shown {
            change.detail.clone_from(&finding.title);
            change.protocol = match finding.protocols.as_slice() {
                [only] => Some(*only),
                _ => None,
            };
            change.example = finding.evidence.iter().find_map(|item| item.location.clone()).filter(has_line);
        }
        if let Some(Found { finding, .. }) = of_mine {
            change.ids = finding.outages.iter().chain(&finding.groups).cloned().collect();
        }
        changes.push(change);
    }
    changes
}

fn has_line(location: &Location) -> bool {
    location.line > 0
}

/// The findings of weight by diagnosis and server: one about several servers is one about each.
fn by_name<'a>(findings: &'a [Finding], servers: &Servers) -> BTreeMap<(&'static str, Option<String>), Found<'a>> {
    let mut found = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.severity >= LEAST) {
        let is_of_evidence = finding.outages.is_empty()
            && finding.groups.is_empty()
            && finding.evidence.iter().all(|item| item.kind != "log_line" && item.kind != "session");
        let mut names: Vec<Option<String>> = finding.servers.iter().map(|server| servers.name(Some(server))).collect();
        if names.is_empty() {
            names.push(None);
        }
        for name in names {
            // The worst comes first.
            found.entry((finding.id, name)).or_insert(Found { finding, is_of_evidence });
        }
    }
    found
}

/// The servers that a side has logs of.
fn covered(case: &Case, servers: &Servers) -> Vec<Option<String>> {
    case.servers().into_iter().map(|server| servers.name(server)).collect()
}
