//! Counting, made for a phone: choose a store, choose a thing, type what is there.
//!
//! A scanner that types like a keyboard may do the choosing: it finds a batch by its label or by its printed number. What
//! was seen is stored as seen; an amount far from the book's is asked about once and never blocked.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use koinon_authority::{Action, Resource};
use koinon_books::{Book, Fact};
use koinon_core::region::{Item, Store};
use koinon_core::{CommunityCode, Day, Digest, ItemCode, LotId, PersonId, Quantity, StoreCode, Timestamp};
use koinon_ledger::decide::lot_of_act;
use koinon_ledger::fact::PrintedMark;
use koinon_ledger::lot::{LastCount, Lot};
use koinon_ledger::{Act, Key, LedgerFact, command::Which};
use maud::{Markup, html};

use super::fields::{Fields, Reader};
use super::{Answer, Faults, Said, Trouble, amount_field, batch_words, correct_href, picture, say};
use crate::app::App;
use crate::components::{age, card, empty, link_button};
use crate::forms::{ACT_FIELD, Field, Input, Weight, queued_form, submit, tick};
use crate::gs1;
use crate::icons::{Icon, icon};
use crate::layout::{Page, Section};
use crate::part::Part;
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::Ui;
use crate::visit::{Posted, Stop, Visit, percent, see_other};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/count", get(stores))
        .route("/count/{store}", get(things))
        .route("/count/{store}/{item}", get(form).post(write))
}

/// The stores of the community whose book this is, in which the visitor may do something.
pub(super) fn own_stores<'a>(
    visit: &Visit,
    book: &'a Book,
    own: &CommunityCode,
    action: Action,
) -> Vec<&'a Store> {
    let today = visit.ui.now.day(&visit.ui.zone);
    let ours = |store: &&Store| {
        let resource = Resource::community(own.clone()).in_store(store.place.clone(), store.code.clone());
        store.exists(today)
            && book.region().keeper_of(&store.place).as_ref() == Some(own)
            && visit.may(book, action, &resource)
    };
    book.region().stores.iter().filter(ours).collect()
}

/// A store of this community, for somebody who may do something in it.
///
/// # Errors
/// [`Stop`] where there is no such store or the visitor may not.
pub(super) fn own_store<'a>(
    visit: &Visit,
    book: &'a Book,
    code: &str,
    action: Action,
) -> Result<&'a Store, Stop> {
    let own = visit.own(book)?;
    let none = || Stop::from(Problem::new(Kind::NotFound));
    let store = StoreCode::new(code).ok().and_then(|code| book.region().store(&code)).ok_or_else(none)?;
    if book.region().keeper_of(&store.place).as_ref() != Some(&own) {
        return Err(none());
    }
    let resource = Resource::community(own).in_store(store.place.clone(), store.code.clone());
    visit.permit(book, action, &resource)?;
    Ok(store)
}

/// An item of the catalogue.
///
/// # Errors
/// [`Stop`] where there is no such item.
pub(super) fn known_item<'a>(book: &'a Book, code: &str) -> Result<&'a Item, Stop> {
    let item = ItemCode::new(code).ok().and_then(|code| book.region().item(&code));
    item.ok_or_else(|| Problem::new(Kind::NotFound).into())
}

/// How many batches of a store a page shows at once.
pub(super) const LINES_SHOWN: usize = 100;

/// The batches in a store that a person would look for there: what is on hand, or was touched within ninety days.
pub(super) fn batches<'a>(
    book: &'a Book,
    own: &CommunityCode,
    store: &StoreCode,
    now: Timestamp,
) -> Vec<(&'a Item, LotId, &'a Lot)> {
    let recent = now.plus_days(-90);
    let mut found: Vec<(&Item, LotId, &Lot)> = book
        .ledger()
        .lots()
        .filter(|(community, _, _)| *community == own)
        .filter(|(_, _, lot)| lot.balance() != 0 || lot.last_change().is_some_and(|at| at >= recent))
        .filter_map(|(_, id, lot)| {
            let opened = lot.opened().filter(|opened| opened.store == *store)?;
            Some((book.region().item(&opened.item)?, id, lot))
        })
        .collect();
    found.sort_by_cached_key(|(item, id, lot)| {
        (
            item.group,
            item.code.clone(),
            lot.opened().and_then(|opened| opened.expires).unwrap_or(Day(i32::MAX)),
            *id,
        )
    });
    found
}

