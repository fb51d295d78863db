//! What a computer believes of agreements: which it serves to whom, and what it asks for.
//!
//! A closing reaches each computer some hours late, as the facts that say it would. A computer whose program is not renewed
//! yet knows no stock of others at all. The hostile one asks for everything, whatever was agreed.

use koinon_core::NodeId;
use koinon_log::{Entitled, SharedStream};

const HOUR: i64 = 3_600_000;
/// The most hours by which a computer hears late that something is closed or open again.
pub(crate) const LATE_HOURS: i64 = 12;

/// A stretch of time in which a node's stock is shared with nobody.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Closing {
    pub(crate) writer: NodeId,
    pub(crate) from: i64,
    /// The end; far away for one that stays closed.
    pub(crate) until: i64,
}

/// What one computer believes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Accord {
    pub(crate) everybody: Vec<NodeId>,
    pub(crate) closings: Vec<Closing>,
    /// By how much it hears late, in hours.
    pub(crate) late_hours: i64,
    /// Until when its program is an old one.
    pub(crate) old_until: i64,
    /// Whether it asks for everything.
    pub(crate) greedy: bool,
}

impl Accord {
    fn is_closed(&self, writer: NodeId, now: i64) -> bool {
        let heard = now - self.late_hours * HOUR;
        let mut of_writer = self.closings.iter().filter(|closing| closing.writer == writer);
        of_writer.any(|closing| (closing.from..closing.until).contains(&heard))
    }

    /// What a reader may have, as this computer believes.
    pub(crate) fn entitled(&self, reader: NodeId, now: i64) -> Entitled {
        let is_old = now < self.old_until;
        self.everybody.iter().fold(Entitled::open_to(reader), |entitled, node| {
            let entitled = entitled.and(*node, SharedStream::Aggregates);
            if is_old || self.is_closed(*node, now) {
                entitled
            } else {
                entitled.and(*node, SharedStream::Stock)
            }
        })
    }

    /// What it asks for.
    pub(crate) fn asks(&self, own: NodeId, now: i64) -> Entitled {
        if self.greedy { Entitled::everything() } else { self.entitled(own, now) }
    }
}
