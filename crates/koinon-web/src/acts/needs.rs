//! Needs and offers: what each community asks for and gives, stating them, keeping them up, closing them.
//!
//! A need may be larger than any stock; it is no promise. It lapses after its day unless it is stated again.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse as _;
use axum::routing::get;
use koinon_authority::{Action, Resource, Sight, sight};
use koinon_books::Book;
use koinon_core::region::{Item, Store};
use koinon_core::{CommunityCode, Day, NeedId, OfferId};
use koinon_ledger::fact::{NeedStated, OfferMade, Urgency};
use koinon_ledger::{Act, Reason};
use maud::{Markup, html};

use super::count::{item_choices, known_item, own_store, own_stores};
use super::entry::reason_field;
use super::fields::{Fields, Reader};
use super::{Answer, Faults, Said, Trouble, amount_field, form_with, mend, picture, say};
use crate::app::App;
use crate::components::{Column, Table, Tone, card_with, empty, link_button, notice};
use crate::forms::{Field, Input, Weight, choice, post_form, submit, tick};
use crate::icons::Icon;
use crate::layout::{Page, Section};
use crate::live::Topic;
use crate::pages::why::Asked as Suggested;
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::Ui;
use crate::visit::{Posted, Stop, Visit, see_other};

const CLOSE_NEED: [Reason; 4] =
    [Reason::NotNeeded, Reason::OthersFirst, Reason::EntryError, Reason::NotKnownYet];
const CLOSE_OFFER: [Reason; 4] = [Reason::NeededHere, Reason::Expired, Reason::EntryError, Reason::NotNeeded];
const URGENCIES: [(&str, Urgency); 3] =
    [("must-have", Urgency::MustHave), ("needed", Urgency::Needed), ("useful", Urgency::Useful)];

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/needs", get(list))
        .route("/needs/state", get(need_form).post(state_need))
        .route("/needs/{id}/close", get(close_need_form).post(close_need))
        .route("/offers/make", get(offer_form).post(make_offer))
        .route("/offers/{id}/close", get(close_offer_form).post(close_offer))
}

async fn list(State(app): State<App>, visit: Visit, Query(query): Query<Vec<(String, String)>>) -> Answer {
    let fields = Fields::new(query);
    app.node.read(|book| {
        let ui = &visit.ui;
        let own = book.own().cloned();
        let may = |action| own.as_ref().is_some_and(|own| !own_stores(&visit, book, own, action).is_empty());
        let (may_need, may_offer) = (may(Action::StateNeed), may(Action::MakeOffer));
        let mut page = Page::new(ui, t!(ui, "needs-title"))
            .section(Section::Needs)
            .lead(t!(ui, "needs-lead"))
            .live(&[Topic::Needs]);
        if fields.has("done") {
            page = page.notice(super::done_notice(ui, &t!(ui, "acts-done"), None));
        }
        let body = html! {
            div.stack {
                div.row {
                    @if may_need { (link_button("/needs/state", &t!(ui, "need-state"), true)) }
                    @if may_offer { (link_button("/offers/make", &t!(ui, "offer-make"), !may_need)) }
                    (super::standing::link(&visit, book))
                    (link_button("/teams", &t!(ui, "teams-link"), false))
                    (link_button("/services", &t!(ui, "services-title"), false))
                }
                (crate::live::region("needs-list", "/needs", &[Topic::Needs], &html! {
                    div.stack {
                        (needs_card(&visit, book, (may_need, may_offer)))
                        (crate::pages::take_away(ui, "/needs", ""))
                        @if let Some(wishes) = super::wishes::card_of(&visit, book) { (wishes) }
                        (offers_card(&visit, book, (may_need, may_offer)))
                        (crate::pages::take_away(ui, "/offers", ""))
                    }
                }))
            }
        };
        Ok(page.body(body).into_response())
    })
}

/// What a visitor sees of an item at a store of a community.
fn seen(
    visit: &Visit,
    book: &Book,
    community: &CommunityCode,
    item: &Item,
    store: &koinon_core::StoreCode,
) -> Sight {
    let place = book.region().store(store).map(|store| store.visibility).unwrap_or_default();
    sight(&visit.visitor.viewer, item.seen_by().max(place), community, false)
}

