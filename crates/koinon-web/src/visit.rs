//! Who visits: the person behind a request, and the [`Ui`] that speaks to them.
//!
//! A session's secret lives in a cookie whose name carries the computer's id, since cookies ignore ports. Whoever is not
//! signed in gets a random greeting cookie, so that every form is bound to one browser. In a demo a visitor may be one of
//! its invented persons, by cookie alone; on a real computer that cookie means nothing. This room refuses to decide what
//! somebody may do: it asks `authorize`.

use std::net::SocketAddr;

use axum::Form;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Request, State};
use axum::http::header::{CONTENT_TYPE, HOST, LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use koinon_authority::{Action, Actor, Permit, Resource, Role, Viewer, authorize};
use koinon_books::Book;
use koinon_core::{CommunityCode, Digest, EntryId, NodeId, Timestamp};
use koinon_node::Node;
use koinon_node::tls::Certificate;

use crate::acts::fields::Fields;
use crate::acts::say;
use crate::app::{App, Persona, Visitor};
use crate::problem::{Kind, Problem};
use crate::t;
use crate::token::{AS_HEADER, LoopbackToken, NoPerson, person};
use crate::ui::{Chrome, Demo, FormToken, Prefs, Ui, cookie, local_path};
use crate::views::SharingNotice;

/// Everybody is told so many days before a certificate ends.
const ALARM_CERTIFICATE_DAYS: i64 = 14;
/// The cookie that says as whom a visitor looks at a demo.
const PERSONA_COOKIE: &str = "koinon_persona";
/// The persona that is nobody.
pub const GUEST: &str = "guest";

/// Marks a request that came over TLS; whoever accepts connections puts it among the request's extensions.
#[derive(Debug, Clone, Copy)]
pub struct Secured;

/// The random text that binds forms to a browser before anybody signs in.
#[derive(Debug, Clone)]
struct Greeting(String);

/// One request's visitor with their words and what they have to do with this computer.
#[derive(Debug)]
pub struct Visit {
    /// Who asks.
    pub visitor: Visitor,
    /// Their language, time and frame.
    pub ui: Ui,
    /// The secret of their session; `None` for nobody and for a persona.
    pub session: Option<String>,
    /// The address of this computer as the browser wrote it, for codes to scan: `https://heath.internal:7401`.
    pub base: String,
    /// In a demo: where the pages of the persona's own community are, if not here.
    home: Option<String>,
}

/// A form that was sent from a page of this computer by the same browser.
#[derive(Debug)]
pub struct Posted {
    /// Who sent it.
    pub visit: Visit,
    /// What was typed.
    pub fields: Fields,
    /// Whether it came over TLS.
    pub secured: bool,
}

/// Why a handler ends early.
#[derive(Debug)]
pub enum Stop {
    /// Something is wrong.
    Problem(Problem),
    /// Somebody must sign in first, and then comes back to this path.
    SignIn(String),
    /// In a demo, the pages of the persona's own community are the place for this: a whole address.
    Elsewhere(String),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl IntoResponse for Stop {
    fn into_response(self) -> Response {
        match self {
            Self::Problem(problem) => problem.into_response(),
            Self::SignIn(back) => see_other(&format!("/sign-in?back={}", percent(&back))),
            Self::Elsewhere(address) => match HeaderValue::try_from(address) {
                Ok(location) => (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response(),
                Err(_) => see_other("/"),
            },
        }
    }
}

/// Goes on to another page of this computer after a post.
pub fn see_other(path: &str) -> Response {
    let location = HeaderValue::try_from(local_path(path)).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

/// Writes a text as one value of an address.
pub fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'/');
    let mut out = String::new();
    for byte in text.bytes() {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&hex(&[byte]).to_uppercase());
        }
    }
    out
}

/// Random bytes of the operating system.
///
/// # Errors
/// A [`Problem`] where the system has none; nothing may be served then.
pub fn random<const N: usize>() -> Result<[u8; N], Problem> {
    let mut bytes = [0; N];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(_) => Err(Problem::new(Kind::Internal)),
    }
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The name of a cookie of this computer: with the browser's strictest prefix under TLS, plain on loopback.
pub fn cookie_name(purpose: &str, node: NodeId, secured: bool) -> String {
    let prefix = if secured { "__Host-" } else { "" };
    format!("{prefix}koinon-{purpose}-{}", node.short())
}

