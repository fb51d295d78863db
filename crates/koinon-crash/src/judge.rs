//! Whether a node that lost power kept its promises.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail, ensure};
use koinon_authority::Actor;
use koinon_books::{Book, Fact};
use koinon_core::{Digest, EntryId};
use koinon_node::{Entry, Node, NodeError, SettableClock, SubmitError, Submitted};

use crate::acts;
use crate::cut::{self, Honesty};
use crate::dice::Dice;
use crate::disk::Disk;
use crate::stage::{Found, Notes, Promise, Props, Said, held_in, memory_dir};
use crate::tree::Tree;

/// What became of a cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Everything is as it should be.
    Good,
    /// Something that was acknowledged or shown is not there.
    Lost(String),
    /// It does not open, is not sound, holds half of an act, or does not write on.
    Corrupt(String),
}

/// One in so many cuts is followed by a second one, while the node recovers.
const SECOND_CUT_OF_256: u64 = 32;
/// One in so many recovered nodes is ended in good order and opened once more.
const ONCE_MORE_OF_256: u64 = 32;

/// What was promised by the time of a cut.
pub struct Case<'c> {
    /// What the play needed.
    pub props: &'c Props,
    /// What was noted during it.
    pub notes: &'c Notes,
    /// The change before which the cut was.
    pub at: usize,
    /// How many facts each act is to have, in the order in which they were asked for.
    pub whole: &'c [usize],
    /// Whether the digests that were shown are all that there could be: not after a fault, which ends the play early.
    pub is_complete: bool,
}

/// Opens what a cut left, and judges.
///
/// # Errors
/// The judge itself could not work.
pub fn judge(case: &Case<'_>, left: &Tree, dice: &mut Dice) -> anyhow::Result<Verdict> {
    let again = dice.happens(SECOND_CUT_OF_256);
    let root = memory_dir()?;
    left.lay_out(root.path())?;
    if !again {
        return Ok(case.judge_at(root.path(), None, dice)?.0);
    }
    let disk = Disk::watch(root.path())?;
    let (verdict, since) = case.judge_at(root.path(), None, dice)?;
    if verdict != Verdict::Good {
        return Ok(verdict);
    }
    let journal = disk.into_journal();
    drop(disk);
    let at = dice.below(journal.ops.len().saturating_add(1));
    let left = cut::after(&journal, at, Honesty::Honest, dice);
    let root = memory_dir()?;
    left.lay_out(root.path())?;
    let since: Vec<Promise> = since.into_iter().filter(|promise| promise.at <= at).collect();
    let (verdict, _) = case.judge_at(root.path(), Some(&since), dice)?;
    let twice = |what: String| format!("cut again at {at} while it recovered: {what}");
    Ok(match verdict {
        Verdict::Good => Verdict::Good,
        Verdict::Lost(what) => Verdict::Lost(twice(what)),
        Verdict::Corrupt(what) => Verdict::Corrupt(twice(what)),
    })
}

