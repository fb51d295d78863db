//! The parts that pages are made of: cards, tiles, statuses, tables, steps, notices and pictures with their tables.
//!
//! Every part takes words that are already in the reader's language. None writes a style, a script or an htmx attribute;
//! `assets/koinon.css` dresses the classes, [`crate::live`] makes things live, [`crate::forms`] holds what people fill in.

use koinon_chart::Chart;
use koinon_core::Timestamp;
use maud::{Markup, PreEscaped, Render, html};

pub use koinon_chart::Status;

use crate::i18n::Speak as _;
use crate::icons::{Icon, icon};
use crate::t;
use crate::ui::Ui;

/// A card with a heading.
pub fn card(heading: &str, body: &Markup) -> Markup {
    html! { section.card { h2 { (heading) } (body) } }
}

/// A card with a heading and something small at its far end: an age, a status, a link.
pub fn card_with(heading: &str, aside: &Markup, body: &Markup) -> Markup {
    html! { section.card { div.card-head { h2 { (heading) } (aside) } (body) } }
}

/// The one decision addressed to the reader: a sentence, its reasons, its buttons.
pub fn decision(sentence: &str, reasons: &Markup, actions: &Markup) -> Markup {
    html! { section.card.decision { h2 { (sentence) } (reasons) div.actions { (actions) } } }
}

/// Parts under one another.
pub fn stack(parts: &[Markup]) -> Markup {
    html! { div.stack { @for part in parts { (part) } } }
}

/// Two columns, one under the other on a narrow screen.
pub fn columns(start: &Markup, end: &Markup) -> Markup {
    html! { div.columns { div.stack { (start) } div.stack { (end) } } }
}

/// A wide column and a narrow one beside it.
pub fn columns_wide(wide: &Markup, narrow: &Markup) -> Markup {
    html! { div.columns.columns-wide { div.stack { (wide) } div.stack { (narrow) } } }
}

/// Tiles in a row that wraps.
pub fn tiles(tiles: impl IntoIterator<Item = Tile>) -> Markup {
    html! { div.tiles { @for tile in tiles { (tile) } } }
}

/// One figure with its name; perhaps a note, a little curve, a status, a page behind it.
#[derive(Debug, Default, Clone)]
pub struct Tile {
    label: String,
    value: String,
    note: Option<Markup>,
    curve: Option<String>,
    href: Option<String>,
}

impl Tile {
    /// A figure, already in the reader's writing, and what it is.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), ..Self::default() }
    }

    /// A small line under the figure: an age, a status, a source.
    pub fn note(mut self, note: Markup) -> Self {
        self.note = Some(note);
        self
    }

    /// A picture under the figure, usually a [`Sparkline`](koinon_chart::Sparkline).
    pub fn curve(mut self, chart: &impl Chart) -> Self {
        self.curve = Some(chart.svg());
        self
    }

    /// The page with the entries behind the figure.
    pub fn link(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }
}

impl Render for Tile {
    fn render(&self) -> Markup {
        let inner = html! {
            span.tile-label { (self.label) }
            span.tile-value { (self.value) }
            @if let Some(note) = &self.note { span.tile-note { (note) } }
            @if let Some(curve) = &self.curve { span.tile-spark { (PreEscaped(curve)) } }
        };
        if let Some(href) = &self.href {
            html! { a.tile href=(href) { (inner) } }
        } else {
            html! { div.tile { (inner) } }
        }
    }
}

/// The word for a status.
pub fn status_word(ui: &Ui, status: Status) -> String {
    match status {
        Status::Enough => t!(ui, "status-enough"),
        Status::Watch => t!(ui, "status-watch"),
        Status::Short => t!(ui, "status-short"),
        Status::Unheard => t!(ui, "status-unheard"),
    }
}