/// A line that sets a cookie; an empty value takes it away. Without `max_age_s` it ends with the browser.
pub fn set_cookie(name: &str, value: &str, secured: bool, max_age_s: Option<u64>) -> Option<HeaderValue> {
    let safety = if secured { "; Secure; SameSite=Strict" } else { "; SameSite=Lax" };
    let age = max_age_s.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    HeaderValue::try_from(format!("{name}={value}; Path=/; HttpOnly{safety}{age}")).ok()
}

/// Whether a request came over TLS.
pub fn is_secured(extensions: &Extensions) -> bool {
    extensions.get::<Secured>().is_some()
}

const fn greeting_name(secured: bool) -> &'static str {
    if secured { "__Host-koinon-hello" } else { "koinon-hello" }
}

/// Gives each browser a random text of its own; a layer around the whole router. Applying it twice does no harm.
pub async fn greet(mut request: Request, next: Next) -> Response {
    if request.extensions().get::<Greeting>().is_some() {
        return next.run(request).await;
    }
    let secured = is_secured(request.extensions());
    let name = greeting_name(secured);
    let known = cookie(request.headers(), name)
        .filter(|text| text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit()))
        .map(str::to_owned);
    if let Some(known) = known {
        request.extensions_mut().insert(Greeting(known));
        return next.run(request).await;
    }
    let fresh = match random::<16>() {
        Ok(bytes) => hex(&bytes),
        Err(problem) => return problem.into_response(),
    };
    request.extensions_mut().insert(Greeting(fresh.clone()));
    let mut response = next.run(request).await;
    let html =
        response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if html && let Some(line) = set_cookie(name, &fresh, secured, None) {
        response.headers_mut().append(SET_COOKIE, line);
    }
    response
}

/// What is wrong with the computer itself, in words for everyone who opens a page.
fn alarms(app: &App, ui: &Ui) -> Vec<String> {
    let node = &app.node;
    let damage = node.damage().map(|_| t!(ui, "alarm-damage"));
    let closed = match (node.poisoned(), node.disk_is_low()) {
        (Some(_), _) => Some(t!(ui, "alarm-read-only")),
        (None, Some(_)) => Some(t!(ui, "alarm-disk")),
        (None, None) => None,
    };
    let clock = node.clock_behind().map(|(_, newest)| {
        let day = |at: Timestamp| ui.date(at.day(&ui.zone));
        t!(ui, "alarm-clock", today = day(ui.now), newest = day(newest))
    });
    let hands = in_other_hands(node, ui);
    let lied = crate::first_view::alarm(app, ui);
    let of_computer = damage.into_iter().chain(hands).chain(closed).chain(clock);
    of_computer.chain(lied).chain(certificate_words(node, ui)).collect()
}

/// Whose computer is said to be in other hands, and what to do.
fn in_other_hands(node: &Node, ui: &Ui) -> Vec<String> {
    let suspended = node.suspended();
    if suspended.is_empty() {
        return Vec::new();
    }
    node.read(|book| {
        let named = |code: &CommunityCode| say::community(book, code);
        let words = |said: &koinon_node::Suspended| {
            let by = said.by.iter().map(|(by, _)| named(by)).collect::<Vec<_>>().join(", ");
            let whose = said.community.as_ref().map_or_else(|| said.node.short(), named);
            if said.node == node.id() {
                t!(ui, "hands-this", by = by)
            } else if said.is_ours {
                t!(ui, "hands-ours", whose = whose, by = by)
            } else {
                t!(ui, "hands-theirs", whose = whose, by = by)
            }
        };
        suspended.iter().map(words).collect()
    })
}

/// What is said of a certificate whose end is near: nobody gets in afterwards.
fn certificate_words(node: &Node, ui: &Ui) -> Vec<String> {
    let Some(both) = node.certificates() else { return Vec::new() };
    let now = node.certificate_time();
    let near = |certificate: &Certificate| certificate.days_left(now) < ALARM_CERTIFICATE_DAYS;
    let date = |certificate: &Certificate| ui.date(certificate.ends.day(&ui.zone));
    if near(&both.authority) {
        vec![t!(ui, "alarm-authority", date = date(&both.authority))]
    } else if near(&both.certificate) {
        vec![t!(ui, "alarm-certificate", date = date(&both.certificate))]
    } else {
        Vec::new()
    }
}

/// The token of every form: bound to the computer and to the session or the greeting.
fn form_token(node: NodeId, secret: &str) -> FormToken {
    if secret.is_empty() {
        return FormToken::new("");
    }
    let mut bytes = node.0.to_vec();
    bytes.extend(secret.as_bytes());
    FormToken::new(Digest::of("koinon-web form token 1", &bytes).to_string())
}

