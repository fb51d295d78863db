//! Flows with losses: bounds that prove themselves, equal to the exact solver where nothing is lost, circles that burn, refusals.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    missing_docs,
    reason = "a test may fail"
)]

use koinon_flow::lossy::{LossyArc, LossyError, LossyFlow, LossyNetwork, PPM, solve};
use koinon_flow::{Arc, Balance, Chance, Network};
use proptest::prelude::*;

const WORK: u64 = 100_000_000;

/// A problem in units, before it is checked.
#[derive(Clone)]
struct Case {
    supplies: Vec<i64>,
    arcs: Vec<LossyArc>,
    goals: Vec<Vec<i64>>,
}

impl Case {
    fn network(&self) -> Result<LossyNetwork, LossyError> {
        let supplies = self.supplies.iter().map(|supply| i128::from(*supply) * i128::from(PPM)).collect();
        LossyNetwork::new(supplies, self.arcs.clone(), self.goals.clone(), (0..self.supplies.len()).collect())
    }

    /// Nodes with supplies, each with a way out that costs nothing, and arcs between them and to demands outside.
    fn drawn(seed: u64, nodes_max: usize, losses: bool) -> Self {
        let mut chance = Chance::new(seed);
        let mut draw = |most: usize| chance.below(most) as i64;
        let nodes = 2 + draw(nodes_max) as usize;
        let supplies = (0..nodes).map(|_| draw(40)).collect();
        let out = |from| LossyArc { from, to: None, capacity: 1 << 30, gain_ppm: PPM };
        let mut case = Self { supplies, arcs: (0..nodes).map(out).collect(), goals: vec![vec![0; nodes]; 3] };
        for _ in 0..nodes * 4 {
            let (from, to) = (draw(nodes) as usize, draw(nodes * 3 / 2 + 1) as usize);
            let gain_ppm = if losses && draw(3) > 0 { PPM - draw(300_000) } else { PPM };
            let to = Some(to).filter(|to| *to < nodes);
            if to == Some(from) {
                continue;
            }
            case.arcs.push(LossyArc { from, to, capacity: draw(30), gain_ppm });
            for at in 0..3 {
                let cost = if to.is_none() { -draw(9) } else { i64::from(at == 2) };
                case.goals[at].push(if draw(3) > 0 { cost } else { 0 });
            }
        }
        case
    }
}

fn cost(found: &LossyFlow, costs: &[i64]) -> f64 {
    found.flow.iter().zip(costs).map(|(flow, cost)| flow * *cost as f64).sum()
}

