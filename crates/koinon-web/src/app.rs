//! One node's pages: what every handler shares, and who is asking.
//!
//! The demo is plain data and a channel: pages read [`DemoState`] and send [`DemoControl`]; this room knows nothing of
//! worlds or days beyond that.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use koinon_authority::{Actor, Viewer};
use koinon_core::{CommunityCode, CorridorCode, Day, Digest, ItemCode, PersonId, TransferId};
use koinon_node::Node;
use tokio::sync::{mpsc, oneshot, watch};

use crate::demo::relief::Past;
use crate::live::Hub;
use crate::plans::Plans;

/// What every handler of one node shares; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// The parts of an [`App`].
pub struct Shared {
    /// The node whose pages these are.
    pub node: Node,
    /// Tells open pages what changed.
    pub hub: Hub,
    /// The newest suggestions.
    pub plans: Plans,
    /// The demo that this node is part of; `None` on a real node.
    pub demo: Option<Demo>,
}

/// A person whom a visitor of the demo may be for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Persona {
    /// The cookie's value, unique in the region, for example `heath-steward-1`.
    pub code: String,
    /// The community.
    pub community: CommunityCode,
    /// The role's key in the word files, for example `role-steward`.
    pub role: String,
    /// The shown name.
    pub name: String,
    /// The person.
    pub person: PersonId,
}

/// The demo as one node's pages see it.
#[derive(Clone)]
pub struct Demo {
    /// Everybody whom a visitor may be.
    pub personas: Arc<Vec<Persona>>,
    /// Where each community's own pages are: code, name, address.
    pub places: Arc<Vec<(CommunityCode, String, String)>>,
    /// The nodes of all communities, for the story in which a visitor acts at both ends.
    pub nodes: Arc<BTreeMap<CommunityCode, Node>>,
    /// Who is short, who can spare, and what; `None` for a world without a story.
    pub story: Option<Story>,
    /// Past disasters of the region; `None` for a world without.
    pub past: Option<Arc<Past>>,
    /// What the demo does now.
    pub state: watch::Receiver<DemoState>,
    /// Tells the demo what to do.
    pub control: mpsc::Sender<DemoControl>,
}

/// The story that the demo opens with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// The community that can spare.
    pub giver: CommunityCode,
    /// The community that is short.
    pub taker: CommunityCode,
    /// What can be spared.
    pub item: ItemCode,
}

/// What the demo does now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoState {
    /// The simulated day.
    pub day: Day,
    /// Counted from 1.
    pub day_number: i64,
    /// Whether days pass by themselves.
    pub running: bool,
    /// Real seconds for one simulated day.
    pub seconds_per_day: u32,
    /// Communities whose plug is pulled.
    pub unplugged: Vec<CommunityCode>,
    /// Communities whose crop failed and has not grown again.
    pub failed: Vec<CommunityCode>,
    /// The digest of what was written on the day that has passed, without keys and ids: equal for equal seed and acts.
    pub digest: Option<Digest>,
}

/// What a visitor may tell the demo.
#[derive(Debug)]
pub enum DemoControl {
    /// Let days pass, or stop them.
    Run(bool),
    /// Real seconds for one simulated day.
    Speed(u32),
    /// One day.
    Step,
    /// A crop fails in a community.
    FailCrop(CommunityCode),
    /// A community at an end says that a route is closed by flood.
    Flood(CorridorCode),
    /// Every end that called a route closed says that it is open again.
    Open(CorridorCode),
    /// A community's computer loses its line.
    Unplug(CommunityCode),
    /// A community's computer has its line again.
    PlugIn(CommunityCode),
    /// Lets everybody who has a line exchange now, and says when nothing more was new to anybody.
    Exchange(oneshot::Sender<()>),
    /// A visitor acts in this transfer; the invented people leave it alone.
    Leave(TransferId),
    /// Somebody is looking; the world does not pause.
    Seen,
}

/// Who is asking.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Who acts, or `None` for somebody who has not signed in.
    pub actor: Option<Actor>,
    /// What may be seen.
    pub viewer: Viewer,
    /// What the person is called here.
    pub name: Option<String>,
}

impl App {
    /// Joins the parts.
    pub fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl Deref for App {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Visitor {
    /// Somebody who has not signed in.
    pub fn nobody() -> Self {
        Self { actor: None, viewer: Viewer::nobody(), name: None }
    }
}
