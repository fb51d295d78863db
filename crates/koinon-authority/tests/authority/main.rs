//! The tests at the door of authority: the full matrix, the laws, and single cases.

#[cfg(test)]
mod cases;
#[cfg(test)]
mod giving;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod world;
