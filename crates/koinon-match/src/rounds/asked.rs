//! Loads from what somebody asks to be brought.

use koinon_core::{LoadCode, PlaceCode};
use koinon_ledger::fact::Urgency;

use super::problem::Load;
use crate::problem::{Cargo, Item, Moment};

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
