//! The stock book: items in lots, counts, needs, offers, commitments and transfers.
//!
//! Three things happen here and nothing else. [`decide`](decide::decide) turns a command into facts or a refusal.
//! [`Ledger::evolve`] takes a fact into the book; it is total and order-free: any set of facts gives one book,
//! whatever the order of their arrival. Queries read the book.
//!
//! This room does no input or output and reads no clock. It refuses to repair data: a negative, late, duplicate or
//! contradicting entry is kept and marked. Quantities are integers; conservation is checked by tests over any
//! merge of any logs.

pub mod action;
pub mod command;
pub mod counter;
pub mod decide;
pub mod demand;
pub mod fact;
pub mod joint;
pub mod ledger;
mod lite;
pub mod lot;
mod lots;
pub mod order;
pub mod pause;
pub mod reason;
pub mod recount;
pub mod route;
pub mod standing;
pub mod totals;
pub mod transfer;
pub mod wants;
pub mod wish;

pub use action::Action;
pub use command::{Act, Command, Outcome, Question, Refusal};
pub use fact::LedgerFact;
pub use ledger::{Evolved, Key, Ledger, Written};
pub use order::{OrderKey, Provenance, Rev};
pub use reason::Reason;
