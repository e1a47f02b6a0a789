//! The generator's own random numbers: small, seeded, the same on every platform.
//! It is not a source of secrets, and it uses no floating point, whose last bit may differ between platforms.

/// xoshiro256++, seeded by splitmix64.
#[derive(Clone, Debug)]
pub struct Rng {
    state: [u64; 4],
}

/// Quantiles of the exponential distribution with mean 1000: waiting times of arrivals without `ln`.
const WAITING: [u64; 32] = [
    16, 48, 81, 116, 152, 188, 227, 267, 309, 352, 398, 445, 495, 548, 604, 663, 725, 792, 863, 940, 1023, 1114, 1214, 1325,
    1450, 1594, 1761, 1961, 2212, 2549, 3060, 4159,
];

impl Rng {
    /// A generator for one `stream` of a seed; streams of the same seed are independent of each other.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut mixed = seed ^ stream.wrapping_mul(0xD1B5_4A32_D192_ED03);
        let mut next = || {
            mixed = mixed.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = mixed;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        };
        Rng { state: [next(), next(), next(), next()] }
    }

    /// The next 64 random bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// A number below `end` (0 where `end` is 0).
    #[inline]
    pub fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(end)) >> 64) as u64
    }

    /// A number from `low` to `high`, both included.
    #[inline]
    pub fn range(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// True once in `n` times on average.
    #[inline]
    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// True in `per_mille` of a thousand cases.
    #[inline]
    pub fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    /// One of the items.
    #[inline]
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u64) as usize]
    }

    /// A waiting time with the given mean, distributed as between independent arrivals.
    #[inline]
    pub fn waiting(&mut self, mean: u64) -> u64 {
        let quantile = WAITING[self.below(32) as usize];
        // A little uniform noise around the quantile, so that gaps do not repeat.
        mean * (quantile * 7 / 8 + self.below(quantile / 4 + 1)) / 1000
    }
}
