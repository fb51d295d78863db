//! The region as a whole: the one true sentence, every community's standing, routes, and what is going on.

use koinon_authority::Sight;
use koinon_books::cover::band_of;
use koinon_core::CommunityCode;
use koinon_core::region::{Community, Group, Tier};
use koinon_match::Plan;
use serde::Serialize;
use utoipa::ToSchema;

use super::headline::{Headline, low, where_none_is_low};
use super::history::History;
use super::{CorridorRow, Happened, Lens, Named, Standing, SuggestionLine, TransferLine, rfc3339};

/// How many days the small curves of the first page show.
const CURVE_DAYS: i32 = 30;

/// What lies around the book: suggestions and the last entries.
#[derive(Debug, Clone, Default)]
pub struct Around<'a> {
    /// The newest plan.
    pub plan: Option<&'a Plan>,
    /// The last happenings, newest first.
    pub recent: Vec<Happened>,
}

/// The item that is worst off in a community.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Worst {
    /// What.
    pub item: Named,
    /// How it stands.
    pub standing: Standing,
    /// Whole days that it lasts; empty for guests.
    pub days: Option<i64>,
    /// Days that are kept before anything is given; empty for guests.
    pub floor_days: Option<i64>,
}

/// One community of the region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CommunityRow {
    /// Which.
    pub community: Named,
    /// How its food and water stand; `unknown` when it was not heard for too long.
    pub standing: Standing,
    /// How its food stands by itself.
    pub food: Standing,
    /// How its water stands by itself.
    pub water: Standing,
    /// Days of food; empty for guests.
    pub food_days: Option<i64>,
    /// Days of water; empty for guests.
    pub water_days: Option<i64>,
    /// The worst-off item that people must have.
    pub worst: Option<Worst>,
    /// Whether its record was heard lately enough to go by.
    pub in_touch: bool,
    /// Whether it shows its stores to this community; what it needs is seen all the same.
    pub shares: bool,
    /// Whether anything of it was ever counted.
    pub is_counted: bool,
    /// When its record was last heard.
    pub heard: Option<String>,
    /// Longitude in millionths of a degree; empty for guests.
    pub lon_micro: i32,
    /// Latitude in millionths of a degree.
    pub lat_micro: i32,
}

/// The region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RegionView {
    /// Its name.
    pub name: String,
    /// The day in its time zone.
    pub today: String,
    /// The one true sentence.
    pub headline: Headline,
    /// Below how many days food is to be watched.
    pub watch_below_days: u32,
    /// How many communities were heard and have enough food.
    pub food_enough: usize,
    /// The median of days of food among those heard; empty for guests.
    pub food_median_days: Option<i64>,
    /// The same for water.
    pub water_median_days: Option<i64>,
    /// How many were heard and have enough water.
    pub water_enough: usize,
    /// Of how many that were heard food is known at all.
    pub food_known: usize,
    /// The same for water.
    pub water_known: usize,
    /// How many were heard lately.
    pub in_touch: usize,
    /// The communities, worst off first.
    pub communities: Vec<CommunityRow>,
    /// The hubs, with longitude and latitude in millionths of a degree.
    pub hubs: Vec<(Named, i32, i32)>,
    /// The routes.
    pub corridors: Vec<CorridorRow>,
    /// What the engine suggests, most urgent first.
    pub suggestions: Vec<SuggestionLine>,
    /// Transfers that are not over.
    pub transfers: Vec<TransferLine>,
    /// What just happened, newest first.
    pub just_now: Vec<Happened>,
    /// Food at the place that is worst off, for members.
    pub history: Option<History>,
    /// The median of days of food at the end of each of the last days, oldest first; empty for guests.
    pub food_by_day: Vec<(String, i64)>,
    /// The same for water.
    pub water_by_day: Vec<(String, i64)>,
}

/// The middle of a list, the lower one of two.
pub(super) fn median(mut values: Vec<i64>) -> Option<i64> {
    values.sort_unstable();
    values.get(values.len().saturating_sub(1) / 2).copied()
}

