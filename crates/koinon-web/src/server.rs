//! The whole of one node's web: pages, acts, API, exports, live updates, assets, behind the checks at the door.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use axum::routing::get;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};

use crate::app::App;
use crate::live::Topic;
use utoipa_axum::router::OpenApiRouter;

use crate::problem::{Kind, Problem};
use crate::{acts, api, assets, demo, pages, security, ui};

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

async fn live(State(app): State<App>, Query(asked): Query<BTreeMap<String, String>>) -> impl IntoResponse {
    let topics = asked.get("topics").map(|topics| Topic::parse_list(topics)).unwrap_or_default();
    app.hub.stream(topics)
}
