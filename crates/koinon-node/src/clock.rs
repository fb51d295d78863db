//! The clocks of a running node: the system's, and one whose civil time is set by hand.
//!
//! Only this file reads the machine's time. Everything else is given a [`Clock`].

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use koinon_core::{Clock, Timestamp};

/// The machine's own time.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    start: Instant,
}

/// A clock whose civil time stands still until it is set; its monotonic time is real.
///
/// A demo or a drill moves the days of all its nodes with one of these.
#[derive(Debug)]
pub struct SettableClock {
    civil_ms: AtomicI64,
    start: Instant,
}

impl SystemClock {
    /// Starts the clock.
    pub fn new() -> Self {
        Self { start: instant() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        wall()
    }

    fn monotonic(&self) -> Duration {
        instant().saturating_duration_since(self.start)
    }
}

impl SettableClock {
    /// Starts the clock at a civil instant.
    pub fn new(now: Timestamp) -> Self {
        Self { civil_ms: AtomicI64::new(now.as_millis()), start: instant() }
    }

    /// Sets civil time.
    pub fn set(&self, now: Timestamp) {
        self.civil_ms.store(now.as_millis(), Ordering::SeqCst);
    }

    /// Moves civil time forward.
    pub fn advance(&self, millis: i64) {
        self.civil_ms.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for SettableClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.civil_ms.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        instant().saturating_duration_since(self.start)
    }
}

#[allow(clippy::disallowed_methods, reason = "this is where the machine's time enters")]
fn instant() -> Instant {
    Instant::now()
}

#[allow(clippy::disallowed_methods, reason = "this is where the machine's time enters")]
fn wall() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