fn needs_card(visit: &Visit, book: &Book, (may_need, may_offer): (bool, bool)) -> Markup {
    let ui = &visit.ui;
    let today = ui.now.day(&ui.zone);
    let mut open: Vec<(&CommunityCode, NeedId, NeedStated, &Item, Sight)> = book
        .ledger()
        .needs()
        .filter_map(|(community, id, need)| {
            let need = need.open_on(today)?;
            let item = book.region().item(&need.item)?;
            let sight = seen(visit, book, community, item, &need.store);
            (sight > Sight::Nothing).then_some((community, id, need, item, sight))
        })
        .collect();
    open.sort_by_key(|(community, id, need, ..)| (need.urgency, need.by, *community, *id));
    if open.is_empty() {
        return card_with(
            &t!(ui, "needs-open"),
            &html! {},
            &empty(Icon::Needs, &t!(ui, "needs-none"), &html! {}),
        );
    }
    let mut table = Table::new(
        t!(ui, "needs-open"),
        [
            Column::head(t!(ui, "need-what")),
            Column::text(t!(ui, "need-where")),
            Column::number(t!(ui, "need-amount")),
            Column::text(t!(ui, "need-by")),
            Column::act(t!(ui, "need-act")),
        ],
    );
    let count = open.len();
    for (community, id, need, item, sight) in open {
        let ours = book.own() == Some(community);
        let to = book.region().store(&need.store).map(|store| &store.place);
        table = table.row([
            html! {
                span.row { (picture(item.group)) span { (item_link(ui, book, item)) br; small.muted { (say::urgency(ui, need.urgency)) } } }
            },
            html! { (say::community(book, community)) },
            html! { @if sight == Sight::Amount { (ui.quantity(need.quantity)) } @else { "–" } },
            html! {
                @if sight == Sight::Amount {
                    (ui.date(need.by))
                    @if let Some(days) = need.every_days { br; small.muted { (t!(ui, "need-every", n = days)) } }
                    @if let Some(people) = need.people { br; small.muted { (for_whom(ui, book, community, people)) } }
                } @else { "–" }
            },
            html! {
                @if ours && may_need {
                    a.button href={ "/needs/state?need=" (id) } { (t!(ui, "need-renew")) }
                    a.button.button-quiet href={ "/needs/" (id) "/close" } { (t!(ui, "need-close")) }
                } @else if !ours && may_offer {
                    a.button.button-quiet href={ "/offers/make?item=" (item.code) } { (t!(ui, "need-offer-some")) }
                }
                @if let Some(to) = to { a.button.button-quiet href=(Suggested::of(&item.code, to).href()) { (t!(ui, "need-who-could-send")) } }
            },
        ]);
    }
    card_with(
        &t!(ui, "needs-open"),
        &html! { span.muted { (ui.number(i64::try_from(count).unwrap_or(0))) } },
        &html! { (table) },
    )
}

fn item_link(ui: &Ui, book: &Book, item: &Item) -> Markup {
    html! { a href={ "/stock/" (item.code) } { (say::item_name(ui, book, item)) } }
}

/// For how many people a need is; a number that is the whole community says less than the word for it.
fn for_whom(ui: &Ui, book: &Book, community: &CommunityCode, people: u32) -> String {
    let today = ui.now.day(&ui.zone);
    if i64::from(people) >= book.region().population(community, today) {
        t!(ui, "need-everybody")
    } else {
        t!(ui, "need-people", n = people)
    }
}

fn offers_card(visit: &Visit, book: &Book, (may_need, may_offer): (bool, bool)) -> Markup {
    let ui = &visit.ui;
    let today = ui.now.day(&ui.zone);
    let mut open: Vec<(&CommunityCode, OfferId, &OfferMade, &Item)> = book
        .ledger()
        .offers()
        .filter_map(|(community, id, offer)| {
            // An offer that begins later is shown too, so that its maker finds it again.
            let offer = offer.latest().filter(|o| offer.closed().is_none() && today <= o.until)?;
            let item = book.region().item(&offer.item)?;
            (seen(visit, book, community, item, &offer.store) == Sight::Amount)
                .then_some((community, id, offer, item))
        })
        .collect();
    open.sort_by_key(|(_, id, offer, _)| (!offer.take_please, offer.until, *id));
    if open.is_empty() {
        return card_with(
            &t!(ui, "offers-open"),
            &html! {},
            &empty(Icon::Stock, &t!(ui, "offers-none"), &html! {}),
        );
    }
    let mut table = Table::new(
        t!(ui, "offers-open"),
        [
            Column::head(t!(ui, "need-what")),
            Column::text(t!(ui, "need-where")),
            Column::number(t!(ui, "need-amount")),
            Column::text(t!(ui, "offer-until")),
            Column::act(t!(ui, "need-act")),
        ],
    );
    for (community, id, offer, item) in open {
        let ours = book.own() == Some(community);
        table = table.row([
            html! {
                span.row {
                    (picture(item.group))
                    span { (item_link(ui, book, item)) @if offer.take_please { br; small.muted { (t!(ui, "offer-take-please")) } } }
                }
            },
            html! { (say::community(book, community)) },
            html! { (ui.quantity(offer.quantity)) },
            html! {
                (ui.date(offer.until))
                @if let Some(back) = offer.return_by { br; small.muted { (t!(ui, "offer-back-by", day = ui.date(back))) } }
            },
            html! {
                @if ours && may_offer {
                    a.button href={ "/offers/make?offer=" (id) } { (t!(ui, "need-renew")) }
                    a.button.button-quiet href={ "/offers/" (id) "/close" } { (t!(ui, "need-close")) }
                } @else if !ours && may_need {
                    a.button.button-quiet href={ "/needs/state?item=" (item.code) } { (t!(ui, "offer-ask-for")) }
                }
            },
        ]);
    }
    card_with(&t!(ui, "offers-open"), &html! {}, &html! { (table) })
}

