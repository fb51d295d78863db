//! For the federation simulator only, behind the feature `simulation`: signatures that cost next to nothing, and faults
//! planted on purpose.
//!
//! A program that people run is built without this feature. A mark key has a form that no Ed25519 key has, so the two
//! never stand for each other; and a planted fault works only in a thread that asked for it.

#[cfg(feature = "simulation")]
use crate::keys::Signature;

#[cfg(feature = "simulation")]
const MARK: &[u8; 24] = b"koinon simulation's mark";

/// The bytes of a mark key.
#[cfg(feature = "simulation")]
pub(crate) fn mark(number: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    let parts = MARK.iter().copied().chain(number.to_be_bytes());
    bytes.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
    bytes
}

#[cfg(feature = "simulation")]
pub(crate) fn is_mark(bytes: &[u8; 32]) -> bool {
    bytes.starts_with(MARK)
}

#[cfg(feature = "simulation")]
pub(crate) fn mark_signature(mark: &[u8; 32], signed: &[u8]) -> Signature {
    let mut signature = [0; 64];
    let mut hasher = blake3::Hasher::new_keyed(mark);
    hasher.update(signed);
    hasher.finalize_xof().fill(&mut signature);
    signature
}

/// A rule that the simulator breaks on purpose, to see that its checks would catch it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planted {
    /// Runs are believed without a look at their signature.
    NoSignatureCheck,
    /// Runs are believed without a look at their chain.
    NoChainCheck,
    /// Local logs are offered and served.
    LocalLeaks,
    /// Heads are compared by height alone.
    HeightsOnly,
    /// Proofs of forks are kept for oneself.
    ProofsKept,
    /// What a replaced key signs goes on counting.
    RotationIgnored,
    /// Logs that an agreement closes are offered and served to everybody.
    AgreementUnread,
}

#[cfg(feature = "simulation")]
thread_local! {
    static PLANTED: std::cell::Cell<Option<Planted>> = const { std::cell::Cell::new(None) };
}

/// Breaks a rule in this thread from now on, or none.
#[cfg(feature = "simulation")]
pub fn plant(fault: Option<Planted>) {
    PLANTED.set(fault);
}

#[cfg(feature = "simulation")]
pub(crate) fn planted(fault: Planted) -> bool {
    PLANTED.get() == Some(fault)
}

/// Nothing is planted in a program that people run.
#[cfg(not(feature = "simulation"))]
pub(crate) const fn planted(_: Planted) -> bool {
    false
}
