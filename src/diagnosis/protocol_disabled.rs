//! `protocol-disabled`: the protocol is disabled for mailboxes.

use crate::case::Case;
use crate::case::group::Group;
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Finding, Severity};
use crate::diagnosis::group_failures::{self, Rule};
use crate::diagnosis::powershell::argument;
use crate::protocol::Protocol;

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "protocol-disabled",
    title: "The protocol is disabled for mailboxes",
    doc: "\
## What it finds
Logins refused with UserDisabled: IMAP or POP is switched off for the mailbox.

## Why it matters
These accounts cannot log in, whatever their password is.

## Evidence it needs
The logs suffice; Get-CASMailbox confirms it.

## What to do
Switch the protocol on for the mailboxes that need it: Set-CASMailbox -ImapEnabled / -PopEnabled. For those that do not, stop the client.
Where many accounts come from a few addresses, see first who that is: somebody may try one account after the other.

## When it is wrong
Never, if the code is there.
",
    judge,
};

fn judge(case: &Case) -> Vec<Finding> {
    let rule = Rule { id: DIAGNOSIS.id, severity: Severity::Medium, fewest: 3, applies };
    group_failures::judge(case, &rule, |finding, place| {
        finding.title = format!("Logins on {} are refused because the protocol is disabled for the mailboxes", place.server);
        place.see_who_it_is(finding);
        for protocol in place.protocols {
            let switch = if *protocol == Protocol::Imap4 { "ImapEnabled" } else { "PopEnabled" };
            finding.step(
                "If the account needs it, switch the protocol on",
                Some(format!("Set-CASMailbox {} -{switch} $true", argument(place.account))),
            );
        }
    })
}

fn applies(group: &Group) -> bool {
    group.key.error.eq_ignore_ascii_case("UserDisabled")
}
