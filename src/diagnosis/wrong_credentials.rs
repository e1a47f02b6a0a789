//! `wrong-credentials`: one account, again and again, with a password that does not fit.

use crate::case::Case;
use crate::clock::{Zone, for_people};
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Confidence, Effect, Finding, Severity};
use crate::diagnosis::group_failures::is_ongoing;
use crate::diagnosis::guessing::{Guessed, Guesses, forced_anywhere};
use crate::diagnosis::many_refused::Many;
use crate::diagnosis::powershell::argument;
use crate::diagnosis::refused_together::Together;
use crate::text::{counted, thousands};

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "wrong-credentials",
    title: "A client keeps trying a wrong password",
    doc: "\
## What it finds
One account that is refused again and again with bad credentials (LogonDenied), from one or a few addresses (more where a device goes from network to network), steadily over a time: a device or a program with the old password.

Where many accounts begin to be refused at one time while others log in (one in ten at least), it says that instead: passwords that expired together, a policy, the directory of their domain.

## Why it matters
The account may be locked by it, and the user notices only that something does not synchronise.

## Evidence it needs
The logs suffice; event 4625 in the Security log agrees.

## What to do
Find the device by its address and give it the new password. Unlock the account if it is locked.

## When it is wrong
If the failures come at a high rate or from many addresses: brute-force. If many accounts are tried: password-spray.
If probes and many users begin to be refused together and nobody logs in any more: health-mailbox-credentials says so.
",
    judge,
};

/// So many accounts are named.
const NAMED: usize = 3;

fn judge(case: &Case) -> Vec<Finding> {
    let mut findings = Vec::new();
    let all = Guesses::by_server(case);
    let forced = forced_anywhere(case, &all);
    for guesses in all {
        let mut stale = guesses.stale_devices();
        stale.retain(|account| !forced.contains(account.name));
        // Where probes and users are refused together, it is not their passwords.
        if let Some(together) = Together::of(case, &guesses) {
            stale.retain(|account| !together.covers(account));
        } else if let Some(many) = Many::of(case, &guesses) {
            stale.retain(|account| !many.has(account.name));
            findings.extend(many.finding(case, &guesses, DIAGNOSIS.id));
        }
        stale.sort_by_key(|account| (std::cmp::Reverse(account.count()), account.name));
        findings.extend(judge_server(case, &guesses, &stale));
    }
    findings
}

fn judge_server(case: &Case, guesses: &Guesses, stale: &[&Guessed]) -> Option<Finding> {
    let worst = stale.first()?;
    let title = match stale.len() {
        1 => format!("A client of {} keeps trying a wrong password", worst.name),
        more => format!(
            "Clients of {} and {} keep trying wrong passwords",
            worst.name,
            counted(more as u64 - 1, "other account", "other accounts")
        ),
    };
    let mut finding = Finding::new(DIAGNOSIS.id, Severity::Medium, Confidence::Consistent, title);
    finding.servers = guesses.server.clone().into_iter().collect();
    finding.protocols = guesses.protocols.clone();
    finding.start = stale.iter().map(|account| account.first()).min()?;
    finding.end = stale.iter().map(|account| account.last()).max()?;
    finding.ongoing = is_ongoing(case, finding.end);
    finding.groups = guesses.groups.clone();
    let (start, end) = (for_people(finding.start, Zone::Utc), for_people(finding.end, Zone::Utc));
    let all: u64 = stale.iter().map(|account| account.count()).sum();
    finding.summary = format!(
        "{} from {start} to {end} UTC, most of {} ({})",
        counted(all, "refused login", "refused logins"),
        worst.name,
        thousands(worst.count())
    );
    for account in stale.iter().take(NAMED) {
        let text =
            format!("{} was refused {} times from {}", account.name, thousands(account.count()), account.sources_in_words());
        finding.seen(Effect::Supports, "log_line", text, Some(account.first()), Some(account.line()));
        if guesses.is_mended_program(account) {
            finding.step(
                format!(
                    "Make sure that somebody gave the program of {} its right password when it was refused for the last time, at {} UTC: it logs in since then",
                    account.name,
                    for_people(account.last(), Zone::Utc)
                ),
                None,
            );
        }
        finding.step(format!("Ask {} which device or program still has the old password; the client addresses in the failure groups show where it is", account.name), None);
    }
    finding.step(
        "See whether the account is locked",
        Some(format!("Get-ADUser {} -Properties LockedOut,PasswordLastSet", argument(worst.bare_name()))),
    );
    finding.checked()
}
