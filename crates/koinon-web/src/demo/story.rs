//! The story that the demo opens with: one decision, then six taps to "does it all add up? yes".
//!
//! Which step is next follows from the transfer's state in this node's own book; nothing is kept elsewhere. Each tap
//! is a command of one of the invented people, sent to that person's own node.

use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use koinon_authority::Actor;
use koinon_books::{Book, BookCommand};
use koinon_core::region::Group;
use koinon_core::{CommunityCode, EntryId, Quantity, TransferId};
use koinon_ledger::command::{FoundLine, Wished};
use koinon_ledger::fact::{CommitLine, Vehicle};
use koinon_ledger::reason::Account;
use koinon_ledger::transfer::{Status, Transfer};
use koinon_ledger::{Act, Command, Reason};
use koinon_match::Suggestion;
use maud::{Markup, html};
use tokio::sync::oneshot;

use super::panel::demo_of;
use crate::app::{App, Demo, DemoControl, Persona, Story};
use crate::components::{Column, StepState, Table, Tone, card, decision, link_button, notice, stack, steps};
use crate::forms::{Weight, actions, post_button};
use crate::i18n::Speak as _;
use crate::layout::Page;
use crate::pages::in_sentence;
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::Ui;
use crate::visit::{Posted, Visit, see_other};

/// How long a tap waits until everybody has heard of it.
const EXCHANGED_WITHIN: Duration = Duration::from_secs(8);
/// The missing sack, in base units of an item that is weighed.
const SACK_G: i64 = 25_000;

/// The story's routes.
pub fn router() -> Router<App> {
    Router::new()
        .route("/story", get(open))
        .route("/story/send", post(send))
        .route("/story/later", post(later))
        .route("/story/{transfer}", get(show))
        .route("/story/{transfer}/next", post(next))
        .route("/story/{transfer}/sum", get(sum))
}

/// The decision as a card for the first page of the demo's safety copy; `None` elsewhere, and when there is nothing to
/// decide.
pub async fn opening(app: &App, visit: &Visit) -> Option<Markup> {
    if app.node.read(|book| book.own().is_some()) || !visit.visitor.viewer.is_member() {
        return None;
    }
    decision_card(app, &visit.ui).await
}

async fn decision_card(app: &App, ui: &Ui) -> Option<Markup> {
    let demo = app.demo.as_ref()?;
    let story = demo.story.as_ref()?;
    let suggestion = suggested(app, story).await?;
    Some(app.node.read(|book| ask(ui, book, story, &suggestion)))
}

async fn suggested(app: &App, story: &Story) -> Option<Suggestion> {
    let plans = app.plans.clone();
    let planned = tokio::task::spawn_blocking(move || {
        plans.refresh();
        plans.newest()
    });
    let planned = planned.await.ok()??;
    let fits = |s: &&Suggestion| {
        s.from == story.giver.place() && s.to == story.taker.place() && s.item == story.item
    };
    planned.plan.suggestions.iter().find(fits).cloned()
}

fn name_of(book: &Book, community: &CommunityCode) -> String {
    book.region().place_name(&community.place()).unwrap_or(community.as_str()).to_owned()
}

fn quantity(book: &Book, suggestion: &Suggestion) -> Option<Quantity> {
    let item = book.region().item(&suggestion.item)?;
    Quantity::new(suggestion.amount, item.dimension).ok()
}

fn ask(ui: &Ui, book: &Book, story: &Story, suggestion: &Suggestion) -> Markup {
    let today = ui.now.day(&ui.zone);
    let days = book.group_cover(&story.taker, Group::Food, today).days.unwrap_or(0);
    let item = book.region().item(&story.item);
    let amount = quantity(book, suggestion).map(|q| ui.quantity(q)).unwrap_or_default();
    let item_name = item.map(|i| in_sentence(i.name_in(ui.lang().code(), None))).unwrap_or_default();
    let sentence = t!(
        ui,
        "story-decision",
        taker = name_of(book, &story.taker),
        n = days,
        giver = name_of(book, &story.giver),
        amount = amount,
        item = item_name,
        keeps = suggestion.giver.days_after.unwrap_or(0)
    );
    let reasons = html! {
        p { (t!(ui, "story-addressed", giver = name_of(book, &story.giver))) }
    };
    let button =
        |label: String, weight, what| post_button(ui, "/story/send", &label, weight, &[("share", what)]);
    decision(
        &sentence,
        &reasons,
        &actions(&[
            button(t!(ui, "story-send"), Weight::Primary, "all"),
            button(t!(ui, "story-send-less"), Weight::Secondary, "half"),
            post_button(ui, "/story/later", &t!(ui, "story-not-now"), Weight::Quiet, &[]),
        ]),
    )
}

