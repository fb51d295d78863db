//! Everything that changes stock besides counting: take in, hand out, lost, made, moved; and putting an entry right.
//!
//! Each page asks first for the thing, then for the rest, since units and batches follow from the thing. It works without
//! script that way.
//!
//! The file is long: entering stands in its first half; correcting, holding and recalling in its second. Both read batches
//! and show faults by the same few functions.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse as _;
use axum::routing::get;
use koinon_authority::{Action, Resource};
use koinon_books::Book;
use koinon_core::region::{Item, Store};
use koinon_core::{CommunityCode, Day, EntryId, ItemCode, LotId, Quantity, StoreCode};
use koinon_ledger::fact::{PrintedMark, Served};
use koinon_ledger::lot::{CardLine, Does, Lot, Standing};
use koinon_ledger::{Act, Reason};
use maud::{Markup, html};

use super::count::{batch_fields, batches, item_choices, known_item, own_store, own_stores};
use super::fields::{Fields, Reader};
use super::{Answer, Faults, Said, Trouble, amount_field, batch_words, form_with, mend, say};
use crate::app::App;
use crate::components::{Column, Table, card, empty, facts, link_button};
use crate::forms::{Field, Input, Weight, choice, submit};
use crate::icons::Icon;
use crate::layout::{Page, Section};
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::Ui;
use crate::visit::{Posted, Stop, Visit, percent, see_other};

/// The most batches that one thing may be made of.
const PARTS_MAX: usize = 60;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/enter/{kind}", get(form).post(write))
        .route("/lot/{community}/{lot}/correct/{entry}", get(correct_form).post(correct))
        .route("/lot/{community}/{lot}/hold", get(hold_form).post(hold))
        .route("/recall", get(recall_form).post(recall))
}

/// What is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    In,
    Out,
    Lost,
    Make,
    Move,
}

impl What {
    fn of(word: &str) -> Result<Self, Stop> {
        match word {
            "in" => Ok(Self::In),
            "out" => Ok(Self::Out),
            "lost" => Ok(Self::Lost),
            "make" => Ok(Self::Make),
            "move" => Ok(Self::Move),
            _ => Err(Problem::new(Kind::NotFound).into()),
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
            Self::Lost => "lost",
            Self::Make => "make",
            Self::Move => "move",
        }
    }

    fn title(self, ui: &Ui) -> String {
        match self {
            Self::In => t!(ui, "enter-in-title"),
            Self::Out => t!(ui, "enter-out-title"),
            Self::Lost => t!(ui, "enter-lost-title"),
            Self::Make => t!(ui, "enter-make-title"),
            Self::Move => t!(ui, "enter-move-title"),
        }
    }

    const fn action(self) -> Action {
        match self {
            Self::In | Self::Make => Action::OpenLot,
            Self::Out | Self::Lost | Self::Move => Action::RecordEntry,
        }
    }

    const fn reasons(self) -> &'static [Reason] {
        match self {
            Self::In => &[
                Reason::Harvested,
                Reason::GiftIn,
                Reason::PurchaseIn,
                Reason::LoanIn,
                Reason::Found,
                Reason::Born,
                Reason::Opening,
                Reason::OtherIn,
            ],
            Self::Out => &[
                Reason::HandedOut,
                Reason::Consumed,
                Reason::Fed,
                Reason::Sown,
                Reason::Slaughtered,
                Reason::AidOut,
                Reason::LoanReturned,
                Reason::OtherOut,
            ],
            Self::Lost => &[
                Reason::Spoiled,
                Reason::Expired,
                Reason::Damaged,
                Reason::Pests,
                Reason::ColdChain,
                Reason::Stolen,
                Reason::Lost,
                Reason::Died,
                Reason::Destroyed,
            ],
            Self::Make | Self::Move => &[],
        }
    }
}

