//! Teams and missions: who asks for people, who is promised, who could go, and what keeps the others.
//!
//! A suggestion is one button away from a promise of the team's own community, and a promise one button away from a yes of who asked.
//! Nothing else here acts.

use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use koinon_aid::{Reason, Stage};
use koinon_authority::{Action, Resource};
use koinon_core::Timestamp;
use maud::{Markup, html};

use crate::acts::Answer;
use crate::acts::fields::Fields;
use crate::app::App;
use crate::components::{
    Column, Table, Tone, card, card_with, chip, empty, facts, link_button, more, notice,
};
use crate::exports::{Format, Sheet};
use crate::forms::{Weight, post_button};
use crate::i18n::Speak as _;
use crate::icons::Icon;
use crate::layout::{Page, Section};
use crate::live::{self, Topic};
use crate::t;
use crate::ui::Ui;
use crate::views::teams::{
    KeptView, MissionView, OpenView, PromiseView, ServeView, SuggestedTeamView, TeamName, TeamView, TeamsView,
};
use crate::visit::Visit;

/// What the reader may do for their community.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a right of its own")]
pub struct May {
    /// State teams and how many stay at home.
    pub keep: bool,
    /// Ask for a mission, and answer promises.
    pub ask: bool,
    /// Promise teams.
    pub promise: bool,
    /// Write down that they left or are back.
    pub send: bool,
}

impl May {
    /// Asks what a visitor may do.
    pub fn of(visit: &Visit, book: &koinon_books::Book) -> Self {
        let Some(own) = book.own() else { return Self::default() };
        let may = |action| visit.may(book, action, &Resource::community(own.clone()));
        Self {
            keep: may(Action::KeepTeams),
            ask: may(Action::AskMission),
            promise: may(Action::PromiseTeam),
            send: may(Action::SendTeam),
        }
    }
}

/// The page's address.
pub fn router() -> Router<App> {
    Router::new()
        .route("/teams", get(show))
        .merge(crate::exports::routes("/teams", take_teams))
        .merge(crate::exports::routes("/missions", take_missions))
}

async fn show(State(app): State<App>, visit: Visit, Query(query): Query<Vec<(String, String)>>) -> Answer {
    let planned = app.plans.newest_of_teams();
    let (view, may) =
        super::look(&app, &visit, |lens| (lens.teams(planned.as_deref()), May::of(&visit, lens.book)));
    let mut page = page(&visit.ui, &view, may);
    if Fields::new(query).has("done") {
        page = page.notice(crate::acts::done_notice(&visit.ui, &t!(visit.ui, "acts-done"), None));
    }
    Ok(page.into_response())
}

fn take_teams(app: &App, visit: &Visit, _: &str, format: Format) -> Response {
    let view = super::look(app, visit, |lens| lens.teams(None));
    Sheet::of("teams", &view.teams).answer(format)
}

fn take_missions(app: &App, visit: &Visit, _: &str, format: Format) -> Response {
    let view = super::look(app, visit, |lens| lens.teams(None));
    Sheet::of("missions", &view.missions).answer(format)
}

/// The page.
pub fn page<'a>(ui: &'a Ui, view: &TeamsView, may: May) -> Page<'a> {
    let open = view.missions.iter().filter(|mission| mission.open);
    let asks = open.clone().flat_map(|mission| &mission.asks);
    let (asked, promised) = asks.fold((0_i64, 0_i64), |(asked, promised), ask| {
        (asked + i64::from(ask.people), promised + i64::from(ask.promised.min(ask.people)))
    });
    let headline = match open.count() {
        0 => t!(ui, "teams-none-asked"),
        _ => t!(ui, "teams-headline", promised = promised, asked = asked),
    };
    let mut page = Page::new(ui, t!(ui, "teams-title"))
        .headline(headline)
        .lead(t!(ui, "teams-lead"))
        .section(Section::Needs)
        .crumb("/needs", t!(ui, "needs-title"))
        .live(&[Topic::Needs]);
    if ui.chrome.is_guest {
        page = page.notice(notice(ui, Tone::Info, &html! { (t!(ui, "teams-members")) }));
    }
    page.body(html! {
        div.stack {
            @if may.ask || may.keep {
                div.row {
                    @if may.ask { (link_button("/teams/mission", &t!(ui, "teams-ask"), true)) }
                    @if may.keep { (link_button("/teams/team", &t!(ui, "teams-state"), !may.ask)) }
                    @if may.keep { (link_button("/teams/crew", &t!(ui, "teams-crew"), false)) }
                }
            }
            (live::region("teams-now", "/teams", &[Topic::Needs], &html! {
                div.stack {
                    @if view.missions.is_empty() && !ui.chrome.is_guest {
                        (card(&t!(ui, "teams-missions"), &empty(Icon::Needs, &t!(ui, "teams-none-asked"), &html! {})))
                    }
                    @for mission in &view.missions { (mission_card(ui, mission, may, view)) }
                    @if !view.missions.is_empty() { (super::take_away(ui, "/missions", "")) }
                    @if let Some(teams) = teams_card(ui, view, may) { (teams) }
                    @if let Some(crews) = crews_card(ui, view) { (crews) }
                }
            }))
        }
    })
}

