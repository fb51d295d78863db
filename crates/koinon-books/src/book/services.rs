//! Care and work for others as the engine wants them: who could do it, what still asks, and what is promised of each day already.

use std::collections::{BTreeMap, BTreeSet};

use koinon_aid::service::{Asked, Kind, Provider};
use koinon_core::{CommunityCode, EntryId, PlaceCode, Timestamp};
use koinon_match::capacity::{self, Problem, Request};
use koinon_match::relief::Way;
use koinon_match::teams::TeamCode;

use super::Book;

/// How many days ahead such a plan looks.
pub const PLAN_DAYS: u32 = 30;

/// What a plan of care or of making is made from, and whose requests its numbers stand for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServiceProblem {
    /// The problem for the engine.
    pub problem: Problem,
    /// Who asks for each of its requests, and in which of theirs.
    pub asks: BTreeMap<u32, (CommunityCode, EntryId)>,
}

impl Book {
    /// What a plan of one kind is made from: every provider and every request that this book has heard of and that still wants something.
    /// What more than the engine takes is left out, the least urgent and the latest first.
    pub fn service_problem(&self, kind: Kind, now: Timestamp) -> ServiceProblem {
        let (services, region) = (self.aid.services(), &*self.region);
        let today = now.day(&self.zone());
        let mut made = ServiceProblem::default();
        let mut open: Vec<(Asked<'_>, u32)> = services
            .asks(region)
            .filter(|ask| ask.asked.kind == kind && ask.is_open(today))
            .map(|ask| (ask, services.wanted(&ask, today)))
            .filter(|(_, wanted)| *wanted > 0)
            .collect();
        open.sort_by_key(|(ask, _)| (ask.asked.urgency, ask.asked.by, ask.asker, ask.asked.ask));
        for ((ask, wanted), id) in open.into_iter().zip(1..).take(capacity::COUNT_MAX) {
            made.problem.requests.push(request_of(&ask, wanted, id));
            made.asks.insert(id, (ask.asker.clone(), ask.asked.ask));
        }
        let of_kind = services.providers(region).filter(|provider| provider.offered.kind == kind);
        made.problem.providers = of_kind
            .take(capacity::COUNT_MAX * 3 / usize::try_from(PLAN_DAYS).unwrap_or(1))
            .map(|provider| self.provider_of(&provider, now))
            .collect();
        (made.problem.today, made.problem.days) = (today, PLAN_DAYS);
        let askers: BTreeSet<PlaceCode> =
            made.problem.requests.iter().map(|request| request.place.clone()).collect();
        let homes: BTreeSet<PlaceCode> =
            made.problem.providers.iter().map(|provider| provider.code.home.clone()).collect();
        let ways = self.ways_by_road((&askers, &homes), today);
        let apart = ways.filter(|way: &Way| way.depot != way.place);
        made.problem.ways = apart.collect();
        made
    }

    fn provider_of(&self, provider: &Provider<'_>, now: Timestamp) -> capacity::Provider {
        let (offered, today) = (provider.offered, now.day(&self.zone()));
        let used = self.aid.services().used(provider.community, &offered.provider, today);
        let ahead = used.into_iter().filter(|(day, _)| *day >= today);
        capacity::Provider {
            code: TeamCode { home: offered.place.clone(), name: offered.provider.clone() },
            services: offered.services.clone(),
            per_day: i64::from(offered.per_day),
            // More than a day has leaves nothing of it, however much more.
            taken: ahead
                .map(|(day, amount)| {
                    (day, i64::try_from(amount).unwrap_or(i64::MAX).min(capacity::AMOUNT_MAX))
                })
                .collect(),
        }
    }
}

fn request_of(ask: &Asked<'_>, wanted: u32, id: u32) -> Request {
    let asked = ask.asked;
    Request {
        id,
        place: asked.place.clone(),
        service: asked.service.clone(),
        urgency: asked.urgency,
        count: i64::from(wanted),
        each: i64::from(asked.each),
        by: asked.by,
    }
}