async fn form(
    State(app): State<App>,
    visit: Visit,
    Path(kind): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> Answer {
    visit.actor()?;
    let what = What::of(&kind)?;
    let fields = Fields::new(query);
    app.node.read(|book| Ok(page(&visit, book, what, &fields, &Trouble::none())?.into_response()))
}

fn page<'a>(
    visit: &'a Visit,
    book: &Book,
    what: What,
    fields: &Fields,
    trouble: &Trouble,
) -> Result<Page<'a>, Stop> {
    let ui = &visit.ui;
    let own = visit.own(book)?;
    let stores = own_stores(visit, book, &own, what.action());
    if stores.is_empty() {
        visit.permit(book, what.action(), &Resource::community(own.clone()))?;
    }
    let mut page =
        Page::new(ui, what.title(ui)).section(Section::Stock).crumb("/count", t!(ui, "count-title")).narrow();
    if fields.has("done") {
        page = page.notice(super::done_notice(ui, &t!(ui, "acts-done"), take_back(&own, fields).as_deref()));
    }
    let store = stores.iter().find(|store| store.code.as_str() == fields.text("store")).copied();
    let store = store.or(match stores.as_slice() {
        [only] => Some(*only),
        _ => None,
    });
    let item = known_item(book, fields.text("item")).ok();
    let (Some(store), Some(item)) = (store, item) else {
        return Ok(page.body(choose(ui, book, what, fields, &own, &stores)));
    };
    let crumb = format!("/enter/{}", what.word());
    let lots: Vec<(LotId, &Lot)> = batches(book, &own, &store.code, ui.now)
        .into_iter()
        .filter(|(known, _, lot)| known.code == item.code && lot.balance() > 0)
        .map(|(_, id, lot)| (id, lot))
        .collect();
    let there: i128 = lots.iter().map(|(_, lot)| lot.balance()).sum();
    let lead = match what {
        What::In | What::Make => t!(ui, "enter-into", store = store.name.as_str()),
        What::Out | What::Lost | What::Move => {
            t!(ui, "enter-from", store = store.name.as_str(), amount = say::amount(ui, there, item.dimension),)
        }
    };
    let body = html! {
        input type="hidden" name="store" value=(store.code);
        input type="hidden" name="item" value=(item.code);
        @if matches!(what, What::Lost | What::Move) || (what == What::Out && lots.len() > 1) {
            (batch_choice(ui, what, &lots, fields))
        }
        (amount_field(ui, "quantity", &t!(ui, "enter-amount"), item, fields.text("quantity-unit"))
            .value(fields.text("quantity"))
            .error(trouble.of("quantity"))
            .show(ui))
        @if !what.reasons().is_empty() { (reason_field(ui, what.reasons(), fields, trouble).show(ui)) }
        @match what {
            What::In => {
                (batch_fields(ui, fields, trouble))
                (paper_field(ui, fields, trouble))
                (super::how_fields(ui, fields, trouble, &["counted", "estimated", "told", "paper"]))
            }
            What::Out => {
                (served_fields(ui, fields, trouble))
                (super::how_fields(ui, fields, trouble, &["counted", "estimated", "told", "paper"]))
            }
            What::Lost => (super::how_fields(ui, fields, trouble, &["counted", "estimated", "told", "paper"])),
            What::Make => {
                (batch_fields(ui, fields, trouble))
                (parts_fields(ui, book, &own, store, item, fields, trouble))
            }
            What::Move => (to_store(ui, book, &own, store, fields)),
        }
        div.actions { (submit(&t!(ui, "enter-save"), Weight::Primary)) }
    };
    let name = say::item_name(ui, book, item);
    Ok(page
        .crumb(crumb, what.title(ui))
        .headline(t!(ui, "enter-headline", what = what.title(ui), item = name))
        .lead(lead)
        .body(form_with(ui, &format!("/enter/{}", what.word()), trouble, &body)))
}

fn take_back(own: &CommunityCode, fields: &Fields) -> Option<String> {
    let (lot, entry) = fields.text("done").split_once('.')?;
    Some(super::correct_href(own, lot.parse().ok()?, entry.parse().ok()?))
}

