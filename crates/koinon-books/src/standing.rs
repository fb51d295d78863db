//! What is given regularly: a promise of just what was agreed, or of less, needs no second yes of the taker.
//!
//! The taker has said so with the standing agreement. Its own node writes the yes, as it writes every other word of its community; an
//! objection halts the transfer all the same, and a promise of more, of something else or on another day waits for people.

use koinon_authority::{Actor, PolicyName};
use koinon_core::{CommunityCode, EntryId, Timestamp};
use koinon_ledger::fact::Committed;
use koinon_ledger::transfer::{Reply, Status};
use koinon_ledger::{Act, Command};

use crate::book::Book;
use crate::command::BookCommand;
use crate::policy::Reaction;

/// The policy that says yes.
pub const STANDING_AGREEMENT: &str = "standing-agreement";

impl Book {
    /// Whether a promise of a giver gives what the own community agreed to take that day, and nothing beyond.
    pub fn is_as_agreed(&self, giver: &CommunityCode, promise: &Committed) -> bool {
        let Some(due) = &promise.standing else { return false };
        let agreed = self.ledger().standing_of(&due.proposer, due.standing).and_then(|known| known.agreed());
        let Some(text) = agreed.filter(|text| text.is_due_on(due.day)) else { return false };
        let Some(line) = text.line(due.line) else { return false };
        let sides = [(&due.proposer, &text.with), (&text.with, &due.proposer)];
        let amounts = promise.lines.iter().map(|one| i128::from(one.quantity.amount()));
        sides.contains(&(giver, &promise.taker))
            && (&line.from, &line.to) == (&promise.from, &promise.to)
            && !promise.lines.is_empty()
            && promise.lines.iter().all(|one| one.item == line.item)
            && amounts.sum::<i128>() <= i128::from(line.quantity.amount())
    }

    /// The yes to each promise that gives what was agreed and has no answer yet.
    pub fn standing_answers(&self, now: Timestamp) -> Vec<Reaction> {
        let (Some(own), Ok(name)) = (self.own(), PolicyName::new(STANDING_AGREEMENT)) else {
            return Vec::new();
        };
        let mut reactions = Vec::new();
        for (giver, transfer, known) in self.ledger().transfers() {
            let Some(promise) = known.commitment(giver).map(|by| &by.what) else { continue };
            let waits = matches!(known.status(giver), Status::NeedsAnswer | Status::NeedsSecond)
                && matches!(known.reply(giver), Reply::None);
            // What falls due once is taken once; whoever promises it again asks people.
            let again = self.ledger().transfers_given(giver).any(|(id, other)| {
                let over = matches!(other.status(giver), Status::Refused | Status::Withdrawn);
                let same = other.commitment(giver).is_some_and(|by| by.what.standing == promise.standing);
                id != transfer && same && !over && matches!(other.reply(giver), Reply::Yes(_))
            });
            if promise.taker != *own || !waits || again || !self.is_as_agreed(giver, promise) {
                continue;
            }
            let cause = [giver.as_str().as_bytes(), &transfer.0, &promise.digest().0].concat();
            let act = EntryId::derived("koinon/policy/standing-agreement/1", &cause);
            let what = Act::Accept { giver: giver.clone(), transfer, less: Vec::new() };
            let command = Command { act, occurred: now, confirmed: true, what };
            reactions
                .push(Reaction { who: Actor::Policy(name.clone()), command: BookCommand::Ledger(command) });
        }
        reactions
    }
}
