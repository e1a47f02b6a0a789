//! How often clients logged in by which mechanism and with which encryption.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::login::mechanism::{Encryption, Mechanism};
use crate::merge::Merge;

/// Logins by mechanism and encryption of the client's side: a table, since every login counts in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Ways([[u64; Encryption::ALL.len()]; Mechanism::ALL.len()]);

/// The same as files hold it.
type Stored = BTreeMap<(Mechanism, Encryption), u64>;

impl Ways {
    /// Counts one login.
    pub fn add(&mut self, mechanism: Mechanism, encryption: Encryption) {
        self.add_all(mechanism, encryption, 1);
    }

    fn add_all(&mut self, mechanism: Mechanism, encryption: Encryption, logins: u64) {
        if let Some(count) = self.0.get_mut(mechanism as usize).and_then(|counts| counts.get_mut(encryption as usize)) {
            *count += logins;
        }
    }

    /// The ways that were used, in their order, with how often.
    pub fn iter(&self) -> impl Iterator<Item = (Mechanism, Encryption, u64)> {
        Mechanism::ALL.into_iter().zip(&self.0).flat_map(|(mechanism, counts)| {
            let counts = Encryption::ALL.into_iter().zip(counts).filter(|(_, count)| **count > 0);
            counts.map(move |(encryption, count)| (mechanism, encryption, *count))
        })
    }
}

impl Merge for Ways {
    fn merge_with(&mut self, other: Self) {
        other.iter().for_each(|(mechanism, encryption, count)| self.add_all(mechanism, encryption, count));
    }
}

impl From<Stored> for Ways {
    fn from(stored: Stored) -> Self {
        let mut ways = Self::default();
        stored.into_iter().for_each(|((mechanism, encryption), count)| ways.add_all(mechanism, encryption, count));
        ways
    }
}

impl From<Ways> for Stored {
    fn from(ways: Ways) -> Self {
        ways.iter().map(|(mechanism, encryption, count)| ((mechanism, encryption), count)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_has_a_place_of_its_own() {
        let mut ways = Ways::default();
        let all: Vec<_> = Mechanism::ALL.into_iter().flat_map(|mechanism| Encryption::ALL.map(|how| (mechanism, how))).collect();
        for (number, (mechanism, encryption)) in (1..).zip(&all) {
            ways.add_all(*mechanism, *encryption, number);
        }
        let last = all.len() as u64;
        let expected: Stored = all.into_iter().zip(1..).collect();
        assert_eq!(Stored::from(ways.clone()), expected);
        ways.merge_with(expected.into());
        assert!(ways.iter().map(|(_, _, count)| count).eq((1..=last).map(|number| 2 * number)));
    }
}