/// As whom the person who runs this computer acts; as nobody on one that writes for no community.
fn at_the_machine(app: &App, parts: &Parts, now: Timestamp) -> Result<Option<Actor>, Problem> {
    let named = parts.headers.get(AS_HEADER).and_then(|value| value.to_str().ok());
    match app.node.read_own(|book| person((&app.node, book), named, now)) {
        Ok(person) => Ok(Some(Actor::Person(person))),
        Err(NoPerson::NoCommunity) => Ok(None),
        Err(fault) => {
            Err(Problem::new(Kind::Unprocessable).detail(fault.to_string()).fault(AS_HEADER, fault.remedy()))
        }
    }
}

impl Visit {
    /// Reads the visitor of a request.
    ///
    /// # Errors
    /// A [`Problem`] when the system gives no randomness.
    pub fn read(app: &App, parts: &Parts) -> Result<Self, Problem> {
        let now = app.node.clock().now();
        let greeting = parts.extensions.get::<Greeting>().map_or("", |greeting| greeting.0.as_str());
        let session = crate::acts::sign_in::session_of(app, &parts.headers, is_secured(&parts.extensions));
        let persona = match &session {
            Some(_) => None,
            None => persona_of(app, &parts.headers),
        };
        let actor = match (&session, persona) {
            _ if LoopbackToken::is_shown(parts)? => at_the_machine(app, parts, now)?,
            (Some(session), _) => Some(Actor::Person(session.person)),
            (None, Some(persona)) => Some(Actor::Person(persona.person)),
            (None, None) => None,
        };
        // A file that cannot be read tells nothing here; the page of the person says so.
        let notices = session.as_ref().map(|session| app.node.accounts().notices(session.person));
        let told = matches!(notices, Some(Ok(notices)) if !notices.is_empty());
        let own_device = session.as_ref().is_some_and(|session| !session.shared);
        let secret = session.map(|session| session.secret);
        let owner = actor.as_ref().and_then(Actor::subject).map(|person| {
            let bytes = [app.node.id().0.as_slice(), person.0.as_slice()].concat();
            Digest::of("koinon-web owner of kept entries 1", &bytes).to_string().chars().take(32).collect()
        });
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        // Who may see what is never taken from what a neighbour shows.
        let (visitor, zone, place) = app.node.read_own(|book| {
            let name = match (persona, actor.as_ref().and_then(Actor::subject)) {
                (Some(persona), _) => Some(persona.name.clone()),
                (None, Some(person)) => {
                    Some(app.node.personal().name(book, person).unwrap_or_else(|| person.short()))
                }
                (None, None) => None,
            };
            let viewer =
                actor.as_ref().map_or_else(Viewer::nobody, |who| Viewer::of(book.grants(), who, now));
            (Visitor { actor, viewer, name }, book.zone(), place_name(book))
        });
        let prefs = Prefs::read(&parts.headers);
        let token = form_token(app.node.id(), secret.as_deref().unwrap_or(greeting));
        let ui = Ui::new(prefs, path, now, zone, (token, random()?));
        let demo = app.demo.as_ref().map(|demo| {
            let here = persona.map_or(GUEST, |persona| persona.code.as_str());
            let names = demo
                .personas
                .iter()
                .map(|persona| (persona.code.clone(), persona_name(&ui, persona, &demo.places)));
            let guest = (GUEST.to_owned(), say::role(&ui, Role::Guest));
            Demo {
                day: demo.state.borrow().day_number,
                personas: names.chain(std::iter::once(guest)).collect(),
                persona: here.to_owned(),
            }
        });
        let is_guest = !visitor.viewer.is_member();
        let alarms = alarms(app, &ui);
        let person = visitor.name.clone();
        let sharing = app.node.read(|book| crate::views::sharing::sharing_notice(book, now));
        // Only who may sign is told that a signature is missing.
        let signs = visitor.viewer.role().is_some_and(|role| role.may(Action::ShareData));
        let sharing = sharing.filter(|told| signs || !matches!(told, SharingNotice::Unsigned { .. }));
        let first_view = crate::first_view::words(app, &ui);
        let chrome =
            Chrome { place, person, owner, told, own_device, is_guest, alarms, sharing, first_view, demo };
        let base = base_of(parts);
        let home = persona.and_then(|persona| home_of(app, &persona.community, &base));
        Ok(Self { visitor, ui: ui.with_chrome(chrome), session: secret, base, home })
    }

