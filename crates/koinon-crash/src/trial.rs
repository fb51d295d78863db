//! Many cuts and faults of one use case, counted.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use koinon_core::FactId;
use koinon_log::Header;
use koinon_node::sqlite::Held;

use crate::cases::Case;
use crate::cut::{self, Honesty};
use crate::dice::Dice;
use crate::disk::{Disk, Fault, Journal};
use crate::judge::{self, Verdict};
use crate::stage::{Notes, Props, Stage, facts_in, memory_dir};
use crate::tree::Tree;

/// The most failures that are kept word for word.
const NAMED_MAX: usize = 40;

/// What cuts came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// The cuts.
    pub cuts: usize,
    /// Those after which something acknowledged or shown was not there.
    pub lost: usize,
    /// Those after which the node did not open, was not sound, or did not write on.
    pub corrupt: usize,
    /// The first failures, each with what repeats it.
    pub named: Vec<String>,
}

impl Tally {
    /// Counts a verdict.
    pub fn count(&mut self, verdict: &Verdict, of: impl FnOnce() -> String) {
        self.cuts += 1;
        let what = match verdict {
            Verdict::Good => return,
            Verdict::Lost(what) => {
                self.lost += 1;
                format!("lost: {what}")
            }
            Verdict::Corrupt(what) => {
                self.corrupt += 1;
                format!("corrupt: {what}")
            }
        };
        if self.named.len() < NAMED_MAX {
            self.named.push(format!("{}: {what}", of()));
        }
    }

    /// Takes another tally in.
    pub fn add(&mut self, other: Self) {
        self.cuts += other.cuts;
        self.lost += other.lost;
        self.corrupt += other.corrupt;
        self.named.extend(other.named);
        self.named.truncate(NAMED_MAX);
    }

    /// Whether nothing was lost or corrupt.
    pub const fn is_good(&self) -> bool {
        self.lost == 0 && self.corrupt == 0
    }
}

/// A use case with everything ready for its play.
pub struct Trial {
    /// The use case.
    pub case: Case,
    base: Tree,
    props: Props,
}

/// A play, as it was written down.
pub struct Played {
    /// What was done to the disk.
    pub journal: Journal,
    /// What was promised.
    pub notes: Notes,
    live: Tree,
    /// Whether the fault that was planned happened.
    pub failed: bool,
}

impl Played {
    /// The same play, as if each answer had been given, and each change shown, as soon as the first byte of it was written.
    pub fn answered_early(&self) -> Self {
        let mut all: Vec<usize> = self.notes.promises.iter().map(|promise| promise.at).collect();
        all.extend(self.notes.shown.iter().map(|shown| shown.at));
        all.sort_unstable();
        all.dedup();
        let early = |at: usize| {
            let before = all.iter().rev().find(|other| **other < at);
            before.map_or(0, |before| before + 1).min(at)
        };
        let mut notes = self.notes.clone();
        notes.promises.iter_mut().for_each(|promise| promise.at = early(promise.at));
        notes.shown.iter_mut().for_each(|shown| shown.at = early(shown.at));
        Self { notes, journal: self.journal.clone(), live: self.live.clone(), failed: self.failed }
    }
}

impl Trial {
    /// Makes a use case ready.
    ///
    /// # Errors
    /// It cannot be.
    pub fn of(case: Case) -> anyhow::Result<Self> {
        let root = memory_dir()?;
        let props = (case.prepare)(root.path()).with_context(|| format!("{} is prepared", case.name))?;
        Ok(Self { case, base: Tree::of(root.path())?, props })
    }

    /// Plays the use case on a good disk, and sees that no change of it went unseen.
    ///
    /// # Errors
    /// It fails, or a change was not seen.
    pub fn play(&self) -> anyhow::Result<Played> {
        self.play_with(None)
    }

    /// The kinds of facts that the node under test wrote during a play.
    ///
    /// # Errors
    /// Its store cannot be read.
    pub fn kinds(&self, played: &Played) -> anyhow::Result<BTreeSet<u32>> {
        let held = |tree: &Tree| -> anyhow::Result<Vec<Held>> {
            let root = memory_dir()?;
            tree.lay_out(root.path())?;
            let dir = root.path().join("data");
            if dir.join("koinon.db").exists() { facts_in(&dir) } else { Ok(Vec::new()) }
        };
        // A store of an earlier format is read by nobody before it is migrated.
        let before: BTreeSet<FactId> = held(&self.base).unwrap_or_default().iter().map(Held::id).collect();
        let own = |fact: &Held| played.notes.own.is_none_or(|own| own == fact.name.node);
        let written =
            held(&played.live)?.into_iter().filter(|fact| own(fact) && !before.contains(&fact.id()));
        written.map(|held| Ok(Header::parse(&held.fact.header)?.kind)).collect()
    }

