//! How many people were served: each hand-out's figure stays at home; what leaves are sums in which nobody can be found.
//!
//! The rules are those that NHS England has for its hospital statistics below the national level: a figure from 1 to 7 is
//! left out, others are rounded to the nearest 5, and sums are taken before they are rounded. A sum is for a whole community
//! of at least 5,000 people and for a whole month. A month is published once: a second figure for it, however
//! small the change, would tell the difference. So the published figures in the community's own log are the ledger of releases.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use koinon_core::{CommunityCode, Day, EntryId, LotId, Timestamp};
use koinon_ledger::Rev;
use koinon_ledger::fact::Served;
use minicbor::{Decode, Encode};

use crate::fact::{PeopleServed, ServedPublished};

/// The fewest people a community must have.
pub const AREA_PEOPLE_MIN: i64 = 5_000;
/// The greatest figure that is left out.
pub const LEFT_OUT_MAX: u64 = 7;
/// What figures are rounded to.
const ROUNDED_TO: u64 = 5;
/// For so many days after its end a month waits for entries that come late.
const DAYS_AFTER: i32 = 3;

/// A civil month, as `year * 100 + month`.
pub fn month_of(day: Day) -> i32 {
    let date = day.to_date();
    i32::from(date.year()) * 100 + i32::from(date.month())
}

fn month_before(month: i32) -> i32 {
    if month % 100 == 1 { month - 89 } else { month - 1 }
}

/// A sum as it may leave; `None` for one that is left out.
pub fn told(sum: u64) -> Option<u32> {
    match sum {
        1..=LEFT_OUT_MAX => None,
        _ => u32::try_from((sum + ROUNDED_TO / 2) / ROUNDED_TO * ROUNDED_TO).ok(),
    }
}

/// One hand-out's figure, by the month in which it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct HandOut {
    #[n(0)]
    rev: Rev,
    #[n(1)]
    occurred: Timestamp,
    #[n(2)]
    served: Served,
}

/// Everything that is known of people served.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Counts {
    #[n(0)]
    hand_outs: BTreeMap<(EntryId, LotId), HandOut>,
    /// By month: what was folded out of memory.
    #[n(1)]
    folded: BTreeMap<i32, (u64, u64)>,
    #[n(2)]
    published: BTreeMap<(CommunityCode, i32), (Rev, ServedPublished)>,
}

impl Counts {
    pub(crate) fn note(&mut self, rev: Rev, fact: &PeopleServed) {
        let served = Served { people: fact.people, households: fact.households };
        let new = HandOut { rev, occurred: fact.occurred, served };
        let known = self.hand_outs.entry((fact.entry, fact.lot)).or_insert(new);
        if known.rev < rev {
            *known = new;
        }
    }

    /// The first figure of a month stands; a later one tells nothing.
    pub(crate) fn publish(&mut self, of: &CommunityCode, rev: Rev, fact: &ServedPublished) {
        let known = self.published.entry((of.clone(), fact.month)).or_insert_with(|| (rev, fact.clone()));
        if rev < known.0 {
            *known = (rev, fact.clone());
        }
    }

    /// Whether no hand-out and no exact sum is here, as on every computer but the one that wrote them.
    pub(crate) fn has_only_sums(&self) -> bool {
        self.hand_outs.is_empty() && self.folded.is_empty()
    }

    /// What was entered for one hand-out, as long as it is not folded.
    pub(crate) fn of(&self, entry: EntryId, lot: LotId) -> Option<Served> {
        let served = self.hand_outs.get(&(entry, lot))?.served;
        (served.people > 0 || served.households > 0).then_some(served)
    }

    pub(crate) fn has(&self, entry: EntryId, lot: LotId) -> Option<PeopleServed> {
        let HandOut { occurred, served, .. } = self.hand_outs.get(&(entry, lot))?;
        let Served { people, households } = *served;
        Some(PeopleServed { entry, lot, people, households, occurred: *occurred })
    }

    /// People and households of a month, exactly; it never leaves.
    fn sum(&self, month: i32, zone: &TimeZone) -> (u64, u64) {
        let of_month = self.hand_outs.values().filter(|one| month_of(one.occurred.day(zone)) == month);
        let folded = self.folded.get(&month).copied().unwrap_or_default();
        of_month.fold(folded, |(people, households), one| {
            (people + u64::from(one.served.people), households + u64::from(one.served.households))
        })
    }

    /// The figures of a month as they would leave.
    pub(crate) fn figures(&self, month: i32, zone: &TimeZone) -> ServedPublished {
        let (people, households) = self.sum(month, zone);
        ServedPublished { month, people: told(people), households: told(households) }
    }

    /// The months of a community that are over, agreed on from a day on, and not published yet.
    pub(crate) fn due(&self, own: &CommunityCode, from: Day, today: Day) -> Vec<i32> {
        let mut months = Vec::new();
        let mut month = month_before(month_of(today.plus(-DAYS_AFTER)));
        while month >= month_of(from) && !self.published.contains_key(&(own.clone(), month)) {
            months.push(month);
            month = month_before(month);
        }
        months.reverse();
        months
    }

    /// What every community published, the newest month first.
    pub(crate) fn published(&self) -> impl Iterator<Item = (&CommunityCode, &ServedPublished)> {
        self.published.iter().rev().map(|((of, _), (_, fact))| (of, fact))
    }

    /// What every community published, with when, and where it stands.
    pub(crate) fn published_at(&self) -> impl Iterator<Item = (&CommunityCode, Rev, &ServedPublished)> {
        self.published.iter().map(|((of, _), (rev, fact))| (of, *rev, fact))
    }

    /// Moves hand-outs before an instant into the sums of their months.
    pub(crate) fn fold(&mut self, horizon: Timestamp, zone: &TimeZone) {
        let (old, new) =
            std::mem::take(&mut self.hand_outs).into_iter().partition(|(_, one)| one.occurred < horizon);
        self.hand_outs = new;
        let old: BTreeMap<(EntryId, LotId), HandOut> = old;
        for one in old.values() {
            let sum = self.folded.entry(month_of(one.occurred.day(zone))).or_default();
            *sum = (sum.0 + u64::from(one.served.people), sum.1 + u64::from(one.served.households));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_figures_are_left_out_and_the_rest_is_rounded_to_five() {
        let cases = [
            (0, Some(0)),
            (1, None),
            (7, None),
            (8, Some(10)),
            (12, Some(10)),
            (13, Some(15)),
            (2_503, Some(2_505)),
        ];
        for (sum, says) in cases {
            assert_eq!(told(sum), says, "{sum}");
        }
    }

    #[test]
    fn no_figure_that_leaves_tells_a_small_one() {
        // Whatever two sums differ by, what is told differs by nothing or by whole fives.
        for sum in 0..2_000_u64 {
            if let (Some(one), Some(more)) = (told(sum), told(sum + 1)) {
                assert!(one == more || one.abs_diff(more) % 5 == 0);
                assert!(one % 5 == 0 && (one == 0 || one > 7));
            }
        }
    }

    #[test]
    fn months_follow_one_another() {
        assert_eq!(month_of(Day::parse("2026-12-31").unwrap()), 202_612);
        assert_eq!((month_before(202_701), month_before(202_612)), (202_612, 202_611));
    }
}
