//! Everything that changes stock besides counting: take in, hand out, lost, made, moved.
//!
//! Each page asks first for the thing, then for the rest, since units and batches follow from the thing. It works without
//! script that way.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse as _;
use axum::routing::get;
use koinon_authority::{Action, Resource};
use koinon_books::Book;
use koinon_core::region::{Item, Store};
use koinon_core::{CommunityCode, Day, LotId, Quantity, StoreCode};
use koinon_ledger::fact::Served;
use koinon_ledger::lot::Lot;
use koinon_ledger::{Act, Reason};
use maud::{Markup, html};

use super::count::{batch_fields, batches, item_choices, known_item, own_store, own_stores};
use super::fields::{Fields, Reader};
use super::{Answer, Faults, Said, Trouble, amount_field, batch_words, form_with, mend, say};
use crate::app::App;
use crate::components::{empty, link_button};
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
    Router::new().route("/enter/{kind}", get(form).post(write))
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
    let about = app.node.read(|book| say::about(&visit.ui, book, &act));
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
        Said::Ask(questions) => Ok(super::ask_about(&posted, &about, &questions, Section::Stock)),
        Said::No(words) => show(&Trouble::refused(words)),
    }
}
