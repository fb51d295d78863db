//! The book of care and work for others: what each community said last, and every promise heard of.
//!
//! As with teams no fact is refused, and any order of the same facts gives one book; who may speak of what is asked when it is read.

use std::collections::BTreeMap;

use koinon_core::order::{LastWords, Provenance, Rev, Word};
use koinon_core::region::Region;
use koinon_core::{CommunityCode, Day, EntryId, TeamName, Timestamp};
use minicbor::{Decode, Encode};

use super::booking::{Booking, Stage};
use super::fact::{
    ServiceAskClosed, ServiceAsked, ServiceDeclined, ServiceDone, ServiceOffered, ServicePromised,
    ServiceTaken, ServiceWithdrawn,
};
use crate::fact::{AidFact, Reason};
use crate::promise::Answer;

/// Offers, requests and promises of every community heard of.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Services {
    #[n(0)]
    offered: LastWords<TeamName, ServiceOffered>,
    #[n(1)]
    asked: LastWords<EntryId, ServiceAsked>,
    #[n(2)]
    closed: LastWords<EntryId, Reason>,
    #[n(3)]
    bookings: BTreeMap<(CommunityCode, EntryId), Booking>,
}

/// A provider with its community.
#[derive(Debug, Clone, Copy)]
pub struct Provider<'a> {
    /// Whose.
    pub community: &'a CommunityCode,
    /// What was said of it last.
    pub offered: &'a ServiceOffered,
    /// When that was recorded.
    pub recorded: Timestamp,
}

/// A request with its community and what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Who asks.
    pub asker: &'a CommunityCode,
    /// For what.
    pub asked: &'a ServiceAsked,
    /// When that was recorded.
    pub recorded: Timestamp,
    /// Why it is closed, where it is.
    pub closed: Option<Reason>,
}

impl Asked<'_> {
    /// Whether it is asked for on a day: neither closed nor too late.
    pub fn is_open(&self, today: Day) -> bool {
        self.closed.is_none() && self.asked.by >= today
    }
}

impl Services {
    /// Takes a fact in, if it is about care or work.
    pub(crate) fn evolve(&mut self, provenance: &Provenance, fact: &AidFact) {
        let (own, rev) = (&provenance.community, provenance.rev());
        match fact.clone() {
            AidFact::ServiceOffered(f) => self.offered.state(own, rev, f.provider.clone(), f),
            AidFact::ServiceAsked(f) => self.asked.state(own, rev, f.ask, f),
            AidFact::ServiceAskClosed(f) => self.closed.state(own, rev, f.ask, f.reason),
            AidFact::ServicePromised(f) => {
                Word::keep_last(&mut self.booking_mut(own, f.promise).promised, Word::new(rev, f));
            }
            AidFact::ServiceTaken(f) => {
                self.booking_mut(&f.home, f.promise).answered(own, Word::new(rev, Answer::Taken));
            }
            AidFact::ServiceDeclined(f) => {
                let answer = Word::new(rev, Answer::Declined(f.reason));
                self.booking_mut(&f.home, f.promise).answered(own, answer);
            }
            AidFact::ServiceWithdrawn(f) => {
                Word::keep_last(&mut self.booking_mut(own, f.promise).withdrawn, Word::new(rev, f.reason));
            }
            AidFact::ServiceDone(f) => {
                Word::keep_last(
                    &mut self.booking_mut(own, f.promise).done,
                    Word::new(rev, (f.count, f.on, f.kind)),
                );
            }
            _ => {}
        }
    }

    fn booking_mut(&mut self, home: &CommunityCode, promise: EntryId) -> &mut Booking {
        self.bookings.entry((home.clone(), promise)).or_default()
    }

    /// Everything that is held: who wrote it, where it stands, and what it says.
    pub(crate) fn written(&self) -> Vec<(CommunityCode, Rev, AidFact)> {
        let mut all: Vec<(CommunityCode, Rev, AidFact)> = Vec::new();
        let mut add = |by: &CommunityCode, at: Rev, fact: AidFact| all.push((by.clone(), at, fact));
        for (_, by, word) in self.offered.each() {
            add(by, word.rev(), word.said.clone().into());
        }
        for (_, by, word) in self.asked.each() {
            add(by, word.rev(), word.said.clone().into());
        }
        for (ask, by, word) in self.closed.each() {
            add(by, word.rev(), ServiceAskClosed { ask: *ask, reason: word.said }.into());
        }
        for ((home, promise), booking) in &self.bookings {
            let promise = *promise;
            if let Some(word) = &booking.promised {
                add(home, word.rev(), word.said.clone().into());
            }
            for (by, word) in &booking.answers {
                let home = home.clone();
                let fact = match word.said {
                    Answer::Taken => ServiceTaken { home, promise }.into(),
                    Answer::Declined(reason) => ServiceDeclined { home, promise, reason }.into(),
                };
                add(by, word.rev(), fact);
            }
            if let Some(word) = &booking.withdrawn {
                add(home, word.rev(), ServiceWithdrawn { promise, reason: word.said }.into());
            }
            if let Some(word) = &booking.done {
                let (count, on, kind) = word.said;
                add(home, word.rev(), ServiceDone { promise, count, on, kind }.into());
            }
        }
        all
    }
}

