//! The words of the book for people: reasons, states, roles, and every answer that the book can give.
//!
//! Each match is exhaustive, so that a new reason or refusal does not compile before it has words in each language.

use koinon_authority::{
    Action, Denied, GrantFault, Granted, Resource, RevokeFault, RevokeReason, Role, Scope,
};
use koinon_books::{Book, Refused};
use koinon_core::region::{Group, Item};
use koinon_core::unit::UnitError;
use koinon_core::{
    CommunityCode, CorridorCode, Day, Dimension, ItemCode, PersonId, PlaceCode, Quantity, QuantityError,
    StoreCode, Timestamp,
};
use koinon_ledger::fact::{Method, Urgency, Vehicle};
use koinon_ledger::lot::LastCount;
use koinon_ledger::transfer::{Oddity, Status};
use koinon_ledger::{Act, Question, Reason, Refusal};
use koinon_node::Node;

use crate::i18n::Speak as _;
use crate::t;
use crate::ui::Ui;

/// Why stock changed, a transfer was refused, or a part is missing.
pub fn reason(ui: &Ui, reason: Reason) -> String {
    match reason {
        Reason::Harvested => t!(ui, "reason-harvested"),
        Reason::Made => t!(ui, "reason-made"),
        Reason::Born => t!(ui, "reason-born"),
        Reason::Opening => t!(ui, "reason-opening"),
        Reason::GiftIn => t!(ui, "reason-gift-in"),
        Reason::PurchaseIn => t!(ui, "reason-purchase-in"),
        Reason::LoanIn => t!(ui, "reason-loan-in"),
        Reason::Found => t!(ui, "reason-found"),
        Reason::OtherIn => t!(ui, "reason-other-in"),
        Reason::Consumed => t!(ui, "reason-consumed"),
        Reason::HandedOut => t!(ui, "reason-handed-out"),
        Reason::Sown => t!(ui, "reason-sown"),
        Reason::Fed => t!(ui, "reason-fed"),
        Reason::UsedToMake => t!(ui, "reason-used-to-make"),
        Reason::Slaughtered => t!(ui, "reason-slaughtered"),
        Reason::Died => t!(ui, "reason-died"),
        Reason::Spoiled => t!(ui, "reason-spoiled"),
        Reason::Expired => t!(ui, "reason-expired"),
        Reason::Damaged => t!(ui, "reason-damaged"),
        Reason::ColdChain => t!(ui, "reason-cold-chain"),
        Reason::Stolen => t!(ui, "reason-stolen"),
        Reason::Lost => t!(ui, "reason-lost"),
        Reason::Pests => t!(ui, "reason-pests"),
        Reason::Destroyed => t!(ui, "reason-destroyed"),
        Reason::AidOut => t!(ui, "reason-aid-out"),
        Reason::LoanReturned => t!(ui, "reason-loan-returned"),
        Reason::OtherOut => t!(ui, "reason-other-out"),
        Reason::MovedOut => t!(ui, "reason-moved-out"),
        Reason::MovedIn => t!(ui, "reason-moved-in"),
        Reason::NotKnownYet => t!(ui, "reason-not-known-yet"),
        Reason::NotNeeded => t!(ui, "reason-not-needed"),
        Reason::NoRoom => t!(ui, "reason-no-room"),
        Reason::NoTransport => t!(ui, "reason-no-transport"),
        Reason::NeededHere => t!(ui, "reason-needed-here"),
        Reason::WrongItem => t!(ui, "reason-wrong-item"),
        Reason::ShortDated => t!(ui, "reason-short-dated"),
        Reason::FiguresDoubted => t!(ui, "reason-figures-doubted"),
        Reason::OthersFirst => t!(ui, "reason-others-first"),
        Reason::Recall => t!(ui, "reason-recall"),
        Reason::Quarantine => t!(ui, "reason-quarantine"),
        Reason::EntryError => t!(ui, "reason-entry-error"),
        Reason::RouteClosed => t!(ui, "reason-route-closed"),
        Reason::Sent => t!(ui, "reason-sent"),
        Reason::Arrived => t!(ui, "reason-arrived"),
        Reason::CameBack => t!(ui, "reason-came-back"),
        Reason::Excess => t!(ui, "reason-excess"),
    }
}