/// Asks in which store, unless there is only one.
async fn stores(State(app): State<App>, visit: Visit) -> Answer {
    visit.actor()?;
    app.node.read(|book| {
        let ui = &visit.ui;
        let own = visit.own(book)?;
        let stores = own_stores(&visit, book, &own, Action::Count);
        if stores.is_empty() {
            visit.permit(book, Action::Count, &Resource::community(own.clone()))?;
        }
        let page = Page::new(ui, t!(ui, "count-title"))
            .section(Section::Count)
            .lead(t!(ui, "count-where"))
            .narrow()
            .kept();
        let body = html! {
            div.stack {
                @if let Some(asked) = super::recount::asked_card(ui, book) { (asked) }
                @if stores.is_empty() {
                    (empty(Icon::Stock, &t!(ui, "count-no-store"), &html! {}))
                } @else {
                    ul.picks {
                        @for store in &stores { li { (store_link(ui, book, &own, store)) } }
                    }
                }
                (other_ways(ui))
            }
        };
        Ok(page.body(body).into_response())
    })
}

fn store_link(ui: &Ui, book: &Book, own: &CommunityCode, store: &Store) -> Markup {
    let lots = batches(book, own, &store.code, ui.now);
    let oldest = lots.iter().map(|(_, _, lot)| lot.last_count().map(|count| count.at)).min().flatten();
    html! {
        a.pick href={ "/count/" (store.code) } {
            (icon(Icon::Stock))
            span.pick-words {
                strong { (store.name) }
                small.muted { (t!(ui, "count-batches", n = lots.len())) }
            }
            @if let Some(oldest) = oldest { span.small.muted { (t!(ui, "count-oldest")) " " (age(ui, oldest)) } }
        }
    }
}

fn other_ways(ui: &Ui) -> Markup {
    let links = [
        ("/enter/in", t!(ui, "enter-in-title")),
        ("/enter/out", t!(ui, "enter-out-title")),
        ("/enter/lost", t!(ui, "enter-lost-title")),
        ("/enter/make", t!(ui, "enter-make-title")),
        ("/enter/move", t!(ui, "enter-move-title")),
        ("/recall", t!(ui, "recall-title")),
        ("/count/import", t!(ui, "import-title")),
    ];
    card(
        &t!(ui, "count-other"),
        &html! { div.row { @for (href, name) in &links { (link_button(href, name, false)) } } },
    )
}

