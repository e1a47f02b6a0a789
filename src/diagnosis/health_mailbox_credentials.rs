//! `health-mailbox-credentials`: the probes of Exchange itself have wrong credentials.

use crate::case::Case;
use crate::case::group::Group;
use crate::clock::{Zone, for_people};
use crate::collections::minutes::MINUTE;
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Confidence, Effect, Finding, Severity};
use crate::diagnosis::group_failures::{self, Rule};
use crate::diagnosis::guessing::Guesses;
use crate::diagnosis::powershell::argument;
use crate::diagnosis::refused_together::{Together, ask_for_time_before};
use crate::login::error_code::ErrorClass;
use crate::login::identity::ClientClass;
use crate::protocol::Role;
use crate::summary::ServiceKey;
use crate::text::counted;

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "health-mailbox-credentials",
    title: "The probes of Exchange itself have wrong credentials",
    doc: "\
## What it finds
Credentials failures of HealthMailbox accounts only: the passwords of Exchange's own monitoring mailboxes do not fit.
Where users who log in at other times are refused together with the probes and nobody logs in any more, it says that instead: the directory has failed.
If the logs, or the window, hold nothing but that, accounts that try again and again are taken for users, and it is `possible` only.
So it does where the same probes log in between their refusals: a password that works is right, and whoever checks it fails now and then.

## Why it matters
Managed availability calls the protocol unhealthy and may restart services or take the server out of service, although clients are fine.

## Evidence it needs
The logs suffice.

## What to do
Recreate the health mailboxes: disable or remove the HealthMailbox accounts and restart the Health Manager service, which makes new ones. It is not the certificate.

## When it is wrong
For some minutes after a health mailbox was made, until its password has been replicated.
",
    judge,
};

/// So many refusals, and so many logins that work between them, are no chance.
const FEWEST: u64 = 3;

fn judge(case: &Case) -> Vec<Finding> {
    let rule = Rule { id: DIAGNOSIS.id, severity: Severity::Medium, fewest: FEWEST, applies };
    let all = Guesses::by_server(case);
    group_failures::judge(case, &rule, |finding, place| {
        let here = all.iter().find(|guesses| guesses.server.as_ref() == finding.servers.first());
        if let Some(together) = here.and_then(|guesses| Together::of(case, guesses)) {
            return everybody(finding, place.server, &together);
        }
        let worked = worked_between(case, finding);
        if worked >= FEWEST {
            return now_and_then(finding, place.server, worked);
        }
        finding.title = format!("The probes of Exchange itself have wrong credentials on {}", place.server);
        finding.step(
            "Look at the monitoring mailboxes",
            Some("Get-Mailbox -Monitoring | ft Name,Database,AccountDisabled".to_owned()),
        );
        finding.step(
            "Remove those that fail from the database, then let the Health Manager make new ones",
            Some("Restart-Service MSExchangeHM".to_owned()),
        );
    })
}

/// Users are refused with the probes: what is behind all their passwords has failed.
fn everybody(finding: &mut Finding, server: &str, together: &Together) {
    finding.severity = if finding.ongoing { Severity::Critical } else { Severity::High };
    let (can, are) = if finding.ongoing { ("can", "are") } else { ("could", "were") };
    finding.title = format!("Nobody {can} log in on {server}: probes and users {are} refused together");
    let times = format!("from {} to {} UTC", for_people(together.start, Zone::Utc), for_people(together.end, Zone::Utc));
    let accounts = counted(together.accounts as u64, "account", "accounts");
    finding.summary += &match together.are_known {
        true => format!(
            "; {times} no login worked, and {accounts} that work at other times were refused too: the directory, or the way to it, and no wrong passwords"
        ),
        false => format!(
            "; {times} no login of anybody worked, and {accounts} were refused too, again and again: the directory, or the way to it"
        ),
    };
    if !together.are_known {
        finding.confidence = Confidence::Possible;
        ask_for_time_before(finding);
    }
    look_at_directory(finding, server);
    finding.step("Change no passwords and remove no monitoring mailboxes before that", None);
}

/// How many logins of probes worked between the refusals, each of these probes being refused too: then it is not their passwords.
fn worked_between(case: &Case, finding: &Finding) -> u64 {
    let is_its = |key: &ServiceKey| {
        let is_of_server = key.server.as_deref() == finding.servers.first().map(String::as_str);
        key.role == Role::FrontEnd && is_of_server && finding.protocols.contains(&key.protocol)
    };
    let services = || case.summary.services.iter().filter(|(key, _)| is_its(key)).map(|(_, service)| service);
    let accounts = services().flat_map(|service| service.accounts.iter());
    let mut probes = accounts.filter(|(name, _, _)| ClientClass::of(name) == ClientClass::HealthMailbox);
    if !probes.all(|(_, _, account)| account.refused.is_some() || account.succeeded.is_none()) {
        return 0;
    }
    let inside = finding.start.div_euclid(MINUTE) + 1..finding.end.div_euclid(MINUTE);
    let series = services().flat_map(|service| &service.series).filter(|((_, class), _)| *class == ClientClass::HealthMailbox);
    let minutes = series.flat_map(|(_, series)| series.iter()).filter(|(minute, _)| inside.contains(minute));
    minutes.map(|(_, counts)| counts.succeeded).sum()
}

/// What works between its refusals has the right password: whoever checks it fails now and then.
fn now_and_then(finding: &mut Finding, server: &str, worked: u64) {
    finding.title = format!("The probes of Exchange itself are refused now and then on {server}");
    let text =
        format!("the same probes logged in {} between the refusals: their passwords are right", counted(worked, "time", "times"));
    finding.seen(Effect::Supports, "log_line", text, None, None);
    look_at_directory(finding, server);
}

/// The steps that show whether the directory behind all passwords is there.
fn look_at_directory(finding: &mut Finding, server: &str) {
    let server = argument(server);
    finding.step(
        "See which domain controllers the server reaches (event 2080)",
        Some(format!(
            "Get-WinEvent -ComputerName {server} -FilterHashtable @{{LogName='Application'; ProviderName='MSExchange ADAccess'}} -MaxEvents 20"
        )),
    );
    finding.step("On the server, see whether its own account in the domain works", Some("Test-ComputerSecureChannel".to_owned()));
}

fn applies(group: &Group) -> bool {
    group.key.client_class == ClientClass::HealthMailbox && group.key.error_class == ErrorClass::Credentials
}
