//! The whole of one node's web: pages, acts, API, exports, live updates, assets, behind the checks at the door.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::Router;
use axum::extract::{ConnectInfo, Query, Request, State};
use axum::http::HeaderValue;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};

use crate::app::App;
use crate::live::{Listens, Topic};
use utoipa_axum::router::OpenApiRouter;

use crate::problem::{Kind, Problem};
use crate::ui::Prefs;
use crate::{acts, api, assets, demo, pages, security, t, ui};

/// Every address of a node, guarded and compressed. Whoever serves it also runs [`follow`].
pub fn router(app: App) -> Router {
    router_with(app, OpenApiRouter::new())
}

/// The same with more of the API: what only the program that serves can answer.
pub fn router_with(app: App, more: OpenApiRouter<App>) -> Router {
    let routes = Router::new()
        .merge(pages::router())
        .merge(acts::router())
        .merge(api::router(more))
        .merge(demo::router())
        .route("/live", get(live))
        .fallback(|| async { Problem::new(Kind::NotFound) })
        .layer(axum::middleware::from_fn_with_state(app.clone(), crate::problem::in_frame))
        .layer(axum::middleware::from_fn(crate::visit::greet))
        .merge(ui::settings_router())
        .merge(assets::router())
        .with_state(app);
    // Assets are compressed once when built; streams and pictures are left as they are.
    let worth = SizeAbove::new(512).and(NotForContentType::IMAGES).and(NotForContentType::SSE).and(
        NotForContentType::const_new("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    );
    let quick = CompressionLayer::new().quality(CompressionLevel::Precise(4)).compress_when(worth);
    security::guarded(routes).layer(quick)
}

/// Keeps suggestions fresh and open pages told; runs until its task is stopped.
pub async fn follow(app: App) {
    let hub = app.hub.clone();
    app.plans.clone().follow(hub).await;
}

/// How long a page that was given no stream waits before it asks again, in seconds.
const LIVE_RETRY_S: u16 = 60;

async fn live(
    State(app): State<App>,
    Query(asked): Query<BTreeMap<String, String>>,
    request: Request,
) -> Response {
    let from =
        request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| Listens::Address(info.0.ip()));
    let secured = crate::visit::is_secured(request.extensions());
    let session = acts::sign_in::session_of(&app, request.headers(), secured);
    let person = session.map(|session| Listens::Person(session.person.to_string()));
    let Some(seat) = app.hub.seat(from.into_iter().chain(person)) else {
        let detail = t!(Prefs::read(request.headers()).lang, "problem-crowded-live");
        let mut response = Problem::new(Kind::TooMany).detail(detail).into_response();
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(LIVE_RETRY_S));
        return response;
    };
    let topics = asked.get("topics").map(|topics| Topic::parse_list(topics)).unwrap_or_default();
    app.hub.stream(topics, seat).into_response()
}