    fn play_with(&self, fault: Option<(usize, Fault)>) -> anyhow::Result<Played> {
        let root = memory_dir()?;
        self.base.lay_out(root.path())?;
        let disk = Disk::watch(root.path())?;
        if let Some((at, fault)) = fault {
            disk.fail_at(at, fault);
        }
        let stage = Stage::new(disk.clone(), self.props.clone());
        let done = (self.case.play)(&stage);
        let (notes, failed) = (stage.notes(), disk.has_failed());
        drop(stage);
        if !failed {
            done.with_context(|| format!("{} is played", self.case.name))?;
        }
        disk.compare().with_context(|| format!("{} is played", self.case.name))?;
        let live = disk.live();
        Ok(Played { journal: disk.into_journal(), notes, live, failed })
    }

    /// Cuts the power of a play before a change, by a seed.
    ///
    /// # Errors
    /// The judge could not work.
    pub fn cut(&self, played: &Played, at: usize, honesty: Honesty, seed: u64) -> anyhow::Result<Verdict> {
        let mut dice = Dice::new(seed);
        let left = cut::after(&played.journal, at, honesty, &mut dice);
        let case =
            judge::Case { props: &self.props, notes: &played.notes, at, whole: &[], is_complete: true };
        judge::judge(&case, &left, &mut dice)
    }

    /// Cuts the power of a play before each `step`th change, from one on.
    ///
    /// # Errors
    /// The judge could not work.
    pub fn cuts(
        &self,
        played: &Played,
        (from, step): (usize, usize),
        honesty: Honesty,
        seed: u64,
    ) -> anyhow::Result<Tally> {
        let mut tally = Tally::default();
        for at in (from..=played.journal.ops.len()).step_by(step.max(1)) {
            let seed = seed.wrapping_add(u64::try_from(at).unwrap_or(0));
            let verdict = self.cut(played, at, honesty, seed)?;
            tally.count(&verdict, || format!("{}, cut before change {at}, seed {seed}", self.case.name));
        }
        Ok(tally)
    }

    /// Plays the use case on a disk that fails at a change, then opens what a power cut leaves of it, or what a program that
    /// is started again finds. Gives nothing where the play has fewer changes.
    ///
    /// # Errors
    /// The judge could not work.
    pub fn fault(
        &self,
        good: &Played,
        at: usize,
        fault: Fault,
        seed: u64,
    ) -> anyhow::Result<Option<Verdict>> {
        let played = self.play_with(Some((at, fault)))?;
        if !played.failed {
            return Ok(None);
        }
        if let Some(broken) = &played.notes.broken {
            return Ok(Some(Verdict::Corrupt(broken.clone())));
        }
        let mut dice = Dice::new(seed);
        let end = played.journal.ops.len();
        let left = if dice.happens(128) {
            played.live.clone()
        } else {
            cut::after(&played.journal, end, Honesty::Honest, &mut dice)
        };
        let whole: Vec<usize> =
            good.notes.asked.iter().map(|asked| asked.done.map_or(0, |(_, facts)| facts)).collect();
        let case = judge::Case {
            props: &self.props,
            notes: &played.notes,
            at: end,
            whole: &whole,
            is_complete: false,
        };
        Ok(Some(judge::judge(&case, &left, &mut dice)?))
    }

    /// Faults of one kind at each `step`th change, from one on.
    ///
    /// # Errors
    /// The judge could not work.
    pub fn faults(
        &self,
        good: &Played,
        (from, step): (usize, usize),
        fault: Fault,
        seed: u64,
    ) -> anyhow::Result<Tally> {
        ensure!(!good.failed, "a play without a fault is the measure");
        let mut tally = Tally::default();
        for at in (from..good.journal.ops.len()).step_by(step.max(1)) {
            let seed = seed.wrapping_add(u64::try_from(at).unwrap_or(0));
            if let Some(verdict) = self.fault(good, at, fault, seed)? {
                tally
                    .count(&verdict, || format!("{}, {fault:?} at change {at}, seed {seed}", self.case.name));
            }
        }
        Ok(tally)
    }
}
