//! Which outages are more than single failures: those of everybody, and those that chance does not make.

use crate::case::Case;
use crate::case::group::Group;
use crate::case::outage::Outage;
use crate::diagnosis::server_failures::OF_EVERYBODY;
use crate::diagnosis::server_failures::series::series;
use crate::merge::{Merge, Span};

/// An outage is no chance if fewer than so many like it are to be expected.
const CHANCE: f64 = 0.01;

/// Whether hardly anybody logged in, and enough tried.
pub(super) fn is_of_everybody(outage: &Outage) -> bool {
    let (fewest_failed, fewest_accounts) = OF_EVERYBODY;
    let are_many = outage.users_affected.0 >= fewest_accounts || outage.health_mailbox_failed > 0;
    outage.failed >= fewest_failed && are_many && outage.failed * 10 >= outage.attempts * 9
}

/// Whether so many failures in a row are what chance makes of failures that come all the time.
pub(super) fn is_chance(case: &Case, outage: &Outage, of_class: &[&Group]) -> bool {
    let groups = || of_class.iter().filter(|group| group.service.protocol == outage.protocol);
    let mut span = None::<Span>;
    groups().for_each(|group| span.merge_with(Some(group.failures.span)));
    let Some(Span { first, last }) = span else { return false };
    let stretches = [(Some(outage.protocol), first, last)];
    let of_server = series(case, &stretches).filter(|series| series.key.server == outage.server);
    let attempts = of_server.map(|series| series.counts().attempts()).sum::<u64>().saturating_sub(outage.attempts);
    let failed = groups().map(|group| group.failures.count).sum::<u64>().saturating_sub(outage.failed);
    let share = failed as f64 / attempts.max(failed).max(1) as f64;
    attempts as f64 * share.powf(outage.failed as f64) > CHANCE
}
