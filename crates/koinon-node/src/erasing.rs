//! Erasing people: destroying the keys of what was known of them, ending their sign-in, and saying so.
//!
//! A community's word that somebody is erased reaches every computer of the federation, one that comes back from an old
//! backup among them. Each destroys what it could read of that person, and answers.

use std::collections::BTreeSet;

use koinon_books::{ErasureAnswered, Fact, Subject};
use koinon_core::PersonId;

use crate::error::NodeError;
use crate::founding::console_stamp;
use crate::node::Node;

/// The job by its name on the operator's page.
const JOB: &str = "erasure";

/// What was looked after since this node started.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// The book as it was looked through last.
    seen: Option<u64>,
    /// Whose keys and sign-in are destroyed.
    destroyed: BTreeSet<PersonId>,
}

/// Looks whether somebody is to be erased, whenever something was written.
pub(crate) fn look_after(node: &Node, memory: &mut Memory) {
    let shared = &node.inner.shared;
    let version = node.version();
    if memory.seen == Some(version) {
        return;
    }
    match node.erase_all(&mut memory.destroyed) {
        Ok(()) => {
            memory.seen = Some(version);
            shared.jobs.done(JOB, shared.clock.now());
        }
        Err(error) => {
            shared.jobs.failed(JOB, error.to_string());
        }
    }
}

/// Keeping erasures.
impl Node {
    /// Destroys what can be read here of people who were erased, and answers for each once. A node does so by itself within
    /// a second; doing it again changes nothing.
    ///
    /// # Errors
    /// [`NodeError`]; what is left is tried again.
    pub fn keep_erasures(&self) -> Result<(), NodeError> {
        self.erase_all(&mut BTreeSet::new())
    }

    /// As [`Self::keep_erasures`], without those whose keys were destroyed in this life.
    fn erase_all(&self, destroyed: &mut BTreeSet<PersonId>) -> Result<(), NodeError> {
        let (erased, to_answer) = self.read_own(|book| {
            let asked: Vec<PersonId> = book.erasures().all().map(|erasure| erasure.person).collect();
            // Whom others have erased is ours to keep, where we know them by our own word.
            let erased = asked.into_iter().filter(|person| book.is_erased(*person) || !book.is_ours(*person));
            (erased.collect::<Vec<_>>(), book.erasures().to_answer(self.id()))
        });
        // A key that came back with a backup is destroyed again, though it was answered for before.
        for person in &erased {
            if destroyed.contains(person) {
                continue;
            }
            self.personal().erase(&Subject::Person(*person))?;
            self.accounts().forget(*person)?;
            destroyed.insert(*person);
        }
        let answers: Vec<PersonId> = to_answer.into_iter().filter(|person| erased.contains(person)).collect();
        if answers.is_empty() {
            return Ok(());
        }
        self.on_writer(move |writer| {
            let stamp = console_stamp(writer.shared.clock.now());
            let facts = answers
                .into_iter()
                .map(|person| (stamp.clone(), Fact::ErasureAnswered(ErasureAnswered { person })));
            writer.console(facts.collect())
        })??;
        Ok(())
    }
}
