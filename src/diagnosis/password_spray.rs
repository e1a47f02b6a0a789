//! `password-spray`: many accounts are tried with a few passwords each.

use std::collections::BTreeSet;

use crate::case::{Case, refusals};
use crate::clock::{Zone, for_people};
use crate::diagnosis::Diagnosis;
use crate::diagnosis::across::{listed, titled};
use crate::diagnosis::finding::{Confidence, Effect, Finding, Severity};
use crate::diagnosis::group_failures::is_ongoing;
use crate::diagnosis::guessing::{BreakIn, Guesses, Spray, blocked};
use crate::diagnosis::many_refused::Many;
use crate::diagnosis::refused_together::Together;
use crate::text::counted;

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "password-spray",
    title: "Somebody tries many accounts with a few passwords each",
    doc: "\
## What it finds
Many accounts that are refused a few times each, from addresses that hardly ever log in: one address that tries many accounts, or many addresses that try a few each, fast or slowly. Many of the names never log in.
Where a load balancer gives everybody its own address: many names, all new within a short time, that never log in, or are tried while nobody else is there.

## Why it matters
One weak password among many accounts is enough. A success after the spray makes it critical.

## Evidence it needs
The logs suffice.

## What to do
Block the addresses (the finding lists them, and those that must not be blocked because others log in from there), look at accounts that logged in from them, switch IMAP and POP off where nobody needs them.

## When it is wrong
An office whose users all mistype looks alike only if none of them ever succeeds from there. Behind a load balancer, many people who are given new names at one time, and cannot log in with them, look alike too.
",
    judge,
};

fn judge(case: &Case) -> Vec<Finding> {
    let judged = |guesses: &Guesses<'_>| {
        let spray = spray(case, guesses, &[guesses])?;
        finding(case, guesses, &spray, guesses.server.clone().into_iter().collect())
    };
    Guesses::by_server(case).iter().filter_map(judged).collect()
}

/// The sprays of all servers: those from the same addresses are one, and where no server alone shows one, all together may.
pub(super) fn joined(case: &Case, mut findings: Vec<Finding>) -> Vec<Finding> {
    if case.servers().len() < 2 {
        return findings;
    }
    let all = Guesses::by_server(case);
    let sprayed = all.iter().filter_map(|guesses| spray(case, guesses, &[guesses])).map(|spray| names(&spray));
    let mut sources: Vec<BTreeSet<String>> = Vec::new();
    for mut addresses in sprayed {
        let (same, others): (Vec<_>, Vec<_>) = sources.into_iter().partition(|known| !known.is_disjoint(&addresses));
        addresses.extend(same.into_iter().flatten());
        sources = others;
        sources.push(addresses);
    }
    let is_unseen = sources.is_empty();
    let mut stories = Vec::new();
    // Without a spray on any server, whoever was refused anywhere is looked at.
    for addresses in if is_unseen { vec![BTreeSet::new()] } else { sources } {
        let hit = all.iter().filter(|guesses| is_unseen || guesses.has_any(&addresses));
        let servers: BTreeSet<Option<&str>> = hit.map(|guesses| guesses.server.as_deref()).collect();
        if servers.len() > 1 {
            stories.extend(of_servers(case, &servers, &all));
        }
    }
    let is_told = |finding: &Finding| {
        let mut others =
            stories.iter().filter(|story: &&Finding| finding.servers.iter().all(|server| story.servers.contains(server)));
        others.any(|story| finding.start <= story.end && finding.end >= story.start)
    };
    findings.retain(|finding| !is_told(finding));
    findings.extend(stories);
    findings
}

/// The spray in these guesses; none where probes and users, or many users alone, begin to be refused together on one of the servers:
/// there nobody guesses.
fn spray<'s>(case: &Case, guesses: &'s Guesses<'_>, servers: &[&Guesses<'_>]) -> Option<Spray<'s>> {
    let spray = guesses.spray()?;
    let is_everybody = |server: &&Guesses<'_>| {
        Together::of(case, server).is_some_and(|together| (together.start..=together.end).contains(&spray.first))
    };
    let is_of_many = |server: &&Guesses<'_>| {
        let many = Many::of(case, server);
        many.is_some_and(|many| {
            spray.accounts.iter().filter(|account| many.has(account.name)).count() * 2 >= spray.accounts.len()
        })
    };
    if servers.iter().any(is_everybody) || servers.iter().any(is_of_many) { None } else { Some(spray) }
}

