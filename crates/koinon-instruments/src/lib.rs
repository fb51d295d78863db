//! Agreed texts as typed parameters: what a member reads in the text is what the program does.
//!
//! So far one text: the data sharing agreement. This room reads texts and names every fault; whether a text is in force
//! follows from facts, which `koinon-books` holds. It does no input or output.

pub mod agreement;
mod read;

pub use agreement::{Agreement, Dataset, Share};
