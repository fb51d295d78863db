//! Random numbers without a state: Philox4x32-10, keyed by the seed, counted by who, when, what for and how many.
//!
//! The same question always gets the same answer, whatever was asked before and on whatever thread. So a change in
//! one community's day leaves every other draw as it was, and two runs of one seed differ only by what was done.
//! Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
//!
//! Ids are never made from these numbers.

use koinon_core::{Day, Entropy};

const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: u32 = 10;

/// Philox4x32 with ten rounds: 128 bits of counter and 64 of key to 128 random bits.
pub fn philox(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let [mut a, mut b, mut c, mut d] = counter;
    let [mut left, mut right] = key;
    for round in 0..ROUNDS {
        if round > 0 {
            left = left.wrapping_add(WEYL[0]);
            right = right.wrapping_add(WEYL[1]);
        }
        let (high_a, low_a) = wide_product(MULTIPLIERS[0], a);
        let (high_c, low_c) = wide_product(MULTIPLIERS[1], c);
        (a, b, c, d) = (high_c ^ b ^ left, low_c, high_a ^ d ^ right, low_a);
    }
    [a, b, c, d]
}

fn wide_product(one: u32, other: u32) -> (u32, u32) {
    halves(u64::from(one) * u64::from(other))
}

/// The high and the low half.
fn halves(wide: u64) -> (u32, u32) {
    let low_bits = u64::from(u32::MAX);
    // Both fit by construction.
    (u32::try_from(wide >> 32).unwrap_or(u32::MAX), u32::try_from(wide & low_bits).unwrap_or(u32::MAX))
}

/// What a draw is for; draws for different purposes never meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Stocks at the start.
    Opening,
    /// Names of people.
    Names,
    /// How much is eaten and used.
    Use,
    /// How much is grown, made and bought.
    Intake,
    /// What nobody noticed.
    Drift,
    /// What is counted when.
    Count,
    /// What goes bad.
    Spoil,
    /// Small surprises.
    Surprise,
    /// Whether people get round to a transfer today, and what goes wrong on the way.
    Transfer,
    /// What is asked for and offered.
    Wants,
    /// Orders of delivery and the like, in tests and runners.
    Shuffle,
    /// Ids in runs that need no real ones.
    Ids,
}

impl Purpose {
    const fn number(self) -> u32 {
        match self {
            Self::Opening => 1,
            Self::Names => 2,
            Self::Use => 3,
            Self::Intake => 4,
            Self::Drift => 5,
            Self::Count => 6,
            Self::Spoil => 7,
            Self::Surprise => 8,
            Self::Transfer => 9,
            Self::Wants => 10,
            Self::Shuffle => 11,
            Self::Ids => 12,
        }
    }
}

/// The seed of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub u64);

impl Seed {
    /// The dice of one agent on one day for one purpose; `sub` tells apart what the agent does, below 2^24.
    pub fn dice(self, agent: u32, day: Day, purpose: Purpose, sub: u32) -> Dice {
        let (high, low) = halves(self.0);
        let what = purpose.number() << 24 | sub & 0x00FF_FFFF;
        let when = u32::from_be_bytes(day.0.to_be_bytes());
        Dice { key: [low, high], agent, when, what, block: 0, ready: [0; 4], left: 0 }
    }
}

/// A stream of draws for one question.
#[derive(Debug, Clone)]
pub struct Dice {
    key: [u32; 2],
    agent: u32,
    when: u32,
    what: u32,
    block: u32,
    ready: [u32; 4],
    left: usize,
}

impl Dice {
    /// The next 32 random bits.
    pub fn bits(&mut self) -> u32 {
        if self.left == 0 {
            self.ready = philox([self.block, self.what, self.when, self.agent], self.key);
            self.block = self.block.wrapping_add(1);
            self.left = self.ready.len();
        }
        self.left -= 1;
        self.ready.get(self.left).copied().unwrap_or(0)
    }

    /// A number below `bound`, each equally likely; 0 for a bound of 0 (Lemire 2019, "Fast random integer
    /// generation in an interval").
    pub fn below(&mut self, bound: u32) -> u32 {
        if bound == 0 {
            return 0;
        }
        let reject_below = bound.wrapping_neg() % bound;
        loop {
            let (number, rest) = wide_product(self.bits(), bound);
            if rest >= reject_below {
                return number;
            }
        }
    }

