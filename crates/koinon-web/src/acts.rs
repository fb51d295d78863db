//! The pages where people act: count, enter, ask, promise, load, receive, sign in.
//!
//! Every act is a plain form. A handler reads all of it, names every fault beside its field and keeps what was typed;
//! what the book asks becomes a page with one question that never blocks; what the book refuses is said in the reader's
//! words. Nothing here decides anything: commands go to the node.

mod carry;
pub mod count;
pub mod entry;
pub mod fields;
pub mod import;
pub mod labels;
mod names;
pub mod needs;
mod next_best;
mod offline;
pub(crate) mod pause;
pub mod people;
mod put_right;
mod recall;
pub(crate) mod recount;
mod routes;
pub mod say;
mod second;
mod services;
mod sharing;
pub mod sheet;
pub mod sign_in;
mod standing;
pub mod suggestion;
pub(crate) mod teams;
pub mod transfer;
mod transfer_counter;
mod transfer_forms;
mod transfer_joint;
mod transfer_read;
pub mod waybill;
mod wishes;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use koinon_authority::Actor;
use koinon_books::BookCommand;
use koinon_core::region::{Group, Item};
use koinon_core::{Day, ItemCode, LotId, PlaceCode};
use koinon_ledger::fact::LotOpened;
use koinon_ledger::{Act, Command, Question};
use koinon_node::{SubmitError, Submitted};
use maud::{Markup, PreEscaped, html};

use crate::app::App;
use crate::components::{Tone, more, notice};
use crate::forms::{ACT_FIELD, Field, Input, TOKEN_FIELD, Weight, post_form, submit};
use crate::layout::{Page, Section};
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::Ui;
use crate::visit::{Posted, Stop, choose_persona, greet, see_other};

/// What a handler of this room gives.
pub(crate) type Answer = Result<Response, Stop>;
/// The faults of a form: field and what to put right.
pub(crate) type Faults = Vec<(String, String)>;

/// Every address where something can be done.
pub fn router() -> Router<App> {
    Router::new()
        .route("/demo/persona", post(choose_persona))
        .merge(sign_in::router())
        .merge(second::router())
        .merge(names::router())
        .merge(people::router())
        .merge(count::router())
        .merge(sheet::router())
        .merge(labels::router())
        .merge(import::router())
        .merge(carry::router())
        .merge(entry::router())
        .merge(put_right::router())
        .merge(recall::router())
        .merge(needs::router())
        .merge(transfer::router())
        .merge(waybill::router())
        .merge(suggestion::router())
        .merge(services::router())
        .merge(teams::router())
        .merge(pause::router())
        .merge(recount::router())
        .merge(wishes::router())
        .merge(standing::router())
        .merge(offline::router())
        .merge(routes::router())
        .merge(sharing::router())
        .layer(axum::middleware::from_fn(greet))
}

/// What the node said to a command.
pub(crate) enum Said {
    /// It is written down, now or by an earlier sending of the same form.
    Done,
    /// It looks wrong and may be right.
    Ask(Vec<Question>),
    /// It is not written down, and why.
    No(String),
}

/// Hands a command to the node.
///
/// # Errors
/// [`Stop`] when nobody is signed in or nothing can be written at all.
pub(crate) async fn hand_over(app: &App, posted: &Posted, command: BookCommand) -> Result<Said, Stop> {
    match submit_to(app, posted, command).await? {
        Ok(Submitted::Done { .. }) => Ok(Said::Done),
        Ok(Submitted::Ask(questions)) => Ok(Said::Ask(questions)),
        // Only commands about teams are asked about so, and their pages ask for themselves.
        Ok(Submitted::AskOfTeams(_)) => Err(Problem::new(Kind::Conflict).into()),
        Err(words) => Ok(Said::No(words)),
    }
}

/// Hands a command to the node: what came of it, or why it is not written down.
///
/// # Errors
/// As [`hand_over`].
async fn submit_to(
    app: &App,
    posted: &Posted,
    command: BookCommand,
) -> Result<Result<Submitted, String>, Stop> {
    let ui = &posted.visit.ui;
    let who: Actor = posted.visit.actor()?.clone();
    match app.node.submit(who, command).await {
        Ok(submitted) => Ok(Ok(submitted)),
        Err(SubmitError::Refused(why)) => Ok(Err(app.node.read(|book| say::refused(ui, book, &why)))),
        // The form stays: it can be sent once names are open.
        Err(SubmitError::Personal(fault)) => Ok(Err(names::cannot_seal(ui, &fault))),
        Err(fault) => Err(cannot(ui, &fault).into()),
    }
}

