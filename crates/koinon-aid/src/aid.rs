//! The book of teams and missions: the last word of each community, and every promise heard of.
//!
//! [`Aid::evolve`] never refuses a fact, and any order of the same facts gives one book. Who may speak of what is asked when the
//! state is read: a team counts while its community keeps its home, and an answer counts when who asked gave it.

use std::collections::BTreeMap;

use koinon_core::order::{LastWords, Provenance, Word};
use koinon_core::region::Region;
use koinon_core::{CommunityCode, EntryId, MissionCode, PlaceCode, SkillCode, TeamName, Timestamp};
use minicbor::{Decode, Encode};

use crate::fact::{AidFact, MissionAsked, Reason, SkillCount, TeamStated};
use crate::hours::{KEEP, Span};
use crate::promise::{Answer, Promise, Stage};
use crate::service::Services;

/// Teams, crews, missions and promises of every community heard of.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Aid {
    #[n(0)]
    pub(crate) teams: LastWords<TeamName, TeamStated>,
    #[n(1)]
    pub(crate) crews: LastWords<(PlaceCode, SkillCode), Option<u32>>,
    #[n(2)]
    pub(crate) asked: LastWords<MissionCode, MissionAsked>,
    #[n(3)]
    pub(crate) closed: LastWords<MissionCode, Reason>,
    #[n(4)]
    pub(crate) promises: BTreeMap<(CommunityCode, EntryId), Promise>,
    #[n(5)]
    pub(crate) services: Services,
}

/// A mission with its community and what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Mission<'a> {
    /// Who asks.
    pub asker: &'a CommunityCode,
    /// What was asked.
    pub asked: &'a MissionAsked,
    /// When that was recorded.
    pub recorded: Timestamp,
    /// Why it is closed, where it is.
    pub closed: Option<Reason>,
}

/// A team with its community.
#[derive(Debug, Clone, Copy)]
pub struct Team<'a> {
    /// Whose team.
    pub community: &'a CommunityCode,
    /// What was said of it last.
    pub stated: &'a TeamStated,
    /// When that was recorded.
    pub recorded: Timestamp,
}

impl Mission<'_> {
    /// Whether it is asked for at an instant: neither closed nor over.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.closed.is_none() && self.asked.over() > now
    }
}

impl Aid {
    /// Takes a fact in. Total: any verified fact is kept; order-free: any order of the same facts gives one book.
    pub fn evolve(&mut self, provenance: &Provenance, fact: &AidFact) {
        let (own, rev) = (&provenance.community, provenance.rev());
        match fact.clone() {
            AidFact::TeamStated(f) => self.teams.state(own, rev, f.team.clone(), f),
            AidFact::CrewKept(f) => self.crews.state(own, rev, (f.place, f.skill), f.keep),
            AidFact::MissionAsked(f) => self.asked.state(own, rev, f.mission.clone(), f),
            AidFact::MissionClosed(f) => self.closed.state(own, rev, f.mission, f.reason),
            AidFact::TeamPromised(f) => {
                Word::keep_last(&mut self.promise_mut(own, f.promise).promised, Word::new(rev, f));
            }
            AidFact::TeamTaken(f) => {
                self.promise_mut(&f.home, f.promise).answered(own, Word::new(rev, Answer::Taken));
            }
            AidFact::TeamDeclined(f) => {
                let answer = Word::new(rev, Answer::Declined(f.reason));
                self.promise_mut(&f.home, f.promise).answered(own, answer);
            }
            AidFact::TeamWithdrawn(f) => {
                Word::keep_last(&mut self.promise_mut(own, f.promise).withdrawn, Word::new(rev, f.reason));
            }
            AidFact::TeamLeft(f) => {
                Word::keep_last(&mut self.promise_mut(own, f.promise).left, Word::new(rev, f.at));
            }
            AidFact::TeamBack(f) => {
                Word::keep_last(&mut self.promise_mut(own, f.promise).back, Word::new(rev, f.at));
            }
            AidFact::ServiceOffered(_)
            | AidFact::ServiceAsked(_)
            | AidFact::ServiceAskClosed(_)
            | AidFact::ServicePromised(_)
            | AidFact::ServiceTaken(_)
            | AidFact::ServiceDeclined(_)
            | AidFact::ServiceWithdrawn(_)
            | AidFact::ServiceDone(_) => self.services.evolve(provenance, fact),
        }
    }

    fn promise_mut(&mut self, home: &CommunityCode, promise: EntryId) -> &mut Promise {
        self.promises.entry((home.clone(), promise)).or_default()
    }
}

/// Asking.
impl Aid {
    /// Care and work for others.
    pub const fn services(&self) -> &Services {
        &self.services
    }

    /// Every team that is one, by its word and community: its community keeps its home, what was said can be used, and it is not closed.
    pub fn teams<'a>(&'a self, region: &'a Region) -> impl Iterator<Item = Team<'a>> {
        let all = self.teams.each();
        let all =
            all.map(|(_, community, word)| Team { community, stated: &word.said, recorded: word.recorded() });
        all.filter(|team| {
            let stated = team.stated;
            !stated.closed
                && stated.check().is_ok()
                && region.keeper_of(&stated.home).as_ref() == Some(team.community)
        })
    }

    /// What a community said last of a team, closed or not.
    pub fn team(&self, community: &CommunityCode, team: &TeamName) -> Option<&TeamStated> {
        self.teams.on(team).find(|(by, _)| *by == community).map(|(_, word)| &word.said)
    }

