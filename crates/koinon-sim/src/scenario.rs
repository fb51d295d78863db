//! What somebody lets happen to the world: a crop fails, a route floods, a plug is pulled.
//!
//! A scenario changes the world, never a book. What follows from it is entered by people, and seen when they count.

use koinon_core::{CommunityCode, CorridorCode, Day, ItemCode};

/// For how many days a failed crop is missing.
pub const CROP_DAYS: i32 = 60;

/// Something that happens to the world on a day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scenario {
    /// From now on and for [`CROP_DAYS`] days this share of what would come in does not.
    FailCrop {
        /// Where.
        community: CommunityCode,
        /// What, or everything that is grown.
        item: Option<ItemCode>,
        /// How much is lost, in per cent, at most 100.
        percent: u32,
    },
    /// A route goes under water; people at its ends say so in the morning.
    FloodRoute {
        /// Which.
        corridor: CorridorCode,
    },
    /// A route falls dry; people at its ends say so in the morning.
    OpenRoute {
        /// Which.
        corridor: CorridorCode,
    },
    /// A community's node reaches nobody; people there go on writing.
    PullPlug {
        /// Which.
        community: CommunityCode,
    },
    /// A community's node is reached again.
    PlugIn {
        /// Which.
        community: CommunityCode,
    },
    /// A share of an item goes bad in the stores; people find it on the same day.
    Spoil {
        /// Where.
        community: CommunityCode,
        /// What.
        item: ItemCode,
        /// How much, in per cent, at most 100.
        percent: u32,
    },
    /// More people are to be fed, for as long as [`CROP_DAYS`].
    Guests {
        /// Where.
        community: CommunityCode,
        /// How many more, in per cent of the people.
        percent: u32,
    },
}

/// The scenarios of a run, in the order in which they happened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Happened(pub(crate) Vec<(Day, Scenario)>);

impl Happened {
    fn until(&self, day: Day) -> impl DoubleEndedIterator<Item = (Day, &Scenario)> {
        self.0.iter().filter(move |(on, _)| *on <= day).map(|(on, scenario)| (*on, scenario))
    }

    pub(crate) fn is_cut(&self, community: &CommunityCode, day: Day) -> bool {
        let last = self.until(day).rev().find_map(|(_, scenario)| match scenario {
            Scenario::PullPlug { community: which } if which == community => Some(true),
            Scenario::PlugIn { community: which } if which == community => Some(false),
            _ => None,
        });
        last.unwrap_or(false)
    }

    pub(crate) fn is_flooded(&self, corridor: &CorridorCode, day: Day) -> bool {
        let last = self.until(day).rev().find_map(|(_, scenario)| match scenario {
            Scenario::FloodRoute { corridor: which } if which == corridor => Some(true),
            Scenario::OpenRoute { corridor: which } if which == corridor => Some(false),
            _ => None,
        });
        last.unwrap_or(false)
    }

    /// What is left of a crop, in per cent; several failures multiply.
    pub(crate) fn crop_percent(&self, community: &CommunityCode, item: &ItemCode, day: Day) -> i64 {
        self.until(day).fold(100, |left, (on, scenario)| match scenario {
            Scenario::FailCrop { community: which, item: what, percent }
                if which == community
                    && what.as_ref().is_none_or(|what| what == item)
                    && day.since(on) < CROP_DAYS =>
            {
                left * i64::from(100 - (*percent).min(100)) / 100
            }
            _ => left,
        })
    }

    /// What goes bad of an item today, in per cent.
    pub(crate) fn spoils_percent(&self, community: &CommunityCode, item: &ItemCode, day: Day) -> i64 {
        let left =
            self.until(day).filter(|(on, _)| *on == day).fold(100, |left, (_, scenario)| match scenario {
                Scenario::Spoil { community: which, item: what, percent }
                    if which == community && what == item =>
                {
                    left * i64::from(100 - (*percent).min(100)) / 100
                }
                _ => left,
            });
        100 - left
    }

    /// How many are fed, in per cent of the people.
    pub(crate) fn mouths_percent(&self, community: &CommunityCode, day: Day) -> i64 {
        self.until(day).fold(100, |sum, (on, scenario)| match scenario {
            Scenario::Guests { community: which, percent }
                if which == community && day.since(on) < CROP_DAYS =>
            {
                sum + i64::from(*percent)
            }
            _ => sum,
        })
    }
}
