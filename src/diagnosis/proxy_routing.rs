//! `proxy-routing`: no back end is found, or only one foreign target does not take the hand-over.

use crate::case::Case;
use crate::case::group::worst_account;
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Confidence, Finding};
use crate::diagnosis::powershell::argument;
use crate::diagnosis::server_failures::{ServerFailures, of_class};
use crate::login::error_code::ErrorClass;

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "proxy-routing",
    title: "No back end is found for logins",
    doc: "\
## What it finds
Logins that fail with NoBackendFound, NoProxyServer or NoProxyConnection; or with ProxyNotAuthenticated only toward one foreign or legacy target (its port is 993, 143, 995 or 110) while other logins work.

## Why it matters
Accounts behind that target cannot log in; all others can, which hides it.

## Evidence it needs
The front-end logs. InternalConnectionSettings of the target and the mailbox's server make it sure.

## What to do
Find the server of the mailboxes that fail; correct its InternalConnectionSettings or DNS; in coexistence, look at what the older server offers.

## When it is wrong
If a back end is named and the connection fails: backend-unreachable.
",
    judge,
};

fn judge(case: &Case) -> Vec<Finding> {
    let routing = of_class(case, ErrorClass::ProxyRouting);
    let foreign = of_class(case, ErrorClass::ProxyHandOver).into_iter().filter(is_foreign);
    routing.into_iter().chain(foreign).filter_map(|failures| judge_server(&failures)).collect()
}

/// Whether the hand-over fails only toward targets that are no back-end services: the ports are those of clients.
pub(super) fn is_foreign(failures: &ServerFailures<'_>) -> bool {
    let targets = failures.targets();
    let has_client_port = |target: &&str| matches!(target.split(':').nth_back(1), Some("143" | "993" | "110" | "995"));
    !targets.is_empty() && targets.iter().all(has_client_port)
}

fn judge_server(failures: &ServerFailures<'_>) -> Option<Finding> {
    let host = failures.host();
    let title = match is_foreign(failures) {
        true => format!("Logins on {} fail only where they are handed over to {host}", failures.server_name()),
        false => format!("The front end on {} finds no back end for its logins", failures.server_name()),
    };
    let mut finding = failures.finding(DIAGNOSIS.id, Confidence::Consistent, title);
    finding.cause = match is_foreign(failures) {
        true => failures.cause("Logins on", format!("fail only where they are handed over to {host}")),
        false => failures.cause("The front ends on", "find no back end for their logins"),
    };
    let account = worst_account(&failures.groups).unwrap_or("ACCOUNT");
    finding.step(
        "See where the mailbox of an account that fails is",
        Some(format!("Get-Mailbox {} | fl Database,ServerName,ExchangeVersion", argument(account))),
    );
    if is_foreign(failures) {
        finding.step(
            "Look at the connection settings of that server",
            Some(format!(
                "Get-ImapSettings -Server {} | fl InternalConnectionSettings,LoginType,X509CertificateName",
                argument(&host)
            )),
        );
    }
    finding.step(
        "See whether databases are mounted and servers answer",
        Some("Get-MailboxDatabase -Status | ft Name,Server,Mounted".to_owned()),
    );
    finding.missing("settings", format!("the settings of the target: Get-ImapSettings -Server {} | fl *", argument(&host)));
    finding.checked()
}