fn choose(
    ui: &Ui,
    book: &Book,
    what: What,
    fields: &Fields,
    own: &CommunityCode,
    stores: &[&Store],
) -> Markup {
    let places: Vec<(String, String)> =
        stores.iter().map(|store| (store.code.to_string(), store.name.clone())).collect();
    let mut items = item_choices(ui, book);
    if !matches!(what, What::In | What::Make) {
        let there: Vec<String> = stores
            .iter()
            .flat_map(|store| batches(book, own, &store.code, ui.now))
            .filter(|(_, _, lot)| lot.balance() > 0)
            .map(|(item, _, _)| item.code.to_string())
            .collect();
        items.retain(|(code, _)| there.contains(code));
    }
    if items.is_empty() || places.is_empty() {
        return empty(
            Icon::Stock,
            &t!(ui, "count-nothing-yet"),
            &link_button("/count", &t!(ui, "count-title"), true),
        );
    }
    html! {
        form.form method="get" action={ "/enter/" (what.word()) } {
            (Field::new("item", t!(ui, "enter-item")).choices(items).value(fields.text("item")).show(ui))
            @if places.len() > 1 {
                (Field::new("store", t!(ui, "enter-store")).choices(places).value(fields.text("store")).show(ui))
            }
            div.actions { (submit(&t!(ui, "count-go-on"), Weight::Primary)) }
        }
    }
}

fn batch_choice(ui: &Ui, what: What, lots: &[(LotId, &Lot)], fields: &Fields) -> Markup {
    let mut options: Vec<(String, Markup)> = Vec::new();
    if what == What::Out {
        options.push((String::from("oldest"), html! { (t!(ui, "enter-oldest-first")) }));
    }
    for (id, lot) in lots {
        if let Some(opened) = lot.opened() {
            options.push((id.to_string(), html! { (batch_words(ui, *id, opened)) }));
        }
    }
    let first = options.first().map_or("", |(value, _)| value.as_str());
    let chosen = if fields.has("lot") { fields.text("lot") } else { first };
    choice(&t!(ui, "enter-which-batch"), "lot", chosen, &options)
}

/// A menu of reasons.
pub(super) fn reason_field(ui: &Ui, reasons: &[Reason], fields: &Fields, trouble: &Trouble) -> Field {
    let mut choices = vec![(String::new(), t!(ui, "choose"))];
    choices.extend(reasons.iter().map(|reason| (reason.code().to_owned(), say::reason(ui, *reason))));
    Field::new("reason", t!(ui, "enter-reason"))
        .choices(choices)
        .value(fields.text("reason"))
        .error(trouble.of("reason"))
}

fn paper_field(ui: &Ui, fields: &Fields, trouble: &Trouble) -> Markup {
    Field::new("paper", t!(ui, "enter-paper"))
        .hint(t!(ui, "enter-paper-hint"))
        .value(fields.text("paper"))
        .error(trouble.of("paper"))
        .optional()
        .show(ui)
}

fn served_fields(ui: &Ui, fields: &Fields, trouble: &Trouble) -> Markup {
    let field = |name: &str, label: String| {
        let value = fields.text(name);
        Field::new(name, label).input(Input::Decimal).value(value).error(trouble.of(name)).optional().show(ui)
    };
    html! {
        fieldset {
            legend { (t!(ui, "enter-served")) }
            (field("people", t!(ui, "enter-people")))
            (field("households", t!(ui, "enter-households")))
        }
    }
}

fn parts_fields(
    ui: &Ui,
    book: &Book,
    own: &CommunityCode,
    store: &Store,
    made: &Item,
    fields: &Fields,
    trouble: &Trouble,
) -> Markup {
    let mut lots: Vec<_> = batches(book, own, &store.code, ui.now)
        .into_iter()
        .filter(|(item, _, lot)| lot.balance() > 0 && item.code != made.code)
        .collect();
    // What a kit holds comes first.
    lots.sort_by_key(|(item, _, _)| !made.contains.iter().any(|part| part.item == item.code));
    lots.truncate(PARTS_MAX);
    html! {
        fieldset {
            legend { (t!(ui, "enter-made-from")) }
            @if let Some(error) = trouble.of("from") { span.error { (error) } }
            @for (item, id, lot) in &lots {
                @let name = format!("from-{id}");
                @let label = t!(ui, "enter-part", item = say::item_name(ui, book, item), amount = say::amount(ui, lot.balance(), item.dimension));
                (amount_field(ui, &name, &label, item, fields.text(&format!("{name}-unit")))
                    .value(fields.text(&name)).error(trouble.of(&name)).optional().show(ui))
            }
        }
    }
}

