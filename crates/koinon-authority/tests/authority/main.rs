//! The tests at the door of authority: the full matrix, the laws, and single cases.

mod cases;
mod giving;
mod laws;
mod matrix;
mod world;
