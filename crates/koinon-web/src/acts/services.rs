//! Care and work for others where people act: saying what is done, asking, promising, answering, writing down what was done.
//!
//! Who may do what, and what is never promised, is decided in the book; a refusal is said in the reader's words.

pub(in crate::acts) mod say;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use koinon_aid::Reason;
use koinon_aid::service::{
    AHEAD_DAYS, AMOUNT_MAX, Act, COUNT_MAX, DayUse, Kind, ServiceAsked, ServiceOffered,
};
use koinon_authority::Action;
use koinon_books::Book;
use koinon_core::{CommunityCode, Day, Digest, EntryId, PlaceCode, ServiceCode, TeamName, Urgency};
use maud::{Markup, html};

use super::teams::{code, hand_over, place_field, places, unknown, word_of};
use super::{Answer, Faults, Trouble, form_with, mend};
use crate::acts::fields::{Fields, Reader};
use crate::app::App;
use crate::components::{Tone, card, facts, notice};
use crate::forms::{Field, Input, Weight, choice, post_form, submit};
use crate::layout::{Page, Section};
use crate::pages::services::{all_days, counted, number_of, provider_words, reason, spoken_number, stage};
use crate::pages::teams::May;
use crate::t;
use crate::ui::Ui;
use crate::views::ServicePromiseView;
use crate::views::services::known_services;
use crate::visit::{Posted, Stop, Visit, see_other};

/// The page, and where a done act leads.
const PAGE: (&str, &str) = ("/services", "/services?done=yes");

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/services/offer", get(offer_form).post(offer))
        .route("/services/offer/close", post(close_offer))
        .route("/services/ask", get(ask_form).post(ask))
        .route("/services/ask/close", post(close_ask))
        .route("/services/promise", post(promise))
        .route("/services/take", post(take))
        .route("/services/decline", post(decline))
        .route("/services/withdraw", post(withdraw))
        .route("/services/done", post(done))
        .route("/services/promise/{home}/{id}", get(one))
}

/// Hands an act over that has only a button; what is refused is said on the page as it is now.
async fn press(app: &App, posted: &Posted, what: Act) -> Answer {
    let visit = &posted.visit;
    if posted.fields.text("again") == "yes" {
        return Ok(see_other(PAGE.0));
    }
    let act = (koinon_aid::Act::Service(what), visit.ui.now);
    match hand_over(app, posted, act, PAGE.1).await? {
        Ok(answer) => Ok(answer),
        Err(words) => {
            let planned = app.plans.newest_of_services();
            let (view, may) = crate::pages::look(app, visit, |lens| {
                (lens.services(planned.as_deref()), May::of(visit, lens.book))
            });
            let said = notice(&visit.ui, Tone::Watch, &html! { (words) });
            let page = crate::pages::services::page(&visit.ui, &view, may).notice(said);
            Ok((StatusCode::CONFLICT, page).into_response())
        }
    }
}

/// Hands over what a form says, or shows it again with what is wrong.
async fn write(
    app: &App,
    posted: &Posted,
    read: Result<Act, Faults>,
    show: impl Fn(&Trouble) -> Answer,
) -> Answer {
    posted.visit.actor()?;
    if posted.fields.text("again") == "yes" {
        return show(&Trouble::none());
    }
    let act = match read {
        Ok(act) => koinon_aid::Act::Service(act),
        Err(faults) => return show(&Trouble::faults(faults)),
    };
    match hand_over(app, posted, (act, posted.visit.ui.now), PAGE.1).await? {
        Ok(answer) => Ok(answer),
        Err(words) => show(&Trouble::refused(words)),
    }
}

fn form_page(ui: &Ui, title: String, lead: String) -> Page<'_> {
    Page::new(ui, title)
        .lead(lead)
        .section(Section::Needs)
        .crumb("/services", t!(ui, "services-title"))
        .narrow()
}

fn kinds(ui: &Ui) -> Vec<(String, Markup)> {
    let words = |kind| match kind {
        Kind::Care => t!(ui, "services-kind-care"),
        Kind::Making => t!(ui, "services-kind-making"),
    };
    Kind::ALL.into_iter().map(|kind| (kind.code().to_owned(), html! { (words(kind)) })).collect()
}

async fn offer_form(
    State(app): State<App>,
    visit: Visit,
    Query(query): Query<Vec<(String, String)>>,
) -> Answer {
    visit.actor()?;
    let fields = Fields::new(query);
    app.node.read(|book| {
        let own = visit.own(book)?;
        let known = TeamName::new(fields.text("provider")).ok();
        let known = known.and_then(|provider| book.aid().services().provider(&own, &provider));
        let filled = match known.filter(|offered| !offered.closed) {
            Some(offered) => of_offer(offered),
            None => Fields::new(vec![("kind".into(), Kind::Care.code().into())]),
        };
        Ok(offer_page(&visit, book, &filled, &Trouble::none())?.into_response())
    })
}

