//! The second step of signing in: asked after the password, set up and taken away on the person's own page; and what
//! others did with the person's sign-in.
//!
//! The app's secret and the recovery codes are shown once. Everything works by typing; the picture is for those who scan.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use koinon_core::PersonId;
use koinon_node::AccountError;
use koinon_node::accounts::Notice;
use maud::{Markup, html};

use super::sign_in::{account_trouble, account_words, begin, signed_person, waiting};
use super::{Answer, Trouble, form_with, mend, say};
use crate::app::App;
use crate::components::{Tone, card, notice, qr};
use crate::forms::{Field, Input, Weight, post_button, submit};
use crate::layout::Page;
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::{Ui, local_path};
use crate::visit::{Posted, Stop, percent, see_other};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/sign-in/second", post(answer))
        .route("/me/second", post(show_secret))
        .route("/me/second/confirm", post(confirm))
        .route("/me/second/remove", post(remove))
        .route("/me/told/read", post(read))
        .route("/me/told/refuse", post(refuse))
}

/// Asks for the second step of somebody whose password was right.
pub(super) fn ask(posted: &Posted, half: &str, trouble: &Trouble) -> Response {
    let ui = &posted.visit.ui;
    let body = html! {
        input type="hidden" name="half" value=(half);
        input type="hidden" name="back" value=(local_path(posted.fields.text("back")));
        (Field::new("second", t!(ui, "second-code")).hint(t!(ui, "second-code-hint")).error(trouble.of("second")).autocomplete("one-time-code").show(ui))
        div.actions { (submit(&t!(ui, "sign-in"), Weight::Primary)) }
    };
    let page = Page::new(ui, t!(ui, "second-title"))
        .lead(t!(ui, "second-lead"))
        .narrow()
        .body(card(&t!(ui, "second-code"), &form_with(ui, "/sign-in/second", trouble, &body)));
    if trouble.refused.is_none() && trouble.faults.is_empty() { page.into_response() } else { mend(page) }
}

async fn answer(State(app): State<App>, posted: Posted) -> Answer {
    let fields = &posted.fields;
    let half = fields.text("half").to_owned();
    let (sent, typed) = (half.clone(), koinon_core::unit::latin_digits(fields.text("second")));
    let done = waiting(&app, move |node| {
        node.accounts().sign_in_second(&sent, &typed, |person| node.standing(person))
    });
    match done.await? {
        Ok(session) => Ok(begin(&app, &posted, session, local_path(fields.text("back")))),
        Err(AccountError::SecondGone) => {
            // The password is asked again, and then leads on to the same page.
            Ok(see_other(&format!("/sign-in?back={}", percent(local_path(fields.text("back"))))))
        }
        Err(AccountError::Wait(left)) => {
            let fault = AccountError::Wait(left);
            let mut response = ask(&posted, &half, &account_trouble(&posted.visit.ui, &fault));
            *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            Ok(response)
        }
        Err(fault) => Ok(ask(&posted, &half, &account_trouble(&posted.visit.ui, &fault))),
    }
}

/// The card on the person's own page.
pub(super) fn own_card(ui: &Ui, left: Option<u64>, trouble: &Trouble) -> Markup {
    let password = Field::new("second-password", t!(ui, "password-old"))
        .input(Input::Password)
        .error(trouble.of("second-password"))
        .autocomplete("current-password");
    let (words, action, save, weight) = match left {
        None => (t!(ui, "second-none"), "/me/second", t!(ui, "second-begin"), Weight::Secondary),
        Some(n) => {
            (t!(ui, "second-has", n = n), "/me/second/remove", t!(ui, "second-remove"), Weight::Danger)
        }
    };
    let body = html! {
        p.muted { (words) }
        (password.show(ui))
        div.actions { (submit(&save, weight)) }
    };
    let open = trouble.of("second-password").is_some();
    let nothing = Trouble::none();
    let shown = if open { trouble } else { &nothing };
    html! { section.card { details open[open] { summary { (t!(ui, "second-title")) } (form_with(ui, action, shown, &body)) } } }
}

/// A wrong password on one of the forms of this room.
fn password_trouble(ui: &Ui, fault: &AccountError) -> Trouble {
    let words = match fault {
        AccountError::Wrong => t!(ui, "password-not-old"),
        other => account_words(ui, other),
    };
    Trouble::faults(vec![("second-password".to_owned(), words)])
}

async fn show_secret(State(app): State<App>, posted: Posted) -> Answer {
    let person = signed_person(&posted)?;
    let password = posted.fields.raw("second-password").to_owned();
    match waiting(&app, move |node| node.accounts().begin_second(person, &password)).await? {
        Ok(secret) => Ok(secret_page(&app, &posted, person, &secret, &Trouble::none())?.into_response()),
        Err(fault) => {
            let trouble = password_trouble(&posted.visit.ui, &fault);
            Ok(mend(super::sign_in::me_page(&app, &posted.visit, &posted.fields, &trouble)?))
        }
    }
}