fn mission_card(ui: &Ui, mission: &MissionView, may: May, view: &TeamsView) -> Markup {
    let heading =
        t!(ui, "teams-mission", place = mission.place.name.as_str(), mission = mission.mission.as_str());
    let mut rows = vec![(t!(ui, "teams-when"), html! { (when(ui, mission)) })];
    if mission.self_sufficient_hours > 0 {
        let hours = t!(ui, "teams-hours", h = i64::from(mission.self_sufficient_hours));
        rows.push((t!(ui, "teams-self"), html! { (hours) }));
    }
    let columns = [
        Column::head(t!(ui, "teams-skill")),
        Column::number(t!(ui, "teams-asked")),
        Column::number(t!(ui, "teams-promised")),
    ];
    let asks = Table::new(t!(ui, "teams-asks"), columns).rows(mission.asks.iter().map(|ask| {
        [
            html! { bdi { (ask.skill) } },
            html! { (ui.number(i64::from(ask.people))) },
            html! { (ui.number(i64::from(ask.promised))) },
        ]
    }));
    let aside = html! {
        @if mission.open { (chip(&urgency(ui, mission.urgency))) } @else { (chip(&t!(ui, "teams-over"))) }
    };
    card_with(
        &heading,
        &aside,
        &html! {
            div.stack {
                (facts(&rows))
                (asks)
                @if !mission.promises.is_empty() {
                    div.stack { h3 { (t!(ui, "teams-promised-teams")) }
                        ul.plain-list { @for promise in &mission.promises { li { (promised(ui, promise, mission, may)) } } } }
                }
                @if !mission.suggestions.is_empty() {
                    div.stack { h3 { (t!(ui, "teams-suggested")) }
                        ul.plain-list { @for team in &mission.suggestions { li { (suggested(ui, team, mission, may)) } } }
                        (how_sure(ui, view)) }
                }
                @for open in &mission.stays_open { (stays_open(ui, open)) }
                @if mission.is_ours && mission.open && may.ask {
                    p { a href={ "/teams/mission?mission=" (mission.mission) } { (t!(ui, "teams-change-mission")) } }
                }
            }
        },
    )
}

fn how_sure(ui: &Ui, view: &TeamsView) -> Markup {
    html! {
        p.small.muted {
            @match view.proven {
                Some(true) => { (t!(ui, "teams-proven")) }
                _ => { (t!(ui, "teams-searched")) }
            }
            @if let Some(made) = view.made.as_deref() { " · " (super::ago(ui, Some(made))) }
        }
    }
}

/// When work begins and ends, in the region's time.
fn when(ui: &Ui, mission: &MissionView) -> String {
    let (begins, ends) = (at(&mission.start), at(&mission.end));
    let overnight = begins.day(&ui.zone) != ends.day(&ui.zone);
    let until = if overnight { moment(ui, &mission.end) } else { ui.time(ends) };
    let from = moment(ui, &mission.start);
    match mission.days {
        0 | 1 => t!(ui, "teams-times", from = from, until = until),
        days => t!(ui, "teams-times-days", from = from, until = until, n = i64::from(days)),
    }
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap_or_default()
}

/// An instant in full, as clocks of the region show it.
pub fn moment(ui: &Ui, text: &str) -> String {
    ui.lang().date_time(at(text), &ui.zone)
}

/// A length in hours and minutes.
pub fn length(ui: &Ui, minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, m) => t!(ui, "teams-minutes", m = m),
        (h, 0) => t!(ui, "teams-hours", h = h),
        (h, m) => t!(ui, "teams-hours-minutes", h = h, m = m),
    }
}

/// A team with its community.
pub fn team_words(ui: &Ui, community: &str, team: &str) -> String {
    t!(ui, "teams-team-of", team = team, place = community)
}

fn name(ui: &Ui, team: &TeamName) -> String {
    team_words(ui, &team.community.name, &team.team)
}

fn serves(ui: &Ui, list: &[ServeView]) -> String {
    let one = |serve: &ServeView| t!(ui, "teams-people-of", n = serve.people, skill = serve.skill.as_str());
    ui.lang().list(&list.iter().map(one).collect::<Vec<_>>())
}

