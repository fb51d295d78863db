//! Packing bytes for slow lines and for files, and unpacking what a stranger packed within a bound.

use std::io::{self, Read as _};

/// Effort from 0 to 11: the point beyond which hashes and signatures, most of what there is, pack no better.
const EFFORT: i32 = 5;
/// The window within which repetitions are found, as a power of two; also what unpacking may take in memory.
const WINDOW: i32 = 22;

/// Packs bytes with Brotli (RFC 7932).
///
/// # Errors
/// Never in practice: it writes to memory.
pub fn pack(plain: &[u8]) -> io::Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: EFFORT,
        lgwin: WINDOW,
        size_hint: plain.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*plain, &mut packed, &params)?;
    Ok(packed)
}

/// Unpacks at most so many bytes; nothing when there are more.
///
/// # Errors
/// When the bytes are not Brotli's, or end too early.
pub fn unpack(packed: &[u8], most: usize) -> io::Result<Option<Vec<u8>>> {
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut plain = Vec::new();
    brotli::Decompressor::new(packed, 4_096).take(limit).read_to_end(&mut plain)?;
    Ok((plain.len() <= most).then_some(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked_and_never_beyond_the_bound() {
        let plain: Vec<u8> = (0..100_000_u32).flat_map(u32::to_be_bytes).collect();
        let packed = pack(&plain).unwrap();
        assert!(packed.len() < plain.len());
        assert_eq!(unpack(&packed, plain.len()).unwrap(), Some(plain.clone()));
        assert_eq!(unpack(&packed, plain.len() - 1).unwrap(), None);
        assert!(unpack(&packed[..packed.len() / 2], plain.len()).is_err());
        assert!(unpack(b"not packed at all", 1_000).is_err());
    }
}
