//! From a command to facts, questions or a refusal. Pure: reads the book and the region, writes nothing.
//!
//! Every decision takes a [`Permit`], which only `koinon_authority::authorize` can make, and checks that it covers
//! the act. What the book allows is wide on purpose: an entry that looks wrong is asked about and then kept.

mod standing;
mod stock;
mod transfer;

use koinon_authority::{Action as Allowed, Permit, Resource};
use koinon_core::region::{Item, Region};
use koinon_core::{
    CommunityCode, CorridorCode, Day, EntryId, ItemCode, LotId, PlaceCode, Quantity, StoreCode, Timestamp,
};

use crate::command::{Act, Command, Outcome, Question, Refusal};
use crate::fact::{CountAsked, GivingPaused, LedgerFact, RouteClosed, RouteStated, TakingPaused, WishStated};
use crate::ledger::Ledger;
use crate::lot::Lot;
use crate::pause::PAUSE_DAYS_MAX;
use crate::recount::ASK_DAYS_MAX;
use crate::route;

/// The most lines that one transfer or receipt may have.
pub const LINES_MAX: usize = 200;

/// How far ahead of now an act may be said to have happened before it is asked about.
const FUTURE_MS: i64 = 10 * 60 * 1_000;

/// What a decision looks at.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The book.
    pub ledger: &'a Ledger,
    /// The region as adopted here.
    pub region: &'a Region,
    /// The community whose book is written.
    pub own: &'a CommunityCode,
    /// Now.
    pub now: Timestamp,
    /// The batch that is to be judged by lines which memory does not hold any more, see [`reaches_folded`].
    pub whole: Whole<'a>,
}

/// A batch with every line that was ever recorded of it, read again from the logs.
pub type Whole<'a> = Option<(LotId, &'a Lot)>;

/// The facts and questions that a decision gathers.
#[derive(Default)]
struct Draft {
    facts: Vec<LedgerFact>,
    questions: Vec<Question>,
}

impl Draft {
    fn fact(&mut self, fact: impl Into<LedgerFact>) {
        self.facts.push(fact.into());
    }

    fn ask(&mut self, question: Question) {
        self.questions.push(question);
    }
}

/// What an act needs permission for.
pub fn action_of(act: &Act) -> Allowed {
    match act {
        Act::Count { .. } => Allowed::Count,
        Act::TakeIn { .. } | Act::Make { .. } => Allowed::OpenLot,
        Act::TakeOut { .. } | Act::Use { .. } | Act::Move { .. } => Allowed::RecordEntry,
        Act::Correct { .. } => Allowed::Correct,
        Act::Hold { .. } | Act::Recall { .. } => Allowed::HoldRecall,
        // Who may say that something is missing may doubt a figure.
        Act::StateNeed { .. } | Act::StateWish { .. } | Act::AskCount { .. } => Allowed::StateNeed,
        Act::CloseNeed { .. } => Allowed::CloseNeed,
        Act::MakeOffer { .. } | Act::CloseOffer { .. } => Allowed::MakeOffer,
        // Who may promise may say that nothing is promised for a while.
        Act::Commit { .. } | Act::PauseGiving { .. } => Allowed::Commit,
        Act::Approve { .. } => Allowed::ApproveCommit,
        // What the taker would take instead may be agreed with that word.
        Act::Accept { .. } | Act::Counter { .. } => Allowed::Accept,
        // Who may say no to one promise may say that no more is to be sent for a while.
        Act::Refuse { .. } | Act::PauseTaking { .. } => Allowed::Refuse,
        Act::Object { .. } => Allowed::Object,
        Act::Settle { .. } => Allowed::SettleObjection,
        Act::Withdraw { .. } => Allowed::Withdraw,
        Act::Load { .. } | Act::Unload { .. } | Act::Join { .. } => Allowed::Dispatch,
        Act::News { .. } => Allowed::Divert,
        Act::Receive { .. } | Act::Return { .. } | Act::SettleLoss { .. } => Allowed::ConfirmReceipt,
        Act::StateRoute { .. } => Allowed::StateRoute,
        Act::ProposeStanding { .. } | Act::AnswerStanding { .. } | Act::EndStanding { .. } => {
            Allowed::AgreeStanding
        }
    }
}

