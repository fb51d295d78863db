//! Care and work for others: what is asked for, who is promised what, who could do it, and what is free, as the reader may see it.
//!
//! Members of the federation see all of it; a guest sees none. People are a number.

use std::collections::BTreeSet;

use koinon_aid::service::{Asked, Booking, Kind, Provider, Stage};
use koinon_core::{CommunityCode, Day, EntryId, Urgency};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Lens, Named};
use crate::plans::ServicesPlanned;

/// For how many days it is shown what is free.
const FREE_DAYS: i32 = 7;

/// Requests, and who does something for others.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct ServicesView {
    /// Requests that are open, or of which days that were promised are still to come: first where this community has a promise to answer, then its
    /// own, then what it could promise; in each the open ones first, then the most urgent, then by their last day.
    pub requests: Vec<ServiceRequestView>,
    /// Hospitals and workshops, those of this community first.
    pub providers: Vec<ProviderView>,
    /// When the suggestions were made; nothing before the first.
    pub made: Option<String>,
}

/// What asks for care or parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ServiceRequestView {
    /// Who asks.
    pub asker: Named,
    /// The request.
    pub ask: String,
    /// For which place.
    pub place: Named,
    /// `care` or `making`.
    pub kind: &'static str,
    /// What.
    pub service: String,
    /// People or pieces.
    pub count: u32,
    /// Minutes of machines that a piece takes; 1 of care.
    pub each: u32,
    /// `must-have`, `needed` or `useful`.
    pub urgency: &'static str,
    /// The last day that helps.
    pub by: String,
    /// For how many promises stand.
    pub promised: u32,
    /// For how many it is done.
    pub done: u32,
    /// For how many nobody has promised anything.
    pub wanted: u32,
    /// Whether it is still asked for.
    pub open: bool,
    /// Whether this community asks.
    pub is_ours: bool,
    /// What is promised, and what was.
    pub promises: Vec<ServicePromiseView>,
    /// Who could do it.
    pub suggestions: Vec<SuggestedServiceView>,
    /// For how many nobody could be found, and why.
    pub stays_open: Option<ServiceOpenView>,
}

/// What is used, or free, of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DayAmountView {
    /// The day.
    pub day: String,
    /// People, or minutes of machines.
    pub amount: i64,
}

/// A promise of care or work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ServicePromiseView {
    /// The promise.
    pub promise: String,
    /// Whose hospital or workshop.
    pub community: Named,
    /// Its word there.
    pub provider: String,
    /// `promised`, `taken`, `declined`, `withdrawn`, `lapsed` or `done`.
    pub stage: &'static str,
    /// Why it was declined or withdrawn, by its code.
    pub reason: Option<&'static str>,
    /// `care` or `making`.
    pub kind: &'static str,
    /// For how many people or pieces.
    pub count: u32,
    /// For how many it was done.
    pub done: Option<u32>,
    /// What it takes of which days.
    pub days: Vec<DayAmountView>,
    /// Whether it is a hospital or workshop of this community.
    pub is_ours: bool,
}

/// Who could do it, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SuggestedServiceView {
    /// Whose hospital or workshop.
    pub community: Named,
    /// Its word there.
    pub provider: String,
    /// For how many people or pieces.
    pub count: i64,
    /// What it would take of which days.
    pub days: Vec<DayAmountView>,
    /// Minutes of the way.
    pub way_minutes: i64,
    /// The plan that suggests it.
    pub suggestion: String,
    /// Whether it is a hospital or workshop of this community.
    pub is_ours: bool,
}

/// For how many nobody could be found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ServiceOpenView {
    /// People or pieces.
    pub count: i64,
    /// `nobody`, `no-way`, `too-late` or `full`.
    pub why: &'static str,
}

/// A hospital or workshop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProviderView {
    /// Whose.
    pub community: Named,
    /// Its word there.
    pub provider: String,
    /// Where it stands.
    pub place: Named,
    /// `care` or `making`.
    pub kind: &'static str,
    /// What it can do.
    pub services: Vec<String>,
    /// People, or minutes of machines, in a day.
    pub per_day: u32,
    /// What is free of the next seven days.
    pub free: Vec<DayAmountView>,
    /// When its word was written down.
    pub recorded: String,
    /// Whether it is one of this community.
    pub is_ours: bool,
}

