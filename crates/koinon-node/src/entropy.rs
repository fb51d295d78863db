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

/// Draws an array of random bytes.
pub(crate) fn draw<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsEntropy.fill(&mut bytes);
    bytes
}