/// What an act touches, for `authorize`: the community, and where it is known the store and the amounts.
pub fn resource_of(context: &Context<'_>, act: &Act) -> Resource {
    let whole = Resource::community(context.own.clone());
    let in_store = |store: &StoreCode| match context.region.store(store) {
        Some(known) => Resource::community(context.own.clone()).in_store(known.place.clone(), store.clone()),
        None => Resource::community(context.own.clone()),
    };
    let opened = |lot: &LotId| context.lot(*lot).and_then(Lot::opened);
    let of_lot = |lot: &LotId| opened(lot).map_or_else(|| whole.clone(), |opened| in_store(&opened.store));
    let item_of = |lot: &LotId| opened(lot).map(|opened| opened.item.clone());
    match act {
        Act::Count { store, item, seen, .. } => in_store(store).moving(item.clone(), *seen),
        Act::TakeIn { store, item, quantity, .. }
        | Act::Use { store, item, quantity, .. }
        | Act::Make { store, item, quantity, .. } => in_store(store).moving(item.clone(), *quantity),
        Act::StateNeed { store, .. } | Act::MakeOffer { store, .. } | Act::Receive { store, .. } => {
            in_store(store)
        }
        Act::TakeOut { lot, quantity, .. } | Act::Move { lot, quantity, .. } => {
            let resource = of_lot(lot);
            match item_of(lot) {
                Some(item) => resource.moving(item, *quantity),
                None => resource,
            }
        }
        Act::Correct { lot, .. } | Act::Hold { lot, .. } => of_lot(lot),
        Act::Commit { from, lines, .. } => {
            lines.iter().fold(whole.at_place(from.clone()), |resource, line| {
                resource.moving(line.item.clone(), line.quantity)
            })
        }
        Act::PauseGiving { place, .. } | Act::PauseTaking { place, .. } => whole.at_place(place.clone()),
        _ => whole,
    }
}

/// The batch of a community whose folded lines an act is about: it puts an entry right that memory does not hold. Whoever has
/// the logs reads the batch again, and gives it as [`Context::whole`].
pub fn reaches_folded(ledger: &Ledger, own: &CommunityCode, act: &Act) -> Option<LotId> {
    let Act::Correct { lot, target, .. } = act else { return None };
    let held = ledger.lot(own, *lot);
    held.is_none_or(|held| held.is_folded() && !held.has_entry(*target)).then_some(*lot)
}

/// Decides a command.
///
/// # Errors
/// A [`Refusal`] that names place, value and remedy. Nothing is recorded then.
pub fn decide(context: &Context<'_>, command: &Command, permit: &Permit) -> Result<Outcome, Refusal> {
    let resource = resource_of(context, &command.what);
    if !permit.covers(action_of(&command.what), &resource) {
        return Err(Refusal::WrongPermit);
    }
    let mut draft = Draft::default();
    if command.occurred > context.now.plus_millis(FUTURE_MS) {
        draft.ask(Question::InFuture { occurred: command.occurred });
    }
    match &command.what {
        Act::Count { .. }
        | Act::TakeIn { .. }
        | Act::TakeOut { .. }
        | Act::Use { .. }
        | Act::Make { .. }
        | Act::Move { .. }
        | Act::Correct { .. }
        | Act::Hold { .. }
        | Act::Recall { .. }
        | Act::StateNeed { .. }
        | Act::CloseNeed { .. }
        | Act::MakeOffer { .. }
        | Act::CloseOffer { .. } => stock::decide(context, command, &mut draft)?,
        Act::StateRoute { corridor, closed } => draft.fact(state_route(context, corridor, *closed)?),
        Act::PauseGiving { place, item, until } => {
            let (place, item, until) = pausable(context, place, item, *until)?;
            draft.fact(GivingPaused { place, item, until });
        }
        Act::PauseTaking { place, item, until } => {
            let (place, item, until) = pausable(context, place, item, *until)?;
            draft.fact(TakingPaused { place, item, until });
        }
        Act::StateWish { item, wish } => {
            context.item(item)?;
            draft.fact(WishStated { item: item.clone(), wish: *wish });
        }
        Act::ProposeStanding { .. } | Act::AnswerStanding { .. } | Act::EndStanding { .. } => {
            standing::decide(context, command, &mut draft)?;
        }
        Act::AskCount { place, item, until } => draft.fact(ask_count(context, place, item, *until)?),
        _ => transfer::decide(context, command, permit, &mut draft)?,
    }
    Ok(if draft.questions.is_empty() || command.confirmed {
        Outcome::Facts(draft.facts)
    } else {
        Outcome::Ask(draft.questions)
    })
}

