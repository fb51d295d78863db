//! A slow, plain solver to compare with: successive shortest paths by Bellman–Ford, after every gainful arc has been filled.
//!
//! It shares no code and no idea of a basis with the crate; it is meant to be read and believed, and only for a few dozen arcs.

use koinon_flow::{Network, UNLIMITED};

/// What the plain solver found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Plain {
    /// The cheapest cost, after leaving `left` units of surplus and of shortage together.
    Cost {
        /// Sum of cost × flow.
        cost: i128,
        /// Units left over.
        left: i128,
    },
    /// A cycle without limit gains.
    Unbounded,
}

/// A residual arc; its reverse is its neighbour (index ^ 1).
struct Edge {
    from: usize,
    to: usize,
    room: i128,
    cost: i128,
}

/// Solves a small network plainly; with several plans it minimises what is left first and the cost second.
pub(crate) fn plain(network: &Network) -> Plain {
    let nodes = network.supplies().len();
    if free_gain(network, nodes) {
        return Plain::Unbounded;
    }
    // No optimal plan needs more than this on an arc, as no cycle without limit gains.
    let finite =
        |arc: &koinon_flow::Arc| if arc.capacity == UNLIMITED { 0 } else { i128::from(arc.capacity) };
    let big: i128 = network.supplies().iter().map(|&supply| i128::from(supply).abs()).sum::<i128>()
        + network.arcs().iter().map(|arc| finite(arc) + i128::from(arc.lower)).sum::<i128>()
        + 1;
    let dear: i128 = 1 + network.arcs().iter().map(|arc| i128::from(arc.cost).abs()).sum::<i128>();

    let (yard, source, sink) = (nodes, nodes + 1, nodes + 2);
    let mut edges = Vec::new();
    let mut excess: Vec<i128> = network.supplies().iter().map(|&supply| i128::from(supply)).collect();
    let mut cost = 0;
    for arc in network.arcs() {
        let (lower, price) = (i128::from(arc.lower), i128::from(arc.cost));
        let range = if arc.capacity == UNLIMITED { big } else { i128::from(arc.capacity) - lower };
        let filled = if price < 0 { range } else { 0 };
        excess[arc.from] -= lower + filled;
        excess[arc.to] += lower + filled;
        cost += (lower + filled) * price;
        edges.push(Edge { from: arc.from, to: arc.to, room: range - filled, cost: price });
        edges.push(Edge { from: arc.to, to: arc.from, room: filled, cost: -price });
    }
    let mut pair = |from, to, room, cost| {
        edges.push(Edge { from, to, room, cost });
        edges.push(Edge { from: to, to: from, room: 0, cost: -cost });
    };
    let huge: i128 = 1 << 100;
    for node in 0..nodes {
        pair(node, yard, huge, dear);
        pair(yard, node, huge, dear);
    }
    let total: i128 = excess.iter().sum();
    for (node, amount) in excess.into_iter().chain([-total]).enumerate() {
        let node = if node == nodes { yard } else { node };
        if amount > 0 {
            pair(source, node, amount, 0);
        } else {
            pair(node, sink, -amount, 0);
        }
    }
    while let Some(path) = shortest(&edges, nodes + 3, source, sink) {
        let room = path.iter().map(|&edge| edges[edge].room).min().unwrap();
        for edge in path {
            edges[edge].room -= room;
            edges[edge ^ 1].room += room;
            cost += room * edges[edge].cost;
        }
    }
    // What passes the yard is what is left: taken out of the cost again.
    let first = 2 * network.arcs().len();
    let left: i128 = (first..first + 4 * nodes).step_by(2).map(|edge| edges[edge + 1].room).sum();
    Plain::Cost { cost: cost - left * dear, left }
}

/// Whether arcs without limit form a cycle that gains.
fn free_gain(network: &Network, nodes: usize) -> bool {
    let mut price = vec![0_i128; nodes];
    for _ in 0..=nodes {
        let mut changed = false;
        for arc in network.arcs().iter().filter(|arc| arc.capacity == UNLIMITED) {
            let reached = price[arc.from] + i128::from(arc.cost);
            if reached < price[arc.to] {
                price[arc.to] = reached;
                changed = true;
            }
        }
        if !changed {
            return false;
        }
    }
    true
}

/// A cheapest path with room, by Bellman–Ford.
fn shortest(edges: &[Edge], nodes: usize, source: usize, sink: usize) -> Option<Vec<usize>> {
    let mut reached: Vec<Option<(i128, usize)>> = vec![None; nodes];
    reached[source] = Some((0, usize::MAX));
    loop {
        let mut changed = false;
        for (index, edge) in edges.iter().enumerate().filter(|(_, edge)| edge.room > 0) {
            let Some((price, _)) = reached[edge.from] else { continue };
            let price = price + edge.cost;
            if reached[edge.to].is_none_or(|(old, _)| price < old) {
                reached[edge.to] = Some((price, index));
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    let mut path = Vec::new();
    let mut node = sink;
    while node != source {
        let (_, edge) = reached[node]?;
        path.push(edge);
        node = edges[edge].from;
    }
    Some(path)
}
