//! The fact kinds that the logs need for themselves, all in the control stream.
//!
//! | kind | name | body |
//! |---|---|---|
//! | 0 | inception | [`crate::Inception`]; only the first fact of a node's first control log |
//! | 1 | log-opened | [`LogOpened`]; opens a log, or (as the first fact) names the control log it stands in |
//! | 2 | fork-ruling | [`ForkRuling`] |
//! | 3 | key-rotation | [`crate::Rotation`]; only the first fact of a control log |
//! | 4 | receipt | number reserved: receipts travel beside the logs, see [`crate::receipt`] |
//! | 5–15 | | numbers reserved |
//!
//! Openings of logs that never leave are control facts too, so peers learn that such a log exists, how long its
//! predecessor was, and a salted hash of its last fact, but no body; in return nobody can shorten it unseen.
//!
//! Numbers from [`KINDS_RESERVED`] up are free for bodies that other rooms define. In other streams every number
//! is free. Numbers are never reused.

use koinon_core::{FactId, LogId};

use crate::cbor::{CborError, Reader, Writer};
use crate::name::{Incarnation, Stream, Tail};

/// The inception of a node.
pub const INCEPTION: u32 = 0;
/// The opening of a log.
pub const LOG_OPENED: u32 = 1;
/// The ruling on which of two histories goes on.
pub const FORK_RULING: u32 = 2;
/// The replacement of a node's key.
pub const KEY_ROTATION: u32 = 3;
/// The statement that a peer's facts are stored durably; number reserved.
pub const RECEIPT: u32 = 4;
/// Kinds below this number belong to this crate, in the control stream.
pub const KINDS_RESERVED: u32 = 16;
/// The schema version of the kinds above.
pub const SCHEMA: u8 = 1;

/// Why the body of a control fact is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    /// The bytes are not in the strict encoding.
    #[error("the control fact is malformed: {0}")]
    Cbor(#[from] CborError),
    /// A stream number that has no meaning.
    #[error("stream number {0} is unknown to this program; update it")]
    Stream(u8),
}

/// The opening of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogOpened {
    /// The log's id; it must be the one that node, stream and incarnation give.
    pub log: LogId,
    /// Its stream.
    pub stream: Stream,
    /// Its incarnation.
    pub incarnation: Incarnation,
    /// The node's log of the same stream before this one, with the last fact that the node knows of it.
    pub predecessor: Option<Tail>,
}

impl LogOpened {
    /// Encodes to CBOR: `[log, stream, incarnation, null or [log, seq, id]]`.
    pub fn encode(&self) -> Vec<u8> {
        let w = Writer::new().array(4).bytes(&self.log.0).uint(u64::from(self.stream.number()));
        let w = w.uint(self.incarnation.0);
        match &self.predecessor {
            None => w.null(),
            Some(tail) => w.array(3).bytes(&tail.log.0).uint(tail.seq).bytes(&tail.id.0),
        }
        .finish()
    }

    /// Decodes the strict encoding.
    pub fn decode(bytes: &[u8]) -> Result<Self, ControlError> {
        let mut r = Reader::new(bytes);
        r.tuple(4, "an opening of 4 fields")?;
        let log = LogId(r.fixed("a log id of 16 bytes")?);
        let number = r.small("a stream number")?;
        let stream = Stream::from_number(number).ok_or(ControlError::Stream(number))?;
        let incarnation = Incarnation(r.uint()?);
        let predecessor = if r.null() {
            None
        } else {
            r.tuple(3, "a predecessor of 3 fields, or null")?;
            let log = LogId(r.fixed("a log id of 16 bytes")?);
            Some(Tail { log, seq: r.uint()?, id: FactId(r.fixed("a fact id of 32 bytes")?) })
        };
        r.end()?;
        Ok(Self { log, stream, incarnation, predecessor })
    }
}

/// A node's own word on which of two histories goes on.
///
/// For a log that was forked, `common` is the last fact that both branches share and `survivor` the first fact of
/// the branch that goes on. For a control log that was continued twice (restored or cloned), `common` is the
/// predecessor that both name and `survivor` the first fact of the surviving log. Nothing is deleted by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ForkRuling {
    /// The log in which `common` stands.
    pub log: LogId,
    /// The last fact that the histories share.
    pub common: FactId,
    /// The first fact of the history that goes on.
    pub survivor: FactId,
}

impl ForkRuling {
    /// Encodes to CBOR: `[log, common, survivor]`.
    pub fn encode(&self) -> Vec<u8> {
        let w = Writer::new().array(3).bytes(&self.log.0).bytes(&self.common.0);
        w.bytes(&self.survivor.0).finish()
    }

    /// Decodes the strict encoding.
    pub fn decode(bytes: &[u8]) -> Result<Self, ControlError> {
        let mut r = Reader::new(bytes);
        r.tuple(3, "a ruling of 3 fields")?;
        let log = LogId(r.fixed("a log id of 16 bytes")?);
        let common = FactId(r.fixed("a fact id of 32 bytes")?);
        let survivor = FactId(r.fixed("a fact id of 32 bytes")?);
        r.end()?;
        Ok(Self { log, common, survivor })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn openings_and_rulings_survive_the_trip(
            log: [u8; 16], stream in 0u8..5, inc: u64, pred: Option<([u8; 16], u64, [u8; 32])>, id: [u8; 32]
        ) {
            let opened = LogOpened {
                log: LogId(log),
                stream: Stream::from_number(stream).unwrap(),
                incarnation: Incarnation(inc),
                predecessor: pred.map(|(l, seq, i)| Tail { log: LogId(l), seq, id: FactId(i) }),
            };
            crate::cbor::check(&opened.encode()).unwrap();
            prop_assert_eq!(LogOpened::decode(&opened.encode()).unwrap(), opened);
            let ruling = ForkRuling { log: LogId(log), common: FactId(id), survivor: FactId([inc.to_be_bytes()[7]; 32]) };
            crate::cbor::check(&ruling.encode()).unwrap();
            prop_assert_eq!(ForkRuling::decode(&ruling.encode()).unwrap(), ruling);
        }

        #[test]
        fn any_bytes_are_judged_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..150)) {
            if let Ok(opened) = LogOpened::decode(&bytes) {
                prop_assert_eq!(opened.encode(), bytes.clone());
            }
            if let Ok(ruling) = ForkRuling::decode(&bytes) {
                prop_assert_eq!(ruling.encode(), bytes);
            }
        }
    }

    #[test]
    fn an_unknown_stream_is_named() {
        let mut bytes = LogOpened {
            log: LogId([0; 16]),
            stream: Stream::Local,
            incarnation: Incarnation(0),
            predecessor: None,
        }
        .encode();
        bytes[18] = 9;
        assert_eq!(LogOpened::decode(&bytes), Err(ControlError::Stream(9)));
    }
}
