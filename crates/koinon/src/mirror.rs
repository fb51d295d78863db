//! `koinon mirror`: a safety copy for a region, in a file or in a PostgreSQL database.
//!
//! The data directory holds the copy's keys, its neighbours and control logs; `--store` says where everything else is kept.

mod first_views;

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use koinon_log::StoreError;
use koinon_mirror::{Address, Audit, Owner, PgError, PgKeeper, PgStore, Standbys, audit};
use koinon_node::{Keeper, SqliteStore, SystemClock, keys};
use serde::Serialize;

use self::first_views::FirstViewsView;
use crate::failure::{Complaint, Exit, Explain};
use crate::operate::{self, InitArgs};
use crate::out::{Align, Out, grouped, say, waiting};
use crate::serve::{self, LineArgs};

/// What is done with a safety copy.
#[derive(Debug, Subcommand)]
pub(crate) enum MirrorCommand {
    /// Found a computer that keeps a safety copy and writes for no community
    Init(MirrorInitArgs),
    /// Ask the listed neighbours, keep what they hold, and answer them
    Serve(MirrorServeArgs),
    /// Read everything kept again: every chain, every signature, and what it comes to
    Audit(MirrorAuditArgs),
}

/// Founds a safety copy.
#[derive(Debug, Args)]
pub(crate) struct MirrorInitArgs {
    /// The data directory; it is made where it is missing
    dir: PathBuf,
    /// The text by which the communities know their federation, as they gave it to `koinon init`
    #[arg(long, value_name = "TEXT")]
    network: String,
    /// A name by which the copy is reached; may be said more than once
    #[arg(long = "name", value_name = "HOST")]
    hosts: Vec<String>,
    /// An address by which the copy is reached; may be said more than once
    #[arg(long = "address", value_name = "IP")]
    addresses: Vec<IpAddr>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Where the copy is kept.
#[derive(Debug, Args)]
pub(crate) struct StoreArgs {
    /// The database, as postgres://USER:PASSWORD@HOST:PORT/DATABASE; several hosts are parted by commas. Without it the copy
    /// is kept in a file of the data directory
    #[arg(long, value_name = "ADDRESS", env = "KOINON_STORE", hide_env_values = true)]
    store: Option<String>,
}

/// Serves a safety copy.
#[derive(Debug, Args)]
pub(crate) struct MirrorServeArgs {
    /// The data directory
    dir: PathBuf,
    #[command(flatten)]
    store: StoreArgs,
    /// Keep the copy on one disk: acknowledge although no standby of the database has to confirm
    #[arg(long, requires = "store")]
    without_standbys: bool,
    #[command(flatten)]
    line: LineArgs,
}

/// Audits a safety copy, or any other node.
#[derive(Debug, Args)]
pub(crate) struct MirrorAuditArgs {
    /// The data directory
    dir: PathBuf,
    #[command(flatten)]
    store: StoreArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Runs `koinon mirror`.
pub(crate) fn run(command: MirrorCommand, out: &mut Out) -> anyhow::Result<Exit> {
    match command {
        MirrorCommand::Init(args) => {
            let MirrorInitArgs { dir, network, hosts, addresses, json } = args;
            operate::init(&InitArgs::of_copy(dir, network, (hosts, addresses), json), out)
        }
        MirrorCommand::Serve(args) => {
            serve::log_to_stderr();
            let keeper = keeper(&args)?;
            serve::serve(&args.dir, &args.line, keeper)
        }
        MirrorCommand::Audit(args) => run_audit(&args, out),
    }
}

impl StoreArgs {
    fn address(&self, standbys: Standbys) -> anyhow::Result<Option<Address>> {
        let Some(text) = &self.store else { return Ok(None) };
        let address = Address::parse(text, standbys);
        Ok(Some(address.map_err(|error| Complaint::usage(error.to_string(), ""))?))
    }
}

/// What says in a data directory that its copy is kept in a database.
const IN_DATABASE: &str = "kept-in-database";

/// Refuses to go on without the database where a copy is kept in one: its own file holds a part only.
pub(crate) fn needs_database(dir: &Path) -> anyhow::Result<()> {
    if !dir.join(IN_DATABASE).exists() {
        return Ok(());
    }
    let hint = "say --store, or set KOINON_STORE, with `koinon mirror serve` or `koinon mirror audit`; \
                to keep it in a file from now on, take the file kept-in-database out of the directory";
    Err(Complaint::usage(format!("the copy of {} is kept in a database", dir.display()), hint).into())
}

/// Whose copy a data directory is.
fn owner(dir: &Path) -> anyhow::Result<Owner> {
    let hint = "found the copy first: koinon mirror init DIR --network TEXT";
    let identity = keys::load(dir).explain(|| format!("{} holds no keys", dir.display()), hint)?;
    Ok(Owner { node: identity.node(), network: identity.network() })
}

fn keeper(args: &MirrorServeArgs) -> anyhow::Result<Option<Arc<dyn Keeper>>> {
    let standbys = if args.without_standbys { Standbys::NotAsked } else { Standbys::Required };
    let Some(address) = args.store.address(standbys)? else {
        needs_database(&args.dir)?;
        return Ok(None);
    };
    let owner = owner(&args.dir)?;
    say(format!("Opening {address}; if no standby answers, this waits."));
    let opened = PgKeeper::open(address, owner, Arc::new(SystemClock::new()));
    let alone = opened.as_ref().is_err_and(is_alone);
    let hint = if alone { "to keep it on one disk, say --without-standbys" } else { "" };
    let keeper = opened.explain(|| "the database cannot be used".to_owned(), hint)?;
    let mark = args.dir.join(IN_DATABASE);
    std::fs::write(&mark, "what this copy keeps stands in a database; see koinon mirror serve --store\n")
        .explain(|| format!("{} cannot be written", mark.display()), "")?;
    Ok(Some(Arc::new(keeper)))
}

/// Whether a database acknowledges without any standby.
fn is_alone(error: &StoreError) -> bool {
    let StoreError::Medium(cause) = error else { return false };
    matches!(cause.downcast_ref::<PgError>(), Some(PgError::Alone { .. }))
}

#[derive(Serialize)]
struct AuditView {
    store: String,
    node: String,
    sound: bool,
    facts: u64,
    digest: String,
    nodes: Vec<NodeView>,
    logs: Vec<LogView>,
    forks: Vec<String>,
    refused: Vec<String>,
    first_views: FirstViewsView,
}

#[derive(Serialize)]
struct NodeView {
    node: String,
    facts: u64,
    digest: String,
}

#[derive(Serialize)]
struct LogView {
    node: String,
    stream: &'static str,
    log: String,
    facts: u64,
    verified: u64,
    head: String,
    fault: Option<String>,
}

impl AuditView {
    fn of(audit: &Audit, store: String, owner: Owner, first_views: FirstViewsView) -> Self {
        let facts_of = |node| {
            let logs = audit.logs.iter().filter(|log| log.name.node == node);
            logs.map(|log| log.facts).fold(0, u64::saturating_add)
        };
        let nodes = audit.nodes.iter().map(|(node, digest)| NodeView {
            node: node.to_string(),
            facts: facts_of(*node),
            digest: digest.to_string(),
        });
        let logs = audit.logs.iter().map(|log| LogView {
            node: log.name.node.to_string(),
            stream: log.name.stream.word(),
            log: log.name.id().to_string(),
            facts: log.facts,
            verified: log.verified,
            head: log.head.to_string(),
            fault: log.fault.clone(),
        });
        Self {
            store,
            node: owner.node.to_string(),
            sound: audit.is_sound(),
            facts: audit.facts,
            digest: audit.digest.to_string(),
            nodes: nodes.collect(),
            logs: logs.collect(),
            forks: audit.forks.iter().map(|name| name.id().to_string()).collect(),
            refused: audit.refused.clone(),
            first_views,
        }
    }
}

fn run_audit(args: &MirrorAuditArgs, out: &mut Out) -> anyhow::Result<Exit> {
    let owner = owner(&args.dir)?;
    let unread = || "the copy cannot be read".to_owned();
    let bar = waiting("Reading and verifying everything");
    let (store, read, first_views) = match args.store.address(Standbys::NotAsked)? {
        None => {
            needs_database(&args.dir)?;
            let file = args.dir.join("koinon.db");
            let opened = SqliteStore::open_reader(&file);
            let opened = opened.explain(|| format!("{} cannot be read", file.display()), "")?;
            let read = audit(&opened, owner.network).explain(unread, "")?;
            (file.display().to_string(), read, FirstViewsView::default())
        }
        Some(address) => {
            let opened = PgStore::open_reader(&address, Some(owner)).explain(unread, "")?;
            let read = audit(&opened, owner.network).explain(unread, "")?;
            (address.to_string(), read, FirstViewsView::read(&opened).explain(unread, "")?)
        }
    };
    bar.finish_and_clear();
    let view = AuditView::of(&read, store, owner, first_views);
    if args.json {
        out.json(&view)?;
    } else {
        print(&view, out)?;
    }
    Ok(if view.sound && !view.first_views.was_misled() { Exit::Done } else { Exit::No })
}

fn print(view: &AuditView, out: &mut Out) -> anyhow::Result<()> {
    let number = |count: u64| grouped(i64::try_from(count).unwrap_or(i64::MAX));
    let mut rows = vec![["node", "stream", "log", "entries", "last"].map(str::to_owned).to_vec()];
    let short = |text: &str| text.chars().take(8).collect::<String>();
    rows.extend(view.logs.iter().map(|log| {
        let stream = log.stream.to_owned();
        vec![short(&log.node), stream, short(&log.log), number(log.facts), short(&log.head)]
    }));
    out.table(&[Align::Left, Align::Left, Align::Left, Align::Right, Align::Left], &rows)?;
    for log in &view.logs {
        if let Some(fault) = &log.fault {
            out.line(format!("! {fault}"))?;
        }
    }
    view.refused.iter().try_for_each(|refused| out.line(format!("! {refused}")))?;
    for fork in &view.forks {
        out.line(format!("two histories were signed of log {fork}"))?;
    }
    view.first_views.lines().iter().try_for_each(|line| out.line(line))?;
    out.line(format!("{} entries, digest {}", number(view.facts), view.digest))?;
    out.flush()?;
    say(if view.sound {
        "Every chain and signature verifies."
    } else {
        "Not everything verifies. Keep what is there, and fill an empty copy from the neighbours."
    });
    Ok(())
}
