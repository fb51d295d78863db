//! Who holds which task, until when: invite somebody, take a task back, hand out a one-time code, register a shared phone.
//!
//! A task always ends on a day. Nobody gives a task to themselves; the last steward's task cannot be taken back.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use koinon_authority::{
    Action, Actor, Caps, Granted, Held, Resource, RevokeReason, Revoked, Role, Scope, Standing,
};
use koinon_books::{Book, BookCommand};
use koinon_core::{CommunityCode, GrantId, PersonId, StoreCode};
use koinon_node::accounts::{Asked, CODE_GOOD_FOR, Event, KEPT_DAYS, What};
use koinon_node::{AccountError, Node};
use maud::{Markup, html};

use super::fields::{Fields, Reader};
use super::sign_in::{keep_device, waiting};
use super::{Answer, Faults, Said, Trouble, form_with, hand_over, mend, names, say};
use crate::app::App;
use crate::components::{Column, Table, Tone, card, chip, notice, qr};
use crate::forms::{Field, Input, Weight, choice, post_button, post_form, submit};
use crate::layout::Page;
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::Ui;
use crate::visit::{Posted, Stop, Visit, percent, see_other};

/// The most lines of what was done at the door.
const EVENTS_SHOWN: u32 = 50;
/// A new task begins this long after it is given, so that it does not begin before it is written, and its person who has the
/// code already does not find it to be still to come.
const BEGINS_MS: i64 = 1_000;
const ROLES: [(&str, Role); 4] = [
    ("coordinator", Role::Coordinator),
    ("facilitator", Role::Facilitator),
    ("steward", Role::Steward),
    ("guest", Role::Guest),
];
const REASONS: [(&str, RevokeReason); 5] = [
    ("finished", RevokeReason::Finished),
    ("asked", RevokeReason::Asked),
    ("lost-device", RevokeReason::LostDevice),
    ("trust", RevokeReason::Trust),
    ("mistake", RevokeReason::Mistake),
];

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/operator/people", get(list).post(invite))
        .route("/operator/people/revoke", post(revoke))
        .route("/operator/people/code", post(code))
        .route("/operator/people/code/agree", post(agree))
        .route("/operator/people/code/stop", post(stop))
        .route("/operator/people/device", post(register_device))
        .route("/operator/people/device/remove", post(remove_device))
        .route("/operator/people/{grant}", get(one))
}

async fn list(State(app): State<App>, visit: Visit, Query(query): Query<Vec<(String, String)>>) -> Answer {
    Ok(page(&app, &visit, &Fields::new(query), &Trouble::none())?.into_response())
}

fn page<'a>(app: &App, visit: &'a Visit, fields: &Fields, trouble: &Trouble) -> Result<Page<'a>, Stop> {
    page_with(app, visit, fields, (trouble, &Trouble::none()))
}

/// The page with what was wrong with the passphrase of names.
pub(super) fn names_page<'a>(app: &App, visit: &'a Visit, trouble: &Trouble) -> Result<Page<'a>, Stop> {
    page_with(app, visit, &Fields::new(Vec::new()), (&Trouble::none(), trouble))
}

