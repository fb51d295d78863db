//! What people are called and notes, sealed; and their erasure.

use koinon_core::{CommunityCode, PersonId, Timestamp};
use koinon_ledger::Rev;

use super::Book;
use crate::command::Refused;
use crate::fact::{About, Erased, Fact, NameSealed, NoteSealed, TEXT_LEN_MAX};
use crate::personal::{Erasures, Personal, SEALED_BYTES_MAX, Sealed};

/// Asking.
impl Book {
    /// What a person is called at home, mostly sealed; nothing where no name stands or it was erased.
    pub fn name(&self, person: PersonId) -> Option<&Personal> {
        self.names.get(&person).map(|(_, name)| name).filter(|name| !name.is_empty())
    }

    /// The last note on something, mostly sealed.
    pub fn note(&self, about: &About) -> Option<&Personal> {
        self.notes.get(about)?.values().next_back().filter(|text| !text.is_empty())
    }

    /// Who asked for whose erasure, and who answered.
    pub fn erasures(&self) -> &Erasures {
        &self.erasures
    }

    /// Whether the own community has somebody in its book by a task, ended or not.
    pub fn is_ours(&self, person: PersonId) -> bool {
        let Some(own) = &self.own else { return false };
        self.grants.of_subject(person).any(|held| held.granted.community() == own)
    }

    /// Whether the own community had somebody's personal data erased.
    pub fn is_erased(&self, person: PersonId) -> bool {
        self.own.as_ref().is_some_and(|own| self.erasures.is_erased(own, person))
    }
}

/// Deciding.
impl Book {
    pub(super) fn name_fact(&self, person: PersonId, name: &Personal) -> Result<Fact, Refused> {
        if self.is_erased(person) {
            return Err(Refused::WasErased);
        }
        Ok(Fact::NameSealed(NameSealed { person, name: sealed(name)? }))
    }

    pub(super) fn erase(
        &self,
        own: &CommunityCode,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Vec<Fact>, Refused> {
        if self.erasures.is_erased(own, person) {
            return Ok(Vec::new());
        }
        if !self.is_ours(person) && !self.names.contains_key(&person) {
            return Err(Refused::NoSuchPerson(person));
        }
        let held = self.grants.of_subject(person).filter(|held| held.granted.community() == own);
        let tasks = held.filter(|held| held.revoked.is_none() && held.granted.ends() > now).count();
        if tasks > 0 {
            return Err(Refused::HasTasks(tasks));
        }
        Ok(vec![Fact::Erased(Erased { person })])
    }
}

/// Taking facts in. A name that comes after the erasure, and one that came before it, are both gone.
impl Book {
    pub(super) fn take_name(&mut self, person: PersonId, rev: Rev, name: Personal) {
        let known = self.names.get(&person);
        if !self.is_erased(person) && known.is_none_or(|(before, _)| *before < rev) {
            self.names.insert(person, (rev, name));
        }
    }

    pub(super) fn take_note(&mut self, about: &About, rev: Rev, text: Personal) {
        self.notes.entry(about.clone()).or_default().insert(rev, text);
    }

    pub(super) fn take_erased(&mut self, by: &CommunityCode, person: PersonId, at: Timestamp) {
        self.erasures.ask(by, person, at);
        if self.own.as_ref() == Some(by) {
            self.names.remove(&person);
        }
    }
}

pub(super) fn note_fact(about: &About, text: &Personal) -> Result<Fact, Refused> {
    Ok(Fact::NoteSealed(NoteSealed { about: about.clone(), text: sealed(text)? }))
}

/// The text of a fact; a cleared one is empty.
pub(super) fn text_of(sealed: Option<&Sealed>) -> Personal {
    sealed.cloned().map_or_else(|| "".into(), Personal::Sealed)
}

fn sealed(text: &Personal) -> Result<Option<Sealed>, Refused> {
    match text {
        empty if empty.is_empty() => Ok(None),
        Personal::Sealed(sealed) if sealed.0.len() <= SEALED_BYTES_MAX => Ok(Some(sealed.clone())),
        Personal::Sealed(_) => Err(Refused::TextTooLong(TEXT_LEN_MAX + 1)),
        Personal::Typed(_) => Err(Refused::NotSealed),
    }
}
