//! How needs of equal urgency share what is not enough for all: in equal parts a head, and nobody more than it asks for.
//!
//! Each need is cut into steps by one level of base units a head, and the lower steps of all are served before the higher ones of
//! any. Under that rule nobody gains by asking for more: it takes no part that an honest need would have got (the uniform
//! rule, Sprumont 1991). Heads count by the weight that a community gave the need, so that what it wishes for most comes
//! to it first, and other things later.

/// In how many steps a need is served.
pub(crate) const SHARES: usize = 12;
/// How many of them lie evenly below the level that is enough for all together.
const EVEN: i128 = 8;
/// Levels below the first of these, as parts of the level that is enough: what is very scarce is shared out finer.
const FINE: [i128; 3] = [64, 32, 16];
/// A level is counted in parts of a base unit a head, of which so many make one.
const PARTS: u32 = 32;

/// One of several needs of equal urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Claim {
    /// Base units asked for, at least 0.
    pub(crate) amount: i64,
    /// Heads by the weight of the need, at least 1.
    pub(crate) heads: i128,
}

impl Claim {
    /// What it gets at a level, at most what it asks for.
    fn at(self, level: i128) -> i128 {
        let part = self.heads.saturating_mul(level) >> PARTS;
        part.min(i128::from(self.amount))
    }

    /// The level at which it has all that it asks for.
    fn full(self) -> i128 {
        let heads = self.heads.max(1);
        ((i128::from(self.amount) << PARTS) + heads - 1) / heads
    }
}

/// The steps of each claim, lowest first, when so many base units are there for all of them.
pub(crate) fn shares(claims: &[Claim], supply: i128) -> Vec<[i64; SHARES]> {
    let enough = level_of(claims, supply);
    let levels = FINE
        .iter()
        .map(|part| enough / part)
        .chain((1..=EVEN).map(|step| enough / EVEN * step + enough % EVEN * step / EVEN));
    let levels: Vec<i128> = levels.collect();
    claims
        .iter()
        .map(|claim| {
            let mut steps = [0; SHARES];
            let mut served = 0;
            let ends = levels.iter().map(|level| claim.at(*level)).chain([i128::from(claim.amount)]);
            for (step, end) in steps.iter_mut().zip(ends) {
                *step = i64::try_from(end - served).unwrap_or(0);
                served = end;
            }
            steps
        })
        .collect()
}

/// The lowest level at which all that is there is shared out; no higher than where one claim is left alone, so that nobody makes the
/// steps of others coarse by asking for very much.
fn level_of(claims: &[Claim], supply: i128) -> i128 {
    let mut full: Vec<i128> = claims.iter().map(|claim| claim.full()).collect();
    full.sort_unstable();
    let alone = full.iter().rev().nth(1).or(full.last()).copied().unwrap_or(0);
    let given = |level: i128| claims.iter().map(|claim| claim.at(level)).sum::<i128>();
    let (mut low, mut high) = (0, alone);
    while low < high {
        let middle = low + (high - low) / 2;
        if given(middle) >= supply { high = middle } else { low = middle + 1 }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(claims: &[(i64, i128)], supply: i128) -> Vec<[i64; SHARES]> {
        let claims: Vec<Claim> =
            claims.iter().map(|(amount, heads)| Claim { amount: *amount, heads: *heads }).collect();
        shares(&claims, supply)
    }

    fn below(steps: &[i64; SHARES]) -> i64 {
        steps.iter().take(SHARES - 1).sum()
    }

    #[test]
    fn every_need_is_cut_whole_and_the_steps_lie_at_one_level_a_head() {
        let cut = of(&[(900, 10), (100, 10), (5_000, 20)], 1_300);
        let sums: Vec<i64> = cut.iter().map(|steps| steps.iter().sum()).collect();
        assert_eq!(sums, [900, 100, 5_000]);
        // 100 asks for little and has all of it; the other 1,200 are shared as 10 to 20 heads.
        assert_eq!(cut.iter().map(below).collect::<Vec<_>>(), [400, 100, 800]);
        for steps in &cut {
            assert!(steps.iter().all(|step| *step >= 0), "{steps:?}");
        }
    }

    #[test]
    fn who_asks_for_more_takes_nothing_from_the_steps_of_others() {
        let honest = of(&[(400, 10), (300, 10), (400, 10)], 600);
        let greedy = of(&[(400, 10), (300, 10), (400_000_000, 10)], 600);
        assert_eq!(honest.iter().map(below).collect::<Vec<_>>(), [200, 200, 200]);
        assert_eq!(greedy.iter().map(below).collect::<Vec<_>>(), [200, 200, 200]);
        // Where there is enough for the honest, its steps end with what they ask for.
        let rich = of(&[(400, 10), (300, 10), (400_000_000, 10)], 1_000_000);
        assert_eq!(rich.iter().take(2).map(below).collect::<Vec<_>>(), [400, 300]);
    }

    #[test]
    fn what_is_very_scarce_is_shared_finer() {
        let cut = of(&[(1_000_000, 25_000), (1_000_000, 25_000)], 640);
        assert_eq!(cut[0], cut[1]);
        let mut served = 0;
        for (step, end) in cut[0].iter().zip([5, 10, 20, 40, 80, 120, 160, 200, 240, 280, 320]) {
            served += step;
            assert!((end - 1..=end).contains(&served), "{:?}", cut[0]);
        }
    }

    #[test]
    fn nothing_to_share_and_nothing_asked_for_are_no_fault() {
        assert_eq!(of(&[], 5), Vec::<[i64; SHARES]>::new());
        assert_eq!(of(&[(7, 1)], 0), [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]]);
        assert_eq!(of(&[(0, 1)], 9).iter().map(below).collect::<Vec<_>>(), [0]);
        let wide = of(&[(1_000_000_000_000_000, 1), (1_000_000_000_000_000, 8_000_000_000_000)], i128::MAX);
        assert_eq!(wide[1].iter().sum::<i64>(), 1_000_000_000_000_000);
    }
}