    /// How many people of a skill a place keeps at home, as its keeper says; [`KEEP`] where it says nothing.
    pub fn kept(&self, region: &Region, place: &PlaceCode, skill: &SkillCode) -> u32 {
        let keeper = region.keeper_of(place);
        let mut words = self.crews.on(&(place.clone(), skill.clone()));
        words.find(|(by, _)| Some(*by) == keeper.as_ref()).and_then(|(_, word)| word.said).unwrap_or(KEEP)
    }

    /// Every place and skill of which its keeper said how many stay at home.
    pub fn crews<'a>(
        &'a self,
        region: &'a Region,
    ) -> impl Iterator<Item = (&'a PlaceCode, &'a SkillCode, u32)> {
        self.crews.all().filter_map(|((place, skill), words)| {
            let keep = words.get(&region.keeper_of(place)?)?.said?;
            Some((place, skill, keep))
        })
    }

    /// Every mission that can be used, open or not: its community keeps the place.
    pub fn missions<'a>(&'a self, region: &'a Region) -> impl Iterator<Item = Mission<'a>> {
        let all = self.asked.each().map(|(code, asker, word)| self.mission_of(asker, code, word));
        all.filter(|mission| {
            mission.asked.check().is_ok()
                && region.keeper_of(&mission.asked.place).as_ref() == Some(mission.asker)
        })
    }

    /// A mission of a community.
    pub fn mission(&self, asker: &CommunityCode, mission: &MissionCode) -> Option<Mission<'_>> {
        let (asker, word) = self.asked.on(mission).find(|(by, _)| *by == asker)?;
        Some(self.mission_of(asker, mission, word))
    }

    fn mission_of<'a>(
        &'a self,
        asker: &'a CommunityCode,
        code: &MissionCode,
        word: &'a Word<MissionAsked>,
    ) -> Mission<'a> {
        let closed = self.closed.on(code).find(|(by, _)| *by == asker).map(|(_, closed)| closed);
        let closed = closed.filter(|closed| closed.rev() > word.rev()).map(|closed| closed.said);
        Mission { asker, asked: &word.said, recorded: word.recorded(), closed }
    }

    /// One promise of a community.
    pub fn promise(&self, home: &CommunityCode, promise: EntryId) -> Option<&Promise> {
        self.promises.get(&(home.clone(), promise))
    }

    /// Every promise whose content was heard, with its community, its id and how far it has come.
    pub fn promises(
        &self,
        now: Timestamp,
    ) -> impl Iterator<Item = (&CommunityCode, EntryId, &Promise, Stage)> {
        let known = self.promises.iter().filter(|(_, promise)| promise.promised.is_some());
        known.map(move |((home, id), promise)| (home, *id, promise, self.stage(promise, now)))
    }

    /// How far a promise has come.
    pub fn stage(&self, promise: &Promise, now: Timestamp) -> Stage {
        let mission = promise.promised().and_then(|trip| self.mission(&trip.asker, &trip.mission));
        promise.stage(now, mission.is_some_and(|mission| mission.is_open(now)))
    }

    /// The promises of a team that stand.
    pub fn standing<'a>(
        &'a self,
        home: &'a CommunityCode,
        team: &'a TeamName,
        now: Timestamp,
    ) -> impl Iterator<Item = (EntryId, &'a Promise, Stage)> {
        self.of_team(home, team, now).filter(|(_, _, stage)| stage.stands())
    }

    fn of_team<'a>(
        &'a self,
        home: &'a CommunityCode,
        team: &'a TeamName,
        now: Timestamp,
    ) -> impl Iterator<Item = (EntryId, &'a Promise, Stage)> {
        let of_team = self.promises(now).filter(move |(by, _, promise, _)| {
            *by == home && promise.promised().is_some_and(|trip| trip.team == *team)
        });
        of_team.map(|(_, id, promise, stage)| (id, promise, stage))
    }

    /// Every stretch of duty of a team, in order: those that were, and those that stand before it.
    pub fn duties(&self, home: &CommunityCode, team: &TeamName, now: Timestamp) -> Vec<Span> {
        let counted =
            self.of_team(home, team, now).filter(|(_, _, stage)| stage.stands() || *stage == Stage::Back);
        let mut spans: Vec<Span> = counted.flat_map(|(_, promise, _)| promise.duties()).collect();
        spans.sort_unstable();
        spans
    }

    /// How many people of each skill are still wanted on a mission: what is asked, less what promises that stand bring. Skills
    /// of which enough are promised are left out.
    pub fn wanted(&self, mission: &Mission<'_>, now: Timestamp) -> Vec<SkillCount> {
        let left = |ask: &SkillCount| ask.people.saturating_sub(self.promised_of(mission, &ask.skill, now));
        let asks =
            mission.asked.asks.iter().map(|ask| SkillCount { skill: ask.skill.clone(), people: left(ask) });
        asks.filter(|ask| ask.people > 0).collect()
    }

    /// How many people of a skill are promised to a mission by promises that stand.
    pub fn promised_of(&self, mission: &Mission<'_>, skill: &SkillCode, now: Timestamp) -> u32 {
        let standing = self.promises(now).filter(|(_, _, promise, stage)| {
            let trip = promise.promised();
            stage.stands()
                && trip.is_some_and(|t| t.asker == *mission.asker && t.mission == mission.asked.mission)
        });
        let serves =
            standing.filter_map(|(_, _, promise, _)| promise.promised()).flat_map(|trip| &trip.serves);
        serves.filter(|serve| serve.skill == *skill).fold(0, |sum, serve| sum.saturating_add(serve.people))
    }
}