fn secret_page<'a>(
    app: &App,
    posted: &'a Posted,
    person: PersonId,
    secret: &str,
    trouble: &Trouble,
) -> Result<Page<'a>, Stop> {
    let ui = &posted.visit.ui;
    let login = app.node.accounts().login_of(person).map_err(|_| Problem::new(Kind::Internal))?;
    let label = percent(&login.unwrap_or_default()).replace('/', "%2F");
    // The form that apps read: key URI format, with the defaults of RFC 6238 said aloud.
    let address = format!(
        "otpauth://totp/koinon:{label}?secret={secret}&issuer=koinon&algorithm=SHA1&digits=6&period=30"
    );
    let groups: Vec<String> =
        secret.chars().collect::<Vec<_>>().chunks(4).map(|group| group.iter().collect()).collect();
    let body = html! {
        (Field::new("second", t!(ui, "second-first-code")).error(trouble.of("second")).autocomplete("one-time-code").show(ui))
        div.actions { (submit(&t!(ui, "second-confirm"), Weight::Primary)) }
    };
    Ok(Page::new(ui, t!(ui, "second-title"))
        .crumb("/me", t!(ui, "me-crumb"))
        .lead(t!(ui, "second-scan-lead"))
        .narrow()
        .body(html! {
            div.stack {
                (notice(ui, Tone::Watch, &html! { (t!(ui, "second-once")) }))
                div.secret { (qr(&t!(ui, "second-scan"), &address)) }
                p { (t!(ui, "second-type")) }
                p.big-code dir="ltr" { span.code { (groups.join(" ")) } }
                (form_with(ui, "/me/second/confirm", trouble, &body))
            }
        }))
}

async fn confirm(State(app): State<App>, posted: Posted) -> Answer {
    let person = signed_person(&posted)?;
    let ui = &posted.visit.ui;
    let typed = koinon_core::unit::latin_digits(posted.fields.text("second"));
    match waiting(&app, move |node| node.accounts().confirm_second(person, &typed)).await? {
        Ok(codes) => Ok(Page::new(ui, t!(ui, "recovery-title"))
            .crumb("/me", t!(ui, "me-crumb"))
            .lead(t!(ui, "recovery-lead"))
            .narrow()
            .body(html! {
                div.stack {
                    (notice(ui, Tone::Watch, &html! { (t!(ui, "recovery-once")) }))
                    ul.codes dir="ltr" { @for code in &codes { li { span.code { (code) } } } }
                    div.row { a.button.button-primary href="/me?done=second" { (t!(ui, "recovery-kept")) } }
                }
            })
            .into_response()),
        Err(AccountError::SecondGone) => Ok(see_other("/me")),
        Err(fault) => {
            let trouble = account_trouble(ui, &fault);
            match app.node.accounts().shown_second(person) {
                Some(secret) => Ok(mend(secret_page(&app, &posted, person, &secret, &trouble)?)),
                None => Ok(see_other("/me")),
            }
        }
    }
}

async fn remove(State(app): State<App>, posted: Posted) -> Answer {
    let person = signed_person(&posted)?;
    let password = posted.fields.raw("second-password").to_owned();
    match waiting(&app, move |node| node.accounts().remove_second(person, &password)).await? {
        Ok(()) => Ok(see_other("/me?done=second")),
        Err(fault) => {
            let trouble = password_trouble(&posted.visit.ui, &fault);
            Ok(mend(super::sign_in::me_page(&app, &posted.visit, &posted.fields, &trouble)?))
        }
    }
}

/// What stewards did with the person's sign-in, with the way to stop it.
pub(super) fn told(app: &App, ui: &Ui, notices: &[Notice]) -> Markup {
    if notices.is_empty() {
        return html! {};
    }
    let lines: Vec<String> = app.node.read(|book| {
        let name = |person: PersonId| say::person(ui, (&app.node, book), person);
        let line = |notice: &Notice| {
            let date = ui.date(notice.at.day(&ui.zone));
            match notice.second {
                None => t!(ui, "told-asked", name = name(notice.first), date = date),
                Some(second) => {
                    t!(ui, "told-code", first = name(notice.first), second = name(second), date = date)
                }
            }
        };
        notices.iter().map(line).collect()
    });
    let body = html! {
        ul { @for line in &lines { li { (line) } } }
        p { (t!(ui, "told-what-now")) }
        div.row {
            (post_button(ui, "/me/told/refuse", &t!(ui, "told-refuse"), Weight::Danger, &[]))
            (post_button(ui, "/me/told/read", &t!(ui, "told-read"), Weight::Secondary, &[]))
        }
    };
    card(&t!(ui, "told-title"), &body)
}

async fn read(State(app): State<App>, posted: Posted) -> Answer {
    let person = signed_person(&posted)?;
    let done = waiting(&app, move |node| node.accounts().read_notices(person)).await?;
    done.map_err(|_| Problem::new(Kind::Internal))?;
    Ok(see_other("/me?done=told"))
}

async fn refuse(State(app): State<App>, posted: Posted) -> Answer {
    let person = signed_person(&posted)?;
    let done = waiting(&app, move |node| {
        node.accounts().refuse_recovery(person)?;
        node.accounts().read_notices(person)
    });
    done.await?.map_err(|_| Problem::new(Kind::Internal))?;
    Ok(see_other("/me?done=told"))
}
