//! Waiting after wrong passwords: longer each time, never for good.
//!
//! In a crisis nobody may be locked out for ever by somebody else's typing, so the longest wait is a quarter of an hour.

use std::collections::BTreeMap;
use std::time::Duration;

/// Tries without waiting.
const FREE_TRIES: u32 = 5;
/// The longest wait.
const LONGEST: Duration = Duration::from_mins(15);
/// After so long without a try, all is forgotten.
const FORGET: Duration = Duration::from_hours(1);
/// The most names and addresses remembered.
const KEPT_MAX: usize = 10_000;

#[derive(Debug, Clone, Copy)]
struct Tries {
    failures: u32,
    last: Duration,
}

/// Failures by name and by address.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    tries: BTreeMap<String, Tries>,
}

impl Backoff {
    /// How long somebody must still wait; `None` to go ahead.
    pub(super) fn wait(&self, keys: &[String], now: Duration) -> Option<Duration> {
        let waits = keys.iter().filter_map(|key| self.tries.get(key)).filter_map(|tries| {
            let over = tries.failures.checked_sub(FREE_TRIES)?;
            let wait = Duration::from_secs(1).saturating_mul(2_u32.saturating_pow(over.min(20))).min(LONGEST);
            (tries.last + wait).checked_sub(now).filter(|left| !left.is_zero())
        });
        waits.max()
    }

    /// Notes a failure.
    pub(super) fn failed(&mut self, keys: &[String], now: Duration) {
        if self.tries.len() >= KEPT_MAX {
            self.tries.retain(|_, tries| now.saturating_sub(tries.last) < FORGET);
        }
        for key in keys {
            if self.tries.len() >= KEPT_MAX && !self.tries.contains_key(key) {
                continue;
            }
            let tries = self.tries.entry(key.clone()).or_insert(Tries { failures: 0, last: now });
            let fresh = now.saturating_sub(tries.last) >= FORGET;
            tries.failures = if fresh { 1 } else { tries.failures.saturating_add(1) };
            tries.last = now;
        }
    }

    /// Forgets the failures of a name after it signed in. Its address stays, since it may try other names.
    pub(super) fn succeeded(&mut self, key: &str) {
        self.tries.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_to_a_quarter_hour_and_end() {
        let mut backoff = Backoff::default();
        let keys = ["name ana".to_owned()];
        let mut now = Duration::from_secs(1_000);
        let mut waits = Vec::new();
        for _ in 0..20 {
            backoff.failed(&keys, now);
            let wait = backoff.wait(&keys, now).unwrap_or_default();
            waits.push(wait.as_secs());
            now += wait;
            assert_eq!(backoff.wait(&keys, now), None, "a wait ends");
        }
        assert_eq!(waits[..8], [0, 0, 0, 0, 1, 2, 4, 8]);
        assert_eq!(waits[19], 900);
        assert_eq!(backoff.wait(&["name bo".to_owned()], now), None);
        backoff.failed(&keys, now + FORGET);
        assert_eq!(backoff.wait(&keys, now + FORGET), None, "an hour later all is forgotten");
        backoff.succeeded(&keys[0]);
        assert!(backoff.tries.is_empty());
    }

    #[test]
    fn a_flood_of_names_does_not_fill_the_memory() {
        let mut backoff = Backoff::default();
        for i in 0..(KEPT_MAX + 500) {
            backoff.failed(&[format!("name {i}")], Duration::from_secs(1));
        }
        assert!(backoff.tries.len() <= KEPT_MAX);
    }
}
