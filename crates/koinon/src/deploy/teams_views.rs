//! What `koinon deploy teams` shows: one view, printed in lines of 80 characters or as JSON.

use std::collections::BTreeMap;

use koinon_match::teams::{Bar, Deployment, Figure, Mission, Open, Plan, Problem, Proof, Rules, SkillCount};
use serde::{Deserialize, Serialize};

use super::{length, many};
use crate::out::{Align, Out, grouped, wrapped};
use crate::planner::views::{moment, urgency_word};

/// Teams that are named one by one where something stays open.
const NAMED_MAX: usize = 8;

/// A whole plan.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct PlanView {
    /// From when it was planned, in the region's time: YYYY-MM-DD HH:MM.
    pub(super) now: String,
    pub(super) rules: RulesView,
    /// The check number of region and tables.
    pub(super) inputs: String,
    /// The check number of the plan: equal inputs give an equal one everywhere.
    pub(super) digest: String,
    /// `complete` where every plan was looked at; else `searched`.
    proof: String,
    /// What lives depend on.
    lives: FigureView,
    /// Everything.
    all: FigureView,
    places: Vec<PlaceView>,
    missions: Vec<MissionView>,
    pub(super) deployments: Vec<DeploymentView>,
    open: Vec<OpenView>,
}

/// The rules, in minutes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct RulesView {
    rest_minutes: i64,
    duty_minutes_max: i64,
    rotation_minutes_max: i64,
    keep: i64,
}

