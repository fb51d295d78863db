//! The frame around every page: head, navigation, settings, the demo's strip, headline, foot.
//!
//! A page is a [`Page`] with a body. Nothing here needs script: the tab bar is the same list of links as the bar on top,
//! and language and theme are a plain form.

use axum::http::{HeaderName, HeaderValue};
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use crate::assets;
use crate::components::{Tone, notice};
use crate::i18n::{Lang, Speak as _};
use crate::icons::{Icon, icon, logo};
use crate::live::{self, Topic};
use crate::t;
use crate::ui::{Demo, Theme, Ui};

/// Marks an answer that its owner's device may keep.
const KEEP: HeaderName = HeaderName::from_static("koinon-keep");

/// The main parts, in the order of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// The region as a whole; the first page.
    Region,
    /// What we hold.
    Stock,
    /// Counting and receiving, made for a phone.
    Count,
    /// What is needed and offered.
    Needs,
    /// What is on its way.
    Transfers,
}

impl Section {
    /// Every part.
    pub const ALL: [Self; 5] = [Self::Region, Self::Stock, Self::Count, Self::Needs, Self::Transfers];

    /// The address of its first page.
    pub const fn href(self) -> &'static str {
        match self {
            Self::Region => "/",
            Self::Stock => "/stock",
            Self::Count => "/count",
            Self::Needs => "/needs",
            Self::Transfers => "/transfers",
        }
    }

    fn name(self, ui: &Ui) -> String {
        match self {
            Self::Region => t!(ui, "nav-region"),
            Self::Stock => t!(ui, "nav-stock"),
            Self::Count => t!(ui, "nav-count"),
            Self::Needs => t!(ui, "nav-needs"),
            Self::Transfers => t!(ui, "nav-transfers"),
        }
    }

    const fn icon(self) -> Icon {
        match self {
            Self::Region => Icon::Region,
            Self::Stock => Icon::Stock,
            Self::Count => Icon::Count,
            Self::Needs => Icon::Needs,
            Self::Transfers => Icon::Transfers,
        }
    }
}

/// A whole page.
///
/// ```
/// # use koinon_web::{layout::{Page, Section}, ui::{FormToken, Prefs, Ui}};
/// # let seal = (FormToken::new("t"), [0; 16]);
/// # let ui = Ui::new(Prefs::default(), "/stock", koinon_core::Timestamp::default(), jiff::tz::TimeZone::UTC, seal);
/// let page = Page::new(&ui, "Stock").section(Section::Stock).lead("Counted today.").body(maud::html! { p { "Wheat" } });
/// assert!(page.render().into_string().contains("<h1>Stock</h1>"));
/// ```
#[derive(Debug)]
pub struct Page<'a> {
    ui: &'a Ui,
    title: String,
    headline: Option<String>,
    lead: Option<String>,
    section: Option<Section>,
    crumbs: Vec<(String, String)>,
    notices: Vec<Markup>,
    topics: Vec<Topic>,
    narrow: bool,
    kept: bool,
    body: Markup,
}

impl<'a> Page<'a> {
    /// A page with its title, which is also its headline unless one is set.
    pub fn new(ui: &'a Ui, title: impl Into<String>) -> Self {
        Self {
            ui,
            title: title.into(),
            headline: None,
            lead: None,
            section: None,
            crumbs: Vec::new(),
            notices: Vec::new(),
            topics: Vec::new(),
            narrow: false,
            kept: false,
            body: html! {},
        }
    }

    /// The one true sentence at the head of the page.
    pub fn headline(mut self, sentence: impl Into<String>) -> Self {
        self.headline = Some(sentence.into());
        self
    }

    /// The line under the headline.
    pub fn lead(mut self, sentence: impl Into<String>) -> Self {
        self.lead = Some(sentence.into());
        self
    }

    /// The part to which the page belongs; marked in the navigation.
    pub fn section(mut self, section: Section) -> Self {
        self.section = Some(section);
        self
    }

    /// The way here, without this page: address and name.
    pub fn crumb(mut self, href: impl Into<String>, name: impl Into<String>) -> Self {
        self.crumbs.push((href.into(), name.into()));
        self
    }

    /// A notice above everything else, see [`notice`].
    pub fn notice(mut self, notice: Markup) -> Self {
        self.notices.push(notice);
        self
    }

    /// Connects the page to the node's stream of changes; its [`region`](crate::live::region)s then update themselves.
    pub fn live(mut self, topics: &[Topic]) -> Self {
        self.topics = topics.to_vec();
        self
    }

    /// Keeps the page narrow, for forms and reading.
    pub fn narrow(mut self) -> Self {
        self.narrow = true;
        self
    }

    /// Lets the person's own device keep the page, to open it again without a line; a shared device keeps none.
    pub fn kept(mut self) -> Self {
        self.kept = self.ui.chrome.own_device && self.ui.chrome.owner.is_some();
        self
    }

