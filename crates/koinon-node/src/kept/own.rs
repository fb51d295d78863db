//! The owner's side, without disk or line: which files neighbours are to keep, what each said, what may go.
//!
//! A file goes from nowhere before its owner said so, and the one that it replaces not before every neighbour asked has proved
//! that it holds the new one.

use std::collections::{BTreeMap, BTreeSet};

use koinon_core::{Digest, NodeId, Timestamp};
use koinon_log::kept::{Answer, FILES_MAX, KeeperSays, NotTaken, Wish};

use super::KeptError;

/// The longest label, in characters.
pub const LABEL_LEN_MAX: usize = 60;
/// A keeper is asked for a proof once in so long: a day, and a little less, so that it is not a later hour every day.
const PROOF_EVERY_MS: i64 = 23 * 3_600_000;
/// By how much the clocks of two neighbours may differ before one is not believed.
const CLOCKS_MS: i64 = 24 * 3_600_000;

/// The fewest characters of a digest that stand for it.
const DIGEST_LEN_MIN: usize = 8;

/// How a file of ours stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Neighbours are to keep it.
    Kept,
    /// A newer one of its label is on its way; it is kept until that is held everywhere.
    Replaced,
    /// It may go; it is listed until no neighbour holds it.
    Released,
    /// A neighbour holds it in our name, and it is not on our list: that is older than the file.
    Found,
}

/// What a neighbour last said of a file of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// It holds it.
    Holds,
    /// It does not.
    Not(NotTaken),
}

/// A file of ours at one neighbour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct At {
    /// Whether it was asked to keep it.
    pub asked: bool,
    /// What it last said; nothing before it said anything, or where it said that it no longer has it.
    pub said: Option<Said>,
    /// When the file came there, by its clock.
    pub came: Option<Timestamp>,
    /// When it last spoke of it.
    pub heard: Option<Timestamp>,
    /// When it last proved that it has every byte.
    pub proven: Option<Timestamp>,
    /// When a proof was wrong, where none was right since.
    pub wrong: Option<Timestamp>,
    pub(crate) tried: Option<Timestamp>,
    pub(crate) nonce: Option<[u8; 32]>,
}

/// A file of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFile {
    /// What we call it. No neighbour learns it; empty where it was found.
    pub label: String,
    /// Its size, encrypted.
    pub bytes: u64,
    /// When it was last placed.
    pub placed: Timestamp,
    /// How it stands.
    pub state: State,
    /// The neighbours concerned.
    pub at: BTreeMap<NodeId, At>,
}

/// All files of ours, by the digest of their encrypted bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OwnFiles {
    /// The files.
    pub files: BTreeMap<Digest, OwnFile>,
}

impl At {
    /// Whether it holds the file and has proved it.
    pub fn is_sure(&self) -> bool {
        self.said == Some(Said::Holds) && self.proven.is_some() && self.wrong.is_none()
    }

    fn is_held(&self) -> bool {
        self.said == Some(Said::Holds)
    }

    /// Takes in that it no longer holds the file, and why where it says so.
    fn lost(&mut self, why: Option<NotTaken>) {
        *self = Self { asked: self.asked, said: why.map(Said::Not), heard: self.heard, ..Self::default() };
    }
}

impl OwnFile {
    /// Whether neighbours are to hold it.
    pub fn is_listed(&self) -> bool {
        matches!(self.state, State::Kept | State::Replaced)
    }

    /// The neighbours that were asked to keep it.
    pub fn asked(&self) -> impl Iterator<Item = (&NodeId, &At)> {
        self.at.iter().filter(|(_, at)| at.asked)
    }
}

/// Whether a text is the beginning of a digest.
pub(super) fn is_digest(text: &str, digest: Digest) -> bool {
    text.len() >= DIGEST_LEN_MIN && digest.to_string().starts_with(&text.to_lowercase())
}

