//! From a command about care or work to facts, questions or a refusal.

use koinon_core::{CommunityCode, Day, EntryId, PlaceCode};

use super::act::{Act, Question, Refusal};
use super::book::Asked;
use super::booking::{Booking, Stage};
use super::fact::{
    AHEAD_DAYS, COUNT_MAX, DayUse, Kind, ServiceAskClosed, ServiceAsked, ServiceDeclined, ServiceDone,
    ServiceOffered, ServicePromised, ServiceTaken, ServiceWithdrawn,
};
use crate::command::{Command, Refusal as Refused};
use crate::decide::Context;
use crate::fact::{AidFact, Reason};

/// Fewer minutes of machines in a day are asked about.
const FEW_MINUTES: u32 = 30;

/// The facts and questions that a decision gathers.
#[derive(Default)]
pub(crate) struct Draft {
    pub(crate) facts: Vec<AidFact>,
    pub(crate) questions: Vec<Question>,
}

/// The place that an act touches, where it is known.
pub(crate) fn place_of<'a>(context: &Context<'a>, act: &'a Act) -> Option<&'a PlaceCode> {
    let services = context.aid.services();
    let at = |provider| services.provider(context.own, provider).map(|offered| &offered.place);
    match act {
        Act::Offer(offered) => Some(&offered.place),
        Act::Ask(asked) => Some(&asked.place),
        Act::Promise { provider, .. } => at(provider),
        Act::Withdraw { promise, .. } | Act::Done { promise, .. } => {
            services.booking(context.own, *promise)?.promised().and_then(|promised| at(&promised.provider))
        }
        Act::CloseAsk { .. } | Act::Take { .. } | Act::Decline { .. } => None,
    }
}

pub(crate) fn decide(context: &Context<'_>, command: &Command, act: &Act) -> Result<Draft, Refused> {
    let mut draft = Draft::default();
    match act {
        Act::Offer(offered) => offer(context, &mut draft, offered)?,
        Act::Ask(asked) => ask(context, &mut draft, asked)?,
        Act::CloseAsk { ask, reason } => {
            fits(*reason, &Reason::CLOSING)?;
            let known = known_ask(context, context.own, *ask)?;
            let promises = context.aid.services().promises_to(&known, today(context));
            match promises.filter(|(_, stage)| stage.stands()).count() {
                0 => {}
                count => draft.questions.push(Question::PromisesEnd(count)),
            }
            draft.fact(ServiceAskClosed { ask: *ask, reason: *reason });
        }
        Act::Promise { .. } => promise(context, &mut draft, command.act, act)?,
        Act::Take { home, promise } => {
            // A no has set the days free, and somebody else may have them by now.
            match answerable(context, home, *promise)? {
                Stage::Promised => {}
                other => return Err(Refusal::WrongStage(other).into()),
            }
            draft.fact(ServiceTaken { home: home.clone(), promise: *promise });
        }
        Act::Decline { home, promise, reason } => {
            fits(*reason, &Reason::DECLINING)?;
            let stage = answerable(context, home, *promise)?;
            standing(stage)?;
            draft.fact(ServiceDeclined { home: home.clone(), promise: *promise, reason: *reason });
        }
        Act::Withdraw { promise, reason } => {
            fits(*reason, &Reason::WITHDRAWING)?;
            let (_, _, stage) = ours(context, *promise)?;
            standing(stage)?;
            draft.fact(ServiceWithdrawn { promise: *promise, reason: *reason });
        }
        Act::Done { promise, count } => {
            let (_, promised, stage) = ours(context, *promise)?;
            match stage {
                Stage::Taken | Stage::Lapsed | Stage::Done(_) => {}
                Stage::Promised => draft.questions.push(Question::NotTakenYet),
                other => return Err(Refusal::WrongStage(other).into()),
            }
            if *count > promised.count {
                return Err(Refusal::MoreThanPromised { found: *count, promised: promised.count }.into());
            }
            let on = command.occurred.day(&context.region.zone());
            draft.fact(ServiceDone { promise: *promise, count: *count, on, kind: promised.kind });
        }
    }
    Ok(draft)
}

impl Draft {
    fn fact(&mut self, fact: impl Into<AidFact>) {
        self.facts.push(fact.into());
    }
}

fn fits(reason: Reason, among: &[Reason]) -> Result<(), Refused> {
    if among.contains(&reason) { Ok(()) } else { Err(Refused::WrongReason(reason)) }
}

fn standing(stage: Stage) -> Result<(), Refusal> {
    if stage.stands() { Ok(()) } else { Err(Refusal::WrongStage(stage)) }
}

