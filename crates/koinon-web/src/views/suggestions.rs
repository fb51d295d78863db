//! What the engine suggests, and why: the only place that knows its plans.

use koinon_authority::{Sight, sight};
use koinon_core::PlaceCode;
use koinon_core::region::Item;
use koinon_match::{Against, Leg, LotRef, NeedRef, Plan, Serves, Side, Suggestion, Why, WhyNot};
use serde::Serialize;
use utoipa::ToSchema;

use super::wants::urgency_word;
use super::{Amount, ClosedRouteView, Lens, Named};

/// One suggestion as a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SuggestionLine {
    /// Its id: the hash of what it says and of what it was made from.
    pub id: String,
    /// What.
    pub item: Named,
    /// Who gives.
    pub from: Named,
    /// Who takes.
    pub to: Named,
    /// How much leaves; empty for guests.
    pub amount: Option<Amount>,
    /// For a stated need its urgency, else `cover`, or `spoiling` for what would go to waste, or `agreed` for what falls due by an
    /// agreement.
    pub serves: &'static str,
    /// The day on which it falls due by an agreement.
    pub due: Option<String>,
    /// The taker's days before; empty for guests.
    pub taker_days_before: Option<i64>,
    /// The taker's days after the whole plan; empty for guests.
    pub taker_days_after: Option<i64>,
    /// The giver's days before; empty for guests.
    pub giver_days_before: Option<i64>,
    /// The giver's days after the whole plan; empty for guests.
    pub giver_days_after: Option<i64>,
    /// Days that the giver keeps; empty for guests.
    pub giver_keeps_days: Option<i64>,
    /// Whether the reader's community gives or takes.
    pub is_ours: bool,
    /// Whether the reader's community gives.
    pub we_give: bool,
}

/// One stretch of the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LegView {
    /// The route's code.
    pub corridor: String,
    /// From where.
    pub from: Named,
    /// To where.
    pub to: Named,
    /// The day of departure.
    pub day: String,
    /// Minutes of that day at which it leaves.
    pub leaves_minute: u16,
    /// The day of arrival.
    pub arrival_day: String,
    /// Minutes of that day at which it arrives.
    pub arrives_minute: u16,
}

/// What travels together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LoadView {
    /// How much.
    pub amount: Option<Amount>,
    /// The way.
    pub legs: Vec<LegView>,
    /// The batches.
    pub batches: Vec<BatchView>,
}

/// A part of a load.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BatchView {
    /// In which store.
    pub store: Named,
    /// The printed number.
    pub batch: Option<String>,
    /// The last good day.
    pub expires: Option<String>,
    /// How much of it.
    pub amount: Option<Amount>,
}

/// Another community that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AlternativeView {
    /// Who.
    pub from: Named,
    /// What it can still spare.
    pub spare: Option<Amount>,
    /// Minutes longer on the way; below zero when nearer.
    pub extra_minutes: Option<i64>,
    /// `dearer`, `nothing-to-spare`, `gives-elsewhere`, `no-way`, `route-closed` or `full`.
    pub why_not: &'static str,
}

/// What limits a suggestion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum AgainstView {
    /// A departure is full with it.
    FullDeparture {
        /// Which.
        leg: LegView,
    },
    /// A batch passes its date soon after it arrives.
    ShortDate {
        /// How many days it is good for after it arrives.
        days: i32,
    },
    /// The giver goes down to what it keeps.
    GiverAtFloor,
    /// The taker's stores for it are full then.
    TakerFull,
    /// Rounded down to whole packs.
    RoundedDown {
        /// By how much.
        amount: Option<Amount>,
    },
    /// Lost on the way.
    LostOnTheWay {
        /// How much.
        amount: Option<Amount>,
    },
    /// The way would be shorter if these routes were open.
    RouteClosed {
        /// Which.
        routes: Vec<ClosedRouteView>,
        /// How many minutes shorter.
        minutes: i64,
    },
    /// More would get there if these routes were open.
    MoreIfOpen {
        /// Which.
        routes: Vec<ClosedRouteView>,
    },
}

/// One end of a suggestion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SideView {
    /// Before the plan.
    pub before: Option<Amount>,
    /// After the whole plan.
    pub after: Option<Amount>,
    /// What it keeps before it gives.
    pub keeps: Option<Amount>,
    /// In days, before.
    pub days_before: Option<i64>,
    /// In days, after.
    pub days_after: Option<i64>,
    /// What it keeps, in days.
    pub keeps_days: Option<i64>,
}