/// What an owner made of a keeper's words.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) answer: Answer,
    /// Files whose bytes need not lie here any more.
    pub(crate) gone: Vec<Digest>,
}

impl OwnFiles {
    /// Whether a neighbour was ever asked to keep something, or does.
    pub(crate) fn concerns(&self, keeper: NodeId) -> bool {
        self.files.values().any(|file| file.at.contains_key(&keeper))
    }

    /// The files that are meant by a label, or by the beginning of a digest where that is but one's; none that was let go.
    pub fn named(&self, what: &str) -> Vec<Digest> {
        let all = || self.files.iter().filter(|(_, file)| file.state != State::Released);
        let by_label: Vec<Digest> = all()
            .filter(|(_, file)| !what.is_empty() && file.label == what)
            .map(|(digest, _)| *digest)
            .collect();
        if !by_label.is_empty() {
            return by_label;
        }
        let by_digest: Vec<Digest> =
            all().map(|(digest, _)| *digest).filter(|digest| is_digest(what, *digest)).collect();
        if by_digest.len() == 1 { by_digest } else { Vec::new() }
    }

    /// Places a file: neighbours are asked to keep it, in place of those of the same label.
    pub(crate) fn place(
        &mut self,
        (digest, label, bytes): (Digest, &str, u64),
        with: &[NodeId],
        now: Timestamp,
    ) -> Result<(), KeptError> {
        let known = self.files.get(&digest);
        if let Some(other) = known.filter(|file| file.is_listed() && file.label != label) {
            return Err(KeptError::OtherLabel(other.label.clone()));
        }
        let is_kept = known.is_some_and(|file| file.state == State::Kept);
        let is_listed = known.is_some_and(OwnFile::is_listed);
        if !is_listed && self.files.values().filter(|file| file.is_listed()).count() >= FILES_MAX {
            return Err(KeptError::TooMany);
        }
        let is_known = known.is_some();
        for file in self.files.values_mut() {
            if file.state == State::Kept && file.label == label {
                file.state = State::Replaced;
            }
        }
        let new =
            OwnFile { label: String::new(), bytes, placed: now, state: State::Kept, at: BTreeMap::new() };
        let file = self.files.entry(digest).or_insert(new);
        if !is_kept {
            // Placed again, it is another placing: what lets go the one before lets go nothing of this one.
            file.placed = now.max(file.placed.plus_millis(i64::from(is_known)));
        }
        (file.state, file.label) = (State::Kept, label.to_owned());
        for keeper in with {
            file.at.entry(*keeper).or_default().asked = true;
        }
        Ok(())
    }

    /// Lets a file go, or all of a label; gives what was let go.
    pub(crate) fn release(&mut self, digests: &[Digest], listed: &BTreeSet<NodeId>) -> Vec<Digest> {
        let mut gone = Vec::new();
        for digest in digests {
            if let Some(file) = self.files.get_mut(digest).filter(|file| file.state != State::Released) {
                file.state = State::Released;
                gone.push(*digest);
            }
        }
        self.tidy(listed);
        gone
    }

