//! Network optimisation on plain integers; usable by anyone.
//!
//! The first thing in the room is the cheapest flow through a network, exactly, the same on every machine. [`Network`] is the checked
//! problem, [`solve`] and [`Solver`] find a [`Solution`] by primal network simplex, [`verify()`] proves it without trusting the solver,
//! [`decompose()`] turns it into routes that a person can read, [`cut()`] names what stands between a node and more, [`Tolled`] keeps
//! one solved while the use of its arcs grows dearer and cheaper, [`Standing`] while anything in it changes, and [`dimacs`] reads and
//! writes the exchange format of the field. Beside it stands what flows cannot say: [`route`] plans the trips of vehicles, [`assign`]
//! says who takes which job and [`design`] which ways to open, both with a bound that no plan can beat; [`lossy`] plans flows of which a
//! part is lost on the way.
//!
//! It refuses clocks, files and floating point, but for [`lossy`], whose prices prove themselves in whole numbers; where a search draws
//! lots, they come from a seed that the caller gives. It knows nothing of places, items or people: callers number their nodes and arcs and
//! keep the meaning to themselves.

#![forbid(unsafe_code)]

mod ascent;
pub mod assign;
pub mod chance;
pub mod cut;
pub mod decompose;
pub mod design;
pub mod dimacs;
pub mod faults;
mod kernel;
pub mod lossy;
pub mod network;
pub mod route;
pub mod solver;
pub mod standing;
pub mod tolls;
pub mod verify;

pub use chance::Chance;
pub use cut::{Cut, cut};
pub use decompose::{Route, decompose};
pub use network::{Arc, Balance, Change, Network, NetworkError, UNLIMITED};
pub use solver::{Solution, Solver, Status, solve};
pub use standing::{Standing, StandingError};
pub use tolls::{TollError, Tolled};
pub use verify::{VerifyError, verify};
