//! Answering neighbours: one signed `POST /exchange`, messages in, messages out.
//!
//! Only admitted nodes and listed neighbours are answered. What is served is read from the store, so it was durable
//! before; streams that stay at home have no form in which they could be served.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use koinon_core::{NodeId, Timestamp};
use koinon_log::frames::{self, FrameError};
use koinon_log::kept::Ask;
use koinon_log::packing::pack;
use koinon_log::rotation::RECOVERY_WAIT_MS;
use koinon_log::{Desk, Message, StoreError, View, WantBytes};
use tokio::sync::Semaphore;

use crate::auth::{self, AuthError, Nonces, Signed};
use crate::first_view;
use crate::keeper::look;
use crate::kept::{self, KeptError};
use crate::node::Node;

/// Where the exchange is answered.
pub const EXCHANGE_PATH: &str = "/exchange";
/// Where bytes of a first view are given.
pub const FIRST_VIEW_PATH: &str = "/exchange/first-view";
/// Where files that neighbours keep for one another are spoken of.
pub const KEPT_PATH: &str = "/exchange/kept";
/// Where bytes of such files are given.
pub const KEPT_BYTES_PATH: &str = "/exchange/kept/bytes";
/// The word for packed answers, in the headers of both sides.
pub(crate) const PACKED: &str = "br";
/// Answers of fewer bytes are not packed.
const PACKED_FROM: usize = 1_024;
/// The largest request, in bytes: a greeting and wants.
const REQUEST_BYTES_MAX: usize = 64 * 1024;
/// Requests answered at a time; each may hold an answer in memory.
const AT_ONCE: usize = 4;

