//! Raising a bound: the subgradient method on whole numbers.
//!
//! A Lagrangian bound is a concave function of its prices, and any prices give a valid bound, so rounding costs a little tightness and
//! never truth. The step is Polyak's, towards a target above the best bound, with a factor that shrinks while nothing improves (Held,
//! Wolfe and Crowder 1974), along a direction that remembers the last one (Camerini, Fratta and Maffioli 1975).

/// How to climb.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Climb {
    /// Evaluations of the bound.
    pub(crate) rounds: u32,
    /// Value the bound will hardly pass, such as the cost of a known plan.
    pub(crate) target: Option<i64>,
    /// Prices are counted in units 2^shift smaller than those of bound / gradient.
    pub(crate) shift: u32,
    /// Rounds without improvement after which the step is cut to 5/8.
    pub(crate) patience: u32,
}

/// Climbs from `prices` and leaves the best ones found there; gives back their bound.
///
/// `evaluate` fills the gradient for given prices and returns the bound; `settle` brings a price back into its range.
pub(crate) fn climb(
    prices: &mut Vec<i64>,
    climb: Climb,
    mut evaluate: impl FnMut(&[i64], &mut [i64]) -> i64,
    settle: impl Fn(usize, i64) -> i64,
) -> i64 {
    let mut gradient = vec![0_i64; prices.len()];
    let mut direction = vec![0_i64; prices.len()];
    let mut current = prices.clone();
    let mut best = i64::MIN;
    // The step's factor, in 1,024ths.
    let mut factor: i128 = 1024;
    let mut idle = 0;
    for _ in 0..climb.rounds {
        let value = evaluate(&current, &mut gradient);
        if value > best {
            best = value;
            prices.clone_from(&current);
            idle = 0;
        } else {
            idle += 1;
            if idle >= climb.patience {
                idle = 0;
                factor = factor * 5 / 8;
                current.clone_from(prices);
                direction.fill(0);
                if factor == 0 {
                    break;
                }
                continue;
            }
        }
        // Seven parts of the new gradient and three of the old direction.
        for (slot, &slope) in direction.iter_mut().zip(&gradient) {
            *slot = (slope.saturating_mul(7 * 16).saturating_add(slot.saturating_mul(3))) / 10;
        }
        let length: i128 = direction.iter().map(|&slope| i128::from(slope).pow(2)).sum();
        if length == 0 {
            break;
        }
        // Without a plan to aim at, two per cent above the best bound; never closer than a thousandth.
        let above = |part: i64| best.saturating_add(best.saturating_abs() / part + 1);
        let ahead = climb.target.map_or(above(50), |target| target.max(above(1_000)));
        let reach = (i128::from(ahead) - i128::from(value)).max(1) * factor;
        for (index, (price, &slope)) in current.iter_mut().zip(&direction).enumerate() {
            let step =
                reach.saturating_mul(i128::from(slope)).saturating_mul(16 << climb.shift) / length / 1024;
            let step = i64::try_from(step).unwrap_or(if slope < 0 { i64::MIN / 4 } else { i64::MAX / 4 });
            *price = settle(index, price.saturating_add(step));
        }
    }
    best
}