/// How a figure was found.
pub fn method(ui: &Ui, method: Method) -> String {
    match method {
        Method::Counted => t!(ui, "method-counted"),
        Method::Estimated => t!(ui, "method-estimated"),
        Method::Metered => t!(ui, "method-metered"),
        Method::Paper => t!(ui, "method-paper"),
        Method::Told => t!(ui, "method-told"),
    }
}

/// How a count was made, and whether a visitor counted too.
pub fn how_counted(ui: &Ui, count: &LastCount) -> String {
    let how = method(ui, count.method);
    if count.witnessed { t!(ui, "method-with-visitor", how = how) } else { how }
}

/// How badly something is needed.
pub fn urgency(ui: &Ui, urgency: Urgency) -> String {
    match urgency {
        Urgency::MustHave => t!(ui, "urgency-must-have"),
        Urgency::Needed => t!(ui, "urgency-needed"),
        Urgency::Useful => t!(ui, "urgency-useful"),
    }
}

/// What carries a load.
pub fn vehicle(ui: &Ui, vehicle: Vehicle) -> String {
    match vehicle {
        Vehicle::Truck => t!(ui, "vehicle-truck"),
        Vehicle::Van => t!(ui, "vehicle-van"),
        Vehicle::Shuttle => t!(ui, "vehicle-shuttle"),
        Vehicle::Train => t!(ui, "vehicle-train"),
        Vehicle::Boat => t!(ui, "vehicle-boat"),
        Vehicle::Cart => t!(ui, "vehicle-cart"),
        Vehicle::OnFoot => t!(ui, "vehicle-on-foot"),
        Vehicle::Line => t!(ui, "vehicle-line"),
    }
}

/// Where a transfer stands, in a word or two.
pub fn status(ui: &Ui, status: Status) -> String {
    match status {
        Status::Unheard => t!(ui, "transfer-status-unheard"),
        Status::NeedsSecond => t!(ui, "transfer-status-needs-second"),
        Status::NeedsAnswer => t!(ui, "transfer-status-needs-answer"),
        Status::Countered => t!(ui, "transfer-status-countered"),
        Status::Halted => t!(ui, "transfer-status-halted"),
        Status::Agreed => t!(ui, "transfer-status-agreed"),
        Status::UnderWay => t!(ui, "transfer-status-under-way"),
        Status::Unsettled => t!(ui, "transfer-status-unsettled"),
        Status::Done => t!(ui, "transfer-status-done"),
        Status::Refused => t!(ui, "transfer-status-refused"),
        Status::Withdrawn => t!(ui, "transfer-status-withdrawn"),
    }
}

/// What does not fit in a transfer.
pub fn oddity(ui: &Ui, oddity: Oddity) -> String {
    match oddity {
        Oddity::UnknownLoad => t!(ui, "oddity-unknown-load"),
        Oddity::DoesNotAddUp => t!(ui, "oddity-does-not-add-up"),
        Oddity::OverLoaded => t!(ui, "oddity-over-loaded"),
        Oddity::LoadedEarly => t!(ui, "oddity-loaded-early"),
        Oddity::SameHand => t!(ui, "oddity-same-hand"),
        Oddity::StrangeHand => t!(ui, "oddity-strange-hand"),
    }
}

/// A group of items.
pub fn group(ui: &Ui, group: Group) -> String {
    match group {
        Group::Food => t!(ui, "group-food"),
        Group::Water => t!(ui, "group-water"),
        Group::Medicine => t!(ui, "group-medicine"),
        Group::Hygiene => t!(ui, "group-hygiene"),
        Group::Shelter => t!(ui, "group-shelter"),
        Group::Fuel => t!(ui, "group-fuel"),
        Group::Energy => t!(ui, "group-energy"),
        Group::Seed => t!(ui, "group-seed"),
        Group::Feed => t!(ui, "group-feed"),
        Group::Animal => t!(ui, "group-animal"),
        Group::Tool => t!(ui, "group-tool"),
    }
}

/// A role.
pub fn role(ui: &Ui, role: Role) -> String {
    match role {
        Role::Steward => t!(ui, "role-steward"),
        Role::Facilitator => t!(ui, "role-facilitator"),
        Role::Coordinator => t!(ui, "role-coordinator"),
        Role::Guest => t!(ui, "role-guest"),
        Role::Meter => t!(ui, "role-meter"),
    }
}

