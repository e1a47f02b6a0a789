//! `basic-auth-blocked`: basic authentication is blocked.

use crate::case::Case;
use crate::case::group::Group;
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Finding, Severity};
use crate::diagnosis::group_failures::{self, Rule};
use crate::diagnosis::powershell::argument;

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "basic-auth-blocked",
    title: "Basic authentication is blocked",
    doc: "\
## What it finds
Logins refused because basic authentication is blocked for the account (…BasicAuthBlocked).

## Why it matters
Clients that send a name and a password cannot log in, however right the password is.

## Evidence it needs
The logs suffice; the authentication policy of the account confirms it.

## What to do
Move the client to modern authentication (XOAUTH2; for an application with its own service principal, whose object id is that of the enterprise application and not of the app registration), or give the account a policy that allows basic authentication for this protocol.

## When it is wrong
If modern authentication fails too, the token or the service principal is wrong.
",
    judge,
};

fn judge(case: &Case) -> Vec<Finding> {
    let rule = Rule { id: DIAGNOSIS.id, severity: Severity::Medium, fewest: 3, applies };
    group_failures::judge(case, &rule, |finding, place| {
        finding.title = format!("Basic authentication is blocked for accounts on {}", place.server);
        place.see_who_it_is(finding);
        finding.step(
            "See which authentication policy applies",
            Some(format!("Get-User {} | fl AuthenticationPolicy", argument(place.account))),
        );
        finding.step(
            "See what the policy allows",
            Some("Get-AuthenticationPolicy | fl Name,AllowBasicAuthImap,AllowBasicAuthPop".to_owned()),
        );
        finding.step("Better: move the client to modern authentication (XOAUTH2)", None);
    })
}

fn applies(group: &Group) -> bool {
    group.key.error.to_ascii_lowercase().contains("basicauthblocked")
}
