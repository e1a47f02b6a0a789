//! When the service started anew, as the session numbers show it.
//!
//! The counter of session ids begins again with the service. An id that opens again, or a counter that falls, begins a new
//! epoch.

use serde::{Deserialize, Serialize};

/// The counter may seem to fall by so much without a restart, because threads write their lines a little out of order.
const OUT_OF_ORDER: u64 = 64;

/// The epochs in a stretch of one service's log. Stretches follow each other: see [`Epochs::then`].
///
/// Only neighbours are compared, so that it does not matter where a log is cut.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Epochs {
    /// The first session's id and when it was opened.
    first: Option<(u64, i64)>,
    /// The id of the session opened last.
    last: u64,
    restarts: Vec<i64>,
    /// The ids of each epoch.
    ids: Vec<Ids>,
}

/// The ids of the sessions that were opened in an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Ids {
    lowest: u64,
    highest: u64,
    opened: u64,
    /// How many were opened right behind a neighbour.
    beside: u64,
}

impl Ids {
    fn include(&mut self, other: Self) {
        self.lowest = self.lowest.min(other.lowest);
        self.highest = self.highest.max(other.highest);
        self.opened += other.opened;
        self.beside += other.beside;
    }

    /// How many between the lowest and the highest were not opened. If that is most of them, or few are neighbours, the counter does
    /// something else or an id is damaged, and nothing can be said.
    fn missing(&self) -> u64 {
        let missing = (self.highest - self.lowest).saturating_add(1).saturating_sub(self.opened);
        if missing > self.opened || self.beside < self.opened / 4 { 0 } else { missing }
    }
}

impl Epochs {
    /// Takes in an `OpenSession`, in the order of the log.
    pub fn open(&mut self, id: u64, time: i64) {
        self.go_on((id, time), Ids { lowest: id, highest: id, opened: 1, beside: 0 });
        self.last = id;
    }

    /// Takes in the first session of what follows, and the ids of its epoch.
    #[inline]
    fn go_on(&mut self, (id, time): (u64, i64), ids: Ids) {
        match (self.first, self.ids.last_mut()) {
            (Some(_), Some(last)) if !begins_anew(self.last, id) => {
                last.include(ids);
                last.beside += u64::from(self.last.abs_diff(id) == 1);
                return;
            }
            (Some(_), _) => self.restarts.push(time),
            (None, _) => self.first = Some((id, time)),
        }
        self.ids.push(ids);
    }

    /// The moments at which the service is seen to have started anew (milliseconds since 1970 UTC): the first session of each
    /// epoch but the first.
    pub fn restarts(&self) -> &[i64] {
        &self.restarts
    }

    /// How many sessions are missing by the numbers of the others.
    pub fn missing(&self) -> u64 {
        self.ids.iter().map(Ids::missing).sum()
    }

    /// Adds the stretch that follows this one.
    pub fn then(&mut self, later: Self) {
        let mut ids = later.ids.into_iter();
        let (Some(first), Some(of_first)) = (later.first, ids.next()) else { return };
        self.go_on(first, of_first);
        self.ids.extend(ids);
        self.last = later.last;
        self.restarts.extend(later.restarts);
    }
}

/// Whether `next` cannot come after `last` from the same counter: the same id again, or far below it.
fn begins_anew(last: u64, next: u64) -> bool {
    next == last || next < last.div_ceil(2) || next.saturating_add(OUT_OF_ORDER) < last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(ids: &[u64]) -> Epochs {
        let mut epochs = Epochs::default();
        ids.iter().enumerate().for_each(|(time, id)| epochs.open(*id, time as i64));
        epochs
    }

    #[test]
    fn a_falling_counter_or_an_id_that_opens_again_is_a_restart() {
        for (ids, restarts) in [
            (&[1, 2, 4, 3, 5][..], &[][..]),
            (&[1, 2, 3, 1, 2], &[3]),
            (&[500, 501, 3, 4, 2], &[2]),
            (&[500, 470, 502], &[]),
            (&[7, 7], &[1]),
            (&[1, 2, 3, 4, 1, 2, 3, 1], &[4, 7]),
        ] {
            assert_eq!(of(ids).restarts(), restarts, "{ids:?}");
        }
    }

    #[test]
    fn holes_between_the_ids_of_an_epoch_are_sessions_that_are_missing() {
        for (ids, missing) in [
            (&[][..], 0),
            (&[7], 0),
            (&[1, 2, 4, 3, 5], 0),
            (&[1, 2, 4, 5], 1),
            (&[10, 11, 14, 15, 16, 1, 2, 5, 6], 4),
            // A damaged id, and a counter that goes in steps.
            (&[1, 2, 3, 4_000_000], 0),
            (&[10, 20, 30, 40], 0),
            (&[2, 4, 6, 8, 10, 12, 14, 16, 18], 0),
        ] {
            assert_eq!(of(ids).missing(), missing, "{ids:?}");
        }
    }

    #[test]
    fn stretches_can_be_put_together() {
        let ids = [90, 91, 92, 1, 2, 3, 1, 2, 200, 201, 5];
        let whole = of(&ids);
        for cut in 0..=ids.len() {
            let mut parts = of(&ids[..cut]);
            let mut later = Epochs::default();
            ids.iter().enumerate().skip(cut).for_each(|(time, id)| later.open(*id, time as i64));
            parts.then(later);
            assert_eq!((parts.restarts(), parts.missing()), (whole.restarts(), whole.missing()), "cut at {cut}");
        }
    }
}
