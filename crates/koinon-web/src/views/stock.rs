//! Stock by item and place, the batches of one item, and the card of one batch.

use koinon_authority::{Sight, Visibility};
use koinon_core::region::{Group, Item};
use koinon_core::{CommunityCode, ItemCode, LotId, PlaceCode};
use koinon_ledger::demand::RateSource;
use koinon_ledger::lot::{Does, Lot, Standing as CardStanding};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Amount, ItemFigure, Lens, Named, Standing, rfc3339};

/// What of the stock is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StockFilter {
    /// Only this place; `None` is every place.
    pub place: Option<PlaceCode>,
    /// Only this group.
    pub group: Option<Group>,
    /// Only what is short or to be watched.
    pub short: bool,
    /// Only items whose name or code holds these letters.
    pub words: String,
}

/// One item at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StockRow {
    /// What.
    pub item: Named,
    /// Its group, for example `food`.
    pub group: &'static str,
    /// Where.
    pub place: Named,
    /// How it stands; all that a guest sees.
    pub standing: Standing,
    /// On hand.
    pub amount: Option<Amount>,
    /// Neither set aside nor held.
    pub available: Option<Amount>,
    /// Of that, what is above what the place keeps: free to give.
    pub spare: Option<Amount>,
    /// Set aside for transfers.
    pub reserved: Option<Amount>,
    /// On its way here; only for the place's own community.
    pub incoming: Option<Amount>,
    /// Whole days that it lasts.
    pub days: Option<i64>,
    /// What the place keeps before it gives.
    pub floor: Option<Amount>,
    /// The same in days.
    pub floor_days: Option<i64>,
    /// What is used on one day.
    pub used_per_day: Option<Amount>,
    /// Over how many days the use was observed; empty where it is the catalogue's need.
    pub observed_days: Option<i32>,
    /// What will pass its date before it is used.
    pub at_risk: Option<Amount>,
    /// The next last good day.
    pub next_date: Option<String>,
    /// How many batches.
    pub batches: Option<usize>,
    /// When the oldest of its figures last changed.
    pub as_of: Option<String>,
    /// When it was last counted.
    pub counted: Option<String>,
    /// How: `counted`, `estimated`, `metered`, `paper` or `told`.
    pub method: Option<&'static str>,
}

/// A list of stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StockView {
    /// The rows, worst first.
    pub rows: Vec<StockRow>,
    /// How many rows there are without the filter on words and on short ones.
    pub of: usize,
}

/// One batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LotRow {
    /// Its id.
    pub id: String,
    /// In whose book.
    pub community: Named,
    /// What.
    pub item: Named,
    /// In which store.
    pub store: Named,
    /// The printed number.
    pub batch: Option<String>,
    /// The last good day.
    pub expires: Option<String>,
    /// On hand.
    pub amount: Amount,
    /// Set aside for transfers.
    pub reserved: Amount,
    /// Why it may not be used, as a reason code.
    pub held: Option<&'static str>,
    /// When it last changed.
    pub as_of: Option<String>,
}

/// One item everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ItemView {
    /// What.
    pub item: Named,
    /// Its group.
    pub group: &'static str,
    /// The items that serve as well.
    pub substitutes: Vec<Named>,
    /// Where its figures come from.
    pub source: String,
    /// By place.
    pub rows: Vec<StockRow>,
    /// The batches that the reader may see, first to pass its date first.
    pub batches: Vec<LotRow>,
}

/// One line of a stock card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Entry {
    /// The act.
    pub id: String,
    /// When it happened.
    pub at: String,
    /// When it was recorded.
    pub recorded: String,
    /// Whether it was recorded a day or more after it happened.
    pub is_late: bool,
    /// Why, as a reason code; `count` for a count.
    pub reason: &'static str,
    /// What was seen, for a count.
    pub seen: Option<Amount>,
    /// The change; for a count, the difference that it found.
    pub change: Amount,
    /// What there was afterwards.
    pub balance: Amount,
    /// How the figure was found.
    pub method: &'static str,
    /// `plain`, `corrected`, `taken-back` or `repeated`.
    pub standing: &'static str,
    /// How many were served, people and households.
    pub served: Option<(u32, u32)>,
    /// Whether it follows from a transfer, and is corrected there.
    pub of_transfer: bool,
}

/// Which lines of a card are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lines {
    /// How many of the newest to pass over.
    pub from: usize,
    /// The most to give.
    pub most: usize,
}

