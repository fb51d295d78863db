//! Every answer of the book in words: what it refuses and why, who may not, which amount it cannot read, and what it asks.
//!
//! Each match is exhaustive, so that a new refusal does not compile before it has words in each language.

use koinon_authority::{Action, Denied, GrantFault, Resource, RevokeFault};
use koinon_books::{Book, Refused};
use koinon_core::unit::UnitError;
use koinon_core::{QuantityError, Timestamp};
use koinon_ledger::{Question, Refusal};

use super::{amount, community, item, place, reason, revoke_reason, role, route, scope, status, store, unit};
use crate::i18n::Speak as _;
use crate::t;
use crate::ui::Ui;

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
        Action::AgreeStanding => t!(ui, "action-agree-standing"),
        Action::KeepTeams => t!(ui, "action-keep-teams"),
        Action::AskMission => t!(ui, "action-ask-mission"),
        Action::PromiseTeam => t!(ui, "action-promise-team"),
        Action::SendTeam => t!(ui, "action-send-team"),
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
        Refused::Aid(why) => crate::acts::teams::refusal(ui, book, why),
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
        Refusal::NoOtherCommunity(code) => {
            t!(ui, "refusal-no-other-community", place = community(book, code))
        }
        Refusal::NotBetween(from, to, other) => t!(
            ui,
            "refusal-not-between",
            from = place(book, from),
            to = place(book, to),
            other = community(book, other),
        ),
        Refusal::NamedTwice(code) => t!(ui, "refusal-named-twice", item = item(ui, book, code)),
        Refusal::BadRhythm { most, .. } => t!(ui, "refusal-bad-rhythm", most = *most),
        Refusal::TermTooLong { last, .. } => t!(ui, "refusal-term-too-long", last = ui.date(*last)),
        Refusal::NoSuchStanding(_) => t!(ui, "refusal-no-standing"),
        Refusal::StandingChanged => t!(ui, "refusal-standing-changed"),
        Refusal::NotDue(day) => t!(ui, "refusal-not-due", day = ui.date(*day)),
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
        Refusal::JointWaits(who) => {
            let names: Vec<String> = who.iter().map(|code| community(book, code)).collect();
            t!(ui, "refusal-joint-waits", who = ui.lang().list(&names))
        }
        Refusal::NotToLoad(_) => t!(ui, "refusal-not-to-load"),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::ui::{FormToken, Prefs, Theme};
    use koinon_core::{
        CommunityCode, CorridorCode, Day, Dimension, EntryId, ItemCode, LotId, PlaceCode, Quantity,
        StoreCode, TransferId,
    };
    use koinon_ledger::Reason;
    use koinon_ledger::transfer::Status;

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