fn page_with<'a>(
    app: &App,
    visit: &'a Visit,
    fields: &Fields,
    (trouble, of_names): (&Trouble, &Trouble),
) -> Result<Page<'a>, Stop> {
    visit.actor()?;
    let ui = &visit.ui;
    let broken = |_| Problem::new(Kind::Internal);
    let devices = app.node.accounts().devices().map_err(broken)?;
    let asked = app.node.accounts().asked_for().map_err(broken)?;
    let events = app.node.accounts().events(EVENTS_SHOWN).map_err(broken)?;
    app.node.read(|book| {
        let own = visit.own(book)?;
        let whole = Resource::community(own.clone());
        visit.permit(book, Action::ReadPeople, &whole)?;
        let (may_give, may_keep) = (visit.may(book, Action::Grant, &whole), visit.may(book, Action::ManageNode, &whole));
        let mut page = Page::new(ui, t!(ui, "people-title"))
            .crumb("/operator", t!(ui, "nav-operator"))
            .lead(t!(ui, "people-lead"));
        if fields.has("done") {
            page = page.notice(super::done_notice(ui, &t!(ui, "acts-done"), None));
        }
        if let Some(closed) = names::closed(ui, &app.node) {
            page = page.notice(closed);
        }
        let device = html! {
            p { (t!(ui, "device-lead")) }
            ul {
                @for device in &devices {
                    li.row {
                        span { (device.label) }
                        @if may_keep { (post_button(ui, "/operator/people/device/remove", &t!(ui, "device-remove"), Weight::Quiet, &[("id", &device.id)])) }
                    }
                }
            }
            @if may_keep {
                (post_form(ui, "/operator/people/device", &html! {
                    (Field::new("label", t!(ui, "device-label")).hint(t!(ui, "device-hint")).show(ui))
                    div.actions { (submit(&t!(ui, "device-register"), Weight::Secondary)) }
                }))
            }
        };
        Ok(page.body(html! {
            div.stack {
                (tasks(ui, (&app.node, book), &own, (may_give, may_keep, &asked)))
                @if may_give { (card(&t!(ui, "invite-title"), &invite_form(ui, book, &own, fields, trouble))) }
                @if let Some(erasures) = names::erasures(ui, book) { (erasures) }
                (names::lock_card(ui, &app.node, may_keep, of_names))
                @if may_keep { (door(ui, (&app.node, book), &events)) }
                div #devices { (card(&t!(ui, "device-title"), &device)) }
            }
        }))
    })
}

fn tasks(
    ui: &Ui,
    (node, book): (&Node, &Book),
    own: &CommunityCode,
    (may_give, may_keep, asked): (bool, bool, &[PersonId]),
) -> Markup {
    let mut held: Vec<Held<'_>> =
        book.grants().all().filter(|held| held.granted.community() == own).collect();
    held.sort_by_key(|held| {
        let over = !matches!(held.standing(ui.now), Standing::Active | Standing::Future);
        (over, held.granted.role, say::person(ui, (node, book), held.granted.subject), held.granted.grant)
    });
    let mut table = Table::new(
        t!(ui, "people-title"),
        [
            Column::head(t!(ui, "people-who")),
            Column::text(t!(ui, "people-task")),
            Column::text(t!(ui, "people-where")),
            Column::text(t!(ui, "people-until")),
            Column::act(t!(ui, "need-act")),
        ],
    );
    for held in held {
        let granted = held.granted;
        let standing = match held.standing(ui.now) {
            Standing::Active => None,
            Standing::Future => Some(t!(ui, "task-future")),
            Standing::Expired => Some(t!(ui, "task-ended")),
            Standing::Revoked(reason) => {
                Some(t!(ui, "task-taken-back", reason = say::revoke_reason(ui, reason)))
            }
        };
        let live = matches!(held.standing(ui.now), Standing::Active | Standing::Future);
        table = table.row([
            html! {
                (say::person(ui, (node, book), granted.subject))
                @if may_give && live && asked.contains(&granted.subject) { br; (chip(&t!(ui, "recover-chip"))) }
            },
            html! { (say::role(ui, granted.role)) },
            html! { (say::scope(book, &granted.scope)) },
            html! {
                (ui.date(granted.ends().plus_millis(-1).day(&ui.zone)))
                @if let Some(words) = standing { br; (chip(&words)) }
            },
            html! {
                @if may_give && live {
                    a.button href={ "/operator/people/" (granted.grant) } { (t!(ui, "people-change")) }
                } @else if may_keep && !live && !book.is_erased(granted.subject) {
                    a.button.button-quiet href={ "/operator/people/" (granted.grant) } { (t!(ui, "erase-way")) }
                }
            },
        ]);
    }
    html! { (table) }
}

