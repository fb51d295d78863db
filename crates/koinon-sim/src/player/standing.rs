//! What two neighbours give each other every week: one proposes it some days after the books are open, the other answers.

use koinon_core::region::{Item, Tier};
use koinon_core::{CommunityCode, ItemCode, PlaceCode, Quantity, StandingId};
use koinon_ledger::{Act, Reason};

use super::Desk;
use crate::cast::Part;
use crate::opening::{is_fresh, round};
use crate::rng::Purpose;

/// So many days after the start a community proposes.
const PROPOSED_AFTER_DAYS: i32 = 1;
/// So long after it was proposed it begins, in days.
const BEGINS_DAYS: i32 = 3;
/// So long it runs, in days.
const RUNS_DAYS: i32 = 180;
/// What goes each time is a day's use of the taker in so many parts.
const PART_OF_A_DAY: i128 = 5;

impl Desk<'_> {
    /// Proposes to the next community of the region, and answers what was proposed.
    pub(super) fn agree_regularly(&mut self) {
        if self.day.since(self.world.start()) == PROPOSED_AFTER_DAYS {
            self.propose();
        }
        let ledger = self.book.ledger();
        let asked: Vec<Act> = ledger
            .standing()
            .filter_map(|(proposer, standing, known)| {
                let text = known.proposal().filter(|text| text.with == *self.community)?;
                let waits = known.answer_to(text).is_none();
                let mut dice = self.dice(Purpose::Transfer, self.world.number(proposer));
                let yes = dice.per_mille(850);
                waits.then(|| Act::AnswerStanding {
                    proposer: proposer.clone(),
                    standing,
                    answers: text.digest(),
                    yes,
                    reason: (!yes).then_some(Reason::NeededHere),
                })
            })
            .collect();
        for act in asked {
            self.send(Part::Facilitator, 1, act);
        }
    }

    /// Every second community proposes to the one after it; what each gives is what lasts longest with it.
    fn propose(&mut self) {
        let all = &self.region.communities;
        let Some(own) = all.iter().position(|one| one.code == *self.community) else { return };
        let Some(with) = all.get(own + 1).filter(|_| own % 2 == 0).map(|one| one.code.clone()) else {
            return;
        };
        if !self.region.community(&with).is_some_and(|other| other.is_member(self.day)) {
            return;
        }
        let given = self.what_lasts(self.community);
        let taken = self.what_lasts(&with).filter(|taken| given.is_none_or(|given| given.code != taken.code));
        let lines = [(given, self.community, &with), (taken, &with, self.community)];
        let lines: Vec<(PlaceCode, PlaceCode, ItemCode, Quantity)> = lines
            .into_iter()
            .filter_map(|(item, from, to)| {
                let item = item?;
                let need = i128::from(self.region.need_per_day(&item.code, to, self.day)?.amount());
                let quantity = Self::quantity(item, round(item, need / PART_OF_A_DAY))?;
                Some((from.place(), to.place(), item.code.clone(), quantity))
            })
            .collect();
        if lines.is_empty() {
            return;
        }
        let first = self.day.plus(BEGINS_DAYS);
        let standing = StandingId::make(self.next_time(), &mut *self.entropy);
        let until = first.plus(RUNS_DAYS);
        let what = Act::ProposeStanding { standing, with, lines, first, every_days: 7, until };
        self.send(Part::Facilitator, 1, what);
    }

    /// What lives do not depend on, keeps, and lasts longest with a community as far as is known here.
    fn what_lasts(&self, community: &CommunityCode) -> Option<&Item> {
        let keeps = self.region.items.iter().filter(|item| item.tier != Tier::MustHave && !is_fresh(item));
        let known = keeps.filter_map(|item| {
            let cover = self.book.item_cover(community, item, self.day);
            let need = i128::from(self.region.need_per_day(&item.code, community, self.day)?.amount());
            (need > 0 && cover.available > cover.floor).then(|| (cover.available / need, item))
        });
        known.max_by(|a, b| (a.0, &b.1.code).cmp(&(b.0, &a.1.code))).map(|(_, item)| item)
    }
}
