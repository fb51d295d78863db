//! The region simulator and the day player; no disk, no network.
