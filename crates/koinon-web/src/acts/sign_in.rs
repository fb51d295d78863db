//! Signing in and out, the first steward's code, and the page of the person who is signed in.
//!
//! Who somebody is comes from the node's accounts; what they may do comes from their tasks alone. Secrets are checked on
//! threads that may wait. It is never said whether a name or a password was wrong.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use koinon_authority::{Action, Resource};
use koinon_core::PersonId;
use koinon_node::{AccountError, Device, Session, SignedIn, Token};
use maud::{Markup, html};

use super::fields::Fields;
use super::{Answer, Trouble, form_with, mend, say};
use crate::app::App;
use crate::components::{Column, Table, age, card, facts, link_button};
use crate::forms::{Field, Input, Weight, post_button, submit, tick};
use crate::layout::Page;
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::{Ui, cookie, local_path};
use crate::visit::{Posted, Stop, Visit, cookie_name, is_secured, see_other, set_cookie};

const SESSION: &str = "session";
const DEVICE: &str = "device";
/// How long a browser keeps the cookie of a session on one's own device; the node ends it sooner when it is idle.
const KEEP_S: u64 = 7 * 86_400;
/// How long a shared phone stays registered.
const DEVICE_S: u64 = 365 * 86_400;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/sign-in", get(form).post(sign_in))
        .route("/sign-in/pin", post(sign_in_with_pin))
        .route("/sign-out", post(sign_out))
        .route("/setup", get(setup_form).post(setup))
        .route("/me", get(me))
        .route("/me/end", post(end_session))
        .route("/me/password", post(change_password))
        .route("/me/pin", post(set_pin))
}

/// A session that holds, with its secret.
#[derive(Debug)]
pub(crate) struct Signed {
    pub(crate) person: PersonId,
    pub(crate) secret: String,
    /// Whether others use the device too.
    pub(crate) shared: bool,
}

/// The session of a request's cookie, if it holds.
pub(crate) fn session_of(app: &App, headers: &HeaderMap, secured: bool) -> Option<Signed> {
    let secret = cookie(headers, &cookie_name(SESSION, app.node.id(), secured))?;
    // A file that cannot be read signs nobody in.
    let session = app.node.session(secret).ok().flatten()?;
    Some(Signed { person: session.person, secret: secret.to_owned(), shared: session.device.shared })
}

/// Where a request came from, for the waiting time after wrong tries.
fn address(extensions: &Extensions) -> String {
    extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or_else(|| String::from("here"), |info| info.0.ip().to_string())
}

/// Why somebody cannot sign in, in the reader's words.
pub(super) fn account_words(ui: &Ui, fault: &AccountError) -> String {
    match fault {
        AccountError::Wrong => t!(ui, "sign-in-wrong"),
        AccountError::Wait(left) => t!(ui, "sign-in-wait", n = left.as_secs().max(1)),
        AccountError::Code => t!(ui, "setup-bad-code"),
        AccountError::TooShort { .. } => {
            t!(ui, "password-short", least = koinon_node::accounts::PASSWORD_LEN_MIN)
        }
        AccountError::TooLong => t!(ui, "password-long"),
        AccountError::Common => t!(ui, "password-common"),
        AccountError::Pin => t!(
            ui,
            "pin-bad",
            least = koinon_node::accounts::PIN_LEN_MIN,
            most = koinon_node::accounts::PIN_LEN_MAX,
        ),
        AccountError::Login => t!(ui, "login-bad"),
        AccountError::LoginTaken(login) => t!(ui, "login-taken", name = login.as_str()),
        AccountError::Device => t!(ui, "pin-no-device"),
        AccountError::SecondWrong => t!(ui, "second-wrong"),
        AccountError::SecondGone => t!(ui, "second-gone"),
        AccountError::NotAlone => t!(ui, "recover-not-alone"),
        AccountError::NotAsked => t!(ui, "recover-not-asked"),
        AccountError::Busy => t!(ui, "sign-in-busy"),
        AccountError::Hash(_)
        | AccountError::Sealing
        | AccountError::Key { .. }
        | AccountError::Damaged(_)
        | AccountError::Keys(_)
        | AccountError::Newer(_)
        | AccountError::Store(_)
        | AccountError::Io(_) => {
            t!(ui, "sign-in-broken")
        }
    }
}