/// What a role does, in one sentence.
pub fn role_does(ui: &Ui, role: Role) -> String {
    match role {
        Role::Steward => t!(ui, "role-steward-does"),
        Role::Facilitator => t!(ui, "role-facilitator-does"),
        Role::Coordinator => t!(ui, "role-coordinator-does"),
        Role::Guest => t!(ui, "role-guest-does"),
        Role::Meter => t!(ui, "role-meter-does"),
    }
}

/// Why a task was taken back.
pub fn revoke_reason(ui: &Ui, reason: RevokeReason) -> String {
    match reason {
        RevokeReason::Finished => t!(ui, "revoked-finished"),
        RevokeReason::Asked => t!(ui, "revoked-asked"),
        RevokeReason::LostDevice => t!(ui, "revoked-lost-device"),
        RevokeReason::Trust => t!(ui, "revoked-trust"),
        RevokeReason::Mistake => t!(ui, "revoked-mistake"),
    }
}

/// Something that needs a task, as it follows "you may not …".
fn action(ui: &Ui, action: Action) -> String {
    match action {
        Action::Count => t!(ui, "action-count"),
        Action::RecordEntry => t!(ui, "action-record-entry"),
        Action::Correct => t!(ui, "action-correct"),
        Action::OpenLot => t!(ui, "action-open-batch"),
        Action::HoldRecall => t!(ui, "action-hold-recall"),
        Action::StateNeed => t!(ui, "action-state-need"),
        Action::CloseNeed => t!(ui, "action-close-need"),
        Action::MakeOffer => t!(ui, "action-make-offer"),
        Action::Commit => t!(ui, "action-commit"),
        Action::ApproveCommit => t!(ui, "action-approve-commit"),
        Action::Accept => t!(ui, "action-accept"),
        Action::Refuse => t!(ui, "action-refuse"),
        Action::Object => t!(ui, "action-object"),
        Action::SettleObjection => t!(ui, "action-settle-objection"),
        Action::Dispatch => t!(ui, "action-dispatch"),
        Action::ConfirmReceipt => t!(ui, "action-confirm-receipt"),
        Action::Withdraw => t!(ui, "action-withdraw"),
        Action::Divert => t!(ui, "action-divert"),
        Action::AdoptRegion => t!(ui, "action-adopt-region"),
        Action::Grant => t!(ui, "action-grant"),
        Action::Revoke => t!(ui, "action-revoke"),
        Action::ConfirmRestore => t!(ui, "action-confirm-restore"),
        Action::ReadAmounts => t!(ui, "action-read-amounts"),
        Action::ReadConcerned => t!(ui, "action-read-concerned"),
        Action::ReadPeople => t!(ui, "action-read-people"),
        Action::ManageNode => t!(ui, "action-manage-node"),
        Action::ReadBands => t!(ui, "action-read-bands"),
        Action::StateRoute => t!(ui, "action-state-route"),
        Action::ShareData => t!(ui, "action-share-data"),
    }
}

/// The name of an item in the reader's language or the community's own word.
pub fn item_name(ui: &Ui, book: &Book, item: &Item) -> String {
    item.name_in(ui.lang().code(), book.own()).to_owned()
}

/// The name of the item of a code; an item that the region does not know is called by its code.
pub fn item(ui: &Ui, book: &Book, code: &ItemCode) -> String {
    book.region().item(code).map_or_else(|| code.to_string(), |item| item_name(ui, book, item))
}

/// The name of a store.
pub fn store(book: &Book, code: &StoreCode) -> String {
    book.region().store(code).map_or_else(|| code.to_string(), |store| store.name.clone())
}

/// The name of a place.
pub fn place(book: &Book, code: &PlaceCode) -> String {
    book.region().place_name(code).map_or_else(|| code.to_string(), str::to_owned)
}

/// A route by the names of its ends.
pub fn route(ui: &Ui, book: &Book, code: &CorridorCode) -> String {
    book.region().corridor(code).map_or_else(
        || code.to_string(),
        |known| t!(ui, "route-between", from = place(book, &known.from), to = place(book, &known.to)),
    )
}

/// The name of a community.
pub fn community(book: &Book, code: &CommunityCode) -> String {
    place(book, &code.place())
}

/// A unit's name as it follows a number.
pub fn unit(ui: &Ui, code: &str) -> String {
    ui.lang().amount("", code).trim().to_owned()
}