/// Whether the flow keeps all balances and capacities, and each goal is as good as its bound says.
fn judge(case: &Case) -> Result<(), String> {
    let network = case.network().unwrap();
    let found = solve(&network, WORK);
    let mut has: Vec<f64> = case.supplies.iter().map(|supply| *supply as f64).collect();
    for (arc, flow) in case.arcs.iter().zip(&found.flow) {
        if *flow < -1e-6 || *flow > arc.capacity as f64 + 1e-6 {
            return Err(format!("{flow} on {arc:?}"));
        }
        has[arc.from] -= flow;
        if let Some(to) = arc.to {
            has[to] += flow * arc.gain_ppm as f64 / PPM as f64;
        }
    }
    if let Some(left) = has.iter().find(|left| left.abs() > 1e-5) {
        return Err(format!("{left} is left"));
    }
    let reached: Vec<f64> = case.goals.iter().map(|goal| cost(&found, goal)).collect();
    // What later goals may use of earlier ones is told in whole units, as a caller would.
    let whole: Vec<i128> = reached.iter().map(|value| value.ceil() as i128).collect();
    for (goal, proof) in found.proofs.iter().enumerate() {
        let bound = network.bound(goal, proof, &whole).ok_or("no bound")? as f64;
        let slack =
            (0..goal).map(|one| (whole[one] as f64 - reached[one]) * proof.factors[one] as f64).sum::<f64>();
        let gap = reached[goal] - bound - slack;
        if !(-1.01..=1e-2).contains(&gap) {
            return Err(format!("goal {goal}: {} against {bound} and {slack}", reached[goal]));
        }
    }
    if found.complete { Ok(()) } else { Err("it did not end".into()) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_goal_is_as_good_as_its_bound(seed: u64, losses: bool) {
        prop_assert_eq!(judge(&Case::drawn(seed, 9, losses)), Ok(()));
    }

    #[test]
    fn without_losses_it_is_the_exact_solver_s_optimum(seed: u64) {
        let case = Case::drawn(seed, 9, false);
        let found = solve(&case.network().unwrap(), WORK);
        prop_assert!(found.flow.iter().all(|flow| (flow - flow.round()).abs() < 1e-9), "whole in, whole out");
        let (nodes, mut supplies) = (case.supplies.len(), case.supplies.clone());
        supplies.push(-supplies.iter().sum::<i64>());
        let arcs = case.arcs.iter().zip(&case.goals[0]);
        let arcs = arcs.map(|(arc, cost)| Arc::new(arc.from, arc.to.unwrap_or(nodes), arc.capacity, *cost)).collect();
        let exact = koinon_flow::solve(&Network::with_balance(supplies, arcs, Balance::Exact).unwrap());
        prop_assert!((cost(&found, &case.goals[0]) - exact.cost as f64).abs() < 1e-9);
    }
}

#[test]
fn larger_networks_are_proven_too() {
    for seed in 0..12 {
        assert_eq!(judge(&Case::drawn(seed, 400, true)), Ok(()), "seed {seed}");
    }
}

/// A circle in which surplus could be burnt: worth it where what leaves costs more than what flows, and proven so.
#[test]
fn a_circle_that_loses_is_a_basis_like_any_other() {
    let arc = |from, to, capacity| LossyArc { from, to, capacity, gain_ppm: 500_000 };
    let arcs = vec![
        LossyArc { gain_ppm: PPM, ..arc(0, None, 1_000) },
        LossyArc { gain_ppm: PPM, ..arc(1, None, 1_000) },
        arc(0, Some(1), 1_000),
        arc(1, Some(0), 1_000),
    ];
    for (out, found_of) in [(3, 0.0), (1, 90.0)] {
        let goals = vec![vec![out, out, 1, 1], vec![0; 4], vec![0; 4]];
        let case = Case { supplies: vec![90, 0], arcs: arcs.clone(), goals };
        let found = solve(&case.network().unwrap(), WORK);
        // All round: 90 / (1 - 1/4) = 120 leave the first node, half of it comes to the second.
        let round = if found_of > 0.0 { [0.0, 0.0] } else { [120.0, 60.0] };
        assert!((found.flow[0] + found.flow[1] - found_of).abs() < 1e-9, "{found:?}");
        assert!(
            (found.flow[2] - round[0]).abs() < 1e-9 && (found.flow[3] - round[1]).abs() < 1e-9,
            "{found:?}"
        );
        assert_eq!(judge(&case), Ok(()));
    }
}

#[test]
fn work_that_is_used_up_leaves_a_flow_and_an_honest_bound() {
    let case = Case::drawn(7, 400, true);
    let network = case.network().unwrap();
    let (short, long) = (solve(&network, 3_000), solve(&network, WORK));
    assert!(!short.complete && long.complete);
    let bound = network.bound(0, &short.proofs[0], &[]).unwrap() as f64;
    assert!(
        bound <= cost(&long, &case.goals[0]) + 1e-3
            && cost(&long, &case.goals[0]) < cost(&short, &case.goals[0])
    );
    assert_eq!(short, solve(&network, 3_000));
}

/// What makes a case one that is refused, with its last arc.
type Spoil = fn(&mut Case, usize);

#[test]
fn what_is_no_problem_is_refused() {
    let good = Case::drawn(3, 5, true);
    let last = good.arcs.len() - 1;
    let spoilt: [(Spoil, &str); 6] = [
        (|case, last| case.arcs[last].gain_ppm = 0, "gain of 0: use 1 to 1000000"),
        (|case, last| case.arcs[last].capacity = -1, "capacity of -1"),
        (|case, last| case.arcs[last].from = 99, "node 99"),
        (|case, last| case.goals[1][last] = 70_000, "cost of 70000"),
        (|case, last| case.goals[2].truncate(last), "goal 2 has"),
        (|case, _| case.arcs[0].capacity = case.supplies[0] - 1, "the start does not lead what node 0 has"),
    ];
    for (spoil, told) in spoilt {
        let mut case = good.clone();
        case.supplies[0] = 9;
        assert!(case.network().is_ok());
        spoil(&mut case, last);
        let found = case.network().unwrap_err().to_string();
        assert!(found.contains(told), "{found}");
    }
}