/// The field to which a fault belongs.
pub(super) fn account_trouble(ui: &Ui, fault: &AccountError) -> Trouble {
    let words = account_words(ui, fault);
    let field = match fault {
        AccountError::Code => "code",
        AccountError::TooShort { .. } | AccountError::TooLong | AccountError::Common => "new-password",
        AccountError::Pin => "pin",
        AccountError::SecondWrong => "second",
        AccountError::Login | AccountError::LoginTaken(_) => "name",
        _ => return Trouble { faults: Vec::new(), refused: Some(words) },
    };
    Trouble::faults(vec![(field.to_owned(), words)])
}

/// Runs something that checks a secret on a thread that may wait.
pub(super) async fn waiting<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&koinon_node::Node) -> T + Send + 'static,
) -> Result<T, Stop> {
    let node = app.node.clone();
    let done = tokio::task::spawn_blocking(move || work(&node)).await;
    done.map_err(|_| Problem::new(Kind::Internal).into())
}

/// What the browser says it is, shortened to what a person recognises.
fn device_label(headers: &HeaderMap) -> String {
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
    let has = |word: &str| agent.contains(word);
    let browser =
        ["Firefox", "Edg", "OPR", "Chrome", "Safari"].into_iter().find(|word| has(word)).unwrap_or("Browser");
    let system =
        ["Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux"].into_iter().find(|word| has(word));
    let browser = if browser == "Edg" { "Edge" } else { browser };
    system.map_or_else(|| browser.to_owned(), |system| format!("{browser}, {system}"))
}

pub(super) fn begin(app: &App, posted: &Posted, (token, session): (Token, Session), back: &str) -> Response {
    let mut response = see_other(back);
    let keep = (!session.device.shared).then_some(KEEP_S);
    let name = cookie_name(SESSION, app.node.id(), posted.secured);
    if let Some(line) = set_cookie(&name, token.expose(), posted.secured, keep) {
        response.headers_mut().append(SET_COOKIE, line);
    }
    response
}

async fn form(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    extensions: Extensions,
    Query(query): Query<Vec<(String, String)>>,
) -> Answer {
    let fields = Fields::new(query);
    let device = device_of(&app, &headers, is_secured(&extensions));
    Ok(page(&app, &visit, &fields, device.is_some(), &Trouble::none()).into_response())
}

/// The token of a registered shared device, if this browser is one.
fn device_of(app: &App, headers: &HeaderMap, secured: bool) -> Option<String> {
    let token = cookie(headers, &cookie_name(DEVICE, app.node.id(), secured))?;
    app.node.accounts().device_label(token).ok().flatten().map(|_| token.to_owned())
}

fn page<'a>(app: &App, visit: &'a Visit, fields: &Fields, shared: bool, trouble: &Trouble) -> Page<'a> {
    let ui = &visit.ui;
    let back = local_path(fields.text("back"));
    let people = if shared { app.node.accounts().people_with_pin().unwrap_or_default() } else { Vec::new() };
    let nothing = Trouble::none();
    let (name_trouble, pin_trouble) =
        if fields.has("person") && !people.is_empty() { (&nothing, trouble) } else { (trouble, &nothing) };
    let by_name = html! {
        input type="hidden" name="back" value=(back);
        (Field::new("name", t!(ui, "sign-in-name")).value(fields.text("name")).error(name_trouble.of("name")).autocomplete("username").show(ui))
        (Field::new("password", t!(ui, "sign-in-password")).input(Input::Password).autocomplete("current-password").show(ui))
        (tick("shared", &t!(ui, "sign-in-shared"), fields.text("shared") == "yes" || shared))
        div.actions { (submit(&t!(ui, "sign-in"), Weight::Primary)) }
    };
    let by_pin = html! {
        input type="hidden" name="back" value=(back);
        (Field::new("person", t!(ui, "pin-who"))
            .choices(people.iter().map(|(person, login)| (person.to_string(), login.clone())).collect())
            .value(fields.text("person")).show(ui))
        (Field::new("pin", t!(ui, "pin-label")).input(Input::Password).error(pin_trouble.of("pin")).show_with_pad(ui))
        div.actions { (submit(&t!(ui, "sign-in"), Weight::Primary)) }
    };
    Page::new(ui, t!(ui, "sign-in")).lead(t!(ui, "sign-in-lead")).narrow().body(html! {
        div.stack {
            @if !people.is_empty() { (card(&t!(ui, "pin-title"), &form_with(ui, "/sign-in/pin", pin_trouble, &by_pin))) }
            (card(&t!(ui, "sign-in-title"), &form_with(ui, "/sign-in", name_trouble, &by_name)))
            (card(&t!(ui, "setup-title"), &html! { p { (t!(ui, "setup-hint")) } div.row { (link_button("/setup", &t!(ui, "setup-open"), false)) } }))
        }
    })
}

