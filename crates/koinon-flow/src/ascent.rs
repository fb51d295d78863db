//! Raising a bound: the volume method on whole numbers.
//!
//! A Lagrangian bound is a concave function of its prices, and any prices give a valid bound, so rounding costs a little tightness and
//! never truth. Every trial steps from the best prices so far along an average of the gradients, in which late ones weigh more (Barahona
//! and Anbil 2000): the average tends to what the primal solution leaves unbalanced. The step is Polyak's, towards a target above the
//! best bound, with a factor that follows success.

/// How to climb.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Climb {
    /// Evaluations of the bound.
    pub(crate) rounds: u32,
    /// Value the bound will hardly pass, such as the cost of a known plan.
    pub(crate) target: Option<i64>,
    /// Prices are counted in units 2^shift smaller than those of bound / gradient.
    pub(crate) shift: u32,
    /// Part of a new gradient in the average, in 1/64.
    pub(crate) weight: i64,
}

/// One in the step's factor.
const ONE: i128 = 1 << 16;
/// Rounds without improvement after which the factor shrinks.
const PATIENCE: u32 = 8;

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
    let mut best = evaluate(prices, &mut gradient);
    // The average of gradients, with six digits behind the point.
    let mut average: Vec<i64> = gradient.iter().map(|slope| slope.saturating_mul(64)).collect();
    let mut trial = prices.clone();
    let mut factor = ONE;
    let mut idle = 0;
    for _ in 1..climb.rounds {
        let length: i128 = average.iter().map(|&slope| i128::from(slope).pow(2)).sum();
        if length == 0 || factor == 0 {
            break;
        }
        // Without a plan to aim at, two per cent above the best bound; never closer than a thousandth, never further than a sixteenth.
        let above = |part: i64| best.saturating_add(best.saturating_abs() / part + 1);
        let ahead = climb.target.map_or(above(50), |target| target.clamp(above(1_000), above(16)));
        let reach = (i128::from(ahead) - i128::from(best)) * factor;
        for (index, ((slot, &price), &slope)) in trial.iter_mut().zip(prices.iter()).zip(&average).enumerate()
        {
            let step =
                reach.saturating_mul(i128::from(slope)).saturating_mul(64 << climb.shift) / length / ONE;
            let step = i64::try_from(step).unwrap_or(if slope < 0 { i64::MIN / 4 } else { i64::MAX / 4 });
            *slot = settle(index, price.saturating_add(step));
        }
        let value = evaluate(&trial, &mut gradient);
        if value > best {
            // Where the new gradient still points ahead, the step was short.
            let ahead: i128 =
                average.iter().zip(&gradient).map(|(&a, &g)| i128::from(a) * i128::from(g)).sum();
            if ahead > 0 {
                factor = (factor * 5 / 4).min(2 * ONE);
            }
            best = value;
            std::mem::swap(prices, &mut trial);
            idle = 0;
        } else {
            idle += 1;
            if idle >= PATIENCE {
                idle = 0;
                factor = factor * 5 / 8;
            }
        }
        for (slot, &slope) in average.iter_mut().zip(&gradient) {
            let fresh = slope.saturating_mul(climb.weight);
            *slot = slot.saturating_mul(64 - climb.weight) / 64 + fresh;
        }
    }
    best
}
