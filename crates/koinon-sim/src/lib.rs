//! The region simulator and the day player: what people would do on a day, as commands that people and meters send.
//!
//! Four things happen here. A [`World`] says what is so, from a region, a seed and the scenarios that somebody let
//! happen. The [day player](World::play_day) turns one day of one community into commands. The [digest]
//! compares two runs without their keys and ids. A [`Federation`] of books in memory plays many days and checks
//! after each that everything adds up.
//!
//! This room has no disk, no network and no clock, and it writes no fact: what it plans is decided by the book like
//! anybody's command. Choices come from the seed alone, ids from entropy that is passed in.

pub mod cast;
pub mod digest;
pub mod federation;
pub mod opening;
pub mod player;
pub mod rng;
pub mod scenario;
pub mod suggest;
pub mod world;

pub use cast::{Member, Part};
pub use digest::day_digest;
pub use federation::Federation;
pub use opening::{OpeningLine, Story};
pub use player::{HandsOff, Planned, Suggested, Today};
pub use rng::{Dice, Purpose, Seed};
pub use scenario::{CROP_DAYS, Scenario};
pub use world::World;
