//! Care and work that one community does for another: beds of hospitals, hours of workshops.
//!
//! A community says what its hospital or workshop can do and how much of it in a day, any community asks, whoever can do it promises days of
//! it, who asked takes them or says no, and what was done is written down. People are a number and never named: who comes is between the two
//! houses, by the promise's number.

pub mod act;
mod book;
pub mod booking;
mod decide;
pub mod fact;

pub use act::{Act, Question, Refusal};
pub use book::{Asked, Provider, Services};
pub use booking::{Booking, Stage};
pub(crate) use decide::{decide, place_of};
pub use fact::{
    AHEAD_DAYS, AMOUNT_MAX, COUNT_MAX, DayUse, Kind, ServiceAskClosed, ServiceAsked, ServiceDeclined,
    ServiceDone, ServiceOffered, ServicePromised, ServiceTaken, ServiceWithdrawn, Unsound,
};
