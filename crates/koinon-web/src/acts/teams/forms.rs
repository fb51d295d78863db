//! The forms of teams, missions and crews at home.

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::{Query, State};
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use koinon_aid::fact::{
    Component, DAYS_MAX, LENGTH_MAX, MissionAsked, PEOPLE_MAX, SKILLS_MAX, SkillCount, TeamStated, Word,
};
use koinon_aid::{Act, Reason};
use koinon_authority::{Action, Resource};
use koinon_books::Book;
use koinon_core::id::code_from_words;
use koinon_core::{MissionCode, PlaceCode, SkillCode, TeamName, Timestamp, Urgency};
use maud::{Markup, html};

use super::super::{Answer, Trouble, form_with};
use super::{Read, clock, faulty, hand_over};
use crate::acts::fields::{Fields, Reader, short};
use crate::acts::say;
use crate::app::App;
use crate::components::card;
use crate::forms::{Field, Input, Weight, choice, post_form, submit, tick};
use crate::layout::{Page, Section};
use crate::pages::teams::reason;
use crate::t;
use crate::ui::Ui;
use crate::views::teams::skills;
use crate::visit::{Posted, Stop, Visit};

/// Rows for people in a form.
const ROWS: usize = 4;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/teams/team", get(team_form).post(state_team))
        .route("/teams/team/close", post(close_team))
        .route("/teams/mission", get(mission_form).post(ask_mission))
        .route("/teams/mission/close", post(close_mission))
        .route("/teams/crew", get(crew_form).post(keep_crew))
}

/// The places that the visitor's community keeps and for which they may do something.
pub(in crate::acts) fn places(
    visit: &Visit,
    book: &Book,
    action: Action,
) -> Result<Vec<(String, String)>, Stop> {
    let own = visit.own(book)?;
    let region = book.region();
    let hubs = region.hubs.iter().filter(|hub| hub.keeper == own).map(|hub| hub.code.clone());
    let all = std::iter::once(own.place()).chain(hubs);
    let may = |place: &PlaceCode| {
        visit.may(book, action, &Resource::community(own.clone()).at_place(place.clone()))
    };
    let found: Vec<_> = all.filter(may).map(|place| (place.to_string(), say::place(book, &place))).collect();
    if found.is_empty() {
        visit.permit(book, action, &Resource::community(own))?;
    }
    Ok(found)
}

fn page(ui: &Ui, title: String, lead: String) -> Page<'_> {
    Page::new(ui, title).lead(lead).section(Section::Needs).crumb("/teams", t!(ui, "teams-title")).narrow()
}

pub(in crate::acts) fn place_field(
    ui: &Ui,
    label: String,
    places: Vec<(String, String)>,
    chosen: &str,
) -> Markup {
    match places.as_slice() {
        [(only, name)] => {
            html! { input type="hidden" name="place" value=(only); p { (label) ": " strong { (name) } } }
        }
        _ => Field::new("place", label).choices(places).value(chosen).show(ui),
    }
}

fn number(ui: &Ui, name: &str, label: String, fields: &Fields, trouble: &Trouble) -> Field {
    let _ = ui;
    Field::new(name, label).input(Input::Decimal).value(fields.text(name)).error(trouble.of(name))
}

/// Rows of skills and people.
fn people_rows(ui: &Ui, book: &Book, fields: &Fields, trouble: &Trouble, hint: &str) -> Markup {
    let known = skills(book);
    html! {
        fieldset {
            legend { (t!(ui, "teams-people")) }
            p.hint { (hint) }
            @if let Some(fault) = trouble.of("skill-1") { p.error { (fault) } }
            @for row in 1..=ROWS {
                @let (skill, people) = (format!("skill-{row}"), format!("people-{row}"));
                div.row.pair {
                    (Field::new(skill.as_str(), t!(ui, "teams-skill")).value(fields.text(&skill)).suggestions(known.clone())
                        .error(trouble.of(&skill).filter(|_| row > 1)).may_be_empty().show(ui))
                    (Field::new(people.as_str(), t!(ui, "teams-how-many")).input(Input::Decimal).value(fields.text(&people))
                        .error(trouble.of(&people)).may_be_empty().show(ui))
                }
            }
        }
    }
}

