//! The API under `/api/v1`: the same views as the pages, and commands, as JSON.
//!
//! A reader sees through the API just what the pages would show. A command carries an id that its client made, so sending
//! it again does nothing; the answer says so. Errors are documents by RFC 9457. The description stands at
//! `/api/v1/openapi.json` and is committed, so that a change to it is seen.

mod command;
mod read;
mod reader;
mod reading;
mod services;
mod teams;
mod words;

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub use command::{CommandBody, Done};
pub use words::Ask;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "koinon",
        version = "1",
        description = "What a federation of communities holds in common: stock, needs, suggestions and transfers. \
            Amounts are whole base units (g, ml, piece, Wh, person-minute, bed-day). What the reader may not see is absent.",
        license(name = "AGPL-3.0-or-later", identifier = "AGPL-3.0-or-later")
    ),
    tags((name = "read", description = "What the pages show"), (name = "act", description = "Commands"))
)]
struct Description;

fn described() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(read::region))
        .routes(routes!(read::communities))
        .routes(routes!(read::community))
        .routes(routes!(read::stock))
        .routes(routes!(read::item))
        .routes(routes!(read::lots))
        .routes(routes!(read::lot))
        .routes(routes!(read::transfers))
        .routes(routes!(read::suggestions))
        .routes(routes!(read::suggestion))
        .routes(routes!(read::unmet))
        .routes(routes!(read::needs))
        .routes(routes!(read::offers))
        .routes(routes!(read::standing))
        .routes(routes!(read::services))
        .routes(routes!(read::teams))
        .routes(routes!(read::touch))
        .routes(routes!(read::copies))
        .routes(routes!(read::sharing))
        .routes(routes!(read::checks))
        .routes(routes!(command::submit))
}

/// The description of the API.
pub fn document() -> Document {
    described().into_openapi()
}

/// The addresses of the API with some more, and their description among them.
pub fn router(more: OpenApiRouter<App>) -> Router<App> {
    let (router, document) = described().merge(more).split_for_parts();
    let text = document.to_pretty_json().unwrap_or_default();
    router.route(
        "/api/v1/openapi.json",
        get(move || {
            let text = text.clone();
            async move { ([(axum::http::header::CONTENT_TYPE, "application/json")], text).into_response() }
        }),
    )
}