fn to_store(ui: &Ui, book: &Book, own: &CommunityCode, from: &Store, fields: &Fields) -> Markup {
    let today = ui.now.day(&ui.zone);
    let stores = book.region().stores.iter().filter(|store| {
        store.code != from.code
            && store.exists(today)
            && book.region().keeper_of(&store.place).as_ref() == Some(own)
    });
    let choices = stores.map(|store| (store.code.to_string(), store.name.clone())).collect();
    Field::new("to", t!(ui, "enter-to-store")).choices(choices).value(fields.text("to")).show(ui)
}

/// The entry that a form describes: the act, its day, and the batch whose card will show it.
type Described = (Act, Option<Day>, Option<LotId>);

fn read(
    ui: &Ui,
    book: &Book,
    what: What,
    store: &Store,
    item: &Item,
    fields: &Fields,
) -> Result<Described, Faults> {
    let mut reader = Reader::new(ui, fields);
    let quantity = reader.quantity("quantity", item);
    if quantity.is_some_and(|quantity| quantity.is_zero() || quantity.is_negative()) {
        reader.fault("quantity", t!(ui, "refusal-not-positive"));
    }
    let reason = if what.reasons().is_empty() { None } else { reader.reason("reason", what.reasons()) };
    let day = reader.day("day");
    let (store, item) = (store.code.clone(), item.code.clone());
    let lot = fields.text("lot").parse::<LotId>().ok();
    let method = reader.method();
    let act = match what {
        What::In => {
            let (batch, expires, paper) = (reader.mark("batch"), reader.day("expires"), reader.mark("paper"));
            quantity.zip(reason).map(|(quantity, reason)| Act::TakeIn {
                store,
                item,
                batch,
                expires,
                quantity,
                reason,
                paper,
                method,
            })
        }
        What::Out => {
            let people = reader.number("people", 10_000_000);
            let households = reader.number("households", 10_000_000);
            let served = (people.is_some() || households.is_some())
                .then(|| Served { people: people.unwrap_or(0), households: households.unwrap_or(0) });
            quantity.zip(reason).map(|(quantity, reason)| match lot {
                Some(lot) => Act::TakeOut { lot, quantity, reason, served, paper: None, method },
                None => Act::Use { store, item, quantity, reason, served, method },
            })
        }
        What::Lost => {
            if lot.is_none() {
                reader.fault("lot", t!(ui, "refusal-no-batch"));
            }
            quantity.zip(reason).zip(lot).map(|((quantity, reason), lot)| Act::TakeOut {
                lot,
                quantity,
                reason,
                served: None,
                paper: None,
                method,
            })
        }
        What::Make => {
            let (batch, expires) = (reader.mark("batch"), reader.day("expires"));
            let from = read_parts(book, fields, &mut reader);
            if from.is_empty() {
                reader.fault("from", t!(ui, "enter-made-from-nothing"));
            }
            quantity.map(|quantity| Act::Make { store, item, batch, expires, quantity, from })
        }
        What::Move => {
            let to = StoreCode::new(fields.text("to")).ok();
            if lot.is_none() {
                reader.fault("lot", t!(ui, "refusal-no-batch"));
            }
            if to.is_none() {
                reader.fault("to", t!(ui, "field-choice-missing"));
            }
            quantity.zip(lot).zip(to).map(|((quantity, lot), to)| Act::Move { lot, to, quantity })
        }
    };
    Ok((reader.done(act)?, day, lot))
}

fn read_parts(book: &Book, fields: &Fields, reader: &mut Reader<'_>) -> Vec<(LotId, Quantity)> {
    let mut parts = Vec::new();
    for rest in fields.after("from-").into_iter().filter(|rest| !rest.ends_with("-unit")).take(PARTS_MAX) {
        let name = format!("from-{rest}");
        let lot = rest.parse::<LotId>().ok();
        let opened = lot.and_then(|lot| book.ledger().lot(book.own()?, lot)?.opened());
        let item = opened.and_then(|opened| book.region().item(&opened.item));
        if let (Some(lot), Some(item)) = (lot, item)
            && let Some(quantity) = reader.quantity_if_any(&name, item)
            && !quantity.is_zero()
        {
            parts.push((lot, quantity));
        }
    }
    parts
}

