//! The reading pages of a federation that has lived for three weeks in memory, for the eye and for the browser tests.
//!
//! `cargo run -p koinon-web --example reading -- 127.0.0.1:7491`, then open the address. `/?as=guest` looks as a guest;
//! without it a steward of Heath looks. Nothing can be changed here.

#[path = "../tests/fixture/mod.rs"]
mod fixture;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use fixture::{Lived, lived, viewer};
use koinon_authority::{Role, Viewer};
use koinon_core::{CommunityCode, ItemCode};
use koinon_web::i18n::Speak as _;
use koinon_web::pages::{adds_up, community, region, stock, teams, touch, transfers_board, why};
use koinon_web::problem::{Kind, Problem};
use koinon_web::ui::{Chrome, FormToken, Prefs, Ui};
use koinon_web::views::{Lens, Lines};
use koinon_web::{assets, security, ui};
use maud::html;

type Shared = Arc<Lived>;
type Asked = Query<std::collections::BTreeMap<String, String>>;

fn ui_of(lived: &Lived, headers: &HeaderMap, uri: &Uri, name: Option<&str>) -> Ui {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let seal = (FormToken::new("reading"), [7; 16]);
    let ui = Ui::new(Prefs::read(headers), path, lived.now, lived.book.zone(), seal);
    let place = Some("Heath".to_owned());
    ui.with_chrome(Chrome { place, person: name.map(str::to_owned), ..Chrome::default() })
}

async fn any(State(lived): State<Shared>, uri: Uri, Query(asked): Asked, headers: HeaderMap) -> Response {
    let guest = asked.get("as").is_some_and(|role| role == "guest");
    let who = if guest { Viewer::nobody() } else { viewer(Role::Steward, "heath") };
    let ui = ui_of(&lived, &headers, &uri, (!guest).then_some("Mara"));
    let lens = lived.lens(&who, ui.lang().code());
    let text = |name: &str| asked.get(name).cloned().unwrap_or_default();
    let parts: Vec<&str> = uri.path().trim_matches('/').split('/').collect();
    match parts.as_slice() {
        [""] => {
            let view = lens.region_view(lived.around(&lens));
            region::page(&ui, &view, Some(lived.now)).into_response()
        }
        ["community", code] => {
            match CommunityCode::new(code).ok().and_then(|code| lens.community_view(&code)) {
                Some(view) => community::page(&ui, &view).into_response(),
                None => Problem::new(Kind::NotFound).into_response(),
            }
        }
        ["stock"] => {
            let place = if text("place").is_empty() { "heath".to_owned() } else { text("place") };
            let asked =
                stock::Asked { place, group: text("group"), short: !text("short").is_empty(), q: text("q") };
            let places: Vec<_> = lens.region().places().map(|place| lens.place(&place)).collect();
            stock::page(&ui, &lens.stock(&asked.filter()), &asked, &places).into_response()
        }
        ["stock", item] => match ItemCode::new(item).ok().and_then(|item| lens.item_view(&item)) {
            Some(view) => stock::item_page(&ui, &view, 0).into_response(),
            None => Problem::new(Kind::NotFound).into_response(),
        },
        ["lot", community, lot] => {
            let card = CommunityCode::new(community).ok().zip(lot.parse().ok());
            match card.and_then(|(community, lot)| {
                let found = lens.book.ledger().lot(&community, lot)?;
                lens.lot_card(&community, (lot, found), Lines::ALL)
            }) {
                Some(view) => stock::lot_page(&ui, &view, &who, &stock::Writers::new()).into_response(),
                None => Problem::new(Kind::NotFound).into_response(),
            }
        }
        ["checks"] => checks(&ui, &lens, &text("community")),
        ["teams"] => teams::page(&ui, &lens.teams(None), teams::May::default()).into_response(),
        ["touch"] => touch::page(&ui, &lens.touch()).into_response(),
        ["transfers"] => transfers_board::page(&ui, &lens.transfers()).into_response(),
        ["suggestions"] => {
            let lines: Vec<_> =
                lived.plan.suggestions.iter().filter_map(|one| lens.suggestion(one)).collect();
            why::list(
                &ui,
                (&lines, &lens.unmet(&lived.plan)),
                &why::Asked::default(),
                Some(lived.now),
                (None, &[]),
            )
            .into_response()
        }
        ["suggestion", id] => match lens.suggestion_view(&lived.plan, id) {
            Some(view) => why::page(&ui, &view, lived.now, &html! {}).into_response(),
            None => Problem::new(Kind::NotFound).into_response(),
        },
        _ => Problem::new(Kind::NotFound).into_response(),
    }
}

fn checks(ui: &Ui, lens: &Lens<'_>, community: &str) -> Response {
    let code = CommunityCode::new(if community.is_empty() { "heath" } else { community }).ok();
    let all: Vec<_> = lens.region().communities.iter().map(|one| lens.community(&one.code)).collect();
    let view = lens.adds_up(code.as_ref());
    adds_up::page(ui, &view, code.as_ref().map(CommunityCode::as_str), &all).into_response()
}

/// Nothing changes here; the stream only stays open, as it would on a node.
async fn live(State(lived): State<Shared>) -> impl IntoResponse {
    lived
        .hub
        .seat([])
        .map(|seat| lived.hub.stream(std::collections::BTreeSet::new(), seat))
        .ok_or(axum::http::StatusCode::SERVICE_UNAVAILABLE)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:7491".to_owned());
    let app = Router::new()
        .route("/", get(any))
        .route("/live", get(live))
        .route("/{*path}", get(any))
        .merge(assets::router())
        .merge(ui::settings_router())
        .with_state(Arc::new(lived("heath", 21)));
    let listener = tokio::net::TcpListener::bind(address).await?;
    axum::serve(listener, security::guarded(app)).await?;
    Ok(())
}
