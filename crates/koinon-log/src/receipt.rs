//! A peer's signed word that it holds a log durably up to a place.
//!
//! A receipt is given only after the peer's own durable commit. The writer of the log reads from receipts how many others
//! hold a fact; anybody reads from them that a peer lost what it once held. Receipts travel beside the logs and are kept
//! one per peer and log, so that they cost no facts.

use koinon_core::{FactId, LogId, NodeId, Timestamp};

use crate::cbor::{CborError, Reader, Writer};
use crate::directory::Directory;
use crate::keys::Signature;
use crate::writer::Identity;

const ROLE: &str = "receipt";

/// Why a receipt is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The node that gives it is unknown.
    #[error("node {0} gives a receipt and is unknown")]
    UnknownNode(NodeId),
    /// The signature is not the node's.
    #[error("the receipt does not carry the signature of node {0}")]
    Signature(NodeId),
}

/// That a node holds a log durably up to a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Who holds it.
    pub by: NodeId,
    /// The log.
    pub log: LogId,
    /// How many facts are held.
    pub height: u64,
    /// The last of them.
    pub head: FactId,
    /// When that was so, by the holder's clock.
    pub at: Timestamp,
    signature: Signature,
}

impl Receipt {
    /// Gives a receipt for what is durably held.
    pub fn give(by: &Identity, log: LogId, height: u64, head: FactId, at: Timestamp) -> Self {
        let mut receipt = Self { by: by.node(), log, height, head, at, signature: [0; 64] };
        receipt.signature = by.key().sign(by.network(), ROLE, &receipt.signed_bytes());
        receipt
    }

    fn signed_bytes(&self) -> Vec<u8> {
        self.put_fields(Writer::new().array(5)).finish()
    }

    fn put_fields(&self, w: Writer) -> Writer {
        let w = w.bytes(&self.by.0).bytes(&self.log.0).uint(self.height);
        w.bytes(&self.head.0).int(self.at.as_millis())
    }

    /// Checks that the node named gave it, with any of its keys.
    pub fn verify(&self, directory: &Directory) -> Result<(), ReceiptError> {
        let keys = directory.keys(self.by);
        if keys.is_empty() {
            return Err(ReceiptError::UnknownNode(self.by));
        }
        let bytes = self.signed_bytes();
        let good =
            keys.iter().rev().any(|key| key.verifies(directory.network(), ROLE, &bytes, &self.signature));
        if good { Ok(()) } else { Err(ReceiptError::Signature(self.by)) }
    }

    /// Encodes to CBOR: `[by, log, height, head, at, signature]`.
    pub fn encode(&self) -> Vec<u8> {
        self.put(Writer::new().array(6)).finish()
    }

    /// Decodes the strict encoding; the receipt is not yet verified.
    pub fn decode(bytes: &[u8]) -> Result<Self, CborError> {
        let mut r = Reader::new(bytes);
        r.tuple(6, "a receipt of 6 fields")?;
        let receipt = Self::take(&mut r)?;
        r.end()?;
        Ok(receipt)
    }

    pub(crate) fn put(&self, w: Writer) -> Writer {
        self.put_fields(w).bytes(&self.signature)
    }

    pub(crate) fn take(r: &mut Reader<'_>) -> Result<Self, CborError> {
        Ok(Self {
            by: NodeId(r.fixed("a node id of 32 bytes")?),
            log: LogId(r.fixed("a log id of 16 bytes")?),
            height: r.uint()?,
            head: FactId(r.fixed("a fact id of 32 bytes")?),
            at: Timestamp::from_millis(r.int()?),
            signature: r.fixed("a signature of 64 bytes")?,
        })
    }
}
