//! The lines that carry in a step, in the order in which places send; what only goes round in circles is taken out.

use super::super::Problem;
use super::{EPSILON, Wanted, gain, get};

/// A line that carries in a step, by position.
#[derive(Clone, Copy)]
pub(super) struct Way {
    pub(super) line: usize,
    pub(super) forward: bool,
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) amount: f64,
}

/// The lines that carry in a step, and places in the order in which they send; circles are taken apart on the way.
pub(super) fn ordered(
    problem: &Problem,
    ends: &[(usize, usize)],
    wanted: &Wanted,
    step: usize,
) -> (Vec<Way>, Vec<usize>) {
    let mut ways = Vec::new();
    for ((line, both), (from, to)) in wanted.lines.iter().enumerate().zip(ends) {
        for (forward, list) in [true, false].into_iter().zip(both) {
            let amount = get(Some(list), step);
            if amount > EPSILON {
                let (from, to) = if forward { (*from, *to) } else { (*to, *from) };
                ways.push(Way { line, forward, from, to, amount });
            }
        }
    }
    loop {
        let mut behind = vec![0_usize; problem.places.len()];
        for way in &ways {
            if let Some(count) = behind.get_mut(way.to) {
                *count += 1;
            }
        }
        let mut order: Vec<usize> =
            (0..behind.len()).filter(|place| behind.get(*place) == Some(&0)).collect();
        let mut at = 0;
        while let Some(place) = order.get(at).copied() {
            at += 1;
            for way in ways.iter().filter(|way| way.from == place) {
                if let Some(count) = behind.get_mut(way.to) {
                    *count -= 1;
                    if *count == 0 {
                        order.push(way.to);
                    }
                }
            }
        }
        if order.len() == behind.len() {
            return (ways, order);
        }
        open(problem, &mut ways, &behind);
    }
}

/// Takes one circle out of what flows: as much as goes all the way round, so that at least one line of it carries nothing.
fn open(problem: &Problem, ways: &mut Vec<Way>, behind: &[usize]) {
    let Some(first) = behind.iter().position(|count| *count > 0) else { return };
    // Against the flow from any place that waits: each such place has a way in from one that waits too.
    let (mut seen, mut place) = (Vec::new(), first);
    let circle = loop {
        let waits = |way: &Way| way.to == place && behind.get(way.from).is_some_and(|count| *count > 0);
        let Some(at) = ways.iter().position(waits) else { return ways.clear() };
        if let Some(from) = seen.iter().position(|(to, _)| *to == place) {
            break seen.split_off(from);
        }
        seen.push((place, at));
        place = ways.get(at).map_or(place, |way| way.from);
    };
    // The last entry is the first on the way round.
    let gain = |way: &Way| gain(problem.lines.get(way.line).map_or(0, |line| line.loss_ppm));
    let (mut through, mut most) = (1.0, f64::INFINITY);
    for way in circle.iter().rev().filter_map(|(_, at)| ways.get(*at)) {
        most = most.min(way.amount / through);
        through *= gain(way);
    }
    let mut part = most;
    for (_, at) in circle.iter().rev() {
        if let Some(way) = ways.get_mut(*at) {
            way.amount -= part;
            part *= gain(way);
        }
    }
    ways.retain(|way| way.amount > EPSILON);
}
