//! What a visitor lets happen to the demo's world: days pass or stand still, a crop fails, a route floods, a plug is
//! pulled and put back.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use koinon_books::Book;
use koinon_core::{CommunityCode, CorridorCode};
use maud::{Markup, html};

use crate::app::{App, Demo, DemoControl, DemoState};
use crate::components::{Tone, card, notice, stack};
use crate::forms::{Weight, actions, post_button, post_form, submit};
use crate::layout::Page;
use crate::live::{self, Topic};
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::Ui;
use crate::visit::{Posted, Visit, home_of, see_other};

/// The panel's routes.
pub fn router() -> Router<App> {
    Router::new().route("/demo", get(show)).route("/demo/act", post(act))
}

/// What was let happen and still holds, for the first page; `None` where nothing was.
pub(crate) fn world(app: &App, ui: &Ui) -> Option<Markup> {
    let state = app.demo.as_ref()?.state.borrow().clone();
    let told = app.node.read(|book| told(ui, book, &state));
    (!told.is_empty()).then(|| {
        notice(
            ui,
            Tone::Watch,
            &html! {
                ul.plain-list { @for sentence in &told { li { (sentence) } } }
                a href="/demo" { (t!(ui, "demo-panel-link")) }
            },
        )
    })
}

fn told(ui: &Ui, book: &Book, state: &DemoState) -> Vec<String> {
    let region = book.region();
    let name = |code: &CommunityCode| {
        region.community(code).map_or(code.as_str(), |known| known.name.as_str()).to_owned()
    };
    let mut told: Vec<String> =
        state.failed.iter().map(|code| t!(ui, "demo-crop-failed", place = name(code))).collect();
    told.extend(state.unplugged.iter().map(|code| t!(ui, "demo-no-line", place = name(code))));
    told
}

/// The demo, or the error of a node that is none.
pub(crate) fn demo_of<'a>(app: &'a App, ui: &Ui) -> Result<&'a Demo, Problem> {
    app.demo.as_ref().ok_or_else(|| Problem::new(Kind::NotFound).detail(t!(ui, "demo-not-here")))
}

async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Problem> {
    let ui = &visit.ui;
    let demo = demo_of(&app, ui)?;
    let state = demo.state.borrow().clone();
    let pages = places(&app, &visit.base, demo);
    let body = app.node.read(|book| {
        let region = book.region();
        let communities: Vec<(CommunityCode, String)> =
            demo.places.iter().map(|(code, name, _)| (code.clone(), name.clone())).collect();
        let corridors: Vec<(CorridorCode, String)> = region
            .corridors
            .iter()
            .filter_map(|corridor| {
                let from = region.place_name(&corridor.from)?;
                let to = region.place_name(&corridor.to)?;
                Some((corridor.code.clone(), t!(ui, "demo-route", from = from, to = to)))
            })
            .collect();
        let today = ui.now.day(&ui.zone);
        let closed: Vec<CorridorCode> = corridors
            .iter()
            .map(|(code, _)| code.clone())
            .filter(|code| book.closed_route(code, today).is_some())
            .collect();
        let told = told(ui, book, &state);
        stack(&[
            html! {
                @if !told.is_empty() {
                    (notice(ui, Tone::Watch, &html! {
                        ul.plain-list { @for sentence in &told { li { (sentence) } } }
                        a href="/" { (t!(ui, "story-to-region")) }
                    }))
                }
            },
            card(&t!(ui, "demo-time"), &time(ui, &state)),
            card(&t!(ui, "demo-crop"), &choose(ui, "fail-crop", &t!(ui, "demo-crop-act"), &plain(&communities))),
            card(
                &t!(ui, "demo-flood"),
                &html! {
                    (switched(ui, "open", &t!(ui, "demo-open-act"), &named(&corridors, &closed)))
                    (choose(ui, "flood", &t!(ui, "demo-flood-act"), &plain(&corridors)))
                },
            ),
            card(
                &t!(ui, "demo-plug"),
                &html! {
                    (switched(ui, "plug-in", &t!(ui, "demo-plug-in-act"), &named(&communities, &state.unplugged)))
                    (choose(ui, "unplug", &t!(ui, "demo-unplug-act"), &plain(&communities)))
                },
            ),
            card(&t!(ui, "demo-places"), &pages),
            html! {
                p { a href="/story" { (t!(ui, "story-title")) } }
                p { a href="/own" { (t!(ui, "own-title")) } }
                @if demo.past.is_some() { p { a href="/relief" { (t!(ui, "relief-title")) } } }
            },
        ])
    });
    let live = live::region("demo-panel", "/demo", &[Topic::Day], &body);
    let page = Page::new(ui, t!(ui, "demo-title")).lead(t!(ui, "demo-lead")).narrow().body(live);
    Ok(axum::response::IntoResponse::into_response(page))
}

