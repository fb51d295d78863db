//! Founding a node: its data directory, keys, first facts and the one-time code of its first steward.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use koinon_authority::{Caps, Granted, Role, Scope};
use koinon_books::fact::TEXT_LEN_MAX;
use koinon_books::{Fact, NameSealed, Refused, Stamp, Subject, encode, founding_facts};
use koinon_core::{Clock, CommunityCode, EntryId, GrantId, NodeId, PersonId, Timestamp};
use koinon_log::{Flags, Identity, LogWriter, NetworkId, NewFact, Tails};

use crate::accounts::Accounts;
use crate::batch::{Filed, write_batch};
use crate::clock::SystemClock;
use crate::disk::{DataDir, DiskFloors, fresh_store_path, is_unfinished, make_dir, store_path, sync_parent};
use crate::entropy::OsEntropy;
use crate::error::NodeError;
use crate::keys;
use crate::personal::PersonalKeys;
use crate::sqlite::{Mark, SqliteStore};
use crate::tls::{self, TlsNames};

/// What a new node is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Founding {
    /// The federation: signatures hold within it only.
    pub network: NetworkId,
    /// The community that the node speaks for; `None` for a mirror.
    pub community: Option<CommunityCode>,
    /// The text of the region file; a mirror takes the region from its neighbours and needs none.
    pub region_text: String,
    /// The text of the sharing agreement that the founders agreed on in person; without one no stock is shared, only
    /// what aid needs.
    pub agreement: Option<String>,
    /// What the first steward is called at home; `None` makes no steward.
    pub steward: Option<String>,
    /// The names by which the node is reached, for its certificate.
    pub names: TlsNames,
    /// How its key is brought back when it and the one after it are lost.
    pub recovery: RecoveryPlan,
}

/// Who brings a lost key back: so many codes are made, each for another person, and so many of them are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecoveryPlan {
    /// Codes made, from 1 to 16.
    pub codes: u8,
    /// Codes needed, from 1 to all.
    pub needed: u8,
}

impl Default for RecoveryPlan {
    /// One code, for a first trial; a community gives three to three people.
    fn default() -> Self {
        Self { codes: 1, needed: 1 }
    }
}

/// A node that was founded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Initialised {
    /// The node.
    pub node_id: NodeId,
    /// The first steward.
    pub steward: Option<PersonId>,
    /// The code with which the first steward chooses a password, once; empty when there is none.
    pub setup_code: String,
    /// The secrets of the recovery keys, each to be written on a paper of its own; they are kept nowhere.
    pub recovery_codes: Vec<String>,
}

/// Founds a node in a directory that does not exist or is empty.
pub(crate) fn init(
    dir: &Path,
    founding: &Founding,
    clock: &Arc<dyn Clock>,
) -> Result<Initialised, NodeError> {
    let path: PathBuf = dir.to_owned();
    let io = |source| NodeError::Io { path: path.clone(), source };
    make_dir(dir).map_err(io)?;
    let store_path = store_path(dir);
    if store_path.exists() {
        return Err(NodeError::Exists(path));
    }
    if is_unfinished(dir) {
        return Err(NodeError::Unfinished(path));
    }
    let lock = DataDir::lock(dir, DiskFloors::default())?;
    let now = clock.now();
    // Faults of the region are found before anything is written.
    let trial = Stewarded::draw(founding, now);
    first_facts(NodeId([0; 32]), founding, trial.as_ref(), now)?;

    let keys::Founded { identity, recovery_codes } = keys::found(dir, founding.network, founding.recovery)?;
    let node = identity.node();
    let mut facts = first_facts(node, founding, trial.as_ref(), now)?;
    let personal = PersonalKeys::open(dir)?;
    facts.extend(trial.as_ref().map(|steward| steward.named(node, &personal, now)).transpose()?);
    let title = founding.community.as_ref().map_or("mirror", CommunityCode::as_str);
    tls::found(dir, title, &founding.names, SystemClock::new().now())?;
    let fresh = fresh_store_path(dir);
    let store = SqliteStore::create(&fresh, node, founding.network)?;
    write(store, identity, &facts, now)?.into_one_file(&fresh)?;
    let steward = trial.as_ref().map(|steward| steward.granted.subject);
    let accounts = Accounts::open(dir, Arc::new(SystemClock::new()))?;
    let setup_code = steward.map(|person| accounts.make_code(person, None)).transpose()?;
    drop(accounts);
    // Before this there is no node, and after it a whole one, whose codes are about to be shown.
    fs::rename(&fresh, &store_path).and_then(|()| sync_parent(&store_path)).map_err(io)?;
    drop(lock);
    Ok(Initialised { node_id: node, steward, setup_code: setup_code.unwrap_or_default(), recovery_codes })
}