/// Lists the things in a store, the scanner's field on top.
async fn things(
    State(app): State<App>,
    visit: Visit,
    Path(code): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Answer {
    visit.actor()?;
    app.node.read(|book| {
        let ui = &visit.ui;
        let own = visit.own(book)?;
        let store = own_store(&visit, book, &code, Action::Count)?;
        let scan = query.get("scan").map(|text| text.trim()).filter(|text| !text.is_empty());
        let mut trouble = Trouble::none();
        if let Some(scan) = scan {
            match find_scanned(ui, book, &own, store, scan) {
                Found::Go(href) => return Ok(see_other(&href)),
                Found::Choose(..) => {}
                Found::Bad(words) => trouble = Trouble::faults(vec![("scan".to_owned(), words)]),
            }
        }
        let known = scan.and_then(|scan| match find_scanned(ui, book, &own, store, scan) {
            Found::Choose(prefill) => Some(prefill),
            Found::Go(_) | Found::Bad(_) => None,
        });
        let lots = batches(book, &own, &store.code, ui.now);
        let part = Part::asked(query.get("from").map(String::as_str), lots.len(), LINES_SHOWN);
        let shown = lots.get(part.range()).unwrap_or_default();
        let mut page = Page::new(ui, store.name.clone())
            .section(Section::Count)
            .crumb("/count", t!(ui, "count-title"))
            .lead(t!(ui, "count-what"))
            .narrow()
            .kept();
        if let Some(notice) = written(ui, book, &own, store, &query, &lots) {
            page = page.notice(notice);
        }
        if let Some(lines) = query.get("lines").and_then(|n| n.parse::<i64>().ok()) {
            page = page.notice(super::done_notice(ui, &t!(ui, "sheet-written", n = lines), None));
        }
        Ok(page
            .body(html! {
                div.stack {
                    (trouble.show(ui))
                    (scan_form(ui, store, scan.unwrap_or("")))
                    @if lots.is_empty() {
                        (empty(Icon::Count, &t!(ui, "count-nothing-yet"), &html! {}))
                    }
                    ul.picks { @for (item, id, lot) in shown { li { (thing_link(ui, book, store, item, *id, lot)) } } }
                    (part.ways(ui, &|from| format!("/count/{}?from={from}", store.code)))
                    (new_thing(ui, book, store, known.as_deref().unwrap_or("")))
                    div.row {
                        (link_button(&format!("/count/sheet/{}", store.code), &t!(ui, "sheet-title"), false))
                        (link_button(&format!("/labels/{}", store.code), &t!(ui, "labels-title"), false))
                    }
                }
            })
            .into_response())
    })
}

/// Says what was just written down, and what was not counted for longest.
fn written(
    ui: &Ui,
    book: &Book,
    own: &CommunityCode,
    store: &Store,
    query: &BTreeMap<String, String>,
    lots: &[(&Item, LotId, &Lot)],
) -> Option<Markup> {
    let (lot, entry) = query.get("did")?.split_once('.')?;
    let (lot, entry): (LotId, _) = (lot.parse().ok()?, entry.parse().ok()?);
    let known = book.ledger().lot(own, lot)?;
    let line = known.card().find(|card| card.line.entry == entry)?;
    let item = book.region().item(&known.opened()?.item)?;
    let amount = say::amount(ui, line.balance, item.dimension);
    let words = t!(ui, "count-written", item = say::item_name(ui, book, item), amount = amount);
    let next = lots
        .iter()
        .filter(|(_, id, _)| *id != lot)
        .min_by_key(|(_, _, lot)| lot.last_count().map(|count| count.at))
        .map(|(item, id, _)| {
            (format!("/count/{}/{}?mark={id}", store.code, item.code), say::item_name(ui, book, item))
        });
    Some(html! {
        (super::done_notice(ui, &words, Some(&correct_href(own, lot, entry))))
        @if let Some((href, name)) = next {
            a.button.button-primary.button-big href=(href) { (t!(ui, "count-next", item = name)) }
        }
    })
}

fn scan_form(ui: &Ui, store: &Store, scan: &str) -> Markup {
    html! {
        form.form method="get" action={ "/count/" (store.code) } {
            (Field::new("scan", t!(ui, "scan-label")).input(Input::Search).hint(t!(ui, "scan-hint")).value(scan).show(ui))
            div.actions { button.button { (icon(Icon::Barcode)) (t!(ui, "scan-find")) } }
        }
    }
}

fn thing_link(ui: &Ui, book: &Book, store: &Store, item: &Item, id: LotId, lot: &Lot) -> Markup {
    html! {
        a.pick href={ "/count/" (store.code) "/" (item.code) "?mark=" (id) } {
            (picture(item.group))
            span.pick-words {
                strong { (say::item_name(ui, book, item)) }
                @if let Some(opened) = lot.opened() { small.muted { (batch_words(ui, id, opened)) } }
            }
            span.pick-end {
                span.number { (say::amount(ui, lot.balance(), item.dimension)) }
                small.muted {
                    @match lot.last_count() {
                        Some(count) => (age(ui, count.at)),
                        None => (t!(ui, "count-never")),
                    }
                }
            }
        }
    }
}

fn new_thing(ui: &Ui, book: &Book, store: &Store, prefill: &str) -> Markup {
    let choices = item_choices(ui, book);
    let body = html! {
        form.form method="get" action={ "/count/" (store.code) "/new" } {
            @for pair in prefill.split('&').filter_map(|pair| pair.split_once('=')) {
                input type="hidden" name=(pair.0) value=(pair.1);
            }
            (Field::new("item", t!(ui, "enter-item")).choices(choices).show(ui))
            div.actions { (submit(&t!(ui, "count-go-on"), Weight::Secondary)) }
        }
    };
    card(&t!(ui, "count-something-else"), &body)
}

/// The items of the catalogue by name in the reader's language.
pub(super) fn item_choices(ui: &Ui, book: &Book) -> Vec<(String, String)> {
    let items = book.region().items.iter();
    let mut choices: Vec<(String, String)> =
        items.map(|item| (item.code.to_string(), say::item_name(ui, book, item))).collect();
    choices.sort_by(|a, b| a.1.cmp(&b.1));
    choices
}

/// What a scanned text leads to.
enum Found {
    /// Straight to a page.
    Go(String),
    /// Batch and day are known, the item is not.
    Choose(String),
    /// It cannot be read.
    Bad(String),
}

fn find_scanned(ui: &Ui, book: &Book, own: &CommunityCode, store: &Store, text: &str) -> Found {
    let lots = batches(book, own, &store.code, ui.now);
    // A label of ours: its address, or the short mark under it.
    let mark = text.rsplit_once("mark=").map_or(text, |(_, mark)| mark).to_ascii_lowercase();
    let labelled = lots.iter().find(|(_, id, _)| {
        (mark.len() == 8 && id.short() == mark) || (mark.len() == 32 && id.to_string() == mark)
    });
    let there = |item: &Item, id: LotId, rest: &str| {
        Found::Go(format!("/count/{}/{}?mark={id}{rest}", store.code, item.code))
    };
    if let Some((item, id, _)) = labelled {
        return there(item, *id, "");
    }
    let this_year = ui.now.civil(&ui.zone).year();
    match gs1::parse(text, this_year) {
        Err(_) => Found::Bad(t!(ui, "scan-unreadable")),
        Ok(scan) => {
            let amount = scan.count.map(|count| format!("&seen={count}")).unwrap_or_default();
            let same = |lot: &Lot| {
                let mark = lot.opened().and_then(|opened| opened.batch.as_ref());
                mark.is_some() && mark.map(PrintedMark::as_str) == scan.batch.as_deref()
            };
            let mut matching = lots.iter().filter(|(_, _, lot)| same(lot));
            if let (Some((item, id, _)), None) = (matching.next(), matching.next()) {
                return there(item, *id, &amount);
            }
            let batch = scan.batch.map(|batch| format!("&batch={batch}")).unwrap_or_default();
            let expires = scan.expires.map(|day| format!("&expires={}", day.to_date())).unwrap_or_default();
            Found::Choose(format!("new=yes{batch}{expires}{amount}"))
        }
    }
}

/// The number pad for one batch of one thing.
async fn form(
    State(app): State<App>,
    visit: Visit,
    Path((store, item)): Path<(String, String)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Answer {
    visit.actor()?;
    let fields = Fields::new(query);
    if item == "new" {
        // The list of things posts its choice here, so that it works without script.
        let rest: Vec<String> = fields
            .pairs()
            .iter()
            .filter(|(name, _)| name != "item")
            .map(|(name, value)| format!("{name}={}", percent(value)))
            .collect();
        return Ok(see_other(&format!(
            "/count/{store}/{}?new=yes&{}",
            percent(fields.text("item")),
            rest.join("&")
        )));
    }
    app.node.read(|book| {
        let store = own_store(&visit, book, &store, Action::Count)?;
        let item = known_item(book, &item)?;
        Ok(page(&visit, book, store, item, &fields, &Trouble::none())?.into_response())
    })
}

fn page<'a>(
    visit: &'a Visit,
    book: &Book,
    store: &Store,
    item: &Item,
    fields: &Fields,
    trouble: &Trouble,
) -> Result<Page<'a>, Stop> {
    let ui = &visit.ui;
    let own = visit.own(book)?;
    let name = say::item_name(ui, book, item);
    let page = Page::new(ui, name)
        .section(Section::Count)
        .crumb("/count", t!(ui, "count-title"))
        .crumb(format!("/count/{}", store.code), store.name.clone())
        .narrow()
        .kept();
    let lots: Vec<(LotId, &Lot)> = batches(book, &own, &store.code, ui.now)
        .into_iter()
        .filter(|(i, _, _)| i.code == item.code)
        .map(|(_, id, lot)| (id, lot))
        .collect();
    // A link names the batch as `mark`, the form itself as `lot`.
    let wanted = if fields.has("lot") { fields.text("lot") } else { fields.text("mark") };
    let chosen = match (lots.as_slice(), fields.text("new") == "yes") {
        (_, true) => None,
        ([only], false) if wanted.is_empty() => Some(*only),
        (many, false) => many.iter().find(|(id, _)| id.to_string() == wanted).copied(),
    };
    if chosen.is_none() && !lots.is_empty() && fields.text("new") != "yes" {
        return Ok(page.lead(t!(ui, "count-which-batch")).body(html! {
            div.stack {
                ul.picks { @for (id, lot) in &lots { li { (thing_link(ui, book, store, item, *id, lot)) } } }
                (link_button(&format!("/count/{}/{}?new=yes", store.code, item.code), &t!(ui, "count-new-batch"), false))
            }
        }));
    }
    let unit = fields.text("seen-unit");
    let action = format!("/count/{}/{}", store.code, item.code);
    let body = html! {
        @match &chosen {
            Some((id, lot)) => {
                input type="hidden" name="lot" value=(id);
                input type="hidden" name="after" value=(lot.last_count().map_or(0, |count| count.at.as_millis()));
                (last_time(ui, item, *id, lot))
            }
            None => {
                input type="hidden" name="new" value="yes";
                (batch_fields(ui, fields, trouble))
            }
        }
        (amount_field(ui, "seen", &t!(ui, "count-seen"), item, unit)
            .value(fields.text("seen"))
            .error(trouble.of("seen"))
            .show_with_pad(ui))
        button class="button button-primary button-big" { (t!(ui, "count-save")) }
        (tick("visitor", &t!(ui, "count-visitor"), fields.text("visitor") == "yes"))
        (super::how_fields(ui, fields, trouble, &["counted", "estimated", "told", "paper"]))
    };
    let other = format!("/count/{}/{}?new=yes", store.code, item.code);
    Ok(page.body(html! {
        div.stack {
            (trouble.show(ui))
            (queued_form(ui, &action, &body))
            @if chosen.is_some() { a.button.button-quiet href=(other) { (icon(Icon::Plus)) (t!(ui, "count-new-batch")) } }
        }
    }))
}