impl Lens<'_> {
    /// One community's row.
    pub fn community_row(&self, community: &Community) -> CommunityRow {
        let code = &community.code;
        let is_home = self.is_home(code);
        let full = self.sees_amounts();
        let figures = self.figures.places.get(&code.place());
        let agreements = &self.region().agreements;
        let seen = |item: &koinon_core::ItemCode| {
            self.region().item(item).is_some_and(|item| self.sight_of(item, code) > Sight::Nothing)
        };
        let food_days = figures.and_then(|figures| figures.food(is_home));
        let food: Standing = band_of(food_days, 0, agreements).into();
        let water = figures.and_then(|figures| figures.scarcest_seen(Group::Water, is_home, seen));
        let water_standing = water.map_or(Standing::Unknown, |(_, figure)| figure.band.into());
        let worst = figures.and_then(|figures| {
            let groups = [Group::Food, Group::Water, Group::Medicine, Group::Hygiene, Group::Fuel];
            let candidates = groups.iter().filter_map(|group| figures.scarcest_seen(*group, is_home, seen));
            let must = candidates.filter(|(_, figure)| figure.tier == Tier::MustHave);
            must.min_by_key(|(code, figure)| (figure.band, figure.days, (*code).clone()))
        });
        let standing = if self.is_in_touch(code) {
            [food, water_standing].into_iter().filter(|one| *one != Standing::Unknown).min().unwrap_or(food)
        } else {
            Standing::Unknown
        };
        CommunityRow {
            community: self.community(code),
            standing,
            food,
            water: water_standing,
            food_days: food_days.filter(|_| full),
            water_days: water.and_then(|(_, figure)| figure.days).filter(|_| full),
            worst: worst.map(|(item, figure)| Worst {
                item: self.item(item),
                standing: figure.band.into(),
                days: figure.days.filter(|_| full),
                floor_days: Some(figure.floor_days).filter(|_| full),
            }),
            in_touch: self.is_in_touch(code),
            // Of whom nothing was ever heard, nothing is known either way.
            shares: !self.figures.hidden.contains(code)
                || !self.book.admitted().values().any(|of| of == code),
            is_counted: figures.is_some_and(|figures| figures.items.values().any(|(_, all)| all.is_known)),
            heard: rfc3339(self.heard.get(code).copied()),
            lon_micro: community.place.lon.micro,
            lat_micro: community.place.lat.micro,
        }
    }

    /// The region, with what lies around the book.
    pub fn region_view(&self, around: Around<'_>) -> RegionView {
        let region = self.region();
        let mut communities: Vec<CommunityRow> =
            region.communities_on(self.today()).map(|community| self.community_row(community)).collect();
        communities.sort_by_cached_key(|row| {
            let days = row.food_days;
            (row.standing, row.food, days.is_none(), days, row.community.code.clone())
        });
        let heard = || communities.iter().filter(|row| row.standing != Standing::Unknown);
        let suggestions = around
            .plan
            .map_or_else(Vec::new, |plan| plan.all().filter_map(|one| self.suggestion(one)).collect());
        let transfers = self.transfers().open;
        let headline = self.headline(&communities, &suggestions, &transfers);
        let worst = match &headline {
            Headline::CanHelp { place, .. }
            | Headline::HelpAgreed { place, .. }
            | Headline::Alone { place, .. } => CommunityCode::new(&place.code).ok(),
            _ => communities
                .iter()
                .filter(|row| row.food_days.is_some())
                .min_by_key(|row| row.food_days)
                .and_then(|row| CommunityCode::new(&row.community.code).ok()),
        };
        RegionView {
            name: region.name.clone(),
            today: self.today().to_string(),
            watch_below_days: region.agreements.watch_below_days,
            food_enough: heard().filter(|row| row.food == Standing::Enough).count(),
            food_median_days: median(heard().filter_map(|row| row.food_days).collect()),
            water_median_days: median(heard().filter_map(|row| row.water_days).collect()),
            water_enough: heard().filter(|row| row.water == Standing::Enough).count(),
            food_known: heard().filter(|row| row.food != Standing::Unknown).count(),
            water_known: heard().filter(|row| row.water != Standing::Unknown).count(),
            in_touch: region.communities_on(self.today()).filter(|c| self.is_in_touch(&c.code)).count(),
            hubs: region
                .hubs
                .iter()
                .filter(|hub| hub.is_open(self.today()))
                .map(|hub| (self.place(&hub.code), hub.place.lon.micro, hub.place.lat.micro))
                .collect(),
            corridors: self.corridors(),
            history: worst.and_then(|code| self.history(&code)),
            food_by_day: self.median_by_day(|code| self.food_by_day(code, CURVE_DAYS)),
            water_by_day: self.median_by_day(|code| self.water_by_day(code, CURVE_DAYS)),
            headline,
            suggestions,
            transfers,
            just_now: around.recent,
            communities,
        }
    }

    fn headline(
        &self,
        communities: &[CommunityRow],
        suggestions: &[SuggestionLine],
        transfers: &[TransferLine],
    ) -> Headline {
        let Some((row, group, days)) = low(communities) else { return where_none_is_low(communities) };
        let place = row.community.clone();
        let of_group = |item: &Named| {
            koinon_core::ItemCode::new(&item.code)
                .ok()
                .and_then(|code| self.region().item(&code))
                .is_some_and(|item| item.group.word() == group)
        };
        let help = suggestions.iter().find(|one| one.to.code == place.code && of_group(&one.item));
        let agreed = transfers
            .iter()
            .find(|one| one.to.code == place.code && one.lines.iter().any(|line| of_group(&line.item)));
        // As long as more can be sent, that is what is to be decided.
        match (help, agreed) {
            (Some(help), _) => Headline::CanHelp { place, group, days, helper: help.from.clone() },
            (None, Some(agreed)) => Headline::HelpAgreed { place, group, days, helper: agreed.from.clone() },
            (None, None) => Headline::Alone { place, group, days },
        }
    }
}