fn today(context: &Context<'_>) -> Day {
    context.now.day(&context.region.zone())
}

fn offer(context: &Context<'_>, draft: &mut Draft, offered: &ServiceOffered) -> Result<(), Refused> {
    context.ours(&offered.place)?;
    offered.check().map_err(Refusal::from)?;
    let services = context.aid.services();
    let (first, known) = (today(context), services.provider(context.own, &offered.provider));
    let standing: Vec<&ServicePromised> = services.standing(context.own, &offered.provider, first).collect();
    if known.is_some_and(|known| known.kind != offered.kind) && !standing.is_empty() {
        return Err(Refusal::OtherWork(offered.provider.clone()).into());
    }
    let used = services.used(context.own, &offered.provider, first);
    let too_little = used.range(first..).any(|(_, used)| *used > u64::from(offered.per_day));
    let left_out = standing.iter().any(|promised| !offered.services.contains(&promised.service));
    if !standing.is_empty() && (offered.closed || too_little || left_out) {
        draft.questions.push(Question::PromisesStand(standing.len()));
    }
    if offered.kind == Kind::Making && (1..FEW_MINUTES).contains(&offered.per_day) && !offered.closed {
        draft.questions.push(Question::FewMinutes(offered.per_day));
    }
    draft.fact(offered.clone());
    Ok(())
}

fn ask(context: &Context<'_>, draft: &mut Draft, asked: &ServiceAsked) -> Result<(), Refused> {
    context.ours(&asked.place)?;
    asked.check().map_err(Refusal::from)?;
    let (first, last) = (today(context), today(context).plus(AHEAD_DAYS));
    if !(first..=last).contains(&asked.by) {
        return Err(Refusal::NotSoon { found: asked.by, first, last }.into());
    }
    let services = context.aid.services();
    if let Some(known) = services.ask(context.own, asked.ask) {
        if known.closed.is_some() {
            return Err(Refusal::AskOver.into());
        }
        let promises: Vec<_> = services.promises_to(&known, first).collect();
        let is_other = (known.asked.kind, &known.asked.service) != (asked.kind, &asked.service);
        if is_other && !promises.is_empty() {
            return Err(Refusal::OtherAsk.into());
        }
        let (promised, done) = services.met(&known, first);
        let met = promised.saturating_add(done);
        let late = promises.iter().any(|(promised, stage)| {
            stage.stands() && promised.span().is_some_and(|(_, last)| last > asked.by)
        });
        if met > asked.count || late {
            draft.questions.push(Question::BelowPromised(met));
        }
    }
    let kinds: Vec<Kind> = services
        .providers(context.region)
        .filter(|provider| provider.offered.services.contains(&asked.service))
        .map(|provider| provider.offered.kind)
        .collect();
    if !kinds.contains(&asked.kind) {
        draft.questions.push(match kinds.first() {
            Some(other) => Question::OtherKind(asked.service.clone(), *other),
            None => Question::NobodyDoesIt(asked.service.clone()),
        });
    }
    draft.fact(asked.clone());
    Ok(())
}

fn known_ask<'a>(context: &Context<'a>, asker: &CommunityCode, ask: EntryId) -> Result<Asked<'a>, Refusal> {
    context.aid.services().ask(asker, ask).ok_or_else(|| Refusal::NoSuchAsk(asker.clone(), ask))
}

/// A promise of this community.
fn ours<'a>(
    context: &Context<'a>,
    id: EntryId,
) -> Result<(&'a Booking, &'a ServicePromised, Stage), Refusal> {
    let services = context.aid.services();
    let booking = services.booking(context.own, id).ok_or(Refusal::NoSuchPromise(id))?;
    let promised = booking.promised().ok_or(Refusal::NoSuchPromise(id))?;
    Ok((booking, promised, services.stage(booking, today(context))))
}

/// How far a promise to a request of this community has come.
fn answerable(context: &Context<'_>, home: &CommunityCode, id: EntryId) -> Result<Stage, Refused> {
    let services = context.aid.services();
    let booking = services.booking(home, id).ok_or(Refusal::NoSuchPromise(id))?;
    let promised = booking.promised().ok_or(Refusal::NoSuchPromise(id))?;
    if promised.asker != *context.own {
        return Err(Refused::NotOurs(promised.asker.clone()));
    }
    Ok(services.stage(booking, today(context)))
}