/// One suggestion with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SuggestionView {
    /// The line.
    pub line: SuggestionLine,
    /// What arrives, after losses.
    pub arrives: Option<Amount>,
    /// The stated needs that it serves: id and amount.
    pub needs: Vec<(String, Option<Amount>)>,
    /// The giver.
    pub giver: SideView,
    /// The taker.
    pub taker: SideView,
    /// How it travels.
    pub loads: Vec<LoadView>,
    /// Who else was looked at.
    pub alternatives: Vec<AlternativeView>,
    /// What limits it or speaks against it.
    pub against: Vec<AgainstView>,
    /// What it was made from: equal inputs give equal suggestions everywhere.
    pub inputs: String,
}

/// Something that nobody can cover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnmetLine {
    /// Where.
    pub place: Named,
    /// What.
    pub item: Named,
    /// How much is open.
    pub amount: Option<Amount>,
    /// A stated need's urgency, else `cover`.
    pub serves: &'static str,
    /// Why: `no-stock-above-floors`, `shared-out`, `no-route`, `nothing-cold`, `nothing-safe`, `too-late`, `doors-shut`,
    /// `dates-too-short`, `capacity-full`, `no-room`, `route-closed`, `paused` or `too-small`.
    pub why: &'static str,
    /// The closed routes behind `route-closed`.
    pub closed_routes: Vec<ClosedRouteView>,
    /// Who has set giving aside, and the last day of that, behind `paused`.
    pub paused: Vec<(Named, String)>,
}

const fn serves_word(serves: Serves) -> &'static str {
    match serves {
        Serves::Need(urgency) => urgency_word(urgency),
        Serves::Cover(_) => "cover",
        Serves::Spoiling => "spoiling",
        Serves::Agreed => "agreed",
    }
}

const fn why_not_word(why: WhyNot) -> &'static str {
    match why {
        WhyNot::Dearer => "dearer",
        WhyNot::NothingToSpare => "nothing-to-spare",
        WhyNot::GivesElsewhere => "gives-elsewhere",
        WhyNot::NoWay => "no-way",
        WhyNot::RouteClosed => "route-closed",
        WhyNot::Full => "full",
    }
}

const fn why_word(why: &Why) -> &'static str {
    match why {
        Why::NoStockAboveFloors => "no-stock-above-floors",
        Why::SharedOut => "shared-out",
        Why::NoRoute => "no-route",
        Why::NothingCold => "nothing-cold",
        Why::NothingSafe => "nothing-safe",
        Why::TooLate => "too-late",
        Why::DoorsShut => "doors-shut",
        Why::DatesTooShort => "dates-too-short",
        Why::CapacityFull(_) => "capacity-full",
        Why::NoRoom => "no-room",
        Why::RouteClosed(_) => "route-closed",
        Why::Paused(_) => "paused",
        Why::TooSmall => "too-small",
    }
}

