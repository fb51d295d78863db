//! The spanning tree of the simplex basis, and the node prices that hang on it.
//!
//! Nodes are kept in one circular list in preorder, so a subtree is a contiguous piece of it: it is moved by relinking its ends and
//! repriced by walking it. The list is refused nothing and checks nothing: the kernel calls it with indices it owns.

/// No parent: the root.
pub(super) const NONE: u32 = u32::MAX;

/// The arc that joins a node to its parent, with what it carries; kept here because the ratio test walks from node to node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Joint {
    /// Units on it, above its lower bound.
    pub(super) flow: i64,
    /// Units it can carry, above its lower bound.
    pub(super) capacity: i64,
    /// Position of the arc.
    pub(super) arc: u32,
    /// Whether it runs from the node to the parent.
    pub(super) up: bool,
}

/// One node's place in the tree.
#[derive(Clone, Copy, Debug)]
pub(super) struct Knot {
    /// The node above, [`NONE`] for the root.
    pub(super) parent: u32,
    /// The arc to the parent.
    pub(super) joint: Joint,
    /// Node before in preorder.
    prev: u32,
    /// Last node of this node's subtree in preorder.
    pub(super) last: u32,
    /// Number of nodes in this node's subtree, itself included.
    pub(super) size: u32,
}

impl Knot {
    /// A node that hangs alone under `parent`, not yet in the list.
    pub(super) fn hung(parent: u32, joint: Joint) -> Self {
        Self { parent, joint, prev: 0, last: 0, size: 1 }
    }
}

/// A tree over nodes 0 to n, where n is the root.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    pub(super) knots: Vec<Knot>,
    /// Next node in preorder, the root after the last; apart from the knots because repricing walks long stretches of it.
    pub(super) next: Vec<u32>,
    order: Vec<u32>,
    stack: Vec<u32>,
    first_child: Vec<u32>,
    sibling: Vec<u32>,
}

impl Tree {
    /// The root's index.
    pub(super) fn root(&self) -> u32 {
        (self.knots.len() - 1) as u32
    }

    /// Nodes in preorder as of the last [`Tree::thread`].
    pub(super) fn order(&self) -> &[u32] {
        &self.order
    }

    /// Whether every node reaches the root by its parents.
    pub(super) fn spans(&self) -> bool {
        self.order.len() == self.knots.len()
    }

    /// Builds list, sizes and last nodes from the parents alone; children come in ascending order.
    pub(super) fn thread(&mut self) {
        let count = self.knots.len();
        let root = self.root();
        self.first_child.clear();
        self.first_child.resize(count, NONE);
        self.sibling.clear();
        self.sibling.resize(count, NONE);
        // The stack below reverses the order of children, so they are chained in descending order here.
        for node in 0..root {
            let parent = self.knots[node as usize].parent as usize;
            self.sibling[node as usize] = self.first_child[parent];
            self.first_child[parent] = node;
        }
        self.order.clear();
        self.stack.clear();
        self.stack.push(root);
        while let Some(node) = self.stack.pop() {
            self.order.push(node);
            let mut child = self.first_child[node as usize];
            while child != NONE {
                self.stack.push(child);
                child = self.sibling[child as usize];
            }
        }
        self.next.clear();
        self.next.resize(count, NONE);
        let listed = self.order.len();
        for position in 0..listed {
            let (node, next) = (self.order[position], self.order[(position + 1) % listed]);
            self.next[node as usize] = next;
            let knot = &mut self.knots[node as usize];
            knot.last = node;
            knot.size = 1;
            self.knots[next as usize].prev = node;
        }
        for &node in self.order.iter().skip(1).rev() {
            let Knot { parent, size, last, .. } = self.knots[node as usize];
            let above = &mut self.knots[parent as usize];
            above.size += size;
            // Children are met last to first, so the first one met holds the end of the piece.
            if above.last == parent {
                above.last = last;
            }
        }
    }

    /// Cuts the subtree of `cut`, turns it over so that `top` is its root, and hangs it under `under` by `joint`.
    ///
    /// `top` lies in the subtree of `cut`, `under` outside it, and `meet` is the lowest node above both ends of the cycle.
    pub(super) fn rehang(&mut self, cut: u32, top: u32, under: u32, meet: u32, joint: Joint) {
        let (knots, next) = (&mut self.knots, &mut self.next);
        let Knot { parent: old_parent, size: total, last: old_last, prev: before, .. } = knots[cut as usize];

        // Take the pieces out, from `top` up to `cut`, and chain them in the new preorder.
        let (mut parent, mut joint) = (under, joint);
        let mut node = top;
        let mut piece_last = knots[top as usize].last;
        let mut chain_last = NONE;
        let mut taken = 0;
        loop {
            let was = knots[node as usize];
            let after = next[piece_last as usize];
            next[was.prev as usize] = after;
            knots[after as usize].prev = was.prev;
            if chain_last != NONE {
                next[chain_last as usize] = node;
                knots[node as usize].prev = chain_last;
            }
            chain_last = piece_last;
            let knot = &mut knots[node as usize];
            (knot.parent, knot.joint) = (parent, joint);
            knot.size = total - taken;
            if node == cut {
                break;
            }
            taken = was.size;
            let above_last = knots[was.parent as usize].last;
            piece_last = if above_last == was.last { was.prev } else { above_last };
            (parent, joint) = (node, Joint { up: !was.joint.up, ..was.joint });
            node = was.parent;
        }
        let mut node = cut;
        loop {
            let knot = &mut knots[node as usize];
            knot.last = chain_last;
            if node == top {
                break;
            }
            node = knot.parent;
        }

        // Above the cut the subtree is gone.
        let mut node = old_parent;
        while node != meet {
            let knot = &mut knots[node as usize];
            knot.size -= total;
            node = knot.parent;
        }
        let mut node = old_parent;
        while node != NONE && knots[node as usize].last == old_last {
            knots[node as usize].last = before;
            node = knots[node as usize].parent;
        }

        // Under its new parent it comes first.
        let after = next[under as usize];
        next[under as usize] = top;
        knots[top as usize].prev = under;
        next[chain_last as usize] = after;
        knots[after as usize].prev = chain_last;
        let mut node = under;
        while node != meet {
            let knot = &mut knots[node as usize];
            knot.size += total;
            node = knot.parent;
        }
        let mut node = under;
        while node != NONE && knots[node as usize].last == under {
            knots[node as usize].last = chain_last;
            node = knots[node as usize].parent;
        }
    }
}
