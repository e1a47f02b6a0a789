//! `brute-force`: somebody guesses the password of one account.

use std::collections::BTreeMap;

use crate::case::Case;
use crate::clock::{Zone, for_people};
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Cause, Confidence, Effect, Figures, Finding, Severity};
use crate::diagnosis::group_failures::is_ongoing;
use crate::diagnosis::guessing::{BreakIn, Guessed, Guesses, blocked, forced_anywhere};
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
address is the account's own, or one that others share, and it is not blocked either. So it is with an address from which
another account logs in hours after the last refusal: a carrier gave it to others.

## What to do
Block the addresses (those of your own network are no strangers': find out what runs there), switch IMAP and POP off where they are not needed, and see that the password is strong or modern authentication is used.

## When it is wrong
A device with an old password that tries every few seconds looks alike: one address, one account. It is left to wrong-credentials where
the account had logged in from there before, or, from an address of your own network, logs in ever after, and so is one that moves slowly from address to address. The addresses of one IPv6 /64, and those that carriers
share (100.64.0.0/10), count as one: a device changes within them.
",
    judge,
};

/// So many refusals on one server are a part of what is guessed on another.
const FEWEST_HERE: u64 = 10;

fn judge(case: &Case) -> Vec<Finding> {
    let all = Guesses::by_server(case);
    let anywhere = forced_anywhere(case, &all);
    let of_server = |guesses: &Guesses| {
        let is_part = |account: &&Guessed| account.count() >= FEWEST_HERE && anywhere.contains(account.name);
        let mut forced: Vec<&Guessed> =
            guesses.accounts.iter().filter(|account| guesses.is_forced(account) || is_part(account)).collect();
        forced.sort_by_key(|account| (std::cmp::Reverse(account.count()), account.name));
        judge_server(case, guesses, &forced)
    };
    all.iter().filter_map(of_server).collect()
}

fn judge_server(case: &Case, guesses: &Guesses, forced: &[&Guessed]) -> Option<Finding> {
    let worst = forced.first()?;
    let is_break_in = |address: &&Guessed| address.sources() == 1 && guesses.has_broken_in(address);
    let strangers = forced.iter().flat_map(|account| guesses.strangers_of(account));
    let broken: BTreeMap<&str, &Guessed> = strangers.filter(is_break_in).map(|address| (address.name, address)).collect();
    let severity = if broken.is_empty() { Severity::High } else { Severity::Critical };
    let mut finding =
        Finding::new(DIAGNOSIS.id, severity, Confidence::Consistent, format!("Somebody guesses the password of {}", worst.name));
    let refused: u64 = forced.iter().map(|account| account.count()).sum();
    finding.cause = Some(Cause {
        what: worst.name.to_lowercase(),
        title: (format!("Somebody guesses the password of {} on", worst.name), String::new()),
        figures: Some(Figures { attempts: 0, users_failed: refused, probes_failed: 0 }),
        ..Cause::default()
    });
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
    finding.step(blocked(guesses, &guesses.guessers_of(worst), worst.first()), None);
    finding.step(
        "Switch the protocol off for the account if it is not needed",
        Some(format!("Set-CASMailbox {} -ImapEnabled $false -PopEnabled $false", argument(worst.name))),
    );
    finding.checked()
}
