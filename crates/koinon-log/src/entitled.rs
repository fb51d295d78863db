//! Who may read which log: what one reader may have of each node's logs.
//!
//! The agreement between the communities decides; this room only keeps its answer, so that the exchange, the desk that
//! answers it and a bundle all ask one question. What is closed to a reader looks to it as if it did not exist.

use std::collections::BTreeSet;

use koinon_core::NodeId;

use crate::name::SharedStream;

/// What a reader may have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entitled {
    everything: bool,
    reader: Option<NodeId>,
    named: BTreeSet<(NodeId, SharedStream)>,
}

impl Entitled {
    /// What every node of the federation may have: the streams that no agreement closes.
    pub fn open_to(reader: NodeId) -> Self {
        Self { reader: Some(reader), ..Self::default() }
    }

    /// Every shared log, as for a copy that is made for the node itself.
    pub fn everything() -> Self {
        Self { everything: true, ..Self::default() }
    }

    /// The same with one stream of one node more.
    #[must_use]
    pub fn and(mut self, of: NodeId, stream: SharedStream) -> Self {
        self.named.insert((of, stream));
        self
    }

    /// The same without what agreements open of some nodes; of a reader that may have everything, only what is open to all.
    #[must_use]
    pub fn without(mut self, closed: impl Fn(NodeId) -> bool) -> Self {
        self.everything = false;
        self.named.retain(|(of, _)| !closed(*of));
        self
    }

    /// Whether the reader may have a node's logs of a stream. Its own it may always have: it may have lost them.
    pub fn may_read(&self, of: NodeId, stream: SharedStream) -> bool {
        self.everything || stream.is_open() || self.reader == Some(of) || self.named.contains(&(of, stream))
    }

    /// What both readers may have, as for a file that is made for several.
    #[must_use]
    pub fn in_common(&self, other: &Self) -> Self {
        match (self.everything, other.everything) {
            (true, _) => other.clone(),
            (_, true) => self.clone(),
            (false, false) => {
                let reader = self.reader.filter(|reader| other.reader == Some(*reader));
                let mut named: BTreeSet<_> = self.named.intersection(&other.named).copied().collect();
                // Each may read its own, so the other must be let in by name.
                for (one, another) in [(self, other), (other, self)] {
                    let own = another.named.iter().filter(|(of, _)| one.reader == Some(*of));
                    named.extend(own.copied());
                }
                Self { everything: false, reader, named }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: NodeId = NodeId([1; 32]);
    const B: NodeId = NodeId([2; 32]);
    const C: NodeId = NodeId([3; 32]);

    #[test]
    fn open_streams_are_for_all_and_the_others_for_those_named() {
        let nobody = Entitled::open_to(C);
        assert!(nobody.may_read(A, SharedStream::Control) && nobody.may_read(A, SharedStream::Federation));
        assert!(!nobody.may_read(A, SharedStream::Stock) && !nobody.may_read(A, SharedStream::Aggregates));
        assert!(nobody.may_read(C, SharedStream::Stock), "its own it may fetch back");
        let named = nobody.and(A, SharedStream::Stock);
        assert!(named.may_read(A, SharedStream::Stock));
        assert!(!named.may_read(A, SharedStream::Aggregates) && !named.may_read(B, SharedStream::Stock));
    }

    #[test]
    fn what_one_node_closes_stays_open_elsewhere() {
        let named = Entitled::open_to(C).and(A, SharedStream::Stock).and(B, SharedStream::Stock);
        let closed = named.without(|of| of == A);
        assert!(!closed.may_read(A, SharedStream::Stock) && closed.may_read(A, SharedStream::Federation));
        assert!(closed.may_read(B, SharedStream::Stock) && closed.may_read(C, SharedStream::Stock));
        let all = Entitled::everything().without(|of| of == A);
        assert!(!all.may_read(B, SharedStream::Stock) && all.may_read(B, SharedStream::Control));
    }

    #[test]
    fn two_readers_have_in_common_what_each_may_read() {
        let one = Entitled::open_to(A).and(C, SharedStream::Stock).and(B, SharedStream::Stock);
        let other = Entitled::open_to(B).and(C, SharedStream::Stock);
        let both = one.in_common(&other);
        for of in [A, B, C] {
            for stream in SharedStream::ALL {
                let each = one.may_read(of, stream) && other.may_read(of, stream);
                assert_eq!(both.may_read(of, stream), each, "{of} {stream:?}");
            }
        }
        assert_eq!(one.in_common(&Entitled::everything()), one);
        assert_eq!(Entitled::everything().in_common(&other), other);
    }
}
