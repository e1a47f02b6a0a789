//! How many different names there were, when there were too many to keep: a HyperLogLog sketch.
//!
//! The estimate is the sketch's *composite* one, which depends on the set of names alone and not on the order or the parts
//! in which they came; the sketch's default estimate does.

use datasketches::hll::{HllSketch, HllType, HllUnion};

use crate::merge::Merge;

mod stored;

/// 2^12 registers: 4 KiB, a relative standard error of 1.04 / √4096.
const LG_K: u8 = 12;

/// The relative standard error of [`Distinct::estimate`].
pub const STANDARD_ERROR: f64 = 0.01625;

/// An approximate set of names that only counts them.
#[derive(Clone)]
pub struct Distinct(Option<HllSketch>);

impl Default for Distinct {
    fn default() -> Self {
        Self(HllSketch::new(LG_K, HllType::Hll8).ok())
    }
}

impl Distinct {
    /// Adds a name.
    pub fn insert(&mut self, name: &str) {
        if let Some(sketch) = &mut self.0 {
            sketch.update(name);
        }
    }

    /// About how many different names were added (relative standard error [`STANDARD_ERROR`]).
    pub fn estimate(&self) -> u64 {
        self.0.as_ref().map_or(0, |sketch| sketch.composite_estimate().round().max(0.0) as u64)
    }
}

impl Merge for Distinct {
    fn merge_with(&mut self, other: Self) {
        let (Some(mine), Some(theirs), Ok(mut union)) = (&self.0, &other.0, HllUnion::new(LG_K)) else { return };
        union.update(mine);
        union.update(theirs);
        self.0 = Some(union.to_sketch(HllType::Hll8));
    }
}

impl std::fmt::Debug for Distinct {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Distinct(~{})", self.estimate())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimate_is_close_and_does_not_depend_on_the_parts() {
        let of = |range: std::ops::Range<u32>| {
            let mut set = Distinct::default();
            range.for_each(|n| set.insert(&format!("user{n}@contoso.com")));
            set
        };
        let whole = of(0..100_000);
        let mut parts = of(60_000..100_000);
        parts.merge_with(of(0..70_000));
        assert_eq!(whole.estimate(), parts.estimate());
        assert!((whole.estimate() as f64 / 100_000.0 - 1.0).abs() < 4.0 * STANDARD_ERROR);
    }
}
