//! When what failed works again. Where probes of Exchange alone failed, a user's success is no recovery, nor is a probe's
//! where users alone failed.

use crate::case::outage::Stretch;
use crate::collections::minutes::MINUTE;
use crate::login::identity::ClientClass;
use crate::summary::service::Service;

/// The first success after a stretch, of the kind of clients that failed in it; `None` if there is none.
///
/// The pulse knows successes to the millisecond but not whose, the series know whose but only the minute: the first success
/// of anybody in the first minute with one of the kind is taken, unless what is kept of an account names an earlier moment.
pub(super) fn of_kind(stretch: &Stretch, service: &Service) -> Option<i64> {
    let (any, end) = (stretch.recovered_at?, stretch.end);
    let of_probes = match stretch.health_mailbox_failed {
        0 => false,
        probes if probes == stretch.failed => true,
        _ => return Some(any),
    };
    let is_kind = |class: ClientClass| (class == ClientClass::HealthMailbox) == of_probes;
    let accounts = service.accounts.iter().filter(|(name, _, _)| is_kind(ClientClass::of(name.as_bytes(), b"")));
    let spans = accounts.filter_map(|(_, _, account)| account.succeeded).filter(|span| span.last > end);
    let by_account = spans.map(|span| if span.first > end { span.first } else { span.last }).min();
    let series = service.series.iter().filter(|((_, class), _)| is_kind(*class)).flat_map(|(_, minutes)| minutes.iter());
    let minutes = series.filter(|(minute, counts)| counts.succeeded > 0 && *minute > end.div_euclid(MINUTE));
    let by_minute = minutes.map(|(minute, _)| minute * MINUTE).min().map(|minute| {
        let successes = service.pulse.steps().filter_map(|step| step.succeeded).flat_map(|(first, last)| [first, last]);
        successes.filter(|success| *success >= minute).min().unwrap_or(minute)
    });
    [by_account, by_minute].into_iter().flatten().min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::login::outcome::Outcome;
    use crate::summary::account::OldWays;
    use crate::summary::pulse::Beat;

    const PROBE: &str = "healthmailbox0a1b2c3d@contoso.com";

    /// A service on which each attempt is one of a probe (`true`) or of a user, and worked (`true`) or failed.
    fn service(attempts: &[(i64, bool, bool)]) -> Service {
        let mut service = Service::default();
        for (moment, is_probe, worked) in attempts {
            let (name, class) = if *is_probe { (PROBE, ClientClass::HealthMailbox) } else { ("alice", ClientClass::User) };
            let outcome = if *worked { Outcome::Succeeded } else { Outcome::Failed };
            let beat = if *worked { Beat::Success } else { Beat::Failure { is_health_mailbox: *is_probe } };
            service.pulse.add(*moment, beat);
            service.series.entry((None, class)).or_default().at(*moment).add(outcome);
            service.accounts.at(name).add(outcome, *moment, OldWays::default());
        }
        service
    }

    fn recovery(failed: u64, health_mailbox_failed: u64, after: &[(i64, bool, bool)]) -> Option<i64> {
        let (start, end) = (0, 2 * MINUTE + 500);
        let recovered_at = after.iter().filter(|(_, _, worked)| *worked).map(|(moment, _, _)| *moment).min();
        let stretch = Stretch { start, end, recovered_at, attempts: failed, failed, health_mailbox_failed };
        of_kind(&stretch, &service(after))
    }

    #[test]
    fn a_success_of_another_kind_is_no_recovery() {
        let (user, probe) = ((3 * MINUTE + 1, false, true), (5 * MINUTE + 7, true, true));
        assert_eq!(recovery(3, 3, &[user]), None, "probes failed, a user works");
        assert_eq!(recovery(3, 0, &[probe]), None, "users failed, a probe works");
        assert_eq!(recovery(3, 1, &[user]), Some(user.0), "both failed");
        assert_eq!(recovery(3, 3, &[user, probe]), Some(probe.0));
        assert_eq!(recovery(3, 0, &[(3 * MINUTE, true, true), (4 * MINUTE, false, true)]), Some(4 * MINUTE));
        let within_the_minute = (2 * MINUTE + 900, true, true);
        assert_eq!(recovery(3, 3, &[within_the_minute, user]), Some(within_the_minute.0));
    }
}