async fn open(State(app): State<App>, visit: Visit) -> Result<Response, Problem> {
    let ui = &visit.ui;
    demo_of(&app, ui)?;
    if !visit.visitor.viewer.is_member() {
        return Ok(for_members(ui));
    }
    let body = match decision_card(&app, ui).await {
        Some(card) => card,
        None => nothing_to_decide(ui),
    };
    Ok(Page::new(ui, t!(ui, "story-title")).narrow().body(body).into_response())
}

/// The story speaks of amounts, which guests do not see.
fn for_members(ui: &Ui) -> Response {
    let body = stack(&[
        notice(ui, Tone::Info, &html! { (t!(ui, "story-guest")) }),
        link_button("/", &t!(ui, "story-to-region"), true),
    ]);
    Page::new(ui, t!(ui, "story-title")).narrow().body(body).into_response()
}

fn nothing_to_decide(ui: &Ui) -> Markup {
    stack(&[
        notice(ui, Tone::Info, &html! { (t!(ui, "story-nothing")) }),
        link_button("/", &t!(ui, "story-to-region"), true),
    ])
}

/// "Not now": the giver sets the item aside for some days, as its steward would, and somebody else is looked for; or takes
/// that back.
async fn later(State(app): State<App>, posted: Posted) -> Result<Response, Problem> {
    const DAYS: i32 = 7;
    let ui = &posted.visit.ui;
    let demo = demo_of(&app, ui)?;
    let Some(story) = demo.story.clone() else { return Ok(see_other("/story")) };
    let act = posted.act()?;
    let until = ui.now.day(&ui.zone).plus(DAYS);
    let back = posted.fields.text("back") == "yes";
    let (place, item) = (story.giver.place(), story.item.clone());
    let what = Act::PauseGiving { place: place.clone(), item: item.clone(), until: (!back).then_some(until) };
    perform(&app, demo, ui, (&story.giver, "steward-1"), act, what).await?;
    exchanged(demo, ui).await?;
    if back {
        return Ok(see_other("/story"));
    }
    let (giver, item) = app.node.read(|book| {
        let item = book.region().item(&story.item);
        let item = item.map(|item| in_sentence(item.name_in(ui.lang().code(), None))).unwrap_or_default();
        (name_of(book, &story.giver), item)
    });
    let body = stack(&[
        notice(
            ui,
            Tone::Info,
            &html! { (t!(ui, "story-later", giver = giver, item = item, day = ui.date(until))) },
        ),
        actions(&[
            link_button("/", &t!(ui, "story-to-region"), true),
            post_button(
                ui,
                "/story/later",
                &t!(ui, "pause-take-back"),
                Weight::Secondary,
                &[("back", "yes")],
            ),
            link_button("/own", &t!(ui, "story-own"), false),
        ]),
    ]);
    Ok(Page::new(ui, t!(ui, "story-title")).narrow().body(body).into_response())
}

async fn send(State(app): State<App>, posted: Posted) -> Result<Response, Problem> {
    let ui = &posted.visit.ui;
    let demo = demo_of(&app, ui)?;
    let Some(story) = demo.story.clone() else { return Ok(see_other("/story")) };
    let act = posted.act()?;
    let transfer = TransferId::derived("koinon-web story", &act.0);
    let known = app.node.read(|book| book.ledger().transfer(&story.giver, transfer).is_some());
    if !known {
        let Some(suggestion) = suggested(&app, &story).await else { return Ok(see_other("/story")) };
        let half = posted.fields.text("share") == "half";
        let what = app.node.read(|book| commit(book, &story, &suggestion, transfer, half));
        let what = what.ok_or_else(|| Problem::new(Kind::Conflict).detail(t!(ui, "story-nothing")))?;
        tell(demo, ui, DemoControl::Leave(transfer)).await?;
        perform(&app, demo, ui, (&story.giver, "steward-1"), act, what).await?;
        exchanged(demo, ui).await?;
    }
    Ok(see_other(&format!("/story/{transfer}")))
}