async fn write(State(app): State<App>, Path(kind): Path<String>, posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let what = What::of(&kind)?;
    visit.actor()?;
    let show = |trouble: &Trouble| -> Answer {
        app.node.read(|book| Ok(mend(page(visit, book, what, fields, trouble)?)))
    };
    if fields.text("again") == "yes" {
        return show(&Trouble::none());
    }
    let read = app.node.read(|book| -> Result<_, Stop> {
        let store = own_store(visit, book, fields.text("store"), what.action())?;
        Ok(read(&visit.ui, book, what, store, known_item(book, fields.text("item"))?, fields))
    })?;
    let (act, day, lot) = match read {
        Ok(read) => read,
        Err(faults) => return show(&Trouble::faults(faults)),
    };
    match super::hand_over_act(&app, &posted, act, day).await? {
        Said::Done => {
            let id = posted.act()?;
            let lot = if matches!(what, What::In | What::Make) {
                Some(koinon_ledger::decide::lot_of_act(id, 0))
            } else {
                lot
            };
            // An entry over several batches has several cards; each of them can be corrected there.
            let done = lot.map_or_else(|| String::from("yes"), |lot| format!("{lot}.{id}"));
            Ok(see_other(&format!(
                "/enter/{}?done={done}&store={}",
                what.word(),
                percent(fields.text("store"))
            )))
        }
        Said::Ask(questions) => Ok(super::ask(&posted, &questions, Section::Stock)),
        Said::No(words) => show(&Trouble::refused(words)),
    }
}

/// One entry of one batch of this community.
struct Target<'a> {
    own: CommunityCode,
    id: LotId,
    lot: &'a Lot,
    item: &'a Item,
    card: CardLine<'a>,
}

fn target<'a>(
    visit: &Visit,
    book: &'a Book,
    community: &str,
    lot: &str,
    entry: &str,
) -> Result<Target<'a>, Stop> {
    let none = || Stop::from(Problem::new(Kind::NotFound));
    let (own, id, known, item) = own_lot(visit, book, community, lot, Action::Correct)?;
    let entry: EntryId = entry.parse().map_err(|_| none())?;
    let card = known.card().find(|card| card.line.entry == entry).ok_or_else(none)?;
    Ok(Target { own, id, lot: known, item, card })
}

fn own_lot<'a>(
    visit: &Visit,
    book: &'a Book,
    community: &str,
    lot: &str,
    action: Action,
) -> Result<(CommunityCode, LotId, &'a Lot, &'a Item), Stop> {
    let none = || Stop::from(Problem::new(Kind::NotFound));
    let own = visit.own(book)?;
    if own.as_str() != community {
        return Err(Problem::new(Kind::Forbidden).detail(t!(visit.ui, "correct-not-ours")).into());
    }
    let id: LotId = lot.parse().map_err(|_| none())?;
    let known = book.ledger().lot(&own, id).ok_or_else(none)?;
    let opened = known.opened().ok_or_else(none)?;
    own_store(visit, book, opened.store.as_str(), action)?;
    let item = book.region().item(&opened.item).ok_or_else(none)?;
    Ok((own, id, known, item))
}

async fn correct_form(
    State(app): State<App>,
    visit: Visit,
    Path((community, lot, entry)): Path<(String, String, String)>,
) -> Answer {
    visit.actor()?;
    app.node.read(|book| {
        let target = target(&visit, book, &community, &lot, &entry)?;
        Ok(correct_page(&visit.ui, book, &target, &Fields::default(), &Trouble::none()).into_response())
    })
}

