//! Names on this computer: whether a passphrase locks them, opening them after a start, and erasing somebody.
//!
//! Who keeps the computer locks and opens; an erasure is for good, so it asks for the person's mark.

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use koinon_authority::{Action, Resource};
use koinon_books::{Book, BookCommand};
use koinon_core::{CommunityCode, GrantId, PersonId};
use koinon_node::{Node, PersonalError, PersonalKeys};
use maud::{Markup, html};

use super::sign_in::waiting;
use super::{Answer, Said, Trouble, form_with, hand_over, mend, people, say};
use crate::app::App;
use crate::components::{Column, Table, Tone, card, notice};
use crate::forms::{Field, Input, Weight, submit};
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::Ui;
use crate::visit::{Posted, Stop, percent, see_other};

/// An erasure that a community has not answered for so many days is told.
const ANSWER_DAYS: i64 = 30;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/operator/people/names/lock", post(lock))
        .route("/operator/people/names/open", post(open))
        .route("/operator/people/names/unlock", post(unlock))
        .route("/operator/people/erase", post(erase))
}

/// What is to be told on every page of this section while names are locked; nothing while they can be read.
pub(super) fn closed(ui: &Ui, node: &Node) -> Option<Markup> {
    let words =
        html! { (t!(ui, "names-closed")) " " a href="/operator/people#names" { (t!(ui, "names-open")) } };
    (!node.personal().is_open()).then(|| notice(ui, Tone::Watch, &words))
}

