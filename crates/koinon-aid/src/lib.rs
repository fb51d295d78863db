//! Teams of communities and the missions that ask for them: stated, asked, promised, taken, left, back. Beside them the care and
//! the work that hospitals and workshops do for others, see [`service`].
//!
//! Three things happen here, as in the stock book. [`decide`](decide::decide) turns a command into facts, questions or a refusal.
//! [`Aid::evolve`] takes a fact in; it is total and order-free. Queries read what follows. Who should go where is worked out
//! elsewhere; here it is only agreed and kept.
//!
//! Nobody is named: a team is a word of its community, a mission a word of whoever asks, a reason a code. Nobody is promised
//! without their word, their rest and their hours, or past the crew that their community keeps at home. This room does no
//! input or output and reads no clock.

pub mod aid;
pub mod command;
pub mod decide;
pub mod fact;
pub mod hours;
pub mod promise;
pub mod serve;
pub mod service;
mod written;

pub use aid::Aid;
pub use command::{Act, Command, Outcome, Question, Refusal};
pub use fact::{AidFact, Reason};
pub use promise::{Promise, Stage};
pub use written::Written;