fn names(spray: &Spray<'_>) -> BTreeSet<String> {
    spray.addresses.iter().map(|address| address.name.to_owned()).collect()
}

/// The spray over these servers, if it is one over more than one of them.
fn of_servers(case: &Case, servers: &BTreeSet<Option<&str>>, all: &[Guesses<'_>]) -> Option<Finding> {
    let is_one = |server: Option<&str>| servers.contains(&server);
    let refusals = refusals::together(&case.summary, &case.accounts, is_one);
    let guesses = Guesses::of(case, &refusals, is_one);
    let spray = spray(case, &guesses, &all.iter().filter(|guesses| is_one(guesses.server.as_deref())).collect::<Vec<_>>())?;
    let addresses = names(&spray);
    let hit = all.iter().filter(|guesses| guesses.has_any(&addresses)).filter_map(|guesses| guesses.server.clone());
    let servers: Vec<String> = hit.collect();
    if servers.len() < 2 { None } else { finding(case, &guesses, &spray, servers) }
}

fn finding(case: &Case, guesses: &Guesses<'_>, spray: &Spray<'_>, servers: Vec<String>) -> Option<Finding> {
    let severity = if spray.broken.is_empty() { Severity::High } else { Severity::Critical };
    let title = match servers.as_slice() {
        [] => "Somebody tries many accounts on an unknown server".to_owned(),
        servers => titled("Somebody tries many accounts on", servers, ""),
    };
    // Many people with new names, behind one address for all, may look alike.
    let confidence = if spray.is_among_others { Confidence::Possible } else { Confidence::Consistent };
    let mut finding = Finding::new(DIAGNOSIS.id, severity, confidence, title);
    finding.protocols = guesses.protocols.clone();
    (finding.start, finding.end) = (spray.first, spray.last);
    finding.ongoing = is_ongoing(case, finding.end);
    finding.groups = guesses.groups.clone();
    let (start, end) = (for_people(finding.start, Zone::Utc), for_people(finding.end, Zone::Utc));
    let (accounts, addresses) = (
        counted(spray.accounts.len() as u64, "account", "accounts"),
        counted(spray.addresses.len() as u64, "address", "addresses"),
    );
    finding.summary = format!(
        "{accounts} tried from {addresses} between {start} and {end} UTC; {} of them never logged in",
        spray.never_succeeded
    );
    if servers.len() > 1 {
        finding.summary.push_str(&format!("; servers: {}", listed(&servers)));
    }
    finding.servers = servers;
    for address in &spray.broken {
        if let Some(break_in) = BreakIn::of(case, guesses, address) {
            break_in.tell(&mut finding);
        }
    }
    for one in if spray.is_among_others { &spray.accounts } else { &spray.addresses }.iter().take(5) {
        let times = counted(one.count(), "time", "times");
        let text = match spray.is_among_others {
            true if one.has_worked() => format!("{} was refused {times}", one.name),
            true => format!("{}, which never logs in, was refused {times}", one.name),
            false => format!("{} tried {} and was refused {times}", one.name, counted(one.sources(), "account", "accounts")),
        };
        finding.seen(Effect::Supports, "log_line", text, Some(one.first()), Some(one.line()));
    }
    if spray.worked_meanwhile > 0 {
        let logins = counted(spray.worked_meanwhile, "login of a user worked", "logins of users worked");
        let text =
            format!("{logins} in that time, while hardly anybody else was there: a right guess, or somebody who was awake");
        finding.seen(Effect::Supports, "log_line", text, None, None);
        finding.step(
            format!(
                "See whose logins worked between {start} and {end} UTC (exlog sessions lists them), and change those passwords"
            ),
            None,
        );
    }
    finding.step(blocked(guesses, &spray.addresses, spray.first), None);
    finding.step("Look at accounts that logged in from any of them, and change their passwords", None);
    finding.step(
        "Switch IMAP and POP off where they are not needed",
        Some("Get-CASMailbox -ResultSize Unlimited | ? { $_.ImapEnabled -or $_.PopEnabled }".to_owned()),
    );
    finding.checked()
}
