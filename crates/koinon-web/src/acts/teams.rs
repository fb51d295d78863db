//! Teams and missions where people act: stating a team, asking for a mission, promising, answering, leaving, coming back.
//!
//! Who may do what, and what is never promised, is decided in the book; a refusal is said in the reader's words.

mod forms;
mod say;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use koinon_aid::{Act, Command, Question, Reason};
use koinon_books::BookCommand;
use koinon_core::{CommunityCode, Digest, EntryId, MissionCode, TeamName, Timestamp};
use koinon_node::Submitted;
use maud::{Markup, html};

use super::{Answer, Faults, Trouble, ask_words, form_with, mend};
use crate::acts::fields::{Fields, Reader, short};
use crate::app::App;
use crate::components::{card, facts};
use crate::forms::{Field, Input, Weight, submit};
use crate::layout::{Page, Section};
use crate::pages::teams::{May, moment, reason, stage, team_words};
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::Ui;
use crate::views::PromiseView;
use crate::visit::{Posted, Stop, Visit, see_other};

pub(in crate::acts) use forms::{code as word_of, place_field, places};
pub(in crate::acts) use say::refusal;

pub(super) fn router() -> Router<App> {
    Router::new()
        .merge(forms::router())
        .route("/teams/promise", post(promise))
        .route("/teams/take", post(take))
        .route("/teams/decline", post(decline))
        .route("/teams/withdraw", post(withdraw))
        .route("/teams/left", post(left))
        .route("/teams/back", post(back))
        .route("/teams/promise/{home}/{id}", get(one))
}

/// Where a done act leads.
const DONE: &str = "/teams?done=yes";

/// Questions in the reader's words.
pub(crate) fn questions(ui: &Ui, questions: &[Question]) -> Vec<String> {
    questions.iter().map(|question| say::question(ui, question)).collect()
}

/// Hands a command over under the form's act id; what is asked becomes a page.
pub(in crate::acts) async fn hand_over(
    app: &App,
    posted: &Posted,
    (what, occurred): (Act, Timestamp),
    done: &'static str,
) -> Result<Result<axum::response::Response, String>, Stop> {
    let command = Command { act: posted.act()?, occurred, confirmed: posted.confirmed(), what };
    let submitted = super::submit_to(app, posted, BookCommand::Aid(command)).await?;
    Ok(submitted.map(|submitted| match submitted {
        Submitted::Done { .. } => see_other(done),
        Submitted::Ask(asked) => super::ask(posted, &asked, Section::Needs),
        Submitted::AskOfTeams(asked) => {
            ask_words(posted, "", &questions(&posted.visit.ui, &asked), Section::Needs)
        }
    }))
}

/// Hands an act over that has only a button; a refusal becomes a page of its own.
async fn press(app: &App, posted: &Posted, what: Act, occurred: Timestamp) -> Answer {
    if posted.fields.text("again") == "yes" {
        return Ok(see_other("/teams"));
    }
    match hand_over(app, posted, (what, occurred), DONE).await? {
        Ok(answer) => Ok(answer),
        Err(words) => Err(Problem::new(Kind::Conflict).detail(words).into()),
    }
}

pub(in crate::acts) fn unknown() -> Stop {
    Problem::new(Kind::NotFound).into()
}

pub(in crate::acts) fn code<T: std::str::FromStr>(fields: &Fields, name: &str) -> Result<T, Stop> {
    fields.text(name).parse().map_err(|_| unknown())
}

async fn promise(State(app): State<App>, posted: Posted) -> Answer {
    posted.visit.actor()?;
    let fields = &posted.fields;
    let suggestion: Option<Digest> = fields.text("suggestion").parse().ok();
    let what = Act::Promise {
        team: code::<TeamName>(fields, "team")?,
        asker: code::<CommunityCode>(fields, "asker")?,
        mission: code::<MissionCode>(fields, "mission")?,
        suggestion,
    };
    let now = posted.visit.ui.now;
    press(&app, &posted, what, now).await
}