/// A status as mark, word and colour.
pub fn status(ui: &Ui, status: Status) -> Markup {
    let (class, mark) = match status {
        Status::Enough => ("status status-enough", r#"<path d="m3 8.5 3.2 3.2L13 4.6"/>"#),
        Status::Watch => ("status status-watch", r#"<path d="M8 3v6M8 12.600v.1"/>"#),
        Status::Short => ("status status-short", r#"<path d="m4 4 8 8M12 4l-8 8"/>"#),
        Status::Unheard => (
            "status status-unheard",
            r#"<path d="M5.2 5.600a2.8 2.8 0 1 1 3.9 2.600c-.8.4-1.1.8-1.1 1.600M8 12.900v.1"/>"#,
        ),
    };
    html! {
        span class=(class) {
            svg viewBox="0 0 16 16" aria-hidden="true" { (PreEscaped(mark)) }
            (status_word(ui, status))
        }
    }
}

/// A small neutral label.
pub fn chip(text: &str) -> Markup {
    html! { span.chip { (text) } }
}

/// A sign that a part updates by itself.
pub fn live_mark(ui: &Ui) -> Markup {
    html! { span.live { (t!(ui, "updates-live")) } }
}

/// How old something is, with the exact moment for machines and on pointing.
pub fn age(ui: &Ui, at: Timestamp) -> Markup {
    let lang = ui.lang();
    html! {
        time.age datetime=(at.to_rfc3339()) title=(lang.date_time(at, &ui.zone)) { (lang.age(at, ui.now)) }
    }
}

/// Names and their values, such as the head of a transfer.
pub fn facts(rows: &[(String, Markup)]) -> Markup {
    html! { dl.facts { @for (name, value) in rows { div { dt { (name) } dd { (value) } } } } }
}

/// What a column of a table holds.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Head,
    Text,
    Number,
    Act,
}

/// A column of a table: its heading and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    kind: Kind,
    heading: String,
    place: Narrow,
}

/// What becomes of a column on a small screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Narrow {
    /// Its cells stand one under the other, each after the heading.
    Labelled,
    /// Its cells stand without the heading, beside the row's name where there is room.
    Bare,
    /// Its cells show when the reader asks for more.
    More,
}

impl Column {
    fn of(kind: Kind, heading: String) -> Self {
        Self { kind, heading, place: Narrow::Labelled }
    }

    /// On a small screen this column waits until the reader asks for more.
    pub fn more(self) -> Self {
        Self { place: Narrow::More, ..self }
    }

    /// On a small screen the cells say enough without the heading.
    pub fn bare(self) -> Self {
        Self { place: Narrow::Bare, ..self }
    }

    fn classes(&self, others: &'static str) -> String {
        let place = match self.place {
            Narrow::Labelled => "",
            Narrow::Bare => "bare",
            Narrow::More => "more",
        };
        [others, place].join(" ").trim().to_owned()
    }

    /// The column that names each row; usually the first.
    pub fn head(heading: impl Into<String>) -> Self {
        Self::of(Kind::Head, heading.into())
    }

    /// Words.
    pub fn text(heading: impl Into<String>) -> Self {
        Self::of(Kind::Text, heading.into())
    }

    /// Numbers and amounts, set to the end of the column.
    pub fn number(heading: impl Into<String>) -> Self {
        Self::of(Kind::Number, heading.into())
    }

    /// Buttons.
    pub fn act(heading: impl Into<String>) -> Self {
        Self::of(Kind::Act, heading.into())
    }
}

/// A table that becomes labelled stacks on a small screen.
///
/// ```
/// use koinon_web::components::{Column, Table};
/// use maud::html;
///
/// let table = Table::new("Stock at Heath", [Column::head("What"), Column::number("How much")])
///     .row([html! { "Wheat" }, html! { "42 t" }]);
/// assert!(maud::Render::render(&table).into_string().contains("data-label=\"How much\""));
/// ```
#[derive(Debug, Clone)]
pub struct Table {
    caption: String,
    show_caption: bool,
    columns: Vec<Column>,
    rows: Vec<Vec<Markup>>,
    foot: Vec<Vec<Markup>>,
    fold: Option<String>,
}

impl Table {
    /// A table whose caption is read out but not shown, since a heading mostly stands above it.
    pub fn new(caption: impl Into<String>, columns: impl IntoIterator<Item = Column>) -> Self {
        Self {
            caption: caption.into(),
            show_caption: false,
            columns: columns.into_iter().collect(),
            rows: Vec::new(),
            foot: Vec::new(),
            fold: None,
        }
    }

