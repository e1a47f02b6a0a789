//! Who was hit as files hold it: names in their order, each with its steps in theirs.

use std::collections::BTreeMap;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Affected, Failures};
use crate::collections::map::HashMap;

impl Serialize for Affected {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut steps: HashMap<u32, BTreeMap<i32, Failures>> = HashMap::new();
        for ((step, number), failures) in &self.entries {
            steps.entry(*number).or_default().insert(*step, *failures);
        }
        let names: BTreeMap<&str, BTreeMap<i32, Failures>> =
            self.numbers.iter().map(|(name, number)| (name.as_ref(), steps.remove(number).unwrap_or_default())).collect();
        (names, self.is_cut).serialize(out)
    }
}

impl<'de> Deserialize<'de> for Affected {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let (names, is_cut): (BTreeMap<Box<str>, BTreeMap<i32, Failures>>, bool) = Deserialize::deserialize(input)?;
        let mut affected = Self { is_cut, ..Self::default() };
        for (number, (name, steps)) in names.into_iter().enumerate() {
            let number = u32::try_from(number).map_err(|_| D::Error::custom("more accounts than can be told apart"))?;
            affected.numbers.insert(name, number);
            affected.entries.extend(steps.into_iter().map(|(step, failures)| ((step, number), failures)));
        }
        Ok(affected)
    }
}
