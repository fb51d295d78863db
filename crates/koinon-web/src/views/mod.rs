//! What pages and `--json` print: plain values, converted from the book for one pair of eyes.
//!
//! No domain type is serialisable; every figure that leaves goes through a [`Lens`], which asks
//! [`koinon_authority::sight()`] first. A guest's view holds no amount at all: the fields are empty, not only hidden by
//! a page. The expensive part, [`Figures`], knows no viewer and is kept while the book does not change.

mod adds_up;
mod community;
mod copies;
mod figures;
mod happened;
mod headline;
mod history;
pub mod kept;
mod region;
mod routes;
pub mod services;
pub mod sharing;
mod standing;
mod stock;
mod suggestions;
pub mod teams;
mod touch;
mod transfers;
mod wants;

use std::collections::BTreeMap;

use koinon_authority::{Sight, Viewer, sight};
use koinon_books::book::Book;
use koinon_books::cover::Band;
use koinon_core::region::{Item, Region};
use koinon_core::{CommunityCode, Day, Dimension, ItemCode, PlaceCode, Quantity, StoreCode, Timestamp};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

pub use adds_up::{AddsUpRow, AddsUpView, OnTheRoad};
pub use community::CommunityView;
pub use copies::{CopiesView, CopyRow};
pub use figures::{Figures, ItemFigure, PlaceFigures};
pub use happened::{Happened, What, happened};
pub use headline::Headline;
pub use history::History;
pub use region::{Around, CommunityRow, RegionView, Worst};
pub use routes::{ClosedRouteView, ClosedView, CorridorRow};
pub use services::{ProviderView, ServicePromiseView, ServiceRequestView, ServicesView};
pub use sharing::{
    AgreementView, DatasetView, DeletedView, PartyView, ShareView, SharingNotice, SharingView,
};
pub use standing::{StandingPart, StandingRow, StandingState, StandingText};
pub use stock::{Entry, ItemView, Lines, LotCard, LotRow, StockFilter, StockRow, StockView};
pub use suggestions::{
    AgainstView, AlternativeView, BatchView, LegView, LoadView, SideView, SuggestionLine, SuggestionView,
    UnmetLine,
};
pub use teams::{MissionView, PromiseView, TeamView, TeamsView};
pub use touch::{TouchRow, TouchView};
pub use transfers::{Counts, LineCounts, Stage, TransferLine, TransfersView};
pub use wants::{NeedRow, OfferRow};

/// The book, and who reads it in which language at which moment.
#[derive(Debug, Clone, Copy)]
pub struct Lens<'a> {
    /// The book.
    pub book: &'a Book,
    /// What was worked out from it.
    pub figures: &'a Figures,
    /// Who looks.
    pub viewer: &'a Viewer,
    /// Civil time.
    pub now: Timestamp,
    /// The language of item names, for example `es`.
    pub language: &'a str,
    /// When each community's record was last heard; one that is absent was never heard.
    pub heard: &'a BTreeMap<CommunityCode, Timestamp>,
}

/// An exact amount: whole base units and what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount(pub Quantity);

/// An amount as it is written in JSON.
#[derive(Serialize, ToSchema)]
#[schema(as = Amount)]
struct AmountJson {
    /// Whole base units.
    amount: i64,
    /// The base unit: `g`, `ml`, `piece`, `Wh`, `person-minute` or `bed-day`.
    unit: &'static str,
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        AmountJson { amount: self.0.amount(), unit: self.0.dimension().base_unit() }.serialize(serializer)
    }
}

impl utoipa::PartialSchema for Amount {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        AmountJson::schema()
    }
}

impl ToSchema for Amount {}

impl Amount {
    /// An amount in base units; `None` beyond what a quantity can hold.
    pub fn of(base: i128, dimension: Dimension) -> Option<Self> {
        Quantity::from_wide(base, dimension).ok().map(Self)
    }
}

/// How something stands, as a word of the API and of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Less than half of what is kept, or below the agreed number of days.
    Short,
    /// Less than what is kept.
    Watch,
    /// Nothing was heard for too long, or nothing is known.
    Unknown,
    /// Enough.
    Enough,
}