    /// Makes each row as short as it can be on a small screen; `all` is the choice that brings the columns back that wait
    /// ([`Column::more`]).
    pub fn folded(mut self, all: impl Into<String>) -> Self {
        self.fold = Some(all.into());
        self
    }

    /// Shows the caption.
    pub fn with_caption(mut self) -> Self {
        self.show_caption = true;
        self
    }

    /// Adds a row; cells beyond the columns are left out.
    pub fn row(mut self, cells: impl IntoIterator<Item = Markup>) -> Self {
        self.rows.push(cells.into_iter().collect());
        self
    }

    /// Adds rows.
    pub fn rows<R: IntoIterator<Item = Markup>>(mut self, rows: impl IntoIterator<Item = R>) -> Self {
        self.rows.extend(rows.into_iter().map(|cells| cells.into_iter().collect()));
        self
    }

    /// Adds a row of sums at the foot.
    pub fn foot(mut self, cells: impl IntoIterator<Item = Markup>) -> Self {
        self.foot.push(cells.into_iter().collect());
        self
    }

    fn line(&self, cells: &[Markup]) -> Markup {
        html! {
            tr {
                @for (column, cell) in self.columns.iter().zip(cells) {
                    @let heading = &column.heading;
                    @match column.kind {
                        Kind::Head => th scope="row" { (cell) },
                        Kind::Text => td class=[class_of(&column.classes(""))] data-label=(heading) { span { (cell) } },
                        Kind::Number => td class=(column.classes("end")) data-label=(heading) { span { (cell) } },
                        Kind::Act => td class=(column.classes("act")) data-label=(heading) { div.actions { (cell) } },
                    }
                }
            }
        }
    }
}

impl Render for Table {
    fn render(&self) -> Markup {
        let caption_class = if self.show_caption { "" } else { "hidden" };
        html! {
            div.table-shell.table-stack.table-fold[self.fold.is_some()] {
                @if let Some(all) = &self.fold { label.choice.unfold { input type="checkbox"; (all) } }
                table {
                    caption class=(caption_class) { (self.caption) }
                    thead { tr {
                        @for column in &self.columns {
                            th scope="col" class=(if column.kind == Kind::Number { "end" } else { "" }) { (column.heading) }
                        }
                    } }
                    tbody { @for cells in &self.rows { (self.line(cells)) } }
                    @if !self.foot.is_empty() { tfoot { @for cells in &self.foot { (self.line(cells)) } } }
                }
            }
        }
    }
}

fn class_of(classes: &str) -> Option<&str> {
    (!classes.is_empty()).then_some(classes)
}

/// A picture with the same facts as a table that opens under it.
pub fn chart(ui: &Ui, chart: &impl Chart) -> Markup {
    let facts = chart.table();
    let columns = facts
        .headers
        .iter()
        .enumerate()
        .map(|(index, heading)| if index == 0 { Column::head(heading) } else { Column::text(heading) });
    let rows = facts.rows.iter().map(|row| row.iter().map(|cell| html! { (cell) }).collect::<Vec<_>>());
    html! {
        (PreEscaped(chart.svg()))
        (as_table(ui, &Table::new(t!(ui, "show-as-table"), columns).rows(rows)))
    }
}

/// A table under a picture, closed until asked for.
pub fn as_table(ui: &Ui, table: &Table) -> Markup {
    html! { details { summary { (t!(ui, "show-as-table")) } (table) } }
}

/// Something that opens on demand.
pub fn more(summary: &str, body: &Markup) -> Markup {
    html! { details { summary { (summary) } (body) } }
}

/// How serious a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Something was done.
    Good,
    /// Something to know.
    Info,
    /// Something to mind.
    Watch,
    /// Something that went wrong or must be put right.
    Bad,
}

/// A notice at the head of a page or a form; a bad one is announced at once.
pub fn notice(ui: &Ui, tone: Tone, body: &Markup) -> Markup {
    let (class, picture, word) = match tone {
        Tone::Good => ("notice notice-good", Icon::Tick, t!(ui, "notice-good")),
        Tone::Info => ("notice notice-info", Icon::Info, t!(ui, "notice-info")),
        Tone::Watch => ("notice notice-watch", Icon::Warning, t!(ui, "notice-watch")),
        Tone::Bad => ("notice notice-bad", Icon::Cross, t!(ui, "notice-bad")),
    };
    let role = if tone == Tone::Bad { "alert" } else { "status" };
    html! { div class=(class) role=(role) { (icon(picture)) div { span.hidden { (word) ": " } (body) } } }
}

