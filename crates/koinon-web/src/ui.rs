//! What a page knows about the request it answers: language, theme, time, and how to seal a form.
//!
//! Language and theme are plain cookies that the server reads before it writes a byte, so no page flashes; they are
//! changed by plain form posts. This room knows no session and reads no clock: both are handed to [`Ui::new`].

use std::convert::Infallible;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Form;
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use jiff::tz::TimeZone;
use koinon_core::{Day, EntryId, Quantity, Timestamp};

use crate::i18n::{Lang, Speak};
use crate::views::SharingNotice;

/// The cookie that keeps the language.
const LANG_COOKIE: &str = "koinon_lang";
/// The cookie that keeps the theme.
const THEME_COOKIE: &str = "koinon_theme";

/// Light, dark, or as the device says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the device says.
    #[default]
    Auto,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// Every theme, in the order of the menu.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// The word in the cookie and in `data-theme`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.code() == code)
    }
}

/// A reader's choices, read from the request; never refuses one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Prefs {
    /// The language: the cookie's, else the browser's, else English.
    pub lang: Lang,
    /// The theme: the cookie's, else the device's.
    pub theme: Theme,
}

impl Prefs {
    /// Reads the choices from a request's headers.
    pub fn read(headers: &HeaderMap) -> Self {
        let asked = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let lang = cookie(headers, LANG_COOKIE)
            .and_then(Lang::from_code)
            .or_else(|| asked.and_then(Lang::negotiate))
            .unwrap_or_default();
        let theme = cookie(headers, THEME_COOKIE).and_then(Theme::from_code).unwrap_or_default();
        Self { lang, theme }
    }
}

impl<S: Sync> FromRequestParts<S> for Prefs {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::read(&parts.headers))
    }
}

/// Finds a cookie's value in a request's headers.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}

/// The secret that each form of a session carries and each post must give back.
#[derive(Clone, PartialEq, Eq)]
pub struct FormToken(String);

impl FormToken {
    /// Takes the token's text: letters and digits, unguessable, bound to the session by its maker.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for a hidden field.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a posted text is this token; takes the same time wherever they differ.
    pub fn matches(&self, posted: &str) -> bool {
        let differ = self.0.bytes().zip(posted.bytes()).fold(0u8, |sum, (a, b)| sum | (a ^ b));
        differ == 0 && self.0.len() == posted.len() && !self.0.is_empty()
    }
}

impl std::fmt::Debug for FormToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FormToken(…)")
    }
}

/// The demo's strip above each page; a real node has none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Demo {
    /// The simulated day, counted from 1.
    pub day: i64,
    /// Who the visitor may look through: code and localised name; empty shows no switch.
    pub personas: Vec<(String, String)>,
    /// The code of the present one.
    pub persona: String,
}

/// What stands in the frame around every page of this node.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chrome {
    /// The community's name, under the word koinon.
    pub place: Option<String>,
    /// The signed-in person's shown name; `None` shows the way to sign in.
    pub person: Option<String>,
    /// A mark of who acts, under which this device keeps entries that cannot be sent; `None` for nobody.
    pub owner: Option<String>,
    /// Whether others did something with the person's sign-in that was not read yet.
    pub told: bool,
    /// Whether this device is the person's own, so that it may keep pages.
    pub own_device: bool,
    /// Whether the reader is shown no amounts, so that a missing one is said to be hidden.
    pub is_guest: bool,
    /// What is wrong with this computer itself and must not be overlooked, each in one sentence.
    pub alarms: Vec<String>,
    /// What must not be overlooked of what is shared.
    pub sharing: Option<SharingNotice>,
    /// That a neighbour's first view is shown, or on its way, in one sentence.
    pub first_view: Option<String>,
    /// The demo's strip.
    pub demo: Option<Demo>,
}

/// Everything a page asks about the request it answers; one per request.
#[derive(Debug)]
pub struct Ui {
    /// Language and theme.
    pub prefs: Prefs,
    /// The path and query of this page, for links that come back to it.
    pub path: String,
    /// Civil time when the request arrived.
    pub now: Timestamp,
    /// The region's time zone.
    pub zone: TimeZone,
    /// The frame's own words.
    pub chrome: Chrome,
    token: FormToken,
    seed: [u8; 16],
    acts: AtomicU32,
}

impl Ui {
    /// Gathers what a page asks about its request.
    ///
    /// `seed` is 16 fresh random bytes per request; the ids of its forms are derived from it.
    pub fn new(
        prefs: Prefs,
        path: impl Into<String>,
        now: Timestamp,
        zone: TimeZone,
        seal: (FormToken, [u8; 16]),
    ) -> Self {
        let (token, seed) = seal;
        Self {
            prefs,
            path: path.into(),
            now,
            zone,
            chrome: Chrome::default(),
            token,
            seed,
            acts: AtomicU32::new(0),
        }
    }