impl From<Band> for Standing {
    fn from(band: Band) -> Self {
        match band {
            Band::Short => Self::Short,
            Band::Watch => Self::Watch,
            Band::Enough => Self::Enough,
            Band::Unknown => Self::Unknown,
        }
    }
}

impl Standing {
    /// The mark and colour of it.
    pub const fn status(self) -> koinon_chart::Status {
        match self {
            Self::Short => koinon_chart::Status::Short,
            Self::Watch => koinon_chart::Status::Watch,
            Self::Unknown => koinon_chart::Status::Unheard,
            Self::Enough => koinon_chart::Status::Enough,
        }
    }

    /// The stable word, as in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Watch => "watch",
            Self::Unknown => "unknown",
            Self::Enough => "enough",
        }
    }
}

/// A code with the name that people read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Named {
    /// The code.
    pub code: String,
    /// The name.
    pub name: String,
}

impl<'a> Lens<'a> {
    /// The region in force.
    pub fn region(&self) -> &'a Region {
        self.book.region()
    }

    /// The day on which the reader looks, in the region's time zone.
    pub fn today(&self) -> Day {
        self.figures.today
    }

    /// What the reader sees of a community's word on an item: a need, an offer, a recall. It leaves whatever is agreed on stock.
    pub fn sight_of_word(&self, item: &Item, store: Option<&StoreCode>, community: &CommunityCode) -> Sight {
        let place = store.and_then(|store| self.region().store(store)).map(|store| store.visibility);
        let visibility = place.map_or(item.seen_by(), |place| item.seen_by().max(place));
        sight(self.viewer, visibility, community, false)
    }

    /// What the reader sees of an item of a community, wherever it stands there.
    pub fn sight_of(&self, item: &Item, community: &CommunityCode) -> Sight {
        if self.figures.hidden.contains(community) {
            return Sight::Nothing;
        }
        self.sight_of_word(item, None, community)
    }

    /// What the reader sees of an item in one store; the stricter of the two counts.
    pub fn sight_in(&self, item: &Item, store: &StoreCode, community: &CommunityCode) -> Sight {
        if self.figures.hidden.contains(community) {
            return Sight::Nothing;
        }
        self.sight_of_word(item, Some(store), community)
    }

    /// Whether the reader belongs to the community, and so is concerned by what is its own.
    pub fn is_home(&self, community: &CommunityCode) -> bool {
        self.viewer.is_member() && self.viewer.communities().contains(community)
    }

    /// Whether the reader is a steward or facilitator of a community.
    fn may_give_tasks(&self, community: &CommunityCode) -> bool {
        self.viewer.communities().contains(community)
            && self.viewer.role().is_some_and(|role| role.may(koinon_authority::Action::ReadPeople))
    }

    /// Whether the reader sees amounts at all.
    pub fn sees_amounts(&self) -> bool {
        self.viewer.is_member()
    }

    /// An item's code and name.
    pub fn item(&self, code: &ItemCode) -> Named {
        let name = self
            .region()
            .item(code)
            .map_or(code.as_str(), |item| item.name_in(self.language, self.book.own()));
        Named { code: code.to_string(), name: name.to_owned() }
    }

    /// A place's code and name.
    pub fn place(&self, code: &PlaceCode) -> Named {
        let name = self.region().place_name(code).unwrap_or(code.as_str());
        Named { code: code.to_string(), name: name.to_owned() }
    }

    /// A community's code and name.
    pub fn community(&self, code: &CommunityCode) -> Named {
        let name = self.region().community(code).map_or(code.as_str(), |c| c.name.as_str());
        Named { code: code.to_string(), name: name.to_owned() }
    }

    /// A store's code and name.
    pub fn store(&self, code: &StoreCode) -> Named {
        let name = self.region().store(code).map_or(code.as_str(), |store| store.name.as_str());
        Named { code: code.to_string(), name: name.to_owned() }
    }

    /// Whether a community's record is recent enough to go by.
    pub fn is_in_touch(&self, community: &CommunityCode) -> bool {
        let days = i64::from(self.region().agreements.stale_after_days.max(1));
        self.heard.get(community).is_some_and(|at| at.plus_days(days) >= self.now)
    }
}

/// Writes an instant as RFC 3339.
fn rfc3339(at: Option<Timestamp>) -> Option<String> {
    at.map(Timestamp::to_rfc3339)
}