/// The first steward.
struct Stewarded {
    granted: Granted,
    name: String,
}

impl Stewarded {
    fn draw(founding: &Founding, now: Timestamp) -> Option<Self> {
        let community = founding.community.clone()?;
        let name = founding.steward.clone()?;
        let mut entropy = OsEntropy;
        let role = Role::Steward;
        let granted = Granted {
            grant: GrantId::make(now, &mut entropy),
            subject: PersonId::make(now, &mut entropy),
            role,
            scope: Scope::Community(community),
            caps: Caps::default(),
            not_before: now,
            expires: now.plus_days(role.days_max()),
            by: None,
            decision: None,
        };
        Some(Self { granted, name })
    }

    /// What the steward is called, sealed.
    fn named(
        &self,
        node: NodeId,
        personal: &PersonalKeys,
        now: Timestamp,
    ) -> Result<(Stamp, Fact), NodeError> {
        let (person, act) = (self.granted.subject, founding_act(node));
        let name = Some(personal.seal(&Subject::Person(person), act, self.name.trim())?);
        let stamp = Stamp { recorded: now, actor: None, grant: None, act };
        Ok((stamp, Fact::NameSealed(NameSealed { person, name })))
    }
}

fn first_facts(
    node: NodeId,
    founding: &Founding,
    steward: Option<&Stewarded>,
    now: Timestamp,
) -> Result<Vec<(Stamp, Fact)>, NodeError> {
    let Some(community) = &founding.community else { return Ok(Vec::new()) };
    let length = steward.map_or(0, |steward| steward.name.chars().count());
    if length > TEXT_LEN_MAX {
        return Err(Refused::TextTooLong(length).into());
    }
    let granted = steward.map(|steward| &steward.granted);
    let texts = (founding.region_text.as_str(), founding.agreement.as_deref());
    Ok(founding_facts(node, community, texts, granted, now, founding_act(node))?)
}

/// The act of a node's founding.
fn founding_act(node: NodeId) -> EntryId {
    EntryId::derived("koinon/founding/1", &node.0)
}

fn write(
    mut store: SqliteStore,
    identity: Identity,
    facts: &[(Stamp, Fact)],
    now: Timestamp,
) -> Result<SqliteStore, NodeError> {
    let mut log = LogWriter::new(identity, Tails::default());
    let new = facts.iter().map(|(stamp, fact)| {
        let encoded = encode(stamp, fact);
        NewFact {
            stream: encoded.kind.stream,
            kind: encoded.kind.number,
            schema: koinon_books::registry::SCHEMA,
            flags: Flags::NONE,
            author: None,
            body: encoded.body,
        }
    });
    let filed: Vec<Filed> =
        facts.iter().map(|(stamp, _)| Filed { act: stamp.act, content: None, keys: Vec::new() }).collect();
    // No policy has anything to do with a founding.
    let none_react = u64::try_from(facts.len()).unwrap_or(u64::MAX);
    write_batch(&mut store, &mut log, new.collect(), &filed, now, none_react)?;
    store.set_mark(Mark::Clean, 1)?;
    Ok(store)
}

/// A console command of a mirror or a node without steward: which facts it records, if it may.
pub(crate) fn console_stamp(now: Timestamp) -> Stamp {
    Stamp { recorded: now, actor: None, grant: None, act: EntryId::make(now, &mut OsEntropy) }
}
