//! The outer door: how many may stand in it, how slowly they may speak, and by which names this computer is called.
//!
//! Whoever accepts connections says of each request where it arrived ([`Reached`]) and whether too many are open
//! ([`Crowded`]). This room answers those with a sentence and a time to try again, ends bodies that do not come, and
//! refuses a name that is not this computer's: a stranger's name that leads here (DNS rebinding) would make a browser take
//! the stranger's page for ours. It refuses to count connections itself; it never sees one.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, BodyDataStream, Bytes, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::header::{CONNECTION, HOST, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::time::Instant;

use crate::problem::{Kind, Problem, as_pages};
use crate::ui::Prefs;
use crate::{security, t};

/// After so many seconds somebody who was sent away may try again.
const RETRY_S: u16 = 10;

/// Marks a request on a connection beyond the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crowded {
    /// Too many connections in all.
    All,
    /// Too many from the address it came from.
    Address,
}

/// The address of this computer at which a request arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached(pub SocketAddr);

/// How slowly the body of a request may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Time that every body has.
    pub grace: Duration,
    /// Bytes for each of which the sender has as much more time as one second holds of them; at least 1.
    pub bytes_per_s: u64,
}

impl Default for Pace {
    /// Half a minute, and one second more for each KiB: a line of 8 kbit/s suffices.
    fn default() -> Self {
        Self { grace: Duration::from_secs(30), bytes_per_s: 1_024 }
    }
}

/// The names by which this computer is called. Loopback and the address at which a request arrived are always among them.
#[derive(Clone, Default)]
pub struct Names {
    given: BTreeSet<String>,
    certified: Option<Certified>,
}

/// Says whether the computer's certificate holds for a name.
type Certified = Arc<dyn Fn(&str) -> bool + Send + Sync>;

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Names").field("given", &self.given).finish_non_exhaustive()
    }
}

impl Names {
    /// Names that the operator gave, and no other.
    pub fn new<'a>(given: impl IntoIterator<Item = &'a str>) -> Self {
        Self { given: given.into_iter().map(plain).collect(), certified: None }
    }

    /// Adds every name for which the computer's certificate holds.
    #[must_use]
    pub fn with_certified(mut self, holds: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.certified = Some(Arc::new(holds));
        self
    }

    /// Whether a host, with or without a port, is this computer; `reached` is where the request arrived.
    pub fn know(&self, host: &str, reached: Option<IpAddr>) -> bool {
        let host = plain(without_port(host));
        let address: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
        if let Some(address) = address.map(|address| address.to_canonical()) {
            let here = reached.is_some_and(|reached| reached.to_canonical() == address);
            if here || address.is_loopback() {
                return true;
            }
        }
        host == "localhost"
            || host.ends_with(".localhost")
            || self.given.contains(&host)
            || (!host.is_empty() && self.certified.as_ref().is_some_and(|holds| holds(&host)))
    }
}

/// A name in the one form in which names are compared.
fn plain(name: &str) -> String {
    name.trim().trim_end_matches('.').to_ascii_lowercase()
}

/// `dunes.internal:7400` and `[::1]:7400` without the port.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !is_bare_v6(host) => name,
        _ => host,
    }
}

fn is_bare_v6(host: &str) -> bool {
    !host.starts_with('[') && host.bytes().filter(|byte| *byte == b':').count() > 1
}

/// Sends away who comes when too many are here, and ends bodies that do not come; for every router that is served.
pub fn kept(router: Router, pace: Pace) -> Router {
    router.layer(from_fn_with_state(pace, paced)).layer(from_fn(uncrowded))
}

/// The same for pages: only under this computer's own names, and with words for browsers.
pub fn named(router: Router, names: Names, pace: Pace) -> Router {
    let router = router.layer(from_fn_with_state(Arc::new(names), under_own_name));
    kept(router, pace).layer(from_fn(as_pages)).layer(from_fn(security::headers))
}