/// Whoever stands at an end of a route may say how it is; what is closed ends after it begins.
fn state_route(
    context: &Context<'_>,
    code: &CorridorCode,
    closed: Option<RouteClosed>,
) -> Result<RouteStated, Refusal> {
    let corridor = context.region.corridor(code).ok_or_else(|| Refusal::NoSuchRoute(code.clone()))?;
    if !route::ends(context.region, corridor).contains(context.own) {
        return Err(Refusal::NotOurRoute(code.clone()));
    }
    match closed.and_then(|closed| Some((closed.until?, closed.from))) {
        Some((until, from)) if until < from => Err(Refusal::DayOrder(until, from)),
        _ => Ok(RouteStated { corridor: code.clone(), closed }),
    }
}

/// The keeper of a place may set its giving or taking aside for a season at most.
fn pausable(
    context: &Context<'_>,
    place: &PlaceCode,
    item: &ItemCode,
    until: Option<Day>,
) -> Result<(PlaceCode, ItemCode, Option<Day>), Refusal> {
    match context.region.keeper_of(place) {
        Some(keeper) if keeper == *context.own => {}
        Some(_) => return Err(Refusal::NotOurPlace(place.clone())),
        None => return Err(Refusal::NoSuchPlace(place.clone())),
    }
    context.item(item)?;
    let first = context.now.day(&context.region.zone());
    let last = first.plus(PAUSE_DAYS_MAX);
    if let Some(found) = until.filter(|until| !(first..=last).contains(until)) {
        return Err(Refusal::PauseTooLong { found, first, last });
    }
    Ok((place.clone(), item.clone(), until))
}

/// Any place of the region may be asked, for a month at most.
fn ask_count(
    context: &Context<'_>,
    place: &PlaceCode,
    item: &ItemCode,
    until: Option<Day>,
) -> Result<CountAsked, Refusal> {
    if context.region.keeper_of(place).is_none() {
        return Err(Refusal::NoSuchPlace(place.clone()));
    }
    context.item(item)?;
    let first = context.now.day(&context.region.zone());
    let last = first.plus(ASK_DAYS_MAX);
    if let Some(found) = until.filter(|until| !(first..=last).contains(until)) {
        return Err(Refusal::AskTooLong { found, first, last });
    }
    Ok(CountAsked { place: place.clone(), item: item.clone(), until })
}

impl<'a> Context<'a> {
    /// A batch of this community, the whole of it where that was read again.
    fn lot(&self, id: LotId) -> Option<&'a Lot> {
        let whole = self.whole.filter(|(whole, _)| *whole == id).map(|(_, lot)| lot);
        whole.or_else(|| self.ledger.lot(self.own, id))
    }

    fn item(&self, code: &ItemCode) -> Result<&'a Item, Refusal> {
        self.region.item(code).ok_or_else(|| Refusal::NoSuchItem(code.clone()))
    }

    /// A store that this community keeps, its own or a hub's.
    fn own_store(&self, code: &StoreCode) -> Result<PlaceCode, Refusal> {
        let store = self.region.store(code).ok_or_else(|| Refusal::NoSuchStore(code.clone()))?;
        if self.region.keeper_of(&store.place).as_ref() == Some(self.own) {
            Ok(store.place.clone())
        } else {
            Err(Refusal::NoSuchStore(code.clone()))
        }
    }

    fn check_amount(&self, item: &ItemCode, quantity: Quantity) -> Result<&'a Item, Refusal> {
        let known = self.item(item)?;
        if known.dimension != quantity.dimension() {
            return Err(Refusal::WrongDimension {
                item: item.clone(),
                expected: known.dimension.base_unit(),
                found: quantity.dimension().base_unit(),
            });
        }
        if quantity.is_negative() { Err(Refusal::Negative(quantity)) } else { Ok(known) }
    }

    fn check_positive(&self, item: &ItemCode, quantity: Quantity) -> Result<&'a Item, Refusal> {
        let known = self.check_amount(item, quantity)?;
        if quantity.is_zero() { Err(Refusal::NotPositive(quantity)) } else { Ok(known) }
    }
}

/// The id of the `number`th lot that an act opens; a repeated act names the same lot.
pub fn lot_of_act(act: EntryId, number: u16) -> LotId {
    LotId::derived("koinon/lot-of-act/1", &numbered(act, number))
}

/// The id of the `number`th entry of an act; the first is the act itself.
pub fn entry_of_act(act: EntryId, number: u16) -> EntryId {
    if number == 0 { act } else { EntryId::derived("koinon/entry-of-act/1", &numbered(act, number)) }
}

fn numbered(act: EntryId, number: u16) -> Vec<u8> {
    let mut bytes = act.0.to_vec();
    bytes.extend(number.to_be_bytes());
    bytes
}