fn promised(ui: &Ui, promise: &PromiseView, mission: &MissionView, may: May) -> Markup {
    let path = format!("/teams/promise/{}/{}", promise.community.code, promise.promise);
    let hidden = [("home", promise.community.code.as_str()), ("promise", promise.promise.as_str())];
    let button = |action: &str, label: String| post_button(ui, action, &label, Weight::Primary, &hidden);
    html! {
        div.row { strong { (team_words(ui, &promise.community.name, &promise.team)) } (chip(&stage(ui, promise.stage))) }
        p {
            @if !promise.serves.is_empty() { (serves(ui, &promise.serves)) ". " }
            (t!(ui, "teams-trip", leaves = moment(ui, &promise.leaves), home = moment(ui, &promise.home_again)))
            @if let Some(code) = promise.reason { " " (reason(ui, code)) }
        }
        div.row {
            @match promise.stage {
                "promised" if mission.is_ours && may.ask => { (button("/teams/take", t!(ui, "teams-take"))) }
                "taken" if promise.is_ours && may.send => { (button("/teams/left", t!(ui, "teams-left"))) }
                "away" if promise.is_ours && may.send => { (button("/teams/back", t!(ui, "teams-back"))) }
                _ => {}
            }
            a href=(path) { (t!(ui, "teams-more")) }
        }
    }
}

fn suggested(ui: &Ui, team: &SuggestedTeamView, mission: &MissionView, may: May) -> Markup {
    html! {
        div.row { strong { (team_words(ui, &team.community.name, &team.team)) } }
        p {
            (serves(ui, &team.serves)) ". "
            (t!(ui, "teams-trip", leaves = moment(ui, &team.leaves), home = moment(ui, &team.home_again))) " "
            (t!(ui, "teams-effort", way = length(ui, team.way_minutes), duty = length(ui, team.duty_minutes)))
            @if let Some(other) = &team.instead { " " (t!(ui, "teams-instead", team = name(ui, other))) }
        }
        @if team.is_ours && may.promise {
            (post_button(ui, "/teams/promise", &t!(ui, "teams-promise"), Weight::Primary, &[
                ("team", team.team.as_str()), ("asker", mission.asker.code.as_str()),
                ("mission", mission.mission.as_str()), ("suggestion", team.suggestion.as_str()),
            ]))
        } @else if !team.is_ours {
            p.small.muted { (t!(ui, "teams-theirs", place = team.community.name.as_str())) }
        }
    }
}

fn stays_open(ui: &Ui, open: &OpenView) -> Markup {
    let sentence = t!(ui, "teams-stays-open", n = open.people, skill = open.skill.as_str());
    html! {
        @if open.kept.is_empty() {
            p { strong { (sentence) } " " (t!(ui, "teams-nobody-has")) }
        } @else {
            (more(&sentence, &html! {
                ul { @for kept in &open.kept { li { (kept_words(ui, kept)) } } }
            }))
        }
    }
}

fn kept_words(ui: &Ui, kept: &KeptView) -> String {
    let missions = ui.lang().list(&kept.missions);
    let team = name(ui, &kept.team);
    match kept.why {
        "unwilling" => t!(ui, "teams-why-unwilling", team = team),
        "days" => t!(ui, "teams-why-days", team = team),
        "no-way" => t!(ui, "teams-why-no-way", team = team),
        "too-far" => t!(ui, "teams-why-too-far", team = team),
        "notice" => t!(ui, "teams-why-notice", team = team),
        "self-sufficiency" => t!(ui, "teams-why-self", team = team),
        "crew-floor" => t!(ui, "teams-why-crew", team = team),
        "rest" => t!(ui, "teams-why-rest", team = team),
        "duty-hours" => t!(ui, "teams-why-duty", team = team),
        "rotation" => t!(ui, "teams-why-rotation", team = team),
        "busy" => t!(ui, "teams-why-busy", team = team, missions = missions),
        "promised" => t!(ui, "teams-why-promised", team = team),
        _ => t!(ui, "teams-why-crew-away", team = team, missions = missions),
    }
}

fn teams_card(ui: &Ui, view: &TeamsView, may: May) -> Option<Markup> {
    let (ours, others): (Vec<&TeamView>, Vec<&TeamView>) = view.teams.iter().partition(|team| team.is_ours);
    if ours.is_empty() && others.is_empty() && !may.keep {
        return None;
    }
    Some(card(
        &t!(ui, "teams-ours"),
        &html! {
            @if ours.is_empty() { p { (t!(ui, "teams-ours-none")) } } @else { (teams_table(ui, &ours, may)) }
            @if !view.teams.is_empty() { (super::take_away(ui, "/teams", "")) }
            @if !others.is_empty() {
                (more(&t!(ui, "teams-others", n = super::count_of(others.len())), &html! { (teams_table(ui, &others, May::default())) }))
            }
        },
    ))
}