/// An amount in base units that may be below zero or beyond bounds.
pub fn amount(ui: &Ui, amount: i128, dimension: Dimension) -> String {
    match Quantity::from_wide(amount, dimension) {
        Ok(quantity) => ui.quantity(quantity),
        Err(_) => ui.lang().amount(&amount.to_string(), dimension.base_unit()),
    }
}

/// Where a task holds.
pub fn scope(book: &Book, scope: &Scope) -> String {
    match scope {
        Scope::Community(code) => community(book, code),
        Scope::Place(_, code) => place(book, code),
        Scope::Store(_, code) => store(book, code),
    }
}

fn resource(book: &Book, resource: &Resource) -> String {
    match (&resource.store, &resource.place) {
        (Some(code), _) => store(book, code),
        (None, Some(code)) => place(book, code),
        (None, None) => community(book, &resource.community),
    }
}

/// A day in the region's zone.
fn day(ui: &Ui, at: Timestamp) -> String {
    ui.date(at.day(&ui.zone))
}

/// A task in words: "Steward for Heath, until 1 March 2027".
pub fn grant(ui: &Ui, book: &Book, granted: &Granted) -> String {
    let until = ui.date(granted.ends().plus_millis(-1).day(&ui.zone));
    t!(ui, "grant-words", role = role(ui, granted.role), place = scope(book, &granted.scope), until = until)
}

/// Why somebody may not, and what would help.
pub fn denied(ui: &Ui, book: &Book, denied: &Denied) -> String {
    match denied {
        Denied::NoGrant { action: what, community: of } => {
            t!(ui, "denied-no-grant", action = action(ui, *what), place = community(book, of))
        }
        Denied::RoleMayNot { role: held, action: what } => {
            let others: Vec<String> = what.rule().roles.iter().map(|other| role(ui, *other)).collect();
            let others = ui.lang().list(&others);
            t!(ui, "denied-role", role = role(ui, *held), action = action(ui, *what), others = others)
        }
        Denied::WrongPlace { role: held, scope: here, resource: there } => t!(
            ui,
            "denied-place",
            role = role(ui, *held),
            here = scope(book, here),
            there = resource(book, there),
        ),
        Denied::Revoked { role: held, scope: here, reason, .. } => t!(
            ui,
            "denied-revoked",
            role = role(ui, *held),
            here = scope(book, here),
            reason = revoke_reason(ui, *reason),
        ),
        Denied::Expired { role: held, scope: here, on, .. } => {
            t!(ui, "denied-expired", role = role(ui, *held), here = scope(book, here), day = day(ui, *on))
        }
        Denied::NotYetValid { role: held, scope: here, from, .. } => {
            let (role, here) = (role(ui, *held), scope(book, here));
            t!(ui, "denied-future", role = role, here = here, day = day(ui, *from), today = day(ui, ui.now))
        }
        Denied::OverCap { item: of, max, asked, dimension, .. } => t!(
            ui,
            "denied-cap",
            item = item(ui, book, of),
            max = ui.quantity(*max),
            asked = amount(ui, *asked, *dimension),
        ),
        Denied::AmountNotStated { .. } => t!(ui, "denied-unstated"),
        Denied::PolicyMayNot { action: what, .. } => t!(ui, "denied-rule", action = action(ui, *what)),
    }
}

/// Why a task cannot be given as written.
pub fn grant_fault(ui: &Ui, book: &Book, fault: &GrantFault) -> String {
    match fault {
        GrantFault::EndsBeforeStart => t!(ui, "grant-ends-before"),
        GrantFault::TooLong(held) => {
            t!(ui, "grant-too-long", role = role(ui, *held), days = held.days_max())
        }
        GrantFault::BeginsInPast => t!(ui, "grant-in-past"),
        GrantFault::BeginsTooLate => t!(ui, "grant-too-late"),
        GrantFault::TooManyCaps(_) => t!(ui, "grant-too-many-caps"),
        GrantFault::CapNotPositive(of) => t!(ui, "grant-cap-zero", item = item(ui, book, of)),
        GrantFault::IdTaken(_) => t!(ui, "acts-stale-form"),
        GrantFault::ToSelf => t!(ui, "grant-to-self"),
        GrantFault::NotPermitted => t!(ui, "refusal-wrong-permit"),
        GrantFault::GiverCapped => t!(ui, "grant-giver-capped"),
        GrantFault::NotFounding => t!(ui, "grant-not-founding"),
        GrantFault::HasSteward(of) => t!(ui, "grant-has-steward", place = community(book, of)),
    }
}

