//! What comes out: where the stock would stand, what that does in all scenarios, the moves that bring most, and the proof.

use koinon_core::{Digest, ItemCode, PlaceCode};

/// Where everything would stand, and what it would bring.
///
/// People and efforts are sums over all scenarios, each times its weight; a person is [`PrepositionPlan::person`] parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrepositionPlan {
    /// Parts that make a person.
    pub person: i64,
    /// The sum of the weights of all scenarios.
    pub weights: i128,
    /// Each item, in canonical order.
    pub items: Vec<ItemPlan>,
    /// Each site.
    pub sites: Vec<SitePlan>,
    /// Each item at each site where it stands now or would stand.
    pub placed: Vec<Placed>,
    /// The moves that bring most, each after those before it.
    pub moves: Vec<Move>,
    /// What no placement can beat, for each set of items that share room, in canonical order.
    pub bounds: Vec<Bound>,
    /// The digest of the input.
    pub inputs: Digest,
    /// The digest of all that is said here.
    pub digest: Digest,
}

/// What a placement does over all scenarios.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Parts of persons covered.
    pub parts: i128,
    /// Parts that the units sent serve at most, times minutes on the road.
    pub part_minutes: i128,
}

impl Outcome {
    /// Whether more people are covered, or as many in fewer hours.
    pub fn is_better_than(&self, other: &Self) -> bool {
        (self.parts, -self.part_minutes) > (other.parts, -other.part_minutes)
    }

    /// Both together.
    pub(super) fn plus(self, other: Self) -> Self {
        Self { parts: self.parts + other.parts, part_minutes: self.part_minutes + other.part_minutes }
    }
}

/// One item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemPlan {
    /// The item.
    pub item: ItemCode,
    /// Units that stand now.
    pub units: i64,
    /// Units to be bought.
    pub added: i64,
    /// What the stock does where it stands, without what is to be bought.
    pub now: Outcome,
    /// What it does in the places of the plan.
    pub best: Outcome,
    /// The balance metric.
    pub balance: Balance,
}

/// The balance metric: the response effort now over the effort of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Balance {
    /// In thousandths, rounded to the nearest; 1,000 where the stock stands in the best places.
    Thousandths(i64),
    /// The plan covers other people than the stock does now, so that hours do not compare.
    OtherPeople,
    /// What is to be bought is placed too, so that stocks do not compare.
    OtherStock,
    /// The plan takes no time on the road at all, and the stock now does.
    NoEffort,
}

impl Balance {
    /// The metric of two outcomes.
    pub fn of(now: Outcome, best: Outcome, added: i64) -> Self {
        if added > 0 {
            return Self::OtherStock;
        }
        if now.parts != best.parts {
            return Self::OtherPeople;
        }
        match (now.part_minutes, best.part_minutes) {
            (now, best) if now == best => Self::Thousandths(1_000),
            (_, 0) => Self::NoEffort,
            (now, best) => {
                let rounded = (2_000 * now + best).div_euclid(2 * best);
                Self::Thousandths(i64::try_from(rounded).unwrap_or(i64::MAX))
            }
        }
    }
}

/// One site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SitePlan {
    /// Where.
    pub site: PlaceCode,
    /// Whether something stands there now.
    pub holds_now: bool,
    /// Whether it is open in the plan: something would stand there, or it must be open.
    pub opens: bool,
}

/// An item at a site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Placed {
    /// The item.
    pub item: ItemCode,
    /// The site.
    pub site: PlaceCode,
    /// Units now.
    pub now: i64,
    /// Units in the plan.
    pub best: i64,
}

/// Units that are brought to another site, or bought for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The item.
    pub item: ItemCode,
    /// From where; `None` where they are bought.
    pub from: Option<PlaceCode>,
    /// Where to.
    pub to: PlaceCode,
    /// How many units.
    pub units: i64,
    /// What the stock of the item does before.
    pub before: Outcome,
    /// What it does after.
    pub after: Outcome,
}

/// What no placement can beat, with its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// The items.
    pub items: Vec<ItemCode>,
    /// No placement covers more parts.
    pub parts: i128,
    /// No placement that covers as many as the plan takes fewer part-minutes.
    pub part_minutes: i128,
    /// What proves the first.
    pub for_people: Prices,
    /// What proves the second.
    pub for_effort: Prices,
}

/// Prices from which a bound follows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prices {
    /// What a part is worth.
    pub part: i64,
    /// What a part-minute costs.
    pub minute: i64,
    /// The price of a unit in millionths, by item, scenario and site, each in canonical order.
    pub sites: Vec<Vec<Vec<i128>>>,
    /// The price of room at each site: of the room of 1,000,000 units of 1 ml in a thousand, in millionths; empty where items share none.
    pub room: Vec<i64>,
}
