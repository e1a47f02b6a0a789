//! Minutes as files hold them: each as its distance from the one before, which is mostly 1.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{MINUTE, Minutes};

impl<T: Serialize> Serialize for Minutes<T> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut before = 0;
        let steps = self.cells.iter().map(|(minute, value)| {
            let step = minute.wrapping_sub(before);
            before = *minute;
            (step, value)
        });
        out.collect_seq(steps)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Minutes<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let steps: Vec<(i64, T)> = Vec::deserialize(input)?;
        let mut cells = Vec::with_capacity(steps.len());
        let mut before: Option<i64> = None;
        for (step, value) in steps {
            let minute = before.unwrap_or_default().checked_add(step);
            // A moment in it must be a number of milliseconds.
            let possible =
                minute.filter(|minute| minute.checked_mul(MINUTE).is_some_and(|start| start.checked_add(MINUTE).is_some()));
            match possible {
                Some(minute) if before.is_none_or(|before| before < minute) => {
                    cells.push((minute, value));
                    before = Some(minute);
                }
                _ => return Err(D::Error::custom("minutes that do not follow each other")),
            }
        }
        Ok(Self { cells })
    }
}
