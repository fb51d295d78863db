//! Answering neighbours: one signed `POST /exchange`, messages in, messages out.
//!
//! Only admitted nodes and listed neighbours are answered. What is served is read from the store, so it was durable
//! before; streams that stay at home have no form in which they could be served.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use koinon_log::exchange::PROTOCOL;
use koinon_log::{Hello, LogStore, Message, SharedStream, StoreError, have, serve};
use tokio::sync::Semaphore;

use crate::auth::{self, AuthError, Nonces, Signed};
use crate::frames::{self, FrameError};
use crate::node::Node;
use crate::sqlite::SqliteError;

/// Where the exchange is answered.
pub const EXCHANGE_PATH: &str = "/exchange";
/// The largest request, in bytes: a greeting and wants.
const REQUEST_BYTES_MAX: usize = 64 * 1024;
/// Once an answer has so many bytes no further run is added.
const ANSWER_BYTES: usize = 4 * 1024 * 1024;
/// Requests answered at a time; each may hold an answer in memory.
const AT_ONCE: usize = 4;

/// Why a request is refused.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    Auth(#[from] AuthError),
    #[error("this node is not among the listed neighbours of {0}; a steward there must admit it")]
    NotListed(koinon_core::NodeId),
    #[error(transparent)]
    Frames(#[from] FrameError),
    #[error("a request holds a greeting and wants, nothing else")]
    Kind,
    #[error("the store could not be read")]
    Store(#[from] StoreError),
    #[error("too many neighbours ask at once; try again in a moment")]
    Busy,
}

impl From<SqliteError> for Refusal {
    fn from(error: SqliteError) -> Self {
        Self::Store(error.into())
    }
}

impl Refusal {
    const fn status(&self) -> StatusCode {
        match self {
            Self::Auth(_) => StatusCode::UNAUTHORIZED,
            Self::NotListed(_) => StatusCode::FORBIDDEN,
            Self::Frames(_) | Self::Kind => StatusCode::BAD_REQUEST,
            Self::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

#[derive(Clone)]
struct Desk {
    node: Node,
    nonces: Arc<Mutex<Nonces>>,
    room: Arc<Semaphore>,
}

/// The routes that answer neighbours, to be merged into a node's server.
pub fn exchange_router(node: Node) -> Router {
    let desk = Desk { node, nonces: Arc::default(), room: Arc::new(Semaphore::new(AT_ONCE)) };
    Router::new()
        .route(EXCHANGE_PATH, post(exchange))
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
        .with_state(desk)
}

async fn exchange(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> Response {
    let now = desk.node.clock().now();
    let answered = match desk.room.clone().try_acquire_owned() {
        Err(_) => Err(Refusal::Busy),
        Ok(permit) => {
            let desk = desk.clone();
            let work = tokio::task::spawn_blocking(move || {
                let answer = answer(&desk, &headers, &body);
                drop(permit);
                answer
            });
            work.await.unwrap_or(Err(Refusal::Busy))
        }
    };
    let mut response = match answered {
        Ok((headers, body)) => {
            let mut response = (StatusCode::OK, body).into_response();
            for (name, value) in headers {
                if let Ok(value) = HeaderValue::from_str(&value) {
                    response.headers_mut().insert(HeaderName::from_static(name), value);
                }
            }
            response
        }
        Err(refusal) => {
            tracing::info!(%refusal, "a neighbour's request is refused");
            (refusal.status(), refusal.to_string()).into_response()
        }
    };
    let clock = HeaderValue::from(now.as_millis());
    response.headers_mut().insert(HeaderName::from_static(auth::CLOCK), clock);
    response
}

type Answer = ([(&'static str, String); 3], Vec<u8>);

fn answer(desk: &Desk, headers: &HeaderMap, body: &[u8]) -> Result<Answer, Refusal> {
    let shared = &desk.node.inner.shared;
    let signed = Signed::read(|name| headers.get(name).and_then(|value| value.to_str().ok()))?;
    let asker = signed.node;
    let listed = shared.book().community_of(asker).is_some() || shared.peers().all.contains_key(&asker);
    if !listed {
        return Err(Refusal::NotListed(shared.id));
    }
    let now = shared.clock.now();
    signed.check(EXCHANGE_PATH, shared.id, body, now, &shared.directory())?;
    desk.nonces
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take(signed.nonce, shared.clock.monotonic())?;
    if let Some(peer) = shared.peers().all.get_mut(&asker) {
        peer.last_asked_us = Some(now);
    }

    let messages = frames::read(body)?;
    let entitled: BTreeSet<SharedStream> = SharedStream::ALL.into_iter().collect();
    let mut out = Vec::new();
    shared.with_reader(|store| {
        for message in messages {
            match message {
                Message::Hello(_) => {
                    let hello = Hello {
                        protocol: (PROTOCOL, PROTOCOL),
                        node: shared.id,
                        network: shared.network,
                        clock: now,
                    };
                    frames::push(&mut out, &Message::Hello(hello));
                    for page in have(store, &entitled)? {
                        frames::push(&mut out, &Message::Have(page));
                    }
                    for proof in store.forks()? {
                        frames::push(&mut out, &Message::Fork(proof));
                    }
                }
                Message::Want(want) => {
                    if out.len() < ANSWER_BYTES
                        && let Some(run) = serve(store, &want, &entitled)?
                    {
                        frames::push(&mut out, &Message::Run(run));
                    }
                }
                Message::Have(_) | Message::Run(_) | Message::Fork(_) => return Err(Refusal::Kind),
            }
        }
        Ok(())
    })?;
    let headers = auth::sign_answer(&shared.identity, 200, asker, &signed.nonce, &out);
    Ok((headers, out))
}