impl Lens<'_> {
    fn sight_of_way(&self, item: &Item, from: &PlaceCode, to: &PlaceCode) -> (Sight, bool, bool) {
        let at_home =
            |place: &PlaceCode| self.region().keeper_of(place).is_some_and(|keeper| self.is_home(&keeper));
        let (gives, takes) = (at_home(from), at_home(to));
        let keeper = self.region().keeper_of(from).unwrap_or_else(|| from.community());
        (sight(self.viewer, item.seen_by(), &keeper, gives || takes), gives, takes)
    }

    /// One suggestion as a line; `None` where it is hidden from the reader.
    pub fn suggestion(&self, one: &Suggestion) -> Option<SuggestionLine> {
        let item = self.region().item(&one.item)?;
        let (seen, gives, takes) = self.sight_of_way(item, &one.from, &one.to);
        if seen == Sight::Nothing {
            return None;
        }
        let full = seen == Sight::Amount;
        let days = |days: Option<i64>| days.filter(|_| full);
        Some(SuggestionLine {
            id: one.id.to_string(),
            item: self.item(&one.item),
            from: self.place(&one.from),
            to: self.place(&one.to),
            amount: Amount::of(i128::from(one.amount), item.dimension).filter(|_| full),
            serves: serves_word(one.serves),
            due: one.due().map(|due| due.day.to_string()),
            taker_days_before: days(one.taker.days_before),
            taker_days_after: days(one.taker.days_after),
            giver_days_before: days(one.giver.days_before),
            giver_days_after: days(one.giver.days_after),
            giver_keeps_days: days(one.giver.floor_days),
            is_ours: gives || takes,
            we_give: gives,
        })
    }

    /// One suggestion with its reasons; a guest gets its line only.
    pub fn suggestion_view(&self, plan: &Plan, id: &str) -> Option<SuggestionView> {
        let one = plan.suggestion(id)?;
        let line = self.suggestion(one)?;
        let item = self.region().item(&one.item)?;
        let full = line.amount.is_some();
        let amount = |base: i64| Amount::of(i128::from(base), item.dimension).filter(|_| full);
        let side = |side: &Side| SideView {
            before: amount(side.before),
            after: amount(side.after),
            keeps: amount(side.floor),
            days_before: side.days_before.filter(|_| full),
            days_after: side.days_after.filter(|_| full),
            keeps_days: side.floor_days.filter(|_| full),
        };
        let batch = |lot: &LotRef, base: i64| {
            let LotRef::Book(community, id) = lot else { return None };
            let row = self.lot_row(community, *id, self.book.ledger().lot(community, *id)?)?;
            let (store, batch, expires) = (row.store, row.batch, row.expires);
            Some(BatchView { store, batch, expires, amount: amount(base) })
        };
        let loads = one.loads.iter().filter(|_| full).map(|load| LoadView {
            amount: amount(load.amount),
            legs: load.legs.iter().map(|leg| self.leg(leg)).collect(),
            batches: load.lots.iter().filter_map(|(lot, base)| batch(lot, *base)).collect(),
        });
        let alternatives = one.alternatives.iter().filter(|_| full).map(|other| AlternativeView {
            from: self.place(&other.from),
            spare: amount(other.spare),
            extra_minutes: other.extra_minutes,
            why_not: why_not_word(other.why_not),
        });
        let against = one.against.iter().filter(|_| full).map(|against| match against {
            Against::FullDeparture(leg) => AgainstView::FullDeparture { leg: self.leg(leg) },
            Against::ShortDate(_, days) => AgainstView::ShortDate { days: *days },
            Against::GiverAtFloor => AgainstView::GiverAtFloor,
            Against::TakerFull => AgainstView::TakerFull,
            Against::RoundedDown(base) => AgainstView::RoundedDown { amount: amount(*base) },
            Against::LostOnTheWay(base) => AgainstView::LostOnTheWay { amount: amount(*base) },
            Against::RouteClosed(routes, minutes) => {
                AgainstView::RouteClosed { routes: self.closed_routes(routes), minutes: *minutes }
            }
        });
        let open = plan.unmet.iter().filter(|open| (&open.place, &open.item) == (&one.to, &one.item));
        let more = open.filter(|_| full).find_map(|open| match &open.why {
            Why::RouteClosed(routes) => Some(AgainstView::MoreIfOpen { routes: self.closed_routes(routes) }),
            _ => None,
        });
        let needs = one.needs.iter().filter_map(|(need, base)| {
            let id = match need {
                NeedRef::Book(_, id) => id.to_string(),
                NeedRef::Row(row) => row.to_string(),
                NeedRef::Due(_) => return None,
            };
            Some((id, amount(*base)))
        });
        Some(SuggestionView {
            arrives: amount(one.arrives),
            needs: needs.collect(),
            giver: side(&one.giver),
            taker: side(&one.taker),
            loads: loads.collect(),
            alternatives: alternatives.collect(),
            against: against.chain(more).collect(),
            inputs: plan.inputs.to_string(),
            line,
        })
    }

    fn leg(&self, leg: &Leg) -> LegView {
        LegView {
            corridor: leg.corridor.to_string(),
            from: self.place(&leg.from),
            to: self.place(&leg.to),
            day: leg.leaves.day.to_string(),
            leaves_minute: leg.leaves.minute,
            arrival_day: leg.arrives.day.to_string(),
            arrives_minute: leg.arrives.minute,
        }
    }

    /// Whether anything is known to have been counted at a place. Where nothing is, a plan takes its stock for none, so that
    /// help is not withheld; that it lacks everything is then no news.
    pub fn has_counts(&self, place: &PlaceCode) -> bool {
        self.figures.places.get(place).is_some_and(|known| known.items.values().any(|(_, all)| all.is_known))
    }

    /// What stays open after a plan, as far as the reader may see.
    pub fn unmet(&self, plan: &Plan) -> Vec<UnmetLine> {
        let lines = plan.unmet.iter().filter_map(|one| {
            let item = self.region().item(&one.item)?;
            let (seen, _, _) = self.sight_of_way(item, &one.place, &one.place);
            (seen > Sight::Nothing).then(|| UnmetLine {
                place: self.place(&one.place),
                item: self.item(&one.item),
                amount: Amount::of(i128::from(one.amount), item.dimension).filter(|_| seen == Sight::Amount),
                serves: match (&one.need, one.urgency) {
                    (Some(NeedRef::Due(_)), _) => serves_word(Serves::Agreed),
                    (_, Some(urgency)) => urgency_word(urgency),
                    (_, None) => "cover",
                },
                why: why_word(&one.why),
                closed_routes: match &one.why {
                    Why::RouteClosed(routes) => self.closed_routes(routes),
                    _ => Vec::new(),
                },
                paused: match &one.why {
                    Why::Paused(pauses) => {
                        pauses.iter().map(|p| (self.place(&p.place), p.until.to_string())).collect()
                    }
                    _ => Vec::new(),
                },
            })
        });
        lines.collect()
    }
}