fn commit(
    book: &Book,
    story: &Story,
    suggestion: &Suggestion,
    transfer: TransferId,
    half: bool,
) -> Option<Act> {
    let whole = quantity(book, suggestion)?;
    let part = if half { Quantity::new(whole.amount() / 2, whole.dimension()).ok()? } else { whole };
    let leaves = suggestion.leaves()?.day;
    Some(Act::Commit {
        transfer,
        from: suggestion.from.clone(),
        to: suggestion.to.clone(),
        lines: vec![Wished { item: story.item.clone(), lot: None, quantity: part, requested: Some(whole) }],
        route: suggestion.corridors(),
        leaves,
        arrives: suggestion.last_arrival().map_or(leaves, |moment| moment.day),
        need: None,
        suggestion: Some(suggestion.id),
        return_by: None,
        standing: None,
    })
}

/// The next tap of a transfer: who acts, and what.
struct Tap {
    who: CommunityCode,
    part: &'static str,
    what: Act,
}

fn tap(book: &Book, story: &Story, transfer: TransferId) -> Option<Tap> {
    let known = book.ledger().transfer(&story.giver, transfer)?;
    let giver = story.giver.clone();
    let taker = story.taker.clone();
    let at = |who: &CommunityCode, part, what| Some(Tap { who: who.clone(), part, what });
    match known.status(&story.giver) {
        Status::NeedsSecond => at(&giver, "facilitator", Act::Approve { transfer }),
        Status::NeedsAnswer => {
            let what = Act::Accept { giver: giver.clone(), transfer, less: Vec::new() };
            at(&taker, "steward-2", what)
        }
        Status::Agreed => {
            let what = Act::Load { transfer, lines: Vec::new(), vehicle: Vehicle::Truck, paper: None };
            at(&giver, "coordinator", what)
        }
        Status::UnderWay => {
            let (shipment, load) = known.shipments().next()?;
            let store = book.region().stores_of(&taker.place()).next()?.code.clone();
            let lines = load.load(&giver)?.what.lines.iter().enumerate();
            let lines = lines
                .map(|(index, line)| found(line.line, line.quantity, index == 0))
                .collect::<Option<_>>()?;
            at(&taker, "steward-1", Act::Receive { giver: giver.clone(), transfer, shipment, store, lines })
        }
        _ => None,
    }
}

/// What is found on arrival: everything, but one sack of the first line.
fn found(line: u16, loaded: Quantity, one_short: bool) -> Option<FoundLine> {
    let sack = if one_short { SACK_G.min(loaded.amount()) } else { 0 };
    let q = |amount| Quantity::new(amount, loaded.dimension()).ok();
    Some(FoundLine {
        line,
        accepted: q(loaded.amount() - sack)?,
        rejected: q(0)?,
        missing: q(sack)?,
        excess: q(0)?,
        reason: one_short.then_some(Reason::NotKnownYet),
    })
}

async fn show(State(app): State<App>, Path(id): Path<String>, mut visit: Visit) -> Result<Response, Problem> {
    let demo = demo_of(&app, &visit.ui)?;
    let (story, transfer) = named(demo, &visit.ui, &id)?;
    if !visit.visitor.viewer.is_member() {
        return Ok(for_members(&visit.ui));
    }
    // The frame names whoever acts next, as the sentence does.
    let actor = app.node.read(|book| {
        let tap = tap(book, &story, transfer)?;
        persona(demo, &tap.who, tap.part)
    });
    if let (Some(actor), Some(strip)) = (actor, visit.ui.chrome.demo.as_mut()) {
        strip.persona.clone_from(&actor.code);
        visit.ui.chrome.person = Some(actor.name.clone());
    }
    let ui = &visit.ui;
    let body = app.node.read(|book| {
        let known = book.ledger().transfer(&story.giver, transfer)?;
        Some(scene(ui, demo, book, &story, (transfer, known)))
    });
    let body = body.ok_or_else(|| Problem::new(Kind::NotFound).detail(t!(ui, "story-unknown")))?;
    Ok(Page::new(ui, t!(ui, "story-title")).narrow().body(body).into_response())
}

fn named(demo: &Demo, ui: &Ui, id: &str) -> Result<(Story, TransferId), Problem> {
    let unknown = || Problem::new(Kind::NotFound).detail(t!(ui, "story-unknown"));
    let story = demo.story.clone().ok_or_else(unknown)?;
    Ok((story, id.parse().map_err(|_| unknown())?))
}

const STEPS: usize = 6;

fn step_of(status: Status) -> usize {
    match status {
        Status::NeedsSecond => 1,
        Status::NeedsAnswer => 2,
        Status::Agreed => 3,
        Status::UnderWay => 4,
        _ => 5,
    }
}

