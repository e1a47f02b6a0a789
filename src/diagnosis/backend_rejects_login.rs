//! `backend-rejects-login`: the back end itself refuses ordinary accounts.

use crate::case::Case;
use crate::case::behind::Behind;
use crate::case::evidence::is_same_server;
use crate::case::group::{Group, worst_account};
use crate::collections::minutes::MINUTE;
use crate::diagnosis::finding::{Confidence, Effect, Finding};
use crate::diagnosis::mailbox_unavailable::find_database;
use crate::diagnosis::powershell::argument;
use crate::diagnosis::server_failures::{ServerFailures, of_class};
use crate::diagnosis::{Diagnosis, proxy_routing};
use crate::login::error_code::ErrorClass;
use crate::login::identity::ClientClass;
use crate::protocol::Role;
use crate::summary::counts::Counts;
use crate::text::thousands;

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "backend-rejects-login",
    title: "The back end refuses accounts that the front end accepted",
    doc: "\
## What it finds
ProxyNotAuthenticated for ordinary accounts only, now and then, while the HealthMailbox probes and other logins are handed over to the same target; the back-end log
has refused authenticate lines.

## Why it matters
Some users cannot log in although the front end accepted their password. It looks like certificate-binding, and its remedy would not help.

## Evidence it needs
The front-end logs, and the back-end logs (IMAP4BE*.LOG, POP3BE*.LOG) of the same time for the refusals themselves.

## What to do
What the back end's own log names says where to look: a store that is not mounted has its database looked at first. Else look at the accounts: disabled protocol, moved or inconsistent mailboxes, wrong mailbox server, a stale token after a password change. Look at the back end's own lines.

## When it is wrong
If the probes fail too, or nothing is handed over to that target: certificate-binding.
",
    judge,
};

/// So many refused lines in the back-end log are no chance.
const FEWEST_REFUSED: u64 = 3;

fn judge(case: &Case) -> Vec<Finding> {
    of_class(case, ErrorClass::ProxyHandOver).iter().filter_map(|failures| judge_server(case, failures)).collect()
}

fn judge_server(case: &Case, failures: &ServerFailures<'_>) -> Option<Finding> {
    if proxy_routing::is_foreign(failures) || !fits(case, failures) {
        return None;
    }
    let said = most_said(case, failures);
    let is_mailbox = said.is_some_and(|(_, group)| group.key.error_class == ErrorClass::Mailbox);
    let server = failures.server_name();
    let title = match is_mailbox {
        true => format!("The back end refuses logins that {server} accepted: the mailboxes are not available"),
        false => format!("The back end refuses logins that {server} accepted"),
    };
    let mut finding = failures.finding(DIAGNOSIS.id, Confidence::Consistent, title);
    let line = finding.evidence.first().and_then(|item| item.location.clone());
    if failures.probes_failed == 0 {
        finding.seen(
            Effect::Supports,
            "log_line",
            "only ordinary accounts fail, no probe of Exchange itself",
            None,
            line.as_ref(),
        );
    }
    match backend_attempts(case, failures) {
        Some(counts) if counts.failed > 0 => {
            let refused = thousands(counts.failed);
            let most = said.map_or_else(String::new, |(behind, _)| format!("; {}", behind.in_words()));
            let text = format!("the back-end log has {refused} refused login lines in that time{most}");
            finding.seen(Effect::Supports, "log_line", text, None, backend_line(case, failures).as_ref());
        }
        Some(_) => finding.confidence = Confidence::Possible,
        None => {
            finding.confidence = Confidence::Possible;
            finding.missing("log_line", "the back-end logs (IMAP4BE*.LOG, POP3BE*.LOG) of that time");
        }
    }
    if is_mailbox {
        find_database(&mut finding, failures);
    }
    let account = worst_account(&failures.groups).unwrap_or("ACCOUNT");
    finding.step(
        "Look at an account that fails",
        Some(format!("Get-CASMailbox {} | fl ImapEnabled,PopEnabled,ServerName", argument(account))),
    );
    finding.step(
        "Look where its mailbox is",
        Some(format!("Get-Mailbox {} | fl Database,ServerName,AccountDisabled", argument(account))),
    );
    finding.step("Read what the back end says in IMAP4BE*.LOG or POP3BE*.LOG at the same time", None);
    finding.checked()
}

