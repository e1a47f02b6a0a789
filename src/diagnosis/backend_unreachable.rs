//! `backend-unreachable`: the front end cannot connect to the back end.

use crate::case::Case;
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Confidence, Finding};
use crate::diagnosis::powershell::{argument, arguments};
use crate::diagnosis::server_failures::{ServerFailures, of_class};
use crate::login::error_code::ErrorClass;
use crate::login::target::host_of;

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
If other front ends log in there in the same time, the back end is well, and what stands between it and this front end is to blame: the finding says so.
",
    judge,
};

fn judge(case: &Case) -> Vec<Finding> {
    of_class(case, ErrorClass::ProxyConnection).iter().filter_map(|failures| judge_server(case, failures)).collect()
}

fn judge_server(case: &Case, failures: &ServerFailures<'_>) -> Option<Finding> {
    let (host, hosts) = (failures.host(), failures.hosts());
    let which = match hosts.len() {
        // Where the logins should go, no line says.
        0 => "a back end".to_owned(),
        1 => format!("the back end {host}"),
        _ => format!("the back ends {}", failures.hosts_in_words()),
    };
    let title = format!("The front end on {} cannot connect to {which}", failures.server_name());
    let mut finding = failures.finding(DIAGNOSIS.id, Confidence::Consistent, title);
    finding.cause = failures.cause("The front ends on", format!("cannot connect to {which}"));
    let does_work = failures.say_what_works_there(case, &mut finding);
    finding.missing("health", format!("the component states: Get-ServerComponentState {}", argument(&host)));
    // Where others log in the services run.
    if !does_work {
        let computers = if hosts.is_empty() { argument(&host) } else { arguments(&hosts) };
        finding.step(
            "See whether the back-end services run",
            Some(format!("Get-Service -ComputerName {computers} MSExchangeIMAP4BE,MSExchangePOP3BE")),
        );
        let there = if hosts.len() > 1 { "Start them where they do not" } else { "Start them on that server" };
        finding.step(there, Some("Start-Service MSExchangeIMAP4BE,MSExchangePOP3BE".to_owned()));
    }
    for target in failures.targets() {
        let port = target.split(':').rev().nth(1).unwrap_or("1993");
        let test = format!("Test-NetConnection {} -Port {}", argument(host_of(target)), argument(port));
        finding.step(format!("Try the connection to {target} from the front end"), Some(test));
    }
    finding.checked()
}
