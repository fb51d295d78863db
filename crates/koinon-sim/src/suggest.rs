//! Suggestions for the player: those of the matching engine, and of a plain rule for runs that need no engine.

use std::cell::RefCell;

use koinon_books::Book;
use koinon_core::{CommunityCode, Day, Quantity};
use koinon_ledger::totals::Sums;
use koinon_match::{NeedRef, Problem, Suggestion, plan};

use crate::federation::Suggests;
use crate::player::Suggested;

/// When people look at the morning's suggestions, in milliseconds after midnight.
const MORNING_MS: i64 = 6 * 3_600_000;

/// What the matching engine suggests that a book's own community sends, on the morning of a day.
///
/// Nothing where the engine finds a fault in what the book knows.
pub fn engine(book: &Book, today: Day) -> Vec<Suggested> {
    let region = book.region();
    let Some(own) = book.own() else { return Vec::new() };
    let morning = today.start(&region.zone()).plus_millis(MORNING_MS);
    let problem = Problem::from_books(book.ledger(), region, morning);
    ours(book, own, &everything(&problem))
}

/// The same as [`engine`] for books that are asked one after the other: equal knowledge is planned once.
pub fn engine_once() -> Box<Suggests> {
    let last: RefCell<Option<(Problem, Vec<Suggestion>)>> = RefCell::new(None);
    Box::new(move |book, today| {
        let region = book.region();
        let Some(own) = book.own() else { return Vec::new() };
        let morning = today.start(&region.zone()).plus_millis(MORNING_MS);
        let problem = Problem::from_books(book.ledger(), region, morning);
        let mut last = last.borrow_mut();
        let known = last.take().filter(|(before, _)| *before == problem);
        let (problem, all) = known.unwrap_or_else(|| {
            let all = everything(&problem);
            (problem, all)
        });
        let found = ours(book, own, &all);
        *last = Some((problem, all));
        found
    })
}

/// What the engine suggests, and what falls due; nothing where it finds a fault.
fn everything(problem: &Problem) -> Vec<Suggestion> {
    plan(problem).map(|plan| plan.all().cloned().collect()).unwrap_or_default()
}

fn ours(book: &Book, own: &CommunityCode, all: &[Suggestion]) -> Vec<Suggested> {
    let ours = all.iter().filter(|s| book.region().keeper_of(&s.from).as_ref() == Some(own));
    ours.filter_map(|suggestion| suggested(book, suggestion)).collect()
}

/// One suggestion of the engine as the player reads it.
pub fn suggested(book: &Book, suggestion: &Suggestion) -> Option<Suggested> {
    let item = book.region().item(&suggestion.item)?;
    let need = suggestion.needs.iter().find_map(|(need, _)| match need {
        NeedRef::Book(_, id) => Some(*id),
        NeedRef::Row(_) | NeedRef::Due(_) => None,
    });
    Some(Suggested {
        from: suggestion.from.clone(),
        to: suggestion.to.clone(),
        item: suggestion.item.clone(),
        quantity: Quantity::new(suggestion.amount, item.dimension).ok()?,
        route: suggestion.corridors(),
        leaves: suggestion.leaves()?.day,
        arrives: suggestion.last_arrival()?.day,
        need,
        standing: suggestion.due().cloned(),
        id: Some(suggestion.id),
    })
}

/// A plain rule: for each thing that people need, who has least gets up to the agreed reserve, at most half of what
/// who has most can spare above it. It knows no routes and no dates.
pub fn greedy(book: &Book, today: Day) -> Vec<Suggested> {
    let region = book.region();
    let Some(own) = book.own() else { return Vec::new() };
    let mut suggested = Vec::new();
    for item in region.items.iter().filter(|item| item.need.is_some()) {
        let mut spare: Vec<(i128, &CommunityCode)> = region
            .communities_on(today)
            .map(|community| {
                let code = &community.code;
                let floor = region.floor(&item.code, code, today).map_or(0, |q| i128::from(q.amount()));
                let on_hand = book.ledger().totals().get(code, &item.code).map_or(0, Sums::on_hand);
                (on_hand - floor, code)
            })
            .collect();
        spare.sort();
        let (Some((least, taker)), Some((most, giver))) = (spare.first(), spare.last()) else { continue };
        let missing = -least - book.incoming(taker, &item.code);
        let Ok(quantity) = Quantity::from_wide(missing.min(most / 2), item.dimension) else { continue };
        if *giver == own && taker != giver && quantity.amount() > 0 {
            suggested.push(Suggested {
                from: giver.place(),
                to: taker.place(),
                item: item.code.clone(),
                quantity,
                route: Vec::new(),
                leaves: today.plus(1),
                arrives: today.plus(1),
                need: None,
                standing: None,
                id: None,
            });
        }
    }
    suggested
}
