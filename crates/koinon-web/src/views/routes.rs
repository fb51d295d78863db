//! Routes as they stand: open, or closed, by whose word and since when.
//!
//! That a route is closed is for everybody to know, guests included: it says nothing of stock, addresses or departures.

use koinon_core::Timestamp;
use koinon_core::region::{Corridor, Mode};
use koinon_match::ClosedRoute;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Lens, Named};

/// One route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CorridorRow {
    /// The code.
    pub code: String,
    /// One end.
    pub from: Named,
    /// The other end.
    pub to: Named,
    /// `road`, `rail`, `shuttle`, `water`, `wire`, `pipe` or `fibre`.
    pub mode: &'static str,
    /// Its length.
    pub km: u32,
    /// How long it takes.
    pub minutes: u32,
    /// Kilograms that it carries in a day.
    pub capacity_kg: i64,
    /// Whether it is closed today.
    pub closed: bool,
    /// Who says so; empty where it is open, or closed by the region file's own days.
    pub closed_by: Option<ClosedView>,
    /// Closings that were announced and have not begun.
    pub announced: Vec<ClosedView>,
    /// Whether the reader's community is an end and may close or open it.
    pub is_ours: bool,
}

/// A word that closes a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClosedView {
    /// Who says so.
    pub by: Named,
    /// `flood`, `snow`, `repair`, `unsafe` or `other`.
    pub reason: &'static str,
    /// The first day.
    pub from: String,
    /// The last day on which it is expected to be closed; empty where nobody knows.
    pub until: Option<String>,
    /// When it was said.
    pub said: String,
    #[serde(skip)]
    pub(crate) recorded: Timestamp,
}

/// A closed route as the reason for something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClosedRouteView {
    /// The code.
    pub corridor: String,
    /// One end.
    pub from: Named,
    /// The other end.
    pub to: Named,
    /// `flood`, `snow`, `repair`, `unsafe` or `other`.
    pub reason: &'static str,
    /// The last day on which it is expected to be closed; empty where nobody knows.
    pub until: Option<String>,
}

/// The word for a means of travel.
const fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::Road => "road",
        Mode::Rail => "rail",
        Mode::Shuttle => "shuttle",
        Mode::Water => "water",
        Mode::Wire => "wire",
        Mode::Pipe => "pipe",
        Mode::Fibre => "fibre",
    }
}

impl Lens<'_> {
    /// Every route whose ends exist today, in the order of the region file.
    pub fn corridors(&self) -> Vec<CorridorRow> {
        let (region, today) = (self.region(), self.today());
        let stands = region
            .corridors
            .iter()
            .filter(|corridor| region.exists(&corridor.from, today) && region.exists(&corridor.to, today));
        stands.map(|corridor| self.corridor(corridor)).collect()
    }

    /// One route.
    pub fn corridor(&self, corridor: &Corridor) -> CorridorRow {
        let (region, today) = (self.region(), self.today());
        let routes = self.book.ledger().routes();
        let view = |said: koinon_ledger::route::Said<'_>| {
            let closed = said.closed?;
            Some(ClosedView {
                by: self.community(said.by),
                reason: closed.reason.code(),
                from: closed.from.to_string(),
                until: closed.until.map(|day| day.to_string()),
                said: said.recorded.to_rfc3339(),
                recorded: said.recorded,
            })
        };
        let closed_by = routes.closed_on(region, corridor, today).and_then(view);
        let later =
            routes.closed_from(region, corridor, today).into_iter().filter(|said| !said.holds_on(today));
        let own = self.book.own();
        CorridorRow {
            code: corridor.code.to_string(),
            from: self.place(&corridor.from),
            to: self.place(&corridor.to),
            mode: mode_word(corridor.mode),
            km: corridor.km,
            minutes: corridor.minutes,
            capacity_kg: corridor
                .capacity_kg
                .saturating_mul(i64::from(corridor.departures.count_on(today).max(1))),
            closed: closed_by.is_some() || !corridor.is_open(today),
            closed_by,
            announced: later.filter_map(view).collect(),
            is_ours: own.is_some_and(|own| {
                self.is_home(own) && koinon_ledger::route::ends(region, corridor).contains(own)
            }),
        }
    }

    /// Closed routes of a plan with the names of their ends.
    pub(super) fn closed_routes(&self, routes: &[ClosedRoute]) -> Vec<ClosedRouteView> {
        let known = routes.iter().filter_map(|route| Some((route, self.region().corridor(&route.corridor)?)));
        known
            .map(|(route, corridor)| ClosedRouteView {
                corridor: route.corridor.to_string(),
                from: self.place(&corridor.from),
                to: self.place(&corridor.to),
                reason: route.reason.code(),
                until: route.until.map(|day| day.to_string()),
            })
            .collect()
    }
}
