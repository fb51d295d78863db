//! Past disasters of a demo region: pick one, and see what would be sent from where, how many people it covers, after how
//! long, and whom no depot could cover.
//!
//! Stock is what this node's book knows; each disaster is planned by itself, from the whole stock. Nothing is written.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use koinon_books::Book;
use koinon_core::{Day, ItemCode, PlaceCode};
use koinon_match::relief::{Affected, DepotStock, Relief, ReliefItem, ReliefPlan};
use koinon_match::roads::ways;
use maud::{Markup, html};

use super::panel::demo_of;
use crate::app::App;
use crate::components::{Column, Table, Tile, Tone, card, link_button, notice, stack, tiles};
use crate::i18n::Speak as _;
use crate::layout::Page;
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::Ui;
use crate::visit::Visit;

/// Past disasters, and whom one piece of each item serves.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// The disasters, the newest first.
    pub disasters: Vec<Disaster>,
    /// Whom one piece serves.
    pub items: Vec<ReliefItem>,
    /// Where the facts come from, with their licence.
    pub source: String,
}

/// One disaster.
#[derive(Debug, Clone)]
pub struct Disaster {
    /// Its number in the source.
    pub id: String,
    /// When.
    pub day: Day,
    /// What, in the source's words.
    pub kind: String,
    /// Whom it hit.
    pub affected: Vec<Affected>,
}

impl Disaster {
    /// What it was, in the reader's words; in the source's where we have none.
    fn kind_in(&self, ui: &Ui) -> String {
        match self.kind.as_str() {
            "Storm" => t!(ui, "relief-kind-storm"),
            "Flood" => t!(ui, "relief-kind-flood"),
            "Epidemic" => t!(ui, "relief-kind-epidemic"),
            "Drought" => t!(ui, "relief-kind-drought"),
            "Earthquake" => t!(ui, "relief-kind-earthquake"),
            other => other.to_owned(),
        }
    }

    fn people(&self) -> i64 {
        self.affected.iter().map(|one| one.people).fold(0, i64::saturating_add)
    }
}

/// The routes.
pub fn router() -> Router<App> {
    Router::new().route("/relief", get(list)).route("/relief/{id}", get(show))
}

fn past<'a>(app: &'a App, ui: &Ui) -> Result<&'a Past, Problem> {
    let demo = demo_of(app, ui)?;
    demo.past.as_deref().ok_or_else(|| Problem::new(Kind::NotFound).detail(t!(ui, "relief-none")))
}

async fn list(State(app): State<App>, visit: Visit) -> Result<Response, Problem> {
    let ui = &visit.ui;
    let past = past(&app, ui)?;
    let columns = [
        Column::head(t!(ui, "relief-disaster")),
        Column::text(t!(ui, "relief-kind")),
        Column::text(t!(ui, "relief-day")),
        Column::number(t!(ui, "relief-people")),
    ];
    let rows = past.disasters.iter().map(|one| {
        [
            html! { a href=(format!("/relief/{}", one.id)) { (one.id) } },
            html! { (one.kind_in(ui)) },
            html! { (ui.date(one.day)) },
            html! { (ui.number(one.people())) },
        ]
    });
    let table = Table::new(t!(ui, "relief-title"), columns).rows(rows);
    let body = stack(&[html! { (table) }, html! { p class="muted" lang="en" dir="ltr" { (past.source) } }]);
    Ok(Page::new(ui, t!(ui, "relief-title")).lead(t!(ui, "relief-lead")).body(body).into_response())
}

async fn show(State(app): State<App>, Path(id): Path<String>, visit: Visit) -> Result<Response, Problem> {
    let ui = &visit.ui;
    let past = past(&app, ui)?;
    let unknown = || Problem::new(Kind::NotFound).detail(t!(ui, "relief-unknown"));
    let disaster = past.disasters.iter().find(|one| one.id == id).ok_or_else(unknown)?;
    let relief = app.node.read(|book| relief_of(book, disaster, &past.items));
    let planned = tokio::task::spawn_blocking(move || relief.plan()).await;
    let failed = || Problem::new(Kind::Internal);
    let plan = planned.map_err(|_| failed())?.map_err(|error| {
        tracing::warn!(%error, "a past disaster cannot be planned");
        failed()
    })?;
    let body = app.node.read(|book| answer(ui, book, disaster, &plan));
    let title = t!(ui, "relief-one", kind = disaster.kind_in(ui), id = disaster.id.clone());
    Ok(Page::new(ui, title).crumb("/relief", t!(ui, "relief-title")).body(body).into_response())
}