/// Why a task cannot be taken back.
pub fn revoke_fault(ui: &Ui, book: &Book, fault: &RevokeFault) -> String {
    match fault {
        RevokeFault::Unknown(..) => t!(ui, "revoke-unknown"),
        RevokeFault::Again(_) => t!(ui, "revoke-again"),
        RevokeFault::NotPermitted => t!(ui, "refusal-wrong-permit"),
        RevokeFault::LastSteward(of) => t!(ui, "revoke-last-steward", place = community(book, of)),
    }
}

/// Why the community's book does not take an act.
pub fn refused(ui: &Ui, book: &Book, refused: &Refused) -> String {
    match refused {
        Refused::Denied(why) => denied(ui, book, why),
        Refused::Ledger(why) => refusal(ui, book, why),
        Refused::Grant(why) => grant_fault(ui, book, why),
        Refused::Revoke(why) => revoke_fault(ui, book, why),
        Refused::Region(faults) => t!(ui, "refusal-region", n = faults.len()),
        Refused::CodesMissing(codes) => {
            t!(ui, "refusal-codes-missing", n = codes.len(), codes = codes.join(", "))
        }
        Refused::TextTooLong(length) => {
            t!(ui, "refusal-text-too-long", n = *length, max = koinon_books::fact::TEXT_LEN_MAX)
        }
        Refused::NotSealed => t!(ui, "acts-cannot-write"),
        Refused::NoSuchPerson(_) => t!(ui, "refusal-no-person"),
        Refused::HasTasks(_) => t!(ui, "erase-tasks-first"),
        Refused::WasErased => t!(ui, "erase-done"),
        Refused::Agreement(faults) => {
            let first = faults.first().map(ToString::to_string).unwrap_or_default();
            t!(ui, "refusal-agreement", n = faults.len(), first = first)
        }
        Refused::NoSuchAgreement(_) => t!(ui, "refusal-no-agreement"),
        Refused::NoParty(own) => t!(ui, "refusal-no-party", place = community(book, own)),
        Refused::AgreementOver => t!(ui, "refusal-agreement-over"),
        Refused::SignedAlready => t!(ui, "refusal-signed-already"),
        Refused::NotTwo => t!(ui, "recover-not-alone"),
        Refused::NoCommunity => t!(ui, "acts-no-community"),
        Refused::AlreadyAdmitted(other) => t!(ui, "refusal-admitted", place = community(book, other)),
    }
}

