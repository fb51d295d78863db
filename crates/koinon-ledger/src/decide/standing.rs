//! Decisions about what two communities give each other regularly.

use koinon_core::{CommunityCode, Day, ItemCode, PlaceCode, Quantity, StandingId};

use super::{Context, Draft, LINES_MAX};
use crate::command::{Act, Command, Question, Refusal};
use crate::fact::{Occurrence, StandingAnswered, StandingEnded, StandingLine, StandingProposed};
use crate::standing::{EVERY_DAYS_MAX, Standing, TERM_DAYS_MAX};

/// A line of more than so many days' use is asked about.
const LONG_LINE_DAYS: i64 = 366;

pub(super) fn decide(context: &Context<'_>, command: &Command, draft: &mut Draft) -> Result<(), Refusal> {
    match &command.what {
        Act::ProposeStanding { standing, with, lines, first, every_days, until } => {
            let lines = lines_of(context, with, lines)?;
            let known = context.ledger.standing_of(context.own, *standing).and_then(Standing::last_text);
            days_of(context, known.map(|text| text.first), (*first, *every_days, *until))?;
            lines.iter().for_each(|line| long_line(context, draft, line));
            draft.fact(StandingProposed {
                standing: *standing,
                with: with.clone(),
                lines,
                first: *first,
                every_days: *every_days,
                until: *until,
            });
            Ok(())
        }
        Act::AnswerStanding { proposer, standing, answers, yes, reason } => {
            let known = known(context, proposer, *standing)?;
            let texts: Vec<&StandingProposed> = known
                .proposal()
                .into_iter()
                .chain(known.agreed())
                .filter(|text| text.with == *context.own)
                .collect();
            if texts.is_empty() {
                return Err(Refusal::NoSuchStanding(*standing));
            }
            if !texts.iter().any(|text| text.digest() == *answers) {
                return Err(Refusal::StandingChanged);
            }
            draft.fact(StandingAnswered {
                proposer: proposer.clone(),
                standing: *standing,
                answers: *answers,
                yes: *yes,
                reason: reason.filter(|_| !yes),
            });
            Ok(())
        }
        Act::EndStanding { standing, reason } => {
            known(context, context.own, *standing)?.proposal().ok_or(Refusal::NoSuchStanding(*standing))?;
            draft.fact(StandingEnded { standing: *standing, reason: *reason });
            Ok(())
        }
        _ => Err(Refusal::Nothing),
    }
}

/// Whether what falls due gives an item from one place to another on a day.
pub(super) fn check_due(
    context: &Context<'_>,
    (from, to): (&PlaceCode, &PlaceCode),
    items: &[&ItemCode],
    occurrence: &Occurrence,
) -> Result<(), Refusal> {
    let agreed = known(context, &occurrence.proposer, occurrence.standing)?.agreed();
    let line =
        agreed.filter(|text| text.is_due_on(occurrence.day)).and_then(|text| text.line(occurrence.line));
    let fits = line.is_some_and(|line| {
        (&line.from, &line.to) == (from, to) && items.iter().all(|item| **item == line.item)
    });
    if fits { Ok(()) } else { Err(Refusal::NotDue(occurrence.day)) }
}

fn known<'a>(
    context: &Context<'a>,
    proposer: &CommunityCode,
    standing: StandingId,
) -> Result<&'a Standing, Refusal> {
    context.ledger.standing_of(proposer, standing).ok_or(Refusal::NoSuchStanding(standing))
}

/// Each line leads from a place that one side keeps to one that the other keeps.
fn lines_of(
    context: &Context<'_>,
    with: &CommunityCode,
    lines: &[(PlaceCode, PlaceCode, ItemCode, Quantity)],
) -> Result<Vec<StandingLine>, Refusal> {
    if with == context.own || context.region.community(with).is_none() {
        return Err(Refusal::NoOtherCommunity(with.clone()));
    }
    if lines.is_empty() {
        return Err(Refusal::Nothing);
    }
    if lines.len() > LINES_MAX {
        return Err(Refusal::TooManyLines(lines.len(), LINES_MAX));
    }
    let mut checked = Vec::with_capacity(lines.len());
    for (number, (from, to, item, quantity)) in (0_u16..).zip(lines) {
        let keeper = |place: &PlaceCode| {
            context.region.keeper_of(place).ok_or_else(|| Refusal::NoSuchPlace(place.clone()))
        };
        let ends = (keeper(from)?, keeper(to)?);
        let between =
            ends == (context.own.clone(), with.clone()) || ends == (with.clone(), context.own.clone());
        if !between {
            return Err(Refusal::NotBetween(from.clone(), to.clone(), with.clone()));
        }
        context.check_positive(item, *quantity)?;
        if checked.iter().any(|line: &StandingLine| (&line.from, &line.to, &line.item) == (from, to, item)) {
            return Err(Refusal::NamedTwice(item.clone()));
        }
        let (from, to, item) = (from.clone(), to.clone(), item.clone());
        checked.push(StandingLine { line: number, from, to, item, quantity: *quantity });
    }
    Ok(checked)
}

/// Asks when one time is more than a year's use of the whole community that takes it.
fn long_line(context: &Context<'_>, draft: &mut Draft, line: &StandingLine) {
    let today = context.now.day(&context.region.zone());
    let Some(taker) = context.region.keeper_of(&line.to) else { return };
    let daily = context.region.need_per_day(&line.item, &taker, today).map_or(0, Quantity::amount);
    if daily > 0 && line.quantity.amount() / daily > LONG_LINE_DAYS {
        let days = u32::try_from(line.quantity.amount() / daily).unwrap_or(u32::MAX);
        draft.ask(Question::LongNeed { entered: line.quantity, days });
    }
}

/// Days that lie ahead; the first of a text that is only changed may stay as it was.
fn days_of(
    context: &Context<'_>,
    known: Option<Day>,
    (first, every_days, until): (Day, u16, Day),
) -> Result<(), Refusal> {
    let today = context.now.day(&context.region.zone());
    if first < today && known != Some(first) {
        return Err(Refusal::DayOrder(first, today));
    }
    if !(1..=EVERY_DAYS_MAX).contains(&every_days) {
        return Err(Refusal::BadRhythm { found: every_days, most: EVERY_DAYS_MAX });
    }
    if until < first || until < today {
        return Err(Refusal::DayOrder(until, first.max(today)));
    }
    let last = today.plus(TERM_DAYS_MAX);
    if until > last { Err(Refusal::TermTooLong { found: until, last }) } else { Ok(()) }
}