fn teams_table(ui: &Ui, teams: &[&TeamView], may: May) -> Table {
    let mut columns = vec![
        Column::head(t!(ui, "teams-team")),
        Column::text(t!(ui, "teams-who")),
        Column::text(t!(ui, "teams-word")),
        Column::text(t!(ui, "teams-duty")),
    ];
    if may.keep {
        columns.push(Column::act(t!(ui, "teams-change")));
    }
    Table::new(t!(ui, "teams-ours"), columns).rows(teams.iter().map(|team| {
        let mut cells = vec![
            html! {
                @if team.is_ours { bdi { (team.team) } } @else { (team_words(ui, &team.community.name, &team.team)) }
                @if let Some(code) = team.stage { " " (chip(&stage(ui, code))) }
            },
            html! { (who(ui, team)) },
            html! { (word(ui, team)) },
            html! { (length(ui, team.duty_minutes)) },
        ];
        if may.keep {
            cells.push(html! { a href={ "/teams/team?team=" (team.team) } { (t!(ui, "teams-change")) } });
        }
        cells
    }))
}

fn who(ui: &Ui, team: &TeamView) -> String {
    let one = |component: &crate::views::teams::ComponentView| {
        let skills = component.skills.join(" + ");
        t!(ui, "teams-people-of", n = i64::from(component.people), skill = skills)
    };
    ui.lang().list(&team.components.iter().map(one).collect::<Vec<_>>())
}

/// To what a team agreed.
fn word(ui: &Ui, team: &TeamView) -> Markup {
    html! {
        @if !team.willing {
            (t!(ui, "teams-word-no"))
        } @else {
            (t!(ui, "teams-word-yes"))
            @if let Some(day) = team.from.as_deref() { " " (t!(ui, "teams-word-from")) " " (super::date(ui, Some(day))) }
            @if let Some(day) = team.until.as_deref() { " " (t!(ui, "teams-word-until")) " " (super::date(ui, Some(day))) }
            @if let Some(way) = team.way_minutes_max { " · " (t!(ui, "teams-word-way", way = length(ui, i64::from(way)))) }
            " · " (t!(ui, "teams-word-notice", time = length(ui, i64::from(team.notice_minutes))))
        }
    }
}

fn crews_card(ui: &Ui, view: &TeamsView) -> Option<Markup> {
    let ours: Vec<_> = view.crews.iter().filter(|crew| crew.is_ours).collect();
    (!ours.is_empty()).then(|| {
        card(
            &t!(ui, "teams-crew"),
            &html! {
                ul { @for crew in ours {
                    li { (t!(ui, "teams-crew-kept", n = i64::from(crew.keep), skill = crew.skill.as_str(), place = crew.place.name.as_str())) }
                } }
                p.small.muted { (t!(ui, "teams-crew-usual", n = i64::from(koinon_aid::hours::KEEP))) }
            },
        )
    })
}

pub(super) fn urgency(ui: &Ui, code: &str) -> String {
    let known = koinon_core::Urgency::by_code(code);
    known.map(|urgency| crate::acts::say::urgency(ui, urgency)).unwrap_or_default()
}

/// How far a promise has come, in a word.
pub fn stage(ui: &Ui, code: &str) -> String {
    match code {
        "promised" => t!(ui, "teams-stage-promised"),
        "taken" => t!(ui, "teams-stage-taken"),
        "declined" => t!(ui, "teams-stage-declined"),
        "withdrawn" => t!(ui, "teams-stage-withdrawn"),
        "away" => t!(ui, "teams-stage-away"),
        "back" => t!(ui, "teams-stage-back"),
        _ => t!(ui, "teams-stage-lapsed"),
    }
}

/// How far a promise has come.
pub fn stage_of(ui: &Ui, found: Stage) -> String {
    stage(ui, found.code())
}

/// A reason in words.
pub fn reason(ui: &Ui, code: &str) -> String {
    match Reason::by_code(code) {
        Some(Reason::Done) => t!(ui, "teams-reason-done"),
        Some(Reason::NotNeeded) => t!(ui, "teams-reason-not-needed"),
        Some(Reason::Enough) => t!(ui, "teams-reason-enough"),
        Some(Reason::NotSuited) => t!(ui, "teams-reason-not-suited"),
        Some(Reason::TooLate) => t!(ui, "teams-reason-too-late"),
        Some(Reason::NeededHere) => t!(ui, "teams-reason-needed-here"),
        Some(Reason::NotAble) => t!(ui, "teams-reason-not-able"),
        Some(Reason::Mistake) => t!(ui, "teams-reason-mistake"),
        Some(Reason::Other) | None => t!(ui, "teams-reason-other"),
    }
}