fn invite_form(ui: &Ui, book: &Book, own: &CommunityCode, fields: &Fields, trouble: &Trouble) -> Markup {
    let today = ui.now.day(&ui.zone);
    let roles: Vec<(String, Markup)> = ROLES
        .iter()
        .map(|(code, role)| {
            let words = html! { strong { (say::role(ui, *role)) } " – " (say::role_does(ui, *role)) };
            ((*code).to_owned(), words)
        })
        .collect();
    let mut places = vec![(String::new(), say::community(book, own))];
    let ours =
        book.region().stores.iter().filter(|s| book.region().keeper_of(&s.place).as_ref() == Some(own));
    places.extend(ours.map(|store| (store.code.to_string(), store.name.clone())));
    let until = if fields.has("until") {
        fields.text("until").to_owned()
    } else {
        today.plus(90).to_date().to_string()
    };
    let body = html! {
        (Field::new("name", t!(ui, "invite-name")).hint(t!(ui, "invite-name-hint")).value(fields.text("name")).error(trouble.of("name")).show(ui))
        (choice(&t!(ui, "invite-role"), "role", if fields.has("role") { fields.text("role") } else { "coordinator" }, &roles))
        (Field::new("where", t!(ui, "invite-where")).choices(places).value(fields.text("where")).error(trouble.of("where")).optional().show(ui))
        (Field::new("until", t!(ui, "invite-until")).input(Input::Date).hint(t!(ui, "invite-until-hint")).value(until).error(trouble.of("until")).show(ui))
        div.actions { (submit(&t!(ui, "invite-save"), Weight::Primary)) }
    };
    form_with(ui, "/operator/people", trouble, &body)
}

fn read_grant(
    visit: &Visit,
    book: &Book,
    fields: &Fields,
    act: koinon_core::EntryId,
) -> Result<Result<(Granted, String), Faults>, Stop> {
    let ui = &visit.ui;
    let own = visit.own(book)?;
    let by = visit.actor()?.subject();
    let mut reader = Reader::new(ui, fields);
    let name = fields.text("name").to_owned();
    if name.is_empty() {
        reader.fault("name", t!(ui, "invite-name-missing"));
    }
    let role = reader.one_of("role", &ROLES);
    let until = reader.day_needed("until");
    let wanted = fields.text("where");
    let region = book.region();
    let store = StoreCode::new(wanted).ok().and_then(|code| region.store(&code));
    let scope = match store.filter(|store| region.keeper_of(&store.place).as_ref() == Some(&own)) {
        Some(store) => Scope::Store(own, store.code.clone()),
        None if wanted.is_empty() => Scope::Community(own),
        None => {
            reader.fault("where", t!(ui, "invite-where-unknown"));
            Scope::Community(own)
        }
    };
    let granted = role.zip(until).map(|(role, until)| Granted {
        grant: GrantId::derived("koinon-web grant", &act.0),
        subject: PersonId::derived("koinon-web person", &act.0),
        role,
        scope,
        caps: Caps::none(),
        not_before: ui.now.plus_millis(BEGINS_MS),
        expires: until.plus(1).start(&ui.zone),
        by,
        decision: None,
    });
    Ok(reader.done(granted).map(|granted| (granted, name)))
}

async fn invite(State(app): State<App>, posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let act = posted.act()?;
    let read = app.node.read(|book| read_grant(visit, book, fields, act))?;
    let (granted, name) = match read {
        Ok(read) => read,
        Err(faults) => return Ok(mend(page(&app, visit, fields, &Trouble::faults(faults))?)),
    };
    let person = granted.subject;
    match hand_over(&app, &posted, BookCommand::Grant { act, granted, name: Some(name.as_str().into()) })
        .await?
    {
        Said::Done => show_code(&app, visit, person, &name).await,
        Said::Ask(_) => Err(Problem::new(Kind::Conflict).into()),
        Said::No(words) => Ok(mend(page(&app, visit, fields, &Trouble::refused(words))?)),
    }
}

/// Makes a one-time code and shows it once.
async fn show_code(app: &App, visit: &Visit, person: PersonId, name: &str) -> Answer {
    let made = waiting(app, move |node| node.accounts().make_code(person, Some(CODE_GOOD_FOR))).await?;
    let code = made.map_err(|_| Problem::new(Kind::Internal))?;
    Ok(code_page(visit, name, &code))
}