async fn sign_in(
    State(app): State<App>,
    headers: HeaderMap,
    extensions: Extensions,
    posted: Posted,
) -> Answer {
    let fields = &posted.fields;
    let (name, password) = (fields.text("name").to_owned(), fields.raw("password").to_owned());
    let device = Device { label: device_label(&headers), shared: fields.text("shared") == "yes" };
    let from = address(&extensions);
    let done = waiting(&app, move |node| {
        node.accounts().sign_in(&name, &password, &device, &from, |person| node.standing(person))
    });
    match done.await? {
        Ok(SignedIn::Whole(token, session)) => {
            Ok(begin(&app, &posted, (token, session), local_path(fields.text("back"))))
        }
        Ok(SignedIn::Half(half)) => Ok(super::second::ask(&posted, half.expose(), &Trouble::none())),
        Err(fault) => Ok(refuse(&app, &posted, &headers, &fault)),
    }
}

async fn sign_in_with_pin(State(app): State<App>, headers: HeaderMap, posted: Posted) -> Answer {
    let fields = &posted.fields;
    let device = device_of(&app, &headers, posted.secured).unwrap_or_default();
    let person = fields.text("person").parse().unwrap_or(PersonId([0; 16]));
    let pin = koinon_core::unit::latin_digits(fields.text("pin"));
    let done = waiting(&app, move |node| {
        node.accounts().sign_in_with_pin(&device, person, &pin, |person| node.standing(person))
    });
    match done.await? {
        Ok(session) => Ok(begin(&app, &posted, session, local_path(fields.text("back")))),
        Err(fault) => Ok(refuse(&app, &posted, &headers, &fault)),
    }
}

fn refuse(app: &App, posted: &Posted, headers: &HeaderMap, fault: &AccountError) -> Response {
    let trouble = account_trouble(&posted.visit.ui, fault);
    let shared = device_of(app, headers, posted.secured).is_some();
    let page = page(app, &posted.visit, &posted.fields, shared, &trouble);
    match fault {
        AccountError::Wait(left) => {
            let seconds = left.as_secs().max(1).to_string();
            (StatusCode::TOO_MANY_REQUESTS, [("retry-after", seconds)], page).into_response()
        }
        _ => mend(page),
    }
}

async fn sign_out(State(app): State<App>, posted: Posted) -> Answer {
    if let Some(secret) = posted.visit.session.clone() {
        let ended = waiting(&app, move |node| node.accounts().sign_out(&secret)).await?;
        ended.map_err(|_| Problem::new(Kind::Internal))?;
    }
    let mut response = see_other("/");
    let name = cookie_name(SESSION, app.node.id(), posted.secured);
    if let Some(line) = set_cookie(&name, "", posted.secured, Some(0)) {
        response.headers_mut().append(SET_COOKIE, line);
    }
    Ok(response)
}

async fn setup_form(visit: Visit, Query(query): Query<Vec<(String, String)>>) -> Response {
    setup_page(&visit.ui, &Fields::new(query), &Trouble::none()).into_response()
}

fn setup_page<'a>(ui: &'a Ui, fields: &Fields, trouble: &Trouble) -> Page<'a> {
    let body = html! {
        (Field::new("code", t!(ui, "setup-code")).hint(t!(ui, "setup-code-hint")).value(fields.text("code")).error(trouble.of("code")).autocomplete("one-time-code").show(ui))
        (Field::new("name", t!(ui, "setup-name")).hint(t!(ui, "setup-name-hint")).value(fields.text("name")).error(trouble.of("name")).autocomplete("username").show(ui))
        (new_password(ui, trouble))
        (tick("shared", &t!(ui, "sign-in-shared"), fields.text("shared") == "yes"))
        div.actions { (submit(&t!(ui, "setup-save"), Weight::Primary)) }
    };
    Page::new(ui, t!(ui, "setup-title"))
        .lead(t!(ui, "setup-lead"))
        .narrow()
        .body(form_with(ui, "/setup", trouble, &body))
}

fn new_password(ui: &Ui, trouble: &Trouble) -> Markup {
    Field::new("new-password", t!(ui, "password-new"))
        .input(Input::Password)
        .hint(t!(ui, "password-hint", least = koinon_node::accounts::PASSWORD_LEN_MIN))
        .error(trouble.of("new-password"))
        .autocomplete("new-password")
        .show(ui)
}