/// People asked for, who come, and who could come at most; the prices prove the last.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct FigureView {
    asked: i64,
    covered: i64,
    at_most: i64,
    prices: Vec<(String, String, i64)>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct PlaceView {
    place: String,
    asked: i64,
    covered: i64,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct MissionView {
    mission: String,
    place: String,
    urgency: String,
    start: String,
    end: String,
    days: u32,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct DeploymentView {
    mission: String,
    team: String,
    serves: Vec<(String, i64)>,
    leaves: String,
    returns: String,
    way_minutes: i64,
    duty_minutes: i64,
    next_best: Option<String>,
    next_best_extra_minutes: Option<i64>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct OpenView {
    mission: String,
    skill: String,
    people: i64,
    /// What keeps each team that has the skill; empty where nobody has it.
    why: Vec<WhyView>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct WhyView {
    team: String,
    code: String,
    missions: Vec<String>,
}

impl From<RulesView> for Rules {
    fn from(view: RulesView) -> Self {
        let RulesView { rest_minutes, duty_minutes_max, rotation_minutes_max, keep } = view;
        Self { rest_minutes, duty_minutes_max, rotation_minutes_max, keep }
    }
}

/// Makes the view of a plan.
pub(super) fn plan(plan: &Plan, problem: &Problem) -> PlanView {
    let Rules { rest_minutes, duty_minutes_max, rotation_minutes_max, keep } = problem.rules;
    let mut missions: Vec<&Mission> = problem.missions.iter().collect();
    missions.sort_by_key(|mission| (mission.urgency, mission.start, mission.code.clone()));
    let places = plan.places.iter();
    PlanView {
        now: moment(problem.now),
        rules: RulesView { rest_minutes, duty_minutes_max, rotation_minutes_max, keep },
        inputs: plan.inputs.to_string(),
        digest: plan.digest.to_string(),
        proof: plan.proof.word().to_owned(),
        lives: figure(&plan.lives),
        all: figure(&plan.all),
        places: places
            .map(|one| PlaceView { place: one.place.to_string(), asked: one.asked, covered: one.covered })
            .collect(),
        missions: missions.into_iter().map(mission).collect(),
        deployments: plan.deployments.iter().map(deployment).collect(),
        open: plan.open.iter().map(open).collect(),
    }
}

fn figure(figure: &Figure) -> FigureView {
    let prices = figure.prices.iter();
    FigureView {
        asked: figure.asked,
        covered: figure.covered,
        at_most: figure.bound,
        prices: prices.map(|one| (one.mission.to_string(), one.skill.to_string(), one.price)).collect(),
    }
}

fn mission(one: &Mission) -> MissionView {
    MissionView {
        mission: one.code.to_string(),
        place: one.place.to_string(),
        urgency: urgency_word(one.urgency).to_owned(),
        start: moment(one.start),
        end: moment(one.end),
        days: one.days,
    }
}

fn deployment(one: &Deployment) -> DeploymentView {
    let serves = |count: &SkillCount| (count.skill.to_string(), count.people);
    DeploymentView {
        mission: one.mission.to_string(),
        team: one.team.to_string(),
        serves: one.serves.iter().map(serves).collect(),
        leaves: moment(one.leaves),
        returns: moment(one.returns),
        way_minutes: one.way_minutes,
        duty_minutes: one.duty_minutes,
        next_best: one.next_best.as_ref().map(|(team, _)| team.to_string()),
        next_best_extra_minutes: one.next_best.as_ref().map(|(_, extra)| *extra),
    }
}

fn open(one: &Open) -> OpenView {
    let why = |team: String, bar: &Bar| WhyView {
        team,
        code: bar.word().to_owned(),
        missions: bar.missions().iter().map(ToString::to_string).collect(),
    };
    OpenView {
        mission: one.mission.to_string(),
        skill: one.skill.to_string(),
        people: one.people,
        why: one.reasons.iter().map(|reason| why(reason.team.to_string(), &reason.bar)).collect(),
    }
}

/// What keeps a team, as a person says it.
fn words(why: &WhyView) -> String {
    let missions = why.missions.join(", ");
    match why.code.as_str() {
        "unwilling" => "did not agree to go".to_owned(),
        "days" => "did not agree to these days".to_owned(),
        "no-way" => "no way there and back".to_owned(),
        "too-far" => "did not agree to go so far".to_owned(),
        "notice" => "too late to be there in time".to_owned(),
        "self-sufficiency" => "not enough of its own to live there for so long".to_owned(),
        "crew-floor" => "kept at home as crew".to_owned(),
        "rest" => "no time to rest".to_owned(),
        "duty-hours" => "too much duty within 24 hours".to_owned(),
        "rotation" => "too much duty within 30 days".to_owned(),
        "busy" => format!("on {missions} instead"),
        _ => format!("kept at home as crew while others are on {missions}"),
    }
}

/// Prints a plan: places, then every mission with who goes and who is missing.
pub(super) fn print(view: &PlanView, out: &mut Out) -> anyhow::Result<()> {
    let mut rows = vec![["place", "asked for", "come", "missing"].map(str::to_owned).to_vec()];
    for one in &view.places {
        let numbers = [one.asked, one.covered, one.asked - one.covered].map(grouped);
        rows.push(std::iter::once(one.place.clone()).chain(numbers).collect());
    }
    out.table(&[Align::Left, Align::Right, Align::Right, Align::Right], &rows)?;
    for one in &view.missions {
        out.line("")?;
        let days = if one.days > 1 { format!(", {} days", one.days) } else { String::new() };
        let head = format!("at {}, {}, {} to {}{days}", one.place, one.urgency, one.start, until(one));
        for line in wrapped(&format!("{}:", one.mission), "   ", &head) {
            out.line(line)?;
        }
        for go in view.deployments.iter().filter(|go| go.mission == one.mission) {
            print_deployment(go, out)?;
        }
        for open in view.open.iter().filter(|open| open.mission == one.mission) {
            print_open(open, out)?;
        }
    }
    Ok(())
}

/// When a mission ends; the day is left out where it is that of the start.
fn until(one: &MissionView) -> &str {
    match (one.start.split_once(' '), one.end.split_once(' ')) {
        (Some((first, _)), Some((last, time))) if first == last => time,
        _ => &one.end,
    }
}

fn print_deployment(go: &DeploymentView, out: &mut Out) -> anyhow::Result<()> {
    let serves: Vec<String> = go.serves.iter().map(|(skill, people)| format!("{people} {skill}")).collect();
    let way =
        if go.way_minutes == 0 { "at home".to_owned() } else { format!("{} of way", length(go.way_minutes)) };
    let next = match (&go.next_best, go.next_best_extra_minutes) {
        (Some(team), Some(0)) => format!("else {team}, as far"),
        (Some(team), Some(extra)) if extra > 0 => format!("else {team}, {} more", length(extra)),
        (Some(team), Some(extra)) => format!("else {team}, {} less", length(-extra)),
        _ => "nobody else could".to_owned(),
    };
    let said = format!(
        "goes with {}: leaves {}, home {}; {} of duty, {way}; {next}",
        serves.join(", "),
        go.leaves,
        go.returns,
        length(go.duty_minutes)
    );
    for line in wrapped(&format!("  + {}", go.team), "     ", &said) {
        out.line(line)?;
    }
    Ok(())
}

fn print_open(open: &OpenView, out: &mut Out) -> anyhow::Result<()> {
    if open.why.is_empty() {
        out.line(format!("  - {} {} missing: nobody has this skill", open.people, open.skill))?;
        return Ok(());
    }
    out.line(format!("  - {} {} missing:", open.people, open.skill))?;
    let mut by_words: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for why in &open.why {
        by_words.entry(words(why)).or_default().push(&why.team);
    }
    for (said, teams) in by_words {
        let more = teams.len().saturating_sub(NAMED_MAX);
        let named = teams.into_iter().take(NAMED_MAX).collect::<Vec<_>>().join(", ");
        let named = if more > 0 { format!("{named} and {more} more") } else { named };
        for line in wrapped("     ", "       ", &format!("{named}: {said}")) {
            out.line(line)?;
        }
    }
    Ok(())
}

/// One sentence.
pub(super) fn summary(view: &PlanView) -> String {
    let short: String = view.digest.chars().take(8).collect();
    let go = many(i64::try_from(view.deployments.len()).unwrap_or(i64::MAX), "deployment", "deployments");
    let figure = |one: &FigureView| {
        let (covered, asked) = (grouped(one.covered), grouped(one.asked));
        if one.covered == one.asked || one.covered == one.at_most {
            format!("{covered} of {asked} come, and no plan brings more")
        } else {
            format!("{covered} of {asked} come, and no plan brings more than {}", grouped(one.at_most))
        }
    };
    let who = match view.lives.asked {
        0 => figure(&view.all),
        all if all == view.all.asked => format!("lives depend on all of it; {}", figure(&view.lives)),
        _ => format!("where lives depend on it {}; in all {}", figure(&view.lives), figure(&view.all)),
    };
    let proof = if view.proof == Proof::Complete.word() {
        "every plan was looked at"
    } else {
        "the best of a long search"
    };
    format!("{go}: {who}; {proof}; check number {short}")
}