/// Why a request is refused.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    Auth(#[from] AuthError),
    #[error("this node is not among the listed neighbours of {0}; a steward there must admit it")]
    NotListed(NodeId),
    #[error(
        "node {0} was told that this computer is in other hands, and gives it nothing; call its operator, or replace the key with `koinon key rotate` or, where that may be in other hands too, `koinon key recover`"
    )]
    Suspended(NodeId),
    #[error(transparent)]
    Frames(#[from] FrameError),
    #[error("the store could not be read")]
    Store(#[from] StoreError),
    #[error("too many neighbours ask at once; try again in a moment")]
    Busy,
    #[error("this is no longer kept here, or is not for this node")]
    Gone,
    #[error("the request is malformed: {0}")]
    Request(#[from] koinon_log::cbor::CborError),
    #[error("this node's share is used up; more is served in a while")]
    Share,
    #[error("what is kept here cannot be read or written now")]
    Kept,
}

impl From<KeptError> for Refusal {
    fn from(error: KeptError) -> Self {
        // Which file it is concerns nobody else.
        tracing::error!(%error, "what is kept here cannot be read or written");
        Self::Kept
    }
}

impl Refusal {
    const fn status(&self) -> StatusCode {
        match self {
            Self::Auth(_) => StatusCode::UNAUTHORIZED,
            Self::NotListed(_) => StatusCode::FORBIDDEN,
            Self::Suspended(_) => StatusCode::LOCKED,
            Self::Frames(_) | Self::Request(_) => StatusCode::BAD_REQUEST,
            Self::Gone => StatusCode::NOT_FOUND,
            Self::Share => StatusCode::TOO_MANY_REQUESTS,
            Self::Store(_) | Self::Kept => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

#[derive(Clone)]
struct Front {
    node: Node,
    nonces: Arc<Mutex<Nonces>>,
    room: Arc<Semaphore>,
}

/// The routes that answer neighbours, to be merged into a node's server.
pub fn exchange_router(node: Node) -> Router {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let front = Front { node, nonces: Arc::default(), room };
    Router::new()
        .route(EXCHANGE_PATH, post(exchange))
        .route(FIRST_VIEW_PATH, post(give_bytes))
        .route(KEPT_PATH, post(keep))
        .route(KEPT_BYTES_PATH, post(give_kept))
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
        .with_state(front)
}

async fn exchange(State(front): State<Front>, headers: HeaderMap, body: Bytes) -> Response {
    let now = front.node.clock().now();
    let answered = match front.room.clone().try_acquire_owned() {
        Err(_) => Err(Refusal::Busy),
        Ok(permit) => {
            let front = front.clone();
            let work = tokio::task::spawn_blocking(move || {
                let answer = answer(&front, &headers, &body).map(|(signed, body)| {
                    let (body, is_packed) = packed(&headers, body);
                    (signed, body, is_packed)
                });
                drop(permit);
                answer
            });
            work.await.unwrap_or(Err(Refusal::Busy))
        }
    };
    sent(answered, now)
}

/// An answer on its way: its signature, its bytes, and whether they are packed.
type Sent = ([(&'static str, String); 4], Vec<u8>, bool);

fn sent(answered: Result<Sent, Refusal>, now: Timestamp) -> Response {
    let mut response = match answered {
        Ok((headers, body, is_packed)) => {
            let mut response = (StatusCode::OK, body).into_response();
            let coding = HeaderValue::from_static(if is_packed { PACKED } else { "identity" });
            response.headers_mut().insert(CONTENT_ENCODING, coding);
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

/// Answers what neighbours say of files that they keep for one another.
async fn keep(State(front): State<Front>, headers: HeaderMap, body: Bytes) -> Response {
    let now = front.node.clock().now();
    // To compare a proof is to read a file whole, so these are answered few at a time too.
    let Ok(permit) = front.room.clone().try_acquire_owned() else { return sent(Err(Refusal::Busy), now) };
    let work = tokio::task::spawn_blocking(move || {
        let answered = answer_kept(&front, &headers, &body);
        drop(permit);
        answered
    });
    sent(work.await.unwrap_or(Err(Refusal::Busy)), now)
}

fn answer_kept(front: &Front, headers: &HeaderMap, body: &[u8]) -> Result<Sent, Refusal> {
    let shared = &front.node.inner.shared;
    let signed = neighbour(front, KEPT_PATH, headers, body)?;
    let answer = kept::answer(&front.node, signed.node, Ask::decode(body)?)?.encode();
    charge(front, signed.node, &answer)?;
    let headers =
        auth::sign_answer((&shared.identity, &shared.rotations), 200, signed.node, &signed.nonce, &answer);
    Ok((headers, answer, false))
}

/// Gives bytes of a kept file. They need no signature: whoever asks knows their digest.
async fn give_kept(State(front): State<Front>, headers: HeaderMap, body: Bytes) -> Response {
    let now = front.node.clock().now();
    let given = tokio::task::spawn_blocking(move || {
        let signed = neighbour(&front, KEPT_BYTES_PATH, &headers, &body)?;
        let given = kept::bytes_of(&front.node, signed.node, &WantBytes::decode(&body)?)?;
        let given = given.ok_or(Refusal::Gone)?;
        // Half of its share is left for entries; what comes back to its owner has all of it.
        let (left, most) = front.desk().share_left(signed.node, front.node.clock().monotonic());
        if !given.is_askers && left < most / 2 {
            return Err(Refusal::Share);
        }
        charge(&front, signed.node, &given.bytes)?;
        Ok(given.bytes)
    });
    given_out(given.await.unwrap_or(Err(Refusal::Busy)), now)
}

impl Front {
    fn desk(&self) -> std::sync::MutexGuard<'_, Desk> {
        self.node.inner.shared.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes what is served beside the logs off the asker's share.
fn charge(front: &Front, asker: NodeId, bytes: &[u8]) -> Result<(), Refusal> {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let fits = front.desk().charge(asker, size, front.node.clock().monotonic());
    if fits { Ok(()) } else { Err(Refusal::Share) }
}

/// Gives bytes of a first view. They need no signature: the offer that was signed names each piece by its digest.
async fn give_bytes(State(front): State<Front>, headers: HeaderMap, body: Bytes) -> Response {
    let now = front.node.clock().now();
    let given = tokio::task::spawn_blocking(move || {
        let signed = asker(&front, FIRST_VIEW_PATH, &headers, &body)?;
        let want = WantBytes::decode(&body)?;
        let bytes = first_view::bytes_of(&front.node, signed.node, &want).ok_or(Refusal::Gone)?;
        charge(&front, signed.node, &bytes)?;
        Ok(bytes)
    });
    given_out(given.await.unwrap_or(Err(Refusal::Busy)), now)
}

fn given_out(given: Result<impl Into<Bytes>, Refusal>, now: Timestamp) -> Response {
    let mut response = match given.map(Into::into) {
        Ok(bytes) => (StatusCode::OK, bytes).into_response(),
        Err(refusal) => {
            tracing::info!(%refusal, "a neighbour's request is refused");
            (refusal.status(), refusal.to_string()).into_response()
        }
    };
    response.headers_mut().insert(HeaderName::from_static(auth::CLOCK), HeaderValue::from(now.as_millis()));
    response
}

/// Packs an answer where the asker takes that. What is signed are the bytes before.
fn packed(asked: &HeaderMap, body: Vec<u8>) -> (Vec<u8>, bool) {
    let accepts = asked.get(ACCEPT_ENCODING).is_some_and(|takes| takes == PACKED);
    if !accepts || body.len() < PACKED_FROM {
        return (body, false);
    }
    match pack(&body) {
        Ok(packed) if packed.len() < body.len() => (packed, true),
        _ => (body, false),
    }
}

type Answer = ([(&'static str, String); 4], Vec<u8>);

/// Who asks, if it is a node that is answered and it signed just this request.
fn asker(front: &Front, path: &str, headers: &HeaderMap, body: &[u8]) -> Result<Signed, Refusal> {
    let shared = &front.node.inner.shared;
    let signed = Signed::read(|name| headers.get(name).and_then(|value| value.to_str().ok()))?;
    let asker = signed.node;
    let listed = shared.book().community_of(asker).is_some() || shared.peers().all.contains_key(&asker);
    if !listed {
        return Err(Refusal::NotListed(shared.id));
    }
    let now = shared.clock.now();
    let directory = front.node.keeper().directory();
    let key = signed.check(path, shared.id, body, now, &directory)?;
    if shared.is_suspended_under(asker, &key) {
        return Err(Refusal::Suspended(shared.id));
    }
    front
        .nonces
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take(signed.nonce, shared.clock.monotonic())?;
    if let Some(peer) = shared.peers().all.get_mut(&asker) {
        peer.last_asked_us = Some(now);
    }
    Ok(signed)
}

/// Who asks, if it is a listed neighbour: files go to and fro with nobody else.
fn neighbour(front: &Front, path: &str, headers: &HeaderMap, body: &[u8]) -> Result<Signed, Refusal> {
    let shared = &front.node.inner.shared;
    let signed = asker(front, path, headers, body)?;
    let is_listed = shared.peers().all.contains_key(&signed.node);
    if is_listed { Ok(signed) } else { Err(Refusal::NotListed(shared.id)) }
}

fn answer(front: &Front, headers: &HeaderMap, body: &[u8]) -> Result<Answer, Refusal> {
    let shared = &front.node.inner.shared;
    let signed = asker(front, EXCHANGE_PATH, headers, body)?;
    let (asker, now) = (signed.node, shared.clock.now());
    let keeper = front.node.keeper();
    let directory = keeper.directory();
    let messages = frames::read(body)?;
    let entitled = shared.entitled(asker);
    let hello = shared.hello();
    let (mut answer, receipts) = look(keeper, |store| {
        let greeted = messages.iter().any(|message| matches!(message, Message::Hello(_)));
        let receipts = if greeted { store.receipts_for(asker)? } else { Vec::new() };
        let since = now.plus_millis(-RECOVERY_WAIT_MS);
        let waiting = if greeted { store.recoveries_since(since)? } else { Vec::new() };
        let view = View {
            store,
            directory: &directory,
            hello: &hello,
            entitled: &entitled,
            receipts: &receipts,
            waiting: &waiting,
        };
        let monotonic = shared.clock.monotonic();
        let mut answers = shared.desk.lock().unwrap_or_else(PoisonError::into_inner);
        let mut answer = answers.answer(view, asker, &messages, monotonic)?;
        let receipts = std::mem::take(&mut answer.receipts);
        Ok((answer, receipts))
    })?;
    if !receipts.is_empty() {
        keeper.note(receipts);
    }
    let asks = messages.iter().find_map(|message| match message {
        Message::AskFirstView(ask) => Some(ask),
        _ => None,
    });
    answer.messages.extend(asks.and_then(|ask| first_view::answer(&front.node, asker, ask)));
    let mut out = Vec::new();
    answer.messages.iter().for_each(|message| frames::push(&mut out, message));
    let headers = auth::sign_answer((&shared.identity, &shared.rotations), 200, asker, &signed.nonce, &out);
    Ok((headers, out))
}