fn correct_page<'a>(
    ui: &'a Ui,
    book: &Book,
    target: &Target<'_>,
    fields: &Fields,
    trouble: &Trouble,
) -> Page<'a> {
    let Target { own, id, lot, item, card } = target;
    let was = match card.line.does {
        Does::Change(amount) => amount.saturating_abs(),
        Does::Seen(seen) => seen,
    };
    let kind = match card.line.does {
        Does::Seen(_) => t!(ui, "correct-a-count"),
        Does::Change(_) => say::reason(ui, card.line.reason),
    };
    let mut rows = vec![
        (t!(ui, "enter-item"), html! { (say::item_name(ui, book, item)) }),
        (t!(ui, "correct-entry"), html! { (kind) ", " (say::amount(ui, i128::from(was), item.dimension)) }),
        (t!(ui, "correct-when"), html! { (crate::components::age(ui, card.at.occurred)) }),
        (t!(ui, "how-found"), html! { (say::method(ui, card.line.method)) }),
    ];
    if let Some(opened) = lot.opened() {
        rows.insert(1, (t!(ui, "batch"), html! { (batch_words(ui, *id, opened)) }));
    }
    if card.standing != Standing::Plain {
        rows.push((t!(ui, "correct-before"), html! { (t!(ui, "correct-was-changed")) }));
    }
    let reasons = [Reason::EntryError, Reason::FiguresDoubted, Reason::NotKnownYet];
    let body = html! {
        (choice(&t!(ui, "correct-how"), "way", if fields.has("way") { fields.text("way") } else { "amount" }, &[
            (String::from("amount"), html! { (t!(ui, "correct-amount")) }),
            (String::from("back"), html! { (t!(ui, "correct-take-back")) }),
        ]))
        (amount_field(ui, "quantity", &t!(ui, "correct-right-amount"), item, fields.text("quantity-unit"))
            .hint(t!(ui, "correct-right-hint"))
            .value(fields.text("quantity"))
            .error(trouble.of("quantity"))
            .optional()
            .show(ui))
        (reason_field(ui, &reasons, fields, trouble).show(ui))
        div.actions { (submit(&t!(ui, "correct-save"), Weight::Primary)) }
    };
    let action = super::correct_href(own, *id, card.line.entry);
    Page::new(ui, t!(ui, "correct-title"))
        .section(Section::Stock)
        .crumb(format!("/lot/{own}/{id}"), say::item_name(ui, book, item))
        .lead(t!(ui, "correct-lead"))
        .narrow()
        .body(html! { div.stack { (card_of(ui, &rows)) (form_with(ui, &action, trouble, &body)) } })
}

fn card_of(ui: &Ui, rows: &[(String, Markup)]) -> Markup {
    card(&t!(ui, "correct-entry"), &facts(rows))
}

async fn correct(
    State(app): State<App>,
    Path((community, lot, entry)): Path<(String, String, String)>,
    posted: Posted,
) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    visit.actor()?;
    let show = |trouble: &Trouble| -> Answer {
        app.node.read(|book| {
            let target = target(visit, book, &community, &lot, &entry)?;
            Ok(mend(correct_page(&visit.ui, book, &target, fields, trouble)))
        })
    };
    let read = app.node.read(|book| -> Result<Result<Act, Faults>, Stop> {
        let target = target(visit, book, &community, &lot, &entry)?;
        let mut reader = Reader::new(&visit.ui, fields);
        let back = fields.text("way") == "back";
        let quantity = if back { None } else { reader.quantity("quantity", target.item) };
        let reasons = [Reason::EntryError, Reason::FiguresDoubted, Reason::NotKnownYet];
        let reason = reader.reason("reason", &reasons);
        let (lot, entry) = (target.id, target.card.line.entry);
        Ok(reader.done(reason).map(|reason| Act::Correct { lot, target: entry, quantity, reason }))
    })?;
    let act = match read {
        Ok(act) => act,
        Err(faults) => return show(&Trouble::faults(faults)),
    };
    match super::hand_over_act(&app, &posted, act, None).await? {
        Said::Done => Ok(see_other(&format!("/lot/{community}/{lot}?done=corrected"))),
        Said::Ask(questions) => Ok(super::ask(&posted, &questions, Section::Stock)),
        Said::No(words) => show(&Trouble::refused(words)),
    }
}

const HOLD_REASONS: [Reason; 6] = [
    Reason::Quarantine,
    Reason::Recall,
    Reason::ColdChain,
    Reason::Damaged,
    Reason::FiguresDoubted,
    Reason::NotKnownYet,
];

async fn hold_form(
    State(app): State<App>,
    visit: Visit,
    Path((community, lot)): Path<(String, String)>,
) -> Answer {
    visit.actor()?;
    app.node.read(|book| {
        Ok(hold_page(&visit, book, &community, &lot, &Fields::default(), &Trouble::none())?.into_response())
    })
}

