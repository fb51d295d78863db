//! Files that neighbours keep for this community, and that it keeps for them: for those who keep its computer.

use koinon_core::{NodeId, Timestamp};
use koinon_node::kept::{At, KeptError, OwnFile, Said, State};
use koinon_node::{ForNeighbour, Node};

pub use koinon_log::kept::NotTaken;

/// How a file of ours stands at one neighbour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It has shown that it has every byte.
    Whole(Timestamp),
    /// It says that it has it.
    Says,
    /// It could not show that it has every byte.
    Wrong,
    /// It does not have it, and says why.
    Not(NotTaken),
    /// It has not asked for it yet.
    Waits,
}

/// A file of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OursRow {
    /// What we call it; empty where it was found at a neighbour.
    pub label: String,
    /// The beginning of its check number.
    pub mark: String,
    /// Its size.
    pub bytes: u64,
    /// When it was placed.
    pub placed: Timestamp,
    /// How it stands.
    pub state: State,
    /// The neighbours, each by the name that people read.
    pub at: Vec<(String, Standing)>,
}

/// What we keep for one neighbour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OthersRow {
    /// Whose they are.
    pub owner: String,
    /// How many files.
    pub files: usize,
    /// Their size.
    pub bytes: u64,
    /// How much was agreed to.
    pub allowed: u64,
    /// What it wants kept and is not here, and why.
    pub waiting: Vec<NotTaken>,
}

/// A file of ours that is not safe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concern {
    /// What we call it.
    pub label: String,
    /// Whose copies are not whole; where nobody's is known to be damaged, too few have shown theirs.
    pub wrong: Vec<String>,
}

/// All kept files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptView {
    /// Ours, by name, the newest first.
    pub ours: Vec<OursRow>,
    /// Others', by owner.
    pub others: Vec<OthersRow>,
    /// What somebody should look at.
    pub concerns: Vec<Concern>,
}

impl KeptView {
    /// Reads a node.
    ///
    /// # Errors
    /// [`KeptError`] when the lists cannot be read.
    pub fn of(node: &Node, now: Timestamp) -> Result<Self, KeptError> {
        let kept = node.kept()?;
        let named = node.read_own(|book| {
            let region = book.region();
            let name = |code: &koinon_core::CommunityCode| {
                region.community(code).map_or(code.as_str(), |known| known.name.as_str()).to_owned()
            };
            let known: std::collections::BTreeMap<NodeId, String> =
                book.admitted().iter().map(|(node, code)| (*node, name(code))).collect();
            known
        });
        let name = |node: &NodeId| named.get(node).cloned().unwrap_or_else(|| node.short());
        let mut ours: Vec<OursRow> =
            kept.own.files.iter().map(|(digest, file)| row(digest.short(), file, &name)).collect();
        ours.sort_by(|a, b| (&a.label, b.placed).cmp(&(&b.label, a.placed)));
        let others = kept.of.iter().map(|(owner, of)| other(name(owner), of)).collect();
        let concerns = kept
            .in_danger(now)
            .into_iter()
            .map(|one| Concern { wrong: one.wrong.iter().map(name).collect(), label: one.label });
        Ok(Self { ours, others, concerns: concerns.collect() })
    }
}

fn row(mark: String, file: &OwnFile, name: &dyn Fn(&NodeId) -> String) -> OursRow {
    let standing = |at: &At| match at.said {
        Some(Said::Holds) if at.wrong.is_some() => Standing::Wrong,
        Some(Said::Holds) => at.proven.map_or(Standing::Says, Standing::Whole),
        Some(Said::Not(why)) => Standing::Not(why),
        None => Standing::Waits,
    };
    OursRow {
        label: file.label.clone(),
        mark,
        bytes: file.bytes,
        placed: file.placed,
        state: file.state,
        at: file.at.iter().map(|(node, at)| (name(node), standing(at))).collect(),
    }
}

fn other(owner: String, of: &ForNeighbour) -> OthersRow {
    OthersRow {
        owner,
        files: of.held.len(),
        bytes: of.held.iter().map(|held| held.bytes).fold(0, u64::saturating_add),
        allowed: of.allowed,
        waiting: of.not_taken.iter().map(|(_, _, why)| *why).collect(),
    }
}
