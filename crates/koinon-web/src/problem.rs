//! What went wrong, once, for people and for programs.
//!
//! A handler returns a [`Problem`]; it travels as `application/problem+json` (RFC 9457), and [`as_pages`] turns it into a
//! page for a browser. `detail` is written for the one who asked; an internal message never travels.

use std::fmt;

use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use jiff::tz::TimeZone;
use koinon_core::Timestamp;
use maud::html;

use crate::app::App;
use crate::components::{Tone, empty, link_button, notice};
use crate::icons::Icon;
use crate::layout::Page;
use crate::t;
use crate::ui::{FormToken, Prefs, Ui};
use crate::visit::Visit;

/// The kinds of problem, each with its status and its stable name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The request cannot be read.
    BadRequest,
    /// Nobody is signed in.
    Unauthorized,
    /// The one who asks may not.
    Forbidden,
    /// There is nothing at this address.
    NotFound,
    /// Something changed in the meantime, or was done already in another way.
    Conflict,
    /// The act is written already, with other content.
    OtherContent,
    /// The request is larger than its limit.
    TooLarge,
    /// The request can be read, but some of it cannot be right.
    Unprocessable,
    /// The request did not come in time.
    Slow,
    /// The request calls this computer by a name that is not its own.
    Misdirected,
    /// Too many attempts.
    TooMany,
    /// Not possible now: no room left, starting, stopping.
    Unavailable,
    /// A fault of ours.
    Internal,
}

impl Kind {
    /// The HTTP status.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Conflict | Self::OtherContent => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The stable name, the `type` of RFC 9457.
    pub const fn urn(self) -> &'static str {
        match self {
            Self::BadRequest => "urn:koinon:problem:bad-request",
            Self::Unauthorized => "urn:koinon:problem:unauthorized",
            Self::Forbidden => "urn:koinon:problem:forbidden",
            Self::NotFound => "urn:koinon:problem:not-found",
            Self::Conflict | Self::OtherContent => "urn:koinon:problem:conflict",
            Self::TooLarge => "urn:koinon:problem:too-large",
            Self::Unprocessable => "urn:koinon:problem:unprocessable",
            Self::Slow => "urn:koinon:problem:slow",
            Self::Misdirected => "urn:koinon:problem:misdirected",
            Self::TooMany => "urn:koinon:problem:too-many",
            Self::Unavailable => "urn:koinon:problem:unavailable",
            Self::Internal => "urn:koinon:problem:internal",
        }
    }

    /// The kind that suits a bare status from a layer below, `None` for a status that is no problem.
    fn of_status(status: StatusCode) -> Option<Self> {
        Some(match status {
            StatusCode::UNAUTHORIZED => Self::Unauthorized,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::CONFLICT => Self::Conflict,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::UNPROCESSABLE_ENTITY => Self::Unprocessable,
            StatusCode::REQUEST_TIMEOUT => Self::Slow,
            StatusCode::MISDIRECTED_REQUEST => Self::Misdirected,
            StatusCode::TOO_MANY_REQUESTS => Self::TooMany,
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable,
            other if other.is_client_error() => Self::BadRequest,
            other if other.is_server_error() => Self::Internal,
            _ => return None,
        })
    }

    fn title(self, ui: &Ui) -> String {
        match self {
            Self::BadRequest => t!(ui, "problem-bad-request"),
            Self::Unauthorized => t!(ui, "problem-unauthorized"),
            Self::Forbidden => t!(ui, "problem-forbidden"),
            Self::NotFound => t!(ui, "problem-not-found"),
            Self::Conflict | Self::OtherContent => t!(ui, "problem-conflict"),
            Self::TooLarge => t!(ui, "problem-too-large"),
            Self::Unprocessable => t!(ui, "problem-unprocessable"),
            Self::Slow => t!(ui, "problem-slow"),
            Self::Misdirected => t!(ui, "problem-misdirected"),
            Self::TooMany => t!(ui, "problem-too-many"),
            Self::Unavailable => t!(ui, "problem-unavailable"),
            Self::Internal => t!(ui, "problem-internal"),
        }
    }
}

/// Something that went wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    kind: Kind,
    detail: Option<String>,
    faults: Vec<(String, String)>,
}

impl Problem {
    /// A problem without further words.
    pub const fn new(kind: Kind) -> Self {
        Self { kind, detail: None, faults: Vec::new() }
    }

    /// Says what happened and what would help, for the one who asked.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Names one place that is wrong (a field, a line) and what to put right.
    pub fn fault(mut self, place: impl Into<String>, remedy: impl Into<String>) -> Self {
        self.faults.push((place.into(), remedy.into()));
        self
    }

