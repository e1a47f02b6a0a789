//! Tallies as files hold them: names in their order, so that the same tally is always the same bytes.

use std::hash::BuildHasher;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Distinct, Tally, Weighed};

impl<V: Serialize> Serialize for Tally<V> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let entries = self.entries.iter();
        let mut rows: Vec<(&str, &str, &V)> =
            entries.map(|entry| (entry.key.of(&self.names), entry.spelling.of(&self.names), &entry.value)).collect();
        rows.sort_unstable_by_key(|(key, _, _)| *key);
        (rows, &self.seen, self.error).serialize(out)
    }
}

/// A tally as it was read: each name as its key, its spelling (empty where it is the key) and its value.
type Stored<V> = (Vec<(String, String, V)>, Option<Box<Distinct>>, u64);

impl<'de, V: Weighed + Deserialize<'de>> Deserialize<'de> for Tally<V> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let (rows, seen, error): Stored<V> = Deserialize::deserialize(input)?;
        let mut tally = Self { seen, error, ..Self::default() };
        for (key, spelling, value) in rows {
            let hash = tally.hasher.hash_one(key.as_str());
            if tally.find(&key, hash).is_some() {
                return Err(D::Error::custom("a name that stands twice in a tally"));
            }
            let number = tally.add(&key, hash, value);
            if !spelling.is_empty() {
                tally.respell(number, &spelling);
            }
        }
        Ok(tally)
    }
}
