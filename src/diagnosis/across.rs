//! One story for each cause across servers: a back end that eight front ends fail against is told once, and names all eight.

use std::collections::BTreeMap;

use crate::case::Case;
use crate::collections::minutes::MINUTE;
use crate::diagnosis::finding::{Cause, Effect, Evidence, Figures, Finding, at_times};
use crate::diagnosis::password_spray;
use crate::diagnosis::server_failures::{since, until};
use crate::protocol::Protocol;
use crate::text::counted;

/// The same cause on two servers is one story if no more time than this lies between, in milliseconds.
const APART: i64 = 60 * MINUTE;

/// So many servers are named in a title; of more it says how many, and the summary names them.
const IN_TITLE: usize = 3;

/// So many servers are named in a summary.
const IN_SUMMARY: usize = 40;

/// So much that speaks for the story is kept: the first of each server, then the second.
const SEEN: usize = 20;

/// The findings, those of one cause as one.
pub(super) fn joined(case: &Case, findings: Vec<Finding>) -> Vec<Finding> {
    let mut joined = Vec::new();
    let mut of_cause = BTreeMap::<(&str, String), Vec<Finding>>::new();
    let (sprays, others): (Vec<Finding>, Vec<Finding>) =
        findings.into_iter().partition(|finding| finding.id == password_spray::DIAGNOSIS.id);
    for finding in others {
        match &finding.cause {
            Some(cause) => of_cause.entry((finding.id, cause.what.clone())).or_default().push(finding),
            None => joined.push(finding),
        }
    }
    for (_, mut findings) in of_cause {
        findings.sort_by_key(|finding| finding.start);
        let mut together: Vec<Finding> = Vec::new();
        for finding in findings {
            let end = together.iter().map(|finding| finding.end).max();
            if end.is_some_and(|end| finding.start - end > APART) {
                joined.extend(one(std::mem::take(&mut together)));
            }
            together.push(finding);
        }
        joined.extend(one(together));
    }
    joined.extend(password_spray::joined(case, sprays));
    joined
}

/// One finding about all of them. Those about one server are left alone: its failures were put together when they were judged.
fn one(findings: Vec<Finding>) -> Vec<Finding> {
    let mut servers: Vec<String> = findings.iter().flat_map(|finding| finding.servers.clone()).collect();
    servers.sort();
    servers.dedup();
    let worst = findings.iter().max_by_key(|finding| (finding.severity, finding.confidence, finding.cause.is_some()));
    let (Some(worst), true) = (worst, servers.len() > 1) else { return findings };
    let Some(Cause { title: (before, after), .. }) = &worst.cause else { return findings };
    let mut story = Finding::new(worst.id, worst.severity, worst.confidence, titled(before, &servers, after));
    // It is as sure as it is on the server where it is least sure.
    story.confidence = findings.iter().map(|finding| finding.confidence).min().unwrap_or(worst.confidence);
    story.subject.clone_from(&worst.subject);
    story.cause.clone_from(&worst.cause);
    story.references.clone_from(&worst.references);
    story.start = findings.iter().map(|finding| finding.start).min().unwrap_or_default();
    story.end = findings.iter().map(|finding| finding.end).max().unwrap_or_default();
    story.ongoing = findings.iter().any(|finding| finding.ongoing);
    story.is_scattered = findings.iter().any(|finding| finding.is_scattered);
    for finding in &findings {
        story.protocols.extend(&finding.protocols);
        story.outages.extend(finding.outages.iter().cloned());
        story.groups.extend(finding.groups.iter().cloned());
    }
    story.protocols.sort_unstable();
    story.protocols.dedup();
    story.summary = summary(&findings, worst, &story, &servers);
    story.evidence = evidence(&findings);
    findings.iter().for_each(|finding| story.take_steps(finding));
    story.servers = servers;
    story.checked().map_or(findings, |story| vec![story])
}

/// A title with the servers in it.
pub(super) fn titled(before: &str, servers: &[String], after: &str) -> String {
    let named = match servers {
        [] => "unknown servers".to_owned(),
        [only] => only.clone(),
        [first @ .., last] if servers.len() <= IN_TITLE => format!("{} and {last}", first.join(", ")),
        many => counted(many.len() as u64, "server", "servers"),
    };
    format!("{before} {named} {after}").trim_end().to_owned()
}