fn code_page(visit: &Visit, name: &str, code: &str) -> Response {
    let ui = &visit.ui;
    let days = CODE_GOOD_FOR.as_secs() / 86_400;
    let body = html! {
        div.stack {
            (notice(ui, Tone::Watch, &html! { (t!(ui, "code-once")) }))
            p.big-code dir="ltr" { span.code { (code) } }
            (qr(&t!(ui, "code-scan"), &format!("{}/setup?code={code}", visit.base)))
            p { (t!(ui, "code-how", n = days)) }
            div.row { a.button href="/operator/people" { (t!(ui, "people-title")) } }
        }
    };
    Page::new(ui, t!(ui, "code-title", name = name))
        .crumb("/operator/people", t!(ui, "people-title"))
        .narrow()
        .body(body)
        .into_response()
}

fn find<'a>(visit: &Visit, book: &'a Book, grant: &str, action: Action) -> Result<Held<'a>, Stop> {
    let own = visit.own(book)?;
    let id: GrantId = grant.parse().map_err(|_| Problem::new(Kind::NotFound))?;
    let held = book.grants().get(&own, id).ok_or_else(|| Problem::new(Kind::NotFound))?;
    visit.permit(book, action, &held.granted.scope.resource())?;
    Ok(held)
}

async fn one(State(app): State<App>, visit: Visit, Path(grant): Path<String>) -> Answer {
    Ok(one_page(&app, &visit, &grant, &Trouble::none())?.into_response())
}

pub(super) fn one_page<'a>(
    app: &App,
    visit: &'a Visit,
    grant: &str,
    trouble: &Trouble,
) -> Result<Page<'a>, Stop> {
    let ui = &visit.ui;
    let person =
        app.node.read(|book| find(visit, book, grant, Action::Revoke).map(|held| held.granted.subject))?;
    let broken = |_| Problem::new(Kind::Internal);
    let chose = app.node.accounts().login_of(person).map_err(broken)?.is_some();
    let asked = app.node.accounts().asked_recovery(person).map_err(broken)?;
    app.node.read(|book| {
        let held = find(visit, book, grant, Action::Revoke)?;
        let may_keep = visit.may(book, Action::ManageNode, &Resource::community(visit.own(book)?));
        let live = matches!(held.standing(ui.now), Standing::Active | Standing::Future);
        let name = say::person(ui, (&app.node, book), person);
        let reasons = REASONS.iter().map(|(code, reason)| ((*code).to_owned(), say::revoke_reason(ui, *reason))).collect();
        let again = if chose {
            recover(visit, (&app.node, book), (person, grant), asked.as_ref())
        } else {
            html! {
                p { (t!(ui, "code-again-lead")) }
                (post_button(ui, "/operator/people/code", &t!(ui, "code-again"), Weight::Secondary, &[("grant", grant)]))
            }
        };
        let take_back = html! {
            input type="hidden" name="grant" value=(grant);
            (Field::new("reason", t!(ui, "enter-reason")).choices(reasons).show(ui))
            div.actions { (submit(&t!(ui, "revoke-save"), Weight::Danger)) }
        };
        Ok(Page::new(ui, t!(ui, "people-one", name = name))
            .crumb("/operator/people", t!(ui, "people-title"))
            .lead(say::grant(ui, book, held.granted))
            .narrow()
            .body(html! {
                div.stack {
                    @if live {
                        (card(&t!(ui, "code-again-title"), &again))
                        (card(&t!(ui, "revoke-title"), &html! { p { (t!(ui, "revoke-lead")) } (form_with(ui, "/operator/people/revoke", trouble, &take_back)) }))
                    }
                    @if may_keep { (names::erase_card(ui, book, (person, grant), trouble)) }
                }
            }))
    })
}