    /// A number from `least` to `most`, both included; `least` when the range is empty or wider than 2^32.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        let width = most.checked_sub(least).and_then(|width| u32::try_from(width.checked_add(1)?).ok());
        least + width.map_or(0, |width| i64::from(self.below(width)))
    }

    /// Yes with a chance of `chance` in a thousand.
    pub fn per_mille(&mut self, chance: u32) -> bool {
        self.below(1_000) < chance
    }

    /// A factor in thousandths around 1,000, bell-shaped, never further away than `spread`.
    ///
    /// The mean of four uniform draws (Irwin–Hall), so the standard deviation is 0.29 of the spread.
    pub fn around(&mut self, spread: i64) -> i64 {
        let four: i64 = (0..4).map(|_| self.between(-spread, spread)).sum();
        1_000 + four / 4
    }

    /// Puts a list into a random order (Fisher–Yates).
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            let bound = u32::try_from(at + 1).unwrap_or(u32::MAX);
            let other = usize::try_from(self.below(bound)).unwrap_or(0);
            list.swap(at, other);
        }
    }
}

/// For runs that need no real ids: entropy that a seed gives.
impl Entropy for Dice {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(4) {
            let random = self.bits().to_le_bytes();
            chunk.iter_mut().zip(random).for_each(|(to, from)| *to = from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers_of_random123() {
        let cases = [
            ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            ([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
            ),
        ];
        for (counter, key, expected) in cases {
            assert_eq!(philox(counter, key), expected, "{counter:x?} {key:x?}");
        }
    }

    #[test]
    fn a_question_has_one_answer_and_every_word_of_it_counts() {
        let first = |seed, agent, day, purpose, sub| Seed(seed).dice(agent, Day(day), purpose, sub).bits();
        let base = first(7, 1, 2, Purpose::Use, 3);
        assert_eq!(base, first(7, 1, 2, Purpose::Use, 3));
        let others = [
            first(8, 1, 2, Purpose::Use, 3),
            first(7 + (1 << 40), 1, 2, Purpose::Use, 3),
            first(7, 2, 2, Purpose::Use, 3),
            first(7, 1, -2, Purpose::Use, 3),
            first(7, 1, 2, Purpose::Count, 3),
            first(7, 1, 2, Purpose::Use, 4),
        ];
        assert!(others.iter().all(|other| *other != base));
    }

    #[test]
    fn draws_stay_in_range_and_are_even() {
        let mut dice = Seed(1).dice(0, Day(0), Purpose::Shuffle, 0);
        let mut counts = [0u32; 6];
        for _ in 0..60_000 {
            counts[usize::try_from(dice.between(0, 5)).unwrap()] += 1;
        }
        // Chi-square with 5 degrees of freedom: above 20.5 in one of a thousand seeds.
        let off: i64 = counts.iter().map(|n| (i64::from(*n) - 10_000).pow(2)).sum();
        assert!(off / 10_000 < 21, "{counts:?}");
        let bell: Vec<i64> = (0..10_000).map(|_| dice.around(100)).collect();
        assert!(bell.iter().all(|n| (900..=1_100).contains(n)));
        let sum: i64 = bell.iter().sum();
        assert!((9_980_000..=10_020_000).contains(&sum), "{sum}");
        let hits = (0..10_000).filter(|_| dice.per_mille(30)).count();
        assert!((230..=370).contains(&hits), "{hits}");
        for (least, most) in [(5, 5), (5, 4), (i64::MIN, i64::MAX), (-3, -1)] {
            let drawn = dice.between(least, most);
            assert!(drawn >= least && drawn <= most.max(least));
        }
    }

    #[test]
    fn a_shuffle_keeps_everything() {
        let mut list: Vec<u32> = (0..100).collect();
        Seed(3).dice(0, Day(0), Purpose::Shuffle, 0).shuffle(&mut list);
        assert_ne!(list, (0..100).collect::<Vec<_>>());
        list.sort_unstable();
        assert_eq!(list, (0..100).collect::<Vec<_>>());
    }
}
