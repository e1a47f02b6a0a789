//! `password-spray`: many accounts are tried with a few passwords each.

use crate::case::Case;
use crate::clock::{Zone, for_people};
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Confidence, Effect, Finding, Severity};
use crate::diagnosis::group_failures::is_ongoing;
use crate::diagnosis::guessing::{Guesses, Spray, block_list};
use crate::text::counted;

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "password-spray",
    title: "Somebody tries many accounts with a few passwords each",
    doc: "\
## What it finds
Many accounts that are refused a few times each, from addresses that hardly ever log in: one address that tries many accounts, or many addresses that try a few each, fast or slowly. Many of the names never log in.

## Why it matters
One weak password among many accounts is enough. A success after the spray makes it critical.

## Evidence it needs
The logs suffice.

## What to do
Block the addresses (the finding lists them), look at accounts that logged in from them, switch IMAP and POP off where nobody needs them.

## When it is wrong
An office whose users all mistype looks alike only if none of them ever succeeds from there.
",
    judge,
};

fn judge(case: &Case) -> Vec<Finding> {
    Guesses::by_server(case).iter().filter_map(|guesses| judge_server(case, guesses, &guesses.spray()?)).collect()
}

fn judge_server(case: &Case, guesses: &Guesses, spray: &Spray<'_>) -> Option<Finding> {
    let severity = if spray.broken.is_empty() { Severity::High } else { Severity::Critical };
    let server = guesses.server.as_deref().unwrap_or("an unknown server");
    let mut finding =
        Finding::new(DIAGNOSIS.id, severity, Confidence::Consistent, format!("Somebody tries many accounts on {server}"));
    finding.servers = guesses.server.clone().into_iter().collect();
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
    for address in spray.addresses.iter().take(5) {
        let text = format!(
            "{} tried {} and was refused {}",
            address.name,
            counted(address.sources(), "account", "accounts"),
            counted(address.count(), "time", "times")
        );
        finding.seen(Effect::Supports, "log_line", text, Some(address.first()), Some(address.line()));
    }
    for address in &spray.broken {
        // Moments of successes are kept, lines are not.
        let Some(moment) = address.success_after_refusal() else { continue };
        let at = for_people(moment, Zone::Utc);
        let text = match guesses.account_in(address, moment) {
            Some(name) => format!(
                "a login from {} worked at {at} UTC, after refusals: to judge by the moment it was {name}; change its password, and those of all accounts that this address reached",
                address.name
            ),
            None => format!(
                "a login from {} worked at {at} UTC, after refusals: change the passwords of the accounts that it reached",
                address.name
            ),
        };
        finding.seen(Effect::Supports, "log_line", text, Some(moment), None);
    }
    finding.step(format!("Block these addresses at the firewall: {}", block_list(&spray.addresses)), None);
    finding.step("Look at accounts that logged in from any of them, and change their passwords", None);
    finding.step(
        "Switch IMAP and POP off where they are not needed",
        Some("Get-CASMailbox -ResultSize Unlimited | ? { $_.ImapEnabled -or $_.PopEnabled }".to_owned()),
    );
    finding.checked()
}