    /// The body.
    pub fn body(mut self, body: Markup) -> Self {
        self.body = body;
        self
    }

    /// The whole document.
    pub fn render(&self) -> Markup {
        let (ui, lang) = (self.ui, self.ui.lang());
        let theme = (ui.prefs.theme != Theme::Auto).then(|| ui.prefs.theme.code());
        html! {
            (DOCTYPE)
            html lang=(lang.code()) dir=(lang.dir()) data-theme=[theme] {
                (self.head())
                body {
                    a.skip href="#content" { (t!(ui, "skip-to-content")) }
                    @if let Some(demo) = &ui.chrome.demo { (demo_strip(ui, demo)) }
                    (self.top())
                    main #content tabindex="-1" class=[self.narrow.then_some("narrow")] {
                        (alarms(ui))
                        (first_view(ui))
                        (sharing(ui))
                        @if !self.notices.is_empty() { div.notices { @for notice in &self.notices { (notice) } } }
                        @if ui.chrome.told && ui.path != "/me" { (told(ui)) }
                        (waiting(ui))
                        @if self.kept { (kept(ui)) }
                        (live::connected(&self.topics, &html! {
                            div.head {
                                (self.crumb_list())
                                h1 { (self.headline.as_ref().unwrap_or(&self.title)) }
                                @if let Some(lead) = &self.lead { p.lead { (lead) } }
                            }
                            (self.body)
                        }))
                    }
                    (foot(ui))
                }
            }
        }
    }

    fn head(&self) -> Markup {
        html! {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                title { (self.title) " · koinon" }
                meta name="htmx-config" content=(live::HTMX_SETTINGS);
                link rel="stylesheet" href=(assets::url("koinon.css"));
                script src=(assets::url("koinon.js")) defer {}
                link rel="icon" type="image/svg+xml" href="/favicon.svg";
                link rel="manifest" href="/koinon.webmanifest";
            }
        }
    }

    fn top(&self) -> Markup {
        let ui = self.ui;
        html! {
            header.top {
                div.top-row {
                    a.brand href="/" {
                        (logo())
                        span { "koinon" @if let Some(place) = &ui.chrome.place { span.place { (place) } } }
                    }
                    nav.sections aria-label=(t!(ui, "nav-main")) {
                        @for section in Section::ALL {
                            a href=(section.href()) aria-current=[(self.section == Some(section)).then_some("page")] {
                                (icon(section.icon())) span { (section.name(ui)) }
                            }
                        }
                    }
                    (preferences(ui))
                    @match &ui.chrome.person {
                        Some(person) => a.who href="/me" { (icon(Icon::Person)) span { (person) } },
                        None => a.who href="/sign-in" { (icon(Icon::Person)) span { (t!(ui, "sign-in")) } },
                    }
                }
            }
        }
    }

    fn crumb_list(&self) -> Markup {
        html! {
            @if !self.crumbs.is_empty() {
                nav aria-label=(t!(self.ui, "nav-crumbs")) {
                    ol.crumbs { @for (href, name) in &self.crumbs { li { a href=(href) { (name) } } } }
                }
            }
        }
    }
}

impl IntoResponse for Page<'_> {
    fn into_response(self) -> Response {
        let mut response = Html(self.render().into_string()).into_response();
        let owner = self.ui.chrome.owner.as_ref().filter(|_| self.kept);
        if let Some(owner) = owner.and_then(|owner| HeaderValue::from_str(owner).ok()) {
            response.headers_mut().insert(KEEP, owner);
        }
        response
    }
}

/// What is wrong with this computer itself, on every page until it is mended.
fn alarms(ui: &Ui) -> Markup {
    html! {
        @if !ui.chrome.alarms.is_empty() {
            div.notices {
                @for alarm in &ui.chrome.alarms {
                    (notice(ui, Tone::Bad, &html! { (alarm) }))
                }
            }
        }
    }
}

/// That what the page shows is a neighbour's word so far, on every page until the own entries have come.
fn first_view(ui: &Ui) -> Markup {
    html! {
        @if let Some(words) = &ui.chrome.first_view {
            div.notices { (notice(ui, Tone::Watch, &html! { (words) })) }
        }
    }
}

/// What must not be overlooked of what is shared, on every page until it is settled.
fn sharing(ui: &Ui) -> Markup {
    html! {
        @if let Some(told) = &ui.chrome.sharing {
            @let (tone, words) = crate::pages::sharing::told(ui, told);
            div.notices {
                (notice(ui, tone, &html! { (words) " " a href="/agreement" { (t!(ui, "sharing-look")) } }))
            }
        }
    }
}

