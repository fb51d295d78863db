//! What the book of teams asks and refuses, in words.
//!
//! Each match is exhaustive, so that a new refusal does not compile before it has words in each language.

use koinon_aid::fact::{DAYS_MAX, LENGTH_MAX, PEOPLE_MAX, SKILLS_MAX, Unsound};
use koinon_aid::{Question, Refusal, hours};
use koinon_books::Book;
use koinon_core::Timestamp;

use crate::acts::say::{community, place};
use crate::acts::services::say as services;
use crate::i18n::Speak as _;
use crate::pages::teams::{length, stage_of};
use crate::t;
use crate::ui::Ui;

fn moment(ui: &Ui, at: Timestamp) -> String {
    ui.lang().date_time(at, &ui.zone)
}

/// A question in one sentence.
pub(super) fn question(ui: &Ui, question: &Question) -> String {
    match question {
        Question::InFuture { occurred } => t!(ui, "teams-ask-future", at = moment(ui, *occurred)),
        Question::PromiseStands { mission } => t!(ui, "teams-ask-stands", mission = mission.as_str()),
        Question::BegunAlready { start } => t!(ui, "teams-ask-begun", at = moment(ui, *start)),
        Question::ShortNotice { leaves, notice_minutes } => {
            let notice = length(ui, i64::from(*notice_minutes));
            t!(ui, "teams-ask-notice", at = moment(ui, *leaves), notice = notice)
        }
        Question::EnoughPromised => t!(ui, "teams-ask-enough"),
        Question::NotTakenYet => t!(ui, "teams-ask-not-taken"),
        Question::LittleRest { minutes } => {
            t!(ui, "teams-ask-rest", rest = length(ui, *minutes), least = length(ui, hours::REST_MINUTES))
        }
        Question::OtherDay { planned } => t!(ui, "teams-ask-other-day", at = moment(ui, *planned)),
        Question::Service(question) => services::question(ui, question),
    }
}

/// Why the book of teams does not take an act.
pub(in crate::acts) fn refusal(ui: &Ui, book: &Book, refusal: &Refusal) -> String {
    match refusal {
        Refusal::WrongPermit => t!(ui, "refusal-wrong-permit"),
        Refusal::Unsound(unsound) => unsound_words(ui, unsound),
        Refusal::NotOurPlace(code) => t!(ui, "refusal-not-our-place", place = place(book, code)),
        Refusal::NoSuchTeam(team) => t!(ui, "teams-no-team", team = team.as_str()),
        Refusal::NoSuchMission(asker, mission) => {
            t!(ui, "teams-no-mission", mission = mission.as_str(), place = community(book, asker))
        }
        Refusal::MissionOver(mission) => t!(ui, "teams-mission-over", mission = mission.as_str()),
        Refusal::NotSoon { first, last, .. } => {
            t!(ui, "teams-not-soon", first = ui.date(*first), last = ui.date(*last))
        }
        Refusal::CrewRange(_) => t!(ui, "teams-crew-range", most = PEOPLE_MAX),
        Refusal::WrongReason(_) => t!(ui, "field-reason-missing"),
        Refusal::NothingToDo(team) => t!(ui, "teams-nothing-to-do", team = team.as_str()),
        Refusal::NotWilling(team) => t!(ui, "teams-not-willing", team = team.as_str()),
        Refusal::NotThoseDays { team, leaves, home } => {
            t!(ui, "teams-not-days", team = team.as_str(), from = ui.date(*leaves), until = ui.date(*home))
        }
        Refusal::NoWay(from, to) => t!(ui, "teams-no-way", from = place(book, from), to = place(book, to)),
        Refusal::TooFar { team, minutes, most } => t!(
            ui,
            "teams-too-far",
            team = team.as_str(),
            way = length(ui, *minutes),
            most = length(ui, i64::from(*most)),
        ),
        Refusal::NotSelfSufficient { team, asked, has } => {
            t!(ui, "teams-not-self", team = team.as_str(), asked = *asked, has = *has)
        }
        Refusal::PromisedAlready(team) => t!(ui, "teams-promised-already", team = team.as_str()),
        Refusal::Rest { team, minutes } => t!(
            ui,
            "teams-no-rest",
            team = team.as_str(),
            rest = length(ui, *minutes),
            least = length(ui, hours::REST_MINUTES),
        ),
        Refusal::DutyHours { team, minutes } => t!(
            ui,
            "teams-no-hours",
            team = team.as_str(),
            time = length(ui, *minutes),
            most = length(ui, hours::DUTY_MINUTES_MAX),
        ),
        Refusal::Rotation { team, minutes } => t!(
            ui,
            "teams-no-days-left",
            team = team.as_str(),
            time = length(ui, *minutes),
            most = length(ui, hours::ROTATION_MINUTES_MAX),
        ),
        Refusal::CrewFloor { place: home, skill, stay, keep } => t!(
            ui,
            "teams-no-crew",
            skill = skill.as_str(),
            place = place(book, home),
            stay = (*stay).max(0),
            keep = *keep,
        ),
        Refusal::NoSuchPromise(_) => t!(ui, "teams-no-promise"),
        Refusal::NotOurs(other) => t!(ui, "teams-not-ours", place = community(book, other)),
        Refusal::WrongStage(found) => t!(ui, "teams-wrong-stage", stage = stage_of(ui, *found)),
        Refusal::BackBeforeLeft { left, .. } => t!(ui, "teams-back-before", at = moment(ui, *left)),
        Refusal::Service(refusal) => services::refusal(ui, book, refusal),
    }
}

fn unsound_words(ui: &Ui, unsound: &Unsound) -> String {
    match unsound {
        Unsound::Nobody => t!(ui, "teams-nobody"),
        Unsound::TooMany(_, most) => t!(ui, "teams-too-many", most = *most),
        Unsound::Skills(_) => t!(ui, "teams-skills-range", most = SKILLS_MAX),
        Unsound::People(_) => t!(ui, "teams-people-range", most = PEOPLE_MAX),
        Unsound::Twice(skill) => t!(ui, "teams-twice", skill = skill.as_str()),
        Unsound::Length(_) => t!(ui, "teams-length-range", most = LENGTH_MAX),
        Unsound::DayOrder(..) => t!(ui, "teams-day-order"),
        Unsound::DayLength(_) => t!(ui, "teams-day-length"),
        Unsound::Days(_) => t!(ui, "teams-days-range", most = DAYS_MAX),
    }
}