    /// Who acts.
    ///
    /// # Errors
    /// [`Stop::SignIn`] for nobody.
    pub fn actor(&self) -> Result<&Actor, Stop> {
        self.visitor.actor.as_ref().ok_or_else(|| Stop::SignIn(self.ui.path.clone()))
    }

    /// The community for which this computer writes.
    ///
    /// # Errors
    /// A [`Problem`] on a safety copy, which writes for none; in a demo the way to the persona's own community.
    pub fn own(&self, book: &Book) -> Result<CommunityCode, Stop> {
        if let (None, Some(home)) = (book.own(), &self.home) {
            return Err(Stop::Elsewhere(format!("{home}{}", local_path(&self.ui.path))));
        }
        let none = || Problem::new(Kind::Conflict).detail(t!(self.ui, "acts-no-community"));
        book.own().cloned().ok_or_else(|| none().into())
    }

    /// Asks whether the visitor may do something here and now.
    ///
    /// # Errors
    /// [`Stop::SignIn`] for nobody; a [`Problem`] in the reader's words where a person may not.
    pub fn permit(&self, book: &Book, action: Action, resource: &Resource) -> Result<Permit, Stop> {
        let denied = |denied| Problem::new(Kind::Forbidden).detail(say::denied(&self.ui, book, &denied));
        authorize(book.grants(), self.actor()?, action, resource, self.ui.now).map_err(|d| denied(d).into())
    }

    /// Whether the visitor may do something, without a reason.
    pub fn may(&self, book: &Book, action: Action, resource: &Resource) -> bool {
        let who = self.visitor.actor.as_ref();
        who.is_some_and(|who| authorize(book.grants(), who, action, resource, self.ui.now).is_ok())
    }
}

impl Posted {
    /// The id of the act: the form's own, so that a double tap is done once.
    ///
    /// # Errors
    /// A [`Problem`] when the form carries none.
    pub fn act(&self) -> Result<EntryId, Problem> {
        let act = self.fields.text(crate::forms::ACT_FIELD).parse();
        act.map_err(|_| Problem::new(Kind::BadRequest).detail(t!(self.visit.ui, "acts-stale-form")))
    }

    /// Whether the sender answered the questions of an earlier try with yes.
    pub fn confirmed(&self) -> bool {
        self.fields.text("confirmed") == "yes"
    }

    /// When the sender says that it happened: a day given in `day`, else now. A day before today counts at noon.
    pub fn occurred(&self, day: Option<koinon_core::Day>) -> Timestamp {
        let ui = &self.visit.ui;
        match day.filter(|day| *day != ui.now.day(&ui.zone)) {
            Some(day) => day.start(&ui.zone).plus_millis(Timestamp::DAY_MS / 2),
            None => ui.now,
        }
    }
}

impl FromRequestParts<App> for Visit {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Self::read(app, parts)
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Ok(Visit::read(app, parts)?.visitor)
    }
}

impl FromRequestParts<App> for Ui {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Ok(Visit::read(app, parts)?.ui)
    }
}

impl FromRequest<App> for Posted {
    type Rejection = Problem;
    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let visit = Visit::read(app, &parts)?;
        let secured = is_secured(&parts.extensions);
        if !secured && app.demo.is_none() && is_from_afar(&parts.extensions) {
            return Err(Problem::new(Kind::Forbidden).detail(t!(visit.ui, "acts-needs-tls")));
        }
        let request = Request::from_parts(parts, body);
        let unreadable = |status: StatusCode| {
            let kind =
                if status == StatusCode::PAYLOAD_TOO_LARGE { Kind::TooLarge } else { Kind::BadRequest };
            Problem::new(kind)
        };
        let form = Form::<Vec<(String, String)>>::from_request(request, app).await;
        let Form(pairs) = form.map_err(|rejection| unreadable(rejection.status()))?;
        let fields = Fields::new(pairs);
        check_token(&visit, fields.text(crate::forms::TOKEN_FIELD))?;
        Ok(Self { visit, fields, secured })
    }
}

/// Whether a request came from another machine; one without an address came from here.
fn is_from_afar(extensions: &Extensions) -> bool {
    extensions.get::<ConnectInfo<SocketAddr>>().is_some_and(|info| !info.0.ip().to_canonical().is_loopback())
}

/// Refuses a form whose token is not this browser's.
///
/// # Errors
/// A [`Problem`] that asks to open the page again.
pub fn check_token(visit: &Visit, posted: &str) -> Result<(), Problem> {
    if visit.ui.token().matches(posted) {
        Ok(())
    } else {
        Err(Problem::new(Kind::Forbidden).detail(t!(visit.ui, "acts-stale-form")))
    }
}

