//! What front ends count in some stretches of time, minute by minute, by whom logins were handed over to.

use crate::case::Case;
use crate::collections::minutes::MINUTE;
use crate::login::identity::ClientClass;
use crate::protocol::{Protocol, Role};
use crate::summary::ServiceKey;
use crate::summary::counts::Counts;

/// From when to when, and for which protocol; `None` is any.
pub type Stretch = (Option<Protocol>, i64, i64);

/// Hands over the counts of front ends in these stretches, with the service, the target and the clients that they are of. The
/// minutes in which a stretch begins and ends are left out: they hold logins of before and after.
pub(super) fn each<'c>(
    case: &'c Case,
    stretches: &[Stretch],
    mut take: impl FnMut(&'c ServiceKey, Option<&'c str>, ClientClass, Counts),
) {
    for (protocol, start, end) in stretches {
        let minutes = start.div_euclid(MINUTE) + 1..end.div_euclid(MINUTE);
        let is_asked = |key: &ServiceKey| protocol.is_none_or(|protocol| protocol == key.protocol);
        let front_ends = case.summary.services.iter().filter(|(key, _)| key.role == Role::FrontEnd && is_asked(key));
        for (key, ((target, class), series)) in
            front_ends.flat_map(|(key, service)| service.series.iter().map(move |of| (key, of)))
        {
            for (_, counts) in series.iter().filter(|(minute, _)| minutes.contains(minute)) {
                take(key, target.as_deref(), *class, *counts);
            }
        }
    }
}
