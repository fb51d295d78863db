//! The demo: a whole region in one process, each community with its own node, key, database file and port, talking to
//! each other over HTTP exactly as they would on ten machines.
//!
//! Node and world are joined here and nowhere else. The world plays through commands only; the visitor's acts go the
//! same way. The safety copy at the first port knows only what it pulled.

mod founding;
mod madagascar;
mod region;
mod run;
mod servers;
mod services;
mod teams;

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;

/// How the demo is started.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct DemoArgs {
    /// Address of the first page; communities are on the ports after it
    #[arg(long, default_value = "127.0.0.1:7400", value_name = "HOST:PORT", value_parser = crate::listen::address)]
    pub listen: SocketAddr,
    /// Repeats the same world
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// ring, madagascar, or a region file
    #[arg(long, default_value = "ring")]
    pub world: String,
    /// Keeps the data in this directory and resumes there
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Real seconds for one simulated day
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub seconds_per_day: u32,
    /// Starts with days standing still
    #[arg(long)]
    pub paused: bool,
    /// Another name by which its pages are reached, as behind a proxy; may be said more than once
    #[arg(long = "name", value_name = "HOST")]
    pub names: Vec<String>,
    /// Listens on the local network for a phone, with a QR code; demo data only
    #[arg(long)]
    pub phone: bool,
}

/// Runs the demo until Ctrl-C.
///
/// # Errors
/// When a port is taken, the data directory cannot be used, or a node cannot start; the cause names which.
pub(crate) fn run(args: &DemoArgs) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the operating system gave no threads")?;
    runtime.block_on(run::run(args))
}
