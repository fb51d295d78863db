//! The checks at the door of every request: who may post from where, how large, and what a page may load.
//!
//! [`guarded`] wraps a whole router. It knows no session: sign-in and rights are checked by handlers. The policy allows
//! neither inline script nor inline style; no page of ours has any.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HOST, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};

use crate::problem::{Kind, Problem, as_pages};

/// The largest body of an ordinary request, in bytes; an upload route sets its own.
pub const BODY_MAX: usize = 256 * 1024;

/// What pages may load: only from their own node.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'; \
    worker-src 'self'";

/// Wraps a router in every check of this room, and turns its errors into pages or documents.
pub fn guarded<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(from_fn(same_origin))
        .layer(from_fn(as_pages))
        .layer(from_fn(headers))
}

/// Refuses a change that another site's page may have caused.
///
/// A safe method passes. Otherwise `Sec-Fetch-Site` decides where the browser sends it (it does to HTTPS and to loopback),
/// else `Origin` must name this host. A program with an `Authorization` header and no cookie passes: no browser adds that
/// header for another site.
pub async fn same_origin(request: Request, next: Next) -> Response {
    let method = request.method();
    let safe = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || from_here(request.headers()) {
        return next.run(request).await;
    }
    let words = "This request came from another site's page, or its origin cannot be told. Open the page here and try again.";
    Problem::new(Kind::Forbidden).detail(words).into_response()
}

fn from_here(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if headers.contains_key(AUTHORIZATION) && !headers.contains_key(COOKIE) {
        return true;
    }
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    let host = text(HOST).filter(|host| !host.is_empty());
    let origin = text(ORIGIN).and_then(|origin| origin.split_once("://")).map(|(_, rest)| rest);
    matches!((origin, host), (Some(origin), Some(host)) if origin.eq_ignore_ascii_case(host))
}

/// Adds the security headers to every response, and keeps pages out of shared and stored caches unless a handler said otherwise.
///
/// The referrer stays within the node (`same-origin`, not `no-referrer`): under `no-referrer` browsers send `Origin: null` with
/// our own forms, and the check above could not tell them from a stranger's.
pub async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let out = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "geolocation=(), microphone=(), interest-cohort=()"),
    ] {
        out.entry(name).or_insert(HeaderValue::from_static(value));
    }
    out.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::routing::get;
    use tower::ServiceExt as _;

    async fn post(headers: &[(&str, &str)], body: Vec<u8>) -> Response {
        let app: Router =
            guarded(Router::new().route("/x", get(|| async { "" }).post(|_: String| async { "done" })));
        let mut request = Request::post("/x").header("host", "heath.internal:7401");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        app.oneshot(request.body(Body::from(body)).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn only_posts_from_here_pass() {
        let cases: [(&[(&str, &str)], bool); 11] = [
            (&[], false),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "http://heath.internal:7401")], false),
            (&[("origin", "http://heath.internal:7401")], true),
            (&[("origin", "http://heath.internal:7402")], false),
            (&[("origin", "http://heath.internal:7401.evil.example")], false),
            (&[("origin", "null")], false),
            (&[("authorization", "Bearer x")], true),
            (&[("authorization", "Bearer x"), ("cookie", "a=b")], false),
        ];
        for (headers, passes) in cases {
            let status = post(headers, vec![]).await.status();
            assert_eq!(status == StatusCode::OK, passes, "{headers:?}: {status}");
        }
    }

    #[tokio::test]
    async fn every_answer_carries_the_policy_and_no_large_body_is_read() {
        let large = post(&[("sec-fetch-site", "same-origin")], vec![b'x'; BODY_MAX + 1]).await;
        assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(large.headers()["content-type"], "application/problem+json");
        for name in ["content-security-policy", "x-content-type-options", "referrer-policy"] {
            assert!(large.headers().contains_key(name), "{name}");
        }
        assert_eq!(large.headers()["cache-control"], "no-store");
    }
}
