//! `throttled`: accounts are throttled.

use crate::case::Case;
use crate::case::group::Group;
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Finding, Severity};
use crate::diagnosis::group_failures::{self, Rule};
use crate::diagnosis::powershell::argument;

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "throttled",
    title: "Accounts are throttled",
    doc: "\
## What it finds
Logins refused with an over-budget code: the throttling policy of the account is used up.

## Why it matters
The account's clients fail for a while and then try again, which uses up more.

## Evidence it needs
The logs suffice; Get-ThrottlingPolicyAssociation shows the policy.

## What to do
Find the client that asks so much, or give the account (a service account, say) a policy of its own.

## When it is wrong
Never, if the code is there.
",
    judge,
};

fn judge(case: &Case) -> Vec<Finding> {
    let rule = Rule { id: DIAGNOSIS.id, severity: Severity::Medium, fewest: 3, applies };
    group_failures::judge(case, &rule, |finding, place| {
        finding.title = format!("Accounts on {} are throttled", place.server);
        finding.step(
            "See which policy the account has",
            Some(format!("Get-ThrottlingPolicyAssociation {}", argument(place.account))),
        );
        finding.step(
            "Give a service account a policy of its own",
            Some(format!("Set-ThrottlingPolicyAssociation {} -ThrottlingPolicy POLICY", argument(place.account))),
        );
    })
}

fn applies(group: &Group) -> bool {
    group.key.error.to_ascii_lowercase().contains("overbudget")
}