async fn take(State(app): State<App>, posted: Posted) -> Answer {
    posted.visit.actor()?;
    let what = Act::Take { home: code(&posted.fields, "home")?, promise: code(&posted.fields, "promise")? };
    let now = posted.visit.ui.now;
    press(&app, &posted, what, now).await
}

async fn decline(State(app): State<App>, posted: Posted) -> Answer {
    posted.visit.actor()?;
    let (home, promise) = (code(&posted.fields, "home")?, code(&posted.fields, "promise")?);
    let why = Reason::by_code(posted.fields.text("reason")).unwrap_or(Reason::Other);
    let now = posted.visit.ui.now;
    press(&app, &posted, Act::Decline { home, promise, reason: why }, now).await
}

async fn withdraw(State(app): State<App>, posted: Posted) -> Answer {
    posted.visit.actor()?;
    let promise = code(&posted.fields, "promise")?;
    let why = Reason::by_code(posted.fields.text("reason")).unwrap_or(Reason::Other);
    let now = posted.visit.ui.now;
    press(&app, &posted, Act::Withdraw { promise, reason: why }, now).await
}

async fn left(State(app): State<App>, posted: Posted) -> Answer {
    posted.visit.actor()?;
    let promise = code(&posted.fields, "promise")?;
    let at = happened(&posted)?;
    press(&app, &posted, Act::Leave { promise }, at).await
}

async fn back(State(app): State<App>, posted: Posted) -> Answer {
    posted.visit.actor()?;
    let promise = code(&posted.fields, "promise")?;
    let at = happened(&posted)?;
    press(&app, &posted, Act::ComeBack { promise }, at).await
}

/// When something happened: the day and time of the form, or now.
fn happened(posted: &Posted) -> Result<Timestamp, Stop> {
    let ui = &posted.visit.ui;
    let mut reader = Reader::new(ui, &posted.fields);
    let day = reader.day("day");
    let minute = clock(&mut reader, ui, &posted.fields, "time");
    let at = match (day, minute) {
        (None, None) => ui.now,
        (day, minute) => {
            let day = day.unwrap_or_else(|| ui.now.day(&ui.zone));
            day.at_minute(minute.unwrap_or(12 * 60), &ui.zone)
        }
    };
    reader.done(Some(at)).map_err(|faults| {
        let words: Vec<String> = faults.into_iter().map(|(_, words)| words).collect();
        Problem::new(Kind::Unprocessable).detail(words.join(" ")).into()
    })
}

/// A time of day as `14:30`, in minutes; `None` where the field is empty or was found at fault.
fn clock(reader: &mut Reader<'_>, ui: &Ui, fields: &Fields, name: &str) -> Option<u16> {
    let text = koinon_core::unit::latin_digits(fields.text(name));
    if text.is_empty() {
        return None;
    }
    let read = |text: &str, most: u16| text.trim().parse::<u16>().ok().filter(|number| *number <= most);
    let found = text.split_once([':', '.', 'h']).and_then(|(hour, minute)| {
        let minute = if minute.trim().is_empty() { "0" } else { minute };
        Some(read(hour, 23)? * 60 + read(minute, 59)?)
    });
    let found = found.or_else(|| read(&text, 23).map(|hour| hour * 60));
    if found.is_none() {
        reader.fault(name, t!(ui, "teams-bad-time", found = short(&text)));
    }
    found
}

