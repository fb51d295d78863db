//! What a serving node answers to commands of the same machine: one operation of the API, for the one who shows the token
//! that lies in a file which only the node's user can read.
//!
//! It is described with the rest of the API at `/api/v1/openapi.json`; its own part is committed beside the manifest.

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use koinon_core::{Digest, Entropy as _};
use koinon_node::OsEntropy;
use koinon_web::app::App;
use koinon_web::problem::{Kind, Problem};
use koinon_web::token::LoopbackToken;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::console::views::Answer;
use crate::console::{self, Ask, Refusal};

/// Where commands are answered.
pub(crate) const PATH: &str = "/api/v1/console";
/// The largest command: a count of a million rows.
const BYTES_MAX: usize = 256 << 20;

/// A new token.
pub(crate) fn new_token() -> String {
    let mut bytes = [0; 32];
    OsEntropy.fill(&mut bytes);
    Digest(bytes).to_string()
}

/// The routes that answer commands, described.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(answer)).layer(DefaultBodyLimit::max(BYTES_MAX))
}

/// What one command came to.
#[derive(serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub(crate) enum Outcome {
    /// The answer.
    Ok(Box<Answer>),
    /// The node says no.
    Err(Refusal),
}

/// Answers a command of the person who runs the node. Only from the same machine, with the token of the running node as a
/// bearer.
#[utoipa::path(post, path = PATH, tag = "operate", request_body = Ask, responses(
    (status = 200, body = Outcome),
    (status = 400, description = "The document cannot be read"),
    (status = 401, description = "The token is missing, is not the running node's, or comes from another machine")))]
async fn answer(State(app): State<App>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    match LoopbackToken::is_shown(&parts) {
        Ok(true) => {}
        Ok(false) => return Problem::new(Kind::Unauthorized).into_response(),
        Err(problem) => return problem.into_response(),
    }
    let body: Bytes = match axum::body::to_bytes(body, BYTES_MAX).await {
        Ok(body) => body,
        Err(_) => return Problem::new(Kind::TooLarge).into_response(),
    };
    let ask = match serde_json::from_slice::<Ask>(&body) {
        Ok(ask) => ask,
        Err(fault) => return Problem::new(Kind::BadRequest).detail(fault.to_string()).into_response(),
    };
    let outcome = match console::answer(&app.node, ask).await {
        Ok(answer) => Outcome::Ok(Box::new(answer)),
        Err(refusal) => Outcome::Err(refusal),
    };
    match serde_json::to_vec(&outcome) {
        Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    /// Change the file with the code: `KOINON_BLESS=1 cargo test -p koinon the_console`.
    #[test]
    fn the_console_is_described_as_committed() {
        let described = super::routes().into_openapi().to_pretty_json().unwrap() + "\n";
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
        if std::env::var_os("KOINON_BLESS").is_some() {
            std::fs::write(path, &described).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), described);
    }
}