    /// Sets the words of the frame.
    pub fn with_chrome(mut self, chrome: Chrome) -> Self {
        self.chrome = chrome;
        self
    }

    /// A fresh id for one act: a form sent twice carries the same one and is done once.
    pub fn act(&self) -> EntryId {
        let count = self.acts.fetch_add(1, Ordering::Relaxed);
        let mut bytes = self.seed.to_vec();
        bytes.extend(count.to_be_bytes());
        EntryId::derived("koinon-web act", &bytes)
    }

    /// The session's form token.
    pub fn token(&self) -> &FormToken {
        &self.token
    }

    /// A whole number in the reader's writing.
    pub fn number(&self, number: i64) -> String {
        self.lang().number(number)
    }

    /// An exact amount in the reader's writing.
    pub fn quantity(&self, quantity: Quantity) -> String {
        self.lang().quantity(quantity)
    }

    /// A day in the reader's writing.
    pub fn date(&self, day: Day) -> String {
        self.lang().date(day)
    }

    /// A time of day in the reader's writing and the region's zone.
    pub fn time(&self, at: Timestamp) -> String {
        self.lang().time(at, &self.zone)
    }
}

impl Speak for Ui {
    fn lang(&self) -> Lang {
        self.prefs.lang
    }
}

/// What the settings form posts; a field that is missing or unknown changes nothing.
#[derive(Debug, serde::Deserialize)]
struct Settings {
    #[serde(default)]
    lang: String,
    #[serde(default)]
    theme: String,
    #[serde(default)]
    back: String,
}

/// Serves `POST /settings`: keeps language and theme in cookies for a year and goes back to the page.
pub fn settings_router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/settings", post(keep_settings))
}

async fn keep_settings(Form(form): Form<Settings>) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    let chosen = [
        (LANG_COOKIE, Lang::from_code(&form.lang).map(Lang::code)),
        (THEME_COOKIE, Theme::from_code(&form.theme).map(Theme::code)),
    ];
    for (name, value) in chosen {
        let line = value.map(|v| format!("{name}={v}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly"));
        if let Some(Ok(line)) = line.map(HeaderValue::try_from) {
            headers.append(SET_COOKIE, line);
        }
    }
    let back = HeaderValue::try_from(local_path(&form.back)).unwrap_or(HeaderValue::from_static("/"));
    headers.insert(LOCATION, back);
    response
}

/// A path on this node, or `/` for anything that a browser could take for another place.
pub fn local_path(text: &str) -> &str {
    let local = text.starts_with('/')
        && !text.starts_with("//")
        && text.len() <= 2_000
        && text.bytes().all(|b| (0x21..0x7f).contains(&b) && b != b'\\');
    if local { text } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt as _;

    #[test]
    fn choices_come_from_cookies_first() {
        let read = |lines: &[(&str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                headers.append(axum::http::HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
            }
            Prefs::read(&headers)
        };
        assert_eq!(read(&[]), Prefs::default());
        assert_eq!(read(&[("accept-language", "ar")]).lang, Lang::Ar);
        let both = read(&[("accept-language", "ar"), ("cookie", "a=b; koinon_lang=es; koinon_theme=dark")]);
        assert_eq!(both, Prefs { lang: Lang::Es, theme: Theme::Dark });
        assert_eq!(read(&[("cookie", "koinon_lang=klingon;;=;koinon_theme")]), Prefs::default());
    }

    #[test]
    fn only_a_path_on_this_node_is_gone_back_to() {
        for good in ["/", "/stock?item=wheat", "/a/b#c"] {
            assert_eq!(local_path(good), good);
        }
        for bad in ["", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nb", "/ü", "stock"]
        {
            assert_eq!(local_path(bad), "/", "{bad:?}");
        }
    }

    #[test]
    fn each_act_has_its_own_id_and_each_request_its_own_ids() {
        let ui = |seed| {
            let seal = (FormToken::new("secret"), [seed; 16]);
            Ui::new(Prefs::default(), "/", Timestamp::default(), TimeZone::UTC, seal)
        };
        let (one, two) = (ui(1), ui(2));
        let ids = [one.act(), one.act(), two.act()];
        assert!(ids[0] != ids[1] && ids[0] != ids[2]);
        assert_eq!(ui(1).act(), ids[0]);
        assert!(one.token().matches("secret"));
        assert!(!one.token().matches("secre") && !one.token().matches("") && !FormToken::new("").matches(""));
    }

    #[tokio::test]
    async fn settings_are_kept_and_lead_back() {
        let request = Request::post("/settings")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from("lang=ar&theme=neon&back=%2Fstock"))
            .unwrap();
        let response = settings_router::<()>().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(response.headers()["location"], "/stock");
        let cookies: Vec<_> = response.headers().get_all("set-cookie").iter().collect();
        assert_eq!(cookies.len(), 1, "an unknown theme is no choice");
        assert!(cookies[0].to_str().unwrap().starts_with("koinon_lang=ar; Path=/"));
    }
}