/// An offer as its form is filled in.
fn of_offer(offered: &ServiceOffered) -> Fields {
    let services: Vec<&str> = offered.services.iter().map(ServiceCode::as_str).collect();
    Fields::new(vec![
        ("provider".to_owned(), offered.provider.to_string()),
        ("place".to_owned(), offered.place.to_string()),
        ("kind".to_owned(), offered.kind.code().to_owned()),
        ("services".to_owned(), services.join(", ")),
        ("per-day".to_owned(), offered.per_day.to_string()),
        ("known".to_owned(), "yes".to_owned()),
    ])
}

fn offer_page<'a>(
    visit: &'a Visit,
    book: &Book,
    fields: &Fields,
    trouble: &Trouble,
) -> Result<Page<'a>, Stop> {
    let ui = &visit.ui;
    let places = places(visit, book, Action::KeepTeams)?;
    let field =
        |name: &str, label: String| Field::new(name, label).value(fields.text(name)).error(trouble.of(name));
    let body = html! {
        @if fields.has("known") { input type="hidden" name="known" value="yes"; }
        (field("provider", t!(ui, "services-word")).hint(t!(ui, "services-word-hint")).show(ui))
        (place_field(ui, t!(ui, "services-where"), places, fields.text("place")))
        (choice(&t!(ui, "services-kind"), "kind", fields.text("kind"), &kinds(ui)))
        (field("services", t!(ui, "services-does")).hint(t!(ui, "services-does-hint")).show(ui))
        (field("per-day", t!(ui, "services-per-day")).hint(t!(ui, "services-per-day-hint")).input(Input::Decimal).show(ui))
        div.actions { (submit(&t!(ui, "services-save"), Weight::Primary)) }
    };
    let known = fields.has("known") && trouble.is_none();
    Ok(form_page(ui, t!(ui, "services-offer"), t!(ui, "services-offer-lead")).body(html! {
        div.stack {
            (form_with(ui, "/services/offer", trouble, &body))
            @if known {
                (card(&t!(ui, "services-close-offer"), &post_form(ui, "/services/offer/close", &html! {
                    input type="hidden" name="provider" value=(fields.text("provider"));
                    p { (t!(ui, "services-close-offer-lead")) }
                    div.actions { (submit(&t!(ui, "services-close-offer"), Weight::Danger)) }
                })))
            }
        }
    }))
}

fn read_offer(ui: &Ui, fields: &Fields) -> Result<Act, Faults> {
    let mut reader = Reader::new(ui, fields);
    let provider: Option<TeamName> = word_of(&mut reader, ui, "provider", fields.text("provider"));
    let place: Option<PlaceCode> = word_of(&mut reader, ui, "place", fields.text("place"));
    let kind = reader.known("kind", Kind::by_code);
    let words = fields.text("services").split([',', ';', '+', '\n', '،']).map(str::trim);
    let mut services: Vec<ServiceCode> = Vec::new();
    for word in words.filter(|word| !word.is_empty()) {
        let found = word_of(&mut reader, ui, "services", word);
        services.extend(found.filter(|found| !services.contains(found)));
    }
    if services.is_empty() {
        reader.fault("services", t!(ui, "services-does-missing"));
    }
    if !fields.has("per-day") {
        reader.fault("per-day", t!(ui, "services-per-day-missing"));
    }
    let per_day = reader.number("per-day", AMOUNT_MAX);
    let made = (|| {
        Some(ServiceOffered {
            provider: provider?,
            place: place?,
            kind: kind?,
            services,
            per_day: per_day?,
            closed: false,
        })
    })();
    reader.done(made.map(Act::Offer))
}

async fn offer(State(app): State<App>, posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let show = |trouble: &Trouble| app.node.read(|book| Ok(mend(offer_page(visit, book, fields, trouble)?)));
    let mut read = read_offer(&visit.ui, fields);
    if let Ok(Act::Offer(offered)) = &read {
        // The same form sent twice is no other house.
        let other = app.node.read(|book| {
            let own = book.own()?;
            let known = book.aid().services().provider(own, &offered.provider)?;
            Some(!known.closed && known != offered)
        });
        if other == Some(true) && !fields.has("known") {
            read = Err(vec![("provider".to_owned(), t!(visit.ui, "services-word-there"))]);
        }
    }
    write(&app, &posted, read, show).await
}

