//! When what failed works again. Where probes of Exchange alone failed, a user's success is no recovery, nor is a probe's
//! where users alone failed.

use crate::case::outage::Stretch;
use crate::summary::pulse::Pulse;

/// The first success after a stretch, of the kind of clients that failed in it; `None` if there is none.
pub(super) fn of_kind(stretch: &Stretch, pulse: &Pulse) -> Option<i64> {
    let any = stretch.recovered_at?;
    match stretch.health_mailbox_failed {
        0 => pulse.first_success_after(stretch.end, false),
        probes if probes == stretch.failed => pulse.first_success_after(stretch.end, true),
        _ => Some(any),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collections::minutes::MINUTE;
    use crate::summary::pulse::Beat;

    /// A service on which each attempt is one of a probe (`true`) or of a user, and worked (`true`) or failed.
    fn pulse(attempts: &[(i64, bool, bool)]) -> Pulse {
        let mut pulse = Pulse::default();
        for (moment, is_health_mailbox, worked) in attempts.iter().copied() {
            pulse.add(moment, if worked { Beat::Success { is_health_mailbox } } else { Beat::Failure { is_health_mailbox } });
        }
        pulse
    }

    fn recovery(failed: u64, health_mailbox_failed: u64, after: &[(i64, bool, bool)]) -> Option<i64> {
        let (start, end) = (0, 2 * MINUTE + 500);
        let recovered_at = after.iter().filter(|(_, _, worked)| *worked).map(|(moment, _, _)| *moment).min();
        let stretch = Stretch { start, is_first: false, end, recovered_at, attempts: failed, failed, health_mailbox_failed };
        of_kind(&stretch, &pulse(after))
    }

    #[test]
    fn a_success_of_another_kind_is_no_recovery() {
        let (user, probe) = ((3 * MINUTE + 1, false, true), (5 * MINUTE + 7, true, true));
        assert_eq!(recovery(3, 3, &[user]), None, "probes failed, a user works");
        assert_eq!(recovery(3, 0, &[probe]), None, "users failed, a probe works");
        assert_eq!(recovery(3, 1, &[user]), Some(user.0), "both failed");
        assert_eq!(recovery(3, 3, &[user, probe]), Some(probe.0));
        assert_eq!(recovery(3, 0, &[(3 * MINUTE, true, true), (4 * MINUTE, false, true)]), Some(4 * MINUTE));
        let within_the_minute = |is_probe| (2 * MINUTE + 900, is_probe, true);
        assert_eq!(recovery(3, 3, &[within_the_minute(true), user]), Some(2 * MINUTE + 900));
        assert_eq!(recovery(3, 0, &[within_the_minute(false), user]), Some(2 * MINUTE + 900));
        assert_eq!(recovery(3, 0, &[within_the_minute(true), user]), Some(user.0));
    }
}
