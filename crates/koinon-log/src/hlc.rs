//! The hybrid logical clock stamped on each fact: 48 bits of milliseconds and a 16-bit counter.
//!
//! Advisory only: it helps people and reports, orders nothing by itself, and no fact is refused for it. It never
//! runs more than [`AHEAD_MAX_MS`] ahead of the clock it is given, so one wrong clock cannot drag others along.

use std::fmt;

use koinon_core::Timestamp;

/// How far the stamp may run ahead of the node's own clock: ten minutes, in milliseconds.
pub const AHEAD_MAX_MS: u64 = 600_000;

const MILLIS_MAX: u64 = (1 << 48) - 1;

/// A stamp: milliseconds since 1970 in the upper 48 bits, a counter in the lower 16.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hlc(pub u64);

impl Hlc {
    /// The first stamp of a millisecond; times before 1970 or beyond 48 bits are held at the ends.
    pub fn at(now: Timestamp) -> Self {
        let millis = u64::try_from(now.as_millis()).unwrap_or(0).min(MILLIS_MAX);
        Self(millis << 16)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn millis(self) -> u64 {
        self.0 >> 16
    }

    /// The stamp's instant.
    pub fn time(self) -> Timestamp {
        Timestamp::from_millis(i64::try_from(self.millis()).unwrap_or(i64::MAX))
    }

    /// The stamp after this one: the later of the clock and this stamp plus one, held at ten minutes ahead of
    /// the clock.
    pub fn next(self, now: Timestamp) -> Self {
        Self(self.0.saturating_add(1)).max(Self::at(now)).min(Self::ceiling(now))
    }

    /// This stamp after hearing another: the later of both, held at ten minutes ahead of the clock.
    pub fn heard(self, other: Self, now: Timestamp) -> Self {
        self.max(other.min(Self::ceiling(now)))
    }

    fn ceiling(now: Timestamp) -> Self {
        let millis = Self::at(now).millis().saturating_add(AHEAD_MAX_MS).min(MILLIS_MAX);
        Self(millis << 16 | 0xffff)
    }
}

impl fmt::Debug for Hlc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}+{}", self.time(), self.0 & 0xffff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_fast_clock_is_left_behind_once_it_is_set_right() {
        let wrong = Hlc::at(Timestamp::from_millis(9_000_000_000_000));
        let now = Timestamp::from_millis(1_700_000_000_000);
        assert_eq!(wrong.next(now).millis(), 1_700_000_600_000);
        assert_eq!(Hlc::default().heard(wrong, now).millis(), 1_700_000_600_000);
        assert_eq!(Hlc::at(now).next(now), Hlc((1_700_000_000_000 << 16) + 1));
        assert_eq!(Hlc::at(Timestamp::from_millis(-5)), Hlc(0));
    }

    proptest! {
        #[test]
        fn stamps_rise_within_ten_minutes_and_never_pass_the_ceiling(last: u64, now in 0i64..(1 << 47)) {
            let now = Timestamp::from_millis(now);
            let next = Hlc(last).next(now);
            prop_assert!(next.millis() <= Hlc::at(now).millis() + AHEAD_MAX_MS);
            prop_assert!(next >= Hlc::at(now));
            if Hlc(last) < Hlc::ceiling(now) {
                prop_assert!(next > Hlc(last));
            }
        }
    }
}