/// Whether names are locked, and the way to change that.
pub(super) fn lock_card(ui: &Ui, node: &Node, may_keep: bool, trouble: &Trouble) -> Markup {
    let keys = node.personal();
    let (lead, action, label, twice) = match (keys.needs_passphrase(), keys.is_open()) {
        (false, _) => (t!(ui, "names-unlocked"), "lock", t!(ui, "names-lock"), true),
        (true, false) => (t!(ui, "names-closed"), "open", t!(ui, "names-open"), false),
        (true, true) => (t!(ui, "names-locked"), "unlock", t!(ui, "names-unlock"), false),
    };
    let field = |name: &str, label: String| {
        let field = Field::new(name, label).input(Input::Password).autocomplete("off");
        field.error(trouble.of(name)).show(ui)
    };
    let form = html! {
        (field("passphrase", t!(ui, "names-passphrase")))
        @if twice { (field("again-passphrase", t!(ui, "names-passphrase-again"))) }
        div.actions { (submit(&label, Weight::Secondary)) }
    };
    let body = html! {
        p { (lead) }
        @if may_keep { (form_with(ui, &format!("/operator/people/names/{action}"), trouble, &form)) }
    };
    html! { div #names { (card(&t!(ui, "names-title"), &body)) } }
}

/// Who was erased, and which communities have not answered yet; nothing where nobody was.
pub(super) fn erasures(ui: &Ui, book: &Book) -> Option<Markup> {
    let own = book.own()?;
    let columns = [
        Column::head(t!(ui, "people-who")),
        Column::text(t!(ui, "erased-asked")),
        Column::text(t!(ui, "erased-answers")),
    ];
    let rows: Vec<[Markup; 3]> = book
        .erasures()
        .all()
        .filter(|erasure| erasure.by == *own)
        .map(|erasure| {
            let all = book.admitted();
            let silent: Vec<&CommunityCode> = all
                .iter()
                .filter(|(node, _)| !erasure.answered.contains_key(node))
                .map(|(_, code)| code)
                .collect();
            let names: Vec<String> = silent.iter().map(|code| say::community(book, code)).collect();
            let late = ui.now > erasure.asked.plus_days(ANSWER_DAYS);
            [
                html! { (t!(ui, "people-unnamed", mark = erasure.person.short())) },
                html! { (ui.date(erasure.asked.day(&ui.zone))) },
                html! {
                    @if names.is_empty() { (t!(ui, "erased-all")) }
                    @else {
                        (t!(ui, "erased-waits", n = silent.len(), names = names.join(", ")))
                        @if late { " " strong { (t!(ui, "erased-late")) } }
                    }
                },
            ]
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let table = Table::new(t!(ui, "erased-title"), columns).rows(rows);
    Some(card(&t!(ui, "erased-title"), &html! { p.muted { (t!(ui, "erased-lead")) } (table) }))
}

/// The form that erases a person, once all their tasks here are over.
pub(super) fn erase_card(
    ui: &Ui,
    book: &Book,
    (person, grant): (PersonId, &str),
    trouble: &Trouble,
) -> Markup {
    let tasks = book
        .grants()
        .of_subject(person)
        .filter(|held| held.revoked.is_none() && held.granted.ends() > ui.now);
    let body = if book.is_erased(person) {
        html! { p { (t!(ui, "erase-done")) } }
    } else if tasks.count() > 0 {
        html! { p { (t!(ui, "erase-tasks-first")) } }
    } else {
        let sure = Field::new("sure", t!(ui, "erase-sure", mark = person.short())).autocomplete("off");
        html! {
            p { (t!(ui, "erase-lead")) }
            (form_with(ui, "/operator/people/erase", trouble, &html! {
                input type="hidden" name="grant" value=(grant);
                (sure.error(trouble.of("sure")).show(ui))
                div.actions { (submit(&t!(ui, "erase-save"), Weight::Danger)) }
            }))
        }
    };
    card(&t!(ui, "erase-title"), &body)
}

fn words(ui: &Ui, fault: &PersonalError) -> Option<String> {
    Some(match fault {
        PersonalError::Locked => t!(ui, "names-closed"),
        PersonalError::NotLocked | PersonalError::IsLocked => t!(ui, "names-changed-meanwhile"),
        PersonalError::OtherPassphrase => t!(ui, "names-other-passphrase"),
        PersonalError::Passphrase(found) => {
            t!(ui, "names-passphrase-short", n = *found, least = koinon_node::backup::PASSPHRASE_LEN_MIN)
        }
        _ => return None,
    })
}

/// Why a personal text cannot be written.
pub(super) fn cannot_seal(ui: &Ui, fault: &PersonalError) -> String {
    words(ui, fault).unwrap_or_else(|| t!(ui, "acts-cannot-write"))
}

async fn change(
    app: &App,
    posted: &Posted,
    work: impl FnOnce(&PersonalKeys, &str) -> Result<(), PersonalError> + Send + 'static,
) -> Answer {
    people::may_keep_node(app, &posted.visit)?;
    let passphrase = posted.fields.text("passphrase").to_owned();
    let done = waiting(app, move |node| {
        work(node.personal(), &passphrase)?;
        node.teach_words();
        Ok::<_, PersonalError>(())
    });
    match done.await? {
        Ok(()) => Ok(see_other("/operator/people?done=names#names")),
        Err(fault) => {
            let told = words(&posted.visit.ui, &fault).ok_or_else(|| Problem::new(Kind::Internal))?;
            fault_on(app, posted, "passphrase", told)
        }
    }
}

fn fault_on(
    app: &App,
    posted: &Posted,
    field: &str,
    words: String,
) -> Result<axum::response::Response, Stop> {
    let trouble = Trouble::faults(vec![(field.to_owned(), words)]);
    Ok(mend(people::names_page(app, &posted.visit, &trouble)?))
}

async fn lock(State(app): State<App>, posted: Posted) -> Answer {
    if posted.fields.text("passphrase") != posted.fields.text("again-passphrase") {
        people::may_keep_node(&app, &posted.visit)?;
        let words = t!(posted.visit.ui, "names-passphrase-differs");
        return fault_on(&app, &posted, "again-passphrase", words);
    }
    change(&app, &posted, PersonalKeys::lock).await
}

async fn open(State(app): State<App>, posted: Posted) -> Answer {
    change(&app, &posted, PersonalKeys::open_with).await
}

async fn unlock(State(app): State<App>, posted: Posted) -> Answer {
    change(&app, &posted, PersonalKeys::unlock).await
}

async fn erase(State(app): State<App>, posted: Posted) -> Answer {
    let (visit, ui) = (&posted.visit, &posted.visit.ui);
    let act = posted.act()?;
    let grant = posted.fields.text("grant").to_owned();
    let id: GrantId = grant.parse().map_err(|_| Problem::new(Kind::NotFound))?;
    let person = app.node.read(|book| {
        let own = visit.own(book)?;
        visit.permit(book, Action::ManageNode, &Resource::community(own.clone()))?;
        let held = book.grants().get(&own, id).ok_or_else(|| Problem::new(Kind::NotFound))?;
        Ok::<_, Stop>(held.granted.subject)
    })?;
    let show = |trouble: &Trouble| Ok(mend(people::one_page(&app, visit, &grant, trouble)?));
    if posted.fields.text("sure").trim() != person.short() {
        let words = t!(ui, "erase-not-sure", mark = person.short());
        return show(&Trouble::faults(vec![("sure".to_owned(), words)]));
    }
    match hand_over(&app, &posted, BookCommand::Erase { act, person }).await? {
        Said::Done => Ok(see_other(&format!("/operator/people/{}?done=erased", percent(&grant)))),
        Said::Ask(_) => Err(Problem::new(Kind::Conflict).into()),
        Said::No(words) => show(&Trouble::refused(words)),
    }
}