fn promise(context: &Context<'_>, draft: &mut Draft, id: EntryId, act: &Act) -> Result<(), Refused> {
    let Act::Promise { provider, asker, ask, count, days, suggestion } = act else { return Ok(()) };
    let services = context.aid.services();
    let no_provider = || Refusal::NoSuchProvider(provider.clone());
    let offered = services.provider(context.own, provider).ok_or_else(no_provider)?;
    if offered.closed || offered.check().is_err() {
        return Err(no_provider().into());
    }
    context.ours(&offered.place)?;
    let known = known_ask(context, asker, *ask)?;
    let asked = known.asked;
    // What its community could not have asked for is no request.
    if asked.check().is_err() || context.region.keeper_of(&asked.place).as_ref() != Some(asker) {
        return Err(Refusal::NoSuchAsk(asker.clone(), *ask).into());
    }
    let today = today(context);
    if !known.is_open(today) {
        return Err(Refusal::AskOver.into());
    }
    if offered.kind != asked.kind || !offered.services.contains(&asked.service) {
        return Err(Refusal::NotItsWork(provider.clone(), asked.service.clone()).into());
    }
    if asked.place != offered.place && (context.way)(&asked.place, &offered.place).is_none() {
        return Err(Refusal::NoWay(asked.place.clone(), offered.place.clone()).into());
    }
    if !(1..=COUNT_MAX).contains(count) {
        return Err(Refusal::CountRange(*count, COUNT_MAX).into());
    }
    if *count > services.wanted(&known, today) {
        draft.questions.push(Question::EnoughPromised);
    }
    let free = Free::of(context, offered, (today, asked.by.min(today.plus(AHEAD_DAYS))));
    let days =
        if days.is_empty() { free.first(*count, asked.each)? } else { free.these(days, *count, asked.each)? };
    draft.fact(ServicePromised {
        promise: id,
        provider: provider.clone(),
        asker: asker.clone(),
        ask: *ask,
        kind: asked.kind,
        service: asked.service.clone(),
        count: *count,
        each: asked.each,
        days,
        suggestion: *suggestion,
    });
    Ok(())
}

/// What is free of a provider's days, from today to the last day that helps.
struct Free {
    days: Vec<(Day, u64)>,
    span: (Day, Day),
}

impl Free {
    fn of(context: &Context<'_>, offered: &ServiceOffered, span: (Day, Day)) -> Self {
        let used = context.aid.services().used(context.own, &offered.provider, span.0);
        let count = usize::try_from(span.1.since(span.0)).unwrap_or(0).saturating_add(1);
        let days = (0..).map(|day| span.0.plus(day)).take(count).map(|day| {
            let taken = used.get(&day).copied().unwrap_or(0);
            (day, u64::from(offered.per_day).saturating_sub(taken))
        });
        Self { days: days.collect(), span }
    }

    /// The first free days that come to so many.
    fn first(&self, count: u32, each: u32) -> Result<Vec<DayUse>, Refusal> {
        let mut left = u64::from(count) * u64::from(each);
        let mut days = Vec::new();
        for (day, free) in &self.days {
            let part = left.min(*free);
            if let Some(amount) = u32::try_from(part).ok().filter(|amount| *amount > 0) {
                days.push(DayUse { day: *day, amount });
                left -= part;
            }
        }
        if left == 0 {
            return Ok(days);
        }
        let all: u64 = self.days.iter().map(|(_, free)| free).sum();
        let room = u32::try_from(all / u64::from(each.max(1))).unwrap_or(u32::MAX);
        Err(Refusal::Full { by: self.span.1, room })
    }

    /// The days that were named, if they can be.
    fn these(&self, named: &[DayUse], count: u32, each: u32) -> Result<Vec<DayUse>, Refusal> {
        let mut days = named.to_vec();
        days.sort_unstable();
        let twice = days.iter().zip(days.iter().skip(1)).find(|(one, next)| one.day == next.day);
        let outside = days.iter().find(|one| one.amount == 0 || self.on(one.day).is_none());
        if let Some(one) = twice.map(|(one, _)| one).or(outside) {
            return Err(Refusal::WrongDay(one.day, self.span.0, self.span.1));
        }
        let (found, asked) =
            (days.iter().map(|one| u64::from(one.amount)).sum(), u64::from(count) * u64::from(each));
        if found != asked {
            return Err(Refusal::DaysDoNotAddUp { found, asked });
        }
        for one in &days {
            let free = self.on(one.day).unwrap_or(0);
            if u64::from(one.amount) > free {
                return Err(Refusal::DayFull { day: one.day, free });
            }
        }
        Ok(days)
    }

    fn on(&self, day: Day) -> Option<u64> {
        self.days.iter().find(|(known, _)| *known == day).map(|(_, free)| *free)
    }
}
