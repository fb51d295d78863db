//! What makes one plan better than another: a list of levels, of which the first that differs decides.

use std::cmp::Ordering;

/// What a plan is worth; greater is better.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Score {
    /// People on missions that lives depend on.
    pub(super) lives: i64,
    /// Part of what was asked for that is covered at each place, the worst first.
    pub(super) shares: Vec<Share>,
    /// People on missions that are needed.
    pub(super) needed: i64,
    /// People on missions that are useful.
    pub(super) useful: i64,
    /// Minutes of duty in 30 days of each team, squared and added up: less is more even, and less in all.
    pub(super) load: i128,
    /// Minutes on the way, all teams together.
    pub(super) way: i128,
}

/// A part of a whole above 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    pub(super) covered: i64,
    pub(super) asked: i64,
}

impl Ord for Share {
    fn cmp(&self, other: &Self) -> Ordering {
        let cross = |a: i64, b: i64| i128::from(a) * i128::from(b);
        cross(self.covered, other.asked).cmp(&cross(other.covered, self.asked))
    }
}

impl PartialOrd for Share {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Share {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Share {}

impl Ord for Score {
    fn cmp(&self, other: &Self) -> Ordering {
        self.lives
            .cmp(&other.lives)
            .then_with(|| self.shares.cmp(&other.shares))
            .then_with(|| self.needed.cmp(&other.needed))
            .then_with(|| self.useful.cmp(&other.useful))
            .then_with(|| other.load.cmp(&self.load))
            .then_with(|| other.way.cmp(&self.way))
    }
}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