/// A word that people typed, as a code.
pub(in crate::acts) fn code<T: std::str::FromStr>(
    reader: &mut Reader<'_>,
    ui: &Ui,
    name: &str,
    text: &str,
) -> Option<T> {
    // Case, accents and blanks may change; a word that loses anything else could be taken for another.
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_');
    let letters = |word: &str| word.chars().filter(|letter| letter.is_alphanumeric()).count();
    let whole = |word: &String| text.trim().chars().all(plain) && letters(word) == letters(text);
    let found = code_from_words(text).filter(whole).and_then(|word| word.parse().ok());
    if found.is_none() {
        reader.fault(name, t!(ui, "teams-bad-word", found = short(text)));
    }
    found
}

/// The rows that were filled in: what was typed as skills, and how many people.
fn rows<'a>(reader: &mut Reader<'a>, ui: &Ui, fields: &'a Fields) -> Vec<(String, &'a str, u32)> {
    let mut found = Vec::new();
    for row in 1..=ROWS {
        let (skill, people) = (format!("skill-{row}"), format!("people-{row}"));
        let text = fields.text(&skill);
        if text.is_empty() {
            if fields.has(&people) {
                reader.fault(&skill, t!(ui, "teams-skill-missing"));
            }
            continue;
        }
        let count = if fields.has(&people) { reader.number(&people, PEOPLE_MAX) } else { Some(1) };
        if let Some(count) = count {
            found.push((skill, text, count));
        }
    }
    if found.is_empty() {
        reader.fault("skill-1", t!(ui, "teams-nobody"));
    }
    found
}

async fn team_form(
    State(app): State<App>,
    visit: Visit,
    Query(query): Query<Vec<(String, String)>>,
) -> Answer {
    visit.actor()?;
    let fields = Fields::new(query);
    app.node.read(|book| {
        let own = visit.own(book)?;
        let known = TeamName::new(fields.text("team")).ok();
        let known = known.and_then(|team| book.aid().team(&own, &team)).filter(|team| !team.closed);
        let filled = known.map_or_else(|| Fields::new(vec![("willing".into(), "yes".into())]), of_team);
        Ok(team_page(&visit, book, &filled, &Trouble::none())?.into_response())
    })
}

/// A team as its form is filled in.
fn of_team(team: &TeamStated) -> Fields {
    let mut pairs = vec![
        ("team".to_owned(), team.team.to_string()),
        ("place".to_owned(), team.home.to_string()),
        ("from".to_owned(), team.word.first.map(|day| day.to_string()).unwrap_or_default()),
        ("until".to_owned(), team.word.last.map(|day| day.to_string()).unwrap_or_default()),
        ("way".to_owned(), team.word.way_minutes_max.map(|way| way.to_string()).unwrap_or_default()),
        ("notice".to_owned(), team.notice_minutes.to_string()),
        ("self".to_owned(), team.self_sufficient_hours.to_string()),
        ("known".to_owned(), "yes".to_owned()),
    ];
    if team.word.willing {
        pairs.push(("willing".to_owned(), "yes".to_owned()));
    }
    for (row, component) in (1..).zip(&team.components) {
        let skills: Vec<&str> = component.skills.iter().map(SkillCode::as_str).collect();
        pairs.push((format!("skill-{row}"), skills.join(" + ")));
        pairs.push((format!("people-{row}"), component.people.to_string()));
    }
    Fields::new(pairs)
}

fn team_page<'a>(
    visit: &'a Visit,
    book: &Book,
    fields: &Fields,
    trouble: &Trouble,
) -> Result<Page<'a>, Stop> {
    let ui = &visit.ui;
    let places = places(visit, book, Action::KeepTeams)?;
    let body = html! {
        (Field::new("team", t!(ui, "teams-team-word")).hint(t!(ui, "teams-team-word-hint")).value(fields.text("team")).error(trouble.of("team")).show(ui))
        (place_field(ui, t!(ui, "teams-home"), places, fields.text("place")))
        (people_rows(ui, book, fields, trouble, &t!(ui, "teams-people-hint")))
        (tick("willing", &t!(ui, "teams-willing"), fields.has("willing")))
        (Field::new("from", t!(ui, "teams-away-from")).input(Input::Date).value(fields.text("from")).error(trouble.of("from")).optional().show(ui))
        (Field::new("until", t!(ui, "teams-away-until")).input(Input::Date).value(fields.text("until")).error(trouble.of("until")).optional().show(ui))
        (number(ui, "way", t!(ui, "teams-way-most"), fields, trouble).optional().show(ui))
        (number(ui, "notice", t!(ui, "teams-notice"), fields, trouble).optional().show(ui))
        (number(ui, "self", t!(ui, "teams-self-has"), fields, trouble).optional().show(ui))
        div.actions { (submit(&t!(ui, "teams-save"), Weight::Primary)) }
    };
    let known = fields.has("known") && trouble.is_none();
    Ok(page(ui, t!(ui, "teams-state"), t!(ui, "teams-state-lead")).body(html! {
        div.stack {
            (form_with(ui, "/teams/team", trouble, &body))
            @if known {
                (card(&t!(ui, "teams-close-team"), &post_form(ui, "/teams/team/close", &html! {
                    input type="hidden" name="team" value=(fields.text("team"));
                    p { (t!(ui, "teams-close-team-lead")) }
                    div.actions { (submit(&t!(ui, "teams-close-team"), Weight::Danger)) }
                })))
            }
        }
    }))
}

