//! Open needs and offers as rows.

use koinon_authority::Sight;
use koinon_ledger::fact::Urgency;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Amount, Lens, Named};

/// One open need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NeedRow {
    /// Its id.
    pub id: String,
    /// Whose.
    pub community: Named,
    /// What.
    pub item: Named,
    /// How badly: `must-have`, `needed` or `useful`.
    pub urgency: &'static str,
    /// How much; empty for guests.
    pub amount: Option<Amount>,
    /// The last day that helps; empty for guests.
    pub by: Option<String>,
    /// Comes back every so many days.
    pub every_days: Option<u16>,
    /// For how many people; empty for guests.
    pub people: Option<u32>,
}

/// One open offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OfferRow {
    /// Its id.
    pub id: String,
    /// Whose.
    pub community: Named,
    /// What.
    pub item: Named,
    /// How much; empty for guests.
    pub amount: Option<Amount>,
    /// Until which day; empty for guests.
    pub until: Option<String>,
    /// It would go to waste where it is.
    pub take_please: bool,
    /// To be back by this day; empty for guests.
    pub return_by: Option<String>,
}

/// The word for an urgency.
pub(super) const fn urgency_word(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::MustHave => "must-have",
        Urgency::Needed => "needed",
        Urgency::Useful => "useful",
    }
}

impl Lens<'_> {
    /// The open needs that the reader may see, the most urgent first.
    pub fn needs(&self) -> Vec<NeedRow> {
        let mut rows = Vec::new();
        for (community, id, want) in self.book.ledger().needs() {
            let Some(need) = want.open_on(self.today()) else { continue };
            let Some(item) = self.region().item(&need.item) else { continue };
            let seen = self.sight_of_word(item, Some(&need.store), community);
            if seen == Sight::Nothing {
                continue;
            }
            let full = seen == Sight::Amount;
            let row = NeedRow {
                id: id.to_string(),
                community: self.community(community),
                item: self.item(&need.item),
                urgency: urgency_word(need.urgency),
                amount: full.then_some(Amount(need.quantity)),
                by: full.then(|| need.by.to_string()),
                every_days: need.every_days,
                people: need.people.filter(|_| full),
            };
            rows.push(((need.urgency, need.by), row));
        }
        rows.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| one.id.cmp(&other.id)));
        rows.into_iter().map(|(_, row)| row).collect()
    }

    /// The open offers that the reader may see.
    pub fn offers(&self) -> Vec<OfferRow> {
        let mut rows = Vec::new();
        for (community, id, want) in self.book.ledger().offers() {
            let Some(offer) = want.open_on(self.today()) else { continue };
            let Some(item) = self.region().item(&offer.item) else { continue };
            let seen = self.sight_of_word(item, Some(&offer.store), community);
            if seen == Sight::Nothing {
                continue;
            }
            let full = seen == Sight::Amount;
            let row = OfferRow {
                id: id.to_string(),
                community: self.community(community),
                item: self.item(&offer.item),
                amount: full.then_some(Amount(offer.quantity)),
                until: full.then(|| offer.until.to_string()),
                take_please: offer.take_please,
                return_by: offer.return_by.filter(|_| full).map(|day| day.to_string()),
            };
            rows.push(((!offer.take_please, offer.until), row));
        }
        rows.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| one.id.cmp(&other.id)));
        rows.into_iter().map(|(_, row)| row).collect()
    }
}