impl Lens<'_> {
    /// Requests and providers, with the suggestions of the newest plans; nothing for a guest.
    pub fn services(&self, planned: Option<&ServicesPlanned>) -> ServicesView {
        if !self.sees_amounts() {
            return ServicesView::default();
        }
        let services = self.book.aid().services();
        let mut requests: Vec<(Urgency, Day, ServiceRequestView)> = Vec::new();
        for ask in services.asks(self.region()) {
            let promises = self.bookings_of(&ask);
            let today = self.today().to_string();
            let waits = |promise: &ServicePromiseView| match promise.stage {
                "promised" | "taken" => true,
                // Whoever set a day aside sees that nobody wants it any more.
                "lapsed" => promise.days.last().is_some_and(|last| last.day >= today),
                _ => false,
            };
            if ask.is_open(self.today()) || promises.iter().any(waits) {
                let view = self.request_view(&ask, promises, planned);
                requests.push((ask.asked.urgency, ask.asked.by, view));
            }
        }
        let turn = |one: &ServiceRequestView| {
            let answers = one.is_ours && one.promises.iter().any(|promise| promise.stage == "promised");
            let promises = one.suggestions.iter().any(|suggested| suggested.is_ours);
            (!one.open, !answers, !one.is_ours, !promises)
        };
        requests.sort_by(|(a, from, one), (b, until, other)| {
            let key = |one: &ServiceRequestView| (turn(one), one.asker.code.clone(), one.ask.clone());
            (turn(one), a, from, key(one)).cmp(&(turn(other), b, until, key(other)))
        });
        let mut providers: Vec<ProviderView> =
            services.providers(self.region()).map(|provider| self.provider_view(&provider)).collect();
        providers.sort_by(|one, other| {
            let key = |one: &ProviderView| (!one.is_ours, one.community.name.clone(), one.provider.clone());
            key(one).cmp(&key(other))
        });
        ServicesView {
            requests: requests.into_iter().map(|(.., view)| view).collect(),
            providers,
            made: planned.map(|planned| planned.made.to_rfc3339()),
        }
    }

    /// One promise; nothing for a guest, or where nothing was heard of it.
    pub fn service_promise(&self, home: &CommunityCode, promise: EntryId) -> Option<ServicePromiseView> {
        let services = self.book.aid().services();
        let booking = services.booking(home, promise)?;
        let stage = services.stage(booking, self.today());
        self.sees_amounts().then(|| self.booking_view(home, promise, booking, stage)).flatten()
    }

    fn bookings_of(&self, ask: &Asked<'_>) -> Vec<ServicePromiseView> {
        let all = self.book.aid().services().bookings(self.today()).filter(|(_, _, booking, _)| {
            let is_its = |promised: &koinon_aid::service::ServicePromised| {
                promised.asker == *ask.asker && promised.ask == ask.asked.ask
            };
            booking.promised().is_some_and(is_its)
        });
        all.filter_map(|(home, id, booking, stage)| self.booking_view(home, id, booking, stage)).collect()
    }

    fn booking_view(
        &self,
        home: &CommunityCode,
        id: EntryId,
        booking: &Booking,
        stage: Stage,
    ) -> Option<ServicePromiseView> {
        let promised = booking.promised()?;
        let reason = match stage {
            Stage::Declined(reason) | Stage::Withdrawn(reason) => Some(reason.code()),
            _ => None,
        };
        let amount = |one: &koinon_aid::service::DayUse| (one.day, i64::from(one.amount));
        Some(ServicePromiseView {
            promise: id.to_string(),
            community: self.community(home),
            provider: promised.provider.to_string(),
            stage: stage.code(),
            reason,
            kind: promised.kind.code(),
            count: promised.count,
            done: booking.done().map(|(count, _)| count),
            days: promised.days.iter().map(amount).map(day_amount).collect(),
            is_ours: self.book.own() == Some(home),
        })
    }

    fn request_view(
        &self,
        ask: &Asked<'_>,
        promises: Vec<ServicePromiseView>,
        planned: Option<&ServicesPlanned>,
    ) -> ServiceRequestView {
        let (asked, services, today) = (ask.asked, self.book.aid().services(), self.today());
        let (promised, done) = services.met(ask, today);
        let open = ask.is_open(today);
        let of_plan = planned.filter(|_| open).and_then(|planned| {
            let made = planned.of(asked.kind);
            let is_its =
                |(_, (asker, id)): &(&u32, &(CommunityCode, EntryId))| asker == ask.asker && *id == asked.ask;
            made.asks.iter().find(is_its).map(|(id, _)| (&made.plan, *id))
        });
        let suggestions = of_plan.map(|(plan, id)| {
            let of_it = plan.bookings.iter().filter(|booking| booking.request == id);
            let mut all: Vec<SuggestedServiceView> =
                of_it.filter_map(|booking| self.suggested_service(plan, booking)).collect();
            // What the reader's community can do comes first.
            all.sort_by_key(|one| !one.is_ours);
            all
        });
        let stays_open = of_plan.and_then(|(plan, id)| {
            let open = plan.open.iter().find(|open| open.request == id)?;
            Some(ServiceOpenView { count: open.count, why: open.why.word() })
        });
        ServiceRequestView {
            asker: self.community(ask.asker),
            ask: asked.ask.to_string(),
            place: self.place(&asked.place),
            kind: asked.kind.code(),
            service: asked.service.to_string(),
            count: asked.count,
            each: asked.each,
            urgency: asked.urgency.code(),
            by: asked.by.to_string(),
            promised,
            done,
            wanted: services.wanted(ask, today),
            open,
            is_ours: self.book.own() == Some(ask.asker),
            promises,
            suggestions: suggestions.unwrap_or_default(),
            stays_open,
        }
    }

    fn suggested_service(
        &self,
        plan: &koinon_match::capacity::Plan,
        booking: &koinon_match::capacity::Booking,
    ) -> Option<SuggestedServiceView> {
        let community = self.region().keeper_of(&booking.provider.home)?;
        Some(SuggestedServiceView {
            is_ours: self.book.own() == Some(&community),
            community: self.community(&community),
            provider: booking.provider.name.to_string(),
            count: booking.count,
            days: booking.days.iter().copied().map(day_amount).collect(),
            way_minutes: booking.minutes,
            suggestion: plan.digest.to_string(),
        })
    }

    fn provider_view(&self, provider: &Provider<'_>) -> ProviderView {
        let (offered, today) = (provider.offered, self.today());
        let used = self.book.aid().services().used(provider.community, &offered.provider, today);
        let free = (0..FREE_DAYS).map(|after| {
            let day = today.plus(after);
            let left = u64::from(offered.per_day).saturating_sub(used.get(&day).copied().unwrap_or(0));
            day_amount((day, i64::try_from(left).unwrap_or(i64::MAX)))
        });
        ProviderView {
            community: self.community(provider.community),
            provider: offered.provider.to_string(),
            place: self.place(&offered.place),
            kind: offered.kind.code(),
            services: offered.services.iter().map(ToString::to_string).collect(),
            per_day: offered.per_day,
            free: free.collect(),
            recorded: provider.recorded.to_rfc3339(),
            is_ours: self.book.own() == Some(provider.community),
        }
    }
}

fn day_amount((day, amount): (Day, i64)) -> DayAmountView {
    DayAmountView { day: day.to_string(), amount }
}

/// Every service of which the book has heard, for forms.
pub fn known_services(book: &koinon_books::Book) -> Vec<String> {
    let services = book.aid().services();
    let offered = services.providers(book.region()).flat_map(|provider| &provider.offered.services);
    let asked = services.asks(book.region()).map(|ask| &ask.asked.service);
    let all: BTreeSet<String> = offered.chain(asked).map(ToString::to_string).collect();
    all.into_iter().collect()
}

/// The kind by its code; care where it is none.
pub fn kind_of(code: &str) -> Kind {
    Kind::by_code(code).unwrap_or(Kind::Care)
}
