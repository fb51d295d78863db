//! What `koinon deploy referrals` and `koinon deploy fabrication` show: one view, printed in columns or as JSON.

use koinon_core::Day;
use koinon_match::capacity::{Open, Plan, Problem, Request, Why};
use serde::{Deserialize, Serialize};

use super::{length, many};
use crate::out::{Align, Out, grouped};
use crate::planner::views::urgency_word;

/// Which of the two is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// People and beds.
    Referrals,
    /// Pieces and machine hours.
    Fabrication,
}

/// A whole plan.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct PlanView {
    /// The first day.
    pub(super) today: String,
    /// How many days were planned.
    pub(super) days: u32,
    /// The check number of region and tables.
    pub(super) inputs: String,
    /// The check number of the plan: equal inputs give an equal one everywhere.
    pub(super) digest: String,
    /// Whether no plan is better.
    best: bool,
    /// What the plan weighs, and what no plan can be below; less is better.
    cost: String,
    cost_at_least: String,
    /// The prices that prove it.
    prices: Vec<i64>,
    asked: i64,
    served: i64,
    pub(super) bookings: Vec<BookingView>,
    open: Vec<OpenView>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct BookingView {
    /// The line of the table.
    line: u32,
    place: String,
    service: String,
    urgency: String,
    provider: String,
    count: i64,
    /// Beds, or minutes of machines, by day.
    days: Vec<(String, i64)>,
    minutes: i64,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct OpenView {
    line: u32,
    place: String,
    service: String,
    urgency: String,
    count: i64,
    why: String,
}

/// Makes the view of a plan.
pub(super) fn plan(kind: Kind, plan: &Plan, problem: &Problem) -> PlanView {
    let request = |id: u32| problem.requests.iter().find(|one| one.id == id);
    let mut bookings: Vec<BookingView> = plan
        .bookings
        .iter()
        .filter_map(|booking| {
            let one = request(booking.request)?;
            let days = booking.days.iter();
            Some(BookingView {
                line: one.id,
                place: one.place.to_string(),
                service: one.service.to_string(),
                urgency: urgency_word(one.urgency).to_owned(),
                provider: booking.provider.to_string(),
                count: booking.count,
                days: days.map(|(day, used)| (day.to_string(), *used)).collect(),
                minutes: booking.minutes,
            })
        })
        .collect();
    let served = bookings.iter().map(|one| one.count).sum();
    if kind == Kind::Referrals {
        // Each day is a journey of its own.
        bookings = bookings.into_iter().flat_map(by_day).collect();
    }
    let opens = plan.open.iter().filter_map(|open| Some(open_view(kind, open, request(open.request)?)));
    PlanView {
        today: problem.today.to_string(),
        days: problem.days,
        inputs: plan.inputs.to_string(),
        digest: plan.digest.to_string(),
        best: plan.is_best(),
        cost: plan.cost.to_string(),
        cost_at_least: plan.bound.to_string(),
        prices: plan.prices.clone(),
        asked: problem.requests.iter().map(|one| one.count).sum(),
        served,
        open: opens.collect(),
        bookings,
    }
}

fn by_day(booking: BookingView) -> Vec<BookingView> {
    let BookingView { line, place, service, urgency, provider, days, minutes, .. } = booking;
    let one = |(day, count): (String, i64)| BookingView {
        line,
        place: place.clone(),
        service: service.clone(),
        urgency: urgency.clone(),
        provider: provider.clone(),
        count,
        days: vec![(day, count)],
        minutes,
    };
    days.into_iter().map(one).collect()
}

fn open_view(kind: Kind, open: &Open, request: &Request) -> OpenView {
    let (who, full) = match kind {
        Kind::Referrals => ("no hospital", "every hospital in reach that gives it is full until then"),
        Kind::Fabrication => ("no shop", "every shop in reach that makes it has no hours left until then"),
    };
    let why = match open.why {
        Why::Nobody => format!("{who} does this"),
        Why::NoWay => format!("{who} that does this can be reached"),
        Why::TooLate => "the last day that helps is over".to_owned(),
        Why::Full => full.to_owned(),
    };
    OpenView {
        line: request.id,
        place: request.place.to_string(),
        service: request.service.to_string(),
        urgency: urgency_word(request.urgency).to_owned(),
        count: open.count,
        why,
    }
}

/// The first day of a line and its last, if they differ.
fn span(days: &[(String, i64)]) -> String {
    match days {
        [] => String::new(),
        [(only, _)] => only.clone(),
        [(first, _), .., (last, _)] => {
            let same_year = first.split('-').next() == last.split('-').next();
            let short = last.split_once('-').map_or(last.as_str(), |(_, rest)| rest);
            format!("{first} to {}", if same_year { short } else { last })
        }
    }
}

/// Prints a plan in columns.
pub(super) fn print(kind: Kind, view: &PlanView, out: &mut Out) -> anyhow::Result<()> {
    use Align::{Left, Right};
    let (who, count, service) = match kind {
        Kind::Referrals => ("hospital", "people", "care"),
        Kind::Fabrication => ("shop", "pieces", "part"),
    };
    let head = ["from", service, "urgency", who, count, "when", "way"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for one in &view.bookings {
        let way = if one.minutes == 0 { "-".to_owned() } else { length(one.minutes) };
        let (when, count) = (span(&one.days), grouped(one.count));
        let (place, service) = (one.place.clone(), one.service.clone());
        rows.push(vec![place, service, one.urgency.clone(), one.provider.clone(), count, when, way]);
    }
    if !view.bookings.is_empty() {
        out.table(&[Left, Left, Left, Left, Right, Left, Right], &rows)?;
    }
    if !view.open.is_empty() {
        if !view.bookings.is_empty() {
            out.line("")?;
        }
        out.line("Not served:")?;
        for one in &view.open {
            out.line(format!(
                "  line {}: {} of {} for {} ({})",
                one.line,
                many(one.count, if kind == Kind::Referrals { "person" } else { "piece" }, count),
                one.place,
                one.service,
                one.urgency
            ))?;
            out.line(format!("    {}", one.why))?;
        }
    }
    Ok(())
}

/// One sentence.
pub(super) fn summary(kind: Kind, view: &PlanView) -> String {
    let short: String = view.digest.chars().take(8).collect();
    let last = Day::parse(&view.today)
        .map(|day| day.plus(i32::try_from(view.days).unwrap_or(i32::MAX).saturating_sub(1)).to_string());
    let what = match kind {
        Kind::Referrals => "people have a bed",
        Kind::Fabrication => "pieces have a shop",
    };
    let best = if view.best { "no plan is better" } else { "a better plan may exist, as pieces are whole" };
    format!(
        "{} of {} {what} until {}; {best}; check number {short}",
        grouped(view.served),
        grouped(view.asked),
        last.unwrap_or_default()
    )
}
