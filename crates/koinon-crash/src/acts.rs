//! What the use cases have in common: founding, commands, waiting.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use koinon_authority::Actor;
use koinon_books::{About, BookCommand};
use koinon_core::region::generate::{Layout, new_region};
use koinon_core::region::{Item, Region, Store};
use koinon_core::{Day, EntryId, PersonId, Quantity};
use koinon_instruments::Agreement;
use koinon_ledger::fact::{Method, PrintedMark};
use koinon_ledger::{Act, Command, Reason};
use koinon_log::NetworkId;
use koinon_node::disk::DirError;
use koinon_node::{
    CarryOrder, Founding, Initialised, Node, NodeError, Options, OsEntropy, PeerConfig, RecoveryPlan,
    SettableClock, SubmitError, Submitted, TlsNames,
};

use crate::stage::{Props, clock_at, start};

/// How many communities the region has.
pub(crate) const COMMUNITIES: usize = 3;
/// How many people live in each: so many that sums about them may be published.
const PEOPLE: i64 = 6_000;

pub(crate) fn region() -> anyhow::Result<Region> {
    Ok(new_region(COMMUNITIES, PEOPLE, Layout::Ring, 1)?)
}

/// What a community's node is to be, or a safety copy.
pub(crate) fn founding(index: Option<usize>) -> anyhow::Result<Founding> {
    let region = region()?;
    let community = index.and_then(|index| region.communities.get(index)).map(|one| one.code.clone());
    Ok(Founding {
        network: NetworkId::of("test"),
        region_text: region.to_toml(),
        agreement: index.map(|_| Agreement::draft_of(&region, start().day(&region.zone()))),
        steward: index.map(|_| "Ana".to_owned()),
        names: TlsNames::default(),
        recovery: RecoveryPlan::default(),
        community,
    })
}

/// Founds a community's node in `root/data`, with some history; gives the props of its play.
pub(crate) fn settled(root: &Path, founding: &Founding) -> anyhow::Result<Props> {
    let made = Node::init(&root.join("data"), founding, &clock_at(start()))?;
    let props = props_of(&made);
    let node = Node::open_with(props.options(&root.join("data")), props.clock())?;
    let who = Actor::Person(props.steward.context("a steward")?);
    for amount in 1..=3 {
        done(node.submit_blocking(who.clone(), take_in(&node, 100 * amount)?))?;
    }
    shut_down(node);
    Ok(props)
}

pub(crate) fn props_of(made: &Initialised) -> Props {
    Props {
        now: start(),
        steward: made.steward,
        recovery_code: made.recovery_codes.first().cloned().unwrap_or_default(),
        ..Props::default()
    }
}

/// That something was recorded now.
pub(crate) fn done(answer: Result<Submitted, SubmitError>) -> anyhow::Result<()> {
    let answer = answer?;
    ensure!(matches!(answer, Submitted::Done { .. }), "asked: {answer:?}");
    Ok(())
}

pub(crate) fn act_id() -> EntryId {
    EntryId::make(start(), &mut OsEntropy)
}

pub(crate) fn person() -> PersonId {
    PersonId::make(start(), &mut OsEntropy)
}

pub(crate) fn note(text: &str) -> BookCommand {
    let act = act_id();
    BookCommand::Note { act, about: About::Entry(act), text: text.into() }
}

pub(crate) fn ledger(node: &Node, what: Act) -> BookCommand {
    BookCommand::Ledger(Command { act: act_id(), occurred: node.clock().now(), confirmed: true, what })
}

/// The first item of the catalogue, and the stores of the node's own place.
pub(crate) fn goods(node: &Node) -> anyhow::Result<(Item, Vec<Store>)> {
    node.read(|book| {
        let place = book.own().context("a community")?.place();
        let item = book.region().items.first().cloned().context("an item")?;
        Ok((item, book.region().stores_of(&place).cloned().collect()))
    })
}

pub(crate) fn quantity(item: &Item, amount: i64) -> anyhow::Result<Quantity> {
    Ok(Quantity::new(amount, item.dimension)?)
}

/// Goods of the first item come in.
pub(crate) fn take_in(node: &Node, amount: i64) -> anyhow::Result<BookCommand> {
    take_in_marked(node, amount, None)
}

pub(crate) fn take_in_marked(node: &Node, amount: i64, mark: Option<&str>) -> anyhow::Result<BookCommand> {
    let (item, stores) = goods(node)?;
    let what = Act::TakeIn {
        store: stores.first().context("a store")?.code.clone(),
        item: item.code.clone(),
        batch: mark.map(PrintedMark::new).transpose()?,
        expires: None,
        quantity: quantity(&item, amount)?,
        reason: Reason::Harvested,
        paper: None,
        method: Method::Estimated,
    };
    Ok(ledger(node, what))
}

/// Two nodes list each other, without an address.
pub(crate) fn acquaint(a: &Node, b: &Node) -> anyhow::Result<()> {
    for (one, other) in [(a, b), (b, a)] {
        let community = other.read(|book| book.own().cloned());
        one.add_peer(PeerConfig { node: other.id(), community, url: None, ca: None })?;
    }
    Ok(())
}

/// A bundle of everything that may be carried to a node.
pub(crate) fn bundle(from: &Node, to: &Node) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.carry_to(&CarryOrder { to: vec![to.id()], all: true }, &mut bytes)?;
    Ok(bytes)
}

/// Waits for something that does not wait for itself.
pub(crate) fn wait_for<T>(work: impl Future<Output = T>) -> anyhow::Result<T> {
    Ok(tokio::runtime::Builder::new_current_thread().build()?.block_on(work))
}

/// Opens a node. A thread of the life before may hold its directory for a moment.
pub(crate) fn opened(options: &Options, clock: &Arc<SettableClock>) -> Result<Node, NodeError> {
    let mut tries = 0;
    loop {
        match Node::open_with(options.clone(), clock.clone()) {
            Err(NodeError::Dir(DirError::Held { .. })) if tries < 2_000 => {
                tries += 1;
                std::thread::park_timeout(std::time::Duration::from_millis(5));
            }
            opened => return opened,
        }
    }
}

pub(crate) fn shut_down(node: Node) {
    // A runtime of the current thread needs nothing that could be missing; without one the plug is pulled.
    let _ = wait_for(node.shutdown());
}

/// How many rows of the sign-in file of `root/data` a constant statement counts.
pub(crate) fn sign_in_count(root: &Path, sql: &'static str) -> anyhow::Result<i64> {
    let file = rusqlite::Connection::open(root.join("data/sign-in.db"))?;
    Ok(file.query_row(sql, [], |row| row.get(0))?)
}

pub(crate) const CODES: &str = "SELECT count(*) FROM code";
pub(crate) const ACCOUNTS: &str = "SELECT count(*) FROM account";
pub(crate) const SESSIONS: &str = "SELECT count(*) FROM session";

pub(crate) fn day(text: &str) -> anyhow::Result<Day> {
    Day::parse(text).context("a day")
}
