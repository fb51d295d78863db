//! One community: how it stands, what it has, what it needs and offers, what goes between it and others.

use koinon_books::cover::band_of;
use koinon_core::region::Group;
use koinon_core::{CommunityCode, PlaceCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    CommunityRow, CorridorRow, History, Lens, Named, NeedRow, OfferRow, Standing, StockFilter, StockRow,
    TransferLine,
};

/// One community.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CommunityView {
    /// Its row of the region.
    pub row: CommunityRow,
    /// How many people live there.
    pub people: i64,
    /// Group by group: how it stands and, for members, days.
    pub groups: Vec<(&'static str, Standing, Option<i64>)>,
    /// Food over time, for members.
    pub history: Option<History>,
    /// What is short or to be watched.
    pub watch: Vec<StockRow>,
    /// How many items it has in all, as far as the reader may see.
    pub items: usize,
    /// Its open needs.
    pub needs: Vec<NeedRow>,
    /// Its open offers.
    pub offers: Vec<OfferRow>,
    /// Its open transfers.
    pub transfers: Vec<TransferLine>,
    /// The hubs that it keeps.
    pub hubs: Vec<Named>,
    /// The routes that end there or at a hub that it keeps.
    pub routes: Vec<CorridorRow>,
    /// Whether the reader belongs to it.
    pub is_ours: bool,
}

impl Lens<'_> {
    /// One community; `None` where the region has none of this code today.
    pub fn community_view(&self, code: &CommunityCode) -> Option<CommunityView> {
        let community =
            self.region().community(code).filter(|community| community.is_member(self.today()))?;
        let place = code.place();
        let row = self.community_row(community);
        let filter = StockFilter { place: Some(place.clone()), ..StockFilter::default() };
        let stock = self.stock(&filter);
        let concerns = |named: &Named| named.code == code.as_str();
        let items = stock.rows.len();
        let bad = |row: &StockRow| matches!(row.standing, Standing::Short | Standing::Watch);
        Some(CommunityView {
            people: community.people(self.today()),
            groups: self.groups(&place, code),
            history: self.history(code),
            watch: stock.rows.into_iter().filter(bad).collect(),
            items,
            needs: self.needs().into_iter().filter(|need| concerns(&need.community)).collect(),
            offers: self.offers().into_iter().filter(|offer| concerns(&offer.community)).collect(),
            transfers: self
                .transfers()
                .open
                .into_iter()
                .filter(|line| concerns(&line.giver) || concerns(&line.from) || concerns(&line.to))
                .collect(),
            hubs: self
                .region()
                .hubs
                .iter()
                .filter(|hub| hub.keeper == *code && hub.is_open(self.today()))
                .map(|hub| self.place(&hub.code))
                .collect(),
            routes: self
                .region()
                .corridors
                .iter()
                .filter(|corridor| {
                    self.region().exists(&corridor.from, self.today())
                        && self.region().exists(&corridor.to, self.today())
                        && koinon_ledger::route::ends(self.region(), corridor).contains(code)
                })
                .map(|corridor| self.corridor(corridor))
                .collect(),
            is_ours: self.is_home(code),
            row,
        })
    }

    fn groups(&self, place: &PlaceCode, code: &CommunityCode) -> Vec<(&'static str, Standing, Option<i64>)> {
        let Some(figures) = self.figures.places.get(place) else { return Vec::new() };
        let is_home = self.is_home(code);
        let agreements = &self.region().agreements;
        let mut groups = Vec::new();
        for group in [Group::Food, Group::Water, Group::Medicine, Group::Hygiene, Group::Fuel] {
            let (days, standing): (_, Standing) = if group == Group::Food {
                let days = figures.food(is_home);
                (days, band_of(days, 0, agreements).into())
            } else {
                let seen = figures.scarcest_seen(group, is_home, |item| {
                    let known = self.region().item(item);
                    known.is_some_and(|item| self.sight_of(item, code) > koinon_authority::Sight::Nothing)
                });
                let Some((_, figure)) = seen else { continue };
                (figure.days, figure.band.into())
            };
            groups.push((group.word(), standing, days.filter(|_| self.sees_amounts())));
        }
        groups
    }
}
