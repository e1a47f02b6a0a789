//! `brute-force`: somebody guesses the password of one account.

use std::collections::BTreeMap;

use crate::case::Case;
use crate::clock::{Zone, for_people};
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Confidence, Effect, Finding, Severity};
use crate::diagnosis::group_failures::is_ongoing;
use crate::diagnosis::guessing::{BreakIn, Guessed, Guesses, blocked};
use crate::diagnosis::powershell::argument;
use crate::text::{counted, thousands};

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "brute-force",
    title: "Somebody guesses the password of one account",
    doc: "\
## What it finds
One account with very many refused logins at a high rate, or from many addresses.

## Why it matters
Sooner or later a guess is right; until then the account may be locked all the time.

## Evidence it needs
The logs suffice. A login that works from one of the addresses makes it critical, unless logins from there had worked before: such an
address is the account's own, or one that others share, and it is not blocked either.

## What to do
Block the addresses, switch IMAP and POP off where they are not needed, and see that the password is strong or modern authentication is used.

## When it is wrong
A device with an old password that tries every few seconds looks alike: one address, one account. It is left to wrong-credentials where
the account had logged in from there before, and so is one that moves slowly from address to address. The addresses of one IPv6 /64, and those that carriers
share (100.64.0.0/10), count as one: a device changes within them.
",
    judge,
};

fn judge(case: &Case) -> Vec<Finding> {
    let mut findings = Vec::new();
    for guesses in Guesses::by_server(case) {
        let mut forced: Vec<&Guessed> = guesses.accounts.iter().filter(|account| guesses.is_forced(account)).collect();
        forced.sort_by_key(|account| (std::cmp::Reverse(account.count()), account.name));
        findings.extend(judge_server(case, &guesses, &forced));
    }
    findings
}

fn judge_server(case: &Case, guesses: &Guesses, forced: &[&Guessed]) -> Option<Finding> {
    let worst = forced.first()?;
    let is_break_in = |address: &&Guessed| address.sources() == 1 && address.worked_after_refusal();
    let strangers = forced.iter().flat_map(|account| guesses.strangers_of(account));
    let broken: BTreeMap<&str, &Guessed> = strangers.filter(is_break_in).map(|address| (address.name, address)).collect();
    let severity = if broken.is_empty() { Severity::High } else { Severity::Critical };
    let mut finding =
        Finding::new(DIAGNOSIS.id, severity, Confidence::Consistent, format!("Somebody guesses the password of {}", worst.name));
    finding.servers = guesses.server.clone().into_iter().collect();
    finding.protocols = guesses.protocols.clone();
    finding.start = forced.iter().map(|account| account.first()).min()?;
    finding.end = forced.iter().map(|account| account.last()).max()?;
    finding.ongoing = is_ongoing(case, finding.end);
    finding.groups = guesses.groups.clone();
    let (start, end) = (for_people(finding.start, Zone::Utc), for_people(finding.end, Zone::Utc));
    finding.summary = format!(
        "{} of {} from {start} to {end} UTC, from {}",
        counted(worst.count(), "refused login", "refused logins"),
        worst.name,
        worst.sources_in_words()
    );
    for address in broken.values().take(3) {
        if let Some(break_in) = BreakIn::of(case, guesses, address) {
            break_in.tell(&mut finding);
        }
    }
    for account in forced.iter().take(3) {
        let text =
            format!("{} was refused {} times from {}", account.name, thousands(account.count()), account.sources_in_words());
        finding.seen(Effect::Supports, "log_line", text, Some(account.first()), Some(account.line()));
    }
    finding.step(blocked(&guesses.guessers_of(worst), worst.first()), None);
    finding.step(
        "Switch the protocol off for the account if it is not needed",
        Some(format!("Set-CASMailbox {} -ImapEnabled $false -PopEnabled $false", argument(worst.name))),
    );
    finding.checked()
}