/// Answers 503 or 429 on a connection beyond the limit, and asks for its end.
async fn uncrowded(request: Request, next: Next) -> Response {
    let Some(crowded) = request.extensions().get::<Crowded>().copied() else {
        return next.run(request).await;
    };
    let lang = Prefs::read(request.headers()).lang;
    let problem = match crowded {
        Crowded::All => Problem::new(Kind::Unavailable).detail(t!(lang, "problem-crowded")),
        Crowded::Address => Problem::new(Kind::TooMany).detail(t!(lang, "problem-crowded-address")),
    };
    sent_away(&problem)
}

/// A problem that passes by itself: when to try again, and the end of the connection.
fn sent_away(problem: &Problem) -> Response {
    let mut response = problem.clone().into_response();
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(RETRY_S));
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Refuses a request that calls this computer by a name that is not its own.
async fn under_own_name(State(names): State<Arc<Names>>, request: Request, next: Next) -> Response {
    let reached = request.extensions().get::<Reached>().map(|reached| reached.0.ip());
    let called = called(request.uri(), request.headers());
    if !called.is_empty() && called.iter().all(|host| names.know(host, reached)) {
        return next.run(request).await;
    }
    let lang = Prefs::read(request.headers()).lang;
    let shown = called.iter().find(|host| !names.know(host, reached)).copied().unwrap_or("");
    let mut shown: String = without_port(shown).chars().filter(|c| !c.is_control()).take(80).collect();
    if shown.is_empty() {
        shown.push('?');
    }
    let detail = t!(lang, "problem-misdirected-detail", name = shown);
    Problem::new(Kind::Misdirected).detail(detail).into_response()
}

/// Every name by which a request calls this computer; one that cannot be read is empty, and known to nobody.
fn called<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Vec<&'a str> {
    let hosts = headers.get_all(HOST).iter().map(|host| host.to_str().unwrap_or(""));
    uri.host().into_iter().chain(hosts).collect()
}

/// Ends a body that comes too slowly with 408.
async fn paced(State(pace): State<Pace>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let lang = Prefs::read(request.headers()).lang;
    let late = Arc::new(AtomicBool::new(false));
    let (parts, body) = request.into_parts();
    let body = Body::from_stream(in_time(body.into_data_stream(), pace, late.clone()));
    let response = next.run(Request::from_parts(parts, body)).await;
    if late.load(Ordering::SeqCst) {
        return sent_away(&Problem::new(Kind::Slow).detail(t!(lang, "problem-slow-detail")));
    }
    response
}

/// The body did not come in time.
#[derive(Debug, thiserror::Error)]
#[error("the body did not come in time")]
struct Late;

type Part = Result<Bytes, Box<dyn std::error::Error + Send + Sync>>;

