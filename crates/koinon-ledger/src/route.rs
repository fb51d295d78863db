//! Routes closed and open again, as the communities at their ends say.
//!
//! A statement is about one corridor and speaks for its writer only: the last one by the order of restatements counts,
//! in whatever order they arrive. Whether the writer is an end of the corridor is asked of the region when the state
//! is read, never when a fact comes in, so that a strange statement is kept and moves nothing.

use koinon_core::region::{Corridor, Region};
use koinon_core::{CommunityCode, CorridorCode, Day, Timestamp};
use minicbor::{Decode, Encode};

use crate::order::{LastWords, Rev};

/// Why a route is closed: a closed list, since no free text leaves a community.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum RouteReason {
    /// Under water.
    #[n(0)]
    Flood,
    /// Snow or ice.
    #[n(1)]
    Snow,
    /// It is being mended.
    #[n(2)]
    Repair,
    /// People who travel on it are in danger.
    #[n(3)]
    Unsafe,
    /// Another reason.
    #[n(4)]
    Other,
}

/// For how long a route is closed, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(map)]
pub struct RouteClosed {
    /// Why.
    #[n(0)]
    pub reason: RouteReason,
    /// The first day on which nothing leaves.
    #[n(1)]
    pub from: Day,
    /// The last day on which nothing is expected to leave; `None` where nobody knows.
    #[n(2)]
    pub until: Option<Day>,
}

/// A community at an end of a route says that it is closed, or open again.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RouteStated {
    /// The route.
    #[n(0)]
    pub corridor: CorridorCode,
    /// How it is closed; `None` says that it is open.
    #[n(1)]
    pub closed: Option<RouteClosed>,
}

/// What a community said last of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said<'a> {
    /// Who.
    pub by: &'a CommunityCode,
    /// When it was recorded.
    pub recorded: Timestamp,
    /// How it is closed; `None` says that it is open.
    pub closed: Option<RouteClosed>,
}

/// The last word of every community on every route.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct Routes(#[n(0)] LastWords<CorridorCode, Option<RouteClosed>>);

impl RouteReason {
    /// Every reason, in the order in which forms offer them.
    pub const ALL: [Self; 5] = [Self::Flood, Self::Snow, Self::Repair, Self::Unsafe, Self::Other];

    /// The code in files and in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Flood => "flood",
            Self::Snow => "snow",
            Self::Repair => "repair",
            Self::Unsafe => "unsafe",
            Self::Other => "other",
        }
    }

    /// Finds a reason by its code.
    pub fn by_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

impl RouteClosed {
    /// Whether nothing leaves on a day.
    pub fn holds_on(&self, day: Day) -> bool {
        self.from <= day && !self.is_over(day)
    }

    /// Whether the last expected day has passed.
    pub fn is_over(&self, day: Day) -> bool {
        self.until.is_some_and(|until| until < day)
    }
}

impl Routes {
    /// Keeps a statement if it is its writer's last word on the route. Order-free and idempotent.
    pub(crate) fn state(&mut self, by: &CommunityCode, rev: Rev, said: RouteStated) {
        self.0.state(by, rev, said.corridor, said.closed);
    }

    /// The last words as they were written.
    pub(crate) fn stated(&self) -> impl Iterator<Item = (&CommunityCode, Rev, RouteStated)> {
        self.0.each().map(|(corridor, by, word)| {
            (by, word.rev(), RouteStated { corridor: corridor.clone(), closed: word.said })
        })
    }

    /// What the ends of a corridor said last, by the code of the community; the keeper of a hub speaks for the hub.
    pub fn said<'a>(&'a self, region: &Region, corridor: &Corridor) -> Vec<Said<'a>> {
        let ends = ends(region, corridor);
        self.0
            .on(&corridor.code)
            .filter(|(by, _)| ends.contains(by))
            .map(|(by, word)| Said { by, recorded: word.recorded(), closed: word.said })
            .collect()
    }

    /// The statement that keeps a corridor closed on a day, the one that says so for longest first; `None` while it is
    /// open.
    pub fn closed_on<'a>(&'a self, region: &Region, corridor: &Corridor, day: Day) -> Option<Said<'a>> {
        let closed = self.said(region, corridor).into_iter().filter(|said| said.holds_on(day));
        closed.max_by_key(|said| (said.lasts_until(), std::cmp::Reverse((said.recorded, said.by))))
    }

    /// The statements of the ends that close a corridor on `day` or later.
    pub fn closed_from<'a>(&'a self, region: &Region, corridor: &Corridor, day: Day) -> Vec<Said<'a>> {
        let mut said = self.said(region, corridor);
        said.retain(|said| said.closed.is_some_and(|closed| !closed.is_over(day)));
        said
    }
}

impl Said<'_> {
    /// Whether this word keeps the route closed on a day.
    pub fn holds_on(&self, day: Day) -> bool {
        self.closed.is_some_and(|closed| closed.holds_on(day))
    }

    fn lasts_until(&self) -> Day {
        self.closed.and_then(|closed| closed.until).unwrap_or(Day(i32::MAX))
    }
}

/// The communities that may speak for a corridor: those at its ends, and the keepers of hubs there.
pub fn ends(region: &Region, corridor: &Corridor) -> Vec<CommunityCode> {
    [&corridor.from, &corridor.to].into_iter().filter_map(|place| region.keeper_of(place)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_one_code() {
        for reason in RouteReason::ALL {
            assert_eq!(RouteReason::by_code(reason.code()), Some(reason));
        }
    }

    #[test]
    fn a_window_holds_from_its_first_to_its_last_day() {
        let closed = |until| RouteClosed { reason: RouteReason::Flood, from: Day(10), until };
        for (until, day, holds) in [
            (None, 9, false),
            (None, 10, true),
            (None, 10_000, true),
            (Some(Day(12)), 12, true),
            (Some(Day(12)), 13, false),
            (Some(Day(9)), 10, false),
        ] {
            assert_eq!(closed(until).holds_on(Day(day)), holds, "{until:?} {day}");
        }
    }
}