fn read_team(ui: &Ui, fields: &Fields) -> Read {
    let mut reader = Reader::new(ui, fields);
    let team: Option<TeamName> = code(&mut reader, ui, "team", fields.text("team"));
    let home: Option<PlaceCode> = code(&mut reader, ui, "place", fields.text("place"));
    let mut components = Vec::new();
    for (name, text, people) in rows(&mut reader, ui, fields) {
        let words: Vec<&str> =
            text.split(['+', ',', '/']).map(str::trim).filter(|word| !word.is_empty()).collect();
        let skills: BTreeSet<SkillCode> =
            words.iter().filter_map(|word| code(&mut reader, ui, &name, word)).collect();
        components.push(Component { skills: skills.into_iter().collect(), people });
    }
    let (first, last) = (reader.day("from"), reader.day("until"));
    let way_minutes_max = reader.number("way", LENGTH_MAX);
    let notice_minutes = reader.number("notice", LENGTH_MAX).unwrap_or(0);
    let self_sufficient_hours = reader.number("self", LENGTH_MAX).unwrap_or(0);
    let word = Word { willing: fields.has("willing"), first, last, way_minutes_max };
    let made = team.zip(home).map(|(team, home)| TeamStated {
        team,
        home,
        components,
        word,
        notice_minutes,
        self_sufficient_hours,
        closed: false,
    });
    reader.done(made.map(Act::StateTeam))
}

/// Hands over what a form says, or shows it again with what is wrong.
async fn write(app: &App, posted: &Posted, read: Read, show: impl Fn(&Trouble) -> Answer) -> Answer {
    posted.visit.actor()?;
    if posted.fields.text("again") == "yes" {
        return show(&Trouble::none());
    }
    let act = match read {
        Ok(act) => act,
        Err(faults) => return show(&Trouble::faults(faults)),
    };
    match hand_over(app, posted, (act, posted.visit.ui.now), super::DONE).await? {
        Ok(answer) => Ok(answer),
        Err(words) => show(&Trouble::refused(words)),
    }
}

async fn state_team(State(app): State<App>, posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let show = |trouble: &Trouble| app.node.read(|book| Ok(faulty(team_page(visit, book, fields, trouble)?)));
    write(&app, &posted, read_team(&visit.ui, fields), show).await
}

async fn close_team(State(app): State<App>, posted: Posted) -> Answer {
    let visit = &posted.visit;
    visit.actor()?;
    let team: TeamName = super::code(&posted.fields, "team")?;
    let stated = app.node.read(|book| Ok::<_, Stop>(book.aid().team(&visit.own(book)?, &team).cloned()))?;
    let mut stated = stated.ok_or_else(super::unknown)?;
    stated.closed = true;
    super::press(&app, &posted, Act::StateTeam(stated), visit.ui.now).await
}

async fn mission_form(
    State(app): State<App>,
    visit: Visit,
    Query(query): Query<Vec<(String, String)>>,
) -> Answer {
    visit.actor()?;
    let fields = Fields::new(query);
    app.node.read(|book| {
        let own = visit.own(book)?;
        let known = MissionCode::new(fields.text("mission")).ok();
        let known =
            known.and_then(|code| book.aid().mission(&own, &code).map(|mission| mission.asked.clone()));
        let filled = known.map_or_else(
            || Fields::new(vec![("urgency".into(), "must-have".into()), ("days".into(), "1".into())]),
            |mission| of_mission(&visit.ui, &mission),
        );
        Ok(mission_page(&visit, book, &filled, &Trouble::none())?.into_response())
    })
}