async fn close_offer(State(app): State<App>, posted: Posted) -> Answer {
    posted.visit.actor()?;
    let provider: TeamName = code(&posted.fields, "provider")?;
    let offered = app.node.read(|book| {
        Ok::<_, Stop>(book.aid().services().provider(&posted.visit.own(book)?, &provider).cloned())
    })?;
    let offered = offered.ok_or_else(unknown)?;
    press(&app, &posted, Act::Offer(ServiceOffered { closed: true, ..offered })).await
}

async fn ask_form(
    State(app): State<App>,
    visit: Visit,
    Query(query): Query<Vec<(String, String)>>,
) -> Answer {
    visit.actor()?;
    let fields = Fields::new(query);
    app.node.read(|book| {
        let own = visit.own(book)?;
        let known = fields.text("ask").parse().ok();
        let known = known.and_then(|ask: EntryId| book.aid().services().ask(&own, ask));
        let filled = match known.filter(|known| known.closed.is_none()) {
            Some(known) => of_ask(known.asked),
            None => Fields::new(vec![
                ("kind".into(), Kind::Care.code().into()),
                ("urgency".into(), Urgency::MustHave.code().into()),
            ]),
        };
        Ok(ask_page(&visit, book, &filled, &Trouble::none())?.into_response())
    })
}

/// A request as its form is filled in.
fn of_ask(asked: &ServiceAsked) -> Fields {
    Fields::new(vec![
        ("ask".to_owned(), asked.ask.to_string()),
        ("place".to_owned(), asked.place.to_string()),
        ("kind".to_owned(), asked.kind.code().to_owned()),
        ("service".to_owned(), asked.service.to_string()),
        ("count".to_owned(), asked.count.to_string()),
        ("each".to_owned(), if asked.kind == Kind::Making { asked.each.to_string() } else { String::new() }),
        ("urgency".to_owned(), asked.urgency.code().to_owned()),
        ("by".to_owned(), asked.by.to_string()),
    ])
}

fn ask_page<'a>(visit: &'a Visit, book: &Book, fields: &Fields, trouble: &Trouble) -> Result<Page<'a>, Stop> {
    let ui = &visit.ui;
    let places = places(visit, book, Action::AskMission)?;
    let urgencies: Vec<(String, Markup)> = Urgency::ALL
        .into_iter()
        .map(|urgency| (urgency.code().to_owned(), html! { (super::say::urgency(ui, urgency)) }))
        .collect();
    let field =
        |name: &str, label: String| Field::new(name, label).value(fields.text(name)).error(trouble.of(name));
    let body = html! {
        @if fields.has("ask") { input type="hidden" name="ask" value=(fields.text("ask")); }
        (choice(&t!(ui, "services-kind"), "kind", fields.text("kind"), &kinds(ui)))
        (field("service", t!(ui, "services-what")).hint(t!(ui, "services-what-hint")).suggestions(known_services(book)).show(ui))
        (place_field(ui, t!(ui, "services-for"), places, fields.text("place")))
        (field("count", t!(ui, "services-count")).hint(t!(ui, "services-count-hint")).input(Input::Decimal).show(ui))
        (field("each", t!(ui, "services-each")).hint(t!(ui, "services-each-hint")).input(Input::Decimal).may_be_empty().show(ui))
        (choice(&t!(ui, "teams-urgency"), "urgency", fields.text("urgency"), &urgencies))
        (field("by", t!(ui, "services-by")).input(Input::Date).show(ui))
        div.actions {
            @if fields.has("ask") { (submit(&t!(ui, "services-save"), Weight::Primary)) }
            @else { (submit(&t!(ui, "services-ask"), Weight::Primary)) }
        }
    };
    let known = fields.has("ask") && trouble.is_none();
    let reasons = Reason::CLOSING.iter().map(|why| (why.code().to_owned(), reason(ui, why.code()))).collect();
    let title = if fields.has("ask") { t!(ui, "services-change") } else { t!(ui, "services-ask") };
    Ok(form_page(ui, title, t!(ui, "services-ask-lead")).body(html! {
        div.stack {
            (form_with(ui, "/services/ask", trouble, &body))
            @if known {
                (card(&t!(ui, "services-close-ask"), &post_form(ui, "/services/ask/close", &html! {
                    input type="hidden" name="ask" value=(fields.text("ask"));
                    (Field::new("reason", t!(ui, "teams-why")).choices(reasons).value(Reason::NotNeeded.code()).within("close").show(ui))
                    div.actions { (submit(&t!(ui, "services-close-ask"), Weight::Danger)) }
                })))
            }
        }
    }))
}

