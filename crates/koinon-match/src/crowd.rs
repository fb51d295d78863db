//! Which items get into each other's way: those that want more of a departure or a store than there is, and whoever stands in theirs.
//!
//! An item whose best plan uses nothing that is full can keep it, whatever the others do: it takes nothing from anybody, and there
//! is nothing better for it. So only the others have to share, and where a few departures are full of thousands of items,
//! they are few. Who shares grows until nobody outside uses what those who share have filled; then the outcome is no worse for anybody than
//! if all had shared.

use std::collections::BTreeSet;

use crate::case::Case;
use crate::engine::{Layout, Room};
use crate::flow::Flow;
use crate::problem::Item;

/// The items that share, one entry for each case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Crowd(Vec<bool>);

/// Runs and store rooms of which there is too little.
struct Full {
    runs: Vec<bool>,
    stores: Vec<bool>,
}

impl Full {
    /// Whether a flow uses any of it.
    fn is_used_by(&self, layout: &Layout<'_>, item: &Item, flow: &Flow) -> bool {
        let is = |list: &[bool], at: usize| list.get(at).copied().unwrap_or(false);
        let rooms = flow.landed.keys().flat_map(|place| layout.rooms_of(item, *place));
        flow.on_runs.iter().any(|(run, _)| is(&self.runs, *run))
            || rooms.copied().any(|room| is(&self.stores, room))
    }
}

impl Crowd {
    /// Those whose plans, each made alone, do not fit together.
    pub(crate) fn of(layout: &Layout<'_>, alone: &[Flow], left: &Room) -> Self {
        let over = |room: &crate::problem::Measures| room.iter().any(|left| *left < 0);
        let full = Full {
            runs: left.runs.iter().map(over).collect(),
            stores: left.stores().iter().map(over).collect(),
        };
        let mut crowd = Self(vec![false; layout.cases.len()]);
        crowd.take_in(layout, alone, &full);
        crowd.take_all_if_most(layout);
        crowd
    }

    /// Where most items share, all do: it would come to that, and each try costs as much.
    fn take_all_if_most(&mut self, layout: &Layout<'_>) {
        if self.moving(layout, true).count() > self.moving(layout, false).count() {
            self.0.fill(true);
        }
    }

    /// Whether an item shares.
    pub(crate) fn has(&self, at: usize) -> bool {
        self.0.get(at).copied().unwrap_or(false)
    }

    /// Takes in whoever uses what those who share have filled; says whether there was anybody.
    pub(crate) fn grow(&mut self, layout: &Layout<'_>, alone: &[Flow], left: &Room) -> bool {
        // Items alike in what they weigh and where they may go find the same departures full.
        let mut kinds: BTreeSet<_> = BTreeSet::new();
        let mut full = Full { runs: vec![false; left.runs.len()], stores: vec![false; left.stores().len()] };
        for item in self.moving(layout, true).map(|(_, _, item)| item) {
            if !kinds.insert((item.per_1000(), crate::engine::kind(item))) {
                continue;
            }
            let allowed = layout.allowed(item);
            for ((full, room), allowed) in full.runs.iter_mut().zip(&left.runs).zip(allowed) {
                *full |= *allowed && item.fits(*room) <= 0;
            }
            for (full, room) in full.stores.iter_mut().zip(left.stores()) {
                *full |= item.fits(*room) <= 0;
            }
        }
        let more = self.take_in(layout, alone, &full);
        self.take_all_if_most(layout);
        more
    }

    fn take_in(&mut self, layout: &Layout<'_>, alone: &[Flow], full: &Full) -> bool {
        let used =
            |at: usize, item: &Item| alone.get(at).is_some_and(|flow| full.is_used_by(layout, item, flow));
        let more: Vec<usize> =
            self.moving(layout, false).filter(|(at, _, item)| used(*at, item)).map(|(at, ..)| at).collect();
        for at in &more {
            self.0.get_mut(*at).into_iter().for_each(|shares| *shares = true);
        }
        !more.is_empty()
    }

    /// Items that move, and share or do not.
    fn moving<'a>(
        &'a self,
        layout: &'a Layout<'_>,
        shares: bool,
    ) -> impl Iterator<Item = (usize, &'a Case, &'a Item)> {
        let cases = layout
            .cases
            .iter()
            .enumerate()
            .filter(move |(at, case)| !case.is_idle() && self.has(*at) == shares);
        cases.filter_map(|(at, case)| Some((at, case, case.of(layout.problem)?)))
    }
}
