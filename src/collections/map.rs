//! The one door to hash maps: hashbrown with its seeded hasher, since strangers choose the user names that become keys.
//!
//! Iteration order is random; whatever is shown is sorted first, or kept in a `BTreeMap` to begin with.

pub use hashbrown::{DefaultHashBuilder, HashMap, HashSet, HashTable};