/// What was done at the door lately.
fn door(ui: &Ui, (node, book): (&Node, &Book), events: &[Event]) -> Markup {
    let what = |what: What| match what {
        What::SignedIn => t!(ui, "door-signed-in"),
        What::Failed => t!(ui, "door-failed"),
        What::CodeUsed => t!(ui, "door-code-used"),
        What::PasswordChanged => t!(ui, "door-password"),
        What::SecondSet => t!(ui, "door-second-set"),
        What::SecondRemoved => t!(ui, "door-second-removed"),
        What::RecoveryAsked => t!(ui, "door-recovery-asked"),
        What::RecoveryAgreed => t!(ui, "door-recovery-agreed"),
        What::RecoveryRefused => t!(ui, "door-recovery-refused"),
        What::Reset => t!(ui, "door-reset"),
    };
    let columns = [
        Column::head(t!(ui, "people-who")),
        Column::text(t!(ui, "door-what")),
        Column::text(t!(ui, "door-when")),
        Column::text(t!(ui, "door-from")),
    ];
    let rows = events.iter().map(|event| {
        [
            html! { (event.person.map_or_else(|| t!(ui, "door-nobody"), |person| say::person(ui, (node, book), person))) },
            html! {
                (what(event.what))
                @if let Some(by) = event.by { br; span.small { (say::person(ui, (node, book), by)) } }
            },
            html! { (ui.date(event.at.day(&ui.zone))) ", " (ui.time(event.at)) },
            html! { span dir="auto" { (event.place) } },
        ]
    });
    let table = Table::new(t!(ui, "door-title"), columns).rows(rows);
    card(&t!(ui, "door-title"), &html! { p.muted { (t!(ui, "door-lead", n = KEPT_DAYS)) } (table) })
}

/// A new code for somebody who has a password: one steward asks, another agrees.
fn recover(
    visit: &Visit,
    (node, book): (&Node, &Book),
    (person, grant): (PersonId, &str),
    asked: Option<&Asked>,
) -> Markup {
    let ui = &visit.ui;
    let me = visit.visitor.actor.as_ref().and_then(Actor::subject);
    let hidden = [("grant", grant)];
    let stop =
        || post_button(ui, "/operator/people/code/stop", &t!(ui, "recover-stop"), Weight::Quiet, &hidden);
    if me == Some(person) {
        return html! { p { (t!(ui, "recover-self")) } };
    }
    match asked {
        None => html! {
            p { (t!(ui, "recover-lead")) }
            (post_button(ui, "/operator/people/code", &t!(ui, "recover-ask"), Weight::Secondary, &hidden))
        },
        Some(asked) if me == Some(asked.by) => html! {
            p { (t!(ui, "recover-waits", date = ui.date(asked.since.day(&ui.zone)))) }
            (stop())
        },
        Some(asked) => html! {
            p { (t!(ui, "recover-asked", name = say::person(ui, (node, book), asked.by), date = ui.date(asked.since.day(&ui.zone)))) }
            div.row {
                (post_button(ui, "/operator/people/code/agree", &t!(ui, "recover-agree"), Weight::Primary, &hidden))
                (stop())
            }
        },
    }
}

async fn revoke(State(app): State<App>, posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let by = visit.actor()?.subject().ok_or_else(|| Problem::new(Kind::Forbidden))?;
    let grant = fields.text("grant").to_owned();
    let mut reader = Reader::new(&visit.ui, fields);
    let reason = reader.one_of("reason", &REASONS);
    let reason = match reader.done(reason) {
        Ok(reason) => reason,
        Err(faults) => return Ok(mend(one_page(&app, visit, &grant, &Trouble::faults(faults))?)),
    };
    let revoked = app.node.read(|book| -> Result<Revoked, Stop> {
        let held = find(visit, book, &grant, Action::Revoke)?;
        Ok(Revoked { grant: held.granted.grant, community: held.granted.community().clone(), by, reason })
    })?;
    match hand_over(&app, &posted, BookCommand::Revoke { act: posted.act()?, revoked }).await? {
        Said::Done => Ok(see_other("/operator/people?done=yes")),
        Said::Ask(_) => Err(Problem::new(Kind::Conflict).into()),
        Said::No(words) => Ok(mend(one_page(&app, visit, &grant, &Trouble::refused(words))?)),
    }
}

/// A new code for somebody who never used the first one; or, for somebody who has a password, the first of two stewards
/// asks for one.
async fn code(State(app): State<App>, posted: Posted) -> Answer {
    let (person, name, by) = whom(&app, &posted)?;
    let login = app.node.accounts().login_of(person).map_err(|_| Problem::new(Kind::Internal))?;
    if login.is_none() {
        return show_code(&app, &posted.visit, person, &name).await;
    }
    let asked = waiting(&app, move |node| node.accounts().ask_recovery(person, by)).await?;
    asked.map_err(|fault| recovery_problem(&posted.visit, &fault))?;
    Ok(see_other(&format!("/operator/people/{}", percent(posted.fields.text("grant")))))
}

