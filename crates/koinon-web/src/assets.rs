//! Files that every browser needs: the stylesheet, the script, the mark, the manifest.
//!
//! They are joined, compressed and named by their content when the crate is built, and live in the binary. No file
//! is read at run time, nothing is fetched from elsewhere, and an address with a hash never changes its content.

use axum::Router;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// One file that the binary carries.
#[derive(Debug)]
pub struct Asset {
    /// The name that pages use, for example `koinon.css`.
    pub name: &'static str,
    /// The media type with its character set.
    pub media_type: &'static str,
    /// The first 16 hexadecimal digits of the content's BLAKE3 hash.
    pub hash: &'static str,
    /// The content.
    pub plain: &'static [u8],
    /// The content compressed with brotli at its highest level.
    pub brotli: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Every file that the binary carries.
pub fn all() -> &'static [Asset] {
    FILES
}

/// The address of a file, with its hash, for use in pages: `/assets/0123456789abcdef/koinon.css`.
///
/// A name that no file has gives an address that answers 404.
pub fn url(name: &str) -> String {
    let hash = find(name).map_or("none", |asset| asset.hash);
    format!("/assets/{hash}/{name}")
}

/// Serves the files under their hashed addresses, and the mark and the manifest under their well-known ones.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/assets/{hash}/{name}", get(hashed))
        .route("/favicon.svg", get(|headers: HeaderMap| async move { well_known("favicon.svg", &headers) }))
        .route("/favicon.ico", get(|headers: HeaderMap| async move { well_known("favicon.svg", &headers) }))
        .route(
            "/koinon.webmanifest",
            get(|headers: HeaderMap| async move { well_known("koinon.webmanifest", &headers) }),
        )
        // A worker sees only what lies below its own address, and a browser asks for a new one at every visit.
        .route(
            "/worker.js",
            get(|headers: HeaderMap| async move { named("worker.js", &headers, "no-cache") }),
        )
}

fn find(name: &str) -> Option<&'static Asset> {
    FILES.iter().find(|asset| asset.name == name)
}

async fn hashed(Path((hash, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    match find(&name) {
        Some(asset) if asset.hash == hash => answer(asset, &headers, "public, max-age=31536000, immutable"),
        // A page from before an update may still ask for the old name: give it the new file, but not for ever.
        Some(asset) => answer(asset, &headers, "no-cache"),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn well_known(name: &str, headers: &HeaderMap) -> Response {
    named(name, headers, "max-age=86400")
}

fn named(name: &str, headers: &HeaderMap, caching: &'static str) -> Response {
    find(name).map_or_else(|| StatusCode::NOT_FOUND.into_response(), |asset| answer(asset, headers, caching))
}

fn answer(asset: &'static Asset, headers: &HeaderMap, caching: &'static str) -> Response {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or("");
    let brotli = text(ACCEPT_ENCODING).split(',').any(|coding| coding.trim().starts_with("br"));
    let etag = format!("\"{}{}\"", asset.hash, if brotli { "-br" } else { "" });
    let known = text(IF_NONE_MATCH).split(',').any(|tag| tag.trim() == etag);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        (if brotli { asset.brotli } else { asset.plain }).into_response()
    };
    let out = response.headers_mut();
    out.insert(CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    out.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    out.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        out.insert(ETAG, etag);
    }
    if brotli && !known {
        out.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt as _;

    async fn ask(path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = Request::builder().uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        router::<()>().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn files_are_named_by_content_and_compressed_only_on_request() {
        let css = url("koinon.css");
        let plain = ask(&css, &[]).await;
        assert_eq!(plain.headers()["cache-control"], "public, max-age=31536000, immutable");
        assert!(plain.headers().get("content-encoding").is_none());
        let packed = ask(&css, &[("accept-encoding", "gzip, deflate, br")]).await;
        assert_eq!(packed.headers()["content-encoding"], "br");
        assert_ne!(packed.headers()["etag"], plain.headers()["etag"]);
        let tag = packed.headers()["etag"].to_str().unwrap();
        let again = ask(&css, &[("accept-encoding", "br"), ("if-none-match", tag)]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }

    #[tokio::test]
    async fn an_old_hash_is_never_kept_for_ever_and_an_unknown_name_is_not_found() {
        let old = ask("/assets/0000000000000000/koinon.css", &[]).await;
        assert_eq!(old.headers()["cache-control"], "no-cache");
        assert_eq!(ask("/assets/none/other.css", &[]).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(ask("/favicon.svg", &[]).await.headers()["content-type"], "image/svg+xml");
        assert_eq!(ask("/worker.js", &[]).await.headers()["cache-control"], "no-cache");
    }

    #[test]
    fn a_first_visit_costs_little() {
        // The worker and what waits on a device come later, and only to those who enter something.
        let first = all().iter().filter(|asset| !["worker.js", "queue.js"].contains(&asset.name));
        let bytes: usize = first.map(|asset| asset.brotli.len()).sum();
        assert!(
            bytes < 27_000,
            "assets weigh {bytes} bytes compressed; a page must fit beside them in 35 kB"
        );
    }
}
