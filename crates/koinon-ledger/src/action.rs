//! The actions of Valueflows 1.0.0 and their effects, in one table.
//!
//! Source: the ontology's action instances (valueflows 1.0.0, `all_vf.TTL`): `vf:accountingEffect`,
//! `vf:onhandEffect`, `vf:inputOutput`, `vf:pairsWith`. *Accounting* is what one has rights to, *on hand* is what
//! one holds.

use minicbor::{Decode, Encode};

/// A Valueflows action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Action {
    /// Something new exists: a harvest, a loaf, a kit.
    #[n(0)]
    Produce,
    /// Something is used up.
    #[n(1)]
    Consume,
    /// The book goes up without a process: opening balance, found, gift from outside.
    #[n(2)]
    Raise,
    /// The book goes down without a process: lost, spoiled, given outside.
    #[n(3)]
    Lower,
    /// A tool is used and stays.
    #[n(4)]
    Use,
    /// A person works.
    #[n(5)]
    Work,
    /// A document is drawn upon.
    #[n(6)]
    Cite,
    /// A service is given.
    #[n(7)]
    DeliverService,
    /// A thing enters a repair, test or treatment.
    #[n(8)]
    Accept,
    /// A thing leaves a repair, test or treatment.
    #[n(9)]
    Modify,
    /// A carrier takes a thing over.
    #[n(10)]
    Pickup,
    /// A carrier hands a thing over.
    #[n(11)]
    Dropoff,
    /// A thing is packed into another.
    #[n(12)]
    Combine,
    /// A thing is unpacked.
    #[n(13)]
    Separate,
    /// The same holder puts a thing elsewhere.
    #[n(14)]
    Move,
    /// Rights and custody change together.
    #[n(15)]
    Transfer,
    /// Rights change.
    #[n(16)]
    TransferAllRights,
    /// Custody changes: a loan and its return.
    #[n(17)]
    TransferCustody,
    /// A digital thing is copied.
    #[n(18)]
    Copy,
}

/// What an action does to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    None,
    /// The lot goes up.
    Increment,
    /// The lot goes down.
    Decrement,
    /// One lot goes down, the other up.
    DecrementIncrement,
    /// The other lot goes up, this one stays.
    IncrementTo,
}

/// Whether an action is an input or an output of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProcessSide {
    /// Goes into a process.
    Input,
    /// Comes out of a process.
    Output,
    /// May be both.
    Either,
    /// Stands alone.
    None,
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The action.
    pub action: Action,
    /// Its local name in the ontology.
    pub name: &'static str,
    /// What happens to rights.
    pub accounting: Effect,
    /// What happens to custody.
    pub onhand: Effect,
    /// Its side of a process.
    pub process: ProcessSide,
    /// The action that must follow, for pairs.
    pub pair: Option<Action>,
}

const fn row(
    action: Action,
    name: &'static str,
    accounting: Effect,
    onhand: Effect,
    process: ProcessSide,
    pair: Option<Action>,
) -> Row {
    Row { action, name, accounting, onhand, process, pair }
}

/// Every action with its effects.
pub const TABLE: [Row; 19] = [
    row(Action::Produce, "produce", Effect::Increment, Effect::Increment, ProcessSide::Output, None),
    row(Action::Consume, "consume", Effect::Decrement, Effect::Decrement, ProcessSide::Input, None),
    row(Action::Raise, "raise", Effect::Increment, Effect::Increment, ProcessSide::None, None),
    row(Action::Lower, "lower", Effect::Decrement, Effect::Decrement, ProcessSide::None, None),
    row(Action::Use, "use", Effect::None, Effect::None, ProcessSide::Input, None),
    row(Action::Work, "work", Effect::None, Effect::None, ProcessSide::Input, None),
    row(Action::Cite, "cite", Effect::None, Effect::None, ProcessSide::Input, None),
    row(Action::DeliverService, "deliverService", Effect::None, Effect::None, ProcessSide::Either, None),
    row(Action::Accept, "accept", Effect::None, Effect::Decrement, ProcessSide::Input, Some(Action::Modify)),
    row(Action::Modify, "modify", Effect::None, Effect::Increment, ProcessSide::Output, Some(Action::Accept)),
    row(Action::Pickup, "pickup", Effect::None, Effect::Decrement, ProcessSide::Input, Some(Action::Dropoff)),
    row(
        Action::Dropoff,
        "dropoff",
        Effect::None,
        Effect::Increment,
        ProcessSide::Output,
        Some(Action::Pickup),
    ),
    row(
        Action::Combine,
        "combine",
        Effect::None,
        Effect::Decrement,
        ProcessSide::Input,
        Some(Action::Separate),
    ),
    row(
        Action::Separate,
        "separate",
        Effect::None,
        Effect::Increment,
        ProcessSide::Output,
        Some(Action::Combine),
    ),
    row(
        Action::Move,
        "move",
        Effect::DecrementIncrement,
        Effect::DecrementIncrement,
        ProcessSide::None,
        None,
    ),
    row(
        Action::Transfer,
        "transfer",
        Effect::DecrementIncrement,
        Effect::DecrementIncrement,
        ProcessSide::None,
        None,
    ),
    row(
        Action::TransferAllRights,
        "transferAllRights",
        Effect::DecrementIncrement,
        Effect::None,
        ProcessSide::None,
        None,
    ),
    row(
        Action::TransferCustody,
        "transferCustody",
        Effect::None,
        Effect::DecrementIncrement,
        ProcessSide::None,
        None,
    ),
    row(Action::Copy, "copy", Effect::IncrementTo, Effect::IncrementTo, ProcessSide::None, None),
];

impl Action {
    /// The action's row in the table.
    pub fn row(self) -> &'static Row {
        TABLE.iter().find(|row| row.action == self).unwrap_or(const { &TABLE[0] })
    }

    /// Finds an action by its name in the ontology.
    pub fn by_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.name == name).map(|row| row.action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_each_action_once_and_pairs_answer_each_other() {
        for row in &TABLE {
            assert_eq!(row.action.row(), row);
            assert_eq!(Action::by_name(row.name), Some(row.action));
            assert_eq!(TABLE.iter().filter(|other| other.name == row.name).count(), 1);
            if let Some(pair) = row.pair {
                assert_eq!(pair.row().pair, Some(row.action), "{}", row.name);
            }
        }
    }
}