/// The second steward agrees, and is shown the code.
async fn agree(State(app): State<App>, posted: Posted) -> Answer {
    let (person, name, by) = whom(&app, &posted)?;
    let asked = app.node.accounts().asked_recovery(person).map_err(|_| Problem::new(Kind::Internal))?;
    let Some(asked) = asked else {
        return Err(recovery_problem(&posted.visit, &AccountError::NotAsked).into());
    };
    // The fact first: no code is shown of which nothing stands in the record.
    let command = BookCommand::AgreeRecovery { act: posted.act()?, person, asked_by: asked.by };
    match hand_over(&app, &posted, command).await? {
        Said::Done => {}
        Said::Ask(_) => return Err(Problem::new(Kind::Conflict).into()),
        // Whoever asked cannot agree too.
        Said::No(words) => return Err(Problem::new(Kind::Forbidden).detail(words).into()),
    }
    let made = waiting(&app, move |node| node.accounts().agree_recovery(person, by)).await?;
    let code = made.map_err(|fault| recovery_problem(&posted.visit, &fault))?;
    Ok(code_page(&posted.visit, &name, &code))
}

/// A steward withdraws what nobody has agreed to yet.
async fn stop(State(app): State<App>, posted: Posted) -> Answer {
    let (person, _, _) = whom(&app, &posted)?;
    let stopped = waiting(&app, move |node| node.accounts().stop_asking(person)).await?;
    stopped.map_err(|_| Problem::new(Kind::Internal))?;
    Ok(see_other(&format!("/operator/people/{}", percent(posted.fields.text("grant")))))
}

/// Whose sign-in a form is about, and who sent it, if they may give tasks.
fn whom(app: &App, posted: &Posted) -> Result<(PersonId, String, PersonId), Stop> {
    let visit = &posted.visit;
    let by = visit.actor()?.subject().ok_or_else(|| Problem::new(Kind::Forbidden))?;
    app.node.read(|book| {
        let held = find(visit, book, posted.fields.text("grant"), Action::Grant)?;
        Ok((held.granted.subject, say::person(&visit.ui, (&app.node, book), held.granted.subject), by))
    })
}

fn recovery_problem(visit: &Visit, fault: &AccountError) -> Problem {
    let kind = match fault {
        AccountError::NotAlone => Kind::Forbidden,
        AccountError::NotAsked => Kind::Conflict,
        _ => Kind::Internal,
    };
    Problem::new(kind).detail(super::sign_in::account_words(&visit.ui, fault))
}

pub(super) fn may_keep_node(app: &App, visit: &Visit) -> Result<(), Stop> {
    visit.actor()?;
    app.node.read(|book| {
        let own = visit.own(book)?;
        visit.permit(book, Action::ManageNode, &Resource::community(own)).map(|_| ())
    })
}

async fn register_device(State(app): State<App>, posted: Posted) -> Answer {
    may_keep_node(&app, &posted.visit)?;
    let label = posted.fields.text("label").to_owned();
    if label.is_empty() {
        let faults = vec![("label".to_owned(), t!(posted.visit.ui, "device-label-missing"))];
        return Ok(mend(page(&app, &posted.visit, &posted.fields, &Trouble::faults(faults))?));
    }
    let made = waiting(&app, move |node| node.accounts().register_device(&label)).await?;
    let token = made.map_err(|_| Problem::new(Kind::Internal))?;
    let mut response = see_other("/operator/people?done=device");
    keep_device(&app, &posted, &token, &mut response);
    Ok(response)
}

async fn remove_device(State(app): State<App>, posted: Posted) -> Answer {
    may_keep_node(&app, &posted.visit)?;
    let id = posted.fields.text("id").to_owned();
    let removed = waiting(&app, move |node| node.accounts().remove_device(&id)).await?;
    removed.map_err(|_| Problem::new(Kind::Internal))?;
    Ok(see_other("/operator/people?done=device"))
}
