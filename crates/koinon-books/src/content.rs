//! What a command says, as a few bytes: a repeated act is told from another act under the same id.
//!
//! The bytes cover what is to be done. They leave out the act's id, when it happened (a client may leave that to the
//! node) and whether questions were answered. They are kept beside the act and never leave the node.

use koinon_core::Digest;

use crate::command::BookCommand;

/// The form of the bytes; raised whenever the same command would give other bytes than before, which a test sees.
pub const CONTENT_FORM: u8 = 3;
/// How many bytes there are.
pub const CONTENT_BYTES: usize = 17;

/// What a command says: the form, then half of a BLAKE3 hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Content(pub [u8; CONTENT_BYTES]);

impl Content {
    /// Whether two contents are surely different; those of different forms cannot be compared.
    pub fn differs(&self, other: &Self) -> bool {
        self.0.first() == other.0.first() && self.0 != other.0
    }
}

impl BookCommand {
    /// What the command says.
    pub fn content(&self) -> Content {
        let words = match self {
            Self::Ledger(command) => format!("ledger {:?}", command.what),
            Self::Aid(command) => format!("aid {:?}", command.what),
            Self::Admit { node, community, .. } => format!("admit {node:?} {community:?}"),
            Self::AdoptRegion { text, .. } => format!("region {text:?}"),
            Self::ProposeAgreement { text, .. } => format!("agreement {text:?}"),
            Self::SignAgreement { text, .. } => format!("sign {text:?}"),
            Self::EndAgreement { text, .. } => format!("end {text:?}"),
            Self::Grant { granted, name, .. } => format!("grant {granted:?} {name:?}"),
            Self::Revoke { revoked, .. } => format!("revoke {revoked:?}"),
            Self::AgreeRecovery { person, asked_by, .. } => format!("recovery {person:?} {asked_by:?}"),
            Self::Name { person, name, .. } => format!("name {person:?} {name:?}"),
            Self::Erase { person, .. } => format!("erase {person:?}"),
            Self::Note { about, text, .. } => format!("note {about:?} {text:?}"),
        };
        let digest = Digest::of("koinon/act content/1", words.as_bytes());
        let mut content = [CONTENT_FORM; CONTENT_BYTES];
        content.iter_mut().skip(1).zip(digest.0).for_each(|(to, from)| *to = from);
        Content(content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use koinon_core::{EntryId, PersonId, Timestamp};
    use koinon_ledger::{Act, Command};

    fn close(act: u8, at: i64, confirmed: bool, reason: koinon_ledger::Reason) -> BookCommand {
        let what = Act::CloseNeed { need: koinon_core::NeedId([7; 16]), reason };
        let occurred = Timestamp::from_millis(at);
        BookCommand::Ledger(Command { act: EntryId([act; 16]), occurred, confirmed, what })
    }

    #[test]
    fn only_what_is_done_counts() {
        use koinon_ledger::Reason::{NeededHere, NotNeeded};
        let first = close(1, 1, false, NeededHere).content();
        assert_eq!(first, close(2, 9, true, NeededHere).content());
        assert!(first.differs(&close(1, 1, false, NotNeeded).content()));
        let name = |name: &str| BookCommand::Name {
            act: EntryId([1; 16]),
            person: PersonId([2; 16]),
            name: name.into(),
        };
        assert!(name("Mara").content().differs(&name("Noor").content()));
        let mut other_form = name("Noor").content();
        other_form.0[0] = 0;
        assert!(
            !other_form.differs(&name("Mara").content()),
            "what cannot be compared is taken for the same"
        );
    }

    /// Bytes that were stored stay comparable: raise the form when this fails.
    #[test]
    fn the_bytes_of_a_form_never_change() {
        let content = close(1, 1, false, koinon_ledger::Reason::NeededHere).content();
        let shown: String = content
            .0
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .filter_map(|digit| char::from_digit(digit.into(), 16))
            .collect();
        assert_eq!(shown, "03ee2091d4beb772422692c4a3469bae8e");
    }
}
