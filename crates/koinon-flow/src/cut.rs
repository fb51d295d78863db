//! What stands between a node and more: the cut.
//!
//! From the nodes in question the search goes backward over everything that could still bring a unit: arcs with room, and flow that
//! could be called back. Where it stops, every arc inward is full. Raising anything else cannot help, so this is what an explanation of
//! an unmet need names. It looks at bounds only, never at cost.

use crate::network::{Network, UNLIMITED};

/// The boundary found around some nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// Nodes from which one more unit could reach a node in question, those included; ascending.
    pub inside: Vec<usize>,
    /// Arcs into them that are at capacity; ascending.
    pub full: Vec<usize>,
    /// Arcs out of them that carry only what their lower bound above zero demands; ascending.
    pub forced: Vec<usize>,
}

/// Finds the cut around `targets` under a flow, one entry for each arc.
///
/// The search does not enter the nodes in `closed`, and arcs that touch them are no part of the cut: name there a common sink or source
/// that is only bookkeeping. Unknown node numbers and missing flows are passed over. For an infeasible solution give the nodes
/// where it leaves less than zero.
///
/// ```
/// use koinon_flow::{Arc, Network, cut, solve};
/// let network = Network::new(vec![5, 0, -5], vec![Arc::new(0, 1, 9, 1), Arc::new(1, 2, 3, 1)])?;
/// let solution = solve(&network);
/// let cut = cut(&network, &solution.flow, &[2], &[]);
/// assert_eq!((cut.inside, cut.full), (vec![2], vec![1]));
/// # Ok::<(), koinon_flow::NetworkError>(())
/// ```
pub fn cut(network: &Network, flow: &[i64], targets: &[usize], closed: &[usize]) -> Cut {
    let nodes = network.supplies().len();
    // Per node: where a unit could come from.
    let mut sources: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    for (arc, &flow) in network.arcs().iter().zip(flow) {
        if flow < arc.capacity || arc.capacity == UNLIMITED {
            link(&mut sources, arc.to, arc.from);
        }
        if flow > arc.lower {
            link(&mut sources, arc.from, arc.to);
        }
    }
    let mut barred = vec![false; nodes];
    for &node in closed {
        mark(&mut barred, node);
    }
    let mut inside = vec![false; nodes];
    let mut open: Vec<usize> = Vec::new();
    for &node in targets {
        if !is(&barred, node) && mark(&mut inside, node) {
            open.push(node);
        }
    }
    while let Some(node) = open.pop() {
        for &source in sources.get(node).into_iter().flatten() {
            if !is(&barred, source) && mark(&mut inside, source) {
                open.push(source);
            }
        }
    }
    let mut cut = Cut { inside: (0..nodes).filter(|&node| is(&inside, node)).collect(), ..Cut::default() };
    for (index, arc) in network.arcs().iter().enumerate().take(flow.len()) {
        if is(&barred, arc.from) || is(&barred, arc.to) {
            continue;
        }
        match (is(&inside, arc.from), is(&inside, arc.to)) {
            (false, true) => cut.full.push(index),
            (true, false) if arc.lower > 0 => cut.forced.push(index),
            _ => {}
        }
    }
    cut
}

fn link(sources: &mut [Vec<usize>], node: usize, source: usize) {
    if let Some(list) = sources.get_mut(node) {
        list.push(source);
    }
}

fn is(marks: &[bool], node: usize) -> bool {
    marks.get(node).copied().unwrap_or(false)
}

/// Marks a node that exists; true when it was not marked before.
fn mark(marks: &mut [bool], node: usize) -> bool {
    marks.get_mut(node).is_some_and(|slot| !std::mem::replace(slot, true))
}
