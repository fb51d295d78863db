//! Which agreements there are, who signed them, and so who may read what: a pure function of the facts present.
//!
//! A text is put up by somebody, signed by two people of each party (by nobody at a founding, where those who found the
//! node agreed in person), and may be ended by either side at any time. What a community shares with a reader is shared
//! while the community has signed a text that names the reader and holds on the day, and neither has ended it. That the
//! reader has signed too is not waited for: whose data it is consents, and the reader's word may still be under way, on a
//! stick or over a line that goes one way. An end is final for that text; a renewal is a new text, whose days may
//! overlap. Nothing here closes what aid needs: see [`SharedStream::is_open`].

use std::collections::BTreeMap;

use koinon_core::{CommunityCode, Day, Digest, NodeId, PersonId, Timestamp};
use koinon_instruments::{Agreement, Dataset};
use koinon_ledger::Rev;
use koinon_log::SharedStream;
use minicbor::{Decode, Encode};

/// How many people of each party sign.
pub const SIGNERS_NEEDED: usize = 2;

/// The stream into which a dataset is written.
pub const fn stream_of(dataset: Dataset) -> SharedStream {
    match dataset {
        Dataset::Stock => SharedStream::Stock,
        Dataset::Served => SharedStream::Aggregates,
    }
}

/// What one party said of one text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Said {
    /// Who signed, each with the first time; nobody's name stands for a founding.
    #[n(0)]
    pub signed: BTreeMap<Option<PersonId>, Rev>,
    /// When it ended the agreement for itself.
    #[n(1)]
    pub ended: Option<Rev>,
}

impl Said {
    /// Whether as many signed as are needed, ended or not.
    pub fn is_signed(&self) -> bool {
        self.signatures() >= SIGNERS_NEEDED
    }

    /// How many people signed; a founding counts for as many as are needed.
    pub fn signatures(&self) -> usize {
        if self.signed.contains_key(&None) { SIGNERS_NEEDED } else { self.signed.len() }
    }

    /// Whether it binds the party, days aside.
    pub fn binds(&self) -> bool {
        self.is_signed() && self.ended.is_none()
    }
}

/// One text and what was said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The text's digest.
    pub digest: Digest,
    /// The text.
    pub text: String,
    /// What it says.
    pub agreement: Agreement,
    /// What each community said of it, parties or not.
    pub said: BTreeMap<CommunityCode, Said>,
}

/// How an agreement stands for one party on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Signatures of the party are missing.
    Proposed,
    /// Signed, and its first day is still to come.
    Ahead,
    /// It holds.
    Holds,
    /// Its last day is over.
    Lapsed,
    /// The party has ended it.
    Ended,
}

impl Known {
    /// How it stands for a party on a day.
    pub fn standing(&self, party: &CommunityCode, day: Day) -> Standing {
        let said = self.said.get(party).cloned().unwrap_or_default();
        if said.ended.is_some() {
            Standing::Ended
        } else if day > self.agreement.until {
            Standing::Lapsed
        } else if !said.is_signed() {
            Standing::Proposed
        } else if day < self.agreement.from {
            Standing::Ahead
        } else {
            Standing::Holds
        }
    }

    /// Whether a party is bound by it on a day.
    fn binds(&self, party: &CommunityCode, day: Day) -> bool {
        self.standing(party, day) == Standing::Holds
    }
}

/// A reader that let go what it may no longer keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(array)]
pub struct Purge {
    /// Whose entries they were.
    #[n(0)]
    pub of: NodeId,
    /// Who let them go.
    #[n(1)]
    pub by: NodeId,
}

/// Everything that was said of agreements.
#[derive(Debug, Clone, PartialEq, Default, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Sharing {
    #[n(0)]
    texts: BTreeMap<Digest, String>,
    #[n(1)]
    said: BTreeMap<Digest, BTreeMap<CommunityCode, Said>>,
    #[n(2)]
    purged: BTreeMap<Purge, Timestamp>,
    #[cbor(skip)]
    read: BTreeMap<Digest, Agreement>,
}

impl Sharing {
    /// Reads the texts again, after a snapshot.
    pub(crate) fn ready(&mut self) {
        let read =
            self.texts.iter().filter_map(|(digest, text)| Some((*digest, Agreement::parse(text).ok()?)));
        self.read = read.collect();
    }

    /// Takes in a text; one that is not what its digest says, or no agreement, changes nothing.
    pub(crate) fn put_up(&mut self, digest: Digest, bytes: &[u8]) {
        let Ok(text) = std::str::from_utf8(bytes) else { return };
        if Agreement::digest_of(text) != digest || self.texts.contains_key(&digest) {
            return;
        }
        if let Ok(agreement) = Agreement::parse(text) {
            self.texts.insert(digest, text.to_owned());
            self.read.insert(digest, agreement);
        }
    }

    pub(crate) fn sign(&mut self, digest: Digest, party: &CommunityCode, who: Option<PersonId>, rev: Rev) {
        let said = self.said.entry(digest).or_default().entry(party.clone()).or_default();
        let first = said.signed.entry(who).or_insert(rev);
        *first = (*first).min(rev);
    }

    pub(crate) fn end(&mut self, digest: Digest, party: &CommunityCode, rev: Rev) {
        let said = self.said.entry(digest).or_default().entry(party.clone()).or_default();
        said.ended = Some(said.ended.map_or(rev, |before| before.min(rev)));
    }

    pub(crate) fn purge(&mut self, purge: Purge, at: Timestamp) {
        let last = self.purged.entry(purge).or_insert(at);
        *last = (*last).max(at);
    }