fn progress(ui: &Ui, now: usize) -> Markup {
    let names: [String; STEPS] = [
        t!(ui, "story-step-send"),
        t!(ui, "story-step-agree"),
        t!(ui, "story-step-answer"),
        t!(ui, "story-step-load"),
        t!(ui, "story-step-arrive"),
        t!(ui, "story-step-sum"),
    ];
    let state = |index: usize| match index.cmp(&now) {
        std::cmp::Ordering::Less => StepState::Done,
        std::cmp::Ordering::Equal => StepState::Now,
        std::cmp::Ordering::Greater => StepState::Ahead,
    };
    let list: Vec<_> = names.into_iter().enumerate().map(|(index, name)| (name, state(index))).collect();
    steps(ui, &list)
}

fn scene(ui: &Ui, demo: &Demo, book: &Book, story: &Story, (id, known): (TransferId, &Transfer)) -> Markup {
    let status = known.status(&story.giver);
    let lines = known.commitment(&story.giver).map_or(&[][..], |by| &by.what.lines);
    let amount = total(lines).map(|q| ui.quantity(q)).unwrap_or_default();
    let (giver, taker) = (name_of(book, &story.giver), name_of(book, &story.taker));
    let you = |who: &CommunityCode, part: &str| {
        persona(demo, who, part).map_or_else(String::new, |p| p.name.clone())
    };
    let (sentence, label) = match status {
        Status::NeedsSecond => (
            t!(ui, "story-second", amount = amount, giver = giver, you = you(&story.giver, "facilitator")),
            t!(ui, "story-second-act"),
        ),
        Status::NeedsAnswer => (
            t!(
                ui,
                "story-answer",
                amount = amount,
                giver = giver,
                taker = taker,
                you = you(&story.taker, "steward-2")
            ),
            t!(ui, "story-answer-act"),
        ),
        Status::Agreed => (
            t!(
                ui,
                "story-load",
                amount = amount,
                giver = giver,
                taker = taker,
                you = you(&story.giver, "coordinator")
            ),
            t!(ui, "story-load-act"),
        ),
        Status::UnderWay => (
            t!(ui, "story-arrive", taker = taker, you = you(&story.taker, "steward-1")),
            t!(ui, "story-arrive-act"),
        ),
        Status::Unsettled | Status::Done => (t!(ui, "story-missing"), t!(ui, "story-sum-act")),
        _ => (t!(ui, "story-other"), String::new()),
    };
    let button = match status {
        Status::Unsettled | Status::Done => link_button(&format!("/story/{id}/sum"), &label, true),
        _ if label.is_empty() => link_button("/", &t!(ui, "story-to-region"), true),
        _ => post_button(ui, &format!("/story/{id}/next"), &label, Weight::Primary, &[]),
    };
    let papers = html! {
        p { a href=(format!("/transfer/{}/{id}", story.giver)) { (t!(ui, "story-papers")) } }
    };
    stack(&[progress(ui, step_of(status)), decision(&sentence, &papers, &actions(&[button]))])
}

fn total(lines: &[CommitLine]) -> Option<Quantity> {
    let dimension = lines.first()?.quantity.dimension();
    Quantity::sum(lines.iter().map(|line| line.quantity), dimension).ok()
}