fn relief_of(book: &Book, disaster: &Disaster, items: &[ReliefItem]) -> Relief {
    let region = book.region();
    let serve: BTreeSet<&ItemCode> = items.iter().map(|item| &item.code).collect();
    let mut depots: BTreeMap<(PlaceCode, ItemCode), i64> = BTreeMap::new();
    for (_, _, lot) in book.ledger().lots() {
        let Some(opened) = lot.opened().filter(|opened| serve.contains(&opened.item)) else { continue };
        let Some(store) = region.store(&opened.store) else { continue };
        let units = i64::try_from(lot.balance().max(0)).unwrap_or(i64::MAX);
        let there = depots.entry((store.place.clone(), opened.item.clone())).or_default();
        *there = there.saturating_add(units);
    }
    let stock: Vec<DepotStock> =
        depots.into_iter().map(|((depot, item), units)| DepotStock { depot, item, units }).collect();
    let from: BTreeSet<PlaceCode> = stock.iter().map(|stock| stock.depot.clone()).collect();
    let to: BTreeSet<PlaceCode> = disaster.affected.iter().map(|one| one.place.clone()).collect();
    let today = region.start.unwrap_or(disaster.day);
    Relief {
        affected: disaster.affected.clone(),
        items: items.to_vec(),
        ways: ways(region, today, &from, &to),
        stock,
    }
}

fn answer(ui: &Ui, book: &Book, disaster: &Disaster, plan: &ReliefPlan) -> Markup {
    let region = book.region();
    let place = |code: &PlaceCode| region.place_name(code).unwrap_or(code.as_str()).to_owned();
    let item = |code: &ItemCode| {
        region
            .item(code)
            .map_or_else(|| code.to_string(), |item| item.name_in(ui.lang().code(), None).to_owned())
    };
    let hours = |minutes: i64| t!(ui, "relief-hours", n = minutes.saturating_add(59) / 60);
    let head = tiles([
        Tile::new(t!(ui, "relief-people"), ui.number(disaster.people())),
        Tile::new(t!(ui, "relief-any"), ui.number(plan.people_with_any())),
        Tile::new(t!(ui, "relief-all"), ui.number(plan.people_with_all())),
        Tile::new(t!(ui, "relief-last"), hours(plan.last_minute())),
    ]);
    let sent = Table::new(
        t!(ui, "relief-sent"),
        [
            Column::head(t!(ui, "relief-what")),
            Column::number(t!(ui, "relief-pieces")),
            Column::text(t!(ui, "relief-from")),
            Column::text(t!(ui, "relief-to")),
            Column::number(t!(ui, "relief-after")),
        ],
    )
    .rows(plan.sendings.iter().map(|s| {
        [
            html! { (item(&s.item)) },
            html! { (ui.number(s.units)) },
            html! { (place(&s.depot)) },
            html! { (place(&s.place)) },
            html! { (hours(s.minutes)) },
        ]
    }));
    let totals = Table::new(
        t!(ui, "relief-totals"),
        [
            Column::head(t!(ui, "relief-what")),
            Column::number(t!(ui, "relief-covered")),
            Column::number(t!(ui, "relief-uncovered")),
            Column::number(t!(ui, "relief-lacking")),
        ],
    )
    .rows(plan.items.iter().map(|total| {
        [
            html! { (item(&total.item)) },
            html! { (ui.number(total.people)) },
            html! { (ui.number(total.uncovered)) },
            html! { (ui.number(total.lacking)) },
        ]
    }));
    let note = if plan.sendings.is_empty() {
        notice(ui, Tone::Watch, &html! { (t!(ui, "relief-nothing")) })
    } else {
        html! {}
    };
    stack(&[
        head,
        note,
        card(&t!(ui, "relief-totals"), &html! { (totals) }),
        card(&t!(ui, "relief-sent"), &html! { (sent) }),
        link_button("/relief", &t!(ui, "relief-title"), false),
    ])
}