/// Why the stock book does not take an act.
pub fn refusal(ui: &Ui, book: &Book, refusal: &Refusal) -> String {
    let line = |line: u16| ui.number(i64::from(line) + 1);
    match refusal {
        Refusal::WrongPermit => t!(ui, "refusal-wrong-permit"),
        Refusal::NoSuchStore(code) => t!(ui, "refusal-no-store", store = store(book, code)),
        Refusal::NoSuchItem(code) => t!(ui, "refusal-no-item", item = code.to_string()),
        Refusal::NoSuchPlace(code) => t!(ui, "refusal-no-place", place = place(book, code)),
        Refusal::NoSuchRoute(code) => t!(ui, "refusal-no-route", route = code.to_string()),
        Refusal::NotOurPlace(code) => t!(ui, "refusal-not-our-place", place = place(book, code)),
        Refusal::PauseTooLong { first, last, .. } => {
            t!(ui, "refusal-pause-too-long", first = ui.date(*first), last = ui.date(*last))
        }
        Refusal::AskTooLong { first, last, .. } => {
            t!(ui, "refusal-ask-too-long", first = ui.date(*first), last = ui.date(*last))
        }
        Refusal::NotOurRoute(code) => t!(ui, "refusal-not-our-route", route = route(ui, book, code)),
        Refusal::NoSuchLot(_) => t!(ui, "refusal-no-batch"),
        Refusal::NoSuchEntry(..) => t!(ui, "refusal-no-entry"),
        Refusal::OfTransfer => t!(ui, "refusal-of-transfer"),
        Refusal::NoSuchTransfer(_) => t!(ui, "refusal-no-transfer"),
        Refusal::NoSuchLoad(..) => t!(ui, "refusal-no-load"),
        Refusal::NoSuchObjection(_) => t!(ui, "refusal-no-objection"),
        Refusal::NotStated(_) => t!(ui, "refusal-not-stated"),
        Refusal::NoSuchLine(number) => t!(ui, "refusal-no-line", line = line(*number)),
        Refusal::WrongDimension { item: of, expected, found } => t!(
            ui,
            "refusal-wrong-unit",
            item = item(ui, book, of),
            expected = unit(ui, expected),
            found = unit(ui, found),
        ),
        Refusal::NotPositive(_) => t!(ui, "refusal-not-positive"),
        Refusal::Negative(_) => t!(ui, "refusal-negative"),
        Refusal::WrongReason(why) => t!(ui, "refusal-wrong-reason", reason = reason(ui, *why)),
        Refusal::NotEnough { item: of, available, wanted } => t!(
            ui,
            "refusal-not-enough",
            item = item(ui, book, of),
            available = ui.quantity(*available),
            wanted = ui.quantity(*wanted),
        ),
        Refusal::WrongState(now) => t!(ui, "refusal-wrong-state", status = status(ui, *now)),
        Refusal::OverLoad { line: number, reserved, wanted } => t!(
            ui,
            "refusal-over-load",
            line = line(*number),
            reserved = ui.quantity(*reserved),
            wanted = ui.quantity(*wanted),
        ),
        Refusal::DoesNotAddUp { line: number, loaded, found } => t!(
            ui,
            "refusal-does-not-add-up",
            line = line(*number),
            loaded = ui.quantity(*loaded),
            found = ui.quantity(*found),
        ),
        Refusal::ReasonMissing(number) => t!(ui, "refusal-reason-missing", line = line(*number)),
        Refusal::SameHand => t!(ui, "refusal-same-hand"),
        Refusal::SamePerson => t!(ui, "refusal-same-person"),
        Refusal::NotOurs(other) => t!(ui, "refusal-not-ours", place = community(book, other)),
        Refusal::ToItself(code) => t!(ui, "refusal-to-itself", place = place(book, code)),
        Refusal::AsPromised => t!(ui, "refusal-as-promised"),
        Refusal::Nothing => t!(ui, "refusal-nothing"),
        Refusal::TooManyLines(lines, max) => t!(ui, "refusal-too-many-lines", n = *lines, max = *max),
        Refusal::DayOrder(late, early) => {
            t!(ui, "refusal-day-order", day = ui.date(*late), other = ui.date(*early))
        }
        Refusal::Quantity(fault) => quantity_fault(ui, fault),
    }
}

/// Why an amount cannot be kept.
fn quantity_fault(ui: &Ui, fault: &QuantityError) -> String {
    match fault {
        QuantityError::TooLarge(..) => t!(ui, "amount-too-large"),
        QuantityError::DimensionMismatch(..) => t!(ui, "amount-mixed"),
        QuantityError::NoWeights => t!(ui, "amount-nobody"),
    }
}

/// Why a text is no amount of an item.
pub fn unit_fault(ui: &Ui, fault: &UnitError) -> String {
    match fault {
        UnitError::NoNumber(_) => t!(ui, "amount-no-number"),
        UnitError::BadNumber(found) => t!(ui, "amount-bad-number", found = found.as_str()),
        UnitError::TwoReadings { found, one, other } => t!(
            ui,
            "amount-two-readings",
            found = found.as_str(),
            one = ui.quantity(*one),
            other = ui.quantity(*other),
        ),
        UnitError::UnknownUnit { found, allowed } => {
            t!(ui, "amount-unknown-unit", found = found.as_str(), allowed = allowed.as_str())
        }
        UnitError::WrongDimension { found, expected, .. } => {
            t!(ui, "amount-wrong-unit", found = found.as_str(), expected = unit(ui, expected.base_unit()))
        }
        UnitError::TooFine(found, dimension) => {
            t!(ui, "amount-too-fine", found = found.as_str(), unit = unit(ui, dimension.base_unit()))
        }
        UnitError::Quantity(fault) => quantity_fault(ui, fault),
    }
}

