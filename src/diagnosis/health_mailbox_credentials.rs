//! `health-mailbox-credentials`: the probes of Exchange itself have wrong credentials.

use crate::case::Case;
use crate::case::group::Group;
use crate::clock::{Zone, for_people};
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Finding, Severity};
use crate::diagnosis::group_failures::{self, Rule};
use crate::diagnosis::guessing::Guesses;
use crate::diagnosis::powershell::argument;
use crate::diagnosis::refused_together::Together;
use crate::login::error_code::ErrorClass;
use crate::login::identity::ClientClass;

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "health-mailbox-credentials",
    title: "The probes of Exchange itself have wrong credentials",
    doc: "\
## What it finds
Credentials failures of HealthMailbox accounts only: the passwords of Exchange's own monitoring mailboxes do not fit.
Where users who logged in before are refused together with the probes and nobody logs in any more, it says that instead: the directory has failed.

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

fn judge(case: &Case) -> Vec<Finding> {
    let rule = Rule { id: DIAGNOSIS.id, severity: Severity::Medium, fewest: 3, applies };
    let all = Guesses::by_server(case);
    group_failures::judge(case, &rule, |finding, place| {
        let here = all.iter().find(|guesses| guesses.server.as_ref() == finding.servers.first());
        if let Some(together) = here.and_then(|guesses| Together::of(case, guesses)) {
            return everybody(finding, place.server, &together);
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
    finding.title = format!("Nobody can log in on {server}: probes and users are refused together");
    finding.summary += &format!(
        "; from {} to {} UTC no login worked, and {} accounts that worked before were refused too: the directory, or the way to it, and no wrong passwords",
        for_people(together.start, Zone::Utc),
        for_people(together.end, Zone::Utc),
        together.accounts
    );
    let server = argument(server);
    finding.step(
        "See which domain controllers the server reaches (event 2080)",
        Some(format!(
            "Get-WinEvent -ComputerName {server} -FilterHashtable @{{LogName='Application'; ProviderName='MSExchange ADAccess'}} -MaxEvents 20"
        )),
    );
    finding.step("On the server, see whether its own account in the domain works", Some("Test-ComputerSecureChannel".to_owned()));
    finding.step("Change no passwords and remove no monitoring mailboxes before that", None);
}

fn applies(group: &Group) -> bool {
    group.key.client_class == ClientClass::HealthMailbox && group.key.error_class == ErrorClass::Credentials
}