fn read_ask(ui: &Ui, fields: &Fields, act: EntryId) -> Result<Act, Faults> {
    let mut reader = Reader::new(ui, fields);
    let ask = fields.text("ask").parse().unwrap_or(act);
    let place: Option<PlaceCode> = word_of(&mut reader, ui, "place", fields.text("place"));
    let kind = reader.known("kind", Kind::by_code);
    let service: Option<ServiceCode> = word_of(&mut reader, ui, "service", fields.text("service"));
    let making = kind == Some(Kind::Making);
    for (name, asked, missing) in [
        ("count", true, t!(ui, "services-number-missing")),
        ("each", making, t!(ui, "services-each-missing")),
    ] {
        if asked && !fields.has(name) {
            reader.fault(name, missing);
        }
    }
    let count = reader.number("count", COUNT_MAX);
    let each = if making { reader.number("each", AMOUNT_MAX) } else { Some(1) };
    if count == Some(0) {
        reader.fault("count", t!(ui, "services-count-range", most = COUNT_MAX));
    }
    if each == Some(0) {
        reader.fault("each", t!(ui, "services-each-range", most = AMOUNT_MAX));
    }
    let urgency = reader.known("urgency", Urgency::by_code);
    let by = reader.day_needed("by");
    let (first, last) = (ui.now.day(&ui.zone), ui.now.day(&ui.zone).plus(AHEAD_DAYS));
    if by.is_some_and(|by| by < first || last < by) {
        reader.fault("by", t!(ui, "services-not-soon", first = ui.date(first), last = ui.date(last)));
    }
    let made = (|| {
        Some(ServiceAsked {
            ask,
            place: place?,
            kind: kind?,
            service: service?,
            count: count?,
            each: each?,
            urgency: urgency?,
            by: by?,
        })
    })();
    reader.done(made.map(Act::Ask))
}

async fn ask(State(app): State<App>, posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let show = |trouble: &Trouble| app.node.read(|book| Ok(mend(ask_page(visit, book, fields, trouble)?)));
    let read = read_ask(&visit.ui, fields, posted.act()?);
    write(&app, &posted, read, show).await
}

async fn close_ask(State(app): State<App>, posted: Posted) -> Answer {
    posted.visit.actor()?;
    let ask: EntryId = code(&posted.fields, "ask")?;
    let reason = Reason::by_code(posted.fields.text("reason")).unwrap_or(Reason::Other);
    press(&app, &posted, Act::CloseAsk { ask, reason }).await
}

async fn promise(State(app): State<App>, posted: Posted) -> Answer {
    posted.visit.actor()?;
    let fields = &posted.fields;
    let suggestion: Option<Digest> = fields.text("suggestion").parse().ok();
    let uses = fields.text("days").split(',').filter(|part| !part.is_empty());
    let uses: Option<Vec<DayUse>> = uses.map(day_use).collect();
    let what = Act::Promise {
        provider: code::<TeamName>(fields, "provider")?,
        asker: code::<CommunityCode>(fields, "asker")?,
        ask: code::<EntryId>(fields, "ask")?,
        count: code::<u32>(fields, "count")?,
        days: uses.ok_or_else(unknown)?,
        suggestion,
    };
    press(&app, &posted, what).await
}

/// A day and what is taken of it, as `2026-03-01:2`.
fn day_use(text: &str) -> Option<DayUse> {
    let (day, amount) = text.split_once(':')?;
    Some(DayUse { day: Day::parse(day)?, amount: amount.parse().ok()? })
}

async fn take(State(app): State<App>, posted: Posted) -> Answer {
    posted.visit.actor()?;
    let what = Act::Take { home: code(&posted.fields, "home")?, promise: code(&posted.fields, "promise")? };
    press(&app, &posted, what).await
}

async fn decline(State(app): State<App>, posted: Posted) -> Answer {
    posted.visit.actor()?;
    let (home, promise) = (code(&posted.fields, "home")?, code(&posted.fields, "promise")?);
    let reason = Reason::by_code(posted.fields.text("reason")).unwrap_or(Reason::Other);
    press(&app, &posted, Act::Decline { home, promise, reason }).await
}

async fn withdraw(State(app): State<App>, posted: Posted) -> Answer {
    posted.visit.actor()?;
    let promise = code(&posted.fields, "promise")?;
    let reason = Reason::by_code(posted.fields.text("reason")).unwrap_or(Reason::Other);
    press(&app, &posted, Act::Withdraw { promise, reason }).await
}