    /// Takes in what a keeper says, with what came of its proofs, and answers it.
    pub(crate) fn heard(
        &mut self,
        keeper: NodeId,
        (says, verdicts): (&KeeperSays, &BTreeMap<Digest, bool>),
        listed: &BTreeSet<NodeId>,
        now: Timestamp,
        draw: &mut dyn FnMut() -> [u8; 32],
    ) -> Heard {
        let not_taken: BTreeMap<Digest, NotTaken> = says.not_taken.iter().copied().collect();
        let held: BTreeSet<Digest> = says.held.iter().map(|held| held.digest).collect();
        for one in &says.held {
            let found = || OwnFile {
                label: String::new(),
                bytes: one.bytes,
                placed: one.placed,
                state: State::Found,
                at: BTreeMap::new(),
            };
            let file = self.files.entry(one.digest).or_insert_with(found);
            let is_newer = one.placed > file.placed && one.placed <= now.plus_millis(CLOCKS_MS);
            if is_newer && file.state == State::Released {
                // It was placed again by a later list than this one, which is of an older back-up.
                file.state = State::Found;
            }
            if is_newer {
                file.placed = one.placed;
            }
            let is_listed = file.is_listed();
            let at = file.at.entry(keeper).or_default();
            at.asked |= is_listed;
            if !at.is_held() {
                at.lost(None);
            }
            (at.said, at.came, at.heard) = (Some(Said::Holds), Some(one.came), Some(now));
            if let Some(is_right) = verdicts.get(&one.digest) {
                (at.tried, at.nonce) = (Some(now), None);
                if *is_right {
                    (at.proven, at.wrong) = (Some(now), None);
                } else {
                    at.wrong = Some(now);
                }
            }
        }
        for (digest, file) in &mut self.files {
            if held.contains(digest) {
                continue;
            }
            let is_listed = file.is_listed();
            if let Some(at) = file.at.get_mut(&keeper) {
                if at.is_held() || not_taken.contains_key(digest) {
                    at.lost(not_taken.get(digest).copied());
                }
                at.heard = Some(now);
                if !is_listed {
                    file.at.remove(&keeper);
                }
            }
        }
        let mut gone = self.settle();
        gone.extend(self.tidy(listed));
        let answer = self.answer(keeper, says, now, draw);
        Heard { answer, gone }
    }

    /// Lets go what was replaced, once every neighbour asked has proved that it holds the newer one.
    fn settle(&mut self) -> Vec<Digest> {
        let is_everywhere =
            |file: &OwnFile| file.asked().next().is_some() && file.asked().all(|(_, at)| at.is_sure());
        let newest = self.files.values().filter(|file| file.state == State::Kept && is_everywhere(file));
        let done: BTreeSet<String> = newest.map(|file| file.label.clone()).collect();
        let mut gone = Vec::new();
        for (digest, file) in &mut self.files {
            if file.state == State::Replaced && done.contains(&file.label) {
                file.state = State::Released;
                gone.push(*digest);
            }
        }
        gone
    }

    /// Forgets what is released or was found, once nobody on the list of neighbours has it; gives what was forgotten.
    fn tidy(&mut self, listed: &BTreeSet<NodeId>) -> Vec<Digest> {
        for file in self.files.values_mut().filter(|file| !file.is_listed()) {
            file.at.retain(|keeper, _| listed.contains(keeper));
        }
        let over = |file: &OwnFile| !file.is_listed() && file.at.is_empty();
        let gone: Vec<Digest> =
            self.files.iter().filter(|(_, file)| over(file)).map(|(digest, _)| *digest).collect();
        for digest in &gone {
            self.files.remove(digest);
        }
        gone
    }

    fn answer(
        &mut self,
        keeper: NodeId,
        says: &KeeperSays,
        now: Timestamp,
        draw: &mut dyn FnMut() -> [u8; 32],
    ) -> Answer {
        let mut hold = Vec::new();
        for (digest, file) in &mut self.files {
            let (state, bytes, placed) = (file.state, file.bytes, file.placed);
            let Some(at) = file.at.get_mut(&keeper) else { continue };
            // What is replaced is kept where it is, and goes nowhere else.
            let is_wished = state == State::Kept && at.asked || state == State::Replaced && at.is_held();
            if !is_wished {
                continue;
            }
            let is_due = at.tried.is_none_or(|tried| {
                now.as_millis().saturating_sub(tried.as_millis()).saturating_abs() >= PROOF_EVERY_MS
            });
            let nonce = is_due.then(|| *at.nonce.get_or_insert_with(&mut *draw));
            hold.push(Wish { digest: *digest, placed, bytes, nonce });
        }
        let may_go = |held: &&koinon_log::kept::Held| {
            let file = self.files.get(&held.digest);
            file.is_some_and(|file| file.state == State::Released && file.placed >= held.placed)
        };
        let release = says.held.iter().filter(may_go).map(|held| (held.digest, held.placed)).collect();
        Answer::Owner { hold, release }
    }
}