    /// Who let go whose entries, and when last.
    pub(crate) fn purged(&self) -> &BTreeMap<Purge, Timestamp> {
        &self.purged
    }

    fn known(&self, digest: Digest, agreement: &Agreement) -> Known {
        let text = self.texts.get(&digest).cloned().unwrap_or_default();
        let said = self.said.get(&digest).cloned().unwrap_or_default();
        Known { digest, text, agreement: agreement.clone(), said }
    }

    /// One text.
    pub(crate) fn get(&self, digest: Digest) -> Option<Known> {
        self.read.get(&digest).map(|agreement| self.known(digest, agreement))
    }

    /// All texts, the one that ends last first.
    pub(crate) fn all(&self) -> Vec<Known> {
        let mut all: Vec<Known> = self.read.iter().map(|(digest, read)| self.known(*digest, read)).collect();
        all.sort_by_key(|known| (std::cmp::Reverse(known.agreement.until), known.digest));
        all
    }

    fn binding(&self, party: &CommunityCode, day: Day) -> impl Iterator<Item = &Agreement> {
        let bound = move |digest: &Digest| {
            let said = self.said.get(digest).and_then(|said| said.get(party));
            said.is_some_and(Said::binds)
        };
        self.read
            .iter()
            .filter(move |(digest, read)| read.holds_on(day) && bound(digest))
            .map(|(_, read)| read)
    }

    /// What a reader said to every text by which a community, bound by it, shares a dataset with the reader on a day.
    fn said_by_reader<'a>(
        &'a self,
        of: &'a CommunityCode,
        reader: &'a CommunityCode,
        dataset: Dataset,
        day: Day,
    ) -> impl Iterator<Item = Option<&'a Said>> {
        let in_force = self
            .read
            .iter()
            .filter(move |(_, read)| read.holds_on(day) && read.lets_read(reader, of, dataset));
        in_force.filter_map(move |(digest, _)| {
            let said = self.said.get(digest)?;
            said.get(of).is_some_and(Said::binds).then(|| said.get(reader))
        })
    }

    /// Whether a community shares a dataset with a reader on a day.
    pub(crate) fn shares(
        &self,
        of: &CommunityCode,
        reader: &CommunityCode,
        dataset: Dataset,
        day: Day,
    ) -> bool {
        let mut said = self.said_by_reader(of, reader, dataset, day);
        of == reader || said.any(|said| said.is_none_or(|said| said.ended.is_none()))
    }

    /// Whether a reader of what a community shares has signed a text under which it does, as well.
    pub(crate) fn reader_signed(
        &self,
        of: &CommunityCode,
        reader: &CommunityCode,
        dataset: Dataset,
        day: Day,
    ) -> bool {
        let mut said = self.said_by_reader(of, reader, dataset, day);
        said.any(|said| said.is_some_and(Said::binds))
    }

    /// Whether a community lets safety copies hold a dataset on a day.
    pub(crate) fn lets_copy(&self, of: &CommunityCode, dataset: Dataset, day: Day) -> bool {
        let mut binding = self.binding(of, day);
        binding.any(|read| read.safety_copies && read.shares.contains_key(&dataset))
    }

    /// The last day on which a reader may keep what a community once shared with it: the end of every text under which it
    /// did, and the days it may be kept after. `None` where it never shared any, or still shares it.
    pub(crate) fn keep_until(
        &self,
        of: &CommunityCode,
        reader: Option<&CommunityCode>,
        dataset: Dataset,
        (today, day_of): (Day, &dyn Fn(Rev) -> Day),
    ) -> Option<Day> {
        let mut last: Option<Day> = None;
        for (digest, read) in &self.read {
            let Some(share) = read.shares.get(&dataset).filter(|_| read.parties.contains(of)) else {
                continue;
            };
            let may = match reader {
                Some(reader) => read.lets_read(reader, of, dataset),
                None => read.safety_copies,
            };
            let Some(said) = self.said.get(digest).filter(|_| may) else { continue };
            if !said.get(of).is_some_and(Said::is_signed) {
                continue;
            }
            let both = std::iter::once(of).chain(reader).filter_map(|party| said.get(party)?.ended);
            let ended = both.map(day_of).min();
            let end = ended.map_or(read.until, |ended| ended.min(read.until));
            if ended.is_none() && today <= read.until {
                return None;
            }
            let keep = end.plus(i32::from(share.retention_days));
            last = Some(last.map_or(keep, |before| before.max(keep)));
        }
        last
    }

    /// The last day of what a community shares of a dataset with everybody it ever agreed with, as things stand.
    pub(crate) fn holds_until(&self, party: &CommunityCode, dataset: Dataset, day: Day) -> Option<Day> {
        let of_dataset = self.binding(party, day).filter(|read| read.shares.contains_key(&dataset));
        of_dataset.map(|read| read.until).max()
    }

    /// The first day of what a community shares of a dataset now.
    pub(crate) fn holds_from(&self, party: &CommunityCode, dataset: Dataset, day: Day) -> Option<Day> {
        let of_dataset = self.binding(party, day).filter(|read| read.shares.contains_key(&dataset));
        of_dataset.map(|read| read.from).min()
    }

    /// The digest over the texts that bind a party on a day; nothing when none does.
    pub(crate) fn digest(&self, party: &CommunityCode, day: Day) -> Option<Digest> {
        let mut bytes = Vec::new();
        for known in self.all().iter().filter(|known| known.binds(party, day)) {
            bytes.extend(known.digest.0);
        }
        (!bytes.is_empty()).then(|| Digest::of("koinon/agreements/1", &bytes))
    }
}
