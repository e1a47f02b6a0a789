//! What front ends count in some stretches of time, by whom logins were handed over to.

use std::ops::Range;

use crate::case::Case;
use crate::collections::minutes::{MINUTE, Minutes};
use crate::login::identity::ClientClass;
use crate::merge::Merge;
use crate::protocol::{Protocol, Role};
use crate::summary::ServiceKey;
use crate::summary::counts::Counts;

/// From when to when, and for which protocol; `None` is any.
pub type Stretch = (Option<Protocol>, i64, i64);

/// The logins of some clients that a front end handed over to one target, in a stretch of time.
pub(super) struct Series<'c> {
    pub(super) key: &'c ServiceKey,
    pub(super) target: Option<&'c str>,
    pub(super) class: ClientClass,
    minutes: Range<i64>,
    all: &'c Minutes<Counts>,
}

impl Series<'_> {
    /// How many. The minutes in which the stretch begins and ends are left out: they hold logins of before and after.
    pub(super) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        let inside = self.all.iter().filter(|(minute, _)| self.minutes.contains(minute));
        inside.for_each(|(_, of_minute)| counts.merge_with(*of_minute));
        counts
    }
}

/// The series of all front ends in these stretches. Nothing is counted before somebody asks for it.
pub(super) fn series<'c>(case: &'c Case, stretches: &[Stretch]) -> impl Iterator<Item = Series<'c>> {
    stretches.iter().flat_map(move |&(protocol, start, end)| {
        let minutes = start.div_euclid(MINUTE) + 1..end.div_euclid(MINUTE);
        let is_asked = move |key: &ServiceKey| protocol.is_none_or(|protocol| protocol == key.protocol);
        let front_ends = case.summary.services.iter().filter(move |(key, _)| key.role == Role::FrontEnd && is_asked(key));
        front_ends.flat_map(move |(key, service)| {
            let minutes = minutes.clone();
            let series = service.series.iter();
            series.map(move |((target, class), all)| Series {
                key,
                target: target.as_deref(),
                class: *class,
                minutes: minutes.clone(),
                all,
            })
        })
    })
}