fn hold_page<'a>(
    visit: &'a Visit,
    book: &Book,
    community: &str,
    lot: &str,
    fields: &Fields,
    trouble: &Trouble,
) -> Result<Page<'a>, Stop> {
    let ui = &visit.ui;
    let (own, id, known, item) = own_lot(visit, book, community, lot, Action::HoldRecall)?;
    let held = known.held();
    let body = html! {
        input type="hidden" name="held" value=(if held.is_some() { "no" } else { "yes" });
        (reason_field(ui, &HOLD_REASONS, fields, trouble).show(ui))
        div.actions {
            (submit(&if held.is_some() { t!(ui, "hold-release") } else { t!(ui, "hold-save") }, Weight::Primary))
        }
    };
    let lead = match held {
        Some(reason) => t!(ui, "hold-now", reason = say::reason(ui, reason)),
        None => t!(ui, "hold-lead"),
    };
    let name = say::item_name(ui, book, item);
    let batch = known.opened().map(|opened| batch_words(ui, id, opened)).unwrap_or_default();
    Ok(Page::new(ui, t!(ui, "hold-title", item = name.as_str()))
        .section(Section::Stock)
        .crumb(format!("/lot/{own}/{id}"), name)
        .lead(lead)
        .narrow()
        .body(html! { div.stack { p { (batch) } (form_with(ui, &format!("/lot/{own}/{id}/hold"), trouble, &body)) } }))
}

async fn hold(
    State(app): State<App>,
    Path((community, lot)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    visit.actor()?;
    let show = |trouble: &Trouble| -> Answer {
        app.node.read(|book| Ok(mend(hold_page(visit, book, &community, &lot, fields, trouble)?)))
    };
    let id = app
        .node
        .read(|book| own_lot(visit, book, &community, &lot, Action::HoldRecall).map(|found| found.1))?;
    let mut reader = Reader::new(&visit.ui, fields);
    let reason = reader.reason("reason", &HOLD_REASONS);
    let reason = match reader.done(reason) {
        Ok(reason) => reason,
        Err(faults) => return show(&Trouble::faults(faults)),
    };
    let act = Act::Hold { lot: id, held: fields.text("held") != "no", reason };
    match super::hand_over_act(&app, &posted, act, None).await? {
        Said::Done => Ok(see_other(&format!("/lot/{community}/{lot}?done=held"))),
        Said::Ask(questions) => Ok(super::ask(&posted, &questions, Section::Stock)),
        Said::No(words) => show(&Trouble::refused(words)),
    }
}

async fn recall_form(
    State(app): State<App>,
    visit: Visit,
    Query(query): Query<BTreeMap<String, String>>,
) -> Answer {
    visit.actor()?;
    let fields = Fields::new(query.into_iter().collect());
    app.node.read(|book| Ok(recall_page(&visit, book, &fields, &Trouble::none())?.into_response()))
}

fn recall_page<'a>(
    visit: &'a Visit,
    book: &Book,
    fields: &Fields,
    trouble: &Trouble,
) -> Result<Page<'a>, Stop> {
    let ui = &visit.ui;
    let own = visit.own(book)?;
    visit.permit(book, Action::HoldRecall, &Resource::community(own))?;
    let item = ItemCode::new(fields.text("item")).ok();
    let batch = PrintedMark::new(fields.text("batch")).ok();
    let stands = book
        .ledger()
        .recalls()
        .any(|(of, mark, _)| Some(of) == item.as_ref() && Some(mark) == batch.as_ref());
    let body = html! {
        (Field::new("item", t!(ui, "enter-item")).choices(item_choices(ui, book)).value(fields.text("item")).show(ui))
        (Field::new("batch", t!(ui, "enter-batch")).hint(t!(ui, "recall-batch-hint")).value(fields.text("batch")).error(trouble.of("batch")).show(ui))
        (reason_field(ui, &HOLD_REASONS, fields, trouble).show(ui))
        div.actions {
            (crate::forms::submit_as("stands", "yes", &t!(ui, "recall-save"), Weight::Danger))
            @if stands { (crate::forms::submit_as("stands", "no", &t!(ui, "recall-lift"), Weight::Secondary)) }
        }
    };
    let mut page = Page::new(ui, t!(ui, "recall-title")).section(Section::Stock).lead(t!(ui, "recall-lead"));
    if fields.has("done") {
        page = page.notice(super::done_notice(ui, &t!(ui, "acts-done"), None));
    }
    Ok(page.body(html! {
        div.stack {
            (form_with(ui, "/recall", trouble, &body))
            @if let (Some(item), Some(batch)) = (&item, &batch) { (where_it_went(visit, book, item, batch)) }
            (standing_recalls(ui, book))
        }
    }))
}