async fn close_need_form(State(app): State<App>, visit: Visit, Path(id): Path<String>) -> Answer {
    visit.actor()?;
    let need = id.parse::<NeedId>().map_err(|_| Problem::new(Kind::NotFound))?;
    app.node.read(|book| {
        let own = visit.own(book)?;
        let known = book.ledger().need(&own, need).and_then(|need| need.latest());
        let item = known.map(|need| need.item.clone()).ok_or_else(|| Problem::new(Kind::NotFound))?;
        visit.permit(book, Action::CloseNeed, &Resource::community(own))?;
        Ok(close_page(&visit, book, &item, &CLOSE_NEED).into_response())
    })
}

async fn close_offer_form(State(app): State<App>, visit: Visit, Path(id): Path<String>) -> Answer {
    visit.actor()?;
    let offer = id.parse::<OfferId>().map_err(|_| Problem::new(Kind::NotFound))?;
    app.node.read(|book| {
        let own = visit.own(book)?;
        let known = book.ledger().offer(&own, offer).and_then(|offer| offer.latest());
        let item = known.map(|offer| offer.item.clone()).ok_or_else(|| Problem::new(Kind::NotFound))?;
        visit.permit(book, Action::MakeOffer, &Resource::community(own))?;
        Ok(close_page(&visit, book, &item, &CLOSE_OFFER).into_response())
    })
}

fn close_page<'a>(
    visit: &'a Visit,
    book: &Book,
    item: &koinon_core::ItemCode,
    reasons: &[Reason],
) -> Page<'a> {
    let ui = &visit.ui;
    let body = html! {
        (reason_field(ui, reasons, &Fields::default(), &Trouble::none()).show(ui))
        div.actions { (submit(&t!(ui, "need-close"), Weight::Danger)) }
    };
    Page::new(ui, t!(ui, "need-close-title", item = say::item(ui, book, item)))
        .section(Section::Needs)
        .crumb("/needs", t!(ui, "needs-title"))
        .lead(t!(ui, "need-close-lead"))
        .narrow()
        .body(post_form(ui, &visit.ui.path, &body))
}

/// The first step of both forms: which thing.
fn choose_item(ui: &Ui, book: &Book, action: &str) -> Markup {
    html! {
        form.form method="get" action=(action) {
            (Field::new("item", t!(ui, "enter-item")).choices(item_choices(ui, book)).show(ui))
            div.actions { (submit(&t!(ui, "count-go-on"), Weight::Primary)) }
        }
    }
}

fn store_field(ui: &Ui, stores: &[&Store], chosen: &str) -> Markup {
    let choices = stores.iter().map(|store| (store.code.to_string(), store.name.clone())).collect();
    Field::new("store", t!(ui, "enter-store")).choices(choices).value(chosen).show(ui)
}

fn fill(fields: &mut Vec<(String, String)>, name: &str, value: impl Into<String>) {
    if !fields.iter().any(|(known, _)| known == name) {
        fields.push((name.to_owned(), value.into()));
    }
}

/// An amount as the form shows it: in the item's own unit where that is exact, else in its base unit.
fn typed(quantity: koinon_core::Quantity) -> (String, String) {
    let (digits, unit) = quantity.in_typing_unit();
    (digits, unit.to_owned())
}

