//! What a person's own device shows in place of a page that it does not keep, while there is no line; and the list of what
//! waits there to be sent.
//!
//! The device fetches both pages in good time, as it does the count pages; see `assets/worker.js`. The entries themselves are
//! on the device alone, so `assets/queue.js` fills the list.

use axum::Router;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use maud::{Markup, html};

use super::Answer;
use crate::app::App;
use crate::components::link_button;
use crate::layout::Page;

use crate::t;
use crate::ui::Ui;
use crate::visit::Visit;

pub(super) fn router() -> Router<App> {
    Router::new().route("/offline", get(page)).route("/waiting", get(waiting))
}

async fn page(visit: Visit) -> Response {
    let ui = &visit.ui;
    Page::new(ui, t!(ui, "offline-title"))
        .lead(t!(ui, "offline-lead"))
        .narrow()
        .kept()
        .body(html! { div.row { (link_button("/count", &t!(ui, "offline-count"), true)) } })
        .into_response()
}

async fn waiting(visit: Visit) -> Answer {
    visit.actor()?;
    let ui = &visit.ui;
    let body = html! {
        div.stack {
            noscript { p { (t!(ui, "waiting-no-script")) } }
            ul.plain-list.stack data-waiting-list="" aria-live="polite" {}
            p.muted data-waiting-none="" hidden { (t!(ui, "waiting-none")) }
            template data-waiting-entry="" { (entry(ui)) }
            div.row { (link_button("/count", &t!(ui, "offline-count"), false)) }
        }
    };
    let page = Page::new(ui, t!(ui, "waiting-title")).lead(t!(ui, "waiting-lead")).narrow().kept();
    Ok(page.body(body).into_response())
}

/// One entry of the list, to be filled in.
fn entry(ui: &Ui) -> Markup {
    html! {
        li.card {
            div.stack.stack-tight {
                strong data-what="" {}
                span.number data-amount="" {}
                span.small.muted data-made="" {}
                p data-refused="" hidden { (t!(ui, "waiting-why")) }
                p data-asked="" hidden { (t!(ui, "waiting-asked")) }
                div.actions {
                    button.button.button-primary type="button" data-answer="" hidden { (t!(ui, "waiting-answer")) }
                    button.button type="button" data-again="" { (t!(ui, "waiting-again")) }
                    a.button.button-quiet data-open="" href="/count" { (t!(ui, "waiting-open")) }
                    button.button.button-quiet type="button" data-away="" data-really=(t!(ui, "waiting-really")) { (t!(ui, "waiting-away")) }
                }
            }
        }
    }
}