/// Asking.
impl Services {
    /// Every provider that is one, by its word and community: its community keeps its place, what was said can be used, and it is not
    /// closed.
    pub fn providers<'a>(&'a self, region: &'a Region) -> impl Iterator<Item = Provider<'a>> {
        let all = self.offered.each().map(|(_, community, word)| Provider {
            community,
            offered: &word.said,
            recorded: word.recorded(),
        });
        all.filter(|provider| {
            let offered = provider.offered;
            !offered.closed
                && offered.check().is_ok()
                && region.keeper_of(&offered.place).as_ref() == Some(provider.community)
        })
    }

    /// What a community said last of a provider, closed or not.
    pub fn provider(&self, community: &CommunityCode, provider: &TeamName) -> Option<&ServiceOffered> {
        self.offered.on(provider).find(|(by, _)| *by == community).map(|(_, word)| &word.said)
    }

    /// Every request that can be used, open or not: its community keeps the place.
    pub fn asks<'a>(&'a self, region: &'a Region) -> impl Iterator<Item = Asked<'a>> {
        let all = self.asked.each().map(|(ask, asker, word)| self.asked_of(asker, *ask, word));
        all.filter(|ask| {
            ask.asked.check().is_ok() && region.keeper_of(&ask.asked.place).as_ref() == Some(ask.asker)
        })
    }

    /// A request of a community.
    pub fn ask(&self, asker: &CommunityCode, ask: EntryId) -> Option<Asked<'_>> {
        let (asker, word) = self.asked.on(&ask).find(|(by, _)| *by == asker)?;
        Some(self.asked_of(asker, ask, word))
    }

    fn asked_of<'a>(
        &'a self,
        asker: &'a CommunityCode,
        ask: EntryId,
        word: &'a Word<ServiceAsked>,
    ) -> Asked<'a> {
        // It stays closed whatever is said of it later: its promises have set their days free.
        let closed = self.closed.on(&ask).find(|(by, _)| *by == asker).map(|(_, closed)| closed.said);
        Asked { asker, asked: &word.said, recorded: word.recorded(), closed }
    }

    /// One promise of a community.
    pub fn booking(&self, home: &CommunityCode, promise: EntryId) -> Option<&Booking> {
        self.bookings.get(&(home.clone(), promise))
    }

    /// Every promise whose content was heard, with its community, its id and how far it has come.
    pub fn bookings(&self, today: Day) -> impl Iterator<Item = (&CommunityCode, EntryId, &Booking, Stage)> {
        let known = self.bookings.iter().filter(|(_, booking)| booking.promised.is_some());
        known.map(move |((home, id), booking)| (home, *id, booking, self.stage(booking, today)))
    }

    /// How far a promise has come.
    pub fn stage(&self, booking: &Booking, today: Day) -> Stage {
        let ask = booking.promised().and_then(|promised| self.ask(&promised.asker, promised.ask));
        booking.stage(today, ask.is_some_and(|ask| ask.closed.is_none()))
    }

    /// What promises take of a provider's days: those that stand, and those that were done, up to the day on which that was.
    pub fn used(&self, home: &CommunityCode, provider: &TeamName, today: Day) -> BTreeMap<Day, u64> {
        let mut used = BTreeMap::new();
        for (by, _, booking, stage) in self.bookings(today) {
            let upto = match stage {
                Stage::Done(_) => booking.done().map(|(_, on)| on),
                stage => stage.stands().then_some(Day(i32::MAX)),
            };
            let of_it = booking.promised().filter(|promised| by == home && promised.provider == *provider);
            let Some((promised, upto)) = of_it.zip(upto) else { continue };
            for one in promised.days.iter().filter(|one| one.day <= upto) {
                *used.entry(one.day).or_default() += u64::from(one.amount);
            }
        }
        used
    }

    /// The promises of a provider that stand.
    pub fn standing<'a>(
        &'a self,
        home: &'a CommunityCode,
        provider: &'a TeamName,
        today: Day,
    ) -> impl Iterator<Item = &'a ServicePromised> {
        let all = self.bookings(today).filter(move |(by, _, _, stage)| *by == home && stage.stands());
        all.filter_map(|(_, _, booking, _)| booking.promised())
            .filter(move |promised| promised.provider == *provider)
    }

    /// The promises to a request that stand, or were kept.
    pub fn promises_to<'a>(
        &'a self,
        ask: &'a Asked<'_>,
        today: Day,
    ) -> impl Iterator<Item = (&'a ServicePromised, Stage)> {
        let counts = |stage: Stage| stage.stands() || matches!(stage, Stage::Done(_));
        let all = self.bookings(today).filter(move |(.., stage)| counts(*stage));
        all.filter_map(|(_, _, booking, stage)| Some((booking.promised()?, stage)))
            .filter(move |(about, _)| about.ask == ask.asked.ask && about.asker == *ask.asker)
            // What was promised before its community turned it into something else meets nothing of it.
            .filter(move |(about, _)| (about.kind, &about.service) == (ask.asked.kind, &ask.asked.service))
    }

    /// For how many people or pieces of a request promises stand, and for how many it is done.
    pub fn met(&self, ask: &Asked<'_>, today: Day) -> (u32, u32) {
        let (mut promised, mut done) = (0_u32, 0_u32);
        for (about, stage) in self.promises_to(ask, today) {
            match stage {
                Stage::Done(count) => done = done.saturating_add(count),
                _ => promised = promised.saturating_add(about.count),
            }
        }
        (promised, done)
    }

    /// How many people or pieces of a request nobody has promised or done yet.
    pub fn wanted(&self, ask: &Asked<'_>, today: Day) -> u32 {
        let (promised, done) = self.met(ask, today);
        ask.asked.count.saturating_sub(promised).saturating_sub(done)
    }
}
