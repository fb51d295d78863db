//! The words of the book for people: reasons, states, roles, things and places; what it answers is in `say/answers.rs`.
//!
//! Each match is exhaustive, so that a new reason does not compile before it has words in each language.

mod answers;

use koinon_authority::{Granted, RevokeReason, Role, Scope};
use koinon_books::Book;
use koinon_core::region::{Group, Item};
use koinon_core::{
    CommunityCode, CorridorCode, Day, Dimension, ItemCode, PersonId, PlaceCode, Quantity, StoreCode,
};
use koinon_ledger::fact::{Method, Urgency, Vehicle};
use koinon_ledger::lot::LastCount;
use koinon_ledger::transfer::{Oddity, Status};
use koinon_ledger::{Act, Reason};
use koinon_node::Node;

use crate::i18n::Speak as _;
use crate::t;
use crate::ui::Ui;

pub use answers::{denied, grant_fault, question, refusal, refused, revoke_fault, unit_fault};

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

/// A task in words: "Steward for Heath, until 1 March 2027".
pub fn grant(ui: &Ui, book: &Book, granted: &Granted) -> String {
    let until = ui.date(granted.ends().plus_millis(-1).day(&ui.zone));
    t!(ui, "grant-words", role = role(ui, granted.role), place = scope(book, &granted.scope), until = until)
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