fn last_time(ui: &Ui, item: &Item, id: LotId, lot: &Lot) -> Markup {
    html! {
        div.batch {
            (picture(item.group))
            div {
                @if let Some(opened) = lot.opened() { div { (batch_words(ui, id, opened)) } }
                @if let Some(count) = lot.last_count() {
                    div.muted.small {
                        (t!(ui, "count-last", amount = say::amount(ui, i128::from(count.seen), item.dimension), how = say::how_counted(ui, &count)))
                        " " (age(ui, count.at))
                    }
                } @else { div.muted.small { (t!(ui, "count-never")) } }
            }
        }
    }
}

/// Batch number and last day of something new.
pub(super) fn batch_fields(ui: &Ui, fields: &Fields, trouble: &Trouble) -> Markup {
    html! {
        (Field::new("batch", t!(ui, "enter-batch")).hint(t!(ui, "enter-batch-hint")).value(fields.text("batch")).error(trouble.of("batch")).optional().show(ui))
        (Field::new("expires", t!(ui, "enter-expires")).input(Input::Date).value(fields.text("expires")).error(trouble.of("expires")).optional().show(ui))
    }
}

/// Reads a posted count.
fn read_count(
    ui: &Ui,
    store: &Store,
    item: &Item,
    fields: &Fields,
) -> Result<(Act, Option<Day>, Option<LotId>), Faults> {
    let mut reader = Reader::new(ui, fields);
    let seen: Option<Quantity> = reader.quantity("seen", item);
    if seen.is_some_and(Quantity::is_negative) {
        reader.fault("seen", t!(ui, "refusal-negative"));
    }
    let day = reader.day("day");
    let lot = fields.text("lot").parse::<LotId>().ok().filter(|_| fields.text("new") != "yes");
    let which = match lot {
        Some(lot) => Which::Lot(lot),
        None => Which::New { batch: reader.mark("batch"), expires: reader.day("expires") },
    };
    let method = reader.method();
    let seen = reader.done(seen)?;
    // Who visits has no account here: a number of nobody else's stands for one person.
    let witness = (fields.text("visitor") == "yes").then(|| {
        let Digest(bytes) = Digest::of("koinon/visitor", fields.text(ACT_FIELD).as_bytes());
        PersonId(std::array::from_fn(|at| bytes.get(at).copied().unwrap_or_default()))
    });
    let act = Act::Count { store: store.code.clone(), item: item.code.clone(), which, seen, method, witness };
    Ok((act, day, lot))
}

