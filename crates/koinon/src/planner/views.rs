//! What `koinon match` shows: one view, printed as columns or as JSON.
//!
//! Amounts stand in base units beside the words of a person, so that a program reads the numbers and a person the words.

use koinon_core::{Dimension, ItemCode, PlaceCode, Region};
use koinon_ledger::fact::Urgency;
use koinon_match::{
    Against, ClosedRoute, LotRef, Moment, NeedRef, Plan, Problem, Serves, Suggestion, Unmet, Why,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::amount::Amount;
use crate::out::{Align, Out};

/// A whole plan.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub(crate) struct PlanView {
    /// The moment from which it was planned, in the region's time: YYYY-MM-DD HH:MM.
    pub(super) start: String,
    /// The first day.
    from: String,
    /// The last day.
    pub(super) until: String,
    /// The digest of region and tables.
    pub(super) inputs: String,
    /// The check number: equal inputs give an equal one everywhere.
    pub(super) digest: String,
    /// How far from the best plan this one can be, in millionths; 0 is the best.
    gap_ppm: u64,
    pub(super) suggestions: Vec<SuggestionView>,
    open: Vec<OpenView>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub(super) struct SuggestionView {
    pub(super) id: String,
    #[schema(value_type = String)]
    pub(super) from: PlaceCode,
    #[schema(value_type = String)]
    pub(super) to: PlaceCode,
    #[schema(value_type = String)]
    pub(super) item: ItemCode,
    pub(super) amount: Amount,
    /// What is there after losses on the way.
    arrives_amount: Amount,
    pub(super) leaves: String,
    pub(super) arrives: String,
    pub(super) corridors: Vec<String>,
    /// Lines of the stock table, and base units from each; empty on a node.
    stock_lines: Vec<(u32, i64)>,
    /// Lines of the table of needs, and base units for each; empty on a node.
    need_lines: Vec<(u32, i64)>,
    /// Batches of the node's book, and base units from each; empty on plain tables.
    lots: Vec<(String, i64)>,
    /// Needs in the node's book, and base units for each; empty on plain tables.
    needs: Vec<(String, i64)>,
    /// How urgent the most urgent need is that it serves; none where it serves cover only.
    pub(super) urgency: Option<String>,
    why: String,
    giver: SideView,
    taker: SideView,
    /// What limits it or speaks against it.
    against: Vec<String>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
struct SideView {
    days_before: Option<i64>,
    days_after: Option<i64>,
    floor_days: Option<i64>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
struct OpenView {
    #[schema(value_type = String)]
    place: PlaceCode,
    #[schema(value_type = String)]
    item: ItemCode,
    amount: Amount,
    /// The line of the table of needs; none for cover, and on a node.
    need_line: Option<u32>,
    /// The need in the node's book; none for cover, and on plain tables.
    need: Option<String>,
    urgency: Option<String>,
    days_after: Option<i64>,
    why: String,
}

/// Makes the view of a plan.
pub(crate) fn plan(plan: &Plan, region: &Region, problem: &Problem) -> PlanView {
    let dimension = |item: &ItemCode| region.item(item).map_or(Dimension::Count, |item| item.dimension);
    PlanView {
        start: moment(Moment { day: problem.today, minute: problem.minute }),
        from: plan.first_day.to_string(),
        until: plan.last_day.to_string(),
        inputs: plan.inputs.to_string(),
        digest: plan.digest.to_string(),
        gap_ppm: plan.gap.parts_per_million(),
        suggestions: plan.suggestions.iter().map(|s| suggestion(s, dimension(&s.item), problem)).collect(),
        open: plan.unmet.iter().map(|u| open(u, dimension(&u.item))).collect(),
    }
}

fn suggestion(s: &Suggestion, dimension: Dimension, problem: &Problem) -> SuggestionView {
    let side = |side: &koinon_match::Side| SideView {
        days_before: side.days_before,
        days_after: side.days_after,
        floor_days: side.floor_days,
    };
    SuggestionView {
        id: s.id.to_string(),
        from: s.from.clone(),
        to: s.to.clone(),
        item: s.item.clone(),
        amount: Amount::new(s.amount, dimension),
        arrives_amount: Amount::new(s.arrives, dimension),
        leaves: s.leaves().map_or_else(String::new, moment),
        arrives: s.last_arrival().map_or_else(String::new, moment),
        corridors: s.corridors().iter().map(ToString::to_string).collect(),
        stock_lines: s.lots().iter().filter_map(|(lot, amount)| Some((stock_line(lot)?, *amount))).collect(),
        need_lines: s.needs.iter().filter_map(|(need, amount)| Some((need_line(need)?, *amount))).collect(),
        lots: s.lots().iter().filter_map(|(lot, amount)| Some((book_lot(lot)?, *amount))).collect(),
        needs: s.needs.iter().filter_map(|(need, amount)| Some((book_need(need)?, *amount))).collect(),
        urgency: if let Serves::Need(urgency) = s.serves {
            Some(urgency_word(urgency).to_owned())
        } else {
            None
        },
        why: why_suggested(s, dimension, problem),
        giver: side(&s.giver),
        taker: side(&s.taker),
        against: s.against.iter().map(|one| against(one, dimension)).collect(),
    }
}

fn open(u: &Unmet, dimension: Dimension) -> OpenView {
    OpenView {
        place: u.place.clone(),
        item: u.item.clone(),
        amount: Amount::new(u.amount, dimension),
        need_line: u.need.as_ref().and_then(need_line),
        need: u.need.as_ref().and_then(book_need),
        urgency: u.urgency.map(|urgency| urgency_word(urgency).to_owned()),
        days_after: u.days_after,
        why: why_open(&u.why),
    }
}

fn stock_line(lot: &LotRef) -> Option<u32> {
    if let LotRef::Row(line) = lot { Some(*line) } else { None }
}

fn book_lot(lot: &LotRef) -> Option<String> {
    if let LotRef::Book(_, id) = lot { Some(id.to_string()) } else { None }
}

fn book_need(need: &NeedRef) -> Option<String> {
    if let NeedRef::Book(_, id) = need { Some(id.to_string()) } else { None }
}

fn need_line(need: &NeedRef) -> Option<u32> {
    if let NeedRef::Row(line) = need { Some(*line) } else { None }
}

pub(crate) fn moment(moment: Moment) -> String {
    format!("{} {:02}:{:02}", moment.day, moment.minute / 60, moment.minute % 60)
}

pub(crate) fn urgency_word(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::MustHave => "must-have",
        Urgency::Needed => "needed",
        Urgency::Useful => "useful",
    }
}

/// One sentence: whom it serves, and what the giver keeps.
fn why_suggested(s: &Suggestion, dimension: Dimension, problem: &Problem) -> String {
    let serves = match s.serves {
        Serves::Need(urgency) => {
            let asked: i64 =
                s.needs.iter().map(|(_, amount)| *amount).fold(0, i64::saturating_add).min(s.arrives);
            let amount = |amount: i64| Amount::new(amount, dimension).text;
            match s.arrives.saturating_sub(asked) {
                0 => format!("asked for ({})", urgency_word(urgency)),
                rest => format!(
                    "{} asked for ({}), {} to reach what is kept there",
                    amount(asked),
                    urgency_word(urgency),
                    amount(rest)
                ),
            }
        }
        Serves::Cover(days) => match s.taker.days_after {
            Some(after) => format!("{} has {days} days, then {after}", s.to),
            None => format!("{} has {days} days", s.to),
        },
        Serves::Spoiling => format!("it would spoil in {}", s.from),
        Serves::Agreed => format!("agreed with {}", s.to),
    };
    let uses = problem.uses.iter().any(|one| one.place == s.from && one.item == s.item);
    match s.giver.days_after.filter(|_| uses) {
        Some(days) => format!("{serves}; {} keeps {days} days", s.from),
        None => serves,
    }
}

fn against(against: &Against, dimension: Dimension) -> String {
    match against {
        Against::FullDeparture(leg) => format!("{} on {} is full then", leg.corridor, moment(leg.leaves)),
        Against::ShortDate(_, days) => format!("a batch is good for {days} days after it arrives"),
        Against::TakerFull => "the taker's stores are full then".to_owned(),
        Against::GiverAtFloor => "the giver goes down to what it keeps".to_owned(),
        Against::RoundedDown(amount) => {
            format!("rounded down to whole packs by {}", Amount::new(*amount, dimension).text)
        }
        Against::LostOnTheWay(amount) => {
            format!("{} are lost on the way", Amount::new(*amount, dimension).text)
        }
        Against::RouteClosed(routes, minutes) => {
            format!("{minutes} minutes longer, since {}", closed(routes))
        }
    }
}

fn closed(routes: &[ClosedRoute]) -> String {
    let one = |route: &ClosedRoute| match route.until {
        Some(until) => format!("{} is closed until {until} ({})", route.corridor, route.reason.code()),
        None => format!("{} is closed ({})", route.corridor, route.reason.code()),
    };
    routes.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Why something stays open, in words.
fn why_open(why: &Why) -> String {
    match why {
        Why::NoStockAboveFloors => "nobody has any above what they keep".to_owned(),
        Why::SharedOut => "all that could get there is given where it is needed more".to_owned(),
        Why::NoRoute => "no route leads there from a place that can spare some".to_owned(),
        Why::NothingCold => "nothing that goes there keeps it cold".to_owned(),
        Why::NothingSafe => "nothing that goes there may carry dangerous goods".to_owned(),
        Why::TooLate => "it would arrive too late".to_owned(),
        Why::DoorsShut => "doors are shut on those days".to_owned(),
        Why::DatesTooShort => "it would pass its date before it is used".to_owned(),
        Why::CapacityFull(legs) => {
            let legs: Vec<String> = legs
                .iter()
                .take(3)
                .map(|leg| format!("{} on {}", leg.corridor, moment(leg.leaves)))
                .collect();
            format!("full: {}", legs.join(", "))
        }
        Why::RouteClosed(routes) => closed(routes),
        Why::Paused(pauses) => {
            let said = pauses.iter().map(|p| format!("{} gives none until {}", p.place, p.until));
            said.collect::<Vec<_>>().join("; ")
        }
        Why::NoRoom => "the stores there have no room for it".to_owned(),
        Why::TooSmall => "less than a useful amount or a whole pack is left over".to_owned(),
    }
}

/// Prints the plan in columns.
pub(crate) fn print(view: &PlanView, out: &mut Out) -> anyhow::Result<()> {
    use Align::{Left, Right};
    let row = |cells: [&str; 7]| cells.map(str::to_owned).to_vec();
    if !view.suggestions.is_empty() {
        let mut rows = vec![row(["from", "to", "item", "amount", "leaves", "arrives", "why"])];
        rows.extend(view.suggestions.iter().map(|s| {
            row([
                s.from.as_str(),
                s.to.as_str(),
                s.item.as_str(),
                &s.amount.text,
                &s.leaves,
                &s.arrives,
                &s.why,
            ])
        }));
        out.table(&[Left, Left, Left, Right, Left, Left, Left], &rows)?;
    }
    if !view.open.is_empty() {
        if !view.suggestions.is_empty() {
            out.line("")?;
        }
        let mut rows = vec![["open at", "item", "amount", "urgency", "why"].map(str::to_owned).to_vec()];
        rows.extend(view.open.iter().map(|u| {
            let urgency = u.urgency.as_deref().unwrap_or("-");
            [u.place.as_str(), u.item.as_str(), &u.amount.text, urgency, &u.why].map(str::to_owned).to_vec()
        }));
        out.table(&[Left, Left, Right, Left, Left], &rows)?;
    }
    Ok(())
}

/// One sentence about the plan.
pub(crate) fn summary(view: &PlanView) -> String {
    let count =
        |n: usize, one: &str, many: &str| if n == 1 { format!("one {one}") } else { format!("{n} {many}") };
    let best = if view.gap_ppm == 0 {
        "no better plan exists".to_owned()
    } else {
        format!("at most {} ppm from the best", view.gap_ppm)
    };
    let short: String = view.digest.chars().take(8).collect();
    format!(
        "{} to {}: {}, {}; {best}; check number {short}",
        view.from,
        view.until,
        count(view.suggestions.len(), "suggestion", "suggestions"),
        count(view.open.len(), "need left open", "needs left open"),
    )
}
