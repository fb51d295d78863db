//! What a power cut leaves of the changes that were not synced.
//!
//! A file's bytes last from its sync on, a folder's names from the folder's sync on, as POSIX has it and no more: a new
//! file that was synced may have lost its name, and an unlinked one may be back. Of what was not synced anything may be
//! left: nothing, everything, everything up to a moment, or any of the 512-byte sectors, in any order, some of them torn,
//! some that were new full of rubbish. A name changes whole or not at all.

use crate::dice::Dice;
use crate::disk::Journal;
use crate::tree::{Op, Tree};

/// Bytes that a disk writes at once, or tears.
pub const SECTOR: usize = 512;

/// How a disk answers a sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Honesty {
    /// What it says is durable is durable.
    Honest,
    /// It says so and does nothing, as cheap memory cards do.
    Lies,
    /// File systems that keep the order of all changes of names, such as ext4, on an honest disk.
    OrdersNames,
}

/// How much of what was not synced survives.
#[derive(Debug, Clone, Copy)]
enum Weather {
    Nothing,
    Everything,
    /// So many of the changes, and half of the next.
    UpTo(usize),
    /// Each sector by itself, in so many of 256 cases.
    Sectors(u64),
}

impl Weather {
    fn throw(dice: &mut Dice, pending: usize) -> Self {
        match dice.below(8) {
            0 => Self::Nothing,
            1 => Self::Everything,
            2 | 3 => Self::UpTo(dice.below(pending.saturating_add(1))),
            4 => Self::Sectors(16),
            5 => Self::Sectors(240),
            _ => Self::Sectors(128),
        }
    }
}

/// How the disk lies when power comes back, after a cut before change `at`.
pub fn after(journal: &Journal, at: usize, honesty: Honesty, dice: &mut Dice) -> Tree {
    let mut tree = journal.base.clone();
    let mut pending: Vec<&Op> = Vec::new();
    for op in journal.ops.iter().take(at) {
        match op {
            Op::Sync { .. } if honesty == Honesty::Lies => {}
            Op::Sync { node } => {
                let (synced, rest) = pending.into_iter().partition(|op| op.changes(*node));
                pending = rest;
                let synced: Vec<&Op> = synced;
                synced.iter().for_each(|op| tree.apply(op));
            }
            // Of a file's bytes the kernel forgets what it could not write: some of it arrived, and no later sync brings the
            // rest. Names go through the file system's own journal, which stops at once or tries again.
            Op::SyncFailed { node } if tree.is_file(*node) => {
                let (tried, rest): (Vec<&Op>, Vec<&Op>) =
                    pending.into_iter().partition(|op| op.changes(*node));
                pending = rest;
                tried.iter().for_each(|op| in_sectors(&mut tree, op, 128, dice));
            }
            Op::SyncFailed { .. } => {}
            Op::Make { is_folder, .. } => {
                tree.reserve(*is_folder);
                pending.push(op);
            }
            _ => pending.push(op),
        }
    }
    let weather = Weather::throw(dice, pending.len());
    let mut names_last = true;
    for (index, op) in pending.iter().enumerate() {
        let is_name = matches!(op, Op::Make { .. } | Op::Unlink { .. } | Op::Move { .. });
        match weather {
            Weather::Everything => tree.apply(op),
            Weather::UpTo(end) if index < end => tree.apply(op),
            Weather::UpTo(end) if index == end && !is_name => in_sectors(&mut tree, op, 128, dice),
            Weather::Nothing | Weather::UpTo(_) => {}
            Weather::Sectors(of_256) if is_name && honesty == Honesty::OrdersNames => {
                names_last &= dice.happens(of_256);
                if names_last {
                    tree.apply(op);
                }
            }
            Weather::Sectors(of_256) => in_sectors(&mut tree, op, of_256, dice),
        }
    }
    tree
}

/// Makes a change as far as it arrived.
fn in_sectors(tree: &mut Tree, op: &Op, of_256: u64, dice: &mut Dice) {
    let Op::Write { node, at, bytes } = op else {
        if dice.happens(of_256) {
            tree.apply(op);
        }
        return;
    };
    let mut from = *at;
    let mut left = bytes.as_slice();
    while !left.is_empty() {
        let (sector, rest) = left.split_at(left.len().min(SECTOR - from % SECTOR));
        let is_new = tree.length(*node) <= from;
        if dice.happens(of_256) {
            if dice.happens(16) {
                let torn = dice.below(sector.len());
                tree.put(*node, from, sector.get(..torn).unwrap_or(sector));
            } else {
                tree.put(*node, from, sector);
            }
        } else if is_new && dice.happens(16) {
            let rubbish: Vec<u8> =
                sector.iter().map(|_| u8::try_from(dice.below(256)).unwrap_or(0)).collect();
            tree.put(*node, from, &rubbish);
        }
        from = from.saturating_add(sector.len());
        left = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Journal {
        let make = |node, name: &str| Op::Make { folder: 0, name: name.into(), node, is_folder: false };
        let ops = vec![
            make(1, "a"),
            Op::Write { node: 1, at: 0, bytes: vec![1; 2_000] },
            Op::Sync { node: 1 },
            Op::Sync { node: 0 },
            Op::Write { node: 1, at: 512, bytes: vec![2; 1_024] },
            make(2, "b"),
            Op::Unlink { folder: 0, name: "a".into() },
        ];
        Journal { base: Tree::default(), ops }
    }

    #[test]
    fn what_was_synced_is_there_and_of_the_rest_anything() {
        let (mut old, mut new, mut mixed, mut back, mut gone) = (0, 0, 0, 0, 0);
        for seed in 0..500 {
            let tree = after(&journal(), 5, Honesty::Honest, &mut Dice::new(seed));
            let files = tree.files();
            assert_eq!(files.len(), 1);
            let bytes = files[0].1;
            assert_eq!(
                (bytes.len(), bytes[0], bytes[1_999]),
                (2_000, 1, 1),
                "no byte beside what was written"
            );
            match (bytes[512], bytes[1_024]) {
                (1, 1) => old += 1,
                (2, 2) => new += 1,
                _ => mixed += 1,
            }
            let names = after(&journal(), 7, Honesty::Honest, &mut Dice::new(seed));
            let has = |name: &str| names.files().iter().any(|(path, _)| path.as_os_str() == name);
            back += usize::from(has("a"));
            gone += usize::from(!has("b"));
        }
        assert!(
            [old, new, mixed, back, gone].iter().all(|count| *count > 20),
            "{old} {new} {mixed} {back} {gone}"
        );
    }

    #[test]
    fn a_disk_that_lies_loses_what_it_called_durable() {
        let lost = |seed| after(&journal(), 4, Honesty::Lies, &mut Dice::new(seed)).files().is_empty();
        assert!((0..100).any(lost) && !(0..100).all(lost));
    }

    #[test]
    fn a_sync_that_failed_brings_nothing_later() {
        let mut journal = journal();
        journal.ops[2] = Op::SyncFailed { node: 1 };
        journal.ops.insert(3, Op::Sync { node: 1 });
        let whole = |seed| {
            let tree = after(&journal, 5, Honesty::Honest, &mut Dice::new(seed));
            tree.files()[0].1 == vec![1; 2_000]
        };
        assert!((0..100).any(whole) && !(0..100).all(whole), "some of it arrived, and the rest never does");
    }
}
