//! What `koinon balance` shows: one view, printed in lines of 80 characters or as JSON.

use koinon_core::PlaceCode;
use koinon_match::balance::told::{Limit, Short, Stored, Transfer, told};
use koinon_match::balance::{Course, Flow, GOALS, Goal, Place, Plan, Problem, Why};
use serde::{Deserialize, Serialize};

use super::Kind;
use crate::amount::Amount;
use crate::out::{Align, Out, grouped, wrapped};
use crate::planner::views::moment;

/// Words of demand by urgency.
const KINDS: [&str; 3] = ["must-have", "needed", "useful"];

/// A whole plan.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct PlanView {
    /// When the first step begins, in the region's time: YYYY-MM-DD HH:MM.
    pub(super) start: String,
    pub(super) step_minutes: u32,
    steps: u32,
    /// The check number of the tables.
    pub(super) inputs: String,
    /// The check number of the plan: equal inputs give an equal one everywhere.
    pub(super) digest: String,
    /// Whether the search ended by itself, so that better plans gain no more than rounding.
    complete: bool,
    goals: Vec<GoalView>,
    places: Vec<PlaceView>,
    pub(super) suggestions: Vec<SuggestionView>,
    stores: Vec<StoreView>,
    short: Vec<ShortView>,
    /// Every step, in base units: what enters lines.
    flows: Vec<FlowView>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct GoalView {
    goal: String,
    /// What the plan reaches, and what no plan that is as good by the goals before can be below; less is better.
    value: String,
    at_least: String,
    /// What proves it.
    factors: Vec<i64>,
    prices_scale: i64,
    prices: Vec<i64>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct PlaceView {
    place: String,
    comes_in: Amount,
    /// Asked for and met, by urgency.
    asked: Vec<Amount>,
    met: Vec<Amount>,
    /// In the store at the start and at the end; none without a store.
    level: Option<(Amount, Amount)>,
    spilt: Amount,
    /// Every step, in base units.
    met_by_step: Vec<Vec<i64>>,
    levels: Vec<i64>,
    put_in: Vec<i64>,
    taken_out: Vec<i64>,
    spilt_by_step: Vec<i64>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct SuggestionView {
    id: String,
    line: String,
    from: String,
    to: String,
    begins: String,
    ends: String,
    sent: Amount,
    lost: Amount,
    /// The most that enters in a step.
    most: Amount,
    /// What of it meets demand at the receiver, by urgency.
    meets: Vec<Amount>,
    stored: Amount,
    passed_on: Amount,
    limit: String,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct StoreView {
    place: String,
    filled: bool,
    begins: String,
    ends: String,
    amount: Amount,
    /// What of it is taken out of what is kept, for lives at the place itself.
    opened: Amount,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct ShortView {
    place: String,
    urgency: String,
    begins: String,
    ends: String,
    asked: Amount,
    missing: Amount,
    why: WhyView,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct WhyView {
    no_line: bool,
    lines_out: Vec<String>,
    lines_full: Vec<String>,
    slow: Vec<String>,
    full: Vec<String>,
    kept: Vec<String>,
    others: bool,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct FlowView {
    step: u32,
    line: String,
    forward: bool,
    sent: i64,
    received: i64,
}

/// Makes the view of a plan for a sorted problem.
pub(super) fn plan(kind: Kind, problem: &Problem, plan: &Plan) -> PlanView {
    let amount = |units: i64| Amount::new(units, kind.dimension);
    let begins = |step: u32| moment(problem.begins(step));
    let suggestion = |one: &Transfer| SuggestionView {
        id: one.id.to_string(),
        line: one.line.to_string(),
        from: one.from.to_string(),
        to: one.to.to_string(),
        begins: begins(one.first),
        ends: begins(one.until),
        sent: amount(one.sent),
        lost: amount(one.sent - one.received),
        most: amount(one.most),
        meets: one.meets.map(amount).into(),
        stored: amount(one.stored),
        passed_on: amount(one.passed_on),
        limit: one.limit.word().to_owned(),
    };
    let store = |one: &Stored| StoreView {
        place: one.place.to_string(),
        filled: one.filled,
        begins: begins(one.first),
        ends: begins(one.until),
        amount: amount(one.amount),
        opened: amount(one.opened),
    };
    let short = |one: &Short| ShortView {
        place: one.place.to_string(),
        urgency: KINDS.get(one.kind).copied().unwrap_or_default().to_owned(),
        begins: begins(one.first),
        ends: begins(one.until),
        asked: amount(one.asked),
        missing: amount(one.missing),
        why: why(&one.why),
    };
    let flow = |one: &Flow| FlowView {
        step: one.step,
        line: one.line.to_string(),
        forward: one.forward,
        sent: one.sent,
        received: one.received,
    };
    let told = told(problem, plan);
    PlanView {
        start: moment(problem.start),
        step_minutes: problem.step_minutes,
        steps: problem.steps,
        inputs: plan.inputs.to_string(),
        digest: plan.digest.to_string(),
        complete: plan.complete,
        goals: GOALS.into_iter().zip(&plan.goals).map(|(word, goal)| goal_view(word, goal)).collect(),
        places: problem
            .places
            .iter()
            .zip(&plan.courses)
            .map(|(place, course)| place_view(kind, place, course))
            .collect(),
        suggestions: told.transfers.iter().map(suggestion).collect(),
        stores: told.stored.iter().map(store).collect(),
        short: told.short.iter().map(short).collect(),
        flows: plan.flows.iter().map(flow).collect(),
    }
}

fn goal_view(word: &str, goal: &Goal) -> GoalView {
    GoalView {
        goal: word.to_owned(),
        value: goal.value.to_string(),
        at_least: goal.bound.to_string(),
        factors: goal.factors.clone(),
        prices_scale: goal.scale,
        prices: goal.prices.clone(),
    }
}

fn place_view(kind: Kind, place: &Place, course: &Course) -> PlaceView {
    let sum = |list: &Vec<i64>| Amount::new(list.iter().sum(), kind.dimension);
    let ends = course.level.first().zip(course.level.last());
    PlaceView {
        place: place.code.to_string(),
        comes_in: sum(&place.inflow),
        asked: place.demand.iter().map(sum).collect(),
        met: course.met.iter().map(sum).collect(),
        level: ends
            .map(|(first, last)| (Amount::new(*first, kind.dimension), Amount::new(*last, kind.dimension))),
        spilt: sum(&course.spill),
        met_by_step: course.met.to_vec(),
        levels: course.level.clone(),
        put_in: course.charge.clone(),
        taken_out: course.discharge.clone(),
        spilt_by_step: course.spill.clone(),
    }
}

fn why(why: &Why) -> WhyView {
    let places = |set: &std::collections::BTreeSet<PlaceCode>| set.iter().map(ToString::to_string).collect();
    WhyView {
        no_line: why.no_line,
        lines_out: why.lines_out.iter().map(ToString::to_string).collect(),
        lines_full: why.lines_full.iter().map(ToString::to_string).collect(),
        slow: places(&why.slow),
        full: places(&why.full),
        kept: places(&why.kept),
        others: why.others,
    }
}

/// An amount as people read it, rounded: `12.5 kWh`, `1,340 m3`. The exact one stands in `--json`.
fn about(amount: &Amount) -> String {
    let (units, [small, middle, large]) =
        (amount.base_units, if amount.base_unit == "Wh" { ["Wh", "Wh", "kWh"] } else { ["ml", "l", "m3"] });
    let per = if amount.base_unit == "Wh" { 1_000 } else { 1_000_000 };
    if units >= per {
        let tenths = (units.saturating_mul(10) + per / 2) / per;
        let rest =
            if tenths % 10 == 0 || tenths >= 1_000 { String::new() } else { format!(".{}", tenths % 10) };
        let whole = if tenths >= 1_000 { (tenths + 5) / 10 } else { tenths / 10 };
        format!("{}{rest} {large}", grouped(whole))
    } else if amount.base_unit != "Wh" && units >= 1_000 {
        format!("{} {middle}", units / 1_000)
    } else {
        format!("{units} {small}")
    }
}

/// A stretch of time; the day is left out of its end where it is that of the start.
fn stretch(begins: &str, ends: &str) -> String {
    match (begins.split_once(' '), ends.split_once(' ')) {
        (Some((first, _)), Some((last, time))) if first == last => format!("{begins} to {time}"),
        _ => format!("{begins} to {ends}"),
    }
}

/// Prints a plan: places, suggestions, stores, and who is short.
pub(super) fn print(kind: Kind, view: &PlanView, out: &mut Out) -> anyhow::Result<()> {
    use Align::{Left, Right};
    let sum = |list: &[Amount]| Amount::new(list.iter().map(|one| one.base_units).sum(), kind.dimension);
    let mut rows = vec![
        ["place", "comes in", "asked for", "met", "store before", "store after"].map(str::to_owned).to_vec(),
    ];
    for one in &view.places {
        let level =
            one.level.as_ref().map_or(["-".to_owned(), "-".to_owned()], |(a, b)| [about(a), about(b)]);
        let [before, after] = level;
        let (asked, met) = (sum(&one.asked), sum(&one.met));
        rows.push(vec![one.place.clone(), about(&one.comes_in), about(&asked), about(&met), before, after]);
    }
    out.table(&[Left, Right, Right, Right, Right, Right], &rows)?;
    let mut blank = true;
    for one in &view.suggestions {
        if std::mem::take(&mut blank) {
            out.line("")?;
        }
        let head = format!("{} → {}:", one.from, one.to);
        for line in wrapped(&head, "   ", &suggestion(one)) {
            out.line(line)?;
        }
    }
    let mut blank = true;
    for one in &view.stores {
        if std::mem::take(&mut blank) {
            out.line("")?;
        }
        let does = if one.filled { "fills its store with" } else { "takes out of its store" };
        let opened = match one.opened.base_units {
            0 => String::new(),
            _ => format!("; {} of it is what it keeps, for what lives depend on there", about(&one.opened)),
        };
        let said = format!("{does} {}, {}{opened}", about(&one.amount), stretch(&one.begins, &one.ends));
        for line in wrapped(&one.place, "   ", &said) {
            out.line(line)?;
        }
    }
    let mut blank = true;
    for one in &view.short {
        if std::mem::take(&mut blank) {
            out.line("")?;
        }
        let said = format!(
            "is short of {} of {} ({}), {}: {}",
            about(&one.missing),
            about(&one.asked),
            one.urgency,
            stretch(&one.begins, &one.ends),
            reasons(&one.why)
        );
        for line in wrapped(&one.place, "   ", &said) {
            out.line(line)?;
        }
    }
    Ok(())
}

fn suggestion(one: &SuggestionView) -> String {
    let mut parts = Vec::new();
    for (word, amount) in
        KINDS.iter().zip(&one.meets).chain([(&"for its store", &one.stored), (&"passed on", &one.passed_on)])
    {
        // What rounding alone brings is not worth a word.
        if amount.base_units.saturating_mul(1_000) > one.sent.base_units {
            parts.push(format!("{} {word}", about(amount)));
        }
    }
    let limit = if one.limit == Limit::LineFull.word() {
        "the line is full"
    } else if one.limit == Limit::Enough.word() {
        "no more is needed there then"
    } else if one.limit == Limit::Kept.word() {
        "the rest is what the sender keeps"
    } else {
        "the sender has no more for it"
    };
    let lost = if one.lost.base_units > 0 { format!(" ({} lost)", about(&one.lost)) } else { String::new() };
    let serves = if parts.is_empty() { String::new() } else { format!("; {}", parts.join(", ")) };
    format!(
        "{} over {}, {}{lost}{serves}; not more: {limit}",
        about(&one.sent),
        one.line,
        stretch(&one.begins, &one.ends)
    )
}

fn reasons(why: &WhyView) -> String {
    let mut said = Vec::new();
    if why.no_line {
        said.push("no line leads there".to_owned());
    }
    let lists = [
        (&why.lines_out, "out of service:"),
        (&why.lines_full, "full:"),
        (&why.slow, "stores that give or take no more at a time:"),
        (&why.full, "stores that were full before:"),
        (&why.kept, "what is kept stays in the stores of"),
    ];
    said.extend(
        lists
            .iter()
            .filter(|(list, _)| !list.is_empty())
            .map(|(list, words)| format!("{words} {}", list.join(", "))),
    );
    if why.others {
        said.push("the rest goes to others who need it as much".to_owned());
    }
    if said.is_empty() { "nothing is left that could come".to_owned() } else { said.join("; ") }
}

/// One sentence.
pub(super) fn summary(kind: Kind, view: &PlanView) -> String {
    let short: String = view.digest.chars().take(8).collect();
    let mut parts = Vec::new();
    for (at, (word, name)) in KINDS.iter().zip(["lives", "needed", "useful"]).enumerate() {
        let sum = |of: &dyn Fn(&PlaceView) -> &Vec<Amount>| {
            view.places
                .iter()
                .filter_map(|place| of(place).get(at))
                .map(|one| i128::from(one.base_units))
                .sum::<i128>()
        };
        let (asked, met) = (sum(&|place| &place.asked), sum(&|place| &place.met));
        if asked == 0 {
            continue;
        }
        let text = |units: i128| about(&Amount::wide(units, kind.dimension));
        let number = |text: &str| text.parse::<i128>().unwrap_or(0);
        // Tenths weigh 1,023 together, so this is the gap as a part of all that was asked for.
        let goal = view.goals.iter().find(|goal| goal.goal == name);
        let gap = goal.map_or(0, |goal| (number(&goal.value) - number(&goal.at_least)).max(0));
        let parts_of = (gap * 10_000_000 + asked * 1_023 - 1) / (asked * 1_023);
        let within = match parts_of {
            0 => "no plan is better".to_owned(),
            gap => format!(
                "none better by more than {} millionths",
                i64::try_from(gap).map_or("many".to_owned(), grouped)
            ),
        };
        parts.push(format!("{word} {} of {} ({within})", text(met), text(asked)));
    }
    let so_far = if view.complete { "" } else { "the best so far; " };
    format!("met: {}; {so_far}check number {short}", parts.join(", "))
}
