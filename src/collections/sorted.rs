//! Hash maps as files hold them: a list sorted by key, so that the same map is always the same bytes.

use std::hash::Hash;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::collections::map::HashMap;

/// Writes the entries in the order of their keys; for `#[serde(with = "…")]`.
///
/// # Errors
/// Those of the format.
pub fn serialize<K, V, S>(map: &HashMap<K, V>, out: S) -> Result<S::Ok, S::Error>
where
    K: Ord + Serialize,
    V: Serialize,
    S: Serializer,
{
    let mut entries: Vec<(&K, &V)> = map.iter().collect();
    entries.sort_unstable_by(|a, b| a.0.cmp(b.0));
    entries.serialize(out)
}

/// Reads the entries, in any order; of two with one key the last counts.
///
/// # Errors
/// Those of the format.
pub fn deserialize<'de, K, V, D>(input: D) -> Result<HashMap<K, V>, D::Error>
where
    K: Eq + Hash + Deserialize<'de>,
    V: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Vec::deserialize(input).map(|entries: Vec<(K, V)>| entries.into_iter().collect())
}
