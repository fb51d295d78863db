//! Where a fact comes from and the canonical order of facts, as every room has them; and sums that may pass 64 bits.

pub(crate) use koinon_core::order::LastWords;
pub use koinon_core::order::{OrderKey, Provenance, Rev};

/// Encodes sums that may pass 64 bits as 16 big-endian bytes.
pub(crate) mod wide {
    use minicbor::{Decoder, Encoder};

    pub(crate) fn encode<C, W: minicbor::encode::Write>(
        value: &i128,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&value.to_be_bytes())?.ok()
    }

    pub(crate) fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<i128, minicbor::decode::Error> {
        let bytes = d.bytes()?.try_into();
        let bytes = bytes.map_err(|_| minicbor::decode::Error::message("a sum must be 16 bytes"))?;
        Ok(i128::from_be_bytes(bytes))
    }
}