impl Case<'_> {
    /// Judges what lies in a folder, where `since` was promised since, if it was opened before; gives the promises that the
    /// node made now, on a disk that is watched.
    fn judge_at(
        &self,
        root: &Path,
        since: Option<&[Promise]>,
        dice: &mut Dice,
    ) -> anyhow::Result<(Verdict, Vec<Promise>)> {
        let dir = root.join("data");
        let before_birth = self.notes.birth.as_ref().filter(|birth| self.at < birth.at);
        let node = match acts::opened(&self.props.options(&dir), &self.clock()) {
            Ok(node) => node,
            Err(NodeError::Missing(_)) if before_birth.is_some() => {
                let again = before_birth.map_or(Ok(()), |birth| (birth.again)(root));
                let verdict = again
                    .err()
                    .map_or(Verdict::Good, |why| Verdict::Corrupt(format!("tried again: {why:#}")));
                return Ok((verdict, Vec::new()));
            }
            Err(error @ NodeError::Missing(_)) => return Ok((Verdict::Lost(error.to_string()), Vec::new())),
            Err(error) => return Ok((Verdict::Corrupt(error.to_string()), Vec::new())),
        };
        if let Err(why) = self.is_sound(&node, root, since.is_none()) {
            return Ok((Verdict::Corrupt(format!("{why:#}")), Vec::new()));
        }
        let found = Found { root, node: &node };
        if let Err(why) = self.is_kept(&found, since.unwrap_or_default()) {
            return Ok((Verdict::Lost(format!("{why:#}")), Vec::new()));
        }
        let promised = match self.writes_on(&node, root) {
            Ok(promised) => promised,
            Err(why) => return Ok((Verdict::Corrupt(format!("it does not write on: {why:#}")), Vec::new())),
        };
        if dice.happens(ONCE_MORE_OF_256) {
            acts::shut_down(node);
            let node = acts::opened(&self.props.options(&dir), &self.clock())?;
            if let Some(fault) = node.check()?.first_fault() {
                return Ok((Verdict::Corrupt(format!("after an orderly end: {fault}")), Vec::new()));
            }
        } else {
            drop(node);
        }
        let accounts = rusqlite::Connection::open(dir.join("sign-in.db"))?;
        let verdict: String = accounts.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if verdict != "ok" {
            return Ok((Verdict::Corrupt(format!("sign-in: {verdict}")), Vec::new()));
        }
        Ok((Verdict::Good, promised))
    }

    /// Whether the node is whole by its own check, and holds each act whole or not at all.
    fn is_sound(&self, node: &Node, root: &Path, first: bool) -> anyhow::Result<()> {
        let report = node.check()?;
        if let Some(fault) = report.first_fault() {
            bail!("{fault}");
        }
        ensure!(node.poisoned().is_none(), "it does not write: {:?}", node.poisoned());
        let mut counts: BTreeMap<EntryId, usize> = BTreeMap::new();
        let entries = entries_of(node)?;
        for entry in entries.iter().filter(|entry| entry.origin.node == node.id()) {
            *counts.entry(entry.stamp.act).or_default() += 1;
        }
        for (step, asked) in self.notes.asked.iter().enumerate() {
            let found = counts.get(&asked.act).copied().unwrap_or(0);
            let whole = asked.done.map(|(_, facts)| facts).or_else(|| self.whole.get(step).copied());
            ensure!(
                found == 0 || whole.is_none_or(|whole| whole == found),
                "step {step} is there by half: {found} of {whole:?} facts"
            );
        }
        if let Some(birth) = &self.notes.birth {
            (birth.is_whole)(&Found { root, node }).context("it was founded by half")?;
        }
        let digest = node.read(Book::digest);
        // What follows by policy, from an entry before the cut or from a day, is written anew when the node starts, under
        // another number.
        let newest = entries.iter().rev().find(|entry| entry.origin.node == node.id());
        let reacted = newest.is_some_and(|entry| {
            entry.stamp.actor.is_none() && matches!(entry.fact, Fact::Ledger(_) | Fact::ServedPublished(_))
        });
        let view_ended = self.notes.view_ends.is_some_and(|at| at <= self.at) && node.first_view().is_none();
        if first && self.is_complete && !reacted && !view_ended && !self.may_show(digest) {
            bail!("its book is none that was ever shown, or an older one");
        }
        Ok(())
    }

    /// Which of the books that were shown was the last before the cut; the first where none was yet.
    fn last_shown(&self) -> usize {
        self.notes.shown.iter().rposition(|shown| shown.at <= self.at).unwrap_or(0)
    }

    /// Whether a book is the last that was shown before the cut, or one that came after.
    fn may_show(&self, digest: Digest) -> bool {
        let shown = &self.notes.shown;
        shown.is_empty() || shown.iter().skip(self.last_shown()).any(|after| after.digest == digest)
    }

    /// The clock goes on from the cut.
    fn clock(&self) -> Arc<SettableClock> {
        let now = self.notes.shown.get(self.last_shown()).map_or(self.props.now, |shown| shown.now);
        Arc::new(SettableClock::new(now))
    }

    fn is_kept(&self, found: &Found<'_>, more: &[Promise]) -> anyhow::Result<()> {
        let dir = found.root.join("data");
        let held: BTreeSet<_> = held_in(&dir)?.into_iter().map(|(_, id)| id).collect();
        let made = self.notes.promises.iter().filter(|promise| promise.at <= self.at);
        for promise in made.chain(more) {
            match &promise.said {
                Said::Held(facts) => {
                    let lost = facts.iter().filter(|id| !held.contains(id)).count();
                    ensure!(
                        lost == 0,
                        "{lost} of {} facts, acknowledged before change {}",
                        facts.len(),
                        promise.at
                    );
                }
                Said::Gone(bytes) => {
                    for (path, content) in Tree::of(&dir)?.files() {
                        let is_there = content.windows(bytes.len()).any(|window| window == bytes.as_slice());
                        ensure!(!is_there, "what was let go stands in {}", path.display());
                    }
                }
                Said::File(path, bytes) => {
                    let there = std::fs::read(found.root.join(path));
                    let there = there.with_context(|| path.display().to_string())?;
                    ensure!(there == *bytes, "{} is another", path.display());
                }
                Said::Look(what, look) => look(found).context(*what)?,
            }
        }
        let entries = entries_of(found.node)?;
        let acts: BTreeSet<EntryId> = entries.iter().map(|entry| entry.stamp.act).collect();
        for (step, asked) in self.notes.asked.iter().enumerate() {
            if let Some((at, _)) = asked.done.filter(|(at, _)| *at <= self.at) {
                ensure!(acts.contains(&asked.act), "step {step}, acknowledged before change {at}");
            }
        }
        Ok(())
    }

    /// Lets the node write; gives what it promised.
    fn writes_on(&self, node: &Node, root: &Path) -> anyhow::Result<Vec<Promise>> {
        let Some(steward) = self.props.steward.or_else(|| steward_of(node)) else { return Ok(Vec::new()) };
        let before = held_in(&root.join("data"))?;
        let answer = node.submit_blocking(Actor::Person(steward), acts::take_in(node, 7)?);
        if self.props.first_views && matches!(answer, Err(SubmitError::OwnEntriesToCome { .. })) {
            // It knows of entries of its own that it has lost.
            return Ok(Vec::new());
        }
        let answer = answer?;
        let Submitted::Done { facts, repeated: false } = answer else {
            return Err(anyhow!("the answer was {answer:?}"));
        };
        let after = held_in(&root.join("data"))?;
        ensure!(after.starts_with(&before), "what it held has changed");
        let at = crate::disk::changes_at(root);
        Ok(vec![Promise { at, said: Said::Held(facts) }])
    }
}

/// Everything that a node holds, however much it is.
fn entries_of(node: &Node) -> anyhow::Result<Vec<Entry>> {
    let (mut all, mut from) = (Vec::new(), Some(0));
    while let Some(place) = from {
        let (entries, next) = node.entries_after(place, usize::MAX)?;
        all.extend(entries);
        from = next;
    }
    Ok(all)
}

/// The first steward of a node that was founded during the play.
fn steward_of(node: &Node) -> Option<koinon_core::PersonId> {
    node.read(|book| book.grants().all().map(|held| held.granted.subject).next())
}