async fn need_form(
    State(app): State<App>,
    visit: Visit,
    Query(query): Query<Vec<(String, String)>>,
) -> Answer {
    visit.actor()?;
    app.node.read(|book| {
        let own = visit.own(book)?;
        let mut pairs = query;
        let today = visit.ui.now.day(&visit.ui.zone);
        let wanted = Fields::new(pairs.clone()).text("need").parse::<NeedId>().ok();
        if let Some(known) = wanted.and_then(|id| book.ledger().need(&own, id)?.latest()) {
            let (digits, unit) = typed(known.quantity);
            fill(&mut pairs, "item", known.item.to_string());
            fill(&mut pairs, "store", known.store.to_string());
            fill(&mut pairs, "quantity", digits);
            fill(&mut pairs, "quantity-unit", unit);
            fill(&mut pairs, "by", known.by.max(today.plus(14)).to_date().to_string());
            fill(
                &mut pairs,
                "urgency",
                URGENCIES.iter().find(|(_, u)| *u == known.urgency).map_or("", |(code, _)| code),
            );
            known.every_days.into_iter().for_each(|days| fill(&mut pairs, "every", days.to_string()));
            known.people.into_iter().for_each(|people| fill(&mut pairs, "people", people.to_string()));
        }
        Ok(need_page(&visit, book, &Fields::new(pairs), &Trouble::none())?.into_response())
    })
}

fn need_page<'a>(
    visit: &'a Visit,
    book: &Book,
    fields: &Fields,
    trouble: &Trouble,
) -> Result<Page<'a>, Stop> {
    let ui = &visit.ui;
    let own = visit.own(book)?;
    let stores = own_stores(visit, book, &own, Action::StateNeed);
    if stores.is_empty() {
        visit.permit(book, Action::StateNeed, &Resource::community(own.clone()))?;
    }
    let page = Page::new(ui, t!(ui, "need-state"))
        .section(Section::Needs)
        .crumb("/needs", t!(ui, "needs-title"))
        .narrow();
    let Ok(item) = known_item(book, fields.text("item")) else {
        return Ok(page.body(choose_item(ui, book, "/needs/state")));
    };
    let today = ui.now.day(&ui.zone);
    let twins: Vec<(NeedId, NeedStated)> = book
        .ledger()
        .needs()
        .filter(|(community, id, _)| **community == own && id.to_string() != fields.text("need"))
        .filter_map(|(_, id, need)| Some((id, need.open_on(today).filter(|need| need.item == item.code)?)))
        .collect();
    let urgencies: Vec<(String, Markup)> = URGENCIES
        .iter()
        .map(|(code, urgency)| ((*code).to_owned(), html! { (say::urgency(ui, *urgency)) }))
        .collect();
    let by =
        if fields.has("by") { fields.text("by").to_owned() } else { today.plus(14).to_date().to_string() };
    let body = html! {
        @if fields.has("need") { input type="hidden" name="need" value=(fields.text("need")); }
        input type="hidden" name="item" value=(item.code);
        (amount_field(ui, "quantity", &t!(ui, "need-how-much"), item, fields.text("quantity-unit"))
            .value(fields.text("quantity")).error(trouble.of("quantity")).show(ui))
        (store_field(ui, &stores, fields.text("store")))
        (choice(&t!(ui, "need-urgency"), "urgency", if fields.has("urgency") { fields.text("urgency") } else { "needed" }, &urgencies))
        (Field::new("by", t!(ui, "need-by-day")).input(Input::Date).hint(t!(ui, "need-by-hint")).value(by).error(trouble.of("by")).show(ui))
        (Field::new("people", t!(ui, "need-for-people")).input(Input::Decimal).value(fields.text("people")).error(trouble.of("people")).optional().show(ui))
        (Field::new("every", t!(ui, "need-repeat")).input(Input::Decimal).hint(t!(ui, "need-repeat-hint")).unit(t!(ui, "unit-days"))
            .value(fields.text("every")).error(trouble.of("every")).optional().show(ui))
        div.actions { (submit(&t!(ui, "need-save"), Weight::Primary)) }
    };
    let mut page = page.headline(t!(
        ui,
        "need-headline",
        item = crate::pages::in_sentence(&say::item_name(ui, book, item))
    ));
    if !twins.is_empty() {
        page = page.notice(notice(ui, Tone::Watch, &html! {
            strong { (t!(ui, "need-twin")) }
            ul { @for (id, need) in &twins {
                li { a href={ "/needs/state?need=" (id) } { (t!(ui, "need-twin-line", amount = ui.quantity(need.quantity), day = ui.date(need.by))) } }
            } }
        }));
    }
    Ok(page.body(form_with(ui, "/needs/state", trouble, &body)))
}