/// The problem of a command that was neither written nor refused.
pub(crate) fn cannot(ui: &Ui, fault: &SubmitError) -> Problem {
    let kind = match fault {
        SubmitError::OtherContent { .. } => Kind::OtherContent,
        _ => Kind::Unavailable,
    };
    Problem::new(kind).detail(cannot_write(ui, fault))
}

/// Why nothing can be written at all, and what would help.
pub(crate) fn cannot_write(ui: &Ui, fault: &SubmitError) -> String {
    match fault {
        SubmitError::HeadsMayBeOld { waiting } => t!(ui, "cannot-old-data", n = *waiting),
        SubmitError::OwnEntriesToCome { missing } => t!(ui, "cannot-own-entries", n = *missing),
        SubmitError::OtherContent { .. } => t!(ui, "cannot-other"),
        SubmitError::Disk(_) => t!(ui, "cannot-disk"),
        SubmitError::TooLarge { .. } => t!(ui, "cannot-too-large"),
        SubmitError::Personal(fault) => names::cannot_seal(ui, fault),
        SubmitError::Busy => t!(ui, "cannot-busy"),
        SubmitError::Closed => t!(ui, "cannot-closed"),
        SubmitError::Poisoned { .. } | SubmitError::Refused(_) => t!(ui, "acts-cannot-write"),
    }
}

/// Hands a stock command over under the form's act id.
///
/// # Errors
/// As [`hand_over`].
pub(crate) async fn hand_over_act(
    app: &App,
    posted: &Posted,
    what: Act,
    day: Option<Day>,
) -> Result<Said, Stop> {
    let command =
        Command { act: posted.act()?, occurred: posted.occurred(day), confirmed: posted.confirmed(), what };
    hand_over(app, posted, BookCommand::Ledger(command)).await
}

/// Hands an act over that has no form of its own to go back to, only a button: goes to a page when it is done.
///
/// # Errors
/// [`Stop`] where the book refuses it, with what it says.
pub(crate) async fn press(app: &App, posted: &Posted, what: Act, section: Section, done: &str) -> Answer {
    match hand_over_act(app, posted, what, None).await? {
        Said::Done => Ok(see_other(done)),
        Said::Ask(questions) => Ok(ask(posted, &questions, section)),
        Said::No(words) => Err(Problem::new(Kind::Conflict).detail(words).into()),
    }
}

/// The place and the item that a button is about.
///
/// # Errors
/// [`Stop`] where one of them is no code.
pub(crate) fn place_and_item(posted: &Posted) -> Result<(PlaceCode, ItemCode), Stop> {
    let unknown = || Stop::from(Problem::new(Kind::NotFound));
    let place = PlaceCode::new(posted.fields.text("place")).map_err(|_| unknown())?;
    let item = ItemCode::new(posted.fields.text("item")).map_err(|_| unknown())?;
    Ok((place, item))
}

/// The page that asks whether something unusual is right. Yes sends the same form again with a word more; no goes back
/// to the form with everything still in it.
pub(crate) fn ask(posted: &Posted, questions: &[Question], section: Section) -> Response {
    ask_about(posted, "", questions, section)
}

/// Like [`ask`], and says first what it is about.
pub(crate) fn ask_about(posted: &Posted, about: &str, questions: &[Question], section: Section) -> Response {
    let sentences: Vec<String> =
        questions.iter().map(|question| say::question(&posted.visit.ui, question)).collect();
    ask_words(posted, about, &sentences, section)
}

/// Like [`ask_about`], with the questions in words already.
pub(crate) fn ask_words(posted: &Posted, about: &str, sentences: &[String], section: Section) -> Response {
    let ui = &posted.visit.ui;
    let path = crate::ui::local_path(&ui.path).to_owned();
    let kept = || {
        let left_out = [TOKEN_FIELD, ACT_FIELD, "confirmed", "again"];
        posted.fields.pairs().iter().filter(move |(name, _)| !left_out.contains(&name.as_str()))
    };
    let act = posted.fields.text(ACT_FIELD);
    let form = |name: &str, label: String, weight: Weight| {
        html! {
            form method="post" action=(path) {
                input type="hidden" name=(ACT_FIELD) value=(act);
                input type="hidden" name=(TOKEN_FIELD) value=(ui.token().as_str());
                @for (name, value) in kept() { input type="hidden" name=(name) value=(value); }
                input type="hidden" name=(name) value="yes";
                (submit(&label, weight))
            }
        }
    };
    let headline = sentences.first().cloned().unwrap_or_default();
    let page = Page::new(ui, t!(ui, "ask-title")).headline(headline).section(section).narrow();
    let page = page.body(html! {
        section.card.decision {
            @if !about.is_empty() { p { strong { (about) } } }
            @for sentence in sentences.iter().skip(1) { p { (sentence) } }
            p { (t!(ui, "ask-never-blocks")) }
            div.actions {
                (form("confirmed", t!(ui, "ask-yes"), Weight::Primary))
                (form("again", t!(ui, "ask-no"), Weight::Secondary))
            }
        }
    });
    // A page that waits for an answer is no delivery: an entry from the phone's queue must not count as sent.
    (StatusCode::CONFLICT, page).into_response()
}

