//! `koinon route`: how routes stand, and the words of their ends.

use clap::Subcommand;
use koinon_core::{CorridorCode, Day};

use crate::book::entered_told;
use crate::clock;
use crate::console::views::Answer;
use crate::console::{Ask, RouteAsk, new_act};
use crate::data::DataArgs;
use crate::failure::{Complaint, Exit};
use crate::out::{Align, Out};
use crate::planner::parse_day;
use crate::reach;

/// Routes.
#[derive(Debug, Subcommand)]
pub(crate) enum RouteCommand {
    /// List routes and what closes them
    List {
        #[command(flatten)]
        data: DataArgs,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Say that a route which ends here is closed
    Close {
        #[command(flatten)]
        data: DataArgs,
        /// The route's code
        route: String,
        /// Why
        #[arg(long, value_parser = ["flood", "snow", "repair", "unsafe", "other"])]
        reason: String,
        /// The first day; without it, today
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_day)]
        from: Option<Day>,
        /// The last day on which it is expected to be closed; without it, nobody knows
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_day)]
        until: Option<Day>,
        /// As whom, by name or id; without it, the only steward
        #[arg(long = "as", value_name = "PERSON")]
        who: Option<String>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Say that a route which ends here is open again
    Open {
        #[command(flatten)]
        data: DataArgs,
        /// The route's code
        route: String,
        /// As whom, by name or id; without it, the only steward
        #[arg(long = "as", value_name = "PERSON")]
        who: Option<String>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

/// Runs `koinon route`.
pub(crate) fn run(command: &RouteCommand, out: &mut Out) -> anyhow::Result<Exit> {
    match command {
        RouteCommand::List { data, json } => list(data, *json, out),
        RouteCommand::Close { data, route, reason, from, until, who, json } => {
            let (reason, who) = (Some(reason.clone()), who.clone());
            state(data, route, (reason, *from, *until), who, *json, out)
        }
        RouteCommand::Open { data, route, who, json } => {
            state(data, route, (None, None, None), who.clone(), *json, out)
        }
    }
}

fn state(
    data: &DataArgs,
    route: &str,
    (reason, from, until): (Option<String>, Option<Day>, Option<Day>),
    who: Option<String>,
    json: bool,
    out: &mut Out,
) -> anyhow::Result<Exit> {
    let corridor = CorridorCode::new(route)
        .map_err(|error| Complaint::usage(error.to_string(), "`koinon route list` shows every code"))?;
    let act = new_act(clock::now()).to_string();
    let ask = RouteAsk { corridor, reason, from, until, who, act };
    let Answer::Entered(view) = reach::ask(data, Ask::Route(ask))? else { return Err(reach::unexpected()) };
    entered_told(&view, json, out)
}

fn list(data: &DataArgs, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
    let Answer::Routes(view) = reach::ask(data, Ask::Routes)? else { return Err(reach::unexpected()) };
    if json {
        out.json(&view)?;
    } else if !view.routes.is_empty() {
        let head = ["route", "from", "to", "state", "says", "since", "until"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        for route in &view.routes {
            let start = [route.code.as_str(), &route.from, &route.to].map(str::to_owned);
            if route.closed.is_empty() {
                rows.push(start.iter().cloned().chain(["open", "-", "-", "-"].map(str::to_owned)).collect());
            }
            for closed in &route.closed {
                let state = if closed.holds { "closed" } else { "announced" };
                let state = format!("{state}: {}", closed.reason);
                let until = closed.until.as_deref().unwrap_or("not known");
                let said = [state.as_str(), &closed.by, &closed.from, until].map(str::to_owned);
                rows.push(start.iter().cloned().chain(said).collect());
            }
        }
        out.table(&[Align::Left; 7], &rows)?;
    }
    Ok(if view.routes.is_empty() { Exit::No } else { Exit::Done })
}
