//! `backend-timeout`: the back end does not answer in time.

use crate::case::Case;
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Confidence, Finding};
use crate::diagnosis::powershell::argument;
use crate::diagnosis::server_failures::{ServerFailures, of_class};
use crate::login::error_code::ErrorClass;

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "backend-timeout",
    title: "The back end does not answer in time",
    doc: "\
## What it finds
Logins that fail with ProxyTimeout, each after about 60 seconds: the back end took the connection and did not answer.

## Why it matters
Nobody behind that back end can log in; clients hang for a minute each time.

## Evidence it needs
The front-end logs. Event logs and performance counters of the mailbox server say what it waits for.

## What to do
Look at the back end's load, its store and its disks; restart the back-end service if it hangs.

## When it is wrong
If the connection itself fails: backend-unreachable.
",
    judge,
};

fn judge(case: &Case) -> Vec<Finding> {
    of_class(case, ErrorClass::ProxyTimeout).iter().filter_map(judge_server).collect()
}

fn judge_server(failures: &ServerFailures<'_>) -> Option<Finding> {
    let host = failures.host();
    let title = format!("The back end {host} does not answer {} in time", failures.server_name());
    let mut finding = failures.finding(DIAGNOSIS.id, Confidence::Consistent, title);
    finding.cause = failures.cause(format!("The back end {host} does not answer"), "in time");
    finding.missing("event", "what the mailbox server was doing: its Application and System event logs of that time");
    finding
        .step("Look at the mailbox databases there", Some(format!("Get-MailboxDatabaseCopyStatus -Server {}", argument(&host))));
    finding.step(
        "Look at the health of the store and of the protocols",
        Some(format!("Get-ServerHealth {} | ? AlertValue -ne Healthy", argument(&host))),
    );
    finding.step(
        "If the back-end service hangs, restart it there",
        Some("Restart-Service MSExchangeIMAP4BE,MSExchangePOP3BE".to_owned()),
    );
    finding.checked()
}