async fn setup(State(app): State<App>, headers: HeaderMap, extensions: Extensions, posted: Posted) -> Answer {
    let fields = &posted.fields;
    let (code, name) = (fields.text("code").to_owned(), fields.text("name").to_owned());
    let password = fields.raw("new-password").to_owned();
    let device = Device { label: device_label(&headers), shared: fields.text("shared") == "yes" };
    let from = address(&extensions);
    let done = waiting(&app, move |node| {
        node.teach_words();
        node.accounts().redeem(&code, &name, &password, &device, &from, |person| node.standing(person))
    });
    match done.await? {
        Ok(session) => Ok(begin(&app, &posted, session, "/me?done=welcome")),
        Err(fault) => {
            Ok(mend(setup_page(&posted.visit.ui, fields, &account_trouble(&posted.visit.ui, &fault))))
        }
    }
}

async fn me(State(app): State<App>, visit: Visit, Query(query): Query<Vec<(String, String)>>) -> Answer {
    Ok(me_page(&app, &visit, &Fields::new(query), &Trouble::none())?.into_response())
}

pub(super) fn me_page<'a>(
    app: &App,
    visit: &'a Visit,
    fields: &Fields,
    trouble: &Trouble,
) -> Result<Page<'a>, Stop> {
    let ui = &visit.ui;
    let person = visit.actor()?.subject().ok_or_else(|| Problem::new(Kind::Forbidden))?;
    let broken = |_| Problem::new(Kind::Internal);
    let sessions = app.node.accounts().sessions(person).map_err(broken)?;
    let login = app.node.accounts().login_of(person).map_err(broken)?;
    let (second, notices) = match visit.session {
        Some(_) => {
            let accounts = app.node.accounts();
            (accounts.second_of(person).map_err(broken)?, accounts.notices(person).map_err(broken)?)
        }
        None => (None, Vec::new()),
    };
    let (tasks, may_people) = app.node.read(|book| {
        let live = book.grants().live(person, ui.now);
        let tasks = live.map(|granted| (say::grant(ui, book, granted), say::role_does(ui, granted.role)));
        let own = book.own().map(|own| Resource::community(own.clone()));
        (tasks.collect::<Vec<_>>(), own.is_some_and(|own| visit.may(book, Action::ReadPeople, &own)))
    });
    let mut page =
        Page::new(ui, t!(ui, "me-title", name = visit.visitor.name.clone().unwrap_or_default())).narrow();
    match fields.text("done") {
        "welcome" => page = page.notice(super::done_notice(ui, &t!(ui, "me-welcome"), None)),
        "" => {}
        _ => page = page.notice(super::done_notice(ui, &t!(ui, "me-changed"), None)),
    }
    Ok(page.body(html! {
        div.stack {
            (super::second::told(app, ui, &notices))
            (card(&t!(ui, "me-tasks"), &html! {
                @if tasks.is_empty() { p { (t!(ui, "me-no-task")) } }
                ul { @for (task, does) in &tasks { li { strong { (task) } br; span.muted { (does) } } } }
                @if may_people { p { a.button href="/operator" { (t!(ui, "me-operator")) } " " a.button href="/operator/people" { (t!(ui, "people-title")) } } }
            }))
            @if visit.session.is_some() {
                (sessions_card(app, ui, visit, &sessions))
                (password_card(ui, trouble))
                (super::second::own_card(ui, second, trouble))
                (pin_card(ui, trouble))
                (post_button(ui, "/sign-out", &t!(ui, "sign-out"), Weight::Danger, &[]))
                @if let Some(login) = login { (facts(&[(t!(ui, "sign-in-name"), html! { (login) })])) }
            }
        }
    }))
}

fn sessions_card(app: &App, ui: &Ui, visit: &Visit, sessions: &[Session]) -> Markup {
    let here = visit
        .session
        .as_deref()
        .and_then(|secret| app.node.session(secret).ok().flatten())
        .map(|session| session.id);
    let mut table = Table::new(
        t!(ui, "me-devices"),
        [
            Column::head(t!(ui, "me-device")),
            Column::text(t!(ui, "me-since")),
            Column::text(t!(ui, "me-seen")),
            Column::act(t!(ui, "need-act")),
        ],
    );
    for session in sessions {
        let this = here.as_ref() == Some(&session.id);
        table = table.row([
            html! {
                (session.device.label)
                @if session.device.shared { " · " (t!(ui, "me-shared")) }
                @if this { " · " (t!(ui, "me-this-one")) }
            },
            html! { (age(ui, session.since)) },
            html! { (age(ui, session.seen)) },
            html! { (post_button(ui, "/me/end", &t!(ui, "me-end"), Weight::Secondary, &[("id", &session.id)])) },
        ]);
    }
    card(&t!(ui, "me-devices"), &html! { p.muted { (t!(ui, "me-devices-lead")) } (table) })
}

