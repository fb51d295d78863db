//! People served: what stays at home, and the figures that leave.

use koinon_core::{CommunityCode, EntryId, LotId, Timestamp};
use koinon_instruments::Dataset;
use koinon_ledger::LedgerFact;

use super::Book;
use crate::fact::{Fact, PeopleServed, ServedPublished};
use crate::served::{AREA_PEOPLE_MIN, month_of};

/// People served.
impl Book {
    /// Keeps how many people a hand-out served out of what leaves, in a fact of its own that stays at home.
    pub(super) fn with_people_at_home(&self, facts: Vec<LedgerFact>) -> Vec<Fact> {
        let mut all = Vec::with_capacity(facts.len());
        for fact in facts {
            let at_home = match &fact {
                LedgerFact::Entered(entered) => entered.served.map(|served| PeopleServed {
                    entry: entered.entry,
                    lot: entered.lot,
                    people: served.people,
                    households: served.households,
                    occurred: entered.occurred,
                }),
                // An entry that is taken back served nobody.
                LedgerFact::Corrected(corrected) if corrected.quantity.is_none() => {
                    let known = self.served.has(corrected.target, corrected.lot);
                    known.map(|known| PeopleServed { people: 0, households: 0, ..known })
                }
                _ => None,
            };
            all.push(Fact::Ledger(match fact {
                LedgerFact::Entered(entered) => {
                    LedgerFact::Entered(koinon_ledger::fact::Entered { served: None, ..entered })
                }
                other => other,
            }));
            all.extend(at_home.map(Fact::PeopleServed));
        }
        all
    }

    /// How many an own hand-out served, while it is kept by itself.
    pub fn served_by(&self, entry: EntryId, lot: LotId) -> Option<koinon_ledger::fact::Served> {
        self.served.of(entry, lot)
    }

    /// What every community published of people served, with its month, the newest first.
    pub fn served_published(&self) -> impl Iterator<Item = (&CommunityCode, &ServedPublished)> {
        self.served.published()
    }

    /// The figures of the month of an instant as they would leave if it were over.
    pub fn served_so_far(&self, now: Timestamp) -> ServedPublished {
        let zone = self.zone();
        self.served.figures(month_of(now.day(&zone)), &zone)
    }

    /// What is to be published now of people served: nothing without an agreement that holds, for a community that is too
    /// small, or of a month that was published before.
    pub fn served_to_publish(&self, now: Timestamp) -> Vec<ServedPublished> {
        let Some(own) = &self.own else { return Vec::new() };
        let zone = self.zone();
        let today = now.day(&zone);
        let Some(from) = self.sharing.holds_from(own, Dataset::Served, today) else { return Vec::new() };
        if self.region.population(own, today) < AREA_PEOPLE_MIN {
            return Vec::new();
        }
        let due = self.served.due(own, from, today);
        due.into_iter().map(|month| self.served.figures(month, &zone)).collect()
    }
}