/// Something that looks wrong and may be right.
pub fn question(ui: &Ui, question: &Question) -> String {
    match question {
        Question::Unusual { entered, last } => {
            t!(ui, "question-unusual", entered = ui.quantity(*entered), last = ui.quantity(*last))
        }
        Question::BelowZero { on_hand, taken } => {
            t!(ui, "question-below-zero", there = ui.quantity(*on_hand), taken = ui.quantity(*taken))
        }
        Question::BelowFloor { remains, floor } => {
            t!(ui, "question-below-floor", remains = ui.quantity(*remains), keep = ui.quantity(*floor))
        }
        Question::PastDate { expires } => t!(ui, "question-past-date", day = ui.date(*expires)),
        Question::LikeLastTime { quantity, recorded } => {
            t!(ui, "question-like-last", amount = ui.quantity(*quantity), time = ui.time(*recorded))
        }
        Question::InFuture { occurred } => t!(ui, "question-in-future", day = day(ui, *occurred)),
        Question::AlreadyThere { on_hand } => {
            t!(ui, "question-already-there", there = ui.quantity(*on_hand))
        }
        Question::LongNeed { entered, days } => {
            let days = ui.number(i64::from(*days));
            t!(ui, "question-long-need", entered = ui.quantity(*entered), days = days)
        }
        Question::LongStock { entered, days } => {
            let years = ui.number(i64::from(*days) / 365);
            t!(ui, "question-long-stock", entered = ui.quantity(*entered), years = years)
        }
        Question::FarDay { day } => t!(ui, "question-far-day", day = ui.date(*day)),
        Question::FollowedAlready { promised } => {
            t!(ui, "question-followed-already", amount = ui.quantity(*promised))
        }
        Question::ArrivedAlready { accepted, occurred } => {
            let (day, time) = (day(ui, *occurred), ui.time(*occurred));
            t!(ui, "question-arrived-already", amount = ui.quantity(*accepted), day = day, time = time)
        }
        Question::MoreThanHeld { offered, on_hand } => {
            t!(ui, "question-more-than-held", offered = ui.quantity(*offered), there = ui.quantity(*on_hand))
        }
    }
}

/// A pack's name in the reader's language, where it is one of the usual ones; a region file may name others.
pub fn pack(ui: &Ui, name: &str) -> String {
    match name {
        "bag" => t!(ui, "pack-bag"),
        "bale" => t!(ui, "pack-bale"),
        "bar" => t!(ui, "pack-bar"),
        "blister" => t!(ui, "pack-blister"),
        "bottle" => t!(ui, "pack-bottle"),
        "box" => t!(ui, "pack-box"),
        "can" => t!(ui, "pack-can"),
        "carton" => t!(ui, "pack-carton"),
        "crate" => t!(ui, "pack-crate"),
        "cylinder" => t!(ui, "pack-cylinder"),
        "drum" => t!(ui, "pack-drum"),
        "jerrycan" => t!(ui, "pack-jerrycan"),
        "packet" => t!(ui, "pack-packet"),
        "pallet-load" => t!(ui, "pack-pallet-load"),
        "sack" => t!(ui, "pack-sack"),
        "tanker" => t!(ui, "pack-tanker"),
        "tin" => t!(ui, "pack-tin"),
        "tray" => t!(ui, "pack-tray"),
        "vial" => t!(ui, "pack-vial"),
        other => other.to_owned(),
    }
}

/// What an act is about, where, and how much: said above what is asked about it. Empty for acts of another kind.
pub fn about(ui: &Ui, book: &Book, act: &Act) -> String {
    let of_lot = |lot: &koinon_core::LotId| {
        let opened = book.ledger().lot(book.own()?, *lot)?.opened()?;
        Some((opened.store.clone(), opened.item.clone()))
    };
    let (place, quantity) = match act {
        Act::Count { store, item, seen, .. } => (Some((store.clone(), item.clone())), *seen),
        Act::TakeIn { store, item, quantity, .. }
        | Act::Use { store, item, quantity, .. }
        | Act::Make { store, item, quantity, .. }
        | Act::StateNeed { store, item, quantity, .. }
        | Act::MakeOffer { store, item, quantity, .. } => (Some((store.clone(), item.clone())), *quantity),
        Act::TakeOut { lot, quantity, .. } | Act::Move { lot, quantity, .. } => (of_lot(lot), *quantity),
        _ => return String::new(),
    };
    let Some((store_code, code)) = place else { return String::new() };
    t!(
        ui,
        "count-about",
        item = item(ui, book, &code),
        store = store(book, &store_code),
        amount = ui.quantity(quantity)
    )
}

