//! `mailbox-unavailable`: a mailbox or its store is not available.

use crate::case::Case;
use crate::case::group::worst_account;
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Confidence, Finding};
use crate::diagnosis::powershell::argument;
use crate::diagnosis::server_failures::{ServerFailures, of_class};
use crate::login::error_code::ErrorClass;

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "mailbox-unavailable",
    title: "A mailbox or its store is not available",
    doc: "\
## What it finds
Logins that fail with a mailbox or store exception: offline, in transit, on another server, or a connection to the store that broke.

## Why it matters
The accounts of that mailbox or database cannot log in; others can.

## Evidence it needs
The front-end logs. The state of databases and move requests makes it sure.

## What to do
Find the database of the accounts that fail, mount it, or wait for the move or failover to end.

## When it is wrong
During a failover it passes by itself within minutes.
",
    judge,
};

fn judge(case: &Case) -> Vec<Finding> {
    of_class(case, ErrorClass::Mailbox).iter().filter_map(judge_server).collect()
}

fn judge_server(failures: &ServerFailures<'_>) -> Option<Finding> {
    // Who answers without handing a login over knows that the mailbox is not there; where it should be is not said.
    let host = failures.hosts().into_iter().next();
    let mailboxes = host.map_or_else(|| "Mailboxes".to_owned(), |host| format!("Mailboxes behind {host}"));
    let title = match worst_account(&failures.groups) {
        Some(name) if failures.is_one_account => {
            format!("The mailbox of {name} is not available for logins on {}", failures.server_name())
        }
        _ => format!("{mailboxes} are not available for logins on {}", failures.server_name()),
    };
    let mut finding = failures.finding(DIAGNOSIS.id, Confidence::Consistent, title);
    finding.cause = failures.cause(format!("{mailboxes} are not available for logins on"), "");
    let databases = host.map_or_else(|| "*".to_owned(), |host| format!("-Server {}", argument(host)));
    finding.missing("health", format!("the databases: Get-MailboxDatabaseCopyStatus {databases}"));
    find_database(&mut finding, failures);
    finding.checked()
}

/// The steps that show whether the mailboxes of a failing account are there.
pub(super) fn find_database(finding: &mut Finding, failures: &ServerFailures<'_>) {
    let account = worst_account(&failures.groups).unwrap_or("ACCOUNT");
    finding.step(
        "Find the database of an account that fails",
        Some(format!("Get-Mailbox {} | fl Database,ServerName", argument(account))),
    );
    finding.step("See whether databases are mounted", Some("Get-MailboxDatabase -Status | ft Name,Server,Mounted".to_owned()));
    finding.step("See whether mailboxes are on the move", Some("Get-MoveRequest | Get-MoveRequestStatistics".to_owned()));
}