/// What stands where nothing is yet, and what to do about it.
pub fn empty(picture: Icon, sentence: &str, action: &Markup) -> Markup {
    html! { div.empty { (icon(picture)) strong { (sentence) } (action) } }
}

/// A link that looks like a button.
pub fn link_button(href: &str, label: &str, primary: bool) -> Markup {
    html! { a class=(if primary { "button button-primary" } else { "button" }) href=(href) { (label) } }
}

/// A button that prints the page; hidden where nothing can run.
pub fn print_button(ui: &Ui) -> Markup {
    html! { button.button type="button" data-print="" { (icon(Icon::Print)) (t!(ui, "print")) } }
}

/// How far a step of a journey has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// Behind us.
    Done,
    /// Where things stand.
    Now,
    /// Still to come.
    Ahead,
    /// Where things stopped.
    Halted,
}

/// The steps of a journey, such as a transfer's.
pub fn steps(ui: &Ui, steps: &[(String, StepState)]) -> Markup {
    html! {
        ol.steps {
            @for (name, state) in steps {
                @let (class, word, mark) = match state {
                    StepState::Done => ("done", t!(ui, "steps-done"), r#"<path d="m5.5 12.5 4.3 4.3 8.7-9.6"/>"#),
                    StepState::Now => ("now", t!(ui, "steps-now"), r#"<circle cx="12" cy="12" r="6"/>"#),
                    StepState::Ahead => ("ahead", t!(ui, "steps-ahead"), ""),
                    StepState::Halted => ("halted", t!(ui, "steps-halted"), r#"<path d="m7 7 10 10M17 7 7 17"/>"#),
                };
                li class=(class) aria-current=[(*state == StepState::Now).then_some("step")] {
                    span.step-mark aria-hidden="true" { svg viewBox="0 0 24 24" { (PreEscaped(mark)) } }
                    span { (name) span.hidden { " (" (word) ")" } }
                }
            }
        }
    }
}

/// What happened, newest first: when, and what.
pub fn timeline(entries: &[(Markup, Markup)]) -> Markup {
    html! { ol.timeline { @for (when, what) in entries { li { span.when { (when) } div { (what) } } } } }
}

/// Links to sibling pages; the one whose address is `here` is marked.
pub fn tabs(label: &str, here: &str, links: &[(String, String)]) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            @for (href, name) in links { a href=(href) aria-current=[(href == here).then_some("page")] { (name) } }
        }
    }
}

/// A bar that is `share` thousandths full, with a mark at `floor` thousandths; beside a number, never instead of one.
pub fn meter(share: u16, floor: Option<u16>) -> Markup {
    let share = share.min(1_000);
    html! {
        svg.meter viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" {
            rect.meter-track width="1000" height="10" {}
            rect.meter-fill width=(share) height="10" {}
            @if let Some(floor) = floor {
                line.meter-mark vector-effect="non-scaling-stroke" x1=(floor) x2=(floor) y1="0" y2="10" {}
            }
        }
    }
}

/// A code to scan, with its text under it for typing; a text too long for a code is shown as text alone.
pub fn qr(label: &str, text: &str) -> Markup {
    let picture = fast_qr::QRBuilder::new(text).build().ok().map(|code| {
        let size = code.size;
        let mut path = String::new();
        for y in 0..size {
            for (x, module) in code.data.iter().skip(y * size).take(size).enumerate() {
                if module.value() {
                    path.extend(["M", &(x + 2).to_string(), " ", &(y + 2).to_string(), "h1v1h-1z"]);
                }
            }
        }
        (size + 4, path)
    });
    html! {
        div.qr {
            @if let Some((size, path)) = picture {
                svg viewBox={ "0 0 " (size) " " (size) } role="img" aria-label=(label) shape-rendering="crispEdges" {
                    path fill="#000" d=(path) {}
                }
            }
            span.code dir="ltr" { (text) }
        }
    }
}