/// Passes a body on as long as it keeps pace; otherwise ends it with an error and says so in `late`.
fn in_time(body: BodyDataStream, pace: Pace, late: Arc<AtomicBool>) -> impl Stream<Item = Part> {
    let start = Instant::now();
    stream::unfold(Some((body, 0u64)), move |state| {
        let late = late.clone();
        async move {
            let (mut body, seen) = state?;
            let more = Duration::from_secs(seen / pace.bytes_per_s.max(1));
            let due = start.checked_add(pace.grace.saturating_add(more)).unwrap_or(start);
            match tokio::time::timeout_at(due, body.next()).await {
                Ok(None) => None,
                Ok(Some(Ok(bytes))) => {
                    let seen = seen.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
                    Some((Ok(bytes), Some((body, seen))))
                }
                Ok(Some(Err(error))) => Some((Err(error.into()), None)),
                Err(_) => {
                    late.store(true, Ordering::SeqCst);
                    Some((Err(Late.into()), None))
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;
    use axum::routing::{get, post};
    use tower::ServiceExt as _;

    #[test]
    fn only_own_names_are_known() {
        let names =
            Names::new(["Dunes.internal.", "192.168.7.7"]).with_certified(|name| name == "mill.internal");
        let reached: IpAddr = "192.168.1.5".parse().unwrap();
        let cases = [
            ("localhost", true),
            ("LOCALHOST:7400", true),
            ("demo.localhost:7400", true),
            ("127.0.0.1:7400", true),
            ("127.3.2.1", true),
            ("[::1]:7400", true),
            ("192.168.1.5:7400", true),
            ("[::ffff:192.168.1.5]:7400", true),
            ("192.168.1.6:7400", false),
            ("192.168.7.7", true),
            ("dunes.internal:7400", true),
            ("dunes.internal.:7400", true),
            ("mill.internal", true),
            ("evil.com", false),
            ("evil.com:7400", false),
            ("dunes.internal.evil.com", false),
            ("localhost.evil.com", false),
            ("127.0.0.1.evil.com", false),
            ("notlocalhost", false),
            ("0.0.0.0:7400", false),
            ("", false),
            (":7400", false),
        ];
        for (host, known) in cases {
            assert_eq!(names.know(host, Some(reached)), known, "{host}");
        }
        assert!(!names.know("192.168.1.5", None));
    }

    fn app(pace: Pace) -> Router {
        let routes = Router::new()
            .route("/", get(|| async { "page" }))
            .route("/say", post(|body: Bytes| async move { body.len().to_string() }));
        named(routes, Names::new(["dunes.internal"]), pace)
    }

    #[tokio::test]
    async fn a_stranger_s_name_is_refused_in_the_reader_s_language_even_with_a_fitting_origin() {
        let cases: [(&[(&str, &str)], u16); 6] = [
            (&[("host", "127.0.0.1:7400")], 200),
            (&[("host", "dunes.internal")], 200),
            (&[("host", "evil.com")], 421),
            (&[("host", "evil.com:7400"), ("origin", "http://evil.com:7400"), ("cookie", "a=b")], 421),
            (&[("host", "127.0.0.1"), ("host", "evil.com")], 421),
            (&[], 421),
        ];
        for (headers, status) in cases {
            let mut request = Request::get("/").header("accept", "text/html").header("accept-language", "es");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let response = app(Pace::default()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            assert_eq!(response.status().as_u16(), status, "{headers:?}");
            if status == 421 {
                let body = axum::body::to_bytes(response.into_body(), 100_000).await.unwrap();
                let text = String::from_utf8(body.to_vec()).unwrap();
                assert!(text.contains("--name"), "{text}");
            }
        }
        let absolute =
            Request::get("http://evil.com/").header("host", "127.0.0.1").body(Body::empty()).unwrap();
        assert_eq!(app(Pace::default()).oneshot(absolute).await.unwrap().status().as_u16(), 421);
    }

    #[tokio::test]
    async fn who_comes_when_it_is_crowded_is_told_when_to_come_again() {
        for (crowded, status) in [
            (Crowded::All, StatusCode::SERVICE_UNAVAILABLE),
            (Crowded::Address, StatusCode::TOO_MANY_REQUESTS),
        ] {
            for accept in ["text/html", "application/json"] {
                let request = Request::get("/").header("host", "localhost").header("accept", accept);
                let request = request.extension(crowded).body(Body::empty()).unwrap();
                let response = app(Pace::default()).oneshot(request).await.unwrap();
                assert_eq!(response.status(), status);
                assert_eq!(response.headers()["retry-after"], "10");
                assert_eq!(response.headers()["connection"], "close");
            }
        }
    }

    #[tokio::test]
    async fn a_body_that_does_not_come_is_given_up_and_one_that_comes_is_not() {
        let pace = Pace { grace: Duration::from_millis(20), bytes_per_s: 1 };
        let first = stream::iter([Ok::<_, std::convert::Infallible>(Bytes::from_static(b""))]);
        let never = Body::from_stream(first.chain(stream::pending()));
        let request = Request::post("/say").header("host", "localhost").body(never).unwrap();
        let response = app(pace).oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT);
        assert_eq!(response.headers()["connection"], "close");
        // Sixty bytes buy a minute: enough for what is ready at once, whatever the machine does meanwhile.
        let request =
            Request::post("/say").header("host", "localhost").body(Body::from(vec![b'x'; 60])).unwrap();
        let response = app(Pace::default()).oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
    }
}
