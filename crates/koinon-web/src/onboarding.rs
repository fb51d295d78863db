//! The one page that is served without TLS: how to trust this community's certificate.
//!
//! It knows no person and no stock, sets no cookie and needs no script; whoever listens in learns nothing. Language by the
//! address, else by the browser.

use axum::Router;
use axum::extract::Query;
use axum::http::header::CONTENT_TYPE;
use axum::response::Html;
use axum::routing::get;
use maud::{DOCTYPE, Markup, html};

use crate::i18n::Lang;
use crate::ui::Prefs;
use crate::{assets, security, t};

/// What the page tells of.
#[derive(Debug, Clone)]
pub struct Onboarding {
    /// The authority's certificate, in PEM.
    pub ca: String,
    /// Its fingerprint in groups, as a steward reads it out.
    pub fingerprint: String,
    /// The port at which the pages speak TLS.
    pub port: u16,
}

/// The page, the certificate, and the stylesheet.
pub fn router(told: Onboarding) -> Router {
    let pem = told.ca.clone();
    let kind = [(CONTENT_TYPE, "application/x-x509-ca-cert")];
    let pages = Router::new()
        .route(
            "/",
            get(move |prefs: Prefs, Query(asked): Query<Vec<(String, String)>>| async move {
                let chosen = asked.iter().find(|(name, _)| name == "lang");
                let lang = chosen.and_then(|(_, code)| Lang::from_code(code)).unwrap_or(prefs.lang);
                Html(page(lang, &told).into_string())
            }),
        )
        .route("/ca.pem", get(move || async move { (kind, pem) }))
        .merge(assets::router());
    security::guarded(pages)
}

fn page(lang: Lang, told: &Onboarding) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(lang.code()) dir=(lang.dir()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (t!(lang, "trust-title")) " · koinon" }
                link rel="stylesheet" href=(assets::url("koinon.css"));
                link rel="icon" type="image/svg+xml" href="/favicon.svg";
            }
            body {
                main #content.narrow {
                    nav aria-label=(t!(lang, "language")) {
                        div.row {
                            @for other in Lang::ALL {
                                a.button.button-quiet href={ "/?lang=" (other.code()) } lang=(other.code()) dir=(other.dir())
                                    aria-current=[(other == lang).then_some("true")] { (other.own_name()) }
                            }
                        }
                    }
                    h1 { (t!(lang, "trust-title")) }
                    p.lead { (t!(lang, "trust-lead")) }
                    ol.stack {
                        li { p { (t!(lang, "trust-fetch")) } a.button.button-primary href="/ca.pem" { (t!(lang, "trust-fetch-button")) } }
                        li { p { (t!(lang, "trust-compare")) } p.big-code dir="ltr" { span.code { (told.fingerprint) } } }
                        li { p { (t!(lang, "trust-open", port = told.port.to_string())) } }
                    }
                    p.muted { (t!(lang, "trust-bounds")) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt as _;

    async fn ask(path: &str, accept: &str) -> (String, String) {
        let told = Onboarding { ca: "PEM".into(), fingerprint: "ab12 cd34".into(), port: 7400 };
        let request = Request::get(path).header("accept-language", accept).body(Body::empty()).unwrap();
        let answer = router(told).oneshot(request).await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        assert!(answer.headers().get("set-cookie").is_none());
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        (kind, String::from_utf8(to_bytes(answer.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap())
    }

    #[tokio::test]
    async fn everybody_reads_it_in_their_own_language() {
        for (path, accept, code) in [
            ("/", "es-MX,en;q=0.5", "es"),
            ("/", "ar", "ar"),
            ("/", "xx", "en"),
            ("/?lang=ar", "es", "ar"),
            ("/?lang=zz", "es", "es"),
        ] {
            let (_, html) = ask(path, accept).await;
            assert!(html.contains(&format!("<html lang=\"{code}\"")), "{path} {accept}");
            assert!(html.contains("ab12 cd34") && !html.contains("<script"));
        }
        let (kind, pem) = ask("/ca.pem", "en").await;
        assert_eq!((kind.as_str(), pem.as_str()), ("application/x-x509-ca-cert", "PEM"));
    }
}
