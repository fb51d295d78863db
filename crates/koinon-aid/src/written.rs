//! What a book still holds as it was written, said again as the facts that said it.

use koinon_core::{CommunityCode, EntryId, Rev};

use crate::aid::Aid;
use crate::fact::{
    AidFact, CrewKept, MissionClosed, TeamBack, TeamDeclined, TeamLeft, TeamTaken, TeamWithdrawn,
};
use crate::promise::{Answer, Promise};

/// A fact that a book still holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Whose node wrote it.
    pub by: CommunityCode,
    /// When it was recorded, and where it stands.
    pub at: Rev,
    /// What it says.
    pub fact: AidFact,
}

impl Written {
    fn new(by: &CommunityCode, at: Rev, fact: impl Into<AidFact>) -> Self {
        Self { by: by.clone(), at, fact: fact.into() }
    }
}

impl Aid {
    /// Everything that is held. Taken into an empty book it gives the same.
    pub fn written(&self) -> Vec<Written> {
        let teams = self.teams.each().map(|(_, by, word)| Written::new(by, word.rev(), word.said.clone()));
        let crews = self.crews.each().map(|((place, skill), by, word)| {
            let (place, skill) = (place.clone(), skill.clone());
            Written::new(by, word.rev(), CrewKept { place, skill, keep: word.said })
        });
        let asked = self.asked.each().map(|(_, by, word)| Written::new(by, word.rev(), word.said.clone()));
        let closed = self.closed.each().map(|(mission, by, word)| {
            Written::new(by, word.rev(), MissionClosed { mission: mission.clone(), reason: word.said })
        });
        let promises = self.promises.iter().flat_map(|((home, id), promise)| of_promise(home, *id, promise));
        let services = self.services.written().into_iter().map(|(by, at, fact)| Written { by, at, fact });
        teams.chain(crews).chain(asked).chain(closed).chain(promises).chain(services).collect()
    }
}

fn of_promise(home: &CommunityCode, promise: EntryId, known: &Promise) -> Vec<Written> {
    let promised = known.promised.iter().map(|word| Written::new(home, word.rev(), word.said.clone()));
    let answers = known.answers.iter().map(|(by, word)| match word.said {
        Answer::Taken => Written::new(by, word.rev(), TeamTaken { home: home.clone(), promise }),
        Answer::Declined(reason) => {
            Written::new(by, word.rev(), TeamDeclined { home: home.clone(), promise, reason })
        }
    });
    let withdrawn = known
        .withdrawn
        .iter()
        .map(|word| Written::new(home, word.rev(), TeamWithdrawn { promise, reason: word.said }));
    let left =
        known.left.iter().map(|word| Written::new(home, word.rev(), TeamLeft { promise, at: word.said }));
    let back =
        known.back.iter().map(|word| Written::new(home, word.rev(), TeamBack { promise, at: word.said }));
    promised.chain(answers).chain(withdrawn).chain(left).chain(back).collect()
}