/// Everywhere a printed batch stands or stood, in every book heard of.
fn where_it_went(visit: &Visit, book: &Book, item: &ItemCode, batch: &PrintedMark) -> Markup {
    let ui = &visit.ui;
    let known = book.region().item(item);
    let columns = [
        Column::head(t!(ui, "recall-place")),
        Column::text(t!(ui, "enter-store")),
        Column::number(t!(ui, "enter-amount")),
        Column::text(t!(ui, "recall-from")),
    ];
    let mut table = Table::new(t!(ui, "recall-where"), columns);
    let mut rows = 0;
    for (community, id, lot) in book.ledger().lots() {
        let Some(opened) = lot.opened().filter(|o| o.item == *item && o.batch.as_ref() == Some(batch)) else {
            continue;
        };
        let visibility = known.map(Item::seen_by).unwrap_or_default();
        let seen = koinon_authority::sight(&visit.visitor.viewer, visibility, community, false);
        if seen != koinon_authority::Sight::Amount {
            continue;
        }
        rows += 1;
        let dimension = known.map_or(koinon_core::Dimension::Count, |item| item.dimension);
        let from = opened.from.as_ref().map(|(from, _)| say::community(book, from));
        table = table.row([
            html! { a href={ "/lot/" (community) "/" (id) } { (say::community(book, community)) } },
            html! { (say::store(book, &opened.store)) },
            html! { (say::amount(ui, lot.balance(), dimension)) },
            html! { @if let Some(from) = from { (from) } },
        ]);
    }
    let body = if rows == 0 {
        empty(Icon::Search, &t!(ui, "recall-nowhere"), &html! {})
    } else {
        html! { (table) }
    };
    card(&t!(ui, "recall-where"), &body)
}

fn standing_recalls(ui: &Ui, book: &Book) -> Markup {
    let standing: Vec<_> = book.ledger().recalls().collect();
    html! {
        @if !standing.is_empty() {
            (card(&t!(ui, "recall-standing"), &html! {
                ul {
                    @for (item, batch, reason) in standing {
                        li {
                            a href={ "/recall?item=" (item) "&batch=" (percent(batch.as_str())) } {
                                (say::item(ui, book, item)) " · " (t!(ui, "batch-named", mark = batch.as_str()))
                            }
                            " (" (say::reason(ui, reason)) ")"
                        }
                    }
                }
            }))
        }
    }
}

async fn recall(State(app): State<App>, posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    visit.actor()?;
    let show = |trouble: &Trouble| -> Answer {
        app.node.read(|book| Ok(mend(recall_page(visit, book, fields, trouble)?)))
    };
    let mut reader = Reader::new(&visit.ui, fields);
    let batch = reader.mark("batch");
    if !fields.has("batch") {
        reader.fault("batch", t!(visit.ui, "recall-batch-missing"));
    }
    let reason = reader.reason("reason", &HOLD_REASONS);
    let item = app.node.read(|book| known_item(book, fields.text("item")).map(|item| item.code.clone()))?;
    let (batch, reason) = match reader.done(batch.zip(reason)) {
        Ok(read) => read,
        Err(faults) => return show(&Trouble::faults(faults)),
    };
    let back = format!("/recall?done=yes&item={item}&batch={}", percent(batch.as_str()));
    let act = Act::Recall { item, batch, stands: fields.text("stands") != "no", reason };
    match super::hand_over_act(&app, &posted, act, None).await? {
        Said::Done => Ok(see_other(&back)),
        Said::Ask(questions) => Ok(super::ask(&posted, &questions, Section::Stock)),
        Said::No(words) => show(&Trouble::refused(words)),
    }
}
