//! `connection-limit`: accounts have too many connections.

use crate::case::Case;
use crate::case::group::Group;
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Finding, Severity};
use crate::diagnosis::group_failures::{self, Rule};
use crate::diagnosis::powershell::argument;
use crate::protocol::Protocol;

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "connection-limit",
    title: "Accounts have too many connections",
    doc: "\
## What it finds
Logins refused with UserConnectionLimitReached: the account has more than MaxConnectionsPerUser connections.

## Why it matters
Further devices or folders of the account cannot connect.

## Evidence it needs
The logs suffice; Get-ImapSettings / Get-PopSettings show the limit.

## What to do
Find the client that opens so many connections, or raise MaxConnectionsPerUser and restart the service.

## When it is wrong
Never, if the code is there.
",
    judge,
};

fn judge(case: &Case) -> Vec<Finding> {
    let rule = Rule { id: DIAGNOSIS.id, severity: Severity::Medium, fewest: 3, applies };
    group_failures::judge(case, &rule, |finding, place| {
        finding.title = format!("Accounts on {} have too many connections", place.server);
        for protocol in place.protocols {
            let noun = if *protocol == Protocol::Imap4 { "Imap" } else { "Pop" };
            let server = argument(place.server);
            finding.step("Look at the limits", Some(format!("Get-{noun}Settings -Server {server} | fl MaxConnection*")));
            finding.step(
                "Raise the limit if the clients are in order, and restart the service",
                Some(format!("Set-{noun}Settings -Server {server} -MaxConnectionsPerUser 32")),
            );
        }
    })
}

fn applies(group: &Group) -> bool {
    group.key.error.eq_ignore_ascii_case("UserConnectionLimitReached")
}