/// Tells a person that others did something with their sign-in.
fn told(ui: &Ui) -> Markup {
    html! {
        div.notices {
            div.notice.notice-watch role="status" {
                (icon(Icon::Warning))
                div { (t!(ui, "told-bar")) " " a href="/me" { (t!(ui, "told-look")) } }
            }
        }
    }
}

/// What waits on this device to be sent; shown by script when there is something.
fn waiting(ui: &Ui) -> Markup {
    let line = |words: &str| html! { span { (words) " " strong data-waiting-count="" {} } };
    let owner = ui.chrome.owner.as_deref();
    html! {
        div.notices data-waiting="" data-queue-script=(assets::url("queue.js")) data-owner=[owner] data-token=[owner.map(|_| ui.token().as_str())] hidden {
            div.notice.notice-watch role="status" {
                (icon(Icon::Clock))
                div {
                    p data-waiting-own="" hidden { (line(&t!(ui, "waiting-to-send"))) " " a href="/waiting" { (t!(ui, "waiting-look")) } }
                    p data-waiting-refused="" hidden { (line(&t!(ui, "waiting-refused"))) " " a href="/waiting" { (t!(ui, "waiting-look")) } }
                    p data-waiting-others="" hidden { (line(&t!(ui, "waiting-others"))) }
                    p data-waiting-nobody="" hidden { (line(&t!(ui, "waiting-to-send"))) " " a href="/sign-in" { (t!(ui, "waiting-sign-in")) } }
                }
            }
        }
    }
}

/// Says that this is a page that the device kept, and of when; the device itself unveils it.
fn kept(ui: &Ui) -> Markup {
    html! {
        div.notices data-kept="" hidden data-made=(ui.now.as_millis()) {
            div.notice.notice-watch role="status" {
                (icon(Icon::Clock))
                div { (t!(ui, "kept-page", date = ui.date(ui.now.day(&ui.zone)), time = ui.time(ui.now))) " " span data-kept-age="" {} }
            }
        }
    }
}

fn preferences(ui: &Ui) -> Markup {
    html! {
        details.prefs {
            summary {
                (icon(Icon::Language)) span.language { (ui.lang().own_name()) }
                span.hidden { ": " (t!(ui, "language")) ", " (t!(ui, "theme")) }
            }
            form method="post" action="/settings" data-auto="" {
                input type="hidden" name="back" value=(ui.path);
                div.field {
                    label for="settings-lang" { (t!(ui, "language")) }
                    select #settings-lang name="lang" {
                        @for lang in Lang::ALL {
                            option value=(lang.code()) lang=(lang.code()) selected[lang == ui.prefs.lang] {
                                (lang.own_name())
                            }
                        }
                    }
                }
                div.field {
                    label for="settings-theme" { (t!(ui, "theme")) }
                    select #settings-theme name="theme" {
                        @for theme in Theme::ALL {
                            option value=(theme.code()) selected[theme == ui.prefs.theme] { (theme_name(ui, theme)) }
                        }
                    }
                }
                button.button.no-script { (t!(ui, "settings-apply")) }
            }
        }
    }
}

fn theme_name(ui: &Ui, theme: Theme) -> String {
    match theme {
        Theme::Auto => t!(ui, "theme-auto"),
        Theme::Light => t!(ui, "theme-light"),
        Theme::Dark => t!(ui, "theme-dark"),
    }
}

fn demo_strip(ui: &Ui, demo: &Demo) -> Markup {
    html! {
        aside.demo aria-label=(t!(ui, "demo-label")) {
            div.top-row {
                p { strong { (t!(ui, "demo-day", n = demo.day)) } " · " (t!(ui, "demo-banner")) " "
                    a href="/demo" { (t!(ui, "demo-panel-link")) } }
                @if !demo.personas.is_empty() {
                    form method="post" action="/demo/persona" data-auto="" {
                        (crate::forms::seal(ui))
                        input type="hidden" name="back" value=(ui.path);
                        label for="persona" { (t!(ui, "demo-see-as")) }
                        select #persona name="persona" {
                            @for (code, name) in &demo.personas {
                                option value=(code) selected[*code == demo.persona] { (name) }
                            }
                        }
                        button.button.no-script { (t!(ui, "demo-switch")) }
                    }
                }
            }
        }
    }
}

fn foot(ui: &Ui) -> Markup {
    html! {
        footer.foot {
            div.top-row {
                p { (t!(ui, "foot-promise")) }
                nav aria-label=(t!(ui, "nav-more")) {
                    a href="/checks" { (t!(ui, "nav-checks")) }
                    a href="/teams" { (t!(ui, "teams-title")) }
                    a href="/services" { (t!(ui, "services-title")) }
                    a href="/touch" { (t!(ui, "nav-touch")) }
                    a href="/copies" { (t!(ui, "copies-title")) }
                    a href="/agreement" { (t!(ui, "nav-agreement")) }
                    a href="/operator" { (t!(ui, "nav-operator")) }
                }
            }
        }
    }
}
