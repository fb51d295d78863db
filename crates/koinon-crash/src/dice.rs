//! Numbers that look thrown and are the same for the same seed (`SplitMix64`, Steele, Lea and Flood 2014).

/// A thrower of numbers.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The throws of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`; 0 where there is none.
    pub fn below(&mut self, limit: usize) -> usize {
        let thrown = usize::try_from(self.next() >> 16).unwrap_or(0);
        thrown.checked_rem(limit).unwrap_or(0)
    }

    /// Whether something happens that happens in so many of 256 throws.
    pub const fn happens(&mut self, of_256: u64) -> bool {
        self.next() >> 56 < of_256
    }
}
