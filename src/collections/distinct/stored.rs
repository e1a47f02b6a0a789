//! Sketches as files hold them: in the format of the DataSketches libraries, without what depends on the order of names.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Distinct, HllSketch, LG_K};

/// Where the header says how the sketch is kept, and with which bits it says that registers are.
const MODE: (usize, u8, u8) = (7, 0b11, 0b10);

/// Where the header holds flags, and the one that says that names came in no order: then only the composite estimate counts.
const OUT_OF_ORDER: (usize, u8) = (5, 0b1_0000);

/// The bytes of the estimate that depends on the order in which names came.
const IN_ORDER_ESTIMATE: std::ops::Range<usize> = 8..16;

/// The length of what stands in front of the registers.
const PREAMBLE: usize = 40;

/// A hash has no more zeros to count.
const HIGHEST_REGISTER: u8 = 63;

fn has_registers(bytes: &[u8]) -> bool {
    let (at, mask, registers) = MODE;
    bytes.get(at).is_some_and(|mode| mode & mask == registers)
}

impl Serialize for Distinct {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut bytes = self.0.as_ref().map(HllSketch::serialize).unwrap_or_default();
        if has_registers(&bytes) {
            if let Some(flags) = bytes.get_mut(OUT_OF_ORDER.0) {
                *flags |= OUT_OF_ORDER.1;
            }
            if let Some(estimate) = bytes.get_mut(IN_ORDER_ESTIMATE) {
                estimate.fill(0);
            }
        }
        out.serialize_bytes(&bytes)
    }
}

impl<'de> Deserialize<'de> for Distinct {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let bytes: &[u8] = Deserialize::deserialize(input)?;
        if bytes.is_empty() {
            return Ok(Self(None));
        }
        let damaged = || D::Error::custom("a sketch that cannot be read");
        let is_possible = |register: &u8| *register <= HIGHEST_REGISTER;
        if has_registers(bytes) && !bytes.iter().skip(PREAMBLE).all(is_possible) {
            return Err(damaged());
        }
        let sketch = HllSketch::deserialize(bytes).map_err(|_| damaged())?;
        if sketch.lg_config_k() != LG_K { Err(damaged()) } else { Ok(Self(Some(sketch))) }
    }
}
