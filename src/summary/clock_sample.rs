//! When a few accounts logged in, the same accounts on every server: by it the clocks of servers are held against each other.
//!
//! A login that a front end hands over stands in two logs. Which lines belong together is not known here, but where the clocks
//! of two servers differ, the moments of one account differ by always the same. Kept are the accounts and quarters of a day whose
//! hash is smallest, so that all servers keep the same ones, whatever else they saw and however their logs were split.

use serde::{Deserialize, Serialize};

use crate::clock::DAY;
use crate::collections::partners::hash;
use crate::collections::tally::fold_case;
use crate::login::identity::{cut, domain_and_name};
use crate::login::target::label_of;
use crate::merge::Merge;

/// Clocks of two servers are taken to differ by no more, in milliseconds: so much is no trouble, and front end and back end are
/// joined all the same.
pub const CLOCKS_APART: i64 = 5_000;

/// So many quarters of accounts' days are kept for each service.
const KEPT: usize = 128;

/// Who logs in more often in a quarter of a day is no help: everything is near everything else. A client may poll every ten minutes.
const MOST_LOGINS: usize = 40;

/// The two ends of a login that took longer (milliseconds) may be that far apart.
const LONGEST: u64 = 2_000;

/// Logins of one service by a hash of account and quarter of a day; sorted. One login more than `MOST_LOGINS` says that there were
/// too many.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockSample(Vec<(u64, Vec<Moment>)>);

/// When an account logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment {
    /// In milliseconds since 1970 UTC.
    pub at: i64,
    /// The [`mark_of`] the server to which a front end handed it over; 0 on a back end.
    pub target: u32,
}

/// By what a server is known as a target: its first label, in any case, or its address.
pub fn mark_of(server: &str) -> u32 {
    (hash(&fold_case(label_of(server))) >> 32) as u32
}

/// By what an account is known in any of its spellings; `name` is one of them, in lower case.
pub fn mark_of_account(name: &str) -> u64 {
    hash(cut(domain_and_name(name).1))
}

impl ClockSample {
    /// Takes in a login of the account with this [`mark_of_account`] that reached a back end, or that a back end answered.
    pub fn add(&mut self, account: u64, moment: Moment, duration: Option<u64>) {
        if duration.is_some_and(|duration| duration > LONGEST) {
            return;
        }
        let quarter = moment.at.div_euclid(DAY / 4).cast_unsigned();
        let key = account ^ quarter.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let is_kept = self.0.len() < KEPT || self.0.last().is_some_and(|(last, _)| key <= *last);
        if is_kept {
            add_moment(self.at(key), moment);
            self.0.truncate(KEPT);
        }
    }

    /// The hashes of accounts and quarters of days, with the moments of each; without those that had too many.
    pub fn quarters(&self) -> impl Iterator<Item = (u64, &[Moment])> {
        self.0.iter().filter(|(_, moments)| moments.len() <= MOST_LOGINS).map(|(key, moments)| (*key, moments.as_slice()))
    }

    fn at(&mut self, key: u64) -> &mut Vec<Moment> {
        let place = self.0.partition_point(|(other, _)| *other < key);
        if self.0.get(place).is_none_or(|(other, _)| *other != key) {
            self.0.insert(place, (key, Vec::new()));
        }
        // Found or made just above.
        #[allow(clippy::indexing_slicing)]
        &mut self.0[place].1
    }
}

/// Adds a moment; the earliest are kept.
fn add_moment(moments: &mut Vec<Moment>, moment: Moment) {
    let place = moments.partition_point(|other| *other <= moment);
    if place <= MOST_LOGINS {
        moments.insert(place, moment);
        moments.truncate(MOST_LOGINS + 1);
    }
}

impl Merge for ClockSample {
    fn merge_with(&mut self, other: Self) {
        for (key, moments) in other.0 {
            let mine = self.at(key);
            moments.into_iter().for_each(|moment| add_moment(mine, moment));
        }
        self.0.truncate(KEPT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(logins: impl Iterator<Item = i64>) -> ClockSample {
        let mut sample = ClockSample::default();
        logins.for_each(|n| {
            sample.add(
                mark_of_account(&format!("user{}@contoso.com", n % 2_000)),
                Moment { at: n * 700_001, target: 0 },
                Some(20),
            )
        });
        sample
    }

    #[test]
    fn the_same_is_kept_however_the_logs_were_split() {
        let whole = of(0..6_000);
        assert_eq!(whole.0.len(), KEPT);
        let mut parts = of((0..6_000).filter(|n| n % 3 != 1).rev());
        parts.merge_with(of((0..6_000).filter(|n| n % 3 == 1)));
        assert_eq!(parts, whole);
    }

    #[test]
    fn spellings_meet_and_busy_accounts_and_slow_logins_do_not_count() {
        let one = |name: &str, moments: &[i64], duration| {
            let mut sample = ClockSample::default();
            moments.iter().for_each(|moment| sample.add(mark_of_account(name), Moment { at: *moment, target: 0 }, duration));
            sample
        };
        let quarters = |sample: &ClockSample| {
            sample
                .quarters()
                .map(|(key, moments)| (key, moments.iter().map(|moment| moment.at).collect::<Vec<_>>()))
                .collect::<Vec<_>>()
        };
        let front = quarters(&one("healthmailboxab28d8826ea8428d805c5e21cdff9077@contoso.com", &[5, 1], Some(20)));
        let [(key, moments)] = front.as_slice() else { panic!("{front:?}") };
        assert_eq!(*moments, [1, 5]);
        assert_eq!(quarters(&one("healthmailboxab28d88", &[9], None)), [(*key, vec![9])]);
        assert_ne!(quarters(&one("healthmailboxab28d88", &[9 + DAY / 4], None)), [(*key, vec![9 + DAY / 4])], "another quarter");
        assert_eq!(quarters(&one("healthmailboxab28d88", &[9], Some(2_001))), []);
        let busy: Vec<i64> = (0..=MOST_LOGINS as i64).collect();
        assert_eq!(quarters(&one("healthmailboxab28d88", &busy, None)), []);
        assert_eq!(quarters(&one("healthmailboxab28d88", &busy[1..], None)).len(), 1);
    }
}
