//! Where a serving node answers commands of the same machine: a loopback port of its own, and a token in a file that
//! only the node's user can read.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use koinon_core::{Digest, Entropy as _};
use koinon_node::{Node, OsEntropy};

use crate::console::{self, Ask};

/// Where commands are answered.
pub(crate) const PATH: &str = "/console/1";
/// The largest command: a count of a million rows.
const BYTES_MAX: usize = 256 << 20;

#[derive(Clone)]
struct Keeper {
    node: Node,
    /// The digest of the token, so that comparing takes no time that tells of it.
    token: Digest,
}

fn digest(token: &[u8]) -> Digest {
    Digest::of("koinon console token 1", token)
}

/// A new token.
pub(crate) fn new_token() -> String {
    let mut bytes = [0; 32];
    OsEntropy.fill(&mut bytes);
    Digest(bytes).to_string()
}

/// The routes that answer commands.
pub(crate) fn router(node: Node, token: &str) -> Router {
    let keeper = Keeper { node, token: digest(token.as_bytes()) };
    Router::new().route(PATH, post(answer)).layer(DefaultBodyLimit::max(BYTES_MAX)).with_state(keeper)
}

async fn answer(State(keeper): State<Keeper>, headers: HeaderMap, body: Bytes) -> Response {
    let shown =
        headers.get(header::AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    if shown.map(digest) != Some(keeper.token) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Ok(ask) = serde_json::from_slice::<Ask>(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    match serde_json::to_vec(&console::answer(&keeper.node, ask).await) {
        Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