/// Asks where somebody else counted the same after the page was opened: two people stand before one shelf.
///
/// # Errors
/// [`Stop`] where the store cannot be read.
fn counted_meanwhile(app: &App, visit: &Visit, fields: &Fields, lot: LotId) -> Result<Option<String>, Stop> {
    let ui = &visit.ui;
    let me = visit.actor()?.subject();
    let Some((own, last)) = app.node.read(|book| {
        let own = book.own()?.clone();
        let last = book.ledger().lot(&own, lot)?.last_count()?;
        Some((own, last))
    }) else {
        return Ok(None);
    };
    let LastCount { at, seen, .. } = last;
    let opened = fields.text("after").parse::<i64>().unwrap_or(i64::MAX);
    if opened >= at.as_millis() {
        return Ok(None);
    }
    let history = app.node.history(&Key::Lot(own, lot)).map_err(|_| Problem::new(Kind::Internal))?;
    let counted = history.iter().rev().find_map(|entry| match &entry.fact {
        Fact::Ledger(LedgerFact::Counted(counted)) if counted.seen.amount() == seen => {
            Some((entry.stamp.actor, counted.seen))
        }
        _ => None,
    });
    let Some((who, amount)) = counted.filter(|(who, _)| *who != me) else { return Ok(None) };
    let name =
        app.node.read(|book| who.map(|who| say::person(ui, (&app.node, book), who))).unwrap_or_default();
    Ok(Some(t!(ui, "count-meanwhile", name = name, amount = ui.quantity(amount), time = ui.time(at))))
}