    /// The kind.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    fn json(&self) -> String {
        let mut document = serde_json::json!({
            "type": self.kind.urn(),
            "title": self.kind.status().canonical_reason().unwrap_or("Problem"),
            "status": self.kind.status().as_u16(),
        });
        if let Some(object) = document.as_object_mut() {
            if let Some(detail) = &self.detail {
                object.insert("detail".into(), detail.as_str().into());
            }
            if !self.faults.is_empty() {
                let faults = self.faults.iter();
                let faults =
                    faults.map(|(place, remedy)| serde_json::json!({"place": place, "remedy": remedy}));
                object.insert("errors".into(), faults.collect());
            }
        }
        document.to_string()
    }

    /// A page outside everything that is known of the visitor.
    fn bare_page(&self, headers: &HeaderMap, path: &str) -> String {
        // An error page has no form but the settings, which need neither clock nor session.
        let seal = (FormToken::new(""), [0; 16]);
        self.page(&Ui::new(Prefs::read(headers), path, Timestamp::default(), TimeZone::UTC, seal))
    }

    fn page(&self, ui: &Ui) -> String {
        let back = link_button("/", &t!(ui, "problem-back"), true);
        let not_found = (self.kind == Kind::NotFound).then(|| t!(ui, "problem-not-found-detail"));
        let sentence = self.detail.clone().or(not_found).unwrap_or_default();
        let mut page = Page::new(ui, self.kind.title(ui)).narrow();
        if !self.faults.is_empty() {
            page = page.notice(notice(
                ui,
                Tone::Bad,
                &html! { ul { @for (place, remedy) in &self.faults { li { strong { (place) } ": " (remedy) } } } },
            ));
        }
        page.body(empty(Icon::Warning, &sentence, &back)).render().into_string()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.urn())?;
        self.detail.iter().try_for_each(|detail| write!(f, ": {detail}"))
    }
}

impl std::error::Error for Problem {}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.kind.status(), self.json()).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.kind == Kind::OtherContent {
            // The page in its place has no other word for the phone's queue.
            let name = HeaderName::from_static("koinon-problem");
            response.headers_mut().insert(name, HeaderValue::from_static("other-content"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Turns problems into pages in the visitor's own frame: with their name, the way around, and the demo's strip.
///
/// A layer inside the one that greets; what it leaves, [`as_pages`] explains in a bare frame.
pub async fn in_frame(State(app): State<App>, request: Request, next: Next) -> Response {
    if !wants_page(request.headers()) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let seen = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(problem) = response.extensions().get::<Problem>() else { return response };
    let Ok(visit) = Visit::read(&app, &seen) else { return response };
    let mut answer = (response.status(), Html(problem.page(&visit.ui))).into_response();
    for (name, value) in response.headers() {
        if !name.as_str().starts_with("content-") {
            answer.headers_mut().append(name, value.clone());
        }
    }
    answer
}

/// Turns problems, and bare error statuses of layers below, into pages for browsers and documents for programs.
pub async fn as_pages(request: Request, next: Next) -> Response {
    let (headers, uri) = (request.headers().clone(), request.uri().clone());
    let response = next.run(request).await;
    let Some(kind) = Kind::of_status(response.status()) else { return response };
    let known = response.extensions().get::<Problem>().cloned();
    if known.is_none()
        && response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind != "text/plain; charset=utf-8")
    {
        // A page or a document that already explains itself.
        return response;
    }
    let problem = known.unwrap_or(Problem::new(kind));
    let status = response.status();
    let mut answer = if wants_page(&headers) {
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        (status, Html(problem.bare_page(&headers, path))).into_response()
    } else {
        let mut document = problem.into_response();
        *document.status_mut() = status;
        document
    };
    for (name, value) in response.headers() {
        // Retry-After, Allow, Set-Cookie and their like stay; what describes the old body goes.
        if !name.as_str().starts_with("content-") {
            answer.headers_mut().append(name, value.clone());
        }
    }
    answer
}

/// Whether the asker is a browser showing a page: it names `text/html` before any JSON.
pub fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    let place = |word: &str| accept.find(word).unwrap_or(usize::MAX);
    accept.contains("text/html") && place("text/html") < place("json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::routing::get;
    use tower::ServiceExt as _;

    async fn ask(path: &str, accept: &str) -> (StatusCode, String, String) {
        let app: Router = Router::new()
            .route(
                "/bad",
                get(|| async {
                    Problem::new(Kind::Unprocessable)
                        .detail("<b>Two</b> amounts.")
                        .fault("line 3", "write 42 t")
                }),
            )
            .route("/teapot", get(|| async { (StatusCode::IM_A_TEAPOT, "internal words").into_response() }))
            .layer(axum::middleware::from_fn(as_pages));
        let request = Request::get(path)
            .header("accept", accept)
            .header("accept-language", "es")
            .body(Body::empty())
            .unwrap();
        let response = app.oneshot(request).await.unwrap();
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        let status = response.status();
        let body = to_bytes(response.into_body(), 100_000).await.unwrap();
        (status, kind, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn programs_get_a_document_and_people_a_page() {
        let (status, kind, body) = ask("/bad", "application/json").await;
        assert_eq!((status.as_u16(), kind.as_str()), (422, "application/problem+json"));
        let document: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(document["type"], "urn:koinon:problem:unprocessable");
        assert_eq!(document["errors"][0]["remedy"], "write 42 t");
        let (status, kind, body) = ask("/bad", "text/html,application/xhtml+xml,*/*;q=0.8").await;
        assert_eq!((status.as_u16(), kind.as_str()), (422, "text/html; charset=utf-8"));
        assert!(
            body.contains("Algo de esto no puede ser correcto")
                && body.contains("&lt;b&gt;Two&lt;/b&gt; amounts.")
        );
    }

    #[tokio::test]
    async fn bare_statuses_are_explained_and_internal_words_stay_inside() {
        let (status, kind, body) = ask("/nowhere", "text/html").await;
        assert_eq!((status.as_u16(), kind.as_str()), (404, "text/html; charset=utf-8"));
        assert!(body.contains("Aquí no hay nada"));
        let (status, kind, body) = ask("/teapot", "*/*").await;
        assert_eq!((status.as_u16(), kind.as_str()), (418, "application/problem+json"));
        assert!(!body.contains("internal words"));
    }
}
