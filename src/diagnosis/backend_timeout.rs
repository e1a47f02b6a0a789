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
If the connection itself fails: backend-unreachable. If other front ends log in there in the same time, look between it and this front end first: the finding says so.
",
    judge,
};

fn judge(case: &Case) -> Vec<Finding> {
    of_class(case, ErrorClass::ProxyTimeout).iter().filter_map(|failures| judge_server(case, failures)).collect()
}

fn judge_server(case: &Case, failures: &ServerFailures<'_>) -> Option<Finding> {
    let (which, verb) = match failures.hosts().len() {
        0 | 1 => (format!("The back end {}", failures.host()), "does"),
        _ => (format!("The back ends {}", failures.hosts_in_words()), "do"),
    };
    let title = format!("{which} {verb} not answer {} in time", failures.server_name());
    let mut finding = failures.finding(DIAGNOSIS.id, Confidence::Consistent, title);
    finding.cause = failures.cause(format!("{which} {verb} not answer"), "in time");
    finding.missing("event", "what the mailbox servers were doing: their Application and System event logs of that time");
    let does_work = failures.say_what_works_there(case, &mut finding);
    for host in failures.computers() {
        let server = argument(host);
        finding.step(
            format!("Look at the mailbox databases on {host}"),
            Some(format!("Get-MailboxDatabaseCopyStatus -Server {server}")),
        );
        finding.step(
            format!("Look at the health of the store and of the protocols on {host}"),
            Some(format!("Get-ServerHealth {server} | ? AlertValue -ne Healthy")),
        );
    }
    if !does_work {
        finding.step(
            "If the back-end service hangs, restart it there",
            Some("Restart-Service MSExchangeIMAP4BE,MSExchangePOP3BE".to_owned()),
        );
    }
    finding.checked()
}