/// The servers' names, as a summary has them.
pub(super) fn listed(servers: &[String]) -> String {
    let shown: Vec<&str> = servers.iter().take(IN_SUMMARY).map(String::as_str).collect();
    match servers.len().saturating_sub(IN_SUMMARY) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn summary(findings: &[Finding], worst: &Finding, story: &Finding, servers: &[String]) -> String {
    let figures: Option<Vec<Figures>> =
        findings.iter().map(|finding| finding.cause.as_ref().and_then(|cause| cause.figures)).collect();
    let servers = listed(servers);
    let Some(figures) = figures else { return format!("{}; servers: {servers}", worst.summary) };
    let is_scattered = figures.iter().any(|figures| figures.attempts == 0);
    let sum = |count: fn(&Figures) -> u64| figures.iter().map(count).sum();
    let all = Figures {
        // Without attempts on one of the servers there is no share of all.
        attempts: if is_scattered { 0 } else { sum(|figures| figures.attempts) },
        users_failed: sum(|figures| figures.users_failed),
        probes_failed: sum(|figures| figures.probes_failed),
    };
    let names: Vec<&str> = story.protocols.iter().copied().map(Protocol::title).collect();
    let causes = || findings.iter().filter_map(|finding| finding.cause.as_ref().map(|cause| (finding, cause)));
    let may_be_older = causes().any(|(finding, cause)| cause.may_be_older && finding.start == story.start);
    let since = since(story.start, may_be_older);
    // It works again as soon as anybody gets through after the last failure.
    let again = causes().filter_map(|(_, cause)| cause.worked_again).filter(|at| at + MINUTE > story.end).min();
    let until = match story.ongoing {
        true => "and it goes on".to_owned(),
        false => until(story.end, again),
    };
    let mut beside = beside(findings);
    let there = if beside.is_empty() { "" } else { " there" };
    let more: u64 = causes().map(|(_, cause)| cause.more).sum();
    if more > 0 {
        beside += &format!("; {} at other times or targets", counted(more, "failure more", "failures more"));
    }
    let times = if is_scattered { String::new() } else { at_times(findings.iter().flat_map(times_of).collect()) };
    format!("{} on {servers} since {since} {until}{times}: {}{beside}", names.join(" and "), all.words(there))
}

/// What is true of all that failed, or on which of the servers it is.
fn beside(findings: &[Finding]) -> String {
    let told = |finding: &'_ Finding| Some((listed(&finding.servers), finding.cause.as_ref()?.beside.clone()?));
    let told: Vec<(String, String)> = findings.iter().filter_map(told).collect();
    if told.len() < findings.len() {
        return told.iter().map(|(servers, beside)| format!("; on {servers}: {beside}")).collect();
    }
    // A host may be written in two ways.
    let longest = told.into_iter().map(|(_, beside)| beside).max_by_key(String::len);
    longest.map_or_else(String::new, |beside| format!("; {beside}"))
}

fn times_of(finding: &Finding) -> Vec<(i64, i64)> {
    finding.cause.as_ref().map_or_else(Vec::new, |cause| cause.times.clone())
}

/// What speaks for the story on each server, all that speaks against it, and what is missing.
fn evidence(findings: &[Finding]) -> Vec<Evidence> {
    let of = |finding: &'_ Finding, supports: bool| {
        let items = finding.evidence.iter().filter(|item| (item.effect == Effect::Supports) == supports);
        items.cloned().enumerate().collect::<Vec<_>>()
    };
    let mut supporting: Vec<(usize, Evidence)> = findings.iter().flat_map(|finding| of(finding, true)).collect();
    supporting.sort_by_key(|(place, _)| *place);
    let others = findings.iter().flat_map(|finding| of(finding, false));
    let mut all: Vec<Evidence> = Vec::new();
    for (_, item) in supporting.into_iter().take(SEEN).chain(others) {
        if !all.contains(&item) {
            all.push(item);
        }
    }
    all
}
