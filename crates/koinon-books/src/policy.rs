//! The policies: where one fact leads to a command by agreed rule. All of them stand here.
//!
//! A policy runs only on the node whose own log would receive the result, never during replay or snapshot load. The
//! act of its command is the hash of policy and causing fact, so a second run writes nothing. Its actor is the
//! policy's name, and authority allows policies a short closed list of actions.

use koinon_authority::{Actor, PolicyName};
use koinon_core::{EntryId, FactId, Timestamp};
use koinon_ledger::{Act, Command, LedgerFact, Reason};

use crate::book::Book;
use crate::command::BookCommand;
use crate::fact::Fact;

/// A command that a policy asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// The policy.
    pub who: Actor,
    /// What it asks for.
    pub command: BookCommand,
}

/// What the policies of this node make of a fact of its own log, after the book has taken it in.
pub fn react(book: &Book, cause: FactId, fact: &Fact, now: Timestamp) -> Vec<Reaction> {
    let mut reactions = Vec::new();
    if let Fact::Ledger(LedgerFact::Received(received)) = fact {
        reactions.extend(close_met_need(book, cause, received, now));
    }
    reactions
}

/// A receipt that meets a need of ours in full closes it, unless the need comes back by itself.
fn close_met_need(
    book: &Book,
    cause: FactId,
    received: &koinon_ledger::fact::Received,
    now: Timestamp,
) -> Option<Reaction> {
    let own = book.own()?;
    let transfer = book.ledger().transfer(&received.giver, received.transfer)?;
    let commitment = transfer.commitment(&received.giver)?;
    let id = commitment.what.need?;
    let need = book.ledger().need(own, id)?;
    let stated = need.latest().filter(|need| need.every_days.is_none())?;
    if need.closed().is_some() {
        return None;
    }
    let met: i128 = book
        .ledger()
        .transfers()
        .filter_map(|(giver, _, t)| Some((giver, t, t.commitment(giver)?)))
        .filter(|(_, _, by)| by.what.need == Some(id) && by.what.taker == *own)
        .flat_map(|(giver, t, by)| {
            let lines = by.what.lines.iter().filter(|line| line.item == stated.item);
            lines.map(move |line| t.counters(giver, line).fulfilled).collect::<Vec<_>>()
        })
        .sum();
    if met < i128::from(stated.quantity.amount()) {
        return None;
    }
    let who = Actor::Policy(PolicyName::new("close-met-need").ok()?);
    let act = EntryId::derived("koinon/policy/close-met-need/1", &cause.0);
    let what = Act::CloseNeed { need: id, reason: Reason::NotNeeded };
    Some(Reaction {
        who,
        command: BookCommand::Ledger(Command { act, occurred: now, confirmed: true, what }),
    })
}