fn password_card(ui: &Ui, trouble: &Trouble) -> Markup {
    let body = html! {
        (Field::new("password", t!(ui, "password-old")).input(Input::Password).error(trouble.of("password")).autocomplete("current-password").show(ui))
        (new_password(ui, trouble))
        div.actions { (submit(&t!(ui, "password-save"), Weight::Secondary)) }
    };
    let open =
        trouble.of("password").is_some() || trouble.of("new-password").is_some() || trouble.refused.is_some();
    html! { section.card { details open[open] { summary { (t!(ui, "password-change")) } (form_with(ui, "/me/password", if open { trouble } else { &EMPTY }, &body)) } } }
}

static EMPTY: Trouble = Trouble { faults: Vec::new(), refused: None };

fn pin_card(ui: &Ui, trouble: &Trouble) -> Markup {
    let body = html! {
        p.muted { (t!(ui, "pin-lead")) }
        (Field::new("pin", t!(ui, "pin-label")).input(Input::Password).error(trouble.of("pin")).autocomplete("new-password").optional().show(ui))
        div.actions { (submit(&t!(ui, "pin-save"), Weight::Secondary)) }
    };
    let open = trouble.of("pin").is_some();
    html! { section.card { details open[open] { summary { (t!(ui, "pin-change")) } (form_with(ui, "/me/pin", if open { trouble } else { &EMPTY }, &body)) } } }
}

/// The person behind a session; a persona of a demo has no account.
pub(super) fn signed_person(posted: &Posted) -> Result<PersonId, Stop> {
    let person = posted.visit.actor()?.subject().filter(|_| posted.visit.session.is_some());
    person.ok_or_else(|| Problem::new(Kind::Forbidden).into())
}

async fn end_session(State(app): State<App>, posted: Posted) -> Answer {
    let person = signed_person(&posted)?;
    let id = posted.fields.text("id").to_owned();
    let ended = waiting(&app, move |node| node.accounts().end_session(person, &id)).await?;
    ended.map_err(|_| Problem::new(Kind::Internal))?;
    Ok(see_other("/me?done=ended"))
}

async fn change_password(State(app): State<App>, headers: HeaderMap, posted: Posted) -> Answer {
    let person = signed_person(&posted)?;
    let (old, new) = (posted.fields.raw("password").to_owned(), posted.fields.raw("new-password").to_owned());
    // A device that others use too stays one.
    let here = posted.visit.session.as_deref().and_then(|secret| app.node.session(secret).ok().flatten());
    let shared = here.is_some_and(|session| session.device.shared);
    let device = Device { label: device_label(&headers), shared };
    let done = waiting(&app, move |node| {
        node.teach_words();
        node.accounts().change_password(person, &old, &new, &device, |person| node.standing(person))
    });
    match done.await? {
        Ok(session) => Ok(begin(&app, &posted, session, "/me?done=password")),
        Err(fault) => {
            let mut trouble = account_trouble(&posted.visit.ui, &fault);
            if matches!(fault, AccountError::Wrong) {
                trouble =
                    Trouble::faults(vec![("password".to_owned(), t!(posted.visit.ui, "password-not-old"))]);
            }
            Ok(mend(me_page(&app, &posted.visit, &posted.fields, &trouble)?))
        }
    }
}

async fn set_pin(State(app): State<App>, posted: Posted) -> Answer {
    let person = signed_person(&posted)?;
    let pin = koinon_core::unit::latin_digits(posted.fields.text("pin"));
    let done =
        waiting(&app, move |node| node.accounts().set_pin(person, (!pin.is_empty()).then_some(pin.as_str())));
    match done.await? {
        Ok(()) => Ok(see_other("/me?done=pin")),
        Err(fault) => {
            let trouble = account_trouble(&posted.visit.ui, &fault);
            Ok(mend(me_page(&app, &posted.visit, &posted.fields, &trouble)?))
        }
    }
}

/// Registers this browser as a shared phone: the cookie that lets people sign in with a PIN on it.
pub(super) fn keep_device(app: &App, posted: &Posted, token: &Token, response: &mut Response) {
    let name = cookie_name(DEVICE, app.node.id(), posted.secured);
    if let Some(line) = set_cookie(&name, token.expose(), posted.secured, Some(DEVICE_S)) {
        response.headers_mut().append(SET_COOKIE, line);
    }
}