async fn state_need(State(app): State<App>, posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    visit.actor()?;
    let show = |trouble: &Trouble| -> Answer {
        app.node.read(|book| Ok(mend(need_page(visit, book, fields, trouble)?)))
    };
    if fields.text("again") == "yes" {
        return show(&Trouble::none());
    }
    let act_id = posted.act()?;
    let read = app.node.read(|book| -> Result<Result<Act, Faults>, Stop> {
        let item = known_item(book, fields.text("item"))?;
        let store = own_store(visit, book, fields.text("store"), Action::StateNeed)?;
        let mut reader = Reader::new(&visit.ui, fields);
        let quantity = positive(&mut reader, item, &visit.ui);
        let urgency = reader.one_of("urgency", &URGENCIES);
        let by = reader.day_needed("by");
        let every_days =
            reader.number("every", 3_650).and_then(|days| u16::try_from(days).ok()).filter(|days| *days > 0);
        let people = reader.number("people", 100_000_000);
        // The same form sent twice names the same need.
        let need =
            fields.text("need").parse().unwrap_or_else(|_| NeedId::derived("koinon-web need", &act_id.0));
        let all = quantity.zip(urgency).zip(by);
        let act = all.map(|((quantity, urgency), by)| {
            let (item, store) = (item.code.clone(), store.code.clone());
            Act::StateNeed { need, item, store, quantity, urgency, by, every_days, people }
        });
        Ok(reader.done(act))
    })?;
    say_it(&app, &posted, read, &show).await
}

/// Hands a need or an offer over where its form could be read; `show` gives the form back with what is wrong.
async fn say_it(
    app: &App,
    posted: &Posted,
    read: Result<Act, Faults>,
    show: &(dyn Fn(&Trouble) -> Answer + Sync),
) -> Answer {
    let act = match read {
        Ok(act) => act,
        Err(faults) => return show(&Trouble::faults(faults)),
    };
    let about = app.node.read(|book| say::about(&posted.visit.ui, book, &act));
    match super::hand_over_act(app, posted, act, None).await? {
        Said::Done => Ok(see_other("/needs?done=yes")),
        Said::Ask(questions) => Ok(super::ask_about(posted, &about, &questions, Section::Needs)),
        Said::No(words) => show(&Trouble::refused(words)),
    }
}

fn positive(reader: &mut Reader<'_>, item: &Item, ui: &Ui) -> Option<koinon_core::Quantity> {
    let quantity = reader.quantity("quantity", item)?;
    if quantity.is_zero() || quantity.is_negative() {
        reader.fault("quantity", t!(ui, "refusal-not-positive"));
        return None;
    }
    Some(quantity)
}

async fn offer_form(
    State(app): State<App>,
    visit: Visit,
    Query(query): Query<Vec<(String, String)>>,
) -> Answer {
    visit.actor()?;
    app.node.read(|book| {
        let own = visit.own(book)?;
        let mut pairs = query;
        let today = visit.ui.now.day(&visit.ui.zone);
        let wanted = Fields::new(pairs.clone()).text("offer").parse::<OfferId>().ok();
        if let Some(known) = wanted.and_then(|id| book.ledger().offer(&own, id)?.latest()) {
            let (digits, unit) = typed(known.quantity);
            fill(&mut pairs, "item", known.item.to_string());
            fill(&mut pairs, "store", known.store.to_string());
            fill(&mut pairs, "quantity", digits);
            fill(&mut pairs, "quantity-unit", unit);
            fill(&mut pairs, "from", known.from.to_date().to_string());
            fill(&mut pairs, "until", known.until.max(today.plus(14)).to_date().to_string());
            fill(&mut pairs, "take", if known.take_please { "yes" } else { "" });
            known.return_by.into_iter().for_each(|day| fill(&mut pairs, "return", day.to_date().to_string()));
        }
        Ok(offer_page(&visit, book, &Fields::new(pairs), &Trouble::none())?.into_response())
    })
}