/// A mission as its form is filled in.
fn of_mission(ui: &Ui, mission: &MissionAsked) -> Fields {
    let clock = |at: Timestamp| {
        let shown = at.civil(&ui.zone);
        format!("{:02}:{:02}", shown.hour(), shown.minute())
    };
    let mut pairs = vec![
        ("mission".to_owned(), mission.mission.to_string()),
        ("place".to_owned(), mission.place.to_string()),
        ("urgency".to_owned(), mission.urgency.code().to_owned()),
        ("day".to_owned(), mission.start.day(&ui.zone).to_string()),
        ("start".to_owned(), clock(mission.start)),
        ("end".to_owned(), clock(mission.end)),
        ("days".to_owned(), mission.days.to_string()),
        ("self".to_owned(), mission.self_sufficient_hours.to_string()),
        ("known".to_owned(), "yes".to_owned()),
    ];
    for (row, ask) in (1..).zip(&mission.asks) {
        pairs.push((format!("skill-{row}"), ask.skill.to_string()));
        pairs.push((format!("people-{row}"), ask.people.to_string()));
    }
    Fields::new(pairs)
}

fn mission_page<'a>(
    visit: &'a Visit,
    book: &Book,
    fields: &Fields,
    trouble: &Trouble,
) -> Result<Page<'a>, Stop> {
    let ui = &visit.ui;
    let places = places(visit, book, Action::AskMission)?;
    let urgencies: Vec<(String, Markup)> = Urgency::ALL
        .into_iter()
        .map(|urgency| (urgency.code().to_owned(), html! { (say::urgency(ui, urgency)) }))
        .collect();
    let today = ui.now.day(&ui.zone).to_string();
    let day = if fields.has("day") { fields.text("day").to_owned() } else { today };
    let time = |name: &str, label: String| {
        Field::new(name, label)
            .hint(t!(ui, "teams-time-hint"))
            .value(fields.text(name))
            .error(trouble.of(name))
            .show(ui)
    };
    let body = html! {
        @if fields.has("known") { input type="hidden" name="known" value="yes"; }
        (Field::new("mission", t!(ui, "teams-mission-word")).hint(t!(ui, "teams-mission-word-hint")).value(fields.text("mission")).error(trouble.of("mission")).show(ui))
        (place_field(ui, t!(ui, "teams-where"), places, fields.text("place")))
        (choice(&t!(ui, "teams-urgency"), "urgency", fields.text("urgency"), &urgencies))
        (Field::new("day", t!(ui, "teams-first-day")).input(Input::Date).value(day).error(trouble.of("day")).show(ui))
        (time("start", t!(ui, "teams-start")))
        (time("end", t!(ui, "teams-end")))
        (number(ui, "days", t!(ui, "teams-days"), fields, trouble).hint(t!(ui, "teams-days-hint")).optional().show(ui))
        (people_rows(ui, book, fields, trouble, &t!(ui, "teams-asks-hint")))
        (number(ui, "self", t!(ui, "teams-self-asked"), fields, trouble).optional().show(ui))
        div.actions { (submit(&t!(ui, "teams-ask"), Weight::Primary)) }
    };
    let known = fields.has("known") && trouble.is_none();
    let reasons = Reason::CLOSING.iter().map(|why| (why.code().to_owned(), reason(ui, why.code()))).collect();
    Ok(page(ui, t!(ui, "teams-ask"), t!(ui, "teams-ask-lead")).body(html! {
        div.stack {
            (form_with(ui, "/teams/mission", trouble, &body))
            @if known {
                (card(&t!(ui, "teams-close-mission"), &post_form(ui, "/teams/mission/close", &html! {
                    input type="hidden" name="mission" value=(fields.text("mission"));
                    (Field::new("reason", t!(ui, "teams-why")).choices(reasons).within("close").show(ui))
                    div.actions { (submit(&t!(ui, "teams-close-mission"), Weight::Danger)) }
                })))
            }
        }
    }))
}

