//! `backend-unreachable`: the front end cannot connect to the back end.

use crate::case::Case;
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Confidence, Finding};
use crate::diagnosis::powershell::argument;
use crate::diagnosis::server_failures::{ServerFailures, of_class};
use crate::login::error_code::ErrorClass;

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "backend-unreachable",
    title: "The front end cannot connect to the back end",
    doc: "\
## What it finds
Logins that fail with ProxyFailed: the front end accepted the password and then could not connect to the back end.

## Why it matters
Nobody whose mailbox is behind that back end can log in, although the password is right.

## Evidence it needs
The front-end logs. The state of the services, the component states and a connection test from the front end make it sure.

## What to do
Start the back-end service, see that the component is active, and that nothing (firewall, another program on the port) stands between front end and port 1993 (IMAP) or 1995 (POP).

## When it is wrong
If the back end answers but slowly: backend-timeout. If no back end is found at all: proxy-routing.
",
    judge,
};

fn judge(case: &Case) -> Vec<Finding> {
    of_class(case, ErrorClass::ProxyConnection).iter().filter_map(judge_server).collect()
}

fn judge_server(failures: &ServerFailures<'_>) -> Option<Finding> {
    let host = failures.host();
    let title = format!("The front end on {} cannot connect to the back end {host}", failures.server_name());
    let mut finding = failures.finding(DIAGNOSIS.id, Confidence::Consistent, title);
    finding.cause = failures.cause("The front ends on", format!("cannot connect to the back end {host}"));
    finding.missing("health", format!("the component states: Get-ServerComponentState {}", argument(&host)));
    finding.step(
        "See whether the back-end services run",
        Some(format!("Get-Service -ComputerName {} MSExchangeIMAP4BE,MSExchangePOP3BE", argument(&host))),
    );
    finding.step("Start them on that server", Some("Start-Service MSExchangeIMAP4BE,MSExchangePOP3BE".to_owned()));
    for target in failures.targets() {
        let port = target.split(':').rev().nth(1).unwrap_or("1993");
        let test = format!("Test-NetConnection {} -Port {}", argument(&host), argument(port));
        finding.step(format!("Try the connection to {target} from the front end"), Some(test));
    }
    finding.checked()
}
