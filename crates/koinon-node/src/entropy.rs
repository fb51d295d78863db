//! The operating system's randomness. Keys, incarnations, ids and tokens draw on nothing else.

use koinon_core::Entropy;

/// The operating system's source of randomness.
///
/// A system that cannot give randomness cannot run a node: the process ends rather than draw a guessable key.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        let filled = getrandom::fill(bytes);
        assert!(filled.is_ok(), "the operating system gives no randomness; no key can be made without it");
    }
}

/// The operating system's randomness, asked for a few thousand bytes at a time: a commit of a thousand facts needs a
/// thousand salts. What was handed out is wiped from the store.
#[derive(Debug)]
pub(crate) struct PooledEntropy {
    pool: Vec<u8>,
}

impl PooledEntropy {
    const BYTES: usize = 4_096;

    pub(crate) const fn new() -> Self {
        Self { pool: Vec::new() }
    }
}

impl Entropy for PooledEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        if bytes.len() > Self::BYTES {
            return OsEntropy.fill(bytes);
        }
        if self.pool.len() < bytes.len() {
            self.pool.resize(Self::BYTES, 0);
            OsEntropy.fill(&mut self.pool);
        }
        let from = self.pool.len() - bytes.len();
        for (to, drawn) in bytes.iter_mut().zip(self.pool.iter_mut().skip(from)) {
            *to = std::mem::take(drawn);
        }
        self.pool.truncate(from);
    }
}

/// Draws an array of random bytes.
pub(crate) fn draw<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsEntropy.fill(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_pool_hands_out_no_byte_twice_and_leaves_none_unfilled() {
        let mut pool = PooledEntropy::new();
        let mut seen = BTreeSet::new();
        for length in [16, 8, 32, 5_000].into_iter().cycle().take(2_000) {
            let mut bytes = vec![0; length];
            pool.fill(&mut bytes);
            assert!(seen.insert(bytes.clone()), "drawn twice");
            assert!(bytes.iter().any(|byte| *byte != 0));
            assert!(pool.pool.len() < PooledEntropy::BYTES);
        }
    }
}
