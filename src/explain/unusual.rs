//! What deviations of a night mean: what is told, what usually stands behind it, and what to look at.

use crate::explain::Explanation;
use crate::usual::Kind;

/// The deviation of a name.
pub(super) fn explain(words: &str) -> Option<Explanation> {
    let kind = Kind::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(words))?;
    let (title, told, behind, look) = about(kind);
    let text = format!(
        "## What is told\n{told}\n\n## What usually stands behind it\n{behind}\n\n## What to do\n{look}\n\n## When it is wrong\n\
         Usual is what was so before: after a holiday, a migration or a change of clients nothing is wrong, and after a week the new \
         way has become usual. A deviation never says why; findings do.\n"
    );
    Some(Explanation { title: format!("{}: {title}", kind.name()), text })
}

fn about(kind: Kind) -> (&'static str, &'static str, &'static str, &'static str) {
    match kind {
        Kind::FailuresFarAbove => (
            "More logins failed than usual",
            "At least three times the failures of the same hours of earlier weeks, and far outside of how these hours scatter.",
            "An outage or a part of one; a client with an old password; somebody who guesses.",
            "exlog sessions with --outcome failed and the hours that are named; the findings of the same night.",
        ),
        Kind::AttemptsFarBelow => (
            "Fewer logins were tried than usual",
            "Six tenths or fewer of the attempts of these hours, or nothing at all of a server.",
            "Clients do not reach the service (network, load balancer, firewall, certificate refused before the login), the service was stopped, or logging was switched off.",
            "Whether the service runs and answers on its ports; whether another server has the logins; Get-ImapSettings | fl ProtocolLogEnabled.",
        ),
        Kind::AttemptsFarAbove => (
            "More logins were tried than usual",
            "At least twice the attempts of these hours.",
            "A new application, clients that reconnect because sessions break off, another server's clients, or somebody who guesses.",
            "Which accounts and addresses try: exlog sessions, or the tops of exlog analyze --verbose.",
        ),
        Kind::ProbesMissing => (
            "The probes of Exchange itself are missing",
            "A tenth or fewer of the HealthMailbox logins of these hours.",
            "Managed availability does not run (the service MSExchangeHM), a server component is set inactive, or the protocol's service was stopped.",
            "Get-ServerComponentState; Get-Service MSExchangeHM; whether the logs have a gap (the findings service-silent and log-incomplete).",
        ),
        Kind::ProbesFailing => (
            "The probes of Exchange itself fail as they usually do not",
            "Three times the failed HealthMailbox logins, and a fifth of all of them.",
            "The best signal that logins of users fail too, or will: a certificate, the back end, or the password of the probes' account.",
            "The findings of the same night; exlog explain of the error code that the probes get.",
        ),
        Kind::NewFailureGroup => (
            "Failures of a kind that was never there before",
            "A failure group (error, target, client class, answer) that no earlier night had.",
            "A change: an update, a certificate, a new target, a new client.",
            "exlog explain with the error code; what was changed before the first of them.",
        ),
        Kind::FailureGroupBack => (
            "Failures of a kind that had been gone for a week or more",
            "A failure group that earlier nights had, and none of the last seven days.",
            "What was mended is broken again, or a client came back.",
            "exlog history with --error shows when it was there.",
        ),
        Kind::AccountsNeverFailedBefore => (
            "Accounts fail that never failed before, more than usual",
            "Three times as many accounts with their first failure as on other days, and 20 more.",
            "A password policy or a migration; a spray over many accounts.",
            "From which addresses they fail: exlog sessions with --outcome failed; the finding password-spray.",
        ),
        Kind::LoginsSlower => (
            "Logins take longer than usual",
            "The day's median or 95th percentile is three times that of the usual days.",
            "A domain controller or the back end answers slowly; a disk; a load that is new.",
            "The hours in the page's section on durations; the finding slow-logins.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_deviation_is_explained_by_its_name() {
        for kind in Kind::ALL {
            let explanation = explain(&kind.name().to_uppercase()).unwrap();
            assert!(explanation.title.starts_with(kind.name()) && explanation.text.matches("## ").count() == 4);
        }
        assert!(explain("nothing").is_none());
    }
}