async fn done(State(app): State<App>, posted: Posted) -> Answer {
    posted.visit.actor()?;
    let promise = code(&posted.fields, "promise")?;
    let mut reader = Reader::new(&posted.visit.ui, &posted.fields);
    let count = reader.number("count", COUNT_MAX);
    let read = reader.done(count).map_err(|faults| {
        let words: Vec<String> = faults.into_iter().map(|(_, words)| words).collect();
        Stop::from(crate::problem::Problem::new(crate::problem::Kind::Unprocessable).detail(words.join(" ")))
    });
    press(&app, &posted, Act::Done { promise, count: read? }).await
}

async fn one(State(app): State<App>, visit: Visit, Path((home, id)): Path<(String, String)>) -> Answer {
    visit.actor()?;
    let home = CommunityCode::new(&home).map_err(|_| unknown())?;
    let id: EntryId = id.parse().map_err(|_| unknown())?;
    let view = crate::pages::look(&app, &visit, |lens| {
        let promise = lens.service_promise(&home, id)?;
        let promised = lens.book.aid().services().booking(&home, id)?.promised()?.clone();
        let is_asker = lens.book.own() == Some(&promised.asker);
        let asker = lens.community(&promised.asker).name;
        Some((promise, May::of(&visit, lens.book), is_asker, asker, promised))
    });
    let (promise, may, is_asker, asker, promised) = view.ok_or_else(unknown)?;
    let ui = &visit.ui;
    let kind = promised.kind;
    let what = counted(ui, kind, i64::from(promised.count), promised.service.as_str());
    let mut rows = vec![
        (t!(ui, "services-for"), html! { (asker) }),
        (t!(ui, "services-what"), html! { (what) }),
        (t!(ui, "services-when"), html! { (all_days(ui, kind, &promise.days)) }),
        (
            t!(ui, "services-stands"),
            html! { (stage(ui, promise.stage)) @if let Some(code) = promise.reason { ": " (reason(ui, code)) } },
        ),
        (t!(ui, "services-number"), html! { code { (spoken_number(&promise.promise)) } }),
    ];
    if let Some(done) = promise.done {
        rows.push((t!(ui, "services-done"), html! { (number_of(ui, kind, i64::from(done))) }));
    }
    let page = Page::new(ui, t!(ui, "services-promise-title"))
        .headline(provider_words(ui, &promise.community.name, &promise.provider))
        .section(Section::Needs)
        .crumb("/services", t!(ui, "services-title"))
        .narrow();
    let page = if kind == Kind::Care { page.lead(t!(ui, "services-between")) } else { page };
    Ok(page
        .body(html! { div.stack { (facts(&rows)) (answers(ui, &promise, may, is_asker)) } })
        .into_response())
}

/// What can be done about a promise, by whom; what helps comes first.
fn answers(ui: &Ui, promise: &ServicePromiseView, may: May, is_asker: bool) -> Markup {
    let hidden = html! {
        input type="hidden" name="home" value=(promise.community.code);
        input type="hidden" name="promise" value=(promise.promise);
    };
    let form =
        |action: &str, body: Markup| form_with(ui, action, &Trouble::none(), &html! { (hidden) (body) });
    let reasons = |name: &str, among: &[Reason]| {
        let choices = among.iter().map(|why| (why.code().to_owned(), reason(ui, why.code()))).collect();
        Field::new("reason", t!(ui, "teams-why")).choices(choices).within(name).show(ui)
    };
    let stands = matches!(promise.stage, "promised" | "taken");
    let may_be_done = stands || matches!(promise.stage, "lapsed" | "done");
    let so_far = promise.done.unwrap_or(promise.count).to_string();
    html! {
        @if is_asker && may.ask && promise.stage == "promised" {
            (card(&t!(ui, "services-take"), &form("/services/take", html! { div.actions { (submit(&t!(ui, "services-take"), Weight::Primary)) } })))
        }
        @if promise.is_ours && may.send && may_be_done {
            (card(&t!(ui, "services-done"), &form("/services/done", html! {
                (Field::new("count", t!(ui, "services-done-count")).input(Input::Decimal).value(so_far).within("done").show(ui))
                div.actions { (submit(&t!(ui, "services-done"), Weight::Primary)) }
            })))
        }
        @if is_asker && may.ask && stands {
            (card(&t!(ui, "services-decline"), &form("/services/decline", html! {
                (reasons("decline", &Reason::DECLINING)) div.actions { (submit(&t!(ui, "services-decline"), Weight::Danger)) }
            })))
        }
        @if promise.is_ours && may.promise && stands {
            (card(&t!(ui, "services-withdraw"), &form("/services/withdraw", html! {
                (reasons("withdraw", &Reason::WITHDRAWING)) div.actions { (submit(&t!(ui, "services-withdraw"), Weight::Danger)) }
            })))
        }
    }
}