fn time(ui: &Ui, state: &DemoState) -> Markup {
    let weight = |now: bool| if now { Weight::Primary } else { Weight::Secondary };
    let speeds = [60u32, 20, 5, 1];
    html! {
        p { (t!(ui, "demo-day-is", day = ui.date(state.day), n = state.day_number)) }
        @if let Some(digest) = &state.digest {
            details {
                summary { (t!(ui, "demo-digest")) }
                p { code { (digest) } }
                p.muted { (t!(ui, "demo-digest-hint")) }
            }
        }
        (actions(&[
            post_button(ui, "/demo/act", &t!(ui, "demo-step"), weight(!state.running), &[("do", "step")]),
            post_button(
                ui,
                "/demo/act",
                &if state.running { t!(ui, "demo-pause") } else { t!(ui, "demo-run") },
                Weight::Secondary,
                &[("do", if state.running { "pause" } else { "run" })],
            ),
        ]))
        @if !state.running { p.muted { (t!(ui, "demo-still")) } }
        p { (t!(ui, "demo-speed", n = i64::from(state.seconds_per_day))) }
        (actions(&speeds.map(|seconds| {
            let label = t!(ui, "demo-speed-set", n = i64::from(seconds));
            let text = seconds.to_string();
            post_button(ui, "/demo/act", &label, weight(seconds == state.seconds_per_day), &[("do", "speed"), ("what", &text)])
        })))
    }
}

fn plain<C: ToString>(all: &[(C, String)]) -> Vec<(String, String)> {
    all.iter().map(|(code, name)| (code.to_string(), name.clone())).collect()
}

fn named<C: ToString + PartialEq>(all: &[(C, String)], chosen: &[C]) -> Vec<(String, String)> {
    all.iter()
        .filter(|(code, _)| chosen.contains(code))
        .map(|(code, name)| (code.to_string(), name.clone()))
        .collect()
}

fn choose(ui: &Ui, act: &str, label: &str, choices: &[(String, String)]) -> Markup {
    let id = format!("what-{act}");
    post_form(
        ui,
        "/demo/act",
        &html! {
            input type="hidden" name="do" value=(act);
            label class="field" for=(id) { span class="field-label" { (t!(ui, "demo-where")) }
                select id=(id) name="what" {
                    @for (code, name) in choices { option value=(code) { (name) } }
                }
            }
            (submit(label, Weight::Secondary))
        },
    )
}

/// What has happened and can be undone: one button each.
fn switched(ui: &Ui, act: &str, label: &str, chosen: &[(String, String)]) -> Markup {
    html! {
        @for (code, name) in chosen {
            (post_button(ui, "/demo/act", &format!("{label}: {name}"), Weight::Primary, &[("do", act), ("what", code)]))
        }
    }
}

fn places(app: &App, base: &str, demo: &Demo) -> Markup {
    html! {
        ul class="plain" {
            @for (code, name, address) in demo.places.iter() {
                li { a href=(home_of(app, code, base).unwrap_or_else(|| address.clone())) { (name) } }
            }
        }
    }
}

async fn act(State(app): State<App>, posted: Posted) -> Result<Response, Problem> {
    let ui = &posted.visit.ui;
    let demo = demo_of(&app, ui)?;
    let what = posted.fields.text("what");
    let unknown = || Problem::new(Kind::BadRequest).detail(t!(ui, "demo-unknown-act"));
    let community = || CommunityCode::new(what).map_err(|_| unknown());
    let corridor = || CorridorCode::new(what).map_err(|_| unknown());
    let order = match posted.fields.text("do") {
        "step" => DemoControl::Step,
        "run" => DemoControl::Run(true),
        "pause" => DemoControl::Run(false),
        "speed" => DemoControl::Speed(what.parse().map_err(|_| unknown())?),
        "fail-crop" => DemoControl::FailCrop(community()?),
        "flood" => DemoControl::Flood(corridor()?),
        "open" => DemoControl::Open(corridor()?),
        "unplug" => DemoControl::Unplug(community()?),
        "plug-in" => DemoControl::PlugIn(community()?),
        _ => return Err(unknown()),
    };
    let mut state = demo.state.clone();
    state.mark_unchanged();
    let gone = || Problem::new(Kind::Unavailable).detail(t!(ui, "demo-over"));
    demo.control.send(order).await.map_err(|_| gone())?;
    // The page that follows shows what came of it; a very long day is shown when it is over.
    let _ = tokio::time::timeout(std::time::Duration::from_secs(10), state.changed()).await;
    Ok(see_other("/demo"))
}
