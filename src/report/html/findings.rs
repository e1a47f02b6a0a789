//! The findings with what speaks for them and against them, and what is missing.

use std::collections::BTreeMap;

use crate::case::Case;
use crate::diagnosis::finding::{Effect, Evidence, Finding, Severity};
use crate::location::Location;
use crate::report::html::commands::{Cite, cite};
use crate::report::html::headline::{Step, steps};
use crate::report::html::times::{Times, When};
use crate::report::html::words::{cut, left_out, listed};
use crate::text::counted;

/// So many pieces of evidence stand open.
const OPEN: usize = 5;

/// So many findings are listed, and so many of them show all their evidence; the others what stands open.
pub(super) const FINDINGS: usize = 100;
const WITH_ALL_EVIDENCE: usize = 16;

/// So many outages, groups and servers of a finding are named.
const NAMED: usize = 8;

/// A piece of evidence.
#[derive(Debug)]
pub(super) struct Proof {
    pub(super) effect: &'static str,
    pub(super) sign: &'static str,
    /// For those who do not see the sign.
    pub(super) word: &'static str,
    pub(super) text: String,
    pub(super) has_at: bool,
    pub(super) at: When,
    pub(super) cites: Option<Cite>,
}

/// A link inside the page.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) href: String,
    pub(super) text: String,
}

/// A finding.
#[derive(Debug)]
pub(super) struct FindingRow {
    pub(super) anchor: String,
    pub(super) id: &'static str,
    pub(super) severity: &'static str,
    pub(super) confidence: &'static str,
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) scope: String,
    pub(super) since: When,
    pub(super) until: String,
    pub(super) first_ms: i64,
    pub(super) last_ms: i64,
    pub(super) links: Vec<Link>,
    pub(super) proofs: Vec<Proof>,
    pub(super) has_more_proofs: bool,
    pub(super) more_proofs_text: String,
    pub(super) more_proofs: Vec<Proof>,
    pub(super) proofs_left_out: String,
    pub(super) missing: Vec<Proof>,
    pub(super) steps: Vec<Step>,
    pub(super) references: Vec<&'static str>,
    pub(super) explain: String,
}

/// The findings above low, and the others.
pub(super) fn findings(case: &Case, findings: &[Finding], times: &Times) -> (Vec<FindingRow>, Vec<FindingRow>) {
    let texts = texts(case);
    let row = |(place, finding): (usize, &Finding)| (finding.severity > Severity::Low, row(place, finding, &texts, times));
    let (loud, quiet): (Vec<_>, Vec<_>) = findings.iter().take(FINDINGS).enumerate().map(row).partition(|(is_loud, _)| *is_loud);
    (loud.into_iter().map(|(_, row)| row).collect(), quiet.into_iter().map(|(_, row)| row).collect())
}

/// The lines that are known by their places.
fn texts(case: &Case) -> BTreeMap<&Location, &str> {
    let groups = case.groups.iter().flat_map(|group| &group.failures.examples);
    let refused = case.summary.services.values().filter_map(|service| service.refused_users.as_ref());
    let examples = groups.chain(refused.flat_map(|group| &group.examples)).map(|(_, at, text)| (at, text.as_ref()));
    examples.chain(case.summary.skipped.examples().map(|(_, at, text)| (at, text))).collect()
}

fn row(place: usize, finding: &Finding, texts: &BTreeMap<&Location, &str>, times: &Times) -> FindingRow {
    let (missing, mut present): (Vec<_>, Vec<_>) = finding.evidence.iter().partition(|item| item.effect == Effect::Missing);
    // What speaks against it or changed first, then the lines.
    present.sort_by_key(|item| (item.effect != Effect::Contradicts, item.kind == "log_line", item.kind == "session"));
    let mut said = Vec::new();
    let mut proof = |item: &&Evidence| {
        // The text of a line stands once in a finding.
        let text = item.location.as_ref().filter(|at| !said.contains(*at)).and_then(|at| texts.get(at)).copied();
        said.extend(item.location.clone());
        let (sign, word) = match item.effect {
            Effect::Supports => ("+", "supports"),
            Effect::Contradicts => ("−", "contradicts"),
            Effect::Missing => ("?", "missing"),
        };
        Proof {
            effect: item.effect.name(),
            sign,
            word,
            text: cut(&item.text, 600),
            has_at: item.at.is_some(),
            at: item.at.map(|at| times.when(at)).unwrap_or_default(),
            cites: item.location.as_ref().map(|at| cite(at, text)),
        }
    };
    let mut proofs: Vec<Proof> = present.iter().map(&mut proof).collect();
    let missing = missing.iter().map(&mut proof).collect();
    let mut more_proofs = proofs.split_off(OPEN.min(proofs.len()));
    let more = more_proofs.len();
    if place >= WITH_ALL_EVIDENCE {
        more_proofs.clear();
    }
    let named = finding.outages.iter().take(NAMED).chain(finding.groups.iter().take(NAMED));
    FindingRow {
        anchor: format!("finding-{}", place + 1),
        id: finding.id,
        severity: finding.severity.name(),
        confidence: finding.confidence.name(),
        title: cut(&finding.title, 300),
        summary: cut(&finding.summary, 800),
        scope: scope(finding),
        since: times.when(finding.start),
        until: if finding.ongoing { ", goes on".to_owned() } else { format!(" to {}", times.when(finding.end).text) },
        first_ms: finding.start,
        last_ms: finding.end,
        links: named.map(|id| Link { href: format!("#{id}"), text: id.replace('-', " ") }).collect(),
        proofs,
        has_more_proofs: !more_proofs.is_empty(),
        more_proofs_text: counted(more_proofs.len() as u64, "more piece of evidence", "more pieces of evidence"),
        proofs_left_out: left_out(more, more_proofs.len(), "pieces of evidence"),
        more_proofs,
        missing,
        steps: steps(finding),
        references: finding.references.clone(),
        explain: format!("exlog explain {}", finding.id),
    }
}

/// Which protocols on which servers.
fn scope(finding: &Finding) -> String {
    let protocols: Vec<String> = finding.protocols.iter().map(|protocol| protocol.title().to_owned()).collect();
    let mut servers: Vec<String> = finding.servers.iter().take(NAMED).map(|name| cut(name, 80)).collect();
    if finding.servers.len() > NAMED {
        servers.push(format!("{} more", finding.servers.len() - NAMED));
    }
    let parts = [listed(&protocols), listed(&servers)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}