fn offer_page<'a>(
    visit: &'a Visit,
    book: &Book,
    fields: &Fields,
    trouble: &Trouble,
) -> Result<Page<'a>, Stop> {
    let ui = &visit.ui;
    let own = visit.own(book)?;
    let stores = own_stores(visit, book, &own, Action::MakeOffer);
    if stores.is_empty() {
        visit.permit(book, Action::MakeOffer, &Resource::community(own))?;
    }
    let page = Page::new(ui, t!(ui, "offer-make"))
        .section(Section::Needs)
        .crumb("/needs", t!(ui, "needs-title"))
        .narrow();
    let Ok(item) = known_item(book, fields.text("item")) else {
        return Ok(page.body(choose_item(ui, book, "/offers/make")));
    };
    let today = ui.now.day(&ui.zone);
    let or = |name: &str, day: Day| {
        if fields.has(name) { fields.text(name).to_owned() } else { day.to_date().to_string() }
    };
    let day = |name: &str, label: String, value: String| {
        Field::new(name, label).input(Input::Date).value(value).error(trouble.of(name))
    };
    let body = html! {
        @if fields.has("offer") { input type="hidden" name="offer" value=(fields.text("offer")); }
        input type="hidden" name="item" value=(item.code);
        (amount_field(ui, "quantity", &t!(ui, "offer-how-much"), item, fields.text("quantity-unit"))
            .value(fields.text("quantity")).error(trouble.of("quantity")).show(ui))
        (store_field(ui, &stores, fields.text("store")))
        (day("from", t!(ui, "offer-from-day"), or("from", today)).show(ui))
        (day("until", t!(ui, "offer-until-day"), or("until", today.plus(14))).show(ui))
        (tick("take", &t!(ui, "offer-take-please-long"), fields.text("take") == "yes"))
        (day("return", t!(ui, "offer-return"), fields.text("return").to_owned()).hint(t!(ui, "offer-return-hint")).optional().show(ui))
        div.actions { (submit(&t!(ui, "offer-save"), Weight::Primary)) }
    };
    Ok(page
        .headline(t!(ui, "offer-headline", item = crate::pages::in_sentence(&say::item_name(ui, book, item))))
        .body(form_with(ui, "/offers/make", trouble, &body)))
}

async fn make_offer(State(app): State<App>, posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    visit.actor()?;
    let show = |trouble: &Trouble| -> Answer {
        app.node.read(|book| Ok(mend(offer_page(visit, book, fields, trouble)?)))
    };
    if fields.text("again") == "yes" {
        return show(&Trouble::none());
    }
    let act_id = posted.act()?;
    let read = app.node.read(|book| -> Result<Result<Act, Faults>, Stop> {
        let item = known_item(book, fields.text("item"))?;
        let store = own_store(visit, book, fields.text("store"), Action::MakeOffer)?;
        let mut reader = Reader::new(&visit.ui, fields);
        let quantity = positive(&mut reader, item, &visit.ui);
        let (from, until, return_by) =
            (reader.day_needed("from"), reader.day_needed("until"), reader.day("return"));
        let offer =
            fields.text("offer").parse().unwrap_or_else(|_| OfferId::derived("koinon-web offer", &act_id.0));
        let act = quantity.zip(from).zip(until).map(|((quantity, from), until)| {
            let (item, store) = (item.code.clone(), store.code.clone());
            let take_please = fields.text("take") == "yes";
            Act::MakeOffer { offer, item, store, quantity, from, until, take_please, return_by }
        });
        Ok(reader.done(act))
    })?;
    say_it(&app, &posted, read, &show).await
}

async fn close_need(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> Answer {
    let need = id.parse::<NeedId>().map_err(|_| Problem::new(Kind::NotFound))?;
    close(&app, &posted, &CLOSE_NEED, |reason| Act::CloseNeed { need, reason }).await
}

async fn close_offer(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> Answer {
    let offer = id.parse::<OfferId>().map_err(|_| Problem::new(Kind::NotFound))?;
    close(&app, &posted, &CLOSE_OFFER, |reason| Act::CloseOffer { offer, reason }).await
}

async fn close(app: &App, posted: &Posted, reasons: &[Reason], act: impl FnOnce(Reason) -> Act) -> Answer {
    let ui = &posted.visit.ui;
    posted.visit.actor()?;
    let mut reader = Reader::new(ui, &posted.fields);
    let reason = reader.reason("reason", reasons);
    let faulty = || Problem::new(Kind::Unprocessable).detail(t!(ui, "field-reason-missing"));
    let reason = reader.done(reason).map_err(|_| faulty())?;
    match super::hand_over_act(app, posted, act(reason), None).await? {
        Said::Done => Ok(see_other("/needs?done=yes")),
        Said::Ask(questions) => Ok(super::ask(posted, &questions, Section::Needs)),
        Said::No(words) => Err(Problem::new(Kind::Unprocessable).detail(words).into()),
    }
}
