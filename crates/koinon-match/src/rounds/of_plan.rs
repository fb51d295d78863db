//! Loads from suggestions of a plan.

use koinon_core::{LoadCode, PlaceCode};
use koinon_ledger::fact::Urgency;

use super::problem::Load;
use crate::plan::{Plan, Serves, Suggestion};
use crate::problem::{Cargo, Item, Moment, Problem};

/// What somebody asks to be brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The code of the load.
    pub code: LoadCode,
    /// Where it is.
    pub from: PlaceCode,
    /// Where it goes.
    pub to: PlaceCode,
    /// Base units.
    pub amount: i64,
    /// How badly it is needed.
    pub urgency: Option<Urgency>,
    /// When loading may begin.
    pub ready: Moment,
    /// The last minute at which it may arrive.
    pub due: Moment,
}

/// The load that an amount of an item is; `None` for what runs through wires, and where the load is beyond all measures.
pub fn load_of(item: &Item, asked: Asked) -> Option<Load> {
    let [grams, millilitres, micropallets] = item.load(asked.amount).map(i64::try_from);
    (item.cargo != Cargo::Energy).then_some(())?;
    Some(Load {
        code: asked.code,
        from: asked.from,
        to: asked.to,
        item: item.code.clone(),
        amount: asked.amount,
        grams: grams.ok()?,
        millilitres: millilitres.ok()?,
        micropallets: micropallets.ok()?,
        cold: item.cold,
        hazard: item.hazard,
        urgency: asked.urgency,
        ready: asked.ready,
        due: asked.due,
    })
}

/// The loads of a plan, one for each suggestion that vehicles can carry. Each is ready on the day on which the plan has it leave, and due
/// on the day on which the plan has it arrive where it was asked for, else on the last day of the plan.
pub fn loads_of(problem: &Problem, plan: &Plan) -> Vec<Load> {
    let load = |s: &Suggestion| {
        let item = problem.items.iter().find(|item| item.code == s.item)?;
        let urgency = if let Serves::Need(urgency) = s.serves { Some(urgency) } else { None };
        let due = if urgency.is_some() { s.last_arrival()?.day } else { plan.last_day };
        let short: String = s.id.to_string().chars().take(12).collect();
        let asked = Asked {
            code: LoadCode::new(&short).ok()?,
            from: s.from.clone(),
            to: s.to.clone(),
            amount: s.amount,
            urgency,
            ready: Moment { day: s.leaves()?.day, minute: 0 },
            due: Moment { day: due, minute: 1_439 },
        };
        load_of(item, asked)
    };
    plan.suggestions.iter().filter_map(load).collect()
}
