//! From surplus and need to suggestions with reasons, and the independent checker.
//!
//! [`problem`] states who has, uses, keeps and asks for what, and what leaves when: plain whole numbers, made from a
//! node's books ([`books`]) or from two tables. [`plan()`] answers with a [`Plan`]: transfers with their batches,
//! departures and reasons, and what stays open and why. [`check()`] re-derives every rule without the engine's code, and
//! no plan leaves this room before it has passed. [`why`] answers questions about a suggestion, [`what_if`] plans
//! one item again with figures changed, [`sensitivity`] says which figures matter, [`relief`] plans one disaster from many depots,
//! [`preposition`] says where stock should stand before one, [`rounds`] which vehicles bring what is agreed, and when, [`teams`] who
//! goes to which mission, [`capacity`] who is treated or made what where, and [`balance`] what flows through wires and pipes.
//!
//! The room never acts, stores nothing, reads no clock, and takes nothing below a floor: what a place keeps is not in
//! the network at all. Equal inputs give equal plans, byte for byte, in any order and on any machine.

pub mod balance;
pub mod books;
pub mod capacity;
mod case;
pub mod check;
mod crowd;
mod engine;
pub mod fault;
mod flow;
pub mod memory;
pub mod plan;
pub mod preposition;
mod prices;
pub mod problem;
mod reach;
pub mod relief;
pub mod roads;
mod rooms;
pub mod rounds;
pub mod sensitivity;
mod shares;
mod spread;
mod standing;
pub mod teams;
mod threads;
mod timetable;
mod unmet;
pub mod violation;
pub mod what_if;
pub mod why;
mod words;

pub use check::{Rule, Violation, check};
pub use engine::{PlanError, plan, plan_again, plan_on};
pub use fault::{Fault, Faults};
pub use memory::Memory;
pub use plan::{Against, Alternative, Gap, Leg, Load, Plan, Serves, Side, Suggestion, Unmet, Why, WhyNot};
pub use problem::{
    Arriving, Cargo, ClosedRoute, Closure, Departure, Due, EVEN_WISH, Item, Keep, LotRef, Moment, Need,
    NeedRef, Offer, Place, Problem, Rules, Stock, StoreRoom, Use, WISH_MAX,
};
