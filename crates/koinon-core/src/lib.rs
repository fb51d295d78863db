//! The words every other room speaks: identifiers, exact quantities with units, time as a value, places, and
//! the region file.
//!
//! This crate does no input or output, reads no clock and draws no randomness: bytes, time and entropy come in
//! as arguments. Nothing here assumes a number of communities or of people.

pub mod id;
pub mod order;
pub mod quantity;
pub mod region;
pub mod time;
pub mod unit;
mod urgency;

pub use id::{
    CommunityCode, CorridorCode, Digest, Entropy, EntryId, FactId, GrantId, ItemCode, LoadCode, LogId, LotId,
    MissionCode, NeedId, NodeId, OfferId, PersonId, PlaceCode, ServiceCode, SkillCode, StandingId, StoreCode,
    TeamName, TransferId, VehicleCode,
};
pub use order::{Provenance, Rev};
pub use quantity::{Dimension, Quantity, QuantityError};
pub use region::{Agreements, Community, Corridor, Fault, Group, Hub, Item, Region, Store, Tier, Visibility};
pub use time::{Clock, Day, Timestamp};
pub use urgency::Urgency;