#[cfg(test)]
mod tests {
    use koinon_log::kept::Held;

    use super::*;

    const DAY: i64 = 24 * 3_600_000;
    const A: NodeId = NodeId([1; 32]);
    const B: NodeId = NodeId([2; 32]);

    fn day(days: i64) -> Timestamp {
        Timestamp::from_millis(1_772_000_000_000 + days * DAY)
    }

    fn digest(first: u8) -> Digest {
        Digest([first; 32])
    }

    fn listed() -> BTreeSet<NodeId> {
        BTreeSet::from([A, B])
    }

    fn held(first: u8, placed: Timestamp) -> Held {
        Held { digest: digest(first), placed, bytes: 10, came: placed, proof: None }
    }

    /// A keeper says what it holds; whether its proofs are right is said too.
    fn says(own: &mut OwnFiles, keeper: NodeId, held: &[Held], right: Option<bool>, now: Timestamp) -> Heard {
        let verdicts = held.iter().filter_map(|held| Some((held.digest, right?))).collect();
        let says = KeeperSays { allowed: 100, held: held.to_vec(), not_taken: Vec::new() };
        own.heard(keeper, (&says, &verdicts), &listed(), now, &mut || [7; 32])
    }

    fn wished(heard: &Heard) -> Vec<(u8, bool)> {
        let Answer::Owner { hold, .. } = &heard.answer else { panic!("an owner answers as one") };
        hold.iter().map(|wish| (wish.digest.0[0], wish.nonce.is_some())).collect()
    }

    fn released(heard: &Heard) -> Vec<u8> {
        let Answer::Owner { release, .. } = &heard.answer else { panic!("an owner answers as one") };
        release.iter().map(|(digest, _)| digest.0[0]).collect()
    }

    #[test]
    fn one_proof_a_day_is_asked_for_and_a_wrong_one_is_remembered_until_a_right_one() {
        let mut own = OwnFiles::default();
        own.place((digest(1), "ward", 10), &[A], day(0)).unwrap();
        assert_eq!(wished(&says(&mut own, A, &[], None, day(0))), [(1, true)]);
        assert_eq!(wished(&says(&mut own, B, &[], None, day(0))), [], "nobody else learns of it");
        let file = [held(1, day(0))];
        assert_eq!(wished(&says(&mut own, A, &file, Some(true), day(0))), [(1, false)]);
        assert!(own.files[&digest(1)].at[&A].is_sure());
        assert_eq!(wished(&says(&mut own, A, &file, None, day(0).plus_millis(DAY / 2))), [(1, false)]);
        assert_eq!(wished(&says(&mut own, A, &file, None, day(1))), [(1, true)]);
        says(&mut own, A, &file, Some(false), day(1));
        let at = own.files[&digest(1)].at[&A];
        assert!(!at.is_sure() && at.wrong == Some(day(1)) && at.proven == Some(day(0)), "{at:?}");
        says(&mut own, A, &file, Some(true), day(2));
        assert!(own.files[&digest(1)].at[&A].is_sure());
        // Who lost it is asked again, and for a proof at once.
        assert_eq!(wished(&says(&mut own, A, &[], None, day(2))), [(1, true)]);
        assert_eq!(own.files[&digest(1)].at[&A].proven, None);
    }