async fn one(State(app): State<App>, visit: Visit, Path((home, id)): Path<(String, String)>) -> Answer {
    visit.actor()?;
    let home = CommunityCode::new(&home).map_err(|_| unknown())?;
    let id: EntryId = id.parse().map_err(|_| unknown())?;
    let view = crate::pages::look(&app, &visit, |lens| {
        let promise = lens.team_promise(&home, id)?;
        let trip = lens.book.aid().promise(&home, id)?.promised()?.clone();
        let is_asker = lens.book.own() == Some(&trip.asker);
        let place = lens.place(&trip.place).name;
        Some((promise, May::of(&visit, lens.book), is_asker, place, trip.mission.to_string()))
    });
    let (promise, may, is_asker, place, mission) = view.ok_or_else(unknown)?;
    let ui = &visit.ui;
    let rows = vec![
        (t!(ui, "teams-mission-word"), html! { (t!(ui, "teams-mission", place = place, mission = mission)) }),
        (
            t!(ui, "teams-stands"),
            html! { (stage(ui, promise.stage)) @if let Some(code) = promise.reason { ": " (reason(ui, code)) } },
        ),
        (t!(ui, "teams-leaves"), html! { (moment(ui, &promise.leaves)) }),
        (t!(ui, "teams-home-again"), html! { (moment(ui, &promise.home_again)) }),
    ];
    let page = Page::new(ui, t!(ui, "teams-promise-title"))
        .headline(team_words(ui, &promise.community.name, &promise.team))
        .section(Section::Needs)
        .crumb("/teams", t!(ui, "teams-title"))
        .narrow();
    Ok(page
        .body(html! { div.stack { (facts(&rows)) (answers(ui, &promise, may, is_asker)) } })
        .into_response())
}

/// What can be done about a promise, by whom.
fn answers(ui: &Ui, promise: &PromiseView, may: May, is_asker: bool) -> Markup {
    let hidden = html! {
        input type="hidden" name="home" value=(promise.community.code);
        input type="hidden" name="promise" value=(promise.promise);
    };
    let form =
        |action: &str, body: Markup| form_with(ui, action, &Trouble::none(), &html! { (hidden) (body) });
    let reasons = |name: &str, among: &[Reason]| {
        let choices = among.iter().map(|why| (why.code().to_owned(), reason(ui, why.code()))).collect();
        Field::new("reason", t!(ui, "teams-why")).choices(choices).within(name).show(ui)
    };
    let when = |name: &str| {
        html! {
            (Field::new("day", t!(ui, "teams-day")).input(Input::Date).hint(t!(ui, "teams-now-hint")).optional().within(name).show(ui))
            (Field::new("time", t!(ui, "teams-time")).hint(t!(ui, "teams-time-hint")).optional().within(name).show(ui))
        }
    };
    let is_open = matches!(promise.stage, "promised" | "taken");
    html! {
        @if is_asker && may.ask && matches!(promise.stage, "promised" | "declined") {
            (card(&t!(ui, "teams-take"), &form("/teams/take", html! { div.actions { (submit(&t!(ui, "teams-take"), Weight::Primary)) } })))
        }
        @if promise.is_ours && may.send && is_open {
            (card(&t!(ui, "teams-left"), &form("/teams/left", html! {
                (when("left")) div.actions { (submit(&t!(ui, "teams-left"), Weight::Primary)) }
            })))
        }
        @if promise.is_ours && may.send && promise.stage == "away" {
            (card(&t!(ui, "teams-back"), &form("/teams/back", html! {
                (when("back")) div.actions { (submit(&t!(ui, "teams-back"), Weight::Primary)) }
            })))
        }
        @if is_asker && may.ask && is_open {
            (card(&t!(ui, "teams-decline"), &form("/teams/decline", html! {
                (reasons("decline", &Reason::DECLINING)) div.actions { (submit(&t!(ui, "teams-decline"), Weight::Danger)) }
            })))
        }
        @if promise.is_ours && may.promise && is_open {
            (card(&t!(ui, "teams-withdraw"), &form("/teams/withdraw", html! {
                (reasons("withdraw", &Reason::WITHDRAWING)) div.actions { (submit(&t!(ui, "teams-withdraw"), Weight::Danger)) }
            })))
        }
    }
}

/// A form with faults, or one to fill in.
fn faulty(page: Page<'_>) -> axum::response::Response {
    mend(page)
}

/// What was read of a form, or what is wrong with it.
type Read = Result<Act, Faults>;