async fn next(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> Result<Response, Problem> {
    let ui = &posted.visit.ui;
    let demo = demo_of(&app, ui)?;
    let (story, transfer) = named(demo, ui, &id)?;
    let act = posted.act()?;
    let tap = app.node.read(|book| tap(book, &story, transfer));
    if let Some(tap) = tap {
        perform(&app, demo, ui, (&tap.who, tap.part), act, tap.what).await?;
        exchanged(demo, ui).await?;
    }
    Ok(see_other(&format!("/story/{transfer}")))
}

async fn sum(State(app): State<App>, Path(id): Path<String>, visit: Visit) -> Result<Response, Problem> {
    let ui = &visit.ui;
    let demo = demo_of(&app, ui)?;
    let (story, transfer) = named(demo, ui, &id)?;
    if !visit.visitor.viewer.is_member() {
        return Ok(for_members(ui));
    }
    let body = app.node.read(|book| {
        let known = book.ledger().transfer(&story.giver, transfer)?;
        let totals = known.totals(&story.giver);
        let item = book.region().item(&story.item)?;
        let show = |amount: i128| {
            Quantity::from_wide(amount, item.dimension).map(|q| ui.quantity(q)).unwrap_or_default()
        };
        let row = |label: String, amount: i128| [html! { (label) }, html! { (show(amount)) }];
        let loaded = totals.fulfilled + totals.in_transit + totals.lost;
        let transfer_table = Table::new(
            t!(ui, "story-sum-transfer"),
            [Column::head(t!(ui, "story-sum-what")), Column::number(t!(ui, "story-sum-amount"))],
        )
        .row(row(t!(ui, "story-sum-loaded"), loaded))
        .row(row(t!(ui, "story-sum-arrived"), totals.fulfilled))
        .row(row(t!(ui, "story-sum-open"), totals.in_transit))
        .row(row(t!(ui, "story-sum-lost"), totals.lost));
        let (came, went, there, way, fits) = region_sum(book, &story);
        let region_table = Table::new(
            t!(ui, "story-sum-region"),
            [Column::head(t!(ui, "story-sum-what")), Column::number(t!(ui, "story-sum-amount"))],
        )
        .row(row(t!(ui, "story-sum-came"), came))
        .row(row(t!(ui, "story-sum-went"), went))
        .row(row(t!(ui, "story-sum-there"), there))
        .row(row(t!(ui, "story-sum-way"), way));
        let answer = if fits { t!(ui, "story-sum-yes") } else { t!(ui, "story-sum-no") };
        Some(stack(&[
            progress(ui, STEPS - 1),
            notice(ui, if fits { Tone::Good } else { Tone::Bad }, &html! { strong { (answer) } }),
            card(&t!(ui, "story-sum-transfer"), &html! { (transfer_table) }),
            card(&t!(ui, "story-sum-region"), &html! { (region_table) }),
            actions(&[
                link_button("/own", &t!(ui, "story-own"), true),
                link_button("/", &t!(ui, "story-to-region"), false),
                link_button("/checks", &t!(ui, "story-all-sums"), false),
            ]),
        ]))
    });
    let body = body.ok_or_else(|| Problem::new(Kind::NotFound).detail(t!(ui, "story-unknown")))?;
    Ok(Page::new(ui, t!(ui, "story-sum-title")).narrow().body(body).into_response())
}

/// The item's sums over the region: what came in, what went, what is there, what is on its way, and whether they fit.
fn region_sum(book: &Book, story: &Story) -> (i128, i128, i128, i128, bool) {
    let sums = book.ledger().totals().iter().filter(|(_, item, _)| **item == story.item);
    let (mut came, mut went, mut there) = (0i128, 0i128, 0i128);
    for (_, _, sums) in sums {
        there += sums.on_hand();
        for account in Account::ALL {
            let amount = sums.account(account);
            match account {
                Account::Sent | Account::Arrived | Account::CameBack => {}
                _ if amount >= 0 => came += amount,
                _ => went -= amount,
            }
        }
    }
    went += book.ledger().lost_on_the_way(&story.item);
    let way = book.ledger().in_transit().get(&story.item).copied().unwrap_or(0);
    (came, went, there, way, came - went == there + way)
}

fn persona<'a>(demo: &'a Demo, community: &CommunityCode, part: &str) -> Option<&'a Persona> {
    let code = format!("{community}-{part}");
    demo.personas.iter().find(|persona| persona.code == code)
}

/// Sends a command as one of the invented people, to that person's own node.
async fn perform(
    app: &App,
    demo: &Demo,
    ui: &Ui,
    (community, part): (&CommunityCode, &str),
    act: EntryId,
    what: Act,
) -> Result<(), Problem> {
    let unknown = || Problem::new(Kind::NotFound).detail(t!(ui, "story-unknown"));
    let who = persona(demo, community, part).ok_or_else(unknown)?;
    let node = demo.nodes.get(community).ok_or_else(unknown)?;
    let occurred = node.clock().now();
    let command = BookCommand::Ledger(Command { act, occurred, confirmed: true, what });
    match node.submit(Actor::Person(who.person), command).await {
        Ok(_) => Ok(()),
        Err(error) => {
            tracing::warn!(%error, node = %app.node.id(), "a tap of the story was refused");
            Err(Problem::new(Kind::Conflict).detail(t!(ui, "story-refused")))
        }
    }
}

async fn tell(demo: &Demo, ui: &Ui, order: DemoControl) -> Result<(), Problem> {
    let gone = |_| Problem::new(Kind::Unavailable).detail(t!(ui, "demo-over"));
    demo.control.send(order).await.map_err(gone)
}

/// Lets everybody who has a line exchange, and waits until they have: the next tap is another person's, at another node.
async fn exchanged(demo: &Demo, ui: &Ui) -> Result<(), Problem> {
    let (done, over) = oneshot::channel();
    tell(demo, ui, DemoControl::Exchange(done)).await?;
    // On a slow machine the page then shows what this node knows by now.
    let _ = tokio::time::timeout(EXCHANGED_WITHIN, over).await;
    Ok(())
}
