//! Histograms as files hold them: each duration with how often it came. That depends on neither the crate's own format nor on
//! how far the histogram has grown.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{LONGEST, Latency, empty};

impl Serialize for Latency {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let recorded = self.0.iter().flat_map(|histogram| histogram.iter_recorded());
        let counts: Vec<(u64, u64)> =
            recorded.map(|step| (step.value_iterated_to(), step.count_since_last_iteration())).collect();
        counts.serialize(out)
    }
}

impl<'de> Deserialize<'de> for Latency {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let counts: Vec<(u64, u64)> = Vec::deserialize(input)?;
        let mut latency = Self(if counts.is_empty() { None } else { empty() });
        for (value, count) in counts {
            // A slot of the histogram ends at most a thousandth behind its values.
            if value > LONGEST + LONGEST / 500 {
                return Err(D::Error::custom("a duration of more than a day"));
            }
            if let Some(histogram) = &mut latency.0 {
                // It grows on demand, so that this cannot fail.
                let _ = histogram.record_n(value, count);
            }
        }
        Ok(latency)
    }
}