async fn write(
    State(app): State<App>,
    Path((store, item)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    visit.actor()?;
    let again = fields.text("again") == "yes";
    let show = |trouble: &Trouble| -> Result<Response, Stop> {
        app.node.read(|book| {
            let store = own_store(visit, book, &store, Action::Count)?;
            let item = known_item(book, &item)?;
            Ok(super::mend(page(visit, book, store, item, fields, trouble)?))
        })
    };
    if again {
        return show(&Trouble::none());
    }
    let read = app.node.read(|book| -> Result<_, Stop> {
        let store = own_store(visit, book, &store, Action::Count)?;
        Ok(read_count(&visit.ui, store, known_item(book, &item)?, fields))
    })?;
    let (what, day, lot) = match read {
        Ok(read) => read,
        Err(faults) => return show(&Trouble::faults(faults)),
    };
    let about = app.node.read(|book| say::about(&visit.ui, book, &what));
    if let (Some(lot), false) = (lot, posted.confirmed())
        && let Some(words) = counted_meanwhile(&app, visit, fields, lot)?
    {
        return Ok(super::ask_words(&posted, &about, &[words], Section::Count));
    }
    match super::hand_over_act(&app, &posted, what, day).await? {
        Said::Done => {
            let act = posted.act()?;
            let lot = lot.unwrap_or_else(|| lot_of_act(act, 0));
            Ok(see_other(&format!("/count/{}?did={lot}.{act}", percent(&store))))
        }
        Said::Ask(questions) => Ok(super::ask_about(&posted, &about, &questions, Section::Count)),
        Said::No(words) => show(&Trouble::refused(words)),
    }
}