/// The last day of a batch, or that it has none.
pub fn best_before(ui: &Ui, expires: Option<Day>) -> String {
    expires.map_or_else(|| t!(ui, "batch-no-date"), |day| t!(ui, "batch-good-until", day = ui.date(day)))
}

/// What a person is called at this computer, or a mark where nobody gave a name or names are locked.
pub fn person(ui: &Ui, (node, book): (&Node, &Book), person: PersonId) -> String {
    let name = node.personal().name(book, person);
    name.unwrap_or_else(|| t!(ui, "people-unnamed", mark = person.short()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::ui::{FormToken, Prefs, Theme};
    use koinon_core::{EntryId, LotId, TransferId};

    fn ui(lang: Lang) -> Ui {
        let seal = (FormToken::new("t"), [0; 16]);
        Ui::new(Prefs { lang, theme: Theme::Auto }, "/", Timestamp::default(), jiff::tz::TimeZone::UTC, seal)
    }

    fn every_refusal() -> Vec<Refusal> {
        let mass = |grams| Quantity::new(grams, Dimension::Mass).unwrap();
        let item = ItemCode::new("wheat").unwrap();
        let place = PlaceCode::new("dunes").unwrap();
        let (transfer, entry, lot) = (TransferId([1; 16]), EntryId([2; 16]), LotId([3; 16]));
        vec![
            Refusal::WrongPermit,
            Refusal::NoSuchStore(StoreCode::new("barn").unwrap()),
            Refusal::NoSuchItem(item.clone()),
            Refusal::NoSuchPlace(place.clone()),
            Refusal::NoSuchRoute(CorridorCode::new("mill-road").unwrap()),
            Refusal::NotOurPlace(PlaceCode::new("heath").unwrap()),
            Refusal::PauseTooLong { found: Day(0), first: Day(1), last: Day(2) },
            Refusal::AskTooLong { found: Day(0), first: Day(1), last: Day(2) },
            Refusal::NotOurRoute(CorridorCode::new("mill-road").unwrap()),
            Refusal::NoSuchLot(lot),
            Refusal::NoSuchEntry(lot, entry),
            Refusal::OfTransfer,
            Refusal::NoSuchTransfer(transfer),
            Refusal::NoSuchLoad(transfer, entry),
            Refusal::NoSuchObjection(entry),
            Refusal::NotStated(String::from("x")),
            Refusal::NoSuchLine(0),
            Refusal::WrongDimension { item: item.clone(), expected: "g", found: "ml" },
            Refusal::NotPositive(mass(0)),
            Refusal::Negative(mass(-1)),
            Refusal::WrongReason(Reason::Sent),
            Refusal::NotEnough { item, available: mass(1), wanted: mass(2) },
            Refusal::WrongState(Status::Done),
            Refusal::OverLoad { line: 0, reserved: mass(1), wanted: mass(2) },
            Refusal::DoesNotAddUp { line: 0, loaded: mass(2), found: mass(1) },
            Refusal::ReasonMissing(0),
            Refusal::SameHand,
            Refusal::SamePerson,
            Refusal::NotOurs(CommunityCode::new("dunes").unwrap()),
            Refusal::ToItself(place),
            Refusal::AsPromised,
            Refusal::Nothing,
            Refusal::TooManyLines(300, 200),
            Refusal::DayOrder(Day(1), Day(2)),
            Refusal::Quantity(QuantityError::NoWeights),
        ]
    }

    #[test]
    fn every_answer_of_the_book_is_a_whole_sentence_in_each_language() {
        let book = Book::default();
        for lang in Lang::ALL {
            let ui = ui(lang);
            let mut said: Vec<String> = every_refusal().iter().map(|why| refusal(&ui, &book, why)).collect();
            let count = said.len();
            for words in &said {
                assert!(words.ends_with(['.', '؟']) && !words.contains(['{', '$']), "{lang}: {words}");
                assert!(crate::words::forbidden_in(lang, words).is_empty(), "{lang}: {words}");
            }
            said.sort();
            said.dedup();
            assert_eq!(said.len(), count, "{lang}: two answers say the same");
            for one in Reason::ALL {
                let words = reason(&ui, *one);
                assert!(!words.is_empty() && !words.starts_with("reason-"), "{lang}: {words}");
            }
            for one in Action::ALL {
                assert!(!action(&ui, one).starts_with("action-"), "{lang}: {one}");
            }
        }
    }
}
