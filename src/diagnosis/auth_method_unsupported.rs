//! `auth-method-unsupported`: clients use a way of logging in that the server does not offer.

use crate::case::Case;
use crate::case::group::Group;
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Finding, Severity};
use crate::diagnosis::group_failures::{self, Rule};
use crate::diagnosis::powershell::argument;
use crate::login::mechanism::Mechanism;
use crate::protocol::Protocol;
use crate::summary::failure_group::is_not_understood;

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "auth-method-unsupported",
    title: "Clients use a way of logging in that the server does not offer",
    doc: "\
## What it finds
authenticate or auth with a mechanism that the server answers with BAD, or with a command or argument error. The client says: No such login method.

## Why it matters
These clients cannot log in until the mechanism is offered or they use another one.

## Evidence it needs
The logs suffice; Get-ImapSettings / Get-PopSettings show which mechanisms are on.

## What to do
Switch the mechanism on (EnableGSSAPIAndNTLMAuth for NTLM and Kerberos; LoginType for PLAIN and LOGIN without TLS), or set the client to one that is offered.

## When it is wrong
A client that sends a damaged command gets the same answer.
",
    judge,
};

fn judge(case: &Case) -> Vec<Finding> {
    let rule = Rule { id: DIAGNOSIS.id, severity: Severity::Medium, fewest: 3, applies };
    group_failures::judge(case, &rule, |finding, place| {
        finding.title = format!("Clients use a way of logging in that {} does not offer", place.server);
        for protocol in place.protocols {
            let noun = if *protocol == Protocol::Imap4 { "Imap" } else { "Pop" };
            let server = argument(place.server);
            finding.step(
                "See what the server offers",
                Some(format!("Get-{noun}Settings -Server {server} | fl LoginType,EnableGSSAPIAndNTLMAuth")),
            );
            finding.step(
                "If it is NTLM or Kerberos that clients need, switch it on and restart the service",
                Some(format!("Set-{noun}Settings -Server {server} -EnableGSSAPIAndNTLMAuth $true")),
            );
        }
    })
}

fn applies(group: &Group) -> bool {
    let is_sasl = group.failures.mechanisms.keys().any(|mechanism| !matches!(mechanism, Mechanism::Login | Mechanism::UserPass));
    group.key.error.is_empty() && is_not_understood(&group.key.response) && is_sasl
}