impl Lines {
    /// Every line.
    pub const ALL: Self = Self { from: 0, most: usize::MAX };
}

/// The card of one batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[allow(clippy::struct_excessive_bools, reason = "each is a separate mark on the card")]
pub struct LotCard {
    /// The batch.
    pub row: LotRow,
    /// From which batch it came.
    pub from: Option<(Named, String)>,
    /// Who owns it, when it is here on loan.
    pub owner: Option<Named>,
    /// Whether stock was below zero after some line.
    pub was_negative: bool,
    /// Whether a second, different opening was heard.
    pub opened_twice: bool,
    /// How many lines there are.
    pub of: usize,
    /// How many newer lines were passed over.
    pub newer: usize,
    /// The lines asked for, newest first.
    pub entries: Vec<Entry>,
    /// Whether the reader belongs to the community whose batch it is.
    pub is_ours: bool,
}

impl Lens<'_> {
    /// One item at one place as the reader may see it.
    pub fn stock_row(&self, place: &PlaceCode, item: &Item) -> Option<StockRow> {
        let figures = self.figures.places.get(place)?;
        let is_home = self.is_home(&figures.keeper);
        let figure = figures.item(&item.code, is_home)?;
        let seen = self.sight_of(item, &figures.keeper);
        (seen > Sight::Nothing).then(|| self.row_of(place, item, figure, (seen, is_home)))
    }

    fn row_of(
        &self,
        place: &PlaceCode,
        item: &Item,
        figure: &ItemFigure,
        (seen, is_home): (Sight, bool),
    ) -> StockRow {
        let full = seen == Sight::Amount;
        let amount = |base: i128| if full { Amount::of(base, item.dimension) } else { None };
        let keeps = full && figure.floor_days > 0;
        let observed = figure.rate.and_then(|(_, source)| match source {
            RateSource::Observed { days, .. } => Some(days),
            RateSource::Catalogue => None,
        });
        StockRow {
            item: self.item(&item.code),
            group: item.group.word(),
            place: self.place(place),
            standing: figure.band.into(),
            amount: amount(figure.on_hand),
            available: amount(figure.available),
            spare: amount(figure.spare),
            reserved: amount(figure.reserved),
            incoming: amount(figure.incoming).filter(|_| is_home),
            days: figure.days.filter(|_| full),
            floor: amount(figure.floor).filter(|_| keeps),
            floor_days: keeps.then_some(figure.floor_days),
            used_per_day: figure.rate.and_then(|(rate, _)| amount(rate.over(1))),
            observed_days: observed.filter(|_| full),
            at_risk: amount(figure.at_risk),
            next_date: figure.next_date.filter(|_| full).map(|day| day.to_string()),
            batches: full.then_some(figure.lots),
            as_of: rfc3339(figure.as_of.filter(|_| full)),
            counted: rfc3339(figure.counted.filter(|_| full).map(|count| count.at)),
            method: figure.counted.filter(|_| full).map(|count| count.method.code()),
        }
    }

    /// The stock that a filter asks for, worst first.
    pub fn stock(&self, filter: &StockFilter) -> StockView {
        let words = filter.words.trim().to_lowercase();
        let mut rows = Vec::new();
        let mut of = 0;
        for place in self.region().places() {
            if filter.place.as_ref().is_some_and(|wanted| *wanted != place) {
                continue;
            }
            for item in &self.region().items {
                if filter.group.is_some_and(|group| group != item.group) {
                    continue;
                }
                let Some(row) = self.stock_row(&place, item) else { continue };
                of += 1;
                let is_bad = matches!(row.standing, Standing::Short | Standing::Watch);
                let is_named = words.is_empty()
                    || row.item.name.to_lowercase().contains(&words)
                    || row.item.code.contains(&words);
                if is_named && (is_bad || !filter.short) {
                    rows.push(row);
                }
            }
        }
        rows.sort_by_cached_key(|row| {
            (row.standing, row.days, row.item.name.clone(), row.place.code.clone())
        });
        StockView { rows, of }
    }

    /// One batch as the reader may see it; batches have no band, so guests see none.
    pub fn lot_row(&self, community: &CommunityCode, id: LotId, lot: &Lot) -> Option<LotRow> {
        let opened = lot.opened()?;
        let item = self.region().item(&opened.item)?;
        if self.sight_in(item, &opened.store, community) < Sight::Amount {
            return None;
        }
        let reserved = self.book.ledger().reserved(community, id);
        Some(LotRow {
            id: id.to_string(),
            community: self.community(community),
            item: self.item(&opened.item),
            store: self.store(&opened.store),
            batch: opened.batch.as_ref().map(ToString::to_string),
            expires: opened.expires.map(|day| day.to_string()),
            amount: Amount::of(lot.balance(), item.dimension)?,
            reserved: Amount::of(reserved, item.dimension)?,
            held: self.book.ledger().held(lot).map(koinon_ledger::Reason::code),
            as_of: rfc3339(lot.last_change()),
        })
    }

    /// Every batch that the reader may see of one item, or of all; empty ones are left out.
    pub fn lots(&self, item: Option<&ItemCode>) -> Vec<LotRow> {
        let mut rows: Vec<LotRow> = self
            .book
            .ledger()
            .lots()
            .filter(|(_, _, lot)| lot.balance() != 0)
            .filter(|(_, _, lot)| {
                item.is_none_or(|item| lot.opened().is_some_and(|opened| opened.item == *item))
            })
            .filter_map(|(community, id, lot)| self.lot_row(community, id, lot))
            .collect();
        rows.sort_by_cached_key(|row| {
            let date = row.expires.clone();
            (row.item.name.clone(), date.is_none(), date, row.store.name.clone(), row.id.clone())
        });
        rows
    }

    /// One item everywhere; `None` where it is unknown or hidden from the reader altogether.
    pub fn item_view(&self, code: &ItemCode) -> Option<ItemView> {
        let item = self.region().item(code)?;
        let places = self.region().places();
        let rows: Vec<StockRow> = places.filter_map(|place| self.stock_row(&place, item)).collect();
        // An item for those concerned is not there at all where the reader sees no row of it.
        if rows.is_empty() && (item.seen_by() == Visibility::Concerned || !self.sees_amounts()) {
            return None;
        }
        let seen = |code: &&ItemCode| {
            self.region().item(code).is_some_and(|other| other.seen_by() <= Visibility::Federation)
        };
        Some(ItemView {
            item: self.item(code),
            group: item.group.word(),
            substitutes: item.substitutes.iter().filter(seen).map(|code| self.item(code)).collect(),
            source: item.need.as_ref().map_or_else(String::new, |need| need.source.clone()),
            rows,
            batches: self.lots(Some(code)),
        })
    }

    /// The card of one batch. `lot` is the batch with all its lines, which the book in memory may not hold any more.
    pub fn lot_card(
        &self,
        community: &CommunityCode,
        (id, lot): (LotId, &Lot),
        lines: Lines,
    ) -> Option<LotCard> {
        let row = self.lot_row(community, id, lot)?;
        let opened = lot.opened()?;
        let dimension = self.region().item(&opened.item)?.dimension;
        let mut entries: Vec<Entry> = lot
            .card()
            .filter_map(|card| {
                let seen = match card.line.does {
                    Does::Seen(seen) => Amount::of(i128::from(seen), dimension),
                    Does::Change(_) => None,
                };
                Some(Entry {
                    id: card.line.entry.to_string(),
                    at: card.at.occurred.to_rfc3339(),
                    recorded: card.at.recorded.to_rfc3339(),
                    is_late: card.at.occurred.plus_days(1) <= card.at.recorded,
                    reason: if seen.is_some() { "count" } else { card.line.reason.code() },
                    seen,
                    change: Amount::of(card.change, dimension)?,
                    balance: Amount::of(card.balance, dimension)?,
                    method: card.line.method.code(),
                    standing: match card.standing {
                        CardStanding::Plain => "plain",
                        CardStanding::Corrected => "corrected",
                        CardStanding::TakenBack => "taken-back",
                        CardStanding::Repeated => "repeated",
                    },
                    served: card
                        .line
                        .served
                        .or_else(|| {
                            self.book.served_by(card.line.entry, id).filter(|_| self.is_home(community))
                        })
                        .map(|served| (served.people, served.households)),
                    of_transfer: card.line.reason.is_of_transfer(),
                })
            })
            .collect();
        let of = entries.len();
        entries.reverse();
        let newer = lines.from.min(of);
        let entries = entries.into_iter().skip(newer).take(lines.most).collect();
        Some(LotCard {
            row,
            from: opened.from.as_ref().map(|(giver, lot)| (self.community(giver), lot.to_string())),
            owner: opened.owner.as_ref().map(|owner| self.community(owner)),
            was_negative: lot.was_negative(),
            opened_twice: lot.opened_twice(),
            of,
            newer,
            entries,
            is_ours: self.is_home(community),
        })
    }
}