    #[test]
    fn what_is_replaced_stays_until_all_have_proved_the_newer_one() {
        let mut own = OwnFiles::default();
        own.place((digest(1), "ward", 10), &[A, B], day(0)).unwrap();
        let old = held(1, day(0));
        for keeper in [A, B] {
            says(&mut own, keeper, &[old], Some(true), day(0));
        }
        own.place((digest(2), "ward", 10), &[A, B], day(1)).unwrap();
        let new = held(2, day(1));
        let heard = says(&mut own, A, &[old, new], Some(true), day(1));
        assert_eq!((released(&heard), heard.gone.len()), (vec![], 0), "B has only the old one");
        let heard = says(&mut own, B, &[old, new], None, day(1));
        assert!(released(&heard).is_empty(), "B says so, but has not proved it");
        let heard = says(&mut own, B, &[old, new], Some(true), day(1));
        assert_eq!((released(&heard), heard.gone), (vec![1], vec![digest(1)]));
        assert_eq!(released(&says(&mut own, A, &[old, new], None, day(1))), [1]);
        for keeper in [A, B] {
            says(&mut own, keeper, &[new], None, day(2));
        }
        assert_eq!(own.files.keys().collect::<Vec<_>>(), [&digest(2)]);
    }

    #[test]
    fn an_older_list_lets_nothing_go_that_was_placed_after_it() {
        let mut early = OwnFiles::default();
        early.place((digest(1), "ward", 10), &[A], day(0)).unwrap();
        says(&mut early, A, &[held(1, day(0))], Some(true), day(0));
        early.release(&[digest(1)], &listed());
        // The computer was backed up here. It placed the same file again later, and another one.
        let mut late = early.clone();
        late.place((digest(1), "ward", 10), &[A], day(5)).unwrap();
        assert_eq!(late.files[&digest(1)].placed, day(5));
        let now_there = [held(1, day(5)), held(2, day(6))];
        let heard = says(&mut early, A, &now_there, None, day(7));
        assert_eq!((released(&heard), wished(&heard)), (vec![], vec![]));
        let found: Vec<State> = early.files.values().map(|file| file.state).collect();
        assert_eq!(found, [State::Found, State::Found]);
        // A list that is lost whole lets nothing go either.
        let mut lost = OwnFiles::default();
        assert!(released(&says(&mut lost, A, &now_there, None, day(7))).is_empty());
        // What was found goes when somebody says so.
        early.release(&[digest(2)], &listed());
        assert_eq!(released(&says(&mut early, A, &now_there, None, day(7))), [2]);
        assert!(released(&says(&mut early, A, &now_there[..1], None, day(7))).is_empty());
        assert_eq!(early.files.keys().collect::<Vec<_>>(), [&digest(1)]);
    }

    #[test]
    fn a_neighbour_cannot_fill_the_list_nor_date_a_file_beyond_all_others() {
        let mut own = OwnFiles::default();
        for round in 0..10_u8 {
            let many: Vec<Held> = (0..20).map(|n| held(round * 20 + n, day(0))).collect();
            says(&mut own, A, &many, None, day(0));
            assert_eq!(own.files.len(), 20, "only what it says now");
        }
        own = OwnFiles::default();
        own.place((digest(1), "ward", 10), &[A], day(0)).unwrap();
        says(&mut own, A, &[held(1, Timestamp::from_millis(i64::MAX))], None, day(0));
        assert_eq!(own.files[&digest(1)].placed, day(0));
    }

    #[test]
    fn one_file_has_one_label_and_there_are_not_too_many() {
        let mut own = OwnFiles::default();
        own.place((digest(1), "ward", 10), &[A], day(0)).unwrap();
        own.place((digest(1), "ward", 10), &[B], day(1)).unwrap();
        assert_eq!((own.files[&digest(1)].placed, own.files[&digest(1)].asked().count()), (day(0), 2));
        let other = own.place((digest(1), "lab", 10), &[A], day(1));
        assert!(matches!(other, Err(KeptError::OtherLabel(label)) if label == "ward"));
        for n in 2..=64 {
            own.place((digest(n), &format!("file {n}"), 10), &[A], day(1)).unwrap();
        }
        assert!(matches!(own.place((digest(65), "more", 10), &[A], day(1)), Err(KeptError::TooMany)));
    }
}
