//! Power cuts, full disks and failing disks, at every single change that a use case makes: a crash-VFS one floor deeper.
//!
//! A use case is played once on a disk that writes down every change in order. Then its power is cut before each of the
//! changes: what was synced stays, of the rest a seed decides what is left. The node is opened on that, and must be
//! whole, hold everything that it had acknowledged or shown, hold every act whole or not at all, and write on without
//! saying a second thing where it had said a first. The same play is repeated with a disk that is full from a change on,
//! or fails at it once.
//!
//! The disk stands under SQLite's own VFS and under the standard library, see [`mod@disk`] and the reasons in
//! docs/adr/0016: so SQLite's files, keys, certificates, bundles and backups share one order of changes, and koinon runs as
//! it ships. This is why `unsafe` stands in `calls`, in a crate that no other crate uses, and nowhere else.
//!
//! | module | subject |
//! |---|---|
//! | `calls`, [`mod@disk`], [`tree`] | what a program does to a disk, seen and made to fail |
//! | [`cut`], [`dice`] | what a power cut leaves |
//! | [`stage`], [`cases`], `acts` | the use cases, and what they were promised |
//! | [`judge`] | whether the promises were kept |
//! | [`trial`] | many cuts and faults, counted |

mod acts;
mod calls;
pub mod cases;
pub mod cut;
pub mod dice;
pub mod disk;
pub mod judge;
pub mod stage;
pub mod tree;
pub mod trial;

pub use cases::{Case, all};
pub use cut::Honesty;
pub use dice::Dice;
pub use disk::{Disk, Fault, Journal};
pub use judge::Verdict;
pub use trial::{Tally, Trial};