/// Scheme and host of a request; empty where the host is no plain one.
fn base_of(parts: &Parts) -> String {
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("");
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']');
    if host.is_empty() || host.len() > 255 || !host.bytes().all(plain) {
        return String::new();
    }
    let scheme = if is_secured(&parts.extensions) { "https" } else { "http" };
    format!("{scheme}://{host}")
}

fn place_name(book: &Book) -> Option<String> {
    let region = book.region();
    let own = book.own().map(|own| region.community(own).map_or(own.as_str(), |known| known.name.as_str()));
    own.or(Some(region.name.as_str())).filter(|name| !name.is_empty()).map(str::to_owned)
}

/// The persona of a demo's visitor: the cookie's, else the first of this computer's community, else the first of all.
fn persona_of<'a>(app: &'a App, headers: &HeaderMap) -> Option<&'a Persona> {
    let demo = app.demo.as_ref()?;
    let find = |code: &str| demo.personas.iter().find(|persona| persona.code == code);
    match cookie(headers, PERSONA_COOKIE) {
        Some(GUEST) => None,
        Some(code) if find(code).is_some() => find(code),
        _ => {
            let own = app.node.read(|book| book.own().cloned());
            let at_home = demo.personas.iter().find(|persona| Some(&persona.community) == own.as_ref());
            at_home.or_else(|| demo.personas.first())
        }
    }
}

/// In a demo: where a community's own pages are, at the host by which the visitor came, so that one cookie serves all;
/// `None` where they are here.
pub(crate) fn home_of(app: &App, community: &CommunityCode, base: &str) -> Option<String> {
    let demo = app.demo.as_ref()?;
    if app.node.read(|book| book.own() == Some(community)) {
        return None;
    }
    let (_, _, address) = demo.places.iter().find(|(code, _, _)| code == community)?;
    let address = address.trim_end_matches('/');
    let port = address.rsplit(':').next()?;
    let host = base.rsplit_once(':').filter(|(host, _)| host.len() > "https:".len());
    Some(host.map_or_else(|| address.to_owned(), |(host, _)| format!("{host}:{port}")))
}

/// Leads to another community's pages. Our forms may end on this computer only, so the browser goes on from a page.
fn go_to(ui: &Ui, address: &str) -> Response {
    let link = crate::components::link_button(&format!("{address}/"), &t!(ui, "demo-go"), true);
    let page = crate::layout::Page::new(ui, t!(ui, "demo-going")).narrow().body(link);
    let mut response = page.into_response();
    if let Ok(value) = HeaderValue::try_from(format!("0; url={address}/")) {
        response.headers_mut().insert("refresh", value);
    }
    response
}

/// A persona with its task and the name of its community.
fn persona_name(ui: &Ui, persona: &Persona, places: &[(CommunityCode, String, String)]) -> String {
    let place = places.iter().find(|(code, ..)| *code == persona.community).map(|(_, name, _)| name.as_str());
    let place = place.unwrap_or(persona.community.as_str());
    let role = Role::ALL.into_iter().find(|role| persona.role == format!("role-{}", role.code()));
    let role = role.map(|role| say::role(ui, role)).unwrap_or_default();
    t!(ui, "persona-name", name = persona.name.as_str(), role = role, place = place)
}

/// Serves `POST /demo/persona`: sees the demo as another person. There is nothing at this address on a real computer.
pub async fn choose_persona(State(app): State<App>, posted: Posted) -> Result<Response, Stop> {
    let demo = app.demo.as_ref().ok_or_else(|| Problem::new(Kind::NotFound))?;
    let wanted = posted.fields.text("persona");
    if wanted != GUEST && !demo.personas.iter().any(|persona| persona.code == wanted) {
        return Err(Problem::new(Kind::NotFound).into());
    }
    let own = app.node.read(|book| book.own().cloned());
    let at_home = |persona: &&Persona| persona.code == wanted && Some(&persona.community) != own.as_ref();
    let away = demo.personas.iter().find(at_home);
    let away = away.and_then(|persona| home_of(&app, &persona.community, &posted.visit.base));
    let mut response = match away {
        Some(address) => go_to(&posted.visit.ui, &address),
        None => see_other(posted.fields.text("back")),
    };
    // The same for every port of the demo, so that one choice holds in all its communities.
    if let Some(line) = set_cookie(PERSONA_COOKIE, wanted, false, None) {
        response.headers_mut().append(SET_COOKIE, line);
    }
    Ok(response)
}