fn read_mission(ui: &Ui, fields: &Fields) -> Read {
    let mut reader = Reader::new(ui, fields);
    let mission: Option<MissionCode> = code(&mut reader, ui, "mission", fields.text("mission"));
    let place: Option<PlaceCode> = code(&mut reader, ui, "place", fields.text("place"));
    let urgency = reader.known("urgency", Urgency::by_code);
    let day = reader.day_needed("day");
    for name in ["start", "end"] {
        if !fields.has(name) {
            reader.fault(name, t!(ui, "teams-time-missing"));
        }
    }
    let (start, end) = (clock(&mut reader, ui, fields, "start"), clock(&mut reader, ui, fields, "end"));
    let days = reader.number("days", u32::from(DAYS_MAX)).and_then(|days| u16::try_from(days).ok());
    let rows = rows(&mut reader, ui, fields);
    let asks: Vec<SkillCount> = rows
        .into_iter()
        .filter_map(|(name, text, people)| {
            Some(SkillCount { skill: code(&mut reader, ui, &name, text)?, people })
        })
        .take(SKILLS_MAX)
        .collect();
    let self_sufficient_hours = reader.number("self", LENGTH_MAX).unwrap_or(0);
    if start.is_some() && start == end {
        reader.fault("end", t!(ui, "teams-time-same"));
    }
    let times = day.zip(start.zip(end)).map(|(day, (start, end))| {
        let ends = if end <= start { day.plus(1) } else { day };
        (day.at_minute(start, &ui.zone), ends.at_minute(end, &ui.zone))
    });
    let made = (|| {
        let (start, end) = times?;
        Some(MissionAsked {
            mission: mission?,
            place: place?,
            urgency: urgency?,
            start,
            end,
            days: days.unwrap_or(1),
            asks,
            self_sufficient_hours,
        })
    })();
    reader.done(made.map(Act::AskMission))
}

async fn ask_mission(State(app): State<App>, posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let show =
        |trouble: &Trouble| app.node.read(|book| Ok(faulty(mission_page(visit, book, fields, trouble)?)));
    let mut read = read_mission(&visit.ui, fields);
    if let Ok(Act::AskMission(asked)) = &read {
        // The same form sent twice is no other mission.
        let other = app.node.read(|book| {
            let known = book.own().and_then(|own| book.aid().mission(own, &asked.mission));
            known.is_some_and(|known| *known.asked != *asked)
        });
        if other && !fields.has("known") {
            read = Err(vec![("mission".to_owned(), t!(visit.ui, "teams-mission-there"))]);
        }
    }
    write(&app, &posted, read, show).await
}

async fn close_mission(State(app): State<App>, posted: Posted) -> Answer {
    posted.visit.actor()?;
    let mission: MissionCode = super::code(&posted.fields, "mission")?;
    let reason = Reason::by_code(posted.fields.text("reason")).unwrap_or(Reason::Other);
    let now = posted.visit.ui.now;
    super::press(&app, &posted, Act::CloseMission { mission, reason }, now).await
}

async fn crew_form(State(app): State<App>, visit: Visit) -> Answer {
    visit.actor()?;
    app.node.read(|book| Ok(crew_page(&visit, book, &Fields::default(), &Trouble::none())?.into_response()))
}

fn crew_page<'a>(
    visit: &'a Visit,
    book: &Book,
    fields: &Fields,
    trouble: &Trouble,
) -> Result<Page<'a>, Stop> {
    let ui = &visit.ui;
    let places = places(visit, book, Action::KeepTeams)?;
    let usual = i64::from(koinon_aid::hours::KEEP);
    let body = html! {
        (place_field(ui, t!(ui, "teams-home"), places, fields.text("place")))
        (Field::new("skill", t!(ui, "teams-skill")).value(fields.text("skill")).suggestions(skills(book)).error(trouble.of("skill")).show(ui))
        (number(ui, "keep", t!(ui, "teams-crew-how-many"), fields, trouble).hint(t!(ui, "teams-crew-hint", n = usual)).optional().show(ui))
        div.actions { (submit(&t!(ui, "teams-save"), Weight::Primary)) }
    };
    let page = page(ui, t!(ui, "teams-crew"), t!(ui, "teams-crew-lead"));
    Ok(page.body(form_with(ui, "/teams/crew", trouble, &body)))
}

fn read_crew(ui: &Ui, fields: &Fields) -> Read {
    let mut reader = Reader::new(ui, fields);
    let place: Option<PlaceCode> = code(&mut reader, ui, "place", fields.text("place"));
    let skill: Option<SkillCode> = code(&mut reader, ui, "skill", fields.text("skill"));
    let keep = reader.number("keep", PEOPLE_MAX);
    reader.done(place.zip(skill).map(|(place, skill)| Act::KeepCrew { place, skill, keep }))
}

async fn keep_crew(State(app): State<App>, posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let show = |trouble: &Trouble| app.node.read(|book| Ok(faulty(crew_page(visit, book, fields, trouble)?)));
    write(&app, &posted, read_crew(&visit.ui, fields), show).await
}