/// A page whose form has faults or was refused; nothing was written.
pub(crate) fn mend(page: Page<'_>) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

/// What went wrong with a form, above it.
#[derive(Debug, Default)]
pub(crate) struct Trouble {
    /// The faults of fields.
    pub(crate) faults: Faults,
    /// What the book refused.
    pub(crate) refused: Option<String>,
}

impl Trouble {
    /// Nothing went wrong yet.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// Faults of fields.
    pub(crate) fn faults(faults: Faults) -> Self {
        Self { faults, refused: None }
    }

    /// The book's refusal.
    pub(crate) fn refused(words: String) -> Self {
        Self { faults: Vec::new(), refused: Some(words) }
    }

    /// Whether anything went wrong.
    pub(crate) fn is_none(&self) -> bool {
        self.faults.is_empty() && self.refused.is_none()
    }

    /// The fault of one field.
    pub(crate) fn of(&self, name: &str) -> Option<String> {
        self.faults.iter().find(|(found, _)| found == name).map(|(_, words)| words.clone())
    }

    /// The notice above the form.
    pub(crate) fn show(&self, ui: &Ui) -> Markup {
        html! {
            @if let Some(refused) = &self.refused {
                (notice(ui, Tone::Bad, &html! { strong { (t!(ui, "acts-not-written")) } span { (refused) } }))
            }
            (crate::forms::faults(ui, &t!(ui, "acts-mend"), &self.faults))
        }
    }
}

/// The field of an amount with the units and packs in which an item may be counted.
pub(crate) fn amount_field(ui: &Ui, name: &str, label: &str, item: &Item, chosen: &str) -> Field {
    Field::new(name, label).input(Input::Decimal).units(units_of(ui, item, chosen))
}

/// The units in which an item may be entered, the chosen one or its own first.
pub(crate) fn units_of(ui: &Ui, item: &Item, chosen: &str) -> Vec<(String, String)> {
    use koinon_core::{Dimension, Quantity};
    let common: &[&str] = match item.dimension {
        Dimension::Mass => &["t", "kg", "g"],
        Dimension::Volume => &["m3", "l", "ml"],
        Dimension::Count => &["piece", "dozen"],
        Dimension::Energy => &["MWh", "kWh", "Wh"],
        Dimension::PersonTime => &["person-hour", "person-minute"],
        Dimension::BedTime => &["bed-day"],
    };
    let mut units: Vec<(String, String)> = Vec::new();
    let mut add = |code: &str, shown: String| {
        if !units.iter().any(|(known, _)| known == code) {
            units.push((code.to_owned(), shown));
        }
    };
    add(&item.unit, say::unit(ui, &item.unit));
    for pack in &item.packs {
        let holds =
            Quantity::new(pack.base_units, item.dimension).map(|q| ui.quantity(q)).unwrap_or_default();
        add(&pack.name, t!(ui, "unit-pack", name = say::pack(ui, &pack.name), amount = holds));
    }
    for code in common {
        add(code, if *code == "dozen" { t!(ui, "unit-dozen") } else { say::unit(ui, code) });
    }
    if let Some(at) = units.iter().position(|(code, _)| code == chosen) {
        let first = units.remove(at);
        units.insert(0, first);
    }
    units
}

/// How and when a figure was found, folded away: told by a caller, copied from paper, on another day.
pub(crate) fn how_fields(ui: &Ui, fields: &fields::Fields, trouble: &Trouble, methods: &[&str]) -> Markup {
    let name = |code: &str| match code {
        "estimated" => t!(ui, "method-estimated"),
        "told" => t!(ui, "method-told"),
        "paper" => t!(ui, "method-paper"),
        _ => t!(ui, "method-counted"),
    };
    let options: Vec<(String, Markup)> =
        methods.iter().map(|code| ((*code).to_owned(), html! { (name(code)) })).collect();
    let chosen = if fields.has("method") { fields.text("method") } else { "counted" };
    let open =
        fields.has("day") || (fields.has("method") && chosen != "counted") || trouble.of("day").is_some();
    let body = html! {
        div.stack {
            (crate::forms::choice(&t!(ui, "how-found"), "method", chosen, &options))
            (Field::new("day", t!(ui, "how-day"))
                .input(Input::Date)
                .hint(t!(ui, "how-day-hint"))
                .value(fields.text("day"))
                .error(trouble.of("day"))
                .optional()
                .show(ui))
        }
    };
    if open {
        html! { details open { summary { (t!(ui, "how-other")) } (body) } }
    } else {
        more(&t!(ui, "how-other"), &body)
    }
}

/// A group's picture, drawn like the other icons; always beside the item's name.
pub(crate) fn picture(group: Group) -> Markup {
    let strokes = match group {
        Group::Food => {
            r#"<path d="M12 21V9M12 9C12 6 10 4 7.500 3.500 7.500 6.500 9 8.500 12 9zM12 9c0-3 2-5 4.500-5.500C16.500 6.500 15 8.500 12 9zM12 14c-3 0-4.500-2-4.500-4.500C10.500 9.500 12 11.500 12 14zM12 14c3 0 4.500-2 4.500-4.500C13.500 9.500 12 11.500 12 14zM12 19c-3 0-4.500-2-4.500-4.500C10.500 14.500 12 16.500 12 19zM12 19c3 0 4.500-2 4.500-4.500C13.500 14.500 12 16.500 12 19z"/>"#
        }
        Group::Water => {
            r#"<path d="M12 3c4 4.800 6 8 6 11a6 6 0 0 1-12 0c0-3 2-6.200 6-11z"/><path d="M9 14.500a3 3 0 0 0 3 3"/>"#
        }
        Group::Medicine => {
            r#"<rect x="4" y="7" width="16" height="13" rx="2.500"/><path d="M9 7V4.500h6V7M12 10.500v6M9 13.500h6"/>"#
        }
        Group::Hygiene => {
            r#"<path d="M9 8h6v3.500a5 5 0 0 1 3 4.500v3.500H6V16a5 5 0 0 1 3-4.500zM10 8V5h4M14 5h3"/>"#
        }
        Group::Shelter => r#"<path d="M3 20 12 4l9 16zM12 11l-4 9M12 11l4 9"/>"#,
        Group::Fuel => {
            r#"<path d="M12 3c.5 4 5 6 5 11a5 5 0 0 1-10 0c0-2.500 1.500-4 2.500-5 .3 1.500 1 2.500 2 3 .5-3-.5-6 .5-9z"/>"#
        }
        Group::Energy => r#"<path d="M13 3 5.500 13.500H11L10 21l8-11h-5.500z"/>"#,
        Group::Seed => {
            r#"<path d="M12 21v-8M12 13c0-4 3-6.500 7.500-6.500C19.500 10.500 16.500 13 12 13zM12 15.500c0-3-2.500-5.500-7-5.500 0 3.500 2.500 5.500 7 5.500z"/>"#
        }
        Group::Feed => r#"<path d="M5 21 8 4M12 21V4M19 21 16 4M6.500 13h11"/>"#,
        Group::Animal => {
            r#"<path d="M6 9c-2 0-3-1.500-3-3 2 0 3.500.5 4.500 2h9c1-1.500 2.500-2 4.500-2 0 1.500-1 3-3 3v4a6 6 0 0 1-12 0zM10 16.500h4M9.500 11v.1M14.500 11v.1"/>"#
        }
        Group::Tool => {
            r#"<path d="M14.500 6.500a4 4 0 0 1 5-2.500l-2.500 2.500 1 1.500 1.500 1L22 6.500a4 4 0 0 1-5 4.500L8 20a2 2 0 0 1-3-3l9-9"/>"#
        }
    };
    html! { svg.icon.picture viewBox="0 0 24 24" aria-hidden="true" { (PreEscaped(strokes)) } }
}

/// A batch in a line: its printed number or short mark, and its last good day.
pub(crate) fn batch_words(ui: &Ui, id: LotId, opened: &LotOpened) -> String {
    let name = match &opened.batch {
        Some(mark) => t!(ui, "batch-named", mark = mark.as_str()),
        None => t!(ui, "batch-unnamed", mark = id.short()),
    };
    format!("{name} · {}", say::best_before(ui, opened.expires))
}

/// The notice after an act, with the way to take it back.
pub(crate) fn done_notice(ui: &Ui, words: &str, take_back: Option<&str>) -> Markup {
    notice(
        ui,
        Tone::Good,
        &html! {
            strong { (words) }
            @if let Some(href) = take_back { a href=(href) { (t!(ui, "acts-take-back")) } }
        },
    )
}

/// The address where one entry is corrected or taken back.
pub(crate) fn correct_href(
    own: &koinon_core::CommunityCode,
    lot: LotId,
    entry: koinon_core::EntryId,
) -> String {
    format!("/lot/{own}/{lot}/correct/{entry}")
}

/// A form with its trouble above it.
pub(crate) fn form_with(ui: &Ui, action: &str, trouble: &Trouble, body: &Markup) -> Markup {
    html! { (trouble.show(ui)) (post_form(ui, action, body)) }
}
