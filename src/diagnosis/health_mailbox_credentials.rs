//! `health-mailbox-credentials`: the probes of Exchange itself have wrong credentials.

use crate::case::Case;
use crate::case::group::Group;
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Finding, Severity};
use crate::diagnosis::group_failures::{self, Rule};
use crate::login::error_code::ErrorClass;
use crate::login::identity::ClientClass;

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "health-mailbox-credentials",
    title: "The probes of Exchange itself have wrong credentials",
    doc: "\
## What it finds
Credentials failures of HealthMailbox accounts only: the passwords of Exchange's own monitoring mailboxes do not fit.

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
    group_failures::judge(case, &rule, |finding, place| {
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

fn applies(group: &Group) -> bool {
    group.key.client_class == ClientClass::HealthMailbox && group.key.error_class == ErrorClass::Credentials
}