/// Whether hand-over failures have this shape: single ones of accounts, probes that work, or refusals in the back end's own log.
pub(super) fn fits(case: &Case, failures: &ServerFailures<'_>) -> bool {
    let is_refused_there = backend_attempts(case, failures)
        .is_some_and(|counts| counts.failed >= FEWEST_REFUSED && counts.failed * 2 >= failures.users_failed);
    if failures.is_scattered() {
        let do_accounts_alone_fail = failures.probes_failed == 0 && !failures.are_targets_dead(case);
        return failures.users_failed > 0 && (do_accounts_alone_fail || is_refused_there);
    }
    let do_probes_work = failures.probes_failed == 0 && failures.succeeded_inside(case, Some(ClientClass::HealthMailbox)) > 0;
    let do_many_work = failures.succeeded_inside(case, None) * 4 > failures.failed();
    let do_others_work = failures.is_one_account && failures.succeeded_meanwhile(case) > 0;
    do_probes_work || is_refused_there || do_others_work || (do_many_work && failures.probes_failed == 0)
}

/// What the back end's own log says of the time; `None` if there is no back-end log that covers it.
pub(super) fn backend_attempts(case: &Case, failures: &ServerFailures<'_>) -> Option<Counts> {
    let mut total: Option<Counts> = None;
    let hosts: Vec<&str> = failures.targets().into_iter().filter_map(|target| target.split(':').next()).collect();
    for (key, service) in &case.summary.services {
        let server = key.server.as_deref();
        let is_target =
            server == failures.server || server.is_some_and(|server| hosts.iter().any(|host| is_same_server(server, host)));
        let covers = service.span.is_some_and(|span| span.first <= failures.end && span.last >= failures.start);
        if key.role != Role::BackEnd || !is_target || !covers || !failures.protocols().contains(&key.protocol) {
            continue;
        }
        let counts = total.get_or_insert_default();
        for (_, start, end) in failures.spans().into_iter().filter(|(of, _, _)| of.is_none_or(|of| of == key.protocol)) {
            let (first, last) = (start.div_euclid(MINUTE), end.div_euclid(MINUTE));
            for (minute, here) in service.series.values().flat_map(|series| series.iter()) {
                // Refusals count to the edge; what worked counts in whole minutes inside, not just before and after.
                if (first..=last).contains(&minute) {
                    counts.failed += here.failed;
                }
                if first < minute && minute < last {
                    counts.succeeded += here.succeeded;
                    counts.unknown += here.unknown;
                }
            }
        }
    }
    total
}

/// What the back end wrote beside most of the failures, and its group of which most of it is.
fn most_said<'a>(case: &'a Case, failures: &ServerFailures<'a>) -> Option<(&'a Behind, &'a Group)> {
    let behind = failures.groups.iter().filter_map(|group| group.behind.as_ref());
    let said = behind.filter_map(|behind| Some((behind, behind.groups.iter().max_by_key(|same| same.count)?)));
    let (behind, most) = said.max_by_key(|(_, most)| most.count)?;
    Some((behind, case.groups.iter().find(|group| group.id == most.group)?))
}

/// A line of the back end's own log that shows a refusal.
fn backend_line(case: &Case, failures: &ServerFailures<'_>) -> Option<crate::location::Location> {
    let of_backend =
        case.groups.iter().filter(|group| !group.is_front() && failures.protocols().contains(&group.service.protocol));
    let mut lines = of_backend.flat_map(|group| &group.failures.examples);
    lines.find(|(at, _, _)| (failures.start..=failures.end).contains(at)).map(|(_, location, _)| location.clone())
}
