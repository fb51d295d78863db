//! What a person's own device shows in place of a page that it does not keep, while there is no line.
//!
//! The device fetches this page in good time, as it does the count pages; see `assets/worker.js`.

use axum::Router;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use maud::html;

use crate::app::App;
use crate::components::link_button;
use crate::layout::Page;
use crate::t;
use crate::visit::Visit;

pub(super) fn router() -> Router<App> {
    Router::new().route("/offline", get(page))
}

async fn page(visit: Visit) -> Response {
    let ui = &visit.ui;
    Page::new(ui, t!(ui, "offline-title"))
        .lead(t!(ui, "offline-lead"))
        .narrow()
        .kept()
        .body(html! { div.row { (link_button("/count", &t!(ui, "offline-count"), true)) } })
        .into_response()
}
